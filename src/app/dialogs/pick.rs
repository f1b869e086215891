//! Everything under the pointer as a list: where features lie on top of each other, one is chosen by its name.

use crate::{
    app::{
        bridge::{Gathered, Hand, PickList, PlanWish, Selection, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, note, small_icon_button, strong},
        },
    },
    i18n::tr,
    modules::Role,
    scenario::Named,
    session::Snapshot,
};
use bevy_egui::egui::{Area, Button, Context, Frame, Id, Key, Order, RichText, ScrollArea, pos2, vec2};

/// The list, while it is open.
pub fn pick_ui(ctx: &Context, snapshot: Option<&Snapshot>, view: &ViewState, list: &PickList) -> Vec<Wish> {
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
                    let building = snapshot.and_then(|s| building(s, &item.selection));
                    let row = ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 2.0;
                        let width = ui.available_width() - if building.is_some() { 28.0 } else { 0.0 };
                        let button = Button::selectable(chosen, name).truncate().right_text(kind);
                        let row = ui.add_sized(vec2(width, 24.0), button);
                        if let Some(named) = building {
                            let ink = colors(ui).ink;
                            if small_icon_button(ui, icon::EYE_SLASH, &tr(language, "settings-hide"), ink).clicked() {
                                wishes.push(Wish::Plan(PlanWish::Do(Hand::Hide(vec![named], true))));
                                wishes.push(Wish::ClosePick);
                            }
                        }
                        row
                    });
                    let row = row.inner;
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

/// The building that a row stands for, where a plan is open that could hide it.
fn building(s: &Snapshot, selection: &Selection) -> Option<Named> {
    s.planning.as_ref()?;
    let named = Gathered::named(&s.city, selection)?;
    let role = s.city.slot(&named.0)?.def.role;
    (role == Some(Role::Buildings)).then_some(named)
}
