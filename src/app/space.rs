//! The one place where map coordinates (project CRS, f64 metres, east and north) become world coordinates of the
//! picture (f32 metres around the city's site, east = +x, north = −z, up = +y) and back.

use bevy::prelude::*;

/// Where the picture's origin lies on the map.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Default)]
pub struct Space {
    /// Map coordinates of the world's origin.
    pub origin: [f64; 2],
}

impl Space {
    /// Map point and height to world.
    pub fn world(&self, p: [f64; 2], height_m: f64) -> Vec3 {
        Vec3::new((p[0] - self.origin[0]) as f32, height_m as f32, (self.origin[1] - p[1]) as f32)
    }

    /// World to map: east, north, height.
    pub fn map(&self, v: Vec3) -> [f64; 3] {
        [f64::from(v.x) + self.origin[0], self.origin[1] - f64::from(v.z), f64::from(v.y)]
    }

    /// World to map, without the height.
    pub fn map2(&self, v: Vec3) -> [f64; 2] {
        let [x, y, _] = self.map(v);
        [x, y]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn north_goes_away_from_the_viewer_and_millimetres_survive() {
        let space = Space {
            origin: [387_000.0, 5_821_000.0],
        };
        let v = space.world([387_010.0, 5_821_020.001], 34.0);
        assert_eq!((v.x, v.y), (10.0, 34.0));
        assert!(v.z < 0.0);
        let back = space.map(v);
        assert!((back[0] - 387_010.0).abs() < 1e-3 && (back[1] - 5_821_020.001).abs() < 1e-3 && back[2] == 34.0);
    }
}
