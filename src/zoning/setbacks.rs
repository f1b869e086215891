//! Abstandsflächen on the ground: one for each outer wall, checked against the plot (up to the middle of public streets) and against the
//! areas of other buildings. § 6 MBO and the states' building codes.

use super::{
    Depth, Span, Volume,
    assess::Around,
    depth::{Place, depth},
    volume::volume,
};
use crate::{
    geometry::{PreparedArea, Scratch, Wall, contains, overlap_area_m2, walls},
    index::IndexedLayer,
    model::{Bbox, FeatureRef, Geometries, GeometriesBuilder, GeometryKind, LocalText},
    modules::Role,
    progress::Control,
    project::{City, SlotData},
    rules::Verdict,
};
use rayon::prelude::*;
use serde::Serialize;

/// The Abstandsfläche of one wall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WallArea {
    /// The building.
    pub building: FeatureRef,
    /// Number of the wall, in the order of the footprint.
    pub wall: u32,
    /// Ends of the wall.
    pub ends: [[f64; 2]; 2],
    /// How deep, and why.
    pub depth: Depth,
    /// Corners on the ground, as deep as is known for sure.
    pub area: [[f64; 2]; 4],
    /// The plot it has to lie on.
    pub plot: Option<FeatureRef>,
    /// Room in front of the wall up to the boundary of the plot or the middle of the street, where it is narrowest; `None` when nothing
    /// limits it within the depth, or no plot is known.
    pub room_m: Option<f64>,
    /// Buildings whose areas it overlaps, with the shared area in square metres.
    pub overlaps: Vec<(FeatureRef, f64)>,
    /// Kept, broken, or unknown.
    pub verdict: Verdict,
    /// What is assumed or not known.
    pub notes: Vec<LocalText>,
}

/// All that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setbacks {
    /// Walls in the order of their buildings.
    pub walls: Vec<WallArea>,
    /// Walls on another building: they need none (§ 6 (1) sentence 3).
    pub party_walls: u32,
    /// Garages and sheds, privileged on the boundary by § 6 (8): not checked.
    pub privileged: u32,
    /// What holds for all.
    pub notes: Vec<LocalText>,
}

/// Areas that share less do not count: inaccuracy of the data.
const OVERLAP_M2: f64 = 0.5;
/// Room that lacks less than this is drawing inaccuracy.
const TOLERANCE_M: f64 = 0.05;
/// A wall this near to another building stands on it.
const PARTY_M: f64 = 0.3;
/// Walls at a greater angle may share their areas (§ 6 (3) Nr. 1: more than 75°).
const COS_75: f64 = 0.258_819;
/// Shorter pieces of an outline are no walls.
const LEAST_WALL_M: f64 = 0.5;
/// The middle of a street is sought as far as this beyond the plot.
const STREET_M: f64 = 40.0;

/// One building made ready.
struct Ready<'a> {
    layer: &'a IndexedLayer,
    volume: Volume,
    commercial: bool,
}

struct Desk<'a> {
    around: Around<'a>,
    streets: Vec<&'a IndexedLayer>,
    plots: Vec<&'a IndexedLayer>,
    setback: super::Setback,
    large: bool,
}

/// Buildings that stand on a potential site or draft: what a plan is about.
pub fn on_sites(city: &City) -> impl Fn(&IndexedLayer, u32) -> bool + Sync + '_ {
    move |layer, row| {
        let g = &layer.layer.geometry;
        let Some(p) = crate::geometry::point_on_surface(g, row as usize) else {
            return false;
        };
        let sites = city.with_role(Role::Sites).filter_map(|s| match &s.data {
            SlotData::Vector(l) => Some(l),
            _ => None,
        });
        sites
            .flat_map(|l| l.index.rows_in(&Bbox::new(p, p)).into_iter().map(move |r| (l, r)))
            .any(|(l, r)| contains(&l.layer.geometry, r as usize, p))
    }
}

/// The Abstandsflächen of the buildings that `wanted` lets pass. `None` when somebody asked to stop.
pub fn setbacks(city: &City, wanted: impl Fn(&IndexedLayer, u32) -> bool + Sync, control: &Control) -> Option<Setbacks> {
    let all = super::assess::filled(city, Role::Buildings).into_iter();
    let rows = all.flat_map(|l| (0..l.layer.len() as u32).map(move |r| (l, r)));
    let buildings: Vec<(&IndexedLayer, u32)> = rows.filter(|(l, r)| wanted(l, *r)).collect();
    setbacks_of(city, &buildings, control)
}

/// The Abstandsflächen of these buildings. `None` when somebody asked to stop.
pub fn setbacks_of<'a>(city: &'a City, buildings: &[(&'a IndexedLayer, u32)], control: &Control) -> Option<Setbacks> {
    let around = Around::new(city);
    let Some(setback) = around.law.setback(city.info.state.as_deref()) else {
        return Some(Setbacks::nothing());
    };
    let mut notes = vec![];
    if setback.assumed {
        notes.push(LocalText::new(
            "Für das Bundesland sind keine eigenen Werte hinterlegt: gerechnet nach der Musterbauordnung. Landesbauordnung lesen.",
            "The state has no numbers of its own here: computed by the model building code. Read the state's code.",
        ));
    }
    let parcels = super::assess::filled(city, Role::Parcels);
    let plots = if parcels.is_empty() {
        super::assess::filled(city, Role::Sites)
    } else {
        parcels
    };
    let desk = Desk {
        streets: super::assess::filled(city, Role::Streets),
        plots,
        large: setback.large_inhabitants.is_some_and(|n| inhabitants(city) > n),
        setback,
        around,
    };
    let found: Vec<Setbacks> = buildings
        .par_iter()
        .filter(|_| !control.is_cancelled())
        .map(|(l, r)| desk.building(l, *r))
        .collect();
    if control.is_cancelled() {
        return None;
    }
    let mut out = Setbacks::nothing();
    for one in found {
        out.walls.extend(one.walls);
        out.party_walls += one.party_walls;
        out.privileged += one.privileged;
    }
    out.notes = notes;
    Some(out)
}

fn inhabitants(city: &City) -> f64 {
    let layers = city.with_role(Role::Population).filter_map(|s| match &s.data {
        SlotData::Vector(l) => Some(&l.layer),
        _ => None,
    });
    let number = |l: &crate::model::Layer, r: usize| l.attributes.value("inhabitants", r).as_f64().unwrap_or(0.0);
    layers.map(|l| (0..l.len()).map(|r| number(l, r)).sum::<f64>()).sum()
}

impl Setbacks {
    fn nothing() -> Self {
        Self {
            walls: vec![],
            party_walls: 0,
            privileged: 0,
            notes: vec![],
        }
    }
}

/// The rectangle in front of a wall.
fn corners(wall: &Wall, depth_m: f64) -> [[f64; 2]; 4] {
    [wall.from, wall.to, wall.at(1.0, depth_m), wall.at(0.0, depth_m)]
}

fn packed(corners: &[[f64; 2]; 4]) -> Geometries {
    let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
    b.ring(corners.iter().chain(corners.first()).copied()).end_part().end_feature();
    b.finish()
}

impl<'a> Desk<'a> {
    fn ready(&self, layer: &'a IndexedLayer, row: u32, scratch: &mut Scratch) -> Ready<'a> {
        let ground = PreparedArea::new(&layer.layer.geometry, row as usize);
        let zone = self.around.zone(&ground, layer, row, scratch);
        let kind = zone.map(|(l, r, _)| l.layer.attributes.value("baunvo", r as usize).to_string());
        Ready {
            layer,
            volume: volume(&layer.layer, row, self.around.law),
            commercial: kind.is_some_and(|k| k == "GE" || k == "GI"),
        }
    }

    fn depth(&self, b: &Ready, wall: &Wall) -> Depth {
        let place = Place {
            setback: &self.setback,
            commercial: b.commercial,
            large: self.large,
        };
        depth(&b.volume, &b.layer.layer.geometry, wall.length_m(), place, self.around.law)
    }

    fn building(&self, layer: &'a IndexedLayer, row: u32) -> Setbacks {
        let scratch = &mut Scratch::default();
        let mut out = Setbacks::nothing();
        let b = self.ready(layer, row, scratch);
        if b.volume.ancillary {
            out.privileged = 1;
            return out;
        }
        let own: Vec<Wall> = walls(&layer.layer.geometry, row as usize)
            .into_iter()
            .filter(|w| w.length_m() >= LEAST_WALL_M)
            .collect();
        let party: Vec<bool> = own.iter().map(|w| self.is_party(layer, row, w)).collect();
        out.party_walls = party.iter().filter(|p| **p).count() as u32;
        let plot = self.plot(layer, row, scratch);
        for (k, wall) in own.iter().enumerate().filter(|(k, _)| !party[*k]) {
            out.walls.push(self.wall(&b, k as u32, wall, plot, out.party_walls > 0, scratch));
        }
        out
    }

    /// True when most of the wall stands on another building.
    fn is_party(&self, layer: &IndexedLayer, row: u32, wall: &Wall) -> bool {
        let on = |share: f64| {
            let p = wall.at(share, PARTY_M);
            self.around.buildings.iter().any(|l| {
                let rows = l.index.rows_in(&Bbox::new(p, p)).into_iter();
                let other = |r: &u32| *r != row || l.layer.slot != layer.layer.slot;
                rows.filter(other).any(|r| contains(&l.layer.geometry, r as usize, p))
            })
        };
        [0.1, 0.3, 0.5, 0.7, 0.9].into_iter().filter(|s| on(*s)).count() >= 3
    }

    /// The plot that holds most of a building.
    fn plot(&self, layer: &IndexedLayer, row: u32, scratch: &mut Scratch) -> Option<(&'a IndexedLayer, u32)> {
        let ground = PreparedArea::new(&layer.layer.geometry, row as usize);
        let mut best: Option<(&IndexedLayer, u32, f64)> = None;
        for plots in &self.plots {
            for p in plots.index.rows_in(&layer.layer.geometry.bbox(row as usize)) {
                let m2 = overlap_area_m2(&PreparedArea::new(&plots.layer.geometry, p as usize), &ground, scratch);
                // A site drawn after the outline of its building is no plot.
                let outline = m2 > super::assess::OUTLINE_SHARE * PreparedArea::new(&plots.layer.geometry, p as usize).area_m2();
                if !outline && m2 > best.map_or(0.5 * ground.area_m2(), |b| b.2) {
                    best = Some((plots, p, m2));
                }
            }
        }
        best.map(|(l, r, _)| (l, r))
    }

    fn wall(
        &self,
        b: &Ready<'a>,
        k: u32,
        wall: &Wall,
        plot: Option<(&'a IndexedLayer, u32)>,
        attached: bool,
        scratch: &mut Scratch,
    ) -> WallArea {
        let depth = self.depth(b, wall);
        let reach = depth.depth_m.high.unwrap_or(depth.depth_m.low);
        let room_m = plot.and_then(|p| self.room_m(p, wall, reach));
        let mut notes = vec![];
        // On the boundary beside a party wall, closed construction is what stands there (§ 22 (3) BauNVO).
        let closed = attached && room_m.is_some_and(|r| r < PARTY_M);
        if closed {
            notes.push(LocalText::new(
                "Grenzwand eines angebauten Gebäudes: in geschlossener Bauweise ohne Abstandsfläche (§ 6 (1) Satz 3, § 22 (3) BauNVO).",
                "Boundary wall of an attached building: in closed construction no area is needed (§ 6 (1) sentence 3, § 22 (3) BauNVO).",
            ));
        }
        let boundary = match (plot, room_m) {
            (None, _) => {
                notes.push(LocalText::new(
                    "Kein Grundstück bekannt: Ob die Fläche auf ihm liegt, ist offen.",
                    "No plot is known: whether the area lies on it is open.",
                ));
                Verdict::Unknown
            }
            _ if closed => Verdict::Clear,
            (Some(_), None) => known(depth.depth_m),
            // More depth than room: as a limit on the depth.
            (Some(_), Some(room)) => depth.depth_m.against(room + TOLERANCE_M),
        };
        let (overlaps, neighbours) = if closed {
            (vec![], Verdict::Clear)
        } else {
            self.overlaps(b, wall, &depth, scratch)
        };
        WallArea {
            building: self.around.city.reference(b.layer, b.volume.row),
            wall: k,
            ends: [wall.from, wall.to],
            area: corners(wall, depth.depth_m.low),
            depth,
            plot: plot.map(|(l, r)| self.around.city.reference(l, r)),
            room_m,
            overlaps,
            verdict: match (boundary, neighbours) {
                (Verdict::Conflict, _) | (_, Verdict::Conflict) => Verdict::Conflict,
                (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
                _ => Verdict::Clear,
            },
            notes,
        }
    }

    /// Room in front of the wall where it is narrowest, if it is less than `reach`.
    fn room_m(&self, (plots, row): (&IndexedLayer, u32), wall: &Wall, reach: f64) -> Option<f64> {
        let n = (wall.length_m().ceil() as usize).clamp(2, 200);
        let mut least: Option<f64> = None;
        for k in 0..=n {
            // Just inside the corners: at the very corner a ray along the boundary would decide by rounding.
            let share = (k as f64 / n as f64).clamp(0.02, 0.98);
            let from = wall.at(share, 0.0);
            let Some(edge) = leaves(&plots.layer.geometry, row as usize, from, wall.outward, reach) else {
                continue;
            };
            let room = self.street_middle(plots, row, from, wall.outward, edge).unwrap_or(edge);
            if room < reach {
                least = Some(least.map_or(room, |l| l.min(room)));
            }
        }
        least
    }

    /// Distance to the middle of the street that lies in front of the boundary, with no other plot between.
    fn street_middle(&self, plots: &IndexedLayer, row: u32, from: [f64; 2], towards: [f64; 2], edge: f64) -> Option<f64> {
        let at = |t: f64| [from[0] + t * towards[0], from[1] + t * towards[1]];
        let ray = Bbox::around(&[at(edge), at(edge + STREET_M)]);
        let mut first: Option<f64> = None;
        for streets in &self.streets {
            for s in streets.index.rows_in(&ray) {
                for line in streets.layer.geometry.rings(s as usize) {
                    for w in line.windows(2) {
                        if let Some(t) = crosses(from, towards, w[0], w[1]).filter(|t| *t >= edge - 0.1 && *t <= edge + STREET_M) {
                            first = Some(first.map_or(t, |f| f.min(t)));
                        }
                    }
                }
            }
        }
        let street = first?;
        let private = |p: [f64; 2]| {
            let near = plots.index.rows_in(&Bbox::new(p, p)).into_iter().filter(|r| *r != row);
            near.into_iter().any(|r| contains(&plots.layer.geometry, r as usize, p))
                || self.around.zones.iter().any(|z| {
                    let rows = z.index.rows_in(&Bbox::new(p, p)).into_iter();
                    rows.into_iter().any(|r| contains(&z.layer.geometry, r as usize, p))
                })
        };
        let free = [0.1, 0.5, 0.9].into_iter().all(|s| !private(at(edge + s * (street - edge))));
        free.then_some(street)
    }

    /// Areas of other buildings that this one overlaps, and what that means.
    fn overlaps(&self, b: &Ready<'a>, wall: &Wall, depth: &Depth, scratch: &mut Scratch) -> (Vec<(FeatureRef, f64)>, Verdict) {
        let most = depth.depth_m.high.unwrap_or(depth.depth_m.low);
        let sure = PreparedArea::new(&packed(&corners(wall, depth.depth_m.low)), 0);
        let wide = packed(&corners(wall, most));
        let perhaps = PreparedArea::new(&wide, 0);
        let (mut out, mut verdict) = (vec![], Verdict::Clear);
        for layer in &self.around.buildings {
            for row in layer.index.rows_in(&wide.extent().buffered(most + 12.0)) {
                if row == b.volume.row && layer.layer.slot == b.layer.layer.slot {
                    continue;
                }
                let other = self.ready(layer, row, scratch);
                if other.volume.ancillary {
                    continue;
                }
                let mut shared = 0.0_f64;
                for w in walls(&layer.layer.geometry, row as usize) {
                    let dot = w.outward[0] * wall.outward[0] + w.outward[1] * wall.outward[1];
                    if dot > -COS_75 || w.length_m() < LEAST_WALL_M || self.is_party(layer, row, &w) {
                        continue;
                    }
                    let theirs = self.depth(&other, &w).depth_m;
                    let area = PreparedArea::new(&packed(&corners(&w, theirs.low)), 0);
                    shared = shared.max(overlap_area_m2(&sure, &area, scratch));
                    let area = PreparedArea::new(&packed(&corners(&w, theirs.high.unwrap_or(theirs.low))), 0);
                    let open = theirs.high.is_none() || depth.depth_m.high.is_none();
                    if verdict == Verdict::Clear && (overlap_area_m2(&perhaps, &area, scratch) > OVERLAP_M2 || (open && shared > 0.0)) {
                        verdict = Verdict::Unknown;
                    }
                }
                if shared > OVERLAP_M2 {
                    verdict = Verdict::Conflict;
                    out.push((self.around.city.reference(layer, row), shared));
                }
            }
        }
        (out, verdict)
    }
}

/// Enough room for a depth of which all is known.
fn known(depth: Span) -> Verdict {
    if depth.high.is_some() { Verdict::Clear } else { Verdict::Unknown }
}

/// Where a ray meets a segment.
fn crosses(from: [f64; 2], towards: [f64; 2], a: [f64; 2], b: [f64; 2]) -> Option<f64> {
    let (d, e) = ([b[0] - a[0], b[1] - a[1]], [a[0] - from[0], a[1] - from[1]]);
    let cross = towards[0] * d[1] - towards[1] * d[0];
    if cross.abs() < 1e-12 {
        return None;
    }
    let s = (e[0] * towards[1] - e[1] * towards[0]) / cross;
    (0.0..=1.0).contains(&s).then_some((e[0] * d[1] - e[1] * d[0]) / cross)
}

/// Where a ray from a wall first leaves the plot, within `reach`; 0 where the wall stands outside it already.
fn leaves(g: &Geometries, row: usize, from: [f64; 2], towards: [f64; 2], reach: f64) -> Option<f64> {
    let inside = |t: f64| contains(g, row, [from[0] + t * towards[0], from[1] + t * towards[1]]);
    if !inside(0.02) {
        return Some(0.0);
    }
    let segments = g.rings(row).flat_map(|r| r.windows(2));
    let crossings = segments.filter_map(|w| crosses(from, towards, w[0], w[1]));
    crossings.filter(|t| *t > 0.02 && *t < reach).min_by(f64::total_cmp)
}
