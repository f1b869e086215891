//! Reads a GeoPackage table in columns (Arrow C stream) instead of feature by feature; only where every attribute has a plain type.

use super::{
    columns::{Columns, FieldKind, Values, decode},
    messages::Collector,
    take::Taker,
    vector::{Loaded, notes},
};
use crate::{
    progress::Control,
    readers::{ReadError, VectorRequest, format::Source},
};
use arrow_array::{
    Array, BinaryArray, BooleanArray, Date32Array, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array, LargeBinaryArray,
    LargeStringArray, RecordBatch, StringArray,
    ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader},
};
use gdal::{cpl::CslStringList, vector::LayerAccess};
use std::sync::Arc;

/// Whether the layer can be read this way: a GeoPackage table of plain attributes.
pub(super) fn suits(source: &Source, columns: &Columns) -> bool {
    // GDAL 3.6.2 hands out booleans that are not those of the table, found by comparing both ways: they are read one by one.
    let plain = |k: FieldKind| matches!(k, FieldKind::Integer | FieldKind::Real | FieldKind::Text | FieldKind::Date);
    source.reader.driver == "GPKG" && columns.fields.iter().all(|f| plain(f.kind)) && !columns.renamed
}

/// Reads all features.
pub(super) fn each_batch(
    source: &Source,
    request: &VectorRequest,
    control: &Control,
    collector: &Collector,
    layer: &mut gdal::vector::Layer,
    expected: Option<u64>,
    (mut taker, mut columns): (Taker, Columns),
) -> Result<Loaded, ReadError> {
    let name = layer.name();
    let broken = |reason: String| ReadError::Broken {
        file: source.given.clone(),
        layer: name.clone(),
        feature: None,
        reason,
    };
    let mut options = CslStringList::new();
    for (k, v) in [("INCLUDE_FID", "YES"), ("MAX_FEATURES_IN_BATCH", "8192")] {
        options.set_name_value(k, v).map_err(|e| broken(e.to_string()))?;
    }
    // SAFETY: the names are of a layer that is borrowed.
    let (fid, geometry) = unsafe {
        let handle = layer.c_layer();
        (
            super::ids::c_text(gdal_sys::OGR_L_GetFIDColumn(handle)),
            super::ids::c_text(gdal_sys::OGR_L_GetGeometryColumn(handle)),
        )
    };
    let mut stream = FFI_ArrowArrayStream::empty();
    // SAFETY: both types are the C struct of the Arrow specification; the stream is dropped before the layer.
    unsafe { layer.read_arrow_stream((&raw mut stream).cast(), &options) }.map_err(|e| broken(e.to_string()))?;
    let reader = RecordBatchStreamReader::try_new(stream).map_err(|e| broken(e.to_string()))?;
    let (mut ids, mut seen, mut broke) = (vec![], 0u64, None);
    for batch in reader {
        if control.is_cancelled() {
            return Err(ReadError::Cancelled {
                file: source.given.clone(),
            });
        }
        let batch = match batch {
            Ok(b) => b,
            Err(e) => {
                broke = Some(collector.last_failure().unwrap_or_else(|| e.to_string()));
                break;
            }
        };
        let keep = geometries(&batch, (&fid, &geometry), &mut taker, &mut ids).ok_or_else(|| broken("column types".into()))??;
        seen += batch.num_rows() as u64;
        if seen > request.max_features {
            return Err(ReadError::TooLarge {
                file: source.given.clone(),
                what: "features",
                amount: seen,
                limit: request.max_features,
            });
        }
        for field in &mut columns.fields {
            let column = batch
                .column_by_name(&field.name)
                .ok_or_else(|| broken(format!("column {}", field.name)))?;
            if !append(column, &keep, &mut field.values, (&mut columns.not_numbers, &mut columns.recoded)) {
                return Err(broken(format!("column {}", field.name)));
            }
        }
    }
    broke = broke.or_else(|| collector.last_failure().filter(|_| expected.is_none_or(|e| seen < e)));
    notes(collector, &mut taker.gather, None);
    Ok(Loaded {
        taker,
        columns,
        ids,
        seen,
        broke,
    })
}

/// Takes the geometries of a batch and says which rows are kept; `None` when the columns are not as expected.
fn geometries(
    batch: &RecordBatch,
    (fid, geometry): (&str, &str),
    taker: &mut Taker,
    ids: &mut Vec<Arc<str>>,
) -> Option<Result<Vec<usize>, ReadError>> {
    let fids = batch.column_by_name(fid)?.as_any().downcast_ref::<Int64Array>()?;
    let column = batch.column_by_name(geometry)?.as_any();
    let (small, large) = (column.downcast_ref::<BinaryArray>(), column.downcast_ref::<LargeBinaryArray>());
    if small.is_none() && large.is_none() {
        return None;
    }
    let mut keep = vec![];
    for row in 0..batch.num_rows() {
        let id = fids.value(row).to_string();
        let wkb = match (small, large) {
            (Some(a), _) => (!a.is_null(row)).then(|| a.value(row)),
            (_, Some(a)) => (!a.is_null(row)).then(|| a.value(row)),
            _ => None,
        };
        match taker.take(&id, wkb) {
            Ok(true) => {
                keep.push(row);
                ids.push(id.into());
            }
            Ok(false) => {}
            Err(e) => return Some(Err(e)),
        }
    }
    Some(Ok(keep))
}

/// Appends the kept rows of a column; false when its type is not the announced one.
fn append(column: &dyn Array, keep: &[usize], values: &mut Values, (not_numbers, recoded): (&mut u64, &mut u64)) -> bool {
    let any = column.as_any();
    macro_rules! as_type {
        ($t:ty) => {
            any.downcast_ref::<$t>()
        };
    }
    macro_rules! rows {
        ($array:expr, $to:expr, $make:expr) => {{
            let a = $array;
            $to.extend(keep.iter().map(|r| (!a.is_null(*r)).then(|| $make(a.value(*r)))));
            true
        }};
    }
    match values {
        Values::Boolean(v) => match (as_type!(BooleanArray), as_type!(Int32Array), as_type!(Int16Array)) {
            (Some(a), ..) => rows!(a, v, |x| x),
            (_, Some(a), _) => rows!(a, v, |x| x != 0),
            (.., Some(a)) => rows!(a, v, |x| x != 0),
            _ => false,
        },
        Values::Integer(v) => match (as_type!(Int64Array), as_type!(Int32Array), as_type!(Int16Array)) {
            (Some(a), ..) => rows!(a, v, |x| x),
            (_, Some(a), _) => rows!(a, v, i64::from),
            (.., Some(a)) => rows!(a, v, i64::from),
            _ => false,
        },
        Values::Real(v) => {
            let mut push = |x: Option<f64>| {
                *not_numbers += u64::from(x.is_some_and(|x| !x.is_finite()));
                v.push(x.filter(|x| x.is_finite()).unwrap_or(f64::NAN));
            };
            match (as_type!(Float64Array), as_type!(Float32Array)) {
                (Some(a), _) => keep.iter().for_each(|r| push((!a.is_null(*r)).then(|| a.value(*r)))),
                (_, Some(a)) => keep.iter().for_each(|r| push((!a.is_null(*r)).then(|| f64::from(a.value(*r))))),
                _ => return false,
            }
            true
        }
        Values::Text(t) => {
            let mut push = |bytes: Option<&[u8]>| {
                let text = bytes.map(decode);
                *recoded += u64::from(text.as_ref().is_some_and(|t| t.1));
                t.push(text.as_ref().map(|t| &*t.0));
            };
            // Nobody has checked that the bytes are UTF-8, so they are not touched as text.
            macro_rules! bytes {
                ($a:expr, $r:expr) => {
                    $a.value_data()
                        .get($a.value_offsets()[*$r] as usize..$a.value_offsets()[*$r + 1] as usize)
                };
            }
            match (as_type!(StringArray), as_type!(LargeStringArray), as_type!(Date32Array)) {
                (Some(a), ..) => keep.iter().for_each(|r| push(bytes!(a, r).filter(|_| !a.is_null(*r)))),
                (_, Some(a), _) => keep.iter().for_each(|r| push(bytes!(a, r).filter(|_| !a.is_null(*r)))),
                (.., Some(a)) => {
                    for r in keep {
                        push((!a.is_null(*r)).then(|| date(a.value(*r))).as_deref().map(str::as_bytes));
                    }
                }
                _ => return false,
            }
            true
        }
    }
}

/// ISO 8601 text of days since 1970.
fn date(days: i32) -> String {
    let span = jiff::Span::new().try_days(days);
    let date = span.and_then(|s| jiff::civil::date(1970, 1, 1).checked_add(s));
    date.map_or_else(|_| days.to_string(), |d| d.to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn days_become_dates() {
        assert_eq!(
            (super::date(0), super::date(-1), super::date(20_780)),
            ("1970-01-01".into(), "1969-12-31".into(), "2026-11-23".into())
        );
    }
}
