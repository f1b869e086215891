//! The known facts of a real Berlin district: shares of area that another program computed are stored beside the geometry,
//! so this is a foreign oracle for reading, reprojection-free loading, overlap areas and the rules.

mod common;

use geo::Buffer;
use stadtschicht::{
    geometry::{self, PreparedArea, PreparedEdges, Scratch},
    model::{Geometries, Layer},
    progress::Control,
    project, rules, why,
};

fn layer<'a>(city: &'a project::City, slot: &str) -> &'a Layer {
    &city
        .layer(&slot.into())
        .unwrap_or_else(|| panic!("{slot} is filled: {:?}", city.slot(&slot.into()).map(|s| &s.data)))
        .layer
}

/// Share of each row of `sites` covered by those rows of `of` that `keep` chooses. The covering rows do not overlap one another.
fn shares(sites: &Geometries, of: &Geometries, keep: impl Fn(usize) -> bool) -> Vec<f64> {
    let mut scratch = Scratch::default();
    let cover: Vec<PreparedArea> = (0..of.len()).filter(|r| keep(*r)).map(|r| PreparedArea::new(of, r)).collect();
    (0..sites.len())
        .map(|row| {
            let site = PreparedArea::new(sites, row);
            cover.iter().map(|c| geometry::overlap_area_m2(&site, c, &mut scratch)).sum::<f64>() / geometry::area_m2(sites, row)
        })
        .collect()
}

fn oracle(layer: &Layer, attribute: &str) -> Vec<f64> {
    (0..layer.len())
        .map(|r| layer.attributes.value(attribute, r).as_f64().expect(attribute))
        .collect()
}

/// The stored shares are rounded to two decimals.
fn assert_close(ours: &[f64], theirs: &[f64], what: &str) {
    assert_eq!(ours.len(), theirs.len());
    for (row, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() < 0.0051, "{what}, site {row}: {a} here, {b} there");
    }
}

/// Moabit, opened; `None` without the folder of real data.
fn moabit() -> Option<project::City> {
    let data = common::real_data()?;
    let dir = tempfile::tempdir().unwrap();
    common::moabit_project(&data, dir.path());
    Some(project::open(dir.path(), &Control::default()).unwrap())
}

#[test]
fn moabit_agrees_with_its_known_facts() {
    let Some(city) = moabit() else { return };
    let sites = layer(&city, "land_potential/sites");
    assert_eq!(sites.len(), 50);
    let hectares: f64 = (0..50).map(|r| geometry::area_m2(&sites.geometry, r)).sum::<f64>() / 1e4;
    assert!((hectares - 110.8).abs() < 0.05, "{hectares} ha");
    assert_eq!(layer(&city, "land_potential/buildings").len(), 3834);

    let noise = layer(&city, "environmental_load/noise_lden");
    assert_eq!(noise.len(), 5);
    let loud = shares(&sites.geometry, &noise.geometry, |r| {
        noise.attributes.value("lden_db", r).as_f64() >= Some(65.0)
    });
    assert_close(&loud, &oracle(sites, "anteil_lden65"), "Lden >= 65");
    assert_eq!(loud.iter().filter(|s| **s > 0.30).count(), 11);

    let preserved = layer(&city, "social_infrastructure/preservation_areas");
    let inside = shares(&sites.geometry, &preserved.geometry, |_| true);
    assert_close(&inside, &oracle(sites, "anteil_milieuschutz"), "Milieuschutz");
    assert_eq!(inside.iter().filter(|s| **s > 0.5).count(), 4);

    assert_eq!(oracle(sites, "laerm_kat").iter().filter(|k| **k == 3.0).count(), 34);
    let places: f64 = oracle(layer(&city, "social_infrastructure/kitas"), "places").iter().sum();
    assert!(places > 1000.0, "{places} Kita places");
    assert_eq!(layer(&city, "social_infrastructure/kitas").len(), 158);

    // The rule finds the same ground: every site it reports shares area with a band from 65 dB(A), and none is missed.
    let evaluation = rules::evaluate(&city, &Control::default());
    let n1 = evaluation.outcomes.iter().find(|o| o.rule == "N1").expect("N1 ran");
    assert!(n1.subjects > 0 && n1.conflicts > 0, "{n1:?}");
    for conflict in evaluation.conflicts.iter().filter(|c| c.rule == "N1") {
        let share = loud[conflict.subject.row as usize];
        assert!(
            (conflict.share_percent.unwrap() / 100.0 - share).abs() < 1e-6,
            "{}: {:?} against {share}",
            conflict.id,
            conflict.share_percent
        );
        assert!(conflict.proxy, "a modelled noise map is not an official one");
    }
    // No flood map, no forest, no terrain here: rules that need them answer "unknown" for every subject, never "clear".
    let mut blind = 0;
    for o in &evaluation.outcomes {
        let rule = city.rule(&o.rule).unwrap();
        if matches!(city.slot(&rule.object.slot).unwrap().data, project::SlotData::Missing { .. }) {
            assert_eq!((o.conflicts, o.clear, o.unknown), (0, 0, o.subjects), "{o:?}");
            blind += o.unknown;
        }
    }
    assert!(blind > 0);
}

/// The bank of every water within 50 m, joined so that two waters count once, and the share of each site that lies on it.
#[test]
fn seven_sites_have_a_tenth_of_their_area_on_the_bank() {
    const BANK_M: f64 = 50.0;
    let Some(city) = moabit() else { return };
    let sites = layer(&city, "land_potential/sites");
    let water = city.layer(&"environmental_load/water".into()).unwrap();
    let mut scratch = Scratch::default();
    let shares: Vec<f64> = (0..sites.len())
        .map(|row| {
            let near = water.index.rows_in(&sites.geometry.bbox(row).buffered(BANK_M));
            let edges = PreparedEdges::new(&sites.geometry, row);
            let near: Vec<usize> = near
                .into_iter()
                .map(|r| r as usize)
                .filter(|r| geometry::distance_m(&edges, &PreparedEdges::new(&water.layer.geometry, *r), BANK_M).is_some())
                .collect();
            if near.is_empty() {
                return 0.0;
            }
            let banks: Vec<_> = near
                .iter()
                .map(|r| geometry::multi_polygon(&water.layer.geometry, *r).buffer(BANK_M))
                .collect();
            let bank = geometry::from_geo(&[geometry::union(&banks).unwrap()]);
            let site = PreparedArea::new(&sites.geometry, row);
            let shared_m2 = geometry::overlap_area_m2(&site, &PreparedArea::new(&bank, 0), &mut scratch);
            assert!(shared_m2 > 0.0, "site {row} is nearer than {BANK_M} m and shares no bank");
            shared_m2 / geometry::area_m2(&sites.geometry, row)
        })
        .collect();
    // Arcs are drawn with corners, here and there: half a thousandth more than the rounding.
    for (row, (ours, theirs)) in shares.iter().zip(oracle(sites, "anteil_uferzone50")).enumerate() {
        assert!((ours - theirs).abs() < 0.0056, "site {row}: {ours} here, {theirs} there");
    }
    assert_eq!(shares.iter().filter(|s| **s > 0.10).count(), 7);
}

/// Floor area of residential buildings an inhabitant, by planning area. Buildings are of 2019, inhabitants of 2022: where a new
/// quarter has risen in between, the two do not belong together.
#[test]
fn heidestrasse_has_inhabitants_without_houses() {
    let Some(city) = moabit() else { return };
    let buildings = layer(&city, "land_potential/buildings");
    let areas = layer(&city, "social_infrastructure/population");
    let index = &city.layer(&"social_infrastructure/population".into()).unwrap().index;
    let mut floor_m2 = vec![0.0; areas.len()];
    for row in 0..buildings.len() {
        // The codes 1000 to 1999 of the building function are residential buildings.
        let residential = (1000.0..2000.0).contains(&buildings.attributes.value("function", row).as_f64().unwrap());
        let storeys = buildings.attributes.value("storeys", row).as_f64().unwrap();
        let Some(place) = geometry::point_on_surface(&buildings.geometry, row).filter(|_| residential) else {
            continue;
        };
        for area in index.rows_in(&stadtschicht::model::Bbox::new(place, place)) {
            if geometry::contains(&areas.geometry, area as usize, place) {
                floor_m2[area as usize] += storeys * geometry::area_m2(&buildings.geometry, row);
            }
        }
    }
    let a_head = |name: &str| {
        let row = (0..areas.len()).find(|r| areas.attributes.value("PLR_NAME", *r).as_str() == Some(name));
        let row = row.unwrap_or_else(|| panic!("{name} is a planning area"));
        floor_m2[row] / areas.attributes.value("inhabitants", row).as_f64().unwrap()
    };
    // The planning areas of the two districts of Moabit.
    let all = [
        "Huttenkiez",
        "Beusselkiez",
        "Emdener Straße",
        "Bremer Straße",
        "Zwinglistraße",
        "Elberfelder Straße",
        "Stephankiez",
        "Heidestraße",
        "Lübecker Straße",
        "Thomasiusstraße",
        "Zillesiedlung",
        "Lüneburger Straße",
    ]
    .map(a_head);
    assert_eq!(all.iter().filter(|m2| (46.0..=65.0).contains(*m2)).count(), 10, "{all:?}");
    assert!((a_head("Heidestraße") - 11.6).abs() < 0.05, "{}", a_head("Heidestraße"));
    let dates = ["land_potential/buildings", "social_infrastructure/population"].map(|s| layer(&city, s).data_date());
    assert!(dates[0] < dates[1], "{dates:?}");
}

/// Two sites and a place outside every layer of the real district, as the window's key W and `why` answer them.
#[test]
fn moabit_is_told_spot_by_spot() {
    let Some(city) = moabit() else { return };
    let evaluation = rules::evaluate(&city, &Control::default());
    let ask = |at| why::why(&city, &evaluation, at, &Control::default()).unwrap();
    let sites = layer(&city, "land_potential/sites");
    let shares = oracle(sites, "anteil_milieuschutz");
    let mut seen = 0;
    for row in (0..sites.len()).filter(|r| shares[*r] > 0.5) {
        let at = geometry::point_on_surface(&sites.geometry, row).unwrap();
        let answer = ask(at);
        let site = answer.spot.site.as_ref().expect("the spot lies on a site");
        let told = &answer
            .spot
            .layers
            .iter()
            .find(|l| l.slot == "social_infrastructure/preservation_areas".into())
            .unwrap();
        let share: f64 = told.values.iter().filter_map(|v| v.share_percent).sum();
        if site.row as usize == row && !told.values.is_empty() {
            assert!(
                (share / 100.0 - shares[row]).abs() < 0.0051,
                "{row}: {share} %, {} there",
                shares[row]
            );
            seen += 1;
        }
        // Every conflict of the site is told at the spot with its law, and nothing without data is called clear.
        for c in evaluation
            .conflicts
            .iter()
            .filter(|c| c.subject.slot == site.slot && c.subject.row == site.row)
        {
            let rule = answer.spot.rules.iter().find(|r| r.rule == c.rule).unwrap();
            assert!(rule.verdict == rules::Verdict::Conflict && rule.source.is_some(), "{}", c.id);
        }
        assert_eq!(answer.spot.layers.len(), city.slots.len());
        // Each rule of the modules once; building law stands behind them.
        let told = |id: &str| answer.spot.rules.iter().filter(|r| r.rule == id).count();
        assert!(city.rules().all(|r| told(&r.id) == 1));
        assert!(answer.more.uses.uses.iter().any(|u| u.score.is_some() || u.excluded.is_some()));
    }
    assert!(seen >= 2, "{seen} sites told");
    // A kilometre east of everything: nothing is called free of conflict.
    let extent = city.extent();
    let outside = ask([extent.max[0] + 1000.0, extent.max[1]]);
    assert!(outside.spot.rules.iter().all(|r| r.verdict != rules::Verdict::Clear));
    // A layer that reaches farther by itself says that its coverage is only assumed.
    let honest = |l: &rules::SpotLayer| l.unknown || !l.values.is_empty() || l.reason.is_some();
    let claims: Vec<_> = outside.spot.layers.iter().filter(|l| !honest(l)).map(|l| &l.slot).collect();
    assert!(claims.is_empty(), "{claims:?} claim to know what lies outside of them");
}
