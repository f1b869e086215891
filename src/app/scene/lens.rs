//! From world to screen and back. The picture's middle is the middle of the part that no panel covers, so the lens is
//! shifted instead of cropped: nothing jumps when a panel opens.

use bevy::{
    camera::{CameraProjection, Viewport},
    math::Vec3A,
    prelude::*,
};

/// Vertical opening of the free part, degrees: long enough for the calm look of a model photograph.
const FOV_DEG: f32 = 36.0;
/// Distance of the near plane, metres.
const NEAR_M: f32 = 0.5;

/// The shifted lens as a projection for Bevy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lens {
    /// Whole target, logical pixels.
    pub size: Vec2,
    /// The part without panels.
    pub free: Rect,
}

impl Default for Lens {
    fn default() -> Self {
        let size = Vec2::new(1280.0, 720.0);
        Self {
            size,
            free: Rect::from_corners(Vec2::ZERO, size),
        }
    }
}

impl Lens {
    /// Half the height of the free part at distance 1.
    pub fn half_height() -> f32 {
        (0.5 * FOV_DEG.to_radians()).tan()
    }

    /// Width by height of the free part.
    pub fn aspect(&self) -> f32 {
        self.free.width().max(1.0) / self.free.height().max(1.0)
    }

    /// Metres a logical pixel covers at a distance.
    pub fn metres_per_pixel(&self, distance_m: f32) -> f32 {
        2.0 * Self::half_height() * distance_m / self.free.height().max(1.0)
    }

    /// A part of the target in physical pixels, never outside the target.
    pub fn viewport(&self, part: Rect, scale: f32) -> Viewport {
        let limit = (self.size * scale).floor().max(Vec2::ONE);
        let min = (part.min * scale).round().clamp(Vec2::ZERO, limit - 1.0);
        let max = (part.max * scale).round().clamp(min + 1.0, limit);
        Viewport {
            physical_position: min.as_uvec2(),
            physical_size: (max - min).as_uvec2(),
            ..default()
        }
    }

    /// The lens of a camera that draws only this part of the target.
    pub fn within(&self, part: Rect) -> Self {
        Self {
            size: part.size(),
            free: Rect::from_corners(self.free.min - part.min, self.free.max - part.min),
        }
    }

    /// Left, right, bottom, top at distance 1.
    fn edges(&self) -> [f32; 4] {
        let (s, c) = (self.metres_per_pixel(1.0), self.free.center());
        [-c.x * s, (self.size.x - c.x) * s, (c.y - self.size.y) * s, c.y * s]
    }
}

impl CameraProjection for Lens {
    fn get_clip_from_view(&self) -> Mat4 {
        let [l, r, b, t] = self.edges();
        Mat4::from_cols(
            Vec4::new(2.0 / (r - l), 0.0, 0.0, 0.0),
            Vec4::new(0.0, 2.0 / (t - b), 0.0, 0.0),
            Vec4::new((r + l) / (r - l), (t + b) / (t - b), 0.0, -1.0),
            Vec4::new(0.0, 0.0, NEAR_M, 0.0),
        )
    }

    fn get_clip_from_view_for_sub(&self, _: &bevy::camera::SubCameraView) -> Mat4 {
        self.get_clip_from_view()
    }

    fn update(&mut self, _: f32, _: f32) {}

    fn far(&self) -> f32 {
        200_000.0
    }

    fn get_frustum_corners(&self, z_near: f32, z_far: f32) -> [Vec3A; 8] {
        let [l, r, b, t] = self.edges();
        let at = |x: f32, y: f32, z: f32| Vec3A::new(x * z.abs(), y * z.abs(), z);
        [
            at(r, b, z_near),
            at(r, t, z_near),
            at(l, t, z_near),
            at(l, b, z_near),
            at(r, b, z_far),
            at(r, t, z_far),
            at(l, t, z_far),
            at(l, b, z_far),
        ]
    }
}

/// The camera of this frame, for everything that thinks in pixels. The camera room writes it.
#[derive(Resource, Debug, Clone, Copy, PartialEq)]
pub struct Projector {
    /// Lens.
    pub lens: Lens,
    /// Eye, world.
    pub eye: Vec3,
    /// Where the camera looks.
    pub rotation: Quat,
    /// A second picture of the same view beside this one.
    pub twin: Option<Rect>,
}

impl Default for Projector {
    fn default() -> Self {
        Self {
            lens: Lens::default(),
            eye: Vec3::ZERO,
            rotation: Quat::IDENTITY,
            twin: None,
        }
    }
}

impl Projector {
    /// Logical pixel of a world point; `None` behind the eye.
    pub fn screen(&self, p: Vec3) -> Option<Vec2> {
        let v = self.rotation.inverse() * (p - self.eye);
        if v.z > -NEAR_M {
            return None;
        }
        let s = self.lens.metres_per_pixel(1.0);
        Some(self.lens.free.center() + Vec2::new(v.x, -v.y) / (-v.z * s))
    }

    /// From a pixel of the second picture to the same place in this one; other pixels stay.
    pub fn pointed(&self, pixel: Vec2) -> Vec2 {
        match self.twin {
            Some(twin) if twin.contains(pixel) => pixel - twin.center() + self.lens.free.center(),
            _ => pixel,
        }
    }

    /// Direction through a logical pixel.
    pub fn ray(&self, pixel: Vec2) -> Vec3 {
        let s = self.lens.metres_per_pixel(1.0);
        let d = (pixel - self.lens.free.center()) * s;
        (self.rotation * Vec3::new(d.x, -d.y, -1.0)).normalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shifted() -> Projector {
        Projector {
            lens: Lens {
                size: Vec2::new(1280.0, 720.0),
                free: Rect::new(260.0, 40.0, 900.0, 500.0),
            },
            eye: Vec3::new(10.0, 300.0, 50.0),
            rotation: Quat::from_rotation_y(0.4) * Quat::from_rotation_x(-0.8),
            twin: Some(Rect::new(900.0, 40.0, 1280.0, 500.0)),
        }
    }

    #[test]
    fn a_camera_of_a_part_draws_what_the_whole_would_draw_there() {
        let p = shifted();
        let part = Rect::new(500.0, 40.0, 900.0, 500.0);
        let own = p.lens.within(part);
        for pixel in [Vec2::new(510.0, 60.0), Vec2::new(890.0, 450.0)] {
            let there = p.eye + p.ray(pixel) * 321.0;
            let clip = own.get_clip_from_view() * (p.rotation.inverse() * (there - p.eye)).extend(1.0);
            let ndc = clip.truncate() / clip.w;
            let on_screen = (Vec2::new(ndc.x, -ndc.y) * 0.5 + 0.5) * own.size + part.min;
            assert!(on_screen.distance(pixel) < 0.05, "{on_screen} {pixel}");
        }
        assert_eq!(p.pointed(Vec2::new(1090.0, 270.0)), p.lens.free.center());
        assert_eq!(p.pointed(Vec2::new(300.0, 100.0)), Vec2::new(300.0, 100.0));
    }

    #[test]
    fn a_pixel_comes_back_through_its_ray_and_through_the_matrix() {
        let p = shifted();
        for pixel in [Vec2::new(300.0, 80.0), Vec2::new(880.0, 450.0), Vec2::new(1200.0, 700.0)] {
            let there = p.eye + p.ray(pixel) * 321.0;
            assert!(p.screen(there).unwrap().distance(pixel) < 0.05);
            let clip = p.lens.get_clip_from_view() * (p.rotation.inverse() * (there - p.eye)).extend(1.0);
            let ndc = clip.truncate() / clip.w;
            let on_screen = (Vec2::new(ndc.x, -ndc.y) * 0.5 + 0.5) * p.lens.size;
            assert!(on_screen.distance(pixel) < 0.05, "{on_screen} {pixel}");
        }
        assert!(p.screen(p.eye - p.ray(Vec2::new(300.0, 80.0)) * 5.0).is_none());
    }

    #[test]
    fn the_city_is_drawn_beside_the_panels_and_never_outside_the_target() {
        let part = |rect, scale| Lens::default().viewport(rect, scale);
        let beside = part(Rect::new(280.0, 40.0, 1280.0, 504.0), 1.5);
        assert_eq!(
            (beside.physical_position, beside.physical_size),
            (UVec2::new(420, 60), UVec2::new(1500, 696))
        );
        let beyond = part(Rect::new(-5.0, 0.0, 4000.0, 4000.0), 1.0);
        assert_eq!(
            (beyond.physical_position, beyond.physical_size),
            (UVec2::ZERO, UVec2::new(1280, 720))
        );
        assert_eq!(part(Rect::new(1280.0, 720.0, 1280.0, 720.0), 1.0).physical_size, UVec2::ONE);
    }
}
