//! A raster's values inside the subject: heat, flood depth.

use super::{
    Hit, Measure, Predicate, Work,
    capacity::buffered,
    foreign_parameters,
    overlap::{check_threshold, explain_threshold},
    quantity,
};
use crate::{
    geometry,
    model::{GeometryKind, Language, LocalText, Raster},
    modules::{Comparison, PredicateDef, RuleDef, Threshold, ZonalParams, ZonalStatistic},
    rules::{
        compare::step,
        memory::Gap,
        plan::{ObjectSide, Plan, Subject},
        words::{against, area, beyond, both, percent, pick, plain, quoted},
    },
};

pub(super) struct Zonal;

impl Predicate for Zonal {
    fn name(&self) -> &'static str {
        "zonal"
    }

    fn doc(&self) -> LocalText {
        LocalText::new(
            "Ein Kennwert der Rasterzellen im Gegenstand verletzt die Schwelle. Zellen am Rand zählen mit dem Anteil, den der Gegenstand bedeckt.",
            "A statistic of the raster cells inside the subject breaks the threshold. Cells at the edge count by the share that the subject covers.",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::Zonal(p) = &rule.predicate else { return vec![] };
        let mut lines = vec![format!("{}: {}", pick(l, "Kennwert", "Statistic"), statistic(l, p.statistic))];
        if p.around_m > 0.0 {
            let around = plain(l, p.around_m);
            lines.push(match l {
                Language::De => format!("Mit der Umgebung bis {around} m um den Gegenstand"),
                Language::En => format!("With the surroundings up to {around} m around the subject"),
            });
        }
        lines.extend(explain_threshold(&p.threshold, l));
        if p.min_share_percent > 0.0 {
            lines.push(format!(
                "{} {}",
                pick(
                    l,
                    "Anteil der Fläche über der Schwelle mindestens",
                    "Share of the area beyond the threshold at least"
                ),
                percent(l, p.min_share_percent)
            ));
        }
        lines
    }

    fn wants_grid(&self) -> bool {
        true
    }

    fn check(&self, plan: &Plan) -> Result<(), LocalText> {
        let PredicateDef::Zonal(p) = &plan.rule.predicate else {
            return Err(foreign_parameters());
        };
        if plan.subject.layer.geometry.kind() == GeometryKind::Line {
            return Err(LocalText::new(
                "Rasterwerte werden in Flächen und an Punkten ermittelt, nicht an Linien.",
                "raster values are taken in areas and at points, not along lines.",
            ));
        }
        check_threshold(&p.threshold)
    }

    fn search_radius_m(&self, _: &Plan) -> f64 {
        0.0
    }

    fn measure(&self, plan: &Plan, subject: &Subject, _: &mut Work) -> Measure {
        let (PredicateDef::Zonal(p), ObjectSide::Grid(raster)) = (&plan.rule.predicate, &plan.object) else {
            return Measure::clear();
        };
        let (limit, chosen_by) = match plan.limit(&p.threshold, subject.row as usize) {
            Ok(limit) => limit,
            Err(gap) => return Measure::unknown(gap, subject.area_m2()),
        };
        inside(plan, p, subject, raster, limit, chosen_by)
    }
}

fn statistic(l: Language, s: ZonalStatistic) -> &'static str {
    match s {
        ZonalStatistic::Mean => pick(l, "Flächenmittel", "mean by area"),
        ZonalStatistic::Max => pick(l, "Höchstwert", "highest value"),
    }
}

fn inside(plan: &Plan, p: &ZonalParams, subject: &Subject, raster: &Raster, limit: f64, chosen_by: Option<String>) -> Measure {
    let own = (&plan.subject.layer.geometry, subject.row);
    let wider = match p.around_m > 0.0 {
        false => None,
        true => match buffered(own.0, own.1, p.around_m) {
            Some(shape) => Some(geometry::from_geo(&[shape])),
            None => return Measure::unknown(Gap::Geometry, subject.area_m2()),
        },
    };
    let (shape, row) = wider.as_ref().map_or((own.0, own.1 as usize), |g| (g, 0));
    let found = geometry::zonal(raster, shape, row);
    let is_area = plan.subject_is_area() || wider.is_some();
    let total = match &wider {
        Some(g) => geometry::area_m2(g, 0),
        None => subject.area_m2(),
    };
    let value = match p.statistic {
        ZonalStatistic::Mean => found.mean,
        ZonalStatistic::Max => found.max,
    };
    let Some(value) = value else {
        return Measure::unknown(Gap::NoData, subject.area_m2());
    };
    // What is unknown is told in square metres of the subject, whose surroundings count by their share.
    let of_subject = |m2: f64| if wider.is_some() { m2 / total * subject.area_m2() } else { m2 };
    let gap = (found.no_data_m2 > (1e-6 * total).max(0.5)).then(|| (Gap::NoData, of_subject(found.no_data_m2)));
    let t = &p.threshold;
    // What is below the limit is all that is not at or above it.
    let above = found.share_above(limit, t.comparison != Comparison::Above).unwrap_or(0.0);
    let above = if t.comparison == Comparison::Below { 1.0 - above } else { above };
    let (m2, share) = match is_area {
        // Of the whole subject: what has no data is not over the limit.
        true => (above * found.covered_m2, 100.0 * above * found.covered_m2 / total),
        false => (0.0, 100.0 * above),
    };
    if !t.breaks(value, limit) || share < p.min_share_percent {
        return Measure { hit: None, gap };
    }
    let (geometry, anchor) = subject.place();
    // The surroundings are no part of the site: how much of them it is stays in the sentence.
    let area_m2 = (is_area && wider.is_none()).then_some(m2);
    Measure {
        hit: Some(Hit {
            severity: plan.severity_of(step(t, value, plan.severity), subject.row, &[]),
            objects: vec![],
            geometry,
            anchor,
            measured: quantity(value, &t.unit),
            threshold: Some(quantity(limit, &t.unit)),
            area_m2,
            share_percent: area_m2.map(|_| share),
            reasons: sentences(plan, p, value, limit, chosen_by, is_area.then_some((m2, share))),
        }),
        gap,
    }
}

fn sentences(plan: &Plan, p: &ZonalParams, value: f64, limit: f64, chosen_by: Option<String>, over: Option<(f64, f64)>) -> Vec<LocalText> {
    let t: &Threshold = &p.threshold;
    let mut out = vec![both(|l| {
        let (title, what, unit) = (quoted(l, &plan.object_title(l)), statistic(l, p.statistic), &t.unit);
        let (value, bound) = (against(l, value, limit), plain(l, limit));
        let of = chosen_by
            .as_ref()
            .map(|c| format!(" {} {c}", pick(l, "für", "for")))
            .unwrap_or_default();
        let around = plain(l, p.around_m);
        let around = match (p.around_m > 0.0, l) {
            (false, _) => String::new(),
            (true, Language::De) => format!(" mit {around} m Umgebung"),
            (true, Language::En) => format!(" with {around} m of surroundings"),
        };
        format!(
            "{what} {} {title}{around}: {value} {unit}; {}{of}: {bound} {unit}.",
            pick(l, "aus", "of"),
            pick(l, "Schwelle", "threshold")
        )
    })];
    if let Some((m2, share)) = over {
        out.push(both(|l| {
            let beyond = beyond(l, t.comparison, limit, &t.unit);
            let of = match p.around_m > 0.0 {
                true => pick(l, "der Fläche mit Umgebung", "of the area with its surroundings"),
                false => pick(l, "der Fläche", "of the area"),
            };
            match l {
                Language::De => format!("{} {of} ({}) liegen {beyond}.", percent(l, share), area(l, m2)),
                Language::En => format!("{} {of} ({}) lies {beyond}.", percent(l, share), area(l, m2)),
            }
        }));
    }
    out
}
