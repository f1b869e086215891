//! Ids of features: as the source calls them, and unique.

use super::columns::Columns;
use crate::readers::{format::Source, gather::Gather, printable};
use std::{
    collections::HashMap,
    ffi::{c_char, c_int},
    sync::Arc,
};

/// Where ids come from.
pub(super) enum Ids {
    /// The row id of the format.
    Fid,
    /// An attribute of the source.
    Attribute(c_int),
    /// OSM elements: `way/123`.
    Osm { id: c_int, way: c_int, word: &'static str },
}

impl Ids {
    /// For one layer.
    pub(super) fn of(source: &Source, name: &str, columns: &Columns) -> Self {
        let index = |n: &str| columns.fields.iter().find(|f| f.name == n).map(|f| f.index);
        if source.reader.driver == "OSM" {
            let word = match name {
                "points" => "node",
                "lines" => "way",
                _ => "relation",
            };
            return Self::Osm {
                id: index("osm_id").unwrap_or(-1),
                way: index("osm_way_id").unwrap_or(-1),
                word,
            };
        }
        source.precheck.id_field.and_then(index).map_or(Self::Fid, Self::Attribute)
    }

    /// The id of one feature.
    ///
    /// # Safety
    /// `feature` must be a valid feature of the layer that the indices belong to.
    pub(super) unsafe fn get(&self, feature: gdal_sys::OGRFeatureH) -> Arc<str> {
        // SAFETY: by the contract; indices are of the layer or -1, which is not asked.
        unsafe {
            let text = |i: c_int| {
                let set = i >= 0 && gdal_sys::OGR_F_IsFieldSetAndNotNull(feature, i) != 0;
                set.then(|| c_text(gdal_sys::OGR_F_GetFieldAsString(feature, i)))
                    .filter(|t| !t.is_empty())
            };
            match self {
                Self::Fid => None,
                Self::Attribute(i) => text(*i),
                Self::Osm { id, way, word } => text(*id)
                    .map(|t| format!("{word}/{t}"))
                    .or_else(|| text(*way).map(|t| format!("way/{t}"))),
            }
            .unwrap_or_else(|| gdal_sys::OGR_F_GetFID(feature).to_string())
            .into()
        }
    }
}

/// A text that OGR owns.
///
/// # Safety
/// `p` must be null or a C string.
pub(super) unsafe fn c_text(p: *const c_char) -> String {
    if p.is_null() {
        return String::new();
    }
    // SAFETY: OGR's strings are terminated.
    unsafe { std::ffi::CStr::from_ptr(p) }.to_string_lossy().into_owned()
}

/// Makes ids unique; the second of two equal ones gets `#2`.
pub(in crate::readers) fn unique(ids: Vec<Arc<str>>, gather: &mut Gather) -> Vec<Arc<str>> {
    let mut seen: HashMap<Arc<str>, u32> = HashMap::with_capacity(ids.len());
    for id in &ids {
        seen.entry(id.clone()).or_insert(0);
    }
    if seen.len() == ids.len() {
        return ids;
    }
    let mut out = Vec::with_capacity(ids.len());
    for id in ids {
        let mut n = seen.get(&id).copied().unwrap_or(0) + 1;
        let mut name = id.clone();
        if n > 1 {
            loop {
                name = format!("{id}#{n}").into();
                if !seen.contains_key(&name) {
                    break;
                }
                n += 1;
            }
            seen.insert(name.clone(), 1);
            gather.feature(
                "RD-009",
                printable(&id),
                false,
                crate::model::LocalText::new(
                    format!("Kennung mehrfach vergeben; heißt jetzt {name}."),
                    format!("id used more than once; now called {name}."),
                ),
            );
        }
        seen.insert(id, n);
        out.push(name);
    }
    out
}
