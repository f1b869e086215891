//! The steps of a variant, the last first; what was taken back stands above in grey until something new is done.

use super::panel::PlanView;
use crate::{
    app::theme::{
        icon,
        widgets::{colors, note, section},
    },
    i18n::tr,
};
use bevy_egui::egui::{Label, RichText, Ui};

/// Steps shown: nobody reads further back at a glance.
const MOST: usize = 60;

/// The list.
pub(super) fn history_ui(ui: &mut Ui, v: &PlanView) {
    section(ui, tr(v.language, "planning-history"));
    if v.planning.history.is_empty() {
        ui.label(note(ui, tr(v.language, "planning-history-none")));
    }
    let last = v.planning.history.iter().rposition(|p| p.done);
    for (k, past) in v.planning.history.iter().enumerate().rev().take(MOST) {
        let p = colors(ui);
        let sign = if Some(k) == last { icon::CARET_RIGHT } else { icon::DOT_OUTLINE };
        let color = match past.done {
            true if Some(k) == last => p.accent,
            true => p.ink,
            false => p.weak,
        };
        let text = if past.done {
            past.name.clone()
        } else {
            format!("{} ({})", past.name, tr(v.language, "planning-undone"))
        };
        ui.horizontal(|ui| {
            ui.label(RichText::new(sign).color(color));
            let response = ui.add(Label::new(RichText::new(text).color(color)).truncate());
            if let Some(at) = &past.at {
                response.on_hover_text(at);
            }
        });
    }
}
