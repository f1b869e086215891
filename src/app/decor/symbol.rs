//! The mark of a severity: shape and colour both say it, so neither colour vision nor a pale projector loses it.

use crate::model::Severity;
use bevy_egui::egui::{self, Color32, Pos2, Shape, Stroke, Vec2};

/// Colour of a severity, sRGB. Lightness falls with the gravity, so the order survives without hue.
pub fn severity_rgb(severity: Severity) -> [u8; 3] {
    match severity {
        Severity::Prohibited => [0x9B, 0x11, 0x3A],
        Severity::Restricted => [0xE0, 0x52, 0x1F],
        Severity::Weigh => [0xF0, 0xA8, 0x1C],
        Severity::Hint => [0x2F, 0x74, 0xB5],
    }
}

/// As [`severity_rgb`], for egui.
pub fn severity_color(severity: Severity) -> Color32 {
    let [r, g, b] = severity_rgb(severity);
    Color32::from_rgb(r, g, b)
}

/// Corners of the mark: octagon, triangle, diamond; the hint's circle is drawn as one.
fn corners(severity: Severity) -> Option<(usize, f32, f32)> {
    use std::f32::consts::PI;
    match severity {
        Severity::Prohibited => Some((8, PI / 8.0, 1.0)),
        Severity::Restricted => Some((3, -PI / 2.0, 1.22)),
        Severity::Weigh => Some((4, -PI / 2.0, 1.12)),
        Severity::Hint => None,
    }
}

/// Shapes of the mark around `center`, with a light rim that keeps it apart from any ground.
pub fn severity_shapes(center: Pos2, radius: f32, severity: Severity) -> Vec<Shape> {
    let fill = severity_color(severity);
    let polygon = |r: f32, n: usize, turn: f32| -> Vec<Pos2> {
        (0..n)
            .map(|k| center + r * Vec2::angled(turn + std::f32::consts::TAU * k as f32 / n as f32))
            .collect()
    };
    match corners(severity) {
        Some((n, turn, scale)) => vec![Shape::convex_polygon(
            polygon(radius * scale, n, turn),
            fill,
            Stroke::new((radius * 0.22).max(1.5), Color32::WHITE),
        )],
        None => vec![
            Shape::circle_filled(center, radius, Color32::WHITE),
            Shape::circle_filled(center, radius * 0.85, fill),
        ],
    }
}

/// Draws the mark, with the severity's number in it when it is large enough to be read.
pub fn paint_severity(painter: &egui::Painter, center: Pos2, radius: f32, severity: Severity) {
    painter.extend(severity_shapes(center, radius, severity));
    if radius >= 8.0 {
        let ink = if severity == Severity::Weigh {
            Color32::from_gray(30)
        } else {
            Color32::WHITE
        };
        painter.text(
            center + Vec2::new(0.0, if severity == Severity::Restricted { radius * 0.12 } else { 0.0 }),
            egui::Align2::CENTER_CENTER,
            u8::from(severity).to_string(),
            egui::FontId::proportional(radius * 1.15),
            ink,
        );
    }
}
