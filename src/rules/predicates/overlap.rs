//! They share area: BauNVO zone and noise band, site and protected area.

use super::{Hit, Measure, Predicate, Work, foreign_parameters, quantity};
use crate::{
    geometry::{self, overlap_area_m2},
    model::{GeometryKind, Language, LocalText},
    modules::{Comparison, OverlapParams, PredicateDef, RuleDef, Threshold},
    rules::{
        compare::{step, worst_of},
        memory::Gap,
        plan::{Objects, Plan, Subject},
        words::{against, area, beyond, both, listed, percent, pick, plain, quoted},
    },
};
use geo::Area;

pub(super) struct Overlap;

/// One object that shares area with the subject.
struct Shared {
    row: u32,
    area_m2: f64,
    value: Option<f64>,
}

/// The limit a subject has to keep, and the attribute value that chose it.
struct Limit<'a> {
    threshold: &'a Threshold,
    limit: f64,
    chosen_by: Option<String>,
}

impl Predicate for Overlap {
    fn name(&self) -> &'static str {
        "overlap"
    }

    fn doc(&self) -> LocalText {
        LocalText::new(
            "Gegenstand und Objekte teilen Fläche. Überlappen sich mehrere Objekte, zählt ihre gemeinsame Fläche einmal. Mit Schwelle zählen nur \
             Objekte, deren Wert die Grenze verletzt.",
            "Subject and objects share area. Where several objects overlap, their common area counts once. With a threshold only objects \
             whose value breaks the limit count.",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::Overlap(p) = &rule.predicate else { return vec![] };
        let mut lines = vec![format!(
            "{} {}",
            pick(
                l,
                "Konflikt, wenn die gemeinsame Fläche größer ist als",
                "Conflict when the shared area is larger than"
            ),
            area(l, p.min_area_m2)
        )];
        if p.min_share_percent > 0.0 {
            lines.push(format!(
                "{} {}",
                pick(
                    l,
                    "und ihr Anteil am Gegenstand mindestens",
                    "and its share of the subject is at least"
                ),
                percent(l, p.min_share_percent)
            ));
        }
        if let Some(t) = &p.threshold {
            lines.extend(explain_threshold(t, l));
        }
        lines
    }

    fn check(&self, plan: &Plan) -> Result<(), LocalText> {
        let PredicateDef::Overlap(p) = &plan.rule.predicate else {
            return Err(foreign_parameters());
        };
        if let Some(t) = &p.threshold {
            check_threshold(t)?;
            if t.object_attribute.is_none() {
                return Err(LocalText::new(
                    "Die Schwelle nennt kein object_attribute.",
                    "the threshold names no object_attribute.",
                ));
            }
        }
        let kinds = plan
            .objects()
            .map(|o| (plan.subject.layer.geometry.kind(), o.layer.layer.geometry.kind()));
        match kinds {
            Some((GeometryKind::Polygon, GeometryKind::Polygon | GeometryKind::Point))
            | Some((GeometryKind::Point, GeometryKind::Polygon)) => Ok(()),
            _ => Err(LocalText::new(
                "Überlagerung braucht Flächen auf mindestens einer Seite und keine Linien.",
                "overlap needs areas on at least one side and no lines.",
            )),
        }
    }

    fn search_radius_m(&self, _: &Plan) -> f64 {
        0.0
    }

    fn measure(&self, plan: &Plan, subject: &Subject, work: &mut Work) -> Measure {
        let (PredicateDef::Overlap(p), Some(objects)) = (&plan.rule.predicate, plan.objects()) else {
            return Measure::clear();
        };
        let limit = match &p.threshold {
            None => None,
            Some(threshold) => match plan.limit(threshold, subject.row as usize) {
                Ok((limit, chosen_by)) => Some(Limit {
                    threshold,
                    limit,
                    chosen_by,
                }),
                Err(gap) => return Measure::unknown(gap, subject.area_m2()),
            },
        };
        let (mut shared, mut unvalued_m2, mut unvalued) = (vec![], 0.0, false);
        let mut rows = std::mem::take(&mut work.rows);
        plan.candidates(objects, subject, 0.0, &mut rows);
        for row in rows.iter().copied() {
            let value = limit
                .as_ref()
                .and_then(|l| plan.object_value(l.threshold.object_attribute.as_deref()?, row));
            if let (Some(l), Some(v)) = (&limit, value)
                && !l.threshold.breaks(v, l.limit)
            {
                continue;
            }
            let Some(area_m2) = meet(subject, objects, row, work) else {
                continue;
            };
            if limit.is_some() && value.is_none() {
                unvalued |= area_m2 > p.min_area_m2 || subject.area().is_none();
                unvalued_m2 += area_m2;
            } else {
                shared.push(Shared { row, area_m2, value });
            }
        }
        work.rows = rows;
        let gap = unvalued.then(|| (Gap::NoValue, unvalued_m2.min(subject.area_m2())));
        Measure {
            hit: conclude(plan, p, subject, objects, shared, limit.as_ref()),
            gap,
        }
    }
}

/// The shared area; `None` where they do not meet. Points share no area: they lie inside or not.
fn meet(subject: &Subject, objects: &Objects, row: u32, work: &mut Work) -> Option<f64> {
    let (a, b) = (&subject.layer.layer.geometry, &objects.layer.layer.geometry);
    match (a.kind(), b.kind()) {
        (GeometryKind::Polygon, GeometryKind::Polygon) => {
            let m2 = overlap_area_m2(subject.area()?, &objects.area(row), &mut work.sweep);
            (m2 > 0.0).then_some(m2)
        }
        (GeometryKind::Polygon, _) => {
            let inside = b
                .rings(row as usize)
                .flatten()
                .any(|p| geometry::contains(a, subject.row as usize, *p));
            inside.then_some(0.0)
        }
        _ => {
            let inside = a
                .rings(subject.row as usize)
                .flatten()
                .any(|p| geometry::contains(b, row as usize, *p));
            inside.then_some(0.0)
        }
    }
}

/// The shared region without double counting; `None` when it could not be built.
fn region(subject: &Subject, objects: &Objects, shared: &[Shared]) -> Option<geo::MultiPolygon<f64>> {
    let (a, b) = (&subject.layer.layer.geometry, &objects.layer.layer.geometry);
    let mut parts = vec![];
    for s in shared {
        parts.push(geometry::intersection((a, subject.row as usize), (b, s.row as usize)).ok()?);
    }
    if parts.len() == 1 {
        parts.pop()
    } else {
        geometry::union(&parts).ok()
    }
}

fn conclude(
    plan: &Plan,
    p: &OverlapParams,
    subject: &Subject,
    objects: &Objects,
    mut shared: Vec<Shared>,
    limit: Option<&Limit>,
) -> Option<Hit> {
    if shared.is_empty() {
        return None;
    }
    let by_area = subject.area().is_some() && objects.layer.layer.geometry.kind() == GeometryKind::Polygon;
    let mut reasons = vec![];
    let (mut geometry, mut anchor) = subject.place();
    let (mut area_m2, mut share) = (None, None);
    if by_area {
        let total = subject.area_m2();
        let enough = |m2: f64| m2 > p.min_area_m2 && 100.0 * m2 / total >= p.min_share_percent;
        let sum = shared.iter().map(|s| s.area_m2).sum::<f64>().min(total);
        // The sum is the most that the union can be.
        if !enough(sum) {
            return None;
        }
        let built = region(subject, objects, &shared);
        let m2 = match (&built, &shared[..]) {
            (_, [one]) => one.area_m2.min(total),
            (Some(region), _) => region.unsigned_area().min(total),
            (None, _) => sum,
        };
        if !enough(m2) {
            return None;
        }
        match built {
            Some(region) => {
                let packed = geometry::from_geo(std::slice::from_ref(&region));
                anchor = geometry::point_on_surface(&packed, 0).unwrap_or(anchor);
                geometry = region.into();
            }
            None => reasons.push(LocalText::new(
                "Die gemeinsame Fläche ließ sich nicht zeichnen; gezeigt wird die ganze Fläche, Überlappungen können doppelt zählen.",
                "The shared area could not be drawn; the whole area is shown, and overlaps may count twice.",
            )),
        }
        // Slivers neither name an object nor give the worst value, unless there are only slivers.
        if shared.iter().any(|s| s.area_m2 > p.min_area_m2) {
            shared.retain(|s| s.area_m2 > p.min_area_m2);
        }
        area_m2 = Some(m2);
        share = Some(100.0 * m2 / total);
    }
    let rows: Vec<u32> = shared.iter().map(|s| s.row).collect();
    let values = shared.iter().filter_map(|s| s.value);
    let worst = limit.and_then(|l| worst_of(l.threshold.comparison, values));
    let base = match (limit, worst) {
        (Some(l), Some(v)) => step(l.threshold, v, plan.severity),
        _ => plan.severity,
    };
    reasons.insert(0, where_it_lies(plan, &rows, area_m2.zip(share), limit));
    if let (Some(l), Some(v)) = (limit, worst) {
        reasons.insert(1, worst_value(l, v));
    }
    let (measured, threshold) = match (limit, worst) {
        (Some(l), Some(v)) => (quantity(v, &l.threshold.unit), Some(quantity(l.limit, &l.threshold.unit))),
        _ => (quantity(share.unwrap_or(100.0), "%"), Some(quantity(p.min_share_percent, "%"))),
    };
    Some(Hit {
        severity: plan.severity_of(base, subject.row, &rows),
        objects: rows,
        geometry,
        anchor,
        measured,
        threshold,
        area_m2,
        share_percent: share,
        reasons,
    })
}

fn where_it_lies(plan: &Plan, rows: &[u32], area_and_share: Option<(f64, f64)>, limit: Option<&Limit>) -> LocalText {
    both(|l| {
        let title = quoted(l, &plan.object_title(l));
        let zone = match limit {
            Some(limit) => format!(
                "{title} {}",
                beyond(l, limit.threshold.comparison, limit.limit, &limit.threshold.unit)
            ),
            None => {
                let names: Vec<String> = rows.iter().filter_map(|r| plan.object_ref(*r)).map(|f| f.label).collect();
                format!("{title}: {}", listed(l, &names))
            }
        };
        match (area_and_share, l) {
            (Some((m2, share)), Language::De) => format!("{} der Fläche ({}) liegen in {zone}.", percent(l, share), area(l, m2)),
            (Some((m2, share)), Language::En) => format!("{} of the area ({}) lies in {zone}.", percent(l, share), area(l, m2)),
            (None, Language::De) => format!("Trifft auf {zone}."),
            (None, Language::En) => format!("Meets {zone}."),
        }
    })
}

fn extreme(l: Language, limit: &Limit) -> &'static str {
    match limit.threshold.comparison {
        Comparison::Below => pick(l, "Niedrigster", "Lowest"),
        Comparison::Above | Comparison::AtLeast => pick(l, "Höchster", "Highest"),
    }
}

fn worst_value(limit: &Limit, value: f64) -> LocalText {
    both(|l| {
        let unit = &limit.threshold.unit;
        let (value, bound) = (against(l, value, limit.limit), plain(l, limit.limit));
        let of = limit
            .chosen_by
            .as_ref()
            .map(|c| format!(" {} {c}", pick(l, "für", "for")))
            .unwrap_or_default();
        match l {
            Language::De => format!("{} Wert dort: {value} {unit}; Schwelle{of}: {bound} {unit}.", extreme(l, limit)),
            Language::En => format!("{} value there: {value} {unit}; threshold{of}: {bound} {unit}.", extreme(l, limit)),
        }
    })
}

/// A threshold names one limit or a table.
pub(super) fn check_threshold(t: &Threshold) -> Result<(), LocalText> {
    if t.subject_attribute.is_none() && t.limit.is_none() {
        return Err(LocalText::new(
            "Die Schwelle nennt weder limit noch subject_attribute.",
            "the threshold names neither limit nor subject_attribute.",
        ));
    }
    if t.subject_attribute.is_some() && t.limits.is_empty() {
        return Err(LocalText::new(
            "Die Schwelle nennt subject_attribute, aber keine limits.",
            "the threshold names subject_attribute but no limits.",
        ));
    }
    Ok(())
}

/// The threshold in words.
pub(super) fn explain_threshold(t: &Threshold, l: Language) -> Vec<String> {
    let what = match &t.object_attribute {
        Some(name) => format!("{} {}", pick(l, "Wert", "value"), quoted(l, name)),
        None => pick(l, "Wert", "value").into(),
    };
    let mut lines = vec![];
    if let (None, Some(limit)) = (&t.subject_attribute, t.limit) {
        lines.push(format!("{what}: {}", beyond(l, t.comparison, limit, &t.unit)));
    }
    if let Some(name) = &t.subject_attribute {
        let limits: Vec<String> = t
            .limits
            .iter()
            .map(|(k, v)| format!("{k} {}", beyond(l, t.comparison, *v, &t.unit)))
            .collect();
        lines.push(format!(
            "{what}, {} {}: {}",
            pick(l, "Grenze nach", "limit by"),
            quoted(l, name),
            limits.join(", ")
        ));
        lines.push(pick(l, "Andere Werte: unbekannt.", "Other values: unknown.").into());
    }
    for s in &t.steps {
        let severity = s.severity as u8;
        lines.push(format!(
            "{}: {} {severity}",
            beyond(l, t.comparison, s.limit, &t.unit),
            pick(l, "Schwere", "severity")
        ));
    }
    if let Some(until) = t.until {
        let from = beyond(l, t.comparison, until, &t.unit);
        lines.push(match l {
            Language::De => format!("Werte {from} gehören zu einer anderen Regel"),
            Language::En => format!("Values {from} belong to another rule"),
        });
    }
    lines
}
