//! Everything under the pointer as a list: where features lie on top of each other, one is chosen by its name.

use crate::{
    app::{
        bridge::{PickList, ViewState, Wish},
        theme::widgets::{colors, note, strong},
    },
    i18n::tr,
};
use bevy_egui::egui::{Area, Button, Context, Frame, Id, Key, Order, RichText, ScrollArea, pos2, vec2};

/// The list, while it is open.
pub fn pick_ui(ctx: &Context, view: &ViewState, list: &PickList) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let Some(at) = list.at else { return wishes };
    let area = Area::new(Id::new("pick list"))
        .order(Order::Foreground)
        .fixed_pos(pos2(at.x + 4.0, at.y + 4.0))
        .constrain(true);
    let shown = area.show(ctx, |ui| {
        Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_width(280.0);
            ui.label(strong(tr(language, "pick-title")));
            if list.items.is_empty() {
                ui.label(note(ui, tr(language, "pick-nothing")));
            }
            ScrollArea::vertical().max_height(260.0).auto_shrink([false, true]).show(ui, |ui| {
                for (k, item) in list.items.iter().enumerate() {
                    let chosen = view.selection == item.selection;
                    let name = item.name.get(language);
                    let kind = RichText::new(item.kind.get(language)).small().color(colors(ui).weak);
                    let width = ui.available_width();
                    let row = ui.add(
                        Button::selectable(chosen, name)
                            .truncate()
                            .right_text(kind)
                            .min_size(vec2(width, 24.0)),
                    );
                    // The keyboard walks through the list from its first row.
                    if k == 0 && ctx.memory(|m| m.focused()).is_none() {
                        row.request_focus();
                    }
                    if row.clicked() {
                        wishes.push(Wish::Select(item.selection.clone()));
                        wishes.push(Wish::ClosePick);
                    }
                }
            });
        });
    });
    let outside = ctx.input(|i| i.pointer.any_pressed()) && !shown.response.contains_pointer();
    if outside || ctx.input(|i| i.key_pressed(Key::Escape)) {
        wishes.push(Wish::ClosePick);
    }
    wishes
}
