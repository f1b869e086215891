//! Carries out wishes: opens projects and files in the background, applies commands to the session and keeps the view in step.

mod facts;
mod jobs;
mod view;

use crate::app::{bridge::Wish, schedule::AppSystems};
use bevy::prelude::*;

pub use jobs::Work;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Work>().add_systems(
        Update,
        (dropped_files, jobs::carry_out, jobs::poll, view::carry_out)
            .chain()
            .in_set(AppSystems::Receive),
    );
}

/// A file on the window: a project is opened, anything else is shown as one more layer.
fn dropped_files(mut drops: MessageReader<FileDragAndDrop>, mut wishes: MessageWriter<Wish>) {
    for drop in drops.read() {
        if let FileDragAndDrop::DroppedFile { path_buf, .. } = drop {
            let project = path_buf.is_dir() || path_buf.file_name().is_some_and(|n| n == "project.toml");
            wishes.write(if project {
                Wish::Open(path_buf.clone())
            } else {
                Wish::Session(crate::session::Command::AddFile(path_buf.clone()))
            });
        }
    }
}
