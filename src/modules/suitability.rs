//! The shape of `suitability/<use>.toml`: what makes land good for a use, by which measures, with which weight.

use super::SourceFile;
use crate::{
    model::{LocalText, SlotId},
    modules::Evidence,
};
use serde::{Deserialize, Serialize};

/// The highest score of a criterion and of a use; the lowest is 0.
pub const BEST_SCORE: f64 = 10.0;

/// What makes land suitable for one use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuitabilityDef {
    /// Short name ("housing"); the file is called after it.
    pub id: String,
    /// Name of the use.
    pub title: LocalText,
    /// What is meant.
    pub description: LocalText,
    /// Land that is left out whatever its score.
    #[serde(default, rename = "exclude")]
    pub exclusions: Vec<ExclusionDef>,
    /// What is weighed.
    #[serde(rename = "criterion")]
    pub criteria: Vec<CriterionDef>,
    /// Where it was read from, to name a line in messages.
    #[serde(skip)]
    pub file: SourceFile,
}

/// Land that a use cannot take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusionDef {
    /// Unique in the file.
    pub id: String,
    /// Name on the screen.
    pub title: LocalText,
    /// `module/slot` of areas.
    pub slot: SlotId,
    /// OGC CQL2 text over the slot's attributes.
    #[serde(default)]
    pub filter: Option<String>,
    /// Left out when more than this share of the unit is covered, percent.
    #[serde(default = "half")]
    pub above_percent: f64,
    /// Why, with the law where there is one.
    pub why: LocalText,
    /// How well that is evidenced.
    pub evidence: Evidence,
}

fn half() -> f64 {
    50.0
}

/// One thing that is weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionDef {
    /// Unique in the file.
    pub id: String,
    /// Name on the screen.
    pub title: LocalText,
    /// Why it counts and where its figures come from.
    pub why: LocalText,
    /// `module/slot` that is measured.
    pub slot: SlotId,
    /// OGC CQL2 text over the slot's attributes.
    #[serde(default)]
    pub filter: Option<String>,
    /// How it is measured.
    pub measure: CriterionMeasure,
    /// Unit of the measure.
    pub unit: String,
    /// Weight beside the other criteria; only the ratio counts.
    pub weight: f64,
    /// From the measure to a score.
    pub value: ValueFunction,
    /// How well its figures are evidenced.
    pub evidence: Evidence,
}

/// How a criterion is measured. In TOML: `measure = { distance = { up_to_m = 1500 } }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CriterionMeasure {
    /// Metres from the edge of the unit to the nearest feature; farther than `up_to_m` counts as that far.
    Distance {
        /// How far is looked.
        up_to_m: f64,
    },
    /// Share of the unit that lies in features, percent.
    Share {},
    /// An attribute of the features on the unit.
    Attribute {
        /// Numeric attribute.
        name: String,
        /// Mean by area, or the highest of any feature that covers at least one percent of the unit.
        statistic: Statistic,
        /// What holds where the data reach and no feature lies; without it that place is unknown.
        #[serde(default)]
        absent: Option<f64>,
    },
    /// The values of a raster under the unit.
    Raster {
        /// Mean by area, or the highest value of any cell.
        statistic: Statistic,
    },
}

/// What is taken of several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// Weighted by area, every sliver with its own.
    Mean,
    /// The highest that more than one percent of the unit reaches.
    Max,
}

/// From a measure to a score of 0 to 10. In TOML: `value = { linear = { worst = 1000, best = 0 } }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ValueFunction {
    /// In a straight line; level beyond both ends.
    Linear {
        /// Scores 0.
        worst: f64,
        /// Scores 10.
        best: f64,
    },
    /// Slow at both ends and quick in the middle.
    Sigmoid {
        /// Scores 0.
        worst: f64,
        /// Scores 10.
        best: f64,
    },
    /// A score from each limit on; `below` before the first.
    Steps {
        /// Score below the first limit.
        below: f64,
        /// Limits in ascending order.
        steps: Vec<ScoreStep>,
    },
    /// Two straight lines that meet at a legal or technical limit, so that the score says on which side of it a place lies.
    Threshold {
        /// Scores 0.
        worst: f64,
        /// The limit.
        threshold: f64,
        /// Scores 10.
        best: f64,
        /// Score at the limit itself.
        #[serde(default = "at_threshold")]
        at_threshold: f64,
    },
}

/// Crossing a limit costs more than half of the scale.
fn at_threshold() -> f64 {
    4.0
}

/// A score from a limit on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreStep {
    /// At this value and above.
    pub from: f64,
    /// 0 to 10.
    pub score: f64,
}

impl ValueFunction {
    /// The score of a measure, 0 to 10.
    pub fn score(&self, measure: f64) -> f64 {
        let along = |worst: f64, best: f64| ((measure - worst) / (best - worst)).clamp(0.0, 1.0);
        match self {
            Self::Linear { worst, best } => BEST_SCORE * along(*worst, *best),
            Self::Sigmoid { worst, best } => {
                let t = along(*worst, *best);
                // Smoothstep: reaches both ends exactly, which a logistic curve never does.
                BEST_SCORE * t * t * (3.0 - 2.0 * t)
            }
            Self::Steps { below, steps } => steps.iter().rev().find(|s| measure >= s.from).map_or(*below, |s| s.score),
            Self::Threshold {
                worst,
                threshold,
                best,
                at_threshold,
            } => {
                let good = (measure - threshold) / (best - threshold);
                if good >= 0.0 {
                    at_threshold + (BEST_SCORE - at_threshold) * good.min(1.0)
                } else {
                    at_threshold * along(*worst, *threshold)
                }
            }
        }
    }

    /// The lowest and the highest score of any measure from `low` to `high`; the latter may be without end.
    pub fn score_range(&self, low: f64, high: f64) -> (f64, f64) {
        let high = high.clamp(low, f64::MAX.max(low));
        let between = match self {
            Self::Steps { steps, .. } => steps.as_slice(),
            // All others only rise or only fall.
            Self::Linear { .. } | Self::Sigmoid { .. } | Self::Threshold { .. } => &[],
        };
        let inner = between.iter().filter(|s| low < s.from && s.from <= high).map(|s| s.score);
        let all = [self.score(low), self.score(high)].into_iter().chain(inner);
        all.fold((BEST_SCORE, 0.0), |(a, b), s| (s.min(a), s.max(b)))
    }

    /// What is wrong with its figures, if anything.
    pub fn mistake(&self) -> Option<LocalText> {
        let on_scale = |score: f64| (0.0..=BEST_SCORE).contains(&score);
        let said = |de: &str, en: &str| Some(LocalText::new(de, en));
        match self {
            Self::Linear { worst, best } | Self::Sigmoid { worst, best } => {
                let fine = worst.is_finite() && best.is_finite() && worst != best;
                if fine {
                    None
                } else {
                    said(
                        "worst und best müssen verschiedene Zahlen sein",
                        "worst and best must be different numbers",
                    )
                }
            }
            Self::Steps { below, steps } => {
                let ascending = steps.windows(2).all(|w| w[0].from < w[1].from) && steps.iter().all(|s| s.from.is_finite());
                if steps.is_empty() || !ascending {
                    return said(
                        "die Stufen brauchen aufsteigende Grenzen (from)",
                        "the steps need ascending limits (from)",
                    );
                }
                if on_scale(*below) && steps.iter().all(|s| on_scale(s.score)) {
                    None
                } else {
                    said("Punkte gehen von 0 bis 10", "scores go from 0 to 10")
                }
            }
            Self::Threshold {
                worst,
                threshold,
                best,
                at_threshold,
            } => {
                let between = (worst < threshold && threshold < best) || (best < threshold && threshold < worst);
                if !between {
                    return said(
                        "die Schwelle muss zwischen worst und best liegen",
                        "the threshold must lie between worst and best",
                    );
                }
                if on_scale(*at_threshold) {
                    None
                } else {
                    said("Punkte gehen von 0 bis 10", "scores go from 0 to 10")
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_meets_its_ends_and_never_leaves_the_scale() {
        let near = ValueFunction::Linear { worst: 1000.0, best: 0.0 };
        assert_eq!(
            [-5.0, 0.0, 250.0, 1000.0, 4000.0].map(|m| near.score(m)),
            [10.0, 10.0, 7.5, 0.0, 0.0]
        );
        let smooth = ValueFunction::Sigmoid { worst: 0.0, best: 100.0 };
        assert_eq!([0.0, 50.0, 100.0].map(|m| smooth.score(m)), [0.0, 5.0, 10.0]);
        assert!(smooth.score(20.0) < 2.0 && smooth.score(80.0) > 8.0);
        let steps = ValueFunction::Steps {
            below: 10.0,
            steps: vec![ScoreStep { from: 23.0, score: 7.0 }, ScoreStep { from: 35.0, score: 1.0 }],
        };
        assert_eq!([22.9, 23.0, 34.0, 50.0].map(|m| steps.score(m)), [10.0, 7.0, 7.0, 1.0]);
        let noise = ValueFunction::Threshold {
            worst: 75.0,
            threshold: 65.0,
            best: 45.0,
            at_threshold: 4.0,
        };
        assert_eq!(
            [45.0, 55.0, 65.0, 70.0, 75.0, 99.0].map(|m| noise.score(m)),
            [10.0, 7.0, 4.0, 2.0, 0.0, 0.0]
        );
    }

    #[test]
    fn a_range_of_measures_is_a_range_of_scores() {
        let near = ValueFunction::Linear { worst: 1000.0, best: 0.0 };
        assert_eq!(near.score_range(250.0, 500.0), (5.0, 7.5));
        assert_eq!(near.score_range(250.0, f64::INFINITY), (0.0, 7.5));
        assert_eq!(near.score_range(250.0, 250.0), (7.5, 7.5));
        // A bell of steps is best in the middle.
        let bell = ValueFunction::Steps {
            below: 2.0,
            steps: vec![ScoreStep { from: 10.0, score: 9.0 }, ScoreStep { from: 20.0, score: 1.0 }],
        };
        assert_eq!(bell.score_range(0.0, 30.0), (1.0, 9.0));
        assert_eq!(bell.score_range(12.0, 15.0), (9.0, 9.0));
    }

    #[test]
    fn shapes_that_mean_nothing_are_named() {
        for bad in [
            ValueFunction::Linear { worst: 1.0, best: 1.0 },
            ValueFunction::Sigmoid {
                worst: f64::NAN,
                best: 1.0,
            },
            ValueFunction::Steps { below: 0.0, steps: vec![] },
            ValueFunction::Steps {
                below: 11.0,
                steps: vec![ScoreStep { from: 1.0, score: 1.0 }],
            },
            ValueFunction::Threshold {
                worst: 75.0,
                threshold: 40.0,
                best: 45.0,
                at_threshold: 4.0,
            },
        ] {
            assert!(bad.mistake().is_some(), "{bad:?}");
        }
    }
}
