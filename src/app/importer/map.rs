//! A small map: the project's area, and where the features would lie.

use crate::{
    app::theme::widgets::colors,
    import::{Trial, Where},
    model::{Bbox, Geometries, GeometryKind},
};
use bevy_egui::egui::{Align2, Color32, FontId, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use std::sync::Arc;

/// More vertices than this are not drawn on a map of a hand's size.
const MOST_VERTICES: usize = 8_000;
/// A point is drawn where a feature is smaller than this on the map.
const SPECK_PX: f32 = 1.5;

/// The features of a trial, thinned for the map.
#[derive(Debug, Default)]
pub struct Shapes {
    of: Option<Arc<Geometries>>,
    lines: Vec<Vec<[f64; 2]>>,
    points: Vec<[f64; 2]>,
}

impl Shapes {
    /// Follows the trial.
    pub fn follow(&mut self, trial: Option<&Trial>) {
        let geometry = trial.and_then(|t| t.geometry.as_ref());
        match (&self.of, geometry) {
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) => return,
            (None, None) => return,
            _ => {}
        }
        *self = Self::default();
        let Some(g) = geometry else { return };
        self.of = Some(g.clone());
        let every = g.coords().len().div_ceil(MOST_VERTICES).max(1);
        for row in (0..g.len()).step_by(if g.kind() == GeometryKind::Point { every } else { 1 }) {
            for ring in g.rings(row) {
                match (g.kind(), ring) {
                    (_, []) => {}
                    (GeometryKind::Point, [p, ..]) => self.points.push(*p),
                    // Long rings keep their corners as far as there is room; the last vertex closes them.
                    (_, ring) => {
                        let mut line: Vec<[f64; 2]> = ring.iter().step_by(every.min(ring.len().div_ceil(4))).copied().collect();
                        line.extend(ring.last());
                        self.lines.push(line);
                    }
                }
            }
        }
        // Where even four corners a ring are too many, whole rings are left out.
        let over = self.lines.iter().map(Vec::len).sum::<usize>().div_ceil(MOST_VERTICES);
        if over > 1 {
            self.lines = std::mem::take(&mut self.lines).into_iter().step_by(over).collect();
        }
    }
}

/// The part of the map that is shown: both where they are near each other, else the data.
fn frame(home: Bbox, trial: Option<&Trial>) -> Bbox {
    let data = trial.map_or(Bbox::EMPTY, |t| t.extent);
    let size = home.width_m().hypot(home.height_m());
    let far = matches!(trial.map(|t| t.place), Some(Where::Apart { distance_m }) if distance_m > 6.0 * size);
    let all = match (data.is_empty(), far) {
        (true, _) => home,
        (false, true) => data,
        (false, false) => home.union(data),
    };
    // A single point has no extent.
    all.buffered((0.06 * all.width_m().max(all.height_m())).max(20.0))
}

/// The map.
pub fn map_ui(ui: &mut Ui, home: Bbox, home_name: &str, trial: Option<&Trial>, shapes: &Shapes, height: f32) {
    let p = colors(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect(rect, 4.0, p.raised, Stroke::new(1.0, p.line), StrokeKind::Inside);
    let frame = frame(home, trial);
    let scale = (f64::from(rect.width()) / frame.width_m()).min(f64::from(rect.height()) / frame.height_m());
    let middle = frame.center();
    let at = |q: &[f64; 2]| -> Pos2 {
        let d = [(q[0] - middle[0]) * scale, (middle[1] - q[1]) * scale];
        // Far outside, 32 bits would fold lines back into the picture.
        rect.center() + vec2(d[0].clamp(-1e5, 1e5) as f32, d[1].clamp(-1e5, 1e5) as f32)
    };
    let area = Rect::from_two_pos(at(&home.min), at(&home.max));
    painter.rect(
        area,
        2.0,
        p.button.gamma_multiply(0.5),
        Stroke::new(1.0, p.weak),
        StrokeKind::Inside,
    );
    if area.width() > 60.0 {
        painter.text(
            area.left_top() + vec2(5.0, 3.0),
            Align2::LEFT_TOP,
            home_name,
            FontId::proportional(12.0),
            p.weak,
        );
    }
    let ink: Color32 = p.accent;
    for line in &shapes.lines {
        let points: Vec<Pos2> = line.iter().map(at).collect();
        let bounds = Rect::from_points(&points);
        if !bounds.intersects(rect) {
            continue;
        }
        if bounds.width().max(bounds.height()) < SPECK_PX {
            painter.rect_filled(Rect::from_center_size(bounds.center(), vec2(1.5, 1.5)), 0.0, ink);
        } else {
            painter.line(points, Stroke::new(1.0, ink));
        }
    }
    if let Some(t) = trial.filter(|t| t.geometry.is_none() && !t.extent.is_empty()) {
        // A grid is shown by where it reaches.
        let reach = Rect::from_two_pos(at(&t.extent.min), at(&t.extent.max)).intersect(rect);
        painter.rect(reach, 0.0, ink.gamma_multiply(0.15), Stroke::new(1.5, ink), StrokeKind::Inside);
    }
    for q in &shapes.points {
        let q = at(q);
        if rect.contains(q) {
            painter.circle(q, 2.5, ink, Stroke::new(0.5, p.raised));
        }
    }
    let north = pos2(rect.right() - 12.0, rect.top() + 8.0);
    painter.text(north, Align2::CENTER_TOP, "N", FontId::proportional(11.0), p.weak);
    painter.line_segment([north + vec2(0.0, 13.0), north + vec2(0.0, 26.0)], Stroke::new(1.0, p.weak));
    painter.line_segment([north + vec2(0.0, 13.0), north + vec2(-3.0, 18.0)], Stroke::new(1.0, p.weak));
    painter.line_segment([north + vec2(0.0, 13.0), north + vec2(3.0, 18.0)], Stroke::new(1.0, p.weak));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{GeometriesBuilder, Report};

    fn trial(geometry: Geometries, place: Where) -> Trial {
        Trial {
            extent: geometry.extent(),
            geometry: Some(Arc::new(geometry)),
            place,
            count: 1,
            fields: vec![],
            report: Report::default(),
            refused: None,
        }
    }

    #[test]
    fn many_vertices_are_thinned_and_rings_stay_closed() {
        let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
        for k in 0..2_000 {
            let o = f64::from(k) * 20.0;
            b.ring((0..=40).map(|i| {
                let (s, c) = (f64::from(i % 40) * std::f64::consts::TAU / 40.0).sin_cos();
                [o + 8.0 * c, 8.0 * s]
            }))
            .end_part()
            .end_feature();
        }
        let t = trial(b.finish(), Where::Inside);
        let mut shapes = Shapes::default();
        shapes.follow(Some(&t));
        let drawn: usize = shapes.lines.iter().map(Vec::len).sum();
        assert!(drawn <= MOST_VERTICES && drawn > 1_000, "{drawn}");
        assert!(shapes.lines.iter().all(|l| l.first() == l.last()));
    }

    #[test]
    fn data_far_away_fill_the_map_alone() {
        let home = Bbox::new([0.0, 0.0], [1000.0, 1000.0]);
        let mut b = GeometriesBuilder::new(GeometryKind::Point);
        b.ring([[500_000.0, 0.0]]).end_part().end_feature();
        let t = trial(b.finish(), Where::Apart { distance_m: 499_000.0 });
        assert!(!frame(home, Some(&t)).contains([0.0, 0.0]));
        assert!(frame(home, None).contains([0.0, 0.0]));
    }
}
