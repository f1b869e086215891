//! A file that was dropped into the window: every layer of it, brought into the project CRS, with its report. Rules never see it.

use super::SessionError;
use crate::{
    import::{Candidate, CandidateLayer, Content, examine},
    index::IndexedLayer,
    layers::{ProjectCrs, clean},
    model::{Coverage, Layer, Provenance, SlotId},
    progress::Control,
    project::City,
};
use std::{path::Path, sync::Arc};

/// More layers than this are no accident of a dropped file; the first ones are read.
const MOST_LAYERS: usize = 12;

/// Reads every vector layer of a file for [`super::Session::add_layers`]. Takes as long as the file is large: call it off the window's thread.
///
/// # Errors
/// When the file is no vector file, names no usable CRS, or holds no layer. What is wrong with single features is in the layers' reports.
pub fn read_extra(city: &City, path: &Path, control: &Control) -> Result<Vec<IndexedLayer>, SessionError> {
    let file = examine(path, control).map_err(|source| SessionError::Import { source: Box::new(source) })?;
    let readable = file.layers.iter().filter(|l| matches!(l.content, Content::Features(_)));
    let layers: Vec<_> = readable
        .take(MOST_LAYERS)
        .map(|layer| extra_layer(city, &file, layer, None, control))
        .collect::<Result<_, _>>()?;
    if layers.is_empty() {
        return Err(SessionError::NoLayer { path: path.into() });
    }
    Ok(layers)
}

/// One layer of a file that was looked at, for [`super::Session::add_layers`]; `crs` replaces what the file says.
///
/// # Errors
/// When the layer holds no features or cannot be placed.
pub fn extra_layer(
    city: &City,
    file: &Candidate,
    layer: &CandidateLayer,
    crs: Option<u32>,
    control: &Control,
) -> Result<IndexedLayer, SessionError> {
    let path = &file.path;
    let Content::Features(raw) = &layer.content else {
        return Err(SessionError::NoLayer { path: path.clone() });
    };
    let epsg = city.info.epsg;
    let project = ProjectCrs::from_epsg(epsg).map_err(|source| SessionError::Crs {
        epsg,
        source: Box::new(source),
    })?;
    let over = crs.map(|epsg| format!("EPSG:{epsg}"));
    let clean = clean((**raw).clone(), &project, over.as_deref(), control).map_err(|source| SessionError::Place {
        path: path.clone(),
        source: Box::new(source),
    })?;
    let title = if layer.several {
        format!("{}: {}", file.name, layer.name)
    } else {
        file.name.clone()
    };
    Ok(IndexedLayer::new(Layer {
        slot: SlotId::new("extra", &title),
        geometry: clean.geometry,
        bodies: clean.bodies.map(Arc::new),
        attributes: clean.attributes,
        ids: clean.ids,
        provenance: vec![Provenance {
            file: file.name.clone(),
            layer: Some(layer.name.clone()),
            driver: file.driver.clone(),
            crs: over.unwrap_or_else(|| short_crs(layer.declared_crs.as_deref())),
            hash: hash(path)?,
            // Nobody vouched for a file that somebody dropped.
            unofficial: true,
            ..Provenance::default()
        }],
        coverage: Coverage::Undeclared,
        report: clean.report,
    }))
}

fn hash(path: &Path) -> Result<String, SessionError> {
    let work = || -> std::io::Result<String> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(std::fs::File::open(path)?)?;
        Ok(hasher.finalize().to_hex().to_string())
    };
    work().map_err(|source| SessionError::File { path: path.into(), source })
}

/// `EPSG:n` as it is, of WKT only the name.
fn short_crs(crs: Option<&str>) -> String {
    let Some(crs) = crs else { return String::new() };
    match crs.split_once('[') {
        None => crs.to_string(),
        Some((_, rest)) => rest.split('"').nth(1).unwrap_or(crs).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::session::{Command, state::tests::session};

    #[test]
    fn a_dropped_file_is_shown_with_its_report_and_no_rule_sees_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("haltestellen.geojson");
        let point = |x: f64| {
            format!(r#"{{"type":"Feature","properties":{{"name":"H{x}"}},"geometry":{{"type":"Point","coordinates":[{x},52.52]}}}}"#)
        };
        let text = format!(r#"{{"type":"FeatureCollection","features":[{},{}]}}"#, point(13.35), point(13.36));
        std::fs::write(&file, text).unwrap();
        let mut s = session(dir.path());
        let before = s.snapshot();
        let after = s.apply(Command::AddFile(file.clone())).unwrap();
        assert_eq!((before.city.extra.len(), after.city.extra.len()), (0, 1));
        let layer = &after.city.extra[0].layer;
        assert_eq!(layer.slot, "extra/haltestellen.geojson".into());
        assert_eq!(layer.len(), 2);
        assert!(layer.report.adds_up());
        // UTM 33 of 13.35° E, 52.52° N.
        let [x, y] = layer.geometry.coords()[0];
        assert!((x - 388_038.0).abs() < 200.0 && (y - 5_820_100.0).abs() < 600.0, "{x} {y}");
        assert_eq!(layer.provenance[0].hash.len(), 64);
        assert!(!after.unsaved, "a layer that is only shown is nothing to save");
        // The same file again takes the place of the first one.
        assert_eq!(s.apply(Command::AddFile(file)).unwrap().city.extra.len(), 1);

        let broken = dir.path().join("kaputt.geojson");
        std::fs::write(&broken, "{\"type\":").unwrap();
        let error = s.apply(Command::AddFile(broken)).unwrap_err();
        assert!(error.text().de.contains("kaputt.geojson"), "{}", error.text().de);
        assert_eq!(s.snapshot().city.extra.len(), 1);
    }
}
