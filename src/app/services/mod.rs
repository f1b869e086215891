//! Services in the window: whom the project would ask, shown before anybody is asked and again when somebody wants fresh data; and a
//! new service, from its address to a layer of the project.

mod add;
mod panel;
mod work;

use super::{
    bridge::{CurrentSnapshot, Notice, Notices, ViewState, Wish},
    scene::redraw::Redraw,
    schedule::{AppSystems, PaintSystems},
};
use crate::{
    i18n::tr,
    model::{Language, LocalText, SlotId},
    modules::SlotGeometry,
    progress::Control,
    project::{City, ProjectInfo, SlotData},
    services::{Confirmations, Endpoint, ServiceSource},
};
use add::{Form, SlotChoice};
use bevy::prelude::*;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass, egui::Context};
use panel::Row;
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc, thread::JoinHandle};
use work::{Done, Wanted};

/// Which dialog is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Closed,
    /// The services of the project.
    List,
    /// A new one.
    Add,
}

/// What runs. Dropped, it is cancelled, and its answer is nobody's any more.
struct Running {
    control: Control,
    thread: JoinHandle<Done>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.control.cancel();
    }
}

/// The dialogs and what runs for them.
#[derive(Resource, Default)]
pub struct Desk {
    folder: PathBuf,
    page: Page,
    rows: Vec<Row>,
    form: Form,
    running: Option<Running>,
    /// The user asked for the dialog rather than the project.
    asked_for: bool,
    /// Something may have come before it was cancelled: the project is to be read anew.
    reopen: bool,
    /// What a person must be told besides the dialog.
    fault: Option<LocalText>,
}

impl Desk {
    /// What scripts are told of the dialogs.
    pub fn told(&self) -> Value {
        let form = &self.form;
        let page = match self.page {
            Page::Closed => "closed",
            Page::List => "list",
            Page::Add => "add",
        };
        json!({
            "event": "services", "page": page, "running": self.running.is_some(), "rows": self.rows.len(),
            "asks": form.confirm.as_ref().map(ToString::to_string),
            "layers": form.offers.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(),
            "chosen": form.chosen.and_then(|k| form.offers.get(k)).map(|o| o.name.as_str()),
            "error": form.error.as_ref().map(|e| e.en.as_str()),
        })
    }
}

impl Desk {
    fn run(&mut self, work: impl FnOnce(&Control) -> Done + Send + 'static) {
        let control = Control::default();
        let own = control.clone();
        let thread = std::thread::spawn(move || work(&own));
        self.running = Some(Running { control, thread });
    }

    fn look(&mut self, folder: PathBuf, asked_for: bool) {
        self.folder.clone_from(&folder);
        self.asked_for = asked_for;
        self.run(move |_| work::look(&folder));
    }
}

/// True when a project names services, as far as its city shows it.
fn names_services(city: &City) -> bool {
    let kept = city.provenance().any(|(_, p)| p.retrieved.is_some());
    let lacking = || city.report.findings.iter().any(|f| f.code.starts_with("PJ-18"));
    kept || !city.backdrops.is_empty() || lacking()
}

fn keep_up(
    mut desk: ResMut<Desk>,
    snapshot: Res<CurrentSnapshot>,
    mut wishes: MessageReader<Wish>,
    mut seen: Local<Option<Arc<ProjectInfo>>>,
    mut redraw: ResMut<Redraw>,
) {
    let asked = wishes.read().any(|w| *w == Wish::Services);
    let Some(s) = &snapshot.0 else { return };
    // A project opened anew has an information block of its own; a review or a dropped file keeps the old one.
    let new = seen.as_ref().is_none_or(|c| !Arc::ptr_eq(c, &s.city.info));
    if desk.page == Page::Closed && (asked || (new && names_services(&s.city))) {
        desk.look(s.city.info.folder.clone(), asked);
    }
    if new {
        *seen = Some(s.city.info.clone());
    }
    if desk.running.is_some() {
        redraw.soon();
    }
}

fn both(text: impl Fn(Language) -> String) -> LocalText {
    LocalText::new(text(Language::De), text(Language::En))
}

fn notice(key: &'static str, text: LocalText, error: bool) -> Notice {
    let title = match key {
        "remote-failed" => both(|l| tr(l, "remote-failed")),
        "remote-revoke-failed" => both(|l| tr(l, "remote-revoke-failed")),
        _ => both(|l| tr(l, "remote-added")),
    };
    Notice {
        title,
        text,
        facts: vec![],
        place: None,
        error,
    }
}

fn poll(mut desk: ResMut<Desk>, mut wishes: MessageWriter<Wish>, mut notices: ResMut<Notices>) {
    if let Some(why) = desk.fault.take() {
        notices.0.push(notice("remote-revoke-failed", why, true));
    }
    if std::mem::take(&mut desk.reopen) {
        wishes.write(Wish::Open(desk.folder.clone()));
    }
    let Some(mut running) = desk.running.take_if(|r| r.thread.is_finished()) else {
        return;
    };
    // A thread that is gone leaves another in its place, so that the result can be taken out.
    let thread = std::mem::replace(&mut running.thread, std::thread::spawn(|| Done::Rows(vec![])));
    let cancelled = running.control.is_cancelled();
    let Ok(done) = thread.join() else { return };
    match done {
        Done::Rows(rows) => {
            let waiting = rows.iter().any(Row::waits);
            desk.page = match desk.asked_for {
                true if rows.is_empty() => Page::Add,
                true => Page::List,
                false if waiting => Page::List,
                false => Page::Closed,
            };
            desk.rows = rows;
        }
        Done::Fetched(faults) => {
            desk.page = Page::Closed;
            if !cancelled && !faults.is_empty() {
                let join = |l: Language| faults.iter().map(|f| f.get(l)).collect::<Vec<_>>().join("\n\n");
                notices.0.push(notice("remote-failed", both(join), true));
            }
            // What came is read like any file: the project is opened anew.
            wishes.write(Wish::Open(desk.folder.clone()));
        }
        Done::Offers(Ok(offers)) => desk.form.offers = offers,
        Done::Added(Ok(added)) => {
            desk.page = Page::Closed;
            desk.form = Form::default();
            notices.0.push(Notice {
                facts: added.facts,
                ..notice("remote-added", added.text, false)
            });
            wishes.write(Wish::Open(desk.folder.clone()));
        }
        Done::Offers(Err(_)) | Done::Added(Err(_)) if cancelled => {}
        Done::Offers(Err(why)) | Done::Added(Err(why)) => desk.form.error = Some(why),
    }
}

/// Slots that features can fill, by module.
fn slot_choices(city: &City, language: Language) -> Vec<SlotChoice> {
    let module = |id: &SlotId| city.modules.iter().find(|m| m.id == id.module());
    let vector = city.slots.iter().filter(|s| s.def.geometry != SlotGeometry::Raster);
    vector
        .map(|s| SlotChoice {
            id: s.id.clone(),
            title: format!(
                "{} · {}",
                s.def.title.get(language),
                module(&s.id).map_or(s.id.module(), |m| m.title.get(language))
            ),
            filled: !matches!(s.data, SlotData::Missing { .. }),
        })
        .collect()
}

fn list_page(ctx: &Context, desk: &mut Desk, city: &City, language: Language) -> bool {
    let name = |id: &SlotId| {
        let picture = city
            .backdrops
            .iter()
            .find(|b| b.id == *id)
            .map(|b| b.title.get(language).to_string());
        let slot = || city.slot(id).map(|s| s.def.title.get(language).to_string());
        picture.or_else(slot).unwrap_or_else(|| id.to_string())
    };
    let progress = desk.running.as_ref().map(|r| r.control.progress());
    match panel::services_ui(ctx, &mut desk.rows, name, progress.as_ref(), language) {
        panel::Answer::Nothing => return false,
        // A server that is silent must not hold the dialog; what came from others before is read.
        panel::Answer::Close => {
            desk.reopen = desk.running.take().is_some();
            desk.page = Page::Closed;
        }
        panel::Answer::Add => (desk.page, desk.form) = (Page::Add, Form::default()),
        panel::Answer::Revoke(k) => {
            if let Some(Ok(endpoint)) = desk.rows.get(k).map(|r| r.endpoint.clone()) {
                match Confirmations::load().and_then(|mut c| c.revoke(&desk.folder, &endpoint)) {
                    Ok(_) => {
                        let same = |r: &&mut Row| r.endpoint.as_ref() == Ok(&endpoint);
                        desk.rows.iter_mut().filter(same).for_each(|r| r.confirmed = false);
                    }
                    // It still holds, and a person who took it back must know.
                    Err(e) => desk.fault = Some(e.text()),
                }
            }
        }
        panel::Answer::Fetch => {
            let (folder, rows) = (desk.folder.clone(), desk.rows.clone());
            desk.run(move |control| work::fetch(&folder, &rows, control));
        }
    }
    true
}

impl Desk {
    /// Asks the address for its layers, or first whether it may be asked.
    fn list(&mut self) {
        self.form.error = None;
        let endpoint = match Endpoint::of(self.form.kind, &self.form.url) {
            Ok(endpoint) => endpoint,
            Err(e) => {
                self.form.error = Some(e.text());
                return;
            }
        };
        match Confirmations::load() {
            Err(e) => self.form.error = Some(e.text()),
            Ok(c) if c.allows(&self.folder, &endpoint) => self.ask(),
            Ok(_) => self.form.confirm = Some(endpoint),
        }
    }

    fn allow(&mut self) {
        let Some(endpoint) = self.form.confirm.take() else { return };
        match Confirmations::load().and_then(|mut c| c.allow(&self.folder, [&endpoint])) {
            Ok(()) => self.ask(),
            Err(e) => self.form.error = Some(e.text()),
        }
    }

    fn ask(&mut self) {
        let (folder, kind, url) = (self.folder.clone(), self.form.kind, self.form.url.clone());
        self.run(move |control| work::offers(&folder, kind, &url, control));
    }

    fn take(&mut self, city: &City) {
        self.form.error = None;
        let Some(offer) = self.form.ready() else { return };
        let source = ServiceSource::new(self.form.kind, self.form.url.trim(), &offer.name);
        let wanted = match &self.form.slot {
            _ if self.form.kind.is_picture() => Wanted::Picture(self.form.title.clone()),
            Some(slot) => Wanted::Slot(slot.clone(), city.modules.clone()),
            None => return,
        };
        let folder = self.folder.clone();
        self.run(move |control| work::take(&folder, &source, &wanted, control));
    }
}

fn add_page(ctx: &Context, desk: &mut Desk, city: &City, language: Language) -> bool {
    let progress = desk.running.as_ref().map(|r| r.control.progress());
    let slots = if desk.form.kind.is_picture() {
        vec![]
    } else {
        slot_choices(city, language)
    };
    match add::add_ui(ctx, &mut desk.form, &slots, progress.as_ref(), language) {
        add::Answer::Nothing => return false,
        // What was cancelled answers to nobody: a server that is silent must not hold the dialog.
        add::Answer::Back if desk.running.is_some() => desk.running = None,
        add::Answer::Back if desk.rows.is_empty() => desk.page = Page::Closed,
        add::Answer::Back => desk.page = Page::List,
        add::Answer::List => desk.list(),
        add::Answer::Allow => desk.allow(),
        add::Answer::Refuse => desk.form.confirm = None,
        add::Answer::Take => desk.take(city),
    }
    true
}

fn paint(
    mut contexts: EguiContexts,
    mut desk: ResMut<Desk>,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    mut redraw: ResMut<Redraw>,
) -> Result {
    let Some(s) = &snapshot.0 else { return Ok(()) };
    let ctx = contexts.ctx_mut()?;
    let desk = &mut *desk;
    let changed = match desk.page {
        Page::Closed => false,
        Page::List => list_page(ctx, desk, &s.city, view.language),
        Page::Add => add_page(ctx, desk, &s.city, view.language),
    };
    if changed {
        redraw.soon();
    }
    Ok(())
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Desk>()
        .add_systems(Update, (keep_up, poll).chain().in_set(AppSystems::Receive))
        .add_systems(EguiPrimaryContextPass, paint.after(PaintSystems::Panels));
}
