//! ALKIS in the NAS form (GeoInfoDok), read by GDAL's NAS driver. That driver writes and believes a schema file beside its input, so it is shown
//! the file through a link in a folder of its own, which is gone afterwards.

use super::{
    Inspection, RawLayer, ReadError, VectorRequest,
    format::{OwnReader, Precheck, Source},
    gml,
};
use crate::{model::LocalText, progress::Control};
use std::{io, path::Path};

/// The reader.
#[derive(Debug)]
pub(crate) struct Nas;

/// True for a document of the surveying authorities' exchange schema.
pub(crate) fn is_nas(text: &[u8]) -> bool {
    let Some(root) = gml::root(text) else { return false };
    let of_schema = root.is_gml() && root.tag().contains("adv-online.de/namespaces/adv/gid");
    of_schema && (root.name.starts_with("AX_") || root.name.starts_with("AA_"))
}

/// No DOCTYPE, no depth bombs, and a count of what is there.
pub(crate) fn check(path: &Path) -> Result<Precheck, LocalText> {
    gml::check(path)
}

/// The file under another name, in a folder that lives as long as the second value.
fn linked(source: &Source) -> Result<(std::path::PathBuf, tempfile::TempDir), ReadError> {
    let failed = |e: io::Error| ReadError::Io {
        file: source.given.clone(),
        reason: e.to_string(),
    };
    let dir = tempfile::tempdir().map_err(failed)?;
    let path = dir.path().join("nas.xml");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&source.path, &path).map_err(failed)?;
    #[cfg(not(unix))]
    std::fs::copy(&source.path, &path).map_err(failed)?;
    Ok((path, dir))
}

/// The source at another path.
fn at(source: &Source, path: std::path::PathBuf) -> Result<Source, ReadError> {
    let precheck = check(&source.path).map_err(|why| ReadError::Refused {
        file: source.given.clone(),
        format: source.reader.name,
        why,
    })?;
    Ok(Source {
        given: source.given.clone(),
        path,
        reader: source.reader,
        precheck,
    })
}

impl OwnReader for Nas {
    fn asks_gdal(&self) -> bool {
        true
    }

    fn inspect(&self, source: &Source) -> Result<Inspection, ReadError> {
        let (path, _dir) = linked(source)?;
        super::gdal::inspect(&at(source, path)?)
    }

    fn read_vector(&self, source: &Source, request: &VectorRequest, control: &Control) -> Result<RawLayer, ReadError> {
        let (path, _dir) = linked(source)?;
        super::gdal::read_vector(&at(source, path)?, request, control)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{inspect, read_vector};

    #[test]
    fn alkis_is_read_whole_and_nothing_is_written_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("bestand.xml");
        std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/alkis/nas.xml"), &file).unwrap();
        let inspection = inspect(&file).unwrap();
        assert_eq!((inspection.format.as_str(), inspection.driver.as_str()), ("ALKIS (NAS)", "NAS"));
        let request = VectorRequest {
            layer: Some("AX_Gebaeude".into()),
            ..Default::default()
        };
        let raw = read_vector(&file, &request, &Control::default()).unwrap();
        assert_eq!((raw.geometry.len(), raw.crs.as_deref()), (2, Some("EPSG:25832")));
        assert_eq!((raw.report.expected, raw.report.dropped()), (Some(2), 0));
        assert_eq!(&*raw.ids[0], "DEXX00000000G001");
        assert_eq!(raw.attributes.value("gebaeudefunktion", 0).as_f64(), Some(1010.0));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no .gfs beside the input");
    }
}
