//! Keeps the conflicts' meshes and marks in step with the evaluation, the severity filter and the selection.

use super::{marks, shape};
use crate::{
    app::{
        bridge::{CurrentSnapshot, Selection, ViewState},
        material::FlatMaterial,
        scene::{
            ground::{CurrentGround, Ground},
            lens::Projector,
            marks::Marks,
            mirror::{Piece, Stage},
        },
        schedule::{AppSystems, PaintSystems},
        space::Space,
    },
    rules::Evaluation,
};
use bevy::{
    prelude::*,
    tasks::{AsyncComputeTaskPool, Task, futures::check_ready},
};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass, egui};
use std::sync::Arc;

#[derive(Resource, Default)]
struct Shapes {
    built_for: Option<(Arc<Evaluation>, Arc<Ground>, [bool; 4])>,
    task: Option<Task<Vec<Piece>>>,
    entities: Vec<Entity>,
}

#[derive(Resource, Default)]
struct SelectedShape {
    built_for: Option<(Arc<Evaluation>, Arc<Ground>, String)>,
    entities: Vec<Entity>,
}

fn put(stage: &mut Stage, pieces: Vec<Piece>) -> Vec<Entity> {
    stage.redraw.soon();
    pieces
        .into_iter()
        .filter(|p| !p.mesh.is_empty())
        .map(|p| {
            let look = FlatMaterial {
                horizon: *stage.horizon,
                ..p.look
            };
            let (mesh, material) = (stage.meshes.add(p.mesh.finish()), stage.materials.add(look));
            stage.commands.spawn((Mesh3d(mesh), MeshMaterial3d(material))).id()
        })
        .collect()
}

fn build(
    mut stage: Stage,
    mut shapes: ResMut<Shapes>,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    (ground, space): (Res<CurrentGround>, Res<Space>),
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let g = &stage.next.or(g).clone();
    let fresh = shapes
        .built_for
        .as_ref()
        .is_some_and(|(e, old, v)| Arc::ptr_eq(e, &s.evaluation) && Arc::ptr_eq(old, g) && *v == view.severities);
    if !fresh {
        shapes.built_for = Some((s.evaluation.clone(), g.clone(), view.severities));
        let (evaluation, ground, space, severities) = (s.evaluation.clone(), g.clone(), *space, view.severities);
        shapes.task =
            Some(AsyncComputeTaskPool::get().spawn(async move { shape::all(&evaluation.conflicts, severities, &ground, &space) }));
    }
    let drawn = !shapes.entities.is_empty();
    if let Some(task) = &mut shapes.task {
        stage.redraw.soon();
        if drawn && stage.next.holds(task) {
            return;
        }
        if let Some(pieces) = check_ready(task) {
            shapes.task = None;
            shapes.entities.drain(..).for_each(|e| stage.commands.entity(e).despawn());
            shapes.entities = put(&mut stage, pieces);
        }
    }
}

fn select(
    mut stage: Stage,
    mut shown: ResMut<SelectedShape>,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    (ground, space): (Res<CurrentGround>, Res<Space>),
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let wanted = match &view.selection {
        Selection::Conflict(id) => s.evaluation.conflict(id),
        _ => None,
    };
    let fresh = match (&shown.built_for, wanted) {
        (None, None) => true,
        (Some((e, old, id)), Some(c)) => Arc::ptr_eq(e, &s.evaluation) && Arc::ptr_eq(old, g) && *id == c.id,
        _ => false,
    };
    if fresh {
        return;
    }
    shown.entities.drain(..).for_each(|e| stage.commands.entity(e).despawn());
    stage.redraw.soon();
    shown.built_for = wanted.map(|c| (s.evaluation.clone(), g.clone(), c.id.clone()));
    if let Some(c) = wanted {
        shown.entities = put(&mut stage, shape::selected(c, g, &space));
    }
}

fn place_marks(
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    projector: Res<Projector>,
    (ground, space): (Res<CurrentGround>, Res<Space>),
    mut marks: ResMut<Marks>,
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    *marks = marks::layout(&s.evaluation.conflicts, view.severities, &view.selection, &projector, g, &space);
}

fn draw_marks(mut contexts: EguiContexts, marks: Res<Marks>, projector: Res<Projector>) -> Result {
    let free = projector.lens.free;
    let clip = egui::Rect::from_min_max(egui::pos2(free.min.x, free.min.y), egui::pos2(free.max.x, free.max.y));
    // The same layer as panels and decorations, painted before them.
    let painter = contexts.ctx_mut()?.layer_painter(egui::LayerId::background()).with_clip_rect(clip);
    marks::paint_marks(&painter, &marks);
    Ok(())
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Shapes>()
        .init_resource::<SelectedShape>()
        .init_resource::<Marks>()
        .add_systems(Update, (build, select).in_set(AppSystems::Build))
        .add_systems(Update, place_marks.in_set(AppSystems::Show))
        .add_systems(EguiPrimaryContextPass, draw_marks.in_set(PaintSystems::Marks));
}
