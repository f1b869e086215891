//! People of a place, and those of them that live in a zone or on a cell. They are spread evenly over the polygons they are counted for.

use super::{
    area::{covered_m2, no_overlay},
    measure::{Counted, Desk, Gap, In, assumed, number},
    places::Unit,
    side::{Side, noise_free},
};
use crate::{
    geometry::{self, PreparedArea, Scratch, overlap_area_m2, zonal},
    model::{Geometries, GeometriesBuilder, GeometryKind, LocalText, Raster, SlotId},
    modules::{GridMeasure, ZoneMeasure},
    project::City,
};
use std::sync::Arc;

/// The people of a layer.
pub(super) struct Living<'a> {
    pub side: Side<'a>,
    attribute: &'a str,
}

/// The part of one population polygon inside a place.
struct Block {
    /// The polygon's people that live inside; `None` where nobody counted them.
    people: Option<f64>,
    /// The shared ground as one feature.
    ground: Geometries,
    area: PreparedArea,
}

impl<'a> Living<'a> {
    pub fn new(city: &'a City, slot: &SlotId, attribute: &'a str) -> Result<Self, LocalText> {
        let side = Side::find(city, slot, None, &[attribute])?;
        if side.layer.layer.geometry.kind() != GeometryKind::Polygon && !side.layer.layer.is_empty() {
            return Err(LocalText::new(
                "Die Einwohner müssen als Flächen vorliegen.",
                "The inhabitants must come as areas.",
            ));
        }
        Ok(Self { side, attribute })
    }

    pub fn number(&self, row: u32) -> Option<f64> {
        let column = self.side.layer.layer.attributes.column(self.attribute)?;
        number(column, row).map(|n| n.max(0.0))
    }

    pub fn count(&self, unit: &Unit) -> Counted {
        let scratch = &mut Scratch::default();
        let (mut value, mut untold_m2) = (0.0, 0.0);
        for row in self.side.near(&unit.ground) {
            let block = self.side.area(row);
            let inside = overlap_area_m2(block, &unit.area, scratch);
            if inside <= 0.0 {
                continue;
            }
            match self.number(row) {
                Some(n) => value += n * (inside / block.area_m2()).min(1.0),
                None => untold_m2 += inside,
            }
        }
        let unknown = untold_m2 + self.side.uncovered_m2(&unit.area, scratch);
        Counted::known(value, In::People).with_unknown(unknown.min(unit.place.area_m2), unit.place.area_m2, In::SquareMetres)
    }

    /// Every polygon that reaches into the place, cut to it.
    fn blocks(&self, unit: &Unit, scratch: &mut Scratch) -> Result<Vec<Block>, Gap> {
        let g = &self.side.layer.layer.geometry;
        let mut out = vec![];
        for row in self.side.near(&unit.ground) {
            let whole = self.side.area(row);
            let inside = overlap_area_m2(whole, &unit.area, scratch);
            if inside <= 0.0 || whole.area_m2() <= 0.0 {
                continue;
            }
            let ground = if noise_free(whole.area_m2() - inside, whole.area_m2()) == 0.0 {
                let mut one = GeometriesBuilder::new(GeometryKind::Polygon);
                one.copy_feature(g, row as usize);
                one.finish()
            } else {
                let part = geometry::intersection((&unit.ground, 0), (g, row as usize)).map_err(|_| no_overlay())?;
                geometry::from_geo(&[part])
            };
            out.push(Block {
                people: self.number(row).map(|n| n * (inside / whole.area_m2()).min(1.0)),
                area: PreparedArea::new(&ground, 0),
                ground,
            });
        }
        Ok(out)
    }
}

/// People who count, people of whom it is not known, and all.
#[derive(Default)]
pub(super) struct Tally {
    yes: f64,
    unknown: f64,
    all: f64,
}

impl Tally {
    pub fn add(&mut self, people: f64, yes: f64, unknown: f64) {
        self.yes += people * yes.clamp(0.0, 1.0);
        self.unknown += people * unknown.clamp(0.0, 1.0 - yes.clamp(0.0, 1.0));
        self.all += people;
    }

    pub fn counted(self, notes: &[LocalText]) -> Counted {
        let mut out = Counted::known(self.yes, In::People).with_unknown(self.unknown, self.all, In::People);
        out.notes.extend_from_slice(notes);
        out
    }
}

/// People inside zones.
pub(super) struct InZone<'a> {
    people: Living<'a>,
    zones: Vec<Side<'a>>,
    notes: Vec<LocalText>,
}

impl<'a> InZone<'a> {
    pub fn new(city: &'a City, m: &'a ZoneMeasure) -> Result<Self, LocalText> {
        let people = Living::new(city, &m.population, &m.attribute)?;
        let (mut zones, mut notes, mut first) = (vec![], vec![], None);
        for zone in &m.zones {
            match Side::find(city, &zone.slot, zone.filter.as_deref(), &[]) {
                Ok(side) => {
                    if !side.is_declared() {
                        notes.push(assumed(city, &zone.slot));
                    }
                    zones.push(side);
                }
                Err(why) => {
                    notes.push(why.clone());
                    first = first.or(Some(why));
                }
            }
        }
        match (zones.is_empty(), first) {
            (true, Some(why)) => Err(why),
            _ => Ok(Self { people, zones, notes }),
        }
    }

    pub fn count(&self, unit: &Unit) -> Result<Counted, Gap> {
        let scratch = &mut Scratch::default();
        let mut tally = Tally::default();
        let zones: Vec<&Side> = self.zones.iter().collect();
        for block in self.people.blocks(unit, scratch)? {
            let Some(people) = block.people else { continue };
            let m2 = block.area.area_m2();
            let inside = covered_m2(&zones, &block.ground, &block.area, scratch).ok_or_else(no_overlay)?;
            let outside = zones.iter().map(|z| z.uncovered_m2(&block.area, scratch)).fold(0.0, f64::max);
            tally.add(people, inside / m2, outside / m2);
        }
        Ok(tally.counted(&self.notes))
    }
}

/// People on cells of a grid.
pub(super) struct InGrid<'a> {
    people: Living<'a>,
    grid: (&'a Arc<Raster>, f64),
}

impl<'a> InGrid<'a> {
    pub fn new(desk: &Desk<'a>, m: &'a GridMeasure) -> Result<Self, LocalText> {
        Ok(Self {
            people: Living::new(desk.city, &m.population, &m.attribute)?,
            grid: desk.raster(&m.grid)?,
        })
    }

    pub fn count(&self, unit: &Unit) -> Result<Counted, Gap> {
        let scratch = &mut Scratch::default();
        let mut tally = Tally::default();
        for block in self.people.blocks(unit, scratch)? {
            let Some(people) = block.people else { continue };
            let cells = zonal(self.grid.0, &block.ground, 0);
            let m2 = (cells.covered_m2 + cells.no_data_m2).max(f64::MIN_POSITIVE);
            let over = cells.share_above(self.grid.1, true).unwrap_or(0.0);
            tally.add(people, over * cells.covered_m2 / m2, noise_free(cells.no_data_m2, m2) / m2);
        }
        Ok(tally.counted(&[]))
    }
}
