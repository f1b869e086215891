//! The compass: the needle points north on the screen.

use crate::app::theme::{palette, strong_family};
use bevy_egui::egui::{Align2, FontId, Painter, Pos2, Shape, Stroke, Vec2};

/// Draws the compass for a view that looks towards `heading_deg` (clockwise from north).
pub fn paint_compass(painter: &Painter, center: Pos2, radius: f32, heading_deg: f64, dark: bool) {
    let p = palette(dark);
    painter.circle(center, radius, p.panel.gamma_multiply(0.94), Stroke::new(1.0, p.line));
    // North on the screen is up for heading 0 and turns left when the view turns right.
    let north = Vec2::angled((-90.0 - heading_deg as f32).to_radians());
    let side = Vec2::new(-north.y, north.x);
    let (tip, tail) = (center + north * radius * 0.42, center - north * radius * 0.78);
    let (a, b) = (
        center - north * radius * 0.18 + side * radius * 0.24,
        center - north * radius * 0.18 - side * radius * 0.24,
    );
    painter.add(Shape::convex_polygon(vec![a, tip, b], p.error, Stroke::NONE));
    painter.add(Shape::convex_polygon(vec![a, b, tail], p.weak, Stroke::NONE));
    painter.text(
        center + north * radius * 0.70,
        Align2::CENTER_CENTER,
        "N",
        FontId::new(radius * 0.50, strong_family()),
        p.ink,
    );
}
