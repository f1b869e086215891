//! Where the camera is: a point of the ground, a distance, a heading and a pitch.

use crate::{
    app::{
        scene::{ground::Ground, lens::Lens},
        space::Space,
    },
    model::Bbox,
    project::View,
};
use bevy::prelude::*;

/// Steepest and flattest view, degrees below the horizon.
const PITCH: [f32; 2] = [7.0, 90.0];
/// Least height of the eye above the ground.
const EYE_M: f32 = 2.0;

/// A camera position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Point looked at, world; lies on the ground.
    pub target: Vec3,
    /// Eye to target.
    pub distance_m: f32,
    /// Clockwise from north.
    pub heading_deg: f32,
    /// Below the horizon.
    pub pitch_deg: f32,
}

impl Default for Pose {
    fn default() -> Self {
        Self {
            target: Vec3::ZERO,
            distance_m: 1500.0,
            heading_deg: 24.0,
            pitch_deg: 38.0,
        }
    }
}

impl Pose {
    /// Orientation of the camera.
    pub fn rotation(&self) -> Quat {
        Quat::from_rotation_y(-self.heading_deg.to_radians()) * Quat::from_rotation_x(-self.pitch_deg.to_radians())
    }

    /// Position of the camera.
    pub fn eye(&self) -> Vec3 {
        self.target + self.rotation() * Vec3::Z * self.distance_m
    }

    /// Horizontal direction of view.
    pub fn ahead(&self) -> Vec3 {
        Quat::from_rotation_y(-self.heading_deg.to_radians()) * Vec3::NEG_Z
    }

    /// A box seen from here, filling the free view.
    pub fn framing(&self, b: &Bbox, lens: &Lens, ground: &Ground, space: &Space) -> Self {
        let c = b.center();
        let (w, h) = (b.width_m() as f32, b.height_m() as f32);
        let turn = self.heading_deg.to_radians();
        let across = w * turn.cos().abs() + h * turn.sin().abs();
        let deep = (w * turn.sin().abs() + h * turn.cos().abs()) * self.pitch_deg.to_radians().sin();
        let half = 0.5 * (across / lens.aspect()).max(deep);
        Self {
            target: space.world(c, ground.height(c)),
            distance_m: (half * 1.15 / Lens::half_height()).max(140.0),
            ..*self
        }
    }

    /// The first view of a city and `Home`: everything, obliquely.
    pub fn home(lens: &Lens, ground: &Ground, space: &Space) -> Self {
        let pose = Self::default().framing(&ground.city, lens, ground, space);
        // The corners of an oblique rectangle may be cut: the middle of the town matters more.
        Self {
            distance_m: pose.distance_m * 0.8,
            ..pose
        }
    }

    /// A named view of the project.
    pub fn of_view(v: &View, ground: &Ground, space: &Space) -> Self {
        Self {
            target: space.world(v.target, ground.height(v.target)),
            distance_m: v.distance_m as f32,
            heading_deg: v.heading_deg as f32,
            pitch_deg: v.pitch_deg as f32,
        }
    }

    /// The nearest allowed pose: target near the city and on the ground, eye above it.
    pub fn held(mut self, ground: &Ground, space: &Space) -> Self {
        let size = ground.city.width_m().hypot(ground.city.height_m());
        let room = ground.city.buffered(0.5 * size);
        let [x, y] = space.map2(self.target);
        let p = [x.clamp(room.min[0], room.max[0]), y.clamp(room.min[1], room.max[1])];
        self.target = space.world(p, ground.height(p));
        self.distance_m = self.distance_m.clamp(12.0, (4.0 * size as f32).max(500.0));
        self.heading_deg = self.heading_deg.rem_euclid(360.0);
        self.pitch_deg = self.pitch_deg.clamp(PITCH[0], PITCH[1]);
        while self.pitch_deg < PITCH[1] {
            let eye = self.eye();
            if eye.y >= ground.height(space.map2(eye)) as f32 + EYE_M {
                break;
            }
            self.pitch_deg = (self.pitch_deg + 1.0).min(PITCH[1]);
        }
        self
    }

    /// Between two poses, `t` from 0 to 1; turns the short way round.
    pub fn between(&self, to: &Self, t: f32) -> Self {
        let turn = (to.heading_deg - self.heading_deg + 540.0).rem_euclid(360.0) - 180.0;
        Self {
            target: self.target.lerp(to.target, t),
            distance_m: self.distance_m * (to.distance_m / self.distance_m).powf(t),
            heading_deg: self.heading_deg + turn * t,
            pitch_deg: self.pitch_deg + (to.pitch_deg - self.pitch_deg) * t,
        }
    }

    /// Moves nearer (`factor` < 1) or away, keeping the ground point `anchor` where it is on the screen.
    pub fn zoomed(mut self, factor: f32, anchor: Option<Vec3>) -> Self {
        let before = self.distance_m;
        self.distance_m = (self.distance_m * factor).clamp(12.0, 60_000.0);
        if let Some(a) = anchor {
            let real = self.distance_m / before;
            self.target = Vec3::new(a.x, self.target.y, a.z).lerp(self.target, real);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::scene::ground::tests::hill;

    #[test]
    fn heading_is_clockwise_from_north() {
        let pose = Pose {
            heading_deg: 90.0,
            pitch_deg: 0.0,
            ..default()
        };
        assert!(pose.ahead().distance(Vec3::X) < 1e-6);
        assert!(pose.eye().x < -1000.0);
    }

    #[test]
    fn the_eye_stays_above_the_ground() {
        let (ground, space) = (hill(), Space::default());
        let pose = Pose {
            target: Vec3::new(50.0, 0.0, -50.0),
            distance_m: 20.0,
            heading_deg: 0.0,
            pitch_deg: -30.0,
        }
        .held(&ground, &space);
        let eye = pose.eye();
        assert!(eye.y >= ground.height(space.map2(eye)) as f32 + EYE_M - 1e-3);
    }

    #[test]
    fn flights_turn_the_short_way() {
        let a = Pose {
            heading_deg: 350.0,
            ..default()
        };
        let b = Pose {
            heading_deg: 10.0,
            ..default()
        };
        assert!((a.between(&b, 0.5).heading_deg - 360.0).abs() < 1e-3);
    }
}
