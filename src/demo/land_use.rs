//! The town by its quarters: what the land is used for, how much of it is sealed and since when.

use super::layers::warped_ring;
use super::quarters::Use;
use super::sheet::{LayerOut, Sheet, text};
use super::town::Town;
use crate::model::{GeometryKind, Value};

/// Sealed share of a quarter with its streets, in percent.
fn sealed(usage: Use) -> f64 {
    match usage {
        Use::OldTown | Use::Market | Use::TownHall => 84.0,
        Use::Station => 80.0,
        Use::Industry => 78.0,
        Use::Trade => 74.0,
        Use::Perimeter => 66.0,
        Use::Church => 60.0,
        Use::School | Use::Hospital | Use::Barracks => 52.0,
        Use::Slabs => 48.0,
        Use::Rows => 44.0,
        Use::Houses => 37.0,
        Use::Sports => 22.0,
        Use::Allotments | Use::Cemetery => 14.0,
        Use::Park | Use::Promenade => 9.0,
        Use::Meadow | Use::Field | Use::Hill => 1.0,
    }
}

/// One polygon a quarter, with half of the streets around it. The town grew from the centre outwards, and the last quarters are young.
pub(super) fn land_use(town: &Town) -> LayerOut {
    let mut s = Sheet::new("land_use", GeometryKind::Polygon, &["kind", "sealed_percent", "since"]);
    let built: std::collections::BTreeSet<usize> = town.blocks.iter().filter(|b| !b.usage.is_open()).map(|b| b.quarter).collect();
    let mut order: Vec<usize> = built.iter().copied().filter(|k| *k < town.quarters.len()).collect();
    order.sort_by(|a, b| town.quarters[*a].cost.total_cmp(&town.quarters[*b].cost));
    for (k, quarter) in town.quarters.iter().enumerate() {
        let ring = warped_ring(town, &quarter.face.ring);
        match order.iter().position(|o| *o == k) {
            Some(rank) => {
                let part = rank as f64 / order.len().max(2) as f64;
                let since = 1850.0 + 176.0 * part.powf(0.6);
                let values = [text("settlement"), Value::Real(sealed(quarter.usage)), Value::Integer(since as i64)];
                s.ring(&ring, values);
            }
            None => s.ring(&ring, [text("vegetation"), Value::Real(sealed(Use::Field)), Value::Null]),
        }
    }
    s.finish()
}
