//! The picture is kept in the values that the screen shows (sRGB in plain bytes) and blended in them. A driver that draws on the
//! processor then blends whole bytes; with linear light it would turn every pixel of every layer and panel back and forth through the
//! sRGB curve, which cost half of a frame. Bevy's last step and egui's shader are told the same.

use bevy::{
    asset::{embedded_asset, load_embedded_asset},
    camera::CompositingSpace,
    core_pipeline::blit::{BlitPipeline, init_blit_pipeline},
    prelude::*,
    render::{
        Render, RenderApp, RenderStartup, RenderSystems,
        camera::ExtractedCamera,
        render_resource::{PipelineCache, SpecializedRenderPipelines, TextureFormat},
        sync_world::MainEntity,
    },
    shader::Shader,
};
use bevy_egui::render::{EGUI_SHADER_HANDLE, EguiPipeline, EguiPipelineKey, systems::EguiPipelines};

/// What every camera carries.
pub const SPACE: CompositingSpace = CompositingSpace::Srgb;

/// egui's own pipelines are made for a target in linear light.
fn take_over_egui(
    mut pipelines: ResMut<EguiPipelines>,
    cache: Res<PipelineCache>,
    mut special: ResMut<SpecializedRenderPipelines<EguiPipeline>>,
    egui: Res<EguiPipeline>,
    cameras: Query<(&MainEntity, &ExtractedCamera)>,
) {
    for (entity, camera) in &cameras {
        if camera.compositing_space == Some(SPACE)
            && let Some(id) = pipelines.0.get_mut(entity)
        {
            let key = EguiPipelineKey {
                target_format: TextureFormat::Rgba8Unorm,
            };
            *id = special.specialize(&cache, &egui, key);
        }
    }
}

/// The last step, which turns the finished picture into what the window takes, with a cheap curve.
fn take_over_blit(mut blit: ResMut<BlitPipeline>, assets: Res<AssetServer>) {
    blit.fragment_shader = load_embedded_asset!(assets.as_ref(), "blit.wgsl");
}

/// Registers both; after egui's own plugin.
pub fn plugin(app: &mut App) {
    embedded_asset!(app, "blit.wgsl");
    let shader = Shader::from_wgsl(include_str!("egui.wgsl"), "stadtschicht/egui.wgsl");
    // The handle is egui's own: whatever it drew with is replaced.
    if let Err(e) = app.world_mut().resource_mut::<Assets<Shader>>().insert(&EGUI_SHADER_HANDLE, shader) {
        tracing::error!("egui's shader stays as it is: {e}");
    }
    if let Some(render) = app.get_sub_app_mut(RenderApp) {
        render
            .add_systems(RenderStartup, take_over_blit.after(init_blit_pipeline))
            .add_systems(Render, take_over_egui.in_set(RenderSystems::PhaseSort));
    }
}
