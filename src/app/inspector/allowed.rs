//! A building window: what the plan allows in it, what the drawn body rests on, and that nothing is drawn where the plan gives no height.

use crate::{
    app::{
        scene::allowed::{Allowed, STOREY_M},
        theme::{
            text,
            widgets::{colors, pair, section},
        },
    },
    i18n::{tr, tr_with},
    model::{Language, Layer},
    modules::SlotDef,
    project::City,
};
use bevy_egui::egui::{Label, RichText, Ui};

/// The attributes that are shown here.
const SHOWN: [&str; 7] = ["height_m", "top_m_nhn", "height_from", "storeys", "grz", "gfz", "bmz"];

/// What the body stands for, in a sentence; the second is true where a person should hesitate.
fn sentence(city: &City, layer: &Layer, row: usize, language: Language) -> (String, bool) {
    let metres = |v: f64| text::measure(language, v, "m");
    let say = |key: &str, args: &[(&'static str, f64)]| {
        let args: Vec<_> = args.iter().map(|(k, v)| (*k, metres(*v).into())).collect();
        tr_with(language, key, &args)
    };
    match Allowed::of(layer, row, city.terrain().is_some()) {
        Allowed::AboveSea(top) => {
            let ground = layer.geometry.rings(row).flatten().map(|p| city.height_at(*p));
            if ground.fold(f64::INFINITY, f64::min) < top {
                (say("envelope-sea", &[("top", top)]), false)
            } else {
                (say("envelope-below", &[("top", top)]), true)
            }
        }
        Allowed::AboveGround(h) => (say("envelope-ground", &[("height", h)]), false),
        Allowed::Storeys(n) => (say("envelope-storeys", &[("storey", STOREY_M), ("height", n * STOREY_M)]), true),
        Allowed::SeaWithoutGround(top) => (say("envelope-no-ground", &[("top", top)]), true),
        Allowed::Nothing => (tr(language, "envelope-nothing"), true),
    }
}

/// Shows the section and names the attributes that need not be listed again.
pub(super) fn allowed_ui(
    ui: &mut Ui,
    city: &City,
    layer: &Layer,
    def: Option<&SlotDef>,
    row: usize,
    language: Language,
) -> &'static [&'static str] {
    section(ui, tr(language, "envelope-title"));
    let number = |name: &str| layer.attributes.value(name, row).as_f64().filter(|v| v.is_finite());
    let figure =
        |name: &str, unit: &str| number(name).map_or_else(|| tr(language, "envelope-not-given"), |v| text::measure(language, v, unit));
    let allowed = Allowed::of(layer, row, city.terrain().is_some());
    let height = if allowed.assumed() {
        tr(language, "envelope-not-given")
    } else {
        figure("height_m", "m")
    };
    pair(ui, &tr(language, "envelope-height"), height);
    pair(ui, &tr(language, "envelope-top"), figure("top_m_nhn", "m"));
    pair(ui, &tr(language, "envelope-full-storeys"), figure("storeys", ""));
    for (key, name) in [("envelope-grz", "grz"), ("envelope-gfz", "gfz"), ("envelope-bmz", "bmz")] {
        pair(ui, &tr(language, key), figure(name, ""));
    }
    let from = layer.attributes.value("height_from", row);
    if !from.is_null() && !allowed.assumed() {
        let from = from.to_string();
        let words = def.and_then(|d| d.value_label("height_from", &from));
        let words = words.map_or(&*from, |w| w.get(language)).to_owned();
        pair(ui, &tr(language, "envelope-from"), words);
    }
    let (words, hesitate) = sentence(city, layer, row, language);
    let color = if hesitate { colors(ui).warning } else { colors(ui).weak };
    ui.add_space(2.0);
    ui.add(Label::new(RichText::new(words).color(color)).wrap());
    &SHOWN
}
