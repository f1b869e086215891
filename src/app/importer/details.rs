//! The left side: where the file lies, what is in it, and what was repaired or left out.

use super::{
    map::map_ui,
    state::{CrsNote, ImporterState},
};
use crate::{
    app::{
        bridge::OnDesk,
        theme::{
            icon, text,
            widgets::{colors, note, pair, section},
        },
    },
    i18n::{number, tr, tr_with},
    import::{CandidateLayer, Content, Trial, Where},
    model::{GeometryKind, Language, Level},
    project::City,
};
use bevy_egui::egui::{Label, RichText, ScrollArea, Ui};
use std::collections::BTreeSet;

/// The readers' code for a file without a coordinate system.
const NO_CRS: &str = "RD-011";
/// Findings shown beside the map; the report has all of them.
const MOST_FINDINGS: usize = 40;

/// A layer of the file in a line: its name, kind and number of features.
pub(super) fn layer_line(language: Language, layer: &CandidateLayer) -> String {
    let kind = match (&layer.content, layer.kind()) {
        (Content::Grid(..), _) => tr(language, "import-kind-grid"),
        (_, Some(GeometryKind::Point)) => tr(language, "import-kind-points"),
        (_, Some(GeometryKind::Line)) => tr(language, "import-kind-lines"),
        (_, Some(GeometryKind::Polygon)) => tr(language, "import-kind-areas"),
        (_, None) => tr(language, "import-kind-unreadable"),
    };
    let count = match &layer.content {
        Content::Features(_) => format!("{} ", number(language, layer.features() as f64, 0)),
        _ => String::new(),
    };
    if layer.name.is_empty() {
        format!("{count}{kind}")
    } else {
        format!("{} · {count}{kind}", layer.name)
    }
}

/// Where the data lie, as a sentence.
pub(super) fn place(language: Language, place: Where) -> String {
    match place {
        Where::Inside => tr(language, "import-place-inside"),
        Where::Partly { inside, of } => {
            let n = |v: u64| number(language, v as f64, 0).into();
            tr_with(language, "import-place-partly", &[("inside", n(inside)), ("of", n(of))])
        }
        Where::Apart { distance_m } => {
            let distance = if distance_m < 1000.0 {
                text::measure(language, distance_m, "m")
            } else {
                text::measure(language, distance_m / 1000.0, "km")
            };
            tr_with(language, "import-place-apart", &[("distance", distance.into())])
        }
        Where::Nowhere => tr(language, "import-place-nowhere"),
    }
}

/// Map, facts and findings.
pub(super) fn details_ui(ui: &mut Ui, language: Language, on: &OnDesk, city: &City, trial: Option<&Trial>, state: &mut ImporterState) {
    let Some(layer) = on.file.layers.get(state.layer) else { return };
    state.shapes.follow(trial);
    map_ui(ui, on.around.home, city.info.title.get(language), trial, &state.shapes, 196.0);
    if let Some(t) = trial.filter(|t| t.refused.is_none() || t.count > 0) {
        let far = matches!(t.place, Where::Apart { .. } | Where::Nowhere);
        let color = if far { colors(ui).warning } else { colors(ui).ink };
        ui.label(RichText::new(place(language, t.place)).color(color));
    }
    ui.add_space(2.0);
    ScrollArea::vertical()
        .id_salt("facts of the file")
        .auto_shrink([false, false])
        .show(ui, |ui| {
            pair(ui, &tr(language, "file-driver"), format!("{} ({})", on.file.format, on.file.driver));
            let declared = layer.crs_name().map_or_else(|| tr(language, "import-crs-none"), str::to_owned);
            pair(ui, &tr(language, "file-crs"), declared);
            if let Content::Grid(_, grid) = &layer.content {
                pair(ui, &tr(language, "import-cells"), format!("{} × {}", grid.width, grid.height));
            } else {
                let loaded = number(language, layer.features() as f64, 0);
                let count = match layer.expected.filter(|n| *n != layer.features()) {
                    Some(n) => {
                        let values = [("loaded", loaded.into()), ("expected", number(language, n as f64, 0).into())];
                        tr_with(language, "import-count-of", &values)
                    }
                    None => loaded,
                };
                pair(ui, &tr(language, "file-count"), count);
            }
            let b = layer.extent;
            if !b.is_empty() {
                let decimals = if b.max[0].abs() <= 360.0 { 4 } else { 0 };
                let n = |v: f64| number(language, v, decimals);
                pair(
                    ui,
                    &tr(language, "import-extent"),
                    format!("{} {} … {} {}", n(b.min[0]), n(b.min[1]), n(b.max[0]), n(b.max[1])),
                );
            }
            let report = trial.map_or(&layer.report, |t| &t.report);
            let dropped = report.dropped();
            if dropped > 0 {
                pair(ui, &tr(language, "file-dropped"), number(language, dropped as f64, 0));
            }
            if on.file.left_out > 0 {
                ui.label(note(
                    ui,
                    tr_with(language, "import-layers-left-out", &[("n", (on.file.left_out as i64).into())]),
                ));
            }
            let mut findings: Vec<_> = on.file.findings.iter().chain(&report.findings).collect();
            findings.sort_by_key(|f| std::cmp::Reverse(f.level));
            // A library says the same at looking and at reading.
            let mut said = BTreeSet::new();
            findings.retain(|f| said.insert((&f.code, &f.text.en)));
            // What was chosen is not asked for any more.
            findings.retain(|f| f.code != NO_CRS || state.choice.crs.is_none());
            if findings.is_empty() {
                return;
            }
            section(ui, tr(language, "messages"));
            for f in findings.iter().take(MOST_FINDINGS) {
                let p = colors(ui);
                let (sign, color) = match f.level {
                    Level::Info => (icon::INFO, p.weak),
                    Level::Warning => (icon::WARNING, p.warning),
                    Level::Error => (icon::X_CIRCLE, p.error),
                };
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    ui.label(RichText::new(sign).color(color));
                    ui.add(Label::new(RichText::new(format!("{} {}", f.code, f.text.get(language))).small()).wrap());
                });
            }
            if findings.len() > MOST_FINDINGS {
                let rest = (findings.len() - MOST_FINDINGS) as i64;
                ui.label(note(ui, tr_with(language, "more", &[("n", rest.into())])));
            }
        });
}

/// Why the coordinate system was chosen for the user.
pub(super) fn crs_note(language: Language, note: CrsNote, layer: &CandidateLayer) -> String {
    match note {
        CrsNote::Missing => tr(language, "import-crs-missing"),
        CrsNote::Impossible => {
            let name = layer.crs_name().unwrap_or_default().to_owned();
            tr_with(language, "import-crs-impossible", &[("crs", name.into())])
        }
    }
}
