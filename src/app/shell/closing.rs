//! The window's own close button asks as the key does: nothing unsaved is lost without a word.

use super::parts::Shell;
use crate::app::bridge::Wish;
use bevy::{prelude::*, window::WindowCloseRequested};

/// The window shall close; a note that is being written counts as written.
pub fn asked_to_close(mut requests: MessageReader<WindowCloseRequested>, mut shell: ResMut<Shell>, mut wishes: MessageWriter<Wish>) {
    if requests.read().count() > 0 {
        wishes.write_batch(shell.inspector.finish_writing().map(Wish::Session));
        wishes.write(Wish::Close);
    }
}
