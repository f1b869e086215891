//! Letters and chords in the order in which their keys were pressed.
//!
//! egui hears of all keys of a frame together with the modifiers that are held at its end. A computer that draws ten frames a second
//! would so lose the letter right before Ctrl+S, and a Ctrl+S that was pressed and let go within one frame.

use bevy::{
    input::{
        ButtonState,
        keyboard::{Key, KeyboardFocusLost, KeyboardInput},
    },
    prelude::*,
};
use bevy_egui::{
    EguiClipboard, EguiInput,
    egui::{Event, Key as EguiKey, Modifiers},
    helpers::{bevy_to_egui_key, bevy_to_egui_physical_key},
};

/// The modifiers that are held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    ctrl: bool,
    shift: bool,
    alt: bool,
    logo: bool,
}

impl Held {
    fn follow(&mut self, key: &KeyboardInput) {
        let down = key.state == ButtonState::Pressed;
        match key.logical_key {
            Key::Control => self.ctrl = down,
            Key::Shift => self.shift = down,
            Key::Alt => self.alt = down,
            Key::Super | Key::Meta => self.logo = down,
            _ => {}
        }
    }

    fn modifiers(self) -> Modifiers {
        Modifiers {
            alt: self.alt,
            ctrl: self.ctrl,
            shift: self.shift,
            mac_cmd: false,
            command: self.ctrl,
        }
    }

    /// Ctrl and Alt together are AltGr, which writes letters.
    fn writes(self) -> bool {
        !self.logo && (!self.ctrl || self.alt)
    }
}

/// What egui should hear of the keys, each with the modifiers held when it moved; `None` where those of the end are right for all.
fn replay(keys: &[KeyboardInput], held: &mut Held, mut pasted: impl FnMut() -> Option<String>) -> Option<Vec<Event>> {
    let mut each = Vec::with_capacity(keys.len());
    for key in keys {
        held.follow(key);
        each.push(*held);
    }
    if each.iter().all(|h| h == held) {
        return None;
    }
    let mut events = vec![];
    for (key, held) in keys.iter().zip(each) {
        let pressed = key.state == ButtonState::Pressed;
        if pressed && held.writes() {
            match &key.logical_key {
                Key::Character(c) if !c.chars().any(char::is_control) => events.push(Event::Text(c.to_string())),
                Key::Space => events.push(Event::Text(" ".into())),
                _ => {}
            }
        }
        let physical = bevy_to_egui_physical_key(&key.key_code);
        let Some(name) = bevy_to_egui_key(&key.logical_key).or(physical) else {
            continue;
        };
        events.push(Event::Key {
            key: name,
            physical_key: physical,
            pressed,
            repeat: false,
            modifiers: held.modifiers(),
        });
        match name {
            _ if !pressed || !held.ctrl => {}
            EguiKey::C => events.push(Event::Copy),
            EguiKey::X => events.push(Event::Cut),
            EguiKey::V => events.extend(pasted().map(Event::Text)),
            _ => {}
        }
    }
    Some(events)
}

/// Puts the keys of a frame in order where modifiers moved within it.
pub fn in_order(
    mut keys: MessageReader<KeyboardInput>,
    mut lost: MessageReader<KeyboardFocusLost>,
    mut inputs: Query<&mut EguiInput>,
    mut clipboard: ResMut<EguiClipboard>,
    mut held: Local<Held>,
) {
    if lost.read().count() > 0 {
        *held = Held::default();
    }
    let keys: Vec<KeyboardInput> = keys.read().cloned().collect();
    let Some(events) = replay(&keys, &mut held, || clipboard.get_text()) else {
        return;
    };
    for mut input in &mut inputs {
        input
            .events
            .retain(|e| !matches!(e, Event::Text(_) | Event::Key { .. } | Event::Copy | Event::Cut));
        input.events.extend(events.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, code: KeyCode, state: ButtonState) -> KeyboardInput {
        KeyboardInput {
            key_code: code,
            logical_key: if name == "Ctrl" {
                Key::Control
            } else {
                Key::Character(name.into())
            },
            state,
            text: None,
            repeat: false,
            window: Entity::PLACEHOLDER,
        }
    }

    fn heard(keys: &[KeyboardInput], held: &mut Held) -> Option<Vec<String>> {
        let events = replay(keys, held, || Some("pasted".into()))?;
        let word = |e: &Event| match e {
            Event::Text(t) => Some(t.clone()),
            Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } if modifiers.ctrl => Some(format!("Ctrl+{}", key.name())),
            _ => None,
        };
        Some(events.iter().filter_map(word).collect())
    }

    #[test]
    fn a_letter_before_a_chord_is_written_and_a_quick_chord_is_none_of_its_letters() {
        use ButtonState::{Pressed, Released};
        let mut held = Held::default();
        let (d, s, ctrl) = (
            |state| key("d", KeyCode::KeyD, state),
            |state| key("s", KeyCode::KeyS, state),
            |state| key("Ctrl", KeyCode::ControlLeft, state),
        );
        assert_eq!(heard(&[d(Pressed), d(Released)], &mut held), None, "as it comes is right");
        let words = heard(&[d(Pressed), d(Released), ctrl(Pressed), s(Pressed)], &mut held).unwrap();
        assert_eq!(words, ["d", "Ctrl+S"]);
        assert!(held.ctrl, "it is still held");
        let words = heard(&[s(Released), ctrl(Released), d(Pressed)], &mut held).unwrap();
        assert_eq!(words, ["d"]);
        // All of it within one frame.
        let words = heard(&[ctrl(Pressed), s(Pressed), s(Released), ctrl(Released)], &mut held).unwrap();
        assert_eq!(words, ["Ctrl+S"]);
        let v = |state| key("v", KeyCode::KeyV, state);
        let words = heard(&[ctrl(Pressed), v(Pressed), v(Released), ctrl(Released)], &mut held).unwrap();
        assert_eq!(words, ["Ctrl+V", "pasted"]);
    }
}
