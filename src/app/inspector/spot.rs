//! "Why here?": what every layer holds at a spot, what every rule says to it, and what nobody knows.

use crate::{
    app::{
        bridge::{Selection, Wish},
        decor::symbol::paint_severity,
        theme::{
            icon, text,
            widgets::{badge, colors, link, note, pair, section, strong},
        },
    },
    i18n::{number, spoken, tr, tr_with},
    model::Language,
    rules::{SpotLayer, SpotReport, SpotRule, Verdict},
    session::Snapshot,
};
use bevy_egui::egui::{Align, Label, Layout, RichText, Sense, Ui, vec2};

/// The answer for one spot.
pub(super) fn spot_ui(ui: &mut Ui, s: &Snapshot, report: &SpotReport, language: Language, wishes: &mut Vec<Wish>) {
    ui.add_space(4.0);
    let [x, y] = report.at;
    let height = report
        .height_m
        .map_or_else(String::new, |h| format!(" · {}\u{a0}m", number(language, h, 1)));
    ui.label(note(
        ui,
        format!(
            "{} · {}{height} · EPSG:{}",
            number(language, x, 0),
            number(language, y, 0),
            s.city.info.epsg
        ),
    ));
    section(ui, tr(language, "spot-rules"));
    let order = |v: Verdict| match v {
        Verdict::Conflict => 0,
        Verdict::Unknown => 1,
        Verdict::Clear => 2,
        Verdict::NotApplicable => 3,
    };
    let mut rules: Vec<&SpotRule> = report.rules.iter().collect();
    rules.sort_by_key(|r| (order(r.verdict), std::cmp::Reverse(r.severity)));
    let (said, silent): (Vec<&SpotRule>, Vec<&SpotRule>) = rules.into_iter().partition(|r| r.verdict != Verdict::NotApplicable);
    for r in said {
        rule_ui(ui, s, r, language, wishes);
    }
    if !silent.is_empty() {
        let title = tr_with(language, "spot-not-applicable", &[("n", (silent.len() as i64).into())]);
        ui.collapsing(title, |ui| {
            for r in silent {
                rule_ui(ui, s, r, language, wishes);
            }
        });
    }
    section(ui, tr(language, "spot-layers"));
    let (known, unknown): (Vec<&SpotLayer>, Vec<&SpotLayer>) = report.layers.iter().partition(|l| !l.unknown);
    let (filled, empty): (Vec<&SpotLayer>, Vec<&SpotLayer>) = known.into_iter().partition(|l| !l.values.is_empty());
    for l in filled {
        layer_ui(ui, s, l, language, wishes);
    }
    if !empty.is_empty() {
        ui.add_space(4.0);
        let names: Vec<String> = empty.iter().map(|l| title(s, l, language)).collect();
        ui.add(Label::new(note(ui, tr_with(language, "spot-nothing", &[("list", names.join(", ").into())]))).wrap());
    }
    if !unknown.is_empty() {
        section(ui, tr(language, "spot-unknown"));
        for l in unknown {
            let warning = colors(ui).warning;
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(icon::QUESTION).color(warning));
                ui.label(title(s, l, language));
                if let Some(reason) = &l.reason {
                    ui.label(note(ui, reason.get(language)));
                }
            });
        }
    }
}

fn title(s: &Snapshot, l: &SpotLayer, language: Language) -> String {
    s.city
        .slot(&l.slot)
        .map_or_else(|| l.slot.slot().to_string(), |slot| slot.def.title.get(language).to_string())
}

pub(super) fn source_line(ui: &mut Ui, source: Option<&str>, date: Option<&str>, language: Language) {
    let mut parts = vec![];
    parts.extend(source.map(ToString::to_string));
    parts.extend(date.map(|d| tr_with(language, "data-date", &[("date", text::date(language, d).into())])));
    if !parts.is_empty() {
        ui.add(Label::new(note(ui, parts.join(" · "))).wrap());
    }
}

fn rule_ui(ui: &mut Ui, s: &Snapshot, r: &SpotRule, language: Language, wishes: &mut Vec<Wish>) {
    let p = colors(ui);
    let (sign, color) = match r.verdict {
        Verdict::Conflict => (icon::WARNING, p.error),
        Verdict::Clear => (icon::CHECK_CIRCLE, p.good),
        Verdict::Unknown => (icon::QUESTION, p.warning),
        Verdict::NotApplicable => (icon::MINUS_CIRCLE, p.weak),
    };
    let name = s.city.rule(&r.rule).map_or(r.rule.as_str(), |d| d.title.get(language));
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::hover());
        match r.severity.filter(|_| r.verdict == Verdict::Conflict) {
            Some(severity) => paint_severity(ui.painter(), rect.center(), 8.5, severity),
            None => {
                ui.painter().text(
                    rect.center(),
                    bevy_egui::egui::Align2::CENTER_CENTER,
                    sign,
                    bevy_egui::egui::FontId::proportional(18.0),
                    color,
                );
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            badge(ui, &text::verdict(language, r.verdict), color);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| match &r.conflict {
                Some(id) => {
                    if link(ui, name).clicked() {
                        wishes.push(Wish::Select(Selection::Conflict(id.clone())));
                    }
                }
                None => {
                    ui.add(Label::new(strong(name)).wrap());
                }
            });
        });
    });
    ui.indent(("spot", &r.rule), |ui| {
        ui.add(Label::new(r.reason.get(language)).wrap());
        // What a conflict says further stands with the conflict.
        if r.conflict.is_none() {
            for said in &r.further {
                let said = note(ui, said.get(language));
                ui.add(Label::new(said).wrap());
            }
        }
        let measured = r.measured.as_ref().map(|q| text::quantity(language, q));
        let limit = r.threshold.as_ref().map(|q| text::quantity(language, q));
        match (measured, limit) {
            (Some(m), Some(l)) => {
                pair(ui, &tr(language, "measured-threshold"), format!("{m} / {l}"));
            }
            (Some(m), None) => {
                pair(ui, &tr(language, "measured"), m);
            }
            (None, Some(l)) => {
                pair(ui, &tr(language, "threshold"), l);
            }
            (None, None) => {}
        }
        if let Some(area) = r.area_m2 {
            let share = r
                .share_percent
                .map_or_else(String::new, |p| format!(" ({})", text::percent(language, p)));
            pair(ui, &tr(language, "column-area"), text::area(language, area) + &share);
        }
        if r.unknown_area_m2 > 0.0 {
            let said = tr_with(
                language,
                "why-unknown-area",
                &[("area", text::area(language, r.unknown_area_m2).into())],
            );
            let warning = colors(ui).warning;
            ui.add(Label::new(RichText::new(said).color(warning)).wrap());
        }
        if let Some(def) = s.city.rule(&r.rule).filter(|_| r.verdict != Verdict::NotApplicable) {
            let values = [
                ("law", def.source.clone().into()),
                ("office", def.office.get(language).to_owned().into()),
            ];
            let said = note(ui, tr_with(language, "why-law", &values));
            ui.add(Label::new(said).wrap());
        }
        source_line(ui, r.source.as_deref(), r.data_date.as_deref(), language);
    });
    ui.add_space(4.0);
}

fn layer_ui(ui: &mut Ui, s: &Snapshot, l: &SpotLayer, language: Language, wishes: &mut Vec<Wish>) {
    ui.add_space(4.0);
    ui.label(strong(title(s, l, language)));
    let vector = s.city.layers().any(|v| v.layer.slot == l.slot);
    const MOST: usize = 5;
    for v in l.values.iter().take(MOST) {
        if vector && !v.label.is_empty() {
            if link(ui, &v.label).clicked() {
                wishes.push(Wish::Select(Selection::Feature {
                    slot: l.slot.clone(),
                    row: v.row,
                }));
            }
        } else if !v.label.is_empty() {
            ui.label(spoken(language, &v.label));
        }
        if let Some(p) = v.share_percent {
            let said = tr_with(language, "why-of-site", &[("share", text::percent(language, p).into())]);
            let said = note(ui, said);
            ui.add(Label::new(said).wrap());
        }
        for (name, value) in &v.attributes {
            pair(ui, name.get(language), spoken(language, value).as_str());
        }
    }
    if l.values.len() > MOST {
        let n = (l.values.len() - MOST) as i64;
        ui.label(note(ui, tr_with(language, "more", &[("n", n.into())])));
    }
    source_line(ui, l.source.as_deref(), l.data_date.as_deref(), language);
}
