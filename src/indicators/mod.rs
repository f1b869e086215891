//! Figures of a city and its districts: definitions of the modules and a checked city in, values with what is unknown out.

mod area;
mod known;
mod measure;
mod near;
mod people;
mod places;
mod side;
mod table;
mod terms;
#[cfg(test)]
mod tests;

pub use known::Memory;
pub use table::{Amount, Cell, Figure, Indicators, Place, SourceNote, evaluate, evaluate_at, update};
