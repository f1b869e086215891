//! The arrangement of the window: bar, panels, view and status, and the keys that belong to no panel.

mod arrange;
mod keys;
mod parts;

use crate::app::{bridge::ViewState, schedule::PaintSystems};
use bevy::prelude::*;
use bevy_egui::EguiPrimaryContextPass;

pub use parts::Shell;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Shell>()
        .add_systems(EguiPrimaryContextPass, arrange::window.in_set(PaintSystems::Panels))
        .add_systems(Last, title);
}

/// The window's title: project, an asterisk for what is not saved, program.
fn title(
    snapshot: Res<crate::app::bridge::CurrentSnapshot>,
    view: Res<ViewState>,
    mut windows: Query<&mut Window, With<bevy::window::PrimaryWindow>>,
) {
    let title = match &snapshot.0 {
        Some(s) => {
            let star = if s.unsaved { "*" } else { "" };
            format!("{}{star} – Stadtschicht", s.city.info.title.get(view.language))
        }
        None => "Stadtschicht".into(),
    };
    if let Ok(mut window) = windows.single_mut()
        && window.title != title
    {
        window.title = title;
    }
}
