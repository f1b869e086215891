//! Validity of polygons (OGC Simple Features 6.1.11) and their repair.
//!
//! Valid rings take a cheap path: cleaned of repeated vertices, checked for contacts by a box tree, oriented. The rest is rebuilt by an
//! overlay: the exterior by the even-odd rule, less the holes. All limits count work, not time, so that the answer is always the same.

use super::{
    clip::{difference, fill, union},
    contains::{Ray, orient, ray},
    convert::line_string,
    rings::{all_finite, open, signed_area_m2},
    runs::{Runs, Segment},
};
use crate::model::LocalText;
use geo::{MultiPolygon, Polygon, kernels::Orientation};
use std::collections::BTreeSet;

/// The rings of one polygon: the exterior, then the interiors; closed.
pub type Rings = Vec<Vec<[f64; 2]>>;

/// Vertices of one feature.
const VERTEX_LIMIT: usize = 5_000_000;
/// Segment pairs that may be looked at.
const PAIR_LIMIT: usize = 100_000_000;
/// Crossings that an overlay may have to resolve.
const CROSSING_LIMIT: usize = 50_000;

/// What was wrong with a polygon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    /// The last vertex of a ring was not the first.
    Unclosed,
    /// A vertex followed itself.
    RepeatedVertex,
    /// A ring ran out and back along the same line.
    Spike,
    /// A ring of fewer than three different vertices, or of no area, was left out.
    CollapsedRing,
    /// A ring crossed or touched itself.
    SelfIntersection,
    /// A hole crossed the exterior or lay outside it.
    HoleOutside,
    /// Holes crossed each other or lay in each other.
    OverlappingHoles,
    /// Parts crossed each other, lay in each other or shared an edge.
    OverlappingParts,
}

impl Defect {
    /// False when the repair left the covered area as it was.
    pub fn changes_area(self) -> bool {
        !matches!(self, Self::Unclosed | Self::RepeatedVertex | Self::Spike)
    }

    /// The defect as half a sentence in both languages.
    pub fn text(self) -> LocalText {
        match self {
            Self::Unclosed => LocalText::new("Ring nicht geschlossen", "ring not closed"),
            Self::RepeatedVertex => LocalText::new("doppelte Stützpunkte", "repeated vertices"),
            Self::Spike => LocalText::new("Spitze ohne Fläche", "spike without area"),
            Self::CollapsedRing => LocalText::new("Ring ohne Fläche", "ring without area"),
            Self::SelfIntersection => LocalText::new("Selbstüberschneidung", "self-intersection"),
            Self::HoleOutside => LocalText::new("Loch außerhalb der Fläche", "hole outside the polygon"),
            Self::OverlappingHoles => LocalText::new("überlappende Löcher", "overlapping holes"),
            Self::OverlappingParts => LocalText::new("überlappende Teilflächen", "overlapping parts"),
        }
    }
}

/// Why a polygon could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rejection {
    /// A coordinate is infinite or not a number.
    NotFinite,
    /// Nothing with an area is left.
    NoArea,
    /// Too many vertices or crossings.
    TooComplex,
    /// The overlay failed.
    OverlayFailed,
}

impl Rejection {
    /// The reason as half a sentence in both languages.
    pub fn text(self) -> LocalText {
        match self {
            Self::NotFinite => LocalText::new("Koordinate ist keine endliche Zahl", "coordinate is not a finite number"),
            Self::NoArea => LocalText::new("Geometrie ohne Fläche", "geometry without area"),
            Self::TooComplex => LocalText::new(
                "zu viele Stützpunkte oder Überschneidungen für eine Reparatur",
                "too many vertices or crossings to repair",
            ),
            Self::OverlayFailed => LocalText::new("Reparatur gescheitert", "repair failed"),
        }
    }
}

/// The outcome for a polygon (`T` is its rings) or multi-polygon (`T` is its parts). Exteriors come out counter-clockwise, interiors clockwise.
#[derive(Debug, Clone, PartialEq)]
pub enum Repair<T = Rings> {
    /// Nothing was wrong; at most the orientation of rings was changed.
    Valid(T),
    /// Something was wrong and has been put right.
    Repaired {
        /// What is left; at least one part.
        parts: Vec<Rings>,
        /// What was wrong, each kind once, in the order of [`Defect`].
        what: Vec<Defect>,
    },
    /// It cannot be used.
    Rejected {
        /// Why.
        why: Rejection,
    },
}

/// Checks and, where needed, repairs one polygon. An empty list of rings has no area.
pub fn repair_polygon(rings: Rings) -> Repair {
    match repair_multi_polygon(vec![rings]) {
        Repair::Valid(mut parts) => match parts.pop() {
            Some(rings) => Repair::Valid(rings),
            None => Repair::Rejected { why: Rejection::NoArea },
        },
        Repair::Repaired { parts, what } => Repair::Repaired { parts, what },
        Repair::Rejected { why } => Repair::Rejected { why },
    }
}

/// Checks and, where needed, repairs a multi-polygon.
pub fn repair_multi_polygon(mut parts: Vec<Rings>) -> Repair<Vec<Rings>> {
    if !parts.iter().flatten().all(|r| all_finite(r)) {
        return Repair::Rejected { why: Rejection::NotFinite };
    }
    if parts.iter().flatten().map(Vec::len).sum::<usize>() > VERTEX_LIMIT {
        return Repair::Rejected {
            why: Rejection::TooComplex,
        };
    }
    let mut what = BTreeSet::new();
    for rings in &mut parts {
        clean_rings(rings, &mut what);
    }
    parts.retain(|rings| !rings.is_empty());
    if parts.is_empty() {
        return Repair::Rejected { why: Rejection::NoArea };
    }
    let found = match contacts(&parts) {
        Ok(found) => found,
        Err(why) => return Repair::Rejected { why },
    };
    if found.defects.is_empty() && !found.touch {
        return finish(parts, what);
    }
    let mut rebuilt = match rebuild(&parts) {
        Ok(rebuilt) => rebuilt,
        Err(why) => return Repair::Rejected { why },
    };
    // Rings may touch in single points. Whether they did only that shows in the area, which no crossing leaves alone.
    if found.defects.is_empty() && (area_m2(&rebuilt) - area_m2(&parts)).abs() <= 1e-7 * area_m2(&parts) {
        return finish(parts, what);
    }
    // The overlay does not orient the holes it makes in every case.
    orient_rings(&mut rebuilt);
    what.extend(found.defects.iter().copied());
    if found.defects.is_empty() {
        what.insert(if parts.len() > 1 {
            Defect::OverlappingParts
        } else {
            Defect::HoleOutside
        });
    }
    if rebuilt.is_empty() {
        return Repair::Rejected { why: Rejection::NoArea };
    }
    Repair::Repaired {
        parts: rebuilt,
        what: what.into_iter().collect(),
    }
}

/// Exteriors counter-clockwise, interiors clockwise.
fn orient_rings(parts: &mut [Rings]) {
    for rings in parts {
        for (k, ring) in rings.iter_mut().enumerate() {
            if (signed_area_m2(ring) > 0.0) != (k == 0) {
                ring.reverse();
            }
        }
    }
}

fn finish(mut parts: Vec<Rings>, what: BTreeSet<Defect>) -> Repair<Vec<Rings>> {
    orient_rings(&mut parts);
    if what.is_empty() {
        Repair::Valid(parts)
    } else {
        Repair::Repaired {
            parts,
            what: what.into_iter().collect(),
        }
    }
}

fn area_m2(parts: &[Rings]) -> f64 {
    let part_m2 = |rings: &Rings| {
        let mut areas = rings.iter().map(|r| signed_area_m2(r).abs());
        let exterior = areas.next().unwrap_or(0.0);
        exterior - areas.sum::<f64>()
    };
    parts.iter().map(part_m2).sum()
}

/// Closes rings, removes repeated vertices and spikes, drops what has no area. A part without exterior loses its holes too.
fn clean_rings(rings: &mut Rings, what: &mut BTreeSet<Defect>) {
    let mut exterior_lost = false;
    let mut first = true;
    rings.retain_mut(|ring| {
        let is_exterior = std::mem::take(&mut first);
        let kept = clean_ring(ring, what);
        if !kept {
            what.insert(Defect::CollapsedRing);
            exterior_lost |= is_exterior;
        }
        kept
    });
    if exterior_lost {
        rings.clear();
    }
}

/// False when nothing with an area is left.
fn clean_ring(ring: &mut Vec<[f64; 2]>, what: &mut BTreeSet<Defect>) -> bool {
    if ring.len() > 1 && ring.first() != ring.last() {
        what.insert(Defect::Unclosed);
    }
    let clean = ring.len() >= 4
        && ring.first() == ring.last()
        && ring.windows(2).all(|w| w[0] != w[1])
        && ring.windows(3).all(|w| !turns_back(w[0], w[1], w[2]))
        && !turns_back(ring[ring.len() - 2], ring[0], ring[1]);
    if !clean {
        let mut kept: Vec<[f64; 2]> = Vec::with_capacity(ring.len());
        for &p in open(ring) {
            push_clean(&mut kept, p, what);
        }
        // The seam: the end of the ring against its beginning.
        let mut start = 0;
        while kept.len() - start >= 3 {
            let [before, last] = [kept[kept.len() - 2], kept[kept.len() - 1]];
            let [next, after] = [kept[start], kept[start + 1]];
            if last == next {
                what.insert(Defect::RepeatedVertex);
                kept.pop();
            } else if turns_back(before, last, next) {
                what.insert(Defect::Spike);
                kept.pop();
            } else if turns_back(last, next, after) {
                what.insert(Defect::Spike);
                start += 1;
            } else {
                break;
            }
        }
        kept.drain(..start);
        kept.extend(kept.first().copied());
        *ring = kept;
    }
    ring.len() >= 4 && (signed_area_m2(ring) != 0.0 || !collinear(ring))
}

fn collinear(ring: &[[f64; 2]]) -> bool {
    ring.iter().all(|p| orient(ring[0], ring[1], *p) == Orientation::Collinear)
}

/// Appends a vertex; the end of the chain stays free of repetitions and spikes.
fn push_clean(kept: &mut Vec<[f64; 2]>, p: [f64; 2], what: &mut BTreeSet<Defect>) {
    loop {
        match kept[..] {
            [.., last] if last == p => {
                what.insert(Defect::RepeatedVertex);
                return;
            }
            [.., before, last] if turns_back(before, last, p) => {
                what.insert(Defect::Spike);
                kept.pop();
            }
            _ => break,
        }
    }
    kept.push(p);
}

/// True when the way from `a` over `b` to `c` runs back on itself.
fn turns_back(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> bool {
    let dot = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]);
    dot < 0.0 && orient(a, b, c) == Orientation::Collinear
}

/// Where a segment lies: part, ring in the part, position and number of segments in the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    part: u32,
    ring: u32,
    at: u32,
    of: u32,
}

#[derive(Debug, Default)]
struct Found {
    defects: BTreeSet<Defect>,
    /// Different rings meet in single points.
    touch: bool,
}

/// Looks for contacts of segments and for rings in the wrong place.
fn contacts(parts: &[Rings]) -> Result<Found, Rejection> {
    let mut found = Found::default();
    let (mut segments, mut places) = (Vec::<Segment>::new(), Vec::new());
    for (part, rings) in parts.iter().enumerate() {
        for (ring, coords) in rings.iter().enumerate() {
            for (at, w) in coords.windows(2).enumerate() {
                segments.push([w[0][0], w[0][1], w[1][0], w[1][1]]);
                places.push(Place {
                    part: part as u32,
                    ring: ring as u32,
                    at: at as u32,
                    of: coords.len() as u32 - 1,
                });
            }
        }
    }
    let runs = Runs::new(segments);
    let (mut pairs, mut crossings) = (0, 0);
    let done = runs.self_join(&mut |i, j| {
        pairs += 1;
        let contact = contact(&runs.segments[i], &runs.segments[j]);
        let (a, b) = (places[i], places[j]);
        let same_ring = (a.part, a.ring) == (b.part, b.ring);
        let neighbours = same_ring && (a.at + 1 == b.at || (a.at == 0 && b.at + 1 == b.of));
        match contact {
            Contact::None => {}
            // Spikes are gone: neighbours meet in their common vertex only.
            _ if neighbours => {}
            Contact::Touch if !same_ring => found.touch = true,
            _ => {
                crossings += 1;
                found.defects.insert(match (same_ring, a.part == b.part, a.ring.min(b.ring)) {
                    (true, ..) => Defect::SelfIntersection,
                    (_, false, _) => Defect::OverlappingParts,
                    (_, true, 0) => Defect::HoleOutside,
                    (_, true, _) => Defect::OverlappingHoles,
                });
            }
        }
        pairs < PAIR_LIMIT && crossings < CROSSING_LIMIT
    });
    if !done {
        return Err(Rejection::TooComplex);
    }
    if found.defects.is_empty() && !found.touch && places.last().is_some_and(|p| p.part > 0 || p.ring > 0) {
        check_nesting(parts, &runs, &places, &mut found.defects);
    }
    Ok(found)
}

/// With no contact between rings, one vertex tells on which side of another ring a whole ring lies.
fn check_nesting(parts: &[Rings], runs: &Runs, places: &[Place], defects: &mut BTreeSet<Defect>) {
    let mut crossed: Vec<(u32, u32)> = Vec::new();
    for (part, rings) in parts.iter().enumerate() {
        for (ring, coords) in rings.iter().enumerate() {
            crossed.clear();
            let own = (part as u32, ring as u32);
            let p = coords[0];
            // The own boundary stops the search: count around it.
            collect_crossings(runs, places, p, own, &mut crossed);
            crossed.sort_unstable();
            let mut own_exterior = ring == 0;
            let mut around: Vec<(u32, u32)> = Vec::new();
            for same in crossed.chunk_by(|a, b| a == b) {
                if same.len() % 2 == 1 {
                    around.push(same[0]);
                }
            }
            for in_part in around.chunk_by(|a, b| a.0 == b.0) {
                let (exterior, holes) = match in_part {
                    [(_, 0), holes @ ..] => (true, holes.len()),
                    holes => (false, holes.len()),
                };
                if in_part[0].0 == own.0 {
                    own_exterior |= exterior;
                    if holes > 0 && ring > 0 {
                        defects.insert(Defect::OverlappingHoles);
                    }
                } else if exterior && holes == 0 {
                    defects.insert(Defect::OverlappingParts);
                }
            }
            if !own_exterior {
                defects.insert(Defect::HoleOutside);
            }
        }
    }
}

fn collect_crossings(runs: &Runs, places: &[Place], p: [f64; 2], own: (u32, u32), crossed: &mut Vec<(u32, u32)>) {
    runs.near_ray(p, &mut |k| {
        let s = &runs.segments[k];
        let place = (places[k].part, places[k].ring);
        if place != own && ray([s[0], s[1]], [s[2], s[3]], p) == Ray::Crosses {
            crossed.push(place);
        }
    });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contact {
    None,
    /// They share one point, an end of at least one of them.
    Touch,
    /// They cross, or share a stretch.
    Cross,
}

fn contact(s: &Segment, t: &Segment) -> Contact {
    use Orientation::Collinear;
    let (a, b, c, d) = ([s[0], s[1]], [s[2], s[3]], [t[0], t[1]], [t[2], t[3]]);
    let (oc, od) = (orient(a, b, c), orient(a, b, d));
    if oc == od && oc != Collinear {
        return Contact::None;
    }
    let (oa, ob) = (orient(c, d, a), orient(c, d, b));
    if oa == ob && oa != Collinear {
        return Contact::None;
    }
    if oa == Collinear && ob == Collinear {
        // On one line: compare along the longer axis.
        let axis = usize::from((b[0] - a[0]).abs() < (b[1] - a[1]).abs());
        let low = a[axis].min(b[axis]).max(c[axis].min(d[axis]));
        let high = a[axis].max(b[axis]).min(c[axis].max(d[axis]));
        return if low < high {
            Contact::Cross
        } else if low == high {
            Contact::Touch
        } else {
            Contact::None
        };
    }
    if [oa, ob, oc, od].contains(&Collinear) {
        Contact::Touch
    } else {
        Contact::Cross
    }
}

/// Every part anew: its exterior by the even-odd rule less its holes; then all parts together.
fn rebuild(parts: &[Rings]) -> Result<Vec<Rings>, Rejection> {
    let simple = |ring: &Vec<[f64; 2]>| {
        let p = MultiPolygon(vec![Polygon::new(line_string(ring), vec![])]);
        fill(&p)
    };
    let part = |rings: &Rings| {
        let exterior = simple(&rings[0])?;
        let holes = rings[1..].iter().map(simple).collect::<Result<Vec<_>, _>>()?;
        if holes.is_empty() {
            return Ok(exterior);
        }
        difference(&exterior, &union(&holes)?)
    };
    let rebuilt = parts
        .iter()
        .map(part)
        .collect::<Result<Vec<_>, _>>()
        .and_then(|parts| match <[_; 1]>::try_from(parts) {
            Ok([one]) => Ok(one),
            Err(parts) => union(&parts),
        })
        .map_err(|_| Rejection::OverlayFailed)?;
    let ring = |r: &geo::LineString<f64>| r.0.iter().map(|c| [c.x, c.y]).collect::<Vec<_>>();
    Ok(rebuilt
        .iter()
        .map(|p| std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect::<Rings>())
        .filter(|rings| rings[0].len() >= 4 && signed_area_m2(&rings[0]) != 0.0)
        .collect())
}

#[cfg(test)]
mod tests;
