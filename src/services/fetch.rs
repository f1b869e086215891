//! One source asked anew: the endpoint must have been confirmed by whoever calls this.

use super::{
    Confirmations, Endpoint, Limits, Reach, ServiceError, ServiceKind, ServiceSource,
    cache::{Entry, Store},
    http::Client,
    ogc_api, postgis, wfs, wms, wmts,
};
use crate::{model::Bbox, progress::Control};
use std::path::Path;

/// What is asked for.
#[derive(Debug)]
pub(super) struct Order<'a> {
    pub source: &'a ServiceSource,
    /// CRS of the project.
    pub epsg: u32,
    /// Box in the project CRS; nothing for the whole layer.
    pub area: Option<Bbox>,
    pub control: &'a Control,
}

impl Order<'_> {
    /// Tells how far it is.
    pub fn step(&self, got: u64, of: Option<u64>) {
        let layer = super::http::words(&self.source.layer, 60);
        let fraction = of.filter(|t| *t > 0).map_or(0.5, |t| got as f32 / t as f32);
        let total = of.map_or_else(|| "?".into(), |t| t.to_string());
        self.control.report(
            format!("{layer}: {got} von {total} geholt"),
            format!("{layer}: {got} of {total} fetched"),
            fraction,
        );
    }
}

/// Where and for which project.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Project folder.
    pub folder: &'a Path,
    /// CRS of the project.
    pub epsg: u32,
    /// Box of the area of interest, project CRS.
    pub area: Option<Bbox>,
}

impl Place<'_> {
    /// The box that is asked for.
    pub fn wanted(&self, source: &ServiceSource) -> Option<Bbox> {
        match source.reach {
            Reach::AreaOfInterest => self.area.filter(|a| !a.is_empty()).map(|a| a.buffered(source.margin_m)),
            Reach::Everything => None,
        }
    }
}

/// Asks the service and keeps the answer in the project's cache. What was there before stays until everything new is there.
///
/// # Errors
/// [`ServiceError::NotConfirmed`] before anything is contacted; else whatever the service or the disk did.
pub fn fetch(
    place: Place<'_>,
    source: &ServiceSource,
    confirmed: &Confirmations,
    limits: Limits,
    control: &Control,
) -> Result<Entry, ServiceError> {
    let endpoint = source.endpoint()?;
    if !confirmed.allows(place.folder, &endpoint) {
        return Err(ServiceError::NotConfirmed {
            endpoint: endpoint.to_string(),
        });
    }
    let order = Order {
        source,
        epsg: place.epsg,
        area: place.wanted(source),
        control,
    };
    ask(place.folder, &endpoint, &order, limits)
}

fn ask(folder: &Path, endpoint: &Endpoint, order: &Order<'_>, limits: Limits) -> Result<Entry, ServiceError> {
    let corners = order.area.map(|a| [a.min[0], a.min[1], a.max[0], a.max[1]]);
    let mut store = Store::new(folder, order.source, endpoint, order.epsg, corners)?;
    order.step(0, None);
    if endpoint.kind == ServiceKind::Postgis {
        postgis::fetch(endpoint, order, limits, &mut store)?;
        return store.keep();
    }
    let mut client = Client::new(endpoint, limits, order.control);
    match endpoint.kind {
        ServiceKind::Wfs => wfs::fetch(&mut client, order, &mut store)?,
        ServiceKind::OgcApiFeatures => ogc_api::fetch(&mut client, order, &mut store)?,
        ServiceKind::Wms => wms::fetch(&mut client, order, &mut store)?,
        ServiceKind::Wmts => wmts::fetch(&mut client, order, &mut store)?,
        ServiceKind::Postgis => {}
    }
    store.keep()
}
