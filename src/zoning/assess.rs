//! From a city to the figures of its plots.

use super::{
    Assessment, Plot, PlotKind, Volume,
    figures::{Counts, Figures},
    law::{Law, law},
    lines::Lines,
    volume::volume,
};
use crate::{
    geometry::{PreparedArea, Scratch, overlap_area_m2},
    i18n::number,
    index::IndexedLayer,
    model::{Language, LocalText},
    modules::Role,
    progress::Control,
    project::{City, SlotData},
    rules::both,
};
use rayon::prelude::*;

/// A single building that covers more of a site than this is what the site was drawn after.
pub(super) const OUTLINE_SHARE: f64 = 0.97;

/// A building that stands on a plot.
pub(super) struct Standing<'a> {
    pub layer: &'a IndexedLayer,
    pub volume: Volume,
    /// Area of its footprint inside the plot.
    pub inside_m2: f64,
}

/// The layers that matter.
pub(super) struct Around<'a> {
    pub city: &'a City,
    pub law: &'static Law,
    pub windows: Vec<&'a IndexedLayer>,
    pub lines: Lines<'a>,
    pub buildings: Vec<&'a IndexedLayer>,
    pub zones: Vec<&'a IndexedLayer>,
}

/// Vector layers with a role, without empty ones.
pub(super) fn filled(city: &City, role: Role) -> Vec<&IndexedLayer> {
    let layers = city.with_role(role).filter_map(|s| match &s.data {
        SlotData::Vector(l) if !l.layer.is_empty() => Some(l),
        _ => None,
    });
    layers.collect()
}

/// A positive number of a feature.
pub(super) fn positive(layer: &IndexedLayer, row: u32, name: &str) -> Option<f64> {
    let v = layer.layer.attributes.value(name, row as usize).as_f64();
    v.filter(|v| v.is_finite() && *v > 0.0)
}

impl<'a> Around<'a> {
    pub fn new(city: &'a City) -> Self {
        let windows = filled(city, Role::BuildingWindows);
        Self {
            city,
            law: law(),
            lines: Lines::new(city, &windows),
            windows,
            buildings: filled(city, Role::Buildings),
            zones: filled(city, Role::Zones),
        }
    }

    /// Buildings on a plot. A sliver across a boundary is an inaccuracy of the data.
    fn standing(&self, plot: &PreparedArea, layer: &IndexedLayer, row: u32, scratch: &mut Scratch) -> Vec<Standing<'a>> {
        let mut out = vec![];
        for buildings in &self.buildings {
            for b in buildings.index.rows_in(&layer.layer.geometry.bbox(row as usize)) {
                let inside_m2 = overlap_area_m2(&PreparedArea::new(&buildings.layer.geometry, b as usize), plot, scratch);
                let volume = volume(&buildings.layer, b, self.law);
                if inside_m2 >= 0.5_f64.max(0.02 * volume.footprint_m2) {
                    out.push(Standing {
                        layer: buildings,
                        volume,
                        inside_m2,
                    });
                }
            }
        }
        out
    }

    /// The building area that covers most of a plot, and how much of it in square metres.
    pub fn zone(&self, plot: &PreparedArea, layer: &IndexedLayer, row: u32, scratch: &mut Scratch) -> Option<(&'a IndexedLayer, u32, f64)> {
        let mut best: Option<(&IndexedLayer, u32, f64)> = None;
        for zones in &self.zones {
            for z in zones.index.rows_in(&layer.layer.geometry.bbox(row as usize)) {
                let m2 = overlap_area_m2(&PreparedArea::new(&zones.layer.geometry, z as usize), plot, scratch);
                if m2 > best.map_or(0.5, |b| b.2) {
                    best = Some((zones, z, m2));
                }
            }
        }
        best
    }
}

/// Layers of land to be judged: plots of the cadastre, or whole building areas where there are none, and sites.
pub fn land(city: &City) -> Vec<(PlotKind, &IndexedLayer)> {
    let parcels = filled(city, Role::Parcels);
    let (kind, land) = match parcels.is_empty() {
        true => (PlotKind::Zone, filled(city, Role::Zones)),
        false => (PlotKind::Parcel, parcels),
    };
    let sites = filled(city, Role::Sites).into_iter().map(|l| (PlotKind::Site, l));
    land.into_iter().map(|l| (kind, l)).chain(sites).collect()
}

/// Looks at every plot: those of the cadastre that carry buildings, or whole building areas where there are none, and every site.
/// `None` when somebody asked to stop.
pub fn assess(city: &City, control: &Control) -> Option<Assessment> {
    let around = Around::new(city);
    let land = land(city);
    let by_zone = land.iter().any(|(kind, _)| *kind == PlotKind::Zone);
    let mut notes = vec![];
    if by_zone {
        notes.push(LocalText::new(
            "Ohne Flurstücke gelten die Werte im Bestand für ganze Baugebiete: ein Durchschnitt. Maßgebend ist nach § 19 (3) BauNVO das einzelne \
             Baugrundstück.",
            "Without plots of the cadastre, the figures of what stands there are averages of whole building areas. By § 19 (3) BauNVO the \
             single building plot counts.",
        ));
    }
    if city.info.state.is_none() {
        notes.push(LocalText::new(
            "Das Projekt nennt kein Bundesland: BauNVO gilt nur in Deutschland, anderswo sind ihre Werte bloß ein Vergleich.",
            "The project names no German state: BauNVO holds in Germany only, elsewhere its values are a mere comparison.",
        ));
    }
    if around.buildings.is_empty() {
        notes.push(LocalText::new(
            "Das Projekt hat keine Gebäude: Was gebaut ist, ist unbekannt.",
            "The project has no buildings: what is built is unknown.",
        ));
    }
    notes.extend(around.lines.notes());
    let units: Vec<(PlotKind, &IndexedLayer, u32)> = land
        .iter()
        .flat_map(|(k, l)| (0..l.layer.len() as u32).map(move |row| (*k, *l, row)))
        .collect();
    let plots: Vec<Plot> = units
        .par_iter()
        .filter(|_| !control.is_cancelled())
        .map(|(kind, layer, row)| plot(&around, *kind, layer, *row, &|_, _| true))
        // Of plots without a building nothing is to be said.
        .filter(|p| p.kind == PlotKind::Site || p.buildings != [0, 0])
        .collect();
    if control.is_cancelled() {
        return None;
    }
    let mut slots: Vec<_> = land.iter().map(|(_, l)| l.layer.slot.clone()).collect();
    slots.dedup();
    Some(Assessment { plots, slots, notes })
}

/// One plot, for a panel that follows the drawing.
pub fn assess_plot(city: &City, kind: PlotKind, layer: &IndexedLayer, row: u32) -> Plot {
    plot(&Around::new(city), kind, layer, row, &|_, _| true)
}

/// Some plots of a plan: storeys, height and building window are asked of the buildings only that `counts` lets pass.
pub fn assess_changed(city: &City, units: &[(PlotKind, &IndexedLayer, u32)], counts: Counts) -> Vec<Plot> {
    if units.is_empty() {
        return vec![];
    }
    let around = Around::new(city);
    let one = |(kind, layer, row): &(PlotKind, &IndexedLayer, u32)| plot(&around, *kind, layer, *row, counts);
    units.par_iter().map(one).collect()
}

fn plot(around: &Around, kind: PlotKind, layer: &IndexedLayer, row: u32, counts: Counts) -> Plot {
    let (city, scratch) = (around.city, &mut Scratch::default());
    let ground = PreparedArea::new(&layer.layer.geometry, row as usize);
    let area_m2 = ground.area_m2();
    let standing = around.standing(&ground, layer, row, scratch);
    let zone = match kind {
        PlotKind::Zone => Some((layer, row, area_m2)),
        _ => around.zone(&ground, layer, row, scratch),
    };
    let text = |l: &IndexedLayer, r: u32| {
        let v = l.layer.attributes.value("baunvo", r as usize);
        (!v.is_null()).then(|| v.to_string())
    };
    let drafted = (kind == PlotKind::Site).then(|| text(layer, row)).flatten();
    let zoned = zone.and_then(|(l, r, _)| text(l, r));
    let mut notes = vec![];
    if let (Some(d), Some(z)) = (&drafted, &zoned)
        && d != z
    {
        notes.push(LocalText::new(
            format!("Der Entwurf sieht {d} vor, der Plan setzt {z} fest: Das Maß wird am Plan gemessen."),
            format!("The draft intends {d}, the plan says {z}: the figures are compared with the plan."),
        ));
    }
    let share = zone.map_or(
        0.0,
        |(_, _, m2)| if area_m2 > 0.0 { (100.0 * m2 / area_m2).min(100.0) } else { 0.0 },
    );
    if zone.is_some() && share < 95.0 {
        notes.push(both(|l| {
            let s = number(l, share, 0);
            match l {
                Language::De => format!("Nur {s} % der Fläche liegen in diesem Baugebiet."),
                Language::En => format!("Only {s}% of the area lie in this building area."),
            }
        }));
    }
    let baunvo = zoned.or(drafted);
    // A vacancy is often drawn as the outline of its building, and so are areas of OpenStreetMap: then there is no plot to divide by.
    let covered = standing.iter().map(|s| s.inside_m2).fold(0.0, f64::max);
    let outline = kind != PlotKind::Parcel && covered > OUTLINE_SHARE * area_m2;
    if outline {
        notes.push(LocalText::new(
            "Die Fläche ist der Umriss eines Gebäudes, kein Grundstück: Das Maß des Gebauten lässt sich nicht rechnen.",
            "The area is the outline of a building, not a plot: the density of what is built cannot be computed.",
        ));
    }
    let out = Plot {
        feature: city.reference(layer, row),
        kind,
        area_m2,
        baunvo,
        zone: zone.map(|(l, r, _)| city.reference(l, r)),
        zone_share_percent: share,
        buildings: [false, true].map(|a| standing.iter().filter(|s| s.volume.ancillary == a).count() as u32),
        checks: vec![],
        notes,
    };
    let checks = Figures {
        around,
        plot: &out,
        layer,
        row,
        zone: zone.map(|(l, r, _)| (l, r)),
        standing: if outline { &[] } else { &standing },
        counts,
    }
    .all();
    Plot { checks, ..out }
}
