//! Closed street fronts with courtyards: the old town and the quarters of the 19th century.

use super::buildings::{Built, Style, building, convex};
use super::houses::Houses;
use super::quarters::Block;
use crate::estimate::plane::{
    Frame, P, add, along_line, area, contains, distance, dot, left, lerp, line_length, mul, rectangle, sub, unit,
};
use crate::random::Random;
/// Closed street fronts around a courtyard.
pub(super) struct Perimeter {
    pub front_m: (f64, f64),
    pub depth_m: f64,
    /// Share of plots left free.
    pub gaps: f64,
    /// Rear buildings in the courtyard.
    pub rear: f64,
}

impl Perimeter {
    pub fn build(&self, block: &Block, id: usize, style: &Style, built: &mut Built, rng: &mut Random) {
        let frame = Frame::around(&block.ring);
        let width = 2.0 * frame.half_width;
        if block.corners.len() < 3 || width < 13.0 {
            let singles = Houses {
                lot_m: (12.0, 15.0),
                setback_m: (0.5, 1.5),
                house_m: (9.0, 11.0),
                row: (1, 2),
                garage: 0.1,
                free: 0.0,
            };
            return singles.build(block, id, style, built, rng);
        }
        let depth = if width < 2.0 * self.depth_m + 9.0 {
            (0.5 * width - 1.2).min(self.depth_m)
        } else {
            self.depth_m
        };
        let fronts = block.fronts();
        let n = fronts.len();
        let mitre: Vec<P> = (0..n)
            .map(|k| {
                let (a, b) = (&fronts[(k + n - 1) % n], &fronts[k]);
                let (r, s) = (unit(sub(a[a.len() - 1], a[a.len() - 2])), unit(sub(b[1], b[0])));
                let half = add(left(r), left(s));
                let stretch = (2.0 / dot(half, half).max(0.25)).min(2.4);
                add(b[0], mul(half, depth * stretch))
            })
            .collect();
        // Cuts at the same fractions of the outer and the inner line.
        let cuts: Vec<Vec<(P, P)>> = (0..n)
            .map(|k| {
                let outer = &fronts[k];
                let mut inner = vec![mitre[k]];
                for i in 1..outer.len() - 1 {
                    let t = unit(sub(outer[i + 1], outer[i - 1]));
                    let p = add(outer[i], mul(left(t), depth));
                    // Only what lies between the mitres.
                    let ahead = |from: P, to: P| dot(sub(to, from), t) > 0.0;
                    if ahead(inner[inner.len() - 1], p) && ahead(p, mitre[(k + 1) % n]) {
                        inner.push(p);
                    }
                }
                inner.push(mitre[(k + 1) % n]);
                let (lo, li) = (line_length(outer), line_length(&inner));
                let mut at = vec![0.0];
                // The first and last plot are parts of corner houses.
                let corner = (depth + 3.0).min(0.3 * lo);
                let middle = lo - 2.0 * corner;
                let count = (middle / rng.range(self.front_m.0, self.front_m.1)).round().max(1.0);
                for i in 0..=count as usize {
                    let jitter = if i == 0 || i as f64 == count { 0.0 } else { rng.range(-0.16, 0.16) };
                    at.push(corner + middle * (i as f64 + jitter) / count);
                }
                at.push(lo);
                // Between the corner houses party walls stand square to the street.
                let rest = (0.5 * (li - middle)).max(0.5).min(0.4 * li);
                let inner_at = |s: f64| match () {
                    () if s <= 0.0 => 0.0,
                    () if s >= lo => li,
                    () => rest + (s - corner) / middle * (li - 2.0 * rest),
                };
                at.iter()
                    .map(|s| (along_line(outer, *s).0, along_line(&inner, inner_at(*s)).0))
                    .collect()
            })
            .collect();
        for k in 0..n {
            let (before, here) = (&cuts[(k + n - 1) % n], &cuts[k]);
            let (bl, hl) = (before[before.len() - 2], here[1]);
            let one = vec![bl.0, here[0].0, here[0].1, bl.1];
            let two = vec![here[0].0, hl.0, hl.1, here[0].1];
            let ring = vec![bl.0, here[0].0, hl.0, hl.1, here[0].1, bl.1];
            let convex = convex(&one) && convex(&two);
            if convex && distance(here[0].0, here[0].1) < 2.3 * depth {
                built.place(None, &[one, two], 0.0, || {
                    let mut b = building(ring, style, id, rng);
                    b.storeys = b.storeys.max(style.storeys.1);
                    b
                });
            }
            self.front(here, block, id, style, built, rng);
        }
        let court: Vec<P> = cuts.iter().flat_map(|c| c[1..c.len() - 1].iter().map(|p| p.1)).collect();
        if area(&court) > 350.0 {
            built
                .courts
                .push((court.iter().map(|p| lerp(*p, frame.center, 0.06)).collect(), id));
            self.courtyard(&court, id, built, rng);
        }
    }

    fn front(&self, cuts: &[(P, P)], block: &Block, id: usize, style: &Style, built: &mut Built, rng: &mut Random) {
        for w in cuts[1..cuts.len() - 1].windows(2) {
            let ((oa, ia), (ob, ib)) = (w[0], w[1]);
            let f = rng.range(0.8, 1.0);
            let ring = vec![oa, ob, lerp(ob, ib, f), lerp(oa, ia, f)];
            if !convex(&ring) {
                continue;
            }
            if rng.chance(self.gaps) && area(&ring) > 100.0 {
                let deep = |o: P, i: P| add(o, mul(sub(i, o), 1.75));
                let plot = vec![oa, ob, deep(ob, ib), deep(oa, ia)];
                let (front, back) = (distance(oa, ob), distance(plot[2], plot[3]));
                if convex(&plot)
                    && (0.75..1.3).contains(&(back / front))
                    && plot[2..].iter().all(|p| contains(&block.ring, *p))
                    && built.occupancy.is_free(std::slice::from_ref(&plot), 0.0)
                {
                    built.occupancy.add(std::slice::from_ref(&plot));
                    built.gaps.push((plot, id));
                    continue;
                }
            }
            let placed = built.place(None, &[ring.clone()], 0.0, || building(ring, style, id, rng));
            if placed && rng.chance(self.rear) {
                // A wing behind the house, along one party wall.
                let back = unit(sub(ia, oa));
                let (from, to) = (lerp(oa, ia, f), lerp(ob, ib, f));
                let wide = 0.38 * distance(from, to);
                let reach = rng.range(6.0, 13.0);
                let across = mul(unit(sub(to, from)), wide);
                let wing = vec![
                    from,
                    add(from, across),
                    add(add(from, across), mul(back, reach)),
                    add(from, mul(back, reach)),
                ];
                let low = Style {
                    storeys: (1, (style.storeys.1 - 1).max(1)),
                    roof: 1000,
                    roof_m: 0.5,
                    ..*style
                };
                built.place(Some(&block.ring), &[wing.clone()], 0.0, || building(wing, &low, id, rng));
            }
        }
    }

    fn courtyard(&self, court: &[P], id: usize, built: &mut Built, rng: &mut Random) {
        let frame = Frame::around(court);
        let workshop = Style {
            function: "31001_2100",
            usage: "commercial",
            storeys: (1, 2),
            storey_m: 3.6,
            roof_m: 0.6,
            roof: 1000,
            years: (1890, 1965),
        };
        for _ in 0..5 {
            if !rng.chance(1.4 * self.rear) {
                continue;
            }
            let p = frame.at(rng.range(-0.7, 0.7) * frame.half_length, rng.range(-0.6, 0.6) * frame.half_width);
            let ring = rectangle(p, frame.along, rng.range(7.0, 16.0), rng.range(5.5, 9.0));
            built.place(Some(court), &[ring.clone()], 3.0, || building(ring, &workshop, id, rng));
        }
    }
}
