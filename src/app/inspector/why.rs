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
    indicators::Indicators,
    model::Language,
    progress::Control,
    project::City,
    rules::{Evaluation, SpotReport},
    session::Snapshot,
    why::{InForce, SpotUses, Why, WhyMore, contest_words, criterion_words, figure_words, figures_at, to_text, use_words, uses_at},
};
use bevy_egui::egui::{Button, Label, RichText, Ui};
use std::sync::Arc;

/// What the answer is worked out from. A note about a conflict changes nothing in it.
type Of = (Same<City>, Same<Evaluation>, [u64; 2]);

/// What uses are worked out from: how they are weighed counts, too.
type OfUses = (Of, Option<Same<InForce>>);

/// The rest of the answer, and whether it is on its way. Uses follow every move of a slider; indicators do not depend on it.
#[derive(Default)]
pub struct Rest {
    /// What is weighed otherwise than the modules have it.
    pub own: Option<Arc<InForce>>,
    uses: Later<OfUses, Option<Arc<SpotUses>>>,
    figures: Later<Of, Option<Arc<Indicators>>>,
}

impl Rest {
    /// Asks for the answer at the spot and returns what of it is there: while a slider moves, the uses as they were a moment before.
    fn of(&mut self, ui: &Ui, s: &Snapshot, report: &Arc<SpotReport>) -> (Option<Arc<SpotUses>>, Option<Arc<Indicators>>) {
        let of: Of = (Same(s.city.clone()), Same(s.evaluation.clone()), report.at.map(f64::to_bits));
        let (city, spot, own) = (s.city.clone(), report.clone(), self.own.clone());
        let weigh = move |control: &Control| {
            let in_force = own.unwrap_or_else(|| Arc::new(InForce::of_modules(&city)));
            uses_at(&city, &spot, &in_force, control).map(Arc::new)
        };
        let (city, evaluation, at) = (s.city.clone(), s.evaluation.clone(), report.at);
        let count = move |control: &Control| figures_at(&city, &evaluation, at, control).map(Arc::new);
        let busy = [
            self.uses.want((of.clone(), self.own.clone().map(Same)), weigh),
            self.figures.want(of.clone(), count),
        ];
        if busy.contains(&true) {
            ui.ctx().request_repaint();
        }
        let uses = self.uses.with_key().filter(|((k, _), _)| *k == of);
        let figures = self.figures.with_key().filter(|(k, _)| **k == of);
        (uses.and_then(|(_, v)| v.clone()), figures.and_then(|(_, v)| v.clone()))
    }
}

/// A button that puts the whole answer on the clipboard.
pub(super) fn copy_ui(ui: &mut Ui, s: &Snapshot, report: &Arc<SpotReport>, rest: &mut Rest, language: Language) {
    let more = match rest.of(ui, s, report) {
        // What is copied is what counts now.
        (Some(uses), Some(figures)) if !rest.uses.busy() => Some((uses, figures)),
        _ => None,
    };
    let text = format!("{} {}", icon::COPY, tr(language, "why-copy"));
    let button = ui.add_enabled(more.is_some(), Button::new(text));
    if let Some((uses, figures)) = more.filter(|_| button.clicked()) {
        let answer = Why {
            spot: (**report).clone(),
            more: WhyMore {
                figures: (*figures).clone(),
                uses: (*uses).clone(),
            },
        };
        ui.ctx().copy_text(to_text(&answer, &s.city, &s.reviews, language));
    }
}

/// Uses with their criteria, then indicators.
pub(super) fn more_ui(ui: &mut Ui, s: &Snapshot, report: &Arc<SpotReport>, rest: &mut Rest, language: Language) {
    let (uses, figures) = rest.of(ui, s, report);
    match &uses {
        Some(uses) => uses_ui(ui, uses, language),
        None => working(ui, "why-uses", language),
    }
    match &figures {
        Some(figures) => figures_ui(ui, figures, language),
        None => working(ui, "why-figures", language),
    }
}

fn working(ui: &mut Ui, title: &str, language: Language) {
    section(ui, tr(language, title));
    ui.horizontal(|ui| {
        ui.spinner();
        ui.label(note(ui, tr(language, "why-working")));
    });
}

fn uses_ui(ui: &mut Ui, uses: &SpotUses, language: Language) {
    let line = |ui: &mut Ui, text: RichText| ui.add(Label::new(text).wrap());
    if !uses.uses.is_empty() {
        section(ui, tr(language, "why-uses"));
        let unit = note(ui, uses.unit.get(language));
        line(ui, unit);
        if uses.own_weights {
            let said = RichText::new(tr(language, "why-own-weights")).small().color(colors(ui).warning);
            line(ui, said);
        }
        if let Some(said) = contest_words(uses, language) {
            line(ui, strong(said));
        }
    }
    for u in &uses.uses {
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
}

fn figures_ui(ui: &mut Ui, figures: &Indicators, language: Language) {
    if figures.figures.is_empty() {
        return;
    }
    section(ui, tr(language, "why-figures"));
    for figure in &figures.figures {
        ui.collapsing(format!("{} {}", figure.id, figure.title.get(language)), |ui| {
            for (place, cell) in figures.places.iter().zip(&figure.cells).rev() {
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
