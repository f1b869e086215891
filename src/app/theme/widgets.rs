//! Small parts that panels share. Each icon has a tooltip, which is also its name for screen readers.

use super::{Palette, fonts::strong_family, palette};
use crate::modules::Direction;
use bevy_egui::egui::{
    self, Align, Button, Color32, Label, Layout, Response, RichText, Sense, TextStyle, Ui, WidgetInfo, WidgetType, vec2,
};

/// The colours of the appearance in use.
pub fn colors(ui: &Ui) -> &'static Palette {
    palette(ui.visuals().dark_mode)
}

/// Semibold text.
pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(text).family(strong_family())
}

/// Small text that may step back.
pub fn note(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).small().color(colors(ui).weak)
}

fn named(response: Response, name: &str) -> Response {
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, name));
    response.on_hover_text(name)
}

/// An icon to press, 28 pixels square, without a frame until the pointer is on it.
pub fn icon_button(ui: &mut Ui, icon: &str, name: &str) -> Response {
    let button = Button::new(RichText::new(icon).size(17.0))
        .frame_when_inactive(false)
        .min_size(vec2(28.0, 28.0));
    let response = ui.add(button);
    named(response, name)
}

/// As [`icon_button`], 24 pixels, for rows of a list.
pub fn small_icon_button(ui: &mut Ui, icon: &str, name: &str, color: Color32) -> Response {
    let button = Button::new(RichText::new(icon).size(15.0).color(color))
        .frame_when_inactive(false)
        .min_size(vec2(24.0, 24.0));
    let response = ui.scope(|ui| {
        ui.spacing_mut().button_padding = vec2(3.0, 2.0);
        ui.spacing_mut().interact_size = vec2(24.0, 24.0);
        ui.add(button)
    });
    named(response.inner, name)
}

/// Keeps a panel's content inside the panel: content that is too wide or too small never changes the panel's size.
pub fn contained<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let rect = ui.available_rect_before_wrap();
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    inner.shrink_clip_rect(rect.expand(4.0));
    let result = content(&mut inner);
    ui.allocate_rect(rect, Sense::hover());
    result
}

/// A dialog in the middle, at most as large as the window.
pub fn modal<R>(ctx: &egui::Context, id: &str, width: f32, content: impl FnOnce(&mut Ui) -> R) -> egui::ModalResponse<R> {
    let id = egui::Id::new(id);
    let most = ctx.content_rect().size() - vec2(48.0, 64.0);
    egui::Modal::new(id)
        .area(egui::Modal::default_area(id))
        .frame(egui::Frame::window(&ctx.global_style()).inner_margin(20.0))
        .show(ctx, |ui| {
            ui.set_width(width.min(most.x));
            ui.set_max_height(most.y);
            content(ui)
        })
}

/// True when a dialog that somebody has filled in shall be left: by Escape, never by a click beside it, which would lose what was typed.
pub fn left<R>(dialog: &egui::ModalResponse<R>) -> bool {
    let escape = || {
        let ctx = &dialog.response.ctx;
        ctx.input_mut(|i| i.consume_key(egui::Modifiers::NONE, egui::Key::Escape))
    };
    dialog.response.should_close() || (dialog.is_top_modal && !dialog.any_popup_open && escape())
}

/// A text at the left of a cell of fixed width, cut short where it is too long.
pub fn cell(ui: &mut Ui, width: f32, text: impl Into<egui::WidgetText>) {
    ui.allocate_ui_with_layout(vec2(width, 26.0), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        ui.set_max_width(width);
        ui.add(Label::new(text).truncate());
    });
}

/// A field for a line of text, tinted so that it is seen on a dialog's ground.
pub fn field<'t>(ui: &Ui, text: &'t mut String, hint: impl Into<String>) -> egui::TextEdit<'t> {
    egui::TextEdit::singleline(text)
        .hint_text(hint.into())
        .background_color(colors(ui).panel)
}

/// The title of a part of a panel.
pub fn section(ui: &mut Ui, title: impl Into<String>) {
    ui.add_space(8.0);
    let color = colors(ui).weak;
    ui.label(strong(title).small().color(color));
}

/// A name on the left and a value on the right of the same line; a long value goes below, over the full width.
pub fn pair(ui: &mut Ui, name: &str, value: impl Into<String>) -> Response {
    let value = value.into();
    let font = TextStyle::Body.resolve(ui.style());
    let width = |ui: &Ui, text: &str| {
        ui.painter()
            .layout_no_wrap(text.to_string(), font.clone(), Color32::PLACEHOLDER)
            .size()
            .x
    };
    let weak = colors(ui).weak;
    if width(ui, name) + width(ui, &value) + 16.0 <= ui.available_width() && !value.contains('\n') {
        ui.scope(|ui| {
            // A list of values is no row of buttons: lines stand as close as text does.
            ui.spacing_mut().interact_size.y = 18.0;
            ui.horizontal(|ui| {
                ui.add(Label::new(RichText::new(name).color(weak)).extend());
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.add(Label::new(value).extend()))
                    .inner
            })
            .inner
        })
        .inner
    } else {
        ui.label(RichText::new(name).color(weak));
        ui.add(Label::new(value).wrap())
    }
}

/// A word on a tinted ground, such as "no data".
pub fn badge(ui: &mut Ui, text: &str, color: Color32) -> Response {
    let font = TextStyle::Small.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(text.to_string(), font, color);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(12.0, 4.0), Sense::hover());
    ui.painter().rect_filled(rect, 4.0, color.gamma_multiply(0.14));
    ui.painter().galley(rect.min + vec2(6.0, 2.0), galley, color);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, text));
    response
}

/// What a panel shows when it has nothing to show: what is missing and what to do.
pub fn empty_state(ui: &mut Ui, icon: &str, title: &str, what_to_do: &str) {
    let weak = colors(ui).weak;
    ui.add_space(16.0);
    ui.vertical_centered(|ui| {
        ui.label(RichText::new(icon).size(28.0).color(weak));
        ui.label(strong(title));
        ui.add_space(2.0);
        ui.scope(|ui| {
            ui.set_max_width(360.0f32.min(ui.available_width()));
            ui.label(RichText::new(what_to_do).color(weak));
        });
    });
}

/// A text that can be pressed like a link; nothing else in a panel has the accent colour.
pub fn link(ui: &mut Ui, text: &str) -> Response {
    let color = colors(ui).accent;
    ui.add(Label::new(RichText::new(text).color(color)).sense(Sense::click()).wrap())
        .on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// Better, worse or neither, by the direction in which the indicator should go.
pub fn judged(p: &Palette, direction: Direction, delta: f64) -> (&'static str, Color32) {
    let sign = if delta > 0.0 {
        super::icon::ARROW_UP
    } else {
        super::icon::ARROW_DOWN
    };
    let color = match direction {
        Direction::Neutral => p.ink,
        Direction::Higher if delta > 0.0 => p.good,
        Direction::Lower if delta < 0.0 => p.good,
        _ => p.error,
    };
    (sign, color)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_judged_by_the_direction_that_is_wanted() {
        let p = palette(false);
        assert_eq!(judged(p, Direction::Lower, -1.0), (super::super::icon::ARROW_DOWN, p.good));
        assert_eq!(judged(p, Direction::Lower, 1.0), (super::super::icon::ARROW_UP, p.error));
        assert_eq!(judged(p, Direction::Higher, -1.0).1, p.error);
        assert_eq!(judged(p, Direction::Neutral, -1.0).1, p.ink);
    }
}
