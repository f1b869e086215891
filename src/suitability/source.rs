//! What a criterion or an exclusion looks at, and what it says about one unit: a measure, and the bounds of what is not known.

use super::{
    NOISE_PERCENT, Share,
    reach::{Covers, Reach},
    unit::Unit,
};
use crate::{
    geometry::{self, PreparedArea, PreparedEdges, Scratch},
    index::IndexedLayer,
    model::{Bbox, Geometries, LocalText, Raster, SlotId},
    modules::{BEST_SCORE, CriterionDef, CriterionMeasure, ExclusionDef, Filter, Statistic, ValueFunction},
    project::{City, SlotData},
};
use std::sync::Arc;

/// Half of a unit must be known for a value to stand for it.
const ENOUGH_PERCENT: f64 = 50.0;

/// The data behind a criterion or an exclusion.
#[derive(Debug)]
pub(super) enum Source {
    Features(Features),
    Grid(Arc<Raster>),
}

/// Features of a layer, those that the filter keeps or may keep prepared once.
#[derive(Debug)]
pub(super) struct Features {
    layer: IndexedLayer,
    /// `None`: the filter rests on a value that the feature lacks.
    keep: Option<Vec<Option<bool>>>,
    areas: Vec<Option<PreparedArea>>,
    edges: Vec<Option<PreparedEdges>>,
    cover: Option<usize>,
}

/// What a criterion says about a unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    /// In the unit of the criterion; `None` where too little is known.
    pub measure: Option<f64>,
    /// Score if what is unknown were as bad, and as good, as can be.
    pub scores: (f64, f64),
}

impl Measured {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        measure: None,
        scores: (0.0, BEST_SCORE),
    };

    /// A mean over the known part; the rest of the unit may score anything.
    fn mean(mean: Option<f64>, unknown_percent: f64, value: &ValueFunction) -> Self {
        match mean {
            Some(measure) if unknown_percent <= ENOUGH_PERCENT => {
                let unknown = if unknown_percent > NOISE_PERCENT {
                    unknown_percent / 100.0
                } else {
                    0.0
                };
                let known = value.score(measure) * (1.0 - unknown);
                Self {
                    measure: Some(measure),
                    scores: (known, known + BEST_SCORE * unknown),
                }
            }
            _ => Self::UNKNOWN,
        }
    }

    /// A maximum over the known part; the rest of the unit may hold more.
    fn max(max: Option<f64>, unknown_percent: f64, value: &ValueFunction) -> Self {
        match max {
            Some(max) => Self {
                measure: Some(max).filter(|_| unknown_percent <= ENOUGH_PERCENT),
                scores: value.score_range(max, if unknown_percent > NOISE_PERCENT { f64::INFINITY } else { max }),
            },
            None => Self::UNKNOWN,
        }
    }
}

impl Source {
    pub fn of_criterion(city: &City, c: &CriterionDef, covers: &mut Covers) -> Result<Self, LocalText> {
        let distance = matches!(c.measure, CriterionMeasure::Distance { .. });
        Self::new(city, &c.slot, c.filter.as_deref(), distance, covers)
    }

    pub fn of_exclusion(city: &City, e: &ExclusionDef, covers: &mut Covers) -> Result<Self, LocalText> {
        Self::new(city, &e.slot, e.filter.as_deref(), false, covers)
    }

    fn new(city: &City, slot: &SlotId, filter: Option<&str>, distance: bool, covers: &mut Covers) -> Result<Self, LocalText> {
        match city.slot(slot).map(|s| &s.data) {
            None => Err(LocalText::new(
                format!("das Modul „{}“ ist nicht aktiv.", slot.module()),
                format!("the module \"{}\" is not active.", slot.module()),
            )),
            Some(SlotData::Missing { reason }) => Err(reason.clone()),
            Some(SlotData::Raster(raster)) => Ok(Self::Grid(raster.clone())),
            Some(SlotData::Vector(layer)) => {
                let rows = layer.layer.len();
                let keep = match filter.map(Filter::parse) {
                    None => None,
                    Some(Ok(filter)) => Some(filter.decide(&layer.layer.attributes, rows)),
                    Some(Err(e)) => return Err(e.text()),
                };
                let kept = |row: &usize| keep.as_ref().is_none_or(|k| k[*row] != Some(false));
                let g = &layer.layer.geometry;
                let areas = (0..rows).map(|r| (!distance && kept(&r)).then(|| PreparedArea::new(g, r)));
                let edges = (0..rows).map(|r| (distance && kept(&r)).then(|| PreparedEdges::new(g, r)));
                Ok(Self::Features(Features {
                    areas: areas.collect(),
                    edges: edges.collect(),
                    cover: covers.number(city, &layer.layer),
                    layer: layer.clone(),
                    keep,
                }))
            }
        }
    }

    pub fn measure(&self, c: &CriterionDef, unit: &Unit, reach: &mut Reach, scratch: &mut Scratch) -> Measured {
        match (self, &c.measure) {
            (Self::Features(f), CriterionMeasure::Distance { up_to_m }) => f.distance(*up_to_m, &c.value, unit, reach, scratch),
            (Self::Features(f), CriterionMeasure::Share {}) => {
                let share = f.share(unit, reach, scratch);
                let known = 100.0 - (share.at_most_percent - share.percent);
                Measured {
                    measure: (known >= ENOUGH_PERCENT).then(|| 100.0 * share.percent / known),
                    scores: c.value.score_range(share.percent, share.at_most_percent),
                }
            }
            (Self::Features(f), CriterionMeasure::Attribute { name, statistic, absent }) => {
                f.attribute(name, *statistic, *absent, &c.value, unit, reach, scratch)
            }
            (Self::Grid(raster), CriterionMeasure::Raster { statistic }) => {
                let z = geometry::zonal(raster, &unit.units.geometry, unit.row);
                let all = z.covered_m2 + z.no_data_m2;
                let unknown_percent = if all > 0.0 { 100.0 * z.no_data_m2 / all } else { 0.0 };
                match statistic {
                    Statistic::Mean => Measured::mean(z.mean, unknown_percent, &c.value),
                    Statistic::Max => Measured::max(z.max, unknown_percent, &c.value),
                }
            }
            _ => Measured::UNKNOWN,
        }
    }

    /// Share of the unit in features; all of it may be where the data are no features.
    pub fn share(&self, unit: &Unit, reach: &mut Reach, scratch: &mut Scratch) -> Share {
        match self {
            Self::Features(f) => f.share(unit, reach, scratch),
            Self::Grid(_) => Share::UNKNOWN,
        }
    }
}

/// Features on a unit with the area they take of it.
type Shares = Vec<(u32, f64)>;

impl Features {
    fn candidates(&self, bbox: &Bbox) -> Vec<u32> {
        let mut rows = self.layer.index.rows_in(bbox);
        rows.retain(|r| self.keep.as_ref().is_none_or(|k| k[*r as usize] != Some(false)));
        rows
    }

    /// The filter keeps it for sure.
    fn is_kept(&self, row: u32) -> bool {
        self.keep.as_ref().is_none_or(|k| k[row as usize] == Some(true))
    }

    fn geometry(&self) -> &Geometries {
        &self.layer.layer.geometry
    }

    /// Metres to the nearest feature. Beyond the border of the data one may be nearer than the nearest that is known.
    fn distance(&self, up_to_m: f64, value: &ValueFunction, unit: &Unit, reach: &mut Reach, scratch: &mut Scratch) -> Measured {
        let rows = self.candidates(&unit.units.geometry.bbox(unit.row).buffered(up_to_m));
        // To the nearest that counts for sure, and to the nearest that may count.
        let (mut sure, mut perhaps): (Option<f64>, Option<f64>) = (None, None);
        for row in rows {
            if let Some(e) = &self.edges[row as usize] {
                let best = if self.is_kept(row) { &mut sure } else { &mut perhaps };
                *best = geometry::distance_m(&unit.edges, e, best.unwrap_or(up_to_m)).or(*best);
            }
        }
        let reached = reach.outside_percent(self.cover, unit, scratch) <= ENOUGH_PERCENT;
        let at_most = sure.unwrap_or(up_to_m);
        let at_least = at_most
            .min(perhaps.unwrap_or(f64::INFINITY))
            .min(reach.clear_m(self.cover, unit, scratch));
        Measured {
            measure: sure.or(reached.then_some(up_to_m)),
            scores: value.score_range(at_least, at_most),
        }
    }

    /// Area of the unit that each candidate takes, m²; points take all or nothing.
    fn shares(&self, unit: &Unit, scratch: &mut Scratch) -> Shares {
        let rows = self.candidates(&unit.units.geometry.bbox(unit.row));
        let of = |row: &u32| {
            let holds = |p: [f64; 2]| geometry::contains(self.geometry(), *row as usize, p);
            let m2 = match (&self.areas[*row as usize], unit.is_area()) {
                (Some(area), true) => geometry::overlap_area_m2(&unit.area, area, scratch),
                (_, false) if unit.point.is_some_and(holds) => 1.0,
                _ => 0.0,
            };
            (*row, m2)
        };
        rows.iter().map(of).filter(|(_, m2)| *m2 > 0.0).collect()
    }

    /// Part of the unit in any of the features, 0 to 1, at least and at most; where features overlap, their common area counts once.
    fn together(&self, shares: &[(u32, f64)], unit: &Unit, scratch: &mut Scratch) -> (f64, f64) {
        let g = self.geometry();
        let part = |m2: f64| (m2 / unit.size()).clamp(0.0, 1.0);
        let sum: f64 = shares.iter().map(|(_, m2)| m2).sum();
        let boxes_meet = |a: u32, b: u32| g.bbox(a as usize).intersects(&g.bbox(b as usize));
        let may_overlap = shares
            .iter()
            .enumerate()
            .any(|(k, a)| shares[k + 1..].iter().any(|b| boxes_meet(a.0, b.0)));
        if !(unit.is_area() && may_overlap) {
            return (part(sum), part(sum));
        }
        let parts: Vec<_> = shares.iter().map(|(row, _)| geometry::multi_polygon(g, *row as usize)).collect();
        match geometry::union(&parts) {
            Ok(union) => {
                let union = PreparedArea::new(&geometry::from_geo(&[union]), 0);
                let both = geometry::overlap_area_m2(&unit.area, &union, scratch);
                (part(both), part(both))
            }
            Err(_) => (part(shares.iter().map(|(_, m2)| *m2).fold(0.0, f64::max)), part(sum)),
        }
    }

    fn share(&self, unit: &Unit, reach: &mut Reach, scratch: &mut Scratch) -> Share {
        let all = self.shares(unit, scratch);
        let kept: Shares = all.iter().copied().filter(|(row, _)| self.is_kept(*row)).collect();
        let (at_least, mut at_most) = self.together(&kept, unit, scratch);
        if kept.len() < all.len() {
            at_most = self.together(&all, unit, scratch).1;
        }
        let outside = reach.outside_percent(self.cover, unit, scratch);
        let outside = if outside > NOISE_PERCENT { outside } else { 0.0 };
        Share {
            percent: 100.0 * at_least,
            at_most_percent: (100.0 * at_most + outside).min(100.0),
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of one measure beside what every measure is given"
    )]
    fn attribute(
        &self,
        name: &str,
        statistic: Statistic,
        absent: Option<f64>,
        value: &ValueFunction,
        unit: &Unit,
        reach: &mut Reach,
        scratch: &mut Scratch,
    ) -> Measured {
        let total = unit.size();
        let shares = self.shares(unit, scratch);
        let percent = |m2: f64| 100.0 * m2 / total;
        // Features without the value, and those that the filter cannot decide on, say "unknown", not "absent".
        let valued = |(row, m2): &(u32, f64)| {
            let v = self.layer.layer.attributes.value(name, *row as usize).as_f64()?;
            self.is_kept(*row).then_some((v, *m2))
        };
        let known: Vec<(f64, f64)> = shares.iter().filter_map(valued).collect();
        let covered: f64 = shares.iter().map(|(_, m2)| m2).sum();
        let with_value: f64 = known.iter().map(|(_, m2)| m2).sum();
        let unvalued = (covered - with_value).max(0.0);
        let free = (total - covered).max(0.0);
        let outside = (reach.outside_percent(self.cover, unit, scratch) / 100.0 * total).min(free);
        let absent = absent.map(|v| (v, free - outside)).filter(|(_, m2)| *m2 > 0.0);
        match statistic {
            Statistic::Max => {
                let highest = highest(&known, 0.01 * NOISE_PERCENT * total).or(absent.map(|(v, _)| v));
                let found = Measured::max(highest, percent(unvalued + outside), value);
                Measured {
                    measure: found.measure.filter(|_| percent(unvalued) <= NOISE_PERCENT),
                    ..found
                }
            }
            Statistic::Mean => {
                let all = || known.iter().copied().chain(absent);
                let (sum, weight) = all().fold((0.0, 0.0), |(s, w), (v, m2)| (s + v * m2, w + m2));
                let unknown = percent(total - weight).clamp(0.0, 100.0);
                Measured::mean((weight > 0.0).then(|| sum / weight), unknown, value)
            }
        }
    }
}

/// The highest value that more than `noise_m2` reach or exceed: that a neighbour's band touches a unit by a sliver is an inaccuracy of the
/// drawing, but many slivers are not. Where all values together cover less, the highest of them.
fn highest(known: &[(f64, f64)], noise_m2: f64) -> Option<f64> {
    let mut falling = known.to_vec();
    falling.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut m2 = 0.0;
    let reached = falling.iter().find(|(_, own)| {
        m2 += own;
        m2 > noise_m2
    });
    reached.or(falling.first()).map(|(v, _)| *v)
}

#[cfg(test)]
mod tests {
    use super::highest;

    #[test]
    fn a_sliver_gives_no_highest_value_but_many_slivers_do() {
        assert_eq!(highest(&[(55.0, 80.0), (75.0, 0.4)], 1.0), Some(55.0));
        assert_eq!(highest(&[(55.0, 80.0), (75.0, 0.4), (70.0, 0.4), (65.0, 0.4)], 1.0), Some(65.0));
        assert_eq!(highest(&[(75.0, 0.4), (55.0, 0.4)], 1.0), Some(75.0));
        assert_eq!(highest(&[], 1.0), None);
    }
}
