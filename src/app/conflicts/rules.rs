//! The account of the rules: how many subjects each one looked at, and what it could not decide. "No data" is never "no conflict".

use crate::{
    app::{
        bridge::{ViewState, Wish},
        theme::{
            icon, text,
            widgets::{badge, colors, empty_state, note, strong},
        },
    },
    i18n::{number, tr, tr_with},
    rules::RuleOutcome,
    session::Snapshot,
};
use bevy_egui::egui::{Align, Label, Layout, RichText, ScrollArea, Ui};

/// One line a rule, and below it why something is unknown.
pub fn rules_ui(ui: &mut Ui, snapshot: Option<&Snapshot>, view: &ViewState) -> Vec<Wish> {
    let language = view.language;
    let Some(s) = snapshot else {
        empty_state(
            ui,
            icon::SCALES,
            &tr(language, "conflicts-no-project"),
            &tr(language, "layers-empty-do"),
        );
        return vec![];
    };
    if s.evaluation.outcomes.is_empty() {
        empty_state(ui, icon::SCALES, &tr(language, "rules-none"), &tr(language, "rules-none-do"));
        return vec![];
    }
    let width = 84.0;
    let columns = [
        tr(language, "rules-subjects"),
        tr(language, "rules-conflicts"),
        tr(language, "rules-clear"),
        tr(language, "rules-unknown"),
    ];
    let numbers = |ui: &mut Ui, cells: [RichText; 4]| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for cell in cells.into_iter().rev() {
                ui.allocate_ui_with_layout(bevy_egui::egui::vec2(width, 22.0), Layout::right_to_left(Align::Center), |ui| {
                    ui.set_min_width(width);
                    ui.add(Label::new(cell).extend());
                });
            }
        });
    };
    ui.horizontal(|ui| {
        ui.label(note(ui, tr(language, "rules-rule")));
        let head = columns.map(|c| note(ui, c));
        numbers(ui, head);
    });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for o in &s.evaluation.outcomes {
            rule_line(ui, o, s, view, &numbers);
        }
        ui.add_space(8.0);
    });
    vec![]
}

fn rule_line(ui: &mut Ui, o: &RuleOutcome, s: &Snapshot, view: &ViewState, numbers: &dyn Fn(&mut Ui, [RichText; 4])) {
    let language = view.language;
    let p = colors(ui);
    let n = |v: u32| number(language, f64::from(v), 0);
    let title = s.city.rule(&o.rule).map_or("", |r| r.title.get(language));
    ui.horizontal(|ui| {
        let counts = [
            RichText::new(n(o.subjects)),
            if o.conflicts > 0 {
                strong(n(o.conflicts)).color(p.error)
            } else {
                RichText::new(n(0)).color(p.weak)
            },
            RichText::new(n(o.clear)),
            if o.unknown > 0 {
                strong(n(o.unknown)).color(p.warning)
            } else {
                RichText::new(n(0)).color(p.weak)
            },
        ];
        ui.add(Label::new(strong(&o.rule)).extend());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            numbers(ui, counts);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(title).truncate()).on_hover_ui(|ui| {
                    if let Some(r) = s.city.rule(&o.rule) {
                        ui.label(r.what.get(language));
                    }
                });
            });
        });
    });
    let nothing = o.subjects > 0 && o.unknown == o.subjects;
    if o.reasons.is_empty() && !o.coverage_assumed && o.unknown_area_m2 <= 0.0 && !nothing {
        return;
    }
    ui.indent(("rule", &o.rule), |ui| {
        ui.horizontal_wrapped(|ui| {
            if nothing || (o.subjects == 0 && !o.reasons.is_empty()) {
                badge(ui, &tr(language, "no-data"), p.warning);
            }
            if o.coverage_assumed {
                badge(ui, &tr(language, "rules-assumed"), p.weak).on_hover_text(tr(language, "rules-assumed-why"));
            }
            if o.unknown_area_m2 > 0.0 {
                let area = text::area(language, o.unknown_area_m2);
                ui.label(note(ui, tr_with(language, "rules-unknown-area", &[("area", area.into())])));
            }
        });
        for reason in &o.reasons {
            ui.add(Label::new(note(ui, reason.get(language))).wrap());
        }
    });
    ui.add_space(4.0);
}
