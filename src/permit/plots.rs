//! Density, storeys, heights and building windows of the plots that a plan touches.

use super::{
    edited::{Edited, Key},
    found::{Answer, Unit, Units, kept},
};
use crate::{
    index::IndexedLayer,
    model::{Bbox, LocalText},
    modules::Role,
    rules::Verdict,
    zoning::{self, Assessment, Check, Measured, Plot, PlotKind, Stage},
};
use std::collections::BTreeMap;

/// Whose edits matter.
pub(super) const ROLES: &[Role] = &[Role::Buildings, Role::Zones, Role::Sites, Role::Parcels, Role::BuildingWindows];

/// More than rounding.
const WORSE: f64 = 1e-6;

type Land<'a> = (PlotKind, &'a IndexedLayer, u32);

/// Every plot, building area or site that an edit meets.
pub(super) fn judge(edited: &Edited, before: &Units, dirty: &[Bbox]) -> Units {
    let boxes = edited.boxes(ROLES);
    let mut out = BTreeMap::new();
    let mut fresh: Vec<(Land, Key)> = vec![];
    for (kind, layer) in zoning::land(edited.city) {
        let mut rows: Vec<u32> = boxes.iter().flat_map(|b| layer.index.rows_in(b)).collect();
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            let key = (layer.layer.slot.clone(), layer.layer.ids[row as usize].to_string());
            match kept(before, &key, dirty, edited) {
                Some(unit) => {
                    out.insert(key, unit);
                }
                None => fresh.push(((kind, layer, row), key)),
            }
        }
    }
    let new = |l: &IndexedLayer, r: u32| edited.is_rebuilt(&l.layer.slot, &l.layer.ids[r as usize]);
    let asked: Vec<Land> = fresh.iter().map(|(land, _)| *land).collect();
    let now = zoning::assess_changed(edited.city, &asked, &new);
    let of_base = fresh
        .iter()
        .map(|((kind, ..), (slot, id))| edited.of_base(slot, id).map(|(l, r)| (*kind, l, r)));
    let of_base: Vec<Option<Land>> = of_base.collect();
    let there: Vec<Land> = of_base.iter().flatten().copied().collect();
    let mut then = zoning::assess_changed(&edited.base.city, &there, &|_, _| false).into_iter();
    let buildings: Vec<Bbox> = edited
        .buildings()
        .iter()
        .map(|(l, row, _)| l.layer.geometry.bbox(*row as usize))
        .collect();
    for (((land, key), plot), was) in fresh.into_iter().zip(now).zip(of_base) {
        let was = was.and_then(|_| then.next());
        let unit = judged(edited, land, plot, was.as_ref(), &buildings);
        out.insert(key, unit);
    }
    out
}

fn judged(edited: &Edited, (kind, layer, row): Land, mut plot: Plot, was: Option<&Plot>, buildings: &[Bbox]) -> Unit {
    let (slot, id) = (&layer.layer.slot, &layer.layer.ids[row as usize]);
    let was = was.map_or(&[][..], |p| &p.checks);
    let area = layer.layer.geometry.bbox(row as usize);
    // A new building on it, or a plot with another outline: else what is built there is no matter of the plan.
    let built = buildings.iter().any(|b| b.intersects(&area)) || (kind == PlotKind::Parcel && edited.is_edited(slot, id));
    let mut answers = vec![];
    plot.checks.retain(|check| {
        let verdict = match verdict(check, was, built) {
            Some(Verdict::NotApplicable) if plot.baunvo.is_none() => Verdict::Unknown,
            Some(Verdict::NotApplicable) | None => return false,
            Some(verdict) => verdict,
        };
        let mut unknown = check.unknown.clone();
        if check.limit.is_none() {
            unknown.push(LocalText::new(
                "Kein Baugebiet bekannt: Es fehlt ein Maßstab.",
                "No building area is known: there is nothing to measure by.",
            ));
        }
        answers.push(Answer {
            rule: zoning::rule_of(check),
            verdict,
            unknown,
        });
        verdict == Verdict::Conflict
    });
    Unit {
        reach: area,
        conflicts: zoning::conflicts(
            edited.city,
            &Assessment {
                plots: vec![plot],
                slots: vec![],
                notes: vec![],
            },
        ),
        answers,
    }
}

/// What the plan has to answer for. `None` where it has nothing to do with the figure.
fn verdict(check: &Check, was: &[Check], built: bool) -> Option<Verdict> {
    let one_by_one = matches!(check.measured, Measured::Vollgeschosse | Measured::Height | Measured::Baugrenze);
    if check.stage == Stage::Built && !built {
        return None;
    }
    if check.stage == Stage::Built && one_by_one {
        // Asked of the plan's own buildings only.
        return Some(check.verdict);
    }
    let before = was.iter().find(|c| c.measured == check.measured && c.stage == check.stage);
    if check.verdict != Verdict::Conflict {
        return Some(check.verdict);
    }
    let Some(before) = before else { return Some(Verdict::Conflict) };
    let more = check.value.low > before.value.low + WORSE;
    let limit = |c: &Check| c.limit.as_ref().map_or(f64::INFINITY, |l| l.value);
    let tighter = check.stage == Stage::Drafted && limit(check) < limit(before) - WORSE;
    // Broken before and no worse: not by this plan.
    (more || tighter || (check.stage == Stage::Drafted && before.verdict != Verdict::Conflict)).then_some(Verdict::Conflict)
}
