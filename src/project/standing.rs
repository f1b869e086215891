//! Whether bodies stand on the ground: buildings of LoD2 and above keep the heights of their source, and where those do not fit the project's
//! terrain it is said, with how far they float or sink. Blocks of LoD1 are set on the ground where they are drawn.

use super::{City, SlotData};
use crate::{
    model::{Finding, Layer, Level, Raster},
    modules::Role,
};
use rayon::prelude::*;

/// Terrain grids and ground surfaces agree within this.
const FITS_M: f64 = 1.0;

/// How far the base of each body of LoD2 and above is over the lowest ground under its footprint, for the rows where both are known.
fn offsets_m(layer: &Layer, terrain: &Raster) -> Vec<f64> {
    let Some(bodies) = &layer.bodies else { return vec![] };
    (0..layer.len())
        .into_par_iter()
        .filter_map(|row| {
            bodies.lod(row).filter(|lod| *lod >= 2)?;
            let [base, _] = bodies.heights(row)?;
            let ground = layer.geometry.rings(row).flatten().filter_map(|p| terrain.interpolate(*p));
            let lowest = ground.fold(f64::INFINITY, f64::min);
            lowest.is_finite().then_some(base - lowest)
        })
        .collect()
}

/// One finding a layer that floats or sinks, or that has heights while the project has no terrain.
pub(super) fn findings(city: &City) -> Vec<Finding> {
    let mut out = vec![];
    for slot in city.with_role(Role::Buildings) {
        let SlotData::Vector(indexed) = &slot.data else { continue };
        let layer = &indexed.layer;
        let Some(bodies) = &layer.bodies else { continue };
        let id = slot.id.to_string();
        let Some(terrain) = city.terrain() else {
            let n = (0..bodies.len()).filter(|r| bodies.has(*r)).count() as u64;
            out.push(
                Finding::new(
                    "PJ-101",
                    Level::Info,
                    format!("{n} Gebäude bringen eigene Höhen mit, das Projekt hat kein Gelände: Sie werden auf die Ebene gestellt."),
                    format!("{n} buildings bring their own heights, and the project has no terrain: they are set on the plane."),
                )
                .layer(id)
                .count(n),
            );
            continue;
        };
        let offsets = offsets_m(layer, terrain);
        for (floats, mut off) in [true, false].map(|f| {
            (
                f,
                offsets
                    .iter()
                    .copied()
                    .filter(|o| if f { *o > FITS_M } else { *o < -FITS_M })
                    .collect::<Vec<f64>>(),
            )
        }) {
            if off.is_empty() {
                continue;
            }
            off.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
            let (n, all) = (off.len(), offsets.len());
            let (middle, most) = (off[n / 2].abs(), off[n - 1].abs());
            let de = |v: f64| format!("{v:.1}").replace('.', ",");
            let (verb_de, verb_en) = if floats {
                ("schweben über", "float above")
            } else {
                ("stecken in", "sink into")
            };
            out.push(
                Finding::new(
                    "PJ-100",
                    Level::Warning,
                    format!(
                        "{n} von {all} Gebäuden {verb_de} dem Gelände, in der Mitte um {} m, höchstens um {} m. Höhensystem und Stand von Gebäuden und Gelände vergleichen; die Gebäude behalten ihre Höhe.",
                        de(middle),
                        de(most)
                    ),
                    format!(
                        "{n} of {all} buildings {verb_en} the terrain, by {middle:.1} m in the middle and {most:.1} m at most. Compare height system and date of buildings and terrain; the buildings keep their height."
                    ),
                )
                .layer(id.clone())
                .count(n as u64),
            );
        }
    }
    out
}
