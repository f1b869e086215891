// Flat colours without lights. Meshes are in world coordinates, so there is no model matrix.
#import bevy_pbr::view_transformations::position_world_to_clip
#import bevy_pbr::mesh_view_bindings::view

struct Flat {
    background: vec4<f32>, // rgb as shown, like all colours here
    fade: vec4<f32>,       // centre x, centre z, first and last distance
    tint: vec4<f32>,       // rgb, share
    opacity: f32,
    pull: f32,             // moves towards the eye, relative depth
    half_m: f32,           // half width of ribbons, radius of pins
    least_px: f32,         // least half width or radius on the screen
    most_px: f32,
    hatch_m: f32,
    spare: vec2<f32>,
};
@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> flat: Flat;

struct Vertex {
    @location(0) position: vec3<f32>,
    @location(1) color: vec4<f32>,
#ifdef EXTRA
    @location(2) extra: vec4<f32>,
#endif
};

struct VOut {
    @builtin(position) clip: vec4<f32>,
    @location(0) color: vec4<f32>,
#ifdef EXTRA
    @location(1) edge: vec3<f32>,
#endif
#ifdef HATCH
    @location(2) place: vec2<f32>,
#endif
};

#ifdef EXTRA
// How far a point on the screen moves, in pixels, for a metre on the map.
fn step_px(clip: vec4<f32>, along: vec2<f32>) -> vec2<f32> {
    let d = view.clip_from_world[0] * along.x + view.clip_from_world[2] * along.y;
    let w = max(clip.w, 0.01);
    return (d.xy * w - clip.xy * d.w) / (w * w) * view.viewport.zw * 0.5;
}
#endif

@vertex
fn vertex(v: Vertex) -> VOut {
    var o: VOut;
    var p = v.position;
    var clip = position_world_to_clip(p);
    var faint = 1.0;
#ifdef EXTRA
    let metre_px = view.clip_from_view[1][1] * view.viewport.w * 0.5 / max(clip.w, 0.01);
#ifdef PIN
    let radius = clamp(flat.half_m * metre_px, flat.least_px, flat.most_px) + 1.0;
    clip = vec4<f32>(clip.xy + v.extra.xy * radius * 2.0 / view.viewport.zw * clip.w, clip.zw);
    o.edge = vec3<f32>(v.extra.xy, radius);
#else
    // Seen at a flat angle a band gets thinner than a pixel: it is drawn as wide as one, and as faint as it is thin.
    let over = normalize(v.extra.xy + vec2<f32>(1e-6, 0.0));
    let across = step_px(clip, over);
    let along = step_px(clip, vec2<f32>(-over.y, over.x));
    let narrow = clamp(abs(across.x * along.y - across.y * along.x) / max(length(along) * metre_px, 1e-6), 0.02, 1.0);
    let seen = max(flat.half_m * metre_px, flat.least_px) * narrow;
    let drawn = max(seen, min(0.5, seen / narrow));
    let more = (drawn + 0.5) / (metre_px * narrow) - flat.half_m;
    faint = max(seen / drawn, 0.2);
    p.x += v.extra.x * 2.0 * more;
    p.z += v.extra.y * 2.0 * more;
    clip = position_world_to_clip(p);
    o.edge = vec3<f32>(v.extra.z * (drawn + 0.5), drawn, 0.0);
#endif
#endif
    clip.z = clip.z * (1.0 + flat.pull);
    let tinted = mix(v.color.rgb, flat.tint.rgb, flat.tint.a);
    let far = smoothstep(flat.fade.z, flat.fade.w, distance(p.xz, flat.fade.xy));
#ifdef OPAQUE
    o.color = vec4<f32>(mix(tinted, flat.background.rgb, far), 1.0);
#else
    o.color = vec4<f32>(tinted, v.color.a * flat.opacity * (1.0 - far) * faint);
#endif
    o.clip = clip;
#ifdef HATCH
    o.place = p.xz;
#endif
    return o;
}

@fragment
fn fragment(i: VOut) -> @location(0) vec4<f32> {
#ifdef EXTRA
#ifdef PIN
    let d = length(i.edge.xy) * i.edge.z;
    let r = i.edge.z - 1.0;
    let ring = clamp(d - (r - max(1.5, r * 0.22)) + 0.5, 0.0, 1.0);
    return vec4<f32>(mix(i.color.rgb, vec3<f32>(1.0), ring), i.color.a * clamp(r - d + 0.5, 0.0, 1.0));
#else
    return vec4<f32>(i.color.rgb, i.color.a * clamp(i.edge.y + 0.5 - abs(i.edge.x), 0.0, 1.0));
#endif
#else
#ifdef HATCH
    let s = (i.place.x + i.place.y) / flat.hatch_m;
    let w = max(fwidth(s), 0.0001);
    let t = abs(fract(s) - 0.5) * 2.0;
    let stripe = mix(clamp((t - 0.55) / w * 0.5 + 0.5, 0.0, 1.0), 0.45, clamp(w * 2.0 - 0.6, 0.0, 1.0));
    return vec4<f32>(i.color.rgb, i.color.a * (0.3 + 0.7 * stripe));
#else
    return i.color;
#endif
#endif
}
