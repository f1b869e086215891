//! Opens a recognised file with its one driver, read-only.

use super::{init::init, messages::Collector};
use crate::readers::{ReadError, Sort, format::Source};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

/// Opens the file; `encoding` overrides what a shapefile declares.
pub(super) fn open(source: &Source, encoding: Option<&str>, collector: &Collector) -> Result<Dataset, ReadError> {
    init();
    let reader = source.reader;
    let sort = match reader.sort {
        Sort::Vector => GdalOpenFlags::GDAL_OF_VECTOR,
        Sort::Raster => GdalOpenFlags::GDAL_OF_RASTER,
    };
    let encoding = encoding
        .filter(|_| reader.driver == "ESRI Shapefile")
        .map(|e| format!("ENCODING={e}"));
    let options: Vec<&str> = reader.open_options.iter().copied().chain(encoding.as_deref()).collect();
    Dataset::open_ex(
        &source.path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_READONLY | sort | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            allowed_drivers: Some(&[reader.driver]),
            open_options: Some(&options),
            sibling_files: None,
        },
    )
    .map_err(|e| ReadError::Open {
        file: source.given.clone(),
        format: reader.name,
        // GDAL repeats the machine's full path in many messages; the error names the file already.
        reason: collector
            .last()
            .unwrap_or_else(|| e.to_string())
            .replace(&*source.path.to_string_lossy(), "…"),
    })
}
