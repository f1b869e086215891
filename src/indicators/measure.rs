//! What a definition counts, made ready once and counted in every place.

use super::{
    area::{AreaOf, PercentOf},
    known::{Found, Rows, Weighed},
    near::Near,
    people::{InGrid, InZone, Living},
    places::Unit,
    side::{Side, missing, noise_free},
    table::Amount,
    terms::Terms,
};
use crate::{
    geometry::{self, Scratch, overlap_area_m2, point_on_surface, zonal},
    model::{Column, Conflict, GeometryKind, LocalText, Raster, Severity, SlotId, Value},
    modules::{GridLimit, MeasureDef},
    project::City,
    rules::{self, Evaluation, WayStore, Ways},
};
use geo::MultiPolygon;
use std::{collections::BTreeMap, sync::Arc};

/// Why nothing can be told.
#[derive(Debug, Clone)]
pub(super) struct Gap(pub LocalText);

/// Units of what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum In {
    SquareMetres,
    People,
    Dwellings,
    Features,
    Plain,
}

impl In {
    fn text(self) -> LocalText {
        match self {
            In::SquareMetres => LocalText::same("m²"),
            In::People => LocalText::new("EW", "inh."),
            In::Dwellings => LocalText::new("WE", "dwellings"),
            In::Features => LocalText::new("Objekte", "features"),
            In::Plain => LocalText::default(),
        }
    }
}

/// A number and what of it is not known.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counted {
    pub value: f64,
    pub unit: In,
    pub unknown: f64,
    pub unknown_unit: In,
    /// What the unknown part is a part of.
    pub of: f64,
    pub notes: Vec<LocalText>,
}

impl Counted {
    /// Everything is known.
    pub fn known(value: f64, unit: In) -> Self {
        Self {
            value,
            unit,
            unknown: 0.0,
            unknown_unit: unit,
            of: 0.0,
            notes: vec![],
        }
    }

    /// `unknown` of `of` is not known.
    pub fn with_unknown(mut self, unknown: f64, of: f64, unit: In) -> Self {
        (self.unknown, self.of, self.unknown_unit) = (unknown, of, unit);
        self
    }

    pub fn note(mut self, note: Option<LocalText>) -> Self {
        self.notes.extend(note);
        self
    }

    pub fn unknown_percent(&self) -> f64 {
        if self.of > 0.0 {
            (100.0 * self.unknown / self.of).min(100.0)
        } else {
            0.0
        }
    }

    pub fn amount(self) -> Amount {
        Amount {
            value: self.value,
            unit: self.unit.text(),
            unknown: self.unknown,
            unknown_unit: self.unknown_unit.text(),
        }
    }
}

/// A measure with its layers found.
pub(super) enum Ready<'a> {
    UnitArea,
    Area(AreaOf<'a>),
    Percent(PercentOf<'a>),
    GridPercent(&'a Arc<Raster>),
    Sum(Side<'a>, &'a str),
    Count(Side<'a>, Option<(&'a Arc<Raster>, f64)>),
    Living(Living<'a>),
    InZone(InZone<'a>),
    InGrid(InGrid<'a>),
    Near(Box<Near<'a>>),
    Dwellings(Side<'a>, &'a crate::modules::DwellingsMeasure),
    ConflictArea(Side<'a>),
}

/// The city on the desk of whoever counts.
pub(super) struct Desk<'a> {
    pub city: &'a City,
    evaluation: &'a Evaluation,
    pub ways: WayStore,
}

/// The number in a column's row.
pub(super) fn number(column: &Column, row: u32) -> Option<f64> {
    match column.value(row as usize) {
        Value::Real(v) if !v.is_finite() => None,
        value => value.as_f64(),
    }
}

impl<'a> Desk<'a> {
    /// `walked` are networks of an earlier state.
    pub fn new(city: &'a City, evaluation: &'a Evaluation, walked: impl Iterator<Item = Arc<Ways>>) -> Self {
        let ways = evaluation.ways().all().into_iter().chain(walked);
        Self {
            city,
            evaluation,
            ways: WayStore::of(ways),
        }
    }

    pub fn raster(&self, limit: &GridLimit) -> Result<(&'a Arc<Raster>, f64), LocalText> {
        let raster = self.city.raster(&limit.slot).ok_or_else(|| missing(self.city, &limit.slot))?;
        Ok((raster, limit.at_least))
    }

    /// Finds the layers of a measure, or says which is missing.
    pub fn prepare(&self, def: &'a MeasureDef) -> Result<Ready<'a>, LocalText> {
        let city = self.city;
        Ok(match def {
            MeasureDef::UnitArea(_) => Ready::UnitArea,
            MeasureDef::Area(m) => match &m.percent_attribute {
                Some(name) => Ready::Percent(PercentOf::new(city, &m.of, name)?),
                None => Ready::Area(AreaOf::new(city, &m.of)?),
            },
            MeasureDef::GridPercent(m) => Ready::GridPercent(city.raster(&m.slot).ok_or_else(|| missing(city, &m.slot))?),
            MeasureDef::Sum(m) => {
                let side = Side::find(city, &m.of.slot, m.of.filter.as_deref(), &[&m.attribute])?;
                Ready::Sum(side, &m.attribute)
            }
            MeasureDef::Count(m) => {
                let side = Side::find(city, &m.of.slot, m.of.filter.as_deref(), &[])?;
                Ready::Count(side, m.grid.as_ref().map(|g| self.raster(g)).transpose()?)
            }
            MeasureDef::Inhabitants(m) => Ready::Living(Living::new(city, &m.population, &m.attribute)?),
            MeasureDef::InhabitantsInZone(m) => Ready::InZone(InZone::new(city, m)?),
            MeasureDef::InhabitantsInGrid(m) => Ready::InGrid(InGrid::new(self, m)?),
            MeasureDef::InhabitantsNear(m) => Ready::Near(Box::new(Near::new(self, m)?)),
            MeasureDef::Dwellings(m) => Ready::Dwellings(Side::find(city, &m.of.slot, m.of.filter.as_deref(), &[])?, m),
            MeasureDef::ConflictArea(m) => Ready::ConflictArea(Side::find(city, &m.of.slot, m.of.filter.as_deref(), &[])?),
        })
    }

    /// Counts in one place.
    pub fn count(&self, ready: &Ready<'a>, unit: &Unit) -> Result<Counted, Gap> {
        match ready {
            Ready::UnitArea => Ok(Counted::known(unit.place.area_m2, In::SquareMetres)),
            Ready::Area(of) => of.count(unit),
            Ready::Percent(of) => of.count(unit),
            Ready::GridPercent(raster) => {
                let cells = zonal(raster, &unit.ground, 0);
                let value = cells.mean.unwrap_or(0.0).clamp(0.0, 100.0) / 100.0 * cells.covered_m2;
                let (missing, all) = (cells.no_data_m2, unit.place.area_m2);
                Ok(Counted::known(value, In::SquareMetres).with_unknown(noise_free(missing, all), all, In::SquareMetres))
            }
            Ready::Sum(side, name) => Ok(sum(side, name, unit)),
            Ready::Count(side, grid) => Ok(count(side, *grid, unit)),
            Ready::Living(people) => Ok(people.count(unit)),
            Ready::InZone(people) => people.count(unit),
            Ready::InGrid(people) => people.count(unit),
            Ready::Near(people) => Ok(people.count(unit)),
            Ready::Dwellings(side, m) => Ok(self.dwellings(side, m, unit)),
            Ready::ConflictArea(side) => Ok(self.conflicts(side, unit)),
        }
    }

    /// Counts in the whole city. Where a measure is a sum over rows, the rows that are as `known` are not looked at again.
    pub fn count_whole(&self, ready: &Ready<'a>, unit: &Unit, known: Option<&Rows>) -> (Result<Counted, Gap>, Option<Rows>) {
        let ground = unit.ground.bbox(0);
        match ready {
            Ready::Count(side, grid) => {
                let raster = grid.map(|(r, _)| r.clone());
                let same = |a: &Option<Arc<Raster>>| match (a, &raster) {
                    (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                    (a, b) => a.is_none() && b.is_none(),
                };
                let known = known.and_then(|k| match k {
                    Rows::Count { grid, terms } if same(grid) => Some(terms),
                    _ => None,
                });
                let near = |row| side.is_near(row, &ground);
                let terms = Terms::new(known, &side.layer.layer, near, |_, _| false, |_, row| found(side, *grid, row, unit));
                let counted = tally(side, grid.is_some(), unit, terms.iter().map(|(_, f)| *f));
                (Ok(counted), Some(Rows::Count { grid: raster, terms }))
            }
            Ready::ConflictArea(side) => {
                let by_row = self.by_row(side);
                let known = known.and_then(|k| match k {
                    Rows::Conflicts { terms, by_row } => Some((terms, by_row)),
                    _ => None,
                });
                let of = |all: &BTreeMap<u32, Vec<Arc<Conflict>>>, row: u32| -> Vec<*const Conflict> {
                    all.get(&row).into_iter().flatten().map(Arc::as_ptr).collect()
                };
                let stale = |row, old| known.is_none_or(|(_, before)| of(&by_row, row) != of(before, old));
                let near = |row| side.is_near(row, &ground);
                let make = |scratch: &mut Scratch, row| weighed(side, &by_row, row, unit, scratch);
                let terms = Terms::new(known.map(|(terms, _)| terms), &side.layer.layer, near, stale, make);
                let counted = self.quota(side, terms.iter().map(|(row, w)| (row, *w)));
                (Ok(counted), Some(Rows::Conflicts { terms, by_row }))
            }
            Ready::Near(people) => {
                let before = if let Some(Rows::Near(before)) = known { Some(before) } else { None };
                let (counted, reached) = people.count_whole(unit, before);
                (Ok(counted), Some(Rows::Near(reached)))
            }
            _ => (self.count(ready, unit), None),
        }
    }

    fn dwellings(&self, side: &Side, m: &crate::modules::DwellingsMeasure, unit: &Unit) -> Counted {
        let mut out = (0.0, 0.0, 0.0);
        let scratch = &mut Scratch::default();
        for row in side.near(&unit.ground) {
            let area = side.area(row);
            let inside = overlap_area_m2(area, &unit.area, scratch);
            if inside <= 0.0 {
                continue;
            }
            out.2 += inside;
            match rules::dwellings(&side.layer.layer, row, m.floor_area_per_dwelling_m2, &m.gfz_by_baunvo) {
                Some(found) => out.0 += found.number * inside / area.area_m2(),
                None => out.1 += inside,
            }
        }
        let (number, unknown, all) = out;
        let note = (unknown > 0.0).then(|| {
            LocalText::new(
                "Für Flächen ohne Wohnungszahl, GFZ oder Gebietsart lässt sich nichts ableiten.",
                "Nothing can be derived for sites without dwellings, floor area ratio or zone type.",
            )
        });
        Counted::known(number, In::Dwellings)
            .with_unknown(unknown, all, In::SquareMetres)
            .note(note)
    }

    fn conflicts(&self, side: &Side, unit: &Unit) -> Counted {
        let by_row = self.by_row(side);
        let scratch = &mut Scratch::default();
        let rows = side.near(&unit.ground).into_iter();
        self.quota(side, rows.map(|row| (row, weighed(side, &by_row, row, unit, scratch))))
    }

    /// Conflicts of the features of a layer.
    fn by_row(&self, side: &Side) -> BTreeMap<u32, Vec<Arc<Conflict>>> {
        let slot = &side.layer.layer.slot;
        let mut by_row = BTreeMap::<u32, Vec<Arc<Conflict>>>::new();
        for c in self.evaluation.conflicts.iter().filter(|c| c.subject.slot == *slot) {
            by_row.entry(c.subject.row).or_default().push(c.clone());
        }
        by_row
    }

    fn quota(&self, side: &Side, sites: impl Iterator<Item = (u32, Weighed)>) -> Counted {
        let undecided = self.evaluation.undecided_rows(self.city, &side.layer.layer.slot);
        let (mut weighted, mut unknown, mut all) = (0.0, 0.0, 0.0);
        for (row, site) in sites.filter(|(_, s)| s.inside_m2 > 0.0) {
            all += site.inside_m2;
            weighted += site.weighted_m2;
            if undecided.contains(&row) {
                unknown += site.inside_m2;
            }
        }
        let note = (unknown > 0.0).then(|| {
            LocalText::new(
                "Flächen, zu denen mindestens eine Regel keine Antwort geben kann, zählen als unbekannt; der Wert kann noch steigen.",
                "Sites on which at least one rule has no answer count as unknown; the value may still rise.",
            )
        });
        Counted::known(weighted, In::SquareMetres)
            .with_unknown(unknown.min(all), all, In::SquareMetres)
            .note(note)
    }
}

/// A site inside a place, nothing where it has no ground there.
fn weighed(side: &Side, by_row: &BTreeMap<u32, Vec<Arc<Conflict>>>, row: u32, unit: &Unit, scratch: &mut Scratch) -> Weighed {
    let area = side.area(row);
    let inside_m2 = overlap_area_m2(area, &unit.area, scratch);
    if inside_m2 <= 0.0 || area.area_m2() <= 0.0 {
        let (inside_m2, weighted_m2) = (0.0, 0.0);
        return Weighed { inside_m2, weighted_m2 };
    }
    let found = by_row.get(&row).map_or(&[][..], Vec::as_slice);
    Weighed {
        inside_m2,
        weighted_m2: inside_m2 / area.area_m2() * gravest(found, area.area_m2()),
    }
}

/// Each square metre of a site with the weight of the gravest conflict on it.
fn gravest(conflicts: &[Arc<Conflict>], site_m2: f64) -> f64 {
    let (mut weighted, mut covered) = (0.0, 0.0f64);
    let mut shapes: Vec<MultiPolygon<f64>> = vec![];
    for severity in Severity::ALL {
        let these: Vec<_> = conflicts.iter().filter(|c| c.severity == severity).collect();
        if these.is_empty() {
            continue;
        }
        // A conflict without an area of its own concerns the whole site.
        let whole = these.iter().any(|c| c.area_m2.is_none());
        let reached = if whole {
            site_m2
        } else {
            shapes.extend(these.iter().filter_map(|c| match &c.geometry {
                geo::Geometry::Polygon(p) => Some(MultiPolygon(vec![p.clone()])),
                geo::Geometry::MultiPolygon(p) => Some(p.clone()),
                _ => None,
            }));
            let least = these.iter().filter_map(|c| c.area_m2).fold(covered, f64::max);
            match geometry::union(&shapes) {
                Ok(all) => geometry::area_m2(&geometry::from_geo(&[all]), 0),
                Err(_) => least,
            }
        };
        let reached = reached.min(site_m2);
        weighted += (reached - covered).max(0.0) * f64::from(severity as u8) / 4.0;
        covered = covered.max(reached);
    }
    weighted
}

fn sum(side: &Side, name: &str, unit: &Unit) -> Counted {
    let layer = &side.layer.layer;
    let scratch = &mut Scratch::default();
    let (mut value, mut all, mut untold) = (0.0, 0u32, 0u32);
    for row in side.near(&unit.ground) {
        let share = match layer.geometry.kind() {
            GeometryKind::Polygon => {
                let area = side.area(row);
                if area.area_m2() > 0.0 {
                    overlap_area_m2(area, &unit.area, scratch) / area.area_m2()
                } else {
                    0.0
                }
            }
            _ => f64::from(u8::from(is_in(side, row, unit))),
        };
        if share <= 0.0 {
            continue;
        }
        all += 1;
        match layer.attributes.column(name).and_then(|c| number(c, row)) {
            Some(v) => value += v * share.min(1.0),
            None => untold += 1,
        }
    }
    let note = (untold > 0).then(|| {
        LocalText::new(
            format!("{untold} von {all} Objekten tragen keinen Wert und fehlen in der Summe."),
            format!("{untold} of {all} features have no value and are missing from the sum."),
        )
    });
    let outside = side.uncovered_m2(&unit.area, scratch);
    let out = Counted::known(value, In::Plain).note(note);
    match untold {
        0 => out.with_unknown(outside, unit.place.area_m2, In::SquareMetres),
        _ => out.with_unknown(f64::from(untold), f64::from(all), In::Features),
    }
}

fn is_in(side: &Side, row: u32, unit: &Unit) -> bool {
    let g = &side.layer.layer.geometry;
    let middle = point_on_surface(g, row as usize).unwrap_or_else(|| g.bbox(row as usize).center());
    geometry::contains(&unit.ground, 0, middle)
}

fn count(side: &Side, grid: Option<(&Arc<Raster>, f64)>, unit: &Unit) -> Counted {
    let rows = side.near(&unit.ground).into_iter();
    tally(side, grid.is_some(), unit, rows.map(|row| found(side, grid, row, unit)))
}

fn found(side: &Side, grid: Option<(&Arc<Raster>, f64)>, row: u32, unit: &Unit) -> Found {
    if !is_in(side, row, unit) {
        return Found::Outside;
    }
    let Some((raster, at_least)) = grid else { return Found::Hit };
    let cells = zonal(raster, &side.layer.layer.geometry, row as usize);
    match cells.max {
        Some(max) if max >= at_least => Found::Hit,
        _ if cells.no_data_m2 > 0.5 || cells.max.is_none() => Found::Untold,
        _ => Found::Here,
    }
}

fn tally(side: &Side, grid: bool, unit: &Unit, features: impl Iterator<Item = Found>) -> Counted {
    let (mut hit, mut all, mut untold) = (0u32, 0u32, 0u32);
    for f in features.filter(|f| *f != Found::Outside) {
        all += 1;
        hit += u32::from(f == Found::Hit);
        untold += u32::from(f == Found::Untold);
    }
    let out = Counted::known(f64::from(hit), In::Features);
    if grid {
        let note = (untold > 0).then(|| {
            LocalText::new(
                format!("{untold} von {all} Objekten liegen ganz oder teilweise außerhalb des Rasters."),
                format!("{untold} of {all} features lie wholly or partly outside the grid."),
            )
        });
        return out.with_unknown(f64::from(untold), f64::from(all), In::Features).note(note);
    }
    let outside = side.uncovered_m2(&unit.area, &mut Scratch::default());
    out.with_unknown(outside, unit.place.area_m2, In::SquareMetres)
}

/// "Nobody declared what … covers", where that matters.
pub(super) fn assumed(city: &City, slot: &SlotId) -> LocalText {
    let title = city.slot(slot).map(|s| s.def.title.clone()).unwrap_or_default();
    LocalText::new(
        format!(
            "Welches Gebiet „{}“ abdeckt, ist nicht angegeben; wo nichts verzeichnet ist, gilt als nichts vorhanden.",
            title.de
        ),
        format!(
            "Nobody declared what “{}” covers; where nothing is recorded, nothing is taken to be there.",
            title.en
        ),
    )
}
