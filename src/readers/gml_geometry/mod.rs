//! GML 3.2 geometry (ISO 19136 clause 10) of one property: an element goes in, points, lines and polygons come out, with arcs as chords of
//! at most one degree and a note of everything that was not as it should be. Heights are left out.

mod arc;
mod element;
mod reference;

pub(crate) use element::{Element, subtree};
pub(crate) use reference::{Reference, reference};

use crate::model::GeometryKind;

type Ring = Vec<[f64; 2]>;

/// What a geometry element holds.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Shape {
    /// Single positions.
    pub(crate) points: Vec<[f64; 2]>,
    /// Line strings.
    pub(crate) lines: Vec<Ring>,
    /// Polygons: the exterior ring first.
    pub(crate) polygons: Vec<Vec<Ring>>,
    /// Names of coordinate systems, each once.
    pub(crate) references: Vec<String>,
    /// Arcs that became chords.
    pub(crate) arcs: u32,
    /// Arcs whose positions are none of an arc; drawn straight.
    pub(crate) broken_arcs: u32,
    /// Rings that were closed.
    pub(crate) closed: u32,
    /// Coordinates that are no finite numbers, or a list that does not come out even.
    pub(crate) not_numbers: u32,
    /// The first element that is not understood.
    pub(crate) unknown: Option<String>,
}

impl Shape {
    /// The geometry inside a property such as `position`; `None` when there is none.
    pub(crate) fn of(property: &Element) -> Option<Self> {
        let mut shape = Self::default();
        let geometry: Vec<&Element> = property.children.iter().filter(|c| is_geometry(&c.name)).collect();
        for element in &geometry {
            shape.take(element, 2);
        }
        (!geometry.is_empty()).then_some(shape)
    }

    /// The kind of the whole; mixed shapes count as what covers most.
    pub(crate) fn kind(&self) -> Option<GeometryKind> {
        match () {
            () if !self.polygons.is_empty() => Some(GeometryKind::Polygon),
            () if !self.lines.is_empty() => Some(GeometryKind::Line),
            () if !self.points.is_empty() => Some(GeometryKind::Point),
            () => None,
        }
    }

    /// Every ring, line and point as mutable runs of positions.
    pub(crate) fn runs_mut(&mut self) -> impl Iterator<Item = &mut [[f64; 2]]> {
        let rings = self.polygons.iter_mut().flatten().map(Vec::as_mut_slice);
        let lines = self.lines.iter_mut().map(Vec::as_mut_slice);
        rings.chain(lines).chain(std::iter::once(self.points.as_mut_slice()))
    }

    /// Positions in all.
    pub(crate) fn vertices(&self) -> u64 {
        let rings = self.polygons.iter().flatten().chain(&self.lines).map(Vec::len).sum::<usize>();
        (rings + self.points.len()) as u64
    }

    /// One geometry element, whatever it is. `dimension` is what an outer element said.
    fn take(&mut self, e: &Element, dimension: usize) {
        let dimension = self.enter(e, dimension);
        match e.name.as_str() {
            "Point" => {
                let at = self.positions(e, dimension);
                self.points.extend(at.into_iter().take(1));
            }
            "LineString" | "Curve" | "CompositeCurve" | "OrientableCurve" => {
                let line = self.curve(e, dimension);
                if line.len() > 1 {
                    self.lines.push(line);
                }
            }
            "Polygon" | "PolygonPatch" | "Rectangle" | "Triangle" => self.polygon(e, dimension),
            "MultiPoint" | "MultiCurve" | "MultiLineString" | "MultiSurface" | "MultiPolygon" | "MultiGeometry" | "CompositeSurface"
            | "Surface" | "PolyhedralSurface" | "OrientableSurface" | "GeometricComplex" => {
                for inner in e.children.iter().flat_map(members) {
                    self.take(inner, dimension);
                }
            }
            other => self.misunderstood(other),
        }
    }

    fn misunderstood(&mut self, name: &str) {
        self.unknown.get_or_insert_with(|| name.to_string());
    }

    /// Notes the coordinate system and returns the dimension that counts inside.
    fn enter(&mut self, e: &Element, dimension: usize) -> usize {
        if let Some(name) = e.attribute("srsName")
            && !self.references.iter().any(|r| r == name)
        {
            self.references.push(name.to_string());
        }
        let said = e.attribute("srsDimension").and_then(|d| d.trim().parse().ok());
        said.filter(|d| (2..=3).contains(d)).unwrap_or(dimension)
    }

    fn polygon(&mut self, e: &Element, dimension: usize) {
        let mut rings = vec![];
        for boundary in &e.children {
            if !matches!(
                boundary.name.as_str(),
                "exterior" | "interior" | "outerBoundaryIs" | "innerBoundaryIs"
            ) {
                continue;
            }
            for ring in &boundary.children {
                let mut line = self.curve(ring, dimension);
                if line.len() > 2 && line.first() != line.last() {
                    line.push(line[0]);
                    self.closed += 1;
                }
                let exterior = matches!(boundary.name.as_str(), "exterior" | "outerBoundaryIs");
                if exterior && !rings.is_empty() {
                    self.misunderstood("exterior");
                }
                rings.push(line);
            }
        }
        if rings.first().is_some_and(|r| !r.is_empty()) {
            self.polygons.push(rings);
        }
    }

    /// A line or ring as one run of positions.
    fn curve(&mut self, e: &Element, dimension: usize) -> Ring {
        let dimension = self.enter(e, dimension);
        match e.name.as_str() {
            "LineString" | "LinearRing" | "LineStringSegment" => self.positions(e, dimension),
            "Arc" | "ArcString" => {
                let at = self.positions(e, dimension);
                self.arc_string(&at)
            }
            "Circle" => {
                let at = self.positions(e, dimension);
                match at[..] {
                    [a, b, c] => {
                        self.arcs += 1;
                        arc::circle(a, b, c).unwrap_or_else(|| self.broken_arc(&at))
                    }
                    _ => self.broken_arc(&at),
                }
            }
            "Curve" | "CompositeCurve" | "Ring" => {
                let mut line: Ring = vec![];
                for inner in e.children.iter().flat_map(members) {
                    let next = self.curve(inner, dimension);
                    join(&mut line, next);
                }
                line
            }
            "OrientableCurve" => {
                let mut line = vec![];
                for inner in e.children.iter().flat_map(members) {
                    line = self.curve(inner, dimension);
                }
                if e.attribute("orientation") == Some("-") {
                    line.reverse();
                }
                line
            }
            other => {
                self.misunderstood(other);
                vec![]
            }
        }
    }

    fn broken_arc(&mut self, at: &[[f64; 2]]) -> Ring {
        self.broken_arcs += 1;
        at.to_vec()
    }

    /// Arcs through three positions each, the last of one being the first of the next.
    fn arc_string(&mut self, at: &[[f64; 2]]) -> Ring {
        let mut line: Ring = at.first().copied().into_iter().collect();
        let mut from = 0;
        while let [a, b, c] = *at.get(from..from + 3).unwrap_or_default() {
            match arc::arc(a, b, c) {
                Some(chords) => {
                    self.arcs += 1;
                    line.extend(chords);
                }
                None => {
                    self.broken_arcs += 1;
                    line.extend([b, c]);
                }
            }
            from += 2;
        }
        if from + 1 != at.len() {
            self.broken_arcs += 1;
            line.extend_from_slice(at.get(from + 1..).unwrap_or_default());
        }
        line
    }

    /// The positions of an element in one of the forms of GML 2 and 3.
    fn positions(&mut self, e: &Element, dimension: usize) -> Ring {
        let mut out = vec![];
        for child in &e.children {
            let dimension = self.enter(child, dimension);
            match child.name.as_str() {
                "pos" => {
                    // A single position says its dimension by itself.
                    let numbers = self.numbers(&child.text, char::is_whitespace);
                    match numbers[..] {
                        [x, y] | [x, y, _] => out.push([x, y]),
                        _ => self.not_numbers += 1,
                    }
                }
                "posList" => {
                    let numbers = self.numbers(&child.text, char::is_whitespace);
                    if !numbers.len().is_multiple_of(dimension) {
                        self.not_numbers += 1;
                    }
                    out.extend(numbers.chunks_exact(dimension).map(|p| [p[0], p[1]]));
                }
                "coordinates" => {
                    for tuple in child.text.split_whitespace() {
                        match self.numbers(tuple, |c| c == ',')[..] {
                            [x, y] | [x, y, _] => out.push([x, y]),
                            _ => self.not_numbers += 1,
                        }
                    }
                }
                "pointProperty" | "pointRep" => {
                    for point in &child.children {
                        let at = self.positions(point, dimension);
                        out.extend(at);
                    }
                }
                _ => {}
            }
        }
        out
    }

    fn numbers(&mut self, text: &str, between: impl Fn(char) -> bool) -> Vec<f64> {
        let mut numbers = Vec::with_capacity(text.len() / 11);
        for token in text.split(between).filter(|t| !t.is_empty()) {
            match token.parse::<f64>() {
                Ok(v) if v.is_finite() => numbers.push(v),
                _ => {
                    self.not_numbers += 1;
                    numbers.push(f64::NAN);
                }
            }
        }
        numbers
    }
}

/// True for elements that are geometries of their own.
fn is_geometry(name: &str) -> bool {
    matches!(
        name,
        "Point"
            | "LineString"
            | "Curve"
            | "CompositeCurve"
            | "OrientableCurve"
            | "Polygon"
            | "Surface"
            | "CompositeSurface"
            | "OrientableSurface"
            | "PolyhedralSurface"
            | "MultiPoint"
            | "MultiCurve"
            | "MultiLineString"
            | "MultiSurface"
            | "MultiPolygon"
            | "MultiGeometry"
            | "GeometricComplex"
            | "Solid"
            | "MultiSolid"
    )
}

/// What lies in a member property; properties that hold no geometry hold nothing.
fn members(property: &Element) -> impl Iterator<Item = &Element> {
    let is_member = property.name.ends_with("Member")
        || property.name.ends_with("Members")
        || matches!(
            property.name.as_str(),
            "segments" | "patches" | "baseCurve" | "baseSurface" | "element" | "polygonPatches"
        );
    property.children.iter().filter(move |_| is_member)
}

/// Appends a piece; where it begins at the wrong end, it is turned.
fn join(line: &mut Ring, mut next: Ring) {
    let near = |a: &[f64; 2], b: &[f64; 2]| (a[0] - b[0]).abs() <= 1e-3 && (a[1] - b[1]).abs() <= 1e-3;
    if let (Some(end), Some(first), Some(last)) = (line.last(), next.first(), next.last()) {
        if !near(end, first) && near(end, last) {
            next.reverse();
        }
        if next.first().is_some_and(|f| near(end, f)) {
            next.remove(0);
        }
    }
    line.extend(next);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::xml::{Step, Xml};

    fn shape(inner: &str) -> Shape {
        let text = format!("<p xmlns:gml='http://www.opengis.net/gml/3.2'>{inner}</p>");
        let mut xml = Xml::new(text.as_bytes());
        let Step::Start(tag) = xml.step().unwrap() else { panic!() };
        let root = Element::of(&tag);
        Shape::of(&subtree(&mut xml, root).unwrap()).unwrap()
    }

    fn ring_area(ring: &[[f64; 2]]) -> f64 {
        ring.windows(2).map(|w| (w[0][0] * w[1][1] - w[1][0] * w[0][1]) / 2.0).sum()
    }

    #[test]
    fn a_ring_of_lines_and_arcs_holds_the_area_of_its_circle() {
        // A square of 2 m with half circles of radius 1 m at its western and eastern sides.
        let s = shape(
            "<gml:Polygon srsName='EPSG:25832'><gml:exterior><gml:Ring><gml:curveMember><gml:Curve><gml:segments>\
             <gml:LineStringSegment><gml:posList>0 0 2 0</gml:posList></gml:LineStringSegment>\
             <gml:ArcString><gml:posList srsDimension='2' count='3'>2 0 3 1 2 2</gml:posList></gml:ArcString>\
             <gml:LineStringSegment><gml:posList>2 2 0 2</gml:posList></gml:LineStringSegment>\
             <gml:Arc><gml:posList>0 2 -1 1 0 0</gml:posList></gml:Arc>\
             </gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:Polygon>",
        );
        assert_eq!((s.kind(), s.arcs, s.broken_arcs, s.closed), (Some(GeometryKind::Polygon), 2, 0, 0));
        let ring = &s.polygons[0][0];
        // One degree a chord: 180 chords a half circle, and the ends are met exactly.
        assert_eq!((ring.len(), ring[0], ring[ring.len() - 1]), (363, [0.0, 0.0], [0.0, 0.0]));
        let area = ring_area(ring);
        assert!((area - 4.0 - std::f64::consts::PI).abs() < 2e-4, "{area}");
        assert_eq!(s.references, ["EPSG:25832"]);
    }

    #[test]
    fn every_form_of_point_line_and_area_is_read() {
        let s = shape(
            "<gml:MultiSurface srsName='a'><gml:surfaceMember><gml:Surface><gml:patches><gml:PolygonPatch><gml:exterior><gml:LinearRing><gml:pos>0 0</gml:pos><gml:pos>4 0</gml:pos><gml:pos>4 4</gml:pos><gml:pos>0 0</gml:pos></gml:LinearRing></gml:exterior><gml:interior><gml:LinearRing><gml:posList srsDimension='3'>3 1 9 3.5 1 9 3.5 2 9 3 1 9</gml:posList></gml:LinearRing></gml:interior></gml:PolygonPatch></gml:patches></gml:Surface></gml:surfaceMember></gml:MultiSurface>",
        );
        assert_eq!((s.polygons.len(), s.polygons[0].len(), s.polygons[0][1][1]), (1, 2, [3.5, 1.0]));
        let s = shape(
            "<gml:MultiPoint><gml:pointMember><gml:Point><gml:pos>1 2 3</gml:pos></gml:Point></gml:pointMember><gml:pointMembers><gml:Point><gml:coordinates>3,4</gml:coordinates></gml:Point></gml:pointMembers></gml:MultiPoint>",
        );
        assert_eq!((s.kind(), s.points), (Some(GeometryKind::Point), vec![[1.0, 2.0], [3.0, 4.0]]));
        let s = shape(
            "<gml:CompositeCurve><gml:curveMember><gml:LineString><gml:posList>0 0 1 0</gml:posList></gml:LineString></gml:curveMember><gml:curveMember><gml:OrientableCurve orientation='-'><gml:baseCurve><gml:LineString><gml:posList>2 0 1 0</gml:posList></gml:LineString></gml:baseCurve></gml:OrientableCurve></gml:curveMember></gml:CompositeCurve>",
        );
        assert_eq!(s.lines, [vec![[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]]);
    }

    #[test]
    fn what_is_broken_is_counted() {
        let arc = |list: &str| {
            shape(&format!(
                "<gml:Curve><gml:segments><gml:ArcString><gml:posList>{list}</gml:posList></gml:ArcString></gml:segments></gml:Curve>"
            ))
        };
        let s = arc("0 0 1 0");
        assert_eq!((s.broken_arcs, s.lines[0].len()), (1, 2));
        let s = arc("0 0 1 1 2 0 3 1");
        assert_eq!((s.arcs, s.broken_arcs, s.lines[0].last()), (1, 1, Some(&[3.0, 1.0])));
        let s = arc("0 0 0 0 0 0");
        assert_eq!((s.arcs, s.broken_arcs), (0, 1));
        assert_eq!(arc("0 0 NaN 1 2 0").not_numbers, 1);
        assert_eq!(arc("0 0 1 1 2").not_numbers, 1);
        assert_eq!(arc("0,5 0 1 1 2 0").not_numbers, 1);
        let open = shape(
            "<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>0 0 1 0 1 1</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>",
        );
        assert_eq!((open.closed, open.polygons[0][0].len()), (1, 4));
        let spline =
            shape("<gml:Curve><gml:segments><gml:BSpline><gml:posList>0 0 1 1</gml:posList></gml:BSpline></gml:segments></gml:Curve>");
        assert_eq!(spline.unknown.as_deref(), Some("BSpline"));
    }
}
