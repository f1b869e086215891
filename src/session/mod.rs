//! The façade for the command line and the window: opens a project off the caller's thread, keeps the current snapshot and applies commands to it.

mod command;
mod snapshot;

pub use command::Command;
pub use snapshot::Snapshot;
