//! Marks: screen-sized, drawn above everything, gathered where they would cover each other.

use crate::{
    app::{
        bridge::Selection,
        decor::symbol::{paint_severity, severity_color},
        scene::{
            ground::Ground,
            lens::Projector,
            marks::{Mark, Marks},
        },
        space::Space,
    },
    model::Conflict,
};
use bevy::math::{Rect, Vec2};
use bevy_egui::egui::{self, Align2, Color32, FontId, Pos2, Stroke};
use std::{borrow::Borrow, collections::BTreeMap};

const RADIUS_PX: f32 = 10.0;
const SELECTED_PX: f32 = 14.0;
/// Marks hover this far above their foot.
const STEM_PX: f32 = 30.0;
/// Marks nearer than this become one.
const GATHER_PX: f32 = 27.0;

/// Lays the marks out for this frame. `conflicts` are sorted gravest first.
pub fn layout(
    conflicts: &[impl Borrow<Conflict>],
    severities: [bool; 4],
    selection: &Selection,
    projector: &Projector,
    ground: &Ground,
    space: &Space,
) -> Marks {
    let view = projector.lens.free;
    let room = Rect::from_corners(view.min - 20.0, view.max + Vec2::new(20.0, 20.0 + STEM_PX));
    let chosen = match selection {
        Selection::Conflict(id) => Some(id.as_str()),
        _ => None,
    };
    let mut marks: Vec<Mark> = vec![];
    let mut cells = BTreeMap::<(i32, i32), Vec<usize>>::new();
    let cell = |p: Vec2| ((p.x / GATHER_PX).floor() as i32, (p.y / GATHER_PX).floor() as i32);
    for c in conflicts {
        let c: &Conflict = c.borrow();
        let selected = chosen == Some(c.id.as_str());
        if !severities[c.severity as usize - 1] && !selected {
            continue;
        }
        let Some(foot) = projector.screen(space.world(c.anchor, ground.height(c.anchor))) else {
            continue;
        };
        if !room.contains(foot) {
            continue;
        }
        let (x, y) = cell(foot);
        let near = (x - 1..=x + 1)
            .flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)))
            .filter_map(|k| cells.get(&k))
            .flatten()
            .copied()
            .find(|k| marks[*k].foot.distance(foot) < GATHER_PX);
        match near {
            Some(k) => {
                marks[k].conflicts.push(c.id.clone());
                marks[k].selected |= selected;
            }
            None => {
                cells.entry((x, y)).or_default().push(marks.len());
                marks.push(Mark {
                    at: foot - Vec2::new(0.0, STEM_PX),
                    foot,
                    radius: RADIUS_PX,
                    severity: c.severity,
                    conflicts: vec![c.id.clone()],
                    selected,
                });
            }
        }
    }
    for m in marks.iter_mut().filter(|m| m.selected) {
        m.radius = SELECTED_PX;
    }
    // The gravest come first in the list and are drawn last; the selected one tops all.
    marks.reverse();
    marks.sort_by_key(|m| m.selected);
    Marks(marks)
}

/// Draws the marks.
pub fn paint_marks(painter: &egui::Painter, marks: &Marks) {
    let at = |v: Vec2| Pos2::new(v.x, v.y);
    for m in &marks.0 {
        let (head, foot) = (at(m.at), at(m.foot));
        painter.line_segment([foot, head], Stroke::new(3.5, Color32::from_white_alpha(200)));
        painter.line_segment([foot, head], Stroke::new(1.5, Color32::from_gray(50)));
        painter.circle(foot, 2.5, Color32::from_gray(50), Stroke::new(1.0, Color32::WHITE));
        if m.selected {
            painter.circle(
                head,
                m.radius + 6.0,
                Color32::from_white_alpha(120),
                Stroke::new(2.5, severity_color(m.severity)),
            );
        }
        paint_severity(painter, head, m.radius, m.severity);
        if m.conflicts.len() > 1 {
            let text = m.conflicts.len().to_string();
            let corner = head + egui::vec2(m.radius * 0.95, -m.radius * 0.95);
            let half = egui::vec2(4.0 + 3.4 * text.len() as f32, 7.5);
            painter.rect(
                egui::Rect::from_center_size(corner, 2.0 * half),
                7.5,
                Color32::from_gray(38),
                Stroke::new(1.0, Color32::WHITE),
                egui::StrokeKind::Outside,
            );
            painter.text(corner, Align2::CENTER_CENTER, text, FontId::proportional(11.0), Color32::WHITE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::scene::ground::tests::hill, model::Severity};
    use bevy::math::{Quat, Vec3};

    #[test]
    fn near_marks_gather_under_the_gravest_and_hidden_ones_count_nothing() {
        let mut ground = hill();
        ground.flat = true;
        let projector = Projector {
            eye: Vec3::new(50.0, 400.0, -50.0),
            rotation: Quat::from_rotation_x(-std::f32::consts::FRAC_PI_2),
            ..Projector::default()
        };
        let list = [
            Conflict::sample("a", Severity::Prohibited, [50.0, 50.0]),
            Conflict::sample("b", Severity::Hint, [51.0, 50.0]),
            Conflict::sample("c", Severity::Hint, [90.0, 90.0]),
        ];
        let with = |severities| {
            layout(
                &list,
                severities,
                &Selection::Conflict("c".into()),
                &projector,
                &ground,
                &Space::default(),
            )
        };
        let all = with([true; 4]);
        assert_eq!(all.0.iter().map(|m| m.conflicts.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!((all.0[0].severity, all.0[1].selected), (Severity::Prohibited, true));
        let grave = with([false, true, true, true]);
        assert_eq!(grave.0.iter().map(|m| m.conflicts.len()).collect::<Vec<_>>(), [1, 1]);
    }
}
