//! The valley: the river's course, ground heights and the gentle warp that bends every straight line of the plan.
//!
//! The town is drawn in *plan* coordinates (centre of the market at 0, 0) and warped into the *town*, which then moves
//! to its place in the project CRS.

use super::smooth::noise;
use crate::estimate::plane::{P, add, sub};
use std::f64::consts::TAU;

/// Where the market lies in EPSG:25833.
pub(super) const PLACE: P = [318_400.0, 5_748_200.0];

/// Size and shape of the valley.
#[derive(Debug, Clone, Copy)]
pub(super) struct Land {
    pub seed: u64,
    /// 1 for 5,000 buildings; lengths grow with it.
    pub scale: f64,
    /// Radius of the old town.
    pub old_town_m: f64,
    /// Half the width of the river.
    pub river_half_m: f64,
    /// Half extents of the town's area.
    pub half: P,
    /// Land drawn beyond that.
    pub margin_m: f64,
}

fn smooth(from: f64, to: f64, x: f64) -> f64 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

impl Land {
    pub fn new(buildings: usize, seed: u64) -> Self {
        let scale = (buildings as f64 / 5000.0).sqrt().max(0.3);
        Self {
            seed,
            scale,
            old_town_m: 205.0 * scale.powf(0.45),
            river_half_m: 17.0 * scale.powf(0.3),
            half: [1230.0 * scale, 960.0 * scale],
            margin_m: 420.0 * scale.powf(0.5),
        }
    }

    /// The river's middle in plan coordinates: north of it lies the old town, in the bend.
    pub fn river_y(&self, x: f64) -> f64 {
        let t = x / self.scale;
        let swing =
            118.0 * (1.0 - (TAU * t / 1480.0 + 0.12).cos()) + 30.0 * (TAU * t / 630.0).sin() - 26.0 * (TAU * t / 2900.0 + 0.4).sin();
        -(self.old_town_m + self.river_half_m + 26.0) + self.scale * (swing + 5.0)
    }

    /// Distance from the river's middle, positive to the north.
    pub fn river_offset(&self, p: P) -> f64 {
        let step = 4.0 * self.scale;
        let slope = (self.river_y(p[0] + step) - self.river_y(p[0] - step)) / (2.0 * step);
        (p[1] - self.river_y(p[0])) / (1.0 + slope * slope).sqrt()
    }

    /// A point of the river's left (+1) or right (−1) bank.
    pub fn bank(&self, x: f64, side: f64) -> P {
        let step = 4.0 * self.scale;
        let slope = (self.river_y(x + step) - self.river_y(x - step)) / (2.0 * step);
        let n = (1.0 + slope * slope).sqrt();
        let half = side * self.river_half_m * (1.0 + 0.12 * (x / (170.0 * self.scale)).sin());
        [x - half * slope / n, self.river_y(x) + half / n]
    }

    /// Height of the water.
    pub fn water_m(&self, x: f64) -> f64 {
        62.0 - 0.0006 * x
    }

    /// Height above the water at a plan point.
    pub fn rise_m(&self, p: P) -> f64 {
        let offset = self.river_offset(p);
        let d = offset.abs();
        let s = self.scale;
        let bumps = noise(self.seed ^ 11, p, 260.0 * s.sqrt());
        let fine = noise(self.seed ^ 12, p, 90.0);
        let bank = smooth(self.river_half_m - 3.0, self.river_half_m + 9.0, d);
        let plain = 1.9 + 0.75 * bumps + 0.3 * fine + 0.006 * (d - self.river_half_m).max(0.0).min(150.0 * s);
        let terrace = 5.5 * smooth(95.0 * s, 235.0 * s, d + 45.0 * s * bumps);
        // The southern hills stand nearer to the river than the northern ones.
        let (foot, top) = if offset > 0.0 {
            (830.0 * s, 1480.0 * s)
        } else {
            (400.0 * s, 1010.0 * s)
        };
        let wander = 110.0 * s * noise(self.seed ^ 13, p, 520.0 * s) + 40.0 * s * bumps;
        let hills = smooth(foot, top, d + wander) * s.powf(0.35) * (78.0 + 20.0 * noise(self.seed ^ 14, p, 380.0 * s) + 6.0 * fine);
        let slope = 7.0 * smooth(150.0 * s, 700.0 * s, d);
        let mound = 4.2 * smooth(1.25, 0.55, (p[0].hypot(p[1] - 10.0)) / self.old_town_m);
        bank * (plain + terrace + slope + mound + hills)
    }

    /// Ground height at a plan point.
    pub fn ground_m(&self, p: P) -> f64 {
        self.water_m(p[0]) + self.rise_m(p)
    }

    fn shift(&self, p: P) -> P {
        let wave = |k: u64, size: f64| noise(self.seed ^ k, p, size);
        let broad = 330.0 * self.scale.powf(0.25);
        [
            24.0 * wave(21, broad) + 7.0 * wave(22, 120.0),
            24.0 * wave(23, broad) + 7.0 * wave(24, 120.0),
        ]
    }

    /// From plan to town coordinates.
    pub fn warp(&self, p: P) -> P {
        add(p, self.shift(p))
    }

    /// From town to plan coordinates.
    pub fn unwarp(&self, q: P) -> P {
        let mut p = q;
        for _ in 0..5 {
            p = sub(q, self.shift(p));
        }
        p
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::plane::distance;

    #[test]
    fn the_warp_can_be_undone_and_the_old_town_stands_above_the_flood() {
        let land = Land::new(5000, 7);
        for p in [[0.0, 0.0], [731.0, -402.0], [-1100.0, 900.0]] {
            assert!(distance(land.unwarp(land.warp(p)), p) < 0.05);
        }
        assert!(land.rise_m([0.0, 0.0]) > 4.0);
        assert!(land.rise_m([0.0, land.river_y(0.0)]) < 0.1);
        assert!(land.rise_m([200.0, 1500.0]) > 35.0);
    }
}
