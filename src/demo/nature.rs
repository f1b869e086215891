//! What lies on the land: forest, flood area, protected areas, heat; and which parts of the grid the town covers.

use super::quarters::{Block, Use};
use super::smooth::noise;
use super::town::Town;
use crate::estimate::contour::{Grid, Polygon, band};
use crate::estimate::plane::{Frame, P, area, contains, inner_point};

/// Polygons and grids in town coordinates.
#[derive(Debug)]
pub(super) struct Nature {
    /// Positive on nodes in built blocks and half a street around them.
    near: Grid,
    pub forest: Vec<Polygon>,
    pub flood: Vec<Polygon>,
    pub reserve: Vec<Polygon>,
    pub landscape: Vec<Polygon>,
    /// The district park on the fields between the barracks and the wood.
    pub park: Option<Polygon>,
    /// Physiological equivalent temperature on a summer afternoon.
    pub heat: Grid,
    pub terrain: Grid,
    pub lakes: Vec<(String, Vec<P>)>,
}

/// Marks the nodes inside a ring.
pub(super) fn paint(grid: &mut Grid, ring: &[P], value: f64) {
    let lo = ring.iter().fold([f64::INFINITY; 2], |m, p| [m[0].min(p[0]), m[1].min(p[1])]);
    let hi = ring.iter().fold([f64::NEG_INFINITY; 2], |m, p| [m[0].max(p[0]), m[1].max(p[1])]);
    let index = |v: f64, d: usize, most: usize| (((v - grid.origin[d]) / grid.step_m).max(0.0) as usize).min(most - 1);
    let (x0, x1) = (index(lo[0], 0, grid.width), index(hi[0], 0, grid.width));
    let (y0, y1) = (index(lo[1], 1, grid.height), index(hi[1], 1, grid.height));
    for y in y0..=(y1 + 1).min(grid.height - 1) {
        for x in x0..=(x1 + 1).min(grid.width - 1) {
            if contains(ring, grid.point(x, y)) {
                grid.values[y * grid.width + x] = value;
            }
        }
    }
}

impl Nature {
    pub fn of(town: &Town) -> Self {
        let land = town.land;
        let s = land.scale;
        let reach = [land.half[0] + land.margin_m - 25.0, land.half[1] + land.margin_m - 25.0];
        let step = 12.0 * s.sqrt().max(1.0);
        let grid = || Grid::new([-reach[0], -reach[1]], reach, step);
        let mut covered = grid();
        for b in &town.blocks {
            paint(&mut covered, &b.ring, 1.0);
        }
        let radius = (26.0 / step).ceil() as usize;
        let near = covered.blurred(radius).blurred(radius);
        // Falls below zero some 30 m before the first gardens, smoothly.
        let free = |p: P, value: f64| value.min(near.node(p).map_or(-1.0, |k| 0.3 - 12.0 * near.values[k]));

        let mut forest = grid();
        forest.fill(|p| {
            let q = land.unwarp(p);
            let slope =
                (land.rise_m(q) - 33.0 - 11.0 * noise(land.seed ^ 41, q, 210.0 * s.sqrt()) - 4.0 * noise(land.seed ^ 42, q, 60.0)) / 10.0;
            let copse = (noise(land.seed ^ 43, q, 190.0) - 0.66) * 3.0;
            let wet = land.river_offset(q).abs() < 110.0 * s;
            free(p, slope.max(if wet { -1.0 } else { copse }))
        });
        let mut flood = grid();
        flood.fill(|p| {
            let q = land.unwarp(p);
            if land.river_offset(q).abs() > 290.0 * s {
                -1.0
            } else {
                2.3 - land.rise_m(q)
            }
        });
        let mut reserve = grid();
        reserve.fill(|p| {
            let q = land.unwarp(p);
            let width = s * (118.0 + 35.0 * noise(land.seed ^ 44, q, 160.0 * s));
            let ends = (q[0] + 1240.0 * s).min(-690.0 * s - q[0]);
            free(p, (width - land.river_offset(q).abs()).min(ends) / 30.0)
        });
        let mut landscape = grid();
        landscape.fill(|p| {
            let q = land.unwarp(p);
            let south = land.river_offset(q) < 0.0 || q[0] < -250.0 * s;
            let value = (land.rise_m(q) - 20.0 - 5.0 * noise(land.seed ^ 45, q, 300.0 * s.sqrt())) / 10.0;
            free(p, if south { value } else { value.min((-250.0 * s - q[0]) / 40.0) })
        });
        let mut park = grid();
        park.fill(|p| {
            let [x, y] = land.unwarp(p).map(|v| v / s);
            let inside = (x + 975.0).min(-385.0 - x).min(y + 820.0).min(-455.0 - y) * s / 30.0;
            let wood = forest.node(p).map_or(-1.0, |k| forest.values[k]);
            // Some of the wood's edge belongs to it.
            free(p, inside.min(0.9 - wood))
        });
        let parks = band(&park, 0.0, None, 2_000.0);
        let park = parks.into_iter().max_by(|a, b| area(&a[0]).total_cmp(&area(&b[0])));
        let forest_polygons = band(&forest, 0.0, None, 1800.0);
        let heat = heat(town, &covered, &forest, park.as_ref());
        let cell = (6.0 * s.sqrt()).max(6.0);
        let mut terrain = Grid::new([-reach[0], -reach[1]], reach, cell);
        terrain.fill(|p| land.ground_m(land.unwarp(p)));
        Self {
            forest: forest_polygons,
            flood: band(&flood, 0.0, None, 900.0),
            reserve: band(&reserve, 0.0, None, 8_000.0),
            park,
            landscape: band(&landscape, 0.0, None, 30_000.0),
            heat,
            terrain,
            near: covered.blurred((46.0 / step).ceil() as usize),
            lakes: lakes(town),
        }
    }
}

impl Nature {
    /// The place lies in the wood.
    pub fn is_wood(&self, p: P) -> bool {
        self.forest
            .iter()
            .any(|f| contains(&f[0], p) && !f[1..].iter().any(|hole| contains(hole, p)))
    }

    /// The place lies in the district park.
    pub fn in_park(&self, p: P) -> bool {
        self.park.as_ref().is_some_and(|park| contains(&park[0], p))
    }

    /// A street here has the town on at least one side.
    pub fn in_town(&self, p: P) -> bool {
        self.near.node(p).is_some_and(|k| self.near.values[k] > 1e-3)
    }
}

/// The pond of the town park and a flooded gravel pit in the meadows.
fn lakes(town: &Town) -> Vec<(String, Vec<P>)> {
    let shore = |middle: P, radius: f64, seed: u64| -> Vec<P> {
        (0..40)
            .map(|k| {
                let a = f64::from(k) / 40.0 * std::f64::consts::TAU;
                let d = [a.cos(), a.sin()];
                let r = radius * (1.0 + 0.3 * noise(seed, d, 0.7));
                [middle[0] + 1.15 * r * d[0], middle[1] + 0.85 * r * d[1]]
            })
            .collect()
    };
    let mut out = vec![];
    let largest = |list: &[Block], usage: Use| {
        let of_use = list.iter().filter(|b| b.usage == usage);
        of_use
            .max_by(|a, b| area(&a.ring).total_cmp(&area(&b.ring)))
            .map(|b| b.ring.clone())
    };
    let places = [
        ("Stadtparkteich", largest(&town.blocks, Use::Park), 0.3),
        ("Kiessee", largest(&town.fringe, Use::Meadow), 0.55),
    ];
    for (nth, (name, ring, share)) in places.into_iter().enumerate() {
        let Some(ring) = ring else { continue };
        let radius = (share * Frame::around(&ring).half_width).min(120.0);
        let lake = shore(inner_point(&ring), radius, town.land.seed ^ (50 + nth as u64));
        if radius > 8.0 && lake.iter().all(|p| contains(&ring, *p)) {
            out.push((name.to_string(), lake));
        }
    }
    out
}

/// Built-up and sealed ground heats, wood, green and water cool.
fn heat(town: &Town, covered: &Grid, forest: &Grid, park: Option<&Polygon>) -> Grid {
    let land = town.land;
    let mut out = covered.clone();
    let cell_m2 = out.step_m * out.step_m;
    let mut built = covered.clone();
    built.values.fill(0.0);
    for b in &town.built.buildings {
        if let Some(k) = built.node(inner_point(&b.ring)) {
            built.values[k] += area(&b.ring) / cell_m2;
        }
    }
    let radius = (36.0 / out.step_m).round().max(1.0) as usize;
    let built = built.blurred(radius).blurred(radius);
    let mut green = covered.clone();
    green.values.fill(0.0);
    let mut sealed = green.clone();
    for b in &town.blocks {
        match b.usage {
            Use::Park | Use::Allotments | Use::Cemetery | Use::Sports | Use::Promenade => paint(&mut green, &b.ring, 1.0),
            Use::Industry | Use::Trade | Use::Market | Use::Station => paint(&mut sealed, &b.ring, 1.0),
            _ => {}
        }
    }
    if let Some(park) = park {
        paint(&mut green, &park[0], 1.0);
    }
    let (green, sealed) = (green.blurred(radius).blurred(radius), sealed.blurred(radius));
    let mut wood = forest.clone();
    wood.values.iter_mut().for_each(|v| *v = f64::from(*v > 0.0));
    let wood = wood.blurred(2);
    out.fill(|p| {
        let q = land.unwarp(p);
        let at = |g: &Grid| g.node(p).map_or(0.0, |k| g.values[k]);
        let water = (-(land.river_offset(q).abs() - land.river_half_m).max(0.0) / 55.0).exp();
        let warm = 13.0 * at(&built).min(0.6) + 2.4 * at(&sealed);
        let cool = 6.0 * at(&wood) + 2.2 * at(&green) + 2.4 * water + 0.02 * (land.rise_m(q) - 12.0).max(0.0);
        let mottle = 0.35 * noise(land.seed ^ 46, p, 45.0);
        ((31.2 + warm - cool + mottle) * 10.0).round() / 10.0
    });
    out
}
