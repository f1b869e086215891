//! What was dropped, repaired or assumed on the way in. Nothing is lost silently: a reader that leaves out a feature writes a finding.

use super::LocalText;
use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing: the data were used as they are.
    Info,
    /// Something was repaired, dropped or assumed.
    Warning,
    /// A source could not be used.
    Error,
}

/// One dropped, repaired or assumed thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code: `RD` readers, `LY` layers, `MD` modules, `PJ` project, `RU` rules.
    pub code: String,
    /// Weight.
    pub level: Level,
    /// File relative to the project, or as given on the command line.
    pub file: Option<String>,
    /// Layer in the file, or slot.
    pub layer: Option<String>,
    /// Feature id as in the source.
    pub feature: Option<String>,
    /// How many features this finding stands for. Features that were not loaded count in [`Report::dropped`].
    pub count: u64,
    /// True when the features were left out of the layer.
    pub dropped: bool,
    /// What happened and what to do.
    pub text: LocalText,
}

impl Finding {
    /// A finding about one thing; refine it with the methods below.
    pub fn new(code: &str, level: Level, de: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            level,
            file: None,
            layer: None,
            feature: None,
            count: 1,
            dropped: false,
            text: LocalText::new(de, en),
        }
    }

    /// Names the file.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Names the layer or slot.
    #[must_use]
    pub fn layer(mut self, layer: impl Into<String>) -> Self {
        self.layer = Some(layer.into());
        self
    }

    /// Names the feature.
    #[must_use]
    pub fn feature(mut self, feature: impl ToString) -> Self {
        self.feature = Some(feature.to_string());
        self
    }

    /// Stands for several features.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = count;
        self
    }

    /// Marks the features as left out.
    #[must_use]
    pub fn dropped(mut self) -> Self {
        self.dropped = true;
        self
    }
}

/// Findings in the order they arose, and the sums that must come out even: `loaded + dropped = expected`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Features the source says it holds, where it says so.
    pub expected: Option<u64>,
    /// Features that came through.
    pub loaded: u64,
    /// What happened to the others, and what was changed.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Features left out, by the findings.
    pub fn dropped(&self) -> u64 {
        self.findings.iter().filter(|f| f.dropped).map(|f| f.count).sum()
    }

    /// True when `loaded + dropped = expected`, or nothing was expected.
    pub fn adds_up(&self) -> bool {
        self.expected.is_none_or(|e| e == self.loaded + self.dropped())
    }

    /// The gravest level present.
    pub fn worst(&self) -> Option<Level> {
        self.findings.iter().map(|f| f.level).max()
    }
}
