//! The answer in words: weights, the best units, what is undecided, groups and competition.

use super::{
    context::Context,
    table::{Align, Table, paragraph},
};
use crate::{
    export::{Groups, ScoredUse, SuitabilityResults, contest_key},
    i18n::number,
    modules::SuitabilityDef,
    suitability::{Ahp, Competition, Contest, Judged, Score, Standing, ranked},
};
use std::fmt::Write;

pub(super) fn render(results: &SuitabilityResults, top: usize, context: &Context) -> String {
    let mut out = String::new();
    for u in results.uses {
        let _ = writeln!(out, "{}", context.bold(&context.say(&u.def.title)));
        out.push_str(&paragraph(&context.say(&u.def.description), context.width, 2));
        let total: f64 = u.weights.values.iter().sum();
        let mut table = Table::new([
            (context.text("column-criterion"), Align::Left),
            (context.text("column-weight"), Align::Right),
            (context.text("column-evidence"), Align::Left),
            (context.text("column-slot"), Align::Left),
        ]);
        for (c, w) in u.def.criteria.iter().zip(&u.weights.values) {
            let share = format!("{} %", number(context.language, 100.0 * w / total, 0));
            table.row([context.say(&c.title), share, format!("{:?}", c.evidence), c.slot.to_string()]);
        }
        let _ = writeln!(out, "{}", table.render(context.width, 2, context.colour));
        if let Some(judged) = &u.weights.judged {
            out.push_str(&paragraph(&consistency(u.def, judged, context), context.width, 2));
        }
        for gap in &u.matrix.gaps {
            out.push_str(&paragraph(&context.say(gap), context.width, 2));
        }
        let _ = writeln!(out, "{}", best(results, u, top, context).render(context.width, 2, context.colour));
        out.push_str(&paragraph(&tally(u, context), context.width, 2));
        for line in undecided(results, u, top, context) {
            out.push_str(&paragraph(&line, context.width, 2));
        }
        if let Some(g) = &u.groups {
            out.push_str(&dissents(results, u, g, top, context));
        }
        out.push('\n');
    }
    if results.uses.len() > 1 {
        out.push_str(&contests(results, top, context));
    }
    out
}

/// The best units of a use, from the highest score.
fn best(results: &SuitabilityResults, u: &ScoredUse, top: usize, context: &Context) -> Table {
    let order = ranked(&u.scores);
    let mut table = Table::new([
        (context.text("column-rank"), Align::Right),
        (context.text("column-label"), Align::Left),
        (context.text("column-score"), Align::Right),
        (context.text("column-range"), Align::Right),
        (context.text("column-stable"), Align::Right),
        (context.text("column-undecided"), Align::Left),
    ]);
    let say = |v: f32| number(context.language, f64::from(v), 1);
    for (rank, unit) in order.into_iter().take(top).enumerate() {
        let unit = unit as usize;
        let s = &u.scores[unit];
        // What is not known widens the score to a range.
        let range = if s.known < 1.0 {
            format!("{} – {}", say(s.low), say(s.high))
        } else {
            "–".into()
        };
        let stable = u.stability.as_ref().map_or_else(
            || "–".into(),
            |all| format!("{} %", number(context.language, 100.0 * all[unit].in_top, 0)),
        );
        table.row([
            (rank + 1).to_string(),
            results.units.labels[unit].clone(),
            mark(say(s.value), s.get().is_none()),
            range,
            stable,
            listed(u, unit, context),
        ]);
    }
    table
}

/// How far the judgements of pairs fit together, and where not.
fn consistency(def: &SuitabilityDef, judged: &Judged, context: &Context) -> String {
    let ratio = number(context.language, judged.result.consistency_ratio, 2);
    let limit = number(context.language, Ahp::ACCEPTABLE, 1);
    match judged.worst_pair().filter(|_| !judged.result.is_consistent()) {
        None => context.text_with("suit-consistent", &[("ratio", ratio), ("limit", limit)]),
        Some((a, b)) => {
            let title = |k: usize| context.say(&def.criteria[k].title);
            let values = [("ratio", ratio), ("limit", limit), ("first", title(a)), ("second", title(b))];
            context.text_with("suit-inconsistent", &values)
        }
    }
}

/// Where groups disagree most.
fn dissents(results: &SuitabilityResults, u: &ScoredUse, g: &Groups, top: usize, context: &Context) -> String {
    let mut out = format!("\n  {}\n", context.text("suit-dissent"));
    for (group, weights, _) in &g.members {
        if let Some(judged) = &weights.judged {
            let line = format!("{}: {}", context.say(&group.title), consistency(u.def, judged, context));
            out.push_str(&paragraph(&line, context.width, 2));
        }
    }
    let mut order: Vec<usize> = (0..g.dissent.len()).filter(|k| g.dissent[*k].mean.is_some()).collect();
    order.sort_by(|a, b| g.dissent[*b].spread.total_cmp(&g.dissent[*a].spread).then(a.cmp(b)));
    let mut table = Table::new([
        (context.text("column-label"), Align::Left),
        (context.text("column-mean"), Align::Right),
        (context.text("column-spread"), Align::Right),
        (context.text("column-most"), Align::Left),
        (context.text("column-least"), Align::Left),
    ]);
    for unit in order.into_iter().take(top) {
        let d = &g.dissent[unit];
        let one = |v: f64| number(context.language, v, 1);
        let who = |k: Option<usize>| k.map_or_else(|| "–".to_owned(), |k| context.say(&g.members[k].0.title));
        // Where all agree nobody stands out.
        let (most, least) = d
            .extremes
            .filter(|_| d.spread >= 0.05)
            .map_or((None, None), |(a, b)| (Some(a), Some(b)));
        table.row([
            results.units.labels[unit].clone(),
            mark(
                d.mean.map_or_else(|| "–".to_owned(), one),
                u.scores[unit].standing == Standing::Undecided,
            ),
            one(d.spread),
            who(most),
            who(least),
        ]);
    }
    out.push_str(&table.render(context.width, 2, context.colour));
    out
}

/// A provisional figure bears a question mark.
fn mark(figure: String, provisional: bool) -> String {
    if provisional { format!("{figure}?") } else { figure }
}

/// The exclusions of a unit that nobody can decide on.
fn listed(u: &ScoredUse, unit: usize, context: &Context) -> String {
    let open = u.matrix.undecided(unit).into_iter();
    let names: Vec<String> = open.map(|k| context.say(&u.def.exclusions[k].title)).collect();
    if names.is_empty() { "–".into() } else { names.join(", ") }
}

/// Why units are undecided: each reason once with the units it holds for.
fn undecided(results: &SuitabilityResults, u: &ScoredUse, top: usize, context: &Context) -> Vec<String> {
    let mut reasons: Vec<(String, Vec<usize>)> = vec![];
    for unit in 0..u.scores.len() {
        for k in u.matrix.undecided(unit) {
            let reason = context.say(&u.undecided_reason(unit, k));
            match reasons.iter_mut().find(|(r, _)| *r == reason) {
                Some((_, units)) => units.push(unit),
                None => reasons.push((reason, vec![unit])),
            }
        }
    }
    let mut lines: Vec<String> = reasons
        .iter()
        .take(top)
        .map(|(reason, units)| {
            let units = match units.as_slice() {
                [one] => results.units.labels[*one].clone(),
                many => many.len().to_string(),
            };
            context.text_with("suit-undecided", &[("reason", reason.clone()), ("units", units)])
        })
        .collect();
    if reasons.len() > top {
        lines.push(context.text_with("suit-more-reasons", &[("count", (reasons.len() - top).to_string())]));
    }
    lines
}

fn tally(u: &ScoredUse, context: &Context) -> String {
    let units = u.scores.len();
    let stand = |standing| u.scores.iter().filter(|s| s.standing == standing).count();
    let unknown = |s: &&Score| s.standing == Standing::Open && s.get().is_none();
    let unknown = u.scores.iter().filter(unknown).count();
    let values = [
        ("units", units.to_string()),
        ("excluded", stand(Standing::Excluded).to_string()),
        ("undecided", stand(Standing::Undecided).to_string()),
        ("unknown", unknown.to_string()),
    ];
    context.text_with("suit-tally", &values)
}

fn contests(results: &SuitabilityResults, top: usize, context: &Context) -> String {
    let mut out = format!("{}\n", context.bold(&context.text("suit-contests")));
    let mut order: Vec<(usize, &Competition)> = results
        .competition
        .iter()
        .enumerate()
        .filter(|(_, c)| c.contest != Contest::None)
        .collect();
    let count = |contest| results.competition.iter().filter(|c| c.contest == contest).count().to_string();
    let values = [
        ("major", count(Contest::Major)),
        ("moderate", count(Contest::Moderate)),
        ("none", count(Contest::None)),
    ];
    out.push_str(&paragraph(&context.text_with("suit-contest-tally", &values), context.width, 2));
    order.sort_by_key(|(unit, c)| (std::cmp::Reverse((c.degree, c.contest)), *unit));
    let mut table = Table::new([
        (context.text("column-label"), Align::Left),
        (context.text("column-contest"), Align::Left),
        (context.text("column-degree"), Align::Right),
        (context.text("column-claimants"), Align::Left),
    ]);
    for (unit, c) in order.into_iter().take(top) {
        let claims = |k: &usize| {
            let u = &results.uses[*k];
            let score = number(context.language, f64::from(u.scores[unit].value), 1);
            format!("{} {}", context.say(&u.def.title), mark(score, c.undecided.contains(k)))
        };
        table.row([
            results.units.labels[unit].clone(),
            context.text(contest_key(c.contest)),
            c.degree.to_string(),
            c.claimants.iter().map(claims).collect::<Vec<_>>().join(", "),
        ]);
    }
    if !table.is_empty() {
        out.push_str(&table.render(context.width, 2, context.colour));
    }
    out
}
