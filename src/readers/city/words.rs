//! What is said about objects of city models, in both languages.

use super::{
    super::printable,
    object::{Object, Trouble},
};
use crate::model::LocalText;

fn two(de: impl Into<String>, en: impl Into<String>) -> LocalText {
    LocalText::new(de, en)
}

/// What went wrong with single polygons and links of an object, with the codes.
pub(super) fn troubles(t: &Trouble) -> Vec<(&'static str, LocalText)> {
    let mut out = vec![];
    if t.not_numbers > 0 {
        let n = t.not_numbers;
        out.push((
            "RD-100",
            two(
                format!("{n} Flächen mit Koordinaten, die keine Zahlen sind, weggelassen. In der Quelle berichtigen."),
                format!("{n} surfaces with coordinates that are no numbers left out. Correct them in the source."),
            ),
        ));
    }
    if t.short > 0 {
        let n = t.short;
        out.push((
            "RD-101",
            two(
                format!("{n} Flächen oder Löcher mit weniger als drei verschiedenen Stützpunkten weggelassen."),
                format!("{n} surfaces or holes of fewer than three different vertices left out."),
            ),
        ));
    }
    if t.unclosed > 0 {
        let n = t.unclosed;
        out.push((
            "RD-102",
            two(
                format!("{n} Ringe waren nicht geschlossen und wurden geschlossen. In der Quelle prüfen."),
                format!("{n} rings were not closed and have been closed. Check them in the source."),
            ),
        ));
    }
    if let Some(first) = t.missing.first() {
        let (n, first) = (t.missing.len(), printable(first));
        out.push((
            "RD-105",
            two(
                format!(
                    "{n} Verweise führen zu Flächen, die in der Datei fehlen (zuerst „{first}“). Die Datei vollständig neu exportieren."
                ),
                format!("{n} links lead to surfaces that the file lacks (the first is “{first}”). Export the whole file again."),
            ),
        ));
    }
    if t.cyclic > 0 {
        let n = t.cyclic;
        out.push((
            "RD-106",
            two(
                format!("{n} Verweise führen im Kreis und wurden nicht verfolgt. In der Quelle berichtigen."),
                format!("{n} links lead in a circle and were not followed. Correct them in the source."),
            ),
        ));
    }
    if t.too_many {
        out.push((
            "RD-115",
            two(
                "Das Objekt hat mehr Stützpunkte, als einem einzelnen erlaubt sind; der Rest seiner Flächen fehlt.",
                "the object has more vertices than a single one may have; the rest of its surfaces is missing.",
            ),
        ));
    }
    out
}

/// Nothing with an area came from an object.
pub(super) fn no_surface(object: &Object) -> LocalText {
    let t = &object.trouble;
    if t.not_numbers + t.short + t.missing.len() as u64 + t.cyclic > 0 || t.too_many {
        return two(
            "Objekt weggelassen: Keine seiner Flächen ist brauchbar. In der Quelle berichtigen.",
            "object left out: none of its surfaces can be used. Correct it in the source.",
        );
    }
    two(
        "Objekt ohne Flächengeometrie weggelassen (weder Solid noch MultiSurface).",
        "object without surface geometry left out (neither solid nor multi-surface).",
    )
}

/// The footprint vanished.
pub(super) fn no_area() -> LocalText {
    two(
        "Objekt weggelassen: Sein Grundriss hat keine Fläche. In der Quelle berichtigen.",
        "object left out: its footprint has no area. Correct it in the source.",
    )
}

/// A solid with gaps.
pub(super) fn not_closed(edges: usize) -> LocalText {
    two(
        format!(
            "Der Volumenkörper ist nicht geschlossen: An {edges} Kanten fehlt eine Fläche oder liegt eine zu viel. Gezeichnet, wie er ist."
        ),
        format!("the solid is not closed: at {edges} edges a surface is missing or one too many. Drawn as it is."),
    )
}

/// A bent polygon.
pub(super) fn not_flat(off_m: f64) -> LocalText {
    two(
        format!(
            "Eine Fläche ist nicht eben: Ein Stützpunkt liegt {} m neben ihr.",
            format!("{off_m:.2}").replace('.', ",")
        ),
        format!("a surface is not flat: a vertex lies {off_m:.2} m off it."),
    )
}

/// Buildings that consist of their parts.
pub(super) fn carried(n: u64) -> LocalText {
    two(
        format!(
            "{n} Gebäude haben keine eigene Geometrie; ihre Teile stehen einzeln in der Ebene und tragen ihre Angaben (Attribut „building“)."
        ),
        format!(
            "{n} buildings have no geometry of their own; their parts stand in the layer and carry their attributes (attribute “building”)."
        ),
    )
}

/// Footprints that are not ground surfaces.
pub(super) fn derived(n: u64) -> LocalText {
    two(
        format!("{n} Gebäude haben keine Grundfläche; ihr Grundriss ist aus Dach oder Umriss abgeleitet (Attribut „footprint“)."),
        format!("{n} buildings have no ground surface; their footprint is derived from roof or outline (attribute “footprint”)."),
    )
}

/// Surfaces named by slope.
pub(super) fn guessed(n: u64) -> LocalText {
    two(
        format!("Bei {n} Gebäuden sagt die Datei nicht, was Dach, Wand und Grundfläche ist; Neigung und Höhe entscheiden."),
        format!("for {n} buildings the file does not say what is roof, wall and ground; slope and height decide."),
    )
}

/// Buildings of LoD0.
pub(super) fn flat_only(n: u64) -> LocalText {
    two(
        format!("{n} Gebäude haben nur einen Umriss (LoD0) und werden aus ihrer Höhe aufgezogen."),
        format!("{n} buildings have an outline only (LoD0) and are raised by their height."),
    )
}

/// Rooms, furniture, templates.
pub(super) fn left_out(what: &str, n: u64) -> LocalText {
    let what = printable(what);
    two(
        format!("{n} × „{what}“ innerhalb der Objekte wird nicht gezeichnet."),
        format!("{n} × “{what}” within the objects is not drawn."),
    )
}

/// Too many attributes.
pub(super) fn too_many_attributes(n: u64) -> LocalText {
    two(
        format!("{n} Werte von Attributen jenseits der ersten 250 weggelassen."),
        format!("{n} values of attributes beyond the first 250 left out."),
    )
}

/// Objects of other types, which are layers of their own.
pub(super) fn other_types(types: &str, n: u64) -> LocalText {
    two(
        format!("{n} Objekte anderer Art stehen in eigenen Ebenen ({types}): als `layer` angeben, um sie zu lesen."),
        format!("{n} objects of other types stand in layers of their own ({types}): name one as `layer` to read it."),
    )
}

/// The document breaks off.
pub(super) fn broke(reason: &str) -> LocalText {
    let reason = printable(reason);
    two(
        format!("Das Lesen brach ab ({reason}); was danach steht, fehlt. Neu herunterladen oder neu exportieren."),
        format!("reading broke off ({reason}); what follows is missing. Download or export it again."),
    )
}
