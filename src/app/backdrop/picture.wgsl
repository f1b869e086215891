// A picture on the ground. Meshes are in world coordinates, so there is no model matrix.
#import bevy_pbr::view_transformations::position_world_to_clip

struct Sheet {
    fade: vec4<f32>, // centre x, centre z, first and last distance
    opacity: f32,
    pull: f32,       // moves towards the eye, relative depth
    spare: vec2<f32>,
};
@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> sheet: Sheet;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var picture: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(2) var picture_sampler: sampler;

struct Vertex {
    @location(0) position: vec3<f32>,
    @location(1) uv: vec2<f32>,
};

struct VOut {
    @builtin(position) clip: vec4<f32>,
    @location(0) uv: vec2<f32>,
    @location(1) place: vec2<f32>,
};

@vertex
fn vertex(v: Vertex) -> VOut {
    var o: VOut;
    var clip = position_world_to_clip(v.position);
    clip.z = clip.z * (1.0 + sheet.pull);
    o.clip = clip;
    o.uv = v.uv;
    o.place = v.position.xz;
    return o;
}

@fragment
fn fragment(i: VOut) -> @location(0) vec4<f32> {
    let c = textureSample(picture, picture_sampler, i.uv);
    // Here and not at the corners: on flat ground all of them may lie where the world has dissolved.
    let far = smoothstep(sheet.fade.z, sheet.fade.w, distance(i.place, sheet.fade.xy));
    return vec4<f32>(c.rgb, c.a * sheet.opacity * (1.0 - far));
}
