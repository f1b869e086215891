//! The figures of a plot as bars against their limits, with section, source and what is unknown, and its Abstandsflächen in numbers.

use super::compute::{Found, Law};
use crate::{
    app::theme::{
        icon,
        widgets::{colors, note, section, strong},
    },
    i18n::{number, tr, tr_with},
    model::{FeatureRef, Language, LocalText},
    rules::Verdict,
    session::Snapshot,
    zoning::{Basis, Check, Measured, Plot, PlotKind, Setbacks, Span, Stage},
};
use bevy_egui::egui::{
    Align, Align2, Area, Color32, Context, Frame, Id, Label, Layout, Margin, Order, Rect, RichText, Sense, Stroke, Ui, vec2,
};

/// Broken walls that are listed.
const MOST_WALLS: usize = 6;

/// The panel; nothing where law has nothing to say.
pub fn law_ui(ui: &mut Ui, snapshot: Option<&Snapshot>, language: Language, law: &mut Law) {
    let Some(found) = law.found().cloned() else {
        if law.busy() {
            section(ui, tr(language, "zoning-heading"));
            ui.spinner();
        }
        return;
    };
    section(ui, tr(language, "zoning-heading"));
    if let Some(why) = &found.why {
        let warning = colors(ui).warning;
        ui.add(Label::new(RichText::new(why.get(language)).color(warning)).wrap());
        return;
    }
    match &found.plot {
        Some(plot) => plot_ui(ui, language, plot, &found, law.busy()),
        None => {
            ui.add(Label::new(note(ui, tr(language, "lawpanel-no-plot"))).wrap());
        }
    }
    if let Some(setbacks) = &found.setbacks {
        let named = |f: &FeatureRef| snapshot.map_or_else(|| f.label.clone(), |s| s.city.spoken(f, language));
        setbacks_ui(ui, language, setbacks, &named, &mut law.hidden);
    }
}

fn plot_ui(ui: &mut Ui, language: Language, plot: &Plot, found: &Found, busy: bool) {
    let kind = match plot.kind {
        PlotKind::Parcel => "zoning-kind-parcel",
        PlotKind::Site => "zoning-kind-site",
        PlotKind::Zone => "zoning-kind-zone",
    };
    let label = if found.drawn && plot.feature.label.starts_with("plan-") {
        tr(language, "lawpanel-drawn")
    } else {
        plot.feature.label.clone()
    };
    ui.horizontal(|ui| {
        ui.add(Label::new(strong(label)).truncate());
        if busy {
            ui.spinner();
        }
    });
    let parts = [
        Some(tr(language, kind)),
        Some(format!("{} m²", number(language, plot.area_m2, 0))),
        plot.baunvo.clone(),
        plot.zone.as_ref().filter(|_| plot.kind != PlotKind::Zone).map(|z| z.label.clone()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    ui.add(Label::new(note(ui, parts.join(" · "))).wrap());
    if plot.checks.is_empty() {
        ui.add(Label::new(note(ui, tr(language, "lawpanel-no-figures"))).wrap());
    }
    for check in &plot.checks {
        check_ui(ui, language, check);
    }
    notes(ui, language, &plot.notes);
}

fn notes(ui: &mut Ui, language: Language, all: &[LocalText]) {
    for text in all {
        ui.add(Label::new(note(ui, text.get(language))).wrap());
    }
}

/// Sign, word and colour of a verdict: nothing is told by colour alone.
fn sign(ui: &Ui, verdict: Verdict) -> (&'static str, &'static str, Color32) {
    let p = colors(ui);
    match verdict {
        Verdict::Clear => (icon::CHECK_CIRCLE, "zoning-verdict-kept", p.good),
        Verdict::Conflict => (icon::WARNING, "zoning-verdict-broken", p.error),
        Verdict::Unknown => (icon::QUESTION, "zoning-verdict-unknown", p.warning),
        Verdict::NotApplicable => (icon::MINUS_CIRCLE, "zoning-verdict-none", p.weak),
    }
}

/// "0,27 / 0,40", "≥ 0,27", "0,27–0,31".
fn value_text(language: Language, value: Span, limit: Option<f64>, decimals: usize, unit: &str) -> String {
    let n = |v: f64| number(language, v, decimals);
    let value = match (value.known(), value.high) {
        (Some(v), _) => n(v),
        (None, Some(high)) if n(high) == n(value.low) => n(high),
        (None, Some(high)) => format!("{}–{}", n(value.low), n(high)),
        (None, None) => format!("≥ {}", n(value.low)),
    };
    let text = limit.map_or(value.clone(), |l| format!("{value} / {}", n(l)));
    if unit.is_empty() { text } else { format!("{text} {unit}") }
}

fn check_ui(ui: &mut Ui, language: Language, c: &Check) {
    let (mark, word, color) = sign(ui, c.verdict);
    let limit = c.limit.as_ref().map(|l| l.value);
    let stage = match c.stage {
        Stage::Built => "zoning-stage-built",
        Stage::Drafted => "zoning-stage-drafted",
    };
    let name = format!("{} ({})", short(language, c.measured), tr(language, stage));
    let value = value_text(language, c.value, limit, c.measured.decimals(), c.measured.unit());
    ui.add_space(3.0);
    let row = ui.horizontal(|ui| {
        ui.label(RichText::new(mark).color(color)).on_hover_text(tr(language, word));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(Label::new(strong(value)).extend());
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(Label::new(name).truncate()));
        });
    });
    bar(ui, c.value, limit, color);
    let title = c.measured.title();
    let hint = format!("{} ({})\n{}", title.get(language), c.measured.section(), c.formula.get(language));
    row.response.on_hover_text(hint);
    let source = match &c.limit {
        Some(l) => {
            let basis = match l.basis {
                Basis::Orientation => "zoning-limit-orientation",
                Basis::Plan | Basis::Window => "zoning-limit-plan",
            };
            format!("{} ({}; {})", tr(language, basis), l.section, l.source.get(language))
        }
        None => format!("{} · {}", tr(language, "zoning-verdict-none"), c.measured.section()),
    };
    ui.add(Label::new(note(ui, source)).wrap()).on_hover_text(c.formula.get(language));
    for text in &c.unknown {
        ui.add(Label::new(note(ui, format!("{} {}", icon::QUESTION, text.get(language)))).wrap());
    }
}

/// The name of a figure that fits into a narrow panel.
fn short(language: Language, m: Measured) -> String {
    let key = match m {
        Measured::Grz => "lawpanel-grz",
        Measured::GrzTotal => "lawpanel-grz-total",
        Measured::Gfz => "lawpanel-gfz",
        Measured::Bmz => "lawpanel-bmz",
        Measured::Vollgeschosse => "lawpanel-storeys",
        Measured::Height => "lawpanel-height",
        Measured::Baugrenze => "lawpanel-window",
    };
    tr(language, key)
}

/// The figures of a drawing in one line over the map, so that they are in sight wherever the panel is scrolled to.
pub fn law_chip(ctx: &Context, free: Rect, language: Language, law: &Law) {
    let Some(found) = law.found().filter(|f| f.drawn) else { return };
    let Some(plot) = &found.plot else { return };
    let width = (free.width() - 220.0).clamp(160.0, 620.0);
    Area::new(Id::new("law-chip"))
        .order(Order::Middle)
        .interactable(false)
        .constrain(false)
        .pivot(Align2::CENTER_TOP)
        .fixed_pos(free.center_top() + vec2(0.0, 12.0))
        .show(ctx, |ui| {
            let frame = Frame::new().fill(colors(ui).panel.gamma_multiply(0.94)).corner_radius(6.0);
            frame.inner_margin(Margin::symmetric(10, 5)).show(ui, |ui| {
                ui.set_max_width(width);
                ui.horizontal_wrapped(|ui| {
                    ui.label(strong(format!("{} m²", number(language, plot.area_m2, 0))));
                    for c in &plot.checks {
                        let (mark, _, color) = sign(ui, c.verdict);
                        let limit = c.limit.as_ref().map(|l| l.value);
                        let value = value_text(language, c.value, limit, c.measured.decimals(), c.measured.unit());
                        let text = format!("{mark} {} {value}", short(language, c.measured));
                        // A sign stays with its figure.
                        ui.add(Label::new(RichText::new(text).color(color)).extend());
                    }
                });
            });
        });
}

/// What is sure is full, what may be is pale up to its end or open, and a tick stands at the limit.
fn bar(ui: &mut Ui, value: Span, limit: Option<f64>, color: Color32) {
    let most = value.high.unwrap_or(value.low).max(value.low).max(limit.unwrap_or(0.0)) * 1.2;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 7.0), Sense::hover());
    let p = colors(ui);
    let painter = ui.painter();
    painter.rect_filled(rect, 2.0, p.raised);
    if most <= 0.0 {
        return;
    }
    let x = |v: f64| rect.left() + rect.width() * (v / most).clamp(0.0, 1.0) as f32;
    let piece = |from: f32, to: f32| Rect::from_x_y_ranges(from..=to, rect.y_range());
    let open = value.high.map_or(rect.right(), x);
    if open > x(value.low) + 0.5 {
        painter.rect_filled(piece(x(value.low), open), 2.0, color.gamma_multiply(0.28));
    }
    painter.rect_filled(piece(rect.left(), x(value.low).max(rect.left() + 1.0)), 2.0, color);
    if let Some(limit) = limit {
        painter.vline(x(limit), rect.expand(2.0).y_range(), Stroke::new(2.0, p.ink));
    }
}

fn setbacks_ui(ui: &mut Ui, language: Language, s: &Setbacks, named: &dyn Fn(&FeatureRef) -> String, hidden: &mut bool) {
    section(ui, tr(language, "setbacks-heading"));
    let count = |v: Verdict| s.walls.iter().filter(|w| w.verdict == v).count() as i64;
    if s.walls.is_empty() && s.party_walls == 0 && s.privileged == 0 {
        ui.label(note(ui, tr(language, "lawpanel-no-walls")));
        return;
    }
    let args = [
        ("walls", (s.walls.len() as i64).into()),
        ("kept", count(Verdict::Clear).into()),
        ("broken", count(Verdict::Conflict).into()),
        ("unknown", count(Verdict::Unknown).into()),
    ];
    ui.add(Label::new(tr_with(language, "setbacks-summary", &args)).wrap());
    let mut shown = !*hidden;
    if ui.checkbox(&mut shown, tr(language, "lawpanel-on-map")).changed() {
        *hidden = !shown;
    }
    let error = colors(ui).error;
    for w in s.walls.iter().filter(|w| w.verdict == Verdict::Conflict).take(MOST_WALLS) {
        let n = |v: f64| number(language, v, 2);
        let mut args = vec![
            ("building", named(&w.building).into()),
            ("wall", i64::from(w.wall + 1).into()),
            ("depth", n(w.depth.depth_m.low).into()),
        ];
        let text = match w.room_m.filter(|r| *r < w.depth.depth_m.low) {
            Some(room) => {
                args.push(("room", n(room).into()));
                tr_with(language, "lawpanel-wall-boundary", &args)
            }
            None => {
                let m2 = w.overlaps.iter().map(|o| o.1).fold(0.0, f64::max);
                args.push(("area", number(language, m2, 1).into()));
                tr_with(language, "lawpanel-wall-overlap", &args)
            }
        };
        let text = RichText::new(format!("{} {text}", icon::WARNING)).color(error);
        ui.add(Label::new(text).wrap())
            .on_hover_text(format!("{}\n{}", w.depth.formula.get(language), w.depth.law));
    }
    let more = (count(Verdict::Conflict) - MOST_WALLS as i64).max(0);
    if more > 0 {
        ui.label(note(ui, tr_with(language, "lawpanel-more-walls", &[("n", more.into())])));
    }
    if let Some(w) = s.walls.first() {
        ui.label(note(ui, w.depth.law.clone()));
    }
    notes(ui, language, &s.notes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_says_what_is_known_of_it() {
        let text = |v: Span, l: Option<f64>| value_text(Language::De, v, l, 2, "");
        assert_eq!(text(Span::exact(0.27), Some(0.4)), "0,27 / 0,40");
        assert_eq!(text(Span::at_least(0.27), None), "≥ 0,27");
        let between = Span {
            low: 0.27,
            high: Some(0.31),
        };
        assert_eq!(text(between, Some(0.4)), "0,27–0,31 / 0,40");
        assert_eq!(value_text(Language::En, Span::exact(9.0), Some(12.0), 1, "m"), "9.0 / 12.0 m");
    }
}
