//! The window: Bevy plugins over a [`crate::session::Session`]. Entities mirror the session's snapshot and are never the truth.

pub mod bridge;
