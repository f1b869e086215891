//! The dialog: one row a service with its whole address, so that a person knows whom they let in.

use crate::{
    app::theme::{
        text,
        widgets::{badge, colors, note, strong},
    },
    i18n::{tr, tr_with},
    model::{Language, LocalText, SlotId},
    progress::Progress,
    project::RemoteSource,
    services::{self, Confirmations, Endpoint, ServiceSource},
};
use bevy_egui::egui::{Align, Button, Context, Frame, Id, Label, Layout, Modal, ProgressBar, RichText, ScrollArea, Ui, vec2};
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
            ticked: endpoint.is_ok(),
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
}

fn row_ui(ui: &mut Ui, row: &mut Row, enabled: bool, language: Language) {
    ui.horizontal_top(|ui| {
        let can = enabled && row.endpoint.is_ok();
        ui.add_enabled(can, bevy_egui::egui::Checkbox::without_text(&mut row.ticked));
        ui.vertical(|ui| {
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
            let kept = match &row.kept {
                Some(day) => tr_with(language, "remote-kept-on", &[("date", text::date(language, day).into())]),
                None => tr(language, "remote-never"),
            };
            let state = tr(language, if row.confirmed { "remote-confirmed" } else { "remote-unconfirmed" });
            let line = format!("{} → {} · {state} · {kept}", row.source.layer, row.fills);
            ui.add(Label::new(note(ui, line)).wrap());
        });
    });
    ui.add_space(6.0);
}

/// Shows the dialog.
pub fn services_ui(ctx: &Context, rows: &mut [Row], running: Option<&Progress>, language: Language) -> Answer {
    let mut answer = Answer::Nothing;
    let id = Id::new("services-dialog");
    let most = ctx.content_rect().size() - vec2(48.0, 64.0);
    let shown = Modal::new(id)
        .area(Modal::default_area(id))
        .frame(Frame::window(&ctx.global_style()).inner_margin(20.0))
        .show(ctx, |ui| {
            ui.set_width(640.0f32.min(most.x));
            ui.set_max_height(most.y);
            ui.heading(tr(language, "remote-title"));
            ui.add_space(4.0);
            ui.add(Label::new(tr(language, "remote-what")).wrap());
            ui.add_space(8.0);
            ScrollArea::vertical().max_height((most.y - 220.0).max(80.0)).show(ui, |ui| {
                if rows.is_empty() {
                    ui.label(note(ui, tr(language, "remote-none")));
                }
                rows.iter_mut().for_each(|r| row_ui(ui, r, running.is_none(), language));
            });
            if let Some(p) = running {
                ui.add(ProgressBar::new(p.fraction).text(p.step.get(language)));
            }
            ui.add_space(6.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let accent = colors(ui).selected;
                let ticked = rows.iter().any(|r| r.ticked);
                let go = Button::new(tr(language, "remote-fetch")).fill(accent).min_size(vec2(160.0, 28.0));
                if ui.add_enabled(ticked && running.is_none(), go).clicked() {
                    answer = Answer::Fetch;
                }
                let key = if running.is_some() { "cancel" } else { "remote-later" };
                if ui.add(Button::new(tr(language, key)).min_size(vec2(110.0, 28.0))).clicked() {
                    answer = Answer::Close;
                }
            });
        });
    if shown.should_close() && running.is_none() {
        answer = Answer::Close;
    }
    answer
}
