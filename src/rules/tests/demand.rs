//! Zonal statistics and capacity.

use super::{close, counts, run, subject};
use crate::{
    model::{Coverage, GeometryKind, Provenance, Raster, Severity},
    rules::testing::{F, TestCity, f, layer, rect, rule},
};

/// 4 × 2 cells of 10 m; the north-east cell is a hole.
fn heat() -> Raster {
    Raster {
        width: 4,
        height: 2,
        origin: [0.0, 20.0],
        cell_m: [10.0, 10.0],
        values: vec![30.0, 36.0, 42.0, f32::NAN, 30.0, 36.0, 42.0, 42.0],
        provenance: vec![Provenance {
            unofficial: true,
            data_date: Some("2019".into()),
            ..Provenance::default()
        }],
    }
}

const PET: &str = r#"
[predicate.zonal]
statistic = "mean"
[predicate.zonal.threshold]
unit = "°C"
limit = 29.0
step = [{ limit = 35.0, severity = 3 }, { limit = 41.0, severity = 4 }]
"#;

#[test]
fn the_mean_of_the_cells_gives_value_and_severity() {
    let sites = [
        f("30", rect(0.0, 0.0, 10.0, 20.0)),
        f("33", rect(0.0, 0.0, 20.0, 20.0)),
        f("39", rect(10.0, 0.0, 30.0, 20.0)),
        f("hole", rect(20.0, 0.0, 40.0, 20.0)),
        f("only hole", rect(31.0, 11.0, 39.0, 19.0)),
        f("beside", rect(35.0, 0.0, 55.0, 10.0)),
    ];
    let e = run(TestCity::new()
        .polygons("m/sites", &sites)
        .grid("m/objects", heat())
        .rule(rule("R1", PET)));
    assert_eq!(counts(&e), (5, 0, 1));
    let of = |id: &str| (subject(&e, id).measured.value, subject(&e, id).severity);
    assert_eq!(of("30"), (30.0, Severity::Weigh));
    assert_eq!(of("33"), (33.0, Severity::Weigh));
    assert_eq!(of("39"), (39.0, Severity::Restricted));
    assert_eq!(of("hole"), (42.0, Severity::Prohibited));
    // A hole of 100 m², 64 m² of nothing but hole, and 150 m² beside the raster.
    assert!(close(e.outcomes[0].unknown_area_m2, 100.0 + 64.0 + 150.0), "{:?}", e.outcomes[0]);
    let c = subject(&e, "hole");
    assert!(close(c.share_percent.unwrap(), 75.0) && close(c.area_m2.unwrap(), 300.0));
    assert_eq!((c.proxy, c.data_date.as_deref()), (true, Some("2019")));
    assert!(
        c.reasons.iter().any(|r| r.de.contains("kein amtlicher Datensatz")),
        "{:?}",
        c.reasons
    );
    assert_eq!(c.reasons[0].de, "Flächenmittel aus „objects (de)“: 42 °C; Schwelle: 29 °C.");
}

#[test]
fn exactly_the_limit_and_the_share_over_it() {
    let sites = [f("s", rect(0.0, 0.0, 20.0, 20.0))];
    let with = |text: String| {
        counts(&run(TestCity::new()
            .polygons("m/sites", &sites)
            .grid("m/objects", heat())
            .rule(rule("R1", &text))))
    };
    assert_eq!(with(PET.replace("29.0", "33.0")), (0, 1, 0));
    assert_eq!(with(PET.replace("29.0", "33.0\ncomparison = \">=\"")), (1, 0, 0));
    let max = |share: f64| {
        PET.replace("\"mean\"", &format!("\"max\"\nmin_share_percent = {share:?}"))
            .replace("29.0", "33.0")
    };
    assert_eq!(with(max(50.0)), (1, 0, 0));
    assert_eq!(with(max(51.0)), (0, 1, 0));
}

const KITA: &str = r#"
[predicate.capacity]
catchment_m = 300.0
places_attribute = "places"
unit = { de = "Plätze", en = "places" }
population = "m/population"
demand_per_inhabitant = 0.05
floor_area_per_dwelling_m2 = 100.0
inhabitants_per_dwelling = 2.0
gfz_by_baunvo = { WA = 1.2 }
warn_percent = 100.0
grave_percent = 115.0
"#;

fn site() -> F {
    // 1 ha × 1.2 / 100 m² = 120 dwellings, 240 inhabitants, 12 places.
    f("s", rect(0.0, 0.0, 100.0, 100.0)).text("baunvo", "WA")
}

fn kitas(places: f64) -> Vec<F> {
    vec![
        f("near", vec![[400.0, 50.0]]).real("places", places),
        f("too far", vec![[400.1, 50.0]]).real("places", 1000.0),
    ]
}

/// 800 inhabitants, of whom half live in the catchment.
fn people() -> Vec<F> {
    vec![f("b", rect(350.0, 40.0, 450.0, 42.0)).real("inhabitants", 800.0)]
}

fn capacity(site: F, kitas: &[F], people: &[F]) -> crate::rules::Evaluation {
    run(TestCity::new()
        .polygons("m/sites", &[site])
        .points("m/objects", kitas)
        .polygons("m/population", people)
        .rule(rule("S1", KITA)))
}

#[test]
fn demand_meets_places_in_the_catchment() {
    // 400 × 0.05 = 20 existing and 12 new: 32 places, exactly full.
    assert_eq!(counts(&capacity(site(), &kitas(32.0), &people())), (0, 1, 0));
    let e = capacity(site(), &kitas(30.0), &people());
    assert_eq!(counts(&e), (1, 0, 0));
    let c = subject(&e, "s");
    assert!(
        close(c.measured.value, 100.0 * 32.0 / 30.0) && c.measured.unit == "%",
        "{:?}",
        c.measured
    );
    assert_eq!(
        (c.severity, c.objects.len(), c.threshold.as_ref().unwrap().value),
        (Severity::Weigh, 1, 100.0)
    );
    let de: Vec<&str> = c.reasons.iter().map(|r| r.de.as_str()).collect();
    assert_eq!(
        de[..6],
        [
            "Auslastung: 32 / 30 = 107 %; Schwelle: 100 %.",
            "Wohnungen: 1,0 ha × GFZ 1,2 / 100 m² = 120.",
            "Einwohner: 120 × 2 = 240.",
            "Neuer Bedarf: 240 × 0,05 = 12 Plätze.",
            "Bedarf im Bestand: 400 Einwohner im Umkreis von 300 m × 0,05 = 20 Plätze.",
            "Angebot: 30 Plätze aus „objects (de)“ im Umkreis von 300 m (1 Einrichtungen).",
        ]
    );
    assert_eq!(
        subject(&capacity(site(), &kitas(27.0), &people()), "s").severity,
        Severity::Restricted
    );
}

#[test]
fn told_dwellings_go_before_derived_ones() {
    let e = capacity(site().real("dwellings", 10.0), &kitas(20.5), &people());
    assert!(close(subject(&e, "s").measured.value, 100.0 * 21.0 / 20.5));
    assert_eq!(counts(&capacity(site().real("dwellings", 0.0), &kitas(1.0), &people())), (0, 1, 0));
    assert_eq!(counts(&capacity(site().real("gfz", 0.4), &kitas(24.0), &people())), (0, 1, 0));
}

#[test]
fn no_place_at_all_is_told_in_places() {
    let e = capacity(site(), &kitas(1.0)[1..], &people());
    let c = subject(&e, "s");
    assert_eq!(
        (c.measured.unit.as_str(), c.measured.value, c.severity),
        ("Plätze", 32.0, Severity::Restricted)
    );
    assert_eq!(c.reasons[0].en, "For a demand of 32 places there is no place in the catchment.");
}

#[test]
fn what_nobody_knows_stays_unknown() {
    let silent = [
        f("near", vec![[150.0, 50.0]]).null("places"),
        f("other", vec![[160.0, 50.0]]).real("places", 5.0),
    ];
    assert_eq!(counts(&capacity(site(), &silent, &people())), (0, 0, 1));
    let zoneless = f("s", rect(0.0, 0.0, 100.0, 100.0)).text("baunvo", "SO");
    assert_eq!(counts(&capacity(zoneless, &kitas(50.0), &people())), (0, 0, 1));
    let mut more = people();
    more.push(f("?", rect(0.0, 150.0, 10.0, 160.0)).null("inhabitants"));
    assert_eq!(counts(&capacity(site(), &kitas(50.0), &more)), (0, 0, 1));
    // Too little already without the people nobody counted.
    let e = capacity(site(), &kitas(30.0), &more);
    assert_eq!(counts(&e), (1, 0, 0));
    assert!(close(e.outcomes[0].unknown_area_m2, 10_000.0));
    let missing = TestCity::new()
        .polygons("m/sites", &[site()])
        .points("m/objects", &kitas(50.0))
        .missing("m/population");
    let e = run(missing.rule(rule("S1", KITA)));
    assert_eq!(counts(&e), (0, 0, 1));
    assert_eq!(
        e.outcomes[0].reasons[0].de,
        "Keine Daten für „population (de)“ (m/population): nicht gebunden."
    );
}

#[test]
fn both_sides_must_be_covered() {
    let with = |kitas_cover: Coverage, people_cover: Coverage| {
        let mut city = TestCity::new()
            .polygons("m/sites", &[site()])
            .layer(layer("m/objects", GeometryKind::Point, &kitas(50.0), kitas_cover))
            .layer(layer("m/population", GeometryKind::Polygon, &people(), people_cover))
            .rule(rule("S1", KITA));
        city.area = Some(crate::rules::testing::geometries(
            GeometryKind::Polygon,
            &[rect(-50.0, 0.0, 50.0, 100.0)],
        ));
        let e = run(city);
        (counts(&e), e.outcomes[0].unknown_area_m2, e.outcomes[0].coverage_assumed)
    };
    let right = crate::rules::testing::geometries(GeometryKind::Polygon, &[rect(0.0, 0.0, 150.0, 100.0)]);
    assert_eq!(with(Coverage::Undeclared, Coverage::Undeclared), ((0, 1, 0), 0.0, true));
    assert_eq!(with(Coverage::Polygons(right.clone()), Coverage::Undeclared).0, (0, 1, 0));
    let both = with(Coverage::Polygons(right), Coverage::AreaOfInterest);
    assert!(both.0 == (0, 0, 1) && close(both.1, 5000.0), "{both:?}");
}
