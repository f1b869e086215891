//! Puts the decorations into the free part of the view: painted for exported pictures, with buttons in the window.

use super::{LegendGroup, legend, paint_compass, paint_legend, paint_scale_bar, paint_sources, sources_text};
use crate::{
    app::{
        bridge::{CameraCommand, CameraInfo, ViewState, Wish},
        theme::{icon, palette, widgets::icon_button},
    },
    i18n::tr,
    modules::Role,
    session::Snapshot,
};
use bevy_egui::egui::{self, Align2, Area, Context, FontId, Frame, Id, Margin, Order, Painter, Pos2, Rect, Sense, pos2, vec2};

/// What the decorations speak about.
#[derive(Clone, Copy)]
pub struct DecorView<'a> {
    /// City and conflicts.
    pub snapshot: &'a Snapshot,
    /// Layers, language, appearance.
    pub view: &'a ViewState,
    /// Camera.
    pub camera: CameraInfo,
    /// What lies over the layers; it stands first in the legend.
    pub extra: &'a [LegendGroup],
}

impl DecorView<'_> {
    /// The line of sources: layers that are shown, and the ground on which they lie.
    pub fn sources(&self) -> String {
        let city = &self.snapshot.city;
        sources_text(city, self.view.language, |slot| {
            let always = city.slot(slot).is_some_and(|s| s.def.role == Some(Role::Terrain));
            always || self.view.layer(slot).is_none_or(|l| l.visible)
        })
    }
}

const MARGIN: f32 = 12.0;
const COMPASS: f32 = 26.0;

fn paint_synthetic(painter: &Painter, corner: Pos2, v: &DecorView) {
    if !v.snapshot.city.info.synthetic {
        return;
    }
    let p = palette(v.view.dark);
    let galley = painter.layout_no_wrap(tr(v.view.language, "synthetic"), FontId::proportional(12.5), p.warning);
    let rect = Rect::from_min_size(corner, galley.size() + vec2(16.0, 8.0));
    painter.rect_filled(rect, 6.0, p.panel.gamma_multiply(0.94));
    painter.galley(rect.min + vec2(8.0, 4.0), galley, p.warning);
}

/// Draws everything that does not need a pointer into `free`. `rows` limits the line of sources. Returns what the sources and
/// the legend cover.
fn paint_passive(painter: &Painter, free: Rect, v: &DecorView, rows: usize, legend_shown: bool) -> (Rect, Rect) {
    let sources = paint_sources(painter, free.right_bottom(), free.width(), rows, &v.sources(), v.view.dark);
    let floor = sources.top() - 8.0;
    let bar_width = (free.width() * 0.22).clamp(60.0, 180.0);
    let bar = paint_scale_bar(
        painter,
        pos2(free.left() + MARGIN, floor),
        bar_width,
        v.camera.metres_per_pixel,
        v.view.language,
        v.view.dark,
    );
    paint_synthetic(painter, free.min + vec2(MARGIN, MARGIN), v);
    let mut covered = Rect::NOTHING;
    if legend_shown {
        let groups = [v.extra, &legend(v.snapshot, v.view)].concat();
        let most = vec2((free.width() * 0.40).min(300.0), ((bar.top() - free.top()) * 0.84).max(60.0));
        // Measured first in nowhere, then drawn on the scale bar.
        let quiet = painter.with_clip_rect(Rect::NOTHING);
        let size = paint_legend(&quiet, Rect::from_min_size(free.min, most), &groups, v.view).size();
        let top = bar.top().min(floor - 32.0) - 8.0 - size.y;
        covered = paint_legend(painter, Rect::from_min_size(pos2(free.left() + MARGIN, top), most), &groups, v.view);
    }
    (sources, covered)
}

/// Legend, scale bar, compass, sources and the mark of synthetic data for a picture without a pointer.
pub fn paint_decor(painter: &Painter, free: Rect, v: &DecorView) {
    let (sources, _) = paint_passive(painter, free, v, 4, true);
    let center = pos2(free.right() - MARGIN - COMPASS, sources.top() - MARGIN - COMPASS);
    paint_compass(painter, center, COMPASS, v.camera.heading_deg, v.view.dark);
}

/// The decorations of the window with their buttons.
pub fn decor_ui(ctx: &Context, free: Rect, v: &DecorView, legend_shown: &mut bool) -> Vec<Wish> {
    let mut wishes = vec![];
    // An area of its own: the marks of conflicts are drawn below it.
    let (sources, covered) = Area::new(Id::new("decor"))
        .order(Order::Middle)
        .interactable(false)
        .constrain(false)
        .fixed_pos(free.min)
        .show(ctx, |ui| {
            paint_passive(&ui.painter().with_clip_rect(free), free, v, 1, *legend_shown)
        })
        .inner;
    let language = v.view.language;
    if covered.is_positive() {
        // What lies behind the legend cannot be clicked by accident.
        Area::new(Id::new("legend"))
            .order(Order::Middle)
            .constrain(false)
            .fixed_pos(covered.min)
            .show(ctx, |ui| ui.allocate_exact_size(covered.size(), Sense::click()));
    }
    Area::new(Id::new("sources"))
        .order(Order::Middle)
        .constrain(false)
        .fixed_pos(sources.min)
        .show(ctx, |ui| {
            let (_, response) = ui.allocate_exact_size(sources.size(), Sense::hover());
            response.on_hover_text(v.sources());
        });
    let p = palette(v.view.dark);
    let column = 36.0;
    // From below: buttons, then the compass on top of them.
    let entries = [
        (icon::PLUS, tr(language, "view-zoom-in"), Wish::Camera(CameraCommand::Zoom(0.7))),
        (
            icon::MINUS,
            tr(language, "view-zoom-out"),
            Wish::Camera(CameraCommand::Zoom(1.0 / 0.7)),
        ),
        (
            icon::CARET_DOUBLE_UP,
            tr(language, "view-tilt-up"),
            Wish::Camera(CameraCommand::Tilt(-10.0)),
        ),
        (
            icon::CARET_DOUBLE_DOWN,
            tr(language, "view-tilt-down"),
            Wish::Camera(CameraCommand::Tilt(10.0)),
        ),
        (icon::MAP_TRIFOLD, tr(language, "view-top"), Wish::Camera(CameraCommand::ToggleTop)),
        (icon::HOUSE, tr(language, "view-home"), Wish::Camera(CameraCommand::Home)),
    ];
    let height = entries.len() as f32 * 30.0 + 8.0;
    let top = sources.top() - MARGIN - height;
    Area::new(Id::new("view-buttons"))
        .order(Order::Middle)
        .constrain(false)
        .fixed_pos(pos2(free.right() - MARGIN - column, top))
        .show(ctx, |ui| {
            Frame::new()
                .fill(p.panel.gamma_multiply(0.94))
                .corner_radius(6.0)
                .inner_margin(Margin::same(4))
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.spacing_mut().button_padding = vec2(4.0, 2.0);
                    for (sign, name, wish) in entries {
                        if icon_button(ui, sign, &name).clicked() {
                            wishes.push(wish);
                        }
                    }
                });
        });
    let center = pos2(free.right() - MARGIN - column / 2.0, top - 8.0 - COMPASS);
    Area::new(Id::new("compass"))
        .order(Order::Middle)
        .constrain(false)
        .fixed_pos(center - vec2(COMPASS, COMPASS))
        .show(ctx, |ui| {
            let (rect, response) = ui.allocate_exact_size(vec2(2.0 * COMPASS, 2.0 * COMPASS), Sense::click());
            paint_compass(ui.painter(), rect.center(), COMPASS, v.camera.heading_deg, v.view.dark);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, tr(language, "view-north")));
            if response.on_hover_text(tr(language, "view-north")).clicked() {
                wishes.push(Wish::Camera(CameraCommand::North));
            }
        });
    Area::new(Id::new("legend-button"))
        .order(Order::Middle)
        .constrain(false)
        .pivot(Align2::RIGHT_TOP)
        .fixed_pos(free.right_top() + vec2(-MARGIN, MARGIN))
        .show(ctx, |ui| {
            Frame::new()
                .fill(p.panel.gamma_multiply(0.94))
                .corner_radius(6.0)
                .inner_margin(Margin::same(4))
                .show(ui, |ui| {
                    let name = if *legend_shown {
                        tr(language, "legend-hide")
                    } else {
                        tr(language, "legend-show")
                    };
                    if icon_button(ui, icon::LIST_BULLETS, &name).clicked() {
                        *legend_shown = !*legend_shown;
                    }
                });
        });
    wishes
}
