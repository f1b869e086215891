//! Road noise: the emission of RLS-19 (2019), a simplified propagation, Lden and Lnight on a grid.
//!
//! Simplified: every line source is cut into short pieces that act as points; houses only damp on average (as in ISO 9613-2,
//! A.3); no screening by single buildings, no reflections, no gradients. A model calculation, not an official noise map.

use super::contour::Grid;
use super::plane::P;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The kinds of road that RLS-19 gives default traffic for (table 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoadType {
    /// Autobahnen, Kraftfahrstraßen.
    Motorway,
    /// Bundesstraßen.
    Federal,
    /// Landes-, Kreis- and Gemeindeverbindungsstraßen.
    State,
    /// Gemeindestraßen.
    Municipal,
}

/// Shares of light and heavy lorries in percent and of the daily traffic in one hour, by day and by night.
struct Traffic {
    hourly: [f64; 2],
    lorries: [(f64, f64); 2],
}

fn traffic(road: RoadType) -> Traffic {
    let (hourly, lorries) = match road {
        RoadType::Motorway => ([0.0555, 0.0140], [(3.0, 11.0), (10.0, 25.0)]),
        RoadType::Federal => ([0.0575, 0.0100], [(3.0, 7.0), (7.0, 13.0)]),
        RoadType::State => ([0.0575, 0.0100], [(3.0, 5.0), (5.0, 6.0)]),
        RoadType::Municipal => ([0.0575, 0.0100], [(3.0, 4.0), (3.0, 4.0)]),
    };
    Traffic { hourly, lorries }
}

/// Length-related sound power of a road in dB(A), by day and by night: `dtv` vehicles a day at `speed_kmh`, with a correction for the surface.
/// Lorries drive at most 80 km/h, on motorways 90; nothing is slower than 30 km/h.
pub(crate) fn power_db(dtv: f64, speed_kmh: f64, road: RoadType, surface_db: f64) -> [f64; 2] {
    let t = traffic(road);
    let car = speed_kmh.clamp(30.0, 130.0);
    let lorry = car.min(if road == RoadType::Motorway { 90.0 } else { 80.0 });
    let base = |v: f64, a: f64, b: f64, c: f64| a + 10.0 * (1.0 + (v / b).powf(c)).log10() + surface_db;
    let groups = [
        (car, base(car, 88.0, 20.0, 3.06)),
        (lorry, base(lorry, 100.3, 40.0, 4.33)),
        (lorry, base(lorry, 105.4, 50.0, 4.88)),
    ];
    [0, 1].map(|k| {
        let m = t.hourly[k] * dtv;
        let (p1, p2) = t.lorries[k];
        let shares = [1.0 - (p1 + p2) / 100.0, p1 / 100.0, p2 / 100.0];
        let sum: f64 = shares.iter().zip(groups).map(|(s, (v, l))| m * s * 10f64.powf(0.1 * l) / v).sum();
        10.0 * sum.log10() - 30.0
    })
}

/// A piece of a line: its middle, its length in metres, its power by day and by night in dB(A) per metre.
pub(crate) type Piece = (P, f64, [f64; 2]);

/// How far noise is followed.
const REACH_M: usize = 620;

/// Damping from a source 0.5 m above ground to a receiver at 4 m, in dB.
fn damping_db(s: f64) -> f64 {
    let s = s.max(3.0);
    let spread = 20.0 * s.log10() + 10.0 * std::f64::consts::TAU.log10();
    let air = s / 200.0;
    let ground = (4.8 - (2.0 * 2.25 / s) * (17.0 + 300.0 / s)).max(0.0);
    let houses = (0.08 * (s - 22.0)).clamp(0.0, 11.0);
    spread + air + ground.max(houses)
}

/// Lden and Lnight at the nodes of a grid.
pub(crate) fn levels(pieces: &[Piece], min: P, max: P, step_m: f64) -> [Grid; 2] {
    // Energy falls with distance alone, so it is looked up by whole metres.
    let table: Vec<f64> = (0..=REACH_M + 1).map(|s| 10f64.powf(-0.1 * damping_db(s as f64))).collect();
    let cell = REACH_M as f64;
    // Middle, energy by day and by night, and how far it is heard.
    type Heard = (P, [f64; 2], f64);
    let mut cells: BTreeMap<(i32, i32), Vec<Heard>> = BTreeMap::new();
    let key = |p: P| ((p[0] / cell).floor() as i32, (p[1] / cell).floor() as i32);
    for (p, l, power) in pieces {
        let energy = power.map(|d| l * 10f64.powf(0.1 * d));
        // Quiet lanes are heard less far.
        let reach = if power[0] > 76.0 { cell } else { 150.0 };
        cells.entry(key(*p)).or_default().push((*p, energy, reach));
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
    let at: Vec<[f64; 2]> = (0..grid.values.len())
        .into_par_iter()
        .map(|k| level(grid.point(k % grid.width, k / grid.width)))
        .collect();
    let (mut lden, mut lnight) = (grid.clone(), grid);
    for (k, [day, night]) in at.into_iter().enumerate() {
        lden.values[k] = den(day, night);
        lnight.values[k] = night;
    }
    [lden, lnight]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emission_follows_rls19() {
        // 575 vehicles an hour, 3 % and 4 % lorries at 50 km/h: 10 lg(575·(0.93·10^10.04 + 0.03·10^10.59 + 0.04·10^10.84)/50) − 30.
        let day = power_db(10_000.0, 50.0, RoadType::Municipal, 0.0)[0];
        let by_hand =
            10.0 * (575.0f64 * (0.93 * 10f64.powf(10.04) + 0.03 * 10f64.powf(10.59) + 0.04 * 10f64.powf(10.84)) / 50.0).log10() - 30.0;
        assert!((day - by_hand).abs() < 0.1, "{day} {by_hand}");
        // Twice the traffic is 3 dB, and a surface adds what it adds.
        let twice = power_db(20_000.0, 50.0, RoadType::Municipal, 2.0)[0];
        assert!((twice - day - 5.0103).abs() < 0.001, "{twice}");
        // Lorries keep to their own limit: above it only the cars get louder.
        assert!(power_db(1000.0, 130.0, RoadType::Motorway, 0.0)[0] < power_db(1000.0, 100.0, RoadType::Motorway, 0.0)[0] + 2.5);
    }

    #[test]
    fn a_long_straight_road_is_as_loud_as_the_line_source_says() {
        let pieces: Vec<Piece> = (-200..200).map(|k| ([5.0 * f64::from(k) + 2.5, 0.0], 5.0, [80.0, 70.0])).collect();
        let [_, night] = levels(&pieces, [0.0, 0.0], [10.0, 40.0], 10.0);
        let at = |y: f64| night.values[night.node([0.0, y]).unwrap_or(0)];
        // An endless line source over open ground: 70 − 10 lg(2 s) at 10 m is 57.0; ground and houses far along the road take a little.
        assert!((55.5..57.2).contains(&at(10.0)), "{}", at(10.0));
        assert!(at(20.0) < at(10.0) - 2.5 && at(40.0) < at(20.0) - 2.5);
    }
}
