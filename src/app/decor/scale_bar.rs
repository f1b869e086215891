//! The scale bar: a round length, measured at the point that the camera looks at.

use crate::{app::theme::palette, i18n::number, model::Language};
use bevy_egui::egui::{Align2, FontId, Painter, Pos2, Rect, Stroke, pos2, vec2};

/// The largest of 1, 2, 5 × 10ⁿ metres that is not longer than `most_m`.
pub fn round_length_m(most_m: f64) -> f64 {
    if !(most_m.is_finite() && most_m > 0.0) {
        return 0.0;
    }
    let unit = 10f64.powf(most_m.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|k| k * unit).find(|l| *l <= most_m).unwrap_or(unit)
}

/// Draws the bar with its lower left corner at `corner`, at most `width` wide, and returns what it covers.
pub fn paint_scale_bar(painter: &Painter, corner: Pos2, width: f32, metres_per_pixel: f64, language: Language, dark: bool) -> Rect {
    let length_m = round_length_m(metres_per_pixel * f64::from(width));
    if length_m <= 0.0 {
        return Rect::from_min_size(corner, vec2(0.0, 0.0));
    }
    let p = palette(dark);
    let pixels = (length_m / metres_per_pixel) as f32;
    let text = if length_m >= 1000.0 {
        format!("{}\u{a0}km", number(language, length_m / 1000.0, 0))
    } else {
        format!("{}\u{a0}m", number(language, length_m, if length_m < 1.0 { 2 } else { 0 }))
    };
    let all = Rect::from_min_max(corner - vec2(0.0, 32.0), corner + vec2(pixels + 20.0, 0.0));
    painter.rect_filled(all, 6.0, p.panel.gamma_multiply(0.90));
    let (left, y) = (all.left() + 10.0, all.bottom() - 9.0);
    let stroke = Stroke::new(1.5, p.ink);
    painter.line_segment([pos2(left, y), pos2(left + pixels, y)], stroke);
    for k in [0.0, 0.5, 1.0] {
        let x = left + pixels * k;
        let height = if k == 0.5 { 3.0 } else { 6.0 };
        painter.line_segment([pos2(x, y), pos2(x, y - height)], stroke);
    }
    painter.text(
        pos2(left + pixels / 2.0, y - 5.0),
        Align2::CENTER_BOTTOM,
        text,
        FontId::proportional(12.0),
        p.ink,
    );
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_round_and_fit() {
        assert_eq!(round_length_m(137.0), 100.0);
        assert_eq!(round_length_m(99.0), 50.0);
        assert_eq!(round_length_m(2000.0), 2000.0);
        assert_eq!(round_length_m(f64::NAN), 0.0);
    }
}
