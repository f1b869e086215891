//! The figures of one plot with their arithmetic: §§ 16 to 21 BauNVO.

use super::{
    Basis, Check, Limit, Measured, Plot, PlotKind, Span, Stage,
    assess::{Around, Standing, positive},
    law::Orientation,
    words::{buildings, span},
};
use crate::{
    i18n::number,
    index::IndexedLayer,
    model::{FeatureRef, Language, LocalText},
    rules::{Verdict, both},
};

/// All that is needed for the figures of a plot.
pub(super) struct Figures<'a> {
    pub around: &'a Around<'a>,
    pub plot: &'a Plot,
    pub layer: &'a IndexedLayer,
    pub row: u32,
    pub zone: Option<(&'a IndexedLayer, u32)>,
    pub standing: &'a [Standing<'a>],
    /// Buildings of which storeys, height and building window are asked.
    pub counts: Counts<'a>,
}

/// Which buildings are judged.
pub type Counts<'a> = &'a (dyn Fn(&IndexedLayer, u32) -> bool + Sync);

/// The arithmetic of a sum by the area of the plot.
struct Ratio {
    sum: Span,
    what: LocalText,
    unit: &'static str,
}

impl<'a> Figures<'a> {
    /// Built figures, then drafted ones.
    pub fn all(&self) -> Vec<Check> {
        let mut out = vec![];
        if self.plot.area_m2 > 0.0 && !self.standing.is_empty() {
            out.extend([self.grz(), self.grz_total(), self.gfz()]);
            out.extend(self.bmz());
            out.extend(self.storeys());
            out.extend(self.heights());
            out.extend(self.windows());
        }
        if self.plot.kind == PlotKind::Site {
            out.extend(self.drafted());
        }
        out
    }

    fn orientation(&self) -> Option<&'static Orientation> {
        self.plot.baunvo.as_deref().and_then(|b| self.around.law.orientation(b))
    }

    /// What the building area itself says.
    pub(super) fn zoned(&self, name: &str) -> Option<f64> {
        self.zone.and_then(|(l, r)| positive(l, r, name))
    }

    pub(super) fn plan_limit(&self, value: f64, section: &str) -> Limit {
        let label = self.plot.zone.as_ref().map(|z| z.label.clone()).unwrap_or_default();
        Limit {
            value,
            basis: Basis::Plan,
            section: section.into(),
            source: LocalText::new(
                format!("Festsetzung im Baugebiet {label}"),
                format!("set for the building area {label}"),
            ),
        }
    }

    fn limit(&self, name: &str, orientation: impl Fn(&Orientation) -> Option<f64>) -> Option<Limit> {
        if let Some(v) = self.zoned(name) {
            return Some(self.plan_limit(v, "§ 30 BauGB, § 16 BauNVO"));
        }
        let value = self.orientation().and_then(orientation)?;
        let kind = self.plot.baunvo.clone().unwrap_or_default();
        Some(Limit {
            value,
            basis: Basis::Orientation,
            section: "§ 17 BauNVO".into(),
            source: LocalText::new(format!("Orientierungswert für {kind}"), format!("orientation value for {kind}")),
        })
    }

    fn grz_limit(&self) -> Option<Limit> {
        self.limit("grz", |o| Some(o.grz))
    }

    fn gfz_limit(&self) -> Option<Limit> {
        self.limit("gfz", |o| Some(o.gfz))
    }

    fn main(&self) -> impl Iterator<Item = &Standing<'a>> {
        self.standing.iter().filter(|s| !s.volume.ancillary)
    }

    /// Main buildings that are judged one by one.
    pub(super) fn judged(&self) -> impl Iterator<Item = &Standing<'a>> {
        self.main().filter(|s| (self.counts)(s.layer, s.volume.row))
    }

    fn ratio(&self, measured: Measured, ratio: Ratio, limit: Option<Limit>, unknown: Vec<LocalText>) -> Check {
        let area_m2 = self.plot.area_m2;
        let value = ratio.sum.times(1.0 / area_m2);
        let formula = both(|l| {
            let of = match (self.plot.kind, l) {
                (PlotKind::Parcel, Language::De) => "Baugrundstück",
                (PlotKind::Parcel, Language::En) => "plot",
                (PlotKind::Site, Language::De) => "Fläche",
                (PlotKind::Site, Language::En) => "site",
                (PlotKind::Zone, Language::De) => "Baugebiet",
                (PlotKind::Zone, Language::En) => "building area",
            };
            format!(
                "{} {} / {} m² {of} = {}",
                span(l, ratio.sum, 0, ratio.unit),
                ratio.what.get(l),
                number(l, area_m2, 0),
                span(l, value, measured.decimals(), "")
            )
        });
        check(measured, Stage::Built, value, limit, formula, unknown)
    }

    fn grz(&self) -> Check {
        let (n, sum) = self.main().fold((0, 0.0), |(n, a), s| (n + 1, a + s.inside_m2));
        let ratio = Ratio {
            sum: Span::exact(sum),
            what: both(|l| match l {
                Language::De => format!("Grundfläche von {}", n_main(l, n)),
                Language::En => format!("footprint of {}", n_main(l, n)),
            }),
            unit: "m²",
        };
        self.ratio(Measured::Grz, ratio, self.grz_limit(), vec![])
    }

    /// Access and parking lots are not in building data: the figure is a lower bound.
    fn grz_total(&self) -> Check {
        let d = &self.around.law.density;
        let limit = self.grz_limit().map(|grz| {
            let value = (grz.value * d.overrun).min(d.overrun_cap).max(grz.value);
            let formula = both(|l| {
                let (g, o, c) = (number(l, grz.value, 2), number(l, d.overrun, 1), number(l, d.overrun_cap, 1));
                match l {
                    Language::De => format!("{}: GRZ {g} × {o}, höchstens {c}", grz.source.de),
                    Language::En => format!("{}: GRZ {g} × {o}, at most {c}", grz.source.en),
                }
            });
            Limit {
                value,
                section: format!("{}, § 19 (4) BauNVO", grz.section),
                source: formula,
                ..grz
            }
        });
        let sum = self.standing.iter().map(|s| s.inside_m2).sum();
        let ratio = Ratio {
            sum: Span::at_least(sum),
            what: both(|l| match l {
                Language::De if self.standing.len() == 1 => "Grundfläche von 1 Gebäude".into(),
                Language::De => format!("Grundfläche von {} Gebäuden", self.standing.len()),
                Language::En => format!("footprint of {}", buildings(l, self.standing.len())),
            }),
            unit: "m²",
        };
        let unknown = vec![LocalText::new(
            "Zufahrten, Stellplätze und Unterbauung stehen nicht in den Gebäudedaten.",
            "Access, parking lots and underbuilding are not in the building data.",
        )];
        self.ratio(Measured::GrzTotal, ratio, limit, unknown)
    }

    fn gfz(&self) -> Check {
        let sum = self.main().fold(Span::exact(0.0), |a, s| a.plus(s.volume.floor_m2(s.inside_m2)));
        let untold = self.main().filter(|s| s.volume.storeys.is_none()).count();
        let ratio = Ratio {
            sum,
            what: LocalText::new("Geschossfläche", "floor area"),
            unit: "m²",
        };
        let unknown = without(untold, "Geschosszahl", "number of storeys");
        self.ratio(Measured::Gfz, ratio, self.gfz_limit(), unknown)
    }

    /// § 21; nothing where no cubic index counts.
    fn bmz(&self) -> Option<Check> {
        let (law, d) = (self.around.law, &self.around.law.density);
        let high = |s: &Standing| {
            let low = s.volume.wall_m(law).map_or(0.0, |w| w.low);
            s.volume.storeys.is_some_and(|n| low / n > d.high_storey_m)
        };
        let set = self.zoned("bmz");
        let derived = set.is_none() && self.zoned("height_m").is_none() && self.zoned("top_m_nhn").is_none() && self.main().any(high);
        let by_type = self.orientation().and_then(|o| o.bmz);
        // § 21 (4) speaks of GE, GI and SO only: the areas that have a cubic index in § 17.
        let limit = match (set, derived && by_type.is_some(), self.gfz_limit()) {
            (None, true, Some(gfz)) => Limit {
                value: d.bmz_per_gfz * gfz.value,
                section: "§ 21 (4) BauNVO".into(),
                source: both(|l| {
                    let (f, g) = (number(l, d.bmz_per_gfz, 1), number(l, gfz.value, 1));
                    match l {
                        Language::De => format!("{f} × GFZ {g}, weil Geschosse höher als 3,5 m und weder BMZ noch Höhe festgesetzt sind"),
                        Language::En => format!("{f} × GFZ {g}, as storeys are higher than 3.5 m and neither BMZ nor height is set"),
                    }
                }),
                ..gfz
            },
            _ => self.limit("bmz", |o| o.bmz)?,
        };
        let sum = self
            .main()
            .fold(Span::exact(0.0), |a, s| a.plus(s.volume.mass_m3(s.inside_m2, law)));
        let untold = self.main().filter(|s| s.volume.height_m.is_none()).count();
        let ratio = Ratio {
            sum,
            what: LocalText::new("Baumasse", "building volume"),
            unit: "m³",
        };
        Some(self.ratio(Measured::Bmz, ratio, Some(limit), without(untold, "Höhe", "height")))
    }

    fn storeys(&self) -> Option<Check> {
        let all = self.judged().map(|s| {
            let value = s.volume.storeys.map_or(Span::at_least(1.0), Span::exact);
            let own = self
                .zoned("storeys")
                .map(|v| self.plan_limit(v, "§ 30 BauGB, § 16 (2) Nr. 3 BauNVO"));
            let limit = tighter(own, self.window_limit(s, "storeys", "§ 16 (2) Nr. 3 BauNVO"));
            (s, value, limit)
        });
        let untold = self.judged().filter(|s| s.volume.storeys.is_none()).count();
        self.worst(Measured::Vollgeschosse, all, without(untold, "Geschosszahl", "number of storeys"))
    }

    fn heights(&self) -> Option<Check> {
        let all = self.judged().map(|s| {
            let own = self.zoned("height_m").map(|v| self.plan_limit(v, "§ 30 BauGB, § 18 BauNVO"));
            let top = self.zoned("top_m_nhn").and_then(|v| {
                let ground = self.ground_m(s)?;
                Some(self.plan_limit(v - ground, "§ 30 BauGB, § 18 BauNVO"))
            });
            let limit = tighter(tighter(own, top), self.window_limit(s, "height_m", "§ 18 BauNVO"));
            (s, s.volume.top_m(), limit)
        });
        let untold = self.judged().filter(|s| s.volume.height_m.is_none()).count();
        let mut unknown = without(untold, "Höhe", "height");
        if self.zoned("top_m_nhn").is_some() && self.around.city.terrain().is_none() {
            unknown.push(LocalText::new(
                "Die Oberkante über NHN lässt sich ohne Gelände nicht prüfen.",
                "The top above sea level cannot be checked without terrain.",
            ));
        }
        self.worst(Measured::Height, all, unknown)
    }

    /// The building that breaks its limit most, else the first that nobody can judge, else the greatest.
    fn worst<'b>(
        &'b self,
        measured: Measured,
        all: impl Iterator<Item = (&'b Standing<'b>, Span, Option<Limit>)>,
        unknown: Vec<LocalText>,
    ) -> Option<Check>
    where
        'a: 'b,
    {
        let rank = |v: &Verdict| match v {
            Verdict::Conflict => 0,
            Verdict::Unknown => 1,
            Verdict::Clear => 2,
            Verdict::NotApplicable => 3,
        };
        let judged = all.map(|(s, value, limit): (_, Span, Option<Limit>)| {
            let verdict = limit.as_ref().map_or(Verdict::NotApplicable, |l| value.against(l.value));
            let excess = value.low - limit.as_ref().map_or(0.0, |l| l.value);
            (s, value, limit, verdict, excess)
        });
        let mut judged: Vec<_> = judged.collect();
        judged.sort_by(|a, b| rank(&a.3).cmp(&rank(&b.3)).then(b.4.total_cmp(&a.4)));
        // One is shown; the others that are broken or unknown are named, or counted where there are many.
        let further = |which: Verdict| -> Vec<String> {
            let others = judged.iter().skip(1).filter(|j| j.3 == which);
            others
                .map(|j| name(&self.around.city.reference(j.0.layer, j.0.volume.row)))
                .collect()
        };
        let (broken, open) = (further(Verdict::Conflict), further(Verdict::Unknown));
        let (s, value, limit, _, _) = judged.into_iter().next()?;
        let building = self.around.city.reference(s.layer, s.volume.row);
        let formula = both(|l| {
            let v = span(l, value, measured.decimals(), measured.unit());
            let mut said = match l {
                Language::De => format!("Gebäude {}: {v}", name(&building)),
                Language::En => format!("building {}: {v}", name(&building)),
            };
            for (ids, de, en) in [
                (&broken, "ebenfalls darüber", "also above"),
                (&open, "ebenfalls unbekannt", "also unknown"),
            ] {
                said += &match l {
                    Language::De => others(ids, de, "weitere"),
                    Language::En => others(ids, en, "more"),
                };
            }
            said
        });
        let mut out = check(measured, Stage::Built, value, limit, formula, unknown);
        out.feature = Some(building);
        Some(out)
    }

    /// What the draft says of itself.
    fn drafted(&self) -> Vec<Check> {
        let told = |name: &str| positive(self.layer, self.row, name);
        let one = |measured: Measured, value: f64, limit: Option<Limit>| {
            let formula = both(|l| {
                let v = number(l, value, measured.decimals());
                match l {
                    Language::De => format!("Angabe des Entwurfs: {} {v}", measured.code()),
                    Language::En => format!("the draft's own figure: {} {v}", measured.code()),
                }
            });
            check(measured, Stage::Drafted, Span::exact(value), limit, formula, vec![])
        };
        let (grz, gfz, storeys) = (told("grz"), told("gfz"), told("storeys"));
        let mut out = vec![];
        out.extend(grz.map(|v| one(Measured::Grz, v, self.grz_limit())));
        out.extend(gfz.map(|v| one(Measured::Gfz, v, self.gfz_limit())));
        out.extend(storeys.map(|v| {
            let limit = self
                .zoned("storeys")
                .map(|v| self.plan_limit(v, "§ 30 BauGB, § 16 (2) Nr. 3 BauNVO"));
            one(Measured::Vollgeschosse, v, limit)
        }));
        // More floor area than the storeys on the footprint can hold.
        if let (Some(grz), Some(gfz), Some(z)) = (grz, gfz, storeys)
            && gfz > grz * z + 0.05
            && let Some(c) = out.iter_mut().find(|c| c.measured == Measured::Gfz)
        {
            c.unknown.push(both(|l| {
                let (g, a, n, m) = (number(l, gfz, 2), number(l, grz, 2), number(l, z, 0), number(l, grz * z, 2));
                match l {
                    Language::De => format!("GFZ {g} ist mit GRZ {a} und {n} Vollgeschossen nicht erreichbar, höchstens {m}."),
                    Language::En => format!("GFZ {g} is out of reach with GRZ {a} and {n} full storeys, at most {m}."),
                }
            }));
        }
        out
    }
}

/// The lower of two limits.
fn tighter(a: Option<Limit>, b: Option<Limit>) -> Option<Limit> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.value < a.value { b } else { a }),
        (a, b) => a.or(b),
    }
}

pub(super) fn check(
    measured: Measured,
    stage: Stage,
    value: Span,
    limit: Option<Limit>,
    formula: LocalText,
    unknown: Vec<LocalText>,
) -> Check {
    Check {
        measured,
        stage,
        verdict: limit.as_ref().map_or(Verdict::NotApplicable, |l| value.against(l.value)),
        value,
        limit,
        formula,
        unknown,
        feature: None,
        beyond: None,
    }
}

fn name(f: &FeatureRef) -> String {
    f.id.clone()
}

/// "; ebenfalls darüber: 4, 7", from many on with their number.
fn others(ids: &[String], what: &str, more: &str) -> String {
    const NAMED: usize = 8;
    match ids.len() {
        0 => String::new(),
        n if n <= NAMED => format!("; {what}: {}", ids.join(", ")),
        n => format!("; {what}: {} (+ {} {more})", ids[..NAMED].join(", "), n - NAMED),
    }
}

fn n_main(l: Language, n: usize) -> String {
    match (l, n) {
        (Language::De, 1) => "1 Hauptgebäude".into(),
        (Language::De, n) => format!("{n} Hauptgebäuden"),
        (Language::En, 1) => "1 main building".into(),
        (Language::En, n) => format!("{n} main buildings"),
    }
}

/// "2 Gebäude ohne Geschosszahl."
fn without(n: usize, de: &str, en: &str) -> Vec<LocalText> {
    match n {
        0 => vec![],
        n => vec![LocalText::new(
            format!("{} ohne {de}.", buildings(Language::De, n)),
            format!("{} without {en}.", buildings(Language::En, n)),
        )],
    }
}
