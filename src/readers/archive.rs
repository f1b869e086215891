//! ZIP archives in which terrain is handed out: one `.hgt` tile, or XYZ lists. They are read as a stream: nothing is unpacked to disk, names inside
//! lead nowhere, and a bomb meets the limits on entries and bytes before it meets memory.

use super::{
    Inspection, RasterInspection, RawRaster, ReadError,
    format::{OwnReader, Precheck, Source, hgt_name},
    gather::Gather,
    printable, xyz,
};
use crate::{
    model::{Finding, Level, LocalText, Raster, Report},
    progress::Control,
};
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};
use zip::ZipArchive;

/// Most entries of an archive.
const MOST_ENTRIES: usize = 1000;
/// Most bytes of one unpacked list: a 2 km tile of a DGM1 has 120 MB.
const MOST_BYTES: u64 = 4 << 30;
/// No unpacked list is longer than this many times its packed form; heights of level water reach a third of that.
const MOST_RATIO: u64 = 100;
/// Heights that mean "none" in SRTM.
const HGT_VOID: i16 = -32768;

/// The reader.
#[derive(Debug)]
pub(super) struct Archive;

/// What an archive holds for us.
#[derive(Debug, PartialEq)]
enum Content {
    /// The tile's entry, south-west corner in degrees, columns and rows.
    Hgt(usize, [f64; 2], [usize; 2]),
    /// Entries that are lists.
    Lists(Vec<usize>),
}

type Zip = ZipArchive<BufReader<File>>;

fn open(path: &Path) -> io::Result<Zip> {
    ZipArchive::new(BufReader::new(File::open(path)?)).map_err(io::Error::other)
}

fn refuse<T>(de: impl Into<String>, en: impl Into<String>) -> Result<T, LocalText> {
    Err(LocalText::new(de, en))
}

/// Which entries are terrain. Everything else in the archive is named in a finding, or is the reason to refuse it.
fn content(path: &Path) -> Result<(Content, Vec<String>), LocalText> {
    let damaged = |e: String| {
        LocalText::new(
            format!("das Archiv ist beschädigt ({}). Neu herunterladen.", printable(&e)),
            format!("the archive is damaged ({}). Download it again.", printable(&e)),
        )
    };
    let mut zip = open(path).map_err(|e| damaged(e.to_string()))?;
    if zip.len() > MOST_ENTRIES {
        return refuse(
            format!(
                "das Archiv hat {} Einträge, erlaubt sind {MOST_ENTRIES}. Zuerst entpacken.",
                zip.len()
            ),
            format!(
                "the archive has {} entries, {MOST_ENTRIES} are allowed. Unpack it first.",
                zip.len()
            ),
        );
    }
    let (mut tiles, mut lists, mut others) = (vec![], vec![], vec![]);
    for k in 0..zip.len() {
        let entry = zip.by_index_raw(k).map_err(|e| damaged(e.to_string()))?;
        let name = printable(&entry.name().map_err(|e| damaged(e.to_string()))?);
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default().to_string();
        if entry.is_dir() || last.is_empty() || last.starts_with('.') || name.starts_with("__MACOSX") {
            continue;
        }
        if matches!(name.as_str(), "[Content_Types].xml" | "mimetype") {
            return refuse(
                "das ist eine Arbeitsmappe (XLSX, ODS), keine Karte. Tabellen werden mit `[[bind.join]]` an eine Ebene gehängt.",
                "this is a workbook (XLSX, ODS) and no map. Tables are joined to a layer with `[[bind.join]]`.",
            );
        }
        if entry.encrypted() {
            return refuse(
                "das Archiv ist mit einem Kennwort geschützt. Zuerst entpacken.",
                "the archive is protected with a password. Unpack it first.",
            );
        }
        let (size, packed) = (entry.size(), entry.compressed_size());
        drop(entry);
        if hgt_name(&last)
            && let Some(shape) = hgt_shape(size)
        {
            tiles.push((k, hgt_corner(&last), shape));
            continue;
        }
        let mut head = vec![];
        let readable = zip.by_index(k).is_ok_and(|e| e.take(64 << 10).read_to_end(&mut head).is_ok());
        if readable && xyz::looks_like(&head, head.len() < 64 << 10) {
            if size > MOST_BYTES || size / MOST_RATIO > packed.max(1) {
                return refuse(
                    format!(
                        "der Eintrag „{name}“ wäre entpackt {size} Byte groß, das ist zu viel für eine Kachel. Zuerst entpacken und prüfen."
                    ),
                    format!(
                        "the entry \"{name}\" would be {size} bytes unpacked, which is too much for a tile. Unpack and check it first."
                    ),
                );
            }
            lists.push(k);
        } else {
            others.push(name);
        }
    }
    match (tiles.as_slice(), lists.is_empty()) {
        ([(k, corner, shape)], true) => Ok((Content::Hgt(*k, *corner, *shape), others)),
        ([], false) => Ok((Content::Lists(lists), others)),
        ([], true) => {
            let shown = others.iter().take(5).map(|n| format!("„{n}“")).collect::<Vec<_>>().join(", ");
            let shown_en = others.iter().take(5).map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ");
            refuse(
                format!("im Archiv liegt weder eine .hgt-Kachel noch eine XYZ-Liste ({shown}). Andere Formate zuerst entpacken."),
                format!("the archive holds neither an .hgt tile nor an XYZ list ({shown_en}). Unpack other formats first."),
            )
        }
        _ => refuse(
            "im Archiv liegen mehrere .hgt-Kacheln. Zuerst entpacken und als `files` einbinden.",
            "the archive holds several .hgt tiles. Unpack it first and bind them as `files`.",
        ),
    }
}

/// Looks into the archive before it is read.
pub(super) fn check(path: &Path) -> Result<Precheck, LocalText> {
    let (_, others) = content(path)?;
    let mut pre = Precheck::default();
    if !others.is_empty() {
        let (n, shown) = (others.len(), others.iter().take(5).cloned().collect::<Vec<_>>().join(", "));
        pre.findings.push(
            Finding::new(
                "RD-144",
                Level::Info,
                format!("{n} andere Dateien im Archiv bleiben ungelesen: {shown}."),
                format!("{n} other files in the archive are not read: {shown}."),
            )
            .count(n as u64),
        );
    }
    Ok(pre)
}

fn hgt_shape(bytes: u64) -> Option<[usize; 2]> {
    [[1201, 1201], [3601, 3601], [1801, 3601]]
        .into_iter()
        .find(|[w, h]| (w * h * 2) as u64 == bytes)
}

/// `N49E011.hgt` → longitude and latitude of the south-west post.
fn hgt_corner(name: &str) -> [f64; 2] {
    let upper = name.to_ascii_uppercase();
    let number = |range: std::ops::Range<usize>| upper.get(range).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
    let sign = |at: usize, minus: u8| if upper.as_bytes().get(at) == Some(&minus) { -1.0 } else { 1.0 };
    [sign(3, b'W') * number(4..7), sign(0, b'S') * number(1..3)]
}

/// Origin and cell: posts stand on the degree, cells lie around them.
fn hgt_place([lon, lat]: [f64; 2], [width, height]: [usize; 2]) -> ([f64; 2], [f64; 2]) {
    let cell = [1.0 / (width - 1) as f64, 1.0 / (height - 1) as f64];
    ([lon - cell[0] / 2.0, lat + 1.0 + cell[1] / 2.0], cell)
}

struct Lists<'a>(&'a Path, &'a [usize]);

impl xyz::Parts for Lists<'_> {
    fn count(&self) -> usize {
        self.1.len()
    }

    fn with(&self, part: usize, read: &mut dyn FnMut(&mut dyn Read) -> io::Result<()>) -> io::Result<()> {
        let mut zip = open(self.0)?;
        let entry = zip.by_index(self.1[part]).map_err(io::Error::other)?;
        let limit = entry.size().min(MOST_BYTES);
        read(&mut entry.take(limit))
    }
}

fn found(source: &Source) -> Result<Content, ReadError> {
    content(&source.path).map(|(c, _)| c).map_err(|why| ReadError::Refused {
        file: source.given.clone(),
        format: source.reader.name,
        why,
    })
}

impl OwnReader for Archive {
    fn inspect(&self, source: &Source) -> Result<Inspection, ReadError> {
        let (corner, shape) = match found(source)? {
            Content::Lists(list) => return xyz::inspect(source, &Lists(&source.path, &list)),
            Content::Hgt(_, corner, shape) => (corner, shape),
        };
        let (origin, cell) = hgt_place(corner, shape);
        Ok(Inspection {
            file: source.label(),
            format: source.reader.name.into(),
            driver: source.reader.driver.into(),
            layers: vec![],
            raster: Some(RasterInspection {
                width: shape[0] as u64,
                height: shape[1] as u64,
                bands: 1,
                data_type: "Int16".into(),
                no_data: Some(f64::from(HGT_VOID)),
                origin: Some(origin),
                cell: Some(cell),
                crs: Some("EPSG:4326".into()),
            }),
            findings: source.precheck.findings.clone(),
        })
    }

    fn read_raster(&self, source: &Source, control: &Control) -> Result<RawRaster, ReadError> {
        let (entry, corner, [width, height]) = match found(source)? {
            Content::Lists(list) => return xyz::read(source, &Lists(&source.path, &list), control),
            Content::Hgt(entry, corner, shape) => (entry, corner, shape),
        };
        let broken = |reason: String| ReadError::Broken {
            file: source.given.clone(),
            layer: "1".into(),
            feature: None,
            reason,
        };
        let mut bytes = Vec::with_capacity(width * height * 2);
        let mut zip = open(&source.path).map_err(|e| broken(e.to_string()))?;
        zip.by_index(entry)
            .map_err(|e| broken(e.to_string()))?
            .take((width * height * 2) as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| broken(e.to_string()))?;
        if bytes.len() != width * height * 2 {
            return Err(broken(format!("{} bytes", bytes.len())));
        }
        let height_of = |b: &[u8]| match i16::from_be_bytes([b[0], b[1]]) {
            HGT_VOID => f32::NAN,
            v => f32::from(v),
        };
        let values: Vec<f32> = bytes.chunks_exact(2).map(height_of).collect();
        let (origin, cell_m) = hgt_place(corner, [width, height]);
        let mut gather = Gather::new(&source.label(), "");
        source.precheck.findings.iter().for_each(|f| gather.add(f.clone()));
        let mut report = Report::default();
        gather.into_report(&mut report);
        Ok(RawRaster {
            file: source.label(),
            raster: Raster {
                width,
                height,
                origin,
                cell_m,
                values,
                provenance: vec![],
            },
            crs: Some("EPSG:4326".into()),
            driver: source.reader.driver.into(),
            report,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{self, read_raster};
    use std::io::Write;
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    fn archive(entries: &[(&str, &[u8])]) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("terrain.zip");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        for (name, bytes) in entries {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
        (dir, path)
    }

    fn list(x: u32, z: u32) -> String {
        (0..6).map(|k| format!("{} {} {z}\n", x + k % 2, 5_659_000 + k / 2)).collect()
    }

    #[test]
    fn lists_of_one_archive_are_one_grid_and_other_files_are_named() {
        let (a, b) = (list(280_000, 1), list(280_002, 2));
        let (_dir, path) = archive(&[("a.xyz", a.as_bytes()), ("sub/b.txt", b.as_bytes()), ("info.pdf", b"%PDF")]);
        let raw = read_raster(&path, &Control::default()).unwrap();
        assert_eq!((raw.raster.width, raw.raster.height), (4, 3));
        assert_eq!(raw.raster.values[..4], [1.0, 1.0, 2.0, 2.0]);
        let note = raw.report.findings.iter().find(|f| f.code == "RD-144").unwrap();
        assert!(note.text.de.contains("info.pdf"));
        assert_eq!(readers::inspect(&path).unwrap().raster.unwrap().width, 4);
    }

    #[test]
    fn a_tile_lies_around_its_posts() {
        let mut bytes = vec![0u8; 1201 * 1201 * 2];
        bytes[..4].copy_from_slice(&[0x80, 0, 1, 0]);
        let (_dir, path) = archive(&[("S49W011.hgt", &bytes)]);
        let raw = read_raster(&path, &Control::default()).unwrap();
        assert!(raw.raster.values[0].is_nan() && raw.raster.values[1] == 256.0);
        let centre = |r: &Raster| [r.origin[0] + r.cell_m[0] / 2.0, r.origin[1] - r.cell_m[1] / 2.0];
        let [x, y] = centre(&raw.raster);
        assert!((x + 11.0).abs() < 1e-9 && (y + 48.0).abs() < 1e-9, "{x} {y}");
        assert_eq!(raw.crs.as_deref(), Some("EPSG:4326"));
    }

    #[test]
    fn bombs_workbooks_and_nonsense_end_in_words() {
        let bomb = "1 1 1\n2 2 2\n1 2 3\n".repeat(2_000_000);
        let many: Vec<(String, &[u8])> = (0..1100).map(|k| (format!("{k}.xyz"), &b"1 1 1\n"[..])).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|(n, b)| (n.as_str(), *b)).collect();
        for (entries, word) in [
            (vec![("bomb.xyz", bomb.as_bytes())], "too much"),
            (many, "1000"),
            (vec![("[Content_Types].xml", &b"<x/>"[..])], "workbook"),
            (vec![("../../etc/passwd", &b"root"[..])], "neither"),
            (vec![], "neither"),
        ] {
            let (_dir, path) = archive(&entries);
            let text = read_raster(&path, &Control::default()).unwrap_err().text();
            assert!(text.en.contains(word), "{word}: {}", text.en);
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.zip");
        std::fs::write(&path, b"PK\x03\x04 and then nothing of the kind").unwrap();
        assert!(
            read_raster(&path, &Control::default())
                .unwrap_err()
                .text()
                .de
                .contains("beschädigt")
        );
    }
}
