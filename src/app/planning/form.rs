//! A form made from the fields of a slot. Whoever fills it in may leave a field empty: what nobody says is unknown.

use crate::{
    app::theme::widgets::{colors, field as field_of, note},
    i18n::{read_number, tr},
    model::{Language, Value},
    modules::{AttributeDef, AttributeKind, Role, SlotDef},
    scenario::{Attributes, RoofForm},
};
use bevy_egui::egui::{Align, ComboBox, Label, Layout, RichText, Ui, vec2};
use std::collections::{BTreeMap, BTreeSet};

/// Width of a field.
const FIELD_WIDTH: f32 = 112.0;

/// What stands in the fields, by attribute.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Form {
    texts: BTreeMap<String, String>,
    /// As it was filled at first.
    before: BTreeMap<String, String>,
    /// Fields in which several features differ: empty until somebody writes one value for all.
    mixed: BTreeSet<String>,
    /// Fields that hold numbers, which are typed as the language writes them.
    numbers: BTreeSet<String>,
    language: Language,
}

impl Form {
    /// A form with the present values of a feature.
    pub fn of(def: &SlotDef, attributes: &Attributes, language: Language) -> Self {
        let text = |a: &AttributeDef| {
            let value = attributes.get(&a.name).unwrap_or(&Value::Null);
            (a.name.clone(), written(value, language))
        };
        let texts: BTreeMap<_, _> = def.attributes.iter().map(text).collect();
        Self {
            before: texts.clone(),
            texts,
            mixed: BTreeSet::new(),
            numbers: def.attributes.iter().filter(|a| is_number(a)).map(|a| a.name.clone()).collect(),
            language,
        }
    }

    /// What a text means in its field; what is no number stays a text, and the slot's own check says so.
    fn value(&self, (name, text): (&String, &String)) -> (String, Value) {
        let number = || read_number(self.language, text).map(Value::Real);
        let number = self.numbers.contains(name).then(number).flatten();
        (name.clone(), number.unwrap_or_else(|| typed(text)))
    }

    /// A form for several features: what they have in common stands in it.
    pub fn of_all<'a>(def: &SlotDef, features: impl Iterator<Item = &'a Attributes> + Clone, language: Language) -> Self {
        let mut common = Attributes::new();
        let mut mixed = BTreeSet::new();
        for a in &def.attributes {
            let mut values = features.clone().map(|f| f.get(&a.name).unwrap_or(&Value::Null));
            let first = values.next().unwrap_or(&Value::Null);
            if values.all(|v| v == first) {
                common.insert(a.name.clone(), first.clone());
            } else {
                mixed.insert(a.name.clone());
            }
        }
        Self {
            mixed,
            ..Self::of(def, &common, language)
        }
    }

    /// True when a field differs from what it was filled with.
    pub fn changed(&self) -> bool {
        self.texts != self.before
    }

    /// The fields that differ, as typed; the slot's own check makes values of them.
    pub fn changes(&self) -> Attributes {
        let differs = |(name, text): &(&String, &String)| self.before.get(*name) != Some(*text);
        self.texts.iter().filter(differs).map(|t| self.value(t)).collect()
    }

    /// Every field that is filled in.
    pub fn filled(&self) -> Attributes {
        let filled = self.texts.iter().filter(|(_, t)| !t.trim().is_empty());
        filled.map(|t| self.value(t)).collect()
    }

    /// The fields that have to be filled in, for the next feature of the layer: whoever draws one site draws more of its kind.
    pub fn required(&self, def: &SlotDef) -> Attributes {
        let needed = |name: &String| def.attributes.iter().any(|a| a.required && a.name == *name);
        self.filled().into_iter().filter(|(name, _)| needed(name)).collect()
    }

    /// The first field that has to be filled in and is not.
    pub fn lacking<'a>(&self, def: &'a SlotDef) -> Option<&'a AttributeDef> {
        let empty = |a: &&AttributeDef| self.texts.get(&a.name).is_none_or(|t| t.trim().is_empty());
        def.attributes
            .iter()
            .filter(|a| a.required && !self.mixed.contains(&a.name))
            .find(empty)
    }
}

fn is_number(a: &AttributeDef) -> bool {
    matches!(a.kind, AttributeKind::Number | AttributeKind::Integer)
}

fn typed(text: &str) -> Value {
    match text.trim() {
        "" => Value::Null,
        "true" => Value::Boolean(true),
        "false" => Value::Boolean(false),
        other => Value::Text(other.into()),
    }
}

/// A value as it stands in a field.
fn written(value: &Value, language: Language) -> String {
    match (value, language) {
        (Value::Real(v), Language::De) => v.to_string().replace('.', ","),
        (other, _) => other.to_string(),
    }
}

/// The name of a roof form.
fn roof(language: Language, form: RoofForm) -> String {
    let key = match form {
        RoofForm::Flat => "roof-flat",
        RoofForm::Mono => "roof-mono",
        RoofForm::Gable => "roof-gable",
        RoofForm::Hip => "roof-hip",
        RoofForm::HalfHip => "roof-half-hip",
        RoofForm::Mansard => "roof-mansard",
        RoofForm::Pavilion => "roof-pavilion",
    };
    tr(language, key)
}

/// What can be chosen in a field, with the words for it; empty for a field that is typed.
fn choices(def: &SlotDef, a: &AttributeDef, language: Language) -> Vec<(String, String)> {
    if def.role == Some(Role::Buildings) && a.name == "roof_type" {
        return RoofForm::ALL.map(|r| (r.code().to_string(), roof(language, r))).into();
    }
    if a.kind == AttributeKind::Boolean {
        return vec![("true".into(), tr(language, "yes")), ("false".into(), tr(language, "no"))];
    }
    let name = |code: &String| {
        let class = def.value_label(&a.name, code);
        // An abbreviation of the law is what planners call it by; a key of the file is nobody's word.
        let known = code.chars().any(char::is_uppercase);
        class.map_or_else(
            || code.clone(),
            |label| match label.get(language) {
                label if known && !label.starts_with(code.as_str()) => format!("{label} ({code})"),
                label => label.to_owned(),
            },
        )
    };
    a.values.iter().map(|code| (code.clone(), name(code))).collect()
}

/// The fields, one below the other: name and unit on the left, value on the right.
pub fn form_ui(ui: &mut Ui, def: &SlotDef, form: &mut Form, language: Language) {
    for a in &def.attributes {
        let text = form.texts.entry(a.name.clone()).or_default();
        let nothing = tr(
            language,
            if form.mixed.contains(&a.name) {
                "planning-mixed"
            } else {
                "unknown"
            },
        );
        ui.push_id(&a.name, |ui| {
            ui.horizontal(|ui| {
                let star = if a.required { "* " } else { "" };
                let unit = a.unit.as_ref().map(|u| format!(" ({u})")).unwrap_or_default();
                let name = RichText::new(format!("{star}{}{unit}", a.title.get(language)))
                    .size(13.0)
                    .color(colors(ui).weak);
                let width = (ui.available_width() - FIELD_WIDTH - 8.0).max(60.0);
                // Two lines, where one is too short for the name.
                ui.allocate_ui_with_layout(vec2(width, 26.0), Layout::left_to_right(Align::Center), |ui| {
                    ui.set_min_width(width);
                    ui.set_max_width(width);
                    ui.add(Label::new(name).wrap());
                });
                let list = choices(def, a, language);
                if list.is_empty() {
                    let raised = colors(ui).raised;
                    let field = field_of(ui, text, nothing).background_color(raised);
                    ui.add(field.desired_width(FIELD_WIDTH - 8.0));
                    return;
                }
                let shown = list.iter().find(|(code, _)| code == text).map(|(_, name)| name.clone());
                ComboBox::from_id_salt("value")
                    .width(FIELD_WIDTH)
                    .truncate()
                    .selected_text(shown.unwrap_or(nothing))
                    .show_ui(ui, |ui| {
                        if !a.required && ui.selectable_label(text.is_empty(), tr(language, "unknown")).clicked() {
                            text.clear();
                        }
                        for (code, name) in list {
                            if ui.selectable_label(*text == code, name).clicked() {
                                *text = code;
                            }
                        }
                    });
            });
        });
    }
    if def.attributes.iter().any(|a| a.required) {
        ui.label(note(ui, tr(language, "import-required")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn def() -> SlotDef {
        toml::from_str(
            "id = 'kitas'\ntitle = { de = 'K', en = 'K' }\ndescription = { de = '', en = '' }\ngeometry = 'point'\n\
             [[attribute]]\nname = 'places'\ntitle = { de = 'Plätze', en = 'Places' }\nkind = 'integer'\nrequired = true\n\
             [[attribute]]\nname = 'area_m2'\ntitle = { de = 'Fläche', en = 'Area' }\nkind = 'number'\n",
        )
        .unwrap()
    }

    #[test]
    fn only_what_was_changed_becomes_an_edit_and_empty_is_unknown() {
        let now = Attributes::from([("places".into(), Value::Integer(80)), ("area_m2".into(), Value::Real(12.5))]);
        let mut form = Form::of(&def(), &now, Language::De);
        assert_eq!(form.texts["area_m2"], "12,5");
        assert!(!form.changed() && form.changes().is_empty());
        form.texts.insert("area_m2".into(), " ".into());
        assert_eq!(form.changes(), Attributes::from([("area_m2".into(), Value::Null)]));
        assert!(form.lacking(&def()).is_none());

        // Several features: what differs stays as it is unless somebody writes it.
        let other = Attributes::from([("places".into(), Value::Integer(95)), ("area_m2".into(), Value::Real(12.5))]);
        let mut both = Form::of_all(&def(), [&now, &other].into_iter(), Language::De);
        assert_eq!((both.texts["places"].as_str(), both.texts["area_m2"].as_str()), ("", "12,5"));
        assert!(both.lacking(&def()).is_none() && both.changes().is_empty());
        both.texts.insert("places".into(), "60".into());
        assert_eq!(both.changes(), Attributes::from([("places".into(), Value::Real(60.0))]));

        // Thousands are grouped as the language does; what is no number is left to the slot's check.
        both.texts.insert("area_m2".into(), "1.200,5".into());
        assert_eq!(both.changes()["area_m2"], Value::Real(1200.5));
        both.texts.insert("area_m2".into(), "viel".into());
        assert_eq!(both.changes()["area_m2"], Value::Text("viel".into()));

        let mut empty = Form::of(&def(), &Attributes::new(), Language::En);
        assert_eq!(empty.lacking(&def()).map(|a| a.name.as_str()), Some("places"));
        empty.texts.insert("places".into(), "95".into());
        assert_eq!(empty.filled(), Attributes::from([("places".into(), Value::Real(95.0))]));
    }
}
