//! The dialog for a new project: place and files go in, a project with every layer that they fill comes out.

mod panel;

pub use panel::{FoundingState, founding_ui};
