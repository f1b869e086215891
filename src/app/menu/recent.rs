//! The projects that were opened last, in the menu.

use crate::{
    app::{
        bridge::{Recent, Wish},
        theme::{
            icon,
            widgets::{colors, note, small_icon_button},
        },
    },
    i18n::tr,
    model::Language,
};
use bevy_egui::egui::{Button, RichText, Ui, vec2};

/// A row for each but the one that is open. Projects that are not where they were can be taken out.
pub fn recent_ui(ui: &mut Ui, language: Language, recents: &[Recent], open: Option<&std::path::Path>) -> Vec<Wish> {
    let mut wishes = vec![];
    let others = recents.iter().filter(|r| Some(&*r.project.folder) != open);
    for (k, recent) in others.enumerate() {
        if k == 0 {
            ui.separator();
            ui.label(note(ui, tr(language, "recent")));
        }
        let project = &recent.project;
        let p = colors(ui);
        ui.horizontal(|ui| {
            let name = RichText::new(project.title.get(language));
            let name = if recent.there { name } else { name.color(p.weak) };
            // The folder tells two states of one city apart.
            let folder = project
                .folder
                .file_name()
                .map(|n| n.to_string_lossy().into_owned())
                .unwrap_or_default();
            let folder = RichText::new(folder).small().color(p.weak);
            let row = Button::new(name)
                .truncate()
                .right_text(folder)
                .min_size(vec2(if recent.there { 300.0 } else { 180.0 }, 24.0));
            ui.set_max_width(320.0);
            if ui.add(row).on_hover_text(project.folder.display().to_string()).clicked() {
                wishes.push(Wish::Open(project.folder.clone()));
                ui.close();
            }
            if !recent.there {
                let missing = format!("{} {}", icon::WARNING, tr(language, "recent-missing"));
                ui.label(RichText::new(missing).small().color(p.warning));
                if small_icon_button(ui, icon::X, &tr(language, "recent-forget"), p.weak).clicked() {
                    wishes.push(Wish::Forget(project.folder.clone()));
                }
            }
        });
    }
    wishes
}
