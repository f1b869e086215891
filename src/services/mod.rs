//! Data from servers: WFS, OGC API Features and PostGIS as layers, WMS and WMTS as pictures on the ground.
//!
//! A source of the project file goes in; what comes out are files in the project's cache, which are then read like any other file.
//! Nothing is contacted that the person at this computer has not confirmed for this project, and an open project never asks
//! again by itself what it has in its cache.
//!
//! Finding codes: `RD-170` features that the server has and did not deliver, `RD-171` the server does not say how many there are,
//! `PJ-180` the source is refused, `PJ-181` not confirmed and nothing kept, `PJ-182` the service gave nothing, `PJ-183` read from the
//! cache, with its age, `PJ-184` the cache cannot be used, `PJ-185` the cache does not cover the area, `PJ-186` picture with holes.

mod cache;
mod confirm;
mod crs;
mod error;
mod fetch;
mod http;
mod offers;
mod ogc_api;
mod pgpass;
mod picture;
mod postgis;
mod source;
mod wfs;
mod wms;
mod wmts;
mod xml;

pub use cache::{Entry, FOLDER, Page, PictureInfo, PictureTile, cached, page_path};
pub use confirm::Confirmations;
pub use error::ServiceError;
pub use fetch::{Place, fetch};
pub use http::{Limits, words};
pub use offers::{Offer, list_limits, offers};
pub use picture::{Picture, picture};
pub use source::{Endpoint, Reach, ServiceKind, ServiceSource};

/// The present second, for ages.
pub fn now() -> jiff::Timestamp {
    cache::now()
}
