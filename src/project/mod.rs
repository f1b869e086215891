//! A project: `project.toml` says which file fills which slot; opening it gives a [`City`] in which every slot is filled or its absence is reported.

mod attributes;
mod bind;
mod city;
mod derived;
mod error;
mod file;
mod grid;
mod groups;
mod join;
mod mapping;
mod open;
mod path_policy;
mod remote;
mod shape;
mod shared;
mod standing;
mod tiles;
mod units;

pub(crate) use attributes::map as map_attributes;
pub(crate) use bind::{misfit, select};
pub use city::{Backdrop, City, ProjectInfo, Slot, SlotData, View};
pub use derived::{Refill, derive_layer, rederive};
pub use error::ProjectError;
pub use file::{
    AreaOfInterest, AttributeSource, BackdropSource, Binding, CoverageSource, FromSource, JoinSource, Measure, ProjectFile, Shape,
};
pub use groups::WeightGroup;
pub(crate) use join::{bare, key_of};
pub use mapping::{FilterText, Mapping, MappingLayer, builtin_mappings};
pub use open::open;
pub use path_policy::{PathRefused, inside};
pub use remote::{RemoteSource, Remotes, remotes};
pub(crate) use shape::shaped;
