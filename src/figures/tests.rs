//! Sites whose figures anybody can compute by hand.

use super::*;
use crate::{
    model::{Coverage, GeometryKind},
    modules::Role,
    project::City,
    rules::testing::{F, TestCity, f, layer, rect, rule},
};

fn city(sites: &[F], buildings: &[F]) -> City {
    let mut kita = rule(
        "S1",
        "[predicate.capacity]\ncatchment_m = 500.0\nplaces_attribute = \"places\"\nunit = { de = \"Plätze\", en = \"places\" }\npopulation = \"m/people\"\npopulation_attribute = \"inhabitants\"\ndemand_per_inhabitant = 0.049\nfloor_area_per_dwelling_m2 = 100.0\ninhabitants_per_dwelling = 2.0\ngfz_by_baunvo = { WA = 1.2 }\nwarn_percent = 100.0\n",
    );
    kita.subject.filter = Some("use IN ('residential','mixed')".into());
    let mut city = TestCity::new()
        .layer(layer("m/sites", GeometryKind::Polygon, sites, Coverage::AreaOfInterest))
        .role(Role::Sites)
        .rule(kita);
    if !buildings.is_empty() {
        let l = layer("m/buildings", GeometryKind::Polygon, buildings, Coverage::AreaOfInterest);
        city = city.layer(l).role(Role::Buildings);
    }
    city.build()
}

fn value(s: &SiteFigures, id: &str) -> Option<f64> {
    s.figures.iter().find(|f| f.id == id).and_then(|f| f.value)
}

/// A hectare.
fn hectare(id: &str) -> F {
    f(id, rect(0.0, 0.0, 100.0, 100.0))
}

#[test]
fn a_hectare_of_housing_is_what_the_pocket_calculator_says() {
    let site = hectare("s")
        .text("use", "residential")
        .text("baunvo", "WA")
        .real("grz", 0.4)
        .real("gfz", 0.8);
    let given = Assumptions {
        index: 200.0,
        factor: 0.9,
        standard: 3,
        ..Assumptions::default()
    };
    let found = figures(&city(&[site], &[]), &given, &|_, _| false);
    let s = &found.sites[0];
    // 8000 m² of floor are 80 dwellings, 160 people, 7.84 places.
    for (id, want) in [
        ("area", 10_000.0),
        ("floor_area", 8_000.0),
        ("dwellings", 80.0),
        ("inhabitants", 160.0),
        ("places-S1", 7.84),
        ("parking", 80.0),
        ("parking_area", 2_000.0),
        ("sealed", 6_000.0),
        ("green", 4_000.0),
        ("cost", 8_000.0 * 755.0 * 2.0 * 0.9),
    ] {
        assert!((value(s, id).unwrap() - want).abs() < 1e-6 * want, "{id}: {:?}", value(s, id));
    }
    let cost = s.figures.iter().find(|f| f.id == "cost").unwrap();
    assert!(cost.formula.de.contains("755 €/m²") && cost.formula.de.contains("200,0 / 100") && cost.source.contains("ImmoWertV"));
    assert_eq!(found.by_use, [("residential".to_string(), 10_000.0)]);
}

#[test]
fn what_is_drawn_goes_before_what_is_told_and_existing_buildings_do_not_count() {
    let site = hectare("s").text("use", "residential").real("grz", 0.4).real("gfz", 0.8);
    let old = f("old", rect(0.0, 0.0, 10.0, 10.0)).real("storeys", 1.0);
    let new = f("new", rect(20.0, 20.0, 70.0, 40.0)).real("storeys", 4.0);
    let city = city(&[site], &[old, new]);
    let found = figures(&city, &Assumptions::default(), &|l, r| &*l.layer.ids[r as usize] == "new");
    let s = &found.sites[0];
    assert_eq!((value(s, "floor_area"), value(s, "dwellings")), (Some(4_000.0), Some(40.0)));
    let untold = f("new", rect(20.0, 20.0, 70.0, 40.0));
    let site = hectare("s").text("use", "residential").real("gfz", 0.8);
    let city = self::city(&[site], &[untold]);
    let found = figures(&city, &Assumptions::default(), &|_, _| true);
    assert_eq!(
        value(&found.sites[0], "floor_area"),
        None,
        "a drawn building without storeys is unknown, not nothing"
    );
}

#[test]
fn unknown_sites_are_counted_and_never_summed_as_zero() {
    let known = hectare("a").text("use", "residential").real("gfz", 0.8);
    let bare = hectare("b").text("use", "residential").null("gfz");
    let industry = hectare("c").text("use", "industrial").text("baunvo", "GI");
    let found = figures(&city(&[known, bare, industry], &[]), &Assumptions::default(), &|_, _| false);
    let total = |id: &str| found.totals.iter().find(|t| t.id == id).map(|t| (t.value, t.unknown));
    assert_eq!(total("area"), Some((30_000.0, 0)));
    assert_eq!(total("dwellings"), Some((80.0, 1)), "industry has none and is not asked");
    assert_eq!(total("floor_area"), Some((8_000.0 + 24_000.0, 1)));
    assert_eq!(total("cost").unwrap().1, 2, "no floor, and no price for industry");
    assert_eq!(found.by_use[0].0, "residential");
}
