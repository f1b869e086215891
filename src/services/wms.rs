//! WMS 1.1.1 and 1.3.0: the picture of the area, asked for in tiles that the server can draw, with the order of axes that its version asks for.

use super::{
    ServiceError,
    cache::{PictureInfo, PictureTile, Store},
    crs::{self, Srs},
    fetch::Order,
    http::{Client, Reply, words},
    offers::Offer,
    wfs::constraints,
    xml::{self, Node},
};
use crate::model::LocalText;

/// Longest side of one request.
const TILE: u32 = 2048;
/// Longest side of the whole picture.
pub(super) const LONGEST: f64 = 4096.0;
/// Longest side when the project asks for no resolution.
pub(super) const USUAL: f64 = 3072.0;

struct Layer<'a> {
    crs: Vec<String>,
    opaque: bool,
    node: &'a Node,
}

/// The layer of that name with the coordinate systems of all layers around it, which it inherits.
fn find<'a>(node: &'a Node, name: &str, inherited: &[String]) -> Option<Layer<'a>> {
    let mut crs = inherited.to_vec();
    for own in node.all("CRS").chain(node.all("SRS")) {
        crs.extend(own.text.split_whitespace().map(Into::into));
    }
    if node.text_at(&["Name"]) == Some(name) {
        let opaque = node.attribute("opaque") == Some("1");
        return Some(Layer { crs, opaque, node });
    }
    node.all("Layer").find_map(|l| find(l, name, &crs))
}

fn names<'a>(node: &'a Node, out: &mut Vec<&'a str>) {
    out.extend(node.text_at(&["Name"]));
    node.all("Layer").for_each(|l| names(l, out));
}

/// Every layer that can be asked for; groups without a name only hold others.
fn collect(node: &Node, out: &mut Vec<Offer>) {
    out.extend(node.text_at(&["Name"]).and_then(|name| Offer::of(name, node.text_at(&["Title"]))));
    node.all("Layer").for_each(|l| collect(l, out));
}

/// The layers of the server.
pub(super) fn offers(client: &mut Client<'_>) -> Result<Vec<Offer>, ServiceError> {
    let root = document(client, "1.3.0")?;
    let mut out = vec![];
    if let Some(top) = root.at(&["Capability", "Layer"]) {
        collect(top, &mut out);
    }
    Ok(out)
}

fn document(client: &mut Client<'_>, version: &str) -> Result<Node, ServiceError> {
    let url = client.endpoint().with_query(&[
        ("service", "WMS".into()),
        ("request", "GetCapabilities".into()),
        ("version", version.into()),
    ]);
    capabilities(client, &url, &["WMS_Capabilities", "WMT_MS_Capabilities"])
}

/// What the picture costs: its box in the service's system and the pixels of its sides.
pub(super) struct Frame {
    pub bbox: [f64; 4],
    pub width: u32,
    pub height: u32,
}

/// Metres a pixel: as asked for, but no larger picture than can be drawn.
pub(super) fn pixel_m(order: &Order<'_>, client: &Client<'_>) -> Result<f64, ServiceError> {
    let area = order.area.ok_or_else(|| {
        client.unsupported(
            "ein Bild braucht einen Ausschnitt: im Projekt area_of_interest angeben",
            "a picture needs an area: give area_of_interest in the project",
        )
    })?;
    let longest = area.width_m().max(area.height_m()).max(1.0);
    Ok(order.source.resolution_m.unwrap_or(longest / USUAL).max(longest / LONGEST))
}

fn frame(order: &Order<'_>, client: &Client<'_>, srs: Srs) -> Result<Frame, ServiceError> {
    let pixel = pixel_m(order, client)?;
    let (area, bbox) = order.area.and_then(|a| Some((a, srs.area(a, order.epsg)?))).ok_or_else(|| {
        client.unsupported(
            "der Ausschnitt lässt sich nicht in das Koordinatensystem des Dienstes umrechnen",
            "the area cannot be brought into the coordinate system of the service",
        )
    })?;
    let side = |m: f64| (m / pixel).ceil().clamp(1.0, LONGEST) as u32;
    Ok(Frame {
        bbox,
        width: side(area.width_m()),
        height: side(area.height_m()),
    })
}

/// Fetches the picture.
pub(super) fn fetch(client: &mut Client<'_>, order: &Order<'_>, store: &mut Store) -> Result<(), ServiceError> {
    let version = order.source.version.as_deref().unwrap_or("1.3.0");
    let root = document(client, version)?;
    let newer = root.name == "WMS_Capabilities";
    store.entry().attribution = constraints(&root);
    let wanted: Vec<&str> = order.source.layer.split(',').map(str::trim).collect();
    let top = root.at(&["Capability", "Layer"]);
    let mut found = vec![];
    for name in &wanted {
        match top.and_then(|t| find(t, name, &[])) {
            Some(layer) => found.push(layer),
            None => {
                let mut known = vec![];
                top.into_iter().for_each(|t| names(t, &mut known));
                return Err(client.no_layer(name, known.into_iter()));
            }
        }
    }
    let Some(first) = found.first() else {
        return Err(client.no_layer("", [].into_iter()));
    };
    let shared: Vec<String> = first
        .crs
        .iter()
        .filter(|c| found.iter().all(|l| l.crs.contains(c)))
        .cloned()
        .collect();
    let srs = crs::choose(&shared, order.epsg).ok_or_else(|| {
        let known = words(&shared.join(", "), 200);
        client.unsupported(
            format!("keines der Koordinatensysteme ist bekannt ({known})"),
            format!("none of its coordinate systems is known ({known})"),
        )
    })?;
    let attribution = first.node.text_at(&["Attribution", "Title"]).map(|t| words(t, 280));
    if attribution.is_some() {
        store.entry().attribution = attribution;
    }
    let offered: Vec<&str> = root
        .at(&["Capability", "Request", "GetMap"])
        .map(|m| m.all("Format").map(|f| f.text.as_str()).collect())
        .unwrap_or_default();
    let format = picture_format(order, &offered, found.iter().all(|l| l.opaque)).ok_or_else(|| {
        client.unsupported(
            "der Dienst liefert weder PNG noch JPEG",
            "the service delivers neither PNG nor JPEG",
        )
    })?;
    let side = |name: &str| {
        root.text_at(&["Service", name])
            .and_then(|t| t.parse::<u32>().ok())
            .filter(|n| *n >= 16)
    };
    let largest = side("MaxWidth").unwrap_or(TILE).min(side("MaxHeight").unwrap_or(TILE)).min(TILE);
    let frame = frame(order, client, srs)?;
    let version = if newer { "1.3.0" } else { "1.1.1" };
    let styles = order.source.style.clone().unwrap_or_else(|| ",".repeat(wanted.len() - 1));
    let fixed: Vec<(&str, String)> = vec![
        ("service", "WMS".into()),
        ("version", version.into()),
        ("request", "GetMap".into()),
        ("layers", wanted.join(",")),
        ("styles", styles),
        ("format", format.clone()),
        ("transparent", "TRUE".into()),
        (if newer { "crs" } else { "srs" }, format!("EPSG:{}", srs.epsg)),
    ];
    let cuts = cuts(&frame, largest);
    let mut tiles = vec![];
    for (n, cut) in cuts.iter().enumerate() {
        let [w, s, e, north] = cut.bbox;
        // Only 1.3.0 follows the authority's order; 1.1.1 always has easting first.
        let corners = if newer && srs.northing_first {
            [s, w, north, e]
        } else {
            [w, s, e, north]
        };
        let corners: Vec<String> = corners.iter().map(|v| format!("{v:.9}")).collect();
        let mut query = fixed.clone();
        query.extend([
            ("bbox", corners.join(",")),
            ("width", cut.width.to_string()),
            ("height", cut.height.to_string()),
        ]);
        let reply = client.get(&client.endpoint().with_query(&query), &format)?;
        let (extension, size) = checked(client, &reply)?;
        if size != (cut.width, cut.height) {
            let (w, h) = size;
            return Err(client.unexpected(LocalText::new(
                format!("ein Bild von {w} × {h} statt {} × {} Pixeln", cut.width, cut.height),
                format!("a picture of {w} × {h} instead of {} × {} pixels", cut.width, cut.height),
            )));
        }
        let page = store.put(&reply.bytes, extension, None)?;
        tiles.push(PictureTile { page, bbox: cut.bbox });
        order.step(n as u64 + 1, Some(cuts.len() as u64));
    }
    store.entry().picture = Some(PictureInfo {
        epsg: srs.epsg,
        pixel: (frame.bbox[2] - frame.bbox[0]) / f64::from(frame.width),
        tiles,
        holes: 0,
    });
    Ok(())
}

/// The document of that root, or the server's own words why not.
pub(super) fn capabilities(client: &mut Client<'_>, url: &str, roots: &[&str]) -> Result<Node, ServiceError> {
    let reply = client.get(url, "application/xml, text/xml")?;
    if let Some(message) = xml::exception(&reply.bytes) {
        return Err(client.exception(&message));
    }
    let found = || xml::looks_like(&reply.bytes, &reply.content_type);
    match xml::parse(&reply.bytes) {
        Ok(root) if roots.contains(&root.name.as_str()) => Ok(root),
        Ok(_) => Err(client.unexpected(found())),
        Err(why) => Err(client.unexpected(if found().en.starts_with("other XML") { why } else { found() })),
    }
}

/// PNG keeps the map's gaps transparent; photographs without gaps come smaller as JPEG.
pub(super) fn picture_format(order: &Order<'_>, offered: &[&str], opaque: bool) -> Option<String> {
    if let Some(wanted) = &order.source.format {
        return Some(wanted.clone());
    }
    let preferred = if opaque {
        ["image/jpeg", "image/png"]
    } else {
        ["image/png", "image/jpeg"]
    };
    let plain = preferred.iter().find(|p| offered.contains(*p)).map(ToString::to_string);
    plain.or_else(|| {
        offered
            .iter()
            .find(|o| o.starts_with("image/png") || o.starts_with("image/jpeg"))
            .map(ToString::to_string)
    })
}

/// The picture's extension and size, by its bytes.
pub(super) fn checked(client: &Client<'_>, reply: &Reply) -> Result<(&'static str, (u32, u32)), ServiceError> {
    if let Some(message) = xml::exception(&reply.bytes) {
        return Err(client.exception(&message));
    }
    super::picture::header(&reply.bytes).ok_or_else(|| client.unexpected(xml::looks_like(&reply.bytes, &reply.content_type)))
}

/// Cuts a frame into tiles no larger than the server draws; the last row and column are smaller.
fn cuts(frame: &Frame, largest: u32) -> Vec<Frame> {
    let [w, s, e, n] = frame.bbox;
    let x = |px: u32| w + (e - w) * f64::from(px) / f64::from(frame.width);
    let y = |px: u32| n - (n - s) * f64::from(px) / f64::from(frame.height);
    let steps = |side: u32| (0..side).step_by(largest as usize).map(move |a| (a, (a + largest).min(side)));
    let row = |(top, bottom): (u32, u32)| {
        let cut = move |(left, right): (u32, u32)| Frame {
            bbox: [x(left), y(bottom), x(right), y(top)],
            width: right - left,
            height: bottom - top,
        };
        steps(frame.width).map(cut)
    };
    steps(frame.height).flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_cut_without_gap_or_overlap() {
        let frame = Frame {
            bbox: [0.0, 0.0, 500.0, 300.0],
            width: 500,
            height: 300,
        };
        let cuts = cuts(&frame, 200);
        assert_eq!(cuts.len(), 6);
        assert_eq!(cuts[0].bbox, [0.0, 100.0, 200.0, 300.0]);
        assert_eq!(
            (cuts[5].bbox, cuts[5].width, cuts[5].height),
            ([400.0, 0.0, 500.0, 100.0], 100, 100)
        );
        let pixels: u32 = cuts.iter().map(|c| c.width * c.height).sum();
        assert_eq!(pixels, 500 * 300);
    }

    #[test]
    fn layers_inherit_their_coordinate_systems() {
        let xml = "<Layer><CRS>EPSG:25833</CRS><Layer><Name>outer</Name><CRS>EPSG:4326</CRS><Layer opaque='1'><Name>inner</Name></Layer></Layer></Layer>";
        let root = xml::parse(xml.as_bytes()).unwrap();
        let inner = find(&root, "inner", &[]).unwrap();
        assert_eq!(
            (inner.crs, inner.opaque),
            (vec!["EPSG:25833".to_string(), "EPSG:4326".into()], true)
        );
        assert!(find(&root, "nope", &[]).is_none());
        let mut known = vec![];
        names(&root, &mut known);
        assert_eq!(known, ["outer", "inner"]);
    }
}
