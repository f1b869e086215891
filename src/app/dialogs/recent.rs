//! The projects that were opened last, on the page before a project is open.

use crate::{
    app::{
        bridge::{Recent, Wish},
        theme::{
            icon, text,
            widgets::{colors, note, small_icon_button, strong},
        },
    },
    i18n::{tr, tr_with},
    model::Language,
};
use bevy_egui::egui::{Align, Button, Label, Layout, RichText, ScrollArea, Ui, vec2};
use std::path::Path;

/// A path that fits: of a long one the end is kept, because it tells projects apart.
fn short(path: &Path, most: usize) -> String {
    let text = path.display().to_string();
    let length = text.chars().count();
    if length <= most {
        return text;
    }
    let tail: String = text.chars().skip(length - most + 1).collect();
    let from = tail.find('/').unwrap_or(0);
    format!("…{}", &tail[from..])
}

/// The list, at most `height` high.
pub fn recent_ui(ui: &mut Ui, language: Language, recents: &[Recent], height: f32) -> Vec<Wish> {
    let mut wishes = vec![];
    ui.label(strong(tr(language, "recent")).size(15.0));
    ui.add_space(2.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        // The scroll bar lies over the content.
        ui.set_max_width(ui.available_width() - 12.0);
        ui.spacing_mut().item_spacing.y = 1.0;
        for (k, recent) in recents.iter().enumerate() {
            ui.push_id(k, |ui| wishes.extend(row(ui, language, recent)));
            ui.add_space(5.0);
        }
    });
    wishes
}

fn row(ui: &mut Ui, language: Language, recent: &Recent) -> Option<Wish> {
    let project = &recent.project;
    let p = colors(ui);
    let mut wish = None;
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        if small_icon_button(ui, icon::X, &tr(language, "recent-forget"), p.weak).clicked() {
            wish = Some(Wish::Forget(project.folder.clone()));
        }
        let name = strong(project.title.get(language));
        let name = if recent.there { name } else { name.color(p.weak) };
        let day = RichText::new(text::date(language, &project.opened)).small().color(p.weak);
        let open = Button::new(name)
            .frame_when_inactive(false)
            .truncate()
            .right_text(day)
            .min_size(vec2(ui.available_width(), 24.0));
        // What is missing may be back: a drive that was plugged in again.
        let values = [("folder", project.folder.display().to_string().into())];
        if ui.add(open).on_hover_text(tr_with(language, "recent-open", &values)).clicked() {
            wish = Some(Wish::Open(project.folder.clone()));
        }
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 16.0;
        ui.add_space(8.0);
        if !recent.there {
            let missing = format!("{} {}", icon::WARNING, tr(language, "recent-missing"));
            ui.label(RichText::new(missing).small().color(p.warning));
        }
        let most = if recent.there { 52 } else { 36 };
        ui.add(Label::new(note(ui, short(&project.folder, most))).truncate());
    });
    wish
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_path_the_end_stays() {
        assert_eq!(short(Path::new("/a/b"), 10), "/a/b");
        assert_eq!(short(Path::new("/home/amt/stadtplanung/projekte/aue"), 20), "…/projekte/aue");
        assert_eq!(short(Path::new("/straße-ohne-weiteren-schrägstrich"), 12), "…chrägstrich");
    }
}
