//! "Why here?" at one spot: what every layer holds there and what every rule says about it.

use super::{
    Evaluation, SpotReport, SpotRule, Verdict,
    memory::RuleMemory,
    plan::{Covers, Plan},
    sides::{Subjects, slot_title, variant},
    under::{Probe, rows_under, spot_layer},
    words::{against, beyond, both, listed, pick, plain, quoted},
};
use crate::{
    index::IndexedLayer,
    model::{Conflict, Language, LocalText, Provenance, Quantity, Report},
    modules::{PredicateDef, RuleDef},
    project::City,
};

/// How far distance rules look for something to name when nothing is near, in multiples of their distance.
const LOOK: f64 = 10.0;

/// Every layer's value and every rule's verdict at a spot (project CRS).
pub fn why_here(city: &City, evaluation: &Evaluation, at: [f64; 2]) -> SpotReport {
    let probe = Probe::on_site(city, at);
    let bound = city
        .slots
        .iter()
        .map(|slot| spot_layer(city, &slot.id, Some(&slot.def), Some(&slot.data), &probe));
    let extra = city.extra.iter().map(|layer| super::under::extra_layer(city, layer, &probe));
    SpotReport {
        at,
        height_m: city.terrain().and_then(|t| t.interpolate(at)),
        site: probe.site.as_ref().map(|(site, _)| site.clone()),
        layers: bound.chain(extra).collect(),
        rules: city.rules().map(|rule| spot_rule(city, evaluation, rule, &probe)).collect(),
    }
}

impl SpotRule {
    /// A verdict that no measured value stands behind.
    pub(crate) fn without_figures(rule: &RuleDef, verdict: Verdict, reason: LocalText) -> Self {
        Self {
            rule: rule.id.clone(),
            verdict,
            severity: None,
            measured: None,
            threshold: None,
            area_m2: None,
            share_percent: None,
            unknown_area_m2: 0.0,
            reason,
            further: vec![],
            source: None,
            data_date: None,
            proxy: rule.proxy,
            conflict: None,
            more: vec![],
        }
    }
}

/// What the object side is like at the spot, whoever stands there.
#[derive(Default)]
struct Around {
    measured: Option<Quantity>,
    threshold: Option<Quantity>,
    /// A sentence; empty when there is nothing to say.
    text: LocalText,
    /// The data do not reach.
    unknown: bool,
}

fn spot_rule(city: &City, evaluation: &Evaluation, rule: &RuleDef, probe: &Probe) -> SpotRule {
    let mut report = Report::default();
    let mut out = SpotRule::without_figures(rule, Verdict::NotApplicable, LocalText::default());
    let (subjects, ready) = Subjects::find(city, rule, &mut report);
    let covers = Covers::with(evaluation.ways());
    let plan = match (ready, subjects.layer) {
        (Ok(()), Some(layer)) => Plan::new(city, rule, layer, &covers, false, &mut report),
        (Err(why), _) => Err(why),
        (Ok(()), None) => Err(LocalText::default()),
    };
    let plan = match plan {
        Ok(plan) => plan,
        Err(why) => {
            let off = rule.off || variant(city, rule).is_some_and(|v| !v.applies);
            out.verdict = if off { Verdict::NotApplicable } else { Verdict::Unknown };
            out.reason = why;
            return out;
        }
    };
    out.source = sources(plan.sources().into_iter().map(|(_, p)| p));
    out.data_date.clone_from(&plan.data_date);
    out.proxy |= plan.unofficial.is_some() || plan.no_network().is_some();
    let under = rows_under(plan.subject, probe);
    let here: Vec<u32> = under.iter().copied().filter(|r| subjects.rows.binary_search(r).is_ok()).collect();
    let around = around(&plan, probe);
    match worst(evaluation, rule, &here) {
        Some((row, verdict, conflict)) => {
            let label = city.label(&plan.subject.layer, row as usize);
            let memory = evaluation.memory.rule(&rule.id);
            out.verdict = verdict;
            out.severity = conflict.map(|c| c.severity);
            out.measured = conflict.map(|c| c.measured.clone()).or(around.measured);
            out.threshold = conflict.map_or(around.threshold, |c| c.threshold.clone());
            out.conflict = conflict.map(|c| c.id.clone());
            out.unknown_area_m2 = memory.and_then(|m| m.undecided(row)).map_or(0.0, |u| u.area_m2);
            if let Some(c) = conflict {
                (out.area_m2, out.share_percent, out.proxy) = (c.area_m2, c.share_percent, c.proxy);
                out.further = c.reasons.iter().skip(1).cloned().collect();
                let others = evaluation.conflicts.iter().filter(|o| o.rule == rule.id && o.id != c.id);
                out.more = others.filter(|o| here.contains(&o.subject.row)).map(|o| o.id.clone()).collect();
            }
            out.reason = match conflict {
                Some(c) => c.reasons.first().cloned().unwrap_or_default(),
                None => undisturbed(memory, row, verdict, &label, &around.text),
            };
        }
        None => {
            // That no subject is recorded means something only where its layer says it is complete, or nobody said.
            let uncharted = under.is_empty() && super::cover::covers(city, &plan.subject.layer, probe.at) == Some(false);
            let unknown = around.unknown || uncharted;
            out.verdict = if unknown { Verdict::Unknown } else { Verdict::NotApplicable };
            out.measured = around.measured;
            out.threshold = around.threshold;
            let left_aside = under.first().map(|r| city.label(&plan.subject.layer, *r as usize));
            out.reason = nobody_here(city, rule, left_aside, uncharted, &around.text);
        }
    }
    out
}

/// The subject here with the gravest verdict.
fn worst<'a>(evaluation: &'a Evaluation, rule: &RuleDef, here: &[u32]) -> Option<(u32, Verdict, Option<&'a Conflict>)> {
    let memory = evaluation.memory.rule(&rule.id);
    let of = |row: u32| {
        let conflict = evaluation
            .conflicts
            .iter()
            .map(|c| &**c)
            .find(|c| c.rule == rule.id && c.subject.row == row);
        let known = memory.and_then(|m| m.verdict(row)).unwrap_or(Verdict::Unknown);
        let verdict = if conflict.is_some() { Verdict::Conflict } else { known };
        (row, verdict, conflict)
    };
    let rank = |v: Verdict, c: Option<&Conflict>| match v {
        Verdict::Conflict => (0, c.map_or(0, |c| 4 - c.severity as u8)),
        Verdict::Unknown => (1, 0),
        Verdict::Clear => (2, 0),
        Verdict::NotApplicable => (3, 0),
    };
    here.iter().map(|row| of(*row)).min_by_key(|(_, v, c)| rank(*v, *c))
}

fn undisturbed(memory: Option<&RuleMemory>, row: u32, verdict: Verdict, label: &str, around: &LocalText) -> LocalText {
    both(|l| {
        let name = quoted(l, label);
        let around = around.get(l);
        if verdict == Verdict::Clear {
            return join(&format!("{name}: {}", pick(l, "kein Konflikt.", "no conflict.")), around);
        }
        let why = match memory {
            Some(m) => m.undecided(row).map_or_else(
                || m.blocked.as_ref().map_or_else(String::new, |b| b.get(l).to_owned()),
                |u| format!("{}.", u.gap.reason(l)),
            ),
            None => pick(l, "noch nicht geprüft.", "not checked yet.").to_owned(),
        };
        join(&format!("{name}: {} {why}", pick(l, "unbekannt,", "unknown,")), around)
    })
}

fn nobody_here(city: &City, rule: &RuleDef, left_aside: Option<String>, uncharted: bool, around: &LocalText) -> LocalText {
    both(|l| {
        let title = quoted(l, &slot_title(city, &rule.subject.slot, l));
        let who = match (&left_aside, l) {
            (None, Language::De) if uncharted => format!("Die Regel betrifft {title}; dafür liegen hier keine Daten vor."),
            (None, Language::En) if uncharted => format!("The rule concerns {title}; no such data reach here."),
            (Some(label), Language::De) => format!("Die Regel betrifft nicht {}: der Filter schließt es aus.", quoted(l, label)),
            (Some(label), Language::En) => format!("The rule does not concern {}: its filter leaves it aside.", quoted(l, label)),
            (None, Language::De) => format!("Die Regel betrifft {title}; hier liegt nichts davon."),
            (None, Language::En) => format!("The rule concerns {title}; there is none here."),
        };
        join(around.get(l), &who)
    })
}

fn join(a: &str, b: &str) -> String {
    match (a.is_empty(), b.is_empty()) {
        (false, false) => format!("{a} {b}"),
        _ => format!("{a}{b}"),
    }
}

/// Quoted sources, each once.
pub fn sources<'a>(provenance: impl Iterator<Item = &'a Provenance>) -> Option<String> {
    let mut names: Vec<String> = vec![];
    for (p, files) in Provenance::quoted(provenance) {
        let name = p.source.clone().unwrap_or_else(|| p.files(files));
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join("; "))
}

fn quantity(value: f64, unit: &str) -> Option<Quantity> {
    Some(Quantity { value, unit: unit.into() })
}

fn around(plan: &Plan, probe: &Probe) -> Around {
    match &plan.rule.predicate {
        PredicateDef::Overlap(_) => objects_under(plan, probe),
        PredicateDef::WithinDistance(p) => nearest_object(plan, probe, p.min_object_area_m2),
        PredicateDef::Adjacent(_) => nearest_object(plan, probe, 0.0),
        PredicateDef::BeyondDistance(p) => nearest_object(plan, probe, p.min_object_area_m2),
        PredicateDef::Zonal(p) => {
            let value = match &plan.object {
                super::plan::ObjectSide::Grid(raster) => raster.value_at(probe.at),
                super::plan::ObjectSide::Features(_) => None,
            };
            let limit = p.threshold.limit.filter(|_| p.threshold.subject_attribute.is_none());
            let text = both(|l| {
                let title = quoted(l, &plan.object_title(l));
                match value {
                    Some(v) => format!("{title} {}: {} {}.", pick(l, "hier", "here"), plain(l, v), p.threshold.unit),
                    None => format!("{title}: {}.", pick(l, "hier ohne Rasterwert", "no raster value here")),
                }
            });
            Around {
                measured: value.and_then(|v| quantity(v, &p.threshold.unit)),
                threshold: limit.and_then(|v| quantity(v, &p.threshold.unit)),
                text,
                unknown: value.is_none(),
            }
        }
        PredicateDef::Capacity(_) | PredicateDef::Variety(_) | PredicateDef::ServedShare(_) | PredicateDef::Computed(_) => {
            Around::default()
        }
    }
}

fn nothing(plan: &Plan, layer: &IndexedLayer, probe: &Probe) -> Around {
    let covered = super::cover::covers(plan.city, &layer.layer, probe.at);
    let text = both(|l| {
        let title = quoted(l, &plan.object_title(l));
        let what = match covered {
            Some(true) => pick(l, "hier nichts verzeichnet.", "nothing recorded here."),
            Some(false) => pick(l, "hier liegen keine Daten vor.", "no data reach here."),
            None => pick(
                l,
                "hier nichts verzeichnet; welches Gebiet die Daten abdecken, ist nicht angegeben.",
                "nothing recorded here; nobody declared what the data cover.",
            ),
        };
        format!("{title}: {what}")
    });
    Around {
        text,
        unknown: covered == Some(false),
        ..Around::default()
    }
}

fn objects_under(plan: &Plan, probe: &Probe) -> Around {
    let Some(objects) = plan.objects() else { return Around::default() };
    let rows: Vec<u32> = rows_under(objects.layer, probe)
        .into_iter()
        .filter(|r| objects.counts(*r))
        .collect();
    if rows.is_empty() {
        return nothing(plan, objects.layer, probe);
    }
    let threshold = plan.threshold();
    let worst = threshold.and_then(|t| {
        let name = t.object_attribute.as_deref()?;
        let values = rows.iter().filter_map(|r| plan.object_value(name, *r));
        super::compare::worst_of(t.comparison, values)
    });
    let limit = threshold.and_then(|t| t.limit.filter(|_| t.subject_attribute.is_none()));
    let names: Vec<String> = rows.iter().filter_map(|r| plan.object_ref(*r)).map(|f| f.label).collect();
    let text = both(|l| {
        let title = quoted(l, &plan.object_title(l));
        match (threshold, worst) {
            (Some(t), Some(v)) => {
                let bound = limit.map(|b| format!(" ({} {})", pick(l, "Schwelle", "threshold"), beyond(l, t.comparison, b, &t.unit)));
                format!(
                    "{title} {}: {} {}{}.",
                    pick(l, "hier", "here"),
                    plain(l, v),
                    t.unit,
                    bound.unwrap_or_default()
                )
            }
            (Some(_), None) => format!("{title} {}", pick(l, "hier ohne Wert.", "has no value here.")),
            (None, _) => format!("{title} {}: {}.", pick(l, "hier", "here"), listed(l, &names)),
        }
    });
    let unit = threshold.map_or("", |t| t.unit.as_str());
    Around {
        measured: worst.and_then(|v| quantity(v, unit)),
        threshold: limit.and_then(|v| quantity(v, unit)),
        text,
        unknown: threshold.is_some() && worst.is_none(),
    }
}

fn nearest_object(plan: &Plan, probe: &Probe, min_m2: f64) -> Around {
    let Some(objects) = plan.objects() else { return Around::default() };
    let distance = plan.largest_distance_m().max(1.0);
    let far = LOOK * distance;
    let large = |r: u32| objects.is_large(r, min_m2);
    let work = &mut super::predicates::Work::default();
    let found = match plan.walk() {
        Some(walk) => walk.nearest_to_spot(objects, probe.at, &probe.edges, far, large),
        None => super::predicates::nearest(&probe.edges, probe.bbox(), objects, distance, far, large, work),
    };
    let limit = found
        .and_then(|(row, _)| plan.distance_to_m(row))
        .unwrap_or_else(|| plan.distance_m());
    let mut out = match found {
        Some(_) => Around::default(),
        None => nothing(plan, objects.layer, probe),
    };
    out.threshold = quantity(limit, "m");
    if let Some((row, d)) = found {
        let name = plan.object_ref(row).map_or_else(String::new, |f| f.label);
        out.measured = quantity(d, "m");
        out.text = both(|l| {
            let (title, name) = (quoted(l, &plan.object_title(l)), quoted(l, &name));
            let (d, limit) = (against(l, d, limit), plain(l, limit));
            match l {
                Language::De if plan.walk().is_some() => format!("{d} m Fußweg bis {title} ({name}); Abstand der Regel: {limit} m."),
                Language::En if plan.walk().is_some() => format!("{d} m on foot to {title} ({name}); the rule's distance: {limit} m."),
                Language::De => format!("{d} m bis {title} ({name}); Abstand der Regel: {limit} m."),
                Language::En => format!("{d} m to {title} ({name}); the rule's distance: {limit} m."),
            }
        });
    }
    out
}
