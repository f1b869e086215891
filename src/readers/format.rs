//! Which format a file is of, decided by its first bytes (and its size, for `.hgt`), never by its extension; and which paths are opened at all.

use super::{
    Inspection, RawLayer, RawRaster, ReadError, VectorRequest, archive, city, geojson, gml, nas, osm, printable, shapefile, xplan, xyz,
};
use crate::{
    model::{Finding, LocalText},
    progress::Control,
};
use std::{
    collections::BTreeSet,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Features or cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Features.
    Vector,
    /// Cells.
    Raster,
}

/// The first bytes, the size and the name of a file.
#[derive(Debug)]
pub struct Probe {
    head: Vec<u8>,
    size: u64,
    name: String,
}

/// A file format the program reads.
#[derive(Debug)]
pub struct Reader {
    /// Name for people.
    pub name: &'static str,
    /// The one GDAL driver that may open it, or the name of our own reader.
    pub driver: &'static str,
    /// Usual extensions, for file dialogs.
    pub extensions: &'static [&'static str],
    /// Features or cells.
    pub sort: Sort,
    /// Whether the bytes are of this format.
    test: fn(&Probe) -> bool,
    /// Looks through the file before GDAL does.
    check: fn(&Path, &Probe) -> Result<Precheck, LocalText>,
    /// Options the driver is opened with.
    pub(crate) open_options: &'static [&'static str],
    /// Our own reader where GDAL cannot read the format whole; without it, GDAL reads.
    pub(crate) own: Option<&'static dyn OwnReader>,
}

/// A format that GDAL cannot read whole. It keeps the same promises: bounded memory, nothing lost in silence, no panic on any bytes.
pub(crate) trait OwnReader: std::fmt::Debug + Sync {
    /// Layers, counts and CRS at a glance.
    fn inspect(&self, source: &Source) -> Result<Inspection, ReadError>;

    /// True when it hands the file to GDAL after a look of its own, so that GDAL keeps the driver.
    fn asks_gdal(&self) -> bool {
        false
    }

    /// The features of one layer.
    fn read_vector(&self, source: &Source, _: &VectorRequest, _: &Control) -> Result<RawLayer, ReadError> {
        Err(source.wrong_sort())
    }

    /// The grid.
    fn read_raster(&self, source: &Source, _: &Control) -> Result<RawRaster, ReadError> {
        Err(source.wrong_sort())
    }
}

/// What a look through the file found before GDAL saw it.
#[derive(Debug, Default)]
pub(crate) struct Precheck {
    /// Features in the file, counted without GDAL; per layer where the format has several.
    pub(crate) expected: Option<Expected>,
    /// What the file itself says about its CRS, where GDAL is known to guess.
    pub(crate) crs: Option<Option<String>>,
    /// `(layer, position)` of features whose coordinates hold something that is not a number.
    pub(crate) not_numbers: BTreeSet<(String, u64)>,
    /// The attribute that holds the source's ids.
    pub(crate) id_field: Option<&'static str>,
    /// Findings about the file as a whole.
    pub(crate) findings: Vec<Finding>,
}

/// A count made without GDAL.
#[derive(Debug)]
pub(crate) enum Expected {
    /// In the only layer.
    One(u64),
    /// In the layer of each name.
    ByLayer(std::collections::BTreeMap<String, u64>),
}

/// A recognised file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path as given: for messages.
    pub(crate) given: PathBuf,
    /// Canonical path of a regular file: for GDAL.
    pub(crate) path: PathBuf,
    pub(crate) reader: &'static Reader,
    pub(crate) precheck: Precheck,
}

impl Source {
    /// The path as printed.
    pub(crate) fn label(&self) -> String {
        printable(&self.given.to_string_lossy())
    }

    pub(crate) fn wrong_sort(&self) -> ReadError {
        ReadError::WrongSort {
            file: self.given.clone(),
            format: self.reader.name,
            raster: self.reader.sort == Sort::Raster,
        }
    }
}

fn no_check(_: &Path, _: &Probe) -> Result<Precheck, LocalText> {
    Ok(Precheck::default())
}

/// Which tags become columns is the program's own choice (`gdal/osmconf.ini`).
const OSM_OPTIONS: &[&str] = &["CONFIG_FILE=/vsimem/stadtschicht/osmconf.ini"];

/// Every format, in the order of the tests.
pub const READERS: &[Reader] = &[
    Reader {
        name: "GeoPackage",
        driver: "GPKG",
        extensions: &["gpkg"],
        sort: Sort::Vector,
        test: |p| p.starts(b"SQLite format 3\0") && matches!(p.head.get(68..72), Some(b"GPKG" | b"GP10" | b"GP11")),
        check: check_geopackage,
        // Immutable: no journal is replayed and no -wal or -shm file is made beside it.
        open_options: &["LIST_ALL_TABLES=NO", "IMMUTABLE=YES"],
        own: None,
    },
    Reader {
        name: "CityGML",
        driver: "CityGML",
        extensions: &["gml", "xml", "citygml"],
        sort: Sort::Vector,
        test: |p| gml::root(p.text()).is_some_and(|r| r.name == "CityModel"),
        check: no_check,
        open_options: &[],
        own: Some(&city::CityGml),
    },
    Reader {
        name: "CityJSON",
        driver: "CityJSON",
        extensions: &["json", "jsonl", "cityjson"],
        sort: Sort::Vector,
        test: |p| city::is_cityjson(p.text()),
        check: no_check,
        open_options: &[],
        own: Some(&city::CityJson),
    },
    Reader {
        name: "GeoJSON",
        driver: "GeoJSON",
        extensions: &["geojson", "json"],
        sort: Sort::Vector,
        test: |p| p.text().first() == Some(&b'{'),
        check: |path, _| geojson::check(path),
        open_options: &["NATIVE_DATA=NO"],
        own: None,
    },
    Reader {
        name: "Shapefile",
        driver: "ESRI Shapefile",
        extensions: &["shp"],
        sort: Sort::Vector,
        // The .shx begins with the same bytes.
        test: |p| p.starts(&[0, 0, 0x27, 0x0a]) && p.size >= 100 && p.name.to_ascii_lowercase().ends_with(".shp"),
        check: |path, _| shapefile::check(path),
        open_options: &["AUTO_REPACK=NO", "DBF_EOF_CHAR=NO"],
        own: None,
    },
    Reader {
        name: "FlatGeobuf",
        driver: "FlatGeobuf",
        extensions: &["fgb"],
        sort: Sort::Vector,
        test: |p| p.starts(b"fgb\x03fgb"),
        check: no_check,
        open_options: &["VERIFY_BUFFERS=YES"],
        own: None,
    },
    Reader {
        name: "OSM PBF",
        driver: "OSM",
        extensions: &["pbf"],
        sort: Sort::Vector,
        test: |p| p.head.first() == Some(&0) && p.head.get(4..15) == Some(b"\x0a\x09OSMHeader"),
        check: no_check,
        open_options: OSM_OPTIONS,
        own: Some(&osm::Osm),
    },
    Reader {
        name: "OSM XML",
        driver: "OSM",
        extensions: &["osm"],
        sort: Sort::Vector,
        test: |p| gml::root(p.text()).is_some_and(|r| r.name == "osm"),
        check: |path, _| gml::check_osm(path),
        open_options: OSM_OPTIONS,
        own: Some(&osm::Osm),
    },
    Reader {
        name: "OSM XML (gzip)",
        driver: "OSM",
        extensions: &["osm.gz", "gz"],
        sort: Sort::Vector,
        test: |p| osm::is_gzipped_xml(&p.head),
        check: no_check,
        open_options: &[],
        own: Some(&osm::OsmGz),
    },
    Reader {
        name: "XPlanGML",
        driver: "XPlanGML",
        extensions: &["gml", "xml"],
        sort: Sort::Vector,
        test: |p| gml::root(p.text()).is_some_and(|r| xplan::is_xplan(r.tag())),
        check: |path, _| xplan::check(path),
        open_options: &[],
        own: Some(&xplan::XPlan),
    },
    Reader {
        name: "ALKIS (NAS)",
        driver: "NAS",
        extensions: &["xml"],
        sort: Sort::Vector,
        test: |p| nas::is_nas(p.text()),
        check: |path, _| nas::check(path),
        open_options: &[],
        own: Some(&nas::Nas),
    },
    Reader {
        name: "GML",
        driver: "GML",
        extensions: &["gml", "xml"],
        sort: Sort::Vector,
        test: |p| gml::root(p.text()).is_some_and(|r| r.is_gml()),
        check: |path, _| gml::check(path),
        open_options: &["WRITE_GFS=NO", "DOWNLOAD_SCHEMA=NO", "EXPOSE_GML_ID=YES"],
        own: None,
    },
    Reader {
        name: "GeoTIFF",
        driver: "GTiff",
        extensions: &["tif", "tiff"],
        sort: Sort::Raster,
        test: |p| [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|m| p.starts(m)),
        check: no_check,
        open_options: &[],
        own: None,
    },
    Reader {
        name: "ASCII-Raster",
        driver: "AAIGrid",
        extensions: &["asc"],
        sort: Sort::Raster,
        test: |p| p.text().get(..5).is_some_and(|t| t.eq_ignore_ascii_case(b"ncols")),
        check: no_check,
        open_options: &["DATATYPE=Float32"],
        own: None,
    },
    Reader {
        name: "SRTM .hgt",
        driver: "SRTMHGT",
        extensions: &["hgt"],
        sort: Sort::Raster,
        test: |p| [1201 * 1201, 3601 * 3601, 1801 * 3601].contains(&(p.size / 2)) && p.size % 2 == 0 && hgt_name(&p.name),
        check: no_check,
        open_options: &[],
        own: None,
    },
    Reader {
        name: "XYZ",
        driver: "own: XYZ",
        extensions: &["xyz", "txt", "csv", "asc"],
        sort: Sort::Raster,
        test: |p| xyz::looks_like(&p.head, p.head.len() as u64 == p.size),
        check: no_check,
        open_options: &[],
        own: Some(&xyz::Xyz),
    },
    Reader {
        name: "ZIP (.hgt, XYZ)",
        driver: "own: ZIP",
        extensions: &["zip"],
        sort: Sort::Raster,
        test: |p| p.starts(b"PK\x03\x04") || p.starts(b"PK\x05\x06"),
        check: |path, _| archive::check(path),
        open_options: &[],
        own: Some(&archive::Archive),
    },
];

/// The formats' names as a list.
pub fn format_names() -> String {
    READERS.iter().map(|r| r.name).collect::<Vec<_>>().join(", ")
}

/// `N49E011.hgt`: the corner is in the name only.
pub(super) fn hgt_name(name: &str) -> bool {
    let b = name.to_ascii_uppercase().into_bytes();
    b.len() >= 11
        && b.ends_with(b".HGT")
        && matches!(b[0], b'N' | b'S')
        && matches!(b[3], b'E' | b'W')
        && [1, 2, 4, 5, 6].iter().all(|i| b[*i].is_ascii_digit())
}

impl Probe {
    fn starts(&self, magic: &[u8]) -> bool {
        self.head.starts_with(magic)
    }

    /// The head behind a UTF-8 byte order mark and white space.
    fn text(&self) -> &[u8] {
        let t = self.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.head);
        t.trim_ascii_start()
    }

    /// A name for content that no reader takes.
    fn looks_like(&self) -> LocalText {
        let (t, head) = (self.text(), &self.head);
        let root = gml::root(t);
        let root = root.as_ref().map_or("", |r| r.name.as_str());
        match root {
            "VRTDataset" | "OGRVRTDataSource" | "OGRVRTLayer" => {
                return LocalText::new(
                    "VRT: verweist auf andere Dateien und wird nie geöffnet",
                    "VRT: it points to other files and is never opened",
                );
            }
            "html" | "HTML" => {
                return LocalText::new(
                    "HTML-Seite, vermutlich eine Anmeldung oder Fehlermeldung statt der Daten",
                    "an HTML page, probably a login or an error instead of the data",
                );
            }
            "" => {}
            other => return LocalText::same(format!("XML <{}>", printable(other))),
        }
        let starts = |m: &[u8]| head.starts_with(m);
        let same = LocalText::same;
        match () {
            () if head.is_empty() => LocalText::new("leere Datei", "an empty file"),
            () if t.is_empty() => LocalText::new("nur Leerzeichen", "only white space"),
            () if starts(b"\x1f\x8b") => LocalText::new("gzip-Archiv: zuerst entpacken", "a gzip archive: unpack it first"),
            () if starts(b"SQLite format 3\0") => {
                LocalText::new("SQLite-Datenbank, aber kein GeoPackage", "an SQLite database but no GeoPackage")
            }
            () if starts(b"version https://git-lfs") => LocalText::new(
                "Git-LFS-Verweis statt der Daten: `git lfs pull` ausführen",
                "a Git LFS pointer instead of the data: run `git lfs pull`",
            ),
            () if starts(b"fgb") => LocalText::new("FlatGeobuf einer unbekannten Version", "FlatGeobuf of an unknown version"),
            () if starts(&[0xff, 0xfe]) || starts(&[0xfe, 0xff]) => {
                LocalText::new("UTF-16-Text: als UTF-8 speichern", "UTF-16 text: save it as UTF-8")
            }
            () if starts(b"%PDF") => same("PDF"),
            () if t.first() == Some(&b'<') => {
                if gml::has_doctype(t) {
                    LocalText::new("XML mit DOCTYPE: wird nie geöffnet", "XML with a DOCTYPE: never opened")
                } else {
                    LocalText::new("XML, aber weder GML noch OSM", "XML, but neither GML nor OSM")
                }
            }
            () => LocalText::default(),
        }
    }
}

/// Checks the path, reads the head and finds the reader.
pub(crate) fn recognise(given: &Path) -> Result<Source, ReadError> {
    let not_a_file = || ReadError::NotAFile { file: given.into() };
    let io = |e: std::io::Error| ReadError::Io {
        file: given.into(),
        reason: e.to_string(),
    };
    let Some(text) = given.to_str() else { return Err(not_a_file()) };
    // GDAL reads names that begin like this as virtual files, archives and web addresses.
    if text.trim_start().to_ascii_lowercase().starts_with("/vsi") || text.contains('\0') {
        return Err(not_a_file());
    }
    let path = given.canonicalize().map_err(io)?;
    let meta = path.metadata().map_err(io)?;
    if !meta.is_file() || path.to_str().is_none_or(|p| p.to_ascii_lowercase().starts_with("/vsi")) {
        return Err(not_a_file());
    }
    let mut head = vec![];
    File::open(&path)
        .and_then(|f| f.take(64 << 10).read_to_end(&mut head))
        .map_err(io)?;
    let probe = Probe {
        head,
        size: meta.len(),
        name: path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
    };
    let Some(reader) = READERS.iter().find(|r| (r.test)(&probe)) else {
        return Err(ReadError::UnknownFormat {
            file: given.into(),
            looks_like: probe.looks_like(),
        });
    };
    let precheck = (reader.check)(&path, &probe).map_err(|why| ReadError::Refused {
        file: given.into(),
        format: reader.name,
        why,
    })?;
    Ok(Source {
        given: given.into(),
        path,
        reader,
        precheck,
    })
}

fn check_geopackage(path: &Path, _: &Probe) -> Result<Precheck, LocalText> {
    let mut pre = Precheck::default();
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    if Path::new(&wal).metadata().is_ok_and(|m| m.len() > 0) {
        pre.findings.push(Finding::new(
            "RD-018",
            crate::model::Level::Warning,
            "Neben der Datei liegt ein offenes Schreibprotokoll (-wal): Änderungen darin fehlen. Das andere Programm schließen und neu laden.",
            "An open write-ahead log (-wal) lies beside the file: the changes in it are missing. Close the other program and load again.",
        ));
    }
    Ok(pre)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(name: &str, bytes: &[u8]) -> Result<&'static str, ReadError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        recognise(&path).map(|s| s.reader.name)
    }

    #[test]
    fn the_bytes_decide_and_not_the_name() {
        let vrt = b"<OGRVRTDataSource><OGRVRTLayer name=\"x\"/></OGRVRTDataSource>";
        for name in ["a.gpkg", "a.gml", "a.tif", "a.vrt"] {
            let text = recognised(name, vrt).unwrap_err().text();
            assert!(text.en.contains("VRT") && text.en.contains(name), "{}", text.en);
        }
        assert_eq!(
            recognised("a.tif", br#"{"type":"FeatureCollection","features":[]}"#).unwrap(),
            "GeoJSON"
        );
        assert_eq!(recognised("a.gpkg", b"NCOLS 1\nnrows 1\n").unwrap(), "ASCII-Raster");
        assert_eq!(recognised("N49E011.hgt", &vec![0; 1201 * 1201 * 2]).unwrap(), "SRTM .hgt");
        assert!(recognised("other.hgt", &vec![0; 1201 * 1201 * 2]).is_err());
        assert!(recognised("a.gpkg", b"SQLite format 3\0 but short").is_err());
    }

    #[test]
    fn only_regular_files_are_opened() {
        let dir = tempfile::tempdir().unwrap();
        for p in [
            "/vsimem/x",
            "/vsicurl/http://127.0.0.1:9/x.tif",
            "/dev/zero",
            "/dev/stdin",
            "/",
            ".",
            "",
            "http://127.0.0.1:9/x",
            "a\0b",
            "PG:host=127.0.0.1",
        ] {
            assert!(recognise(Path::new(p)).is_err(), "{p}");
        }
        assert!(matches!(recognise(dir.path()), Err(ReadError::NotAFile { .. })));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/dev/zero", dir.path().join("zero.gpkg")).unwrap();
            assert!(matches!(recognise(&dir.path().join("zero.gpkg")), Err(ReadError::NotAFile { .. })));
        }
    }

    #[test]
    fn readers_are_complete_and_distinct() {
        let mut seen = BTreeSet::new();
        for r in READERS {
            assert!(
                seen.insert(r.name) && !r.extensions.is_empty() && !r.driver.is_empty(),
                "{}",
                r.name
            );
        }
    }
}
