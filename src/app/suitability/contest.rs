//! Competition: every unit with how hard it is fought for, which uses claim it, and for the selected one what each use makes of it and why.

use super::{
    compute::{Contested, Scored, Weighing},
    fields::{dot, left, right},
    panel::{SCROLL, column},
    results::{figure, undecided, unit_table},
    shade::{contest_color, score_color},
};
use crate::{
    app::{
        bridge::{ViewState, Wish},
        theme::{
            map_color, text,
            widgets::{colors, note, strong},
        },
    },
    i18n::{number, tr, tr_with},
    model::Language,
    suitability::{Competition, Contest},
};
use bevy_egui::egui::{Label, RichText, ScrollArea, Ui};

/// How many criteria are told for and against.
const REASONS: usize = 2;

/// The word of a contest.
fn word(c: &Competition, language: Language) -> String {
    match c.contest {
        Contest::Major => tr(language, "suit-major"),
        Contest::Moderate => tr(language, "suit-moderate"),
        Contest::None if c.degree == 0 => "–".into(),
        Contest::None => tr(language, "suit-uncontested"),
    }
}

/// The word of a rank.
fn rank(rank: Option<u8>, language: Language) -> String {
    match rank {
        Some(3) => tr(language, "suit-rank-3"),
        Some(2) => tr(language, "suit-rank-2"),
        Some(_) => tr(language, "suit-rank-1"),
        None => String::new(),
    }
}

/// The page.
pub fn contest_ui(ui: &mut Ui, view: &ViewState, w: &Weighing) -> Vec<Wish> {
    let language = view.language;
    let Some(c) = w.contested().filter(|c| !c.uses.is_empty()) else {
        ui.label(note(ui, tr(language, "suit-busy")));
        return vec![];
    };
    let count = |contest| c.result.iter().filter(|r| r.contest == contest).count();
    let n = |v: usize| number(language, v as f64, 0);
    let values = [
        ("major", n(count(Contest::Major)).into()),
        ("moderate", n(count(Contest::Moderate)).into()),
        ("none", n(count(Contest::None)).into()),
    ];
    ui.label(note(ui, tr_with(language, "suit-contest-tally", &values)));
    let (width, height) = (ui.available_width(), ui.available_height());
    let mut wishes = vec![];
    ui.horizontal_top(|ui| {
        column(ui, width * 0.58, height, |ui| wishes = list(ui, view, w, c));
        ui.add_space(8.0 + SCROLL);
        let rest = ui.available_width();
        column(ui, rest, height, |ui| reasons(ui, view, w, c));
    });
    wishes
}

fn list(ui: &mut Ui, view: &ViewState, w: &Weighing, c: &Contested) -> Vec<Wish> {
    let language = view.language;
    let wide = ui.available_width() > 800.0;
    let widths = [if wide { 260.0 } else { 190.0 }, 86.0, 52.0, 0.0];
    let keys = [
        ("suit-column-name", false),
        ("suit-contest", false),
        ("suit-column-degree", true),
        ("suit-column-claims", false),
    ];
    let first = &c.uses[0];
    unit_table(
        ui,
        "suit-contests",
        (&widths, &keys),
        view,
        (first, &c.rows, w.unit),
        |row, _, unit| {
            let it = &c.result[unit];
            row.col(|ui| {
                left(ui, first.units.labels[unit].as_str());
            });
            row.col(|ui| {
                if let Some(color) = contest_color(it) {
                    dot(ui, map_color(color));
                }
                left(ui, word(it, language));
            });
            row.col(|ui| right(ui, if it.degree > 0 { it.degree.to_string() } else { "–".into() }));
            row.col(|ui| {
                left(ui, claims(c, unit, language));
            });
        },
    )
}

/// Who wants a unit most, with scores; where nobody can be ranked, why.
fn claims(c: &Contested, unit: usize, language: Language) -> String {
    let it = &c.result[unit];
    if it.degree == 0 {
        let all_out = it.undecided.is_empty();
        return tr(language, if all_out { "suit-excluded-all" } else { "suit-unknown" });
    }
    let title = |k: &usize| c.uses[*k].def.title.get(language).to_owned();
    let one = |k: &usize| format!("{} {}", title(k), figure(&c.uses[*k], unit, language));
    let mut out = it.claimants.iter().map(one).collect::<Vec<_>>().join(", ");
    let open: Vec<String> = it.undecided.iter().filter(|k| !it.claimants.contains(k)).map(title).collect();
    if !open.is_empty() {
        out += &tr_with(language, "suit-open-claims", &[("uses", open.join(", ").into())]);
    }
    out
}

/// What every use makes of the selected unit.
fn reasons(ui: &mut Ui, view: &ViewState, w: &Weighing, c: &Contested) {
    let language = view.language;
    let Some(unit) = w.unit.filter(|u| *u < c.result.len()) else {
        ui.label(note(ui, tr(language, "suit-select-unit")));
        return;
    };
    ScrollArea::vertical().id_salt("suit-reasons").auto_shrink(false).show(ui, |ui| {
        let it = &c.result[unit];
        ui.add(Label::new(strong(&c.uses[0].units.labels[unit])).truncate());
        if it.degree > 0 {
            let values = [("word", word(it, language).into()), ("degree", i64::from(it.degree).into())];
            ui.label(tr_with(language, "suit-degree", &values));
        }
        for (k, u) in c.uses.iter().enumerate() {
            ui.add_space(4.0);
            one_use(ui, u, unit, it.ranks[k], it.claimants.contains(&k), language);
        }
    });
}

fn one_use(ui: &mut Ui, u: &Scored, unit: usize, ranked: Option<u8>, claims: bool, language: Language) {
    let title = u.def.title.get(language);
    let Some(v) = u.scores[unit].provisional() else {
        ui.label(RichText::new(title));
        match u.matrix.excluded(unit).and_then(|k| u.def.exclusions.get(k)) {
            Some(e) => {
                let values = [("what", e.title.get(language).to_owned().into())];
                ui.label(note(ui, tr_with(language, "suit-excluded-by", &values)))
                    .on_hover_text(e.why.get(language));
            }
            None => {
                let color = colors(ui).warning;
                ui.label(RichText::new(tr(language, "suit-unknown")).small().color(color));
            }
        }
        return;
    };
    ui.horizontal(|ui| {
        dot(ui, map_color(score_color(v)));
        let words = format!("{title} {}", figure(u, unit, language));
        ui.label(if claims { strong(words) } else { RichText::new(words) });
        ui.label(note(ui, rank(ranked, language)));
    });
    // The best and the worst criteria are the reason: each with what was measured.
    let mut known: Vec<(usize, f32)> = u
        .matrix
        .scores(unit)
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, s)| !s.is_nan())
        .collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1));
    let say = |list: &[(usize, f32)]| -> String {
        let one = |(k, s): &(usize, f32)| {
            let c = &u.def.criteria[*k];
            let measure = u
                .matrix
                .measure(unit, *k)
                .map_or_else(String::new, |m| text::measure(language, m, &c.unit));
            format!("{} {measure} ({})", c.title.get(language), number(language, f64::from(*s), 1))
        };
        list.iter().map(one).collect::<Vec<_>>().join("; ")
    };
    let half = known.iter().take_while(|(_, s)| *s >= 5.0).count();
    let (good, bad) = known.split_at(half);
    for (key, list) in [
        ("suit-for", &good[..good.len().min(REASONS)]),
        ("suit-against", &bad[bad.len().saturating_sub(REASONS)..]),
    ] {
        if !list.is_empty() {
            ui.label(note(ui, tr_with(language, key, &[("what", say(list).into())])));
        }
    }
    for reason in undecided(u, unit, language) {
        let color = colors(ui).warning;
        let text = tr_with(language, "suit-undecided-by", &[("reason", reason.into())]);
        ui.label(RichText::new(text).small().color(color));
    }
    let gaps = u.matrix.scores(unit).iter().filter(|s| s.is_nan()).count();
    if gaps > 0 {
        let color = colors(ui).warning;
        let text = tr_with(language, "suit-gaps", &[("n", (gaps as i64).into())]);
        ui.label(RichText::new(text).small().color(color));
    }
}
