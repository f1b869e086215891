//! What is drawn over the picture with egui, in the window and on exported pictures alike.

pub mod symbol;
