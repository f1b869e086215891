//! Distances on foot: the network of a city, built once and kept, and what a rule measures along it.

use super::{
    memory::Gap,
    objects::Objects,
    plan::Plan,
    subject::Subject,
    ways::{Ways, barriers},
    words::{both, pick, plain, quoted},
};
use crate::{
    geometry::{PreparedEdges, distance_m},
    model::{Bbox, Geometries, Language, LocalText, SlotId},
    modules::{PredicateDef, Role, Walking},
    network::{Field, ISLAND_M, Network, Residents, Snap},
    project::City,
};
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

/// From so many subjects on one search from all objects is cheaper than one from each subject. The answers are the same.
const ALL_FROM: usize = 8;

/// Slots whose change may change a distance on foot.
pub(super) fn slots_read<'a>(city: &'a City, walking: &Walking<'a>) -> Vec<&'a SlotId> {
    let streets = walking.network.or_else(|| city.with_role(Role::Streets).next().map(|s| &s.id));
    streets.into_iter().chain(barriers(city)).collect()
}

/// How a rule that asks for distances on foot measures them.
pub(super) enum Afoot {
    /// Along ways.
    Along(Walk),
    /// In a straight line, for this reason.
    Straight(LocalText),
}

/// A rule on a network.
pub(super) struct Walk {
    pub ways: Arc<Ways>,
    /// Objects on the network, as they are asked for.
    snaps: Vec<Vec<OnceLock<Snap>>>,
    asked: AtomicUsize,
    field: OnceLock<Field>,
}

impl Walk {
    /// For object layers of so many features each.
    pub fn new(ways: Arc<Ways>, objects: impl Iterator<Item = usize>) -> Self {
        Self {
            ways,
            snaps: objects.map(|n| (0..n).map(|_| OnceLock::new()).collect()).collect(),
            asked: AtomicUsize::new(0),
            field: OnceLock::new(),
        }
    }

    /// The graph.
    pub fn network(&self) -> &Network {
        &self.ways.network
    }

    /// How much farther than its search a subject depends on the lines around it: both ways onto the network, and loose pieces that an
    /// edit may join to it.
    pub fn margin_m(&self) -> f64 {
        2.0 * self.network().snap_m() + ISLAND_M
    }

    /// The share of a polygon's people whose places a search reaches.
    pub fn share_reached(&self, residents: &Residents, field: &Field, g: &Geometries, row: u32) -> f64 {
        let all = residents.of(self.network(), g, row);
        let reached = all.iter().filter(|r| field.nearest(self.network(), &r.snap).is_some()).count();
        reached as f64 / all.len().max(1) as f64
    }

    /// The object nearest on foot to a spot.
    pub fn nearest_to_spot(
        &self,
        objects: &Objects,
        at: [f64; 2],
        edges: &PreparedEdges,
        far_m: f64,
        counts: impl Fn(u32) -> bool,
    ) -> Option<(u32, f64)> {
        let near = Near {
            edges,
            bbox: Bbox::new(at, at),
        };
        self.nearest(objects, &self.network().snap_point(at), &near, far_m, counts, false)
    }

    /// A feature on the network.
    pub fn snap(&self, g: &Geometries, row: u32) -> Snap {
        self.network().snap(g, row as usize)
    }

    /// Feature `row` of the `k`-th object layer on the network.
    pub fn object(&self, k: usize, objects: &Objects, row: u32) -> &Snap {
        static NOWHERE: Snap = Snap { ways: vec![] };
        match self.snaps.get(k).and_then(|layer| layer.get(row as usize)) {
            Some(cell) => cell.get_or_init(|| self.network().snap(&objects.layer.layer.geometry, row as usize)),
            None => &NOWHERE,
        }
    }

    /// Everything within `limit_m` of one feature.
    pub fn around(&self, from: &Snap, limit_m: f64) -> Field {
        Field::new(self.network(), [(0, from)], limit_m)
    }

    /// Objects of the `k`-th layer that a search reaches, with their distance, by ascending row; and whether one that is near enough in a
    /// straight line cannot be reached because it hangs on no way.
    pub fn reached(
        &self,
        k: usize,
        objects: &Objects,
        field: &Field,
        subject: &Near,
        counts: impl Fn(u32) -> bool,
    ) -> (Vec<(u32, f64)>, bool) {
        let (mut out, mut lost) = (vec![], false);
        for row in objects.layer.index.rows_in(&subject.bbox.buffered(field.limit_m() + 0.01)) {
            if !objects.counts(row) || !counts(row) {
                continue;
            }
            let snap = self.object(k, objects, row);
            if snap.ways.is_empty() {
                lost |= distance_m(subject.edges, &objects.edges(row), field.limit_m()).is_some();
            } else if let Some(found) = field.nearest(self.network(), snap) {
                out.push((row, found.distance_m()));
            }
        }
        (out, lost)
    }

    /// The object nearest on foot within `far_m`; of equals the first row. `all` says that what counts does not depend on the subject.
    pub fn nearest(
        &self,
        objects: &Objects,
        from: &Snap,
        subject: &Near,
        far_m: f64,
        counts: impl Fn(u32) -> bool,
        all: bool,
    ) -> Option<(u32, f64)> {
        if all && (self.field.get().is_some() || self.asked.fetch_add(1, Ordering::Relaxed) >= ALL_FROM) {
            let field = self.field.get_or_init(|| {
                let rows = (0..objects.layer.layer.len() as u32).filter(|r| objects.counts(*r) && counts(*r));
                Field::new(self.network(), rows.map(|r| (r, self.object(0, objects, r))), far_m)
            });
            return field.nearest(self.network(), from).map(|r| (r.source, r.distance_m()));
        }
        let field = self.around(from, far_m);
        let (reached, _) = self.reached(0, objects, &field, subject, counts);
        reached.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// Who looks around.
pub(super) struct Near<'a> {
    pub edges: &'a PreparedEdges,
    pub bbox: Bbox,
}

impl<'a> Near<'a> {
    /// A subject.
    pub fn of(subject: &'a Subject) -> Self {
        Self {
            edges: subject.edges(),
            bbox: subject.layer.layer.geometry.bbox(subject.row as usize),
        }
    }
}

/// "Fußweg entlang …": how a distance came about, with the legs that are part of it and the straight line.
pub(super) fn measured_along(city: &City, walk: &Walk, subject: &Snap, object: Option<&Snap>, straight_m: Option<f64>) -> LocalText {
    both(|l| {
        let title = city
            .slot(&walk.ways.slot)
            .map_or_else(|| walk.ways.slot.to_string(), |s| s.def.title.get(l).to_owned());
        let title = quoted(l, &title);
        let leg = |s: Option<f64>| plain(l, s.unwrap_or(0.0).round());
        let mut text = match (object, l) {
            (Some(object), Language::De) => format!(
                "Fußweg entlang {title}, darin {} m Zugang von der Fläche und {} m zum Ziel.",
                leg(subject.leg_m()),
                leg(object.leg_m())
            ),
            (Some(object), Language::En) => format!(
                "On foot along {title}, with {} m to get there from the site and {} m to the destination.",
                leg(subject.leg_m()),
                leg(object.leg_m())
            ),
            (None, Language::De) => format!("Fußweg entlang {title}, darin {} m Zugang von der Fläche.", leg(subject.leg_m())),
            (None, Language::En) => format!("On foot along {title}, with {} m to get there from the site.", leg(subject.leg_m())),
        };
        if let Some(d) = straight_m {
            let d = plain(l, d.round());
            text += &match l {
                Language::De => format!(" Luftlinie: {d} m."),
                Language::En => format!(" Straight line: {d} m."),
            };
        }
        text
    })
}

/// The nearest object in a straight line, for comparison.
pub(super) fn straight_m(objects: &Objects, subject: &Near, row: u32, far_m: f64) -> Option<f64> {
    distance_m(subject.edges, &objects.edges(row), far_m)
}

/// No way onto the network.
pub(super) fn no_way(walk: &Walk) -> Gap {
    Gap::OffWays(walk.network().snap_m().round() as u32)
}

/// Says that the site hangs on no way.
pub(super) fn hanging(walk: &Walk) -> LocalText {
    both(|l| match l {
        Language::De => format!("{}; die Luftlinie ist schon zu lang.", capital(&no_way(walk).reason(l))),
        Language::En => format!("{}; the straight line is too long already.", capital(&no_way(walk).reason(l))),
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

/// "Fußweg" or "Luftlinie": how a plan measures.
pub(super) fn how(plan: &Plan, l: Language) -> &'static str {
    match plan.walk() {
        Some(_) => pick(l, "Fußweg", "on foot"),
        None => pick(l, "Luftlinie", "in a straight line"),
    }
}

/// The same for a rule that nobody has a city for.
pub(super) fn path_words(predicate: &PredicateDef, l: Language) -> &'static str {
    match predicate.walking() {
        Some(_) => pick(l, "Fußweg", "on foot"),
        None => pick(l, "Luftlinie", "in a straight line"),
    }
}

/// What holds where there is no network.
pub(super) fn without_network(predicate: &PredicateDef, l: Language) -> Option<String> {
    let asked = predicate.walking()?;
    let along = match asked.network {
        Some(slot) => slot.to_string(),
        None => pick(l, "der Ebene mit der Rolle „streets“", "the layer with the role “streets”").into(),
    };
    let limit = asked.straight_line_m.map(|m| plain(l, m));
    Some(match (limit, l) {
        (Some(m), Language::De) => format!("Fußweg entlang {along}; ohne nutzbares Wegenetz gilt die Luftlinie mit {m} m"),
        (Some(m), Language::En) => format!("On foot along {along}; without a usable network the straight line counts, with {m} m"),
        (None, Language::De) => format!("Fußweg entlang {along}; ohne nutzbares Wegenetz gilt die Luftlinie"),
        (None, Language::En) => format!("On foot along {along}; without a usable network the straight line counts"),
    })
}
