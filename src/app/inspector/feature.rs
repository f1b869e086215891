//! A feature: its attributes with titles and units, the conflicts it takes part in, its source and date.

use crate::{
    app::{
        bridge::{CameraCommand, Selection, Wish},
        decor::symbol::paint_severity,
        theme::{
            icon, text,
            widgets::{badge, colors, empty_state, link, note, pair, section, strong},
        },
    },
    i18n::{tr, tr_with},
    index::IndexedLayer,
    model::{Conflict, Language, Provenance, SlotId, Value},
    modules::{AttributeDef, AttributeKind, Role, SlotDef},
    session::{Planning, Share, Snapshot},
};
use bevy_egui::egui::{Label, Sense, Ui, vec2};

fn layer<'a>(s: &'a Snapshot, slot: &SlotId) -> Option<&'a IndexedLayer> {
    s.city.layers().find(|l| l.layer.slot == *slot)
}

/// A value as people read it; unknown stays unknown.
fn value_text(value: &Value, slot: Option<&SlotDef>, def: Option<&AttributeDef>, language: Language) -> String {
    if let (Value::Text(t), Some(slot), Some(def)) = (value, slot, def)
        && let Some(words) = slot.value_label(&def.name, t)
    {
        return words.get(language).to_string();
    }
    let unit = def.and_then(|d| d.unit.as_deref()).unwrap_or("");
    match (value, def.map(|d| d.kind)) {
        (Value::Null, _) => tr(language, "unknown"),
        (Value::Boolean(true), _) => tr(language, "yes"),
        (Value::Boolean(false), _) => tr(language, "no"),
        (Value::Text(t), Some(AttributeKind::Date)) => text::date(language, t),
        (Value::Text(t), _) if unit.is_empty() => t.to_string(),
        // A year or a code is a number without groups.
        (Value::Integer(n), _) if unit.is_empty() => n.to_string(),
        (v, _) => v.as_f64().map_or_else(|| v.to_string(), |n| text::measure(language, n, unit)),
    }
}

/// All about one feature.
pub(super) fn feature_ui(ui: &mut Ui, s: &Snapshot, slot: &SlotId, row: u32, language: Language, wishes: &mut Vec<Wish>) {
    let r = row as usize;
    let Some(indexed) = layer(s, slot).filter(|l| r < l.layer.len()) else {
        empty_state(
            ui,
            icon::CURSOR_CLICK,
            &tr(language, "feature-gone"),
            &tr(language, "inspector-empty-do"),
        );
        return;
    };
    let layer = &indexed.layer;
    let def: Option<&SlotDef> = s.city.slot(slot).map(|s| &*s.def);
    ui.add_space(4.0);
    let name = s.city.spoken(&s.city.reference(indexed, row), language);
    ui.add(Label::new(strong(name).size(15.0)).wrap());
    let title = def.map_or_else(|| slot.slot().to_string(), |d| d.title.get(language).to_string());
    ui.label(note(ui, title));
    let bbox = layer.geometry.bbox(r);
    if !bbox.is_empty() && ui.button(format!("{}  {}", icon::CROSSHAIR, tr(language, "fly-there"))).clicked() {
        let margin = (bbox.width_m().max(bbox.height_m()) * 0.5).max(60.0);
        wishes.push(Wish::Camera(CameraCommand::FlyTo(bbox.buffered(margin))));
    }
    let shown = match def.and_then(|d| d.role) {
        Some(Role::BuildingWindows) => super::allowed::allowed_ui(ui, &s.city, layer, def, r, language),
        _ => &[][..],
    };
    section(ui, tr(language, "attributes"));
    let named = def.map_or(&[][..], |d| &d.attributes);
    for a in named {
        if shown.contains(&a.name.as_str()) {
            continue;
        }
        if layer.attributes.column(&a.name).is_some() {
            pair(
                ui,
                a.title.get(language),
                value_text(&layer.attributes.value(&a.name, r), def, Some(a), language),
            );
        }
    }
    let others: Vec<&str> = layer.attributes.names().filter(|n| !named.iter().any(|a| a.name == *n)).collect();
    for name in others {
        let value = layer.attributes.value(name, r);
        if !value.is_null() {
            pair(ui, name, value_text(&value, def, None, language));
        }
    }
    pair(ui, &tr(language, "feature-id"), layer.ids[r].to_string());
    conflicts(ui, s, slot, row, language, wishes);
    section(ui, tr(language, "source"));
    if let Some((planning, share)) = s.planning.as_ref().and_then(|p| Some((p, p.share(slot, &layer.ids[r])?))) {
        ui.add(Label::new(plan_text(planning, share, language)).wrap());
        if share == Share::Drawn {
            return;
        }
    }
    for (p, files) in Provenance::quoted(&layer.provenance) {
        let name = p.attribution.as_deref().or(p.source.as_deref()).unwrap_or(&p.file);
        ui.add(Label::new(name).wrap());
        if let Some(licence) = &p.licence {
            pair(ui, &tr(language, "licence"), licence.as_str());
        }
        let date = p
            .data_date
            .as_deref()
            .map_or_else(|| tr(language, "unknown"), |d| text::date(language, d));
        pair(ui, &tr(language, "data-state"), date);
        pair(ui, &tr(language, "file"), p.files(files));
        if p.unofficial {
            let warning = colors(ui).warning;
            badge(ui, &tr(language, "unofficial"), warning).on_hover_text(tr(language, "unofficial-why"));
        }
    }
}

/// What the open plan has to do with a feature, in words.
fn plan_text(planning: &Planning, share: Share, language: Language) -> String {
    let key = match share {
        Share::Drawn => "looks-origin-drawn",
        Share::Changed => "looks-origin-changed",
    };
    let about = &planning.about;
    tr_with(
        language,
        key,
        &[("plan", about.title.clone().into()), ("author", about.author.clone().into())],
    )
}

fn conflicts(ui: &mut Ui, s: &Snapshot, slot: &SlotId, row: u32, language: Language, wishes: &mut Vec<Wish>) {
    let here = |f: &crate::model::FeatureRef| f.slot == *slot && f.row == row;
    let list: Vec<&Conflict> = s
        .evaluation
        .conflicts
        .iter()
        .map(|c| &**c)
        .filter(|c| here(&c.subject) || c.objects.iter().any(here))
        .take(40)
        .collect();
    if list.is_empty() {
        return;
    }
    section(ui, tr(language, "conflicts"));
    for c in list {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::hover());
            paint_severity(ui.painter(), rect.center(), 8.0, c.severity);
            let title = s.city.rule(&c.rule).map_or(c.rule.as_str(), |r| r.title.get(language));
            if link(ui, title).clicked() {
                wishes.push(Wish::Select(Selection::Conflict(c.id.clone())));
            }
        });
    }
}
