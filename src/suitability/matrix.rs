//! Measures and scores of every criterion at every unit: the part that looks at geometry, done once.

use super::Units;
use crate::{
    geometry::{self, PreparedArea, PreparedEdges, Scratch},
    index::IndexedLayer,
    model::{GeometryKind, LocalText, Raster},
    modules::{CriterionDef, CriterionMeasure, ExclusionDef, Filter, Statistic, SuitabilityDef},
    progress::Control,
    project::{City, SlotData},
    rules,
};
use rayon::prelude::*;
use std::sync::Arc;

/// A feature that covers less of a unit is digitising noise, percent.
const NOISE_PERCENT: f64 = 1.0;

/// Units worked on by one thread at a time.
const CHUNK: usize = 512;

/// What every criterion of a use is like at every unit.
#[derive(Debug, Clone)]
pub struct Matrix {
    criteria: usize,
    /// Unit by unit; NaN where it is unknown.
    measures: Vec<f64>,
    /// Unit by unit, 0 to 10; NaN where it is unknown.
    scores: Vec<f32>,
    /// The exclusion that takes the unit out, by its place in the definition.
    excluded: Vec<Option<u16>>,
    /// Why a criterion is unknown everywhere, or an exclusion could not be looked at.
    pub gaps: Vec<LocalText>,
}

impl Matrix {
    /// Number of criteria.
    pub fn criteria(&self) -> usize {
        self.criteria
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.excluded.len()
    }

    /// The measure in the unit of the criterion; `None` where it is unknown.
    pub fn measure(&self, unit: usize, criterion: usize) -> Option<f64> {
        Some(self.measures[unit * self.criteria + criterion]).filter(|m| !m.is_nan())
    }

    /// Scores of a unit, 0 to 10, in the order of the criteria; NaN where one is unknown.
    pub fn scores(&self, unit: usize) -> &[f32] {
        &self.scores[unit * self.criteria..(unit + 1) * self.criteria]
    }

    /// The exclusion that takes the unit out, by its place in the definition.
    pub fn excluded(&self, unit: usize) -> Option<usize> {
        self.excluded[unit].map(usize::from)
    }

    #[cfg(test)]
    pub(super) fn of_scores(criteria: usize, scores: Vec<f32>) -> Self {
        Self {
            criteria,
            measures: scores.iter().map(|s| f64::from(*s)).collect(),
            excluded: vec![None; scores.len() / criteria],
            scores,
            gaps: vec![],
        }
    }
}

/// Measures every criterion and exclusion of a use at every unit. What the data do not cover stays unknown. A cancelled run is `None`.
pub fn measure(city: &City, def: &SuitabilityDef, units: &Units, control: &Control) -> Option<Matrix> {
    let mut gaps = vec![];
    let criteria: Vec<_> = def.criteria.iter().map(|c| Source::of_criterion(city, c, &mut gaps)).collect();
    let exclusions: Vec<_> = def.exclusions.iter().map(|e| Source::of_exclusion(city, e, &mut gaps)).collect();
    let rows: Vec<usize> = (0..units.len()).collect();
    let parts: Vec<Vec<Row>> = rows
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut scratch = Scratch::default();
            let one = |row: &usize| Row::new(city, def, &criteria, &exclusions, units, *row, &mut scratch);
            if control.is_cancelled() {
                vec![]
            } else {
                chunk.iter().map(one).collect()
            }
        })
        .collect();
    let rows: Vec<Row> = parts.into_iter().flatten().collect();
    if control.is_cancelled() {
        return None;
    }
    let measures: Vec<f64> = rows.iter().flat_map(|r| r.measures.iter().copied()).collect();
    let score = |(k, m): (usize, &f64)| match m.is_nan() {
        true => f32::NAN,
        false => def.criteria[k % def.criteria.len().max(1)].value.score(*m) as f32,
    };
    Some(Matrix {
        criteria: def.criteria.len(),
        scores: measures.iter().enumerate().map(score).collect(),
        measures,
        excluded: rows.iter().map(|r| r.excluded).collect(),
        gaps,
    })
}

struct Row {
    measures: Vec<f64>,
    excluded: Option<u16>,
}

impl Row {
    fn new(
        city: &City,
        def: &SuitabilityDef,
        criteria: &[Option<Source>],
        exclusions: &[Option<Source>],
        units: &Units,
        row: usize,
        scratch: &mut Scratch,
    ) -> Self {
        let unit = Unit::new(units, row);
        let excluded = exclusions.iter().zip(&def.exclusions).position(|(source, e)| {
            let share = source.as_ref().and_then(|s| s.share(city, &unit, scratch));
            share.is_some_and(|percent| percent > e.above_percent)
        });
        let measured = criteria.iter().zip(&def.criteria).map(|(source, c)| {
            let value = source.as_ref().and_then(|s| s.measure(city, &c.measure, &unit, scratch));
            value.unwrap_or(f64::NAN)
        });
        Self {
            measures: measured.collect(),
            excluded: excluded.map(|k| k as u16),
        }
    }
}

/// One unit, ready to be measured.
struct Unit<'a> {
    units: &'a Units,
    row: usize,
    area: PreparedArea,
    edges: PreparedEdges,
    /// A point on it.
    point: Option<[f64; 2]>,
}

impl<'a> Unit<'a> {
    fn new(units: &'a Units, row: usize) -> Self {
        Self {
            units,
            row,
            area: PreparedArea::new(&units.geometry, row),
            edges: PreparedEdges::new(&units.geometry, row),
            point: geometry::point_on_surface(&units.geometry, row),
        }
    }

    fn is_area(&self) -> bool {
        self.units.geometry.kind() == GeometryKind::Polygon
    }
}

/// What a criterion or exclusion looks at.
enum Source {
    Features {
        layer: IndexedLayer,
        keep: Option<Vec<bool>>,
        /// Areas and edges of the kept features, made once.
        areas: Vec<Option<PreparedArea>>,
        edges: Vec<Option<PreparedEdges>>,
    },
    Grid(Arc<Raster>),
}

impl Source {
    fn of_criterion(city: &City, c: &CriterionDef, gaps: &mut Vec<LocalText>) -> Option<Self> {
        let distance = matches!(c.measure, CriterionMeasure::Distance { .. });
        Self::new(city, &c.slot, c.filter.as_deref(), distance, &c.title, gaps)
    }

    fn of_exclusion(city: &City, e: &ExclusionDef, gaps: &mut Vec<LocalText>) -> Option<Self> {
        Self::new(city, &e.slot, e.filter.as_deref(), false, &e.title, gaps)
    }

    fn new(
        city: &City,
        slot: &crate::model::SlotId,
        filter: Option<&str>,
        distance: bool,
        title: &LocalText,
        gaps: &mut Vec<LocalText>,
    ) -> Option<Self> {
        let mut gap = |de: &str, en: &str| {
            gaps.push(LocalText::new(
                format!("„{}“ ist unbekannt: {de}", title.de),
                format!("\"{}\" is unknown: {en}", title.en),
            ));
            None
        };
        match city.slot(slot).map(|s| &s.data) {
            None => gap(
                &format!("das Modul „{}“ ist nicht aktiv.", slot.module()),
                &format!("the module \"{}\" is not active.", slot.module()),
            ),
            Some(SlotData::Missing { reason }) => gap(&reason.de, &reason.en),
            Some(SlotData::Raster(raster)) => Some(Self::Grid(raster.clone())),
            Some(SlotData::Vector(layer)) => {
                let rows = layer.layer.len();
                let keep = match filter.map(Filter::parse) {
                    None => None,
                    Some(Ok(filter)) => Some(filter.select(&layer.layer.attributes, rows)),
                    Some(Err(e)) => return gap(&e.text().de, &e.text().en),
                };
                let kept = |row: &usize| keep.as_ref().is_none_or(|k| k[*row]);
                let g = &layer.layer.geometry;
                let areas = (0..rows).map(|r| (!distance && kept(&r)).then(|| PreparedArea::new(g, r)));
                let edges = (0..rows).map(|r| (distance && kept(&r)).then(|| PreparedEdges::new(g, r)));
                Some(Self::Features {
                    areas: areas.collect(),
                    edges: edges.collect(),
                    layer: layer.clone(),
                    keep,
                })
            }
        }
    }

    fn measure(&self, city: &City, how: &CriterionMeasure, unit: &Unit, scratch: &mut Scratch) -> Option<f64> {
        match how {
            CriterionMeasure::Distance { up_to_m } => self.distance_m(city, *up_to_m, unit),
            CriterionMeasure::Share {} => self.share(city, unit, scratch),
            CriterionMeasure::Attribute { name, statistic, absent } => self.attribute(city, name, *statistic, *absent, unit, scratch),
            CriterionMeasure::Raster { statistic } => {
                let Self::Grid(raster) = self else { return None };
                let z = geometry::zonal(raster, &unit.units.geometry, unit.row);
                match statistic {
                    Statistic::Mean => z.mean,
                    Statistic::Max => z.max,
                }
            }
        }
    }

    /// Whether the data reach the unit. Where nobody declared it they are taken to.
    fn reaches(&self, city: &City, unit: &Unit) -> bool {
        match self {
            Self::Grid(_) => true,
            Self::Features { layer, .. } => unit.point.is_some_and(|p| rules::covers(city, &layer.layer, p) != Some(false)),
        }
    }

    fn candidates(&self, bbox: &crate::model::Bbox) -> Vec<u32> {
        let Self::Features { layer, keep, .. } = self else { return vec![] };
        let mut rows = layer.index.rows_in(bbox);
        rows.retain(|r| keep.as_ref().is_none_or(|k| k[*r as usize]));
        rows
    }

    fn distance_m(&self, city: &City, up_to_m: f64, unit: &Unit) -> Option<f64> {
        let Self::Features { edges, .. } = self else { return None };
        let rows = self.candidates(&unit.units.geometry.bbox(unit.row).buffered(up_to_m));
        let mut nearest: Option<f64> = None;
        for row in rows {
            if let Some(e) = &edges[row as usize] {
                let limit_m = nearest.unwrap_or(up_to_m);
                nearest = geometry::distance_m(&unit.edges, e, limit_m).or(nearest);
            }
        }
        nearest.or_else(|| self.reaches(city, unit).then_some(up_to_m))
    }

    /// Area of the unit that each candidate takes, m²; points take all or nothing.
    fn shares(&self, unit: &Unit, scratch: &mut Scratch) -> Vec<(u32, f64)> {
        let Self::Features { layer, areas, .. } = self else { return vec![] };
        let rows = self.candidates(&unit.units.geometry.bbox(unit.row));
        let of = |row: &u32| {
            let m2 = match (&areas[*row as usize], unit.is_area()) {
                (Some(area), true) => geometry::overlap_area_m2(&unit.area, area, scratch),
                (_, false)
                    if unit
                        .point
                        .is_some_and(|p| geometry::contains(&layer.layer.geometry, *row as usize, p)) =>
                {
                    1.0
                }
                _ => 0.0,
            };
            (*row, m2)
        };
        rows.iter().map(of).filter(|(_, m2)| *m2 > 0.0).collect()
    }

    fn unit_m2(unit: &Unit) -> f64 {
        if unit.is_area() { unit.area.area_m2() } else { 1.0 }
    }

    /// Percent of the unit that lies in features; where features overlap, their common area counts once.
    fn share(&self, city: &City, unit: &Unit, scratch: &mut Scratch) -> Option<f64> {
        let Self::Features { layer, .. } = self else { return None };
        let total = Self::unit_m2(unit);
        let shares = self.shares(unit, scratch);
        if shares.is_empty() {
            return self.reaches(city, unit).then_some(0.0);
        }
        let g = &layer.layer.geometry;
        let sum: f64 = shares.iter().map(|(_, m2)| m2).sum();
        let boxes_meet = |a: u32, b: u32| g.bbox(a as usize).intersects(&g.bbox(b as usize));
        let may_overlap = shares
            .iter()
            .enumerate()
            .any(|(k, a)| shares[k + 1..].iter().any(|b| boxes_meet(a.0, b.0)));
        let shared = match unit.is_area() && may_overlap {
            false => sum,
            true => {
                let parts: Vec<_> = shares.iter().map(|(row, _)| geometry::multi_polygon(g, *row as usize)).collect();
                match geometry::union(&parts) {
                    Ok(union) => {
                        let union = PreparedArea::new(&geometry::from_geo(&[union]), 0);
                        geometry::overlap_area_m2(&unit.area, &union, scratch)
                    }
                    Err(_) => sum,
                }
            }
        };
        Some((100.0 * shared / total).clamp(0.0, 100.0))
    }

    fn attribute(
        &self,
        city: &City,
        name: &str,
        statistic: Statistic,
        absent: Option<f64>,
        unit: &Unit,
        scratch: &mut Scratch,
    ) -> Option<f64> {
        let Self::Features { layer, .. } = self else { return None };
        let total = Self::unit_m2(unit);
        let shares = self.shares(unit, scratch);
        let here = |percent: f64, m2: f64| 100.0 * m2 > percent * total;
        let known: Vec<(f64, f64)> = shares
            .iter()
            .filter(|(_, m2)| here(NOISE_PERCENT, *m2))
            .filter_map(|(row, m2)| Some((layer.layer.attributes.value(name, *row as usize).as_f64()?, *m2)))
            .collect();
        let covered: f64 = shares.iter().map(|(_, m2)| m2).sum();
        let valued: f64 = known.iter().map(|(_, m2)| m2).sum();
        // Features without the value say "unknown", not "absent".
        let unvalued = (covered - valued).max(0.0);
        let free = (total - covered).max(0.0);
        let absent = absent.filter(|_| self.reaches(city, unit));
        match statistic {
            Statistic::Max => {
                let highest = known.iter().map(|(v, _)| *v).reduce(f64::max);
                if here(NOISE_PERCENT, unvalued) {
                    return None;
                }
                highest.or(absent)
            }
            Statistic::Mean => {
                let (mut sum, mut weight) = known.iter().fold((0.0, 0.0), |(s, w), (v, m2)| (s + v * m2, w + m2));
                if let Some(v) = absent {
                    sum += v * free;
                    weight += free;
                }
                // Half of the unit must be known for a mean to stand for it.
                (weight >= 0.5 * total).then(|| sum / weight)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Coverage, Provenance},
        rules::testing::{TestCity, f, geometries, layer, rect},
    };

    fn def(text: &str) -> SuitabilityDef {
        let head = "id = 'housing'\ntitle = { de = 'W', en = 'H' }\ndescription = { de = 'W', en = 'H' }\n";
        toml::from_str(&format!("{head}{text}")).unwrap()
    }

    fn criterion(slot: &str, measure: &str, value: &str) -> String {
        format!(
            "[[criterion]]\nid = 'c'\ntitle = {{ de = 'C', en = 'C' }}\nwhy = {{ de = 'C', en = 'C' }}\nslot = '{slot}'\nmeasure = {measure}\nunit = 'm'\nweight = 1.0\nvalue = {value}\nevidence = 'K'\n"
        )
    }

    const NEAR: &str = "{ linear = { worst = 1000.0, best = 0.0 } }";

    fn units(rings: &[Vec<[f64; 2]>]) -> Units {
        let ids: Vec<String> = (0..rings.len()).map(|k| k.to_string()).collect();
        Units {
            geometry: geometries(GeometryKind::Polygon, rings),
            labels: ids.clone(),
            ids,
        }
    }

    fn measured(city: &City, text: &str, units: &Units) -> Matrix {
        measure(city, &def(text), units, &Control::default()).unwrap()
    }

    #[test]
    fn distance_is_from_edge_to_edge_and_ends_at_its_limit() {
        let city = TestCity::new().points("m/stops", &[f("a", vec![[110.0, 5.0]])]).build();
        let here = units(&[rect(0.0, 0.0, 10.0, 10.0), rect(5000.0, 0.0, 5010.0, 10.0)]);
        let m = measured(&city, &criterion("m/stops", "{ distance = { up_to_m = 800.0 } }", NEAR), &here);
        assert_eq!((m.measure(0, 0), m.measure(1, 0)), (Some(100.0), Some(800.0)));
        assert_eq!(m.scores(0), [9.0]);
    }

    #[test]
    fn overlapping_features_share_their_area_once_and_outside_the_coverage_is_unknown() {
        let green = layer(
            "m/green",
            GeometryKind::Polygon,
            &[f("a", rect(0.0, 0.0, 5.0, 10.0)), f("b", rect(2.0, 0.0, 6.0, 10.0))],
            Coverage::Polygons(geometries(GeometryKind::Polygon, &[rect(0.0, 0.0, 100.0, 100.0)])),
        );
        let city = TestCity::new().layer(green).build();
        let here = units(&[
            rect(0.0, 0.0, 10.0, 10.0),
            rect(50.0, 50.0, 60.0, 60.0),
            rect(500.0, 0.0, 510.0, 10.0),
        ]);
        let m = measured(
            &city,
            &criterion("m/green", "{ share = {} }", "{ linear = { worst = 0.0, best = 100.0 } }"),
            &here,
        );
        assert!((m.measure(0, 0).unwrap() - 60.0).abs() < 1e-9);
        assert_eq!((m.measure(1, 0), m.measure(2, 0)), (Some(0.0), None));
        assert!(m.scores(2)[0].is_nan());
    }

    #[test]
    fn a_feature_without_the_value_is_unknown_and_free_land_takes_the_absent_value() {
        let noise = [
            f("a", rect(0.0, 0.0, 10.0, 5.0)).real("db", 67.5),
            f("b", rect(20.0, 0.0, 30.0, 10.0)).null("db"),
        ];
        let city = TestCity::new().polygons("m/noise", &noise).build();
        let here = units(&[rect(0.0, 0.0, 10.0, 10.0), rect(20.0, 0.0, 30.0, 10.0), rect(90.0, 0.0, 99.0, 9.0)]);
        let value = "{ linear = { worst = 75.0, best = 45.0 } }";
        let of = |measure: &str| {
            let m = measured(&city, &criterion("m/noise", measure, value), &here);
            [0, 1, 2].map(|unit| m.measure(unit, 0))
        };
        assert_eq!(
            of("{ attribute = { name = 'db', statistic = 'mean', absent = 52.5 } }"),
            [Some(60.0), None, Some(52.5)]
        );
        assert_eq!(of("{ attribute = { name = 'db', statistic = 'max' } }"), [Some(67.5), None, None]);
    }

    #[test]
    fn a_raster_speaks_by_area_and_a_missing_layer_says_why() {
        let raster = Raster {
            width: 2,
            height: 1,
            origin: [0.0, 10.0],
            cell_m: [10.0, 10.0],
            values: vec![20.0, 40.0],
            provenance: vec![Provenance::default()],
        };
        let city = TestCity::new().grid("m/heat", raster).missing("m/gone").build();
        let here = units(&[rect(5.0, 0.0, 15.0, 10.0), rect(500.0, 0.0, 510.0, 10.0)]);
        let text = criterion("m/heat", "{ raster = { statistic = 'mean' } }", NEAR) + &criterion("m/gone", "{ share = {} }", NEAR);
        let m = measured(&city, &text, &here);
        assert_eq!((m.measure(0, 0), m.measure(1, 0), m.measure(0, 1)), (Some(30.0), None, None));
        assert_eq!(m.gaps.len(), 1);
        assert!(m.gaps[0].en.contains("not bound"), "{:?}", m.gaps);
    }

    #[test]
    fn land_is_taken_out_above_its_share() {
        let text = "[[exclude]]\nid = 'water'\ntitle = { de = 'G', en = 'W' }\nslot = 'm/water'\nabove_percent = 50.0\nwhy = { de = 'G', en = 'W' }\nevidence = 'K'\n"
            .to_owned()
            + &criterion("m/water", "{ share = {} }", NEAR);
        let city = TestCity::new().polygons("m/water", &[f("a", rect(0.0, 0.0, 6.0, 10.0))]).build();
        let m = measured(&city, &text, &units(&[rect(0.0, 0.0, 10.0, 10.0), rect(3.0, 0.0, 13.0, 10.0)]));
        assert_eq!((m.excluded(0), m.excluded(1)), (Some(0), None));
    }
}
