// The finished picture, sRGB in plain bytes, onto a target that applies the sRGB curve itself.
#import bevy_core_pipeline::fullscreen_vertex_shader::FullscreenVertexOutput

@group(0) @binding(0) var in_texture: texture_2d<f32>;
@group(0) @binding(1) var in_sampler: sampler;

@fragment
fn fs_main(in: FullscreenVertexOutput) -> @location(0) vec4<f32> {
    let c = textureSample(in_texture, in_sampler, in.uv);
#ifdef SRGB_TO_LINEAR
    // The curve as a polynomial: a power for every pixel is what a processor that draws can least afford.
    return vec4<f32>(c.rgb * (c.rgb * (c.rgb * 0.305306011 + 0.682171111) + 0.012522878), c.a);
#else
    return c;
#endif
}
