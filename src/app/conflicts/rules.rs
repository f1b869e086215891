//! All rules of the active modules with weight and legal source, and the account of what each looked at and could not decide: "no data" is
//! never "no conflict". What is chosen is told on the right, with its numbers.

use crate::{
    app::{
        bridge::{ViewState, Wish},
        decor::symbol::paint_severity,
        rulebook::{NumberFields, numbers_ui},
        theme::{
            icon, text,
            widgets::{badge, cell, colors, empty_state, note, pair, section, strong},
        },
    },
    i18n::{number, tr, tr_with},
    model::{Language, Severity},
    modules::RuleDef,
    rules::RuleOutcome,
    scenario::Setting,
    session::Snapshot,
};
use bevy_egui::egui::{Align, Label, Layout, RichText, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, WidgetType, vec2};
use std::collections::BTreeSet;

/// Width of a column of counts.
const COUNT: f32 = 66.0;
/// Height of a line.
const LINE: f32 = 24.0;

/// What the list remembers between frames.
#[derive(Debug, Default)]
pub struct RulesState {
    /// The rule whose text and numbers are shown.
    chosen: Option<String>,
    /// It shall be scrolled to.
    seek: bool,
    numbers: NumberFields,
}

impl RulesState {
    /// Shows a rule, wherever in the list it stands.
    pub fn show(&mut self, rule: String) {
        (self.chosen, self.seek) = (Some(rule), true);
    }
}

/// The list on the left, the chosen rule on the right.
pub fn rules_ui(ui: &mut Ui, snapshot: Option<&Snapshot>, view: &ViewState, state: &mut RulesState) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let Some(s) = snapshot else {
        empty_state(
            ui,
            icon::SCALES,
            &tr(language, "conflicts-no-project"),
            &tr(language, "layers-empty-do"),
        );
        return wishes;
    };
    if s.evaluation.outcomes.is_empty() {
        empty_state(ui, icon::SCALES, &tr(language, "rules-none"), &tr(language, "rules-none-do"));
        return wishes;
    }
    let (width, height) = (ui.available_width(), ui.available_height());
    let right = (width * 0.36).clamp(300.0, 560.0);
    ui.horizontal_top(|ui| {
        part(ui, width - right - 16.0, height, |ui| list(ui, s, language, state));
        ui.add_space(8.0);
        part(ui, right - 10.0, height, |ui| {
            ScrollArea::vertical()
                .id_salt(("rule", &state.chosen))
                .auto_shrink(false)
                .show(ui, |ui| {
                    // The bar for scrolling lies over the content.
                    ui.set_max_width(ui.available_width() - 12.0);
                    match state.chosen.clone().and_then(|id| Some((s.city.rule(&id)?, id))) {
                        Some((rule, id)) => {
                            chosen_ui(ui, s, rule, language);
                            numbers_ui(ui, s, &id, language, &mut state.numbers, &mut wishes);
                            facts_ui(ui, s, rule, language);
                            reasons_ui(ui, s, &id, language);
                            ui.add_space(12.0);
                        }
                        None => {
                            ui.add(Label::new(note(ui, tr(language, "parameters-choose"))).wrap());
                        }
                    }
                });
        });
    });
    wishes
}

fn part(ui: &mut Ui, width: f32, height: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, height), Layout::top_down(Align::Min), |ui| {
        ui.set_width(width);
        content(ui);
    });
}

fn list(ui: &mut Ui, s: &Snapshot, language: Language, state: &mut RulesState) {
    let columns = ["rules-subjects", "rules-conflicts", "rules-clear", "rules-unknown"];
    ui.horizontal(|ui| {
        let names = (ui.available_width() - 4.0 * (COUNT + 4.0) - 14.0).max(120.0);
        cell(ui, names * 0.58, note(ui, tr(language, "rules-rule")));
        ui.add(Label::new(note(ui, tr(language, "parameters-source"))).truncate());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(2.0);
            counts(ui, columns.map(|c| note(ui, tr(language, c))));
        });
    });
    let planned = match &s.planning {
        Some(p) => Setting::rules(p.overlay.settings().keys().map(String::as_str)),
        None => BTreeSet::new(),
    };
    ScrollArea::vertical().id_salt("rules").auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - 10.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        let mut told = BTreeSet::new();
        for module in s.city.modules.iter().filter(|m| !m.rules.is_empty()) {
            ui.add(Label::new(note(ui, module.title.get(language))).truncate());
            for rule in &module.rules {
                told.insert(&*rule.id);
                line(ui, s, rule, language, &planned, state);
            }
        }
        let others: Vec<&RuleOutcome> = s.evaluation.outcomes.iter().filter(|o| !told.contains(&*o.rule)).collect();
        if !others.is_empty() {
            ui.add(Label::new(note(ui, tr(language, "parameters-of-program"))).truncate());
        }
        for rule in others.iter().filter_map(|o| s.city.rule(&o.rule)) {
            line(ui, s, rule, language, &planned, state);
        }
        ui.add_space(8.0);
    });
    state.seek = false;
}

fn counts(ui: &mut Ui, cells: [RichText; 4]) {
    for cell in cells.into_iter().rev() {
        ui.allocate_ui_with_layout(vec2(COUNT, LINE), Layout::right_to_left(Align::Center), |ui| {
            ui.set_min_width(COUNT);
            ui.add(Label::new(cell).selectable(false).truncate());
        });
    }
}

/// The weight that a rule has here: of the state where that differs.
fn severity_of(s: &Snapshot, rule: &RuleDef) -> Severity {
    let variant = s.city.info.state.as_ref().and_then(|state| rule.state.get(state));
    variant.and_then(|v| v.severity).unwrap_or(rule.severity)
}

fn line(ui: &mut Ui, s: &Snapshot, rule: &RuleDef, language: Language, planned: &BTreeSet<String>, state: &mut RulesState) {
    let p = colors(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    let title = format!("{} {}", rule.id, rule.title.get(language));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &title));
    let chosen = state.chosen.as_ref() == Some(&rule.id);
    if chosen && state.seek {
        response.scroll_to_me(Some(Align::Center));
    }
    if response.clicked() {
        state.chosen = Some(rule.id.clone());
    }
    if !ui.is_rect_visible(rect) {
        return;
    }
    if chosen || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 4.0, if chosen { p.selected } else { p.button });
    }
    let mut ui = ui.new_child(
        UiBuilder::new()
            .max_rect(rect.shrink2(vec2(2.0, 0.0)))
            .layout(Layout::right_to_left(Align::Center)),
    );
    let ui = &mut ui;
    ui.spacing_mut().item_spacing.x = 4.0;
    let n = |v: u32| number(language, f64::from(v), 0);
    match s.evaluation.outcomes.iter().find(|o| o.rule == rule.id) {
        Some(o) => {
            let marked = |v: u32, color| match v {
                0 => RichText::new(n(0)).color(p.weak),
                v => strong(n(v)).color(color),
            };
            counts(
                ui,
                [
                    RichText::new(n(o.subjects)),
                    marked(o.conflicts, p.error),
                    RichText::new(n(o.clear)),
                    marked(o.unknown, p.warning),
                ],
            );
        }
        None => {
            ui.allocate_ui_with_layout(vec2(4.0 * (COUNT + 4.0), LINE), Layout::right_to_left(Align::Center), |ui| {
                ui.set_min_width(4.0 * COUNT + 12.0);
                ui.add(Label::new(note(ui, tr(language, "parameters-off"))).truncate());
            });
        }
    }
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let names = ui.available_width();
        ui.allocate_ui_with_layout(vec2(names * 0.58, LINE), Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(names * 0.58);
            let (spot, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
            paint_severity(ui.painter(), spot.center(), 7.0, severity_of(s, rule));
            ui.add(Label::new(strong(&rule.id)).selectable(false).extend());
            if planned.contains(&rule.id) {
                ui.add(Label::new(RichText::new(icon::PENCIL_SIMPLE).color(p.accent)).selectable(false))
                    .on_hover_text(tr(language, "parameters-changed"));
            } else if !rule.changed.is_empty() {
                ui.add(Label::new(RichText::new(icon::PENCIL_SIMPLE).color(p.weak)).selectable(false))
                    .on_hover_text(tr(language, "parameters-changed-project"));
            }
            ui.add(Label::new(rule.title.get(language)).selectable(false).truncate())
                .on_hover_text(rule.what.get(language));
        });
        ui.add(Label::new(note(ui, source(rule))).selectable(false).truncate());
    });
}

/// Law and section.
fn source(rule: &RuleDef) -> String {
    let section = rule.section.as_ref().map(|s| format!(", {s}")).unwrap_or_default();
    format!("{}{section}", rule.source)
}

/// What the rule says.
fn chosen_ui(ui: &mut Ui, s: &Snapshot, rule: &RuleDef, language: Language) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::hover());
        paint_severity(ui.painter(), rect.center(), 9.0, severity_of(s, rule));
        ui.add(Label::new(strong(format!("{}  {}", rule.id, rule.title.get(language)))).wrap());
    });
    ui.add(Label::new(rule.what.get(language)).wrap());
}

/// Where it comes from and who is asked.
fn facts_ui(ui: &mut Ui, s: &Snapshot, rule: &RuleDef, language: Language) {
    section(ui, tr(language, "conflict-law"));
    let module = s.city.modules.iter().find(|m| m.rules.iter().any(|r| r.id == rule.id));
    let module = module.map_or_else(|| tr(language, "parameters-of-program"), |m| m.title.get(language).to_owned());
    pair(
        ui,
        &tr(language, "parameters-severity"),
        text::severity(language, severity_of(s, rule)),
    );
    pair(ui, &tr(language, "parameters-module-name"), module);
    pair(ui, &tr(language, "parameters-source"), source(rule));
    pair(ui, &tr(language, "legal-force"), text::legal_force(language, rule.legal_force));
    pair(ui, &tr(language, "evidence"), text::evidence(language, rule.evidence));
    pair(ui, &tr(language, "office"), rule.office.get(language));
}

/// What could not be decided, and why.
fn reasons_ui(ui: &mut Ui, s: &Snapshot, rule: &str, language: Language) {
    let Some(o) = s.evaluation.outcomes.iter().find(|o| o.rule == rule) else {
        return;
    };
    let p = colors(ui);
    let nothing = o.subjects > 0 && o.unknown == o.subjects;
    if o.reasons.is_empty() && !o.coverage_assumed && o.unknown_area_m2 <= 0.0 && !nothing {
        return;
    }
    section(ui, tr(language, "rules-unknown"));
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
}
