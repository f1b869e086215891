//! The line that names where the data come from: licences ask for it, and a planner asks for the date.

use crate::{
    app::theme::{palette, text},
    i18n::{tr, tr_with},
    model::{Language, Provenance, SlotId},
    project::City,
};
use bevy_egui::egui::{Align, FontId, Painter, Pos2, Rect, pos2, text::LayoutJob, text::TextWrapping, vec2};
use std::collections::BTreeSet;

/// Sources of the layers for which `shown` is true, each once with its dates.
pub fn sources_text(city: &City, language: Language, shown: impl Fn(&SlotId) -> bool) -> String {
    // In order of first use; the set of dates is sorted.
    let mut sources: Vec<(String, BTreeSet<String>)> = vec![];
    let extra = city
        .extra
        .iter()
        .flat_map(|l| l.layer.provenance.iter().map(|p| (&l.layer.slot, p)));
    let used = city.provenance().chain(extra).filter(|(slot, _)| shown(slot)).map(|(_, p)| p);
    for (p, files) in Provenance::quoted(used) {
        let name = p.attribution.clone().or_else(|| p.source.clone()).unwrap_or_else(|| p.files(files));
        let k = sources.iter().position(|(n, _)| *n == name).unwrap_or_else(|| {
            sources.push((name, BTreeSet::new()));
            sources.len() - 1
        });
        sources[k].1.extend(p.data_date.as_deref().map(|d| text::date(language, d)));
    }
    if sources.is_empty() {
        return tr(language, "sources-none");
    }
    let list: Vec<String> = sources
        .into_iter()
        .map(|(name, dates)| {
            let dates: Vec<String> = dates.into_iter().collect();
            if dates.is_empty() {
                name
            } else {
                format!("{name} ({})", dates.join(", "))
            }
        })
        .collect();
    tr_with(language, "sources", &[("list", list.join(" · ").into())])
}

/// Draws the line right-aligned with its lower right corner at `corner`, in at most `rows` rows, and returns what it covers.
pub fn paint_sources(painter: &Painter, corner: Pos2, width: f32, rows: usize, line: &str, dark: bool) -> Rect {
    let p = palette(dark);
    let mut job = LayoutJob::simple(line.to_string(), FontId::proportional(11.5), p.ink, width - 12.0);
    job.wrap = TextWrapping {
        max_width: width - 12.0,
        max_rows: rows,
        break_anywhere: false,
        ..TextWrapping::default()
    };
    job.halign = Align::LEFT;
    let galley = painter.layout_job(job);
    let size = galley.size() + vec2(12.0, 4.0);
    let rect = Rect::from_min_max(pos2(corner.x - size.x, corner.y - size.y), corner);
    painter.rect_filled(rect, 3.0, p.panel.gamma_multiply(0.86));
    painter.galley(rect.min + vec2(6.0, 2.0), galley, p.ink);
    rect
}
