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
            widgets::{colors, icon_button, note, section, small_icon_button, strong},
        },
    },
    i18n::{tr, tr_with},
    model::{GeometryKind, Language, SlotId, Value},
    modules::{Role, SlotGeometry},
    project::{City, Slot},
    scenario::Shape,
};
use bevy_egui::egui::{Button, ComboBox, DragValue, Key, Label, Modifiers, RichText, ScrollArea, Ui, vec2};

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

/// A button over the whole width; `key` is the letter that presses it, too.
pub(super) fn wide(ui: &mut Ui, sign: &str, text: &str, key: (Key, Option<Key>)) -> bool {
    let width = ui.available_width();
    let button = ui.add(Button::new(format!("{sign}  {text}")).min_size(vec2(width, 28.0)));
    button.on_hover_text(format!("{text} ({})", key.0.name())).clicked() || key.1 == Some(key.0)
}

/// Chooses a layer and begins to draw in it.
pub(super) fn draw_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState, drafting: &mut Drafting, wishes: &mut Vec<Wish>) {
    let language = v.language;
    section(ui, tr(language, "planning-draw"));
    layer_ui(ui, v, state, drafting);
    ui.horizontal(|ui| {
        let width = ui.available_width() - 36.0;
        let button = Button::new(format!("{}  {}", icon::FILE_PLUS, tr(language, "drafts-button"))).truncate();
        let open = ui.add(button.min_size(vec2(width, 28.0)));
        if open.on_hover_text(tr(language, "drafts-open-what")).clicked() {
            wishes.push(Wish::ChooseDrafts);
        }
        if icon_button(ui, icon::CURSOR_TEXT, &tr(language, "drafts-path")).clicked() {
            wishes.push(Wish::TypeDrafts);
        }
    });
}

/// The layer that is drawn in, and its tools.
fn layer_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState, drafting: &mut Drafting) {
    let language = v.language;
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
    let letters = [Key::D, Key::L, Key::P];
    for (kind, letter) in kinds(&v.snapshot.city, slot).into_iter().zip(letters) {
        let (sign, key) = tool_name(kind);
        if wide(ui, sign, &tr(language, key), (letter, state.key)) {
            *drafting = Drafting::begin(Tool::Draw(kind), Some(slot.id.clone()), vec![]);
            let mut before = state.last.get(&slot.id).cloned().unwrap_or_default();
            // Lists and conflicts name it, and an id says nothing to anybody. What names a building may be its function, and that is not
            // ours to invent.
            let named = |l: &&String| *l == "name" && slot.def.attributes.iter().any(|a| a.name == **l);
            if let Some(label) = slot.def.label.as_ref().filter(named) {
                let n = v.planning.overlay.edited(&slot.id).count() as i64 + 1;
                let name = tr_with(language, "planning-draft-name", &[("n", n.into())]);
                before.insert(label.clone(), Value::Text(name.into()));
            }
            state.form = Some(Form::of(&slot.def, &before, language));
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
    refused_ui(ui, v, hand(drafting, state).as_ref(), state);
    if !drafting.done {
        ui.label(note(ui, tr(language, help)));
        ui.label(note(ui, tr(language, "planning-help-keys")));
    }
    let asks = matches!((drafting.done, drafting.tool, &def), (true, Tool::Draw(_), Some(_)));
    if let (Tool::Draw(_), Some(form)) = (drafting.tool, &state.form) {
        drafting.attributes = form.filled();
    }
    if drafting.tool != Tool::Vertices && !asks {
        corners_ui(ui, language, drafting);
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
        // The key that ended the drawing takes it as well.
        let enter = drafting.done
            && state.asked
            && ready
            && !ui.ctx().text_edit_focused()
            && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter));
        if take.clicked() || enter {
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
        (state.take, state.asked) = (false, false);
        return;
    }
    // Below the buttons: the form is longer than a small window is high.
    if let (true, Some(def), Some(form)) = (asks, &def, &mut state.form) {
        section(ui, tr(language, "planning-attributes"));
        form_ui(ui, def, form, language);
    }
    if asks {
        corners_ui(ui, language, drafting);
    }
    let first = asks && !state.asked;
    // The same stroke of Enter must not end the drawing and take it.
    state.asked = asks;
    // An outline that crosses itself is told before anybody fills in the form.
    if first && let Some(hand) = hand(drafting, state) {
        refuse(v, hand, true, state, drafting);
    }
    // What needs no form is done at once.
    if drafting.done && (state.take || !matches!(drafting.tool, Tool::Draw(_))) {
        (state.take, state.asked) = (false, false);
        let hand = hand(drafting, state);
        // What is refused stays as it was drawn.
        if let Some(hand) = &hand
            && refuse(v, hand.clone(), false, state, drafting)
        {
            return;
        }
        if let (Some(def), Some(form), Some(slot)) = (&def, &state.form, &drafting.slot) {
            state.last.insert(slot.clone(), form.required(def));
        }
        *drafting = Drafting::default();
        wishes.extend(hand.map(|h| Wish::Plan(PlanWish::Do(h))));
    }
}

/// Whether the plan refuses it; the drawing then goes on with the reason beside it, and nothing of it is lost.
fn refuse(v: &PlanView, hand: Hand, only_shape: bool, state: &mut PlanningState, drafting: &mut Drafting) -> bool {
    let Some((why, shape)) = v.refusal(&hand).filter(|(_, shape)| *shape || !only_shape) else {
        return false;
    };
    state.refused = Some((hand, why));
    if shape || !matches!(drafting.tool, Tool::Draw(_)) {
        drafting.done = false;
        state.asked = false;
        // A tool that is at its end by the number of its points takes the last one again.
        if drafting.most().is_some_and(|n| drafting.points.len() >= n) {
            drafting.points.pop();
            state.refused = state.refused.take().and_then(|(_, why)| Some((self::hand(drafting, state)?, why)));
        }
    }
    true
}

/// Why that was refused which still stands there unchanged.
pub(super) fn refused_ui(ui: &mut Ui, v: &PlanView, now: Option<&Hand>, state: &PlanningState) {
    if let Some((_, why)) = state.refused.as_ref().filter(|(hand, _)| Some(hand) == now) {
        let warning = colors(ui).warning;
        ui.add(Label::new(RichText::new(why.get(v.language)).color(warning)).wrap());
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
pub(super) fn corners_of(shape: &Shape) -> Corners {
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
                    ui.set_min_height(28.0);
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
pub(super) fn coordinate(ui: &mut Ui, value: &mut f64, width: f32, language: Language) {
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
