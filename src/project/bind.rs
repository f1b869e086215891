//! One binding → features or a grid in the project CRS, or the reason why not.

use super::{
    attributes,
    file::{Binding, CoverageSource},
    path_policy, shape,
    shared::{self, Shared},
    tiles::{self, Tile},
};
use crate::{
    layers::{self, CleanLayer, ProjectCrs},
    model::{
        Bbox, Bodies, Column, Coverage, Finding, Geometries, GeometriesBuilder, GeometryKind, Level, LocalText, Provenance, Raster, Report,
        Table,
    },
    modules::{Filter, SlotDef, SlotGeometry},
    progress::Control,
    readers::{self, RawLayer, ReadError, VectorRequest},
};
use rayon::prelude::*;
use std::{borrow::Cow, io, path::Path, sync::Arc};

/// What every binding of a project shares.
pub(super) struct Surroundings<'a> {
    pub folder: &'a Path,
    pub crs: &'a ProjectCrs,
    /// Rasters are cut to this box.
    pub window: Option<Bbox>,
    /// The area of interest.
    pub area: Option<Bbox>,
    /// Layers that several bindings read.
    pub shared: Shared,
    pub control: &'a Control,
}

/// The features one binding brings.
#[derive(Debug, Clone)]
pub(super) struct Features {
    pub geometry: Geometries,
    pub bodies: Option<Bodies>,
    pub attributes: Table,
    pub ids: Vec<Arc<str>>,
    pub provenance: Vec<Provenance>,
    pub coverage: Coverage,
    pub report: Report,
}

/// What a binding turned into. Findings of a failed binding end with its reason.
pub(super) enum Bound {
    Vector(Box<Features>),
    Raster(Box<Raster>, Report),
    Failed(Vec<Finding>),
}

impl Surroundings<'_> {
    /// Reads, cleans and maps one binding.
    pub fn bind(&self, binding: &Binding, slot: &SlotDef) -> Bound {
        let named = |mut f: Finding| {
            // Files of one kind need not hold every layer that their mapping knows.
            if binding.part && f.code == "PJ-163" {
                f.level = Level::Info;
            }
            f.file.get_or_insert_with(|| binding.label());
            f.layer
                .get_or_insert_with(|| binding.layer.clone().unwrap_or_else(|| binding.slot.to_string()));
            f
        };
        let result = if slot.geometry == SlotGeometry::Raster {
            self.raster(binding)
        } else {
            self.vector(binding, slot)
        };
        match result {
            Ok(Bound::Vector(mut features)) => {
                features.report.findings = features.report.findings.into_iter().map(named).collect();
                Bound::Vector(features)
            }
            Ok(Bound::Raster(raster, mut report)) => {
                report.findings = report.findings.into_iter().map(named).collect();
                Bound::Raster(raster, report)
            }
            Ok(Bound::Failed(findings)) | Err(findings) => Bound::Failed(findings.into_iter().map(named).collect()),
        }
    }

    fn path(&self, source: &str) -> Result<std::path::PathBuf, Vec<Finding>> {
        path_policy::inside(self.folder, source).map_err(|e| {
            vec![Finding::new(
                "PJ-010",
                Level::Error,
                format!("Die Datei „{}“ wird nicht geöffnet: {}.", e.shown, e.why.de),
                format!("the file \"{}\" is not opened: {}.", e.shown, e.why.en),
            )]
        })
    }

    pub(super) fn provenance(&self, binding: &Binding, tile: &Tile, driver: &str, crs: Option<&str>) -> Provenance {
        Provenance {
            file: tile.name.clone(),
            layer: binding.layer.clone(),
            driver: driver.into(),
            crs: binding.crs.as_deref().or(crs).map(crs_name).unwrap_or_default(),
            hash: hash_of(&tile.path).unwrap_or_default(),
            source: binding.source.clone(),
            licence: binding.licence.clone(),
            attribution: binding.attribution.clone(),
            data_date: binding.data_date.clone(),
            retrieved: None,
            unofficial: binding.unofficial.unwrap_or(false),
        }
    }

    fn vector(&self, binding: &Binding, slot: &SlotDef) -> Result<Bound, Vec<Finding>> {
        let kept = self.kept(binding)?;
        let (tiles, mut findings) = match &kept {
            Some(kept) => (kept.tiles(self.folder), vec![]),
            None => tiles::tiles(self.folder, binding)?,
        };
        let read: Vec<Result<(CleanLayer, Provenance), Vec<Finding>>> = tiles.par_iter().map(|t| self.tile(binding, slot, t)).collect();
        let (mut layers, mut provenance) = (vec![], vec![]);
        let many = tiles.len() > 1;
        for (tile, outcome) in tiles.into_iter().zip(read) {
            match outcome {
                Ok((mut layer, origin)) => {
                    layer.report.findings = layer.report.findings.into_iter().map(|f| of_tile(f, &tile)).collect();
                    if let Some((_, first)) = layers.iter().find(|(_, l): &&(String, CleanLayer)| !l.geometry.is_empty())
                        && !layer.geometry.is_empty()
                        && layer.geometry.kind() != first.geometry.kind()
                    {
                        findings.push(
                            Finding::new(
                                "PJ-142",
                                Level::Error,
                                format!(
                                    "Die Kachel enthält {}, die anderen enthalten {}; sie bleibt ungenutzt.",
                                    plural(layer.geometry.kind()).de,
                                    plural(first.geometry.kind()).de
                                ),
                                format!(
                                    "the tile holds {}, the others hold {}; it is not used.",
                                    plural(layer.geometry.kind()).en,
                                    plural(first.geometry.kind()).en
                                ),
                            )
                            .file(&tile.name),
                        );
                        continue;
                    }
                    layers.push((tile.name, layer));
                    provenance.push(origin);
                }
                Err(own) => findings.extend(own.into_iter().map(|f| of_tile(f, &tile))),
            }
        }
        if layers.is_empty() {
            match &kept {
                Some(kept) if findings.is_empty() => layers.push(kept.nothing(slot)),
                _ => return Err(findings),
            }
        }
        let mut incomplete = many && findings.iter().any(|f| f.level == Level::Error);
        let CleanLayer {
            geometry,
            bodies,
            mut attributes,
            ids,
            mut report,
        } = tiles::merge(layers);
        report.findings.splice(0..0, findings);
        if let Some(kept) = kept {
            incomplete |= kept.missing() > 0;
            provenance = vec![kept.provenance(provenance, binding)];
            kept.tell(&mut report);
        }
        for join in &binding.joins {
            let (origin, findings) = self.join(join, &mut attributes, geometry.len());
            provenance.extend(origin);
            report.findings.extend(findings);
        }
        let (attributes, findings) = attributes::map(&attributes, &geometry, &slot.attributes, &binding.attributes, &binding.lenient)?;
        report.findings.extend(findings);
        let geometry = shape::shaped(geometry, binding.shape);
        if geometry.is_empty() && !binding.part {
            report.push(Finding::new(
                "PJ-014",
                Level::Warning,
                "Die Ebene enthält nach Filter und Prüfung kein Objekt. Ist das so gemeint, sollte die Zuordnung eine Abdeckung (coverage) nennen; sonst gilt sie als „keine Daten“.",
                "after filter and checks the layer holds no feature. If that is meant, the binding should declare its coverage; otherwise it counts as \"no data\".",
            ));
        }
        let mut coverage = self.coverage(binding, &mut report);
        if incomplete && coverage != Coverage::Undeclared {
            coverage = Coverage::Undeclared;
            report.push(Finding::new(
                "PJ-143",
                Level::Warning,
                "Weil Kacheln fehlen, gilt die erklärte Abdeckung nicht: Wo nichts liegt, ist das Ergebnis „unklar“.",
                "because tiles are missing, the declared coverage does not hold: where nothing lies the result is \"unknown\".",
            ));
        }
        Ok(Bound::Vector(Box::new(Features {
            geometry,
            bodies,
            attributes,
            ids,
            provenance,
            coverage,
            report,
        })))
    }

    /// One file of a vector binding, filtered and clean.
    fn tile(&self, binding: &Binding, slot: &SlotDef, tile: &Tile) -> Result<(CleanLayer, Provenance), Vec<Finding>> {
        let raw = self.read(
            &tile.path,
            binding.layer.as_deref(),
            binding.encoding.as_deref(),
            shared::kind(binding, slot),
        )?;
        let mut provenance = self.provenance(binding, tile, &raw.driver, raw.crs.as_deref());
        provenance.data_date = provenance.data_date.or_else(|| readers::data_date(&tile.path, &raw));
        let raw = select(raw, binding.filter.as_deref(), !binding.lenient.is_empty())?;
        if let Some(finding) = misfit(&raw, slot, binding.shape.is_some()) {
            return Err(vec![finding]);
        }
        let clean = layers::clean(raw, self.crs, binding.crs.as_deref(), self.control).map_err(|e| vec![fatal("PJ-012", e.text())])?;
        Ok((clean, provenance))
    }

    fn coverage(&self, binding: &Binding, report: &mut Report) -> Coverage {
        match &binding.coverage {
            None => Coverage::Undeclared,
            Some(CoverageSource::AreaOfInterest) => Coverage::AreaOfInterest,
            Some(CoverageSource::File { file, layer }) => match self.polygons(file, layer.as_deref()) {
                Ok(polygons) => Coverage::Polygons(polygons),
                Err(findings) => {
                    report.findings.extend(findings);
                    Coverage::Undeclared
                }
            },
        }
    }

    fn read(
        &self,
        path: &Path,
        layer: Option<&str>,
        encoding: Option<&str>,
        kind: Option<GeometryKind>,
    ) -> Result<Cow<'_, RawLayer>, Vec<Finding>> {
        if let Some(known) = self.shared.get(path, layer, encoding, kind) {
            return known.map(Cow::Borrowed);
        }
        let request = VectorRequest {
            layer: layer.map(Into::into),
            encoding: encoding.map(Into::into),
            kind,
            ..Default::default()
        };
        let raw = readers::read_vector(path, &request, self.control).map_err(|e| vec![unreadable(&e)])?;
        Ok(Cow::Owned(raw))
    }

    /// Clean polygons of a file: the area of interest, or a declared coverage.
    pub fn polygons(&self, file: &str, layer: Option<&str>) -> Result<Geometries, Vec<Finding>> {
        let path = self.path(file)?;
        let raw = self.read(&path, layer, None, Some(GeometryKind::Polygon))?;
        let clean = layers::clean(raw.into_owned(), self.crs, None, self.control).map_err(|e| vec![fatal("PJ-012", e.text())])?;
        if clean.geometry.is_empty() || clean.geometry.kind() != GeometryKind::Polygon {
            return Err(vec![
                Finding::new(
                    "PJ-015",
                    Level::Error,
                    "Die Datei enthält keine Fläche, die als Gebiet dienen könnte.",
                    "the file holds no polygon that could serve as an area.",
                )
                .file(file),
            ]);
        }
        Ok(clean.geometry)
    }
}

/// A finding with the tile's name inside the project instead of its path on this machine.
pub(super) fn of_tile(mut finding: Finding, tile: &Tile) -> Finding {
    let own = finding.file.as_deref().is_none_or(|f| Path::new(f) == tile.path);
    if own {
        finding.file = Some(tile.name.clone());
    }
    finding
}

/// A CRS as it is quoted: its code, or the name inside its WKT.
fn crs_name(crs: &str) -> String {
    if crs.len() < 32 {
        return crs.to_ascii_uppercase();
    }
    crs.split('"').nth(1).unwrap_or("WKT").to_string()
}

/// A file that cannot be read; a layer that is not in it has a code of its own.
pub(super) fn unreadable(e: &ReadError) -> Finding {
    let code = if matches!(e, ReadError::NoSuchLayer { .. }) {
        "PJ-163"
    } else {
        "PJ-011"
    };
    fatal(code, e.text())
}

pub(super) fn fatal(code: &str, text: LocalText) -> Finding {
    Finding::new(code, Level::Error, text.de, text.en)
}

pub(super) fn kind_of(geometry: SlotGeometry) -> Option<GeometryKind> {
    match geometry {
        SlotGeometry::Point => Some(GeometryKind::Point),
        SlotGeometry::Line => Some(GeometryKind::Line),
        SlotGeometry::Polygon => Some(GeometryKind::Polygon),
        SlotGeometry::PointOrPolygon | SlotGeometry::Any | SlotGeometry::Raster => None,
    }
}

fn plural(kind: GeometryKind) -> LocalText {
    match kind {
        GeometryKind::Point => LocalText::new("Punkte", "points"),
        GeometryKind::Line => LocalText::new("Linien", "lines"),
        GeometryKind::Polygon => LocalText::new("Flächen", "polygons"),
    }
}

fn wanted(geometry: SlotGeometry) -> LocalText {
    match geometry {
        SlotGeometry::Point => plural(GeometryKind::Point),
        SlotGeometry::Line => plural(GeometryKind::Line),
        SlotGeometry::Polygon => plural(GeometryKind::Polygon),
        SlotGeometry::PointOrPolygon => LocalText::new("Punkte oder Flächen", "points or polygons"),
        SlotGeometry::Any => LocalText::new("Punkte, Linien oder Flächen", "points, lines or polygons"),
        SlotGeometry::Raster => LocalText::new("ein Raster", "a raster"),
    }
}

/// Why the geometry of a layer does not suit a slot; an empty layer suits every slot, and areas may become points first.
pub(crate) fn misfit(raw: &RawLayer, slot: &SlotDef, as_points: bool) -> Option<Finding> {
    misfit_as(
        &raw.geometry,
        slot,
        if as_points { GeometryKind::Point } else { raw.geometry.kind() },
    )
}

/// As [`misfit`], for geometry that is taken as it is.
pub(super) fn misfit_of(geometry: &Geometries, slot: &SlotDef) -> Option<Finding> {
    misfit_as(geometry, slot, geometry.kind())
}

fn misfit_as(geometry: &Geometries, slot: &SlotDef, taken: GeometryKind) -> Option<Finding> {
    let found = geometry.kind();
    (!geometry.is_empty() && !slot.geometry.accepts(taken)).then(|| {
        Finding::new(
            "PJ-013",
            Level::Error,
            format!(
                "Der Steckplatz „{}“ verlangt {}, die Quelle enthält {}. Bitte eine andere Ebene zuordnen.",
                slot.title.de,
                wanted(slot.geometry).de,
                plural(found).de
            ),
            format!(
                "the slot \"{}\" asks for {}, the source holds {}. Bind another layer.",
                slot.title.en,
                wanted(slot.geometry).en,
                plural(found).en
            ),
        )
    })
}

/// Keeps the features for which the filter is true. `lenient`: an attribute that no feature of the file has is unknown for all of them, as in
/// formats that write only what is set; otherwise its name is taken for a mistake.
pub(crate) fn select(raw: Cow<'_, RawLayer>, filter: Option<&str>, lenient: bool) -> Result<RawLayer, Vec<Finding>> {
    let Some(text) = filter else { return Ok(raw.into_owned()) };
    let refused = |de: String, en: String| vec![Finding::new("PJ-016", Level::Error, de, en)];
    let filter = Filter::parse(text).map_err(|e| {
        refused(
            format!("Der Filter „{text}“ ist kein gültiger CQL2-Text: {e}"),
            format!("the filter \"{text}\" is not valid CQL2 text: {e}"),
        )
    })?;
    let lacking: Vec<String> = filter
        .attributes()
        .into_iter()
        .filter(|n| raw.attributes.column(n).is_none())
        .map(|n| n.to_string())
        .collect();
    if let (Some(name), false) = (lacking.first(), lenient) {
        let has = raw.attributes.names().take(20).collect::<Vec<_>>().join(", ");
        return Err(refused(
            format!("Der Filter „{text}“ nennt das Attribut „{name}“, das die Quelle nicht hat. Vorhanden: {has}."),
            format!("the filter \"{text}\" names the attribute \"{name}\", which the source does not have. It has: {has}."),
        ));
    }
    let rows = raw.geometry.len();
    let mut known = Cow::Borrowed(&raw.attributes);
    for name in lacking {
        known.to_mut().set(&name, Column::from_texts(std::iter::repeat_n(None, rows)));
    }
    let keep: Vec<u32> = filter
        .select(&known, rows)
        .iter()
        .enumerate()
        .filter(|(_, k)| **k)
        .map(|(r, _)| r as u32)
        .collect();
    let mut geometry = GeometriesBuilder::new(raw.geometry.kind());
    for row in &keep {
        geometry.copy_feature(&raw.geometry, *row as usize);
    }
    // A layer that other bindings share is not copied for the few rows that are kept.
    let mut out = RawLayer {
        file: raw.file.clone(),
        name: raw.name.clone(),
        driver: raw.driver.clone(),
        geometry: geometry.finish(),
        bodies: raw.bodies.as_ref().map(|b| b.take(&keep)),
        attributes: raw.attributes.take(&keep),
        ids: keep.iter().map(|r| raw.ids[*r as usize].clone()).collect(),
        crs: raw.crs.clone(),
        report: raw.report.clone(),
    };
    let left = (rows - keep.len()) as u64;
    out.report.expected = out.report.expected.map(|e| e.saturating_sub(left));
    out.report.loaded = keep.len() as u64;
    out.report.findings = readers::summed(out.report.findings);
    out.report.push(
        Finding::new(
            "PJ-017",
            Level::Info,
            format!("{} von {rows} Objekten erfüllen den Filter „{text}“.", keep.len()),
            format!("{} of {rows} features pass the filter \"{text}\".", keep.len()),
        )
        .count(keep.len() as u64),
    );
    Ok(out)
}

/// blake3 over the file and, for a shapefile, over the files that belong to it.
pub(super) fn hash_of(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut std::fs::File::open(path)?, &mut hasher)?;
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("shp")) {
        for sibling in ["cpg", "dbf", "prj", "shx"] {
            if let Ok(mut file) = std::fs::File::open(path.with_extension(sibling)) {
                io::copy(&mut file, &mut hasher)?;
            }
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}
