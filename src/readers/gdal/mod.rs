//! GDAL, behind one door: nothing outside this folder names `gdal` or `gdal_sys`.

mod arrow;
mod columns;
mod ids;
mod init;
mod inspect;
mod messages;
mod open;
mod raster;
mod reference;
mod styles;
mod take;
mod vector;
pub mod write;

pub(super) use ids::unique;
pub use init::versions;
pub(super) use inspect::inspect;
pub(super) use raster::read_raster;
pub(super) use reference::horizontal;
pub(super) use vector::read_vector;
