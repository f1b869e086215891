//! What the plan that is open would take of the file: the question whether it becomes a layer or drafts, and what is left out with its reason.

use super::{
    panel::{indented, row},
    state::ImporterState,
};
use crate::{
    app::{
        bridge::OnDesk,
        theme::widgets::{colors, note, section},
    },
    i18n::{number, tr, tr_with},
    import::Content,
    model::{Language, LocalText},
    project::City,
    session::{Drafts, Planning},
};
use bevy_egui::egui::{Label, RichText, Ui};

/// Findings listed.
const MOST: usize = 4;

/// Asks whether the file becomes a layer of the project or drafts of the plan.
pub(super) fn where_ui(ui: &mut Ui, language: Language, on: &OnDesk, city: &City, planning: &Planning, state: &mut ImporterState) {
    let features = on
        .file
        .layers
        .get(state.layer)
        .is_some_and(|l| matches!(l.content, Content::Features(_)));
    let was = state.draft;
    row(ui, &tr(language, "drafts-where"), |ui| {
        ui.selectable_value(&mut state.draft, false, tr(language, "drafts-as-layer"));
        ui.add_enabled_ui(features, |ui| {
            let name = [("name", planning.about.title.clone().into())];
            ui.selectable_value(&mut state.draft, true, tr_with(language, "drafts-as-draft", &name));
        });
    });
    state.draft &= features;
    if state.draft != was {
        state.settle_draft(on, city);
    }
    if state.draft {
        indented(ui, |ui| ui.add(Label::new(note(ui, tr(language, "drafts-why"))).wrap()));
    }
    ui.add_space(4.0);
}

/// How many come in, and whether any does.
pub(super) fn sum(language: Language, drafts: &Result<Drafts, LocalText>) -> (String, bool) {
    let d = match drafts {
        Ok(d) => d,
        Err(why) => return (why.get(language).to_owned(), false),
    };
    let taken = d.step.as_ref().map_or(0, |s| s.edits.len());
    let n = |n: usize| number(language, n as f64, 0);
    if taken == 0 {
        return (tr(language, "drafts-none"), false);
    }
    if taken == d.read {
        return (tr_with(language, "drafts-sum-all", &[("n", (taken as i64).into())]), true);
    }
    let values = [("taken", n(taken).into()), ("read", n(d.read).into())];
    (tr_with(language, "drafts-sum", &values), true)
}

/// What is left out, feature by feature with its reason.
pub(super) fn dropped_ui(ui: &mut Ui, language: Language, drafts: Option<&Result<Drafts, LocalText>>) {
    let Some(Ok(d)) = drafts else { return };
    if d.findings.is_empty() {
        return;
    }
    section(ui, tr(language, "drafts-dropped"));
    let warning = colors(ui).warning;
    for f in d.findings.iter().take(MOST) {
        let of = f.feature.as_deref().map(|id| format!("{id}: ")).unwrap_or_default();
        let text = RichText::new(format!("{of}{}", f.text.get(language))).small().color(warning);
        ui.add(Label::new(text).wrap());
    }
    if let Some(n) = d.findings.len().checked_sub(MOST).filter(|n| *n > 0) {
        ui.label(note(ui, tr_with(language, "drafts-more", &[("n", (n as i64).into())])));
    }
}
