//! A conflict: what, why, by which law, measured against threshold, who is asked, and what the office decided.

use super::review::{Writing, review_ui};
use crate::{
    app::{
        bridge::{CameraCommand, Selection, Wish},
        decor::symbol::{paint_severity, severity_color},
        rulebook::{NumberFields, numbers_ui},
        theme::{
            icon, text,
            widgets::{badge, colors, empty_state, link, note, pair, section, strong},
        },
    },
    i18n::{tr, tr_with},
    model::{Bbox, Conflict, FeatureRef, Language},
    modules::RuleDef,
    session::{Snapshot, Variant},
};
use bevy_egui::egui::{self, Label, RichText, Sense, Stroke, Ui, pos2, vec2};

/// All about one conflict, of what is shown or else of the variant it is compared with.
pub(super) fn conflict_ui(
    ui: &mut Ui,
    (s, before): (&Snapshot, Option<&Variant>),
    id: &str,
    language: Language,
    (writing, numbers): (&mut Writing, &mut NumberFields),
    wishes: &mut Vec<Wish>,
) {
    let (c, gone) = match (
        s.evaluation.conflict(id),
        before.and_then(|b| Some((b, b.evaluation.conflict(id)?))),
    ) {
        (Some(c), _) => (c, None),
        (None, Some((b, c))) => (c, Some(b)),
        (None, None) => {
            empty_state(ui, icon::SCALES, &tr(language, "conflict-gone"), &tr(language, "conflict-gone-do"));
            return;
        }
    };
    let rule = s.city.rule(&c.rule);
    head(ui, c, rule, language);
    match gone {
        // What the plan resolved is nobody's to decide any more.
        Some(b) => {
            let name = b.title.get(language).to_owned();
            let text = tr_with(language, "looks-conflict-only-there", &[("name", name.into())]);
            let good = colors(ui).good;
            ui.add(Label::new(RichText::new(format!("{} {text}", icon::CHECK_CIRCLE)).color(good)).wrap());
        }
        None => review_ui(ui, s, c, rule, language, writing, wishes),
    }
    what(ui, c, rule, language, wishes);
    measured(ui, c, language);
    places(ui, s, c, language, wishes);
    if !c.reasons.is_empty() {
        section(ui, tr(language, "conflict-reasons"));
        for reason in &c.reasons {
            ui.add(Label::new(reason.get(language)).wrap());
        }
    }
    if let Some(rule) = rule {
        law(ui, c, rule, language);
    }
    numbers_ui(ui, s, &c.rule, language, numbers, wishes);
    ui.add_space(4.0);
    if link(ui, &tr(language, "parameters-all")).clicked() {
        wishes.push(Wish::Rule(c.rule.clone()));
    }
}

fn head(ui: &mut Ui, c: &Conflict, rule: Option<&RuleDef>, language: Language) {
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(32.0, 32.0), Sense::hover());
        paint_severity(ui.painter(), rect.center(), 12.0, c.severity);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let title = rule.map_or(c.rule.as_str(), |r| r.title.get(language));
            ui.add(Label::new(strong(title).size(15.0)).wrap());
            ui.label(note(ui, format!("{} · {}", text::severity(language, c.severity), c.id)));
        });
    });
}

fn what(ui: &mut Ui, c: &Conflict, rule: Option<&RuleDef>, language: Language, wishes: &mut Vec<Wish>) {
    ui.add_space(4.0);
    if let Some(r) = rule {
        ui.add(Label::new(r.what.get(language)).wrap());
    }
    if ui.button(format!("{}  {}", icon::CROSSHAIR, tr(language, "fly-there"))).clicked() {
        wishes.push(Wish::Camera(CameraCommand::FlyTo(place(c.bbox, c.anchor))));
    }
}

/// A box with some surroundings, so that the place can be recognised.
fn place(bbox: Bbox, anchor: [f64; 2]) -> Bbox {
    let b = if bbox.is_empty() { Bbox::new(anchor, anchor) } else { bbox };
    b.buffered((b.width_m().max(b.height_m()) * 0.35).max(60.0))
}

fn measured(ui: &mut Ui, c: &Conflict, language: Language) {
    section(ui, tr(language, "conflict-measured"));
    pair(ui, &tr(language, "measured"), text::quantity(language, &c.measured));
    if let Some(t) = &c.threshold {
        pair(ui, &tr(language, "threshold"), text::quantity(language, t));
        if t.unit == c.measured.unit {
            bar(ui, c, t.value);
        }
    }
    if let Some(a) = c.area_m2 {
        pair(ui, &tr(language, "conflict-area"), text::area(language, a));
    }
    if let Some(share) = c.share_percent {
        pair(ui, &tr(language, "conflict-share"), text::percent(language, share));
    }
    pair(
        ui,
        &tr(language, "data-state"),
        c.data_date
            .as_deref()
            .map_or_else(|| tr(language, "unknown"), |d| text::date(language, d)),
    );
    if c.proxy {
        let warning = colors(ui).warning;
        badge(ui, &tr(language, "proxy"), warning).on_hover_text(tr(language, "proxy-why"));
    }
}

/// Measured value as a bar, the limit as a stroke across it.
fn bar(ui: &mut Ui, c: &Conflict, limit: f64) {
    let p = colors(ui);
    let (value, limit) = (c.measured.value, limit);
    let most = value.max(limit) * 1.15;
    if !(most.is_finite() && most > 0.0 && value >= 0.0 && limit >= 0.0) {
        return;
    }
    // Levels in decibel do not start at zero: what counts is the part around the limit.
    let least = if value.min(limit) > 0.6 * value.max(limit) {
        0.8 * value.min(limit)
    } else {
        0.0
    };
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
    let x = |v: f64| rect.left() + rect.width() * ((v - least) / (most - least)).clamp(0.0, 1.0) as f32;
    let groove = egui::Rect::from_min_max(rect.min + vec2(0.0, 5.0), rect.max - vec2(0.0, 5.0));
    ui.painter().rect_filled(groove, 3.0, p.button);
    let filled = egui::Rect::from_min_max(groove.min, pos2(x(value).max(groove.left() + 4.0), groove.bottom()));
    ui.painter().rect_filled(filled, 3.0, severity_color(c.severity));
    ui.painter()
        .line_segment([pos2(x(limit), rect.top()), pos2(x(limit), rect.bottom())], Stroke::new(2.5, p.ink));
}

fn feature_link(ui: &mut Ui, s: &Snapshot, f: &FeatureRef, language: Language, wishes: &mut Vec<Wish>) {
    let layer = s
        .city
        .slot(&f.slot)
        .map_or_else(|| f.slot.to_string(), |slot| slot.def.title.get(language).to_string());
    if link(ui, &s.city.spoken(f, language)).clicked() {
        // Rows are those of the variant in which the conflict was found, which may be the one that is compared with.
        let layer = s.city.layer(&f.slot).map(|l| &l.layer);
        let same = layer.is_none_or(|l| l.ids.get(f.row as usize).is_some_and(|id| **id == *f.id));
        let row = if same { Some(f.row) } else { s.city.row(&f.slot, &f.id) };
        wishes.extend(row.map(|row| Wish::Select(Selection::Feature { slot: f.slot.clone(), row })));
    }
    ui.label(note(ui, layer));
}

fn places(ui: &mut Ui, s: &Snapshot, c: &Conflict, language: Language, wishes: &mut Vec<Wish>) {
    section(ui, tr(language, "conflict-subject"));
    ui.spacing_mut().item_spacing.y = 3.0;
    feature_link(ui, s, &c.subject, language, wishes);
    section(ui, tr(language, "conflict-objects"));
    if c.objects.is_empty() {
        ui.label(tr(language, "conflict-objects-none"));
    }
    const MOST: usize = 8;
    for o in c.objects.iter().take(MOST) {
        feature_link(ui, s, o, language, wishes);
    }
    if c.objects.len() > MOST {
        let n = (c.objects.len() - MOST) as i64;
        ui.label(note(ui, tr_with(language, "more", &[("n", n.into())])));
    }
    ui.spacing_mut().item_spacing.y = 6.0;
}

fn law(ui: &mut Ui, c: &Conflict, rule: &RuleDef, language: Language) {
    section(ui, tr(language, "conflict-why"));
    ui.add(Label::new(rule.why.get(language)).wrap());
    section(ui, tr(language, "conflict-law"));
    ui.add(Label::new(&rule.source).wrap());
    pair(ui, &tr(language, "legal-force"), text::legal_force(language, rule.legal_force));
    pair(ui, &tr(language, "evidence"), text::evidence(language, rule.evidence));
    pair(ui, &tr(language, "office"), rule.office.get(language));
    if let Some(text) = rule.proxy_note.as_ref().filter(|_| rule.proxy || c.proxy) {
        let warning = colors(ui).warning;
        ui.add(Label::new(RichText::new(text.get(language)).color(warning)).wrap());
    }
    section(ui, tr(language, "conflict-next"));
    ui.add(Label::new(rule.reference.get(language)).wrap());
}
