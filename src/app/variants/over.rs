//! Over the map: the name of each picture, and the line between two of them.

use super::state::{Variants, With};
use crate::{
    app::{
        bridge::{Arrangement, Compared, Pane, Panes, Side},
        theme::{palette, strong_family},
    },
    i18n::tr,
    model::Language,
    session::{Snapshot, Variant},
};
use bevy_egui::egui::{self, Align2, Area, Color32, Context, CursorIcon, FontId, Id, Order, Pos2, Rect, Sense, Stroke, pos2, vec2};

/// Half the width of what can be grabbed.
const GRIP: f32 = 7.0;

fn rect(pane: &Pane) -> Rect {
    Rect::from_min_max(pos2(pane.rect.min.x, pane.rect.min.y), pos2(pane.rect.max.x, pane.rect.max.y))
}

/// Draws them; the line can be dragged where it parts one picture.
pub fn over_map_ui(ctx: &Context, s: &Snapshot, language: Language, dark: bool, (compared, panes): (&Compared, &Panes), v: &mut Variants) {
    let Some(before) = compared
        .before
        .as_ref()
        .filter(|_| panes.other.is_some() || panes.main.side == Side::Before)
    else {
        if v.held || v.arrangement != Arrangement::Single {
            waiting(ctx, language, dark, panes);
        }
        return;
    };
    let painter = ctx.layer_painter(egui::LayerId::background());
    let now = match &s.planning {
        Some(p) => p.about.title.clone(),
        None => Variant::base_title().get(language).to_owned(),
    };
    // Only the existing conditions come before a plan; another plan is something to compare with.
    let other_key = match v.with {
        With::Base => "variants-before",
        With::File(_) => "variants-other",
    };
    let name = |pane: &Pane| {
        let (key, title) = match pane.side {
            Side::Before => (other_key, before.title.get(language)),
            _ => ("variants-now", now.as_str()),
        };
        chip(&painter, rect(pane), &tr(language, key), title, dark);
    };
    name(&panes.main);
    let Some(other) = &panes.other else { return };
    name(other);
    let (left, right) = (rect(other), rect(&panes.main));
    let x = (left.right() + right.left()) / 2.0;
    let p = palette(dark);
    painter.vline(x, left.y_range(), Stroke::new(4.0, Color32::from_white_alpha(220)));
    painter.vline(x, left.y_range(), Stroke::new(2.0, p.accent));
    if v.arrangement == Arrangement::Swipe {
        divide(ctx, language, (left, right), x, v, p.accent);
    }
}

fn divide(ctx: &Context, language: Language, (left, right): (Rect, Rect), x: f32, v: &mut Variants, accent: Color32) {
    let area = Area::new(Id::new("compare-line"))
        .order(Order::Middle)
        .fixed_pos(pos2(x - GRIP, left.top()));
    let area = area.constrain(false);
    area.show(ctx, |ui| {
        let (grip, response) = ui.allocate_exact_size(vec2(2.0 * GRIP, left.height()), Sense::drag());
        let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Slider, true, tr(language, "variants-divider")));
        let painter = ui.painter();
        painter.circle(grip.center(), 9.0, accent, Stroke::new(2.0, Color32::WHITE));
        for side in [-1.0, 1.0] {
            let c = grip.center();
            let tip = c + vec2(6.0 * side, 0.0);
            painter.line_segment([tip, c + vec2(2.5 * side, -3.5)], Stroke::new(1.5, Color32::WHITE));
            painter.line_segment([tip, c + vec2(2.5 * side, 3.5)], Stroke::new(1.5, Color32::WHITE));
        }
        if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
            v.divider = ((at.x - left.left()) / (right.right() - left.left()).max(1.0)).clamp(0.0, 1.0);
        }
    });
}

fn chip(painter: &egui::Painter, pane: Rect, what: &str, title: &str, dark: bool) {
    let p = palette(dark);
    let most = (pane.width() - 40.0).max(40.0);
    let mut job = egui::text::LayoutJob::default();
    let format = |font: FontId, color| egui::TextFormat {
        font_id: font,
        color,
        ..Default::default()
    };
    job.append(what, 0.0, format(FontId::proportional(12.0), p.weak));
    job.append(title, 8.0, format(FontId::new(14.0, strong_family()), p.ink));
    job.wrap = egui::text::TextWrapping::truncate_at_width(most);
    let galley = painter.layout_job(job);
    let top = Pos2::new(pane.center().x, pane.top() + 10.0);
    let frame = Align2::CENTER_TOP.anchor_size(top, galley.size() + vec2(20.0, 8.0));
    let painter = painter.with_clip_rect(pane);
    painter.rect(frame, 6.0, p.panel, Stroke::new(1.0, p.line), egui::StrokeKind::Inside);
    painter.galley(frame.min + vec2(10.0, 4.0), galley, p.ink);
}

/// The other variant is still being read or built.
fn waiting(ctx: &Context, language: Language, dark: bool, panes: &Panes) {
    let painter = ctx.layer_painter(egui::LayerId::background());
    chip(&painter, rect(&panes.main), &tr(language, "variants-waiting"), "", dark);
}
