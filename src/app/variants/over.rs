//! Over the map: the name of each picture, and the line between two of them.

use super::state::{Variants, With};
use crate::{
    app::{
        bridge::{Arrangement, Compared, OnlyThere, Pane, Panes, Side, ViewState},
        theme::{palette, strong_family},
    },
    i18n::{tr, tr_with},
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
pub fn over_map_ui(
    ctx: &Context,
    (s, view): (&Snapshot, &ViewState),
    (compared, panes): (&Compared, &Panes),
    only_there: &OnlyThere,
    v: &mut Variants,
) {
    let (language, dark) = (view.language, view.dark);
    let only_there = only_there.of(&view.selection);
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
    let corner = rect(panes.other.as_ref().unwrap_or(&panes.main)).min;
    let name = |pane: &Pane| -> Pos2 {
        let (key, title) = match pane.side {
            Side::Before => (other_key, before.title.get(language)),
            _ => ("variants-now", now.as_str()),
        };
        let pane = rect(pane);
        let mut top = pos2(pane.center().x, pane.top() + 10.0);
        // Below the mark of synthetic data where that may stand in the way.
        if s.city.info.synthetic && pane.left() - corner.x < 1.0 && pane.width() < MARKED {
            top.y += 32.0;
        }
        chip(&painter, pane, top, (&tr(language, key), title), dark)
    };
    let main = name(&panes.main);
    // What was clicked there and the plan took away.
    let only = |pane: &Pane, below: Pos2| {
        if let Some(f) = only_there {
            let text = tr_with(language, "looks-only-there", &[("name", before.city.spoken(f, language).into())]);
            chip(&painter, rect(pane), below + vec2(0.0, 6.0), (&text, ""), dark);
        }
    };
    let Some(other) = &panes.other else {
        if panes.main.side == Side::Before {
            only(&panes.main, main);
        }
        return;
    };
    only(other, name(other));
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

/// A picture of this width has room for the mark of synthetic data beside a long name.
const MARKED: f32 = 640.0;

/// Words at the top of a picture. Returns where they end.
fn chip(painter: &egui::Painter, pane: Rect, top: Pos2, (what, title): (&str, &str), dark: bool) -> Pos2 {
    let p = palette(dark);
    let most = (pane.width() - 40.0).max(40.0);
    let mut job = egui::text::LayoutJob::default();
    let format = |font: FontId, color| egui::TextFormat {
        font_id: font,
        color,
        ..Default::default()
    };
    job.append(what, 0.0, format(FontId::proportional(12.0), p.weak));
    if !title.is_empty() {
        job.append(title, 8.0, format(FontId::new(14.0, strong_family()), p.ink));
    }
    job.wrap = egui::text::TextWrapping::truncate_at_width(most);
    let galley = painter.layout_job(job);
    let frame = Align2::CENTER_TOP.anchor_size(top, galley.size() + vec2(20.0, 8.0));
    let painter = painter.with_clip_rect(pane);
    painter.rect(frame, 6.0, p.panel, Stroke::new(1.0, p.line), egui::StrokeKind::Inside);
    painter.galley(frame.min + vec2(10.0, 4.0), galley, p.ink);
    frame.center_bottom()
}

/// The other variant is still being read or built.
fn waiting(ctx: &Context, language: Language, dark: bool, panes: &Panes) {
    let painter = ctx.layer_painter(egui::LayerId::background());
    let pane = rect(&panes.main);
    let top = pos2(pane.center().x, pane.top() + 10.0);
    chip(&painter, pane, top, (&tr(language, "variants-waiting"), ""), dark);
}
