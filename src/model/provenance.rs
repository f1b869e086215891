//! Where data come from: shown beside every number and on every exported picture.

use serde::{Deserialize, Serialize};

/// The origin of one bound source.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// Path relative to the project folder.
    pub file: String,
    /// Layer inside the file.
    pub layer: Option<String>,
    /// GDAL driver short name ("GPKG").
    pub driver: String,
    /// CRS of the file ("EPSG:4326").
    pub crs: String,
    /// blake3 of the file's bytes, hexadecimal.
    pub hash: String,
    /// Publisher as to be quoted.
    pub source: Option<String>,
    /// Licence name or SPDX identifier.
    pub licence: Option<String>,
    /// Attribution line the licence asks for.
    pub attribution: Option<String>,
    /// The day the data describe, ISO 8601 (may be only a year or a month).
    pub data_date: Option<String>,
    /// When a service delivered them, ISO 8601 in UTC; nothing for files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<String>,
    /// True for model results, estimates and stand-ins: not an official data set.
    pub unofficial: bool,
}

impl Provenance {
    /// Sources as they are quoted: the tiles of one delivery are one source. Each with the number of its files, in order of first use.
    pub fn quoted<'a>(all: impl IntoIterator<Item = &'a Self>) -> Vec<(&'a Self, usize)> {
        let folder = |p: &Self| p.file.rsplit_once('/').map(|(f, _)| f.to_string());
        let alike = |a: &Self, b: &Self| {
            let tiles = a.driver == b.driver && a.layer == b.layer && folder(a) == folder(b);
            let said = (&a.source, &a.licence, &a.attribution, &a.data_date) == (&b.source, &b.licence, &b.attribution, &b.data_date);
            tiles && said && a.unofficial == b.unofficial
        };
        let mut out: Vec<(&Self, usize)> = vec![];
        for p in all {
            match out.iter_mut().find(|(q, _)| alike(q, p)) {
                Some((q, n)) => *n += usize::from(q.file != p.file),
                None => out.push((p, 1)),
            }
        }
        out
    }

    /// The file, and how many more there are of its kind.
    pub fn files(&self, count: usize) -> String {
        if count > 1 {
            format!("{} (+{})", self.file, count - 1)
        } else {
            self.file.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_of_one_delivery_are_quoted_once() {
        let file = |f: &str, source: &str| Provenance {
            file: f.into(),
            source: Some(source.into()),
            ..Provenance::default()
        };
        let all = [
            file("dgm/a.xyz", "A"),
            file("dgm/b.xyz", "A"),
            file("srtm/n.hgt", "A"),
            file("dgm/c.xyz", "B"),
        ];
        let quoted = Provenance::quoted(&all);
        let shown: Vec<String> = quoted.iter().map(|(p, n)| p.files(*n)).collect();
        assert_eq!(shown, ["dgm/a.xyz (+1)", "srtm/n.hgt", "dgm/c.xyz"]);
    }
}
