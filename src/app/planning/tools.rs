//! What is being drawn, and what can be done with what is selected.

use super::{
    form::{Form, form_ui},
    panel::{PlanView, PlanningState},
};
use crate::{
    app::{
        bridge::{Corners, Drafting, Hand, PlanWish, Tool, Wish},
        theme::{
            icon,
            widgets::{colors, note, section, small_icon_button, strong},
        },
    },
    i18n::{tr, tr_with},
    model::{GeometryKind, Language, SlotId},
    modules::{Role, SlotDef, SlotGeometry},
    project::{City, Slot},
    scenario::{Feature, Named, Shape},
};
use bevy_egui::egui::{Button, ComboBox, DragValue, Label, RichText, ScrollArea, Ui, vec2};

/// The kinds that may be drawn into a slot, as the layer is, else as the slot allows.
fn kinds(city: &City, slot: &Slot) -> Vec<GeometryKind> {
    if let Some(layer) = city.layer(&slot.id).filter(|l| !l.layer.is_empty()) {
        return vec![layer.layer.geometry.kind()];
    }
    [GeometryKind::Polygon, GeometryKind::Line, GeometryKind::Point]
        .into_iter()
        .filter(|k| slot.def.geometry.accepts(*k))
        .collect()
}

fn tool_name(kind: GeometryKind) -> (&'static str, &'static str) {
    match kind {
        GeometryKind::Polygon => (icon::POLYGON, "planning-draw-polygon"),
        GeometryKind::Line => (icon::LINE_SEGMENTS, "planning-draw-line"),
        GeometryKind::Point => (icon::MAP_PIN, "planning-draw-point"),
    }
}

fn wide(ui: &mut Ui, sign: &str, text: &str) -> bool {
    let width = ui.available_width();
    ui.add(Button::new(format!("{sign}  {text}")).min_size(vec2(width, 28.0))).clicked()
}

/// Chooses a layer and begins to draw in it.
pub(super) fn draw_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState, drafting: &mut Drafting) {
    let language = v.language;
    section(ui, tr(language, "planning-draw"));
    let chosen = state.slot.as_ref().and_then(|s| v.snapshot.city.slot(s));
    let shown = chosen.map_or_else(|| tr(language, "planning-layer-choose"), |s| s.def.title.get(language).to_owned());
    let width = ui.available_width();
    ComboBox::from_id_salt("plan-layer")
        .width(width)
        .truncate()
        .height(360.0)
        .selected_text(shown)
        .show_ui(ui, |ui| {
            for module in v.snapshot.city.modules.iter() {
                let slots: Vec<&Slot> = v
                    .snapshot
                    .city
                    .slots
                    .iter()
                    .filter(|s| s.id.module() == module.id && s.def.geometry != SlotGeometry::Raster)
                    .collect();
                if slots.is_empty() {
                    continue;
                }
                ui.label(note(ui, module.title.get(language)));
                for s in slots {
                    let on = state.slot.as_ref() == Some(&s.id);
                    if ui.selectable_label(on, s.def.title.get(language)).clicked() {
                        state.slot = Some(s.id.clone());
                    }
                }
            }
        });
    let Some(slot) = chosen else { return };
    for kind in kinds(&v.snapshot.city, slot) {
        let (sign, key) = tool_name(kind);
        if wide(ui, sign, &tr(language, key)) {
            *drafting = Drafting::begin(Tool::Draw(kind), Some(slot.id.clone()), vec![]);
            state.form = Some(Form::of(&slot.def, &Default::default(), language));
        }
    }
}

/// How to go on with the tool in the hand, and the corners as numbers.
pub(super) fn drafting_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState, drafting: &mut Drafting, wishes: &mut Vec<Wish>) {
    let language = v.language;
    let title = match drafting.tool {
        Tool::Select => return,
        Tool::Draw(kind) => tool_name(kind).1,
        Tool::Move => "planning-move",
        Tool::Copy => "planning-copy",
        Tool::Split => "planning-split",
        Tool::Vertices => "planning-reshape",
    };
    let help = match drafting.tool {
        Tool::Select => return,
        Tool::Draw(GeometryKind::Polygon) => "planning-help-polygon",
        Tool::Draw(GeometryKind::Line) => "planning-help-line",
        Tool::Draw(GeometryKind::Point) => "planning-help-point",
        Tool::Move | Tool::Copy => "planning-help-move",
        Tool::Split => "planning-help-split",
        Tool::Vertices => "planning-help-vertices",
    };
    let def = drafting.slot.as_ref().and_then(|s| v.snapshot.city.slot(s)).map(|s| s.def.clone());
    let what = def.as_ref().map(|d| format!(" · {}", d.title.get(language))).unwrap_or_default();
    ui.add_space(8.0);
    ui.add(Label::new(strong(format!("{}{what}", tr(language, title)))).wrap());
    if !drafting.done {
        ui.label(note(ui, tr(language, help)));
        ui.label(note(ui, tr(language, "planning-help-keys")));
    }
    if drafting.tool != Tool::Vertices {
        corners_ui(ui, language, drafting);
    }
    if let (true, Tool::Draw(_), Some(def), Some(form)) = (drafting.done, drafting.tool, &def, &mut state.form) {
        section(ui, tr(language, "planning-attributes"));
        form_ui(ui, def, form, language);
    }
    let (mut give_up, mut missing) = (false, None);
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let lacking = match (&def, &state.form, drafting.tool) {
            (Some(def), Some(form), Tool::Draw(_)) if drafting.done => form.lacking(def),
            _ => None,
        };
        let key = if drafting.done { "planning-take" } else { "planning-finish" };
        let ready = lacking.is_none()
            && match drafting.tool {
                Tool::Vertices => drafting.corners.changed,
                _ => drafting.points.len() >= drafting.least(),
            };
        let fill = colors(ui).selected;
        let take = ui.add_enabled(ready, Button::new(tr(language, key)).fill(fill).min_size(vec2(96.0, 28.0)));
        if take.clicked() {
            if drafting.done {
                state.take = true;
            } else {
                drafting.corners.held = None;
                drafting.finish();
            }
        }
        give_up = ui
            .add(Button::new(tr(language, "planning-give-up")).min_size(vec2(96.0, 28.0)))
            .clicked();
        missing = lacking.map(|f| f.title.get(language).to_owned());
    });
    if let Some(name) = missing {
        let warning = colors(ui).warning;
        ui.colored_label(warning, tr_with(language, "planning-lacking", &[("name", name.into())]));
    }
    if give_up {
        *drafting = Drafting::default();
        state.take = false;
        return;
    }
    // What needs no form is done at once.
    if drafting.done && (state.take || !matches!(drafting.tool, Tool::Draw(_))) {
        state.take = false;
        let hand = hand(drafting, state);
        *drafting = Drafting::default();
        wishes.extend(hand.map(|h| Wish::Plan(PlanWish::Do(h))));
    }
}

/// A finished drawing as something that is done to the plan.
fn hand(d: &Drafting, state: &PlanningState) -> Option<Hand> {
    let by = || match d.points[..] {
        [a, b, ..] => Some([b[0] - a[0], b[1] - a[1]]),
        _ => None,
    };
    match d.tool {
        Tool::Select => None,
        Tool::Draw(kind) => Some(Hand::Draw {
            slot: d.slot.clone()?,
            shape: match kind {
                GeometryKind::Point => Shape::point(*d.points.first()?),
                GeometryKind::Line => Shape::line(d.points.clone()),
                GeometryKind::Polygon => Shape::polygon(d.points.clone()),
            },
            attributes: state.form.as_ref()?.filled(),
        }),
        Tool::Move => Some(Hand::Move(d.subjects.clone(), by()?)),
        Tool::Copy => Some(Hand::Copy(d.subjects.clone(), by()?)),
        Tool::Split => Some(Hand::Split(d.subjects.first()?.clone(), d.points.clone())),
        Tool::Vertices => Some(Hand::Reshape(d.subjects.first()?.clone(), reshaped(&d.corners))),
    }
}

/// The corners of a feature, for reshaping.
fn corners_of(shape: &Shape) -> Corners {
    let closed = shape.kind() == GeometryKind::Polygon;
    let open = |ring: &Vec<[f64; 2]>| {
        let mut ring = ring.clone();
        if closed && ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        ring
    };
    Corners {
        parts: shape.parts().iter().map(|rings| rings.iter().map(open).collect()).collect(),
        closed,
        ..Corners::default()
    }
}

/// The feature that the corners make.
fn reshaped(corners: &Corners) -> Shape {
    let kind = match corners.parts.first().and_then(|p| p.first()) {
        _ if corners.closed => GeometryKind::Polygon,
        Some(ring) if ring.len() == 1 => GeometryKind::Point,
        _ => GeometryKind::Line,
    };
    let close = |ring: &Vec<[f64; 2]>| {
        let mut ring = ring.clone();
        if corners.closed {
            ring.extend(ring.first().copied());
        }
        ring
    };
    let parts = corners.parts.iter().map(|rings| rings.iter().map(close).collect()).collect();
    Shape::of_parts(kind, parts)
}

/// The corners so far as numbers that can be typed, exact to the centimetre.
fn corners_ui(ui: &mut Ui, language: Language, drafting: &mut Drafting) {
    section(ui, tr(language, "planning-vertices"));
    let mut remove = None;
    ScrollArea::vertical().id_salt("corners").max_height(150.0).show(ui, |ui| {
        for (k, p) in drafting.points.iter_mut().enumerate() {
            ui.push_id(k, |ui| {
                ui.horizontal(|ui| {
                    for v in p.iter_mut() {
                        coordinate(ui, v, 96.0, language);
                    }
                    let weak = colors(ui).weak;
                    if small_icon_button(ui, icon::X, &tr(language, "planning-vertex-remove"), weak).clicked() {
                        remove = Some(k);
                    }
                });
            });
        }
    });
    if let Some(k) = remove {
        drafting.points.remove(k);
        drafting.done &= drafting.points.len() >= drafting.least();
    }
    let more = drafting.most().is_none_or(|n| drafting.points.len() < n);
    if more
        && ui
            .button(format!("{}  {}", icon::PLUS, tr(language, "planning-vertex-add")))
            .clicked()
    {
        let last = drafting
            .points
            .last()
            .copied()
            .or(drafting.next.map(|n| n.at))
            .unwrap_or(drafting.centre);
        drafting.add([last[0] + 10.0, last[1]]);
    }
}

/// A number in metres with centimetres; "1,5" is accepted.
fn coordinate(ui: &mut Ui, value: &mut f64, width: f32, language: Language) {
    let point = move |n: f64| {
        let text = format!("{n:.2}");
        if language == Language::De { text.replace('.', ",") } else { text }
    };
    let field = DragValue::new(value)
        .speed(0.1)
        .max_decimals(2)
        .custom_formatter(move |n, _| point(n))
        .custom_parser(|t| t.replace(',', ".").trim().parse().ok());
    ui.add_sized(vec2(width, 24.0), field);
}

/// What can be done with the selected feature.
pub(super) fn selected_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState, drafting: &mut Drafting, wishes: &mut Vec<Wish>) {
    let language = v.language;
    section(ui, tr(language, "planning-selected"));
    let Some((named, def, feature)) = v.selected() else {
        state.edited = None;
        ui.label(note(ui, tr(language, "planning-selected-none")));
        return;
    };
    let label = v.label(&named);
    ui.add(Label::new(strong(label)).wrap());
    let changed = v.changed(&named);
    let title = def.title.get(language);
    let origin = if changed {
        tr(language, "planning-changed")
    } else {
        tr(language, "planning-from-existing")
    };
    ui.label(note(ui, format!("{title} · {origin}")));
    let building = def.role == Some(Role::Buildings);
    let mut tool = None;
    ui.columns(2, |c| {
        let [left, right] = c else { return };
        if wide(left, icon::ARROWS_OUT_CARDINAL, &tr(language, "planning-move")) {
            tool = Some(Tool::Move);
        }
        if wide(right, icon::COPY, &tr(language, "planning-copy")) {
            tool = Some(Tool::Copy);
        }
        if wide(left, icon::BEZIER_CURVE, &tr(language, "planning-reshape")) {
            tool = Some(Tool::Vertices);
        }
        if feature.geometry.kind() != GeometryKind::Point && wide(right, icon::KNIFE, &tr(language, "planning-split")) {
            tool = Some(Tool::Split);
        }
        let key = if building { "planning-demolish" } else { "planning-remove" };
        if wide(left, icon::TRASH, &tr(language, key)) {
            wishes.push(Wish::Plan(PlanWish::Do(Hand::Remove(vec![named.clone()]))));
        }
    });
    if let Some(tool) = tool {
        *drafting = Drafting::begin(tool, Some(named.0.clone()), vec![named.clone()]);
        if tool == Tool::Vertices {
            drafting.corners = corners_of(&feature.geometry);
        }
    }
    ui.label(RichText::new(tr(language, "planning-by")).color(colors(ui).weak));
    ui.horizontal(|ui| {
        for by in &mut state.by {
            coordinate(ui, by, 76.0, language);
        }
        let some = state.by != [0.0, 0.0];
        if ui.add_enabled(some, Button::new(tr(language, "planning-by-apply"))).clicked() {
            wishes.push(Wish::Plan(PlanWish::Do(Hand::Move(vec![named.clone()], state.by))));
            state.by = [0.0; 2];
        }
    });
    attributes_ui(ui, v, state, &named, &def, &feature, wishes);
}

fn attributes_ui(
    ui: &mut Ui,
    v: &PlanView,
    state: &mut PlanningState,
    named: &Named,
    def: &SlotDef,
    feature: &Feature,
    wishes: &mut Vec<Wish>,
) {
    if def.attributes.is_empty() {
        return;
    }
    let language = v.language;
    let fresh = state
        .edited
        .as_ref()
        .is_some_and(|(n, g, _)| n == named && *g == v.snapshot.generation);
    if !fresh {
        let form = Form::of(def, &feature.attributes, language);
        state.edited = Some((named.clone(), v.snapshot.generation, form));
    }
    let Some((_, _, form)) = &mut state.edited else { return };
    section(ui, tr(language, "planning-attributes"));
    form_ui(ui, def, form, language);
    let ready = form.changed() && form.lacking(def).is_none();
    if ui
        .add_enabled(ready, Button::new(tr(language, "planning-take")).min_size(vec2(96.0, 28.0)))
        .clicked()
    {
        let hand = Hand::Describe(vec![named.clone()], form.changes());
        wishes.push(Wish::Plan(PlanWish::Do(hand)));
    }
}

/// The slot that a project's plans begin in: its potential sites, else the first that can be drawn in.
pub(super) fn first_slot(city: &City) -> Option<SlotId> {
    let sites = city.with_role(Role::Sites).next();
    let any = || city.slots.iter().find(|s| s.def.geometry != SlotGeometry::Raster);
    sites.or_else(any).map(|s| s.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_make_the_shape_they_came_from() {
        let ring = vec![[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 0.0]];
        let hole = vec![[2.0, 1.0], [3.0, 1.0], [3.0, 2.0], [2.0, 1.0]];
        for shape in [
            Shape::polygons(vec![vec![ring.clone(), hole], vec![ring]]),
            Shape::line(vec![[0.0, 0.0], [4.0, 1.0]]),
            Shape::point([7.0, 8.0]),
        ] {
            assert_eq!(reshaped(&corners_of(&shape)), shape);
        }
    }
}
