//! Puts fonts, colours and spacing into an egui context.

use super::{
    fonts,
    palette::{Palette, palette},
};
use bevy_egui::egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals, style::Selection,
    style::WidgetVisuals, vec2,
};

/// Fonts, both appearances and spacing. Also for contexts that draw exported pictures.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    for (theme, dark) in [(Theme::Light, false), (Theme::Dark, true)] {
        ctx.style_mut_of(theme, |style| shape(style, palette(dark), dark));
    }
}

fn widget(p: &Palette, fill: Color32, ink: Color32, line: Color32) -> WidgetVisuals {
    WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: CornerRadius::same(4),
        fg_stroke: Stroke::new(if ink == p.accent { 1.5 } else { 1.0 }, ink),
        expansion: 0.0,
    }
}

fn shape(style: &mut Style, p: &Palette, dark: bool) {
    use FontFamily::{Monospace, Proportional};
    style.text_styles = [
        (TextStyle::Small, FontId::new(12.0, Proportional)),
        (TextStyle::Body, FontId::new(14.0, Proportional)),
        (TextStyle::Button, FontId::new(14.0, Proportional)),
        (TextStyle::Heading, FontId::new(18.0, fonts::strong_family())),
        (TextStyle::Monospace, FontId::new(13.0, Monospace)),
    ]
    .into();
    let s = &mut style.spacing;
    s.item_spacing = vec2(8.0, 6.0);
    s.button_padding = vec2(8.0, 3.0);
    s.interact_size = vec2(28.0, 26.0);
    s.window_margin = Margin::same(16);
    s.menu_margin = Margin::same(8);
    s.indent = 16.0;
    s.slider_width = 120.0;
    s.slider_rail_height = 4.0;
    s.combo_width = 80.0;
    s.tooltip_width = 360.0;
    s.icon_width = 16.0;
    s.icon_width_inner = 10.0;
    s.scroll.floating = true;
    s.scroll.fade.strength = 0.0;
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = true;
    // Nothing slides or fades: the picture stands still while it is read, and a software adapter is not kept busy.
    style.animation_time = 0.0;

    let mut v = if dark { Visuals::dark() } else { Visuals::light() };
    let clear = Color32::TRANSPARENT;
    v.widgets.noninteractive = widget(p, p.panel, p.ink, p.line);
    v.widgets.inactive = widget(p, p.button, p.ink, clear);
    v.widgets.hovered = widget(p, p.button, p.ink, p.weak);
    v.widgets.active = widget(p, p.selected, p.ink, p.accent);
    v.widgets.open = widget(p, p.selected, p.ink, clear);
    v.selection = Selection {
        bg_fill: p.selected,
        stroke: Stroke::new(1.5, p.accent),
    };
    v.weak_text_color = Some(p.weak);
    v.hyperlink_color = p.accent;
    v.warn_fg_color = p.warning;
    v.error_fg_color = p.error;
    v.panel_fill = p.panel;
    v.window_fill = p.raised;
    v.window_stroke = Stroke::new(1.0, p.line);
    v.extreme_bg_color = p.raised;
    v.faint_bg_color = p.button.gamma_multiply(0.35);
    v.code_bg_color = p.button;
    v.window_corner_radius = CornerRadius::same(8);
    v.menu_corner_radius = CornerRadius::same(6);
    let shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: Color32::from_black_alpha(if dark { 120 } else { 40 }),
    };
    v.window_shadow = shadow;
    v.popup_shadow = shadow;
    v.indent_has_left_vline = false;
    v.slider_trailing_fill = true;
    style.visuals = v;
}
