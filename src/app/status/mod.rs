//! The status bar: coordinate and height, CRS, scale, what draws the picture, running work with Cancel, messages.

use crate::{
    app::{
        bridge::{CameraInfo, PointerSpot, RenderPreset, Running, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, note, small_icon_button},
        },
    },
    i18n::{number, tr, tr_with},
    session::Snapshot,
};
use bevy_egui::egui::{Align, Label, Layout, ProgressBar, RichText, Ui};

/// A logical pixel on a usual screen of 96 dots an inch, in metres.
const PIXEL_M: f64 = 0.0254 / 96.0;

/// The number n of the scale 1:n, to two figures, as a map would print it.
pub fn scale_number(metres_per_pixel: f64) -> Option<f64> {
    let n = metres_per_pixel / PIXEL_M;
    if !(n.is_finite() && n >= 1.0) {
        return None;
    }
    let unit = 10f64.powf(n.log10().floor() - 1.0);
    Some((n / unit).round() * unit)
}

/// What the bar speaks about.
pub struct StatusView<'a> {
    /// City, if one is open.
    pub snapshot: Option<&'a Snapshot>,
    /// Language.
    pub view: &'a ViewState,
    /// Under the pointer.
    pub spot: PointerSpot,
    /// Scale.
    pub camera: CameraInfo,
    /// Adapter.
    pub preset: &'a RenderPreset,
    /// Work in the background.
    pub running: &'a Running,
    /// Warnings and errors.
    pub messages: usize,
}

/// The bar. Returns wishes, and true when the user asks for the messages.
pub fn status_ui(ui: &mut Ui, v: &StatusView) -> (Vec<Wish>, bool) {
    let language = v.view.language;
    let (mut wishes, mut show_messages) = (vec![], false);
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        if let Some(s) = v.snapshot {
            let place = match v.spot.0 {
                Some([x, y, z]) => format!(
                    "{} · {} · {}\u{a0}m",
                    number(language, x, 0),
                    number(language, y, 0),
                    number(language, z, 0)
                ),
                None => tr(language, "status-no-place"),
            };
            // A place of fixed width: nothing beside it jumps while the pointer moves.
            let width = 210.0;
            ui.allocate_ui_with_layout(bevy_egui::egui::vec2(width, 20.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(width);
                ui.add(Label::new(RichText::new(place).size(13.0)).truncate())
                    .on_hover_text(tr(language, "status-coordinate"));
            });
            ui.label(RichText::new(format!("EPSG:{}", s.city.info.epsg)).size(13.0))
                .on_hover_text(tr(language, "status-crs"));
            if let Some(n) = scale_number(v.camera.metres_per_pixel) {
                ui.label(RichText::new(format!("1:{}", number(language, n, 0))).size(13.0))
                    .on_hover_text(tr(language, "status-scale"));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if v.messages > 0 {
                let text = tr_with(language, "status-messages", &[("n", (v.messages as i64).into())]);
                let color = colors(ui).warning;
                let label = RichText::new(format!("{}  {text}", icon::WARNING)).size(13.0).color(color);
                show_messages = ui.add(bevy_egui::egui::Button::new(label).frame_when_inactive(false)).clicked();
            }
            if v.preset.light {
                ui.add(Label::new(note(ui, tr(language, "status-light"))).truncate())
                    .on_hover_text(tr_with(
                        language,
                        "status-light-why",
                        &[("adapter", v.preset.adapter.clone().into())],
                    ));
            }
            if let Some(p) = &v.running.progress {
                let weak = colors(ui).weak;
                if v.running.stopping {
                    ui.label(note(ui, tr(language, "status-stopping")));
                } else if small_icon_button(ui, icon::X, &tr(language, "cancel"), weak).clicked() {
                    wishes.push(Wish::Cancel);
                }
                let accent = colors(ui).accent;
                ui.add(ProgressBar::new(p.fraction).desired_width(120.0).desired_height(8.0).fill(accent));
                let percent = format!("{}\u{a0}{:.0}\u{a0}%", p.step.get(language), p.fraction * 100.0);
                ui.add(Label::new(RichText::new(percent).size(13.0)).truncate());
            }
        });
    });
    (wishes, show_messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_have_two_figures() {
        assert_eq!(scale_number(1.111), Some(4200.0));
        assert_eq!(scale_number(0.0), None);
        assert_eq!(scale_number(f64::NAN), None);
    }
}
