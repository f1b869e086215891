//! What the user has decided so far about the file on the desk.

use super::map::Shapes;
use crate::{
    app::bridge::OnDesk,
    import::{Choice, suggest_fields},
    model::SlotId,
    modules::{AttributeDef, AttributeKind, Role, SlotDef},
    project::{AttributeSource, City, FromSource},
};
use std::collections::BTreeMap;

/// From this likeness on, a slot is chosen beforehand.
const LIKELY: f64 = 0.3;

/// The assistant while it is open.
#[derive(Debug, Default)]
pub struct ImporterState {
    /// The file it is about.
    pub(super) number: u64,
    /// Its features shall become drafts of the plan that is open.
    pub(super) draft: bool,
    /// The layer in the file.
    pub(super) layer: usize,
    /// What is chosen for it.
    pub(super) choice: Choice,
    /// The field whose values are being translated.
    pub(super) open: Option<String>,
    /// A typed EPSG code.
    pub(super) code: String,
    /// Fixed values as typed, by field.
    pub(super) fixed: BTreeMap<String, String>,
    /// Why the coordinate system was chosen beforehand.
    pub(super) crs_note: Option<CrsNote>,
    /// The shapes of the small map.
    pub(super) shapes: Shapes,
}

/// Why a coordinate system was chosen for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrsNote {
    /// The file names none.
    Missing,
    /// What the file names does not suit its coordinates.
    Impossible,
}

impl ImporterState {
    /// Starts with what is most likely.
    pub fn begin(on: &OnDesk, city: &City) -> Self {
        let best = |k: &usize| on.layers.get(*k).and_then(|l| l.slots.first()).map_or(0.0, |s| s.confidence);
        // Of equals the first: files put their main layer there.
        let layer = (0..on.file.layers.len())
            .rev()
            .max_by(|a, b| best(a).total_cmp(&best(b)))
            .unwrap_or(0);
        let mut state = Self {
            number: on.number,
            draft: on.for_plan,
            ..Self::default()
        };
        state.choose_layer(on, city, layer);
        state
    }

    /// Another layer of the file.
    pub(super) fn choose_layer(&mut self, on: &OnDesk, city: &City, layer: usize) {
        self.layer = layer;
        self.choice = Choice {
            // Whoever published it published all of it.
            source: self.choice.source.take(),
            licence: self.choice.licence.take(),
            data_date: self.choice.data_date.take(),
            ..Choice::default()
        };
        self.code.clear();
        self.crs_note = None;
        let (Some(of), Some(known)) = (on.file.layers.get(layer), on.layers.get(layer)) else {
            return;
        };
        let near = known.guesses.first().filter(|g| g.distance_m == 0.0);
        let note = match &of.declared_crs {
            None => Some(CrsNote::Missing),
            Some(_) => known.impossible.then_some(CrsNote::Impossible),
        };
        if let (Some(note), Some(guess)) = (note, near) {
            (self.choice.crs, self.crs_note) = (Some(guess.epsg), Some(note));
        }
        let likely = known.slots.first().filter(|s| s.confidence >= LIKELY);
        self.choose_slot(on, city, likely.map(|s| s.slot.clone()));
        self.settle_draft(on, city);
    }

    /// Drafts need a layer that they are drawn in: where none is likely, the potential sites.
    pub(super) fn settle_draft(&mut self, on: &OnDesk, city: &City) {
        if !self.draft || self.choice.slot.is_some() {
            return;
        }
        let known = on.layers.get(self.layer).map_or(&[][..], |l| &l.slots);
        let sites = city.with_role(Role::Sites).map(|s| s.id.clone());
        let first = sites.into_iter().find(|id| known.iter().any(|s| s.slot == *id));
        let first = first.or_else(|| known.first().map(|s| s.slot.clone()));
        if first.is_some() {
            self.choose_slot(on, city, first);
        }
    }

    /// Another target; its fields are filled with suggestions.
    pub(super) fn choose_slot(&mut self, on: &OnDesk, city: &City, slot: Option<SlotId>) {
        self.open = None;
        self.fixed.clear();
        self.choice.replace = false;
        self.choice.complete = false;
        let known = on.layers.get(self.layer).map_or(&[][..], |l| &l.slots);
        let suggestion = known.iter().find(|s| Some(&s.slot) == slot.as_ref());
        self.choice.mapping = suggestion.and_then(|s| s.mapping.clone());
        self.choice.as_points = suggestion.is_some_and(|s| s.as_points);
        self.choice.fields = match (slot.as_ref().and_then(|id| city.slot(id)), on.file.layers.get(self.layer)) {
            // A mapping knows the fields better than any guess.
            (Some(slot), Some(layer)) if self.choice.mapping.is_none() => suggest_fields(&slot.def, &layer.attributes)
                .into_iter()
                .map(|s| (s.field, s.source))
                .collect(),
            _ => BTreeMap::new(),
        };
        self.choice.slot = slot;
    }

    /// Another attribute of the file for a field, its values translated as far as they are understood.
    pub(super) fn choose_source(&mut self, slot: &SlotDef, field: &AttributeDef, attribute: &crate::import::AttributeView) {
        let source = crate::import::translated(slot, field, attribute);
        self.choice.fields.insert(field.name.clone(), source);
    }

    /// What a value of the file means in the field's code list.
    pub(super) fn translate(&mut self, field: &str, value: &str, code: Option<&str>) {
        let Some(source) = self.choice.fields.get_mut(field) else { return };
        if let AttributeSource::Name(name) = source {
            *source = AttributeSource::From(FromSource {
                from: name.clone(),
                ..FromSource::default()
            });
        }
        if let AttributeSource::From(from) = source {
            match code {
                Some(code) => from.map.insert(value.into(), code.into()),
                None => from.map.remove(value),
            };
        }
    }

    /// The same value for every feature, from its text; `None` where the text is no value of that kind.
    pub(super) fn fix(&mut self, field: &AttributeDef) {
        let text = self.fixed.get(&field.name).map_or("", |t| t.trim());
        let value = match field.kind {
            _ if text.is_empty() => None,
            AttributeKind::Number => text
                .replace(',', ".")
                .parse()
                .ok()
                .filter(|v: &f64| v.is_finite())
                .map(toml::Value::Float),
            AttributeKind::Integer => text.parse().ok().map(toml::Value::Integer),
            AttributeKind::Boolean => match text.to_lowercase().as_str() {
                "ja" | "yes" | "true" | "1" => Some(toml::Value::Boolean(true)),
                "nein" | "no" | "false" | "0" => Some(toml::Value::Boolean(false)),
                _ => None,
            },
            AttributeKind::Text | AttributeKind::Date => Some(toml::Value::String(text.into())),
        };
        match value {
            Some(v) => self.choice.fields.insert(field.name.clone(), AttributeSource::Constant(v)),
            None => self.choice.fields.remove(&field.name),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: AttributeKind) -> AttributeDef {
        AttributeDef {
            name: "f".into(),
            title: crate::model::LocalText::same("F"),
            kind,
            unit: None,
            required: false,
            least: None,
            most: None,
            values: vec![],
            words: Default::default(),
        }
    }

    #[test]
    fn fixed_values_have_the_type_of_their_field() {
        let mut state = ImporterState::default();
        let mut fixed = |kind, text: &str| {
            state.fixed.insert("f".into(), text.into());
            state.fix(&field(kind));
            state.choice.fields.get("f").cloned()
        };
        let constant = |v| Some(AttributeSource::Constant(v));
        assert_eq!(fixed(AttributeKind::Number, "0,4"), constant(toml::Value::Float(0.4)));
        assert_eq!(fixed(AttributeKind::Integer, "drei"), None);
        assert_eq!(fixed(AttributeKind::Boolean, "nein"), constant(toml::Value::Boolean(false)));
        assert_eq!(fixed(AttributeKind::Text, " WA "), constant(toml::Value::String("WA".into())));
    }

    #[test]
    fn a_translation_starts_from_a_plain_name() {
        let mut state = ImporterState::default();
        state.choice.fields.insert("kind".into(), AttributeSource::Name("art".into()));
        state.translate("kind", "Grundschule", Some("primary"));
        state.translate("kind", "Hort", Some("other"));
        state.translate("kind", "Hort", None);
        let Some(AttributeSource::From(from)) = state.choice.fields.get("kind") else {
            panic!("{:?}", state.choice.fields)
        };
        assert_eq!((from.from.as_str(), from.map.len()), ("art", 1));
    }
}
