//! Noise of Musterstadt's roads and railway: which lines sound, and how loud; [`crate::estimate`] carries it over the town.

use super::land::Land;
use super::network::{Class, Line};
use crate::estimate::contour::Grid;
use crate::estimate::plane::{P, densify, distance, lerp};
use crate::estimate::road::{Piece, RoadType, levels, power_db};

/// Levels at the nodes in dB(A).
#[derive(Debug)]
pub(super) struct Noise {
    pub lden: Grid,
    pub lnight: Grid,
}

/// Quieter streets are left out, as on the maps of main roads.
const LEAST_DTV: i64 = 1500;

/// A double-track main line with freight trains at night.
const RAIL_POWER_DB: [f64; 2] = [80.0, 78.5];

fn road_type(class: Class) -> RoadType {
    match class {
        Class::Trunk => RoadType::Federal,
        Class::Primary | Class::Secondary => RoadType::State,
        _ => RoadType::Municipal,
    }
}

impl Noise {
    /// Levels over a rectangle of the town. Side streets carry traffic only where `in_town`.
    pub fn of(land: &Land, lines: &[Line], in_town: &(dyn Fn(P) -> bool + Sync), min: P, max: P, step_m: f64) -> Self {
        let mut pieces: Vec<Piece> = vec![];
        for line in lines {
            let power = match line.class {
                Class::Rail => RAIL_POWER_DB,
                c if c.is_street() && line.dtv >= LEAST_DTV => power_db(line.dtv as f64, line.maxspeed as f64, road_type(c), 0.0),
                _ => continue,
            };
            let points: Vec<P> = densify(&line.points, 14.0).into_iter().map(|p| land.warp(p)).collect();
            for w in points.windows(2) {
                let (l, middle) = (distance(w[0], w[1]), lerp(w[0], w[1], 0.5));
                if line.is_main() || in_town(middle) {
                    pieces.push((middle, l, power));
                }
            }
        }
        let [lden, lnight] = levels(&pieces, min, max, step_m);
        Self { lden, lnight }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_louder_nearer_to_the_road() {
        let land = Land::new(5000, 1);
        let line = Line {
            class: Class::Primary,
            name: String::new(),
            half_m: 9.0,
            dtv: 10_000,
            maxspeed: 50,
            points: vec![[-500.0, 0.0], [500.0, 0.0]],
            used: true,
        };
        let n = Noise::of(&land, &[line], &|_| true, [-20.0, 0.0], [20.0, 400.0], 20.0);
        let at = |y: f64| n.lden.values[n.lden.node([0.0, y]).unwrap()];
        // 82.1 dB(A) per metre by day; an endless straight line over open ground gives 82.1 − 10 lg(2·20) = 66.1, the night's share
        // adds about 2 for Lden, and houses along the far pieces take up to 5.
        assert!((62.5..69.0).contains(&at(20.0)), "{}", at(20.0));
        assert!(at(60.0) < at(20.0) && at(400.0) < at(60.0) - 8.0);
    }
}
