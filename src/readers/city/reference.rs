//! Names of coordinate systems as city models write them → `EPSG:n` of the horizontal part. Heights stay as they are given.

use super::super::gml;

/// The horizontal system behind a `srsName` or `referenceSystem`; a name that nobody knows comes back as it is.
pub(super) fn horizontal(name: &str) -> String {
    let name = name.trim();
    if let Some(code) = gml::adv_code(name) {
        return format!("EPSG:{code}");
    }
    // `urn:ogc:def:crs,crs:EPSG:6.12:3068,crs:EPSG:6.12:5783` names position and height one after the other.
    let first = name.split(',').find(|p| p.to_ascii_uppercase().contains("EPSG"));
    let code = first
        .and_then(|p| p.rsplit([':', '/', '#']).next())
        .and_then(|c| c.trim().parse::<u32>().ok());
    match code {
        Some(code) => super::super::gdal::horizontal(code),
        None => super::super::printable(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_names_of_authorities_lose_their_heights() {
        for (name, code) in [
            ("urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH*GCG2016", "EPSG:25832"),
            ("urn:adv:crs:ETRS89_UTM33*DE_DHHN92_NH", "EPSG:25833"),
            ("urn:ogc:def:crs,crs:EPSG:6.12:3068,crs:EPSG:6.12:5783", "EPSG:3068"),
            ("urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783", "EPSG:25832"),
            ("https://www.opengis.net/def/crs/EPSG/0/7415", "EPSG:28992"),
            ("urn:ogc:def:crs:EPSG::5555", "EPSG:25832"),
            ("http://www.opengis.net/gml/srs/epsg.xml#31467", "EPSG:31467"),
            ("EPSG:25833", "EPSG:25833"),
            ("urn:ogc:def:crs:EPSG::99999999", "EPSG:99999999"),
            ("Bauamt lokal", "Bauamt lokal"),
        ] {
            assert_eq!(horizontal(name), code, "{name}");
        }
    }
}
