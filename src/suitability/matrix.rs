//! Measures and scores of every criterion at every unit: the part that looks at geometry, done once.

use super::{
    Units,
    reach::Covers,
    source::{Measured, Source},
    unit::Unit,
};
use crate::{
    geometry::Scratch,
    model::LocalText,
    modules::{ExclusionDef, SuitabilityDef},
    progress::Control,
    project::City,
};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Percent of a unit: what is unknown of less of it counts as known, and a maximum is what more of it reaches. Means leave nothing out.
pub(super) const NOISE_PERCENT: f64 = 1.0;

/// Units worked on by one thread at a time.
const CHUNK: usize = 512;

/// How much of a unit lies in the features of an exclusion. Where the data do not reach, any of it may.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// For sure, percent.
    pub percent: f64,
    /// If everything that is not known lay in such features, percent.
    pub at_most_percent: f64,
}

impl Share {
    /// Nothing is known.
    pub(super) const UNKNOWN: Self = Self {
        percent: 0.0,
        at_most_percent: 100.0,
    };

    /// Part of the unit of which nothing is known, percent.
    pub fn unknown_percent(&self) -> f64 {
        self.at_most_percent - self.percent
    }
}

/// What exclusions make of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// None takes it out.
    #[default]
    Open,
    /// The data of at least one do not suffice to tell.
    Undecided,
    /// One takes it out.
    Excluded,
}

/// What every criterion of a use is like at every unit.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    criteria: usize,
    /// Unit by unit; NaN where it is unknown.
    measures: Vec<f64>,
    /// Unit by unit, 0 to 10; NaN where it is unknown.
    scores: Vec<f32>,
    /// Bounds of the scores: what is unknown as bad, and as good, as can be.
    bounds: [Vec<f32>; 2],
    /// Places of the criteria in a unit, best score first: of the scores and of both bounds. No weight changes it.
    orders: [Vec<u16>; 3],
    /// Highest share that leaves a unit in, by exclusion.
    limits: Vec<f64>,
    /// Unit by unit, exclusion by exclusion.
    shares: Vec<Share>,
    standings: Vec<Standing>,
    /// Why a criterion is unknown everywhere, or an exclusion could not be looked at.
    pub gaps: Vec<LocalText>,
    /// Why an exclusion could not be looked at anywhere, by its place in the definition.
    blind: Vec<Option<LocalText>>,
}

impl Matrix {
    /// Number of criteria.
    pub fn criteria(&self) -> usize {
        self.criteria
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.standings.len()
    }

    /// The measure in the unit of the criterion; `None` where it is unknown.
    pub fn measure(&self, unit: usize, criterion: usize) -> Option<f64> {
        Some(self.measures[unit * self.criteria + criterion]).filter(|m| !m.is_nan())
    }

    /// Scores of a unit, 0 to 10, in the order of the criteria; NaN where one is unknown.
    pub fn scores(&self, unit: usize) -> &[f32] {
        &self.scores[self.row(unit)]
    }

    /// Scores of a unit if everything unknown were as bad, and as good, as can be.
    pub fn bounds(&self, unit: usize) -> [&[f32]; 2] {
        let row = self.row(unit);
        [&self.bounds[0][row.clone()], &self.bounds[1][row]]
    }

    /// Criteria of a unit, the best score first: of [`Self::scores`] and of both [`Self::bounds`]. Of equal scores the earlier criterion
    /// stands first; those without a score stand last.
    pub(super) fn orders(&self, unit: usize) -> [&[u16]; 3] {
        let row = self.row(unit);
        std::array::from_fn(|k| &self.orders[k][row.clone()])
    }

    /// Puts the criteria of every unit in order, once its scores are there.
    fn put_in_order(&mut self) {
        let [low, high] = &self.bounds;
        self.orders = [&self.scores, low, high].map(|scores| best_first(scores, self.criteria));
    }

    fn row(&self, unit: usize) -> std::ops::Range<usize> {
        unit * self.criteria..(unit + 1) * self.criteria
    }

    /// What exclusions make of the unit.
    pub fn standing(&self, unit: usize) -> Standing {
        self.standings[unit]
    }

    /// What one exclusion makes of the unit.
    pub fn verdict(&self, unit: usize, exclusion: usize) -> Standing {
        verdict(self.share(unit, exclusion), self.limits[exclusion])
    }

    /// How much of the unit lies in the features of an exclusion.
    pub fn share(&self, unit: usize, exclusion: usize) -> Share {
        self.shares[unit * self.limits.len() + exclusion]
    }

    /// The first exclusion that takes the unit out, by its place in the definition.
    pub fn excluded(&self, unit: usize) -> Option<usize> {
        (0..self.limits.len()).find(|k| self.verdict(unit, *k) == Standing::Excluded)
    }

    /// The exclusions that may take the unit out and whose data do not suffice to tell; none where another takes it out anyway.
    pub fn undecided(&self, unit: usize) -> Vec<usize> {
        match self.standing(unit) {
            Standing::Undecided => (0..self.limits.len())
                .filter(|k| self.verdict(unit, *k) == Standing::Undecided)
                .collect(),
            Standing::Open | Standing::Excluded => vec![],
        }
    }

    /// Why nobody can say whether the exclusion takes the unit out.
    pub fn undecided_reason(&self, unit: usize, exclusion: usize, def: &ExclusionDef) -> LocalText {
        let title = &def.title;
        match &self.blind[exclusion] {
            Some(why) => LocalText::new(format!("„{}“: {}", title.de, why.de), format!("\"{}\": {}", title.en, why.en)),
            None => {
                let share = self.share(unit, exclusion);
                let [sure, unknown, above] = [share.percent, share.unknown_percent(), def.above_percent].map(|p| p.round());
                LocalText::new(
                    format!(
                        "„{}“: {sure} % sicher, weitere {unknown} % nicht erfasst; ausgeschlossen ab mehr als {above} %.",
                        title.de
                    ),
                    format!(
                        "\"{}\": {sure} % for sure, another {unknown} % not covered by the data; excluded above {above} %.",
                        title.en
                    ),
                )
            }
        }
    }

    #[cfg(test)]
    pub(super) fn of_scores(criteria: usize, scores: Vec<f32>) -> Self {
        let bound = |unknown: f32| scores.iter().map(|s| if s.is_nan() { unknown } else { *s }).collect();
        let bounds = [bound(0.0), bound(10.0)];
        Self::of_bounds(criteria, scores, bounds)
    }

    #[cfg(test)]
    pub(super) fn of_bounds(criteria: usize, scores: Vec<f32>, bounds: [Vec<f32>; 2]) -> Self {
        let mut out = Self {
            criteria,
            measures: scores.iter().map(|s| f64::from(*s)).collect(),
            bounds,
            standings: vec![Standing::Open; scores.len() / criteria],
            scores,
            ..Self::default()
        };
        out.put_in_order();
        out
    }

    #[cfg(test)]
    pub(super) fn with_standings(mut self, standings: &[Standing]) -> Self {
        self.standings = standings.to_vec();
        self
    }
}

/// The places of each unit's scores from the best to the worst.
fn best_first(scores: &[f32], criteria: usize) -> Vec<u16> {
    let mut out: Vec<u16> = vec![0; scores.len()];
    let width = criteria.max(1);
    let chunk = CHUNK * width;
    out.par_chunks_mut(chunk).zip(scores.par_chunks(chunk)).for_each(|(out, scores)| {
        for (order, scores) in out.chunks_mut(width).zip(scores.chunks(width)) {
            order.iter_mut().zip(0..).for_each(|(place, k)| *place = k);
            // NaN is never greater nor smaller: it is told apart first.
            order.sort_by(|a, b| {
                let [x, y] = [a, b].map(|k| scores[usize::from(*k)]);
                let both = y.partial_cmp(&x);
                both.unwrap_or_else(|| x.is_nan().cmp(&y.is_nan()))
            });
        }
    });
    out
}

fn verdict(share: Share, above_percent: f64) -> Standing {
    if share.percent > above_percent {
        Standing::Excluded
    } else if share.at_most_percent > above_percent {
        Standing::Undecided
    } else {
        Standing::Open
    }
}

/// Measures every criterion and exclusion of a use at every unit. What the data do not cover stays unknown. A cancelled run is `None`.
pub fn measure(city: &City, def: &SuitabilityDef, units: &Units, control: &Control) -> Option<Matrix> {
    let mut covers = Covers::default();
    let criteria: Vec<_> = def.criteria.iter().map(|c| Source::of_criterion(city, c, &mut covers)).collect();
    let exclusions: Vec<_> = def.exclusions.iter().map(|e| Source::of_exclusion(city, e, &mut covers)).collect();
    let titles = def.criteria.iter().map(|c| &c.title).chain(def.exclusions.iter().map(|e| &e.title));
    let unknown = |(title, source): (&LocalText, &Result<Source, LocalText>)| {
        source.as_ref().err().map(|why| {
            LocalText::new(
                format!("„{}“ ist unbekannt: {}", title.de, why.de),
                format!("\"{}\" is unknown: {}", title.en, why.en),
            )
        })
    };
    let gaps = titles.zip(criteria.iter().chain(&exclusions)).filter_map(unknown).collect();
    let rows: Vec<usize> = (0..units.len()).collect();
    let done = AtomicUsize::new(0);
    let parts: Vec<Vec<Row>> = rows
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut scratch = Scratch::default();
            let one = |row: &usize| Row::new(def, &criteria, &exclusions, &covers, &Unit::new(units, *row), &mut scratch);
            if control.is_cancelled() {
                return vec![];
            }
            let (de, en) = (&def.title.de, &def.title.en);
            let fraction = done.fetch_add(chunk.len(), Ordering::Relaxed) as f32 / rows.len() as f32;
            control.report(format!("{de}: Kriterien messen"), format!("{en}: measuring criteria"), fraction);
            chunk.iter().map(one).collect()
        })
        .collect();
    let rows: Vec<Row> = parts.into_iter().flatten().collect();
    if control.is_cancelled() {
        return None;
    }
    let mut out = Matrix {
        criteria: def.criteria.len(),
        limits: def.exclusions.iter().map(|e| e.above_percent).collect(),
        gaps,
        blind: exclusions.iter().map(|e| e.as_ref().err().cloned()).collect(),
        ..Matrix::default()
    };
    for row in rows {
        for (m, c) in row.measured.iter().zip(&def.criteria) {
            out.measures.push(m.measure.unwrap_or(f64::NAN));
            out.scores.push(m.measure.map_or(f32::NAN, |v| c.value.score(v) as f32));
            out.bounds[0].push(m.scores.0 as f32);
            out.bounds[1].push(m.scores.1 as f32);
        }
        let verdicts = || row.shares.iter().zip(&out.limits).map(|(s, limit)| verdict(*s, *limit));
        out.standings.push(if verdicts().any(|v| v == Standing::Excluded) {
            Standing::Excluded
        } else if verdicts().any(|v| v == Standing::Undecided) {
            Standing::Undecided
        } else {
            Standing::Open
        });
        out.shares.extend(row.shares);
    }
    out.put_in_order();
    Some(out)
}

struct Row {
    measured: Vec<Measured>,
    shares: Vec<Share>,
}

impl Row {
    fn new(
        def: &SuitabilityDef,
        criteria: &[Result<Source, LocalText>],
        exclusions: &[Result<Source, LocalText>],
        covers: &Covers,
        unit: &Unit,
        scratch: &mut Scratch,
    ) -> Self {
        let mut reach = covers.reach();
        let mut share = |source: &Result<Source, LocalText>| match source {
            Ok(s) => s.share(unit, &mut reach, scratch),
            Err(_) => Share::UNKNOWN,
        };
        let shares = exclusions.iter().map(&mut share).collect();
        let measured = criteria.iter().zip(&def.criteria).map(|(source, c)| match source {
            Ok(s) => s.measure(c, unit, &mut reach, scratch),
            Err(_) => Measured::UNKNOWN,
        });
        Self {
            measured: measured.collect(),
            shares,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Coverage, GeometryKind, Provenance, Raster},
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

    const NO_WATER: &str = "[[exclude]]\nid = 'water'\ntitle = { de = 'G', en = 'W' }\nslot = 'm/water'\nabove_percent = 50.0\nwhy = { de = 'G', en = 'W' }\nevidence = 'K'\n";

    #[test]
    fn where_the_data_of_an_exclusion_do_not_reach_a_unit_is_undecided() {
        let water = layer(
            "m/water",
            GeometryKind::Polygon,
            &[f("a", rect(0.0, 0.0, 6.0, 10.0)), f("b", rect(100.0, 0.0, 104.0, 10.0))],
            Coverage::Polygons(geometries(GeometryKind::Polygon, &[rect(0.0, 0.0, 108.0, 100.0)])),
        );
        let city = TestCity::new().layer(water).build();
        let here = units(&[
            rect(0.0, 0.0, 10.0, 10.0),
            rect(20.0, 0.0, 30.0, 10.0),
            // 40 % water, 20 % beyond the data: may be more than half.
            rect(100.0, 0.0, 110.0, 10.0),
            // 10 % beyond the data: cannot be more than half.
            rect(99.0, 20.0, 109.0, 30.0),
            rect(500.0, 0.0, 510.0, 10.0),
        ]);
        let text = NO_WATER.to_owned() + &criterion("m/water", "{ share = {} }", NEAR);
        let m = measured(&city, &text, &here);
        let seen: Vec<_> = (0..5).map(|unit| m.standing(unit)).collect();
        use Standing::{Excluded, Open, Undecided};
        assert_eq!(seen, [Excluded, Open, Undecided, Open, Undecided]);
        assert_eq!(m.undecided(2), [0]);
        let share = m.share(2, 0);
        assert!(
            (share.percent - 40.0).abs() < 1e-9 && (share.at_most_percent - 60.0).abs() < 1e-9,
            "{share:?}"
        );
        let why = m.undecided_reason(2, 0, &def(&text).exclusions[0]);
        assert!(
            why.en.contains("40 %") && why.en.contains("20 %") && why.de.contains("nicht erfasst"),
            "{why:?}"
        );
    }

    #[test]
    fn an_exclusion_without_data_leaves_every_unit_undecided_unless_another_excludes_it() {
        let city = TestCity::new()
            .missing("m/gone")
            .polygons("m/water", &[f("a", rect(0.0, 0.0, 6.0, 10.0))])
            .build();
        let gone = NO_WATER.replace("m/water", "m/gone").replace("'water'", "'gone'");
        let text = gone + NO_WATER + &criterion("m/water", "{ share = {} }", NEAR);
        let m = measured(&city, &text, &units(&[rect(0.0, 0.0, 10.0, 10.0), rect(30.0, 0.0, 40.0, 10.0)]));
        assert_eq!((m.standing(0), m.excluded(0)), (Standing::Excluded, Some(1)));
        assert_eq!((m.standing(1), m.undecided(1)), (Standing::Undecided, vec![0]));
        assert!(m.undecided_reason(1, 0, &def(&text).exclusions[0]).en.contains("not bound"));
    }

    #[test]
    fn a_filter_that_lacks_its_value_leaves_the_exclusion_undecided() {
        let water = [
            f("a", rect(0.0, 0.0, 10.0, 10.0)).text("kind", "sea"),
            f("b", rect(20.0, 0.0, 30.0, 10.0)).null("kind"),
        ];
        let city = TestCity::new().polygons("m/water", &water).build();
        let text =
            NO_WATER.replace("above_percent", "filter = \"kind = 'lake'\"\nabove_percent") + &criterion("m/water", "{ share = {} }", NEAR);
        let m = measured(&city, &text, &units(&[rect(0.0, 0.0, 10.0, 10.0), rect(20.0, 0.0, 30.0, 10.0)]));
        assert_eq!((m.standing(0), m.standing(1)), (Standing::Open, Standing::Undecided));
    }

    #[test]
    fn the_border_of_the_data_bounds_a_distance_and_half_known_land_widens_a_mean() {
        let cover = || Coverage::Polygons(geometries(GeometryKind::Polygon, &[rect(0.0, 0.0, 1000.0, 1000.0)]));
        let stops = layer("m/stops", GeometryKind::Point, &[f("a", vec![[500.0, 505.0]])], cover());
        let noise = layer(
            "m/noise",
            GeometryKind::Polygon,
            &[f("a", rect(990.0, 0.0, 1000.0, 10.0)).real("db", 60.0)],
            cover(),
        );
        let city = TestCity::new().layer(stops).layer(noise).build();
        let text = criterion("m/stops", "{ distance = { up_to_m = 800.0 } }", NEAR)
            + &criterion(
                "m/noise",
                "{ attribute = { name = 'db', statistic = 'mean', absent = 50.0 } }",
                "{ linear = { worst = 70.0, best = 50.0 } }",
            );
        let m = measured(
            &city,
            &text,
            &units(&[rect(600.0, 500.0, 610.0, 510.0), rect(990.0, 0.0, 1005.0, 10.0)]),
        );
        // The stop is nearer than the border of the data: sure.
        assert_eq!((m.measure(0, 0), m.bounds(0).map(|b| b[0])), (Some(100.0), [9.0, 9.0]));
        // Beyond the border one may stand at the door.
        assert!(m.bounds(1)[0][0] < 10.0 && m.bounds(1)[1][0] == 10.0);
        // 60 dB(A) score 5; a third of the unit is beyond the map.
        assert_eq!(m.measure(1, 1), Some(60.0));
        let [low, high] = m.bounds(1).map(|b| b[1]);
        assert!((low - 10.0 / 3.0).abs() < 1e-5 && (high - 20.0 / 3.0).abs() < 1e-5, "{low} {high}");
    }
}
