//! The one material of the picture: colours with the light baked in, no lamps, no shadows, no textures. It costs a
//! fraction of a lit material, which is what makes the city usable without a graphics card.

pub mod gamma;
mod mesh;

pub use mesh::{FlatMesh, hash01, mix, parse_rgb, shade};

use bevy::{
    asset::embedded_asset,
    mesh::{MeshVertexAttribute, MeshVertexBufferLayoutRef},
    pbr::{Material, MaterialPipeline, MaterialPipelineKey, MaterialPlugin},
    prelude::*,
    render::render_resource::{
        AsBindGroup, CompareFunction, Face, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError, VertexFormat,
    },
    shader::ShaderRef,
};

/// Colour of the sky and of everything beyond the horizon, sRGB.
pub const BACKGROUND: [u8; 3] = [0xE6, 0xEC, 0xF0];

/// Baked colour, sRGB with alpha.
pub const COLOR8: MeshVertexAttribute = MeshVertexAttribute::new("Color8", 988_540_917, VertexFormat::Unorm8x4);
/// Ribbons: outward normal / 2 and side; pins: corner.
pub const EXTRA8: MeshVertexAttribute = MeshVertexAttribute::new("Extra8", 988_540_918, VertexFormat::Snorm8x4);

/// What a mesh of this material consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FlatKind {
    /// Solid bodies and the ground.
    #[default]
    Solid,
    /// Translucent areas.
    Area,
    /// Translucent areas with stripes.
    Hatch,
    /// Lines with a least width on the screen.
    Ribbon,
    /// Discs that face the viewer.
    Pin,
}

#[derive(ShaderType, Debug, Clone, Copy, Default)]
struct FlatUniform {
    background: Vec4,
    fade: Vec4,
    tint: Vec4,
    opacity: f32,
    pull: f32,
    half_m: f32,
    least_px: f32,
    most_px: f32,
    hatch_m: f32,
    spare: Vec2,
}

/// A way to draw meshes of [`FlatMesh`].
#[derive(Asset, TypePath, AsBindGroup, Debug, Clone)]
#[bind_group_data(FlatKey)]
#[uniform(0, FlatUniform)]
pub struct FlatMaterial {
    /// What is drawn.
    pub kind: FlatKind,
    /// 0 to 1.
    pub opacity: f32,
    /// Higher is drawn later.
    pub order: f32,
    /// Half width or radius in metres.
    pub half_m: f32,
    /// Least half width or radius in pixels.
    pub least_px: f32,
    /// Largest radius in pixels.
    pub most_px: f32,
    /// sRGB and share of a colour laid over everything.
    pub tint: ([u8; 3], f32),
    /// Drawn even behind solid bodies.
    pub on_top: bool,
    /// Where the world dissolves.
    pub horizon: Horizon,
}

impl Default for FlatMaterial {
    fn default() -> Self {
        Self {
            kind: FlatKind::Solid,
            opacity: 1.0,
            order: 0.0,
            half_m: 0.0,
            least_px: 0.75,
            most_px: 64.0,
            tint: ([0; 3], 0.0),
            on_top: false,
            horizon: Horizon::default(),
        }
    }
}

/// The world dissolves into the background between two distances from the city's middle.
#[derive(Resource, Debug, Clone, Copy, PartialEq)]
pub struct Horizon {
    /// Middle, world x and z.
    pub middle: Vec2,
    /// Distance at which it begins.
    pub near_m: f32,
    /// Distance at which nothing is left.
    pub far_m: f32,
}

impl Default for Horizon {
    fn default() -> Self {
        Self {
            middle: Vec2::ZERO,
            near_m: 1e6,
            far_m: 2e6,
        }
    }
}

fn unit(rgb: [u8; 3]) -> Vec3 {
    Vec3::from_array(rgb.map(|c| f32::from(c) / 255.0))
}

/// The background for cameras.
pub fn background() -> Color {
    let [r, g, b] = BACKGROUND;
    Color::srgb_u8(r, g, b)
}

impl From<&FlatMaterial> for FlatUniform {
    fn from(m: &FlatMaterial) -> Self {
        let h = m.horizon;
        Self {
            background: unit(BACKGROUND).extend(1.0),
            fade: Vec4::new(h.middle.x, h.middle.y, h.near_m, h.far_m),
            tint: unit(m.tint.0).extend(m.tint.1),
            opacity: m.opacity,
            // Depth is stored as 1/distance: a relative pull keeps drapes above the ground at any distance.
            pull: match m.kind {
                // A tinted body stands in the place of the plain one.
                FlatKind::Solid => {
                    if m.tint.1 > 0.0 {
                        3e-4
                    } else {
                        0.0
                    }
                }
                FlatKind::Area => 4e-4,
                FlatKind::Hatch => 6e-4,
                FlatKind::Ribbon => 9e-4,
                FlatKind::Pin => 2e-3,
            },
            half_m: m.half_m,
            least_px: m.least_px,
            most_px: m.most_px,
            hatch_m: 14.0,
            spare: Vec2::ZERO,
        }
    }
}

/// What needs a pipeline of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FlatKey {
    kind: FlatKind,
    on_top: bool,
}

impl From<&FlatMaterial> for FlatKey {
    fn from(m: &FlatMaterial) -> Self {
        Self {
            kind: m.kind,
            on_top: m.on_top,
        }
    }
}

const SHADER: &str = "embedded://stadtschicht/app/material/flat.wgsl";

impl Material for FlatMaterial {
    fn vertex_shader() -> ShaderRef {
        SHADER.into()
    }
    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }
    fn alpha_mode(&self) -> AlphaMode {
        if self.kind == FlatKind::Solid {
            AlphaMode::Opaque
        } else {
            AlphaMode::Blend
        }
    }
    fn depth_bias(&self) -> f32 {
        // Only sorts: far larger than any distance, so the order of layers decides alone.
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
        key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        let FlatKey { kind, on_top } = key.bind_group_data;
        let mut attributes = vec![Mesh::ATTRIBUTE_POSITION.at_shader_location(0), COLOR8.at_shader_location(1)];
        let mut defs: Vec<&str> = vec![];
        match kind {
            FlatKind::Solid => defs.push("OPAQUE"),
            FlatKind::Area => {}
            FlatKind::Hatch => defs.push("HATCH"),
            FlatKind::Ribbon => defs.push("EXTRA"),
            FlatKind::Pin => defs.extend(["EXTRA", "PIN"]),
        }
        if defs.contains(&"EXTRA") {
            attributes.push(EXTRA8.at_shader_location(2));
        }
        descriptor.vertex.buffers = vec![layout.0.get_layout(&attributes)?];
        descriptor.vertex.shader_defs.extend(defs.iter().map(|d| (*d).into()));
        if let Some(fragment) = descriptor.fragment.as_mut() {
            fragment.shader_defs.extend(defs.iter().map(|d| (*d).into()));
        }
        descriptor.primitive.cull_mode = (kind == FlatKind::Solid).then_some(Face::Back);
        if on_top && let Some(depth) = descriptor.depth_stencil.as_mut() {
            depth.depth_compare = Some(CompareFunction::Always);
        }
        Ok(())
    }
}

/// Registers the material.
pub fn plugin(app: &mut App) {
    embedded_asset!(app, "flat.wgsl");
    app.add_plugins((MaterialPlugin::<FlatMaterial>::default(), gamma::plugin))
        .init_resource::<Horizon>()
        .insert_resource(ClearColor(background()));
}
