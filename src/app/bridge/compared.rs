//! Two variants in one window: what is worked on, and the one it is compared with. The room of variants writes it; every room that draws
//! the city puts what differs on a side of its own, and everything else stays shared.

use super::Selection;
use crate::{model::FeatureRef, session::Variant};
use bevy::{camera::visibility::RenderLayers, prelude::*};
use std::sync::Arc;

/// In which of the two pictures something is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// In both: most of the city.
    #[default]
    Both,
    /// Only in the picture of what is worked on.
    Now,
    /// Only in the picture of what it is compared with.
    Before,
}

impl Side {
    /// Of something that is drawn.
    pub fn layers(self) -> RenderLayers {
        RenderLayers::layer(self as usize)
    }

    /// What a camera of this side sees.
    pub fn sees(self) -> RenderLayers {
        RenderLayers::layer(0).with(self as usize)
    }
}

/// How the two pictures share the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrangement {
    /// One picture: nothing is compared, and nothing is drawn twice.
    #[default]
    Single,
    /// Before on the left, now on the right, with one camera.
    Beside,
    /// One picture, parted by a line that can be moved.
    Swipe,
}

/// The comparison in the view.
#[derive(Resource, Debug)]
pub struct Compared {
    /// How the view is shared.
    pub arrangement: Arrangement,
    /// Where the line stands, 0 left to 1 right.
    pub divider: f32,
    /// The key is held that shows the whole view as it was before.
    pub held: bool,
    /// The variant to compare with; `None` while it is not wanted or not there yet.
    pub before: Option<Arc<Variant>>,
    /// Everything that only `before` has is in the scene.
    pub ready: bool,
}

impl Default for Compared {
    fn default() -> Self {
        Self {
            arrangement: Arrangement::Single,
            divider: 0.5,
            held: false,
            before: None,
            ready: false,
        }
    }
}

/// A feature of the other variant that was clicked and is not in the one that is worked on: what is selected is its place.
#[derive(Resource, Debug, Default)]
pub struct OnlyThere(pub Option<(Selection, FeatureRef)>);

impl OnlyThere {
    /// The feature, as long as its place is selected.
    pub fn of(&self, selection: &Selection) -> Option<&FeatureRef> {
        self.0.as_ref().filter(|(place, _)| place == selection).map(|(_, f)| f)
    }
}

/// A part of the view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pane {
    /// The pixels it fills, logical.
    pub rect: Rect,
    /// The rectangle whose middle is what the camera looks at: larger than `rect` where a line parts one picture.
    pub lens: Rect,
    /// Which variant it shows.
    pub side: Side,
}

/// The parts of the view in this frame. The camera writes them.
#[derive(Resource, Debug, Clone, Copy, PartialEq)]
pub struct Panes {
    /// Where somebody points and draws.
    pub main: Pane,
    /// The other picture.
    pub other: Option<Pane>,
}

impl Default for Panes {
    fn default() -> Self {
        Self::whole(Rect::from_corners(Vec2::ZERO, Vec2::ONE), Side::Now)
    }
}

impl Panes {
    /// The picture of the other variant, where a pixel lies in it.
    pub fn there(&self, pixel: Vec2) -> Option<&Pane> {
        let all = [Some(&self.main), self.other.as_ref()];
        all.into_iter().flatten().find(|p| p.side == Side::Before && p.rect.contains(pixel))
    }

    fn whole(free: Rect, side: Side) -> Self {
        let main = Pane {
            rect: free,
            lens: free,
            side,
        };
        Self { main, other: None }
    }
}

/// Half the width of the gap between two pictures.
const GAP: f32 = 1.0;
/// So much of each picture stays beside the line.
const LEAST: f32 = 24.0;

impl Compared {
    /// How the free part of the view is shared.
    pub fn panes(&self, free: Rect) -> Panes {
        // Until all of it is there, a picture of the other variant would lack what differs.
        if self.before.is_none() || !self.ready {
            return Panes::whole(free, Side::Now);
        }
        if self.held {
            return Panes::whole(free, Side::Before);
        }
        let line = match self.arrangement {
            Arrangement::Single => return Panes::whole(free, Side::Now),
            Arrangement::Beside => 0.5,
            Arrangement::Swipe => self.divider,
        };
        let room = LEAST.min(free.width() / 3.0);
        let x = (free.min.x + free.width() * line)
            .round()
            .clamp(free.min.x + room, free.max.x - room);
        let left = Rect::new(free.min.x, free.min.y, x - GAP, free.max.y);
        let right = Rect::new(x + GAP, free.min.y, free.max.x, free.max.y);
        let own = self.arrangement == Arrangement::Beside;
        let pane = |rect: Rect, side| Pane {
            rect,
            lens: if own { rect } else { free },
            side,
        };
        Panes {
            main: pane(right, Side::Now),
            other: Some(pane(left, Side::Before)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rules::{Evaluation, testing::TestCity},
        scenario::Overlay,
    };

    fn some() -> Option<Arc<Variant>> {
        Some(Arc::new(Variant {
            title: Variant::base_title(),
            overlay: Overlay::default(),
            city: Arc::new(TestCity::new().build()),
            evaluation: Arc::new(Evaluation::default()),
            notices: vec![],
        }))
    }

    #[test]
    fn the_view_is_whole_until_the_other_variant_is_there_and_then_shared() {
        let free = Rect::new(280.0, 40.0, 1281.0, 500.0);
        let mut c = Compared {
            arrangement: Arrangement::Beside,
            ..Compared::default()
        };
        assert_eq!(c.panes(free), Panes::whole(free, Side::Now));
        c.before = some();
        assert_eq!(c.panes(free), Panes::whole(free, Side::Now), "not drawn yet");
        c.ready = true;
        let p = c.panes(free);
        let other = p.other.unwrap();
        assert!((other.rect.width() - p.main.rect.width()).abs() <= 1.0 && other.rect.max.x < p.main.rect.min.x);
        assert_eq!((p.main.lens, other.lens), (p.main.rect, other.rect));
        c.arrangement = Arrangement::Swipe;
        for (divider, least) in [(0.0, 20.0), (0.3, 290.0), (1.0, 900.0)] {
            c.divider = divider;
            let p = c.panes(free);
            let other = p.other.unwrap();
            assert!(other.rect.width() >= least && p.main.rect.width() >= 20.0, "{divider}");
            assert_eq!((p.main.lens, other.lens), (free, free), "one picture");
        }
        c.held = true;
        assert_eq!(c.panes(free), Panes::whole(free, Side::Before));
        c.arrangement = Arrangement::Single;
        assert_eq!(c.panes(free).main.side, Side::Before, "without any arrangement as well");
    }

    #[test]
    fn each_camera_sees_what_is_shared_and_its_own() {
        for (camera, seen) in [(Side::Now, [true, true, false]), (Side::Before, [true, false, true])] {
            let all = [Side::Both, Side::Now, Side::Before];
            assert_eq!(all.map(|s| camera.sees().intersects(&s.layers())), seen);
        }
    }
}
