//! The legend of what is drawn: conflicts by severity, then the visible thematic layers with their classes.

use super::symbol::paint_severity;
use crate::{
    app::{
        bridge::ViewState,
        theme::{hex, map_color, palette, strong_family, text},
    },
    i18n::{tr, tr_with},
    model::{GeometryKind, Language, Severity},
    modules::{Role, SlotDef, SlotGeometry},
    project::SlotData,
    session::Snapshot,
};
use bevy_egui::egui::{Color32, FontId, Painter, Rect, Stroke, StrokeKind, pos2, text::LayoutJob, text::TextWrapping, vec2};

/// How an entry is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Swatch {
    /// A filled area with its outline.
    Area(Color32, Color32),
    /// An area with stripes: ground and stripes.
    Hatch(Color32, Color32),
    /// A line.
    Line(Color32),
    /// A point.
    Point(Color32),
    /// A mark of a severity.
    Mark(Severity),
    /// No sign: a word about the whole group, such as the date of its data.
    Word,
}

/// One line of the legend.
#[derive(Debug, Clone, PartialEq)]
pub struct LegendEntry {
    /// Sign.
    pub swatch: Swatch,
    /// Meaning.
    pub text: String,
}

/// Around classes of colours.
const INK: [u8; 3] = [70, 74, 80];
/// Below stripes that say that something is not known.
const PALE: [u8; 3] = [236, 236, 234];

impl LegendEntry {
    /// A class of areas in a colour of the map.
    pub fn area(color: [u8; 3], text: impl Into<String>) -> Self {
        Self {
            swatch: Swatch::Area(map_color(color), map_color(INK)),
            text: text.into(),
        }
    }

    /// Areas of which nothing is known, with stripes in a colour of the map.
    pub fn unknown(stripes: [u8; 3], text: impl Into<String>) -> Self {
        Self {
            swatch: Swatch::Hatch(map_color(PALE), map_color(stripes)),
            text: text.into(),
        }
    }

    /// From when the data are, where that is known: one day, or the oldest and the newest.
    pub fn dates<'a>(language: Language, days: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut days: Vec<&str> = days.collect();
        days.sort_unstable();
        let (first, last) = (text::date(language, days.first()?), text::date(language, days.last()?));
        let text = if first == last {
            tr_with(language, "data-date", &[("date", first.into())])
        } else {
            tr_with(language, "legend-dates", &[("first", first.into()), ("last", last.into())])
        };
        Some(Self {
            swatch: Swatch::Word,
            text,
        })
    }
}

/// A layer, or the conflicts.
#[derive(Debug, Clone, PartialEq)]
pub struct LegendGroup {
    /// Title; empty for a layer that is one line by itself.
    pub title: String,
    /// Lines.
    pub entries: Vec<LegendEntry>,
}

/// Legends of what rooms lay over the layers, by room: what was asked for stands above what is always there.
#[derive(bevy::prelude::Resource, Debug, Default)]
pub struct MapLegend(std::collections::BTreeMap<&'static str, Vec<LegendGroup>>);

impl MapLegend {
    /// What a room has on the map now.
    pub fn set(&mut self, room: &'static str, groups: Vec<LegendGroup>) {
        if groups.is_empty() {
            self.0.remove(room);
        } else {
            self.0.insert(room, groups);
        }
    }

    /// All of them.
    pub fn groups(&self) -> Vec<LegendGroup> {
        self.0.values().flatten().cloned().collect()
    }
}

/// The sign of a slot in one fill colour.
pub fn swatch_of(def: &SlotDef, data: &SlotData, fill: &str) -> Swatch {
    let kind = match data {
        SlotData::Vector(l) => Some(l.layer.geometry.kind()),
        _ => None,
    };
    match (kind, def.geometry) {
        (Some(GeometryKind::Line), _) | (None, SlotGeometry::Line) => Swatch::Line(hex(fill)),
        (Some(GeometryKind::Point), _) | (None, SlotGeometry::Point) => Swatch::Point(hex(fill)),
        _ => {
            // As it looks on the pale ground of the map, in the dark appearance too.
            let ground = Color32::from_rgb(0xE9, 0xEC, 0xE3);
            let opacity = match def.style.opacity {
                none if none <= 0.0 => 0.0,
                some => some.clamp(0.35, 1.0) as f32,
            };
            Swatch::Area(ground.lerp_to_gamma(hex(fill), opacity), hex(&def.style.stroke))
        }
    }
}

/// True for layers that carry meaning of their own; the base map of streets, water and houses explains itself.
fn thematic(def: &SlotDef) -> bool {
    matches!(
        def.role,
        None | Some(
            Role::Sites | Role::Population | Role::Districts | Role::BuildingWindows | Role::BuildingLines | Role::Zones | Role::Parcels
        )
    )
}

/// What is visible now, uppermost layer first.
pub fn legend(snapshot: &Snapshot, view: &ViewState) -> Vec<LegendGroup> {
    let language = view.language;
    let mut groups = vec![];
    let marks: Vec<LegendEntry> = Severity::ALL
        .into_iter()
        .filter(|s| view.severities[usize::from(u8::from(*s)) - 1])
        .filter_map(|s| {
            let n = snapshot.evaluation.count(s);
            (n > 0).then(|| LegendEntry {
                swatch: Swatch::Mark(s),
                text: format!("{} ({n})", text::severity(language, s)),
            })
        })
        .collect();
    if !marks.is_empty() {
        groups.push(LegendGroup {
            title: tr(language, "conflicts"),
            entries: marks,
        });
    }
    for layer in view.layers.iter().rev().filter(|l| l.visible && l.opacity > 0.0) {
        let Some(slot) = snapshot.city.slot(&layer.slot) else { continue };
        if !thematic(&slot.def) || matches!(slot.data, SlotData::Missing { .. }) {
            continue;
        }
        let title = slot.def.title.get(language).to_string();
        let style = &slot.def.style;
        if style.classes.is_empty() {
            let swatch = swatch_of(&slot.def, &slot.data, &style.fill);
            groups.push(LegendGroup {
                title: String::new(),
                entries: vec![LegendEntry { swatch, text: title }],
            });
        } else {
            let entries = style.classes.iter().map(|c| LegendEntry {
                swatch: swatch_of(&slot.def, &slot.data, &c.fill),
                text: c.label.get(language).to_string(),
            });
            groups.push(LegendGroup {
                title,
                entries: entries.collect(),
            });
        }
    }
    groups
}

/// Draws one sign into a rectangle.
pub fn paint_swatch(painter: &Painter, rect: Rect, swatch: Swatch) {
    match swatch {
        Swatch::Area(fill, stroke) => {
            let r = rect.shrink2(vec2(0.0, 1.5));
            painter.rect(r, 2.0, fill, Stroke::new(1.2, stroke), StrokeKind::Inside);
        }
        Swatch::Hatch(ground, color) => {
            let r = rect.shrink2(vec2(0.0, 1.5));
            painter.rect(r, 2.0, ground, Stroke::new(1.2, color), StrokeKind::Inside);
            let inside = painter.with_clip_rect(painter.clip_rect().intersect(r.shrink(1.0)));
            let h = r.height();
            let mut x = r.left() - h + 2.0;
            while x < r.right() {
                inside.line_segment([pos2(x, r.bottom()), pos2(x + h, r.top())], Stroke::new(1.6, color));
                x += 5.0;
            }
        }
        Swatch::Line(color) => {
            painter.line_segment([rect.left_center(), rect.right_center()], Stroke::new(3.0, color));
        }
        Swatch::Point(color) => {
            painter.circle(rect.center(), 5.0, color, Stroke::new(1.5, Color32::WHITE));
        }
        Swatch::Word => {}
        Swatch::Mark(severity) => paint_severity(painter, rect.center(), 6.5, severity),
    }
}

const ROW: f32 = 19.0;
const PAD: f32 = 10.0;

/// Draws the legend with its upper left corner at that of `place`, not larger than `place`, and returns what it covers.
/// What does not fit is counted in the last line.
pub fn paint_legend(painter: &Painter, place: Rect, groups: &[LegendGroup], view: &ViewState) -> Rect {
    let p = palette(view.dark);
    let mut rows: Vec<(Option<Swatch>, &str)> = vec![];
    for group in groups {
        if !group.title.is_empty() {
            rows.push((None, &group.title));
        }
        rows.extend(group.entries.iter().map(|e| (Some(e.swatch), e.text.as_str())));
    }
    if rows.is_empty() {
        return Rect::from_min_size(place.min, vec2(0.0, 0.0));
    }
    let fit = (((place.height() - 2.0 * PAD) / ROW) as usize).max(1);
    let mut more = String::new();
    if rows.len() > fit {
        let signs = |r: &&(Option<Swatch>, &str)| r.0.is_some_and(|s| s != Swatch::Word);
        let hidden = rows.split_off(fit - 1).iter().filter(signs).count();
        // A title without a line below it says nothing.
        while rows.last().is_some_and(|r| r.0.is_none()) {
            rows.pop();
        }
        more = tr_with(view.language, "legend-more", &[("n", (hidden as i64).into())]);
    }
    let indent_of = |s: &Option<Swatch>| match s {
        None | Some(Swatch::Word) => 0.0,
        Some(_) => 26.0,
    };
    let layout = |text: &str, sign: &Option<Swatch>| {
        let (font, ink) = match sign {
            None => (FontId::new(12.5, strong_family()), p.ink),
            Some(Swatch::Word) => (FontId::proportional(11.5), p.weak),
            Some(_) => (FontId::proportional(12.5), p.ink),
        };
        let indent = indent_of(sign);
        let mut job = LayoutJob::simple(text.to_string(), font, ink, f32::INFINITY);
        job.wrap = TextWrapping::truncate_at_width(place.width() - 2.0 * PAD - indent);
        painter.layout_job(job)
    };
    let mut galleys: Vec<_> = rows.iter().map(|(s, t)| (*s, layout(t, s))).collect();
    let mut width = galleys.iter().map(|(s, g)| g.size().x + indent_of(s)).fold(0.0, f32::max);
    let more = (!more.is_empty()).then(|| layout(&more, &None));
    width = more.as_ref().map_or(width, |g| width.max(g.size().x));
    let lines = galleys.len() + usize::from(more.is_some());
    let rect = Rect::from_min_size(place.min, vec2(width + 2.0 * PAD, lines as f32 * ROW + 2.0 * PAD - 4.0));
    painter.rect_filled(rect, 6.0, p.panel.gamma_multiply(0.94));
    let mut y = rect.top() + PAD - 2.0;
    for (swatch, galley) in galleys.drain(..) {
        let mut x = rect.left() + PAD;
        if let Some(swatch) = swatch {
            paint_swatch(painter, Rect::from_min_size(pos2(x, y + 2.0), vec2(18.0, 14.0)), swatch);
            x += indent_of(&Some(swatch));
        }
        painter.galley(pos2(x, y + (ROW - galley.size().y) / 2.0), galley, p.ink);
        y += ROW;
    }
    if let Some(galley) = more {
        painter.galley_with_override_text_color(pos2(rect.left() + PAD, y + 2.0), galley, p.weak);
    }
    rect
}
