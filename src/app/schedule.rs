//! The order of the window's work in one frame: one set after another, every room hangs its systems into one of them.

use bevy::prelude::*;
use bevy_egui::EguiPrimaryContextPass;

/// Steps of a frame, in this order, all in [`Update`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppSystems {
    /// Snapshots, dropped files and finished jobs arrive.
    Receive,
    /// Mouse, keys and wishes move the camera.
    Camera,
    /// The pointer finds features and spots.
    Pick,
    /// Meshes are built in the background and put into the scene.
    Build,
    /// Visibility, opacity, highlight: nothing is rebuilt.
    Show,
    /// Decides whether another frame is needed.
    Redraw,
}

/// What is painted over the picture, lowest first, in [`EguiPrimaryContextPass`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaintSystems {
    /// Marks that belong to the city.
    Marks,
    /// Decorations and panels.
    Panels,
}

/// Puts the steps in order.
pub fn plugin(app: &mut App) {
    use AppSystems::*;
    app.configure_sets(Update, (Receive, Camera, Pick, Build, Show, Redraw).chain())
        .configure_sets(EguiPrimaryContextPass, (PaintSystems::Marks, PaintSystems::Panels).chain());
}
