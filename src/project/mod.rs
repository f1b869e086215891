//! A project: `project.toml` says which file fills which slot; opening it gives a [`City`] in which every slot is filled or its absence is reported.

mod attributes;
mod bind;
mod city;
mod error;
mod file;
mod open;
mod path_policy;
mod tiles;

pub use city::{City, ProjectInfo, Slot, SlotData, View};
pub use error::ProjectError;
pub use file::{AreaOfInterest, AttributeSource, Binding, CoverageSource, ProjectFile};
pub use open::open;
pub use path_policy::{PathRefused, inside};
