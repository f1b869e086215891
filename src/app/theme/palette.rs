//! Colours by their meaning. Text reaches 4.5:1 on its ground and graphics 3:1, in light and in dark.

use bevy_egui::egui::Color32;

/// The colours of one appearance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// Text.
    pub ink: Color32,
    /// Text that may step back.
    pub weak: Color32,
    /// Ground of panels.
    pub panel: Color32,
    /// Ground of text fields, menus and dialogs.
    pub raised: Color32,
    /// Ground of buttons.
    pub button: Color32,
    /// Hair lines.
    pub line: Color32,
    /// The one accent: links, selection, progress.
    pub accent: Color32,
    /// Ground of what is selected.
    pub selected: Color32,
    /// Something is broken or in conflict.
    pub error: Color32,
    /// Something is assumed or repaired.
    pub warning: Color32,
    /// Something is in order.
    pub good: Color32,
}

const fn rgb(v: u32) -> Color32 {
    Color32::from_rgb((v >> 16) as u8, (v >> 8) as u8, v as u8)
}

/// A colour of the picture, sRGB, for egui.
pub const fn map_color([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

const LIGHT: Palette = Palette {
    ink: rgb(0x1F2429),
    weak: rgb(0x565E67),
    panel: rgb(0xF8F7F4),
    raised: rgb(0xFFFFFF),
    button: rgb(0xE9E7E1),
    line: rgb(0xDDDAD3),
    accent: rgb(0x0A5F8A),
    selected: rgb(0xD3E5EF),
    error: rgb(0xA3123A),
    warning: rgb(0x8A5200),
    good: rgb(0x1F6B4A),
};

const DARK: Palette = Palette {
    ink: rgb(0xE8EAEC),
    weak: rgb(0xB4BBC2),
    panel: rgb(0x1D2125),
    raised: rgb(0x14171A),
    button: rgb(0x2E343A),
    line: rgb(0x3A4148),
    accent: rgb(0x74BCE3),
    selected: rgb(0x1B3D50),
    error: rgb(0xF58BA2),
    warning: rgb(0xF0B95A),
    good: rgb(0x7FD0A8),
};

/// The colours of an appearance.
pub fn palette(dark: bool) -> &'static Palette {
    if dark { &DARK } else { &LIGHT }
}

/// A module's colour `#RRGGBB`; grey for what is not one.
pub fn hex(text: &str) -> Color32 {
    text.strip_prefix('#')
        .filter(|t| t.len() == 6)
        .and_then(|t| u32::from_str_radix(t, 16).ok())
        .map_or(Color32::GRAY, rgb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy_egui::egui::Rgba;

    fn contrast(a: Color32, b: Color32) -> f32 {
        let l = |c: Color32| {
            let c = Rgba::from(c);
            0.2126 * c.r() + 0.7152 * c.g() + 0.0722 * c.b() + 0.05
        };
        (l(a) / l(b)).max(l(b) / l(a))
    }

    #[test]
    fn text_is_readable_in_light_and_dark() {
        for p in [LIGHT, DARK] {
            for ground in [p.panel, p.raised, p.selected] {
                for text in [p.ink, p.weak, p.accent, p.error, p.warning, p.good] {
                    let c = contrast(text, ground);
                    assert!(c >= 4.5, "{text:?} on {ground:?} has only {c:.2}:1");
                }
            }
            assert!(contrast(p.ink, p.button) >= 4.5);
        }
        assert_eq!(hex("#0A5F8A"), LIGHT.accent);
        assert_eq!(hex("red"), Color32::GRAY);
    }
}
