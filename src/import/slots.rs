//! Which slots a layer could fill: its kind of geometry must fit; its name and its attributes say how likely it is.

use super::{
    Candidate, CandidateLayer, Content,
    fields::suggest_fields,
    words::{Words, parts, plain},
};
use crate::{
    model::{GeometryKind, SlotId},
    modules::{ModuleDef, SlotDef, SlotGeometry},
    project::builtin_mappings,
};

/// A slot that a layer could fill.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotSuggestion {
    /// The slot.
    pub slot: SlotId,
    /// How likely it is, 0 to 1; 0 where only the geometry fits.
    pub confidence: f64,
    /// A named mapping that knows how this kind of file fills the slot.
    pub mapping: Option<String>,
    /// Areas would become points.
    pub as_points: bool,
}

/// Slots that a mapping knows how to fill from this kind of file are at least as likely as this.
const MAPPED: f64 = 0.5;

/// Every slot of the modules that the layer could fill, the most likely first; of equals in the order of the modules.
pub fn suggest_slots(file: &Candidate, layer: &CandidateLayer, modules: &[ModuleDef]) -> Vec<SlotSuggestion> {
    let mappings: Vec<_> = builtin_mappings()
        .into_iter()
        .filter(|m| m.drivers.contains(&file.driver))
        .collect();
    let mut out: Vec<SlotSuggestion> = vec![];
    for module in modules {
        for slot in &module.slots {
            let id = slot.full_id(&module.id);
            let named = |name: &Option<String>| name.as_ref().is_none_or(|n| *n == layer.name);
            let mapping = mappings.iter().find(|m| m.slot == id && m.layers.iter().any(|l| named(&l.name)));
            let fit = fits(slot, layer);
            if mapping.is_none() && fit.is_none() {
                continue;
            }
            let own = likeness(slot, &file.name, layer);
            out.push(SlotSuggestion {
                slot: id,
                confidence: if mapping.is_some() { own.max(MAPPED) } else { own },
                mapping: mapping.map(|m| m.name.clone()),
                as_points: mapping.is_none() && fit == Some(true),
            });
        }
    }
    out.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    out
}

/// Whether the layer's geometry suits the slot, and whether areas have to become points for it.
fn fits(slot: &SlotDef, layer: &CandidateLayer) -> Option<bool> {
    match &layer.content {
        Content::Features(raw) => {
            let kind = raw.geometry.kind();
            let turned = kind == GeometryKind::Polygon && slot.geometry.accepts(GeometryKind::Point);
            (slot.geometry.accepts(kind).then_some(false)).or(turned.then_some(true))
        }
        Content::Grid(..) => (slot.geometry == SlotGeometry::Raster).then_some(false),
        Content::Refused(_) => None,
    }
}

fn likeness(slot: &SlotDef, file: &str, layer: &CandidateLayer) -> f64 {
    // Of a file with several layers, the layer's name says more than the file's.
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let by_name = match layer.name.as_str() {
        "" => named(slot, stem),
        name if layer.several => named(slot, name).max(0.4 * named(slot, stem)),
        name => named(slot, name).max(named(slot, stem)),
    };
    if slot.attributes.is_empty() {
        return by_name;
    }
    let fields = suggest_fields(slot, &layer.attributes);
    let weight = |name: &str| {
        let field = slot.attributes.iter().find(|a| a.name == name);
        // Everything has a name; what a slot requires is its mark.
        match field {
            Some(f) if f.required => 3.0,
            Some(_) if slot.label.as_deref() == Some(name) => 0.2,
            _ => 1.0,
        }
    };
    let all: f64 = slot.attributes.iter().map(|a| weight(&a.name)).sum();
    let found: f64 = fields.iter().map(|f| f.confidence * weight(&f.field)).sum();
    // A slot that knows nothing but a name is not found because a file has one.
    (0.65 * by_name + 0.35 * found / all.max(1.0)).min(1.0)
}

/// How much a name sounds like a slot.
fn named(slot: &SlotDef, name: &str) -> f64 {
    let own = plain(name);
    let mut words = Words::get().of_slot(&slot.id);
    words.insert(plain(&slot.id));
    words.extend([&slot.title.de, &slot.title.en].map(|t| plain(t)));
    if words.contains(&own) {
        return 1.0;
    }
    let pieces = parts(name);
    if words.iter().any(|w| w.chars().count() >= 2 && pieces.contains(w)) {
        return 0.9;
    }
    // "strassen" inside "hauptstrassennetz".
    if words.iter().any(|w| w.chars().count() >= 5 && own.contains(w.as_str())) {
        return 0.7;
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{import::examine, modules, progress::Control};

    fn modules() -> Vec<ModuleDef> {
        modules::builtin_ids()
            .into_iter()
            .map(|id| modules::builtin(id).unwrap().unwrap())
            .collect()
    }

    fn first(file: &str, geometry: &str, properties: &str) -> Vec<SlotSuggestion> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(file);
        let feature = format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#);
        std::fs::write(&path, format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#)).unwrap();
        let c = examine(&path, &Control::default()).unwrap();
        suggest_slots(&c, &c.layers[0], &modules())
    }

    const POINT: &str = r#"{"type":"Point","coordinates":[13.3,52.5]}"#;
    const AREA: &str = r#"{"type":"Polygon","coordinates":[[[13.3,52.5],[13.4,52.5],[13.4,52.6],[13.3,52.5]]]}"#;

    #[test]
    fn name_and_attributes_point_to_the_slot() {
        let s = first("kindertagesstaetten.geojson", POINT, r#"{"e_name":"A","e_platz":40}"#);
        assert_eq!(s[0].slot.slot(), "kitas");
        assert!(s[0].confidence > 0.5 && s[0].confidence > 1.5 * s[1].confidence, "{s:?}");
        assert!(s.iter().all(|s| s.slot.slot() != "buildings"), "points are no buildings");
        let s = first("export_2024.geojson", AREA, r#"{"LDEN_VON":65,"LDEN_BIS":70}"#);
        assert_eq!(s[0].slot.slot(), "noise_lden", "the attributes alone tell it: {s:?}");
        let s = first("Bebauungspläne.geojson", AREA, r#"{"baunvo":"WA","grz":0.4}"#);
        assert_eq!(s[0].slot.slot(), "zones", "{s:?}");
        let stops = first("haltestellen.geojson", AREA, r#"{"name":"Markt"}"#);
        assert!(
            stops[0].slot.slot() == "stops" && stops[0].as_points,
            "areas become points: {stops:?}"
        );
    }
}
