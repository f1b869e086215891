//! Colour and opacity of a layer as steps of the variant that is open: shown while the hand moves, asked for when it lets go.

use crate::{
    app::{
        bridge::{Hand, PlanWish, Wish},
        theme::{
            hex, icon,
            widgets::{colors, field as field_of, note, small_icon_button, strong},
        },
    },
    i18n::tr,
    model::{Language, SlotId, Value},
    modules::{Role, Style},
    project::{City, Slot},
};
use bevy_egui::egui::{
    Button, Color32, Id, Popup, PopupCloseBehavior, Response, Ui, WidgetInfo, WidgetType,
    color_picker::{Alpha, color_picker_color32},
    vec2,
};

/// How a layer looks in the variant and in the project.
pub(super) struct Look<'a> {
    slot: &'a SlotId,
    /// In the variant.
    pub now: &'a Style,
    given: &'a Style,
    /// Its colours are those of its style: buildings are white, and ground is shaded.
    pub coloured: bool,
}

impl<'a> Look<'a> {
    /// Of a layer, where the project has it.
    pub fn of(slot: &'a Slot, base: &'a City) -> Option<Self> {
        Some(Self {
            slot: &slot.id,
            now: &slot.def.style,
            given: &base.slot(&slot.id)?.def.style,
            coloured: !matches!(slot.def.role, Some(Role::Buildings | Role::Terrain)),
        })
    }

    fn colour(style: &Style, class: Option<usize>) -> &str {
        class.and_then(|k| style.classes.get(k)).map_or(&style.fill, |c| &c.fill)
    }

    fn wish(&self, name: String, value: Value) -> Wish {
        Wish::Plan(PlanWish::Do(Hand::Style {
            slot: self.slot.clone(),
            name,
            value,
        }))
    }
}

/// The wish for an opacity (0 to 1) once its slider is let go: one step for a drag, and for all strokes of keys until the keyboard leaves.
pub(super) fn let_go(ui: &Ui, slider: &Response, look: &Look, opacity: f32) -> Option<Wish> {
    let id = slider.id.with("opacity of the variant");
    if slider.changed() {
        ui.data_mut(|d| d.insert_temp(id, true));
    }
    let moved = ui.data(|d| d.get_temp(id)).unwrap_or(false);
    let ended = slider.drag_stopped() || slider.clicked() || (slider.lost_focus() && !slider.dragged());
    if !(moved && ended) {
        return None;
    }
    ui.data_mut(|d| d.remove::<bool>(id));
    let percent = f64::from((opacity * 100.0).round().clamp(0.0, 100.0));
    let fade = percent / 100.0;
    let as_given = (fade - look.given.fade).abs() < 1e-6;
    let value = if as_given { Value::Null } else { Value::Real(fade) };
    // A slider that was let go where it stood changes nothing.
    ((fade - look.now.fade).abs() > 1e-6).then(|| look.wish("fade".into(), value))
}

/// A colour to press: picked or typed in a small window, and asked for when that closes.
pub(super) fn colour_ui(ui: &mut Ui, look: &Look, class: Option<usize>, name: &str, language: Language) -> Option<Wish> {
    let now = Look::colour(look.now, class);
    let id = Id::new(("colour of the variant", &look.slot.0, class));
    let pending: Option<String> = ui.data(|d| d.get_temp(id));
    let mut text = pending.clone().unwrap_or_else(|| now.to_owned());
    let shown = if is_colour(&text) { hex(&text) } else { hex(now) };
    let button = ui.add(Button::new("").fill(shown).min_size(vec2(24.0, 18.0)));
    let label = format!("{}: {name}", tr(language, "settings-colour"));
    button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &label));
    let mut close = false;
    let popup = Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let open = popup.show(|ui| {
        ui.set_width(250.0);
        ui.label(strong(name));
        let mut picked = shown;
        if color_picker_color32(ui, &mut picked, Alpha::Opaque) {
            text = written(picked);
        }
        ui.horizontal(|ui| {
            let edit = field_of(ui, &mut text, "#RRGGBB").desired_width(84.0);
            let typed = ui.add(edit.char_limit(7));
            close |= typed.lost_focus() && is_colour(&text) && ui.input(|i| i.key_pressed(bevy_egui::egui::Key::Enter));
            let ink = colors(ui).ink;
            let given = Look::colour(look.given, class);
            if text != given && small_icon_button(ui, icon::ARROW_COUNTER_CLOCKWISE, &tr(language, "settings-colour-back"), ink).clicked() {
                given.clone_into(&mut text);
            }
            let fill = colors(ui).selected;
            close |= ui.add(Button::new(tr(language, "settings-colour-take")).fill(fill)).clicked();
        });
        if !is_colour(&text) {
            ui.label(note(ui, tr(language, "settings-colour-wrong")).color(colors(ui).warning));
        }
        if close {
            ui.close();
        }
    });
    if open.is_some() && !close {
        if pending.is_some() || text != now {
            ui.data_mut(|d| d.insert_temp(id, text));
        }
        return None;
    }
    if pending.is_none() && !close {
        return None;
    }
    ui.data_mut(|d| d.remove::<String>(id));
    let same = text.eq_ignore_ascii_case(now);
    if same || !is_colour(&text) {
        return None;
    }
    let as_given = text.eq_ignore_ascii_case(Look::colour(look.given, class));
    let value = if as_given { Value::Null } else { Value::Text(text.as_str().into()) };
    let name = class.filter(|k| *k < look.now.classes.len());
    Some(look.wish(name.map_or_else(|| "fill".into(), |k| format!("class.{}", k + 1)), value))
}

fn is_colour(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text[1..].chars().all(|c| c.is_ascii_hexdigit())
}

fn written(c: Color32) -> String {
    format!("#{:02X}{:02X}{:02X}", c.r(), c.g(), c.b())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_written_as_a_style_holds_it() {
        assert_eq!(written(hex("#0A80FF")), "#0A80FF");
        assert!(is_colour("#0a80ff") && !is_colour("0A80FF0") && !is_colour("#12345G") && !is_colour("#ääää"));
    }
}
