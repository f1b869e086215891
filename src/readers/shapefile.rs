//! What the sidecar files of a shapefile announce (Esri whitepaper J-7855, dBASE III): number of records, and what is missing.

use super::format::{Expected, Precheck};
use crate::model::{Finding, Level, LocalText};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

fn sibling(shp: &Path, extension: &str) -> Option<PathBuf> {
    [extension.to_ascii_lowercase(), extension.to_ascii_uppercase()]
        .iter()
        .map(|e| shp.with_extension(e))
        .find(|p| p.is_file())
}

/// Counts records in all three files.
pub(crate) fn check(path: &Path) -> Result<Precheck, LocalText> {
    let Some(shx) = sibling(path, "shx") else {
        return Err(LocalText::new(
            "Die Datei .shx fehlt. Alle Teile des Shapefiles (.shp, .shx, .dbf, .prj) in einen Ordner legen.",
            "the .shx file is missing. Put all parts of the shapefile (.shp, .shx, .dbf, .prj) into one folder.",
        ));
    };
    let mut pre = Precheck::default();
    let mut warn = |de: String, en: String| pre.findings.push(Finding::new("RD-018", Level::Warning, de, en));
    let in_shx = shx.metadata().map_or(0, |m| m.len().saturating_sub(100) / 8);
    let in_shp = records(path).unwrap_or(0);
    if in_shp != in_shx {
        warn(
            format!(".shp enthält {in_shp}, .shx nennt {in_shx} Objekte. Neu exportieren."),
            format!(".shp holds {in_shp}, .shx names {in_shx} features. Export it again."),
        );
    }
    match sibling(path, "dbf").map(|p| dbf_records(&p)) {
        None => warn(
            "Die Datei .dbf fehlt: keine Attribute.".into(),
            "the .dbf file is missing: no attributes.".into(),
        ),
        Some(n) if n != Some(in_shx) => {
            let n = n.map_or("?".to_string(), |n| n.to_string());
            warn(
                format!(".dbf nennt {n}, .shx {in_shx} Objekte: Attribute können fehlen. Neu exportieren."),
                format!(".dbf names {n}, .shx {in_shx} features: attributes may be missing. Export it again."),
            );
        }
        Some(_) => {}
    }
    pre.expected = Some(Expected::One(in_shp.max(in_shx)));
    Ok(pre)
}

/// Records in the .shp, stepping from header to header.
fn records(path: &Path) -> std::io::Result<u64> {
    let mut f = std::io::BufReader::new(File::open(path)?);
    let end = f.get_ref().metadata()?.len();
    let (mut at, mut n) = (100, 0);
    f.seek(SeekFrom::Start(at))?;
    while at + 8 <= end {
        let mut head = [0; 8];
        f.read_exact(&mut head)?;
        let words = u64::from(u32::from_be_bytes([head[4], head[5], head[6], head[7]]));
        if !(2..=1 << 28).contains(&words) {
            break;
        }
        n += 1;
        at += 8 + 2 * words;
        f.seek_relative(2 * words as i64)?;
    }
    Ok(n)
}

/// Records of a .dbf as its header and its size say; `None` when these disagree.
fn dbf_records(path: &Path) -> Option<u64> {
    let mut head = [0; 32];
    let mut f = File::open(path).ok()?;
    f.read_exact(&mut head).ok()?;
    let n = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
    let header = u64::from(u16::from_le_bytes([head[8], head[9]]));
    let record = u64::from(u16::from_le_bytes([head[10], head[11]]));
    let size = f.metadata().ok()?.len();
    (header >= 32 && record > 0 && n.checked_mul(record)?.checked_add(header)? <= size + 1).then_some(n)
}
