//! A new project from the files a city has: they go in, a folder with `project.toml` and copies of the data comes out, together with what
//! was bound, what was not and what the rules still lack.
//!
//! Files are copied, not referred to: a project may only open what lies in its own folder, and travels as a whole. The folder appears in
//! one step when everything is done; an existing project is never written into.
//!
//! Finding codes: `PJ-170` a file is not used, `PJ-171` a file holds nothing for a slot, `PJ-172` a better source fills the slot,
//! `PJ-173` assumptions and stand-ins, `PJ-174` federal state, `PJ-175` extent, `PJ-176` a table is joined.

mod choose;
mod error;
mod files;
mod kind;
mod noise;
mod place;
mod portals;
mod tables;
mod write;

pub use error::StarterError;
pub use portals::{Portal, portal};

use crate::{
    model::{Finding, Level, LocalText, Report, SlotId},
    modules::{self, RuleLack},
    progress::Control,
    project::{self, City, SlotData},
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What a file was given as. Each kind has its mappings in the folder of that name in `assets/mappings/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// OpenStreetMap extract (PBF, XML, gzipped XML).
    Osm,
    /// Buildings in 3D (CityGML, CityJSON).
    Lod2,
    /// Ground heights.
    Dem,
    /// Development plans (XPlanGML).
    Xplan,
    /// Cadastre (ALKIS in NAS form).
    Alkis,
    /// A table without geometry (CSV, XLSX, ODS).
    Table,
}

impl SourceKind {
    /// Every kind in the order in which they are bound.
    pub const ALL: [Self; 6] = [Self::Osm, Self::Lod2, Self::Dem, Self::Xplan, Self::Alkis, Self::Table];

    /// The folders of its mappings in `assets/mappings/`.
    pub fn mappings(self) -> &'static [&'static str] {
        match self {
            Self::Osm => &["osm"],
            Self::Lod2 => &["citygml", "cityjson"],
            Self::Dem => &["dem"],
            Self::Xplan => &["xplan"],
            Self::Alkis => &["alkis"],
            Self::Table => &[],
        }
    }

    /// Its name on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Osm => "osm",
            Self::Lod2 => "lod2",
            Self::Dem => "dem",
            Self::Xplan => "xplan",
            Self::Alkis => "alkis",
            Self::Table => "table",
        }
    }
}

/// What to build.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The folder of the project: new or empty.
    pub folder: PathBuf,
    /// Title; without it the name of the nearest place, else of the folder.
    pub title: Option<String>,
    /// Longitude and latitude of the city (WGS 84, degrees).
    pub site: [f64; 2],
    /// Project CRS; without it the UTM zone of the site.
    pub epsg: Option<u32>,
    /// Federal state ("NW"); without it what the data say for sure.
    pub state: Option<String>,
    /// How far around the site the project looks, in metres.
    pub radius_m: f64,
    /// Files, in any order.
    pub files: Vec<(SourceKind, PathBuf)>,
    /// Binds land use as a stand-in for building areas and potential sites.
    pub stand_ins: bool,
    /// Computes road noise from the streets with assumed traffic.
    pub estimate_noise: bool,
}

impl Order {
    /// How far a project looks around its site unless told otherwise.
    pub const RADIUS_M: f64 = 2500.0;

    /// An order without files.
    pub fn new(folder: impl Into<PathBuf>, site: [f64; 2]) -> Self {
        Self {
            folder: folder.into(),
            title: None,
            site,
            epsg: None,
            state: None,
            radius_m: Self::RADIUS_M,
            files: vec![],
            stand_ins: false,
            estimate_noise: false,
        }
    }
}

/// A slot that is filled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filled {
    /// The slot.
    pub slot: SlotId,
    /// Its name.
    pub title: LocalText,
    /// Name of the mapping that binds it.
    pub mapping: String,
    /// Files inside the project folder.
    pub files: Vec<String>,
    /// Features; `None` for a grid.
    pub features: Option<u64>,
    /// The data are a model, an estimate or a stand-in.
    pub unofficial: bool,
    /// What to know about it.
    pub note: Option<LocalText>,
}

/// What came of an order.
#[derive(Debug, Clone, Serialize)]
pub struct Started {
    /// The project folder.
    pub folder: PathBuf,
    /// Title of the project.
    pub title: LocalText,
    /// EPSG code of the project CRS.
    pub epsg: u32,
    /// Its name.
    pub crs: String,
    /// Federal state, where it is known.
    pub state: Option<String>,
    /// West, south, east, north of the area of interest, in the project CRS.
    pub area: [f64; 4],
    /// Slots with data.
    pub filled: Vec<Filled>,
    /// What each rule still lacks, and where such data usually come from.
    pub lacking: Vec<RuleLack>,
    /// Portals of the state, or of all states when it is unknown.
    pub portals: Vec<Portal>,
    /// What was not used, assumed or left out.
    pub findings: Vec<Finding>,
}

/// Builds the project.
///
/// # Errors
/// When the folder is not free, the site or the CRS cannot be, a file cannot be copied, or the job was cancelled. Files that cannot be
/// used are findings, and the others still make a project.
pub fn create(order: &Order, control: &Control) -> Result<Started, StarterError> {
    let crs = place::crs(order)?;
    let centre = crs.from_lonlat(order.site).ok_or(StarterError::Site { site: order.site })?;
    if !(order.radius_m.is_finite() && (50.0..=100_000.0).contains(&order.radius_m)) {
        return Err(StarterError::Radius { radius_m: order.radius_m });
    }
    if let Some(state) = order.state.as_ref().filter(|s| portals::portal(s).is_none()) {
        return Err(StarterError::State { state: state.clone() });
    }
    let workshop = files::Workshop::new(&order.folder)?;
    let report = build(order, &crs, centre, workshop.path(), control)?;
    if control.is_cancelled() {
        return Err(StarterError::Cancelled);
    }
    workshop.finish()?;
    control.report("Das Projekt ist fertig", "the project is ready", 1.0);
    Ok(report)
}

fn build(order: &Order, crs: &crate::layers::ProjectCrs, centre: [f64; 2], dir: &Path, control: &Control) -> Result<Started, StarterError> {
    let mut findings = vec![];
    let step = |de: &str, en: &str, fraction: f32| {
        control.report(de, en, fraction);
        if control.is_cancelled() {
            Err(StarterError::Cancelled)
        } else {
            Ok(())
        }
    };
    step(
        "Sieht die Dateien an und kopiert sie",
        "looking at the files and copying them",
        0.02,
    )?;
    let sources = files::gather(&order.files, dir, control, &mut findings)?;
    let chosen = choose::choose(&sources, order.stand_ins, &mut findings);
    step("Sucht Ort und Land", "finding place and state", 0.15)?;
    let found = place::look(&sources, dir, order.site, control);
    let state = place::state(order, &found, &mut findings);
    let title = order.title.clone().or(found.place);

    let r = order.radius_m;
    let mut area = [centre[0] - r, centre[1] - r, centre[0] + r, centre[1] + r];
    let mut plan = write::Plan {
        title: title.clone().unwrap_or_else(|| folder_name(&order.folder)),
        epsg: crs.epsg(),
        state: state.clone(),
        site: centre,
        heart: centre,
        area,
        modules: modules_for(&chosen),
        binds: chosen,
    };
    step("Öffnet die Daten", "opening the data", 0.2)?;
    let city = open(&plan, dir, control)?;
    plan.binds = choose::keep_filled(choose::in_order(plan.binds, &city), &city, &mut findings);
    plan.modules = modules_for(&plan.binds);
    if let Some(name) = place::plan_name(&city).filter(|_| title.is_none()) {
        plan.title = name;
    }
    area = place::area(&city, crs, area, centre, &mut findings);
    (plan.area, plan.heart) = (area, place::heart(&city, area, centre));
    if order.estimate_noise {
        step("Berechnet Straßenlärm", "computing road noise", 0.6)?;
        plan.binds.extend(noise::estimate(&city, area, dir, control, &mut findings)?);
    }
    step("Verbindet Tabellen", "joining tables", 0.8)?;
    let joined = tables::join(&sources, &city, dir, &mut plan.binds, &mut findings);
    step("Prüft das neue Projekt", "checking the new project", 0.85)?;
    let mut city = open(&plan, dir, control)?;
    if tables::take_back(&joined, &city, &mut plan.binds, &mut findings) {
        city = open(&plan, dir, control)?;
    }
    let filled = filled(&plan, &city);
    let lacking = modules::lacking(&city.modules, &city.present(), state.as_deref());
    findings.extend(city.report.findings.iter().filter(|f| f.level >= Level::Warning).cloned());
    Ok(Started {
        folder: order.folder.clone(),
        title: city.info.title.clone(),
        epsg: crs.epsg(),
        crs: crs.name().into(),
        portals: portals::of(state.as_deref()),
        state,
        area,
        filled,
        lacking,
        findings,
    })
}

fn open(plan: &write::Plan, dir: &Path, control: &Control) -> Result<City, StarterError> {
    write::write(plan, dir)?;
    project::open(dir, control).map_err(|source| StarterError::Project { source: Box::new(source) })
}

fn filled(plan: &write::Plan, city: &City) -> Vec<Filled> {
    plan.binds
        .iter()
        .filter_map(|bind| {
            let slot = city.slot(&bind.slot)?;
            let features = match &slot.data {
                SlotData::Missing { .. } => return None,
                SlotData::Raster(_) => None,
                SlotData::Vector(layer) => Some(layer.layer.len() as u64),
            };
            Some(Filled {
                slot: bind.slot.clone(),
                title: slot.def.title.clone(),
                mapping: bind.mapping.clone(),
                files: bind.files.clone(),
                features,
                unofficial: bind.unofficial,
                note: bind.note.clone(),
            })
        })
        .collect()
}

/// The modules of a new project, in drawing order.
fn first_modules() -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Beginning {
        modules: Vec<String>,
    }
    // A test proves that the built-in file parses and names modules that exist.
    let text = include_str!("../../assets/starter.toml");
    toml::from_str::<Beginning>(text).map(|b| b.modules).unwrap_or_default()
}

/// Those, and further ones that the files have something for, such as the module of plans.
fn modules_for(binds: &[write::Bind]) -> Vec<String> {
    let mut modules = first_modules();
    for bind in binds {
        let module = bind.slot.module();
        if !modules.iter().any(|m| m == module) {
            modules.push(module.to_string());
        }
    }
    modules
}

fn folder_name(folder: &Path) -> String {
    folder
        .file_name()
        .map_or_else(|| "Stadt".into(), |n| n.to_string_lossy().into_owned())
}

/// A finding about the new project.
fn note(code: &str, level: Level, de: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding::new(code, level, de, en)
}

impl Started {
    /// The findings as a report.
    pub fn report(&self) -> Report {
        Report {
            findings: self.findings.clone(),
            ..Default::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_begins_with_modules_that_exist() {
        let known = modules::builtin_ids();
        assert!(first_modules().len() >= 3 && first_modules().iter().all(|m| known.contains(&m.as_str())));
    }

    #[test]
    fn each_kind_of_source_has_mappings_of_its_own() {
        let all = project::builtin_mappings();
        for folder in SourceKind::ALL.into_iter().flat_map(SourceKind::mappings) {
            assert!(all.iter().any(|m| m.name.starts_with(&format!("{folder}/"))), "{folder}");
        }
    }
}
