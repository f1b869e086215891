//! A new service: what kind, where, whether it may be asked, which of its layers, and what that becomes in the project.

use super::panel::{buttons, progress_ui};
use crate::{
    app::theme::{
        icon,
        widgets::{badge, cell, colors, field, left, modal, note, strong},
    },
    i18n::{tr, tr_with},
    model::{Language, LocalText, SlotId},
    progress::Progress,
    services::{Endpoint, Offer, ServiceKind},
};
use bevy_egui::egui::{Align, Button, ComboBox, Context, Frame, Key, Label, Layout, Margin, RichText, ScrollArea, Stroke, Ui, vec2};

/// In the order in which cities have them.
const KINDS: [ServiceKind; 5] = [
    ServiceKind::Wms,
    ServiceKind::Wmts,
    ServiceKind::Wfs,
    ServiceKind::OgcApiFeatures,
    ServiceKind::Postgis,
];

/// What the user has filled in so far.
#[derive(Debug, Clone)]
pub struct Form {
    /// Protocol.
    pub kind: ServiceKind,
    /// Address as typed.
    pub url: String,
    /// Shown for confirmation.
    pub confirm: Option<Endpoint>,
    /// What the server offers.
    pub offers: Vec<Offer>,
    /// The chosen layer.
    pub chosen: Option<usize>,
    /// Name of a picture in the layer list.
    pub title: String,
    /// Slot that features fill.
    pub slot: Option<SlotId>,
    /// What went wrong.
    pub error: Option<LocalText>,
    filter: String,
    focused: bool,
    /// The kind was chosen by hand: no address changes it any more.
    kind_chosen: bool,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            kind: ServiceKind::Wms,
            url: String::new(),
            confirm: None,
            offers: vec![],
            chosen: None,
            title: String::new(),
            slot: None,
            error: None,
            filter: String::new(),
            focused: false,
            kind_chosen: false,
        }
    }
}

/// The kind that an address names by itself, as most do. Ports and names of hosts say nothing.
fn kind_of(url: &str) -> Option<ServiceKind> {
    let url = url.trim().to_lowercase();
    let (scheme, rest) = url.split_once("://")?;
    if matches!(scheme, "postgres" | "postgresql") {
        return Some(ServiceKind::Postgis);
    }
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let named = |word: &str| match word {
        "wms" => Some(ServiceKind::Wms),
        "wmts" => Some(ServiceKind::Wmts),
        "wfs" => Some(ServiceKind::Wfs),
        "ogcapi" | "oapif" | "collections" | "items" => Some(ServiceKind::OgcApiFeatures),
        _ => None,
    };
    let said = query.split('&').find_map(|p| p.strip_prefix("service="));
    said.and_then(named).or_else(|| {
        let words = path
            .split_once('/')
            .map_or("", |(_, p)| p)
            .split(|c: char| !c.is_ascii_alphanumeric());
        words.filter_map(named).next_back()
    })
}

impl Form {
    /// Another address is another server: nothing of what was learned holds.
    fn forget(&mut self) {
        (self.confirm, self.error, self.chosen) = (None, None, None);
        self.offers.clear();
        self.filter.clear();
    }

    /// The layer and what it is for, when everything is chosen.
    pub fn ready(&self) -> Option<&Offer> {
        let offer = self.offers.get(self.chosen?)?;
        (self.kind.is_picture() || self.slot.is_some()).then_some(offer)
    }
}

/// A slot that features can fill.
pub struct SlotChoice {
    /// Its id.
    pub id: SlotId,
    /// Module and name.
    pub title: String,
    /// It has data already; the service's are added to them.
    pub filled: bool,
}

/// What the user answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Nothing,
    /// Back to the list, or stop what runs.
    Back,
    /// Ask the address for its layers.
    List,
    /// Confirm the endpoint and ask it.
    Allow,
    /// Do not connect.
    Refuse,
    /// Fetch the chosen layer and enter it in the project.
    Take,
}

fn kind_line(language: Language, kind: ServiceKind) -> String {
    let what = match kind {
        ServiceKind::Wms => tr(language, "remote-kind-wms"),
        ServiceKind::Wmts => tr(language, "remote-kind-wmts"),
        ServiceKind::Wfs | ServiceKind::OgcApiFeatures => tr(language, "remote-kind-features"),
        ServiceKind::Postgis => tr(language, "remote-kind-table"),
    };
    format!("{} – {what}", kind.name())
}

fn example(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::Postgis => "postgresql://user@host:5432/database",
        ServiceKind::Wmts => "https://geo.example-city.de/wmts",
        ServiceKind::Wms => "https://geo.example-city.de/wms",
        ServiceKind::Wfs => "https://geo.example-city.de/wfs",
        ServiceKind::OgcApiFeatures => "https://geo.example-city.de/ogcapi",
    }
}

fn row(ui: &mut Ui, name: String, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        cell(ui, 120.0, strong(name));
        content(ui);
    });
}

fn where_ui(ui: &mut Ui, form: &mut Form, language: Language) -> Answer {
    let mut answer = Answer::Nothing;
    row(ui, tr(language, "remote-kind"), |ui| {
        let before = form.kind;
        ComboBox::from_id_salt("kind")
            .width(360.0)
            .selected_text(kind_line(language, form.kind))
            .show_ui(ui, |ui| {
                for kind in KINDS {
                    ui.selectable_value(&mut form.kind, kind, kind_line(language, kind));
                }
            });
        if form.kind != before {
            form.kind_chosen = true;
            form.forget();
        }
    });
    row(ui, tr(language, "remote-address"), |ui| {
        let before = form.url.clone();
        let list = tr(language, "remote-list");
        let width = (ui.available_width() - 170.0).max(160.0);
        let edit = field(ui, &mut form.url, example(form.kind)).desired_width(width);
        let response = ui.add(edit);
        if !form.focused {
            response.request_focus();
            form.focused = true;
        }
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        if form.url != before {
            form.forget();
            if let Some(kind) = kind_of(&form.url).filter(|_| !form.kind_chosen) {
                form.kind = kind;
            }
        }
        let typed = !form.url.trim().is_empty();
        let asked = ui.add_enabled(typed, Button::new(list).min_size(vec2(150.0, 28.0))).clicked();
        if typed && (asked || entered) {
            answer = Answer::List;
        }
    });
    answer
}

/// A name and what stands behind it, which may take several lines.
fn fact(ui: &mut Ui, name: String, value: String) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        ui.allocate_ui_with_layout(vec2(130.0, 18.0), Layout::left_to_right(Align::Min), |ui| {
            ui.set_min_width(130.0);
            let weak = colors(ui).weak;
            ui.add(Label::new(RichText::new(name).color(weak)).truncate());
        });
        ui.add(Label::new(value).wrap());
    });
}

/// Whom, what for, how long: before anything leaves this computer.
fn confirm_ui(ui: &mut Ui, endpoint: &Endpoint, language: Language) -> Answer {
    let mut answer = Answer::Nothing;
    let p = colors(ui);
    Frame::new()
        .stroke(Stroke::new(1.0, p.line))
        .fill(p.panel)
        .corner_radius(6.0)
        .inner_margin(Margin::same(12))
        .show(ui, |ui| {
            let host = endpoint.host.clone();
            ui.label(strong(tr_with(language, "remote-ask", &[("host", host.into())])).size(15.0));
            fact(ui, tr(language, "remote-ask-address"), endpoint.to_string());
            fact(ui, tr(language, "remote-ask-port"), endpoint.port.to_string());
            let open = endpoint.scheme == "http" || (endpoint.kind == ServiceKind::Postgis && endpoint.is_loopback());
            let (secret, harmless) = match (open, endpoint.is_loopback()) {
                (true, true) => (tr(language, "remote-ask-own"), true),
                (true, false) => (tr(language, "remote-ask-plain"), false),
                (false, _) => (tr(language, "remote-ask-encrypted"), true),
            };
            fact(ui, tr(language, "remote-ask-secret"), secret);
            if !harmless {
                badge(ui, &tr(language, "remote-plain"), p.warning);
            }
            fact(ui, tr(language, "remote-ask-purpose"), tr(language, "remote-ask-purpose-text"));
            fact(ui, tr(language, "remote-ask-sent"), tr(language, "remote-ask-sent-text"));
            fact(ui, tr(language, "remote-ask-time"), tr(language, "remote-ask-time-text"));
            ui.add(Label::new(note(ui, tr(language, "remote-ask-scope"))).wrap());
            buttons(ui, |ui| {
                let allow = Button::new(tr(language, "remote-allow"))
                    .fill(p.selected)
                    .min_size(vec2(180.0, 28.0));
                if ui.add(allow).clicked() {
                    answer = Answer::Allow;
                }
                if ui
                    .add(Button::new(tr(language, "remote-refuse")).min_size(vec2(120.0, 28.0)))
                    .clicked()
                {
                    answer = Answer::Refuse;
                }
            });
        });
    answer
}

fn offers_ui(ui: &mut Ui, form: &mut Form, height: f32, language: Language) {
    let n = form.offers.len();
    row(ui, tr(language, "remote-layer"), |ui| {
        ui.label(note(ui, tr_with(language, "remote-count", &[("n", (n as i64).into())])));
        if n > 8 {
            let edit = field(ui, &mut form.filter, tr(language, "filter-hint")).desired_width(220.0);
            ui.add(edit);
        }
    });
    let wanted = form.filter.trim().to_lowercase();
    let fits = |o: &Offer| wanted.is_empty() || o.title.to_lowercase().contains(&wanted) || o.name.to_lowercase().contains(&wanted);
    let shown: Vec<usize> = (0..n).filter(|k| fits(&form.offers[*k])).collect();
    let line = 28.0;
    ui.indent("layers of the server", |ui| {
        ScrollArea::vertical()
            .max_height(height)
            .auto_shrink([false, true])
            .show_rows(ui, line, shown.len(), |ui, range| {
                for k in &shown[range] {
                    let (name, title) = (form.offers[*k].name.clone(), form.offers[*k].title.clone());
                    let text = if name == title {
                        title.clone()
                    } else {
                        format!("{title}  ({name})")
                    };
                    let choice = Button::selectable(form.chosen == Some(*k), text)
                        .truncate()
                        .min_size(vec2(ui.available_width() - 12.0, line - 2.0));
                    if ui.add(choice).clicked() {
                        form.chosen = Some(*k);
                        form.title = title;
                        form.error = None;
                    }
                }
            });
    });
}

fn use_ui(ui: &mut Ui, form: &mut Form, slots: &[SlotChoice], language: Language) {
    if form.kind.is_picture() {
        row(ui, tr(language, "remote-name"), |ui| {
            let edit = field(ui, &mut form.title, tr(language, "remote-name-hint")).desired_width(360.0);
            ui.add(edit);
        });
        return;
    }
    row(ui, tr(language, "import-target"), |ui| {
        let chosen = slots.iter().find(|s| form.slot.as_ref() == Some(&s.id));
        let shown = chosen.map_or_else(|| tr(language, "remote-slot-none"), |s| s.title.clone());
        ComboBox::from_id_salt("slot")
            .width(420.0)
            .truncate()
            .height(320.0)
            .selected_text(shown)
            .show_ui(ui, |ui| {
                for s in slots {
                    ui.selectable_value(&mut form.slot, Some(s.id.clone()), &s.title);
                }
            });
    });
    ui.horizontal(|ui| {
        ui.add_space(128.0);
        let filled = slots.iter().any(|s| s.filled && form.slot.as_ref() == Some(&s.id));
        let text = if filled {
            tr(language, "remote-slot-filled")
        } else {
            tr(language, "remote-slot-fields")
        };
        ui.add(Label::new(note(ui, text)).wrap());
    });
}

/// Shows the dialog.
pub fn add_ui(ctx: &Context, form: &mut Form, slots: &[SlotChoice], running: Option<&Progress>, language: Language) -> Answer {
    let mut answer = Answer::Nothing;
    let response = modal(ctx, "new service", 680.0, |ui| {
        ui.horizontal(|ui| {
            let accent = colors(ui).accent;
            ui.label(RichText::new(icon::GLOBE).size(22.0).color(accent));
            ui.heading(tr(language, "remote-new"));
        });
        ui.add_space(4.0);
        let idle = running.is_none();
        ui.add_enabled_ui(idle, |ui| {
            let asked = where_ui(ui, form, language);
            if asked != Answer::Nothing {
                answer = asked;
            }
            ui.add_space(4.0);
            if let Some(endpoint) = form.confirm.clone() {
                let said = confirm_ui(ui, &endpoint, language);
                if said != Answer::Nothing {
                    answer = said;
                }
            } else if form.offers.is_empty() {
                ui.add(Label::new(note(ui, tr(language, "remote-first"))).wrap());
            } else {
                let height = (ui.ctx().content_rect().height() - 400.0).clamp(96.0, 320.0);
                offers_ui(ui, form, height, language);
                use_ui(ui, form, slots, language);
            }
        });
        if let Some(why) = &form.error {
            let warning = colors(ui).error;
            ui.add_space(4.0);
            ui.add(Label::new(RichText::new(why.get(language)).color(warning)).wrap());
        }
        if let Some(p) = running {
            progress_ui(ui, p, language);
        }
        ui.separator();
        buttons(ui, |ui| {
            let fill = colors(ui).selected;
            let go = Button::new(tr(language, "remote-take")).fill(fill).min_size(vec2(180.0, 28.0));
            if ui
                .add_enabled(form.ready().is_some() && form.confirm.is_none() && idle, go)
                .clicked()
            {
                answer = Answer::Take;
            }
            let leave = if idle {
                tr(language, "remote-back")
            } else {
                tr(language, "cancel")
            };
            if ui.add(Button::new(leave).min_size(vec2(96.0, 28.0))).clicked() {
                answer = Answer::Back;
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.label(note(ui, tr(language, "remote-nothing-yet")));
            });
        });
    });
    if left(&response) && running.is_none() {
        answer = Answer::Back;
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_kind_where_it_does() {
        for (url, kind) in [
            (
                "https://geo.stadt.de/ows?SERVICE=WFS&REQUEST=GetCapabilities",
                Some(ServiceKind::Wfs),
            ),
            ("https://wms.stadt.de/geoserver/wfs", Some(ServiceKind::Wfs)),
            ("https://geo.stadt.de/wms_dop20", Some(ServiceKind::Wms)),
            (
                "https://geo.stadt.de/service/wmts/1.0.0/WMTSCapabilities.xml",
                Some(ServiceKind::Wmts),
            ),
            ("https://geo.stadt.de/ogcapi/collections/kitas", Some(ServiceKind::OgcApiFeatures)),
            ("postgresql://gis@db.stadt.de/geo", Some(ServiceKind::Postgis)),
            ("https://wms.stadt.de/", None),
            ("https://geo.stadt.de/cgi", None),
            ("geo.stadt.de/wfs", None),
            ("", None),
        ] {
            assert_eq!(kind_of(url), kind, "{url}");
        }
    }

    #[test]
    fn another_address_forgets_what_the_first_one_offered() {
        let offer = Offer {
            name: "a".into(),
            title: "A".into(),
        };
        let mut form = Form {
            offers: vec![offer],
            chosen: Some(0),
            ..Form::default()
        };
        assert!(form.ready().is_some(), "a picture needs a layer only");
        form.kind = ServiceKind::Wfs;
        assert!(form.ready().is_none(), "features need a slot");
        form.slot = Some(SlotId::new("a", "b"));
        assert!(form.ready().is_some());
        form.forget();
        assert!(form.ready().is_none() && form.offers.is_empty());
    }
}
