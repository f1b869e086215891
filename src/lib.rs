//! Stadtschicht: a city's digital twin in layers that shows where plans collide before anything is built.
//!
//! Rooms, each importing only from those above it: [`model`], [`geometry`], [`readers`], [`layers`], [`index`], [`services`],
//! [`modules`], [`project`], [`import`], [`rules`], [`scenario`], [`session`], the command line and, with the feature `gui`, the window.
// The documentation is built with private items: it is written for those who work here.
#![allow(rustdoc::private_intra_doc_links)]
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod cli;
pub mod demo;
pub mod derive;
pub mod estimate;
pub mod export;
pub mod figures;
pub mod geometry;
pub mod i18n;
pub mod import;
pub mod index;
pub mod indicators;
pub mod layers;
pub mod model;
pub mod modules;
pub mod network;
pub mod permit;
pub mod progress;
pub mod project;
mod random;
pub mod readers;
pub mod rules;
pub mod scenario;
pub mod services;
pub mod session;
pub mod starter;
pub mod suitability;
pub mod sun;
pub mod why;
pub mod zoning;

#[cfg(feature = "gui")]
pub mod app;
