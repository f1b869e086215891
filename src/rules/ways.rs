//! The network of a city, built once and kept from one evaluation to the next.

use super::{
    Evaluation,
    words::{both, quoted},
};
use crate::{
    geometry,
    model::{Geometries, Language, Layer, LocalText, Provenance, SlotId},
    modules::{Role, SlotGeometry, WalkingDef},
    network::{Field, Network, Residents},
    project::City,
};
use std::sync::{Arc, Mutex};

/// A network with the layers it was made from.
#[derive(Debug)]
pub struct Ways {
    /// The slot of its lines.
    pub slot: SlotId,
    layers: Vec<Arc<Layer>>,
    /// The graph.
    pub network: Network,
    residents: Mutex<Vec<(Arc<Layer>, Arc<Residents>)>>,
}

impl Ways {
    /// Where its lines come from.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&SlotId, &Provenance)> {
        let lines = self.layers.first();
        lines.into_iter().flat_map(|l| &l.provenance).map(|p| (&self.slot, p))
    }

    /// Where the people of a layer start walking.
    pub fn residents(&self, population: &Arc<Layer>) -> Arc<Residents> {
        let new = || Arc::new(Residents::new(population.len()));
        let Ok(mut known) = self.residents.lock() else { return new() };
        if let Some((_, found)) = known.iter().find(|(layer, _)| Arc::ptr_eq(layer, population)) {
            return found.clone();
        }
        let residents = new();
        known.retain(|(layer, _)| layer.slot != population.slot);
        known.push((population.clone(), residents.clone()));
        residents
    }
}

/// Networks that are kept from one evaluation to the next: for speed only, never part of a result.
#[derive(Debug, Default)]
pub struct WayStore(Mutex<Vec<Arc<Ways>>>);

impl Clone for WayStore {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.all()))
    }
}

impl PartialEq for WayStore {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl WayStore {
    /// Some networks, each once.
    pub(crate) fn of(ways: impl Iterator<Item = Arc<Ways>>) -> Self {
        let mut list: Vec<Arc<Ways>> = vec![];
        for one in ways {
            if !list.iter().any(|w| Arc::ptr_eq(w, &one)) {
                list.push(one);
            }
        }
        Self(Mutex::new(list))
    }

    /// The networks so far.
    pub fn all(&self) -> Vec<Arc<Ways>> {
        self.0.lock().map(|list| list.clone()).unwrap_or_default()
    }

    /// The network of a city: along the lines of `slot`, else along its streets.
    ///
    /// # Errors
    /// Why nobody can walk: no such slot, no data, no lines.
    pub fn get(&self, city: &City, slot: Option<&SlotId>) -> Result<Arc<Ways>, LocalText> {
        let named = |id: &SlotId| {
            let streets = city
                .slot(id)
                .filter(|s| s.def.geometry == SlotGeometry::Line || s.def.geometry == SlotGeometry::Any);
            streets.ok_or_else(|| {
                LocalText::new(
                    format!("{id} ist keine Ebene mit Linien dieses Projekts"),
                    format!("{id} is no layer of lines in this project"),
                )
            })
        };
        let found = match slot {
            Some(id) => named(id)?,
            None => city.with_role(Role::Streets).next().ok_or_else(|| {
                LocalText::new(
                    "das Projekt hat keine Ebene für Straßen und Wege",
                    "the project has no layer for streets and paths",
                )
            })?,
        };
        let title = |l: Language| quoted(l, found.def.title.get(l));
        let lines = city.layer(&found.id).filter(|l| !l.layer.is_empty()).ok_or_else(|| {
            both(|l| match l {
                Language::De => format!("{} enthält keine Daten", title(l)),
                Language::En => format!("{} holds no data", title(l)),
            })
        })?;
        let barriers = barriers(city).filter_map(|id| city.layer(id));
        let layers: Vec<Arc<Layer>> = std::iter::once(lines).chain(barriers).map(|l| l.layer.clone()).collect();
        let Ok(mut known) = self.0.lock() else {
            return Err(LocalText::new(
                "das Wegenetz ließ sich nicht aufbauen",
                "the network could not be built",
            ));
        };
        let same = |w: &&Arc<Ways>| {
            w.slot == found.id && w.layers.len() == layers.len() && w.layers.iter().zip(&layers).all(|(a, b)| Arc::ptr_eq(a, b))
        };
        let ways = match known.iter().find(same) {
            Some(ways) => ways.clone(),
            None => {
                let around: Vec<&Layer> = layers.iter().skip(1).map(|l| &**l).collect();
                let walking: WalkingDef = found.def.walking.clone().unwrap_or_default();
                let ways = Arc::new(Ways {
                    slot: found.id.clone(),
                    network: Network::new(&layers[0], &walking, &around),
                    layers,
                    residents: Mutex::default(),
                });
                known.retain(|w| w.slot != found.id);
                known.push(ways.clone());
                ways
            }
        };
        match ways.network.is_empty() {
            false => Ok(ways),
            true => Err(both(|l| match l {
                Language::De => format!("{} enthält keine zusammenhängenden Wege", title(l)),
                Language::En => format!("{} holds no connected ways", title(l)),
            })),
        }
    }
}

/// How far beside a reached way the ground counts as reached, in metres: the depth of a plot.
const BESIDE_M: f64 = 40.0;

/// What can be reached on foot from a feature within `limit_m`: the ground beside the ways, as one feature.
///
/// # Errors
/// Why there is no answer: no network, no such feature, or no way near.
pub fn catchment(city: &City, evaluation: &Evaluation, slot: &SlotId, row: u32, limit_m: f64) -> Result<Geometries, LocalText> {
    let ways = evaluation.ways().get(city, None)?;
    let layer = city.layer(slot).filter(|l| (row as usize) < l.layer.len());
    let layer = layer.ok_or_else(|| LocalText::new("Das Objekt gibt es nicht mehr.", "The feature is gone."))?;
    let from = ways.network.snap(&layer.layer.geometry, row as usize);
    if from.ways.is_empty() {
        let m = ways.network.snap_m();
        return Err(LocalText::new(
            format!("Kein Weg in {m:.0} m Umkreis, der ohne Hindernis zu erreichen ist."),
            format!("No way within {m:.0} m that can be reached without an obstacle."),
        ));
    }
    let field = Field::new(&ways.network, [(0, &from)], limit_m);
    Ok(geometry::from_geo(&[ways.network.catchment(&field, BESIDE_M)]))
}

/// Slots that nobody walks across except along a way.
pub(super) fn barriers(city: &City) -> impl Iterator<Item = &SlotId> {
    city.slots
        .iter()
        .filter(|s| matches!(s.def.role, Some(Role::Railways | Role::Water)))
        .map(|s| &s.id)
}
