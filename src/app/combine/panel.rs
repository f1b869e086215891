//! The form.

use super::preview::{Outcome, Preview};
use crate::{
    app::{
        bridge::{Running, ViewState, Wish},
        theme::{
            icon, text,
            widgets::{colors, field, modal, note, section, small_icon_button, strong},
        },
    },
    derive::{Expression, Input, Operation},
    i18n::{tr, tr_with},
    model::{GeometryKind, Language, LocalText, SlotId},
    modules::Filter,
    project::{City, SlotData},
    session::Snapshot,
};
use bevy_egui::egui::{Align, Button, Checkbox, ComboBox, Context, Label, Layout, RichText, ScrollArea, Ui};

/// What has been filled in so far.
#[derive(Default)]
pub struct CombineState {
    /// The dialog is on the screen.
    pub open: bool,
    operation: Option<Operation>,
    of: Vec<(Option<SlotId>, String)>,
    distance: String,
    kilometres: bool,
    merge: bool,
    /// German and English.
    titles: [String; 2],
    preview: Preview,
}

impl CombineState {
    fn operation(&self) -> Operation {
        self.operation.unwrap_or(Operation::Intersection)
    }

    /// As many lines as the operation takes at least, and no more than one where it takes one.
    fn fit(&mut self) {
        let several = self.operation().several();
        if !several {
            self.of.truncate(1);
        }
        while self.of.len() < if several { 2 } else { 1 } {
            self.of.push((None, String::new()));
        }
    }

    fn distance_m(&self) -> Option<f64> {
        let value: f64 = self.distance.trim().replace(',', ".").replace('−', "-").parse().ok()?;
        Some(if self.kilometres { value * 1000.0 } else { value })
    }

    /// In both languages; the one that is not told is called as in the other.
    fn title(&self) -> LocalText {
        let [de, en] = self.titles.each_ref().map(|t| t.trim());
        LocalText::new(if de.is_empty() { en } else { de }, if en.is_empty() { de } else { en })
    }

    /// True when it has a name in at least one language.
    fn named(&self) -> bool {
        self.titles.iter().any(|t| !t.trim().is_empty())
    }

    /// What a script may wait for: what is chosen, and how many features would come of it.
    pub fn told(&self) -> serde_json::Value {
        let of: Vec<&SlotId> = self.of.iter().filter_map(|(slot, _)| slot.as_ref()).collect();
        let found = self.preview.newest().filter(|_| self.open);
        serde_json::json!({ "event": "combine", "open": self.open, "operation": self.operation(), "of": of, "features": found })
    }

    /// The expression as far as it is filled in; `None` while something is missing that only a person knows.
    fn expression(&self) -> Option<Expression> {
        let operation = self.operation();
        let input = |(slot, filter): &(Option<SlotId>, String)| {
            let filter = filter.trim();
            Some(Input {
                slot: slot.clone()?,
                filter: (!filter.is_empty()).then(|| filter.to_owned()),
            })
        };
        let title = self.title();
        Some(Expression {
            id: short_name(&title.de),
            title,
            operation,
            of: self.of.iter().map(input).collect::<Option<_>>()?,
            distance_m: if operation == Operation::Buffer {
                Some(self.distance_m()?)
            } else {
                None
            },
            merge: (operation != Operation::Filter).then_some(self.merge),
            color: None,
        })
    }
}

/// "Ruhige Flächen (65 dB)" becomes "ruhige_flaechen_65_db".
fn short_name(title: &str) -> String {
    let mut out = String::new();
    for c in title.to_lowercase().chars() {
        match c {
            'ä' => out += "ae",
            'ö' => out += "oe",
            'ü' => out += "ue",
            'ß' => out += "ss",
            c if c.is_ascii_alphanumeric() => out.push(c),
            _ if !out.ends_with('_') && !out.is_empty() => out.push('_'),
            _ => {}
        }
    }
    out.truncate(60);
    let name = out.trim_end_matches('_');
    if name.is_empty() { "layer".into() } else { name.into() }
}

/// The dialog, while it is open.
pub fn combine_ui(ctx: &Context, snapshot: Option<&Snapshot>, view: &ViewState, running: &Running, state: &mut CombineState) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let Some(s) = snapshot.filter(|_| state.open) else {
        state.open = false;
        return wishes;
    };
    state.fit();
    let response = modal(ctx, "combine", 680.0, |ui| {
        ui.horizontal(|ui| {
            let accent = colors(ui).accent;
            ui.label(RichText::new(icon::INTERSECT).size(22.0).color(accent));
            ui.heading(tr(language, "combine-title"));
        });
        let most = ui.available_height() - 60.0;
        let outcome = ScrollArea::vertical()
            .max_height(most)
            .show(ui, |ui| form(ui, s, language, state))
            .inner;
        ui.add_space(8.0);
        let line = bevy_egui::egui::vec2(ui.available_width(), 32.0);
        ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| {
            let free = running.progress.is_none();
            let ready = outcome && free && state.named();
            let save = ui.add_enabled(ready, Button::new(strong(tr(language, "combine-save"))));
            if save.clicked()
                && let Some(e) = state.expression()
            {
                wishes.push(Wish::Keep(Box::new(e)));
                state.open = false;
            }
            if ui.button(tr(language, "combine-cancel")).clicked() {
                state.open = false;
            }
        });
    });
    // Escape closes an open list of layers first.
    if response.should_close() {
        state.open = false;
    }
    if !state.open {
        state.preview.forget();
    }
    wishes
}

/// The fields; true when the expression can be kept.
fn form(ui: &mut Ui, s: &Snapshot, language: Language, state: &mut CombineState) -> bool {
    section(ui, tr(language, "combine-operation"));
    ui.horizontal_wrapped(|ui| {
        for operation in Operation::ALL {
            let name = operation.name().get(language).to_owned();
            let mut name: Vec<char> = name.chars().collect();
            if let Some(first) = name.first_mut() {
                *first = first.to_uppercase().next().unwrap_or(*first);
            }
            let on = state.operation() == operation;
            if ui.selectable_label(on, name.into_iter().collect::<String>()).clicked() && !on {
                state.operation = Some(operation);
                state.merge = operation == Operation::Union;
                state.fit();
            }
        }
    });
    let what = match state.operation() {
        Operation::Intersection => tr(language, "combine-what-intersection"),
        Operation::Difference => tr(language, "combine-what-difference"),
        Operation::Union => tr(language, "combine-what-union"),
        Operation::Buffer => tr(language, "combine-what-buffer"),
        Operation::Filter => tr(language, "combine-what-filter"),
    };
    let what = note(ui, what);
    ui.add(Label::new(what).wrap());
    section(ui, tr(language, "combine-layers"));
    let several = state.operation().several();
    let mut gone = None;
    for k in 0..state.of.len() {
        let removable = several && state.of.len() > 2;
        if layer_line(ui, &s.city, language, (k, removable), &mut state.of[k]) {
            gone = Some(k);
        }
    }
    if let Some(k) = gone {
        state.of.remove(k);
    }
    if several
        && state.of.len() < crate::derive::MOST_INPUTS
        && ui.button(format!("{} {}", icon::PLUS, tr(language, "combine-add"))).clicked()
    {
        state.of.push((None, String::new()));
    }
    if state.operation() == Operation::Buffer {
        section(ui, tr(language, "combine-distance"));
        ui.horizontal(|ui| {
            let input = field(ui, &mut state.distance, "50").desired_width(100.0);
            ui.add(input);
            ui.selectable_value(&mut state.kilometres, false, "m");
            ui.selectable_value(&mut state.kilometres, true, "km");
            let hint = note(ui, tr(language, "combine-distance-hint"));
            ui.label(hint);
        });
    }
    if state.operation() != Operation::Filter {
        ui.add_space(4.0);
        ui.add(Checkbox::new(&mut state.merge, tr(language, "combine-merge")));
    }
    section(ui, tr(language, "combine-name"));
    names(ui, language, &mut state.titles);
    if state.named() {
        let id = SlotId::new(crate::derive::MODULE, &short_name(&state.title().de));
        let taken = s.city.slot(&id).is_some();
        let said = match taken {
            true => tr_with(language, "combine-replaces", &[("id", id.to_string().into())]),
            false => id.to_string(),
        };
        let (said, warning) = (note(ui, said), colors(ui).warning);
        ui.label(if taken { said.color(warning) } else { said });
    }
    section(ui, tr(language, "combine-preview"));
    let Some(e) = state.expression() else {
        let missing = note(ui, tr(language, "combine-incomplete"));
        ui.label(missing);
        return false;
    };
    match state.preview.of(ui, &s.city, &e).as_deref() {
        None => {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(tr(language, "combine-working"));
            });
            false
        }
        Some(Err(why)) => {
            let error = colors(ui).error;
            ui.add(Label::new(RichText::new(why.get(language)).color(error)).wrap());
            false
        }
        Some(Ok(found)) => {
            outcome(ui, found, language);
            true
        }
    }
}

/// The name in both languages, and a word where one is missing.
fn names(ui: &mut Ui, language: Language, titles: &mut [String; 2]) {
    let keys = ["combine-name-de", "combine-name-en"];
    let hints = [Language::De, Language::En].map(|l| tr(l, "combine-name-hint"));
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 8.0) / 2.0 - 78.0;
        for ((title, key), hint) in titles.iter_mut().zip(keys).zip(hints) {
            ui.scope(|ui| {
                ui.set_min_width(70.0);
                ui.label(note(ui, tr(language, key)));
            });
            let name = field(ui, title, hint).desired_width(width);
            ui.add(name);
        }
    });
    let [de, en] = titles.each_ref().map(|t| t.trim().is_empty());
    if de != en {
        let missing = note(ui, tr(language, if de { "combine-no-german" } else { "combine-no-english" }));
        ui.add(Label::new(missing).wrap());
    }
}

/// One layer with its filter; true when it shall go.
fn layer_line(ui: &mut Ui, city: &City, language: Language, (k, removable): (usize, bool), line: &mut (Option<SlotId>, String)) -> bool {
    let mut gone = false;
    let title = |id: &SlotId| {
        city.slot(id)
            .map_or_else(|| id.to_string(), |s| s.def.title.get(language).to_owned())
    };
    ui.horizontal(|ui| {
        ui.label(format!("{}.", k + 1));
        ComboBox::from_id_salt(("layer to combine", k))
            .width(250.0)
            .truncate()
            .selected_text(line.0.as_ref().map_or_else(|| tr(language, "combine-choose"), title))
            .show_ui(ui, |ui| {
                for slot in city.slots.iter().filter(|s| matches!(s.data, SlotData::Vector(_))) {
                    ui.selectable_value(&mut line.0, Some(slot.id.clone()), title(&slot.id));
                }
            });
        let width = (ui.available_width() - 36.0).max(120.0);
        let filter = field(ui, &mut line.1, tr(language, "combine-filter-hint")).desired_width(width);
        ui.add(filter);
        if removable {
            let color = colors(ui).weak;
            gone = small_icon_button(ui, icon::X, &tr(language, "combine-remove"), color).clicked();
        }
    });
    let Some(layer) = line.0.as_ref().and_then(|id| city.layer(id)) else {
        return gone;
    };
    let table = &layer.layer.attributes;
    if line.1.trim().is_empty() {
        return gone;
    }
    let has = table.names().take(12).collect::<Vec<_>>().join(", ");
    let (said, good) = match Filter::parse(line.1.trim()) {
        Err(e) => (e.text().get(language).to_owned(), false),
        Ok(filter) => match filter.attributes().into_iter().find(|n| table.column(n).is_none()) {
            Some(name) => (
                tr_with(language, "combine-no-attribute", &[("name", name.into()), ("has", has.into())]),
                false,
            ),
            None => {
                let n = filter.select(table, layer.layer.len()).iter().filter(|k| **k).count() as i64;
                let values = [("n", n.into()), ("all", (layer.layer.len() as i64).into())];
                (tr_with(language, "combine-passes", &values), true)
            }
        },
    };
    let color = if good { colors(ui).good } else { colors(ui).error };
    ui.indent(("its filter", k), |ui| {
        ui.add(Label::new(RichText::new(said).small().color(color)).wrap());
    });
    gone
}

fn outcome(ui: &mut Ui, found: &Outcome, language: Language) {
    let n = [("n", (found.features as i64).into())];
    let mut said = tr_with(language, "combine-features", &n);
    match found.kind {
        GeometryKind::Point => {}
        GeometryKind::Line => said += &format!(" · {}", text::measure(language, found.size, "m")),
        GeometryKind::Polygon => said += &format!(" · {}", text::area(language, found.size)),
    }
    if let Some(day) = &found.data_date {
        said += &format!(
            " · {}",
            tr_with(language, "data-date", &[("date", text::date(language, day).into())])
        );
    }
    ui.label(strong(said));
    if !found.declared {
        let warning = colors(ui).warning;
        ui.add(Label::new(RichText::new(tr(language, "combine-undeclared")).color(warning)).wrap());
    }
    for f in &found.findings {
        let said = note(ui, format!("– {}", f.get(language)));
        ui.add(Label::new(said).wrap());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_short_names() {
        assert_eq!(short_name("Ruhige Flächen (65 dB)"), "ruhige_flaechen_65_db");
        assert_eq!(short_name("  … "), "layer");
        let state = CombineState {
            operation: Some(Operation::Buffer),
            of: vec![(Some("m/a".into()), String::new())],
            distance: "1,5".into(),
            kilometres: true,
            titles: ["Nah am Bahnhof".into(), String::new()],
            ..CombineState::default()
        };
        let e = state.expression().unwrap();
        assert_eq!((e.distance_m, e.id.as_str()), (Some(1500.0), "nah_am_bahnhof"));
        assert_eq!((e.title.de.as_str(), e.title.en.as_str()), ("Nah am Bahnhof", "Nah am Bahnhof"));
        assert!(e.check().is_ok());
        let both = CombineState {
            titles: [" Nah ".into(), "Near".into()],
            ..CombineState::default()
        };
        assert_eq!((both.title(), both.named()), (LocalText::new("Nah", "Near"), true));
        assert!(!CombineState::default().named());
    }
}
