//! Small plots whose figures anybody can compute by hand.

use super::*;
use crate::{
    model::{Coverage, GeometryKind, Severity, Value},
    modules::Role,
    progress::Control,
    project::City,
    rules::{
        Verdict,
        testing::{F, TestCity, f, layer, rect},
    },
};

fn house(id: &str, x: f64, y: f64, w: f64, d: f64) -> F {
    f(id, rect(x, y, x + w, y + d)).text("function", "31001_1010")
}

fn city(zones: &[F], parcels: &[F], buildings: &[F], sites: &[F], windows: &[F]) -> City {
    let mut city = TestCity::new();
    for (slot, role, features) in [
        ("m/zones", Role::Zones, zones),
        ("m/parcels", Role::Parcels, parcels),
        ("m/buildings", Role::Buildings, buildings),
        ("m/sites", Role::Sites, sites),
        ("m/windows", Role::BuildingWindows, windows),
    ] {
        if !features.is_empty() {
            city = city
                .layer(layer(slot, GeometryKind::Polygon, features, Coverage::AreaOfInterest))
                .role(role);
        }
    }
    city.build()
}

fn of(plot: &Plot, measured: Measured, stage: Stage) -> &Check {
    plot.checks.iter().find(|c| c.measured == measured && c.stage == stage).unwrap()
}

fn assessed(city: &City) -> Assessment {
    assess(city, &Control::default()).unwrap()
}

/// A plot of 20 × 30 m in a WA with a house of 10 × 12 m on three storeys and a garage of 3 × 6 m.
fn wa(house: F) -> City {
    let zone = f("z1", rect(0.0, 0.0, 100.0, 100.0)).text("baunvo", "WA");
    let plot = f("p1", rect(0.0, 0.0, 20.0, 30.0));
    let garage = f("g1", rect(16.0, 2.0, 19.0, 8.0))
        .text("function", "31001_2463")
        .real("storeys", 1.0);
    city(&[zone], &[plot], &[house, garage], &[], &[])
}

#[test]
fn density_of_a_plot_is_what_the_pocket_calculator_says() {
    let city = wa(house("b1", 4.0, 4.0, 10.0, 12.0).real("storeys", 3.0).real("height_m", 9.0));
    let found = assessed(&city);
    let [plot] = &found.plots[..] else { panic!("{found:?}") };
    assert_eq!(
        (plot.kind, plot.buildings, plot.zone_share_percent),
        (PlotKind::Parcel, [1, 1], 100.0)
    );
    let grz = of(plot, Measured::Grz, Stage::Built);
    assert!((grz.value.known().unwrap() - 0.2).abs() < 1e-9, "{grz:?}");
    assert_eq!(grz.verdict, Verdict::Clear);
    assert!(
        grz.formula.de.contains("120 m²") && grz.formula.de.contains("600 m²") && grz.formula.de.contains("0,20"),
        "{}",
        grz.formula.de
    );
    // Access is not in the data: 138 m² is what is built at least, and 0.6 may or may not be kept.
    let total = of(plot, Measured::GrzTotal, Stage::Built);
    assert!((total.value.low - 0.23).abs() < 1e-9 && total.value.high.is_none());
    assert_eq!(total.verdict, Verdict::Unknown);
    assert!((total.limit.as_ref().unwrap().value - 0.6).abs() < 1e-9);
    // The garage adds no floor area, § 20 (4).
    let gfz = of(plot, Measured::Gfz, Stage::Built);
    assert!((gfz.value.known().unwrap() - 0.6).abs() < 1e-9, "{gfz:?}");
    let limit = gfz.limit.as_ref().unwrap();
    assert_eq!(
        (limit.value, limit.basis, &*limit.section),
        (1.2, Basis::Orientation, "§ 17 BauNVO")
    );
    assert!(plot.checks.iter().all(|c| c.measured != Measured::Bmz), "WA has no cubic index");
    assert!(conflicts(&city, &found).is_empty());
}

#[test]
fn a_building_without_storeys_or_height_leaves_the_plot_unknown() {
    let found = assessed(&wa(house("b1", 4.0, 4.0, 10.0, 12.0)));
    let gfz = of(&found.plots[0], Measured::Gfz, Stage::Built);
    assert_eq!(gfz.verdict, Verdict::Unknown);
    assert_eq!(gfz.value, Span::at_least(0.2));
    assert_eq!(gfz.unknown[0].de, "1 Gebäude ohne Geschosszahl.");
    assert_eq!(found.count(Measured::Gfz), [0, 0, 1]);
}

#[test]
fn the_plan_is_stricter_than_the_table_and_weighs_more() {
    let zone = f("z1", rect(0.0, 0.0, 100.0, 100.0))
        .text("baunvo", "WA")
        .real("grz", 0.3)
        .real("gfz", 0.6)
        .real("storeys", 2.0)
        .real("height_m", 8.5);
    let plot = f("p1", rect(0.0, 0.0, 20.0, 30.0));
    let big = house("b1", 2.0, 2.0, 16.0, 15.0).real("storeys", 3.0).real("height_m", 9.5);
    let city = city(&[zone], &[plot], &[big], &[], &[]);
    let found = assessed(&city);
    let all = conflicts(&city, &found);
    let rules: Vec<&str> = all.iter().map(|c| c.rule.as_str()).collect();
    assert_eq!(rules, ["GFZ", "GRZ", "H", "Z"]);
    assert!(all.iter().all(|c| c.severity == Severity::Restricted && !c.proxy));
    let gfz = &all[0];
    assert!((gfz.measured.value - 1.2).abs() < 1e-9 && gfz.threshold.as_ref().unwrap().value == 0.6);
    assert!(gfz.reasons[0].de.contains("§ 30 BauGB") && gfz.reasons[0].de.contains("1,20") && gfz.reasons[0].de.contains("0,60"));
    assert!(gfz.id.starts_with("GFZ-"));
    // Height and storeys are the building's, density is the plot's.
    assert_eq!(all[2].bbox.min, [2.0, 2.0]);
    assert_eq!(all[1].bbox.min, [0.0, 0.0]);
}

#[test]
fn half_as_much_again_with_garages_but_never_above_zero_point_eight() {
    let limit = |grz: f64| {
        let zone = f("z1", rect(0.0, 0.0, 100.0, 100.0)).text("baunvo", "GE").real("grz", grz);
        let city = city(
            &[zone],
            &[f("p1", rect(0.0, 0.0, 20.0, 30.0))],
            &[house("b", 1.0, 1.0, 5.0, 5.0)],
            &[],
            &[],
        );
        of(&assessed(&city).plots[0], Measured::GrzTotal, Stage::Built)
            .limit
            .as_ref()
            .unwrap()
            .value
    };
    for (grz, total) in [(0.4, 0.6), (0.6, 0.8), (0.8, 0.8), (1.0, 1.0)] {
        assert!((limit(grz) - total).abs() < 1e-9, "{grz}");
    }
}

#[test]
fn a_hall_with_high_storeys_is_held_to_three_and_a_half_times_the_gfz() {
    let hall = |zone: F, height: f64, storeys: f64| {
        let plot = f("p1", rect(0.0, 0.0, 50.0, 40.0));
        let b = house("h", 5.0, 5.0, 40.0, 30.0)
            .real("storeys", storeys)
            .real("height_m", height)
            .text("roof_type", "1000");
        let city = city(&[zone], &[plot], &[b], &[], &[]);
        let found = assessed(&city);
        of(&found.plots[0], Measured::Bmz, Stage::Built).clone()
    };
    let ge = || f("z1", rect(0.0, 0.0, 100.0, 100.0)).text("baunvo", "GE");
    // 1200 m² × 12 m / 2000 m² = 7.2 against 3.5 × 2.4 = 8.4.
    let c = hall(ge(), 12.0, 2.0);
    assert!((c.value.known().unwrap() - 7.2).abs() < 1e-9);
    assert!((c.limit.as_ref().unwrap().value - 8.4).abs() < 1e-9);
    assert_eq!(c.limit.as_ref().unwrap().section, "§ 21 (4) BauNVO");
    // With a cubic index of the plan that one counts; with low storeys the table does.
    assert_eq!(hall(ge().real("bmz", 6.0), 12.0, 2.0).limit.unwrap().value, 6.0);
    assert_eq!(hall(ge(), 12.0, 4.0).limit.unwrap().value, 10.0);
    assert_eq!(hall(ge().real("height_m", 14.0), 12.0, 2.0).limit.unwrap().value, 10.0);
}

#[test]
fn an_unknown_roof_leaves_a_range_of_volume() {
    let law = law();
    let l = layer(
        "m/b",
        GeometryKind::Polygon,
        &[house("b", 0.0, 0.0, 10.0, 10.0).real("storeys", 2.0).real("height_m", 9.0)],
        Coverage::Undeclared,
    );
    let v = volume(&l, 0, law);
    assert_eq!((v.roof, v.wall_m(law)), (Roof::Unknown, Some(Span { low: 6.0, high: Some(9.0) })));
    let mass = v.mass_m3(v.footprint_m2, law);
    assert_eq!(
        mass,
        Span {
            low: 600.0,
            high: Some(900.0)
        }
    );
}

#[test]
fn every_building_above_its_limit_is_named_not_the_worst_alone() {
    let zone = f("z", rect(0.0, 0.0, 100.0, 100.0)).text("baunvo", "WA").real("storeys", 2.0);
    let tall = |id: &str, x: f64, n: f64| house(id, x, 5.0, 8.0, 8.0).real("storeys", n);
    let houses = [
        tall("a", 0.0, 3.0),
        tall("b", 20.0, 5.0),
        tall("c", 40.0, 2.0),
        tall("d", 60.0, 4.0),
        house("e", 80.0, 5.0, 8.0, 8.0),
    ];
    let found = assessed(&city(&[zone], &[f("p", rect(0.0, 0.0, 100.0, 50.0))], &houses, &[], &[]));
    let z = of(&found.plots[0], Measured::Vollgeschosse, Stage::Built);
    assert_eq!((z.verdict, z.feature.as_ref().unwrap().id.as_str()), (Verdict::Conflict, "b"));
    assert!(
        z.formula.de.contains("ebenfalls darüber: d, a") && z.formula.de.contains("ebenfalls unbekannt: e"),
        "{}",
        z.formula.de
    );
    assert!(z.formula.en.contains("also above: d, a; also unknown: e"), "{}", z.formula.en);
}

#[test]
fn building_windows_bound_place_height_and_storeys() {
    let zone = f("z1", rect(0.0, 0.0, 100.0, 100.0)).text("baunvo", "WA");
    let plot = f("p1", rect(0.0, 0.0, 40.0, 40.0));
    let window = f("w1", rect(5.0, 5.0, 25.0, 20.0)).real("height_m", 10.0).real("storeys", 3.0);
    let b = house("b1", 10.0, 10.0, 20.0, 10.0).real("storeys", 4.0).real("height_m", 12.5);
    let city = city(&[zone], &[plot], &[b], &[], &[window]);
    let found = assessed(&city);
    let beyond = of(&found.plots[0], Measured::Baugrenze, Stage::Built);
    // 5 × 10 m stand east of the window.
    assert!((beyond.value.known().unwrap() - 50.0).abs() < 1e-6, "{beyond:?}");
    let all = conflicts(&city, &found);
    let by = |rule: &str| all.iter().find(|c| c.rule == rule).unwrap();
    assert_eq!((by("H").measured.value, by("H").threshold.as_ref().unwrap().value), (12.5, 10.0));
    assert_eq!((by("Z").measured.value, by("Z").threshold.as_ref().unwrap().value), (4.0, 3.0));
    let b = by("BG").bbox;
    assert!((b.min[0] - 25.0).abs() < 1e-6 && (b.max[0] - 30.0).abs() < 1e-6, "{b:?}");
    assert!(by("BG").reasons[0].en.contains("§ 23 BauNVO"));
}

#[test]
fn a_draft_is_held_to_its_area_even_before_anything_is_drawn() {
    let zone = f("z1", rect(0.0, 0.0, 60.0, 100.0)).text("baunvo", "WA").real("gfz", 0.8);
    let site = f("s1", rect(0.0, 0.0, 100.0, 100.0))
        .text("baunvo", "MI")
        .real("grz", 0.4)
        .real("gfz", 1.4)
        .real("storeys", 3.0);
    let city = city(&[zone], &[], &[], &[site], &[]);
    let found = assessed(&city);
    let [plot] = &found.plots[..] else { panic!("{found:?}") };
    assert_eq!((plot.kind, plot.baunvo.as_deref()), (PlotKind::Site, Some("WA")));
    assert_eq!(plot.notes.len(), 2, "another type, and only partly inside: {:?}", plot.notes);
    let gfz = of(plot, Measured::Gfz, Stage::Drafted);
    assert_eq!((gfz.verdict, gfz.limit.as_ref().unwrap().basis), (Verdict::Conflict, Basis::Plan));
    assert!(gfz.unknown[0].en.contains("out of reach"), "1.4 does not fit 0.4 × 3");
    assert_eq!(of(plot, Measured::Grz, Stage::Drafted).verdict, Verdict::Clear);
    let all = conflicts(&city, &found);
    assert_eq!(all.iter().map(|c| c.rule.as_str()).collect::<Vec<_>>(), ["GFZ-E"]);
}

#[test]
fn without_plots_a_whole_area_is_an_average_and_says_so() {
    let zone = f("z1", rect(0.0, 0.0, 50.0, 40.0)).text("baunvo", "WS");
    let b = house("b1", 0.0, 0.0, 30.0, 20.0).real("storeys", 2.0).real("height_m", 9.0);
    let city = city(&[zone], &[], &[b], &[], &[]);
    let found = assessed(&city);
    assert_eq!(found.plots[0].kind, PlotKind::Zone);
    assert!(found.notes[0].de.contains("§ 19 (3)"));
    let all = conflicts(&city, &found);
    // 0.3 against 0.2 and 0.6 against 0.4: hints at where to look, no verdict on a plot.
    assert_eq!(all.iter().map(|c| c.rule.as_str()).collect::<Vec<_>>(), ["GFZ", "GRZ"]);
    assert!(all.iter().all(|c| c.proxy && c.severity == Severity::Weigh));
}

#[test]
fn the_outline_of_a_building_is_no_plot() {
    let zone = f("z1", rect(0.0, 0.0, 100.0, 100.0)).text("baunvo", "WA");
    let vacancy = f("s1", rect(0.0, 0.0, 10.0, 10.0));
    let b = house("b1", 0.0, 0.0, 10.0, 10.0).real("storeys", 3.0).real("height_m", 9.0);
    let found = assessed(&city(&[zone], &[], &[b], &[vacancy], &[]));
    let site = found.plots.iter().find(|p| p.kind == PlotKind::Site).unwrap();
    assert!(site.checks.is_empty() && site.notes[0].en.contains("outline"), "{site:?}");
}

#[test]
fn values_that_make_no_sense_are_unknown_and_nothing_panics() {
    let zone = f("z1", rect(0.0, 0.0, 100.0, 100.0)).text("baunvo", "??").real("grz", -1.0);
    let b = house("b1", 4.0, 4.0, 10.0, 12.0).real("storeys", -3.0);
    let mut odd = b.clone();
    odd.attributes.push(("height_m", Value::Real(f64::NAN)));
    let found = assessed(&city(&[zone], &[f("p1", rect(0.0, 0.0, 20.0, 30.0))], &[odd], &[], &[]));
    let grz = of(&found.plots[0], Measured::Grz, Stage::Built);
    assert!(grz.limit.is_none() && grz.verdict == Verdict::NotApplicable);
    assert!(assessed(&city(&[], &[], &[], &[], &[])).plots.is_empty());
}
