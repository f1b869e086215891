//! Sources that are services: what the cache holds of them becomes tiles of a binding or a picture on the ground. What was never fetched
//! is asked for only if this computer's user has confirmed the endpoint for this project.

use super::{
    Backdrop, ProjectError,
    bind::{Surroundings, fatal},
    file::{BackdropSource, Binding},
    open::{Frame, frame},
    tiles::Tile,
};
use crate::{
    layers::CleanLayer,
    model::{Bbox, Finding, GeometriesBuilder, GeometryKind, Level, LocalText, Provenance, Report, SlotId, Table},
    modules::SlotDef,
    progress::Control,
    services::{self, Confirmations, Entry, Limits, Place, ServiceError, ServiceSource},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// What the cache holds of one binding.
pub(super) struct Kept {
    entry: Entry,
    findings: Vec<Finding>,
}

/// A service that a project names.
#[derive(Debug, Clone)]
pub struct RemoteSource {
    /// Slot or backdrop that it fills.
    pub fills: SlotId,
    /// As in the project file.
    pub source: ServiceSource,
}

/// Every service of a project, without opening the project.
#[derive(Debug, Clone)]
pub struct Remotes {
    /// Project folder.
    pub folder: PathBuf,
    /// Title of the project.
    pub title: LocalText,
    /// CRS of the project.
    pub epsg: u32,
    /// Box of the area of interest.
    pub area: Option<Bbox>,
    /// In the order of the file.
    pub list: Vec<RemoteSource>,
}

impl Remotes {
    /// For [`services::fetch`].
    pub fn place(&self) -> Place<'_> {
        Place {
            folder: &self.folder,
            epsg: self.epsg,
            area: self.area,
        }
    }
}

/// The services of a project, by its folder or its `project.toml`. Nothing is contacted.
///
/// # Errors
/// What concerns the project as a whole: see [`ProjectError`].
pub fn remotes(path: &Path, control: &Control) -> Result<Remotes, ProjectError> {
    let Frame {
        file, folder, crs, area, ..
    } = frame(path, control)?;
    let bound = file.bindings.into_iter().filter_map(|b| Some((b.slot, b.service?)));
    let pictures = file.backdrops.into_iter().map(|b| (backdrop_id(&b.id), b.service));
    Ok(Remotes {
        folder,
        title: file.title,
        epsg: crs.epsg(),
        area: area.map(|a| a.extent()),
        list: bound
            .chain(pictures)
            .map(|(fills, source)| RemoteSource { fills, source })
            .collect(),
    })
}

fn backdrop_id(id: &str) -> SlotId {
    SlotId::new("backdrop", id)
}

/// A map service draws pictures; their colours are no values.
pub(super) fn no_grid() -> Finding {
    Finding::new(
        "PJ-180",
        Level::Error,
        "Ein Dienst kann kein Raster-Feld füllen: Bilder von Kartendiensten enthalten Farben, keine Messwerte. Als [[backdrop]] einbinden oder die Daten als Datei ablegen.",
        "a service cannot fill a raster slot: pictures of map services hold colours, not values. Bind it as [[backdrop]] or store the data as a file.",
    )
}

impl Surroundings<'_> {
    /// What there is of a binding's service: from the cache, or fetched now if that was confirmed. `None` for files.
    pub(super) fn kept(&self, binding: &Binding) -> Result<Option<Kept>, Vec<Finding>> {
        let Some(source) = &binding.service else { return Ok(None) };
        let refuse = |de: &str, en: &str| Err(vec![Finding::new("PJ-180", Level::Error, de, en)]);
        if binding.file.is_some() || !binding.files.is_empty() {
            return refuse(
                "Die Einbindung nennt eine Datei und einen Dienst. Nur eines von beiden angeben.",
                "the binding names both a file and a service. Give one of them only.",
            );
        }
        if source.kind.is_picture() {
            return refuse(
                "WMS und WMTS liefern Bilder, keine Objekte. Als [[backdrop]] einbinden; für Objekte einen WFS oder OGC API Features nennen.",
                "WMS and WMTS deliver pictures, not features. Bind them as [[backdrop]]; for features name a WFS or OGC API Features.",
            );
        }
        self.entry(source).map(Some).map_err(|f| vec![f])
    }

    fn place(&self) -> Place<'_> {
        Place {
            folder: self.folder,
            epsg: self.crs.epsg(),
            area: self.area,
        }
    }

    fn entry(&self, source: &ServiceSource) -> Result<Kept, Finding> {
        let cached = services::cached(self.folder, source).map_err(|e| {
            let code = if matches!(e, ServiceError::Address { .. }) {
                "PJ-180"
            } else {
                "PJ-184"
            };
            fatal(code, e.text())
        })?;
        let entry = match cached {
            Some(entry) => entry,
            None => {
                let confirmed = Confirmations::load().map_err(|e| fatal("PJ-181", e.text()))?;
                services::fetch(self.place(), source, &confirmed, Limits::default(), self.control).map_err(|e| {
                    let code = if matches!(e, ServiceError::NotConfirmed { .. }) {
                        "PJ-181"
                    } else {
                        "PJ-182"
                    };
                    fatal(code, e.text())
                })?
            }
        };
        let mut findings = vec![age(&entry)];
        findings.extend(self.outside(source, &entry));
        Ok(Kept { entry, findings })
    }

    /// A cache of another area answers for what it covers only.
    fn outside(&self, source: &ServiceSource, entry: &Entry) -> Option<Finding> {
        let [w, s, e, n] = entry.area?;
        let had = Bbox::new([w, s], [e, n]).buffered(1.0);
        let covered = |wanted: Bbox| entry.epsg == self.crs.epsg() && had.contains(wanted.min) && had.contains(wanted.max);
        if self.place().wanted(source).is_some_and(covered) {
            return None;
        }
        Some(Finding::new(
            "PJ-185",
            Level::Warning,
            "Der Zwischenspeicher deckt das heutige Untersuchungsgebiet nicht ab. Bitte den Dienst neu abrufen (`stadtschicht services fetch`).",
            "the cache does not cover today's area of interest. Please fetch the service again (`stadtschicht services fetch`).",
        ))
    }

    /// The pictures of a project.
    pub(super) fn backdrops(&self, list: &[BackdropSource], report: &mut Report) -> Vec<Backdrop> {
        let mut seen = BTreeSet::new();
        let mut out = vec![];
        for b in list {
            let plain = b.id.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
            if b.id.is_empty() || !plain || !seen.insert(&b.id) {
                report.push(
                    Finding::new(
                        "PJ-180",
                        Level::Error,
                        "Die id eines [[backdrop]] besteht aus Kleinbuchstaben, Ziffern und „_“ und kommt nur einmal vor; das Bild bleibt weg.",
                        "the id of a [[backdrop]] consists of lower-case letters, digits and _ and occurs only once; the picture is left out.",
                    )
                    .layer(services::words(&b.id, 60)),
                );
                continue;
            }
            out.push(self.backdrop(b, report));
        }
        out
    }

    fn backdrop(&self, backdrop: &BackdropSource, report: &mut Report) -> Backdrop {
        let service = &backdrop.service;
        let mut provenance = Provenance {
            file: format!("{} {}", service.kind.name(), service.layer),
            layer: Some(service.layer.clone()),
            driver: service.kind.name().into(),
            source: backdrop.source.clone(),
            licence: backdrop.licence.clone(),
            attribution: backdrop.attribution.clone(),
            data_date: backdrop.data_date.clone(),
            ..Provenance::default()
        };
        let id = backdrop_id(&backdrop.id);
        let picture = self.drawn(service, &mut provenance, &id, report);
        if let Err(finding) = &picture {
            report.push(finding.clone().file(&provenance.file).layer(id.to_string()));
        }
        Backdrop {
            id,
            title: backdrop.title.clone(),
            visible: backdrop.visible,
            opacity: if backdrop.opacity.is_finite() {
                backdrop.opacity.clamp(0.0, 1.0)
            } else {
                1.0
            },
            picture: picture.map(Into::into).map_err(|f| f.text),
            provenance,
        }
    }

    fn drawn(
        &self,
        service: &ServiceSource,
        provenance: &mut Provenance,
        id: &SlotId,
        report: &mut Report,
    ) -> Result<services::Picture, Finding> {
        if !service.kind.is_picture() {
            return Err(Finding::new(
                "PJ-180",
                Level::Error,
                "Ein [[backdrop]] braucht einen WMS oder WMTS.",
                "a [[backdrop]] needs a WMS or WMTS.",
            ));
        }
        let kept = self.entry(service)?;
        kept.origin(provenance);
        let picture = services::picture(self.folder, &kept.entry, self.control).map_err(|e| fatal("PJ-184", e.text()))?;
        let mut findings = kept.findings;
        let holes = kept.entry.picture.as_ref().map_or(0, |p| p.holes);
        if holes > 0 {
            findings.push(
                Finding::new(
                    "PJ-186",
                    Level::Warning,
                    format!("{holes} Kacheln gibt es beim Dienst nicht; dort bleibt der Untergrund leer."),
                    format!("the service does not have {holes} tiles; the ground stays empty there."),
                )
                .count(holes),
            );
        }
        report
            .findings
            .extend(findings.into_iter().map(|f| f.file(&provenance.file).layer(id.to_string())));
        Ok(picture)
    }
}

/// From when the data are: whoever opens a project without a network must see it.
fn age(entry: &Entry) -> Finding {
    let (day, service) = (entry.day(), &entry.service);
    let (de, en) = match entry.age_days(services::now()) {
        Some(0) => ("heute".to_string(), "today".to_string()),
        Some(1) => ("vor einem Tag".into(), "one day ago".into()),
        Some(n) => (format!("vor {n} Tagen"), format!("{n} days ago")),
        None => ("wann, ist unbekannt".into(), "when is unknown".into()),
    };
    Finding::new(
        "PJ-183",
        Level::Info,
        format!("Aus dem Zwischenspeicher: abgerufen am {day} ({de}) von {service}."),
        format!("From the cache: fetched on {day} ({en}) from {service}."),
    )
}

impl Kept {
    /// The answers as files of the project.
    pub fn tiles(&self, folder: &Path) -> Vec<Tile> {
        let tile = |page| Tile {
            name: format!("{}/{}", services::FOLDER, services::Page::clone(page).file),
            path: services::page_path(folder, page),
        };
        // Canonical, as the readers name files.
        let canonical = |t: Tile| Tile {
            path: t.path.canonicalize().unwrap_or(t.path),
            ..t
        };
        self.entry.pages.iter().map(tile).map(canonical).collect()
    }

    /// A service that has nothing in the area.
    pub fn nothing(&self, slot: &SlotDef) -> (String, CleanLayer) {
        let kind = super::bind::kind_of(slot.geometry).unwrap_or(GeometryKind::Polygon);
        let report = Report {
            expected: Some(0),
            ..Report::default()
        };
        let layer = CleanLayer {
            bodies: None,
            geometry: GeometriesBuilder::new(kind).finish(),
            attributes: Table::default(),
            ids: vec![],
            report,
        };
        (self.entry.service.clone(), layer)
    }

    /// Features that the service has and did not deliver.
    pub fn missing(&self) -> u64 {
        self.entry.missing()
    }

    /// Age, and what the service kept back, added to the sums.
    pub fn tell(self, report: &mut Report) {
        report.findings.splice(0..0, self.findings);
        let missing = self.entry.missing();
        if missing > 0 {
            let (of, got) = (self.entry.matched.unwrap_or(0), self.entry.delivered);
            report.expected = report.expected.map(|e| e + missing);
            report.push(
                Finding::new(
                    "RD-170",
                    Level::Warning,
                    format!("Der Dienst nennt {of} Objekte und hat {got} geliefert; {missing} fehlen. Später erneut abrufen oder den Betreiber fragen."),
                    format!("the service names {of} features and delivered {got}; {missing} are missing. Fetch again later or ask its operator."),
                )
                .count(missing)
                .dropped(),
            );
        }
        if self.entry.matched.is_none() {
            report.push(Finding::new(
                "RD-171",
                Level::Info,
                "Der Dienst sagt nicht, wie viele Objekte es gibt; ob alle da sind, ist nicht prüfbar.",
                "the service does not say how many features there are; whether all have come cannot be checked.",
            ));
        }
    }

    /// One origin for all pages.
    pub fn provenance(&self, pages: Vec<Provenance>, binding: &Binding) -> Provenance {
        let mut one = pages.into_iter().next().unwrap_or_else(|| Provenance {
            source: binding.source.clone(),
            licence: binding.licence.clone(),
            attribution: binding.attribution.clone(),
            data_date: binding.data_date.clone(),
            unofficial: binding.unofficial.unwrap_or(false),
            ..Provenance::default()
        });
        one.file = self.entry.service.clone();
        one.layer = Some(self.entry.layer.clone());
        self.origin(&mut one);
        one
    }

    /// What the project file does not say, the service does.
    fn origin(&self, provenance: &mut Provenance) {
        provenance.hash = self.entry.hash();
        provenance.retrieved = Some(self.entry.retrieved.clone());
        provenance.data_date.get_or_insert_with(|| self.entry.day().to_string());
        if provenance.attribution.is_none() {
            provenance.attribution.clone_from(&self.entry.attribution);
        }
        if let Some(picture) = &self.entry.picture {
            provenance.crs = format!("EPSG:{}", picture.epsg);
        }
    }
}
