//! The tiles of a fetched picture, put together in the project CRS: one image that lies on the ground.

use super::{Entry, PictureInfo, PictureTile, ServiceError, page_path};
use crate::{
    layers,
    model::{Bbox, LocalText},
    progress::Control,
};
use image::{ImageFormat, ImageReader, Limits, RgbaImage};
use std::{io::Cursor, path::Path};

/// Longest side of one tile.
const LONGEST_TILE: u32 = 8192;
/// Pixels between exact transformations; between them it is linear, which is off by less than a thousandth of a pixel.
const GRID: u32 = 32;

/// An image in the project CRS, rows from the north, straight (not premultiplied) alpha.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Where it lies.
    pub bbox: Bbox,
    /// Pixels west to east.
    pub width: u32,
    /// Pixels north to south.
    pub height: u32,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
}

fn reader(bytes: &[u8]) -> Option<(ImageReader<Cursor<&[u8]>>, &'static str)> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let extension = match reader.format()? {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpg",
        _ => return None,
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_TILE);
    limits.max_image_height = Some(LONGEST_TILE);
    limits.max_alloc = Some(512 << 20);
    reader.limits(limits);
    Some((reader, extension))
}

/// Extension and size of a PNG or JPEG, from its first bytes.
pub(super) fn header(bytes: &[u8]) -> Option<(&'static str, (u32, u32))> {
    let (reader, extension) = reader(bytes)?;
    let size = reader.into_dimensions().ok()?;
    (size.0 <= LONGEST_TILE && size.1 <= LONGEST_TILE).then_some((extension, size))
}

struct Tile<'a> {
    image: RgbaImage,
    bbox: &'a [f64; 4],
}

impl Tile<'_> {
    fn holds(&self, p: [f64; 2]) -> bool {
        let [w, s, e, n] = *self.bbox;
        w <= p[0] && p[0] < e && s < p[1] && p[1] <= n
    }

    /// Between the four nearest pixels; transparent ones lend no colour.
    fn at(&self, p: [f64; 2]) -> [u8; 4] {
        let [w, s, e, n] = *self.bbox;
        let (width, height) = self.image.dimensions();
        let x = (p[0] - w) / (e - w) * f64::from(width) - 0.5;
        let y = (n - p[1]) / (n - s) * f64::from(height) - 0.5;
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let mut sum = [0.0f64; 4];
        for (dx, dy, share) in [
            (0.0, 0.0, (1.0 - fx) * (1.0 - fy)),
            (1.0, 0.0, fx * (1.0 - fy)),
            (0.0, 1.0, (1.0 - fx) * fy),
            (1.0, 1.0, fx * fy),
        ] {
            let clamped = |v: f64, side: u32| v.clamp(0.0, f64::from(side - 1)) as u32;
            let pixel = self.image.get_pixel(clamped(x0 + dx, width), clamped(y0 + dy, height)).0;
            let alpha = f64::from(pixel[3]) * share;
            for (total, v) in sum.iter_mut().zip(&pixel[..3]) {
                *total += f64::from(*v) * alpha;
            }
            sum[3] += alpha;
        }
        let colour = |v: f64| {
            if sum[3] > 0.0 {
                (v / sum[3]).round().clamp(0.0, 255.0) as u8
            } else {
                0
            }
        };
        [
            colour(sum[0]),
            colour(sum[1]),
            colour(sum[2]),
            sum[3].round().clamp(0.0, 255.0) as u8,
        ]
    }
}

/// Puts the tiles of an entry together.
///
/// # Errors
/// When the entry is no picture, a tile cannot be decoded, or there is no way into the project CRS.
pub fn picture(folder: &Path, entry: &Entry, control: &Control) -> Result<Picture, ServiceError> {
    let fault = |de: String, en: String| ServiceError::Cache {
        path: folder.join(super::FOLDER),
        why: LocalText::new(de, en),
    };
    let (Some(info), Some([w, s, e, n])) = (&entry.picture, entry.area) else {
        return Err(fault("enthält kein Bild".into(), "holds no picture".into()));
    };
    let mut tiles = vec![];
    for tile in &info.tiles {
        if control.is_cancelled() {
            return Err(ServiceError::Cancelled);
        }
        tiles.push(decode(folder, entry, tile).map_err(|e| {
            let name = &entry.pages[tile.page].file;
            fault(
                format!("das Bild {name} ist beschädigt ({e})"),
                format!("the picture {name} is damaged ({e})"),
            )
        })?);
    }
    let bbox = Bbox::new([w, s], [e, n]);
    let pixel = pixel_m(info, bbox, entry.epsg).ok_or_else(|| {
        fault(
            "das Bild lässt sich nicht in das Koordinatensystem des Projekts umrechnen".into(),
            "the picture cannot be brought into the coordinate system of the project".into(),
        )
    })?;
    let side = |m: f64| (m / pixel).round().clamp(1.0, super::wms::LONGEST) as u32;
    let (width, height) = (side(bbox.width_m()), side(bbox.height_m()));
    draw(&tiles, info.epsg, entry.epsg, bbox, [width, height], control).map_err(|e| {
        if control.is_cancelled() {
            ServiceError::Cancelled
        } else {
            fault(e.text().de, e.text().en)
        }
    })
}

fn decode<'a>(folder: &Path, entry: &Entry, tile: &'a PictureTile) -> Result<Tile<'a>, String> {
    let bytes = std::fs::read(page_path(folder, &entry.pages[tile.page])).map_err(|e| e.to_string())?;
    let (reader, _) = reader(&bytes).ok_or("PNG/JPEG")?;
    let image = reader.decode().map_err(|e| super::http::words(&e.to_string(), 160))?.to_rgba8();
    let [w, s, e, n] = tile.bbox;
    if image.width() == 0 || image.height() == 0 || !(w < e && s < n) {
        return Err("0 × 0".into());
    }
    Ok(Tile { image, bbox: &tile.bbox })
}

/// Metres of the project a pixel, in the middle of the picture.
fn pixel_m(info: &PictureInfo, bbox: Bbox, epsg: u32) -> Option<f64> {
    if !(info.pixel.is_finite() && info.pixel > 0.0) || bbox.is_empty() {
        return None;
    }
    let mut middle = [bbox.center()];
    layers::reproject(epsg, info.epsg, &mut middle).ok()?;
    let [x, y] = middle[0];
    let mut step = [[x, y], [x, y + info.pixel]];
    layers::reproject(info.epsg, epsg, &mut step).ok()?;
    let length = (step[1][0] - step[0][0]).hypot(step[1][1] - step[0][1]);
    (length.is_finite() && length > 0.0).then_some(length)
}

fn draw(
    tiles: &[Tile<'_>],
    from: u32,
    epsg: u32,
    bbox: Bbox,
    [width, height]: [u32; 2],
    control: &Control,
) -> Result<Picture, layers::CrsError> {
    let step = [bbox.width_m() / f64::from(width), bbox.height_m() / f64::from(height)];
    let at = |x: f64, y: f64| [bbox.min[0] + x * step[0], bbox.max[1] - y * step[1]];
    // One row of exact points above the pixels, one below.
    let columns = width.div_ceil(GRID) + 1;
    let exact = |row: u32| -> Result<Vec<[f64; 2]>, layers::CrsError> {
        let mut points: Vec<[f64; 2]> = (0..columns).map(|c| at(f64::from(c * GRID), f64::from(row * GRID))).collect();
        layers::reproject(epsg, from, &mut points)?;
        Ok(points)
    };
    let mut rgba = vec![0u8; width as usize * height as usize * 4];
    let mut above = exact(0)?;
    let mut last = 0usize;
    for band in 0..height.div_ceil(GRID) {
        let below = exact(band + 1)?;
        for y in band * GRID..((band + 1) * GRID).min(height) {
            let fy = (f64::from(y - band * GRID) + 0.5) / f64::from(GRID);
            for x in 0..width {
                let (c, fx) = ((x / GRID) as usize, (f64::from(x % GRID) + 0.5) / f64::from(GRID));
                let mix = |k: usize| {
                    let top = above[c][k] * (1.0 - fx) + above[c + 1][k] * fx;
                    let bottom = below[c][k] * (1.0 - fx) + below[c + 1][k] * fx;
                    top * (1.0 - fy) + bottom * fy
                };
                let p = [mix(0), mix(1)];
                if !tiles.get(last).is_some_and(|t| t.holds(p)) {
                    match tiles.iter().position(|t| t.holds(p)) {
                        Some(k) => last = k,
                        None => continue,
                    }
                }
                let target = (y as usize * width as usize + x as usize) * 4;
                rgba[target..target + 4].copy_from_slice(&tiles[last].at(p));
            }
        }
        above = below;
        if control.is_cancelled() {
            break;
        }
    }
    Ok(Picture { bbox, width, height, rgba })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(bbox: &[f64; 4], colour: [u8; 4]) -> Tile<'_> {
        Tile {
            image: RgbaImage::from_pixel(100, 100, image::Rgba(colour)),
            bbox,
        }
    }

    #[test]
    fn tiles_lie_side_by_side_and_gaps_stay_clear() {
        let (west, east) = ([0.0, 0.0, 100.0, 100.0], [100.0, 0.0, 200.0, 100.0]);
        let tiles = [tile(&west, [255, 0, 0, 255]), tile(&east, [0, 0, 255, 255])];
        let p = draw(
            &tiles,
            25833,
            25833,
            Bbox::new([0.0, 0.0], [300.0, 100.0]),
            [300, 100],
            &Control::default(),
        )
        .unwrap();
        let pixel = |x: usize, y: usize| &p.rgba[(y * 300 + x) * 4..][..4];
        assert_eq!(
            (pixel(0, 0), pixel(99, 50), pixel(100, 50), pixel(199, 99)),
            (
                &[255, 0, 0, 255][..],
                &[255, 0, 0, 255][..],
                &[0, 0, 255, 255][..],
                &[0, 0, 255, 255][..]
            )
        );
        assert_eq!(pixel(250, 50), [0; 4]);
    }

    #[test]
    fn a_picture_in_degrees_lies_where_its_points_lie() {
        // A red tile whose south-west corner is a known point: it must begin there in UTM.
        let bbox = [13.34, 52.53, 13.36, 52.54];
        let mut corner = [[13.34, 52.53]];
        layers::reproject(4326, 25833, &mut corner).unwrap();
        let [x, y] = corner[0];
        let tiles = [tile(&bbox, [255, 0, 0, 255])];
        let area = Bbox::new([x - 100.0, y - 100.0], [x + 300.0, y + 300.0]);
        let p = draw(&tiles, 4326, 25833, area, [400, 400], &Control::default()).unwrap();
        let alpha = |e: f64, n: f64| {
            let (c, r) = ((e - area.min[0]) as usize, (area.max[1] - n) as usize);
            p.rgba[(r * 400 + c) * 4 + 3]
        };
        assert_eq!((alpha(x + 5.0, y + 5.0), alpha(x + 200.0, y + 200.0)), (255, 255));
        assert_eq!((alpha(x - 20.0, y + 5.0), alpha(x + 5.0, y - 20.0)), (0, 0));
    }

    #[test]
    fn only_png_and_jpeg_of_a_sane_size_are_pictures() {
        let mut png = vec![];
        RgbaImage::new(3, 2).write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
        assert_eq!(header(&png), Some(("png", (3, 2))));
        // The size field says two thousand million pixels.
        let mut bomb = png.clone();
        bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        assert_eq!(header(&bomb), None);
        for other in [&b"<html>"[..], b"GIF89a\x01\x00\x01\x00", b"", b"\x89PNG\r\n\x1a\n"] {
            assert_eq!(header(other), None);
        }
    }
}
