//! The fields of the chosen layer: which attribute fills each, what its values mean, and what comes of it.

use super::state::ImporterState;
use crate::{
    app::{
        bridge::OnDesk,
        theme::{
            icon,
            widgets::{cell, colors, field as field_of, note, small_icon_button, strong},
        },
    },
    i18n::{number, tr, tr_with},
    import::{CandidateLayer, FieldResult, Trial},
    model::Language,
    modules::{AttributeDef, SlotDef},
    project::AttributeSource,
};
use bevy_egui::egui::{ComboBox, Grid, Label, RichText, Ui};

const NAME_WIDTH: f32 = 168.0;
const SOURCE_WIDTH: f32 = 214.0;
/// Values of an attribute that can be translated by hand.
const MOST_VALUES: usize = 60;

/// The code's name in the legend, with the code behind it.
fn code_name(slot: &SlotDef, field: &AttributeDef, code: &str, language: Language) -> String {
    let label = slot.value_label(&field.name, code);
    label.map_or_else(|| code.to_owned(), |l| format!("{} ({code})", l.get(language)))
}

/// What fills a field, in a word.
fn source_name(language: Language, source: Option<&AttributeSource>) -> String {
    match source {
        None => tr(language, "import-field-none"),
        Some(AttributeSource::Name(name)) => name.clone(),
        Some(AttributeSource::From(from)) => match &from.key {
            Some(key) => format!("{} · {key}", from.from),
            None => from.from.clone(),
        },
        Some(AttributeSource::Constant(_)) => tr(language, "import-field-fixed"),
        Some(AttributeSource::First(list)) => list.iter().map(|s| source_name(language, Some(s))).collect::<Vec<_>>().join(", "),
        Some(AttributeSource::Cases { .. }) => tr(language, "import-field-cases"),
        Some(AttributeSource::Measure(_)) => tr(language, "import-field-measured"),
    }
}

/// The table of fields.
pub(super) fn fields_ui(ui: &mut Ui, language: Language, on: &OnDesk, slot: &SlotDef, trial: Option<&Trial>, state: &mut ImporterState) {
    let Some(layer) = on.file.layers.get(state.layer) else { return };
    if slot.attributes.is_empty() {
        return;
    }
    let mapping = state.choice.mapping.clone();
    let known = mapping.as_ref().and_then(|name| on.mappings.iter().find(|m| m.name == *name));
    if let Some(m) = known {
        ui.label(note(
            ui,
            tr_with(language, "import-mapping", &[("name", m.title.get(language).to_owned().into())]),
        ));
    }
    let result = |name: &str| trial.and_then(|t| t.fields.iter().find(|f| f.field == name));
    for field in &slot.attributes {
        ui.push_id(&field.name, |ui| {
            ui.horizontal(|ui| {
                let star = if field.required { " *" } else { "" };
                let unit = field.unit.as_ref().map(|u| format!(" ({u})")).unwrap_or_default();
                let title = format!("{}{unit}{star}", field.title.get(language));
                let title = if field.required { strong(title) } else { RichText::new(title) };
                cell(ui, NAME_WIDTH, title);
                match known {
                    Some(m) => {
                        let source = m.layers.iter().find_map(|l| l.attributes.get(&field.name));
                        let name = RichText::new(source_name(language, source)).color(colors(ui).weak);
                        cell(ui, SOURCE_WIDTH, name);
                    }
                    None => source_ui(ui, language, layer, slot, field, state),
                }
                outcome_ui(ui, language, field, result(&field.name));
            });
            if known.is_none() && state.open.as_deref() == Some(&field.name) {
                values_ui(ui, language, layer, slot, field, state);
            }
        });
    }
    if slot.attributes.iter().any(|a| a.required) {
        ui.label(note(ui, tr(language, "import-required")));
    }
}

/// Chooses the attribute, or the same value for every feature.
fn source_ui(ui: &mut Ui, language: Language, layer: &CandidateLayer, slot: &SlotDef, field: &AttributeDef, state: &mut ImporterState) {
    let now = state.choice.fields.get(&field.name).cloned();
    let fixed = state.fixed.contains_key(&field.name);
    // An attribute of the field's own name fills it without being asked.
    let same = layer.attributes.iter().any(|a| a.name == field.name);
    let shown = match &now {
        None if fixed => tr(language, "import-field-fixed"),
        None if same => field.name.clone(),
        source => source_name(language, source.as_ref()),
    };
    let coded = !field.values.is_empty() && !fixed && now.is_some();
    let width = if coded { SOURCE_WIDTH - 32.0 } else { SOURCE_WIDTH };
    ComboBox::from_id_salt("source")
        .width(width)
        .truncate()
        .selected_text(shown)
        .height(320.0)
        .show_ui(ui, |ui| {
            if !same
                && ui
                    .selectable_label(now.is_none() && !fixed, tr(language, "import-field-none"))
                    .clicked()
            {
                state.choice.fields.remove(&field.name);
                state.fixed.remove(&field.name);
            }
            if ui.selectable_label(fixed, tr(language, "import-field-fixed")).clicked() {
                state.choice.fields.remove(&field.name);
                state.fixed.entry(field.name.clone()).or_default();
                state.open = None;
            }
            for a in &layer.attributes {
                let samples = a.samples.join(", ");
                let label = if samples.is_empty() {
                    a.name.clone()
                } else {
                    format!("{} – {samples}", a.name)
                };
                let label: String = label.chars().take(70).collect();
                let selected = matches!(&now, Some(AttributeSource::Name(n)) if *n == a.name)
                    || matches!(&now, Some(AttributeSource::From(f)) if f.from == a.name);
                if ui.selectable_label(selected, label).clicked() {
                    state.fixed.remove(&field.name);
                    state.choose_source(slot, field, a);
                }
            }
        });
    if fixed {
        fixed_ui(ui, language, slot, field, state);
    } else if coded {
        let open = state.open.as_deref() == Some(&field.name);
        let color = if open { colors(ui).accent } else { colors(ui).weak };
        if small_icon_button(ui, icon::LIST_BULLETS, &tr(language, "import-values"), color).clicked() {
            state.open = (!open).then(|| field.name.clone());
        }
    }
}

fn fixed_ui(ui: &mut Ui, language: Language, slot: &SlotDef, field: &AttributeDef, state: &mut ImporterState) {
    let mut text = state.fixed.get(&field.name).cloned().unwrap_or_default();
    let before = text.clone();
    if field.values.is_empty() {
        let edit = field_of(ui, &mut text, tr(language, "import-field-fixed-hint")).desired_width(110.0);
        ui.add(edit);
    } else {
        let shown = if text.is_empty() {
            tr(language, "import-field-fixed-hint")
        } else {
            code_name(slot, field, &text, language)
        };
        ComboBox::from_id_salt("fixed")
            .width(150.0)
            .truncate()
            .selected_text(shown)
            .show_ui(ui, |ui| {
                for code in &field.values {
                    ui.selectable_value(&mut text, code.clone(), code_name(slot, field, code, language));
                }
            });
    }
    if text != before {
        state.fixed.insert(field.name.clone(), text);
        state.fix(field);
    }
}

/// What comes of a field: examples, and how many features have none.
fn outcome_ui(ui: &mut Ui, language: Language, field: &AttributeDef, result: Option<&FieldResult>) {
    let Some(r) = result else { return };
    let p = colors(ui);
    let n = |v: u64| number(language, v as f64, 0);
    if r.filled == 0 {
        if field.required {
            ui.label(RichText::new(tr(language, "import-field-missing")).color(p.error));
        }
        return;
    }
    if r.misfits > 0 {
        let text = tr_with(language, "import-field-misfits", &[("n", n(r.misfits).into())]);
        ui.label(RichText::new(text).small().color(p.warning));
    } else if r.unknown > 0 {
        let text = tr_with(language, "import-field-unknown", &[("n", n(r.unknown).into())]);
        ui.label(RichText::new(text).small().color(p.weak));
    }
    ui.add(Label::new(RichText::new(r.samples.join(", ")).small().color(p.weak)).truncate());
}

/// What each value means.
fn values_ui(ui: &mut Ui, language: Language, layer: &CandidateLayer, slot: &SlotDef, field: &AttributeDef, state: &mut ImporterState) {
    let from = match state.choice.fields.get(&field.name) {
        Some(AttributeSource::Name(name)) => name.clone(),
        Some(AttributeSource::From(from)) => from.from.clone(),
        _ => return,
    };
    let Some(attribute) = layer.attributes.iter().find(|a| a.name == from) else {
        return;
    };
    let Some(values) = &attribute.values else {
        ui.label(note(ui, tr(language, "import-values-many")));
        return;
    };
    ui.indent("values", |ui| {
        Grid::new("values").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
            for (value, count) in values.iter().take(MOST_VALUES) {
                value_row(ui, language, slot, field, (value, *count), state);
                ui.end_row();
            }
        });
        if values.len() > MOST_VALUES {
            let rest = (values.len() - MOST_VALUES) as i64;
            ui.label(note(ui, tr_with(language, "more", &[("n", rest.into())])));
        }
    });
    ui.add_space(4.0);
}

fn value_row(
    ui: &mut Ui,
    language: Language,
    slot: &SlotDef,
    field: &AttributeDef,
    (value, count): (&str, usize),
    state: &mut ImporterState,
) {
    let mapped = match state.choice.fields.get(&field.name) {
        Some(AttributeSource::From(from)) if !from.map.is_empty() => from.map.get(value).cloned(),
        // Without a translation the code list's own values stand as they are.
        _ => field.values.contains(&value.to_owned()).then(|| value.to_owned()),
    };
    let name = format!("{value} ({})", number(language, count as f64, 0));
    cell(ui, NAME_WIDTH + 30.0, name);
    let shown = mapped
        .as_deref()
        .map_or_else(|| tr(language, "unknown"), |code| code_name(slot, field, code, language));
    let mut chosen = mapped.clone();
    ComboBox::from_id_salt(("value", value))
        .width(190.0)
        .truncate()
        .selected_text(shown)
        .show_ui(ui, |ui| {
            ui.selectable_value(&mut chosen, None, tr(language, "unknown"));
            for code in &field.values {
                ui.selectable_value(&mut chosen, Some(code.clone()), code_name(slot, field, code, language));
            }
        });
    if chosen != mapped {
        state.translate(&field.name, value, chosen.as_deref());
    }
}
