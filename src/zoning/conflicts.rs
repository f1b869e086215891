//! What breaks a plan or the values of BauNVO, as conflicts with section and figure.

use super::{Assessment, Basis, Check, Measured, Plot, PlotKind, Stage, words::span};
use crate::{
    geometry::{point_on_surface, to_geo},
    i18n::number,
    model::{Bbox, Conflict, Language, Quantity, Severity},
    project::City,
    rules::{Verdict, both, sort_and_name},
};
use std::sync::Arc;

/// Every broken figure, gravest first. A figure of the plan restricts; an orientation value of § 17 BauNVO asks for weighing.
pub fn conflicts(city: &City, found: &Assessment) -> Vec<Arc<Conflict>> {
    let broken = |p: &Plot| -> Vec<Arc<Conflict>> {
        let checks = p.checks.iter().filter(|c| c.verdict == Verdict::Conflict);
        checks.filter_map(|c| conflict(city, p, c).map(Arc::new)).collect()
    };
    let mut out: Vec<Arc<Conflict>> = found.plots.iter().flat_map(broken).collect();
    sort_and_name(&mut out);
    out
}

/// The rule that a figure is judged by. Built and drafted figures of one plot are two conflicts.
pub fn rule_of(check: &Check) -> String {
    match check.stage {
        Stage::Built => check.measured.code().to_owned(),
        Stage::Drafted => format!("{}-E", check.measured.code()),
    }
}

fn conflict(city: &City, plot: &Plot, check: &Check) -> Option<Conflict> {
    let limit = check.limit.as_ref()?;
    let place = match (&check.feature, check.measured) {
        (Some(f), Measured::Height | Measured::Vollgeschosse) => f,
        _ => &plot.feature,
    };
    let layer = &city.layer(&place.slot)?.layer;
    let row = place.row as usize;
    let (geometry, bbox) = match &check.beyond {
        Some(beyond) => {
            let packed = crate::geometry::from_geo(std::slice::from_ref(beyond));
            (beyond.clone().into(), packed.extent())
        }
        None => (to_geo(&layer.geometry, row), layer.geometry.bbox(row)),
    };
    let anchor = match &check.beyond {
        Some(beyond) => point_on_surface(&crate::geometry::from_geo(std::slice::from_ref(beyond)), 0),
        None => point_on_surface(&layer.geometry, row),
    };
    let (m, unit) = (check.measured, check.measured.unit().to_owned());
    let average = plot.kind == PlotKind::Zone && !matches!(m, Measured::Height | Measured::Vollgeschosse | Measured::Baugrenze);
    let mut reasons = vec![
        both(|l| {
            let (v, t) = (span(l, check.value, m.decimals(), &unit), number(l, limit.value, m.decimals()));
            let t = if unit.is_empty() { t } else { format!("{t} {unit}") };
            let (title, source) = (m.title(), &limit.source);
            match l {
                Language::De => format!("{}: {v}, zulässig {t} ({}; {}).", title.de, limit.section, source.de),
                Language::En => format!("{}: {v}, allowed {t} ({}; {}).", title.en, limit.section, source.en),
            }
        }),
        check.formula.clone(),
        both(|l| match (limit.basis, l) {
            (Basis::Orientation, Language::De) => {
                "Prüfpflichtig: § 17 BauNVO gibt Orientierungswerte, keine Obergrenzen; gesunde Wohn- und Arbeitsverhältnisse begründen."
                    .into()
            }
            (Basis::Orientation, Language::En) => {
                "To be examined: § 17 BauNVO gives orientation values, no limits; show that living and working conditions stay healthy."
                    .into()
            }
            (_, Language::De) => "Prüfpflichtig: Ausnahme oder Befreiung (§ 31 BauGB) klären; für den Bestand gilt Bestandsschutz.".into(),
            (_, Language::En) => "To be examined: exception or exemption (§ 31 BauGB); what stands already is protected.".into(),
        }),
    ];
    reasons.extend(plot.notes.iter().chain(&check.unknown).cloned());
    Some(Conflict {
        id: String::new(),
        rule: rule_of(check),
        severity: match limit.basis {
            Basis::Orientation => Severity::Weigh,
            Basis::Plan | Basis::Window if average => Severity::Weigh,
            Basis::Plan | Basis::Window => Severity::Restricted,
        },
        subject: plot.feature.clone(),
        objects: check
            .feature
            .iter()
            .chain(&plot.zone)
            .filter(|f| **f != plot.feature)
            .cloned()
            .collect(),
        anchor: anchor.unwrap_or_else(|| bbox.center()),
        bbox: if bbox.is_empty() { Bbox::EMPTY } else { bbox },
        geometry,
        measured: Quantity {
            value: check.value.low,
            unit: unit.clone(),
        },
        threshold: Some(Quantity { value: limit.value, unit }),
        area_m2: None,
        share_percent: None,
        reasons,
        data_date: layer.data_date().map(str::to_owned),
        // An average over a building area is not what the law measures.
        proxy: average,
    })
}
