//! The project that a file is to be brought into: its coordinate system and where it lies.

use super::ImportError;
use crate::{
    layers::{CrsGuess, ProjectCrs, guess_crs, suits},
    model::Bbox,
    project::City,
};

/// Around a project without any data, as far as this from its site counts as home.
const AROUND_SITE_M: f64 = 10_000.0;

/// Where a project lies.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Its coordinate system.
    pub crs: ProjectCrs,
    /// Its area of interest, else the box around its data, else the country around its site.
    pub home: Bbox,
}

/// Where data lie, seen from the project.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Where {
    /// All of them in the project's area.
    Inside,
    /// This many of the features.
    Partly {
        /// Features that meet the area.
        inside: u64,
        /// All features.
        of: u64,
    },
    /// None, and the nearest is this far away.
    Apart {
        /// Gap in metres.
        distance_m: f64,
    },
    /// There is nothing.
    Nowhere,
}

impl Surroundings {
    /// Of an open project.
    ///
    /// # Errors
    /// When the project's coordinate system cannot be built.
    pub fn of(city: &City) -> Result<Self, ImportError> {
        let epsg = city.info.epsg;
        let crs = ProjectCrs::from_epsg(epsg).map_err(|source| ImportError::ProjectCrs {
            epsg,
            source: Box::new(source),
        })?;
        let extent = city.extent();
        let home = if extent.is_empty() {
            Bbox::new(city.info.site, city.info.site).buffered(AROUND_SITE_M)
        } else {
            extent
        };
        Ok(Self { crs, home })
    }

    /// Coordinate systems that would put a box of unknown coordinates near the project.
    pub fn guesses(&self, extent: Bbox) -> Vec<CrsGuess> {
        guess_crs(extent, &self.crs, self.home)
    }

    /// What a file says about its system that cannot be true: coordinates in this box are of another one.
    pub fn contradicts(&self, declared: Option<&str>, extent: Bbox) -> bool {
        let code = declared.and_then(|c| c.strip_prefix("EPSG:")).and_then(|c| c.parse().ok());
        code.is_some_and(|epsg| !suits(epsg, extent, &self.crs))
    }

    /// Where features of these boxes lie.
    pub fn locate(&self, boxes: &[Bbox]) -> Where {
        let some = || boxes.iter().filter(|b| !b.is_empty());
        let of = some().count() as u64;
        let inside = some().filter(|b| b.intersects(&self.home)).count() as u64;
        if of == 0 {
            return Where::Nowhere;
        }
        if inside == of {
            return Where::Inside;
        }
        if inside > 0 {
            return Where::Partly { inside, of };
        }
        let gap = |b: &Bbox, k: usize| (b.min[k] - self.home.max[k]).max(self.home.min[k] - b.max[k]).max(0.0);
        let distance_m = some().map(|b| gap(b, 0).hypot(gap(b, 1))).fold(f64::INFINITY, f64::min);
        Where::Apart { distance_m }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_counted_by_where_they_lie() {
        let around = Surroundings {
            crs: ProjectCrs::from_epsg(25832).unwrap(),
            home: Bbox::new([0.0, 0.0], [100.0, 100.0]),
        };
        let at = |x: f64| Bbox::new([x, 10.0], [x + 1.0, 11.0]);
        assert_eq!(around.locate(&[at(5.0), at(99.5)]), Where::Inside);
        assert_eq!(around.locate(&[at(5.0), at(200.0)]), Where::Partly { inside: 1, of: 2 });
        assert_eq!(around.locate(&[at(200.0), at(150.0)]), Where::Apart { distance_m: 50.0 });
        assert_eq!(around.locate(&[Bbox::EMPTY]), Where::Nowhere);
    }
}
