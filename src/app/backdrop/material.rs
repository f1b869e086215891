//! How a picture on the ground is drawn: its own colours, faded by opacity and towards the horizon like everything else.

use crate::app::material::Horizon;
use bevy::{
    asset::embedded_asset,
    mesh::MeshVertexBufferLayoutRef,
    pbr::{Material, MaterialPipeline, MaterialPipelineKey, MaterialPlugin},
    prelude::*,
    render::render_resource::{AsBindGroup, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError},
    shader::ShaderRef,
};

#[derive(ShaderType, Debug, Clone, Copy, Default)]
struct PictureUniform {
    fade: Vec4,
    opacity: f32,
    pull: f32,
    spare: Vec2,
}

/// A picture with its place in the stack.
#[derive(Asset, TypePath, AsBindGroup, Debug, Clone)]
#[uniform(0, PictureUniform)]
pub struct PictureMaterial {
    /// 0 to 1.
    pub opacity: f32,
    /// Below 1: layers begin there.
    pub order: f32,
    /// Where the world dissolves.
    pub horizon: Horizon,
    /// The picture.
    #[texture(1)]
    #[sampler(2)]
    pub picture: Handle<Image>,
}

impl From<&PictureMaterial> for PictureUniform {
    fn from(m: &PictureMaterial) -> Self {
        let h = m.horizon;
        Self {
            fade: Vec4::new(h.middle.x, h.middle.y, h.near_m, h.far_m),
            opacity: m.opacity,
            // Less than areas are pulled, so that layers lie above.
            pull: 2e-4,
            spare: Vec2::ZERO,
        }
    }
}

const SHADER: &str = "embedded://stadtschicht/app/backdrop/picture.wgsl";

impl Material for PictureMaterial {
    fn vertex_shader() -> ShaderRef {
        SHADER.into()
    }
    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }
    fn alpha_mode(&self) -> AlphaMode {
        AlphaMode::Blend
    }
    fn depth_bias(&self) -> f32 {
        self.order * 1e6
    }
    fn enable_prepass() -> bool {
        false
    }
    fn enable_shadows() -> bool {
        false
    }
    fn specialize(
        _: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        layout: &MeshVertexBufferLayoutRef,
        _: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        let attributes = [
            Mesh::ATTRIBUTE_POSITION.at_shader_location(0),
            Mesh::ATTRIBUTE_UV_0.at_shader_location(1),
        ];
        descriptor.vertex.buffers = vec![layout.0.get_layout(&attributes)?];
        descriptor.primitive.cull_mode = None;
        Ok(())
    }
}

/// Registers the material.
pub fn plugin(app: &mut App) {
    embedded_asset!(app, "picture.wgsl");
    app.add_plugins(MaterialPlugin::<PictureMaterial>::default());
}
