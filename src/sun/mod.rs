//! Sun and shadow: a city and a day go in; where the sun stands, for how long it reaches ground and façades, and what a plan takes away from
//! the neighbours come out.
//!
//! The position comes from a library (SPA). Shadows are cast by buildings as blocks, by the surfaces of city models, and by terrain.
//! The same inputs give the same bytes on any number of threads.

mod compare;
mod day;
mod hours;
mod map;
mod near;
mod occluders;
mod points;
mod position;
mod preset;
mod shade;
mod site;
#[cfg(test)]
mod tests;

pub use compare::{Loss, changed, conflicts, losses};
pub use day::{Day, Step};
pub use hours::{Lit, lit};
pub use map::{Hours, SunMap, WallSun};
pub use near::{buildings, losses_near, shadow_box};
pub use occluders::Occluders;
pub use points::{Facade, GroundCell, WallPart, facades, facades_of, ground};
pub use position::{SunPosition, position};
pub use preset::{Preset, presets};
pub use shade::{Body, Cast, Rings3, Shaded, Shadows, wall};
pub use site::{Site, SunError, Zone};
