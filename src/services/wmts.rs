//! WMTS 1.0, by parameters or by address templates: the tiles of the matrix whose pixels come nearest to what is asked for.

use super::{
    ServiceError,
    cache::{PictureInfo, PictureTile, Store},
    crs::{self, Srs},
    fetch::Order,
    http::{Client, same_origin, words},
    offers::Offer,
    source::encoded,
    wfs::constraints,
    wms::{capabilities, checked, picture_format, pixel_m},
    xml::Node,
};

/// Tiles of one picture.
const MOST_TILES: u64 = 400;
/// Metres of one pixel at scale 1:1, by the standard.
const PIXEL_M: f64 = 0.000_28;
/// Metres of a degree on the equator, by the standard.
const DEGREE_M: f64 = 111_319.490_793_273_58;

/// One zoom step.
#[derive(Debug, Clone, PartialEq)]
struct Matrix {
    id: String,
    /// West and north.
    corner: [f64; 2],
    /// Units of the CRS a pixel.
    pixel: f64,
    tile: [u32; 2],
    size: [i64; 2],
}

impl Matrix {
    fn of(node: &Node, srs: Srs) -> Option<Self> {
        let number = |name: &str| node.text_at(&[name])?.parse::<f64>().ok().filter(|v| v.is_finite());
        let corner: Vec<f64> = node
            .text_at(&["TopLeftCorner"])?
            .split_whitespace()
            .filter_map(|t| t.parse().ok())
            .collect();
        let [a, b] = corner[..] else { return None };
        let unit = if srs.geographic { DEGREE_M } else { 1.0 };
        let side = |name: &str| number(name).filter(|v| (1.0..=4096.0).contains(v)).map(|v| v as u32);
        let many = |name: &str| number(name).filter(|v| (1.0..=1e9).contains(v)).map(|v| v as i64);
        Some(Self {
            id: node.text_at(&["Identifier"])?.into(),
            corner: if srs.northing_first { [b, a] } else { [a, b] },
            pixel: Some(number("ScaleDenominator")? * PIXEL_M / unit).filter(|p| *p > 0.0)?,
            tile: [side("TileWidth")?, side("TileHeight")?],
            size: [many("MatrixWidth")?, many("MatrixHeight")?],
        })
    }

    /// First and last column and row that touch the box; nothing when it lies outside.
    fn range(&self, [w, s, e, n]: [f64; 4]) -> Option<[i64; 4]> {
        let span = [self.pixel * f64::from(self.tile[0]), self.pixel * f64::from(self.tile[1])];
        let column = |x: f64| ((x - self.corner[0]) / span[0]).floor().clamp(-1e12, 1e12) as i64;
        let row = |y: f64| ((self.corner[1] - y) / span[1]).floor().clamp(-1e12, 1e12) as i64;
        let range = [
            column(w).max(0),
            row(n).max(0),
            column(e).min(self.size[0] - 1),
            row(s).min(self.size[1] - 1),
        ];
        (range[0] <= range[2] && range[1] <= range[3]).then_some(range)
    }

    fn count(&self, bbox: [f64; 4]) -> u64 {
        self.range(bbox)
            .map_or(0, |[a, b, c, d]| ((c - a + 1) as u64).saturating_mul((d - b + 1) as u64))
    }

    fn bbox(&self, column: i64, row: i64) -> [f64; 4] {
        let span = [self.pixel * f64::from(self.tile[0]), self.pixel * f64::from(self.tile[1])];
        let w = self.corner[0] + column as f64 * span[0];
        let n = self.corner[1] - row as f64 * span[1];
        [w, n - span[1], w + span[0], n]
    }
}

/// The coarsest matrix that is fine enough, or the finest that does not take too many tiles.
fn choose(mut matrices: Vec<Matrix>, bbox: [f64; 4], wanted: f64) -> Option<Matrix> {
    matrices.retain(|m| (1..=MOST_TILES).contains(&m.count(bbox)));
    matrices.sort_by(|a, b| b.pixel.total_cmp(&a.pixel));
    let fine = matrices.iter().position(|m| m.pixel <= wanted * 1.01);
    fine.map(|k| matrices[k].clone()).or_else(|| matrices.pop())
}

/// Where a tile is.
enum Address {
    Template(String),
    Parameters,
}

/// Whether the address is that of the capabilities themselves, as services without parameters have it.
fn is_document(client: &Client<'_>) -> bool {
    client.endpoint().path.split('?').next().is_some_and(|p| p.ends_with(".xml"))
}

fn document(client: &mut Client<'_>) -> Result<Node, ServiceError> {
    let url = if is_document(client) {
        client.endpoint().to_string()
    } else {
        client.endpoint().with_query(&[
            ("service", "WMTS".into()),
            ("request", "GetCapabilities".into()),
            ("version", "1.0.0".into()),
        ])
    };
    capabilities(client, &url, &["Capabilities"])
}

/// The layers of the server.
pub(super) fn offers(client: &mut Client<'_>) -> Result<Vec<Offer>, ServiceError> {
    let root = document(client)?;
    let layers = root
        .child("Contents")
        .map(|c| c.all("Layer").collect::<Vec<_>>())
        .unwrap_or_default();
    let offer = |l: &Node| Offer::of(l.text_at(&["Identifier"])?, l.text_at(&["Title"]));
    Ok(layers.into_iter().filter_map(offer).collect())
}

/// Fetches the tiles.
pub(super) fn fetch(client: &mut Client<'_>, order: &Order<'_>, store: &mut Store) -> Result<(), ServiceError> {
    let is_document = is_document(client);
    let root = document(client)?;
    store.entry().attribution = constraints(&root);
    let contents = root.child("Contents").cloned().unwrap_or_default();
    let wanted = order.source.layer.as_str();
    let id = |n: &Node| n.text_at(&["Identifier"]).unwrap_or_default().to_string();
    let Some(layer) = contents.all("Layer").find(|l| id(l) == wanted) else {
        let known: Vec<String> = contents.all("Layer").map(id).collect();
        return Err(client.no_layer(wanted, known.iter().map(String::as_str)));
    };
    let (set, srs) = matrix_set(client, order, &contents, layer)?;
    let pixel_m = pixel_m(order, client)?;
    let bbox = order.area.and_then(|a| srs.area(a, order.epsg)).ok_or_else(|| {
        client.unsupported(
            "der Ausschnitt lässt sich nicht in das Koordinatensystem des Dienstes umrechnen",
            "the area cannot be brought into the coordinate system of the service",
        )
    })?;
    let unit = if srs.geographic { DEGREE_M } else { 1.0 };
    let matrices = set.all("TileMatrix").filter_map(|m| Matrix::of(m, srs)).collect();
    let matrix = choose(matrices, bbox, pixel_m / unit).ok_or_else(|| {
        client.unsupported(
            "der Dienst hat in diesem Ausschnitt keine Kacheln",
            "the service has no tiles in this area",
        )
    })?;
    let offered: Vec<&str> = layer.all("Format").map(|f| f.text.as_str()).collect();
    let format = picture_format(order, &offered, false).ok_or_else(|| {
        client.unsupported(
            "der Dienst liefert weder PNG noch JPEG",
            "the service delivers neither PNG nor JPEG",
        )
    })?;
    let styles: Vec<&Node> = layer.all("Style").collect();
    let usual = styles.iter().find(|s| s.attribute("isDefault") == Some("true")).or(styles.first());
    let style = order.source.style.clone().or_else(|| usual.map(|s| id(s))).unwrap_or_default();
    let template = layer.all("ResourceURL").find(|r| {
        let fits = |k: &str, v: &str| r.attribute(k).is_none_or(|f| f == v);
        fits("resourceType", "tile") && fits("format", &format)
    });
    let template = template.and_then(|r| r.attribute("template"));
    let address = match template {
        Some(t) if same_origin(client.endpoint(), &t.replace(['{', '}'], "")) => Address::Template(t.into()),
        // Tiles on another host were not confirmed; the parameters lead to the confirmed one.
        _ if !is_document => Address::Parameters,
        other => {
            return Err(ServiceError::Redirected {
                endpoint: client.endpoint().to_string(),
                to: words(other.unwrap_or("–"), 200),
            });
        }
    };
    let set_id = id(set);
    let tile_url = |client: &Client<'_>, column: i64, row: i64| match &address {
        Address::Parameters => client.endpoint().with_query(&[
            ("service", "WMTS".into()),
            ("version", "1.0.0".into()),
            ("request", "GetTile".into()),
            ("layer", wanted.into()),
            ("style", style.clone()),
            ("format", format.clone()),
            ("tilematrixset", set_id.clone()),
            ("tilematrix", matrix.id.clone()),
            ("tilerow", row.to_string()),
            ("tilecol", column.to_string()),
        ]),
        Address::Template(template) => {
            let (row, column) = (row.to_string(), column.to_string());
            let values = [
                ("{Style}", &style),
                ("{style}", &style),
                ("{TileMatrixSet}", &set_id),
                ("{TileMatrix}", &matrix.id),
                ("{TileRow}", &row),
                ("{TileCol}", &column),
            ];
            values
                .iter()
                .fold(template.clone(), |url, (key, value)| url.replace(key, &encoded(value)))
        }
    };
    let [left, top, right, bottom] = matrix.range(bbox).unwrap_or([0, 0, -1, -1]);
    let all = matrix.count(bbox);
    let (mut tiles, mut holes, mut last) = (vec![], 0, None);
    for row in top..=bottom {
        for column in left..=right {
            let reply = match client.get(&tile_url(client, column, row), &format) {
                // Outside the drawn area servers have no tile; that is a hole, not a failure.
                Err(e @ (ServiceError::Status { code: 400 | 404 | 204, .. } | ServiceError::Exception { .. })) => {
                    (holes, last) = (holes + 1, Some(e));
                    continue;
                }
                other => other?,
            };
            let (extension, _) = checked(client, &reply)?;
            let page = store.put(&reply.bytes, extension, None)?;
            tiles.push(PictureTile {
                page,
                bbox: matrix.bbox(column, row),
            });
            order.step(tiles.len() as u64 + holes, Some(all));
        }
    }
    if let (true, Some(e)) = (tiles.is_empty(), last) {
        return Err(e);
    }
    store.entry().picture = Some(PictureInfo {
        epsg: srs.epsg,
        pixel: matrix.pixel,
        tiles,
        holes,
    });
    Ok(())
}

fn matrix_set<'a>(client: &Client<'_>, order: &Order<'_>, contents: &'a Node, layer: &Node) -> Result<(&'a Node, Srs), ServiceError> {
    let linked: Vec<&str> = layer
        .all("TileMatrixSetLink")
        .filter_map(|l| l.text_at(&["TileMatrixSet"]))
        .collect();
    let sets: Vec<(&Node, String)> = contents
        .all("TileMatrixSet")
        .filter(|s| s.text_at(&["Identifier"]).is_some_and(|i| linked.contains(&i)))
        .map(|s| (s, s.text_at(&["SupportedCRS"]).unwrap_or_default().to_string()))
        .collect();
    let offered: Vec<String> = sets.iter().map(|(_, c)| c.clone()).collect();
    let chosen = crs::choose(&offered, order.epsg).and_then(|srs| {
        let set = sets.iter().find(|(_, c)| crs::epsg(c) == Some(srs.epsg))?;
        // The short name has easting first whatever the authority says; the long one follows the authority.
        let short = set.1.to_ascii_uppercase().starts_with("EPSG:");
        let northing_first = srs.northing_first && !short;
        Some((set.0, Srs { northing_first, ..srs }))
    });
    chosen.ok_or_else(|| {
        let known = words(&offered.join(", "), 200);
        client.unsupported(
            format!("keines der Kachelschemata hat ein bekanntes Koordinatensystem ({known})"),
            format!("none of its tile schemes has a known coordinate system ({known})"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::xml;

    fn matrix(pixel: f64) -> Matrix {
        Matrix {
            id: pixel.to_string(),
            corner: [0.0, 1000.0],
            pixel,
            tile: [100, 100],
            size: [(1000.0 / pixel / 100.0) as i64, (1000.0 / pixel / 100.0) as i64],
        }
    }

    #[test]
    fn tiles_are_counted_from_the_north_west() {
        let m = matrix(1.0);
        assert_eq!(m.range([150.0, 650.0, 350.0, 890.0]), Some([1, 1, 3, 3]));
        assert_eq!(m.bbox(1, 1), [100.0, 800.0, 200.0, 900.0]);
        assert_eq!(m.range([-500.0, 5000.0, -100.0, 6000.0]), None);
        assert_eq!(m.range([-1e300, -1e300, 1e300, 1e300]), Some([0, 0, 9, 9]));
    }

    #[test]
    fn the_coarsest_sufficient_matrix_is_taken_and_never_too_many_tiles() {
        let all = || vec![matrix(0.1), matrix(1.0), matrix(5.0), matrix(10.0)];
        let whole = [0.0, 0.0, 1000.0, 1000.0];
        assert_eq!(choose(all(), whole, 6.0).unwrap().pixel, 5.0);
        assert_eq!(choose(all(), whole, 0.1).unwrap().pixel, 1.0, "0.1 would take 10,000 tiles");
        assert_eq!(choose(all(), [5000.0, 5000.0, 6000.0, 6000.0], 1.0), None);
    }

    #[test]
    fn the_corner_follows_the_order_of_axes() {
        let text = "<TileMatrix><Identifier>0</Identifier><ScaleDenominator>1000</ScaleDenominator><TopLeftCorner>5880000 4400000</TopLeftCorner><TileWidth>256</TileWidth><TileHeight>256</TileHeight><MatrixWidth>10</MatrixWidth><MatrixHeight>10</MatrixHeight></TileMatrix>";
        let m = Matrix::of(&xml::parse(text.as_bytes()).unwrap(), Srs::new(31468).unwrap()).unwrap();
        assert_eq!(m.corner, [4_400_000.0, 5_880_000.0]);
        assert!((m.pixel - 0.28).abs() < 1e-12);
    }
}
