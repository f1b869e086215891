//! The panel: which two variants, how they share the view, and one part of what they differ in at a time.

use super::{
    figures::figures_ui,
    state::{Part, Variants, With},
    tables::{conflicts_ui, features_ui, indicators_ui},
};
use crate::{
    app::{
        bridge::{Arrangement, Counted, PlanWish, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, empty_state, icon_button, note, strong},
        },
    },
    export::comparison_csv,
    i18n::{tr, tr_with},
    model::Language,
    scenario::Comparison,
    session::Snapshot,
};
use bevy_egui::egui::{Align, ComboBox, Label, Layout, RichText, Slider, Spinner, Ui, WidgetInfo, WidgetType};

/// The panel. Returns wishes, and whether the difference shall be saved as a file.
pub fn variants_ui(
    ui: &mut Ui,
    snapshot: Option<&Snapshot>,
    view: &ViewState,
    v: &mut Variants,
    counted: &mut Counted,
) -> (Vec<Wish>, bool) {
    let language = view.language;
    let mut wishes = vec![];
    let Some(s) = snapshot else {
        empty_state(ui, icon::COLUMNS, &tr(language, "variants"), &tr(language, "layers-empty-do"));
        return (wishes, false);
    };
    let possible = v.possible(s);
    let mut save = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        if possible {
            choose_ui(ui, s, language, v, &mut wishes);
            arrange_ui(ui, language, v);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(c) = &v.comparison {
                if icon_button(ui, icon::FLOPPY_DISK, &tr(language, "variants-save")).clicked() {
                    save = true;
                }
                if icon_button(ui, icon::COPY, &tr(language, "variants-copy")).clicked() {
                    let csv = String::from_utf8(comparison_csv(language, c)).unwrap_or_default();
                    ui.ctx().copy_text(csv.trim_start_matches('\u{feff}').to_owned());
                }
            }
            if v.busy {
                ui.add(Spinner::new().size(16.0));
            }
        });
    });
    ui.horizontal(|ui| parts_ui(ui, language, v));
    if let Some(why) = &v.trouble {
        let warning = colors(ui).warning;
        ui.add(Label::new(RichText::new(why.get(language)).color(warning)).wrap());
    }
    for text in v.before.iter().flat_map(|b| &b.notices) {
        let warning = colors(ui).warning;
        ui.add(Label::new(RichText::new(text.get(language)).color(warning)).wrap());
    }
    if v.part == Part::Figures {
        wishes.extend(figures_ui(ui, s, view, v, counted));
        return (wishes, save);
    }
    if !possible {
        let what = tr(language, "variants-none-do");
        empty_state(ui, icon::GIT_BRANCH, &tr(language, "variants-none"), &what);
        return (wishes, save);
    }
    let Some(c) = v.comparison.clone() else {
        if v.trouble.is_none() {
            ui.add_space(8.0);
            ui.label(note(ui, tr(language, "variants-counting")));
        }
        return (wishes, save);
    };
    match v.part {
        Part::Features => wishes.extend(features_ui(ui, s, language, &c)),
        Part::Conflicts => wishes.extend(conflicts_ui(ui, s, view, &c, v)),
        Part::Indicators => indicators_ui(ui, language, &c),
        Part::Figures => {}
    }
    (wishes, save)
}

/// Both variants: the one to compare with, and the one that is shown.
fn choose_ui(ui: &mut Ui, s: &Snapshot, language: Language, v: &mut Variants, wishes: &mut Vec<Wish>) {
    let open = s.planning.as_deref();
    let base = tr(language, "planning-existing");
    let name = |v: &Variants, with: &With| match with {
        With::Base => base.clone(),
        With::File(path) => v.files.iter().find(|(_, p)| p == path).map_or_else(String::new, |(t, _)| t.clone()),
    };
    // Its own title as soon as it is read, until then the name of its file.
    let read = v.before.as_ref().map(|b| b.title.get(language).to_owned());
    let chosen = read.unwrap_or_else(|| name(v, &v.with));
    let width = ((ui.available_width() - 470.0) / 2.0).clamp(120.0, 260.0);
    ui.scope(|ui| {
        ui.set_max_width(width);
        ComboBox::from_id_salt("variants-before")
            .width(width)
            .truncate()
            .selected_text(strong(chosen))
            .show_ui(ui, |ui| {
                let choices = std::iter::once(With::Base).chain(v.files.iter().map(|(_, p)| With::File(p.clone())));
                for with in choices.collect::<Vec<_>>() {
                    let shown = match &with {
                        With::Base => open.is_none(),
                        With::File(path) => open.is_some_and(|p| p.path == *path),
                    };
                    let label = name(v, &with);
                    ui.add_enabled_ui(!shown, |ui| {
                        if ui.selectable_label(v.with == with, label).clicked() {
                            v.with = with;
                            v.again();
                        }
                    });
                }
            });
    });
    ui.label(icon::ARROW_RIGHT);
    let shown = open.map_or_else(|| base.clone(), |p| p.about.title.clone());
    ui.scope(|ui| {
        ui.set_max_width(width);
        ComboBox::from_id_salt("variants-now")
            .width(width)
            .truncate()
            .selected_text(strong(shown))
            .show_ui(ui, |ui| {
                if ui.selectable_label(open.is_none(), base.as_str()).clicked() && open.is_some() {
                    wishes.push(Wish::Plan(PlanWish::Leave));
                }
                for (title, path) in &v.files {
                    let on = open.is_some_and(|p| p.path == *path);
                    if ui.selectable_label(on, title.as_str()).clicked() && !on {
                        wishes.push(Wish::Plan(PlanWish::Open(path.clone())));
                    }
                }
            });
    });
}

fn arrange_ui(ui: &mut Ui, language: Language, v: &mut Variants) {
    for (arrangement, sign, key) in [
        (Arrangement::Single, icon::SQUARE, "variants-single"),
        (Arrangement::Beside, icon::COLUMNS, "variants-beside"),
        (Arrangement::Swipe, icon::SPLIT_HORIZONTAL, "variants-swipe"),
    ] {
        let on = v.arrangement == arrangement;
        let text = RichText::new(sign).size(17.0);
        let response = ui.selectable_label(on, text);
        let name = tr(language, key);
        response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, true, on, &name));
        if response.on_hover_text(name).clicked() {
            v.arrangement = arrangement;
        }
    }
    if v.arrangement == Arrangement::Swipe {
        ui.spacing_mut().slider_width = 90.0;
        ui.add(Slider::new(&mut v.divider, 0.0..=1.0).show_value(false))
            .on_hover_text(tr(language, "variants-divider"));
    } else {
        ui.label(note(ui, tr(language, "variants-hold")));
    }
}

fn parts_ui(ui: &mut Ui, language: Language, v: &mut Variants) {
    ui.spacing_mut().item_spacing.x = 4.0;
    let count = |c: &Comparison, part: Part| match part {
        Part::Features => c.features.len() + c.settings.len(),
        Part::Conflicts => c.conflicts.new.len() + c.conflicts.resolved.len() + c.conflicts.changed.len(),
        Part::Indicators => c.indicators.iter().filter(|f| f.before != f.after).count(),
        Part::Figures => c.figures.iter().filter(|f| f.before != f.after).count(),
    };
    for (part, key) in [
        (Part::Features, "scenario-features"),
        (Part::Conflicts, "scenario-conflicts"),
        (Part::Indicators, "scenario-indicators"),
        (Part::Figures, "scenario-figures"),
    ] {
        let name = tr(language, key);
        let text = match &v.comparison {
            Some(c) => format!("{name} ({})", count(c, part)),
            None => name,
        };
        if ui.selectable_label(v.part == part, text).clicked() {
            v.part = part;
        }
    }
    if v.part == Part::Conflicts
        && let Some(c) = &v.comparison
    {
        ui.add_space(12.0);
        let n = c.conflicts.unchanged as i64;
        ui.checkbox(&mut v.unchanged, tr_with(language, "variants-unchanged", &[("n", n.into())]));
    }
}
