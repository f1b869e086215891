//! Houses that everybody in town knows: church, town hall, schools, station.

use super::buildings::{Style, building};
use super::names;
use super::quarters::{Block, Use, main_front};
use super::town::{FacilityKind, Growth};
use crate::estimate::plane::{Frame, P, add, area, contains, left, mul, rectangle};

impl Growth {
    fn put(&mut self, block: usize, ring: Vec<P>, style: &Style, height_m: Option<f64>, name: &str) -> bool {
        let rng = &mut self.rng;
        let parts = [ring.clone()];
        self.town.built.place(None, &parts, 0.0, || {
            let mut b = building(ring, style, block, rng);
            b.height_m = height_m.unwrap_or(b.height_m);
            b.name = (!name.is_empty()).then(|| name.to_string());
            b
        })
    }

    /// A hall church, choir to the east, tower to the west.
    pub(super) fn church(&mut self, block: &Block, id: usize) {
        let c = Frame::around(&block.ring).center;
        let style = Style {
            years: (1340, 1490),
            roof: 3100,
            ..public("31001_3041", (1, 1), 17.0)
        };
        let k = (area(&block.ring).sqrt() / 52.0).clamp(0.6, 1.15);
        let east = crate::estimate::plane::turn([1.0, 0.0], 0.16);
        let at = |u: f64| add(c, mul(east, u * k));
        self.put(
            id,
            rectangle(at(-2.0), east, 30.0 * k, 15.0 * k),
            &style,
            Some(22.0),
            "Marienkirche",
        );
        self.put(
            id,
            rectangle(at(-21.0), east, 8.0 * k, 8.0 * k),
            &Style { roof: 3400, ..style },
            Some(58.0),
            "Turm der Marienkirche",
        );
        let choir = |u: f64, v: f64| add(at(u), mul(left(east), v * k));
        let ring = vec![
            choir(13.0, -4.5),
            choir(20.0, -4.5),
            choir(23.0, -1.8),
            choir(23.0, 1.8),
            choir(20.0, 4.5),
            choir(13.0, 4.5),
        ];
        self.put(id, ring, &style, Some(18.0), "Chor der Marienkirche");
    }

    pub(super) fn town_hall(&mut self, block: &Block, id: usize) {
        let frame = Frame::around(&block.ring);
        let style = Style {
            years: (1560, 1620),
            roof: 3100,
            roof_m: 6.0,
            ..public("31001_3012", (3, 3), 4.0)
        };
        let long = (1.5 * frame.half_length).min(38.0);
        self.put(id, rectangle(frame.center, frame.along, long, 15.0), &style, None, "Rathaus");
        let tower = rectangle(frame.at(0.5 * long + 3.2, 0.0), frame.along, 6.0, 6.0);
        self.put(id, tower, &Style { roof: 3400, ..style }, Some(36.0), "Rathausturm");
    }

    pub(super) fn school(&mut self, block: &Block, id: usize) {
        let frame = Frame::around(&block.ring);
        let old = self.rng.chance(0.4);
        let style = Style {
            years: if old { (1889, 1912) } else { (1962, 1984) },
            roof: if old { 3200 } else { 1000 },
            ..public("31001_3021", (3, 4), 3.7)
        };
        let long = (1.1 * frame.half_length).clamp(26.0, 62.0);
        let v = 0.42 * frame.half_width;
        let before = self.town.built.buildings.len();
        let inside = |ring: &[P]| ring.iter().all(|p| contains(&block.ring, *p));
        let back = 0.45 * frame.half_width;
        let pieces = [
            (rectangle(frame.at(0.0, v), frame.along, long, 13.5), None),
            (
                rectangle(frame.at(-0.5 * long + 6.5, v - 6.75 - 0.5 * back), frame.along, 13.0, back),
                None,
            ),
            (
                rectangle(frame.at(0.5 * long - 13.0, v - 6.75 - 0.75 * back - 6.0), frame.along, 27.0, 15.0),
                Some(8.0),
            ),
        ];
        for (ring, height) in pieces {
            if inside(&ring) {
                self.put(id, ring, &style, height, "");
            }
        }
        let nth = self
            .town
            .facilities
            .iter()
            .filter(|f| matches!(f.kind, FacilityKind::Primary | FacilityKind::Secondary))
            .count();
        let secondary = nth % 5 == 3 || nth % 5 == 1;
        let (kind, from, to) = if secondary {
            (FacilityKind::Secondary, 520, 820)
        } else {
            (FacilityKind::Primary, 170, 300)
        };
        let name = names::school(nth, secondary);
        if let Some(b) = self.town.built.buildings.get_mut(before) {
            b.name = Some(name.clone());
        }
        self.facility(kind, name, frame.center, from, to);
        self.waiting[0] = 0.0;
    }

    pub(super) fn station(&mut self, block: &Block, id: usize) {
        let frame = Frame::around(&block.ring);
        let style = Style {
            years: (1888, 1912),
            roof: 3200,
            ..public("31001_3091", (2, 2), 5.0)
        };
        // The building stands with its back to the tracks, north of the square.
        let v = if left(frame.along)[1] > 0.0 { 1.0 } else { -1.0 } * (frame.half_width - 12.0).max(0.0);
        for shift in [0.0, -20.0, 20.0, -40.0, 40.0] {
            let ring = rectangle(frame.at(shift, v), frame.along, 54.0, 13.0);
            if ring.iter().all(|p| contains(&block.ring, *p)) && self.put(id, ring, &style, None, "Bahnhof Musterstadt") {
                break;
            }
        }
    }

    pub(super) fn single(&mut self, block: &Block, id: usize) {
        let (p, t, n) = main_front(block);
        let (function, name) = if block.usage == Use::Cemetery {
            ("31001_3081", "Friedhofskapelle")
        } else {
            ("31001_3210", "Sportheim")
        };
        let ring = rectangle(add(p, mul(n, 16.0)), t, 18.0, 9.5);
        if ring.iter().all(|p| contains(&block.ring, *p)) {
            self.put(
                id,
                ring,
                &Style {
                    roof: 3100,
                    ..public(function, (1, 1), 6.0)
                },
                None,
                name,
            );
        }
    }
}

/// A public building.
pub(super) fn public(function: &'static str, storeys: (i64, i64), storey_m: f64) -> Style {
    Style {
        function,
        usage: "public",
        storeys,
        storey_m,
        roof_m: 1.0,
        roof: 1000,
        years: (1965, 1999),
    }
}
