//! Which conflicts the table shows and in which order. Worked out anew only when something changed.

use crate::{
    app::theme::text,
    model::{ConflictStatus, Language, Severity},
    session::Snapshot,
};

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
}

impl Rows {
    /// Brings the rows up to date.
    pub fn update(&mut self, s: &Snapshot, language: Language, severities: [bool; 4], filter: &Filter) {
        let key = (s.generation, language, severities, filter.clone());
        if self.key.as_ref() != Some(&key) {
            self.shown = select(s, language, severities, filter);
            self.key = Some(key);
        }
    }
}

/// Position of a severity in the four switches.
pub fn severity_index(s: Severity) -> usize {
    usize::from(u8::from(s)) - 1
}

fn select(s: &Snapshot, language: Language, severities: [bool; 4], filter: &Filter) -> Vec<u32> {
    let words: Vec<String> = filter.text.split_whitespace().map(str::to_lowercase).collect();
    let all = &s.evaluation.conflicts;
    let title = |rule: &str| s.city.rule(rule).map_or("", |r| r.title.get(language)).to_string();
    let office = |rule: &str| s.city.rule(rule).map_or("", |r| r.office.get(language)).to_string();
    let status = |id: &str| s.reviews.get(id).map_or(ConflictStatus::Open, |r| r.status);
    let mut shown: Vec<u32> = all
        .iter()
        .enumerate()
        .filter(|(_, c)| severities[severity_index(c.severity)])
        .filter(|(_, c)| filter.rule.as_ref().is_none_or(|r| *r == c.rule))
        .filter(|(_, c)| filter.status.is_none_or(|wanted| status(&c.id) == wanted))
        .filter(|(_, c)| {
            if words.is_empty() {
                return true;
            }
            let state = text::status(language, status(&c.id));
            let objects: Vec<&str> = c.objects.iter().map(|o| o.label.as_str()).collect();
            let all = [
                c.id.as_str(),
                &title(&c.rule),
                &c.subject.label,
                &c.subject.id,
                &objects.join(" "),
                &office(&c.rule),
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
        SortBy::Subject => shown.sort_by_cached_key(|k| at(k).subject.label.to_lowercase()),
        SortBy::Measured => shown.sort_by(|a, b| excess(at(b)).total_cmp(&excess(at(a)))),
        SortBy::Area => shown.sort_by(|a, b| {
            let key = |k: &u32| (at(k).area_m2.unwrap_or(-1.0), at(k).share_percent.unwrap_or(-1.0));
            let ((a1, a2), (b1, b2)) = (key(a), key(b));
            b1.total_cmp(&a1).then(b2.total_cmp(&a2))
        }),
        SortBy::Office => shown.sort_by_cached_key(|k| office(&at(k).rule).to_lowercase()),
        SortBy::Status => shown.sort_by_key(|k| status(&at(k).id)),
    }
    if filter.reverse {
        shown.reverse();
    }
    shown
}
