//! Shadows in the view: made in the background for a city, a ground and a moment, and swapped when the next are ready.

use super::{
    bodies::{Bodies, layers, on_bodies, on_ground},
    state::{Quality, Sun},
};
use crate::{
    app::{
        bridge::{CameraInfo, CurrentSnapshot, Later, Same, ViewState},
        decor::{LegendEntry, LegendGroup, MapLegend, Swatch},
        scene::{
            ground::Ground,
            laid::{Cover, Floor},
            mirror::Stage,
        },
        schedule::AppSystems,
        theme::map_color,
    },
    i18n::{tr, tr_with},
    model::{Bbox, Layer, SlotId},
    progress::Control,
    project::City,
};
use bevy::prelude::*;
use std::sync::Arc;

/// Cities with more buildings, or wider than this, are shaded around the place that the camera looks at.
const MOST_BUILDINGS: usize = 12_000;
const WIDEST_M: f64 = 6_000.0;
/// So far from that place.
const AROUND_M: f64 = 1_200.0;
/// Walls and roofs are shaded nearer: farther away they are a few pixels.
const FACES_M: f64 = 700.0;
/// Below the overlays of studies.
const ORDER: f32 = -40.0;

/// City, ground and area whose bodies are known.
type Of = (Same<City>, Same<Ground>, Vec<SlotId>, Option<[i64; 2]>);
/// Bodies and the moment in seconds; for walls the place, too.
type OnGround = (Same<Bodies>, i64);
type OnFaces = (Same<Bodies>, i64, [i64; 2]);

#[derive(Resource, Default)]
struct Drawn {
    bodies: Later<Of, Arc<Bodies>>,
    ground: Cover<OnGround>,
    faces: Cover<OnFaces>,
}

/// A place in steps of so many metres, so that it does not follow every move of the camera.
fn snapped(p: [f64; 2], step_m: f64) -> [i64; 2] {
    p.map(|v| (v / step_m).round() as i64)
}

fn around(p: [i64; 2], step_m: f64, reach_m: f64) -> Bbox {
    let at = p.map(|v| v as f64 * step_m);
    Bbox::new(at, at).buffered(reach_m)
}

#[derive(bevy::ecs::system::SystemParam)]
struct Scene<'w> {
    snapshot: Res<'w, CurrentSnapshot>,
    view: Res<'w, ViewState>,
    camera: Res<'w, CameraInfo>,
    floor: Floor<'w>,
}

fn draw(mut stage: Stage, mut drawn: ResMut<Drawn>, mut sun: ResMut<Sun>, scene: Scene) {
    let drawn = drawn.bypass_change_detection();
    let sun = sun.bypass_change_detection();
    let (Some(s), Some(ground)) = (&scene.snapshot.0, &scene.floor.ground.0) else {
        return;
    };
    let step = sun.casting().filter(|_| sun.quality() != Quality::Off);
    let Some(step) = step else {
        drawn.ground.show(&mut stage, None, Vec::new);
        drawn.faces.show(&mut stage, None, Vec::new);
        if sun.quality() == Quality::Off {
            drawn.bodies.forget();
        }
        return;
    };
    let ground = &stage.next.or(ground).clone();
    let space = *scene.floor.space;
    let shown = |l: &Arc<Layer>| {
        let def = s.city.slot(&l.slot).is_some_and(|slot| slot.def.visible);
        scene.view.layer(&l.slot).map_or(def, |v| v.visible)
    };
    let layers: Vec<Arc<Layer>> = layers(&s.city).into_iter().filter(shown).collect();
    let extent = layers.iter().map(|l| l.extent()).fold(Bbox::EMPTY, Bbox::union);
    let count: usize = layers.iter().map(|l| l.len()).sum();
    let large = count > MOST_BUILDINGS || extent.width_m().max(extent.height_m()) > WIDEST_M;
    let place = large.then(|| snapped(scene.camera.target, 0.25 * AROUND_M));
    let of = (
        Same(s.city.clone()),
        Same(ground.clone()),
        layers.iter().map(|l| l.slot.clone()).collect(),
        place,
    );
    let area = place.map_or(extent.buffered(200.0), |p| around(p, 0.25 * AROUND_M, AROUND_M));
    let on = ground.clone();
    let make = move |control: &Control| Arc::new(Bodies::new(&layers, area, &on, control));
    if drawn.bodies.want(of, make) {
        stage.redraw.soon();
        stage.next.waits(true);
        return;
    }
    let Some(bodies) = drawn.bodies.get().cloned() else { return };
    let second = step.at.as_second();
    let (b, on) = (bodies.clone(), ground.clone());
    drawn.ground.show(&mut stage, Some((Same(bodies.clone()), second)), move || {
        ordered(on_ground(&b, &step, &on, &space, &Control::default()), 0.0)
    });
    let near = snapped(scene.camera.target, 0.25 * FACES_M);
    let key = (sun.quality() == Quality::Full).then(|| (Same(bodies.clone()), second, near));
    let inside = around(near, 0.25 * FACES_M, FACES_M);
    drawn.faces.show(&mut stage, key, move || {
        ordered(on_bodies(&bodies, &inside, &step, &space, &Control::default()), 1.0)
    });
    let faces = sun.quality() != Quality::Full || drawn.faces.is_at(|k| k.1 == second);
    if faces && drawn.ground.is_at(|k| k.1 == second) {
        sun.drawn = Some(step.at);
    }
}

fn ordered(mut pieces: Vec<crate::app::scene::mirror::Piece>, more: f32) -> Vec<crate::app::scene::mirror::Piece> {
    pieces.iter_mut().for_each(|p| p.look.order += ORDER + more);
    pieces
}

fn legend(mut legends: ResMut<MapLegend>, sun: Res<Sun>, view: Res<ViewState>) {
    let language = view.language;
    let mut groups = vec![];
    let site = sun.almanac.as_ref().and_then(|a| a.site.as_ref().ok());
    if let (true, Some(site), Some(step)) = (sun.quality() != Quality::Off, site, sun.step()) {
        let text = match sun.casting() {
            Some(_) => tr_with(
                language,
                "sunview-legend",
                &[
                    ("date", super::panel::date_text(language, sun.date).into()),
                    ("time", site.clock(step.at).into()),
                ],
            ),
            None => tr(language, "sunview-legend-night"),
        };
        let ground = map_color([0xD3, 0xDA, 0xCC]).lerp_to_gamma(map_color([24, 34, 60]), 0.4);
        groups.push(LegendGroup {
            title: String::new(),
            entries: vec![LegendEntry {
                swatch: Swatch::Area(ground, ground),
                text,
            }],
        });
    }
    legends.set("sun", groups);
}

/// Registers the shadows.
pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Drawn>()
        .init_resource::<MapLegend>()
        .add_systems(Update, draw.in_set(AppSystems::Build))
        .add_systems(Update, legend.in_set(AppSystems::Show));
}
