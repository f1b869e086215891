//! The known facts of a real Berlin district: shares of area that another program computed are stored beside the geometry,
//! so this is a foreign oracle for reading, reprojection-free loading, overlap areas and the rules.

mod common;

use stadtschicht::{
    geometry::{self, PreparedArea, Scratch},
    model::{Geometries, Layer},
    progress::Control,
    project, rules,
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

#[test]
fn moabit_agrees_with_its_known_facts() {
    let Some(data) = common::real_data() else { return };
    let dir = tempfile::tempdir().unwrap();
    common::moabit_project(&data, dir.path());
    let city = project::open(dir.path(), &Control::default()).unwrap();

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
