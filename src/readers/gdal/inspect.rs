//! Opens a file and says what it announces.

use super::{
    columns,
    messages::Collector,
    open::open,
    raster::{north_up, raster_crs},
    reference::crs_text,
    vector::{announced, kind_of, notes},
};
use crate::{
    model::{Bbox, Finding, Level, Report},
    readers::{AttributeInspection, Inspection, LayerInspection, RasterInspection, ReadError, Sort, format::Source, gather::Gather},
};
use gdal::{Dataset, vector::LayerAccess};

/// Inspects a recognised file.
pub(crate) fn inspect(source: &Source) -> Result<Inspection, ReadError> {
    let collector = Collector::new();
    let ds = open(source, None, &collector)?;
    let mut gather = Gather::new(&source.label(), "");
    for f in &source.precheck.findings {
        gather.add(f.clone());
    }
    let (mut layers, mut raster) = (vec![], None);
    match source.reader.sort {
        Sort::Raster => raster = Some(grid(&ds)),
        Sort::Vector => {
            for layer in ds.layers() {
                layers.push(one(source, &ds, &layer, &mut gather));
            }
            if layers.is_empty() {
                return Err(ReadError::NoLayers {
                    file: source.given.clone(),
                });
            }
        }
    }
    notes(&collector, &mut gather, None);
    let mut report = Report::default();
    gather.into_report(&mut report);
    Ok(Inspection {
        file: source.label(),
        format: source.reader.name.into(),
        driver: source.reader.driver.into(),
        layers,
        raster,
        findings: report.findings,
    })
}

fn one(source: &Source, ds: &Dataset, layer: &gdal::vector::Layer, gather: &mut Gather) -> LayerInspection {
    let name = layer.name();
    // SAFETY: the handle is used while the layer is borrowed.
    let (handle, declared) = unsafe { (layer.c_layer(), gdal_sys::OGR_L_GetGeomType(layer.c_layer())) };
    // A refused layer (a view) is named and asked nothing more: any question would run its query.
    let (expected, plain) = match announced(source, ds, &name, handle) {
        Ok(n) => (n, true),
        Err(error) => {
            let text = error.text();
            gather.add(Finding::new("RD-014", Level::Error, text.de, text.en).layer(&name));
            (None, false)
        }
    };
    let crs = match &source.precheck.crs {
        Some(crs) => crs.clone(),
        // SAFETY: borrowed from the layer.
        None => crs_text(unsafe { gdal_sys::OGR_L_GetSpatialRef(handle) }),
    };
    let extent = plain
        .then(|| layer.try_get_extent().ok().flatten())
        .flatten()
        .map(|e| Bbox::new([e.MinX, e.MinY], [e.MaxX, e.MaxY]))
        .filter(|b| b.min.iter().chain(&b.max).all(|v| v.is_finite()));
    LayerInspection {
        name,
        kind: kind_of(declared),
        geometry_type: gdal::vector::geometry_type_to_name(declared),
        crs,
        expected,
        extent,
        attributes: columns::fields(handle)
            .into_iter()
            .map(|(_, name, kind)| AttributeInspection { name, kind: kind.name() })
            .collect(),
    }
}

fn grid(ds: &Dataset) -> RasterInspection {
    let (width, height) = ds.raster_size();
    let band = ds.rasterband(1).ok();
    let place = north_up(ds);
    RasterInspection {
        width: width as u64,
        height: height as u64,
        bands: ds.raster_count() as u64,
        data_type: band.as_ref().map_or(String::new(), |b| b.band_type().name()),
        no_data: band.as_ref().and_then(RasterBandNoData::finite),
        origin: place.map(|p| p.0),
        cell: place.map(|p| p.1),
        crs: raster_crs(ds),
    }
}

/// JSON has no NaN.
trait RasterBandNoData {
    fn finite(&self) -> Option<f64>;
}

impl RasterBandNoData for gdal::raster::RasterBand<'_> {
    fn finite(&self) -> Option<f64> {
        self.no_data_value().filter(|v| v.is_finite())
    }
}
