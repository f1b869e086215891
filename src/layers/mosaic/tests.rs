//! Seams, holes, resolutions and budgets of mosaics.

use super::*;
use crate::model::{Provenance, Report};

fn raw(crs: &str, origin: [f64; 2], cell: f64, [width, height]: [usize; 2], value: impl Fn(f64, f64) -> f32) -> RawRaster {
    let at = |k: usize| {
        let (row, column) = (k / width, k % width);
        value(origin[0] + (column as f64 + 0.5) * cell, origin[1] - (row as f64 + 0.5) * cell)
    };
    RawRaster {
        file: format!("{crs} {origin:?}"),
        raster: Raster {
            width,
            height,
            origin,
            cell_m: [cell; 2],
            values: (0..width * height).map(at).collect(),
            provenance: vec![Provenance::default()],
        },
        crs: Some(crs.into()),
        driver: "test".into(),
        report: Report::default(),
    }
}

fn mosaic(project: u32, over: Option<Bbox>, budget: u64, tiles: Vec<RawRaster>) -> (Raster, Vec<Finding>) {
    let project = ProjectCrs::from_epsg(project).unwrap();
    let mut m = Mosaic::new(&project, over, budget);
    for t in tiles {
        m.add(t).unwrap();
    }
    m.finish(&Control::default()).unwrap().unwrap()
}

/// A slope that no lattice favours.
fn slope(x: f64, y: f64) -> f32 {
    (100.0 + (x - 390_000.0) * 0.05 + (y - 5_820_000.0) * 0.03) as f32
}

#[test]
fn tiles_of_one_lattice_meet_without_a_seam_even_in_another_system() {
    let tile = |k: f64| raw("EPSG:25833", [390_000.0 + k * 100.0, 5_820_100.0], 1.0, [100, 100], slope);
    let (own, _) = mosaic(25833, None, BUDGET_CELLS, vec![tile(0.0), tile(1.0), tile(2.0)]);
    assert_eq!((own.width, own.height, own.provenance.len()), (300, 100, 3));
    assert!((own.interpolate([390_100.0, 5_820_050.0]).unwrap() - f64::from(slope(390_100.0, 5_820_050.0))).abs() < 1e-3);
    // Across the seam the slope goes on: interpolated from both tiles, as if they were one.
    let (other, _) = mosaic(25832, None, BUDGET_CELLS, vec![tile(0.0), tile(1.0)]);
    let utm32 = ProjectCrs::from_epsg(25832).unwrap();
    for dx in [-0.4, -0.1, 0.0, 0.2, 0.45] {
        let mut p = [[390_100.0 + dx, 5_820_050.0]];
        crs::transform("EPSG:25833", utm32.definition(), &mut p).unwrap();
        let v = other.interpolate(p[0]).unwrap();
        assert!((v - f64::from(slope(390_100.0 + dx, 5_820_050.0))).abs() < 0.01, "{dx} {v}");
    }
}

#[test]
fn the_first_wins_and_the_other_fills_its_holes() {
    let hole = |x: f64, y: f64| {
        if (390_040.0..390_060.0).contains(&x) && y < 5_820_050.0 {
            f32::NAN
        } else {
            1.0
        }
    };
    let a = raw("EPSG:25833", [390_000.0, 5_820_100.0], 10.0, [10, 10], hole);
    let b = raw("EPSG:25833", [390_000.0, 5_820_100.0], 10.0, [20, 10], |_, _| 2.0);
    let (r, _) = mosaic(25833, None, BUDGET_CELLS, vec![a, b]);
    assert_eq!(r.width, 20);
    assert_eq!(r.value_at([390_005.0, 5_820_005.0]), Some(1.0));
    assert_eq!(r.value_at([390_045.0, 5_820_005.0]), Some(2.0));
    assert_eq!(r.value_at([390_155.0, 5_820_005.0]), Some(2.0));
}

#[test]
fn the_finest_wins_whatever_the_order_and_the_system() {
    let coarse = raw("EPSG:4326", [13.30, 52.56], 0.002, [60, 40], |_, _| 50.0);
    let fine = raw("EPSG:25833", [388_000.0, 5_821_000.0], 10.0, [50, 50], |x, _| (x / 100.0) as f32);
    let (r, _) = mosaic(25833, None, BUDGET_CELLS, vec![coarse, fine]);
    assert_eq!(r.cell_m, [10.0, 10.0]);
    let at = r.value_at([388_105.0, 5_820_705.0]).unwrap();
    assert!((at - 3881.05).abs() < 1e-3, "own cells are kept as they are: {at}");
    assert_eq!(r.value_at([389_000.0, 5_820_705.0]), Some(50.0));
    assert_eq!(r.value_at([380_000.0, 5_820_705.0]), None, "what nobody knows stays a hole");
}

#[test]
fn a_mosaic_beyond_the_budget_is_averaged_and_says_so() {
    let tile = |k: f64| raw("EPSG:25833", [390_000.0 + k * 101.0, 5_820_101.0], 1.0, [101, 101], slope);
    let (r, findings) = mosaic(25833, None, 12_000, (0..4).map(|k| tile(f64::from(k))).collect());
    assert_eq!(r.cell_m, [2.0, 2.0]);
    assert!(r.values.len() <= 12_000 && r.values.iter().all(|v| !v.is_nan()));
    assert_eq!(findings[0].code, "LY-140");
    assert!(
        findings[0].text.de.contains("1 m") && findings[0].text.de.contains("2 m"),
        "{}",
        findings[0].text.de
    );
    let p = [390_203.0, 5_820_050.0];
    assert!((r.interpolate(p).unwrap() - f64::from(slope(p[0], p[1]))).abs() < 0.1);
}

#[test]
fn tiles_far_apart_do_not_ask_for_the_grid_between_them() {
    let here = raw("EPSG:25833", [390_000.0, 5_820_000.0], 1.0, [50, 50], slope);
    let there = raw("EPSG:25833", [440_000.0, 5_860_000.0], 1.0, [50, 50], slope);
    let (r, findings) = mosaic(25833, None, 1_000_000, vec![here, there]);
    assert!(r.values.len() <= 1_000_000 && findings[0].code == "LY-140");
}

#[test]
fn tiles_beside_the_box_are_not_needed() {
    let project = ProjectCrs::from_epsg(25833).unwrap();
    let over = Bbox::new([390_000.0, 5_820_000.0], [390_050.0, 5_820_050.0]);
    let mut m = Mosaic::new(&project, Some(over), BUDGET_CELLS);
    assert!(m.add(raw("EPSG:25833", [390_000.0, 5_820_100.0], 1.0, [100, 100], slope)).unwrap());
    assert!(!m.add(raw("EPSG:25833", [390_100.0, 5_820_100.0], 1.0, [100, 100], slope)).unwrap());
    assert!(
        m.add(raw("EPSG:25832", [390_000.0, 5_820_100.0], 1.0, [100, 100], slope))
            .is_ok_and(|used| !used)
    );
    let (r, _) = m.finish(&Control::default()).unwrap().unwrap();
    assert_eq!((r.width, r.height), (50, 50));
}
