//! From sites to their figures.

use super::{
    Assumptions, catalogue,
    density::{Drawn, drawn},
};
use crate::{
    geometry::area_m2,
    i18n::number,
    index::IndexedLayer,
    model::{FeatureRef, Language, LocalText},
    modules::{CapacityParams, Filter, PredicateDef, Role, RuleDef},
    project::{City, SlotData},
    rules::{Basis, both, dwellings},
    zoning::{self, Law},
};
use serde::Serialize;

/// One figure of a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// "area", "dwellings", "places-S1" …
    pub id: String,
    /// Name.
    pub title: LocalText,
    /// Unit.
    pub unit: LocalText,
    /// Places that are shown.
    pub decimals: usize,
    /// The number; `None` is unknown, never zero.
    pub value: Option<f64>,
    /// The arithmetic, or why there is none.
    pub formula: LocalText,
    /// Where the numbers of the formula come from.
    pub source: String,
}

/// A site with its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteFigures {
    /// The site.
    pub site: FeatureRef,
    /// Planned use as in the data ("residential").
    pub usage: String,
    /// In order.
    pub figures: Vec<Figure>,
}

/// A figure over all sites.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Total {
    /// As of the figures.
    pub id: String,
    /// Name.
    pub title: LocalText,
    /// Unit.
    pub unit: LocalText,
    /// Places that are shown.
    pub decimals: usize,
    /// Sum of what is known.
    pub value: f64,
    /// Sites of which it is not known.
    pub unknown: u32,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanFigures {
    /// In row order.
    pub sites: Vec<SiteFigures>,
    /// Sums in the order of the figures.
    pub totals: Vec<Total>,
    /// Area by planned use in square metres, the largest first.
    pub by_use: Vec<(String, f64)>,
    /// What was assumed.
    pub assumptions: Assumptions,
}

/// Arguments of one site.
struct Desk<'a> {
    city: &'a City,
    law: &'static Law,
    capacity: Vec<(&'a RuleDef, &'a CapacityParams)>,
    given: &'a Assumptions,
    new: &'a dyn Fn(&IndexedLayer, u32) -> bool,
}

/// Figures of every site. Buildings that `new` lets pass are part of the plan and go before what a site says of itself; in the existing
/// conditions there are none.
pub fn figures(city: &City, given: &Assumptions, new: &dyn Fn(&IndexedLayer, u32) -> bool) -> PlanFigures {
    let capacity = city.rules().filter(|r| !r.off).filter_map(|r| match &r.predicate {
        PredicateDef::Capacity(p) if p.new_demand() > 0.0 => Some((r, p)),
        _ => None,
    });
    let desk = Desk {
        city,
        law: zoning::law(),
        capacity: capacity.collect(),
        given,
        new,
    };
    let mut sites = vec![];
    for slot in city.with_role(Role::Sites) {
        let SlotData::Vector(layer) = &slot.data else { continue };
        let counted: Vec<_> = desk.capacity.iter().map(|(r, _)| selected(r, layer)).collect();
        for row in 0..layer.layer.len() as u32 {
            let here: Vec<bool> = counted.iter().map(|c| c[row as usize]).collect();
            sites.push(desk.site(layer, row, &here));
        }
    }
    let mut totals: Vec<Total> = vec![];
    for f in sites.iter().flat_map(|s| &s.figures) {
        let at = match totals.iter().position(|t| t.id == f.id) {
            Some(at) => at,
            None => {
                totals.push(Total {
                    id: f.id.clone(),
                    title: f.title.clone(),
                    unit: f.unit.clone(),
                    decimals: f.decimals,
                    value: 0.0,
                    unknown: 0,
                });
                totals.len() - 1
            }
        };
        match f.value {
            Some(v) => totals[at].value += v,
            None => totals[at].unknown += 1,
        }
    }
    let mut by_use: Vec<(String, f64)> = vec![];
    for s in &sites {
        let m2 = s.figures.first().and_then(|f| f.value).unwrap_or(0.0);
        match by_use.iter_mut().find(|u| u.0 == s.usage) {
            Some(u) => u.1 += m2,
            None => by_use.push((s.usage.clone(), m2)),
        }
    }
    by_use.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    PlanFigures {
        sites,
        totals,
        by_use,
        assumptions: given.clone(),
    }
}

/// Rows that a rule looks at.
fn selected(rule: &RuleDef, layer: &IndexedLayer) -> Vec<bool> {
    let n = layer.layer.len();
    if rule.subject.slot != layer.layer.slot {
        return vec![false; n];
    }
    match rule.subject.filter.as_deref().filter(|t| !t.trim().is_empty()) {
        None => vec![true; n],
        Some(text) => Filter::parse(text).map_or_else(|_| vec![false; n], |f| f.select(&layer.layer.attributes, n)),
    }
}

impl Desk<'_> {
    fn site(&self, layer: &IndexedLayer, row: u32, counted: &[bool]) -> SiteFigures {
        let text = |name: &str| {
            let v = layer.layer.attributes.value(name, row as usize);
            (!v.is_null()).then(|| v.to_string())
        };
        let usage = text("use").unwrap_or_default();
        let m2 = area_m2(&layer.layer.geometry, row as usize);
        let site = FeatureRef {
            slot: layer.layer.slot.clone(),
            row,
            id: layer.layer.ids[row as usize].to_string(),
            label: self.city.label(&layer.layer, row as usize),
        };
        let drawn = drawn(self.city, layer, row, self.new);
        let ratios = Ratios::of(layer, row, self.law, text("baunvo").as_deref());
        let mut out = vec![figure(
            "area",
            ["Fläche", "Area"],
            ["m²", "m²"],
            0,
            Some(m2),
            same("geometrische Fläche", "area of its shape"),
            "",
        )];
        let floor = self.floor(m2, drawn, &ratios);
        let floor_m2 = floor.value;
        out.push(floor);
        let homes = self.homes(layer, row, drawn, counted, &mut out);
        out.extend(self.ground(m2, drawn, &ratios, &usage));
        out.push(self.cost(&usage, text("facility").as_deref(), homes, floor_m2));
        SiteFigures { site, usage, figures: out }
    }

    fn floor(&self, m2: f64, drawn: Option<Drawn>, ratios: &Ratios) -> Figure {
        let (value, formula) = match (drawn, &ratios.gfz) {
            (Some(d), _) => {
                let n = d.buildings;
                let formula = same(
                    &format!("Vollgeschosse × Grundfläche von {n} gezeichneten Gebäuden"),
                    &format!("storeys × footprint of {n} drawn buildings"),
                );
                (d.floor_m2.known(), formula)
            }
            (None, Some((gfz, from))) => {
                let gfz = *gfz;
                let formula = both(|l| {
                    let (a, g) = (number(l, m2, 0), number(l, gfz, 2));
                    format!("{a} m² × GFZ {g} ({})", from.get(l))
                });
                (Some(m2 * gfz), formula)
            }
            (None, None) => (
                None,
                same(
                    "weder GFZ noch GRZ und Geschosse noch Baugebiet bekannt",
                    "no GFZ, no GRZ with storeys and no building area type known",
                ),
            ),
        };
        figure(
            "floor_area",
            ["Geschossfläche", "Floor area"],
            ["m²", "m²"],
            0,
            value,
            formula,
            "§ 20 BauNVO",
        )
    }

    /// Dwellings, inhabitants, places and parking, in the arithmetic of the capacity rules. Returns the dwellings.
    fn homes(&self, layer: &IndexedLayer, row: u32, drawn: Option<Drawn>, counted: &[bool], out: &mut Vec<Figure>) -> Option<f64> {
        let rules: Vec<_> = self.capacity.iter().zip(counted).filter(|(_, c)| **c).map(|(r, _)| *r).collect();
        let (rule, p) = rules.first()?;
        let told = layer.layer.attributes.value("dwellings", row as usize).as_f64();
        let (homes, formula) = match (drawn, told) {
            (Some(d), None) => {
                let floor = d.floor_m2.known();
                let n = floor.map(|f| f / p.floor_area_per_dwelling_m2);
                let formula = both(|l| {
                    let (f, a) = (
                        floor.map_or("?".into(), |f| number(l, f, 0)),
                        number(l, p.floor_area_per_dwelling_m2, 0),
                    );
                    format!("{f} m² / {a} m²")
                });
                (n, formula)
            }
            _ => match dwellings(&layer.layer, row, p.floor_area_per_dwelling_m2, &p.gfz_by_baunvo) {
                Some(d) => (
                    Some(d.number),
                    both(|l| {
                        let n = |v: f64, k| number(l, v, k);
                        let (a, f) = (n(d.area_m2, 0), n(p.floor_area_per_dwelling_m2, 0));
                        match (d.basis, l) {
                            (Basis::Told, Language::De) => "Angabe der Fläche".into(),
                            (Basis::Told, Language::En) => "told by the site".into(),
                            (Basis::Gfz(g), _) => format!("{a} m² × GFZ {} / {f} m²", n(g, 2)),
                            (Basis::Storeys { grz, storeys }, _) => format!("{a} m² × GRZ {} × {} / {f} m²", n(grz, 2), n(storeys, 0)),
                        }
                    }),
                ),
                None => (None, same("kein Maß der Nutzung bekannt", "no density known")),
            },
        };
        let source = source(rule);
        out.push(figure(
            "dwellings",
            ["Wohnungen", "Dwellings"],
            ["WE", "dwellings"],
            0,
            homes,
            formula,
            &source,
        ));
        let times = |factor: f64, of: &LocalText, k: usize| {
            both(|l| {
                let h = homes.map_or("?".into(), |h| number(l, h, 0));
                format!("{h} {} × {}", of.get(l), number(l, factor, k))
            })
        };
        let homes_word = LocalText::new("WE", "dwellings");
        let people = homes.map(|h| h * p.inhabitants_per_dwelling);
        out.push(figure(
            "inhabitants",
            ["Einwohner", "Inhabitants"],
            ["EW", "inh."],
            0,
            people,
            times(p.inhabitants_per_dwelling, &homes_word, 1),
            &source,
        ));
        // A catchment that counts heads asks for no places of its own.
        for (rule, p) in rules.iter().filter(|(_, p)| p.new_demand() < 1.0) {
            let formula = both(|l| {
                let e = people.map_or("?".into(), |e| number(l, e, 0));
                let unit = match l {
                    Language::De => "EW",
                    Language::En => "inh.",
                };
                format!("{e} {unit} × {}", number(l, p.new_demand(), 4))
            });
            out.push(Figure {
                id: format!("places-{}", rule.id),
                title: LocalText::new(
                    format!("Bedarf nach {}: {}", rule.id, p.unit.de),
                    format!("Needed by {}: {}", rule.id, p.unit.en),
                ),
                unit: p.unit.clone(),
                decimals: 1,
                value: people.map(|e| e * p.new_demand()),
                formula,
                source: self::source(rule),
            });
        }
        let parking = &catalogue().parking;
        let spaces = homes.map(|h| h * self.given.parking_per_dwelling);
        let bylaw = "Richtwert (K); Stellplatzsatzung der Gemeinde";
        out.push(figure(
            "parking",
            ["Stellplätze", "Parking spaces"],
            ["Stpl.", "spaces"],
            0,
            spaces,
            times(self.given.parking_per_dwelling, &homes_word, 2),
            bylaw,
        ));
        let formula = both(|l| {
            let s = spaces.map_or("?".into(), |s| number(l, s, 0));
            format!("{s} × {} m²", number(l, parking.m2_each, 0))
        });
        let area = spaces.map(|s| s * parking.m2_each);
        out.push(figure(
            "parking_area",
            ["Fläche der Stellplätze", "Area of parking"],
            ["m²", "m²"],
            0,
            area,
            formula,
            bylaw,
        ));
        homes
    }

    /// Ground that may be sealed, and what stays green at least.
    fn ground(&self, m2: f64, drawn: Option<Drawn>, ratios: &Ratios, usage: &str) -> [Figure; 2] {
        let d = &self.law.density;
        let share = match (usage, &ratios.grz) {
            ("green", None) => Some((0.0, same("Grünfläche", "green space"))),
            (_, None) => None,
            (_, Some((grz, from))) => {
                let grz = *grz;
                let total = (grz * d.overrun).min(d.overrun_cap).max(grz).min(1.0);
                let formula = both(|l| {
                    let n = |v: f64, k| number(l, v, k);
                    let (g, o, c) = (n(grz, 2), n(d.overrun, 1), n(d.overrun_cap, 1));
                    match l {
                        Language::De => format!("Fläche × min(GRZ {g} × {o}; {c}) ({})", from.de),
                        Language::En => format!("area × min(GRZ {g} × {o}, {c}) ({})", from.en),
                    }
                });
                Some((total, formula))
            }
        };
        let (sealed, formula) = match share {
            // What is drawn beyond the index is sealed as well.
            Some((share, formula)) => (Some((m2 * share).max(drawn.map_or(0.0, |d| d.footprint_m2))), formula),
            None => (None, same("keine GRZ bekannt", "no GRZ known")),
        };
        let rest = same("Fläche − versiegelbare Fläche", "area − area that may be sealed");
        [
            figure(
                "sealed",
                ["Versiegelbar höchstens", "May be sealed at most"],
                ["m²", "m²"],
                0,
                sealed,
                formula,
                "§ 19 (4) BauNVO",
            ),
            figure(
                "green",
                ["Grün mindestens", "Green at least"],
                ["m²", "m²"],
                0,
                sealed.map(|s| (m2 - s).max(0.0)),
                rest,
                "§ 19 (4) BauNVO",
            ),
        ]
    }

    fn cost(&self, usage: &str, facility: Option<&str>, homes: Option<f64>, floor_m2: Option<f64>) -> Figure {
        let g = self.given;
        let source = format!("NHK 2010, ImmoWertV Anlage 4; {}", g.index_source);
        let (value, formula) = match (catalogue().kind(usage, facility, homes), floor_m2) {
            (Some(kind), Some(floor)) => {
                let nhk = kind.at(g.standard);
                let formula = both(|l| {
                    let n = |v: f64, k| number(l, v, k);
                    let (f, e, i, r) = (n(floor, 0), n(nhk, 0), n(g.index, 1), n(g.factor, 2));
                    let (title, s) = (kind.title.get(l), g.standard);
                    match l {
                        Language::De => format!("{f} m² BGF (= Geschossfläche) × {e} €/m² ({title}, Standard {s}) × {i} / 100 × {r}"),
                        Language::En => {
                            format!("{f} m² gross floor area (= floor area) × {e} €/m² ({title}, standard {s}) × {i} / 100 × {r}")
                        }
                    }
                });
                (Some(floor * nhk * g.index / 100.0 * g.factor), formula)
            }
            (Some(_), None) => (None, same("Geschossfläche unbekannt", "floor area unknown")),
            (None, _) => (
                None,
                same(
                    "keine Normalherstellungskosten für diese Nutzung hinterlegt",
                    "no normal costs known for this use",
                ),
            ),
        };
        figure("cost", ["Baukosten", "Building costs"], ["€", "€"], 0, value, formula, &source)
    }
}

/// Indices of a site and what they rest on.
struct Ratios {
    grz: Option<(f64, LocalText)>,
    gfz: Option<(f64, LocalText)>,
}

impl Ratios {
    fn of(layer: &IndexedLayer, row: u32, law: &Law, baunvo: Option<&str>) -> Self {
        let told = |name: &str| {
            layer
                .layer
                .attributes
                .value(name, row as usize)
                .as_f64()
                .filter(|v| v.is_finite() && *v > 0.0)
        };
        let own = || same("Angabe des Entwurfs", "the draft's own figure");
        let table = baunvo.and_then(|b| law.orientation(b));
        let by_type = || same("Orientierungswert § 17 BauNVO", "orientation value of § 17 BauNVO");
        let (grz, gfz, storeys) = (told("grz"), told("gfz"), told("storeys"));
        let product = || {
            grz.zip(storeys)
                .map(|(g, z)| (g * z, same("GRZ × Vollgeschosse des Entwurfs", "GRZ × storeys of the draft")))
        };
        Self {
            gfz: gfz
                .map(|v| (v, own()))
                .or_else(product)
                .or_else(|| table.map(|o| (o.gfz, by_type()))),
            grz: grz.map(|v| (v, own())).or_else(|| table.map(|o| (o.grz, by_type()))),
        }
    }
}

fn same(de: &str, en: &str) -> LocalText {
    LocalText::new(de, en)
}

/// "S1: SGB VIII § 24 (I)".
fn source(rule: &RuleDef) -> String {
    let section = rule.section.as_deref().map(|s| format!(" {s}")).unwrap_or_default();
    format!("{}: {}{section}", rule.id, rule.source)
}

fn figure(id: &str, title: [&str; 2], unit: [&str; 2], decimals: usize, value: Option<f64>, formula: LocalText, source: &str) -> Figure {
    Figure {
        id: id.into(),
        title: LocalText::new(title[0], title[1]),
        unit: LocalText::new(unit[0], unit[1]),
        decimals,
        value: value.filter(|v| v.is_finite()),
        formula,
        source: source.into(),
    }
}
