//! Where the project lies: its CRS, the federal state where it can be told for sure, the nearest place, and the area the data cover.

use super::{Order, SourceKind, StarterError, files::Source, note, portals};
use crate::{
    geometry,
    layers::ProjectCrs,
    model::{Bbox, Finding, GeometryKind, Level},
    modules::Role,
    progress::Control,
    project::City,
    readers::{self, RawLayer, VectorRequest},
};
use std::{collections::BTreeMap, path::Path};

/// Places further away do not name a project.
const PLACE_REACH_M: f64 = 10_000.0;

/// The CRS asked for, or the UTM zone of the site: ETRS89 in Europe, WGS 84 elsewhere.
pub(super) fn crs(order: &Order) -> Result<ProjectCrs, StarterError> {
    let [lon, lat] = order.site;
    let sound = (-180.0..=180.0).contains(&lon) && (-80.0..=84.0).contains(&lat);
    if !sound {
        return Err(StarterError::Site { site: order.site });
    }
    let zone = (((lon + 180.0) / 6.0).floor() as u32 + 1).clamp(1, 60);
    let europe = (28..=38).contains(&zone) && (34.0..=72.0).contains(&lat);
    let guess = match (europe, lat >= 0.0) {
        (true, _) => 25_800 + zone,
        (false, true) => 32_600 + zone,
        (false, false) => 32_700 + zone,
    };
    ProjectCrs::from_epsg(order.epsg.unwrap_or(guess)).map_err(|source| StarterError::Crs { source })
}

/// What OpenStreetMap says about the site.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Name of the nearest town or village.
    pub place: Option<String>,
    /// Federal state whose boundary is whole in the data and holds the site.
    pub state: Option<String>,
}

fn read(source: &Source, dir: &Path, layer: &str, kind: GeometryKind, control: &Control) -> Option<RawLayer> {
    let request = VectorRequest {
        layer: Some(layer.into()),
        kind: Some(kind),
        ..Default::default()
    };
    readers::read_vector(&dir.join(&source.file), &request, control).ok()
}

/// Metres between two places, good enough to compare.
fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
    let per_degree = 111_320.0;
    let x = (a[0] - b[0]) * per_degree * a[1].to_radians().cos();
    x.hypot((a[1] - b[1]) * per_degree)
}

/// Looks into the extracts.
pub(super) fn look(sources: &[Source], dir: &Path, site: [f64; 2], control: &Control) -> Found {
    let mut found = Found::default();
    let mut best = PLACE_REACH_M;
    for source in sources.iter().filter(|s| s.kind == SourceKind::Osm) {
        if let Some(points) = read(source, dir, "points", GeometryKind::Point, control) {
            for row in 0..points.geometry.len() {
                // A town draws names from further than a hamlet.
                let weight = match points.attributes.value("place", row).as_str() {
                    Some("city") => 0.25,
                    Some("town") => 0.5,
                    Some("village" | "suburb") => 1.0,
                    _ => continue,
                };
                let name = points.attributes.value("name", row).to_string();
                let at = points.geometry.rings(row).next().and_then(|r| r.first().copied());
                let distance = at.map_or(f64::INFINITY, |p| metres(site, p) * weight);
                if distance < best && !name.is_empty() {
                    best = distance;
                    found.place = Some(name);
                }
            }
        }
        if let Some(areas) = read(source, dir, "multipolygons", GeometryKind::Polygon, control) {
            let state = (0..areas.geometry.len())
                .filter(|row| areas.attributes.value("admin_level", *row).to_string() == "4")
                .filter(|row| geometry::contains(&areas.geometry, *row, site))
                .find_map(|row| {
                    ["ISO3166-2", "ISO3166_2", "name"]
                        .iter()
                        .find_map(|name| portals::code_of(&areas.attributes.value(name, row).to_string()))
                });
            found.state = found.state.or(state);
        }
    }
    found
}

/// The state of the order, else the one found, else none and a word about it.
pub(super) fn state(order: &Order, found: &Found, findings: &mut Vec<Finding>) -> Option<String> {
    let state = order.state.clone().or(found.state.clone());
    match &state {
        None => findings.push(note(
            "PJ-174",
            Level::Info,
            "Das Bundesland geht aus den Daten nicht sicher hervor und bleibt offen; Regeln gelten in ihrer allgemeinen Form. In project.toml lässt es sich mit state = \"…\" angeben (oder gleich mit --state).",
            "the data do not tell the federal state for sure, so it is left open; rules hold in their general form. Give it with state = \"…\" in project.toml (or with --state right away).",
        )),
        Some(code) if order.state.is_none() => findings.push(note(
            "PJ-174",
            Level::Info,
            format!("Bundesland {code}: Der Ort liegt in dessen Grenze nach OpenStreetMap."),
            format!("federal state {code}: the site lies within its boundary in OpenStreetMap."),
        )),
        Some(_) => {}
    }
    state
}

/// The part of the box around the site that data reach.
pub(super) fn area(city: &City, crs: &ProjectCrs, wished: [f64; 4], site: [f64; 2], findings: &mut Vec<Finding>) -> [f64; 4] {
    let wish = Bbox::new([wished[0], wished[1]], [wished[2], wished[3]]);
    let data = city
        .layers()
        .flat_map(|l| l.layer.geometry.boxes())
        .filter(|b| b.intersects(&wish))
        .fold(Bbox::EMPTY, |all, b| all.union(*b));
    let clamp = |v: f64, d: usize| v.clamp(wish.min[d], wish.max[d]);
    // Whoever mistook the place can copy the right one from the sentence.
    let middle = |b: Bbox| {
        let place = Some(b.center()).filter(|_| !b.is_empty()).and_then(|c| crs.to_lonlat(c));
        let text = place.map(|[lon, lat]| format!("{lon:.3},{lat:.3}"));
        text.map_or((String::new(), String::new()), |t| {
            (
                format!(" Die Mitte der Daten liegt bei {t}."),
                format!(" The middle of the data is at {t}."),
            )
        })
    };
    if data.is_empty() {
        // Not the city's extent: that is the area of interest, which lies around the site.
        let all = city.layers().map(|l| l.layer.extent()).fold(Bbox::EMPTY, Bbox::union);
        let (de, en) = middle(all);
        findings.push(note(
            "PJ-175",
            Level::Warning,
            format!("Um den Ort liegen keine Daten. Stimmen Länge und Breite (in dieser Reihenfolge)?{de}"),
            format!("there are no data around the site. Are longitude and latitude right (in this order)?{en}"),
        ));
        return wished;
    }
    if !data.contains(site) {
        let (de, en) = middle(data);
        findings.push(note(
            "PJ-175",
            Level::Warning,
            format!("Der Ort liegt am Rand oder außerhalb der Daten; das Untersuchungsgebiet reicht nur so weit wie sie.{de}"),
            format!("the site lies at the edge of the data or outside; the area of interest reaches only as far as they do.{en}"),
        ));
    }
    [
        clamp(data.min[0], 0).floor(),
        clamp(data.min[1], 1).floor(),
        clamp(data.max[0], 0).ceil(),
        clamp(data.max[1], 1).ceil(),
    ]
}

/// Where the views of a new project look: at the houses that stand closest together, rather near the site than far from it. Without
/// houses at what a plan lets one build, or at the site, or at the middle of the area where the site lies outside.
pub(super) fn heart(city: &City, area: [f64; 4], site: [f64; 2]) -> [f64; 2] {
    const CELL_M: f64 = 250.0;
    let area = Bbox::new([area[0], area[1]], [area[2], area[3]]);
    let houses = city.layers().find(|l| l.layer.slot.slot() == "buildings");
    let mut cells = BTreeMap::<[i64; 2], (f64, [f64; 2])>::new();
    for b in houses.iter().flat_map(|l| l.layer.geometry.boxes()) {
        let c = b.center();
        if area.contains(c) {
            let (n, sum) = cells.entry(c.map(|v| (v / CELL_M).floor() as i64)).or_default();
            *n += 1.0;
            *sum = [sum[0] + c[0], sum[1] + c[1]];
        }
    }
    let middle = |(n, sum): &(f64, [f64; 2])| [sum[0] / n, sum[1] / n];
    let worth = |cell: &(f64, [f64; 2])| {
        let m = middle(cell);
        cell.0 / (1.0 + (m[0] - site[0]).hypot(m[1] - site[1]) / 1000.0)
    };
    let best = cells.values().max_by(|a, b| worth(a).total_cmp(&worth(b)));
    let windows = || {
        let layer = city.with_role(Role::BuildingWindows).find_map(|s| city.layer(&s.id))?;
        let boxes = layer.layer.geometry.boxes().iter();
        let all = boxes.filter(|b| b.intersects(&area)).fold(Bbox::EMPTY, |all, b| all.union(*b));
        (!all.is_empty()).then(|| all.center())
    };
    let otherwise = || if area.contains(site) { site } else { area.center() };
    best.map(middle).or_else(windows).unwrap_or_else(otherwise)
}

/// The name of the plan, where all building windows of the city belong to the same.
pub(super) fn plan_name(city: &City) -> Option<String> {
    let mut layers = city.with_role(Role::BuildingWindows).filter_map(|s| city.layer(&s.id));
    let layer = &layers.find(|l| !l.layer.is_empty())?.layer;
    let name = |row: usize| layer.attributes.value("plan", row).as_str().map(|n| n.trim().to_owned());
    let first = name(0).filter(|n| !n.is_empty())?;
    (1..layer.len()).all(|row| name(row).as_ref() == Some(&first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_follows_the_site() {
        for (site, epsg) in [
            ([11.58, 49.94], 25832),
            ([13.4, 52.5], 25833),
            ([6.0, 50.7], 25832),
            ([5.9, 50.7], 25831),
            ([-74.0, 40.7], 32618),
            ([151.2, -33.9], 32756),
        ] {
            assert_eq!(crs(&Order::new("x", site)).unwrap().epsg(), epsg, "{site:?}");
        }
        for site in [[49.94, 511.0], [f64::NAN, 1.0], [11.0, 89.0]] {
            assert!(matches!(crs(&Order::new("x", site)), Err(StarterError::Site { .. })));
        }
        let mut order = Order::new("x", [11.0, 50.0]);
        order.epsg = Some(4326);
        assert!(matches!(crs(&order), Err(StarterError::Crs { .. })));
    }
}
