//! Demand against places in a catchment: does the Kita around the corner hold the children of the new quarter?

use super::{Hit, Measure, Predicate, Work, foreign_parameters, nearness::within, quantity, within_distance::positive};
use crate::{
    geometry::{self, PreparedArea, overlap_area_m2},
    index::IndexedLayer,
    model::{Bbox, Geometries, GeometryKind, Language, LocalText, Quantity, Severity},
    modules::{CapacityParams, PredicateDef, RuleDef},
    network::Field,
    rules::{
        compare::number,
        dwellings::{Basis, Dwellings, dwellings},
        memory::Gap,
        objects::Objects,
        plan::Plan,
        subject::Subject,
        walking::{Near, Walk, measured_along, no_way, path_words, without_network},
        words::{against, area, both, pick, plain, quoted},
    },
};
use geo::Buffer;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) struct Capacity;

impl Predicate for Capacity {
    fn name(&self) -> &'static str {
        "capacity"
    }

    fn doc(&self) -> LocalText {
        LocalText::new(
            "Bestand und neuer Bedarf übersteigen die Plätze im Einzugsbereich, der als Luftlinie oder als Fußweg um den Gegenstand reicht. Der \
             Bestand folgt aus den Einwohnern: bei der Luftlinie nach Flächenanteil, beim Fußweg nach den Orten eines 25-m-Rasters in ihren \
             Blöcken.",
            "Existing and new demand exceed the places in the catchment, which reaches around the subject in a straight line or on foot. The \
             existing demand follows from the inhabitants: by share of area in a straight line, by the places of a 25 m grid inside their \
             blocks on foot.",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::Capacity(p) = &rule.predicate else {
            return vec![];
        };
        let table: Vec<String> = p.gfz_by_baunvo.iter().map(|(k, v)| format!("{k} {}", plain(l, *v))).collect();
        let (catchment, floor) = (plain(l, p.catchment_m), plain(l, p.floor_area_per_dwelling_m2));
        let (household, rate) = (plain(l, p.inhabitants_per_dwelling), self::rate(l, p.demand_per_inhabitant));
        let warn = plain(l, p.warn_percent);
        let how = path_words(&rule.predicate, l);
        let (unit, table) = (p.unit.get(l), table.join(", "));
        let new_rate = self::rate(l, p.new_demand());
        let people = quoted(l, &p.population_attribute);
        let supply = offer(p, l);
        let grave = p.grave_percent.map(|g| match l {
            Language::De => format!(", Schwere 3 über {} %", plain(l, g)),
            Language::En => format!(", severity 3 above {}%", plain(l, g)),
        });
        let grave = grave.unwrap_or_default();
        let mut lines = match l {
            Language::De => vec![
                format!("Wohnungen = Merkmal „dwellings“, sonst Fläche × GFZ / {floor} m² Geschossfläche je Wohnung"),
                format!("GFZ = Merkmal „gfz“, sonst „grz“ × „storeys“, sonst nach „baunvo“: {table}"),
                format!("Neue Einwohner = Wohnungen × {household}; neuer Bedarf = neue Einwohner × {new_rate} {unit}"),
                format!("Bestand = {people} aus {} in {catchment} m {how} × {rate}", p.population),
                format!("Angebot = {supply} in {catchment} m {how}"),
                format!("Konflikt über {warn} % Auslastung{grave}"),
            ],
            Language::En => vec![
                format!("Dwellings = attribute “dwellings”, else area × GFZ / {floor} m² gross floor area a dwelling"),
                format!("GFZ = attribute “gfz”, else “grz” × “storeys”, else by “baunvo”: {table}"),
                format!("New inhabitants = dwellings × {household}; new demand = new inhabitants × {new_rate} {unit}"),
                format!("Existing demand = {people} of {} within {catchment} m {how} × {rate}", p.population),
                format!("Supply = {supply} within {catchment} m {how}"),
                format!("Conflict above {warn}% use{grave}"),
            ],
        };
        lines.extend(without_network(&rule.predicate, l));
        lines
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
        population_is_area(plan)
    }

    fn search_radius_m(&self, plan: &Plan) -> f64 {
        plan.distance_m()
    }

    fn rests_on_absence(&self) -> bool {
        true
    }

    fn measure(&self, plan: &Plan, subject: &Subject, work: &mut Work) -> Measure {
        let (PredicateDef::Capacity(p), Some(population)) = (&plan.rule.predicate, plan.further.first()) else {
            return Measure::clear();
        };
        let dwellings = match p.new_demand() > 0.0 {
            true => dwellings(&subject.layer.layer, subject.row, p.floor_area_per_dwelling_m2, &p.gfz_by_baunvo),
            false => Some(Dwellings {
                number: 0.0,
                basis: Basis::Told,
                area_m2: subject.area_m2(),
            }),
        };
        let Some(dwellings) = dwellings else {
            return Measure::unknown(Gap::NoDwellings, subject.area_m2());
        };
        let inhabitants = dwellings.number * p.inhabitants_per_dwelling;
        let demand = inhabitants * p.new_demand();
        if demand <= 0.0 && p.new_demand() > 0.0 {
            return Measure::clear();
        }
        let found = match plan.walk() {
            Some(walk) => afoot(plan, walk, p, subject, population),
            None => in_a_line(plan, p, subject, population, work),
        };
        let (supply, around, note) = match found {
            Ok(found) => found,
            Err(gap) => return Measure::unknown(gap, subject.area_m2()),
        };
        if supply.untold {
            return Measure::unknown(Gap::NoPlaces, subject.area_m2());
        }
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
        let hit = (balance.used_percent() > p.warn_percent).then(|| {
            let mut hit = conclude(plan, p, subject, supply.facilities, &balance);
            hit.reasons.extend(note);
            hit
        });
        Measure { hit, gap }
    }
}

/// Supply, people, and how the distance came about.
type Catchment = (Supply, Around, Option<LocalText>);

/// Within the radius around the subject.
fn in_a_line(plan: &Plan, p: &CapacityParams, subject: &Subject, population: &Objects, work: &mut Work) -> Result<Catchment, Gap> {
    let mut supply = Supply::default();
    if let Some(objects) = plan.objects() {
        let counts = |r: u32| objects.is_large(r, p.min_object_area_m2) && !(plan.same_slot && r == subject.row);
        let bbox = subject.layer.layer.geometry.bbox(subject.row as usize);
        for (row, _) in within(subject.edges(), bbox, objects, plan.distance_m(), counts, work) {
            supply.add(plan, p, objects, row);
        }
    }
    let catchment = catchment(subject, plan.distance_m()).ok_or(Gap::Geometry)?;
    Ok((supply, people_in(&catchment, population.layer, &p.population_attribute, work), None))
}

/// Along the network of ways.
fn afoot(plan: &Plan, walk: &Walk, p: &CapacityParams, subject: &Subject, population: &Objects) -> Result<Catchment, Gap> {
    let from = walk.snap(&subject.layer.layer.geometry, subject.row);
    if from.ways.is_empty() {
        return Err(no_way(walk));
    }
    let field = walk.around(&from, plan.distance_m());
    let mut supply = Supply::default();
    if let Some(objects) = plan.objects() {
        let counts = |r: u32| objects.is_large(r, p.min_object_area_m2) && !(plan.same_slot && r == subject.row);
        let (reached, lost) = walk.reached(0, objects, &field, &Near::of(subject), counts);
        if lost {
            return Err(Gap::ObjectOffWays);
        }
        for (row, _) in reached {
            supply.add(plan, p, objects, row);
        }
    }
    let bbox = subject.layer.layer.geometry.bbox(subject.row as usize);
    let around = people_afoot(walk, &field, bbox, population.layer, &p.population_attribute);
    Ok((supply, around, Some(measured_along(plan.city, walk, &from, None, None))))
}

/// People whose places a search reaches.
fn people_afoot(walk: &Walk, field: &Field, bbox: Bbox, population: &IndexedLayer, attribute: &str) -> Around {
    let layer = &population.layer;
    let residents = walk.ways.residents(layer);
    let mut out = Around {
        number: 0.0,
        untold: false,
    };
    for row in population.index.rows_in(&bbox.buffered(field.limit_m() + 0.01)) {
        let share = walk.share_reached(&residents, field, &layer.geometry, row);
        if share > 0.0 {
            match layer.attributes.column(attribute).and_then(|c| number(c, row)) {
                Some(n) => out.number += n.max(0.0) * share,
                None => out.untold = true,
            }
        }
    }
    out
}

/// Refuses people that come as points.
pub(super) fn population_is_area(plan: &Plan) -> Result<(), LocalText> {
    let points = |o: &Objects| !o.layer.layer.is_empty() && o.layer.layer.geometry.kind() != GeometryKind::Polygon;
    if plan.further.first().is_some_and(points) {
        return Err(LocalText::new(
            "Die Einwohner müssen als Flächen vorliegen.",
            "the inhabitants must come as areas.",
        ));
    }
    Ok(())
}

/// What an object offers, in words.
fn offer(p: &CapacityParams, l: Language) -> String {
    let size = match p.min_object_area_m2 > 0.0 {
        true => format!(" {} {}", pick(l, "ab", "from"), area(l, p.min_object_area_m2)),
        false => String::new(),
    };
    let what = match (&p.places_attribute, p.places_each, l) {
        (Some(name), _, Language::De) => format!("Summe von „{name}“ der Objekte"),
        (Some(name), _, Language::En) => format!("sum of “{name}” of the objects"),
        (None, Some(each), Language::De) => format!("{} je Objekt", plain(l, each)),
        (None, Some(each), Language::En) => format!("{} for each object", plain(l, each)),
        (None, None, Language::De) => "Fläche der Objekte in m²".into(),
        (None, None, Language::En) => "area of the objects in m²".into(),
    };
    what + &size
}

/// What the facilities of a catchment offer.
#[derive(Default)]
struct Supply {
    places: f64,
    facilities: Vec<u32>,
    untold: bool,
}

impl Supply {
    fn add(&mut self, plan: &Plan, p: &CapacityParams, objects: &Objects, row: u32) {
        let offered = match (&p.places_attribute, p.places_each) {
            (Some(name), _) => plan.object_value(name, row),
            (None, Some(each)) => Some(each),
            (None, None) => Some(geometry::area_m2(&objects.layer.layer.geometry, row as usize)),
        };
        match offered {
            Some(places) => self.places += places.max(0.0),
            None => self.untold = true,
        }
        self.facilities.push(row);
    }
}

/// Everything within the distance, as one feature.
fn catchment(subject: &Subject, distance_m: f64) -> Option<Geometries> {
    buffered(&subject.layer.layer.geometry, subject.row, distance_m).map(|around| geometry::from_geo(&[around]))
}

/// A feature with everything within the distance around it.
pub(super) fn buffered(g: &Geometries, row: u32, distance_m: f64) -> Option<geo::MultiPolygon<f64>> {
    let shape = geometry::to_geo(g, row as usize);
    // The buffer of geo is not proven free of panics; a subject without catchment is unknown, not the end of the run.
    let around = catch_unwind(AssertUnwindSafe(|| shape.buffer(distance_m))).ok()?;
    (!around.0.is_empty()).then_some(around)
}

/// People inside an area.
pub(super) struct Around {
    pub number: f64,
    /// Some polygons there do not tell theirs.
    pub untold: bool,
}

/// People inside an area, by share of area of the polygons they are counted for.
pub(super) fn people_in(catchment: &Geometries, population: &IndexedLayer, attribute: &str, work: &mut Work) -> Around {
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
            match layer.attributes.column(attribute).and_then(|c| number(c, *row)) {
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
    let grave = p.grave_percent.is_some_and(|g| used > g);
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
        severity: plan.severity_of(base, subject.row, &facilities).max(base),
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
    // "im Umkreis von 300 m", "in 300 m Fußweg".
    let reach = |l| {
        let m = plain(l, plan.distance_m());
        match (plan.walk().is_some(), l) {
            (true, Language::De) => format!("in {m} m Fußweg"),
            (true, Language::En) => format!("within {m} m on foot"),
            (false, Language::De) => format!("im Umkreis von {m} m"),
            (false, Language::En) => format!("within {m} m"),
        }
    };
    let new = p.new_demand() > 0.0;
    let dwellings = both(|l| {
        let n = count(l, b.dwellings.number);
        let (m2, floor, word) = (
            area(l, b.dwellings.area_m2),
            plain(l, p.floor_area_per_dwelling_m2),
            pick(l, "Wohnungen", "Dwellings"),
        );
        match (b.dwellings.basis, l) {
            (Basis::Told, Language::De) => format!("Wohnungen: {n} (Angabe zur Fläche)."),
            (Basis::Told, Language::En) => format!("Dwellings: {n} (as told for the site)."),
            (Basis::Gfz(gfz), _) => format!("{word}: {m2} × GFZ {} / {floor} m² = {n}.", plain(l, gfz)),
            (Basis::Storeys { grz, storeys }, _) => {
                let (grz, storeys) = (plain(l, grz), plain(l, storeys));
                let floors = pick(l, "Geschosse", "storeys");
                format!("{word}: {m2} × GRZ {grz} × {storeys} {floors} / {floor} m² = {n}.")
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
        let (n, rate, d, unit) = (count(l, b.inhabitants), rate(l, p.new_demand()), count(l, b.demand), p.unit.get(l));
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
            Language::De => format!("Bedarf im Bestand: {n} {} {} × {rate} = {d} {unit}.", people(plan, p, l), reach(l)),
            Language::En => format!("Existing demand: {n} {} {} × {rate} = {d} {unit}.", people(plan, p, l), reach(l)),
        }
    });
    let places = both(|l| {
        let (n, unit, title) = (count(l, b.places), p.unit.get(l), quoted(l, &plan.object_title(l)));
        match l {
            Language::De => format!("Angebot: {n} {unit} aus {title} {} ({facilities} Einrichtungen).", reach(l)),
            Language::En => format!("Supply: {n} {unit} of {title} {} ({facilities} facilities).", reach(l)),
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
    match new {
        true => vec![used, dwellings, inhabitants, demand, existing, places],
        false => vec![used, existing, places],
    }
}

/// The name of what is counted ("Einwohner").
fn people(plan: &Plan, p: &CapacityParams, l: Language) -> String {
    if p.population_attribute == "inhabitants" {
        return pick(l, "Einwohner", "inhabitants").into();
    }
    let slot = plan.city.slot(&p.population);
    let found = slot.and_then(|s| s.def.attributes.iter().find(|a| a.name == p.population_attribute));
    found.map_or_else(|| p.population_attribute.clone(), |a| a.title.get(l).to_owned())
}
