//! The drawing over the picture: edges with their lengths, the area so far, corners, and a sign for what the pointer snapped to.

use crate::{
    app::{
        bridge::{Drafting, SnapKind, Tool, ViewState},
        scene::{
            ground::{CurrentGround, Ground},
            lens::Projector,
        },
        space::Space,
        theme::{strong_family, text},
    },
    geometry::area_m2,
    i18n::number,
    model::{GeometryKind, Language},
    scenario::Shape,
};
use bevy::prelude::*;
use bevy_egui::{
    EguiContexts,
    egui::{self, Align2, Color32, FontId, Painter, Pos2, Stroke, vec2},
};

/// The accent of everything that is being drawn: no layer has it.
const INK: Color32 = Color32::from_rgb(0x0B, 0x5F, 0xFF);
/// Pieces of an edge that follows the ground.
const PIECES: usize = 12;
/// An edge on the screen that has room for its length.
const LABEL_PX: f32 = 96.0;

/// From the map to the screen.
struct Screen<'a> {
    projector: &'a Projector,
    ground: &'a Ground,
    space: &'a Space,
}

impl Screen<'_> {
    fn at(&self, p: [f64; 2]) -> Option<Pos2> {
        let world = self.space.world(p, self.ground.height(p) + 0.3);
        self.projector.screen(world).map(|v| Pos2::new(v.x, v.y))
    }

    fn edge(&self, painter: &Painter, a: [f64; 2], b: [f64; 2], faint: bool) {
        let along = |k: usize| [0, 1].map(|i| a[i] + (b[i] - a[i]) * k as f64 / PIECES as f64);
        let line: Vec<Pos2> = (0..=PIECES).filter_map(|k| self.at(along(k))).collect();
        let ink = if faint { INK.gamma_multiply(0.55) } else { INK };
        painter.line(
            line.clone(),
            Stroke::new(4.0, Color32::from_white_alpha(if faint { 110 } else { 190 })),
        );
        painter.line(line, Stroke::new(2.0, ink));
    }
}

fn label(painter: &Painter, at: Pos2, text: &str) {
    let font = FontId::new(13.0, strong_family());
    let galley = painter.layout_no_wrap(text.to_owned(), font, Color32::WHITE);
    let rect = Align2::CENTER_CENTER.anchor_size(at, galley.size() + vec2(10.0, 4.0));
    painter.rect_filled(rect, 4.0, Color32::from_rgba_unmultiplied(16, 40, 92, 225));
    painter.galley(rect.min + vec2(5.0, 2.0), galley, Color32::WHITE);
}

fn length(language: Language, m: f64) -> String {
    format!("{}\u{a0}m", number(language, m, 2))
}

fn sign(painter: &Painter, at: Pos2, kind: SnapKind) {
    let stroke = Stroke::new(2.0, INK);
    let white = Stroke::new(4.5, Color32::WHITE);
    let square = |half: f32| egui::Rect::from_center_size(at, vec2(2.0 * half, 2.0 * half));
    match kind {
        SnapKind::Free => {
            painter.circle_stroke(at, 4.0, white);
            painter.circle_stroke(at, 4.0, stroke);
        }
        SnapKind::Vertex => {
            for s in [white, stroke] {
                painter.rect_stroke(square(7.0), 0.0, s, egui::StrokeKind::Middle);
            }
        }
        SnapKind::Close => {
            painter.circle_filled(at, 7.0, INK);
            painter.circle_stroke(at, 9.0, white);
            painter.circle_stroke(at, 9.0, stroke);
        }
        SnapKind::Edge => {
            for s in [white, stroke] {
                painter.line_segment([at + vec2(-6.0, -6.0), at + vec2(6.0, 6.0)], s);
                painter.line_segment([at + vec2(-6.0, 6.0), at + vec2(6.0, -6.0)], s);
            }
        }
        SnapKind::Square => {
            let corner = [at + vec2(-8.0, -8.0), at + vec2(-8.0, 8.0), at + vec2(8.0, 8.0)];
            for s in [white, stroke] {
                painter.line(corner.to_vec(), s);
                painter.circle_filled(at, 2.5, s.color);
            }
        }
    }
}

/// Paints the drawing in work.
pub fn paint(
    mut contexts: EguiContexts,
    drafting: Res<Drafting>,
    view: Res<ViewState>,
    (projector, ground, space): (Res<Projector>, Res<CurrentGround>, Res<Space>),
) -> Result {
    if drafting.tool == Tool::Select {
        return Ok(());
    }
    let Some(ground) = &ground.0 else { return Ok(()) };
    let free = projector.lens.free;
    let clip = egui::Rect::from_min_max(egui::pos2(free.min.x, free.min.y), egui::pos2(free.max.x, free.max.y));
    let painter = contexts.ctx_mut()?.layer_painter(egui::LayerId::background()).with_clip_rect(clip);
    let screen = Screen {
        projector: &projector,
        ground,
        space: &space,
    };
    if drafting.tool == Tool::Vertices {
        corners(&painter, &screen, &drafting);
    } else {
        sketch(&painter, &screen, &drafting, view.language);
    }
    if let Some(next) = drafting.next.filter(|_| !drafting.done)
        && let Some(at) = screen.at(next.at)
    {
        sign(&painter, at, next.kind);
        let step = drafting.step_m().filter(|m| *m >= 0.005 || !drafting.typed.is_empty());
        if let Some(m) = step.filter(|_| drafting.tool != Tool::Vertices) {
            let text = if drafting.typed.is_empty() {
                length(view.language, m)
            } else {
                format!("{}\u{a0}m ⏎", drafting.typed)
            };
            label(&painter, at + vec2(0.0, -24.0), &text);
        }
    }
    Ok(())
}

fn sketch(painter: &Painter, screen: &Screen, d: &Drafting, language: Language) {
    let mut line = d.points.clone();
    let fixed = line.len();
    if !d.done {
        line.extend(d.next.map(|n| n.at));
    }
    let area = d.tool == Tool::Draw(GeometryKind::Polygon);
    for (k, s) in line.windows(2).enumerate() {
        screen.edge(painter, s[0], s[1], k + 1 >= fixed && !d.done);
    }
    if area && line.len() >= 3 {
        screen.edge(painter, line[line.len() - 1], line[0], true);
    }
    for s in line.windows(2).take(fixed.saturating_sub(1)) {
        let middle = [0, 1].map(|i| (s[0][i] + s[1][i]) / 2.0);
        let m = (s[1][0] - s[0][0]).hypot(s[1][1] - s[0][1]);
        // Labels of short edges would cover the drawing.
        let long = screen.at(s[0]).zip(screen.at(s[1])).is_some_and(|(a, b)| a.distance(b) >= LABEL_PX);
        if let Some(at) = screen.at(middle).filter(|_| long) {
            label(painter, at, &length(language, m));
        }
    }
    for p in &d.points {
        if let Some(at) = screen.at(*p) {
            painter.circle(at, 4.0, Color32::WHITE, Stroke::new(2.0, INK));
        }
    }
    if area && line.len() >= 3 {
        let n = line.len() as f64;
        let middle = line.iter().fold([0.0, 0.0], |m, p| [m[0] + p[0] / n, m[1] + p[1] / n]);
        let m2 = area_m2(&Shape::polygon(line.clone()).geometries(), 0);
        if let Some(at) = screen.at(middle) {
            label(painter, at, &text::area(language, m2));
        }
    }
}

fn corners(painter: &Painter, screen: &Screen, d: &Drafting) {
    for (i, part) in d.corners.parts.iter().enumerate() {
        for (j, ring) in part.iter().enumerate() {
            let place = |k: usize| match d.next {
                Some(n) if d.corners.held == Some([i, j, k]) => n.at,
                _ => ring[k],
            };
            let n = ring.len();
            let edges = if d.corners.closed { n } else { n.saturating_sub(1) };
            for k in 0..edges {
                screen.edge(painter, place(k), place((k + 1) % n), false);
            }
            for k in 0..n {
                if let Some(at) = screen.at(place(k)) {
                    let held = d.corners.held == Some([i, j, k]);
                    let (fill, size) = if held { (INK, 6.0) } else { (Color32::WHITE, 4.5) };
                    painter.circle(at, size, fill, Stroke::new(2.0, INK));
                }
            }
        }
    }
}
