//! What was decided about a conflict: status, responsible office and note. They stand right below its title, because writing them is
//! what a planner comes for.

use crate::{
    app::{
        bridge::Wish,
        theme::{text, widgets::colors},
    },
    i18n::tr,
    model::{Conflict, ConflictStatus, Language, Review},
    modules::RuleDef,
    session::{Command, Snapshot},
};
use bevy_egui::egui::{self, Align, ComboBox, Layout, Response, RichText, Stroke, TextEdit, Ui};

/// How long letters may wait before the session hears of them. Each telling sorts the table of conflicts anew, which a project with
/// many of them would feel at every letter.
const PATIENCE_S: f64 = 0.3;
/// Space that the names of the fields leave for the fields.
const FIELD_WIDTH: f32 = 170.0;

/// The texts of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Note,
    Office,
}

/// A text while it is being written.
#[derive(Debug)]
struct Draft {
    conflict: String,
    part: Part,
    text: String,
    /// When the session last heard of it, seconds of the window's clock.
    told_at: f64,
    /// Letters were written since.
    behind: bool,
}

impl Draft {
    fn command(&self) -> Command {
        let (conflict, text) = (self.conflict.clone(), self.text.clone());
        match self.part {
            Part::Note => Command::SetNote { conflict, note: text },
            Part::Office => Command::SetOffice { conflict, office: text },
        }
    }

    fn is_of(&self, conflict: &str, part: Part) -> bool {
        self.conflict == conflict && self.part == part
    }
}

/// The text being written, if there is one. The first letter is told at once, so that the project counts as unsaved; the following ones
/// together, and the last ones when they are asked for.
#[derive(Debug, Default)]
pub(super) struct Writing {
    draft: Option<Draft>,
    /// The note shall have the keyboard.
    wanted: bool,
}

impl Writing {
    /// The note gets the keyboard when it is drawn next.
    pub fn begin(&mut self) {
        self.wanted = true;
    }

    /// What the session has not heard of yet; nothing is being written afterwards.
    pub fn finish(&mut self) -> Option<Command> {
        self.draft.take().filter(|d| d.behind).map(|d| d.command())
    }

    /// As [`Self::finish`], where what is being written does not belong to this conflict.
    pub fn leave(&mut self, shown: Option<&str>) -> Option<Command> {
        let foreign = self.draft.as_ref().is_some_and(|d| Some(d.conflict.as_str()) != shown);
        foreign.then(|| self.finish()).flatten()
    }

    /// The text as it stands in its field.
    fn text(&self, conflict: &str, part: Part, saved: &str) -> String {
        let mine = self.draft.as_ref().filter(|d| d.is_of(conflict, part));
        mine.map_or_else(|| saved.to_owned(), |d| d.text.clone())
    }

    /// A letter was written.
    fn write(&mut self, conflict: &str, part: Part, text: String) -> Option<Command> {
        let other = self.draft.as_ref().is_some_and(|d| !d.is_of(conflict, part));
        let finished = if other { self.finish() } else { None };
        let told_at = self.draft.as_ref().map_or(f64::NEG_INFINITY, |d| d.told_at);
        self.draft = Some(Draft {
            conflict: conflict.to_owned(),
            part,
            text,
            told_at,
            behind: true,
        });
        finished
    }

    /// What the session shall hear of now.
    fn tell(&mut self, conflict: &str, part: Part, now_s: f64) -> Option<Command> {
        let d = self.draft.as_mut().filter(|d| d.behind && d.is_of(conflict, part))?;
        if now_s - d.told_at < PATIENCE_S {
            return None;
        }
        (d.told_at, d.behind) = (now_s, false);
        Some(d.command())
    }

    fn waits(&self) -> bool {
        self.draft.as_ref().is_some_and(|d| d.behind)
    }
}

/// Status, office and note of a conflict.
pub(super) fn review_ui(
    ui: &mut Ui,
    s: &Snapshot,
    c: &Conflict,
    rule: Option<&RuleDef>,
    language: Language,
    writing: &mut Writing,
    wishes: &mut Vec<Wish>,
) {
    let blank = Review::default();
    let review = s.reviews.get(&c.id).unwrap_or(&blank);
    ui.add_space(4.0);
    let mut chosen = review.status;
    named(ui, tr(language, "status"), |ui| {
        ComboBox::from_id_salt("status")
            .width(FIELD_WIDTH)
            .selected_text(text::status(language, chosen))
            .show_ui(ui, |ui| {
                for v in ConflictStatus::ALL {
                    ui.selectable_value(&mut chosen, v, text::status(language, v));
                }
            });
    });
    if chosen != review.status {
        wishes.push(Wish::Session(Command::SetStatus {
            conflict: c.id.clone(),
            status: chosen,
        }));
    }
    // Empty means the office that the rule names; a text of one's own replaces it.
    let usual = rule.map_or("", |r| r.office.get(language));
    let mut office = writing.text(&c.id, Part::Office, &review.office);
    let field = TextEdit::singleline(&mut office)
        .hint_text(usual)
        .desired_width(FIELD_WIDTH + 6.0)
        .margin(egui::Margin::symmetric(6, 4));
    let response = named(ui, tr(language, "office"), |ui| framed(ui, field));
    let response = if usual.is_empty() {
        response
    } else {
        response.on_hover_text(usual)
    };
    heard(ui, &response, c, Part::Office, office, writing, wishes);

    let mut note = writing.text(&c.id, Part::Note, &review.note);
    let field = TextEdit::multiline(&mut note)
        .hint_text(tr(language, "note-hint"))
        .desired_rows(2)
        .desired_width(f32::INFINITY)
        .margin(egui::Margin::symmetric(8, 6));
    let response = framed(ui, field);
    if std::mem::take(&mut writing.wanted) {
        response.request_focus();
        response.scroll_to_me(None);
    }
    heard(ui, &response, c, Part::Note, note, writing, wishes);
    if writing.waits() {
        // The last letters must not wait for the next one.
        ui.ctx().request_repaint();
    }
}

/// A name on the left and a field on the right.
fn named<R>(ui: &mut Ui, name: String, field: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        let weak = colors(ui).weak;
        ui.label(RichText::new(name).color(weak));
        ui.with_layout(Layout::right_to_left(Align::Center), field).inner
    })
    .inner
}

fn framed(ui: &mut Ui, field: TextEdit) -> Response {
    egui::Frame::new()
        .stroke(Stroke::new(1.0, colors(ui).line))
        .corner_radius(4.0)
        .show(ui, |ui| ui.add(field))
        .inner
}

/// Keeps what was written in a field and tells the session in time.
fn heard(ui: &Ui, response: &Response, c: &Conflict, part: Part, text: String, writing: &mut Writing, wishes: &mut Vec<Wish>) {
    if response.changed() {
        wishes.extend(writing.write(&c.id, part, text).map(Wish::Session));
    }
    wishes.extend(writing.tell(&c.id, part, ui.input(|i| i.time)).map(Wish::Session));
    if response.lost_focus() && writing.draft.as_ref().is_some_and(|d| d.is_of(&c.id, part)) {
        wishes.extend(writing.finish().map(Wish::Session));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> Command {
        Command::SetNote {
            conflict: "N1-a".into(),
            note: text.into(),
        }
    }

    #[test]
    fn the_first_letter_is_told_at_once_and_the_last_ones_are_never_lost() {
        let mut w = Writing::default();
        assert_eq!(w.write("N1-a", Part::Note, "L".into()), None);
        assert_eq!(w.tell("N1-a", Part::Note, 10.0), Some(note("L")));
        w.write("N1-a", Part::Note, "Lä".into());
        assert_eq!(w.tell("N1-a", Part::Note, 10.1), None, "letters are told together");
        w.write("N1-a", Part::Note, "Lär".into());
        assert_eq!(
            w.text("N1-a", Part::Note, "L"),
            "Lär",
            "the field shows what the session has not heard of"
        );
        assert_eq!(w.tell("N1-a", Part::Note, 10.4), Some(note("Lär")));
        assert_eq!(w.tell("N1-a", Part::Note, 11.0), None, "nothing new");
        // Saving and closing ask for what is left.
        w.write("N1-a", Part::Note, "Lärm".into());
        assert_eq!(w.finish(), Some(note("Lärm")));
        assert_eq!((w.finish(), w.waits()), (None, false));
    }

    #[test]
    fn another_conflict_or_field_does_not_swallow_what_was_written() {
        let mut w = Writing::default();
        w.write("N1-a", Part::Note, "x".into());
        assert_eq!(w.leave(Some("N1-a")), None, "the same conflict goes on");
        let office = w.write("N1-a", Part::Office, "Umweltamt".into());
        assert_eq!(office, Some(note("x")));
        let expected = Command::SetOffice {
            conflict: "N1-a".into(),
            office: "Umweltamt".into(),
        };
        assert_eq!(w.leave(Some("T1-b")), Some(expected.clone()));
        w.write("N1-a", Part::Office, "Umweltamt".into());
        assert_eq!(w.leave(None), Some(expected));
        // What was told already is not told again when the field is left.
        w.write("N1-a", Part::Note, "x".into());
        w.tell("N1-a", Part::Note, 1.0);
        assert_eq!(w.leave(None), None);
    }
}
