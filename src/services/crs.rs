//! How services name coordinate systems, and which of those they offer is asked for.

use crate::{layers, model::Bbox};

/// A coordinate system that service and program both know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Srs {
    pub epsg: u32,
    /// The order in which the service reads and writes coordinates.
    pub northing_first: bool,
    /// Degrees.
    pub geographic: bool,
}

impl Srs {
    /// A code, if it is known here.
    pub fn new(epsg: u32) -> Option<Self> {
        let facts = layers::axis_facts(epsg)?;
        Some(Self {
            epsg,
            northing_first: facts.northing_first,
            geographic: facts.geographic,
        })
    }

    /// The name under which the order of axes is the authority's without doubt.
    pub fn urn(&self) -> String {
        format!("urn:ogc:def:crs:EPSG::{}", self.epsg)
    }

    /// West, south, east, north of a box of the project in this system.
    pub fn area(&self, area: Bbox, epsg: u32) -> Option<[f64; 4]> {
        let edge = around(area);
        let mut points = edge;
        layers::reproject(epsg, self.epsg, &mut points).ok()?;
        if points.iter().flatten().any(|v| !v.is_finite()) {
            return None;
        }
        let b = Bbox::around(&points);
        Some([b.min[0], b.min[1], b.max[0], b.max[1]])
    }
}

/// Points along the edge of a box: the corners alone miss the bulge of a parallel.
fn around(area: Bbox) -> Vec<[f64; 2]> {
    const STEPS: usize = 8;
    let mut out = vec![];
    for k in 0..=STEPS {
        let f = k as f64 / STEPS as f64;
        let x = area.min[0] + f * area.width_m();
        let y = area.min[1] + f * area.height_m();
        out.extend([[x, area.min[1]], [x, area.max[1]], [area.min[0], y], [area.max[0], y]]);
    }
    out
}

/// The EPSG code in `urn:ogc:def:crs:EPSG::25833`, `EPSG:25833`, `http://www.opengis.net/def/crs/EPSG/0/25833` or
/// `http://www.opengis.net/gml/srs/epsg.xml#25833`. CRS84 is 4326 with another order of axes and has no code here.
pub(super) fn epsg(name: &str) -> Option<u32> {
    let name = name.trim();
    let upper = name.to_ascii_uppercase();
    if !upper.contains("EPSG") {
        return None;
    }
    name.rsplit([':', '/', '#']).next()?.parse().ok().filter(|n| *n > 0)
}

/// The project's own system where the service has it; else the metric one nearest to it; else degrees.
pub(super) fn choose(offered: &[String], project: u32) -> Option<Srs> {
    let codes: Vec<u32> = offered.iter().filter_map(|n| epsg(n)).collect();
    let preferred = [project, 25832, 25833, 4258, 4326, 3857];
    let known = preferred.iter().find(|c| codes.contains(c)).copied();
    known.and_then(Srs::new).or_else(|| codes.iter().copied().find_map(Srs::new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_all_their_spellings() {
        for name in [
            "urn:ogc:def:crs:EPSG::25833",
            "urn:x-ogc:def:crs:EPSG:6.9:25833",
            "EPSG:25833",
            "http://www.opengis.net/def/crs/EPSG/0/25833",
            "http://www.opengis.net/gml/srs/epsg.xml#25833",
        ] {
            assert_eq!(epsg(name), Some(25833), "{name}");
        }
        for name in ["urn:ogc:def:crs:OGC:1.3:CRS84", "", "EPSG:", "EPSG:abc", "25833"] {
            assert_eq!(epsg(name), None, "{name}");
        }
    }

    #[test]
    fn the_projects_own_system_comes_first() {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_string()).collect::<Vec<_>>();
        let both = list(&[
            "urn:ogc:def:crs:EPSG::4326",
            "urn:ogc:def:crs:EPSG::31468",
            "urn:ogc:def:crs:EPSG::25833",
        ]);
        assert_eq!(choose(&both, 25833).unwrap().epsg, 25833);
        let gk = choose(&both, 31468).unwrap();
        assert!(gk.epsg == 31468 && gk.northing_first && !gk.geographic);
        assert_eq!(choose(&both, 2056).unwrap().epsg, 25833);
        assert_eq!(choose(&list(&["EPSG:31468"]), 25833).unwrap().epsg, 31468);
        assert_eq!(choose(&list(&["EPSG:999999", "CRS:84"]), 25833), None);
    }

    #[test]
    fn a_box_keeps_its_content_in_degrees() {
        let area = Bbox::new([380_000.0, 5_810_000.0], [400_000.0, 5_830_000.0]);
        let [w, s, e, n] = Srs::new(4326).unwrap().area(area, 25833).unwrap();
        assert!(
            w > 13.2 && w < 13.25 && e > 13.5 && e < 13.6 && s > 52.4 && n < 52.65 && s < n,
            "{w} {s} {e} {n}"
        );
    }
}
