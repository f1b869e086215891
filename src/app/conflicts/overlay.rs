//! Keeps the conflicts' meshes and marks in step with the evaluation, the severity filter and the selection.

use super::{marks, shape};
use crate::{
    app::{
        bridge::{Compared, CurrentSnapshot, Pane, Panes, Selection, Side, ViewState},
        material::FlatMaterial,
        scene::{
            ground::{CurrentGround, Ground},
            lens::{Lens, Projector},
            marks::{Marks, OtherMarks},
            mirror::{Piece, Stage},
        },
        schedule::{AppSystems, PaintSystems},
        space::Space,
    },
    rules::Evaluation,
};
use bevy::{
    prelude::*,
    tasks::{AsyncComputeTaskPool, Task},
};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass, egui};
use std::sync::Arc;

/// Shapes of one evaluation.
#[derive(Default)]
struct Shapes {
    built_for: Option<(Arc<Evaluation>, Arc<Ground>, [bool; 4])>,
    task: Option<Task<Vec<Piece>>>,
    entities: Vec<Entity>,
    /// In which picture they are.
    side: Side,
}

/// Of what is shown, and of the variant that it is compared with.
#[derive(Resource, Default)]
struct AllShapes {
    now: Shapes,
    before: Shapes,
}

#[derive(Resource, Default)]
struct SelectedShape {
    built_for: Option<(Arc<Evaluation>, Arc<Ground>, String, Side)>,
    entities: Vec<Entity>,
}

fn put(stage: &mut Stage, pieces: Vec<Piece>, side: Side) -> Vec<Entity> {
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
            stage.commands.spawn((Mesh3d(mesh), MeshMaterial3d(material), side.layers())).id()
        })
        .collect()
}

impl Shapes {
    /// Brings them in step with an evaluation; `None` takes them away.
    fn follow(
        &mut self,
        stage: &mut Stage,
        evaluation: Option<&Arc<Evaluation>>,
        side: Side,
        ground: &Arc<Ground>,
        view: (&ViewState, Space),
    ) {
        let Some(evaluation) = evaluation else {
            if self.built_for.take().is_some() {
                self.task = None;
                self.entities.drain(..).for_each(|e| stage.commands.entity(e).despawn());
                stage.redraw.soon();
            }
            return;
        };
        let (view, space) = view;
        let fresh = self
            .built_for
            .as_ref()
            .is_some_and(|(e, old, v)| Arc::ptr_eq(e, evaluation) && Arc::ptr_eq(old, ground) && *v == view.severities);
        if !fresh {
            self.built_for = Some((evaluation.clone(), ground.clone(), view.severities));
            let (evaluation, ground, severities) = (evaluation.clone(), ground.clone(), view.severities);
            self.task =
                Some(AsyncComputeTaskPool::get().spawn(async move { shape::all(&evaluation.conflicts, severities, &ground, &space) }));
        }
        if self.side != side {
            self.side = side;
            stage.redraw.soon();
            for e in &self.entities {
                stage.commands.entity(*e).insert(side.layers());
            }
        }
        let drawn = !self.entities.is_empty();
        if let Some(task) = &mut self.task {
            let held = drawn && stage.next.holds(task);
            let made = if held { None } else { stage.redraw.result(task) };
            let Some(pieces) = made else {
                stage.redraw.wait();
                return;
            };
            self.task = None;
            self.entities.drain(..).for_each(|e| stage.commands.entity(e).despawn());
            self.entities = put(stage, pieces, side);
        }
    }
}

fn build(
    mut stage: Stage,
    mut shapes: ResMut<AllShapes>,
    snapshot: Res<CurrentSnapshot>,
    (view, compared): (Res<ViewState>, Res<Compared>),
    (ground, space): (Res<CurrentGround>, Res<Space>),
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let g = &stage.next.or(g).clone();
    let before = compared.before.as_ref().map(|b| &b.evaluation);
    let side = if before.is_some() { Side::Now } else { Side::Both };
    let seen = (&*view, *space);
    shapes.now.follow(&mut stage, Some(&s.evaluation), side, g, seen);
    shapes.before.follow(&mut stage, before, Side::Before, g, seen);
    if shapes.before.task.is_some() {
        stage.unready.0 += 1;
    }
}

fn select(
    mut stage: Stage,
    mut shown: ResMut<SelectedShape>,
    snapshot: Res<CurrentSnapshot>,
    (view, compared): (Res<ViewState>, Res<Compared>),
    (ground, space): (Res<CurrentGround>, Res<Space>),
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let before = compared.before.as_ref().map(|b| &b.evaluation);
    let wanted = match &view.selection {
        // One that the plan resolved is still there in the other picture.
        Selection::Conflict(id) => match (s.evaluation.conflict(id), before.and_then(|b| Some((b, b.conflict(id)?)))) {
            (Some(c), Some(_)) => Some((&s.evaluation, c, Side::Both)),
            (Some(c), None) if before.is_some() => Some((&s.evaluation, c, Side::Now)),
            (Some(c), None) => Some((&s.evaluation, c, Side::Both)),
            (None, Some((b, c))) => Some((b, c, Side::Before)),
            (None, None) => None,
        },
        _ => None,
    };
    let fresh = match (&shown.built_for, wanted) {
        (None, None) => true,
        (Some((e, old, id, side)), Some((of, c, on))) => Arc::ptr_eq(e, of) && Arc::ptr_eq(old, g) && *id == c.id && *side == on,
        _ => false,
    };
    if fresh {
        return;
    }
    shown.entities.drain(..).for_each(|e| stage.commands.entity(e).despawn());
    stage.redraw.soon();
    shown.built_for = wanted.map(|(of, c, side)| (of.clone(), g.clone(), c.id.clone(), side));
    if let Some((_, c, side)) = wanted {
        shown.entities = put(&mut stage, shape::selected(c, g, &space), side);
    }
}

fn place_marks(
    snapshot: Res<CurrentSnapshot>,
    (view, compared, panes): (Res<ViewState>, Res<Compared>, Res<Panes>),
    projector: Res<Projector>,
    (ground, space): (Res<CurrentGround>, Res<Space>),
    (mut marks, mut other): (ResMut<Marks>, ResMut<OtherMarks>),
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let lay = |pane: &Pane| {
        let evaluation = match (pane.side, &compared.before) {
            (Side::Before, Some(before)) => &before.evaluation,
            _ => &s.evaluation,
        };
        let lens = Lens {
            free: pane.lens,
            ..projector.lens
        };
        let eye = Projector { lens, ..*projector };
        let mut marks = marks::layout(&evaluation.conflicts, view.severities, &view.selection, &eye, g, &space);
        if pane.rect != pane.lens {
            marks.0.retain(|m| pane.rect.contains(m.at));
        }
        marks
    };
    *marks = lay(&panes.main);
    match &panes.other {
        Some(pane) => other.0 = lay(pane),
        None if !other.0.0.is_empty() => other.0 = Marks::default(),
        None => {}
    }
}

fn draw_marks(mut contexts: EguiContexts, (marks, other): (Res<Marks>, Res<OtherMarks>), panes: Res<Panes>) -> Result {
    let ctx = contexts.ctx_mut()?;
    for (pane, marks) in [(Some(&panes.main), &*marks), (panes.other.as_ref(), &other.0)] {
        let Some(r) = pane.map(|p| p.rect) else { continue };
        let clip = egui::Rect::from_min_max(egui::pos2(r.min.x, r.min.y), egui::pos2(r.max.x, r.max.y));
        // The same layer as panels and decorations, painted before them.
        let painter = ctx.layer_painter(egui::LayerId::background()).with_clip_rect(clip);
        marks::paint_marks(&painter, marks);
    }
    Ok(())
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<AllShapes>()
        .init_resource::<SelectedShape>()
        .init_resource::<Marks>()
        .init_resource::<OtherMarks>()
        .add_systems(Update, (build, select).in_set(AppSystems::Build))
        .add_systems(Update, place_marks.in_set(AppSystems::Show))
        .add_systems(EguiPrimaryContextPass, draw_marks.in_set(PaintSystems::Marks));
}
