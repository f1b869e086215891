//! Which conflicts the table shows and in which order. Worked out anew only when something changed.

use crate::{
    app::theme::text,
    model::{ConflictStatus, Language, Severity},
    rules::{self, Evaluation, GroupBy, Place},
    session::Snapshot,
};
use std::{collections::BTreeMap, sync::Arc};

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// Gravest first.
    #[default]
    Severity,
    /// Id.
    Id,
    /// Title of the rule.
    Rule,
    /// Name of the subject.
    Subject,
    /// Measured value by threshold.
    Measured,
    /// Area, then share.
    Area,
    /// Different rules at the same place.
    Heat,
    /// Office.
    Office,
    /// Status in the order of work.
    Status,
}

/// What the user set above the table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// Words that must all occur.
    pub text: String,
    /// Rule id.
    pub rule: Option<String>,
    /// Status.
    pub status: Option<ConflictStatus>,
    /// What groups them.
    pub group: Option<GroupBy>,
    /// Decisions whose conflicts are gone are listed instead.
    pub gone: bool,
    /// Column.
    pub sort: SortBy,
    /// Last first.
    pub reverse: bool,
}

/// Rows of the table with what they were made from.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    key: Option<(u64, Language, [bool; 4], Filter)>,
    /// Indices into the evaluation's conflicts.
    pub shown: Vec<u32>,
    /// The lines of the table: the same, with a heading before each group.
    pub lines: Vec<Line>,
    places: Option<(Arc<Evaluation>, Arc<Vec<Place>>)>,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Begins a group: its name and the number of conflicts in it.
    Group(String, usize),
    /// A conflict.
    Conflict(u32),
}

impl Rows {
    /// Brings the rows up to date.
    pub fn update(&mut self, s: &Snapshot, language: Language, severities: [bool; 4], filter: &Filter) {
        let key = (s.generation, language, severities, filter.clone());
        if self.key.as_ref() != Some(&key) {
            let places = self.places(s);
            let shown = select(s, language, severities, filter, &places);
            self.lines = grouped(s, language, filter.group, &shown, &places);
            self.shown = shown;
            self.key = Some(key);
        }
    }
}

impl Rows {
    /// Site, district and heat of every conflict, worked out once an evaluation.
    pub fn places(&mut self, s: &Snapshot) -> Arc<Vec<Place>> {
        match &self.places {
            Some((e, places)) if Arc::ptr_eq(e, &s.evaluation) => places.clone(),
            _ => {
                let places = Arc::new(rules::places(&s.city, &s.evaluation));
                self.places = Some((s.evaluation.clone(), places.clone()));
                places
            }
        }
    }
}

/// The conflicts with a heading before each group; the group with the gravest and the most comes first.
fn grouped(s: &Snapshot, language: Language, by: Option<GroupBy>, shown: &[u32], places: &[Place]) -> Vec<Line> {
    let Some(by) = by else {
        return shown.iter().map(|k| Line::Conflict(*k)).collect();
    };
    let mut groups: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for k in shown {
        let c = &s.evaluation.conflicts[*k as usize];
        let name = rules::group_name(by, &s.city, c, &places[*k as usize], s.reviews.get(&c.id), language);
        groups.entry(name).or_default().push(*k);
    }
    let mut groups: Vec<(String, Vec<u32>)> = groups.into_iter().collect();
    let weight = |list: &[u32]| {
        let count = |v: Severity| list.iter().filter(|k| s.evaluation.conflicts[**k as usize].severity == v).count();
        Severity::ALL.map(count)
    };
    groups.sort_by_cached_key(|(_, list)| std::cmp::Reverse(weight(list)));
    let lines = groups
        .into_iter()
        .flat_map(|(name, list)| std::iter::once(Line::Group(name, list.len())).chain(list.into_iter().map(Line::Conflict)));
    lines.collect()
}

/// Position of a severity in the four switches.
pub fn severity_index(s: Severity) -> usize {
    usize::from(u8::from(s)) - 1
}

fn select(s: &Snapshot, language: Language, severities: [bool; 4], filter: &Filter, places: &[Place]) -> Vec<u32> {
    let words: Vec<String> = filter.text.split_whitespace().map(str::to_lowercase).collect();
    let all = &s.evaluation.conflicts;
    let title = |rule: &str| s.city.rule(rule).map_or("", |r| r.title.get(language)).to_string();
    let office = |k: usize| {
        let c = &all[k];
        rules::group_name(GroupBy::Office, &s.city, c, &places[k], s.reviews.get(&c.id), language)
    };
    let status = |id: &str| s.reviews.get(id).map_or(ConflictStatus::Open, |r| r.status);
    let mut shown: Vec<u32> = all
        .iter()
        .enumerate()
        .filter(|(_, c)| severities[severity_index(c.severity)])
        .filter(|(_, c)| filter.rule.as_ref().is_none_or(|r| *r == c.rule))
        .filter(|(_, c)| filter.status.is_none_or(|wanted| status(&c.id) == wanted))
        .filter(|(k, c)| {
            if words.is_empty() {
                return true;
            }
            let state = text::status(language, status(&c.id));
            let objects: Vec<String> = c.objects.iter().map(|o| s.city.spoken(o, language)).collect();
            let all = [
                c.id.as_str(),
                &title(&c.rule),
                &s.city.spoken(&c.subject, language),
                &c.subject.id,
                &objects.join(" "),
                &office(*k),
                &state,
            ];
            let all = all.join("\n").to_lowercase();
            words.iter().all(|w| all.contains(w))
        })
        .map(|(k, _)| k as u32)
        .collect();
    let excess = |c: &crate::model::Conflict| {
        let limit = c.threshold.as_ref().map_or(0.0, |t| t.value);
        if limit.abs() > 1e-9 {
            c.measured.value / limit
        } else {
            c.measured.value
        }
    };
    // The evaluation's own order breaks ties: it is stable and by severity.
    let at = |k: &u32| &all[*k as usize];
    match filter.sort {
        SortBy::Severity => {}
        SortBy::Id => shown.sort_by(|a, b| at(a).id.cmp(&at(b).id)),
        SortBy::Rule => shown.sort_by_cached_key(|k| title(&at(k).rule).to_lowercase()),
        SortBy::Subject => shown.sort_by_cached_key(|k| s.city.spoken(&at(k).subject, language).to_lowercase()),
        SortBy::Measured => shown.sort_by(|a, b| excess(at(b)).total_cmp(&excess(at(a)))),
        SortBy::Area => shown.sort_by(|a, b| {
            let key = |k: &u32| (at(k).area_m2.unwrap_or(-1.0), at(k).share_percent.unwrap_or(-1.0));
            let ((a1, a2), (b1, b2)) = (key(a), key(b));
            b1.total_cmp(&a1).then(b2.total_cmp(&a2))
        }),
        SortBy::Heat => shown.sort_by_key(|k| std::cmp::Reverse(places[*k as usize].rules_here)),
        SortBy::Office => shown.sort_by_cached_key(|k| office(*k as usize).to_lowercase()),
        SortBy::Status => shown.sort_by_key(|k| status(&at(k).id)),
    }
    if filter.reverse {
        shown.reverse();
    }
    shown
}
