//! Building law for plots: a city goes in; density (GRZ, GFZ, BMZ), storeys, heights and building windows of every plot come out, and what
//! of it breaks a plan or the values of BauNVO as conflicts with section and figure.
//!
//! Abstandsflächen come out wall by wall.
//!
//! A scenario's city is read like any other. Every number is a [`Span`]: where data are missing it has a lower end and perhaps no upper
//! one, and only a limit that the whole span keeps is kept.

mod assess;
mod conflicts;
mod depth;
mod figures;
mod law;
mod lines;
mod plot;
mod setback_conflicts;
#[cfg(test)]
mod setback_tests;
mod setbacks;
mod span;
#[cfg(test)]
mod tests;
mod volume;
mod windows;
mod words;

pub use assess::{assess, assess_changed, assess_plot, land};
pub use conflicts::{conflicts, rule_of};
pub use depth::Depth;
pub use figures::Counts;
pub use law::{Density, Law, Orientation, Setback, law};
pub use plot::{Assessment, Basis, Check, Limit, Measured, Plot, PlotKind, Stage};
pub use setback_conflicts::{area_of, setback_conflicts};
pub use setbacks::{Setbacks, WallArea, on_sites, setbacks, setbacks_of};
pub use span::Span;
pub use volume::{Roof, Volume, volume};
pub use words::span_words;
