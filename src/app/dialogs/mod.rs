//! Windows over the picture: paths of projects and files, the question about unsaved reviews, the help, notices, the hint how to move, and the page before a project is open.

mod help;
mod notice;
mod path;
mod pick;
mod recent;
mod unsaved;
mod welcome;

pub use help::{help_ui, hint_ui};
pub use notice::notice_ui;
pub use path::{PathDialog, Purpose, path_ui};
pub use pick::pick_ui;
pub use unsaved::unsaved_ui;
pub use welcome::welcome_ui;

use bevy_egui::egui::{Area, Context, Id, Ui};

/// Nothing but an area that swallows no input; used by cards over the map.
fn card(ctx: &Context, id: &str, at: bevy_egui::egui::Pos2, content: impl FnOnce(&mut Ui)) {
    Area::new(Id::new(id))
        // Below dialogs, which lie in the foreground whichever was there first.
        .order(bevy_egui::egui::Order::Middle)
        .pivot(bevy_egui::egui::Align2::CENTER_TOP)
        .fixed_pos(at)
        .show(ctx, |ui| {
            bevy_egui::egui::Frame::window(&ctx.global_style()).show(ui, content);
        });
}
