//! Detached and semi-detached houses, rows, garages and sheds along a street.

use super::buildings::{Building, Built, GARAGE_STYLE, SHED_STYLE, Style, building};
use super::quarters::Block;
use crate::estimate::plane::{Frame, P, add, along_line, contains, left, lerp, line_length, mul, rectangle, sub, turn};
use crate::random::Random;
/// Houses along the street: detached, semi-detached or in rows.
pub(super) struct Houses {
    pub lot_m: (f64, f64),
    pub setback_m: (f64, f64),
    pub house_m: (f64, f64),
    /// Units side by side.
    pub row: (i64, i64),
    pub garage: f64,
    /// Share of lots left free.
    pub free: f64,
}

impl Houses {
    pub fn build(&self, block: &Block, id: usize, style: &Style, built: &mut Built, rng: &mut Random) {
        let frame = Frame::around(&block.ring);
        let depth_m = (0.94 * frame.half_width).min(34.0);
        for front in block.fronts() {
            let total = line_length(&front);
            let mut s = rng.range(2.0, 5.0);
            // Neighbours keep a building line.
            let line = rng.range(self.setback_m.0, self.setback_m.1);
            while !built.is_full() {
                let units = rng.whole(self.row.0, self.row.1);
                let lot = if units > 2 { 1.0 } else { rng.range(self.lot_m.0, self.lot_m.1) };
                let unit_m = rng.range(self.house_m.0, self.house_m.1);
                let length = if units > 2 { units as f64 * unit_m + 5.0 } else { lot };
                if s + length > total - 1.0 {
                    break;
                }
                let (p, t) = along_line(&front, s + 0.5 * length);
                s += length;
                let n = left(t);
                if rng.chance(self.free) && units <= 2 {
                    let u = mul(t, 0.5 * length - 0.3);
                    let plot = [
                        sub(p, u),
                        add(p, u),
                        add(add(p, u), mul(n, depth_m - 1.0)),
                        add(sub(p, u), mul(n, depth_m - 1.0)),
                    ];
                    let plot: Vec<P> = plot.iter().map(|q| add(*q, mul(n, 0.6))).collect();
                    if plot.iter().all(|q| contains(&block.ring, *q)) && built.occupancy.is_free(std::slice::from_ref(&plot), 0.5) {
                        built.occupancy.add(std::slice::from_ref(&plot));
                        built.lots.push((plot, id));
                    }
                    continue;
                }
                let setback = line + rng.range(-0.4, 0.6);
                if units > 2 {
                    self.row(block, id, style, (p, t), (units, unit_m, setback), built, rng);
                } else {
                    self.single(block, id, style, (p, t), (units, setback, length), built, rng);
                }
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn row(
        &self,
        block: &Block,
        id: usize,
        style: &Style,
        (p, t): (P, P),
        (units, unit_m, setback): (i64, f64, f64),
        built: &mut Built,
        rng: &mut Random,
    ) {
        let n = left(t);
        let house = rng.range(9.5, 11.5);
        let year = rng.whole(style.years.0, style.years.1);
        for k in 0..units {
            let offset = (k as f64 - 0.5 * (units - 1) as f64) * unit_m;
            let middle = add(add(p, mul(t, offset)), mul(n, setback + 0.5 * house));
            let ring = rectangle(middle, t, unit_m, house);
            built.place(Some(&block.ring), &[ring.clone()], 0.0, || Building {
                year,
                ..building(ring, style, id, rng)
            });
            let shed = rectangle(add(add(p, mul(t, offset)), mul(n, setback + house + 12.0)), t, 2.6, 2.4);
            if rng.chance(0.3) {
                built.place(Some(&block.ring), &[shed.clone()], 0.3, || building(shed, &SHED_STYLE, id, rng));
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn single(
        &self,
        block: &Block,
        id: usize,
        style: &Style,
        (p, t): (P, P),
        (units, setback, lot): (i64, f64, f64),
        built: &mut Built,
        rng: &mut Random,
    ) {
        let n = left(t);
        let t = turn(t, rng.range(-0.05, 0.05));
        let wide = (rng.range(self.house_m.0, self.house_m.1) * if units == 2 { 1.45 } else { 1.0 }).min(lot - 5.0);
        let deep = rng.range(8.5, 11.0);
        let shift = if rng.chance(self.garage) {
            -0.5 * (lot - wide - 5.4).clamp(0.0, 3.5)
        } else {
            0.0
        };
        let middle = add(add(p, mul(t, shift)), mul(n, setback + 0.5 * deep));
        let mut parts = vec![rectangle(middle, t, wide, deep)];
        let mut ring = parts[0].clone();
        if rng.chance(0.3) && units == 1 {
            // A gable or winter garden towards the back makes an L.
            let (w, d) = (wide * rng.range(0.4, 0.55), rng.range(2.5, 4.5));
            let right = rng.chance(0.5);
            let side = if right { 0.5 } else { -0.5 };
            let back = add(middle, add(mul(t, side * (wide - w)), mul(left(t), 0.5 * (deep + d))));
            let wing = rectangle(back, t, w, d);
            ring = if right {
                vec![ring[0], ring[1], wing[2], wing[3], wing[0], ring[3]]
            } else {
                vec![ring[0], ring[1], ring[2], wing[1], wing[2], wing[3]]
            };
            parts.push(wing);
        }
        if units == 2 {
            let (a, b) = (lerp(ring[0], ring[1], 0.5), lerp(ring[3], ring[2], 0.5));
            let halves = [vec![ring[0], a, b, ring[3]], vec![a, ring[1], ring[2], b]];
            let year = rng.whole(style.years.0, style.years.1);
            for half in halves {
                built.place(Some(&block.ring), &[half.clone()], 0.0, || Building {
                    year,
                    ..building(half, style, id, rng)
                });
            }
        } else if !built.place(Some(&block.ring), &parts, 2.4, || building(ring, style, id, rng)) {
            return;
        }
        if rng.chance(self.garage) {
            let at = add(add(p, mul(t, shift + 0.5 * wide + 2.0)), mul(n, setback + rng.range(3.0, 6.5)));
            let garage = rectangle(at, left(t), 6.0, 3.1);
            built.place(Some(&block.ring), &[garage.clone()], 0.15, || {
                building(garage, &GARAGE_STYLE, id, rng)
            });
        }
        if rng.chance(0.22) {
            let at = add(
                p,
                add(mul(t, rng.range(-0.35, 0.35) * lot), mul(n, setback + deep + rng.range(7.0, 13.0))),
            );
            let shed = rectangle(at, t, rng.range(2.5, 4.0), rng.range(2.4, 3.2));
            built.place(Some(&block.ring), &[shed.clone()], 0.5, || building(shed, &SHED_STYLE, id, rng));
        }
    }
}
