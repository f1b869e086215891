//! One object of a plan: an element goes in; its attributes under the standard's own names, its references, heights and geometry come out.
//!
//! Parts of complex attributes follow an underscore (`hoehenangabe_h`), several values of one attribute stand side by side with semicolons.
//! The general value of a complex purpose of version 6 (`zweckbestimmung/…/allgemein`) has the name that it has in version 5.

use crate::{
    model::Value,
    readers::gml_geometry::{Element, Shape},
};
use std::sync::Arc;

/// Properties that hold the geometry, in the order of preference.
const GEOMETRY: [&str; 4] = ["position", "raeumlicherGeltungsbereich", "geltungsbereich", "symbolPosition"];

/// One member of the document.
#[derive(Debug, Clone)]
pub(super) struct Object {
    /// Object type ("BP_Plan").
    pub(super) kind: Arc<str>,
    /// `gml:id`, or the position in the file.
    pub(super) id: Arc<str>,
    /// Flat attributes in the order of the file, each name once.
    pub(super) attributes: Vec<(String, Value)>,
    /// Where the object points to: attribute and id.
    pub(super) references: Vec<(String, String)>,
    /// What it says about heights.
    pub(super) heights: Vec<Height>,
    /// Where it lies.
    pub(super) shape: Option<Shape>,
    /// A further property with a geometry, which is not read.
    pub(super) second_geometry: Option<String>,
}

/// An `XP_Hoehenangabe`, metres.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Height {
    /// Above what (`hoehenbezug`).
    pub(super) above: Option<u32>,
    /// Height of what (`bezugspunkt`).
    pub(super) of: Option<u32>,
    /// `hZwingend`, `hMax` or `h`: what may be built at most.
    pub(super) most_m: Option<f64>,
}

impl Object {
    /// Takes an object apart. `number` is its position in the file.
    pub(super) fn of(element: &Element, number: u64) -> Self {
        let mut object = Self {
            kind: element.name.as_str().into(),
            id: element.attribute("id").map_or_else(|| format!("{number}").into(), Into::into),
            attributes: vec![],
            references: vec![],
            heights: vec![],
            shape: None,
            second_geometry: None,
        };
        let mut geometry: Vec<(usize, &Element)> = vec![];
        for property in element.children.iter().filter(|p| p.name != "boundedBy") {
            if property
                .children
                .iter()
                .any(|c| c.attribute("srsName").is_some() || is_gml_name(&c.name))
            {
                let rank = GEOMETRY.iter().position(|g| *g == property.name).unwrap_or(GEOMETRY.len());
                geometry.push((rank, property));
                continue;
            }
            if property.name == "hoehenangabe" {
                object.heights.extend(property.children.iter().map(height));
            }
            object.flatten(&property.name, property);
        }
        geometry.sort_by_key(|(rank, _)| *rank);
        object.shape = geometry.first().and_then(|(_, p)| Shape::of(p));
        object.second_geometry = geometry.get(1).map(|(_, p)| p.name.clone());
        object
    }

    fn flatten(&mut self, name: &str, e: &Element) {
        if let Some(href) = e.attribute("href") {
            let id = href.rsplit('#').next().unwrap_or(href).to_string();
            self.add(name, Value::Text(id.as_str().into()));
            self.references.push((name.to_string(), id));
        } else if e.children.is_empty() {
            if !e.text.is_empty() {
                let value = value(name, e);
                self.add(name, value);
            }
        } else {
            // A data type lies between an attribute and its parts; its own name says nothing.
            for part in e.children.iter().flat_map(|data_type| &data_type.children) {
                if part.name == "allgemein" {
                    self.flatten(name, part);
                } else {
                    self.flatten(&format!("{name}_{}", part.name), part);
                }
            }
            for plain in e.children.iter().filter(|c| c.children.is_empty() && !c.text.is_empty()) {
                let value = value(&plain.name, plain);
                self.add(&format!("{name}_{}", plain.name), value);
            }
        }
    }

    fn add(&mut self, name: &str, value: Value) {
        match self.attributes.iter_mut().find(|(n, _)| n == name) {
            Some((_, earlier)) => *earlier = Value::Text(format!("{earlier}; {value}").into()),
            None => self.attributes.push((name.to_string(), value)),
        }
    }

    /// The attribute as it is.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The attribute as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.value(name).map(ToString::to_string)
    }

    /// The attribute as a number.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.value(name).and_then(Value::as_f64)
    }

    /// The ids an attribute points to.
    pub(super) fn refers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.references.iter().filter(move |(n, _)| n == name).map(|(_, id)| id.as_str())
    }

    /// True for areas that share the plan's ground without gaps and overlaps.
    pub(super) fn closes_area(&self) -> bool {
        let level = self.number("ebene").unwrap_or(0.0);
        matches!(self.value("flaechenschluss"), Some(Value::Boolean(true))) && level == 0.0
    }
}

/// True for the types of symbols and labels.
pub(super) fn is_presentation(kind: &str) -> bool {
    matches!(
        kind,
        "XP_PPO" | "XP_LPO" | "XP_FPO" | "XP_PTO" | "XP_LTO" | "XP_Nutzungsschablone" | "XP_PraesentationsobjektAllgemein"
    )
}

fn is_gml_name(name: &str) -> bool {
    matches!(
        name,
        "Point"
            | "LineString"
            | "Curve"
            | "Polygon"
            | "Surface"
            | "MultiPoint"
            | "MultiCurve"
            | "MultiSurface"
            | "CompositeCurve"
            | "CompositeSurface"
    )
}

/// Attributes that count or measure; all others keep their text, so that codes and keys lose no leading zero.
fn is_number(name: &str) -> bool {
    const EXACT: [&str; 13] = [
        "Zzwingend",
        "ZU",
        "BMZ",
        "BM",
        "MaxZahlWohnungen",
        "MinGRWohneinheit",
        "ebene",
        "skalierung",
        "erstellungsMassstab",
        "hMin",
        "hMax",
        "hZwingend",
        "h",
    ];
    const START: [&str; 9] = ["GRZ", "GFZ", "GF", "GR", "Z", "BMZ", "Fmin", "Fmax", "DG"];
    let of = |start: &str| {
        name.strip_prefix(start)
            .is_some_and(|rest| matches!(rest, "" | "min" | "max" | "_Ausn" | "_Dach" | "_Staffel"))
    };
    EXACT.contains(&name) || START.iter().any(|s| of(s))
}

fn value(name: &str, e: &Element) -> Value {
    let text = e.text.as_str();
    match text {
        "true" => return Value::Boolean(true),
        "false" => return Value::Boolean(false),
        _ => {}
    }
    let last = name.rsplit('_').next().unwrap_or(name);
    if e.attribute("uom").is_some() || is_number(name) || is_number(last) {
        if let Ok(n) = text.parse::<i64>() {
            return Value::Integer(n);
        }
        if let Ok(n) = text.parse::<f64>()
            && n.is_finite()
        {
            return Value::Real(n);
        }
    }
    Value::Text(text.into())
}

fn height(e: &Element) -> Height {
    let code = |name: &str| e.child(name).and_then(|c| c.text.parse().ok());
    let metres = |name: &str| {
        let child = e.child(name)?;
        let metric = matches!(child.attribute("uom"), None | Some("m" | "M" | "urn:adv:uom:m"));
        child.text.parse::<f64>().ok().filter(|v| v.is_finite() && metric)
    };
    Height {
        above: code("hoehenbezug"),
        of: code("bezugspunkt"),
        most_m: metres("hZwingend").or_else(|| metres("hMax")).or_else(|| metres("h")),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::readers::{
        gml_geometry::subtree,
        xml::{Step, Xml},
    };

    /// An object from its XML.
    pub(in crate::readers::xplan) fn object(text: &str) -> Object {
        let text = text.replacen('>', " xmlns:gml='g' xmlns:xlink='l' xmlns:xplan='x'>", 1);
        let mut xml = Xml::new(text.as_bytes());
        let Step::Start(tag) = xml.step().unwrap() else { panic!() };
        let start = Element::of(&tag);
        Object::of(&subtree(&mut xml, start).unwrap(), 7)
    }

    #[test]
    fn attributes_keep_their_names_types_and_parts() {
        let o = object(
            "<xplan:BP_BaugebietsTeilFlaeche gml:id='a'><xplan:gehoertZuBereich xlink:href='#b'/><xplan:GRZ>0.4</xplan:GRZ><xplan:Z>3</xplan:Z>\
             <xplan:flaechenschluss>true</xplan:flaechenschluss><xplan:refTextInhalt xlink:href='#t1'/><xplan:refTextInhalt xlink:href='#t2'/>\
             <xplan:hoehenangabe><xplan:XP_Hoehenangabe><xplan:hoehenbezug>2000</xplan:hoehenbezug><xplan:bezugspunkt>3000</xplan:bezugspunkt>\
             <xplan:hMax uom='m'>12.5</xplan:hMax></xplan:XP_Hoehenangabe></xplan:hoehenangabe>\
             <xplan:zweckbestimmung><xplan:BP_KomplexeZweckbestGruen><xplan:allgemein>2600</xplan:allgemein><xplan:aufschrift>F</xplan:aufschrift>\
             </xplan:BP_KomplexeZweckbestGruen></xplan:zweckbestimmung><xplan:gemeinde><xplan:XP_Gemeinde><xplan:ags>02000000</xplan:ags>\
             </xplan:XP_Gemeinde></xplan:gemeinde></xplan:BP_BaugebietsTeilFlaeche>",
        );
        assert_eq!((&*o.kind, &*o.id), ("BP_BaugebietsTeilFlaeche", "a"));
        assert_eq!((o.number("GRZ"), o.value("Z")), (Some(0.4), Some(&Value::Integer(3))));
        assert_eq!(o.text("zweckbestimmung").as_deref(), Some("2600"));
        assert_eq!(o.text("zweckbestimmung_aufschrift").as_deref(), Some("F"));
        assert_eq!(o.text("gemeinde_ags").as_deref(), Some("02000000"), "keys keep their zeros");
        assert_eq!(o.text("refTextInhalt").as_deref(), Some("t1; t2"));
        assert_eq!(o.refers("refTextInhalt").collect::<Vec<_>>(), ["t1", "t2"]);
        assert_eq!(o.number("hoehenangabe_hMax"), Some(12.5));
        assert_eq!(
            o.heights,
            [Height {
                above: Some(2000),
                of: Some(3000),
                most_m: Some(12.5)
            }]
        );
        assert!(o.closes_area() && o.shape.is_none());
    }

    #[test]
    fn other_levels_and_units_do_not_count() {
        let o = object(
            "<BP_GruenFlaeche><ebene>-1</ebene><flaechenschluss>true</flaechenschluss><hoehenangabe><XP_Hoehenangabe><h uom='ft'>30</h></XP_Hoehenangabe></hoehenangabe></BP_GruenFlaeche>",
        );
        assert!(!o.closes_area(), "below the ground");
        assert_eq!((o.heights[0].most_m, &*o.id), (None, "7"));
    }
}
