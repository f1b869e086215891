//! Windows over the picture: the path of a project, the help, notices, the hint how to move, and the page before a project is open.

mod help;
mod notice;
mod path;
mod welcome;

pub use help::{help_ui, hint_ui};
pub use notice::notice_ui;
pub use path::{PathDialog, path_ui};
pub use welcome::welcome_ui;

use bevy_egui::egui::{Area, Context, Id, Modal, ModalResponse, Ui};

/// A dialog in the middle, at most as large as the window.
fn modal<R>(ctx: &Context, id: &str, width: f32, content: impl FnOnce(&mut Ui) -> R) -> ModalResponse<R> {
    let id = Id::new(id);
    let most = ctx.content_rect().size() - bevy_egui::egui::vec2(48.0, 64.0);
    Modal::new(id)
        .area(Modal::default_area(id))
        .frame(bevy_egui::egui::Frame::window(&ctx.global_style()).inner_margin(20.0))
        .show(ctx, |ui| {
            ui.set_width(width.min(most.x));
            ui.set_max_height(most.y);
            content(ui)
        })
}

/// Nothing but an area that swallows no input; used by cards over the map.
fn card(ctx: &Context, id: &str, at: bevy_egui::egui::Pos2, content: impl FnOnce(&mut Ui)) {
    Area::new(Id::new(id))
        .order(bevy_egui::egui::Order::Foreground)
        .pivot(bevy_egui::egui::Align2::CENTER_TOP)
        .fixed_pos(at)
        .show(ctx, |ui| {
            bevy_egui::egui::Frame::window(&ctx.global_style()).show(ui, content);
        });
}
