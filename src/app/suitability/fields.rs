//! Small fields that the pages share.

use crate::{app::theme::widgets::colors, i18n::number, model::Language};
use bevy_egui::egui::{Align, Color32, DragValue, Label, Layout, Response, RichText, Sense, Slider, Stroke, StrokeKind, Ui, vec2};
use std::ops::RangeInclusive;

/// A number to drag or to type, with the decimal mark of the language; a comma and a point are both understood.
pub fn decimal(ui: &mut Ui, language: Language, value: &mut f64, range: RangeInclusive<f64>, decimals: usize, suffix: &str) -> Response {
    let span = range.end() - range.start();
    ui.add(
        DragValue::new(value)
            .range(range)
            .speed((span / 400.0).max(10f64.powi(-(decimals as i32))))
            .suffix(suffix)
            .update_while_editing(false)
            .custom_formatter(move |v, _| number(language, v, decimals))
            .custom_parser(parsed),
    )
}

/// What somebody typed.
fn parsed(text: &str) -> Option<f64> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{202f}').collect();
    plain
        .replace(',', ".")
        .replace('\u{2212}', "-")
        .parse()
        .ok()
        .filter(|v: &f64| v.is_finite())
}

/// A slider without a number; its name is said by what stands beside it.
pub fn bare_slider(ui: &mut Ui, width: f32, value: &mut f64, range: RangeInclusive<f64>) -> Response {
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = width;
        ui.add(Slider::new(value, range).show_value(false))
    })
    .inner
}

/// A text at the left of a cell, cut short where it is too long.
pub fn left(ui: &mut Ui, text: impl Into<RichText>) -> Response {
    ui.add(Label::new(text.into()).truncate().selectable(false))
}

/// A text at the right of a cell.
pub fn right(ui: &mut Ui, text: impl Into<RichText>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add(Label::new(text.into()).truncate().selectable(false));
    });
}

/// A coloured square in front of a word.
pub fn dot(ui: &mut Ui, fill: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
    let line = colors(ui).weak;
    ui.painter().rect(rect, 2.0, fill, Stroke::new(0.8, line), StrokeKind::Inside);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_is_a_decimal_mark() {
        assert_eq!(
            ["1,5", "1.5", "\u{2212}2", "12\u{202f}000"].map(parsed),
            [Some(1.5), Some(1.5), Some(-2.0), Some(12000.0)]
        );
        assert_eq!([parsed("viel"), parsed("inf")], [None, None]);
    }
}
