//! The answer as plain text: for the clipboard, a mail to a colleague, and the terminal. Lines are indented by two spaces a level and not
//! wrapped; what stands in data is made harmless.

use super::{SpotCriterion, SpotUse, SpotUses, Why};
use crate::{
    export::{plain, severity_key, status_key},
    i18n::{area, date, number, percent, quantity, spoken, tr, tr_with},
    indicators::{Cell, Figure},
    model::{Language, Review},
    project::City,
    rules::{SpotLayer, SpotRule, Verdict},
    suitability::Contest,
};
use std::collections::BTreeMap;

/// The whole answer in one language. `reviews` say what was decided about conflicts.
pub fn to_text(why: &Why, city: &City, reviews: &BTreeMap<String, Review>, language: Language) -> String {
    let mut out = Writer {
        text: String::new(),
        language,
        city,
    };
    out.head(why);
    out.rules(why, reviews);
    out.layers(why);
    out.figures(why);
    out.uses(why);
    out.text
}

struct Writer<'a> {
    text: String,
    language: Language,
    city: &'a City,
}

impl Writer<'_> {
    fn line(&mut self, level: usize, text: &str) {
        let text = plain(text);
        if !text.trim().is_empty() {
            self.text += &format!("{}{}\n", "  ".repeat(level), text.trim_end());
        }
    }

    fn section(&mut self, title: &str) {
        self.text.push('\n');
        let title = title.to_uppercase();
        self.line(0, &title);
    }

    fn word(&self, key: &str) -> String {
        tr(self.language, key)
    }

    fn says(&self, key: &str, values: &[(&'static str, String)]) -> String {
        says(self.language, key, values)
    }

    /// "Source: Amt, as of 05/2024".
    fn origin(&mut self, level: usize, source: Option<&str>, day: Option<&str>) {
        let said = match (source, day) {
            (None, None) => return,
            (Some(s), None) => self.says("why-data", &[("source", s.into())]),
            (Some(s), Some(d)) => self.says("why-data-of", &[("source", s.into()), ("date", date(self.language, d))]),
            (None, Some(d)) => self.says("why-data-date", &[("date", date(self.language, d))]),
        };
        self.line(level, &said);
    }

    fn head(&mut self, why: &Why) {
        let l = self.language;
        let [e, n] = why.spot.at;
        let mut head = format!(
            "{} {} · {} · EPSG:{}",
            self.word("why-title"),
            number(l, e, 1),
            number(l, n, 1),
            self.city.info.epsg
        );
        if let Some(h) = why.spot.height_m {
            head += &format!(" · {}", self.says("why-height", &[("height", number(l, h, 1))]));
        }
        self.line(0, &head);
        let title = self.city.info.title.get(l).to_owned();
        match self.city.info.synthetic {
            true => {
                let invented = self.word("synthetic");
                self.line(0, &format!("{title} · {invented}"));
            }
            false => self.line(0, &title),
        }
        if let Some(site) = &why.spot.site {
            let said = self.says("why-site", &[("name", site.label.clone())]);
            self.line(0, &said);
        }
    }

    fn rules(&mut self, why: &Why, reviews: &BTreeMap<String, Review>) {
        self.section(&self.word("spot-rules"));
        for r in ordered(&why.spot.rules) {
            if r.verdict != Verdict::NotApplicable {
                self.rule(r, reviews);
            }
        }
        let silent: Vec<&SpotRule> = why.spot.rules.iter().filter(|r| r.verdict == Verdict::NotApplicable).collect();
        if !silent.is_empty() {
            let head = self.word("verdict-not-applicable");
            self.line(1, &format!("– {head}"));
        }
        for r in silent {
            let name = self.rule_name(r);
            let reason = r.reason.get(self.language).to_owned();
            self.line(2, &format!("{name}: {reason}"));
        }
    }

    fn rule_name(&self, r: &SpotRule) -> String {
        let title = self.city.rule(&r.rule).map_or("", |d| d.title.get(self.language));
        format!("{} {title}", r.rule).trim().to_owned()
    }

    fn rule(&mut self, r: &SpotRule, reviews: &BTreeMap<String, Review>) {
        let l = self.language;
        let verdict = match r.verdict {
            Verdict::Conflict => self.word("verdict-conflict"),
            Verdict::Clear => self.word("verdict-clear"),
            Verdict::Unknown => self.word("verdict-unknown"),
            Verdict::NotApplicable => self.word("verdict-not-applicable"),
        };
        let mark = match r.verdict {
            Verdict::Conflict => "!",
            Verdict::Unknown => "?",
            Verdict::Clear | Verdict::NotApplicable => "–",
        };
        let name = self.rule_name(r);
        let severity = r.severity.map_or_else(String::new, |s| format!(" · {}", tr(l, severity_key(s))));
        self.line(1, &format!("{mark} {verdict}: {name}{severity}"));
        for reason in std::iter::once(&r.reason).chain(&r.further) {
            self.line(2, reason.get(l));
        }
        let mut figures = vec![];
        figures.extend(r.measured.as_ref().map(|q| format!("{} {}", self.word("measured"), quantity(l, q))));
        figures.extend(
            r.threshold
                .as_ref()
                .map(|q| format!("{} {}", self.word("threshold"), quantity(l, q))),
        );
        let share = r.share_percent.map(|p| format!(" ({})", percent(l, p))).unwrap_or_default();
        figures.extend(r.area_m2.map(|a| self.says("why-area", &[("area", area(l, a) + &share)])));
        if r.unknown_area_m2 > 0.0 {
            figures.push(self.says("why-unknown-area", &[("area", area(l, r.unknown_area_m2))]));
        }
        self.line(2, &figures.join(" · "));
        if let Some(def) = self.city.rule(&r.rule) {
            let law = match &def.section {
                Some(section) if !def.source.contains(section.as_str()) => format!("{}, {section}", def.source),
                _ => def.source.clone(),
            };
            let said = self.says("why-law", &[("law", law), ("office", def.office.get(l).to_owned())]);
            self.line(2, &said);
        }
        // A conflict says in its reasons what its proxy is.
        if r.proxy && r.conflict.is_none() {
            let proxy = self.word("proxy-why");
            self.line(2, &proxy);
        }
        if let Some(id) = &r.conflict {
            self.decision(id, reviews);
        }
        if !r.more.is_empty() {
            let said = self.says("why-more", &[("list", r.more.join(", "))]);
            self.line(2, &said);
        }
        self.origin(2, r.source.as_deref(), r.data_date.as_deref());
    }

    fn decision(&mut self, id: &str, reviews: &BTreeMap<String, Review>) {
        let review = reviews.get(id).cloned().unwrap_or_default();
        let status = tr(self.language, status_key(review.status));
        let mut said = self.says("why-status", &[("id", id.to_owned()), ("status", status)]);
        for more in [&review.office, &review.note] {
            if !more.trim().is_empty() {
                said += &format!(" · {}", more.trim());
            }
        }
        self.line(2, &said);
    }

    fn layer_title(&self, l: &SpotLayer) -> String {
        let slot = self.city.slot(&l.slot);
        slot.map_or_else(|| l.slot.slot().to_owned(), |s| s.def.title.get(self.language).to_owned())
    }

    fn layers(&mut self, why: &Why) {
        let l = self.language;
        self.section(&self.word("spot-layers"));
        for layer in why.spot.layers.iter().filter(|l| !l.values.is_empty()) {
            let title = self.layer_title(layer);
            self.line(1, &title);
            for v in &layer.values {
                let mut parts: Vec<String> = vec![];
                let label = spoken(l, &v.label);
                parts.extend(
                    // The cell of a raster is its own label.
                    v.attributes
                        .iter()
                        .filter(|(_, value)| *value != v.label)
                        .map(|(name, value)| format!("{} {}", name.get(l), spoken(l, value))),
                );
                parts.extend(v.share_percent.map(|p| self.says("why-of-site", &[("share", percent(l, p))])));
                let rest = if parts.is_empty() {
                    String::new()
                } else {
                    format!(": {}", parts.join(", "))
                };
                self.line(2, &format!("{label}{rest}"));
            }
            self.origin(2, layer.source.as_deref(), layer.data_date.as_deref());
        }
        let empty = why.spot.layers.iter().filter(|l| l.values.is_empty() && !l.unknown);
        for layer in empty {
            let title = self.layer_title(layer);
            let said = self.says("why-nothing", &[("layer", title)]);
            let reason = layer.reason.as_ref().map_or("", |r| r.get(l));
            self.line(1, format!("{said} {reason}").trim());
            self.origin(2, layer.source.as_deref(), layer.data_date.as_deref());
        }
        let unknown: Vec<&SpotLayer> = why.spot.layers.iter().filter(|l| l.unknown).collect();
        if !unknown.is_empty() {
            self.section(&self.word("spot-unknown"));
        }
        for layer in unknown {
            let title = self.layer_title(layer);
            let reason = layer.reason.as_ref().map_or("", |r| r.get(l));
            let said = self.says("why-no-data", &[("layer", title)]);
            self.line(1, format!("? {said} {reason}").trim());
        }
    }

    fn figures(&mut self, why: &Why) {
        if why.more.figures.figures.is_empty() {
            return;
        }
        self.section(&self.word("why-figures"));
        for figure in &why.more.figures.figures {
            let title = format!("{} {}", figure.id, figure.title.get(self.language));
            self.line(1, &title);
            let places = &why.more.figures.places;
            // The nearest place says most: the district comes before the whole.
            for (place, cell) in places.iter().zip(&figure.cells).rev() {
                let label = place.label.get(self.language).to_owned();
                let value = figure_words(figure, cell, self.language);
                self.line(2, &format!("{label}: {value}"));
                for note in &cell.notes {
                    self.line(3, note.get(self.language));
                }
            }
            let mut said: Vec<(&str, Option<&str>)> = vec![];
            for s in &figure.sources {
                let one = (s.source.as_str(), s.date.as_deref());
                if !said.contains(&one) {
                    self.origin(2, Some(one.0), one.1);
                    said.push(one);
                }
            }
        }
    }

    fn uses(&mut self, why: &Why) {
        let uses = &why.more.uses;
        if uses.uses.is_empty() {
            return;
        }
        self.section(&self.word("why-uses"));
        let unit = uses.unit.get(self.language).to_owned();
        let said = self.says("why-scored", &[("unit", unit)]);
        self.line(1, &said);
        if uses.own_weights {
            let said = self.word("why-own-weights");
            self.line(1, &said);
        }
        if let Some(said) = contest_words(uses, self.language) {
            self.line(1, &said);
        }
        for u in &uses.uses {
            self.one_use(u);
        }
    }

    fn one_use(&mut self, u: &SpotUse) {
        let l = self.language;
        let head = format!("{}: {}", u.title.get(l), use_words(u, l));
        self.line(1, &head);
        for reason in &u.undecided {
            let said = self.says("why-undecided", &[("reason", reason.get(l).to_owned())]);
            self.line(2, &said);
        }
        for c in &u.criteria {
            self.criterion(c);
        }
    }

    fn criterion(&mut self, c: &SpotCriterion) {
        let l = self.language;
        let mut said = format!("{}: {}", c.title.get(l), criterion_words(c, l));
        if let Some(source) = &c.source {
            let day = c.data_date.as_ref().map(|d| format!(", {}", date(l, d))).unwrap_or_default();
            said += &format!(" · {source}{day}");
        }
        self.line(2, &said);
    }
}

fn says(language: Language, key: &str, values: &[(&'static str, String)]) -> String {
    let values: Vec<_> = values.iter().map(|(k, v)| (*k, v.clone().into())).collect();
    tr_with(language, key, &values)
}

/// Which uses compete for the spot, in a sentence.
pub fn contest_words(uses: &SpotUses, l: Language) -> Option<String> {
    let c = uses.competition.as_ref()?;
    let claimants: Vec<&str> = uses.uses.iter().filter(|u| u.claims).map(|u| u.title.get(l)).collect();
    let values = [("uses", claimants.join(", ")), ("degree", c.degree.to_string())];
    let open: Vec<&str> = c.undecided.iter().filter_map(|k| Some(uses.uses.get(*k)?.title.get(l))).collect();
    let open = match open.is_empty() {
        true => String::new(),
        false => format!(" {}", says(l, "why-open-claims", &[("uses", open.join(", "))])),
    };
    let said = match c.contest {
        Contest::Major => says(l, "why-contest-major", &values),
        Contest::Moderate => says(l, "why-contest-moderate", &values),
        Contest::None if claimants.is_empty() => tr(l, "why-contest-nobody"),
        Contest::None => says(l, "why-contest-none", &values),
    };
    Some(said + &open)
}

/// The score of a use, or why it has none.
pub fn use_words(u: &SpotUse, l: Language) -> String {
    match (&u.excluded, u.provisional_score) {
        (Some([what, why]), _) => {
            let said = says(l, "why-excluded", &[("what", what.get(l).to_owned())]);
            format!("{said} {}", why.get(l))
        }
        (None, Some(score)) => {
            let rank = u.rank.map_or_else(|| "–".to_owned(), |r| r.to_string());
            let mut said = says(l, "why-score", &[("score", number(l, score, 1)), ("rank", rank)]);
            if let Some([low, high]) = u.range.filter(|[low, high]| high - low > 0.05) {
                let values = [
                    ("low", number(l, low, 1)),
                    ("high", number(l, high, 1)),
                    ("share", percent(l, 100.0 - u.known_percent)),
                ];
                said += &format!(" {}", says(l, "why-range", &values));
            }
            match u.undecided.is_empty() {
                true => said,
                false => format!("{} {said}", tr(l, "why-provisional")),
            }
        }
        (None, None) => tr(l, "verdict-unknown"),
    }
}

/// Measure, threshold, points and weight of a criterion.
pub fn criterion_words(c: &SpotCriterion, l: Language) -> String {
    let mut parts = vec![match (&c.measured, &c.unknown) {
        (Some(q), _) => quantity(l, q),
        (None, Some(why)) => format!("{} ({})", tr(l, "verdict-unknown"), why.get(l)),
        (None, None) => tr(l, "verdict-unknown"),
    }];
    parts.extend(c.threshold.as_ref().map(|q| format!("{} {}", tr(l, "threshold"), quantity(l, q))));
    parts.extend(c.score.map(|s| says(l, "why-points", &[("points", number(l, s, 1))])));
    parts.push(says(l, "why-weight", &[("share", percent(l, c.weight_percent))]));
    parts.join(" · ")
}

/// The value of an indicator with numerator, denominator and unknown share.
pub fn figure_words(figure: &Figure, cell: &Cell, l: Language) -> String {
    let mut said = match cell.value {
        Some(v) => format!("{} {}", number(l, v, usize::from(figure.decimals)), figure.unit.get(l)),
        None => tr(l, "verdict-unknown"),
    };
    let amount = |a: &crate::indicators::Amount| format!("{} {}", number(l, a.value, 0), a.unit.get(l)).trim().to_owned();
    match (&cell.numerator, &cell.denominator) {
        (Some(top), Some(bottom)) => said += &format!(" ({} / {})", amount(top), amount(bottom)),
        (Some(top), None) if cell.value.is_none() => said += &format!(" ({})", amount(top)),
        _ => {}
    }
    if let Some(p) = cell.unknown_percent.filter(|p| *p >= 0.05) {
        said += &format!(", {}", says(l, "why-unknown-share", &[("share", percent(l, p))]));
    }
    said
}

/// Conflicts first, the gravest at the top, then what nobody knows.
fn ordered(rules: &[SpotRule]) -> Vec<&SpotRule> {
    let rank = |v: Verdict| match v {
        Verdict::Conflict => 0,
        Verdict::Unknown => 1,
        Verdict::Clear => 2,
        Verdict::NotApplicable => 3,
    };
    let mut out: Vec<&SpotRule> = rules.iter().collect();
    out.sort_by_key(|r| (rank(r.verdict), std::cmp::Reverse(r.severity)));
    out
}
