//! One member of a CityGML document (1.0, 2.0 and 3.0), tag by tag: a building with its parts, or any other object. Elements are known by
//! their local names, which the versions share.

use super::{
    super::xml::Tag,
    links::{Link, MOST_LINKED, Target, resolve},
    object::{Face, Object},
};
use crate::{
    geometry::Point3,
    model::{SurfaceKind, Value},
};
use std::collections::{BTreeSet, HashMap};

/// Characters of one coordinate list or text.
const MOST_TEXT: usize = 64 << 20;

/// Left out and counted: what lies inside, and what is placed by a template.
const LEFT_OUT: &[&str] = &[
    "interiorRoom",
    "interiorBuildingInstallation",
    "roomInstallation",
    "interiorFurniture",
    "buildingRoom",
    "buildingFurniture",
    "buildingSubdivision",
];
/// Left out without a word: neither geometry nor an attribute of the object.
const PASSED_OVER: &[&str] = &["appearance", "appearanceMember", "externalReference", "generalizesTo", "pointCloud"];
/// Texts that stand directly in an object.
const PROPERTIES: &[&str] = &[
    "name",
    "description",
    "creationDate",
    "terminationDate",
    "class",
    "function",
    "usage",
    "roofType",
    "yearOfConstruction",
    "yearOfDemolition",
    "dateOfConstruction",
    "dateOfDemolition",
    "measuredHeight",
    "storeysAboveGround",
    "storeysBelowGround",
];

/// A geometry element that a link may lead to.
#[derive(Debug, Clone)]
struct Open {
    id: Option<String>,
    object: usize,
    faces: usize,
    links: usize,
}

#[derive(Debug)]
enum Frame {
    Other,
    Object(usize),
    /// A thematic surface or an installation.
    Kind(Option<SurfaceKind>),
    /// `lod2Solid` and the like; holds what was outside.
    Lod(Option<(u8, Option<SurfaceKind>)>),
    Geometry(Open, bool),
    Polygon(Open),
    Ring,
    Numbers(bool),
    Property(String),
    Generic(String),
    GenericName,
    GenericValue,
    Height,
    HeightValue,
    Address,
    AddressPart(&'static str),
}

/// A polygon while it is read.
#[derive(Debug, Default)]
struct Draft {
    rings: Vec<Vec<Point3>>,
    interior: bool,
    exterior_seen: bool,
    open: bool,
    bad: bool,
}

/// A member while it is read.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) objects: Vec<Object>,
    /// Names of coordinate systems met on the way.
    pub(super) crs: BTreeSet<String>,
    frames: Vec<Frame>,
    skip: usize,
    text: String,
    lod: Option<(u8, Option<SurfaceKind>)>,
    draft: Option<Draft>,
    dimension: usize,
    ids: HashMap<String, Target>,
    links: Vec<Link>,
    address: [String; 4],
    addresses: Vec<String>,
    generic: (String, String),
    most_vertices: u64,
}

fn surface_kind(name: &str) -> Option<SurfaceKind> {
    Some(match name {
        "RoofSurface" => SurfaceKind::Roof,
        "WallSurface" | "Window" | "Door" | "WindowSurface" | "DoorSurface" => SurfaceKind::Wall,
        "GroundSurface" => SurfaceKind::Ground,
        "ClosureSurface" => SurfaceKind::Closure,
        "OuterCeilingSurface" | "OuterFloorSurface" | "BuildingInstallation" | "BuildingConstructiveElement" => SurfaceKind::Other,
        _ => return None,
    })
}

fn address_part(name: &str) -> Option<&'static str> {
    Some(match name {
        "ThoroughfareName" => "street",
        "ThoroughfareNumber" | "Number" => "number",
        "PostalCodeNumber" => "postcode",
        "LocalityName" => "town",
        _ => return None,
    })
}

fn is_part(name: &str) -> bool {
    matches!(name, "BuildingPart" | "BridgePart" | "TunnelPart")
}

impl Member {
    /// A member from the start tag of its object on.
    pub(super) fn new(tag: &Tag<'_>, most_vertices: u64) -> Self {
        let object = Object {
            id: tag.attribute("id"),
            kind: super::super::printable(tag.name()),
            ..Object::default()
        };
        Self {
            objects: vec![object],
            crs: BTreeSet::new(),
            frames: vec![Frame::Object(0)],
            skip: 0,
            text: String::new(),
            lod: None,
            draft: None,
            dimension: 3,
            ids: HashMap::new(),
            links: vec![],
            address: Default::default(),
            addresses: vec![],
            generic: Default::default(),
            most_vertices,
        }
    }

    fn object(&self) -> usize {
        let of = |f: &Frame| if let Frame::Object(k) = f { Some(*k) } else { None };
        self.frames.iter().rev().find_map(of).unwrap_or(0)
    }

    /// Between the object and here there is nothing but containers without a meaning of their own.
    fn bare(&self) -> bool {
        let inner = self.frames.iter().rev().take_while(|f| !matches!(f, Frame::Object(_)));
        inner.clone().all(|f| matches!(f, Frame::Other | Frame::Generic(_)))
    }

    fn opened(&self, tag: &Tag<'_>) -> Open {
        let object = self.object();
        Open {
            id: tag.attribute("id"),
            object,
            faces: self.objects[object].faces.len(),
            links: self.links.len(),
        }
    }

    /// An element begins.
    pub(super) fn start(&mut self, tag: &Tag<'_>) {
        if self.skip > 0 {
            self.skip += 1;
            return;
        }
        let name = tag.name();
        if tag.mentions("srsName")
            && let Some(crs) = tag.attribute("srsName")
            && self.crs.len() < 8
        {
            self.crs.insert(crs);
        }
        if tag.mentions("srsDimension") {
            self.dimension = if tag.attribute("srsDimension").as_deref() == Some("2") {
                2
            } else {
                3
            };
        }
        let object = self.object();
        if LEFT_OUT.contains(&name) || name.ends_with("ImplicitRepresentation") {
            self.objects[object].leave_out(name);
            self.skip = 1;
            return;
        }
        if PASSED_OVER.contains(&name) || (self.lod.is_none() && matches!(name, "Envelope" | "metaDataProperty")) {
            self.skip = 1;
            return;
        }
        let frame = if is_part(name) {
            self.objects.push(Object {
                id: tag.attribute("id"),
                kind: name.into(),
                parent: Some(object),
                ..Object::default()
            });
            Frame::Object(self.objects.len() - 1)
        } else if let Some(kind) = surface_kind(name) {
            Frame::Kind(Some(kind))
        } else if self.lod.is_some() {
            self.geometry(name, tag)
        } else if let Some(lod) = level(name) {
            if name.ends_with("Curve") || name.ends_with("TerrainIntersection") || name.ends_with("Point") {
                self.skip = 1;
                return;
            }
            let outline = match name {
                "lod0FootPrint" => Some(SurfaceKind::Ground),
                "lod0RoofEdge" => Some(SurfaceKind::Roof),
                _ => None,
            };
            if name.contains("Solid") && !self.objects[object].solids.contains(&lod) {
                self.objects[object].solids.push(lod);
            }
            let before = self.lod.replace((lod, outline));
            self.link(tag, false);
            Frame::Lod(before)
        } else {
            self.property(name, tag)
        };
        if matches!(
            frame,
            Frame::Numbers(_) | Frame::Property(_) | Frame::GenericName | Frame::GenericValue | Frame::HeightValue | Frame::AddressPart(_)
        ) {
            self.text.clear();
        }
        self.frames.push(frame);
    }

    /// An element inside of `lod2Solid` and the like.
    fn geometry(&mut self, name: &str, tag: &Tag<'_>) -> Frame {
        match (name, &mut self.draft) {
            ("Polygon" | "PolygonPatch" | "Triangle" | "Rectangle", None) => {
                self.draft = Some(Draft::default());
                Frame::Polygon(self.opened(tag))
            }
            ("exterior" | "outerBoundaryIs", Some(d)) => {
                d.interior = false;
                Frame::Other
            }
            ("interior" | "innerBoundaryIs", Some(d)) => {
                d.interior = true;
                Frame::Other
            }
            ("LinearRing" | "Ring", Some(d)) if !d.open => {
                d.open = true;
                // A second exterior would be no polygon; its ring counts as a hole that has to lie inside.
                if d.interior && !d.exterior_seen {
                    d.bad = true;
                }
                d.exterior_seen = true;
                d.rings.push(vec![]);
                Frame::Ring
            }
            ("posList" | "pos", Some(d)) if d.open => Frame::Numbers(false),
            ("coordinates", Some(d)) if d.open => Frame::Numbers(true),
            (_, Some(_)) => Frame::Other,
            ("OrientableSurface", None) => Frame::Geometry(self.opened(tag), tag.attribute("orientation").as_deref() == Some("-")),
            _ => {
                let open = self.opened(tag);
                self.link(tag, false);
                Frame::Geometry(open, false)
            }
        }
    }

    /// An element that stands in an object outside of its geometry.
    fn property(&mut self, name: &str, tag: &Tag<'_>) -> Frame {
        let direct = matches!(self.frames.last(), Some(Frame::Object(_)));
        if direct && PROPERTIES.contains(&name) {
            return Frame::Property(name.into());
        }
        if direct && name == "address" {
            self.address = Default::default();
            return Frame::Address;
        }
        if self.frames.iter().any(|f| matches!(f, Frame::Address)) {
            // CityGML 3.0 (xAL 3) writes the names into `NameElement` and the number into `Number`.
            let inside = |n: &str| matches!(self.frames.last(), Some(Frame::AddressPart(p)) if *p == n);
            let part = match name {
                "NameElement" if inside("street-of") => Some("street"),
                "NameElement" if inside("town-of") => Some("town"),
                "Identifier" => Some("postcode"),
                "Thoroughfare" => Some("street-of"),
                "Locality" => Some("town-of"),
                _ => address_part(name),
            };
            return part.map_or(Frame::Other, Frame::AddressPart);
        }
        match (self.frames.last(), name) {
            (Some(Frame::Generic(_)), "name") => return Frame::GenericName,
            (Some(Frame::Generic(_)), "value") => return Frame::GenericValue,
            (Some(Frame::Height), "value") => return Frame::HeightValue,
            _ => {}
        }
        if self.bare() {
            let kind = name.strip_suffix("Attribute").map(str::to_ascii_lowercase);
            if let Some(kind @ ("string" | "int" | "double" | "date" | "uri" | "measure" | "code")) = kind.as_deref() {
                self.generic = (tag.attribute("name").unwrap_or_default(), String::new());
                return Frame::Generic(kind.into());
            }
            if name == "Height" {
                return Frame::Height;
            }
        }
        Frame::Other
    }

    /// A link to a surface elsewhere.
    fn link(&mut self, tag: &Tag<'_>, flip: bool) {
        let Some((lod, outline)) = self.lod else { return };
        if !tag.mentions("href") {
            return;
        }
        let Some(target) = tag.attribute("href") else { return };
        let flips = self.frames.iter().filter(|f| matches!(f, Frame::Geometry(_, true))).count();
        let link = Link {
            object: self.object(),
            lod,
            kind: outline.or_else(|| self.kind()),
            flip: flip != (flips % 2 == 1),
            target: target.strip_prefix('#').unwrap_or(&target).into(),
        };
        if self.links.len() < MOST_LINKED {
            self.links.push(link);
        }
    }

    fn kind(&self) -> Option<SurfaceKind> {
        let of = |f: &Frame| if let Frame::Kind(k) = f { *k } else { None };
        self.frames.iter().rev().find_map(of)
    }

    /// A piece of text.
    pub(super) fn text(&mut self, text: &str) {
        let wanted = self.skip == 0
            && matches!(
                self.frames.last(),
                Some(
                    Frame::Numbers(_)
                        | Frame::Property(_)
                        | Frame::GenericName
                        | Frame::GenericValue
                        | Frame::HeightValue
                        | Frame::AddressPart(_)
                )
            );
        if wanted && self.text.len() + text.len() <= MOST_TEXT {
            self.text.push_str(text);
        } else if wanted && let Some(d) = &mut self.draft {
            d.bad = true;
        }
    }

    /// The innermost element ends; true when it was the member's object.
    pub(super) fn end(&mut self) -> bool {
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        let Some(frame) = self.frames.pop() else { return true };
        let object = self.object();
        match frame {
            Frame::Lod(before) => self.lod = before,
            Frame::Geometry(open, _) => self.remember(open),
            Frame::Polygon(open) => {
                if let (Some(mut d), Some((lod, outline))) = (self.draft.take(), self.lod) {
                    if d.bad {
                        self.objects[object].trouble.not_numbers += 1;
                    } else {
                        let flips = self.frames.iter().filter(|f| matches!(f, Frame::Geometry(_, true))).count();
                        if flips % 2 == 1 {
                            d.rings.iter_mut().for_each(|r| r.reverse());
                        }
                        let kind = outline.or_else(|| self.kind());
                        if d.rings.is_empty() {
                            self.objects[object].trouble.short += 1;
                        } else {
                            self.objects[object].face(lod, kind, d.rings, self.most_vertices);
                        }
                    }
                }
                self.remember(open);
            }
            Frame::Ring => {
                if let Some(d) = &mut self.draft {
                    d.open = false;
                }
            }
            Frame::Numbers(commas) => self.numbers(commas),
            Frame::Property(name) => {
                let value = property_value(&name, self.text.trim());
                self.objects[object].attribute(&name, value);
            }
            Frame::GenericName => self.generic.0 = self.text.trim().into(),
            Frame::GenericValue => self.generic.1 = self.text.trim().into(),
            Frame::Generic(kind) => {
                let (name, text) = std::mem::take(&mut self.generic);
                let value = match kind.as_str() {
                    "int" => text.parse().map(Value::Integer).ok(),
                    "double" | "measure" => text.parse::<f64>().ok().filter(|v| v.is_finite()).map(Value::Real),
                    _ => None,
                };
                if !name.is_empty() && !text.is_empty() {
                    self.objects[object].attribute(&name, value.unwrap_or_else(|| Value::Text(text.into())));
                }
            }
            Frame::HeightValue => {
                let value = property_value("measuredHeight", self.text.trim());
                self.objects[object].attribute("measuredHeight", value);
            }
            Frame::AddressPart(part) => self.address_text(part),
            Frame::Address => self.address_done(),
            Frame::Object(k) => {
                if !self.addresses.is_empty() && (k == 0 || self.objects[k].value("address").is_none()) {
                    let text = std::mem::take(&mut self.addresses).join("; ");
                    self.objects[k].attribute("address", Value::Text(text.into()));
                }
                return self.frames.is_empty();
            }
            Frame::Other | Frame::Kind(_) | Frame::Height => {}
        }
        false
    }

    fn address_text(&mut self, part: &str) {
        let k = match part {
            "street" => 0,
            "number" => 1,
            "postcode" => 2,
            "town" => 3,
            _ => return,
        };
        let text = self.text.trim();
        if self.address[k].is_empty() && text.len() < 200 {
            self.address[k] = text.into();
        }
    }

    fn address_done(&mut self) {
        let [street, number, postcode, town] = std::mem::take(&mut self.address);
        let pair = |a: String, b: String| [a, b].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
        let text: Vec<String> = [pair(street, number), pair(postcode, town)]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect();
        let text = text.join(", ");
        if !text.is_empty() && self.addresses.len() < 20 && !self.addresses.contains(&text) {
            self.addresses.push(text);
        }
    }

    fn numbers(&mut self, commas: bool) {
        let Some(d) = &mut self.draft else { return };
        let Some(ring) = d.rings.last_mut() else { return };
        let split = |c: char| c.is_ascii_whitespace() || (commas && c == ',');
        let mut p = [0.0; 3];
        let mut k = 0;
        for token in self.text.split(split).filter(|t| !t.is_empty()) {
            match token.parse::<f64>() {
                Ok(v) if v.is_finite() => p[k] = v,
                _ => d.bad = true,
            }
            k += 1;
            if k == self.dimension {
                // Segments of one ring repeat the vertex where they meet.
                if ring.last() != Some(&p) || ring.len() < 2 {
                    ring.push(p);
                }
                k = 0;
            }
        }
        d.bad |= k != 0;
    }

    fn remember(&mut self, open: Open) {
        let Some(id) = open.id else { return };
        let target = Target {
            object: open.object,
            faces: open.faces..self.objects[open.object].faces.len().max(open.faces),
            links: open.links..self.links.len(),
        };
        self.ids.entry(id).or_insert(target);
    }

    /// The polygons behind an id of this member; `None` when there is no such id.
    pub(super) fn find(&self, id: &str) -> Option<Vec<Face>> {
        let t = self.ids.get(id)?;
        Some(self.objects[t.object].faces.get(t.faces.clone())?.to_vec())
    }

    /// Follows the links within the member. Comes back with the objects and the links that lead elsewhere.
    pub(super) fn finish(mut self) -> (Vec<Object>, Vec<Link>) {
        let elsewhere = resolve(&mut self.objects, &self.ids, &self.links, self.most_vertices);
        (self.objects, elsewhere)
    }
}

/// The level of detail that an element's name begins with.
pub(super) fn level(name: &str) -> Option<u8> {
    let digit = name.strip_prefix("lod")?.bytes().next()?;
    (b'0'..=b'4').contains(&digit).then(|| digit - b'0')
}

/// Whether the element is a part that counts as an object of its own.
pub(super) fn counts_as_part(name: &str) -> bool {
    is_part(name)
}

fn property_value(name: &str, text: &str) -> Value {
    let number = || text.parse::<f64>().ok().filter(|v| v.is_finite());
    match name {
        "measuredHeight" => number().filter(|h| (0.0..10_000.0).contains(h)).map_or(Value::Null, Value::Real),
        "storeysAboveGround" | "storeysBelowGround" => number()
            .filter(|n| (0.0..1000.0).contains(n))
            .map_or(Value::Null, |n| Value::Integer(n as i64)),
        "yearOfConstruction" | "yearOfDemolition" => {
            let year = text.get(..4).and_then(|y| y.parse().ok());
            year.map_or(Value::Null, Value::Integer)
        }
        _ if text.is_empty() => Value::Null,
        _ => Value::Text(text.into()),
    }
}
