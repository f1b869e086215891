//! Kernels over packed geometry: pure functions from [`crate::model::Geometries`] rows to numbers, meshes or clean rings.
//!
//! Valid rings are a precondition of everything but [`repair_polygon`] and [`repair_multi_polygon`]; other input gives a wrong number at worst, never a panic.
//! Features of many parts are read by the even-odd rule over all their rings. Coordinates are metres in the project CRS.

mod area;
mod clip;
mod contains;
mod convert;
mod cover;
mod dissolve;
mod distance;
mod error;
mod extrude;
mod overlap;
mod rings;
mod roof;
mod runs;
mod segment;
mod surface;
#[cfg(test)]
mod testing;
mod triangulate;
mod validity;
mod walls;
mod zonal;

pub use area::{area_m2, length_m, point_on_surface};
pub use clip::{difference, intersection, union};
pub use contains::contains;
pub use convert::{from_geo, multi_polygon, to_geo};
pub use cover::cover;
pub use distance::{PreparedEdges, distance_m};
pub use error::GeometryError;
pub use extrude::{Face, Prism, extrude};
pub use overlap::{PreparedArea, Scratch, overlap_area_m2};
pub use roof::{House, RoofFace, RoofShape, house};
pub use segment::{foot, nearest_t};
pub use surface::{FootprintFrom, Point3, Shell, footprint, normal, off_plane_m, shell, triangulate_surface, vector_area};
pub use triangulate::{Triangles, triangulate};
pub use validity::{Defect, Rejection, Repair, Rings, repair_multi_polygon, repair_polygon};
pub use walls::{Wall, walls};
pub use zonal::{CoverageScratch, Zonal, cell_coverage, zonal};
