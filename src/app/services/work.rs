//! What the dialog lets run in the background: looking at the project's services, asking servers, and taking a layer in.

use super::panel::Row;
use crate::{
    i18n::{number, tr, tr_with},
    import::{self, ServiceUse},
    model::{Language, LocalText, SlotId},
    modules::ModuleDef,
    progress::Control,
    project::{self, AttributeSource},
    services::{self, Confirmations, Entry, Limits, Offer, ServiceKind, ServiceSource},
};
use std::{path::Path, sync::Arc};

/// What came of it.
pub enum Done {
    /// The services of the project as they stand.
    Rows(Vec<Row>),
    /// What went wrong while fetching, in words.
    Fetched(Vec<LocalText>),
    /// What a server offers.
    Offers(Result<Vec<Offer>, LocalText>),
    /// A layer that was taken in.
    Added(Result<Added, LocalText>),
}

/// What a new layer of the project is to be.
#[derive(Clone)]
pub enum Wanted {
    /// A picture of that name.
    Picture(String),
    /// Features of a slot, of the project's modules.
    Slot(SlotId, Arc<Vec<ModuleDef>>),
}

/// What is told of a layer that was taken in.
pub struct Added {
    /// A sentence.
    pub text: LocalText,
    /// Names and values below it.
    pub facts: Vec<(LocalText, LocalText)>,
}

fn both(text: impl Fn(Language) -> String) -> LocalText {
    LocalText::new(text(Language::De), text(Language::En))
}

/// Every service of a project as it stands. Reads files, asks nobody.
pub fn look(folder: &Path) -> Done {
    let Ok(remotes) = project::remotes(folder, &Control::default()) else {
        return Done::Rows(vec![]);
    };
    let confirmed = Confirmations::load().ok();
    let rows = remotes.list.into_iter();
    Done::Rows(rows.map(|r| Row::of(&remotes.folder, r, confirmed.as_ref())).collect())
}

/// Confirms what is ticked and asks it.
pub fn fetch(folder: &Path, rows: &[Row], control: &Control) -> Done {
    let all = || -> Result<Vec<LocalText>, LocalText> {
        let remotes = project::remotes(folder, control).map_err(|e| e.text())?;
        let mut confirmed = Confirmations::load().map_err(|e| e.text())?;
        let ticked: Vec<&Row> = rows.iter().filter(|r| r.ticked && r.endpoint.is_ok()).collect();
        confirmed
            .allow(folder, ticked.iter().filter_map(|r| r.endpoint.as_ref().ok()))
            .map_err(|e| e.text())?;
        let mut faults = vec![];
        for row in ticked {
            if let Err(e) = services::fetch(remotes.place(), &row.source, &confirmed, Limits::default(), control) {
                faults.push(e.text());
            }
        }
        Ok(faults)
    };
    Done::Fetched(all().unwrap_or_else(|e| vec![e]))
}

/// What the server offers; it has been confirmed.
pub fn offers(folder: &Path, kind: ServiceKind, url: &str, control: &Control) -> Done {
    let confirmed = Confirmations::load();
    let found = confirmed.and_then(|c| services::offers(folder, kind, url, &c, services::list_limits(), control));
    Done::Offers(found.map_err(|e| e.text()))
}

/// Fetches the layer and, only when it has come, enters it in the project.
pub fn take(folder: &Path, source: &ServiceSource, wanted: &Wanted, control: &Control) -> Done {
    let all = || -> Result<Added, LocalText> {
        let remotes = project::remotes(folder, control).map_err(|e| e.text())?;
        let confirmed = Confirmations::load().map_err(|e| e.text())?;
        let entry = services::fetch(remotes.place(), source, &confirmed, Limits::default(), control).map_err(|e| e.text())?;
        let used = match wanted {
            Wanted::Picture(title) => ServiceUse::Backdrop(title.clone()),
            Wanted::Slot(slot, modules) => features(folder, &entry, slot, modules, control)?,
        };
        if control.is_cancelled() {
            return Err(both(|l| tr(l, "remote-cancelled")));
        }
        import::take_service(folder, source, &used).map_err(|e| e.text())?;
        Ok(told(source, &entry, &used))
    };
    Done::Added(all())
}

/// How the features that came fill the slot.
fn features(folder: &Path, entry: &Entry, slot: &SlotId, modules: &[ModuleDef], control: &Control) -> Result<ServiceUse, LocalText> {
    let plain = ServiceUse::Layer {
        slot: slot.clone(),
        fields: Default::default(),
        as_points: false,
    };
    let Some(page) = entry.pages.first() else {
        return Ok(plain);
    };
    let file = import::examine(&services::page_path(folder, page), control).map_err(|e| e.text())?;
    let Some(layer) = file.layers.first() else {
        return Ok(plain);
    };
    let suggested = import::suggest_slots(&file, layer, modules);
    let Some(fit) = suggested.iter().find(|s| s.slot == *slot) else {
        return Err(both(|l| tr(l, "remote-wrong-geometry")));
    };
    let def = modules.iter().find(|m| m.id == slot.module());
    let def = def.and_then(|m| m.slots.iter().find(|s| s.id == slot.slot()));
    let fields = def.map(|d| import::suggest_fields(d, &layer.attributes)).unwrap_or_default();
    Ok(ServiceUse::Layer {
        slot: slot.clone(),
        fields: fields.into_iter().map(|f| (f.field, f.source)).collect(),
        as_points: fit.as_points,
    })
}

fn told(source: &ServiceSource, entry: &Entry, used: &ServiceUse) -> Added {
    let day = |l| crate::app::theme::text::date(l, entry.day());
    let text = both(|l| {
        let values = [("layer", source.layer.clone().into()), ("date", day(l).into())];
        tr_with(l, "remote-added-text", &values)
    });
    let mut facts = vec![];
    if let Some(said) = &entry.attribution {
        facts.push((both(|l| tr(l, "remote-terms")), LocalText::same(said)));
    }
    if let ServiceUse::Layer { fields, .. } = used {
        facts.push((
            both(|l| tr(l, "remote-features")),
            both(|l| number(l, (entry.delivered - entry.repeated.min(entry.delivered)) as f64, 0)),
        ));
        if entry.missing() > 0 {
            facts.push((both(|l| tr(l, "remote-missing")), both(|l| number(l, entry.missing() as f64, 0))));
        }
        for (field, from) in fields {
            let from = match from {
                AttributeSource::Name(name) => name.as_str(),
                AttributeSource::From(f) => f.from.as_str(),
                _ => "…",
            };
            facts.push((LocalText::same(field), LocalText::same(format!("← {from}"))));
        }
    }
    Added { text, facts }
}
