//! The share of inhabitants that have an object near: stops for four fifths of a district.

use super::{
    Hit, Measure, Predicate, Work,
    capacity::{buffered, people_in, population_is_area},
    foreign_parameters,
    nearness::within,
    quantity,
    within_distance::positive,
};
use crate::{
    geometry::{self, PreparedEdges},
    index::IndexedLayer,
    model::{Geometries, Language, LocalText},
    modules::{PredicateDef, RuleDef, ServedShareParams},
    network::Field,
    rules::{
        compare::number,
        memory::Gap,
        plan::Plan,
        subject::Subject,
        walking::{Walk, how, no_way, path_words, without_network},
        words::{against, both, plain, quoted},
    },
};

pub(super) struct ServedShare;

impl Predicate for ServedShare {
    fn name(&self) -> &'static str {
        "served_share"
    }

    fn doc(&self) -> LocalText {
        LocalText::new(
            "Von den Einwohnern im Gegenstand wohnt ein zu kleiner Anteil innerhalb der Entfernung um ein Objekt (Luftlinie, Einwohner nach \
             Flächenanteil ihrer Blöcke; oder Fußweg, Einwohner nach den Orten eines 25-m-Rasters in ihren Blöcken).",
            "Too small a share of the inhabitants inside the subject lives within the distance around an object (straight line, inhabitants \
             by share of area of their blocks; or on foot, inhabitants by the places of a 25 m grid inside their blocks).",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::ServedShare(p) = &rule.predicate else {
            return vec![];
        };
        let (distance, least, people) = (plain(l, p.distance_m), plain(l, p.min_percent), quoted(l, &p.population_attribute));
        let how = path_words(&rule.predicate, l);
        let mut lines = vec![match l {
            Language::De => format!(
                "Konflikt, wenn weniger als {least} % von {people} aus {} innerhalb von {distance} m {how} um ein Objekt liegen",
                p.population
            ),
            Language::En => format!(
                "Conflict when less than {least}% of {people} of {} lie within {distance} m of an object {how}",
                p.population
            ),
        }];
        lines.extend(without_network(&rule.predicate, l));
        lines
    }

    fn check(&self, plan: &Plan) -> Result<(), LocalText> {
        match &plan.rule.predicate {
            PredicateDef::ServedShare(_) => positive(plan.distance_m()).and_then(|()| population_is_area(plan)),
            _ => Err(foreign_parameters()),
        }
    }

    fn search_radius_m(&self, plan: &Plan) -> f64 {
        plan.distance_m()
    }

    fn rests_on_absence(&self) -> bool {
        true
    }

    fn measure(&self, plan: &Plan, subject: &Subject, work: &mut Work) -> Measure {
        let (PredicateDef::ServedShare(p), Some(population)) = (&plan.rule.predicate, plan.further.first()) else {
            return Measure::clear();
        };
        let Some(own) = alone(subject) else { return Measure::clear() };
        let all = people_in(&own, population.layer, &p.population_attribute, work);
        if all.untold {
            return Measure::unknown(Gap::NoInhabitants, subject.area_m2());
        }
        if all.number <= 0.0 {
            return Measure::clear();
        }
        if let Some(walk) = plan.walk() {
            let found = afoot(plan, walk, p, population.layer, &own);
            let share = 100.0 * found.served / found.asked.max(f64::MIN_POSITIVE);
            if found.asked <= 0.0 {
                return Measure::unknown(no_way(walk), subject.area_m2());
            }
            if share >= p.min_percent - 1e-9 {
                return Measure::clear();
            }
            return Measure::hit(conclude(plan, p, subject, share, found.served, found.asked));
        }
        let served = match reached(plan, &own, work) {
            Err(gap) => return Measure::unknown(gap, subject.area_m2()),
            Ok(None) => 0.0,
            Ok(Some(area)) => people_in(&area, population.layer, &p.population_attribute, work)
                .number
                .min(all.number),
        };
        let share = 100.0 * served / all.number;
        // A hair below is rounding of the circles, not a lack of service.
        if share >= p.min_percent - 1e-9 {
            return Measure::clear();
        }
        Measure::hit(conclude(plan, p, subject, share, served, all.number))
    }
}

/// People at the places inside the subject, and those of them that an object serves.
#[derive(Default)]
struct Served {
    served: f64,
    asked: f64,
}

/// From all objects around, along the network of ways.
fn afoot(plan: &Plan, walk: &Walk, p: &ServedShareParams, population: &IndexedLayer, own: &Geometries) -> Served {
    let mut out = Served::default();
    let Some(objects) = plan.objects() else { return out };
    let near = own.bbox(0).buffered(plan.distance_m() + walk.network().snap_m());
    let rows = objects.layer.index.rows_in(&near);
    let sources = rows
        .iter()
        .filter(|r| objects.counts(**r))
        .map(|r| (*r, walk.object(0, objects, *r)));
    let field = Field::new(walk.network(), sources, plan.distance_m());
    let layer = &population.layer;
    let residents = walk.ways.residents(layer);
    for row in population.index.rows_in(&own.bbox(0)) {
        let all = residents.of(walk.network(), &layer.geometry, row);
        let people = layer
            .attributes
            .column(&p.population_attribute)
            .and_then(|c| number(c, row))
            .unwrap_or(0.0)
            .max(0.0);
        let each = people / all.len().max(1) as f64;
        for place in all.iter().filter(|r| geometry::contains(own, 0, r.at)) {
            out.asked += each;
            if field.nearest(walk.network(), &place.snap).is_some() {
                out.served += each;
            }
        }
    }
    out
}

/// The subject as the only feature of its own column.
fn alone(subject: &Subject) -> Option<Geometries> {
    subject.area()?;
    let shape = geometry::multi_polygon(&subject.layer.layer.geometry, subject.row as usize);
    Some(geometry::from_geo(&[shape]))
}

/// The part of the subject within the distance around objects; `None` where there is none.
fn reached(plan: &Plan, own: &Geometries, work: &mut Work) -> Result<Option<Geometries>, Gap> {
    let Some(objects) = plan.objects() else { return Ok(None) };
    let reach = plan.distance_m();
    // From the area, not from its outline: an object in the middle of a large subject is inside it.
    let edges = PreparedEdges::new(own, 0);
    let mut circles = vec![];
    for (row, _) in within(&edges, own.bbox(0), objects, reach, |_| true, work) {
        let around = buffered(&objects.layer.layer.geometry, row, reach).ok_or(Gap::Geometry)?;
        let around = geometry::from_geo(&[around]);
        let part = geometry::intersection((own, 0), (&around, 0)).map_err(|_| Gap::Geometry)?;
        circles.push(part);
    }
    if circles.is_empty() {
        return Ok(None);
    }
    let area = geometry::union(&circles).map_err(|_| Gap::Geometry)?;
    Ok((!area.0.is_empty()).then(|| geometry::from_geo(&[area])))
}

fn conclude(plan: &Plan, p: &ServedShareParams, subject: &Subject, share: f64, served: f64, all: f64) -> Hit {
    let (geometry, anchor) = subject.place();
    Hit {
        severity: plan.severity_of(plan.severity, subject.row, &[]),
        objects: vec![],
        geometry,
        anchor,
        measured: quantity(share, "%"),
        threshold: Some(quantity(p.min_percent, "%")),
        area_m2: None,
        share_percent: None,
        reasons: vec![both(|l| {
            let title = quoted(l, &plan.object_title(l));
            let (share, least, reach) = (
                against(l, share, p.min_percent),
                plain(l, p.min_percent),
                plain(l, plan.distance_m()),
            );
            let (served, all) = (crate::i18n::number(l, served, 0), crate::i18n::number(l, all, 0));
            match l {
                Language::De => {
                    format!(
                        "{served} von {all} Einwohnern ({share} %) haben {title} innerhalb von {reach} m {}; verlangt sind {least} %.",
                        how(plan, l)
                    )
                }
                Language::En => {
                    format!(
                        "{served} of {all} inhabitants ({share}%) have {title} within {reach} m {}; {least}% are asked for.",
                        how(plan, l)
                    )
                }
            }
        })],
    }
}
