//! The sheet a picture is printed on, and its texture with smaller copies for looking from afar.

use crate::{
    app::{scene::ground::Ground, space::Space},
    services::Picture,
};
use bevy::{
    asset::RenderAssetUsages,
    image::ImageSampler,
    mesh::{Indices, PrimitiveTopology},
    prelude::*,
    render::render_resource::{Extent3d, TextureDimension, TextureFormat},
};

/// The picture's box, cut along the facets of the ground.
pub fn sheet(picture: &Picture, ground: &Ground, space: &Space) -> Mesh {
    let b = picture.bbox;
    let [sw, se, ne, nw] = [b.min, [b.max[0], b.min[1]], b.max, [b.min[0], b.max[1]]];
    let (mut positions, mut uvs, mut indices) = (vec![], vec![], vec![]);
    for triangle in [[sw, se, ne], [sw, ne, nw]] {
        ground.cut_triangle(triangle, |piece| {
            let first = positions.len() as u32;
            for p in piece {
                positions.push(space.world(*p, ground.height(*p)).to_array());
                let u = (p[0] - b.min[0]) / b.width_m();
                let v = (b.max[1] - p[1]) / b.height_m();
                uvs.push([u as f32, v as f32]);
            }
            for k in 1..piece.len() as u32 - 1 {
                indices.extend([first, first + k, first + k + 1]);
            }
        });
    }
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
        .with_inserted_attribute(Mesh::ATTRIBUTE_UV_0, uvs)
        .with_inserted_indices(Indices::U32(indices))
}

/// The texture with all its smaller copies: without them a city seen from afar glitters.
pub fn texture(picture: &Picture) -> Image {
    let size = Extent3d {
        width: picture.width,
        height: picture.height,
        depth_or_array_layers: 1,
    };
    let (data, levels) = levels(picture);
    // `Image::new` insists on the bytes of one level only.
    let mut image = Image::new_uninit(
        size,
        TextureDimension::D2,
        // Drawn as it is: the picture is blended in the bytes that the screen shows.
        TextureFormat::Rgba8Unorm,
        RenderAssetUsages::RENDER_WORLD,
    );
    image.data = Some(data);
    image.texture_descriptor.mip_level_count = levels;
    image.sampler = ImageSampler::linear();
    image
}

/// The bytes of the picture and of its halves, one behind the other, and how many there are.
fn levels(picture: &Picture) -> (Vec<u8>, u32) {
    let (mut width, mut height) = (picture.width as usize, picture.height as usize);
    let mut level = picture.rgba.clone();
    let mut data = level.clone();
    let mut count = 1;
    while width > 1 || height > 1 {
        let (w, h) = ((width / 2).max(1), (height / 2).max(1));
        let mut next = Vec::with_capacity(w * h * 4);
        for y in 0..h {
            for x in 0..w {
                let corners = [(0, 0), (1, 0), (0, 1), (1, 1)]
                    .map(|(dx, dy)| (((2 * y + dy).min(height - 1)) * width + (2 * x + dx).min(width - 1)) * 4);
                // Clear pixels lend no colour.
                let alpha: u32 = corners.iter().map(|c| u32::from(level[c + 3])).sum();
                for k in 0..3 {
                    let sum: u32 = corners.iter().map(|c| u32::from(level[c + k]) * u32::from(level[c + 3])).sum();
                    next.push(sum.checked_div(alpha).unwrap_or(0) as u8);
                }
                next.push((alpha / 4) as u8);
            }
        }
        data.extend_from_slice(&next);
        (level, width, height) = (next, w, h);
        count += 1;
    }
    (data, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Bbox;

    #[test]
    fn smaller_copies_keep_colours_beside_clear_pixels() {
        let rgba = [[200, 100, 0, 255], [0; 4], [200, 100, 0, 255], [0; 4]].concat();
        let picture = Picture {
            bbox: Bbox::new([0.0, 0.0], [2.0, 2.0]),
            width: 2,
            height: 2,
            rgba,
        };
        let (data, count) = levels(&picture);
        assert_eq!((count, data.len()), (2, 20));
        assert_eq!(&data[16..], [200, 100, 0, 127]);
    }

    #[test]
    fn the_sheet_covers_the_picture_and_its_corners_meet() {
        let picture = Picture {
            bbox: Bbox::new([20.0, 20.0], [80.0, 60.0]),
            width: 6,
            height: 4,
            rgba: vec![0; 96],
        };
        let ground = crate::app::scene::ground::tests::hill();
        let mesh = sheet(&picture, &ground, &Space::default());
        assert!(mesh.count_vertices() > 100, "{}", mesh.count_vertices());
    }
}
