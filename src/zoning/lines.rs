//! Building limits and building lines of plans (§ 23 BauNVO): those on the edge of a building window say nothing new, those that close an area
//! of their own are building windows, and the others are named: what stands beyond them is not known.

use super::assess::filled;
use crate::{
    geometry::{self, PreparedEdges, Repair, area_m2, distance_m, point_on_surface, repair_multi_polygon},
    index::{IndexedLayer, SpatialIndex},
    model::{Bbox, Coverage, Geometries, GeometriesBuilder, GeometryKind, Layer, LocalText, Report, Table},
    modules::Role,
    project::City,
};

/// Ends nearer than this are one corner of the drawing.
const SNAP_M: f64 = 0.05;
/// A line this near to the edge of a window is that edge.
const EDGE_M: f64 = 0.25;
/// Neighbouring lines of one area are few; a chain beyond this is none.
const MOST_IN_A_RING: usize = 10_000;

/// The lines of all plans, sorted by what they are good for.
#[derive(Default)]
pub(super) struct Lines<'a> {
    /// Areas that lines close where no building window lies.
    pub closed: Option<IndexedLayer>,
    /// Lines that close nothing, by layer and row.
    pub open: Vec<(&'a IndexedLayer, u32)>,
    /// All lines, and how many of them lie on the edges of windows.
    count: [usize; 2],
    /// Some are lines that one must build on.
    compulsory: bool,
}

/// One part of a line with where it comes from.
struct Piece {
    layer: usize,
    row: u32,
    coords: Vec<[f64; 2]>,
}

impl<'a> Lines<'a> {
    /// Looks at the lines of a city beside its building windows.
    pub fn new(city: &'a City, windows: &[&IndexedLayer]) -> Self {
        let layers = filled(city, Role::BuildingLines);
        let mut out = Self::default();
        if layers.is_empty() {
            return out;
        }
        let mut pieces = vec![];
        let edges: Vec<Geometries> = windows.iter().map(|w| edges_of(&w.layer.geometry)).collect();
        for (k, layer) in layers.iter().enumerate() {
            let g = &layer.layer.geometry;
            for row in 0..g.len() {
                out.count[0] += 1;
                out.compulsory |= layer.layer.attributes.value("kind", row).as_str() == Some("baulinie");
                if lies_on(g, row, windows, &edges) {
                    out.count[1] += 1;
                    continue;
                }
                let lines = g.rings(row).filter(|r| r.len() >= 2).map(<[_]>::to_vec);
                pieces.extend(lines.map(|coords| Piece {
                    layer: k,
                    row: row as u32,
                    coords,
                }));
            }
        }
        let (rings, mut left) = rings(&pieces);
        let mut areas = vec![];
        for (ring, of) in rings {
            match repair_multi_polygon(vec![vec![ring]]) {
                Repair::Valid(parts) | Repair::Repaired { parts, .. } => {
                    areas.extend(parts.into_iter().filter_map(|rings| Some((rings.into_iter().next()?, of[0]))));
                }
                Repair::Rejected { .. } => left.extend(of),
            }
        }
        let mut open: Vec<(usize, u32)> = left.iter().map(|k| (pieces[*k].layer, pieces[*k].row)).collect();
        open.sort_unstable();
        open.dedup();
        out.open = open.into_iter().map(|(layer, row)| (layers[layer], row)).collect();
        out.closed = closed(&areas, &pieces, &layers);
        out
    }

    /// What became of the lines, in a sentence for the whole city; nothing where there are none.
    pub fn notes(&self) -> Vec<LocalText> {
        let [all, along] = self.count;
        if all == 0 {
            return vec![];
        }
        let open = self.open.len();
        let closing = all - along - open;
        let mut out = vec![LocalText::new(
            format!(
                "Baugrenzen und Baulinien: {all}. Am Rand von Baufenstern liegen {along}; eigene Flächen umschließen {closing}, sie gelten wie \
                 Baufenster; keine Fläche schließen {open}, was jenseits von ihnen steht, ist nicht geprüft."
            ),
            format!(
                "Building limits and building lines: {all}. On the edges of building windows lie {along}; {closing} close areas of their own, \
                 which count as building windows; {open} close no area, and what stands beyond them is not checked."
            ),
        )];
        if self.compulsory {
            out.push(LocalText::new(
                "Ob Gebäude auf den Baulinien stehen (§ 23 (2) BauNVO), wird nicht geprüft.",
                "Whether buildings stand on the building lines (§ 23 (2) BauNVO) is not checked.",
            ));
        }
        out
    }

    /// How many lines that close nothing run over a feature.
    pub fn open_on(&self, layer: &IndexedLayer, row: u32) -> usize {
        let g = &layer.layer.geometry;
        let bbox = g.bbox(row as usize);
        let near = |(l, r): &&(&IndexedLayer, u32)| l.layer.geometry.bbox(*r as usize).intersects(&bbox);
        let mut near = self.open.iter().filter(near).peekable();
        if near.peek().is_none() {
            return 0;
        }
        let ground = PreparedEdges::new(g, row as usize);
        near.filter(|(l, r)| distance_m(&PreparedEdges::new(&l.layer.geometry, *r as usize), &ground, 0.0).is_some())
            .count()
    }
}

/// The edges of areas as lines.
fn edges_of(g: &Geometries) -> Geometries {
    let mut out = GeometriesBuilder::new(GeometryKind::Line);
    for row in 0..g.len() {
        for ring in g.rings(row) {
            out.ring(ring.iter().copied()).end_part();
        }
        out.end_feature();
    }
    out.finish()
}

/// Whether all corners and middles of a line lie on the edges of windows.
fn lies_on(lines: &Geometries, row: usize, windows: &[&IndexedLayer], edges: &[Geometries]) -> bool {
    let near: Vec<PreparedEdges> = windows
        .iter()
        .zip(edges)
        .flat_map(|(w, e)| {
            let rows = w.index.rows_in(&lines.bbox(row).buffered(EDGE_M));
            rows.into_iter().map(|r| PreparedEdges::new(e, r as usize))
        })
        .collect();
    let on = |p: [f64; 2]| {
        let mut point = GeometriesBuilder::new(GeometryKind::Point);
        point.ring([p]).end_part().end_feature();
        let point = PreparedEdges::new(&point.finish(), 0);
        near.iter().any(|e| distance_m(&point, e, EDGE_M).is_some())
    };
    let middle = |s: &[[f64; 2]]| [0, 1].map(|k| 0.5 * (s[0][k] + s[1][k]));
    !near.is_empty()
        && lines
            .rings(row)
            .all(|r| r.iter().all(|p| on(*p)) && r.windows(2).all(|s| on(middle(s))))
}

/// A closed ring with the pieces that it is made of.
type Ring = (Vec<[f64; 2]>, Vec<usize>);

/// Joins pieces end to end where exactly two meet. Rings come out with their pieces, and then the pieces that are in none.
fn rings(pieces: &[Piece]) -> (Vec<Ring>, Vec<usize>) {
    let near = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]) <= SNAP_M;
    // The first and the last vertex of each piece, in this order.
    let ends: Vec<[f64; 2]> = pieces.iter().flat_map(|p| [p.coords[0], p.coords[p.coords.len() - 1]]).collect();
    let index = SpatialIndex::new(&ends.iter().map(|p| Bbox::new(*p, *p)).collect::<Vec<_>>());
    let partner = |end: usize| -> Option<usize> {
        let others = index.rows_in(&Bbox::new(ends[end], ends[end]).buffered(SNAP_M));
        let others: Vec<usize> = others.into_iter().map(|o| o as usize).filter(|o| *o != end).collect();
        match others[..] {
            [one] if near(ends[one], ends[end]) => Some(one),
            _ => None,
        }
    };
    let mut used = vec![false; pieces.len()];
    let (mut out, mut left) = (vec![], vec![]);
    for first in 0..pieces.len() {
        if used[first] {
            continue;
        }
        let mut ring = pieces[first].coords.clone();
        let mut of = vec![first];
        let mut at = 2 * first + 1;
        // A piece that closes by itself is a ring whatever touches it.
        let mut closed = near(ends[2 * first], ends[at]) && ring.len() > 3;
        while !closed && of.len() < MOST_IN_A_RING {
            let Some(next) = partner(at).filter(|n| partner(*n) == Some(at)) else {
                break;
            };
            if next == 2 * first {
                closed = true;
            } else if used[next / 2] || of.contains(&(next / 2)) {
                break;
            } else {
                let coords = &pieces[next / 2].coords;
                if next.is_multiple_of(2) {
                    ring.extend(&coords[1..]);
                } else {
                    ring.extend(coords.iter().rev().skip(1));
                }
                of.push(next / 2);
                at = next ^ 1;
            }
        }
        if closed {
            of.iter().for_each(|k| used[*k] = true);
            // The end is the beginning to the last digit.
            let last = ring.len() - 1;
            ring[last] = ring[0];
            out.push((ring, of));
        } else {
            left.push(first);
        }
    }
    left.retain(|k| !used[*k]);
    (out, left)
}

/// The rings as areas: one inside another is a courtyard.
fn closed(areas: &[(Vec<[f64; 2]>, usize)], pieces: &[Piece], layers: &[&IndexedLayer]) -> Option<IndexedLayer> {
    let mut single = GeometriesBuilder::new(GeometryKind::Polygon);
    for (ring, _) in areas {
        single.ring(ring.iter().copied()).end_part().end_feature();
    }
    let single = single.finish();
    let index = SpatialIndex::new(single.boxes());
    let size: Vec<f64> = (0..areas.len()).map(|k| area_m2(&single, k)).collect();
    let around = |k: usize| -> Vec<usize> {
        let Some(p) = point_on_surface(&single, k) else { return vec![] };
        let others = index.rows_in(&Bbox::new(p, p)).into_iter().map(|o| o as usize);
        others
            .filter(|o| size[*o] > size[k] && geometry::contains(&single, *o, p))
            .collect()
    };
    let mut holes: Vec<Vec<usize>> = vec![vec![]; areas.len()];
    let mut solid = vec![];
    for k in 0..areas.len() {
        let around = around(k);
        match around.iter().min_by(|a, b| size[**a].total_cmp(&size[**b])) {
            Some(yard_of) if around.len() % 2 == 1 => holes[*yard_of].push(k),
            _ => solid.push(k),
        }
    }
    let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
    let mut ids = vec![];
    for k in &solid {
        out.ring(areas[*k].0.iter().copied());
        for hole in &holes[*k] {
            out.ring(areas[*hole].0.iter().rev().copied());
        }
        out.end_part().end_feature();
        let piece = &pieces[areas[*k].1];
        ids.push(layers[piece.layer].layer.ids[piece.row as usize].clone());
    }
    let first = &layers.first()?.layer;
    (!solid.is_empty()).then(|| {
        IndexedLayer::new(Layer {
            slot: first.slot.clone(),
            geometry: out.finish(),
            bodies: None,
            attributes: Table::default(),
            ids,
            provenance: first.provenance.clone(),
            coverage: Coverage::Undeclared,
            report: Report::default(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        progress::Control,
        rules::{
            Verdict,
            testing::{F, TestCity, f, layer, rect},
        },
        zoning::{Check, Measured, assess},
    };

    fn limit(id: &str, coords: &[[f64; 2]]) -> F {
        f(id, coords.to_vec()).text("kind", "baugrenze")
    }

    /// A plot of 40 × 40 m with a house of 10 × 10 m in its middle, which is 15 to 25 m.
    fn city(lines: &[F], windows: &[F]) -> City {
        let areas = |slot, features: &[F]| layer(slot, GeometryKind::Polygon, features, Coverage::AreaOfInterest);
        let house = f("h", rect(15.0, 15.0, 25.0, 25.0)).text("function", "31001_1010");
        let mut city = TestCity::new()
            .layer(areas("m/parcels", &[f("p", rect(0.0, 0.0, 40.0, 40.0))]))
            .role(Role::Parcels)
            .layer(areas("m/buildings", &[house]))
            .role(Role::Buildings);
        if !windows.is_empty() {
            city = city.layer(areas("m/windows", windows)).role(Role::BuildingWindows);
        }
        city.layer(layer("m/lines", GeometryKind::Line, lines, Coverage::AreaOfInterest))
            .role(Role::BuildingLines)
            .build()
    }

    fn limits(city: &City) -> (Option<Check>, Vec<LocalText>) {
        let found = assess(city, &Control::default()).unwrap();
        let check = found.plots[0].checks.iter().find(|c| c.measured == Measured::Baugrenze).cloned();
        (check, found.notes)
    }

    #[test]
    fn lines_that_close_an_area_are_a_window() {
        // Three pieces, one of them the other way round, and ends that miss each other by two centimetres.
        let lines = [
            limit("a", &[[10.0, 10.0], [22.0, 10.0], [22.0, 30.0]]),
            limit("b", &[[10.0, 30.0], [22.02, 30.0]]),
            limit("c", &[[10.0, 30.0], [10.0, 10.01]]),
        ];
        let (check, notes) = limits(&city(&lines, &[]));
        let check = check.unwrap();
        // The house stands 3 m over the limit at 22 m.
        assert!((check.value.known().unwrap() - 30.0).abs() < 0.3, "{check:?}");
        assert_eq!(check.verdict, Verdict::Conflict);
        assert!(
            notes
                .iter()
                .any(|n| n.en.contains("3. On the edges") && n.en.contains("3 close areas")),
            "{notes:?}"
        );
    }

    #[test]
    fn a_ring_inside_a_ring_is_a_courtyard() {
        let lines = [
            limit("outer", &rect(5.0, 5.0, 35.0, 35.0)),
            limit("inner", &rect(20.0, 10.0, 30.0, 30.0)),
        ];
        let (check, _) = limits(&city(&lines, &[]));
        let check = check.unwrap();
        assert!(
            (check.value.known().unwrap() - 50.0).abs() < 1e-6,
            "half of the house stands in the courtyard: {check:?}"
        );
    }

    #[test]
    fn what_closes_nothing_leaves_the_plot_unknown_and_is_named() {
        let open = [limit("a", &[[0.0, 12.0], [40.0, 12.0]])];
        let (check, notes) = limits(&city(&open, &[]));
        let check = check.unwrap();
        assert_eq!(check.verdict, Verdict::Unknown);
        assert!(check.unknown[0].de.contains("schließ"), "{:?}", check.unknown);
        assert!(notes.iter().any(|n| n.de.contains("keine Fläche schließen 1")), "{notes:?}");
        // Elsewhere it troubles nobody.
        let far = [limit("a", &[[0.0, 80.0], [40.0, 80.0]])];
        assert_eq!(limits(&city(&far, &[])).0, None);
    }

    #[test]
    fn a_line_on_the_edge_of_a_window_says_nothing_new() {
        let window = f("w", rect(10.0, 10.0, 30.0, 30.0));
        // Only three sides of it, as plans draw it where two windows touch.
        let lines = [limit("a", &[[10.0, 30.0], [10.0, 10.0], [30.0, 10.0], [30.0, 30.0]])];
        let (check, notes) = limits(&city(&lines, &[window]));
        let check = check.unwrap();
        assert_eq!((check.verdict, check.value.known()), (Verdict::Clear, Some(0.0)));
        assert!(
            check.unknown.is_empty() && notes.iter().any(|n| n.en.contains("windows lie 1;")),
            "{notes:?}"
        );
    }

    #[test]
    fn a_line_that_one_must_build_on_is_said_to_be_unchecked() {
        let lines = [f("a", rect(10.0, 10.0, 30.0, 30.0)).text("kind", "baulinie")];
        let (check, notes) = limits(&city(&lines, &[]));
        assert_eq!(check.unwrap().verdict, Verdict::Clear);
        assert!(notes.iter().any(|n| n.de.contains("§ 23 (2) BauNVO")));
    }
}
