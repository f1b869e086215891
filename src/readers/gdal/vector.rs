//! One layer of a vector file into packed arrays, with the sum that must come out: loaded + dropped = expected.

use super::{
    arrow,
    columns::Columns,
    ids::{Ids, unique},
    messages::Collector,
    open::open,
    reference::crs_text,
    take::{Taker, export},
};
use crate::{
    model::{Finding, GeometryKind, Level, Report},
    progress::Control,
    readers::{
        RawLayer, ReadError, VectorRequest,
        format::{Expected, Source},
        gather::Gather,
        printable,
    },
};
use gdal::{
    Dataset,
    vector::{LayerAccess, sql::Dialect},
};
use gdal_sys::{OGRLayerH, OGRwkbGeometryType};
use std::{collections::BTreeMap, sync::Arc};

unsafe extern "C" {
    // Exported by libgdal, missing in the bindings.
    fn OGR_GT_Flatten(kind: OGRwkbGeometryType::Type) -> OGRwkbGeometryType::Type;
}

/// The kind a declared geometry type stands for.
pub(super) fn kind_of(declared: OGRwkbGeometryType::Type) -> Option<GeometryKind> {
    // SAFETY: arithmetic on an integer.
    match unsafe { OGR_GT_Flatten(declared) } {
        1 | 4 => Some(GeometryKind::Point),
        2 | 5 | 8 | 9 | 11 | 13 => Some(GeometryKind::Line),
        3 | 6 | 10 | 12 | 14 | 15 | 16 | 17 => Some(GeometryKind::Polygon),
        _ => None,
    }
}

/// The layers of an open dataset: name and declared kind.
pub(super) fn layers(ds: &Dataset) -> Vec<(String, Option<GeometryKind>)> {
    // SAFETY: the layer's definition lives as long as the dataset.
    ds.layers()
        .map(|l| (l.name(), kind_of(unsafe { gdal_sys::OGR_L_GetGeomType(l.c_layer()) })))
        .collect()
}

/// The layer asked for, the only one, or the only one of the wanted kind.
fn choose(source: &Source, ds: &Dataset, request: &VectorRequest) -> Result<usize, ReadError> {
    let all = layers(ds);
    let names = || all.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>();
    let file = source.given.clone();
    if all.is_empty() {
        return Err(ReadError::NoLayers { file });
    }
    if let Some(layer) = &request.layer {
        return all.iter().position(|(n, _)| n == layer).ok_or_else(|| ReadError::NoSuchLayer {
            file,
            layer: layer.clone(),
            layers: names(),
        });
    }
    if all.len() == 1 {
        return Ok(0);
    }
    // OSM has five layers of its own making; the relations among them are asked for by name only.
    let osm = source.reader.driver == "OSM";
    let fits = |(n, k): &(String, Option<GeometryKind>)| *k == request.kind && k.is_some() && !(osm && n == "multilinestrings");
    let fitting: Vec<usize> = (0..all.len()).filter(|i| fits(&all[*i])).collect();
    match fitting[..] {
        [one] => Ok(one),
        _ => Err(ReadError::ChooseLayer { file, layers: names() }),
    }
}

/// `name` as an SQL identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// One text or number from a query.
fn scalar(ds: &Dataset, sql: &str) -> Option<String> {
    let mut set = ds.execute_sql(sql, None, Dialect::DEFAULT).ok()??;
    let feature = set.features().next()?;
    feature.field_as_string(0).ok()?
}

/// Views run queries of the file's author and may never end; only real tables are read. Counts the rows itself, because
/// `gpkg_ogr_contents` may be wrong.
pub(super) fn geopackage_rows(source: &Source, ds: &Dataset, layer: &str) -> Result<Option<u64>, ReadError> {
    let literal = layer.replace('\'', "''");
    let of = |what: &str| {
        scalar(
            ds,
            &format!("SELECT {what} FROM sqlite_master WHERE lower(name) = lower('{literal}') AND type IN ('table', 'view')"),
        )
    };
    let sql = of("sql").unwrap_or_default().to_ascii_lowercase();
    let plain = of("type").as_deref() == Some("table") && !sql.contains("virtual") && !sql.contains("generated") && !sql.contains(" as (");
    if !plain {
        let layer = printable(layer);
        return Err(ReadError::Refused {
            file: source.given.clone(),
            format: source.reader.name,
            why: crate::model::LocalText::new(
                format!("Ebene „{layer}“ ist keine einfache Tabelle (Sicht oder berechnet). Als Tabelle exportieren."),
                format!("layer “{layer}” is no plain table (a view or computed). Export it as a table."),
            ),
        });
    }
    Ok(scalar(ds, &format!("SELECT COUNT(*) FROM {}", quoted(layer))).and_then(|n| n.parse().ok()))
}

/// Features announced for a layer, without reading them.
pub(super) fn announced(source: &Source, ds: &Dataset, name: &str, handle: OGRLayerH) -> Result<Option<u64>, ReadError> {
    match &source.precheck.expected {
        Some(Expected::One(n)) => return Ok(Some(*n)),
        Some(Expected::ByLayer(by)) => return Ok(by.get(name).copied()),
        None => {}
    }
    match source.reader.driver {
        "GPKG" => geopackage_rows(source, ds, name),
        "OSM" => Ok(None),
        // SAFETY: the layer belongs to the dataset; 0 forbids a scan.
        _ => Ok(u64::try_from(unsafe { gdal_sys::OGR_L_GetFeatureCount(handle, 0) }).ok()),
    }
}

/// What comes out of the loop over features.
pub(super) struct Loaded {
    pub(super) taker: Taker,
    pub(super) columns: Columns,
    pub(super) ids: Vec<Arc<str>>,
    /// Features that the driver delivered.
    pub(super) seen: u64,
    /// The failure at which the driver stopped, if it said one.
    pub(super) broke: Option<String>,
}

/// Reads one layer.
pub(crate) fn read_vector(source: &Source, request: &VectorRequest, control: &Control) -> Result<RawLayer, ReadError> {
    let collector = Collector::new();
    let ds = open(source, request.encoding.as_deref(), &collector)?;
    let index = choose(source, &ds, request)?;
    let broken = |layer: &str, reason: String| ReadError::Broken {
        file: source.given.clone(),
        layer: layer.into(),
        feature: None,
        reason,
    };
    let mut layer = ds.layer(index).map_err(|e| broken("", e.to_string()))?;
    let name = layer.name();
    // SAFETY: the layer lives as long as the dataset.
    let handle = unsafe { layer.c_layer() };
    let declared = kind_of(unsafe { gdal_sys::OGR_L_GetGeomType(handle) });
    let crs = match &source.precheck.crs {
        Some(crs) => crs.clone(),
        // SAFETY: borrowed from the layer.
        None => crs_text(unsafe { gdal_sys::OGR_L_GetSpatialRef(handle) }),
    };
    let expected = announced(source, &ds, &name, handle)?;
    if let Some(n) = expected.filter(|n| *n > request.max_features) {
        return Err(ReadError::TooLarge {
            file: source.given.clone(),
            what: "features",
            amount: n,
            limit: request.max_features,
        });
    }
    let mut gather = Gather::new(&source.label(), &name);
    for f in &source.precheck.findings {
        gather.add(f.clone());
    }
    notes(&collector, &mut gather, None);
    let bad = &source.precheck.not_numbers;
    let bad: BTreeMap<u64, ()> = bad.iter().filter(|(l, _)| *l == name).map(|(_, n)| (*n, ())).collect();
    if !bad.is_empty() {
        // Positions only say which feature it is while the driver delivers all of them.
        // SAFETY: the layer is alive; 1 allows a scan.
        let n = unsafe { gdal_sys::OGR_L_GetFeatureCount(handle, 1) };
        if u64::try_from(n).ok() != expected {
            return Err(broken(&name, "coordinates that are no numbers".into()));
        }
    }
    let taker = Taker::new(source.given.clone(), request.kind.or(declared), request, gather);
    let columns = Columns::new(handle);
    let loaded = if source.reader.driver == "OSM" {
        // A query on one layer makes the driver skip what only the others need; reading the layer itself would fill memory with them.
        let set = ds.execute_sql(format!("SELECT * FROM {}", quoted(&name)), None, Dialect::DEFAULT);
        let set = set
            .ok()
            .flatten()
            .ok_or_else(|| broken(&name, collector.last().unwrap_or_default()))?;
        // SAFETY: the result set lives until the loop is over.
        let handle = unsafe { set.c_layer() };
        each_feature(
            source,
            request,
            control,
            &collector,
            (handle, &name),
            &bad,
            (taker, Columns::new(handle)),
        )?
    } else if arrow::suits(source, &columns) {
        arrow::each_batch(source, request, control, &collector, &mut layer, expected, (taker, columns))?
    } else {
        each_feature(source, request, control, &collector, (handle, &name), &bad, (taker, columns))?
    };
    finish(source, request, loaded, (name, expected, crs))
}

/// The driver's messages become findings.
pub(super) fn notes(collector: &Collector, gather: &mut Gather, feature: Option<&str>) {
    let (messages, more) = collector.take();
    for m in messages {
        let level = if m.failure { Level::Warning } else { Level::Info };
        let mut f = Finding::new(
            "RD-013",
            level,
            format!("GDAL meldet: {}", m.text),
            format!("GDAL says: {}", m.text),
        );
        f.feature = feature.map(Into::into);
        gather.add(f);
    }
    if more > 0 {
        gather.add(Finding::new("RD-013", Level::Info, "weitere Meldungen von GDAL.", "further messages of GDAL.").count(more));
    }
}

fn each_feature(
    source: &Source,
    request: &VectorRequest,
    control: &Control,
    collector: &Collector,
    (handle, name): (OGRLayerH, &str),
    bad: &BTreeMap<u64, ()>,
    (mut taker, mut columns): (Taker, Columns),
) -> Result<Loaded, ReadError> {
    let ids_from = Ids::of(source, name, &columns);
    let (mut ids, mut wkb, mut seen, mut broke) = (vec![], vec![], 0u64, None);
    // SAFETY: the layer is alive; every feature is destroyed by `Feature`; the geometry belongs to the feature.
    unsafe {
        gdal_sys::OGR_L_ResetReading(handle);
        loop {
            if seen.is_multiple_of(1024) && control.is_cancelled() {
                return Err(ReadError::Cancelled {
                    file: source.given.clone(),
                });
            }
            let feature = Feature(gdal_sys::OGR_L_GetNextFeature(handle));
            if feature.0.is_null() {
                broke = broke.or_else(|| collector.last_failure());
                notes(collector, &mut taker.gather, ids.last().map(|i: &Arc<str>| &**i));
                break;
            }
            if seen >= request.max_features {
                return Err(ReadError::TooLarge {
                    file: source.given.clone(),
                    what: "features",
                    amount: seen + 1,
                    limit: request.max_features,
                });
            }
            let id = ids_from.get(feature.0);
            if !collector.is_empty() {
                notes(collector, &mut taker.gather, Some(&id));
            }
            let geometry = gdal_sys::OGR_F_GetGeometryRef(feature.0);
            let has = !geometry.is_null() && export(geometry, &mut wkb);
            let keep = if bad.contains_key(&seen) {
                taker.drop_feature(
                    "RD-006",
                    &id,
                    "Koordinaten, die keine endlichen Zahlen sind: Objekt weggelassen.",
                    "coordinates that are no finite numbers: feature left out.",
                );
                false
            } else {
                taker.take(&id, has.then_some(&wkb[..]))?
            };
            seen += 1;
            if keep {
                columns.push(feature.0);
                ids.push(id);
            }
        }
    }
    Ok(Loaded {
        taker,
        columns,
        ids,
        seen,
        broke,
    })
}

struct Feature(gdal_sys::OGRFeatureH);

impl Drop for Feature {
    fn drop(&mut self) {
        // SAFETY: owned by us; destroying null does nothing.
        unsafe { gdal_sys::OGR_F_Destroy(self.0) };
    }
}

/// Closes the sum and puts the layer together.
fn finish(
    source: &Source,
    request: &VectorRequest,
    loaded: Loaded,
    (name, expected, crs): (String, Option<u64>, Option<String>),
) -> Result<RawLayer, ReadError> {
    let Loaded {
        taker,
        columns,
        ids,
        seen,
        broke,
    } = loaded;
    let rows = taker.rows();
    if rows == 0
        && seen == 0
        && let Some(reason) = broke
    {
        return Err(ReadError::Broken {
            file: source.given.clone(),
            layer: name,
            feature: None,
            reason,
        });
    }
    if let ((n, Some(found)), Some(wanted)) = (taker.other_kind, request.kind)
        && n == seen
        && n > 0
    {
        return Err(ReadError::WrongKind {
            file: source.given.clone(),
            layer: name,
            wanted,
            found,
        });
    }
    let (geometry, mut gather) = taker.finish();
    let after = ids.last().map(|i| printable(i)).unwrap_or_default();
    let missing = expected.map_or(0, |e| e.saturating_sub(seen));
    match &broke {
        Some(reason) => gather.add(finding_broke(reason, &after, missing)),
        None if missing > 0 => gather.add(
            Finding::new(
                "RD-002",
                Level::Error,
                format!("{missing} Objekte, die in der Datei stehen, kamen ohne Begründung nicht an. Die Datei ist vermutlich beschädigt: neu exportieren."),
                format!("{missing} features that the file holds did not arrive, without a reason. The file is probably damaged: export it again."),
            )
            .count(missing)
            .dropped(),
        ),
        None => {}
    }
    if let Some(e) = expected.filter(|e| *e < seen) {
        gather.add(Finding::new(
            "RD-017",
            Level::Warning,
            format!("Die Datei kündigt {e} Objekte an und enthält {seen}."),
            format!("The file announces {e} features and holds {seen}."),
        ));
    }
    if rows == 0 {
        gather.add(Finding::new(
            "RD-001",
            Level::Error,
            "Die Ebene enthält kein lesbares Objekt. Datei und Filter des Exports prüfen.",
            "The layer holds no readable feature. Check the file and the filter of the export.",
        ));
    }
    let ids = unique(ids, &mut gather);
    let (attributes, findings) = columns.finish();
    for f in findings {
        gather.add(f);
    }
    if crs.is_none() {
        gather.add(Finding::new(
            "RD-011",
            Level::Warning,
            "Die Datei nennt kein brauchbares Koordinatensystem. In der Einbindung `crs` angeben (etwa EPSG:25832).",
            "The file names no usable coordinate system. Set `crs` in the binding (such as EPSG:25832).",
        ));
    }
    let mut report = Report {
        expected: expected.map(|e| e.max(seen)),
        loaded: rows,
        findings: vec![],
    };
    gather.into_report(&mut report);
    Ok(RawLayer {
        file: source.label(),
        name,
        driver: source.reader.driver.into(),
        geometry,
        bodies: None,
        attributes,
        ids,
        crs,
        report,
    })
}

fn finding_broke(reason: &str, after: &str, missing: u64) -> Finding {
    let f = Finding::new(
        "RD-014",
        Level::Error,
        format!("Das Lesen brach ab ({reason}), {missing} Objekte fehlen. Neu herunterladen oder neu exportieren."),
        format!("Reading broke off ({reason}), {missing} features are missing. Download or export it again."),
    );
    let f = if after.is_empty() { f } else { f.feature(after) };
    if missing > 0 { f.count(missing).dropped() } else { f }
}
