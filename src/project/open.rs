//! `project.toml` → [`City`].

use super::{
    City, ProjectError, ProjectInfo, Slot, SlotData,
    bind::{Bound, Features, Surroundings},
    derived::{self, Pending, Refill},
    file::{AreaOfInterest, Binding, ProjectFile},
    grid, mapping,
    shared::Shared,
    standing, tiles,
};
use crate::{
    index::IndexedLayer,
    layers::ProjectCrs,
    model::{Coverage, Finding, Geometries, GeometriesBuilder, GeometryKind, Layer, Level, LocalText, Report, SlotId},
    modules::{self, ModuleDef, Role},
    progress::Control,
};
use rayon::prelude::*;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Terrain and other rasters are kept this far beyond the area of interest.
const RASTER_MARGIN_M: f64 = 1000.0;

/// Opens a project by its folder or its `project.toml`.
///
/// A source that cannot be used leaves its slot [`SlotData::Missing`] with the reason; the rest still opens.
///
/// # Errors
/// Only what concerns the project as a whole: see [`ProjectError`].
pub fn open(path: &Path, control: &Control) -> Result<City, ProjectError> {
    let Frame {
        file,
        text,
        file_path,
        folder,
        crs,
        area: area_of_interest,
        report: of_area,
    } = frame(path, control)?;
    let mut modules = load_modules(&file, &folder, &file_path)?;
    let mut unusable = Report::default();
    let expressions = derived::usable(&file.derived, &modules, &text, &mut unusable);
    if !expressions.is_empty() {
        modules.push(derived::module(&expressions, &modules));
    }
    let mut report = modules::check(&modules);
    report.findings.extend(unusable.findings);
    change_rules(&file, &text, &mut modules, &mut report);
    report.findings.extend(of_area.findings);
    let mut around = Surroundings {
        folder: &folder,
        crs: &crs,
        window: area_of_interest.as_ref().map(|a| a.extent().buffered(RASTER_MARGIN_M)),
        area: area_of_interest.as_ref().map(Geometries::extent),
        shared: Shared::default(),
        control,
    };
    let pending = Pending {
        expressions: &expressions,
        bindings: vec![],
        text: &text,
        area: area_of_interest.as_ref(),
    };
    let (slots, refills) = fill_slots(&file, &modules, &mut around, pending, &mut report)?;
    let backdrops = around.backdrops(&file.backdrops, &mut report);
    if control.is_cancelled() {
        return Err(ProjectError::Cancelled);
    }
    if let Some(area) = &area_of_interest {
        for slot in slots.iter().filter(|s| s.def.role == Some(Role::Terrain)) {
            if let SlotData::Raster(raster) = &slot.data {
                let file = raster.provenance.first().map_or_else(String::new, |p| p.file.clone());
                report
                    .findings
                    .extend(grid::holes(raster, area).map(|f| f.layer(slot.id.to_string()).file(file)));
            }
        }
    }
    let mut city = City {
        info: Arc::new(ProjectInfo {
            folder,
            title: file.title,
            epsg: crs.epsg(),
            state: file.state,
            site: file.site,
            area_of_interest,
            views: file.views,
            groups: file.groups,
            synthetic: file.synthetic,
            derived: expressions,
            refills,
        }),
        modules: Arc::new(modules),
        slots,
        backdrops,
        extra: vec![],
        report,
    };
    let findings = standing::findings(&city);
    city.report.findings.extend(findings);
    Ok(city)
}

/// What a project is before its sources are read.
pub(super) struct Frame {
    pub file: ProjectFile,
    pub text: String,
    pub file_path: PathBuf,
    pub folder: PathBuf,
    pub crs: ProjectCrs,
    /// The area of interest.
    pub area: Option<Geometries>,
    /// Why there is no area, if one was meant.
    pub report: Report,
}

/// Reads the project file and its area of interest.
pub(super) fn frame(path: &Path, control: &Control) -> Result<Frame, ProjectError> {
    let file_path = if path.is_dir() {
        path.join("project.toml")
    } else {
        path.to_path_buf()
    };
    let text = std::fs::read_to_string(&file_path).map_err(|source| ProjectError::Unreadable {
        path: file_path.clone(),
        source,
    })?;
    let file = ProjectFile::parse(&text, &file_path)?;
    let folder = match file_path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let epsg = parse_epsg(&file.crs).ok_or_else(|| ProjectError::NotAnEpsgCode {
        path: file_path.clone(),
        found: file.crs.clone(),
    })?;
    let crs = ProjectCrs::from_epsg(epsg).map_err(|source| ProjectError::Crs {
        path: file_path.clone(),
        source,
    })?;
    let mut report = Report::default();
    let around = Surroundings {
        folder: &folder,
        crs: &crs,
        window: None,
        area: None,
        shared: Shared::default(),
        control,
    };
    let area = match &file.area_of_interest {
        Some(area) => read_area(area, &around, &mut report),
        None => None,
    };
    Ok(Frame {
        file,
        text,
        file_path,
        folder,
        crs,
        area,
        report,
    })
}

fn parse_epsg(text: &str) -> Option<u32> {
    text.trim().to_ascii_uppercase().strip_prefix("EPSG:")?.parse().ok()
}

/// A module of the project's own folder wins over a built-in one of the same name.
fn load_modules(file: &ProjectFile, folder: &Path, file_path: &Path) -> Result<Vec<ModuleDef>, ProjectError> {
    file.modules
        .iter()
        .map(|id| {
            let plain = !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            let own = folder.join("modules").join(id);
            if plain && own.is_dir() {
                return Ok(modules::load(&own)?);
            }
            match modules::builtin(id).filter(|_| plain) {
                Some(module) => Ok(module?),
                None => Err(ProjectError::UnknownModule {
                    path: file_path.into(),
                    module: id.clone(),
                    known: modules::builtin_ids().join(", "),
                }),
            }
        })
        .collect()
}

/// Writes the state's numbers and the project's changes into the rules. A change that does not fit is refused with its place.
fn change_rules(file: &ProjectFile, text: &str, modules: &mut [ModuleDef], report: &mut Report) {
    let state = file.state.as_deref();
    modules
        .iter_mut()
        .flat_map(|m| &mut m.rules)
        .for_each(|rule| modules::settle(rule, state));
    let source = modules::SourceFile::new("project.toml", text);
    for change in &file.rules {
        let id = format!("\"{}\"", change.id);
        let rule = modules.iter_mut().flat_map(|m| &mut m.rules).find(|r| r.id == change.id);
        let (code, key, why) = match rule {
            None => (
                "MD-110",
                "id".to_owned(),
                LocalText::new(
                    format!(
                        "die aktiven Module haben keine Regel „{}“; die Änderung bleibt ohne Wirkung",
                        change.id
                    ),
                    format!("the active modules have no rule \"{}\"; the change has no effect", change.id),
                ),
            ),
            Some(rule) => match modules::change(rule, change, state) {
                Ok(()) => continue,
                Err(e) => {
                    let why = e.text();
                    let de = format!("{}; die Regel gilt unverändert", why.de);
                    (
                        "MD-111",
                        e.key().to_owned(),
                        LocalText::new(de, format!("{}; the rule stands unchanged", why.en)),
                    )
                }
            },
        };
        let last = key.rsplit('.').next().unwrap_or(&key);
        let inside = if key == "id" { 0 } else { source.line_of(&["[[rule]]", &id, last]) };
        let line = inside.max(source.line_of(&["[[rule]]", &id]));
        report.push(
            Finding::new(
                code,
                Level::Error,
                format!("Zeile {line}, Schlüssel „{key}“: {}.", why.de),
                format!("line {line}, key \"{key}\": {}.", why.en),
            )
            .file("project.toml"),
        );
    }
}

fn read_area(area: &AreaOfInterest, around: &Surroundings<'_>, report: &mut Report) -> Option<Geometries> {
    let result = match (&area.file, area.bbox) {
        (Some(file), None) => around.polygons(file, area.layer.as_deref()),
        (None, Some([w, s, e, n])) if w < e && s < n && [w, s, e, n].iter().all(|v| v.is_finite()) => {
            let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
            b.ring([[w, s], [e, s], [e, n], [w, n], [w, s]]).end_part().end_feature();
            Ok(b.finish())
        }
        _ => Err(vec![Finding::new(
            "PJ-002",
            Level::Error,
            "area_of_interest braucht entweder file (mit layer) oder bbox = [West, Süd, Ost, Nord] in Metern.",
            "area_of_interest needs either file (with layer) or bbox = [west, south, east, north] in metres.",
        )]),
    };
    result
        .map_err(|findings| report.findings.extend(findings.into_iter().map(|f| f.layer("area_of_interest"))))
        .ok()
}

fn fill_slots(
    file: &ProjectFile,
    modules: &[ModuleDef],
    around: &mut Surroundings<'_>,
    mut pending: Pending<'_>,
    report: &mut Report,
) -> Result<(Vec<Slot>, Vec<Refill>), ProjectError> {
    let mut slots: Vec<Slot> = modules
        .iter()
        .flat_map(|m| {
            m.slots.iter().map(|s| Slot {
                id: s.full_id(&m.id),
                def: Arc::new(s.clone()),
                data: SlotData::Missing {
                    reason: LocalText::new("Keine Quelle zugeordnet.", "no source is bound."),
                },
            })
        })
        .collect();
    let known = |id: &SlotId| slots.iter().position(|s| s.id == *id);
    let mut jobs: Vec<(usize, Binding)> = vec![];
    let mut refused: Vec<(usize, Binding, Bound)> = vec![];
    for binding in &file.bindings {
        match (known(&binding.slot), mapping::expand(binding, around.folder)) {
            (Some(slot), Ok(all)) => {
                let (later, now): (Vec<_>, Vec<_>) = all.into_iter().map(|b| (slot, b)).partition(|(_, b)| b.derived.is_some());
                jobs.extend(now);
                pending.bindings.extend(later);
            }
            (Some(slot), Err(finding)) => {
                let finding = finding.layer(binding.slot.to_string());
                refused.push((slot, binding.clone(), Bound::Failed(vec![finding])));
            }
            (None, _) => report.push(
                Finding::new(
                    "PJ-001",
                    Level::Error,
                    format!(
                        "Den Steckplatz „{}“ gibt es in den aktiven Modulen nicht; die Quelle bleibt ungenutzt.",
                        binding.slot
                    ),
                    format!("the active modules have no slot \"{}\"; the source is not used.", binding.slot),
                )
                .file(binding.label()),
            ),
        }
    }
    let wanted = jobs.iter().map(|(slot, binding)| (binding, &*slots[*slot].def));
    around.shared = Shared::read(wanted, around.folder, around.control);
    let around = &*around;
    let done = AtomicUsize::new(0);
    let control = around.control;
    let bound: Vec<(usize, &Binding, Bound)> = jobs
        .par_iter()
        .map(|(slot, binding)| {
            if control.is_cancelled() {
                return (*slot, binding, Bound::Failed(vec![]));
            }
            let bound = around.bind(binding, &slots[*slot].def);
            let n = done.fetch_add(1, Ordering::Relaxed) + 1;
            let title = &slots[*slot].def.title;
            control.report(
                format!("Lädt {}", title.de),
                format!("loading {}", title.en),
                n as f32 / jobs.len() as f32,
            );
            (*slot, binding, bound)
        })
        .collect();
    if control.is_cancelled() {
        return Err(ProjectError::Cancelled);
    }
    let mut per_slot: Vec<Vec<(&Binding, Bound)>> = slots.iter().map(|_| vec![]).collect();
    let refused = refused
        .iter_mut()
        .map(|(slot, binding, b)| (*slot, &*binding, std::mem::replace(b, Bound::Failed(vec![]))));
    for (slot, binding, b) in refused.chain(bound) {
        per_slot[slot].push((binding, b));
    }
    let has_area = pending.area.is_some();
    let awaited: BTreeSet<usize> = pending.bindings.iter().map(|(slot, _)| *slot).collect();
    for (at, slot) in slots.iter_mut().enumerate().filter(|(at, _)| !awaited.contains(at)) {
        let list = std::mem::take(&mut per_slot[at]);
        if !list.is_empty() {
            slot.data = fill(&slot.id, list, has_area, report);
        }
    }
    let mut refills = vec![];
    pending.run(&mut slots, around, report, |at, slot, derived, report| {
        let mut list = std::mem::take(&mut per_slot[at]);
        let derived: Vec<(Binding, Bound)> = derived;
        let (bindings, bounds): (Vec<Binding>, Vec<Bound>) = derived.into_iter().unzip();
        refills.push(Refill::new(&slot.id, &list, &bindings));
        list.extend(bindings.iter().zip(bounds));
        slot.data = fill(&slot.id, list, has_area, report);
    });
    if control.is_cancelled() {
        return Err(ProjectError::Cancelled);
    }
    Ok((slots, refills))
}

/// A slot's data from everything that was bound to it.
pub(super) fn fill(id: &SlotId, list: Vec<(&Binding, Bound)>, has_area: bool, report: &mut Report) -> SlotData {
    let mut features: Vec<Features> = vec![];
    let mut reason = None;
    for (binding, bound) in list {
        match bound {
            Bound::Failed(findings) => {
                reason = findings
                    .iter()
                    .rev()
                    .find(|f| f.level == Level::Error)
                    .map(|f| f.text.clone())
                    .or(reason);
                report.findings.extend(findings);
            }
            Bound::Raster(raster, own) => {
                report.findings.extend(own.findings);
                return SlotData::Raster(Arc::new(*raster));
            }
            Bound::Vector(f) => match features.first() {
                Some(first) if first.geometry.kind() != f.geometry.kind() && !f.geometry.is_empty() => report.push(
                    Finding::new(
                        "PJ-018",
                        Level::Error,
                        "Mehrere Quellen eines Steckplatzes müssen dieselbe Geometrieart haben; diese bleibt ungenutzt.",
                        "several sources of one slot must have the same kind of geometry; this one is not used.",
                    )
                    .file(binding.label())
                    .layer(id.to_string())
                    .count(f.geometry.len() as u64)
                    .dropped(),
                ),
                _ => features.push(*f),
            },
        }
    }
    if let Some(r) = reason.take_if(|_| features.is_empty()) {
        return SlotData::Missing { reason: r };
    }
    if features.iter().any(|f| f.coverage == Coverage::AreaOfInterest) && !has_area {
        report.push(
            Finding::new(
                "PJ-003",
                Level::Warning,
                "Die Abdeckung nennt das Untersuchungsgebiet, aber das Projekt hat keines; sie gilt als nicht erklärt.",
                "the coverage names the area of interest, but the project has none; it counts as undeclared.",
            )
            .layer(id.to_string()),
        );
        features
            .iter_mut()
            .filter(|f| f.coverage == Coverage::AreaOfInterest)
            .for_each(|f| f.coverage = Coverage::Undeclared);
    }
    let empty = features.iter().all(|f| f.geometry.is_empty());
    let layer = join(id, features);
    // An empty layer proves absence only where somebody vouches for its completeness.
    if empty && layer.coverage == Coverage::Undeclared {
        let reason = LocalText::new(
            "Die zugeordnete Ebene enthält kein Objekt, und ihre Abdeckung ist nicht erklärt.",
            "the bound layer holds no feature, and its coverage is not declared.",
        );
        report.findings.extend(layer.report.findings);
        return SlotData::Missing { reason };
    }
    SlotData::Vector(IndexedLayer::new(layer))
}

/// Appends the features of several bindings. Ids are prefixed with the binding's number where there is more than one; OpenStreetMap's are
/// unique by themselves.
fn join(id: &SlotId, mut features: Vec<Features>) -> Layer {
    if features.len() == 1 {
        let f = features.remove(0);
        return Layer {
            slot: id.clone(),
            geometry: f.geometry,
            bodies: f.bodies.map(Arc::new),
            attributes: f.attributes,
            ids: f.ids,
            provenance: f.provenance,
            coverage: f.coverage,
            report: f.report,
        };
    }
    let parts: Vec<_> = features.iter().map(|f| (&f.geometry, &f.attributes)).collect();
    let (geometry, attributes) = tiles::stack(&parts, |_, _| true);
    let rows: Vec<_> = features.iter().map(|f| (f.geometry.len(), f.bodies.as_ref())).collect();
    let bodies = tiles::stack_bodies(&rows, |_, _| true);
    let (mut ids, mut provenance) = (vec![], vec![]);
    let mut sum = Report {
        expected: Some(0),
        ..Default::default()
    };
    let mut coverage = features.first().map_or(Coverage::Undeclared, |f| f.coverage.clone());
    let mut sources = features.iter().flat_map(|f| &f.provenance);
    let file = sources.next().map(|p| &p.file);
    let unique = sources.all(|p| p.driver == "OSM" && Some(&p.file) == file) && {
        let mut seen = BTreeSet::new();
        features.iter().flat_map(|f| &f.ids).all(|id| seen.insert(id))
    };
    for (n, f) in features.iter().enumerate() {
        ids.extend(
            f.ids
                .iter()
                .map(|id| if unique { id.clone() } else { format!("{}:{id}", n + 1).into() }),
        );
        provenance.extend(f.provenance.iter().cloned());
        sum.expected = sum.expected.zip(f.report.expected).map(|(a, b)| a + b);
        sum.loaded += f.report.loaded;
        sum.findings.extend(f.report.findings.iter().cloned());
        if f.coverage != coverage {
            // Different claims cannot be told apart per feature: the weakest holds.
            coverage = Coverage::Undeclared;
        }
    }
    Layer {
        slot: id.clone(),
        geometry,
        bodies: bodies.map(Arc::new),
        attributes,
        ids,
        provenance,
        coverage,
        report: sum,
    }
}
