//! `[[derive]]`: layers made of layers. They stand in a module of their own, fill slots where a binding names them, and are computed in the
//! order in which they need each other.

use super::{
    City, Slot, SlotData, attributes,
    bind::{self, Bound, Features, Surroundings},
    file::Binding,
    open::fill,
    shape,
};
use crate::{
    derive::{self, DeriveError, Expression, MODULE, MOST_EXPRESSIONS, Operation},
    index::IndexedLayer,
    model::{Coverage, Finding, Geometries, Layer, Level, LocalText, Report, SlotId},
    modules::{Filter, ModuleDef, SlotDef, SlotGeometry, SourceFile, Style},
    progress::Control,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Colours of derived layers that name none, one after another.
const COLORS: [&str; 6] = ["#7A4EA3", "#C2477F", "#D9822B", "#2F6DB5", "#1E8C7A", "#8A6D3B"];

/// Expressions that can be computed, with what is wrong about the others.
pub(super) fn usable(all: &[Expression], modules: &[ModuleDef], text: &str, report: &mut Report) -> Vec<Expression> {
    let mut out: Vec<Expression> = vec![];
    for e in all {
        let twice = || DeriveError::Twice { id: e.id.clone() };
        let named = match e.check() {
            Err(DeriveError::Id { id }) => Err(DeriveError::Id { id }),
            // Other mistakes leave the layer empty with the reason, so that what names it says why.
            _ if out.iter().any(|o| o.id == e.id) || modules.iter().any(|m| m.id == MODULE) => Err(twice()),
            _ if out.len() >= MOST_EXPRESSIONS => Err(DeriveError::TooMany { found: all.len() }),
            _ => Ok(()),
        };
        match named {
            Ok(()) => out.push(e.clone()),
            Err(error) => {
                report.push(finding(e, &error, text));
                if matches!(error, DeriveError::TooMany { .. }) {
                    break;
                }
            }
        }
    }
    out
}

fn finding(e: &Expression, error: &DeriveError, text: &str) -> Finding {
    let source = SourceFile::new("project.toml", text);
    let id = format!("\"{}\"", e.id);
    let inside = source.line_of(&["[[derive]]", &id, error.key()]);
    let line = inside.max(source.line_of(&["[[derive]]", &id]));
    let why = error.text();
    Finding::new(
        "PJ-300",
        Level::Error,
        format!("Zeile {line}, Schlüssel „{}“: {}", error.key(), why.de),
        format!("line {line}, key \"{}\": {}", error.key(), why.en),
    )
    .file("project.toml")
    .layer(e.slot().to_string())
}

/// The module in which derived layers stand.
pub(super) fn module(expressions: &[Expression], modules: &[ModuleDef]) -> ModuleDef {
    let slots = expressions.iter().enumerate().map(|(n, e)| slot(e, n, expressions, modules));
    ModuleDef {
        id: MODULE.into(),
        title: LocalText::new("Eigene Ebenen", "Own layers"),
        description: LocalText::new(
            "Ebenen, die in diesem Projekt aus anderen Ebenen gebildet sind.",
            "Layers that this project makes of other layers.",
        ),
        slots: slots.collect(),
        ..ModuleDef::default()
    }
}

/// Areas become one without attributes.
fn merges(e: &Expression) -> bool {
    e.merge.unwrap_or(e.operation == Operation::Union)
}

/// The definition that the attributes come from, through other expressions. Circles end where they began.
fn origin<'a>(e: &Expression, expressions: &[Expression], modules: &'a [ModuleDef]) -> Option<&'a SlotDef> {
    let mut now = e.clone();
    for _ in 0..=expressions.len() {
        let first = &now.of.first()?.slot;
        match expressions.iter().find(|o| o.slot() == *first) {
            Some(other) if merges(other) => return None,
            Some(other) => now = other.clone(),
            None => {
                let module = modules.iter().find(|m| m.id == first.module())?;
                return module.slots.iter().find(|s| s.id == first.slot());
            }
        }
    }
    None
}

fn slot(e: &Expression, n: usize, expressions: &[Expression], modules: &[ModuleDef]) -> SlotDef {
    let from = origin(e, expressions, modules).filter(|_| !merges(e));
    let geometry = match (e.operation, from) {
        (Operation::Buffer, _) => SlotGeometry::Polygon,
        (_, Some(def)) if def.geometry != SlotGeometry::Raster => def.geometry,
        _ => SlotGeometry::Any,
    };
    let mut attributes = from.map_or_else(Vec::new, |d| d.attributes.clone());
    attributes.iter_mut().for_each(|a| a.required = false);
    let of = e.of.iter().map(|i| i.slot.to_string()).collect::<Vec<_>>().join(", ");
    let name = e.operation.name();
    let fill = e.color.clone().unwrap_or_else(|| COLORS[n % COLORS.len()].into());
    SlotDef {
        id: e.id.clone(),
        title: e.title.clone(),
        description: LocalText::new(
            format!("{} von {of}, gebildet in diesem Projekt.", name.de),
            format!("The {} of {of}, made in this project.", name.en),
        ),
        geometry,
        standard: None,
        role: None,
        unit: None,
        label: from.and_then(|d| d.label.clone()),
        attributes,
        style: Style {
            stroke: fill.clone(),
            fill,
            opacity: 0.45,
            width_m: 3.0,
            ..Style::default()
        },
        visible: true,
        walking: None,
    }
}

/// The layers that an expression names.
fn inputs<'a>(slots: &'a [Slot], e: &Expression) -> Result<Vec<&'a IndexedLayer>, DeriveError> {
    let find = |id: &SlotId| match slots.iter().find(|s| s.id == *id).map(|s| &s.data) {
        None => Err(DeriveError::UnknownSlot { slot: id.clone() }),
        Some(SlotData::Raster(_)) => Err(DeriveError::Grid { slot: id.clone() }),
        Some(SlotData::Missing { reason }) => Err(DeriveError::NoData {
            slot: id.clone(),
            reason: reason.clone(),
        }),
        Some(SlotData::Vector(layer)) => Ok(layer),
    };
    e.of.iter().map(|i| find(&i.slot)).collect()
}

fn computed(slots: &[Slot], e: &Expression, area: Option<&Geometries>, control: &Control) -> Result<Layer, DeriveError> {
    e.check()?;
    derive::derive(e, &inputs(slots, e)?, area, control)
}

/// An empty layer proves absence only where somebody vouches for its completeness.
fn filled(layer: Layer) -> SlotData {
    match layer.is_empty() && layer.coverage == Coverage::Undeclared {
        true => SlotData::Missing {
            reason: LocalText::new(
                "Der Ausdruck ergibt kein Objekt, und welches Gebiet seine Ebenen abdecken, ist nicht erklärt.",
                "the expression gives no feature, and nobody declared what its layers cover.",
            ),
        },
        false => SlotData::Vector(IndexedLayer::new(layer)),
    }
}

/// The layer of an expression over an open city, to look at before it is kept.
///
/// # Errors
/// As in [`derive::derive`], and when it names a layer that is not there or has no data.
pub fn derive_layer(city: &City, e: &Expression, control: &Control) -> Result<Layer, DeriveError> {
    computed(&city.slots, e, city.info.area_of_interest.as_ref(), control)
}

/// A slot that a derived layer fills, with what else is bound to it: enough to fill it anew.
#[derive(Debug, Clone)]
pub struct Refill {
    /// The slot.
    slot: SlotId,
    /// Bindings in their order; what files brought is kept, what a derived layer brings is taken anew.
    sources: Vec<(Binding, Option<Arc<Features>>)>,
}

impl Refill {
    /// Of a slot that files and derived layers fill together.
    pub(super) fn new(slot: &SlotId, files: &[(&Binding, Bound)], derived: &[Binding]) -> Self {
        let kept = |(binding, bound): &(&Binding, Bound)| match bound {
            Bound::Vector(features) => Some(((*binding).clone(), Some(Arc::new((**features).clone())))),
            _ => None,
        };
        let files = files.iter().filter_map(kept);
        Self {
            slot: slot.clone(),
            sources: files.chain(derived.iter().map(|b| (b.clone(), None))).collect(),
        }
    }

    fn run(&self, slots: &[Slot], has_area: bool) -> Option<SlotData> {
        let def = &slots.iter().find(|s| s.id == self.slot)?.def;
        let one = |(binding, kept): &'_ (Binding, Option<Arc<Features>>)| match kept {
            Some(features) => Bound::Vector(Box::new((**features).clone())),
            None => bound(binding, def, slots),
        };
        let list = self.sources.iter().map(|s| (&s.0, one(s))).collect();
        // What is wrong with the sources was told when the project was opened.
        Some(fill(&self.slot, list, has_area, &mut Report::default()))
    }
}

/// Something that follows other layers.
enum Follower<'a> {
    Expression(&'a Expression),
    Refill(&'a Refill),
}

impl Follower<'_> {
    fn makes(&self) -> SlotId {
        match self {
            Self::Expression(e) => e.slot(),
            Self::Refill(r) => r.slot.clone(),
        }
    }

    fn needs(&self, slot: &SlotId) -> bool {
        match self {
            Self::Expression(e) => e.of.iter().any(|i| i.slot == *slot),
            Self::Refill(r) => r
                .sources
                .iter()
                .filter_map(|(b, _)| b.derived.as_deref())
                .any(|id| SlotId::new(MODULE, id) == *slot),
        }
    }
}

/// Computes anew what rests on `changed` slots after their data were replaced, derived layers and the slots that they fill, and returns it.
/// Slots of `by_hand` stay as they are: somebody edits their features one by one.
pub fn rederive(city: &mut City, changed: &BTreeSet<SlotId>, by_hand: &BTreeSet<SlotId>, control: &Control) -> BTreeSet<SlotId> {
    let info = city.info.clone();
    let area = info.area_of_interest.as_ref();
    let (mut changed, mut redone) = (changed.clone(), BTreeSet::new());
    for follower in sorted(&info.derived, &info.refills) {
        let slot = follower.makes();
        let stale = changed.iter().any(|c| follower.needs(c));
        let data = match &follower {
            Follower::Expression(e) if stale => Some(match computed(&city.slots, e, area, control) {
                Ok(layer) => filled(layer),
                Err(error) => SlotData::Missing { reason: error.text() },
            }),
            // Whoever takes back the last edit by hand gets what the derived layer holds by now.
            Follower::Refill(r) if (stale || changed.contains(&slot)) && !by_hand.contains(&slot) => r.run(&city.slots, area.is_some()),
            _ => None,
        };
        let Some(data) = data else { continue };
        if let Some(slot) = city.slots.iter_mut().find(|s| s.id == slot) {
            slot.data = data;
        }
        changed.insert(slot.clone());
        redone.insert(slot);
    }
    redone
}

/// Expressions and slots so that each comes after those it needs; those that stand in a circle or behind one are left out.
fn sorted<'a>(expressions: &'a [Expression], refills: &'a [Refill]) -> Vec<Follower<'a>> {
    let mut waiting: Vec<Follower> = expressions.iter().map(Follower::Expression).collect();
    waiting.extend(refills.iter().map(Follower::Refill));
    let mut out = vec![];
    while let Some(at) = waiting.iter().position(|f| !waiting.iter().any(|w| f.needs(&w.makes()))) {
        out.push(waiting.remove(at));
    }
    out
}

/// What is still to be done when all files are read.
pub(super) struct Pending<'a> {
    pub expressions: &'a [Expression],
    /// Bindings that name an expression, with the place of their slot.
    pub bindings: Vec<(usize, Binding)>,
    /// Text of the project file.
    pub text: &'a str,
    pub area: Option<&'a Geometries>,
}

impl Pending<'_> {
    /// Computes all expressions. `fill` closes a slot with everything that was bound to it as soon as nothing is awaited for it any more.
    pub fn run(
        self,
        slots: &mut [Slot],
        around: &Surroundings<'_>,
        report: &mut Report,
        mut fill: impl FnMut(usize, &mut Slot, Vec<(Binding, Bound)>, &mut Report),
    ) {
        let mut waiting: Vec<&Expression> = self.expressions.iter().collect();
        let mut awaited = self.bindings;
        let mut arrived: BTreeMap<usize, Vec<(Binding, Bound)>> = BTreeMap::new();
        let total = waiting.len().max(1);
        loop {
            // A binding is served when its expression is no longer waited for.
            let (ready, rest): (Vec<_>, Vec<_>) = awaited
                .into_iter()
                .partition(|(_, b)| !waiting.iter().any(|e| Some(&e.id) == b.derived.as_ref()));
            awaited = rest;
            for (at, binding) in ready {
                let bound = bound(&binding, &slots[at].def, slots);
                arrived.entry(at).or_default().push((binding, bound));
            }
            let done: Vec<usize> = arrived
                .keys()
                .copied()
                .filter(|at| !awaited.iter().any(|(slot, _)| slot == at))
                .collect();
            for at in done {
                if let Some(list) = arrived.remove(&at) {
                    fill(at, &mut slots[at], list, report);
                }
            }
            let open = |id: &SlotId| waiting.iter().any(|w| w.slot() == *id) || awaited.iter().any(|(at, _)| slots[*at].id == *id);
            let Some(next) = waiting.iter().position(|e| !e.of.iter().any(|i| open(&i.slot))) else {
                break;
            };
            let e = waiting.remove(next);
            let title = &e.title;
            around.control.report(
                format!("Bildet {}", title.de),
                format!("making {}", title.en),
                1.0 - waiting.len() as f32 / total as f32,
            );
            let result = computed(slots, e, self.area, around.control);
            self::put(slots, e, result, self.text, report);
        }
        for e in &waiting {
            let error = DeriveError::Cycle {
                chain: circle(e, &waiting, &awaited, slots),
            };
            self::put(slots, e, Err(error), self.text, report);
        }
        let mut left: BTreeMap<usize, Vec<(Binding, Bound)>> = arrived;
        for (at, binding) in awaited {
            let bound = bound(&binding, &slots[at].def, slots);
            left.entry(at).or_default().push((binding, bound));
        }
        for (at, list) in left {
            fill(at, &mut slots[at], list, report);
        }
    }
}

fn put(slots: &mut [Slot], e: &Expression, result: Result<Layer, DeriveError>, text: &str, report: &mut Report) {
    let data = match result {
        Ok(layer) => filled(layer),
        Err(error) => {
            report.push(finding(e, &error, text));
            SlotData::Missing { reason: error.text() }
        }
    };
    if let Some(slot) = slots.iter_mut().find(|s| s.id == e.slot()) {
        slot.data = data;
    }
}

/// From an expression along what it waits for, until something comes again.
fn circle(from: &Expression, waiting: &[&Expression], awaited: &[(usize, Binding)], slots: &[Slot]) -> Vec<SlotId> {
    let mut chain = vec![from.slot()];
    while chain.len() <= 2 * (waiting.len() + awaited.len()) {
        let Some(last) = chain.last() else { break };
        let next = match waiting.iter().find(|e| e.slot() == *last) {
            Some(e) => {
                let open = |id: &SlotId| waiting.iter().any(|w| w.slot() == *id) || awaited.iter().any(|(at, _)| slots[*at].id == *id);
                e.of.iter().map(|i| i.slot.clone()).find(open)
            }
            None => awaited
                .iter()
                .find(|(at, _)| slots[*at].id == *last)
                .and_then(|(_, b)| Some(SlotId::new(MODULE, b.derived.as_deref()?))),
        };
        let Some(next) = next else { break };
        let again = chain.contains(&next);
        chain.push(next);
        if again {
            break;
        }
    }
    chain
}

/// A derived layer as a source of another slot, filtered and with its attributes mapped like every source.
fn bound(binding: &Binding, def: &SlotDef, slots: &[Slot]) -> Bound {
    let refuse = |code: &str, text: LocalText| {
        let finding = Finding::new(code, Level::Error, text.de, text.en);
        Bound::Failed(vec![finding.file(binding.label()).layer(binding.slot.to_string())])
    };
    let id = SlotId::new(MODULE, binding.derived.as_deref().unwrap_or_default());
    if binding.file.is_some() || !binding.files.is_empty() || binding.service.is_some() || !binding.joins.is_empty() {
        return refuse(
            "PJ-301",
            LocalText::new(
                "Die Einbindung nennt einen Ausdruck (derived) und eine weitere Quelle oder Tabelle. Nur den Ausdruck angeben.",
                "the binding names an expression (derived) and another source or table. Give the expression only.",
            ),
        );
    }
    let layer = match slots.iter().find(|s| s.id == id).map(|s| &s.data) {
        Some(SlotData::Vector(layer)) => &layer.layer,
        Some(SlotData::Missing { reason }) => {
            return refuse(
                "PJ-302",
                LocalText::new(format!("{id}: {}", reason.de), format!("{id}: {}", reason.en)),
            );
        }
        _ => return refuse("PJ-302", DeriveError::UnknownSlot { slot: id }.text()),
    };
    match mapped(binding, def, layer) {
        Ok(features) => Bound::Vector(Box::new(features)),
        Err(findings) => {
            let named = |f: Finding| f.file(binding.label()).layer(binding.slot.to_string());
            Bound::Failed(findings.into_iter().map(named).collect())
        }
    }
}

fn mapped(binding: &Binding, def: &SlotDef, layer: &Layer) -> Result<Features, Vec<Finding>> {
    let rows: Vec<u32> = match binding.filter.as_deref() {
        None => (0..layer.len() as u32).collect(),
        Some(text) => {
            let filter = Filter::parse(text).map_err(|e| vec![bind::fatal("PJ-016", e.text())])?;
            let keep = filter.select(&layer.attributes, layer.len());
            (0..layer.len() as u32).filter(|r| keep[*r as usize]).collect()
        }
    };
    let mut geometry = crate::model::GeometriesBuilder::new(layer.geometry.kind());
    for row in &rows {
        geometry.copy_feature(&layer.geometry, *row as usize);
    }
    let geometry = shape::shaped(geometry.finish(), binding.shape);
    if let Some(finding) = bind::misfit_of(&geometry, def) {
        return Err(vec![finding]);
    }
    let table = layer.attributes.take(&rows);
    let (attributes, findings) = attributes::map(&table, &geometry, &def.attributes, &binding.attributes, &binding.lenient)?;
    Ok(Features {
        bodies: layer.bodies.as_ref().map(|b| b.take(&rows)),
        attributes,
        ids: rows.iter().map(|r| layer.ids[*r as usize].clone()).collect(),
        provenance: layer.provenance.clone(),
        coverage: layer.coverage.clone(),
        report: Report {
            expected: Some(rows.len() as u64),
            loaded: rows.len() as u64,
            findings,
        },
        geometry,
    })
}
