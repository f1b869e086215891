//! Coordinate systems and transformations: the only user of PROJ. Coordinates are always x = easting or longitude, y = northing or
//! latitude, whatever order the authority gives the axes.

use super::{CrsError, facts::Facts, facts::facts};
use crate::{model::Bbox, readers};
use proj::{Coord, Proj, ProjBuilder};
use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, OnceLock},
};

/// Degrees by which data may lie outside the area a coordinate system was made for: neighbouring zones are in everyday use.
const MARGIN_DEGREES: [f64; 2] = [6.0, 3.0];
/// Transformations kept per thread; making one costs milliseconds.
const CACHED: usize = 16;
/// Vertices transformed at once.
const CHUNK: usize = 1 << 16;
/// Longitude and latitude.
pub(super) const LONLAT: &str = "EPSG:4326";

/// The metric coordinate system of a project.
#[derive(Debug, Clone)]
pub struct ProjectCrs {
    epsg: u32,
    definition: Arc<str>,
    name: Arc<str>,
    bounds: Bbox,
}

/// The versions of PROJ in GDAL and here.
pub fn versions() -> (String, String) {
    let own = ProjBuilder::new().lib_info().map_or(String::new(), |i| i.version);
    (readers::gdal::versions().1, own)
}

/// Before the first use: one PROJ in the process, and no network.
fn init() -> Result<(), CrsError> {
    static ONCE: OnceLock<Result<(), CrsError>> = OnceLock::new();
    ONCE.get_or_init(|| {
        // SAFETY: null is the default context, of which every later context is a copy.
        unsafe { proj_sys::proj_context_set_enable_network(std::ptr::null_mut(), 0) };
        let (gdal, own) = versions();
        if gdal == own {
            Ok(())
        } else {
            Err(CrsError::TwoProjs { gdal, own })
        }
    })
    .clone()
}

/// What a code or definition says about itself.
pub(super) fn describe(crs: &str) -> Result<Facts, CrsError> {
    init()?;
    let unknown = || CrsError::Unknown { crs: crs.into() };
    // PROJ would take any text for the name of a coordinate system, and some for a file.
    let plausible = crs.len() < 100_000 && (crs.starts_with("EPSG:") || crs.contains('['));
    if !plausible {
        return Err(unknown());
    }
    let proj = Proj::new(crs).map_err(|_| unknown())?;
    let json = proj.to_projjson(Some(false), None, None).map_err(|_| unknown())?;
    facts(crs, &json)
}

/// The box within which coordinates of a system make sense, in its own units: its area of use with a wide margin.
pub(super) fn bounds(crs: &str, facts: &Facts) -> Result<Bbox, CrsError> {
    let [w, s, e, n] = facts.area.unwrap_or([-180.0, -90.0, 180.0, 90.0]);
    // An area across the date line has its west in the east.
    let (w, e) = if w > e { (-180.0, 180.0) } else { (w, e) };
    let (w, e) = ((w - MARGIN_DEGREES[0]).max(-180.0), (e + MARGIN_DEGREES[0]).min(180.0));
    let (s, n) = ((s - MARGIN_DEGREES[1]).max(-90.0), (n + MARGIN_DEGREES[1]).min(90.0));
    if facts.geographic {
        return Ok(Bbox::new([w, s], [e, n]));
    }
    const STEPS: usize = 24;
    let at = |i: usize, j: usize| {
        let f = |k: usize| k as f64 / STEPS as f64;
        [w + (e - w) * f(i), s + (n - s) * f(j)]
    };
    let mut grid: Vec<[f64; 2]> = (0..=STEPS).flat_map(|i| (0..=STEPS).map(move |j| at(i, j))).collect();
    transform(LONLAT, crs, &mut grid)?;
    let bbox = Bbox::around(grid.iter().filter(|p| p.iter().all(|v| v.is_finite() && v.abs() < 1e8)));
    if bbox.is_empty() {
        return Err(CrsError::NoTransformation {
            from: LONLAT.into(),
            to: crs.into(),
        });
    }
    Ok(bbox)
}

impl ProjectCrs {
    /// Accepts every projected code in metres that is true to scale.
    ///
    /// # Errors
    /// When the code is unknown, geographic, not in metres or Web Mercator.
    pub fn from_epsg(epsg: u32) -> Result<Self, CrsError> {
        let crs = format!("EPSG:{epsg}");
        let facts = describe(&crs)?;
        let name = facts.name.clone();
        if facts.geographic {
            return Err(CrsError::NotProjected { crs, name });
        }
        if facts.unit != "metre" {
            return Err(CrsError::NotMetric {
                crs,
                name,
                unit: facts.unit,
            });
        }
        if facts.method.contains("Pseudo") {
            return Err(CrsError::NotTrueToScale { crs, name });
        }
        Ok(Self {
            epsg,
            bounds: bounds(&crs, &facts)?,
            definition: crs.into(),
            name: name.into(),
        })
    }

    /// The EPSG code.
    pub fn epsg(&self) -> u32 {
        self.epsg
    }

    /// The name ("ETRS89 / UTM zone 32N").
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `EPSG:n`.
    pub fn definition(&self) -> &str {
        &self.definition
    }

    /// The box within which coordinates are accepted.
    pub fn bounds(&self) -> Bbox {
        self.bounds
    }

    /// Longitude and latitude (WGS 84, degrees) of a point; `None` where there is no answer.
    pub fn to_lonlat(&self, p: [f64; 2]) -> Option<[f64; 2]> {
        one(&self.definition, LONLAT, p)
    }

    /// A point from longitude and latitude (WGS 84, degrees).
    pub fn from_lonlat(&self, p: [f64; 2]) -> Option<[f64; 2]> {
        one(LONLAT, &self.definition, p)
    }
}

fn one(from: &str, to: &str, p: [f64; 2]) -> Option<[f64; 2]> {
    let mut points = [p];
    transform(from, to, &mut points).ok()?;
    points[0].iter().all(|v| v.is_finite()).then_some(points[0])
}

/// A coordinate pair as PROJ wants it.
#[derive(Clone, Copy)]
struct Pair([f64; 2]);

impl Coord<f64> for Pair {
    fn x(&self) -> f64 {
        self.0[0]
    }
    fn y(&self) -> f64 {
        self.0[1]
    }
    fn from_xy(x: f64, y: f64) -> Self {
        Self([x, y])
    }
}

struct Cached {
    from: String,
    to: String,
    proj: Rc<Proj>,
}

thread_local! {
    static CACHE: RefCell<Vec<Cached>> = const { RefCell::new(vec![]) };
}

fn cached(from: &str, to: &str) -> Result<Rc<Proj>, CrsError> {
    init()?;
    CACHE.with_borrow_mut(|cache| {
        if let Some(hit) = cache.iter().find(|c| c.from == from && c.to == to) {
            return Ok(hit.proj.clone());
        }
        let proj = Proj::new_known_crs(from, to, None).map_err(|_| CrsError::NoTransformation {
            from: from.into(),
            to: to.into(),
        })?;
        let proj = Rc::new(proj);
        if cache.len() >= CACHED {
            cache.remove(0);
        }
        cache.push(Cached {
            from: from.into(),
            to: to.into(),
            proj: proj.clone(),
        });
        Ok(proj)
    })
}

/// How the authority of a code writes its coordinates: services follow it, this program never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AxisFacts {
    /// Northing or latitude comes first.
    pub northing_first: bool,
    /// Degrees rather than metres.
    pub geographic: bool,
}

/// Order and unit of the axes of an EPSG code; `None` when it is unknown or neither metric nor in degrees.
pub fn axis_facts(epsg: u32) -> Option<AxisFacts> {
    let facts = describe(&format!("EPSG:{epsg}")).ok()?;
    (facts.geographic || facts.unit == "metre").then_some(AxisFacts {
        northing_first: facts.northing_first,
        geographic: facts.geographic,
    })
}

/// Transforms points between two EPSG codes in place, easting or longitude first; those without an answer become NaN.
///
/// # Errors
/// When a code is unknown or there is no way between the two.
pub fn reproject(from: u32, to: u32, points: &mut [[f64; 2]]) -> Result<(), CrsError> {
    transform(&format!("EPSG:{from}"), &format!("EPSG:{to}"), points)
}

/// Transforms points in place; those without an answer become NaN and move no other point.
pub(super) fn transform(from: &str, to: &str, points: &mut [[f64; 2]]) -> Result<(), CrsError> {
    if from == to {
        return Ok(());
    }
    let proj = cached(from, to)?;
    let mut pairs: Vec<Pair> = vec![];
    for chunk in points.chunks_mut(CHUNK) {
        pairs.clear();
        pairs.extend(chunk.iter().map(|p| Pair(*p)));
        if proj.convert_array(&mut pairs).is_err() {
            // One bad point spoils the answer for the array: ask for each.
            for (pair, p) in pairs.iter_mut().zip(chunk.iter()) {
                *pair = proj.convert(Pair(*p)).unwrap_or(Pair([f64::NAN; 2]));
            }
        }
        for (p, pair) in chunk.iter_mut().zip(&pairs) {
            *p = if pair.0.iter().all(|v| v.is_finite()) {
                pair.0
            } else {
                [f64::NAN; 2]
            };
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: [f64; 2], b: [f64; 2], tolerance: f64) -> bool {
        (a[0] - b[0]).abs() < tolerance && (a[1] - b[1]).abs() < tolerance
    }

    #[test]
    fn there_is_one_proj() {
        let (gdal, own) = versions();
        assert_eq!(gdal, own);
        assert!(own.split('.').count() == 3);
    }

    #[test]
    fn metric_codes_are_accepted_and_others_refused_in_words() {
        for code in [25832, 25833, 31466, 31467, 31468, 31469, 3035, 32632, 2056, 31254, 28992] {
            let crs = ProjectCrs::from_epsg(code).unwrap();
            assert_eq!((crs.epsg(), crs.definition()), (code, &*format!("EPSG:{code}")));
        }
        assert!(matches!(ProjectCrs::from_epsg(999_999), Err(CrsError::Unknown { .. })));
        assert!(matches!(ProjectCrs::from_epsg(4326), Err(CrsError::NotProjected { .. })));
        assert!(matches!(ProjectCrs::from_epsg(4978), Err(CrsError::NotProjected { .. })));
        assert!(matches!(ProjectCrs::from_epsg(5783), Err(CrsError::NotProjected { .. })));
        assert!(matches!(ProjectCrs::from_epsg(3857), Err(CrsError::NotTrueToScale { .. })));
        let feet = ProjectCrs::from_epsg(2264).unwrap_err();
        assert!(feet.text().de.contains("US survey foot"), "{}", feet.text().de);
    }

    #[test]
    fn axes_are_easting_and_northing_there_and_back() {
        let crs = ProjectCrs::from_epsg(25833).unwrap();
        let p = crs.from_lonlat([13.34, 52.53]).unwrap();
        assert!(p[0] > 3.8e5 && p[0] < 3.9e5 && p[1] > 5.8e6 && p[1] < 5.9e6, "{p:?}");
        assert!(near(crs.to_lonlat(p).unwrap(), [13.34, 52.53], 1e-9));
        let gk = ProjectCrs::from_epsg(31468).unwrap().from_lonlat([11.57, 48.14]).unwrap();
        assert!(gk[0] > 4.4e6 && gk[0] < 4.5e6 && gk[1] > 5.3e6 && gk[1] < 5.4e6, "{gk:?}");
    }

    #[test]
    fn the_order_of_axes_is_the_authoritys() {
        let first = |epsg| axis_facts(epsg).unwrap().northing_first;
        assert!(
            !first(25832) && !first(25833) && !first(3857),
            "UTM and Web Mercator are easting first"
        );
        assert!(
            first(4326) && first(4258) && first(31468),
            "degrees and Gauß-Krüger are northing first"
        );
        assert!(axis_facts(4326).unwrap().geographic && !axis_facts(31468).unwrap().geographic);
        assert_eq!((axis_facts(999_999), axis_facts(2264)), (None, None));
    }

    #[test]
    fn gauss_krueger_agrees_with_a_foreign_oracle() {
        // Debian's cs2cs 9.1.1 with proj-data (BETA2007.gsb); it takes northing first, as EPSG:31468 says: 5334000 4468000.
        let mut p = [[4_468_000.0, 5_334_000.0]];
        transform("EPSG:31468", "EPSG:25832", &mut p).unwrap();
        assert!(near(p[0], [691065.1059, 5335410.0606], 0.001), "{p:?}");
        let mut p = [[4_591_000.0, 5_825_000.0]];
        transform("EPSG:31468", "EPSG:25833", &mut p).unwrap();
        assert!(near(p[0], [387450.3442, 5823561.4051], 0.001), "{p:?}");
    }

    #[test]
    fn a_hopeless_point_moves_no_other() {
        let mut alone = vec![[13.34, 52.53]];
        transform(LONLAT, "EPSG:25833", &mut alone).unwrap();
        let mut among = vec![[f64::NAN, 0.0], [13.34, 52.53], [1e30, 1e30], [f64::INFINITY, 5.0]];
        transform(LONLAT, "EPSG:25833", &mut among).unwrap();
        assert_eq!(among[1], alone[0]);
        assert!(among[0][0].is_nan() && among[2][0].is_nan() && among[3][0].is_nan());
    }

    #[test]
    fn text_that_is_no_code_is_no_file_name_either() {
        for crs in [
            "/etc/passwd",
            "http://127.0.0.1:9/x",
            "EPSG:",
            "EPSG:x",
            "",
            "+proj=utm +zone=32",
            "init=/etc/passwd:1",
            "PROJCS[\"a\",",
        ] {
            assert!(describe(crs).is_err(), "{crs}");
        }
    }
}
