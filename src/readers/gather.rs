//! Collects findings: the first few one by one, the rest as one with a count, so that a broken file of a million features stays readable.

use crate::model::{Finding, Level, LocalText, Report};

/// Single findings of one code before they are summed up.
const SINGLES: u64 = 20;

/// Findings of one file and layer, grouped by code.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    file: String,
    layer: String,
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    singles: Vec<Finding>,
    rest: u64,
    template: Finding,
}

/// A grid in which every cell is empty.
pub(crate) fn no_data() -> Finding {
    Finding::new(
        "RD-001",
        Level::Error,
        "Keine Zelle enthält Daten. Datei und No-Data-Wert prüfen.",
        "No cell holds data. Check the file and its no-data value.",
    )
}

impl Gather {
    /// Findings about one layer of one file.
    pub(crate) fn new(file: &str, layer: &str) -> Self {
        Self {
            file: file.into(),
            layer: layer.into(),
            groups: vec![],
        }
    }

    /// Adds a finding about the features `feature` (or about the whole layer, if there is none).
    pub(crate) fn add(&mut self, mut finding: Finding) {
        finding.file.get_or_insert_with(|| self.file.clone());
        if !self.layer.is_empty() {
            finding.layer.get_or_insert_with(|| self.layer.clone());
        }
        let key = |f: &Finding| (f.code.clone(), f.dropped);
        match self.groups.iter_mut().find(|g| key(&g.template) == key(&finding)) {
            Some(group) if group.singles.len() as u64 >= SINGLES => group.rest += finding.count,
            Some(group) => group.singles.push(finding),
            None => self.groups.push(Group {
                template: finding.clone(),
                singles: vec![finding],
                rest: 0,
            }),
        }
    }

    /// Adds a finding about one feature.
    pub(crate) fn feature(&mut self, code: &str, feature: impl ToString, dropped: bool, text: LocalText) {
        let mut finding = Finding::new(code, Level::Warning, text.de, text.en).feature(feature);
        finding.dropped = dropped;
        self.add(finding);
    }

    /// Moves everything into a report.
    pub(crate) fn into_report(self, report: &mut Report) {
        for group in self.groups {
            let rest = group.rest;
            report.findings.extend(group.singles);
            if rest > 0 {
                let mut f = group.template;
                f.feature = None;
                f.count = rest;
                f.text = LocalText::new(format!("{rest} weitere: {}", f.text.de), format!("{rest} more: {}", f.text.en));
                report.findings.push(f);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_findings_become_a_few_and_the_sum_stays() {
        let mut g = Gather::new("a.gpkg", "lay");
        for i in 0..1000 {
            g.feature("RD-003", i, true, LocalText::same("gone"));
            g.feature("RD-004", i, false, LocalText::same("changed"));
        }
        let mut r = Report::default();
        g.into_report(&mut r);
        assert_eq!((r.findings.len(), r.dropped()), (42, 1000));
        assert_eq!(r.findings[20].count, 980);
        assert_eq!(r.findings[0].file.as_deref(), Some("a.gpkg"));
    }
}
