//! IBM Plex Sans (SIL Open Font License, `assets/fonts/OFL.txt`) with Phosphor icons behind it.

use bevy_egui::egui::{FontData, FontDefinitions, FontFamily};
use std::sync::Arc;

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexSans-Regular.ttf");
const STRONG: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexSans-SemiBold.ttf");

/// The semibold cut, for titles and for what is selected.
pub fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// Plex first, then icons, then egui's own fonts for what Plex lacks.
pub(super) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, data) in [("plex", REGULAR), ("plex-strong", STRONG)] {
        fonts.font_data.insert(name.into(), Arc::new(FontData::from_static(data)));
    }
    if let Some(family) = fonts.families.get_mut(&FontFamily::Proportional) {
        family.insert(0, "plex".into());
    }
    egui_phosphor::add_to_fonts(&mut fonts, egui_phosphor::Variant::Regular);
    let mut strong = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    if let Some(first) = strong.first_mut() {
        *first = "plex-strong".into();
    }
    fonts.families.insert(strong_family(), strong);
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy_egui::egui::{Context, FontId, RawInput};

    #[test]
    fn figures_are_tabular_and_every_interface_letter_has_a_glyph() {
        let ctx = Context::default();
        ctx.set_fonts(definitions());
        let texts = [
            include_str!("../../../assets/i18n/de/main.ftl"),
            include_str!("../../../assets/i18n/en/main.ftl"),
        ];
        let mut output = ctx.run_ui(RawInput::default(), |ui| {
            ui.fonts_mut(|fonts| {
                for family in [FontFamily::Proportional, strong_family()] {
                    let id = FontId::new(14.0, family);
                    let zero = fonts.glyph_width(&id, '0');
                    assert!(('1'..='9').all(|d| (fonts.glyph_width(&id, d) - zero).abs() < 0.01));
                    let more = ['\u{202f}', '\u{2212}', '²', '§', '≥', '≤', '→', '…', '×', '°', 'ß', 'ẞ'];
                    let missing: Vec<char> = texts
                        .iter()
                        .flat_map(|t| t.chars())
                        .chain(more)
                        .filter(|c| !c.is_control() && !fonts.has_glyph(&id, *c))
                        .collect();
                    assert!(missing.is_empty(), "no glyph for {missing:?}");
                }
            });
        });
        // Nothing is drawn here.
        output.textures_delta.clear();
    }
}
