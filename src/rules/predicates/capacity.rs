//! Demand against places in a catchment: does the Kita around the corner hold the children of the new quarter?

use super::{Hit, Measure, Predicate, Work, foreign_parameters, quantity, within_distance::positive};
use crate::{
    geometry::{self, PreparedArea, distance_m, overlap_area_m2},
    index::IndexedLayer,
    model::{GeometryKind, Language, LocalText, Quantity, Severity},
    modules::{CapacityParams, PredicateDef, RuleDef},
    rules::{
        memory::Gap,
        plan::{Plan, Subject, number},
        words::{against, area, both, pick, plain, quoted},
    },
};
use geo::Buffer;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) struct Capacity;

/// Attribute of the population slot.
pub(in crate::rules) const INHABITANTS: &str = "inhabitants";
/// Attributes of the subject: planned dwellings, floor area ratio, zone type.
const DWELLINGS: &str = "dwellings";
const GFZ: &str = "gfz";
const BAUNVO: &str = "baunvo";

impl Predicate for Capacity {
    fn name(&self) -> &'static str {
        "capacity"
    }

    fn doc(&self) -> LocalText {
        LocalText::new(
            "Bestand und neuer Bedarf übersteigen die Plätze im Einzugsbereich (Luftlinie um den Gegenstand). Der Bestand folgt aus den Einwohnern \
             nach Flächenanteil.",
            "Existing and new demand exceed the places in the catchment (straight line around the subject). The existing demand follows from \
             the inhabitants by share of area.",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::Capacity(p) = &rule.predicate else {
            return vec![];
        };
        let table: Vec<String> = p.gfz_by_baunvo.iter().map(|(k, v)| format!("{k} {}", plain(l, *v))).collect();
        let (catchment, floor) = (plain(l, p.catchment_m), plain(l, p.floor_area_per_dwelling_m2));
        let (household, rate) = (plain(l, p.inhabitants_per_dwelling), rate(l, p.demand_per_inhabitant));
        let (warn, grave) = (plain(l, p.warn_percent), plain(l, p.grave_percent));
        let (unit, table) = (p.unit.get(l), table.join(", "));
        match l {
            Language::De => vec![
                format!("Wohnungen = Merkmal „{DWELLINGS}“, sonst Fläche × GFZ / {floor} m² Geschossfläche je Wohnung"),
                format!("GFZ = Merkmal „{GFZ}“, sonst nach „{BAUNVO}“: {table}"),
                format!("Einwohner = Wohnungen × {household}; Bedarf = Einwohner × {rate} {unit}"),
                format!(
                    "Bestand = Einwohner aus {} im Umkreis von {catchment} m nach Flächenanteil × {rate}",
                    p.population
                ),
                format!(
                    "Angebot = Summe von „{}“ im Umkreis von {catchment} m Luftlinie",
                    p.places_attribute
                ),
                format!("Konflikt über {warn} % Auslastung, Schwere 3 über {grave} %"),
            ],
            Language::En => vec![
                format!("Dwellings = attribute “{DWELLINGS}”, else area × GFZ / {floor} m² gross floor area a dwelling"),
                format!("GFZ = attribute “{GFZ}”, else by “{BAUNVO}”: {table}"),
                format!("Inhabitants = dwellings × {household}; demand = inhabitants × {rate} {unit}"),
                format!(
                    "Existing demand = inhabitants of {} within {catchment} m by share of area × {rate}",
                    p.population
                ),
                format!("Supply = sum of “{}” within {catchment} m in a straight line", p.places_attribute),
                format!("Conflict above {warn}% use, severity 3 above {grave}%"),
            ],
        }
    }

    fn check(&self, plan: &Plan) -> Result<(), LocalText> {
        let PredicateDef::Capacity(p) = &plan.rule.predicate else {
            return Err(foreign_parameters());
        };
        positive(p.catchment_m)?;
        let numbers = [p.demand_per_inhabitant, p.floor_area_per_dwelling_m2, p.inhabitants_per_dwelling];
        if !numbers.iter().all(|v| *v > 0.0 && v.is_finite()) {
            return Err(LocalText::new(
                "Ein Kennwert der Bedarfsrechnung ist nicht größer als 0.",
                "a figure of the demand is not above 0.",
            ));
        }
        if plan
            .population
            .is_some_and(|l| !l.layer.is_empty() && l.layer.geometry.kind() != GeometryKind::Polygon)
        {
            return Err(LocalText::new(
                "Die Einwohner müssen als Flächen vorliegen.",
                "the inhabitants must come as areas.",
            ));
        }
        Ok(())
    }

    fn search_radius_m(&self, plan: &Plan) -> f64 {
        plan.distance_m()
    }

    fn rests_on_absence(&self) -> bool {
        true
    }

    fn measure(&self, plan: &Plan, subject: &Subject, work: &mut Work) -> Measure {
        let (PredicateDef::Capacity(p), Some(population)) = (&plan.rule.predicate, plan.population) else {
            return Measure::clear();
        };
        let Some(dwellings) = dwellings(p, subject) else {
            return Measure::unknown(Gap::NoDwellings, subject.area_m2());
        };
        let inhabitants = dwellings.number * p.inhabitants_per_dwelling;
        let demand = inhabitants * p.demand_per_inhabitant;
        if demand <= 0.0 {
            return Measure::clear();
        }
        let Some(supply) = supply(plan, p, subject, work) else {
            return Measure::clear();
        };
        if supply.untold {
            return Measure::unknown(Gap::NoPlaces, subject.area_m2());
        }
        let Some(catchment) = catchment(subject, p.catchment_m) else {
            return Measure::unknown(Gap::Geometry, subject.area_m2());
        };
        let around = inhabitants_in(&catchment, population, work);
        let existing = around.number * p.demand_per_inhabitant;
        let balance = Balance {
            dwellings,
            inhabitants,
            demand,
            around: around.number,
            existing,
            places: supply.places,
        };
        let gap = around.untold.then(|| (Gap::NoInhabitants, subject.area_m2()));
        let hit = (balance.used_percent() > p.warn_percent).then(|| conclude(plan, p, subject, supply.facilities, &balance));
        Measure { hit, gap }
    }
}

/// Planned dwellings and how they were found.
struct Dwellings {
    number: f64,
    /// The floor area ratio, where they were derived.
    gfz: Option<f64>,
    area_m2: f64,
}

fn dwellings(p: &CapacityParams, subject: &Subject) -> Option<Dwellings> {
    let table = &subject.layer.layer.attributes;
    let told = |name: &str| table.column(name).and_then(|c| number(c, subject.row)).filter(|v| *v >= 0.0);
    let area_m2 = subject.area_m2();
    if let Some(number) = told(DWELLINGS) {
        return Some(Dwellings {
            number,
            gfz: None,
            area_m2,
        });
    }
    subject.area()?;
    let zone = table.value(BAUNVO, subject.row as usize).to_string();
    let gfz = told(GFZ).or_else(|| p.gfz_by_baunvo.get(&zone).copied())?;
    Some(Dwellings {
        number: area_m2 * gfz / p.floor_area_per_dwelling_m2,
        gfz: Some(gfz),
        area_m2,
    })
}

struct Supply {
    places: f64,
    facilities: Vec<u32>,
    untold: bool,
}

fn supply(plan: &Plan, p: &CapacityParams, subject: &Subject, work: &mut Work) -> Option<Supply> {
    let objects = plan.objects()?;
    let mut out = Supply {
        places: 0.0,
        facilities: vec![],
        untold: false,
    };
    let bbox = subject.layer.layer.geometry.bbox(subject.row as usize).buffered(p.catchment_m);
    let mut rows = std::mem::take(&mut work.rows);
    objects.layer.index.rows_in_into(&bbox, &mut rows);
    for row in rows
        .iter()
        .copied()
        .filter(|r| objects.counts(*r) && !(plan.same_slot && *r == subject.row))
    {
        if distance_m(subject.edges(), &objects.edges(row), p.catchment_m).is_some_and(|d| d <= p.catchment_m) {
            match plan.object_value(&p.places_attribute, row) {
                Some(places) => out.places += places.max(0.0),
                None => out.untold = true,
            }
            out.facilities.push(row);
        }
    }
    work.rows = rows;
    Some(out)
}

/// Everything within the distance, as one feature.
fn catchment(subject: &Subject, distance_m: f64) -> Option<crate::model::Geometries> {
    let shape = geometry::to_geo(&subject.layer.layer.geometry, subject.row as usize);
    // The buffer of geo is not proven free of panics; a subject without catchment is unknown, not the end of the run.
    let around = catch_unwind(AssertUnwindSafe(|| shape.buffer(distance_m))).ok()?;
    let packed = geometry::from_geo(&[around]);
    (!packed.bbox(0).is_empty()).then_some(packed)
}

struct Around {
    number: f64,
    untold: bool,
}

fn inhabitants_in(catchment: &crate::model::Geometries, population: &IndexedLayer, work: &mut Work) -> Around {
    let area = PreparedArea::new(catchment, 0);
    let layer = &population.layer;
    let mut out = Around {
        number: 0.0,
        untold: false,
    };
    let mut rows = std::mem::take(&mut work.rows);
    population.index.rows_in_into(&catchment.bbox(0), &mut rows);
    for row in &rows {
        let block = PreparedArea::new(&layer.geometry, *row as usize);
        let share = overlap_area_m2(&area, &block, &mut work.sweep) / block.area_m2();
        if share > 0.0 {
            match layer.attributes.column(INHABITANTS).and_then(|c| number(c, *row)) {
                Some(n) => out.number += n.max(0.0) * share.min(1.0),
                None => out.untold = true,
            }
        }
    }
    work.rows = rows;
    out
}

struct Balance {
    dwellings: Dwellings,
    inhabitants: f64,
    demand: f64,
    around: f64,
    existing: f64,
    places: f64,
}

impl Balance {
    fn total(&self) -> f64 {
        self.existing + self.demand
    }

    fn used_percent(&self) -> f64 {
        if self.places > 0.0 {
            100.0 * self.total() / self.places
        } else {
            f64::INFINITY
        }
    }
}

fn conclude(plan: &Plan, p: &CapacityParams, subject: &Subject, facilities: Vec<u32>, balance: &Balance) -> Hit {
    let used = balance.used_percent();
    let (geometry, anchor) = subject.place();
    let grave = used > p.grave_percent;
    let base = if grave {
        plan.severity.max(Severity::Restricted)
    } else {
        plan.severity
    };
    // Without a single place there is no percentage to tell.
    let (measured, threshold): (Quantity, Quantity) = match used.is_finite() {
        true => (quantity(used, "%"), quantity(p.warn_percent, "%")),
        false => (quantity(balance.total(), &p.unit.de), quantity(0.0, &p.unit.de)),
    };
    Hit {
        severity: plan.severity_of(base, &facilities).max(base),
        reasons: arithmetic(plan, p, balance, facilities.len()),
        objects: facilities,
        geometry,
        anchor,
        measured,
        threshold: Some(threshold),
        area_m2: None,
        share_percent: None,
    }
}

/// A rate such as 0.049 places an inhabitant.
fn rate(l: Language, v: f64) -> String {
    let decimals = (0..4)
        .find(|d| (v * 10f64.powi(*d) - (v * 10f64.powi(*d)).round()).abs() < 1e-9)
        .unwrap_or(4);
    crate::i18n::number(l, v, decimals as usize)
}

/// A count of dwellings, people or places: whole from ten on.
fn count(l: Language, v: f64) -> String {
    crate::i18n::number(l, v, if v >= 10.0 || v.fract() == 0.0 { 0 } else { 1 })
}

fn arithmetic(plan: &Plan, p: &CapacityParams, b: &Balance, facilities: usize) -> Vec<LocalText> {
    let radius = |l| plain(l, p.catchment_m);
    let dwellings = both(|l| {
        let n = count(l, b.dwellings.number);
        match (b.dwellings.gfz, l) {
            (None, Language::De) => format!("Wohnungen: {n} (Angabe zur Fläche)."),
            (None, Language::En) => format!("Dwellings: {n} (as told for the site)."),
            (Some(gfz), _) => {
                let (m2, gfz, floor) = (area(l, b.dwellings.area_m2), plain(l, gfz), plain(l, p.floor_area_per_dwelling_m2));
                format!("{}: {m2} × GFZ {gfz} / {floor} m² = {n}.", pick(l, "Wohnungen", "Dwellings"))
            }
        }
    });
    let inhabitants = both(|l| {
        let (w, size, n) = (
            count(l, b.dwellings.number),
            plain(l, p.inhabitants_per_dwelling),
            count(l, b.inhabitants),
        );
        format!("{}: {w} × {size} = {n}.", pick(l, "Einwohner", "Inhabitants"))
    });
    let demand = both(|l| {
        let (n, rate, d, unit) = (
            count(l, b.inhabitants),
            rate(l, p.demand_per_inhabitant),
            count(l, b.demand),
            p.unit.get(l),
        );
        format!("{}: {n} × {rate} = {d} {unit}.", pick(l, "Neuer Bedarf", "New demand"))
    });
    let existing = both(|l| {
        let (n, rate, d, unit) = (
            count(l, b.around),
            rate(l, p.demand_per_inhabitant),
            count(l, b.existing),
            p.unit.get(l),
        );
        match l {
            Language::De => format!(
                "Bedarf im Bestand: {n} Einwohner im Umkreis von {} m × {rate} = {d} {unit}.",
                radius(l)
            ),
            Language::En => format!("Existing demand: {n} inhabitants within {} m × {rate} = {d} {unit}.", radius(l)),
        }
    });
    let places = both(|l| {
        let (n, unit, title) = (count(l, b.places), p.unit.get(l), quoted(l, &plan.object_title(l)));
        match l {
            Language::De => format!(
                "Angebot: {n} {unit} aus {title} im Umkreis von {} m ({facilities} Einrichtungen).",
                radius(l)
            ),
            Language::En => format!("Supply: {n} {unit} of {title} within {} m ({facilities} facilities).", radius(l)),
        }
    });
    let used = both(|l| {
        let (d, n, unit) = (count(l, b.total()), count(l, b.places), p.unit.get(l));
        let percent = pick(l, " %", "%");
        match (b.places > 0.0, l) {
            (true, _) => {
                let (used, warn) = (against(l, b.used_percent(), p.warn_percent), plain(l, p.warn_percent));
                let words = (pick(l, "Auslastung", "Use"), pick(l, "Schwelle", "threshold"));
                format!("{}: {d} / {n} = {used}{percent}; {}: {warn}{percent}.", words.0, words.1)
            }
            (false, Language::De) => format!("Für {d} {unit} Bedarf gibt es im Umkreis keinen Platz."),
            (false, Language::En) => format!("For a demand of {d} {unit} there is no place in the catchment."),
        }
    });
    vec![used, dwellings, inhabitants, demand, existing, places]
}
