//! Charts that are looked at and not moved.

use bevy_egui::egui::AsId;
use egui_plot::Plot;

/// A chart that stays as it is: dragging and the wheel belong to the panel around it.
pub fn still<'a>(id: impl AsId, height: f32) -> Plot<'a> {
    Plot::new(id)
        .height(height)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .include_y(0.0)
}
