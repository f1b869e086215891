//! Checks of a plan's content that its schema cannot make: areas that should share the ground without gap and overlap
//! (Flächenschluss), and objects outside the plan's scope (Geltungsbereich). Every fault is measured and has a place.

use super::{
    document::Document,
    join::Joins,
    measure::polygons,
    object::{Object, is_presentation},
};
use crate::{
    geometry::{self, PreparedArea, PreparedEdges, Repair, Scratch},
    i18n::number,
    model::{Finding, Geometries, GeometriesBuilder, GeometryKind, Language, Level},
};
use geo::{Area, Euclidean, Length, MultiPolygon};
use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::SystemTime,
};

/// What is narrower is rounding: plans are drawn to the millimetre, and two millimetres are what the standard tolerates.
const LEAST_WIDTH_M: f64 = 0.002;
/// What is smaller nobody can find on a plan.
const LEAST_AREA_M2: f64 = 0.01;
/// How far outside is looked for.
const FAR_M: f64 = 1e6;

/// A fault, and the object types whose layers it concerns.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) finding: Finding,
    pub(super) types: Vec<Arc<str>>,
}

/// A region that should not be there.
struct Region {
    area_m2: f64,
    width_m: f64,
    place: [f64; 2],
}

/// Which state of which file: path, size, time of the last change.
type Key = (PathBuf, u64, Option<SystemTime>);
type Shared = Arc<OnceLock<Arc<Vec<Fault>>>>;

/// Faults of the files looked at last: a plan is read once for each of its layers, and the checks take longer than reading.
static LATEST: Mutex<VecDeque<(Key, Shared)>> = Mutex::new(VecDeque::new());
/// Files remembered.
const REMEMBERED: usize = 16;

/// The faults of a file; computed once for each state of it.
pub(super) fn of_file<'a>(path: &Path, document: &'a Document, joins: &Joins<'a>) -> Arc<Vec<Fault>> {
    let Ok(meta) = path.metadata() else {
        return Arc::new(faults(document, joins));
    };
    let key: Key = (path.into(), meta.len(), meta.modified().ok());
    let shared = {
        let mut latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, shared)) = latest.iter().find(|(k, _)| *k == key) {
            shared.clone()
        } else {
            let shared = Shared::default();
            latest.push_back((key, shared.clone()));
            if latest.len() > REMEMBERED {
                latest.pop_front();
            }
            shared
        }
    };
    shared.get_or_init(|| Arc::new(faults(document, joins))).clone()
}

/// Every fault of the document, in the order of its plans.
fn faults<'a>(document: &'a Document, joins: &Joins<'a>) -> Vec<Fault> {
    let mut out = vec![];
    // By the section, or by the plan where objects hang on it directly.
    let mut groups: BTreeMap<usize, (&Object, Vec<&Object>)> = BTreeMap::new();
    for object in &document.objects {
        let is_frame = object.kind.ends_with("_Plan") || object.kind.ends_with("_Bereich") || object.kind.ends_with("TextAbschnitt");
        if is_frame || is_presentation(&object.kind) || object.shape.is_none() {
            continue;
        }
        let Some(frame) = joins.section(object).or_else(|| joins.plan(object)) else {
            continue;
        };
        let at = std::ptr::from_ref(frame).addr();
        groups.entry(at).or_insert_with(|| (frame, vec![])).1.push(object);
    }
    // The addresses are in the order of the objects: all of them lie in one array.
    for (frame, objects) in groups.into_values() {
        let scope = [Some(frame), joins.plan(frame)].into_iter().flatten().find_map(region_of);
        out.extend(overlaps(&objects));
        match scope {
            Some(scope) => {
                out.extend(gaps(&objects, &scope, frame));
                out.extend(outside(&objects, &scope));
            }
            None => out.push(Fault {
                finding: Finding::new(
                    "RD-128",
                    Level::Warning,
                    "Der Plan nennt keinen brauchbaren Geltungsbereich: Lücken und Objekte außerhalb lassen sich nicht prüfen.",
                    "the plan names no usable scope: gaps and objects outside cannot be checked.",
                )
                .feature(&frame.id),
                types: joins
                    .plan(frame)
                    .into_iter()
                    .map(|p| p.kind.clone())
                    .chain([frame.kind.clone()])
                    .collect(),
            }),
        }
    }
    out
}

/// The cleaned area of an object as one row.
fn region_of(object: &Object) -> Option<Geometries> {
    clean(object).map(|g| geometry::from_geo(&[g]))
}

fn clean(object: &Object) -> Option<MultiPolygon<f64>> {
    let raw = polygons(&[object]);
    if raw.bbox(0).is_empty() {
        return None;
    }
    let parts = raw.parts(0).map(|p| p.rings().map(<[_]>::to_vec).collect()).collect();
    let parts = match geometry::repair_multi_polygon(parts) {
        Repair::Valid(parts) | Repair::Repaired { parts, .. } => parts,
        Repair::Rejected { .. } => return None,
    };
    let mut g = GeometriesBuilder::new(GeometryKind::Polygon);
    for rings in parts {
        for ring in rings {
            g.ring(ring);
        }
        g.end_part();
    }
    g.end_feature();
    Some(geometry::multi_polygon(&g.finish(), 0))
}

/// The parts of a region that are more than rounding.
fn real(region: &MultiPolygon<f64>) -> Vec<Region> {
    let measured = region.iter().map(|p| {
        let area_m2 = p.unsigned_area();
        let outline: f64 = std::iter::once(p.exterior())
            .chain(p.interiors())
            .map(|r| Euclidean.length(r))
            .sum();
        let one = geometry::from_geo(&[MultiPolygon(vec![p.clone()])]);
        Region {
            area_m2,
            width_m: 2.0 * area_m2 / outline.max(f64::MIN_POSITIVE),
            place: geometry::point_on_surface(&one, 0).unwrap_or_default(),
        }
    });
    let mut out: Vec<Region> = measured
        .filter(|r| r.area_m2 > LEAST_AREA_M2 && r.width_m > LEAST_WIDTH_M)
        .collect();
    out.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
    out
}

fn squares(language: Language, m2: f64) -> String {
    number(language, m2, if m2 < 10.0 { 2 } else { 1 })
}

/// Where something is, in the plan's own coordinates.
fn at(place: [f64; 2]) -> String {
    format!("{:.1} / {:.1}", place[0], place[1])
}

fn overlaps(objects: &[&Object]) -> Vec<Fault> {
    let mut areas: Vec<(&Object, Geometries)> = objects
        .iter()
        .filter(|o| o.closes_area())
        .filter_map(|o| Some((*o, region_of(o)?)))
        .collect();
    areas.sort_by(|a, b| a.1.bbox(0).min[0].total_cmp(&b.1.bbox(0).min[0]));
    let prepared: Vec<PreparedArea> = areas.iter().map(|(_, g)| PreparedArea::new(g, 0)).collect();
    let (mut scratch, mut out) = (Scratch::default(), vec![]);
    for (i, (a, g)) in areas.iter().enumerate() {
        let a_box = g.bbox(0);
        // Sorted by their western side: the first that begins east of this one ends the search.
        for (k, (b, h)) in areas.iter().enumerate().skip(i + 1) {
            let b_box = h.bbox(0);
            if b_box.min[0] > a_box.max[0] {
                break;
            }
            if !a_box.intersects(&b_box) || geometry::overlap_area_m2(&prepared[i], &prepared[k], &mut scratch) <= LEAST_AREA_M2 {
                continue;
            }
            let Ok(shared) = geometry::intersection((g, 0), (h, 0)) else {
                continue;
            };
            let regions = real(&shared);
            let Some(largest) = regions.first() else { continue };
            let area: f64 = regions.iter().map(|r| r.area_m2).sum();
            let place = at(largest.place);
            let names = [a, b].map(|o| format!("{} „{}“", o.kind, o.id));
            let [de, en] = [Language::De, Language::En].map(|l| (squares(l, area), number(l, largest.width_m, 3)));
            out.push(Fault {
                finding: Finding::new(
                    "RD-125",
                    Level::Warning,
                    format!(
                        "{} und {} überlappen sich um {} m² (im Mittel {} m breit) bei {place}, obwohl beide zum Flächenschluss gehören. Im Plan berichtigen.",
                        names[0], names[1], de.0, de.1
                    ),
                    format!(
                        "{} and {} overlap by {} m² ({} m wide on average) at {place}, although both belong to the Flächenschluss. Correct the plan.",
                        names[0], names[1], en.0, en.1
                    ),
                )
                .feature(&a.id),
                types: vec![a.kind.clone(), b.kind.clone()],
            });
        }
    }
    out
}

fn gaps(objects: &[&Object], scope: &Geometries, frame: &Object) -> Vec<Fault> {
    let areas: Vec<&&Object> = objects.iter().filter(|o| o.closes_area()).collect();
    let mut types: Vec<Arc<str>> = areas.iter().map(|o| o.kind.clone()).collect();
    types.sort();
    types.dedup();
    types.push(frame.kind.clone());
    let family = frame.kind.split('_').next().unwrap_or_default();
    types.push(format!("{family}_Plan").as_str().into());
    if areas.is_empty() {
        return vec![Fault {
            finding: Finding::new(
                "RD-128",
                Level::Info,
                "Kein Objekt gehört zum Flächenschluss: Lücken lassen sich nicht prüfen.",
                "no object belongs to the Flächenschluss: gaps cannot be checked.",
            )
            .feature(&frame.id),
            types,
        }];
    }
    let parts: Vec<MultiPolygon<f64>> = areas.iter().filter_map(|o| clean(o)).collect();
    let scope = geometry::multi_polygon(scope, 0);
    let open = geometry::union(&parts).and_then(|all| geometry::difference(&scope, &all));
    let Ok(open) = open else {
        return vec![Fault {
            finding: Finding::new(
                "RD-128",
                Level::Warning,
                "Die Lücken im Flächenschluss ließen sich nicht berechnen.",
                "the gaps of the Flächenschluss could not be computed.",
            )
            .feature(&frame.id),
            types,
        }];
    };
    let total = scope.unsigned_area();
    real(&open)
        .into_iter()
        .map(|gap| {
            let [de, en] = [Language::De, Language::En].map(|l| (squares(l, gap.area_m2), number(l, 100.0 * gap.area_m2 / total, 2)));
            let place = at(gap.place);
            Fault {
                finding: Finding::new(
                    "RD-126",
                    Level::Warning,
                    format!("Lücke im Flächenschluss: {} m² ({} % des Geltungsbereichs) bei {place} gehören zu keiner Fläche. Im Plan schließen.", de.0, de.1),
                    format!("gap in the Flächenschluss: {} m² ({} % of the scope) at {place} belong to no area. Close it in the plan.", en.0, en.1),
                )
                .feature(&frame.id),
                types: types.clone(),
            }
        })
        .collect()
}

fn outside(objects: &[&Object], scope: &Geometries) -> Vec<Fault> {
    let scope_area = PreparedArea::new(scope, 0);
    let scope_edges = PreparedEdges::new(scope, 0);
    let scope_region = geometry::multi_polygon(scope, 0);
    let mut scratch = Scratch::default();
    let mut out = vec![];
    for object in objects {
        let Some(shape) = object.shape.as_ref().filter(|s| s.not_numbers == 0) else {
            continue;
        };
        let measured = if shape.kind() == Some(GeometryKind::Polygon) {
            region_of(object).and_then(|own| {
                let prepared = PreparedArea::new(&own, 0);
                let rest = prepared.area_m2() - geometry::overlap_area_m2(&prepared, &scope_area, &mut scratch);
                if rest <= LEAST_AREA_M2 {
                    return None;
                }
                let beyond = geometry::difference(&geometry::multi_polygon(&own, 0), &scope_region).ok()?;
                let regions = real(&beyond);
                let place = regions.first()?.place;
                let area: f64 = regions.iter().map(|r| r.area_m2).sum();
                let share = 100.0 * area / prepared.area_m2();
                let say = |l| (squares(l, area), number(l, share, 1));
                let ((de, de_share), (en, en_share)) = (say(Language::De), say(Language::En));
                Some((place, format!("mit {de} m² ({de_share} %)"), format!("by {en} m² ({en_share} %)")))
            })
        } else {
            let places = shape.lines.iter().flatten().chain(&shape.points);
            let far = |p: &[f64; 2]| {
                if geometry::contains(scope, 0, *p) {
                    return (0.0, *p);
                }
                let mut point = GeometriesBuilder::new(GeometryKind::Point);
                point.ring([*p]).end_part().end_feature();
                let away = geometry::distance_m(&PreparedEdges::new(&point.finish(), 0), &scope_edges, FAR_M);
                (away.unwrap_or(FAR_M), *p)
            };
            places
                .map(far)
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .filter(|f| f.0 > LEAST_WIDTH_M)
                .map(|(m, place)| {
                    let [de, en] = [Language::De, Language::En].map(|l| number(l, m, 2));
                    (place, format!("bis zu {de} m weit"), format!("by up to {en} m"))
                })
        };
        let Some((place, de, en)) = measured else { continue };
        let place = at(place);
        let (kind, id) = (&object.kind, &object.id);
        out.push(Fault {
            finding: Finding::new(
                "RD-127",
                Level::Warning,
                format!("{kind} „{id}“ liegt {de} außerhalb des Geltungsbereichs, bei {place}. Im Plan berichtigen."),
                format!("{kind} “{id}” lies outside the scope {en}, at {place}. Correct the plan."),
            )
            .feature(id),
            types: vec![kind.clone()],
        });
    }
    out
}
