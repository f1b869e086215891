//! A layer or grid in the CRS of its file goes in, a clean one in the project CRS comes out: metres, finite coordinates, valid rings.
//!
//! Finding codes: `LY-001` vertices outside the CRS's area of use, `LY-002` geometry repaired, `LY-003` geometry rejected,
//! `LY-004` nothing left,
//! `LY-005` rings tidied without a change of their area, `LY-140` cells averaged to fit into the memory,
//! `LY-100` bodies beyond the area of the CRS.

mod clean;
mod crs;
mod error;
mod facts;
mod guess;
mod mosaic;
mod raster;
mod thin;

pub use clean::{CleanLayer, clean};
pub use crs::{AxisFacts, ProjectCrs, axis_facts, reproject, versions};
pub use error::{CrsError, LayerError};
pub use guess::{CrsGuess, guess_crs, suits};
pub use mosaic::{BUDGET_CELLS, Mosaic, box_in};
pub use raster::raster_to_project;
