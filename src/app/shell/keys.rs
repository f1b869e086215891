//! Keys that belong to no panel. The camera's keys belong to the camera.

use super::parts::{Shell, SideTab};
use crate::{
    app::{
        bridge::{Drafting, Gathered, Hand, PlanWish, Selection, Tool, ViewState, Wish},
        dialogs::{PathDialog, Purpose},
    },
    model::Language,
    session::{Command, Snapshot},
};
use bevy_egui::egui::{Context, Key, KeyboardShortcut, Modifiers, Popup};

/// Reads the keys of this frame before any panel does.
pub fn keys(
    ctx: &Context,
    snapshot: Option<&Snapshot>,
    view: &ViewState,
    (drafting, gathered): (&Drafting, &Gathered),
    shell: &mut Shell,
) -> Vec<Wish> {
    let mut wishes = vec![];
    let pressed = |m: Modifiers, k: Key| ctx.input_mut(|i| i.consume_shortcut(&KeyboardShortcut::new(m, k)));
    if pressed(Modifiers::COMMAND, Key::O) {
        wishes.push(Wish::ChooseProject);
    }
    if pressed(Modifiers::COMMAND, Key::Q) {
        wishes.push(Wish::Close);
    }
    if pressed(Modifiers::COMMAND, Key::N) {
        wishes.push(Wish::Found(None));
    }
    // The longer shortcut first: the shorter one would take it, too.
    if pressed(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::I) && snapshot.is_some() {
        shell.path = Some(PathDialog::new(Purpose::File));
    }
    if pressed(Modifiers::COMMAND, Key::I) && snapshot.is_some() {
        wishes.push(Wish::ChooseFile);
    }
    if pressed(Modifiers::COMMAND, Key::S) && snapshot.is_some() {
        wishes.push(Wish::Session(Command::Save));
    }
    if pressed(Modifiers::NONE, Key::F1) {
        shell.help = !shell.help;
    }
    if pressed(Modifiers::NONE, Key::F2) {
        wishes.push(Wish::Language(match view.language {
            Language::De => Language::En,
            Language::En => Language::De,
        }));
    }
    let dialog = Popup::is_any_open(ctx) || ctx.memory(|m| m.top_modal_layer().is_some());
    if dialog || ctx.text_edit_focused() {
        return wishes;
    }
    if let Some(s) = snapshot.filter(|s| s.planning.is_some()) {
        let shift = Modifiers::COMMAND.plus(Modifiers::SHIFT);
        if pressed(shift, Key::Z) || pressed(Modifiers::COMMAND, Key::Y) {
            wishes.push(Wish::Plan(PlanWish::Redo));
        }
        if pressed(Modifiers::COMMAND, Key::Z) {
            wishes.push(Wish::Plan(PlanWish::Undo));
        }
        if drafting.tool == Tool::Select && shell.side == SideTab::Planning {
            // With a conflict selected M writes its note, as everywhere.
            let chosen = matches!(view.selection, Selection::Feature { .. });
            let tools: &[Key] = if chosen { &[Key::M, Key::C, Key::R, Key::S, Key::H] } else { &[] };
            for letter in [Key::D, Key::L, Key::P].into_iter().chain(tools.iter().copied()) {
                if pressed(Modifiers::NONE, letter) {
                    shell.planning.press(letter);
                }
            }
        }
        // While a drawing is in work the key takes its corners away.
        if drafting.tool == Tool::Select && shell.side == SideTab::Planning && pressed(Modifiers::NONE, Key::Delete) {
            let one = Gathered::named(&s.city, &view.selection);
            let all = if gathered.features.is_empty() {
                one.into_iter().collect()
            } else {
                gathered.features.clone()
            };
            if !all.is_empty() {
                wishes.push(Wish::Plan(PlanWish::Do(Hand::Remove(all))));
            }
        }
    }
    // V walks through the ways in which two variants share the view.
    if pressed(Modifiers::NONE, Key::V) {
        shell.next_arrangement = true;
    }
    // Escape belongs to the drawing first.
    if view.selection != Selection::None && !drafting.active() && pressed(Modifiers::NONE, Key::Escape) {
        wishes.push(Wish::Select(Selection::None));
    }
    if matches!(view.selection, Selection::Conflict(_)) && pressed(Modifiers::NONE, Key::M) {
        shell.inspector.write_note();
        (shell.side, shell.hidden) = (SideTab::Inspector, false);
    }
    // Over the map Tab clears the view; elsewhere it walks through the controls as everybody expects.
    let over_map = ctx
        .input(|i| i.pointer.hover_pos())
        .zip(shell.free)
        .is_some_and(|(p, r)| r.contains(p));
    if (over_map || shell.hidden) && pressed(Modifiers::NONE, Key::Tab) {
        shell.hidden = !shell.hidden;
        if let Some(id) = ctx.memory(|m| m.focused()) {
            ctx.memory_mut(|m| m.surrender_focus(id));
        }
    }
    wishes
}

/// True while the key is held that shows the view as it was before.
pub fn held(ctx: &Context, snapshot: Option<&Snapshot>, shell: &Shell) -> bool {
    let dialog = Popup::is_any_open(ctx) || ctx.memory(|m| m.top_modal_layer().is_some()) || shell.path.is_some();
    let free = snapshot.is_some() && !dialog && !ctx.text_edit_focused();
    free && ctx.input(|i| i.focused && i.key_down(Key::B) && !i.modifiers.any())
}
