//! Whether bodies stand on the ground: buildings of LoD2 and above keep the heights of their source, and where those do not fit the project's
//! terrain it is said, with how far they float or sink. Blocks of LoD1 are set on the ground where they are drawn.

use super::{City, SlotData};
use crate::{
    model::{Bodies, Finding, Layer, Level, Raster},
    modules::Role,
};
use rayon::prelude::*;

/// Terrain grids and ground surfaces agree within this.
const FITS_M: f64 = 1.0;

/// How far the base of each body of LoD2 and above is over the lowest ground under its footprint, and how many stand where no ground is known.
fn offsets_m(layer: &Layer, bodies: &Bodies, terrain: &Raster) -> (Vec<f64>, u64) {
    let offset = |row: usize| {
        bodies.lod(row).filter(|lod| *lod >= 2)?;
        let [base, _] = bodies.heights(row)?;
        let ground = layer.geometry.rings(row).flatten().filter_map(|p| terrain.interpolate(*p));
        let lowest = ground.fold(f64::INFINITY, f64::min);
        Some(lowest.is_finite().then_some(base - lowest))
    };
    let all: Vec<Option<f64>> = (0..layer.len()).into_par_iter().filter_map(offset).collect();
    let unknown = all.iter().filter(|o| o.is_none()).count();
    (all.into_iter().flatten().collect(), unknown as u64)
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
        let (offsets, unknown) = offsets_m(layer, bodies, terrain);
        if unknown > 0 {
            out.push(
                Finding::new(
                    "PJ-102",
                    Level::Info,
                    "Gebäude mit eigener Höhe stehen, wo das Gelände keine hat: Ob sie auf dem Boden stehen, ist nicht bekannt.",
                    "buildings with a height of their own stand where the terrain has none: whether they stand on the ground is not known.",
                )
                .layer(id.clone())
                .count(unknown),
            );
        }
        let (floating, sinking): (Vec<f64>, Vec<f64>) = offsets.iter().copied().filter(|o| o.abs() > FITS_M).partition(|o| *o > 0.0);
        out.extend(ABOVE.finding(floating, offsets.len(), &id));
        out.extend(BELOW.finding(sinking, offsets.len(), &id));
    }
    out
}

/// A direction in which buildings are off, in words: of one and of several.
struct Off {
    de: [&'static str; 2],
    en: [&'static str; 2],
}

const ABOVE: Off = Off {
    de: ["schwebt über dem", "schweben über dem"],
    en: ["floats above", "float above"],
};
const BELOW: Off = Off {
    de: ["steckt im", "stecken im"],
    en: ["sinks into", "sink into"],
};

impl Off {
    /// What is said of the buildings that are off in this direction; nothing where there are none.
    fn finding(&self, mut off: Vec<f64>, all: usize, layer: &str) -> Option<Finding> {
        off.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        let n = off.len();
        let (most, middle) = (off.last()?.abs(), off[n / 2].abs());
        let comma = |v: f64| format!("{v:.1}").replace('.', ",");
        let [de, en] = [self.de, self.en].map(|words| words[usize::from(n > 1)]);
        let (by_de, by_en) = match n {
            1 => (format!("um {} m", comma(most)), format!("by {most:.1} m")),
            _ => (
                format!("im Median um {} m, höchstens um {} m", comma(middle), comma(most)),
                format!("by {middle:.1} m in the median and {most:.1} m at most"),
            ),
        };
        let text = (
            format!(
                "{n} von {all} Gebäuden mit eigener Höhe {de} Gelände, {by_de}. Höhensystem und Stand von Gebäuden und Gelände vergleichen; \
                 die Gebäude behalten ihre Höhe."
            ),
            format!(
                "{n} of {all} buildings with a height of their own {en} the terrain, {by_en}. Compare height system and date of buildings \
                 and terrain; the buildings keep their height."
            ),
        );
        let finding = Finding::new("PJ-100", Level::Warning, text.0, text.1);
        Some(finding.layer(layer).count(n as u64))
    }
}
