//! Which coordinate system a file without a usable one is probably in: of those in use, the ones that put it nearest to the project.

use super::{ProjectCrs, crs};
use crate::model::Bbox;

/// Systems in which German and neighbouring data come, in order of their use: UTM, UTM with the zone before the easting,
/// Gauß-Krüger, degrees, Web Mercator, Swiss and Austrian.
const CANDIDATES: [u32; 14] = [
    25832, 25833, 4647, 5650, 31466, 31467, 31468, 31469, 4326, 3857, 2056, 31254, 31255, 31256,
];
/// Farther away than this, a guess explains nothing.
const FARTHEST_M: f64 = 100_000.0;
/// Points a side of the box that are looked at.
const STEPS: usize = 4;

/// A coordinate system that a file may be in.
#[derive(Debug, Clone, PartialEq)]
pub struct CrsGuess {
    /// EPSG code.
    pub epsg: u32,
    /// Its name.
    pub name: String,
    /// Where the file would then lie, project CRS.
    pub extent: Bbox,
    /// Gap between that and the project; 0 where they meet.
    pub distance_m: f64,
}

/// The gap between two boxes.
fn gap_m(a: &Bbox, b: &Bbox) -> f64 {
    let gap = |k: usize| (b.min[k] - a.max[k]).max(a.min[k] - b.max[k]).max(0.0);
    gap(0).hypot(gap(1))
}

/// The code's name, and where a box of its coordinates lies in the project; `None` where it makes no sense.
fn place(epsg: u32, extent: Bbox, project: &ProjectCrs) -> Option<(String, Bbox)> {
    let definition = format!("EPSG:{epsg}");
    let facts = crs::describe(&definition).ok()?;
    let bounds = crs::bounds(&definition, &facts).ok()?;
    let at = |i: usize, j: usize| {
        let f = |k: usize| k as f64 / STEPS as f64;
        [
            extent.min[0] + (extent.max[0] - extent.min[0]) * f(i),
            extent.min[1] + (extent.max[1] - extent.min[1]) * f(j),
        ]
    };
    let mut points: Vec<[f64; 2]> = (0..=STEPS).flat_map(|i| (0..=STEPS).map(move |j| at(i, j))).collect();
    if !points.iter().all(|p| bounds.contains(*p)) {
        return None;
    }
    crs::transform(&definition, project.definition(), &mut points).ok()?;
    points.iter().all(|p| p[0].is_finite()).then(|| (facts.name, Bbox::around(&points)))
}

/// Whether coordinates in this box can be of that system at all, wherever they then lie.
pub fn suits(epsg: u32, extent: Bbox, project: &ProjectCrs) -> bool {
    extent.is_empty() || place(epsg, extent, project).is_some()
}

/// Coordinate systems that put `extent` near `home`, the nearest first; the project's own is among the candidates.
pub fn guess_crs(extent: Bbox, project: &ProjectCrs, home: Bbox) -> Vec<CrsGuess> {
    if extent.is_empty() || home.is_empty() || !extent.min.iter().chain(&extent.max).all(|v| v.is_finite()) {
        return vec![];
    }
    let mut codes = vec![project.epsg()];
    codes.extend(CANDIDATES.into_iter().filter(|c| *c != project.epsg()));
    let mut guesses: Vec<CrsGuess> = codes
        .into_iter()
        .filter_map(|epsg| {
            let (name, placed) = place(epsg, extent, project)?;
            Some(CrsGuess {
                epsg,
                name,
                distance_m: gap_m(&placed, &home),
                extent: placed,
            })
        })
        .filter(|g| g.distance_m <= FARTHEST_M)
        .collect();
    // Stable: of equals the one in wider use stays first.
    guesses.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
    guesses
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place in several systems, all of them recognised.
    fn recognised(lonlat: [f64; 2], project: u32, systems: &[u32]) {
        let project = ProjectCrs::from_epsg(project).unwrap();
        let at = project.from_lonlat(lonlat).unwrap();
        let home = Bbox::new(at, at).buffered(2_500.0);
        for epsg in systems {
            let mut corners = [home.min, home.max, [home.min[0], home.max[1]], [home.max[0], home.min[1]]];
            crs::transform(project.definition(), &format!("EPSG:{epsg}"), &mut corners).unwrap();
            let guesses = guess_crs(Bbox::around(&corners), &project, home);
            assert_eq!(guesses.first().map(|g| g.epsg), Some(*epsg), "{guesses:?}");
            assert_eq!(guesses[0].distance_m, 0.0);
        }
    }

    #[test]
    fn the_place_tells_the_system() {
        recognised([13.34, 52.53], 25833, &[25833, 25832, 5650, 31468, 4326, 3857]);
        recognised([14.3, 51.1], 25833, &[25833, 31469, 5650, 4326]);
        recognised([9.52, 47.14], 25832, &[25832, 2056, 4326]);
        recognised([6.96, 50.94], 25832, &[25832, 31466, 4647]);
    }

    #[test]
    fn what_lies_nowhere_near_is_not_guessed() {
        let project = ProjectCrs::from_epsg(25832).unwrap();
        let home = Bbox::new([500_000.0, 5_300_000.0], [510_000.0, 5_310_000.0]);
        // A drawing in local metres.
        assert_eq!(guess_crs(Bbox::new([0.0, 0.0], [400.0, 300.0]), &project, home), []);
        assert_eq!(guess_crs(Bbox::EMPTY, &project, home), []);
        let metres = Bbox::new([387_000.0, 5_820_000.0], [388_000.0, 5_821_000.0]);
        assert!(suits(25833, metres, &project) && !suits(4326, metres, &project));
    }
}
