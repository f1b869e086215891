//! What was counted of the whole city with what it rests on: the next state of a plan takes over what nothing touched, and where a layer is
//! another one, the rows that are not.

use super::{
    measure::{Counted, Desk, Gap, Ready},
    near::Reached,
    places::Unit,
    table::Indicators,
    terms::Terms,
};
use crate::{
    model::{Conflict, Geometries, Layer, LocalText, Raster, SlotId},
    modules::{MeasureDef, PathKind},
    project::SlotData,
    rules::Ways,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

/// Something that a measure reads. What is not the very same may be another.
#[derive(Debug, Clone)]
enum Read {
    Vector(Arc<Layer>),
    Raster(Arc<Raster>),
    Missing(LocalText),
    NoSlot,
    Ways(Option<Arc<Ways>>),
    /// Conflicts, which follow every step.
    Conflicts,
}

impl Read {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Vector(a), Self::Vector(b)) => Arc::ptr_eq(a, b),
            (Self::Raster(a), Self::Raster(b)) => Arc::ptr_eq(a, b),
            (Self::Missing(a), Self::Missing(b)) => a == b,
            (Self::NoSlot, Self::NoSlot) | (Self::Ways(None), Self::Ways(None)) => true,
            (Self::Ways(Some(a)), Self::Ways(Some(b))) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

fn reads(desk: &Desk, def: &MeasureDef) -> Vec<Read> {
    let of = |slot: &SlotId| match desk.city.slot(slot).map(|s| &s.data) {
        Some(SlotData::Vector(l)) => Read::Vector(l.layer.clone()),
        Some(SlotData::Raster(r)) => Read::Raster(r.clone()),
        Some(SlotData::Missing { reason }) => Read::Missing(reason.clone()),
        None => Read::NoSlot,
    };
    let mut out: Vec<Read> = def.sides().into_iter().map(|(slot, _)| of(slot)).collect();
    match def {
        MeasureDef::InhabitantsNear(m) if m.path == PathKind::Walking => {
            out.push(Read::Ways(desk.ways.get(desk.city, m.network.as_ref()).ok()));
        }
        MeasureDef::ConflictArea(_) => out.push(Read::Conflicts),
        _ => {}
    }
    out
}

/// Whether a feature counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Found {
    /// It lies elsewhere.
    Outside,
    /// It is here and does not.
    Here,
    /// It does.
    Hit,
    /// Nobody can tell.
    Untold,
}

/// A site with its conflicts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weighed {
    pub inside_m2: f64,
    pub weighted_m2: f64,
}

/// What a measure counted row by row.
#[derive(Debug)]
pub(super) enum Rows {
    Count {
        grid: Option<Arc<Raster>>,
        terms: Terms<Found>,
    },
    Conflicts {
        terms: Terms<Weighed>,
        by_row: BTreeMap<u32, Vec<Arc<Conflict>>>,
    },
    Near(Reached),
}

/// A measure that was counted.
#[derive(Debug)]
struct Measured {
    def: MeasureDef,
    reads: Vec<Read>,
    counted: Result<Counted, Gap>,
    rows: Option<Rows>,
}

/// What is known of the whole; for speed only, never part of a result.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// The ground of the whole.
    ground: Option<Geometries>,
    measures: Vec<Arc<Measured>>,
}

impl PartialEq for Memory {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Memory {
    /// The networks that were walked along, so that nobody builds them again.
    pub(super) fn ways(&self) -> impl Iterator<Item = Arc<Ways>> + '_ {
        let reads = self.measures.iter().flat_map(|m| &m.reads);
        reads.filter_map(|r| if let Read::Ways(Some(w)) = r { Some(w.clone()) } else { None })
    }
}

/// Counts the whole, measure by measure, each once however many figures rest on it.
pub(super) struct Book<'d, 'a> {
    desk: &'d Desk<'a>,
    before: Option<&'d Memory>,
    now: Memory,
}

impl<'d, 'a> Book<'d, 'a> {
    /// After an earlier state, if it was told for the same ground.
    pub fn new(desk: &'d Desk<'a>, whole: &Unit, before: Option<&'d Indicators>) -> Self {
        Self {
            desk,
            before: before.map(|b| &b.memory).filter(|m| m.ground.as_ref() == Some(&whole.ground)),
            now: Memory {
                ground: Some(whole.ground.clone()),
                measures: vec![],
            },
        }
    }

    /// Counts a measure in the whole, or takes it over.
    pub fn count(&mut self, def: &'a MeasureDef, ready: &OnceLock<Result<Ready<'a>, LocalText>>, whole: &Unit) -> Result<Counted, Gap> {
        if let Some(done) = self.now.measures.iter().find(|m| m.def == *def) {
            return done.counted.clone();
        }
        let reads = reads(self.desk, def);
        let known = self.before.and_then(|b| b.measures.iter().find(|m| m.def == *def));
        let same = |m: &Measured| m.reads.len() == reads.len() && m.reads.iter().zip(&reads).all(|(a, b)| a.same(b));
        let measured = match known.filter(|m| same(m)) {
            Some(known) => known.clone(),
            None => {
                let (counted, rows) = match ready.get_or_init(|| self.desk.prepare(def)) {
                    Ok(ready) => self.desk.count_whole(ready, whole, known.and_then(|m| m.rows.as_ref())),
                    Err(why) => (Err(Gap(why.clone())), None),
                };
                let def = def.clone();
                Arc::new(Measured { def, reads, counted, rows })
            }
        };
        self.now.measures.push(measured.clone());
        measured.counted.clone()
    }

    /// What the next state can take over.
    pub fn close(self) -> Memory {
        self.now
    }
}
