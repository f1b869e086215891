//! `open` and `snapshot`: the doors to the window and to pictures. Both are behind a [`Renderer`], which the binary hands in when it
//! is built with the feature `gui`; without one the commands say so.

use super::{
    Entry,
    args::{Words, size},
    check::planned,
    context::{Context, Exit, Failure},
};
use crate::{
    export::{Manifest, Picture, ShownLayer, plain, save},
    model::{Language, LocalText},
    project::{City, View},
    session::Snapshot,
};
use clap::{ArgMatches, Command, parser::ValueSource};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// A window to open.
#[derive(Debug, Clone)]
pub struct WindowOrder {
    /// Project to open; without it the window asks.
    pub project: Option<PathBuf>,
    /// Inner size in pixels.
    pub size: Option<[u32; 2]>,
    /// Language of the interface.
    pub language: Language,
    /// The language was asked for, so that no other one that was chosen in the window before comes first.
    pub asked: bool,
    /// File that gets a line of JSON for everything a script waits for.
    pub events: Option<PathBuf>,
}

/// A picture to draw.
#[derive(Debug, Clone)]
pub struct PictureOrder {
    /// City, conflicts and reviews.
    pub snapshot: Arc<Snapshot>,
    /// Camera and layers; without it the renderer chooses.
    pub view: Option<View>,
    /// Pixels.
    pub size: [u32; 2],
    /// Language of title, legend and sources.
    pub language: Language,
}

/// A picture that was drawn.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// The PNG file.
    pub png: Vec<u8>,
    /// The camera that was used.
    pub camera: View,
    /// What was drawn, lowest first.
    pub layers: Vec<ShownLayer>,
}

/// What draws. Errors are sentences for the user.
#[derive(Debug, Clone, Copy)]
pub struct Renderer {
    /// Opens the window and returns when it is closed.
    pub open: fn(WindowOrder) -> Result<(), LocalText>,
    /// Draws a picture without a window.
    pub draw: fn(PictureOrder) -> Result<Drawn, LocalText>,
}

pub(super) const OPEN: Entry = Entry {
    name: "open",
    arguments: open_arguments,
    run: open,
};

pub(super) const SNAPSHOT: Entry = Entry {
    name: "snapshot",
    arguments: |command, words| {
        command
            .arg(words.positional("PROJECT", "project").required(true))
            .arg(words.file("out", "picture-out").required(true))
            .arg(words.option("view", "picture-view").value_name("NAME"))
            .arg(words.option("scenario", "planned-scenario").value_name("NAME"))
            .arg(
                words
                    .option("size", "picture-size")
                    .value_name("WxH")
                    .default_value("1920x1080")
                    .value_parser(size),
            )
    },
    run: snapshot,
};

/// The arguments of `open`, which are those of the program without a command, too.
pub(super) fn open_arguments(command: Command, words: Words) -> Command {
    command
        .arg(words.positional("PROJECT", "project-optional").value_hint(clap::ValueHint::AnyPath))
        .arg(words.option("size", "window-size").value_name("WxH").value_parser(size))
        .arg(words.file("events", "window-events"))
}

/// Opens the window.
pub(super) fn open(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let project = matches.get_one::<String>("PROJECT").map(PathBuf::from);
    if let Some(path) = project.as_deref().filter(|p| !p.exists()) {
        let values = [("path", plain(&path.to_string_lossy()))];
        return Err(Failure::new(Exit::Open, context.text_with("no-project", &values)));
    }
    let order = WindowOrder {
        project,
        size: pixels(matches),
        language: context.language,
        asked: matches.value_source("lang") == Some(ValueSource::CommandLine),
        events: matches.get_one::<PathBuf>("events").cloned(),
    };
    (renderer(context)?.open)(order).map_err(|text| context.failure(Exit::Write, &text))?;
    Ok(Exit::Fine)
}

fn pixels(matches: &ArgMatches) -> Option<[u32; 2]> {
    matches.get_one::<(u32, u32)>("size").map(|(w, h)| [*w, *h])
}

fn renderer(context: &Context) -> Result<Renderer, Failure> {
    context
        .renderer
        .ok_or_else(|| Failure::new(Exit::Write, context.text("no-renderer")))
}

fn snapshot(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let renderer = renderer(context)?;
    let Some(out) = matches.get_one::<PathBuf>("out") else {
        return Ok(Exit::Usage);
    };
    let size = pixels(matches).unwrap_or([1920, 1080]);
    let snapshot = planned(matches, context)?;
    let view = match matches.get_one::<String>("view") {
        Some(name) => Some(named_view(&snapshot.city, name, context)?),
        None => None,
    };
    let order = PictureOrder {
        snapshot: snapshot.clone(),
        view,
        size,
        language: context.language,
    };
    let drawn = (renderer.draw)(order).map_err(|text| context.failure(Exit::Write, &text))?;
    let failed = |e: crate::export::ExportError| context.failure(Exit::Write, &e.text());
    save(out, &drawn.png).map_err(failed)?;
    let picture = Picture {
        file: file_name(out),
        blake3: blake3::hash(&drawn.png).to_hex().to_string(),
        width: size[0],
        height: size[1],
        language: context.language.code().into(),
    };
    let manifest = Manifest::new(&snapshot.city, &snapshot.evaluation, picture, drawn.camera, drawn.layers);
    let record = out.with_extension("json");
    manifest.write(&record).map_err(failed)?;
    let values = [("picture", file_name(out)), ("record", file_name(&record))];
    context.print(&(context.text_with("picture-done", &values) + "\n"))?;
    Ok(Exit::Fine)
}

fn file_name(path: &Path) -> String {
    plain(&path.file_name().unwrap_or_default().to_string_lossy())
}

fn named_view(city: &City, name: &str, context: &Context) -> Result<View, Failure> {
    let found = city.info.views.iter().find(|v| v.name == name);
    found.cloned().ok_or_else(|| {
        let known: Vec<&str> = city.info.views.iter().map(|v| v.name.as_str()).collect();
        let values = [("name", plain(name)), ("known", plain(&known.join(", ")))];
        Failure::new(Exit::Usage, context.text_with("no-such-view", &values))
    })
}
