//! Carries out wishes: opens projects and files in the background, applies commands to the session and keeps the view in step.

mod at_once;
mod facts;
mod import;
mod jobs;
mod keep;
mod planning;
mod recent;
mod settings;
mod view;

use crate::app::{bridge::Wish, schedule::AppSystems};
use bevy::prelude::*;

pub use jobs::{Chosen, Work};

/// What a hand did is carried out before the frame is drawn, in [`Last`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AtOnce;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Work>()
        .add_systems(Startup, (settings::recall, recent::recall))
        .add_systems(
            Update,
            (
                dropped_files,
                jobs::carry_out,
                jobs::poll,
                recent::keep,
                view::carry_out,
                settings::remember,
            )
                .chain()
                .in_set(AppSystems::Receive),
        )
        .add_systems(Last, at_once::again.in_set(AtOnce));
}

/// A file on the window: a project is opened, anything else is looked at.
fn dropped_files(mut drops: MessageReader<FileDragAndDrop>, mut wishes: MessageWriter<Wish>) {
    for drop in drops.read() {
        if let FileDragAndDrop::DroppedFile { path_buf, .. } = drop {
            let project = path_buf.is_dir() || path_buf.file_name().is_some_and(|n| n == "project.toml");
            wishes.write(if project {
                Wish::Open(path_buf.clone())
            } else {
                Wish::Examine(path_buf.clone())
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Resource, Default)]
    struct Heard(Vec<Wish>);

    #[test]
    fn a_dropped_folder_is_opened_and_a_dropped_file_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("kitas.gpkg");
        std::fs::write(&file, b"x").unwrap();
        let mut app = App::new();
        app.add_message::<FileDragAndDrop>()
            .add_message::<Wish>()
            .init_resource::<Heard>()
            .add_systems(Update, dropped_files)
            .add_systems(Last, |mut wishes: MessageReader<Wish>, mut heard: ResMut<Heard>| {
                heard.0.extend(wishes.read().cloned());
            });
        let window = app.world_mut().spawn_empty().id();
        for path in [dir.path().to_path_buf(), dir.path().join("project.toml"), file.clone()] {
            app.world_mut()
                .write_message(FileDragAndDrop::DroppedFile { window, path_buf: path });
        }
        // Hovering is not dropping.
        app.world_mut().write_message(FileDragAndDrop::HoveredFile {
            window,
            path_buf: file.clone(),
        });
        app.update();
        let wanted = [
            Wish::Open(dir.path().into()),
            Wish::Open(dir.path().join("project.toml")),
            Wish::Examine(file),
        ];
        assert_eq!(app.world().resource::<Heard>().0, wanted);
    }
}
