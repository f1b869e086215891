//! Results as colours: scores, contests, stability and dissent, each with its legend. Brown to teal is bad to good for every kind of
//! colour vision; what is excluded is dark grey and what is unknown has stripes, so that neither looks like a bad place.

use super::compute::{Contested, Grouped, Scored, Shaken};
use crate::{
    app::{
        bridge::Same,
        decor::{LegendEntry, LegendGroup, Swatch},
        scene::laid::Coat,
        theme::map_color,
    },
    i18n::{number, tr, tr_with},
    model::Language,
    suitability::{Competition, Contest, RANK_LIMITS, Standing, Units},
};
use std::sync::Arc;

type Rgb = [u8; 3];

/// Two points a class.
const SCORE: [Rgb; 5] = [[166, 97, 26], [223, 194, 125], [240, 238, 228], [128, 205, 193], [1, 133, 113]];
/// A fifth of the runs a class.
const OFTEN: [Rgb; 5] = [[239, 243, 255], [189, 215, 231], [107, 174, 214], [49, 130, 189], [8, 81, 156]];
const EXCLUDED: Rgb = [92, 96, 104];
const UNKNOWN: Rgb = [120, 124, 132];
/// Stripes over a result that is provisional: an exclusion is undecided, or less than half is known.
const VAGUE: [u8; 4] = [40, 44, 52, 200];

/// Major and moderate with degree 3 and 2, one use alone, nobody.
const CONTEST: [Rgb; 6] = [
    [106, 32, 112],
    [180, 126, 186],
    [204, 92, 18],
    [243, 184, 112],
    [158, 196, 220],
    [228, 228, 222],
];

/// Groups differ by less than this many points: they agree.
const AGREED: f64 = 1.5;
/// By this and more: they disagree strongly.
const TORN: f64 = 3.0;
/// Agreement that it is good, middling, bad; some dissent, strong dissent.
const DISSENT: [Rgb; 5] = [[1, 133, 113], [240, 238, 228], [166, 97, 26], [200, 170, 212], [118, 42, 131]];

/// What is on the map.
#[derive(Debug, Clone, PartialEq)]
pub enum Shade {
    /// Scores of a use.
    Scores(Same<Scored>),
    /// Competition of all uses.
    Contest(Same<Contested>),
    /// Stability of the order.
    Stable(Same<Shaken>),
    /// Agreement and dissent of groups.
    Dissent(Same<Grouped>),
}

/// The class of a score.
fn fifth(share: f64) -> usize {
    ((share * 5.0) as usize).min(4)
}

/// The colour of a score.
pub fn score_color(score: f64) -> Rgb {
    SCORE[fifth(score / 10.0)]
}

/// The colour of a share of runs.
pub fn often_color(share: f64) -> Rgb {
    OFTEN[fifth(share)]
}

/// The class of a contest, as its place among the colours; `None` when no use could be ranked.
fn contest_class(c: &Competition) -> Option<usize> {
    Some(match (c.contest, c.degree) {
        (_, 0) => return None,
        (Contest::Major, 3) => 0,
        (Contest::Major, _) => 1,
        (Contest::Moderate, 3) => 2,
        (Contest::Moderate, _) => 3,
        (Contest::None, 1) => 5,
        (Contest::None, _) => 4,
    })
}

/// The colour of a contest; `None` when no use could be ranked.
pub fn contest_color(c: &Competition) -> Option<Rgb> {
    contest_class(c).map(|k| CONTEST[k])
}

fn dissent_class(mean: f64, spread: f64) -> usize {
    if spread >= TORN {
        4
    } else if spread >= AGREED {
        3
    } else if mean >= RANK_LIMITS[0] {
        0
    } else if mean >= RANK_LIMITS[1] {
        1
    } else {
        2
    }
}

/// The word for what groups make of a unit.
pub fn dissent_key(mean: f64, spread: f64) -> &'static str {
    [
        "suit-agreed-good",
        "suit-agreed-middling",
        "suit-agreed-bad",
        "suit-dissent-some",
        "suit-dissent-strong",
    ][dissent_class(mean, spread)]
}

/// The colour of what groups make of a unit.
pub fn dissent_color(mean: f64, spread: f64) -> Rgb {
    DISSENT[dissent_class(mean, spread)]
}

/// A unit in the colour of its result; without one as what stands in its place, and with stripes where it is only provisional.
fn coat(scored: &Scored, unit: usize, color: Option<Rgb>) -> Coat {
    let score = &scored.scores[unit];
    match (color, score.standing) {
        (_, Standing::Excluded) => Coat::plain(EXCLUDED),
        (None, _) => Coat::striped(UNKNOWN),
        (Some(color), standing) => Coat {
            hatch: (standing == Standing::Undecided || score.known < 0.5).then_some(VAGUE),
            ..Coat::plain(color)
        },
    }
}

impl Shade {
    /// What was scored.
    pub fn units(&self) -> &Arc<Units> {
        match self {
            Self::Scores(s) => &s.0.units,
            Self::Contest(c) => &c.0.uses[0].units,
            Self::Stable(s) => &s.0.scored.units,
            Self::Dissent(g) => &g.0.scored.units,
        }
    }

    /// How a unit is painted.
    pub fn coat(&self, unit: usize) -> Coat {
        match self {
            Self::Scores(s) => coat(&s.0, unit, s.0.scores[unit].provisional().map(score_color)),
            Self::Contest(c) => {
                let it = &c.0.result[unit];
                match contest_color(it) {
                    Some(color) => Coat {
                        hatch: (!it.undecided.is_empty()).then_some(VAGUE),
                        ..Coat::plain(color)
                    },
                    None if it.undecided.is_empty() => Coat::plain(EXCLUDED),
                    None => Coat::striped(UNKNOWN),
                }
            }
            Self::Stable(s) => {
                let share = |_| often_color(s.0.result[unit].in_top);
                coat(&s.0.scored, unit, s.0.scored.scores[unit].provisional().map(share))
            }
            Self::Dissent(g) => {
                let d = &g.0.result[unit];
                coat(&g.0.scored, unit, d.mean.map(|mean| dissent_color(mean, d.spread)))
            }
        }
    }

    /// What the colours mean.
    pub fn legend(&self, language: Language) -> LegendGroup {
        let n = |v: f64| number(language, v, 0);
        let (title, classes): (String, Vec<(Rgb, String)>) = match self {
            Self::Scores(s) => {
                let text = |k: usize| format!("{} – {}", n(2.0 * k as f64), n(2.0 * (k + 1) as f64));
                let title = tr_with(
                    language,
                    "suit-legend-score",
                    &[("use", s.0.def.title.get(language).to_owned().into())],
                );
                (title, (0..5).rev().map(|k| (SCORE[k], text(k))).collect())
            }
            Self::Contest(_) => {
                let keys = [
                    "suit-legend-major-3",
                    "suit-legend-major-2",
                    "suit-legend-moderate-3",
                    "suit-legend-moderate-2",
                    "suit-legend-alone",
                    "suit-legend-nobody",
                ];
                let classes = CONTEST.into_iter().zip(keys.map(|k| tr(language, k))).collect();
                (tr(language, "suit-contest"), classes)
            }
            Self::Stable(s) => {
                let text = |k: usize| format!("{} – {} %", n(20.0 * k as f64), n(20.0 * (k + 1) as f64));
                let values = [("top", (s.0.trial.top as i64).into())];
                let title = tr_with(language, "suit-legend-stable", &values);
                (title, (0..5).rev().map(|k| (OFTEN[k], text(k))).collect())
            }
            Self::Dissent(_) => {
                let keys = [
                    "suit-agreed-good",
                    "suit-agreed-middling",
                    "suit-agreed-bad",
                    "suit-dissent-some",
                    "suit-dissent-strong",
                ];
                let classes = DISSENT.into_iter().zip(keys.map(|k| tr(language, k))).collect();
                (tr(language, "suit-legend-groups"), classes)
            }
        };
        let mut entries: Vec<LegendEntry> = classes.into_iter().map(|(color, text)| LegendEntry::area(color, text)).collect();
        entries.push(LegendEntry::area(EXCLUDED, tr(language, "suit-excluded")));
        entries.push(LegendEntry::unknown(UNKNOWN, tr(language, "suit-unknown")));
        entries.push(LegendEntry {
            swatch: Swatch::Hatch(map_color(SCORE[3]), map_color([40, 44, 52])),
            text: tr(language, "suit-provisional"),
        });
        let uses: &[Arc<Scored>] = match self {
            Self::Scores(s) => std::slice::from_ref(&s.0),
            Self::Contest(c) => &c.0.uses,
            Self::Stable(s) => std::slice::from_ref(&s.0.scored),
            Self::Dissent(g) => std::slice::from_ref(&g.0.scored),
        };
        let days = uses.iter().flat_map(|u| &u.dates).map(String::as_str);
        entries.extend(LegendEntry::dates(language, days));
        LegendGroup { title, entries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_cover_the_whole_scale() {
        assert_eq!([0.0, 1.99, 2.0, 9.9, 10.0].map(|v| fifth(v / 10.0)), [0, 0, 1, 4, 4]);
        assert_eq!(dissent_key(8.0, 0.2), "suit-agreed-good");
        assert_eq!(dissent_key(1.0, 0.2), "suit-agreed-bad");
        assert_eq!(
            [dissent_key(8.0, 1.5), dissent_key(8.0, 7.0)],
            ["suit-dissent-some", "suit-dissent-strong"]
        );
        let contest = |contest, degree| Competition {
            ranks: vec![],
            contest,
            degree,
            claimants: vec![],
            undecided: vec![],
        };
        assert_eq!(contest_class(&contest(Contest::None, 0)), None);
        assert_eq!(contest_class(&contest(Contest::Major, 2)), Some(1));
        assert_eq!(contest_class(&contest(Contest::None, 3)), Some(4));
    }
}
