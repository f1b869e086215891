//! The rest of "why here?": indicators and uses at the spot, worked out in the background, and the whole answer as text.

use crate::{
    app::{
        bridge::{Later, Same},
        theme::{
            icon,
            widgets::{colors, note, section, strong},
        },
    },
    i18n::{tr, tr_with},
    model::Language,
    project::City,
    rules::{Evaluation, SpotReport},
    session::Snapshot,
    why::{Why, WhyMore, contest_words, criterion_words, figure_words, to_text, use_words, why_more},
};
use bevy_egui::egui::{Button, Label, RichText, Ui};
use std::sync::Arc;

/// What the answer is worked out from. A note about a conflict changes nothing in it.
type Of = (Same<City>, Same<Evaluation>, [u64; 2]);

/// The rest of the answer, and whether it is on its way.
#[derive(Default)]
pub struct Rest(Later<Of, Option<Arc<WhyMore>>>);

impl Rest {
    /// Asks for the answer at the spot and returns it when it is there.
    fn of(&mut self, ui: &Ui, s: &Snapshot, report: &Arc<SpotReport>) -> Option<Arc<WhyMore>> {
        let key: Of = (Same(s.city.clone()), Same(s.evaluation.clone()), report.at.map(f64::to_bits));
        let (city, evaluation, spot) = (s.city.clone(), s.evaluation.clone(), report.clone());
        let wanted = key.clone();
        if self
            .0
            .want(key, move |control| why_more(&city, &evaluation, &spot, control).map(Arc::new))
        {
            ui.ctx().request_repaint();
        }
        let (k, found) = self.0.with_key()?;
        found.clone().filter(|_| *k == wanted)
    }
}

/// A button that puts the whole answer on the clipboard.
pub(super) fn copy_ui(ui: &mut Ui, s: &Snapshot, report: &Arc<SpotReport>, rest: &mut Rest, language: Language) {
    let more = rest.of(ui, s, report);
    let text = format!("{} {}", icon::COPY, tr(language, "why-copy"));
    let button = ui.add_enabled(more.is_some(), Button::new(text));
    if let Some(more) = more.filter(|_| button.clicked()) {
        let answer = Why {
            spot: (**report).clone(),
            more: (*more).clone(),
        };
        ui.ctx().copy_text(to_text(&answer, &s.city, &s.reviews, language));
    }
}

/// Uses with their criteria, then indicators.
pub(super) fn more_ui(ui: &mut Ui, s: &Snapshot, report: &Arc<SpotReport>, rest: &mut Rest, language: Language) {
    let Some(more) = rest.of(ui, s, report) else {
        section(ui, tr(language, "why-uses"));
        ui.horizontal(|ui| {
            ui.spinner();
            ui.label(note(ui, tr(language, "why-working")));
        });
        return;
    };
    let line = |ui: &mut Ui, text: RichText| ui.add(Label::new(text).wrap());
    if !more.uses.uses.is_empty() {
        section(ui, tr(language, "why-uses"));
        let unit = note(ui, more.uses.unit.get(language));
        line(ui, unit);
        if let Some(said) = contest_words(&more.uses, language) {
            line(ui, strong(said));
        }
    }
    for u in &more.uses.uses {
        let mark = if u.claims { icon::FLAG } else { icon::MINUS_CIRCLE };
        let color = if u.claims { colors(ui).accent } else { colors(ui).weak };
        ui.horizontal(|ui| {
            ui.label(RichText::new(mark).color(color));
            ui.add(Label::new(strong(u.title.get(language))).wrap());
        });
        ui.indent(("use", &u.id), |ui| {
            ui.add(Label::new(use_words(u, language)).wrap());
            for reason in &u.undecided {
                let said = tr_with(language, "why-undecided", &[("reason", reason.get(language).to_owned().into())]);
                let said = note(ui, said);
                ui.add(Label::new(said).wrap());
            }
            ui.collapsing(tr(language, "why-criteria"), |ui| {
                for c in &u.criteria {
                    ui.add(Label::new(strong(c.title.get(language)).small()).wrap());
                    let said = note(ui, criterion_words(c, language));
                    ui.add(Label::new(said).wrap());
                    super::spot::source_line(ui, c.source.as_deref(), c.data_date.as_deref(), language);
                }
            });
        });
    }
    if more.figures.figures.is_empty() {
        return;
    }
    section(ui, tr(language, "why-figures"));
    for figure in &more.figures.figures {
        ui.collapsing(format!("{} {}", figure.id, figure.title.get(language)), |ui| {
            for (place, cell) in more.figures.places.iter().zip(&figure.cells).rev() {
                ui.add(Label::new(strong(place.label.get(language)).small()).wrap());
                ui.add(Label::new(figure_words(figure, cell, language)).wrap());
                for n in &cell.notes {
                    let said = note(ui, n.get(language));
                    ui.add(Label::new(said).wrap());
                }
            }
            let mut said = vec![];
            for source in &figure.sources {
                let one = (&source.source, &source.date);
                if !said.contains(&one) {
                    super::spot::source_line(ui, Some(&source.source), source.date.as_deref(), language);
                    said.push(one);
                }
            }
        });
    }
}
