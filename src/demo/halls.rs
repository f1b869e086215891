//! Slabs, halls and huts: buildings set in a grid over the block.

use super::buildings::{Building, Built, GARAGE_STYLE, SHED_STYLE, Style, building};
use super::quarters::Block;
use crate::estimate::plane::{Frame, add, left, mul, rectangle, turn};
use crate::random::Random;
/// Long parallel slabs with green between them, split at their staircases, and now and then a tower.
pub(super) fn slabs(block: &Block, id: usize, style: &Style, built: &mut Built, rng: &mut Random) {
    let frame = Frame::around(&block.ring);
    let (deep, gap) = (rng.range(10.5, 12.0), rng.range(23.0, 28.0));
    let year = rng.whole(style.years.0, style.years.1);
    let storeys = rng.whole(style.storeys.0, style.storeys.1);
    let across = frame.half_length > 75.0 && rng.chance(0.5);
    let (half_u, half_v) = if across {
        (frame.half_width, frame.half_length)
    } else {
        (frame.half_length, frame.half_width)
    };
    let u_axis = if across { left(frame.along) } else { frame.along };
    let at = |u: f64, v: f64| add(frame.center, add(mul(u_axis, u), mul(left(u_axis), v)));
    let mut v = -half_v + 0.5 * deep + 6.0;
    let mut index = 0;
    while v < half_v - 0.5 * deep - 4.0 {
        let mut u = -half_u + rng.range(7.0, 14.0) + if index % 2 == 1 { 6.0 } else { 0.0 };
        if rng.chance(0.07) && half_v > 40.0 {
            let tower = rectangle(at(rng.range(-0.5, 0.5) * half_u, v + 4.0), u_axis, 21.0, 19.0);
            let high = Style {
                storeys: (8, 11),
                roof_m: 1.4,
                ..*style
            };
            built.place(Some(&block.ring), &[tower.clone()], 9.0, || Building {
                year: year + 4,
                ..building(tower, &high, id, rng)
            });
        }
        while u < half_u - 20.0 {
            let entries = rng.whole(3, 5);
            let entry_m = rng.range(14.5, 17.5);
            for k in 0..entries {
                let ring = rectangle(at(u + (k as f64 + 0.5) * entry_m, v), u_axis, entry_m, deep);
                built.place(Some(&block.ring), &[ring.clone()], 0.0, || Building {
                    year,
                    storeys,
                    height_m: storeys as f64 * style.storey_m + style.roof_m,
                    ..building(ring, style, id, rng)
                });
            }
            u += entries as f64 * entry_m + rng.range(12.0, 18.0);
        }
        v += deep + gap;
        index += 1;
    }
    for _ in 0..3 {
        let p = frame.at(rng.range(-0.9, 0.9) * frame.half_length, rng.range(-0.9, 0.9) * frame.half_width);
        let ring = rectangle(p, frame.along, 3.0 * rng.whole(5, 9) as f64, 5.8);
        built.place(Some(&block.ring), &[ring.clone()], 5.0, || building(ring, &GARAGE_STYLE, id, rng));
    }
}

/// Large buildings in a grid with yards between them: halls, markets, clinics, barracks.
pub(super) struct Halls {
    pub long_m: (f64, f64),
    pub wide_m: (f64, f64),
    pub yard_m: (f64, f64),
    /// Chance that a place in the grid is used.
    pub fill: f64,
}

impl Halls {
    pub fn build(&self, block: &Block, id: usize, styles: &[Style], built: &mut Built, rng: &mut Random) {
        let frame = Frame::around(&block.ring);
        let mut v = -frame.half_width + rng.range(5.0, 9.0);
        while v < frame.half_width - 10.0 && !built.is_full() {
            let row_m = rng.range(self.wide_m.0, self.wide_m.1).min(2.0 * frame.half_width - 9.0);
            let mut u = -frame.half_length + rng.range(5.0, 12.0);
            while u < frame.half_length - 10.0 {
                let long = rng.range(self.long_m.0, self.long_m.1);
                if !rng.chance(self.fill) {
                    u += 0.6 * long;
                    continue;
                }
                let style = &styles[rng.whole(0, styles.len() as i64 - 1) as usize];
                let mut size = [long, row_m * rng.range(0.8, 1.0)];
                let mut used = None;
                for _ in 0..4 {
                    let ring = rectangle(frame.at(u + 0.5 * size[0], v + 0.5 * size[1]), frame.along, size[0], size[1]);
                    if built.place(Some(&block.ring), &[ring.clone()], 3.0, || building(ring, style, id, rng)) {
                        used = Some(size[0]);
                        break;
                    }
                    size = [size[0] * 0.78, size[1] * 0.85];
                }
                // In a crooked corner of the block the next place is tried a few metres on.
                u += used.map_or(7.0, |l| l + rng.range(self.yard_m.0, self.yard_m.1));
            }
            v += row_m + rng.range(self.yard_m.0, self.yard_m.1);
        }
    }
}

/// Rows of garden huts.
pub(super) fn allotments(block: &Block, id: usize, built: &mut Built, rng: &mut Random) {
    let frame = Frame::around(&block.ring);
    let mut v = -frame.half_width + 5.0;
    while v < frame.half_width {
        let mut u = -frame.half_length + 7.0;
        while u < frame.half_length {
            let p = frame.at(u + rng.range(-2.0, 2.0), v + rng.range(-1.5, 1.5));
            let ring = rectangle(p, turn(frame.along, rng.range(-0.1, 0.1)), rng.range(4.0, 5.6), rng.range(3.6, 4.4));
            if rng.chance(0.9) {
                built.place(Some(&block.ring), &[ring.clone()], 3.0, || building(ring, &SHED_STYLE, id, rng));
            }
            u += 16.5;
        }
        v += 23.0;
    }
}
