//! Names of coordinate systems as they stand in GML, and the order of axes each form means.

use crate::readers::gml::adv_code;

/// A coordinate system a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// `EPSG:n`.
    pub(crate) code: String,
    /// Whether the first number is the northing or the latitude.
    pub(crate) north_first: bool,
}

/// The system behind a `srsName`; `None` when it is none that is known.
///
/// Only the URN and the OGC address speak of the axes as EPSG orders them; the short form and the old address mean easting first.
pub(crate) fn reference(name: &str) -> Option<Reference> {
    let name = name.trim();
    if let Some(code) = adv_code(name) {
        return Some(Reference {
            code: format!("EPSG:{code}"),
            north_first: false,
        });
    }
    let upper = name.to_ascii_uppercase();
    let strict = upper.starts_with("URN:") || upper.contains("/DEF/CRS/");
    if upper.contains("CRS84") {
        return Some(Reference {
            code: "EPSG:4326".into(),
            north_first: false,
        });
    }
    if !upper.contains("EPSG") {
        return None;
    }
    let code: u32 = upper.rsplit([':', '/', '#']).next()?.parse().ok()?;
    let by_epsg = matches!(code, 4000..=4999 | 31466..=31469);
    Some(Reference {
        code: format!("EPSG:{code}"),
        north_first: strict && by_epsg,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_name_is_understood() {
        let of = |name: &str| reference(name).map(|r| (r.code, r.north_first));
        for name in [
            "EPSG:25832",
            "urn:ogc:def:crs:EPSG::25832",
            "urn:ogc:def:crs:EPSG:6.9:25832",
            "http://www.opengis.net/def/crs/EPSG/0/25832",
            "http://www.opengis.net/gml/srs/epsg.xml#25832",
            "urn:adv:crs:ETRS89_UTM32",
            "urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH",
        ] {
            assert_eq!(of(name), Some(("EPSG:25832".into(), false)), "{name}");
        }
        assert_eq!(of("urn:ogc:def:crs:EPSG::4258"), Some(("EPSG:4258".into(), true)));
        assert_eq!(of("EPSG:31467"), Some(("EPSG:31467".into(), false)));
        assert_eq!(of("urn:ogc:def:crs:EPSG::31467"), Some(("EPSG:31467".into(), true)));
        assert_eq!(of("urn:ogc:def:crs:OGC:1.3:CRS84"), Some(("EPSG:4326".into(), false)));
        assert_eq!((of("DHDN"), of(""), of("EPSG:x")), (None, None, None));
    }
}
