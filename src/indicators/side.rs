//! A layer with the rows that a filter lets pass, and where its absence means something.

use crate::{
    geometry::{PreparedArea, Scratch, overlap_area_m2},
    index::IndexedLayer,
    model::{Bbox, Geometries, LocalText, SlotId},
    modules::Filter,
    project::{City, SlotData},
    rules,
};
use std::sync::OnceLock;

/// A layer ready to be counted.
pub(super) struct Side<'a> {
    pub layer: &'a IndexedLayer,
    selected: Option<Vec<bool>>,
    /// Made when the first area is asked for: who counts points of a large layer needs none.
    areas: OnceLock<Vec<OnceLock<PreparedArea>>>,
    /// Where the data are complete; `None` where nobody said.
    cover: Option<(Geometries, PreparedArea)>,
    /// Whether features that count overlap one another.
    pub disjoint: OnceLock<bool>,
}

/// What a slot holds, or why it holds nothing.
pub(super) fn missing(city: &City, id: &SlotId) -> LocalText {
    let (de, en) = match city.slot(id) {
        Some(slot) => {
            let why = match &slot.data {
                SlotData::Missing { reason } => reason.clone(),
                _ => LocalText::new("falsche Art von Daten.", "the wrong kind of data."),
            };
            (
                format!("Keine Daten für „{}“: {}", slot.def.title.de, why.de),
                format!("No data for “{}”: {}", slot.def.title.en, why.en),
            )
        }
        None => (
            format!("Das Projekt verwendet kein Modul mit der Ebene {id}."),
            format!("The project uses no module with the layer {id}."),
        ),
    };
    LocalText::new(de, en)
}

impl<'a> Side<'a> {
    /// The layer of a slot, filtered; or why there is none.
    pub fn find(city: &'a City, id: &SlotId, filter: Option<&str>, needs: &[&str]) -> Result<Self, LocalText> {
        let layer = city.layer(id).ok_or_else(|| missing(city, id))?;
        let parsed = match filter.filter(|f| !f.trim().is_empty()) {
            Some(text) => Some(Filter::parse(text).map_err(|e| e.text())?),
            None => None,
        };
        let asked = parsed.iter().flat_map(Filter::attributes);
        for name in asked.chain(needs.iter().map(|n| (*n).to_owned())) {
            if layer.layer.attributes.column(&name).is_none() && !layer.layer.is_empty() {
                let title = city.slot(id).map(|s| s.def.title.clone()).unwrap_or_default();
                return Err(LocalText::new(
                    format!("In den Daten von „{}“ fehlt das Merkmal „{name}“.", title.de),
                    format!("The data of “{}” lack the attribute “{name}”.", title.en),
                ));
            }
        }
        let n = layer.layer.len();
        Ok(Self {
            layer,
            selected: parsed.map(|f| f.select(&layer.layer.attributes, n)),
            areas: OnceLock::new(),
            cover: rules::declared_cover(city, &layer.layer).map(|g| {
                let area = PreparedArea::new(&g, 0);
                (g, area)
            }),
            disjoint: OnceLock::new(),
        })
    }

    /// True when the filter lets the row pass.
    pub fn counts(&self, row: u32) -> bool {
        self.selected.as_ref().is_none_or(|s| s[row as usize])
    }

    /// A row as an area.
    pub fn area(&self, row: u32) -> &PreparedArea {
        let layer = &self.layer.layer;
        let all = self.areas.get_or_init(|| (0..layer.len()).map(|_| OnceLock::new()).collect());
        all[row as usize].get_or_init(|| PreparedArea::new(&layer.geometry, row as usize))
    }

    /// Rows that count and whose box meets that of `ground`.
    pub fn near(&self, ground: &Geometries) -> Vec<u32> {
        let mut rows = self.layer.index.rows_in(&ground.bbox(0));
        rows.retain(|r| self.counts(*r));
        rows
    }

    /// Whether a row is one of [`Self::near`].
    pub fn is_near(&self, row: u32, ground: &Bbox) -> bool {
        let bbox = self.layer.layer.geometry.bbox(row as usize);
        self.counts(row) && !bbox.is_empty() && bbox.intersects(ground)
    }

    /// What of an area the data do not cover.
    pub fn uncovered_m2(&self, area: &PreparedArea, scratch: &mut Scratch) -> f64 {
        match &self.cover {
            None => 0.0,
            Some((_, cover)) => noise_free(area.area_m2() - overlap_area_m2(area, cover, scratch), area.area_m2()),
        }
    }

    /// Whether somebody said where the data are complete.
    pub fn is_declared(&self) -> bool {
        self.cover.is_some()
    }
}

/// An area that is not just the rounding of the sweep.
pub(super) fn noise_free(m2: f64, of: f64) -> f64 {
    if m2 <= (1e-6 * of).max(0.5) { 0.0 } else { m2 }
}
