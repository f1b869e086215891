//! Figures of a plan: a city's sites go in; areas by use, dwellings, inhabitants, places needed, parking, sealed and green area and building
//! costs come out, each with its formula and source.
//!
//! Dwellings, inhabitants and places are those of the capacity rules, with the state's and the project's numbers: nothing is computed twice.

mod compute;
mod cost;
mod density;
#[cfg(test)]
mod tests;

pub use compute::{Figure, PlanFigures, SiteFigures, Total, figures};
pub use cost::{Assumptions, Catalogue, Nhk, PriceIndex, catalogue};
