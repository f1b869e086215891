//! What a file was probably meant as, by its first bytes and its name.

use super::SourceKind;
use std::{fs::File, io::Read, path::Path};

/// Enough of a file to see what its root element or first line says.
const HEAD: u64 = 4096;

impl SourceKind {
    /// The kind of a file; `None` for folders, files that cannot be read and formats that fit no kind.
    pub fn guess(path: &Path) -> Option<Self> {
        let mut head = vec![];
        File::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let text = String::from_utf8_lossy(&head);
        let ends = |list: &[&str]| list.iter().any(|e| name.ends_with(e));
        let holds = |list: &[&str]| list.iter().any(|w| text.contains(w));
        match () {
            () if ends(&[".pbf", ".osm", ".osm.gz", ".osm.bz2"]) || text.contains("<osm") => Some(Self::Osm),
            () if holds(&["XPlanAuszug", "xplanung.de"]) => Some(Self::Xplan),
            () if holds(&[
                "AX_Bestandsdatenauszug",
                "AX_NutzerbezogeneBestandsdatenaktualisierung",
                "adv-online.de/namespaces/adv/gid",
            ]) =>
            {
                Some(Self::Alkis)
            }
            () if holds(&["CityModel", "opengis.net/citygml", "\"CityJSON"]) => Some(Self::Lod2),
            () if ends(&[".tif", ".tiff", ".asc", ".hgt", ".hgt.zip", ".xyz"]) => Some(Self::Dem),
            () if ends(&[".csv", ".xlsx", ".ods", ".tsv"]) => Some(Self::Table),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_before_names() {
        let dir = tempfile::tempdir().unwrap();
        let kind = |name: &str, bytes: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            SourceKind::guess(&path)
        };
        assert_eq!(kind("a.osm.pbf", ""), Some(SourceKind::Osm));
        assert_eq!(
            kind("plan.gml", "<?xml version=\"1.0\"?><xplan:XPlanAuszug>"),
            Some(SourceKind::Xplan)
        );
        assert_eq!(kind("LoD2_32.gml", "<core:CityModel xmlns=\"x\">"), Some(SourceKind::Lod2));
        assert_eq!(kind("stadt.json", "{\"type\":\"CityJSON\""), Some(SourceKind::Lod2));
        assert_eq!(kind("bestand.xml", "<AX_Bestandsdatenauszug>"), Some(SourceKind::Alkis));
        assert_eq!(kind("DGM1.XYZ", "387000 5820000 34.2"), Some(SourceKind::Dem));
        assert_eq!(kind("ew.csv", "a;b"), Some(SourceKind::Table));
        assert_eq!(kind("brief.docx", "PK"), None);
        assert_eq!(SourceKind::guess(dir.path()), None);
    }
}
