//! Building windows of plans: how high, how many storeys, and what stands outside them (§ 23 BauNVO).

use super::{
    Basis, Check, Limit, Measured, Span, Stage,
    assess::{Standing, positive},
    figures::{Figures, check},
};
use crate::{
    geometry::{self, PreparedArea, Scratch, from_geo, overlap_area_m2},
    i18n::number,
    index::IndexedLayer,
    model::{Language, LocalText},
    rules::{Verdict, both},
};
use geo::{Area, MultiPolygon};

impl Figures<'_> {
    /// Building windows that share ground with a feature, and the shared area.
    fn windows_at(&self, layer: &IndexedLayer, row: u32) -> Vec<(&IndexedLayer, u32, f64)> {
        let ground = PreparedArea::new(&layer.layer.geometry, row as usize);
        let bbox = layer.layer.geometry.bbox(row as usize);
        let scratch = &mut Scratch::default();
        let mut out = vec![];
        for windows in self.around.windows.iter().copied().chain(&self.around.lines.closed) {
            for w in windows.index.rows_in(&bbox) {
                let m2 = overlap_area_m2(&PreparedArea::new(&windows.layer.geometry, w as usize), &ground, scratch);
                if m2 > 0.5 {
                    out.push((windows, w, m2));
                }
            }
        }
        out
    }

    /// What the window that holds most of a building says.
    pub(super) fn window_limit(&self, s: &Standing, name: &str, section: &str) -> Option<Limit> {
        let at = self.windows_at(s.layer, s.volume.row);
        let (layer, row, _) = at.into_iter().max_by(|a, b| a.2.total_cmp(&b.2).then(b.1.cmp(&a.1)))?;
        let top = || {
            let top = (name == "height_m").then(|| positive(layer, row, "top_m_nhn")).flatten()?;
            Some(top - self.ground_m(s)?)
        };
        let value = positive(layer, row, name).or_else(top)?;
        let label = self.around.city.reference(layer, row).label;
        Some(Limit {
            value,
            basis: Basis::Window,
            section: format!("§ 30 BauGB, {section}"),
            source: LocalText::new(format!("Baufenster {label}"), format!("building window {label}")),
        })
    }

    /// Height of the ground in the middle of a building; `None` without terrain.
    pub(super) fn ground_m(&self, s: &Standing) -> Option<f64> {
        let at = geometry::point_on_surface(&s.layer.layer.geometry, s.volume.row as usize)?;
        self.around.city.terrain()?.interpolate(at)
    }

    /// What of the main buildings lies beyond the building windows of the plot. Nothing where the plot has none.
    pub(super) fn windows(&self) -> Option<Check> {
        let windows = self.windows_at(self.layer, self.row);
        let open = self.around.lines.open_on(self.layer, self.row);
        if (windows.is_empty() && open == 0) || self.judged().next().is_none() {
            return None;
        }
        let unknown = match open {
            0 => vec![],
            1 => vec![LocalText::new(
                "Eine Baugrenze oder Baulinie, die hier verläuft, schließt keine Fläche: Was jenseits von ihr steht, ist nicht bekannt.",
                "A building limit or line that runs here closes no area: what stands beyond it is not known.",
            )],
            n => vec![LocalText::new(
                format!(
                    "{n} Baugrenzen oder Baulinien, die hier verlaufen, schließen keine Fläche: Was jenseits von ihnen steht, ist nicht bekannt."
                ),
                format!("{n} building limits or lines that run here close no area: what stands beyond them is not known."),
            )],
        };
        let law = &self.around.law.density;
        let limit = Limit {
            value: law.window_tolerance_m2,
            basis: Basis::Window,
            section: "§ 30 BauGB, § 23 BauNVO".into(),
            source: both(|l| {
                let t = number(l, law.window_tolerance_m2, 0);
                match l {
                    Language::De => format!("Baufenster des Plans; bis {t} m² gelten als Zeichenungenauigkeit"),
                    Language::En => format!("building windows of the plan; up to {t} m² count as drawing inaccuracy"),
                }
            }),
        };
        let Some(beyond) = self.beyond(&windows) else {
            let formula = LocalText::new("Die Flächen ließen sich nicht verschneiden.", "the areas could not be overlaid");
            let mut out = check(
                Measured::Baugrenze,
                Stage::Built,
                Span::at_least(0.0),
                Some(limit),
                formula,
                unknown,
            );
            out.verdict = Verdict::Unknown;
            return Some(out);
        };
        let m2 = beyond.unsigned_area();
        let closed = self.around.lines.closed.as_ref();
        let from_lines = windows.iter().filter(|w| closed.is_some_and(|c| std::ptr::eq(c, w.0))).count();
        let formula = both(|l| {
            let (m2, n) = (number(l, m2, 0), windows.len());
            match (l, from_lines) {
                (Language::De, 0) => format!("{m2} m² Grundfläche außerhalb von {n} Baufenstern"),
                (Language::En, 0) => format!("{m2} m² of footprint outside {n} building windows"),
                (Language::De, k) => format!("{m2} m² Grundfläche außerhalb von {n} Baufenstern, davon {k} von Baugrenzen umschlossen"),
                (Language::En, k) => format!("{m2} m² of footprint outside {n} building windows, {k} of them closed by building limits"),
            }
        });
        // Beyond the known windows may still be inside one whose lines do not close.
        let value = if open == 0 { Span::exact(m2) } else { Span::at_least(0.0) };
        let mut out = check(Measured::Baugrenze, Stage::Built, value, Some(limit), formula, unknown);
        out.beyond = Some(beyond);
        Some(out)
    }

    fn beyond(&self, windows: &[(&IndexedLayer, u32, f64)]) -> Option<MultiPolygon<f64>> {
        let shapes: Vec<_> = windows
            .iter()
            .map(|(l, r, _)| geometry::multi_polygon(&l.layer.geometry, *r as usize))
            .collect();
        let allowed = geometry::union(&shapes).ok()?;
        let mut parts = vec![];
        for s in self.judged() {
            let here = geometry::intersection(
                (&s.layer.layer.geometry, s.volume.row as usize),
                (&self.layer.layer.geometry, self.row as usize),
            )
            .ok()?;
            if from_geo(std::slice::from_ref(&here)).is_empty() || here.0.is_empty() {
                continue;
            }
            parts.extend(geometry::difference(&here, &allowed).ok()?.0);
        }
        Some(MultiPolygon(parts))
    }
}
