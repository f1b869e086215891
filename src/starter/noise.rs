//! Road noise of a new project: streets with assumed traffic into noise bands. Asked for, never made up unasked, and labelled everywhere.

use super::{StarterError, note, write::Bind};
use crate::{
    estimate::{
        contour::{Grid, band},
        plane::{P, densify, distance, lerp},
        road::{Piece, RoadType, levels, power_db},
    },
    model::{Bbox, Column, Finding, Geometries, GeometriesBuilder, GeometryKind, Level, Table, Value},
    modules::Role,
    progress::Control,
    project::{City, Mapping, SlotData, builtin_mappings},
    readers::gdal::write::{WriteLayer, geopackage},
};
use std::path::Path;

/// The computed bands inside the project.
const FILE: &str = "data/noise_estimate.gpkg";

/// Noise of roads beyond the area is heard inside it.
const MARGIN_M: f64 = 700.0;

/// Most nodes of the grid: the step grows with the area.
const MAX_NODES: f64 = 400_000.0;

/// Kind of road, assumed vehicles a day, speed where none is given. From experience with German towns, not from counts.
fn assumed(class: &str) -> Option<(RoadType, f64, f64)> {
    Some(match class {
        "motorway" => (RoadType::Motorway, 45_000.0, 130.0),
        "trunk" => (RoadType::Federal, 18_000.0, 100.0),
        "primary" => (RoadType::Federal, 12_000.0, 50.0),
        "secondary" => (RoadType::State, 6_000.0, 50.0),
        "tertiary" => (RoadType::State, 2_500.0, 50.0),
        _ => return None,
    })
}

/// What paving adds to the reference surface, by speed (RLS-19 table 4a, other paving).
fn surface_db(surface: &str, speed_kmh: f64) -> f64 {
    match surface {
        "cobblestone" | "sett" | "unhewn_cobblestone" | "cobblestone:flattened" => {
            if speed_kmh <= 30.0 {
                5.0
            } else if speed_kmh <= 40.0 {
                6.0
            } else {
                7.0
            }
        }
        "paving_stones" => {
            if speed_kmh <= 30.0 {
                1.0
            } else if speed_kmh <= 40.0 {
                2.0
            } else {
                3.0
            }
        }
        _ => 0.0,
    }
}

fn pieces(city: &City, around: Bbox) -> (Vec<Piece>, usize) {
    let (mut out, mut counted) = (vec![], 0);
    for slot in city.with_role(Role::Streets) {
        let SlotData::Vector(streets) = &slot.data else { continue };
        let (g, a) = (&streets.layer.geometry, &streets.layer.attributes);
        for row in (0..g.len()).filter(|row| g.bbox(*row).intersects(&around)) {
            let class = a.value("class", row);
            let Some((road, dtv, speed)) = class.as_str().and_then(assumed) else {
                continue;
            };
            let given = a.value("dtv", row).as_f64().filter(|v| *v > 0.0);
            counted += usize::from(given.is_some());
            // Carriageways that are mapped one by one carry half of the traffic each.
            let one_way = a.value("oneway", row) == Value::Boolean(true) || class.as_str() == Some("motorway");
            let dtv = given.unwrap_or(if one_way { dtv / 2.0 } else { dtv });
            let speed = a.value("maxspeed", row).as_f64().filter(|v| *v > 0.0).unwrap_or(speed);
            let surface = a.value("surface", row);
            let power = power_db(dtv, speed, road, surface_db(surface.as_str().unwrap_or_default(), speed));
            for line in g.rings(row) {
                let points: Vec<P> = densify(line, 15.0);
                out.extend(
                    points
                        .windows(2)
                        .map(|w| (lerp(w[0], w[1], 0.5), distance(w[0], w[1]), power))
                        .filter(|(p, l, _)| around.contains(*p) && *l > 0.0),
                );
            }
        }
    }
    (out, counted)
}

/// Bands of five decibels, as strategic noise maps have them.
fn bands(grid: &Grid, from: &str, to: &str, first: f64) -> (Geometries, Table) {
    let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
    let (mut lower, mut upper) = (vec![], vec![]);
    for k in 0..5 {
        let low = first + 5.0 * f64::from(k);
        let high = (k < 4).then_some(low + 5.0);
        for polygon in band(grid, low, high, 50.0) {
            for ring in &polygon {
                b.ring(ring.iter().copied().chain(ring.first().copied()));
            }
            b.end_part().end_feature();
            lower.push(low);
            upper.push(high.unwrap_or(f64::NAN));
        }
    }
    let mut table = Table::default();
    table.set(from, Column::Real(lower));
    table.set(to, Column::Real(upper));
    (b.finish(), table)
}

/// Computes the bands, writes them into the project and gives the bindings.
pub(super) fn estimate(
    city: &City,
    area: [f64; 4],
    dir: &Path,
    control: &Control,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Bind>, StarterError> {
    let area = Bbox::new([area[0], area[1]], [area[2], area[3]]);
    let (pieces, counted) = pieces(city, area.buffered(MARGIN_M));
    if pieces.is_empty() {
        findings.push(note(
            "PJ-173",
            Level::Warning,
            "Straßenlärm lässt sich nicht abschätzen: Im Gebiet liegt keine Straße von der Sammelstraße aufwärts.",
            "road noise cannot be estimated: there is no road of tertiary class or above in the area.",
        ));
        return Ok(vec![]);
    }
    let (w, h) = (area.max[0] - area.min[0], area.max[1] - area.min[1]);
    let step = (w * h / MAX_NODES).sqrt().max(10.0);
    let [lden, lnight] = levels(&pieces, area.min, area.max, step);
    if control.is_cancelled() {
        return Err(StarterError::Cancelled);
    }
    let (day, day_table) = bands(&lden, "lden_db", "lden_max_db", 55.0);
    let (night, night_table) = bands(&lnight, "lnight_db", "lnight_max_db", 50.0);
    let description = "Modellrechnung, keine amtliche Lärmkarte";
    let layers =
        [("noise_lden", &day, &day_table), ("noise_lnight", &night, &night_table)].map(|(name, geometry, attributes)| WriteLayer {
            name,
            description,
            geometry,
            attributes,
            style: None,
        });
    geopackage(&dir.join(FILE), city.info.epsg, &layers, control).map_err(|source| StarterError::Write { source })?;
    findings.push(note(
        "PJ-173",
        Level::Warning,
        format!("Straßenlärm: Modellrechnung, keine amtliche Lärmkarte. Emission nach RLS-19; angenommen sind täglich 45.000 Kfz auf Autobahnen, 18.000 auf Schnellstraßen, 12.000 auf Haupt-, 6.000 auf Verbindungs- und 2.500 auf Sammelstraßen ({counted} Straßen haben eigene Zahlen). Keine Abschirmung durch einzelne Gebäude, keine Wohnstraßen, keine Bahn: Wo kein Band liegt, ist es nicht leise."),
        format!("road noise: a model calculation, no official noise map. Emission by RLS-19; assumed are 45,000 vehicles a day on motorways, 18,000 on trunk, 12,000 on primary, 6,000 on secondary and 2,500 on tertiary roads ({counted} roads have figures of their own). No screening by single buildings, no residential streets, no railway: where there is no band it is not quiet."),
    ));
    let of_estimates = |m: &Mapping| m.name.starts_with("estimate/");
    let binds = builtin_mappings().into_iter().filter(of_estimates).map(|m| Bind {
        slot: m.slot,
        mapping: m.name,
        files: vec![FILE.into()],
        unofficial: m.unofficial,
        note: m.note,
        joins: vec![],
    });
    Ok(binds
        .filter(|b| city.slot(&b.slot).is_some_and(|s| matches!(s.data, SlotData::Missing { .. })))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_lie_inside_each_other_and_close() {
        let pieces: Vec<Piece> = (0..200).map(|k| ([5.0 * f64::from(k), 0.0], 5.0, [85.0, 77.0])).collect();
        let [lden, _] = levels(&pieces, [0.0, -200.0], [1000.0, 200.0], 10.0);
        let (g, t) = bands(&lden, "from", "to", 55.0);
        assert!(g.len() >= 3);
        for row in 0..g.len() {
            assert!(g.rings(row).all(|r| r.first() == r.last() && r.len() >= 4));
            let (low, high) = (t.value("from", row).as_f64().unwrap(), t.value("to", row).as_f64());
            assert!(high.is_none_or(|h| h == low + 5.0));
        }
        assert!(surface_db("sett", 30.0) > surface_db("asphalt", 30.0));
        assert!(assumed("residential").is_none(), "side streets are not guessed");
    }
}
