//! Opens the window, or says in one sentence why it cannot.

use super::{
    bridge::{CurrentSnapshot, Remembered, RenderPreset, ViewState, Wish},
    events, scene_plugins, window_plugins,
};
use crate::{
    model::{Language, LocalText},
    session::Snapshot,
};
use bevy::{
    log::LogPlugin,
    prelude::*,
    render::{
        RenderPlugin,
        error_handler::{RenderErrorHandler, RenderErrorPolicy},
        renderer::RenderAdapterInfo,
    },
    window::{PresentMode, WindowResolution},
    winit::{UpdateMode, WinitSettings},
};
use bevy_egui::{EguiGlobalSettings, EguiPlugin};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

/// How the window starts.
#[derive(Resource, Debug, Clone, Default)]
pub struct WindowOptions {
    /// Project to open; without it the window asks.
    pub project: Option<PathBuf>,
    /// Interface language that was asked for; without it the one chosen last time, else the system's.
    pub language: Option<Language>,
    /// The system's language.
    pub system_language: Language,
    /// Inner size in logical pixels.
    pub size: Option<[u32; 2]>,
    /// File that gets a line of JSON for everything a script waits for.
    pub events: Option<PathBuf>,
    /// Shown at once instead of opening a file: for trials and tests.
    pub shown: Option<Arc<Snapshot>>,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No Vulkan or GL driver, not even one that draws on the processor.
    #[error("no graphics adapter found, not even a software one; install a Vulkan driver (Debian: apt-get install mesa-vulkan-drivers)")]
    NoAdapter,
    /// No X11 or Wayland.
    #[error("no display found: neither DISPLAY nor WAYLAND_DISPLAY leads to one; `stadtschicht check` and `snapshot` work without")]
    NoDisplay,
    /// Something else stopped the start.
    #[error("the graphics could not be started: {reason}")]
    Other {
        /// What the library said.
        reason: String,
    },
    /// The picture was lost while running.
    #[error("drawing stopped: {reason}")]
    Render {
        /// What the library said.
        reason: String,
    },
}

impl StartError {
    /// The sentence for people.
    pub fn text(&self) -> LocalText {
        match self {
            Self::NoAdapter => LocalText::new(
                "Kein Grafiktreiber gefunden, auch keiner, der mit dem Prozessor zeichnet. Bitte einen Vulkan-Treiber installieren \
                 (Debian: apt-get install mesa-vulkan-drivers).",
                "No graphics driver found, not even one that draws on the processor. Please install a Vulkan driver \
                 (Debian: apt-get install mesa-vulkan-drivers).",
            ),
            Self::NoDisplay => LocalText::new(
                "Kein Bildschirm gefunden: Weder DISPLAY noch WAYLAND_DISPLAY führt zu einem. „stadtschicht check“ und „stadtschicht \
                 snapshot“ arbeiten ohne Bildschirm.",
                "No display found: neither DISPLAY nor WAYLAND_DISPLAY leads to one. `stadtschicht check` and `stadtschicht snapshot` \
                 work without a display.",
            ),
            Self::Other { reason } => LocalText::new(
                format!("Die Grafik ließ sich nicht starten: {reason}"),
                format!("The graphics could not be started: {reason}"),
            ),
            Self::Render { reason } => LocalText::new(
                format!("Das Zeichnen wurde abgebrochen: {reason}"),
                format!("Drawing stopped: {reason}"),
            ),
        }
    }
}

/// Runs something that panics inside the graphics libraries and turns that into a [`StartError`]. Nothing is printed.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, StartError> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = catch_unwind(AssertUnwindSafe(work));
    std::panic::set_hook(hook);
    result.map_err(|panic| {
        let reason = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
            .unwrap_or_default();
        if reason.contains("Unable to find a GPU") {
            StartError::NoAdapter
        } else if reason.contains("event loop") || reason.contains("EventLoop") || reason.contains("XOpenDisplay") {
            StartError::NoDisplay
        } else {
            StartError::Other { reason }
        }
    })
}

/// What the last render error said; kept for the end of the program.
#[derive(Resource, Default)]
struct RenderFailure(Option<String>);

/// A lost device or a refused command ends the program with a sentence, never with a flickering picture.
pub(super) fn install_error_handler(app: &mut App) {
    app.init_resource::<RenderFailure>()
        .insert_resource(RenderErrorHandler(|error, main, _| {
            let first = error.description.lines().next().unwrap_or_default().to_owned();
            if main.resource::<RenderFailure>().0.is_none() {
                main.insert_resource(RenderFailure(Some(first)));
                main.write_message(AppExit::error());
            }
            RenderErrorPolicy::StopRendering
        }));
}

/// Notes which adapter draws; there is none before the renderer is up.
pub(super) fn note_adapter(app: &mut App) {
    let Some(info) = app.world().get_resource::<RenderAdapterInfo>() else {
        return;
    };
    app.insert_resource(preset(info));
}

fn preset(info: &RenderAdapterInfo) -> RenderPreset {
    let preset = RenderPreset {
        adapter: info.name.clone(),
        // wgpu's DeviceType is not re-exported by Bevy.
        light: format!("{:?}", info.device_type) == "Cpu",
    };
    tracing::info!(adapter = %preset.adapter, light = preset.light, "graphics");
    preset
}

/// The light preset, chosen by itself where a processor draws: coarser drapes, memory that stays, and no waiting for the screen's
/// refresh, which costs such a machine a tenth of its frames.
fn choose_preset(info: Option<Res<RenderAdapterInfo>>, mut chosen: ResMut<RenderPreset>, mut windows: Query<&mut Window>) {
    let Some(info) = info else { return };
    *chosen = preset(&info);
    if chosen.light {
        keep_memory();
        windows.iter_mut().for_each(|mut w| w.present_mode = PresentMode::AutoNoVsync);
    }
}

fn build(options: &WindowOptions) -> App {
    let [width, height] = options.size.unwrap_or([1440, 900]);
    let mut app = App::new();
    app.add_plugins(
        DefaultPlugins
            .set(WindowPlugin {
                primary_window: Some(Window {
                    title: "Stadtschicht".into(),
                    name: Some("stadtschicht".into()),
                    // One logical pixel is one pixel where a size is asked for: pictures of tests and workshops are alike everywhere.
                    resolution: match options.size {
                        Some(_) => WindowResolution::new(width, height).with_scale_factor_override(1.0),
                        None => WindowResolution::new(width, height),
                    },
                    present_mode: PresentMode::AutoVsync,
                    ..default()
                }),
                // The window closes when nothing unsaved is in it, or the user said so.
                close_when_requested: false,
                ..default()
            })
            .set(RenderPlugin::default())
            .disable::<LogPlugin>(),
    )
    .add_plugins(EguiPlugin::default());
    app.world_mut().resource_mut::<EguiGlobalSettings>().auto_create_primary_context = false;
    // Frames are drawn when something happens; the pause only bounds how long a missed wish can wait.
    let mode = UpdateMode::reactive_low_power(Duration::from_secs(5));
    app.insert_resource(WinitSettings {
        focused_mode: mode,
        unfocused_mode: mode,
    })
    .insert_resource(options.clone());
    scene_plugins(&mut app);
    window_plugins(&mut app);
    install_error_handler(&mut app);
    events::add(&mut app, options.events.clone());
    app.world_mut().resource_mut::<ViewState>().language = options.language.unwrap_or(options.system_language);
    app.world_mut().resource_mut::<Remembered>().language_may_change = options.language.is_none();
    app.insert_resource(CurrentSnapshot(options.shown.clone()))
        .add_systems(Startup, (choose_preset, first_wishes));
    app
}

/// Project of the command line.
fn first_wishes(options: Res<WindowOptions>, mut wishes: MessageWriter<Wish>) {
    if let Some(project) = &options.project {
        wishes.write(Wish::Open(project.clone()));
    }
}

/// A software driver takes and gives back megabytes for every draw. Kept in the process they cost nothing the next time;
/// handed to the system each time they cost a fifth of the frame.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn keep_memory() {
    // SAFETY: sets parameters of the allocator and touches no memory of ours; unknown ones are refused by a return value.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 30);
        libc::mallopt(libc::M_TRIM_THRESHOLD, libc::c_int::MAX);
        libc::mallopt(libc::M_TOP_PAD, 64 << 20);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn keep_memory() {}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// [`StartError`] when there is no display or no graphics adapter, or when drawing had to stop.
pub fn run(options: WindowOptions) -> anyhow::Result<()> {
    if cfg!(target_os = "linux")
        && ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .all(|v| std::env::var_os(v).is_none_or(|v| v.is_empty()))
    {
        return Err(StartError::NoDisplay.into());
    }
    let mut app = guarded(|| build(&options))?;
    // From here on a panic is a defect of the program and shall be seen.
    let exit = app.run();
    if let AppExit::Error(code) = exit {
        return Err(StartError::Render {
            reason: format!("exit code {code}"),
        }
        .into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_panics_become_sentences() {
        let gone = guarded(|| panic!("Unable to find a GPU! Make sure you have installed required drivers!")).unwrap_err();
        assert!(matches!(gone, StartError::NoAdapter) && gone.text().de.contains("Vulkan"));
        let other = guarded(|| panic!("odd {}", 1)).unwrap_err();
        assert!(other.to_string().contains("odd 1"));
        assert_eq!(guarded(|| 5).unwrap(), 5);
    }
}
