//! The arrangement of the window: bar, panels, view and status, and the keys that belong to no panel.

mod arrange;
mod chords;
mod closing;
mod keys;
mod parts;

use crate::app::{
    bridge::ViewState,
    schedule::{AppSystems, PaintSystems},
};
use bevy::prelude::*;
use bevy_egui::{EguiInput, EguiPreUpdateSet, EguiPrimaryContextPass, egui};

pub use parts::Shell;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Shell>()
        .add_systems(EguiPrimaryContextPass, arrange::window.in_set(PaintSystems::Panels))
        .add_systems(
            PreUpdate,
            (chords::in_order, forget_resting_modifiers)
                .chain()
                .after(EguiPreUpdateSet::ProcessInput)
                .before(EguiPreUpdateSet::BeginPass),
        )
        .add_systems(Update, closing::asked_to_close.in_set(AppSystems::Receive))
        .add_systems(Last, title);
}

/// Every frame brings egui an event about the modifier keys, moved or not, and egui asks for another frame after every event: without
/// this an idle window would draw for ever.
fn forget_resting_modifiers(mut inputs: Query<&mut EguiInput>, mut last: Local<egui::Modifiers>) {
    for mut input in &mut inputs {
        input.events.retain(|e| match e {
            egui::Event::ModifiersChanged(now) => std::mem::replace(&mut *last, *now) != *now,
            _ => true,
        });
    }
}

/// The window's title: project, an asterisk for what is not saved, program.
fn title(
    snapshot: Res<crate::app::bridge::CurrentSnapshot>,
    (view, groups): (Res<ViewState>, Res<crate::app::bridge::GroupDesk>),
    mut windows: Query<&mut Window, With<bevy::window::PrimaryWindow>>,
) {
    let title = match &snapshot.0 {
        Some(s) => {
            let star = if s.unsaved || groups.unsaved() { "*" } else { "" };
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
