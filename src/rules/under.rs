//! What lies under a spot: features by containment, points and lines by nearness, cells by position.

use super::{SpotLayer, SpotValue, cover::covers, here::sources};
use crate::{
    geometry::{self, PreparedArea, PreparedEdges, Scratch, distance_m, overlap_area_m2},
    index::IndexedLayer,
    model::{Bbox, FeatureRef, GeometriesBuilder, GeometryKind, LocalText, Raster, SlotId, Value},
    modules::{Role, SlotDef},
    project::{City, SlotData},
};

/// A click this close to a point or line means it.
const NEAR_M: f64 = 10.0;

/// A spot, ready to be measured.
pub(super) struct Probe {
    pub at: [f64; 2],
    pub edges: PreparedEdges,
    /// The potential site there.
    pub site: Option<(FeatureRef, PreparedArea)>,
}

impl Probe {
    pub fn new(at: [f64; 2]) -> Self {
        let mut point = GeometriesBuilder::new(GeometryKind::Point);
        point.ring([at]).end_part().end_feature();
        Self {
            at,
            edges: PreparedEdges::new(&point.finish(), 0),
            site: None,
        }
    }

    /// A probe that knows which potential site it stands on.
    pub fn on_site(city: &City, at: [f64; 2]) -> Self {
        let mut probe = Self::new(at);
        let layers = city.with_role(Role::Sites).filter_map(|s| city.layer(&s.id));
        probe.site = layers
            .filter_map(|l| {
                let row = rows_under(l, &probe).first().copied()?;
                let site = FeatureRef {
                    slot: l.layer.slot.clone(),
                    row,
                    id: l.layer.ids[row as usize].to_string(),
                    label: city.label(&l.layer, row as usize),
                };
                Some((site, PreparedArea::new(&l.layer.geometry, row as usize)))
            })
            .next();
        probe
    }

    /// How much of the site a feature covers, percent.
    fn share(&self, layer: &IndexedLayer, row: u32, scratch: &mut Scratch) -> Option<f64> {
        let (site, area) = self.site.as_ref()?;
        let itself = site.slot == layer.layer.slot && site.row == row;
        if itself || layer.layer.geometry.kind() != GeometryKind::Polygon || area.area_m2() <= 0.0 {
            return None;
        }
        let feature = PreparedArea::new(&layer.layer.geometry, row as usize);
        Some((100.0 * overlap_area_m2(area, &feature, scratch) / area.area_m2()).clamp(0.0, 100.0))
    }

    pub fn bbox(&self) -> Bbox {
        Bbox::new(self.at, self.at)
    }
}

/// Rows under the spot, ascending.
pub(super) fn rows_under(layer: &IndexedLayer, probe: &Probe) -> Vec<u32> {
    let g = &layer.layer.geometry;
    if g.kind() == GeometryKind::Polygon {
        let mut rows = layer.index.rows_in(&probe.bbox());
        rows.retain(|r| geometry::contains(g, *r as usize, probe.at));
        return rows;
    }
    let mut rows = layer.index.rows_in(&probe.bbox().buffered(NEAR_M));
    rows.retain(|r| distance_m(&probe.edges, &PreparedEdges::new(g, *r as usize), NEAR_M).is_some());
    rows
}

/// The layer of a slot at the spot.
pub(super) fn spot_layer(city: &City, slot: &SlotId, def: Option<&SlotDef>, data: Option<&SlotData>, probe: &Probe) -> SpotLayer {
    match data {
        Some(SlotData::Vector(layer)) => features(city, slot, def, layer, probe),
        Some(SlotData::Raster(raster)) => cell(slot, def, raster, probe),
        Some(SlotData::Missing { reason }) => empty(slot, Some(reason.clone())),
        None => empty(slot, None),
    }
}

/// A file that was dropped into the window, at the spot.
pub(super) fn extra_layer(city: &City, layer: &IndexedLayer, probe: &Probe) -> SpotLayer {
    features(city, &layer.layer.slot, None, layer, probe)
}

fn empty(slot: &SlotId, reason: Option<LocalText>) -> SpotLayer {
    SpotLayer {
        slot: slot.clone(),
        values: vec![],
        unknown: true,
        reason,
        source: None,
        data_date: None,
    }
}

/// A value as text; what is unknown is shown as such.
fn shown(value: &Value, unit: Option<&str>) -> String {
    let text = match value {
        Value::Null => return "–".into(),
        // Float noise behind the third place is no information.
        Value::Real(v) => ((v * 1000.0).round() / 1000.0).to_string(),
        other => other.to_string(),
    };
    match unit {
        Some(unit) => format!("{text} {unit}"),
        None => text,
    }
}

fn features(city: &City, slot: &SlotId, def: Option<&SlotDef>, layer: &IndexedLayer, probe: &Probe) -> SpotLayer {
    let table = &layer.layer.attributes;
    let attributes = |row: usize| -> Vec<(LocalText, String)> {
        match def {
            Some(def) => {
                let filled = def.attributes.iter().filter(|a| table.column(&a.name).is_some());
                filled
                    .map(|a| (a.title.clone(), shown(&table.value(&a.name, row), a.unit.as_deref())))
                    .collect()
            }
            None => table
                .iter()
                .map(|(name, column)| (LocalText::same(name), shown(&column.value(row), None)))
                .collect(),
        }
    };
    let scratch = &mut Scratch::default();
    let values: Vec<SpotValue> = rows_under(layer, probe)
        .into_iter()
        .map(|row| SpotValue {
            row,
            label: city.label(&layer.layer, row as usize),
            attributes: attributes(row as usize),
            share_percent: probe.share(layer, row, scratch),
        })
        .collect();
    let (unknown, reason) = match (values.is_empty(), covers(city, &layer.layer, probe.at)) {
        (false, _) | (true, Some(true)) => (false, None),
        (true, Some(false)) => (true, Some(outside())),
        (true, None) if layer.layer.extent().contains(probe.at) => (
            false,
            Some(LocalText::new(
                "Welches Gebiet die Daten abdecken, ist nicht angegeben; dass hier nichts liegt, ist angenommen.",
                "Nobody declared what the data cover; that nothing is here is an assumption.",
            )),
        ),
        (true, None) => (
            true,
            Some(LocalText::new(
                "Die Stelle liegt außerhalb aller Objekte dieser Ebene, und ihre Abdeckung ist nicht angegeben.",
                "The spot lies outside of all features of this layer, and nobody declared what it covers.",
            )),
        ),
    };
    SpotLayer {
        slot: slot.clone(),
        values,
        unknown,
        reason,
        source: sources(layer.layer.provenance.iter()),
        data_date: layer.layer.data_date().map(str::to_owned),
    }
}

fn outside() -> LocalText {
    LocalText::new(
        "Die Stelle liegt außerhalb des Gebiets, für das Daten vorliegen.",
        "The spot lies outside the area covered by data.",
    )
}

fn cell(slot: &SlotId, def: Option<&SlotDef>, raster: &Raster, probe: &Probe) -> SpotLayer {
    let value = raster.value_at(probe.at);
    let title = def.map_or_else(|| LocalText::same(slot.slot()), |d| d.title.clone());
    let unit = def.and_then(|d| d.unit.as_deref());
    let values = value.map(|v| {
        let text = shown(&Value::Real(v), unit);
        SpotValue {
            row: 0,
            label: text.clone(),
            attributes: vec![(title, text)],
            share_percent: None,
        }
    });
    let reason = match (value, raster.extent().contains(probe.at)) {
        (Some(_), _) => None,
        (None, true) => Some(LocalText::new("Das Raster hat hier keinen Wert.", "The raster has no value here.")),
        (None, false) => Some(outside()),
    };
    SpotLayer {
        slot: slot.clone(),
        values: values.into_iter().collect(),
        unknown: value.is_none(),
        reason,
        source: sources(raster.provenance.iter()),
        data_date: raster.data_date().map(Into::into),
    }
}
