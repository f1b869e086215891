//! A file at a glance, before anybody decides about it: every layer read once, with its attributes, samples and repairs.

use super::ImportError;
use crate::{
    model::{Bbox, Column, Finding, GeometryKind, LocalText, Report},
    progress::Control,
    readers::{self, RasterInspection, RawLayer, RawRaster, VectorRequest},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Layers looked at; files of more are cut off with a word.
const MOST_LAYERS: usize = 32;
/// The readers' code for features of another kind of geometry.
const OTHER_KIND: &str = "RD-004";
/// Sample values of an attribute.
const SAMPLES: usize = 5;
/// Distinct values that are told apart: more are no code list.
pub(super) const MOST_DISTINCT: usize = 400;

/// A file that may be taken in.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Where it lies.
    pub path: PathBuf,
    /// Its file name.
    pub name: String,
    /// Format for people ("GeoPackage").
    pub format: String,
    /// GDAL driver short name ("GPKG"), or our own reader.
    pub driver: String,
    /// Layers in the order of the file; a grid is one layer.
    pub layers: Vec<CandidateLayer>,
    /// Layers that were not looked at, because there are too many.
    pub left_out: usize,
    /// What is odd about the file as a whole.
    pub findings: Vec<Finding>,
}

/// One layer.
#[derive(Debug, Clone)]
pub struct CandidateLayer {
    /// Its name in the file; empty for a grid.
    pub name: String,
    /// The file has other layers beside it.
    pub several: bool,
    /// What is in it.
    pub content: Content,
    /// Features the file announces.
    pub expected: Option<u64>,
    /// `EPSG:n` or WKT, as the file says.
    pub declared_crs: Option<String>,
    /// The box of its coordinates, as they are in the file.
    pub extent: Bbox,
    /// Its attributes with samples.
    pub attributes: Vec<AttributeView>,
    /// What was dropped or repaired while reading.
    pub report: Report,
}

/// What a layer holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// Features in the CRS of the file.
    Features(Arc<RawLayer>),
    /// Cells in the CRS of the file.
    Grid(Arc<RawRaster>, RasterInspection),
    /// It cannot be read, and why.
    Refused(LocalText),
}

impl CandidateLayer {
    /// The kind of its features; `None` for grids and what cannot be read.
    pub fn kind(&self) -> Option<GeometryKind> {
        match &self.content {
            Content::Features(raw) => Some(raw.geometry.kind()),
            _ => None,
        }
    }

    /// Features that were read.
    pub fn features(&self) -> u64 {
        match &self.content {
            Content::Features(raw) => raw.geometry.len() as u64,
            _ => 0,
        }
    }

    /// The CRS for a sentence: code, or the name inside its WKT.
    pub fn crs_name(&self) -> Option<&str> {
        let crs = self.declared_crs.as_deref()?;
        match crs.split_once('[') {
            None => Some(crs),
            Some((_, rest)) => rest.split('"').nth(1),
        }
    }
}

/// One attribute with what its values look like.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeView {
    /// Name in the file.
    pub name: String,
    /// Rows that have a value.
    pub filled: usize,
    /// The most frequent distinct values with their number, most frequent first; `None` where they are too many to be a code list.
    pub values: Option<Vec<(String, usize)>>,
    /// A few values in the order of the file, all different.
    pub samples: Vec<String>,
    /// Share of the values that are numbers (also as text, "12,5").
    pub numeric: f64,
}

impl AttributeView {
    pub(super) fn of(name: &str, column: &Column) -> Self {
        let mut counts = BTreeMap::<String, usize>::new();
        let (mut samples, mut filled, mut numeric, mut many) = (vec![], 0, 0, false);
        for row in 0..column.len() {
            let value = column.value(row);
            if value.is_null() {
                continue;
            }
            filled += 1;
            let text = value.to_string();
            numeric += usize::from(value.as_f64().is_some() || text.trim().replace(',', ".").parse::<f64>().is_ok());
            if samples.len() < SAMPLES && !text.trim().is_empty() && !samples.contains(&text) {
                samples.push(text.clone());
            }
            if !many {
                *counts.entry(text).or_default() += 1;
                many = counts.len() > MOST_DISTINCT;
            }
        }
        let mut values: Vec<(String, usize)> = counts.into_iter().collect();
        values.sort_by_key(|v| std::cmp::Reverse(v.1));
        Self {
            name: name.into(),
            filled,
            values: (!many).then_some(values),
            samples,
            numeric: if filled == 0 { 0.0 } else { numeric as f64 / filled as f64 },
        }
    }
}

/// Reads a file as it is, in its own coordinates. Takes as long as the file is large: call it off the window's thread.
///
/// # Errors
/// When the file is of no known format, refused or damaged as a whole. A single layer that cannot be read is [`Content::Refused`].
pub fn examine(path: &Path, control: &Control) -> Result<Candidate, ImportError> {
    let read = |source| ImportError::Read {
        path: path.into(),
        source: Box::new(source),
    };
    let name = path
        .file_name()
        .map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    let step = |f: f32| control.report(format!("Datei {name} ansehen"), format!("Looking at file {name}"), f);
    step(0.0);
    let found = readers::inspect(path).map_err(read)?;
    let mut layers = vec![];
    if let Some(grid) = found.raster {
        layers.push(match readers::read_raster(path, control) {
            Ok(raw) => CandidateLayer {
                name: String::new(),
                several: false,
                expected: None,
                declared_crs: raw.crs.clone(),
                extent: raw.raster.extent(),
                attributes: vec![],
                report: raw.report.clone(),
                content: Content::Grid(Arc::new(raw), grid),
            },
            Err(error) => refused(String::new(), false, error.text()),
        });
    }
    let (count, several) = (found.layers.len(), found.layers.len() > 1);
    for (k, layer) in found.layers.into_iter().take(MOST_LAYERS).enumerate() {
        if control.is_cancelled() {
            return Err(ImportError::Cancelled);
        }
        step(k as f32 / count.min(MOST_LAYERS) as f32);
        let read = |kind| {
            let request = VectorRequest {
                layer: Some(layer.name.clone()),
                kind,
                ..VectorRequest::default()
            };
            readers::read_vector(path, &request, control)
        };
        match read(None) {
            Ok(raw) => {
                let first = features(raw, several, layer.expected);
                // What a layer of mixed kinds left out is a layer of its own: a slot takes one kind.
                let mixed = first.report.findings.iter().any(|f| f.code == OTHER_KIND && f.dropped);
                let kind = first.kind();
                layers.push(first);
                for other in [GeometryKind::Point, GeometryKind::Line, GeometryKind::Polygon] {
                    if mixed && Some(other) != kind {
                        let rest = read(Some(other)).ok().filter(|raw| !raw.geometry.is_empty());
                        layers.extend(rest.map(|raw| features(raw, several, layer.expected)));
                    }
                }
            }
            Err(error) => layers.push(refused(layer.name.clone(), several, error.text())),
        }
    }
    if control.is_cancelled() {
        return Err(ImportError::Cancelled);
    }
    Ok(Candidate {
        path: path.into(),
        name,
        format: found.format,
        driver: found.driver,
        layers,
        left_out: count.saturating_sub(MOST_LAYERS),
        findings: found.findings,
    })
}

fn features(raw: RawLayer, several: bool, announced: Option<u64>) -> CandidateLayer {
    CandidateLayer {
        name: raw.name.clone(),
        several,
        expected: raw.report.expected.or(announced),
        declared_crs: raw.crs.clone(),
        extent: raw.geometry.extent(),
        attributes: raw.attributes.iter().map(|(n, c)| AttributeView::of(n, c)).collect(),
        report: raw.report.clone(),
        content: Content::Features(Arc::new(raw)),
    }
}

fn refused(name: String, several: bool, why: LocalText) -> CandidateLayer {
    CandidateLayer {
        name,
        several,
        content: Content::Refused(why),
        expected: None,
        declared_crs: None,
        extent: Bbox::EMPTY,
        attributes: vec![],
        report: Report::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_show_samples_and_what_their_values_are() {
        let texts = ["12,5", "12,5", "3", "drei"];
        let column = Column::from_texts(texts.iter().map(|t| Some(*t)).chain([None]));
        let view = AttributeView::of("h", &column);
        assert_eq!((view.filled, view.numeric), (4, 0.75));
        assert_eq!(view.samples, ["12,5", "3", "drei"]);
        assert_eq!(view.values.unwrap()[0], ("12,5".to_string(), 2));
        let many = Column::Integer((0..1000).map(Some).collect());
        assert_eq!(AttributeView::of("n", &many).values, None);
    }

    #[test]
    fn a_file_is_read_once_and_its_crs_is_not_judged() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("kitas.geojson");
        let feature = r#"{"type":"Feature","properties":{"plaetze":"40"},"geometry":{"type":"Point","coordinates":[387400,5821000]}}"#;
        std::fs::write(&file, format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#)).unwrap();
        let c = examine(&file, &Control::default()).unwrap();
        assert_eq!((c.driver.as_str(), c.layers.len(), c.layers[0].features()), ("GeoJSON", 1, 1));
        assert_eq!(c.layers[0].extent.min, [387_400.0, 5_821_000.0]);
        assert_eq!(c.layers[0].attributes[0].samples, ["40"]);
        assert!(examine(&dir.path().join("none.gpkg"), &Control::default()).is_err());
        let area = r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,0]]]}}"#;
        std::fs::write(
            &file,
            format!(r#"{{"type":"FeatureCollection","features":[{feature},{area},{area}]}}"#),
        )
        .unwrap();
        let c = examine(&file, &Control::default()).unwrap();
        let kinds: Vec<_> = c.layers.iter().map(|l| (l.kind(), l.features())).collect();
        assert_eq!(kinds, [(Some(GeometryKind::Point), 1), (Some(GeometryKind::Polygon), 2)]);
    }
}
