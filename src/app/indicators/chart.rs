//! The chosen indicator in all its places as bars, in the colours of the map.

use super::{
    classes::Classes,
    compute::Figures,
    overlay::{class_text, classes},
    tables::value,
};
use crate::{
    app::{
        bridge::ViewState,
        theme::{
            map_color,
            plot::still,
            widgets::{colors, note, strong},
        },
    },
    i18n::{number, tr},
    indicators::Figure,
    model::Language,
    modules::Direction,
};
use bevy_egui::egui::{Color32, Label, Sense, Ui, vec2};
use egui_plot::{Bar, BarChart};

fn swatch(ui: &mut Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
    ui.painter().rect_filled(rect, 2.0, color);
}

fn heading(ui: &mut Ui, f: &Figure, classes: &Classes, language: Language) {
    let sign = match f.direction {
        Direction::Higher => "indicators-direction-higher",
        Direction::Lower => "indicators-direction-lower",
        Direction::Neutral => "indicators-direction-neutral",
    };
    ui.horizontal(|ui| {
        ui.add(Label::new(strong(format!("{} ({})", f.title.get(language), f.unit.get(language)))).truncate());
        ui.label(note(ui, tr(language, sign)));
    });
    ui.horizontal_wrapped(|ui| {
        for (k, bounds) in classes.bounds.iter().enumerate() {
            swatch(ui, map_color(classes.color_of(k)));
            ui.label(note(ui, class_text(language, f, *bounds)));
        }
        let gaps = f.cells.iter().skip(1).filter(|c| c.value.is_none()).count();
        if gaps > 0 {
            // A bar of no height would be a zero: what is unknown is counted in words.
            ui.label(note(ui, format!("{}: {gaps}", tr(language, "indicators-unknown"))));
        }
    });
}

/// Draws the bars into what is left of the panel.
pub fn chart(ui: &mut Ui, view: &ViewState, figures: &Figures) {
    let language = view.language;
    let Some((all, f)) = figures.figure() else { return };
    let classes = classes(f);
    let accent = colors(ui).accent;
    heading(ui, f, &classes, language);
    let names: Vec<String> = all.places.iter().map(|p| p.label.get(language).to_owned()).collect();
    let bars: Vec<Bar> = f
        .cells
        .iter()
        .enumerate()
        .filter_map(|(k, c)| {
            let fill = if k == 0 { accent } else { map_color(classes.color(c.value)) };
            let bar = Bar::new(k as f64, c.value?).width(0.72).fill(fill);
            Some(bar.name(format!("{}: {}", names[k], value(language, f, c))))
        })
        .collect();
    let few = names.len() <= 12;
    let room = (ui.available_width() / names.len().max(1) as f32 / 7.0).clamp(4.0, 18.0) as usize;
    let at = |x: f64| -> Option<&String> { ((x - x.round()).abs() < 1e-6).then(|| names.get(x.round() as usize)).flatten() };
    still(("indicator-bars", f.id.as_str()), (ui.available_height() - 4.0).max(60.0))
        .show_axes([few, true])
        .show_grid([false, true])
        .include_x(-0.8)
        .include_x(names.len() as f64 - 0.2)
        .x_grid_spacer(|_| {
            (0..names.len())
                .map(|k| egui_plot::GridMark {
                    value: k as f64,
                    step_size: 1.0,
                })
                .collect()
        })
        .x_axis_formatter(|mark, _| at(mark.value).map(|n| short(n, room)).unwrap_or_default())
        .y_axis_formatter(|mark, _| number(language, mark.value, usize::from(mark.step_size < 1.0)))
        .show(ui, |plot| {
            let chart = BarChart::new(f.title.get(language), bars);
            plot.bar_chart(chart.element_formatter(Box::new(|bar, _| bar.name.clone())));
        });
}

fn short(name: &str, most: usize) -> String {
    match name.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_owned(),
    }
}
