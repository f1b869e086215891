//! One field for each number of a rule: what counts now, beside what project and module say. Without a variant they are read, not written.

use crate::{
    app::{
        bridge::{Hand, PlanWish, Wish},
        theme::{
            icon,
            widgets::{colors, field as field_of, note, section, small_icon_button},
        },
    },
    i18n::{exact, number, places, tr, tr_with},
    model::{Conflict, Language},
    scenario::{RuleNumber, rule_numbers},
    session::{Planning, Snapshot},
};
use bevy_egui::egui::{Align, Button, Key, Label, Layout, RichText, Ui, vec2};
use std::collections::BTreeMap;

/// Width of a field.
const FIELD_WIDTH: f32 = 84.0;

/// A number that is being typed.
#[derive(Debug)]
struct Typed {
    text: String,
    /// The plan was asked for it as of this generation.
    asked: Option<u64>,
}

/// What is being typed, by rule and number: what does not fit yet stays until somebody mends it.
#[derive(Debug, Default)]
pub struct NumberFields {
    typed: BTreeMap<(String, String), Typed>,
    /// Numbers of the rule that was shown last, and of which generation.
    numbers: Option<(String, u64, Vec<RuleNumber>)>,
}

impl NumberFields {
    fn numbers(&mut self, s: &Snapshot, rule: &str) -> Vec<RuleNumber> {
        match &self.numbers {
            Some((of, generation, all)) if of == rule && *generation == s.generation => all.clone(),
            _ => {
                let base = s.planning.as_ref().map_or(&s.city, |p| &p.base.city);
                let all = rule_numbers(rule, base, &s.city);
                self.numbers = Some((rule.into(), s.generation, all.clone()));
                all
            }
        }
    }
}

/// The section.
pub fn numbers_ui(ui: &mut Ui, s: &Snapshot, rule: &str, language: Language, fields: &mut NumberFields, wishes: &mut Vec<Wish>) {
    section(ui, tr(language, "parameters-title"));
    let numbers = fields.numbers(s, rule);
    if numbers.is_empty() {
        ui.add(Label::new(note(ui, tr(language, "parameters-none"))).wrap());
        return;
    }
    for n in &numbers {
        ui.push_id(&n.now.key, |ui| match &s.planning {
            Some(_) => number_ui(ui, s, rule, n, language, fields, wishes),
            None => {
                line(ui, n, language, |ui| {
                    ui.label(exact(language, n.now.value, &n.now.unit));
                });
                origin_ui(ui, n, language);
            }
        });
    }
    match s.planning.as_deref() {
        Some(planning) => outcome_ui(ui, planning, rule, language),
        None => begin_ui(ui, language, wishes),
    }
}

/// The name of a number on the left, what belongs to it on the right.
fn line(ui: &mut Ui, n: &RuleNumber, language: Language, right: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(26.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            right(ui);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let color = colors(ui).weak;
                let bounds = [
                    ("key", n.now.key.clone().into()),
                    ("least", exact(language, n.now.least, &n.now.unit).into()),
                    ("most", exact(language, n.now.most, &n.now.unit).into()),
                ];
                ui.add(Label::new(RichText::new(n.title(language)).color(color)).truncate())
                    .on_hover_text(tr_with(language, "parameters-bounds", &bounds));
            });
        });
    });
}

/// Where the value comes from.
fn origin_ui(ui: &mut Ui, n: &RuleNumber, language: Language) {
    let said = |v: f64| exact(language, v, &n.now.unit);
    let text = if n.module == n.project && !n.planned() {
        return;
    } else if n.module == n.project {
        tr_with(language, "parameters-default", &[("value", said(n.module).into())])
    } else {
        let values = [("module", said(n.module).into()), ("project", said(n.project).into())];
        tr_with(language, "parameters-defaults", &values)
    };
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        ui.add(Label::new(note(ui, text)).truncate());
    });
}

fn number_ui(ui: &mut Ui, s: &Snapshot, rule: &str, n: &RuleNumber, language: Language, fields: &mut NumberFields, wishes: &mut Vec<Wish>) {
    let key = (rule.to_owned(), n.now.key.clone());
    fields.typed.retain(|k, t| *k != key || t.asked.is_none_or(|g| g == s.generation));
    let change = |value: f64| {
        Wish::Plan(PlanWish::Do(Hand::Parameter {
            rule: rule.into(),
            key: n.now.key.clone(),
            value,
        }))
    };
    let as_it_is = number(language, n.now.value, places(n.now.value));
    let mut text = fields.typed.get(&key).map_or_else(|| as_it_is.clone(), |t| t.text.clone());
    let mut wished = None;
    let mut left = false;
    line(ui, n, language, |ui| {
        // Right to left: the ways back stand at the end of the line, in a place of their own.
        let color = colors(ui).ink;
        ui.allocate_ui_with_layout(vec2(24.0, 24.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(24.0);
            let back = [("value", exact(language, n.project, &n.now.unit).into())];
            let name = tr_with(language, "parameters-back", &back);
            if n.planned() && small_icon_button(ui, icon::ARROW_COUNTER_CLOCKWISE, &name, color).clicked() {
                wished = Some(n.project);
            }
        });
        if n.module != n.project && n.now.value != n.module {
            let back = [("value", exact(language, n.module, &n.now.unit).into())];
            let name = tr_with(language, "parameters-module", &back);
            if small_icon_button(ui, icon::ARROW_U_UP_LEFT, &name, color).clicked() {
                wished = Some(n.module);
            }
        }
        let unit = note(ui, n.now.unit.as_str());
        ui.add_sized(vec2(38.0, 22.0), Label::new(unit).truncate());
        let raised = colors(ui).raised;
        let title = n.title(language);
        let edit = field_of(ui, &mut text, "")
            .background_color(raised)
            .desired_width(FIELD_WIDTH - 8.0);
        let response = ui.add(edit.horizontal_align(Align::Max));
        response.widget_info(|| bevy_egui::egui::WidgetInfo::labeled(bevy_egui::egui::WidgetType::TextEdit, true, &title));
        if response.has_focus() && ui.input(|i| i.key_pressed(Key::Escape)) {
            text.clone_from(&as_it_is);
        }
        left = response.lost_focus();
    });
    if text == as_it_is {
        fields.typed.remove(&key);
    } else {
        let read = n.read(language, &text);
        let asked = fields.typed.get(&key).and_then(|t| t.asked);
        let mut asked = asked.filter(|_| fields.typed.get(&key).is_some_and(|t| t.text == text));
        match read {
            Err(why) => {
                let warning = colors(ui).warning;
                ui.add(Label::new(RichText::new(why.text().get(language)).small().color(warning)).wrap());
            }
            Ok(value) if left && asked.is_none() => {
                if value == n.now.value {
                    text.clone_from(&as_it_is);
                } else {
                    wished = Some(value);
                    asked = Some(s.generation);
                }
            }
            Ok(_) => {}
        }
        if text == as_it_is {
            fields.typed.remove(&key);
        } else {
            fields.typed.insert(key.clone(), Typed { text, asked });
        }
    }
    if let Some(value) = wished {
        wishes.push(change(value));
    }
    origin_ui(ui, n, language);
}

/// What the plan does to the conflicts of the rule.
fn outcome_ui(ui: &mut Ui, planning: &Planning, rule: &str, language: Language) {
    let of = |all: &[Conflict]| all.iter().filter(|c| c.rule == rule).count();
    let d = &planning.by_plan;
    let altered = d.changed.iter().filter(|(_, c)| c.rule == rule).count();
    let p = colors(ui);
    let counts = [
        (icon::PLUS_CIRCLE, "planning-new", of(&d.new), p.error),
        (icon::CHECK_CIRCLE, "planning-resolved", of(&d.resolved), p.good),
        (icon::ARROWS_CLOCKWISE, "planning-altered", altered, p.warning),
    ];
    ui.horizontal_wrapped(|ui| {
        ui.label(note(ui, tr(language, "parameters-outcome")));
        if counts.iter().all(|c| c.2 == 0) {
            ui.label(note(ui, tr(language, "planning-no-change")));
        }
        for (sign, key, n, color) in counts.into_iter().filter(|c| c.2 > 0) {
            let text = tr_with(language, key, &[("n", (n as i64).into())]);
            ui.label(RichText::new(format!("{sign} {text}")).color(color));
        }
    });
}

/// Nothing is changed in the existing conditions: a variant is offered.
pub fn begin_ui(ui: &mut Ui, language: Language, wishes: &mut Vec<Wish>) {
    ui.add_space(4.0);
    ui.add(Label::new(note(ui, tr(language, "parameters-begin-why"))).wrap());
    let text = format!("{}  {}", icon::PLUS, tr(language, "planning-begin"));
    if ui.add(Button::new(text).min_size(vec2(0.0, 28.0))).clicked() {
        // The plan gives it the first name that is free.
        wishes.push(Wish::Plan(PlanWish::Begin(String::new())));
    }
}
