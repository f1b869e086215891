//! The services of a project: one row a service with its whole address, so that a person knows whom they let in.

use crate::{
    app::theme::{
        icon, text,
        widgets::{badge, colors, link, modal, note, strong},
    },
    i18n::{tr, tr_with},
    model::{Language, LocalText, SlotId},
    progress::Progress,
    project::RemoteSource,
    services::{self, Confirmations, Endpoint, ServiceSource},
};
use bevy_egui::egui::{Align, Button, Checkbox, Context, Label, Layout, ProgressBar, RichText, ScrollArea, Ui, vec2};
use std::path::Path;

/// One service.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it fills.
    pub fills: SlotId,
    /// As in the project file.
    pub source: ServiceSource,
    /// Who is asked, or why nobody is.
    pub endpoint: Result<Endpoint, LocalText>,
    /// The user has confirmed it before.
    pub confirmed: bool,
    /// Day of the answer in the cache.
    pub kept: Option<String>,
    /// To be asked with the next click.
    pub ticked: bool,
}

impl Row {
    /// A service of the project in `folder`.
    pub fn of(folder: &Path, remote: RemoteSource, confirmed: Option<&Confirmations>) -> Self {
        let endpoint = remote.source.endpoint();
        let confirmed = endpoint.as_ref().is_ok_and(|e| confirmed.is_some_and(|c| c.allows(folder, e)));
        let kept = services::cached(folder, &remote.source).ok().flatten().map(|e| e.day().to_string());
        Self {
            fills: remote.fills,
            source: remote.source,
            // What is there is asked again only when somebody says so.
            ticked: endpoint.is_ok() && kept.is_none(),
            endpoint: endpoint.map_err(|e| e.text()),
            confirmed,
            kept,
        }
    }

    /// Nobody has confirmed it, and there is nothing in the cache.
    pub fn waits(&self) -> bool {
        !self.confirmed && self.kept.is_none() && self.endpoint.is_ok()
    }
}

/// What the user answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Nothing,
    /// Leave it, or stop what runs.
    Close,
    /// Confirm and ask what is ticked.
    Fetch,
    /// Take back the confirmation of a row.
    Revoke(usize),
    /// Add a service.
    Add,
}

/// Progress with words, and a sign that something moves.
pub fn progress_ui(ui: &mut Ui, running: &Progress, language: Language) {
    let accent = colors(ui).accent;
    ui.add(
        ProgressBar::new(running.fraction)
            .text(running.step.get(language))
            .desired_height(18.0)
            .fill(accent),
    );
}

/// A row of buttons from the right, no higher than they are.
pub fn buttons(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let row = [ui.available_width(), 32.0].into();
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), content);
}

fn row_ui(ui: &mut Ui, row: &mut Row, fills: &str, enabled: bool, language: Language) -> bool {
    let mut revoke = false;
    ui.horizontal_top(|ui| {
        let can = enabled && row.endpoint.is_ok();
        ui.add_enabled(can, Checkbox::without_text(&mut row.ticked));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let warning = colors(ui).warning;
            match &row.endpoint {
                Ok(endpoint) => {
                    ui.horizontal_wrapped(|ui| {
                        ui.label(strong(endpoint.kind.name()));
                        ui.add(Label::new(endpoint.to_string()).wrap());
                        if endpoint.scheme == "http" && !endpoint.is_loopback() {
                            badge(ui, &tr(language, "remote-plain"), warning);
                        }
                    });
                }
                Err(why) => {
                    ui.add(Label::new(RichText::new(why.get(language)).color(warning)).wrap());
                }
            }
            let values = [("layer", row.source.layer.clone().into()), ("fills", fills.to_string().into())];
            ui.add(Label::new(tr_with(language, "remote-fills", &values)).wrap());
            let kept = match &row.kept {
                Some(day) => tr_with(language, "remote-kept-on", &[("date", text::date(language, day).into())]),
                None => tr(language, "remote-never"),
            };
            let state = if row.confirmed {
                tr(language, "remote-confirmed")
            } else {
                tr(language, "remote-unconfirmed")
            };
            ui.horizontal_wrapped(|ui| {
                ui.label(note(ui, format!("{state} · {kept}")));
                if row.confirmed && enabled {
                    revoke = link(ui, &tr(language, "remote-revoke")).clicked();
                }
            });
        });
    });
    ui.add_space(8.0);
    revoke
}

/// Shows the dialog. `name` tells what a slot or backdrop is called.
pub fn services_ui(
    ctx: &Context,
    rows: &mut [Row],
    name: impl Fn(&SlotId) -> String,
    running: Option<&Progress>,
    language: Language,
) -> Answer {
    let mut answer = Answer::Nothing;
    let response = modal(ctx, "services", 640.0, |ui| {
        ui.horizontal(|ui| {
            let accent = colors(ui).accent;
            ui.label(RichText::new(icon::GLOBE).size(22.0).color(accent));
            ui.heading(tr(language, "remote-title"));
        });
        ui.add(Label::new(note(ui, tr(language, "remote-what"))).wrap());
        ui.add_space(4.0);
        let most = (ui.ctx().content_rect().height() - 260.0).max(80.0);
        ScrollArea::vertical().max_height(most).auto_shrink([false, true]).show(ui, |ui| {
            if rows.is_empty() {
                ui.label(tr(language, "remote-none"));
            }
            for (k, row) in rows.iter_mut().enumerate() {
                let fills = name(&row.fills);
                if ui.push_id(k, |ui| row_ui(ui, row, &fills, running.is_none(), language)).inner {
                    answer = Answer::Revoke(k);
                }
            }
        });
        if let Some(p) = running {
            progress_ui(ui, p, language);
        }
        ui.separator();
        let ticked: Vec<&Row> = rows.iter().filter(|r| r.ticked).collect();
        let new = ticked.iter().any(|r| !r.confirmed);
        let idle = running.is_none();
        buttons(ui, |ui| {
            let fill = colors(ui).selected;
            let word = if new {
                tr(language, "remote-fetch")
            } else {
                tr(language, "remote-again")
            };
            let go = Button::new(word).fill(fill).min_size(vec2(160.0, 28.0));
            if ui.add_enabled(!ticked.is_empty() && idle, go).clicked() {
                answer = Answer::Fetch;
            }
            let leave = if idle {
                tr(language, "remote-close")
            } else {
                tr(language, "cancel")
            };
            if ui.add(Button::new(leave).min_size(vec2(96.0, 28.0))).clicked() {
                answer = Answer::Close;
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let add = Button::new(format!("{}  {}", icon::PLUS, tr(language, "remote-add"))).min_size(vec2(0.0, 28.0));
                if ui.add_enabled(idle, add).clicked() {
                    answer = Answer::Add;
                }
            });
        });
    });
    if response.should_close() && running.is_none() {
        answer = Answer::Close;
    }
    answer
}
