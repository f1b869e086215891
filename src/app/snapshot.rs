//! The picture without a window: the same scene and the same decorations, drawn into an image with no X server.

use super::{
    bridge::{CameraInfo, CurrentSnapshot, LayerView, RenderPreset, ViewState},
    camera::{Pose, Rig},
    decor::{DecorView, paint_decor, symbol::paint_severity},
    scene::{ground::CurrentGround, lens::Lens, lens::Projector, redraw::Redraw},
    scene_plugins,
    schedule::PaintSystems,
    space::Space,
    start::{StartError, guarded, install_error_handler, note_adapter},
    theme,
};
use crate::{
    model::{Language, Severity, SlotId},
    project::{SlotData, View},
    session::Snapshot,
};
use bevy::{
    app::PluginsState,
    camera::{ImageRenderTarget, RenderTarget},
    image::ImageFormat,
    log::LogPlugin,
    prelude::*,
    render::{
        RenderPlugin,
        render_resource::{TextureFormat, TextureUsages},
        view::screenshot::{Screenshot, ScreenshotCaptured},
    },
    window::ExitCondition,
    winit::WinitPlugin,
};
use bevy_egui::{EguiContexts, EguiGlobalSettings, EguiPlugin, EguiPrimaryContextPass, egui};
use std::{
    io::Cursor,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// What to draw.
#[derive(Debug, Clone)]
pub struct SnapshotOptions {
    /// City, conflicts and reviews.
    pub snapshot: Arc<Snapshot>,
    /// Camera and layers; without it the project's first view, else the whole city.
    pub view: Option<View>,
    /// Pixels.
    pub size: [u32; 2],
    /// Language of title, legend and sources.
    pub language: Language,
}

/// A finished picture with what a manifest needs to know about it.
#[derive(Debug, Clone)]
pub struct Picture {
    /// PNG file.
    pub png: Vec<u8>,
    /// Share of pixels that differ from the first one: near zero means an empty picture.
    pub variety: f64,
    /// The camera that was used.
    pub camera: CameraInfo,
    /// Layers that are drawn, lowest first.
    pub layers: Vec<SlotId>,
    /// Adapter that drew.
    pub adapter: String,
}

/// Longest wait for meshes, shaders and the capture.
const PATIENCE: Duration = Duration::from_secs(300);
/// Height of the title, logical pixels.
const HEAD: f32 = 48.0;
/// Height at which one logical pixel is one pixel.
const BASE_HEIGHT: f32 = 900.0;

#[derive(Resource)]
struct Target {
    image: Handle<Image>,
    scale: f32,
}

impl Target {
    fn target(&self) -> RenderTarget {
        RenderTarget::Image(ImageRenderTarget {
            handle: self.image.clone(),
            scale_factor: self.scale,
        })
    }
}

fn layers(options: &SnapshotOptions) -> Vec<LayerView> {
    let wanted = options.view.as_ref().and_then(|v| v.layers.as_ref());
    let city = &options.snapshot.city;
    let slots = city
        .slots
        .iter()
        .filter(|s| !matches!(s.data, SlotData::Missing { .. }))
        .map(|s| LayerView {
            slot: s.id.clone(),
            visible: wanted.map_or_else(|| city.shows_first(s), |w| w.contains(&s.id)),
            opacity: 1.0,
        });
    let extra = city.extra.iter().map(|l| LayerView {
        slot: l.layer.slot.clone(),
        visible: true,
        opacity: 1.0,
    });
    let backdrops = city.backdrops.iter().map(|b| LayerView {
        slot: b.id.clone(),
        visible: wanted.map_or(b.visible, |w| w.contains(&b.id)),
        opacity: b.opacity,
    });
    backdrops.chain(slots).chain(extra).collect()
}

fn aim(mut commands: Commands, target: Res<Target>, camera: Query<Entity, With<Camera>>) {
    for e in &camera {
        commands.entity(e).insert(target.target());
    }
}

fn decorate(
    mut contexts: EguiContexts,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    camera: Res<CameraInfo>,
    projector: Res<Projector>,
    mut styled: Local<bool>,
) -> Result {
    let Some(s) = &snapshot.0 else { return Ok(()) };
    let ctx = contexts.ctx_mut()?;
    if !*styled {
        theme::install(ctx);
        *styled = true;
        // Fonts are there from the next pass on.
        return Ok(());
    }
    let (size, free) = (projector.lens.size, projector.lens.free);
    let painter = ctx.layer_painter(egui::LayerId::new(egui::Order::Middle, egui::Id::new("picture")));
    let free = egui::Rect::from_min_max(egui::pos2(free.min.x, free.min.y), egui::pos2(free.max.x, free.max.y));
    let decor = DecorView {
        snapshot: s,
        view: &view,
        camera: *camera,
        extra: &[],
    };
    paint_decor(&painter, free, &decor);
    paint_head(&painter, size.x, s, &view);
    Ok(())
}

/// Title, CRS and the number of conflicts by severity.
fn paint_head(painter: &egui::Painter, width: f32, s: &Snapshot, view: &ViewState) {
    let p = theme::palette(view.dark);
    let bar = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(width, HEAD));
    painter.rect_filled(bar, 0.0, p.panel);
    painter.hline(bar.x_range(), bar.bottom(), egui::Stroke::new(1.0, p.line));
    let title = painter.text(
        egui::pos2(16.0, bar.center().y),
        egui::Align2::LEFT_CENTER,
        s.city.info.title.get(view.language),
        egui::FontId::proportional(20.0),
        p.ink,
    );
    painter.text(
        egui::pos2(title.right() + 16.0, bar.center().y + 2.0),
        egui::Align2::LEFT_CENTER,
        format!("EPSG:{}", s.city.info.epsg),
        egui::FontId::proportional(13.0),
        p.weak,
    );
    let mut x = width - 16.0;
    for severity in Severity::ALL.into_iter().rev() {
        let n = s.evaluation.count(severity).to_string();
        let text = painter.text(
            egui::pos2(x, bar.center().y),
            egui::Align2::RIGHT_CENTER,
            n,
            egui::FontId::proportional(15.0),
            p.ink,
        );
        paint_severity(painter, egui::pos2(text.left() - 15.0, bar.center().y), 9.0, severity);
        x = text.left() - 40.0;
    }
}

fn build(options: &SnapshotOptions) -> App {
    let mut app = App::new();
    app.add_plugins(
        DefaultPlugins
            .set(WindowPlugin {
                primary_window: None,
                exit_condition: ExitCondition::DontExit,
                ..default()
            })
            .set(RenderPlugin {
                synchronous_pipeline_compilation: true,
                ..default()
            })
            .disable::<LogPlugin>()
            .disable::<WinitPlugin>(),
    )
    .add_plugins(EguiPlugin::default());
    app.world_mut().resource_mut::<EguiGlobalSettings>().auto_create_primary_context = false;
    let [width, height] = options.size;
    let scale = (height as f32 / BASE_HEIGHT).max(0.75);
    let mut image = Image::new_target_texture(width, height, TextureFormat::Rgba8UnormSrgb, None);
    image.texture_descriptor.usage |= TextureUsages::COPY_SRC;
    let image = app.world_mut().resource_mut::<Assets<Image>>().add(image);
    app.insert_resource(Target { image, scale });
    scene_plugins(&mut app);
    install_error_handler(&mut app);
    let size = Vec2::new(width as f32, height as f32) / scale;
    app.insert_resource(CurrentSnapshot(Some(options.snapshot.clone())))
        .insert_resource(ViewState {
            language: options.language,
            layers: layers(options),
            ..default()
        })
        .insert_resource(Projector {
            lens: Lens {
                size,
                free: Rect::new(0.0, HEAD, size.x, size.y),
            },
            ..default()
        })
        .add_systems(PostStartup, aim)
        .add_systems(EguiPrimaryContextPass, decorate.in_set(PaintSystems::Panels));
    app
}

/// Draws a picture.
///
/// # Errors
/// [`StartError`] when no adapter draws, or when the picture does not get ready in time.
pub fn render(options: &SnapshotOptions) -> anyhow::Result<Picture> {
    anyhow::ensure!(
        options.size.iter().all(|v| (64..=16_384).contains(v)),
        "picture size {}×{} is not between 64 and 16384 pixels",
        options.size[0],
        options.size[1]
    );
    let mut app = guarded(|| {
        let mut app = build(options);
        while app.plugins_state() == PluginsState::Adding {
            bevy::tasks::tick_global_task_pools_on_main_thread();
        }
        app.finish();
        app.cleanup();
        note_adapter(&mut app);
        app
    })?;
    let started = Instant::now();
    let late = |what: &str| {
        if started.elapsed() > PATIENCE {
            return Err(StartError::Other {
                reason: format!("{what} was not ready after {} s", PATIENCE.as_secs()),
            });
        }
        Ok(())
    };
    app.update();
    if let Some(v) = &options.view {
        let world = app.world_mut();
        let (ground, space) = (world.resource::<CurrentGround>().clone(), *world.resource::<Space>());
        if let Some(g) = &ground.0 {
            world.resource_mut::<Rig>().set(Pose::of_view(v, g, &space).held(g, &space));
        }
    }
    let mut frames = 0;
    while frames < 12 || !app.world().resource::<Redraw>().quiet() {
        app.update();
        frames += 1;
        late("the scene")?;
    }
    let captured: Arc<Mutex<Option<Image>>> = Arc::default();
    let slot = captured.clone();
    // The very target of the camera: with another scale factor it would be another target, and black.
    let target = app.world().resource::<Target>().target();
    app.world_mut().spawn(Screenshot(target)).observe(move |c: On<ScreenshotCaptured>| {
        if let Ok(mut s) = slot.lock() {
            *s = Some(c.image.clone());
        }
    });
    let image = loop {
        app.update();
        if let Some(image) = captured.lock().ok().and_then(|mut s| s.take()) {
            break image;
        }
        late("the picture")?;
    };
    let picture = image
        .try_into_dynamic()
        .map_err(|e| StartError::Other { reason: e.to_string() })?
        .to_rgb8();
    let first = picture.pixels().next().copied();
    let other = picture.pixels().filter(|p| Some(**p) != first).count();
    let mut png = Cursor::new(vec![]);
    let format = ImageFormat::Png
        .as_image_crate_format()
        .ok_or_else(|| anyhow::anyhow!("no PNG encoder"))?;
    picture.write_to(&mut png, format)?;
    let world = app.world();
    Ok(Picture {
        png: png.into_inner(),
        variety: other as f64 / (f64::from(options.size[0]) * f64::from(options.size[1])),
        camera: *world.resource::<CameraInfo>(),
        layers: world
            .resource::<ViewState>()
            .layers
            .iter()
            .filter(|l| l.visible)
            .map(|l| l.slot.clone())
            .collect(),
        adapter: world.get_resource::<RenderPreset>().map(|r| r.adapter.clone()).unwrap_or_default(),
    })
}
