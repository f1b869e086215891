//! A project: `project.toml` says which file fills which slot; opening it gives a [`City`] in which every slot is filled or its absence is reported.

mod city;

pub use city::{City, ProjectInfo, Slot, SlotData, View};
