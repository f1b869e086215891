//! Noise of roads and railway on a grid: the emission of RLS-19 (2019), a simplified propagation, Lden and Lnight.
//!
//! Simplified: every line source is cut into short pieces that act as points; houses only damp on average (as in ISO 9613-2,
//! A.3); no screening by single buildings, no reflections. A model calculation, not an official noise map.

use super::contour::Grid;
use super::land::Land;
use super::network::{Class, Line};
use super::plane::{P, densify, distance, lerp};

/// Levels at the nodes in dB(A).
#[derive(Debug)]
pub(super) struct Noise {
    pub lden: Grid,
    pub lnight: Grid,
}

/// Quieter streets are left out, as on the maps of main roads.
const LEAST_DTV: i64 = 1500;

/// A piece of a line: its middle, its energy by day and by night, and how far it is heard.
type Source = (P, [f64; 2], f64);

/// Shares of light and heavy lorries in percent and of the daily traffic in one hour, by day and by night.
struct Traffic {
    hourly: [f64; 2],
    lorries: [(f64, f64); 2],
}

fn traffic(class: Class) -> Traffic {
    let (hourly, lorries) = match class {
        Class::Trunk => ([0.0575, 0.0100], [(3.0, 7.0), (7.0, 13.0)]),
        Class::Primary | Class::Secondary => ([0.0575, 0.0100], [(3.0, 5.0), (5.0, 6.0)]),
        _ => ([0.0575, 0.0100], [(3.0, 4.0), (3.0, 4.0)]),
    };
    Traffic { hourly, lorries }
}

/// Length-related sound power of a road in dB(A), by day and by night.
fn road_power_db(line: &Line) -> [f64; 2] {
    let t = traffic(line.class);
    let v = (line.maxspeed as f64).max(30.0);
    let base = |a: f64, b: f64, c: f64| a + 10.0 * (1.0 + (v / b).powf(c)).log10();
    let levels = [base(88.0, 20.0, 3.06), base(100.3, 40.0, 4.33), base(105.4, 50.0, 4.88)];
    [0, 1].map(|k| {
        let m = t.hourly[k] * line.dtv as f64;
        let (p1, p2) = t.lorries[k];
        let shares = [1.0 - (p1 + p2) / 100.0, p1 / 100.0, p2 / 100.0];
        let sum: f64 = shares.iter().zip(levels).map(|(s, l)| m * s * 10f64.powf(0.1 * l) / v).sum();
        10.0 * sum.log10() - 30.0
    })
}

/// A double-track main line with freight trains at night.
const RAIL_POWER_DB: [f64; 2] = [80.0, 78.5];

/// Damping from a source 0.5 m above ground to a receiver at 4 m, in dB.
fn damping_db(s: f64) -> f64 {
    let s = s.max(3.0);
    let spread = 20.0 * s.log10() + 10.0 * std::f64::consts::TAU.log10();
    let air = s / 200.0;
    let ground = (4.8 - (2.0 * 2.25 / s) * (17.0 + 300.0 / s)).max(0.0);
    let houses = (0.08 * (s - 22.0)).clamp(0.0, 11.0);
    spread + air + ground.max(houses)
}

impl Noise {
    /// Levels over a rectangle of the town. Side streets carry traffic only where `in_town`.
    pub fn of(land: &Land, lines: &[Line], in_town: &(dyn Fn(P) -> bool + Sync), min: P, max: P, step_m: f64) -> Self {
        let mut pieces: Vec<(P, f64, [f64; 2])> = vec![];
        for line in lines {
            let power = match line.class {
                Class::Rail => RAIL_POWER_DB,
                c if c.is_street() && line.dtv >= LEAST_DTV => road_power_db(line),
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
        // Energy falls with distance alone, so it is looked up by whole metres.
        const REACH_M: usize = 620;
        let table: Vec<f64> = (0..=REACH_M + 1).map(|s| 10f64.powf(-0.1 * damping_db(s as f64))).collect();
        let cell = REACH_M as f64;
        let mut cells: std::collections::BTreeMap<(i32, i32), Vec<Source>> = std::collections::BTreeMap::new();
        let key = |p: P| ((p[0] / cell).floor() as i32, (p[1] / cell).floor() as i32);
        for (p, l, power) in pieces {
            let energy = power.map(|d| l * 10f64.powf(0.1 * d));
            // Quiet lanes are heard less far.
            let reach = if power[0] > 76.0 { cell } else { 150.0 };
            cells.entry(key(p)).or_default().push((p, energy, reach));
        }
        let grid = Grid::new(min, max, step_m);
        let level = |p: P| -> [f64; 2] {
            let (x, y) = key(p);
            let mut sum = [1e-9; 2];
            for c in (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y))) {
                for (q, energy, reach) in cells.get(&c).map_or(&[][..], Vec::as_slice) {
                    let (dx, dy) = (p[0] - q[0], p[1] - q[1]);
                    let square = dx * dx + dy * dy;
                    if square < reach * reach {
                        let s = square.sqrt();
                        let k = s as usize;
                        let t = table[k] + (s - k as f64) * (table[k + 1] - table[k]);
                        sum[0] += energy[0] * t;
                        sum[1] += energy[1] * t;
                    }
                }
            }
            sum.map(|e| 10.0 * e.log10())
        };
        // The evening hours belong to the day of RLS-19.
        let den = |day: f64, night: f64| {
            let e = |l: f64| 10f64.powf(0.1 * l);
            10.0 * ((12.0 * e(day) + 4.0 * e(day + 5.0) + 8.0 * e(night + 10.0)) / 24.0).log10()
        };
        use rayon::prelude::*;
        let levels: Vec<[f64; 2]> = (0..grid.values.len())
            .into_par_iter()
            .map(|k| level(grid.point(k % grid.width, k / grid.width)))
            .collect();
        let (mut lden, mut lnight) = (grid.clone(), grid);
        for (k, [day, night]) in levels.into_iter().enumerate() {
            lden.values[k] = den(day, night);
            lnight.values[k] = night;
        }
        Self { lden, lnight }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emission_follows_rls19() {
        let line = Line {
            class: Class::Residential,
            name: String::new(),
            half_m: 5.0,
            dtv: 10_000,
            maxspeed: 50,
            points: vec![],
            used: true,
        };
        // 575 vehicles an hour, 3 % and 4 % lorries at 50 km/h: 10 lg(575·(0.93·10^10.04 + 0.03·10^10.59 + 0.04·10^10.84)/50) − 30.
        let day = road_power_db(&line)[0];
        let by_hand =
            10.0 * (575.0f64 * (0.93 * 10f64.powf(10.04) + 0.03 * 10f64.powf(10.59) + 0.04 * 10f64.powf(10.84)) / 50.0).log10() - 30.0;
        assert!((day - by_hand).abs() < 0.1, "{day} {by_hand}");
    }

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
