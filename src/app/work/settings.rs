//! Language, appearance and the read hint are remembered from one start to the next.

use crate::{
    app::bridge::{Remembered, ViewState},
    session::Settings,
};
use bevy::prelude::*;

/// What was chosen last time. A language asked for on the command line stands above it.
pub fn recall(mut remembered: ResMut<Remembered>, mut view: ResMut<ViewState>) {
    let settings = Settings::load();
    if let Some(language) = settings.language.filter(|_| remembered.language_may_change) {
        view.language = language;
    }
    view.dark = settings.dark;
    remembered.hint_read = settings.hint_read;
    remembered.saved = Some(settings);
}

/// Saves what the user changed.
pub fn remember(mut remembered: ResMut<Remembered>, view: Res<ViewState>, mut started: Local<Option<crate::model::Language>>) {
    let Some(saved) = &remembered.saved else { return };
    // The language of the start is nobody's choice; a change in the window is.
    let first = *started.get_or_insert(view.language);
    let language = if view.language == first {
        saved.language
    } else {
        Some(view.language)
    };
    *started = Some(if view.language == first { first } else { view.language });
    let now = Settings {
        language,
        hint_read: remembered.hint_read,
        dark: view.dark,
    };
    if *saved != now {
        now.save();
        remembered.saved = Some(now);
    }
}
