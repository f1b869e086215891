//! Layers that several bindings read, such as the areas of an OpenStreetMap extract: read once, whoever asks first.

use super::{
    bind::{kind_of, unreadable},
    file::Binding,
    path_policy,
};
use crate::{
    model::{Finding, GeometryKind},
    modules::{SlotDef, SlotGeometry},
    progress::Control,
    readers::{self, RawLayer, VectorRequest},
};
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Path, layer, text encoding, kind of geometry.
type Key = (PathBuf, Option<String>, Option<String>, Option<u8>);

/// The layers, or why they cannot be read.
#[derive(Debug, Default)]
pub(super) struct Shared(BTreeMap<Key, Result<RawLayer, Vec<Finding>>>);

/// The kind of geometry a binding asks its file for. A mapping names layers of one kind, and areas may be asked for to become points.
pub(super) fn kind(binding: &Binding, slot: &SlotDef) -> Option<GeometryKind> {
    let open = binding.shape.is_some() || (binding.mapping.is_some() && binding.layer.is_some());
    kind_of(slot.geometry).filter(|_| !open)
}

fn key(path: &Path, layer: Option<&str>, encoding: Option<&str>, kind: Option<GeometryKind>) -> Key {
    (path.into(), layer.map(Into::into), encoding.map(Into::into), kind.map(|k| k as u8))
}

impl Shared {
    /// Reads every layer that two or more bindings name.
    pub fn read<'a>(bindings: impl Iterator<Item = (&'a Binding, &'a SlotDef)>, folder: &Path, control: &Control) -> Self {
        let mut wanted: BTreeMap<Key, (VectorRequest, usize)> = BTreeMap::new();
        for (binding, slot) in bindings {
            // A path that may not be opened is reported where it is bound.
            let Some(Ok(path)) = binding.file.as_ref().map(|f| path_policy::inside(folder, f)) else {
                continue;
            };
            if slot.geometry == SlotGeometry::Raster {
                continue;
            }
            let (layer, encoding, kind) = (binding.layer.as_deref(), binding.encoding.as_deref(), kind(binding, slot));
            let request = VectorRequest {
                layer: layer.map(Into::into),
                encoding: encoding.map(Into::into),
                kind,
                ..Default::default()
            };
            wanted.entry(key(&path, layer, encoding, kind)).or_insert((request, 0)).1 += 1;
        }
        let several: Vec<(Key, VectorRequest)> = wanted.into_iter().filter(|w| w.1.1 > 1).map(|(k, (r, _))| (k, r)).collect();
        let layers = several.into_par_iter().map(|(key, request)| {
            let raw = readers::read_vector(&key.0, &request, control).map_err(|e| vec![unreadable(&e)]);
            (key, raw)
        });
        Self(layers.collect())
    }

    /// A layer that was read before.
    pub fn get(
        &self,
        path: &Path,
        layer: Option<&str>,
        encoding: Option<&str>,
        kind: Option<GeometryKind>,
    ) -> Option<Result<&RawLayer, Vec<Finding>>> {
        let known = self.0.get(&key(path, layer, encoding, kind))?;
        Some(known.as_ref().map_err(Clone::clone))
    }
}
