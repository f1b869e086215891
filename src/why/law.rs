//! Building law where the spot lies: density, storeys, heights and building window of the plot or drafted area there, the Abstandsflächen on
//! it, and what a plan takes of the sun; each with value, threshold and what is not known. City, conflicts and spot in; answers as of rules
//! out.

use crate::{
    geometry::contains,
    index::IndexedLayer,
    model::{Bbox, Conflict, Language, LocalText, Provenance, Quantity},
    modules::{Role, RuleDef, computed},
    progress::Control,
    project::City,
    rules::{Evaluation, SpotRule, Verdict, both},
    zoning::{self, Check, Measured, Plot, Stage, WallArea},
};

/// Abstandsfläche and Besonnungsdauer.
const SETBACK: &str = "AF";
const SUN: &str = "BSD";

/// Buildings farther from the spot than this have no Abstandsfläche on it, unless they are towers of more than 100 m.
const NEAR_M: f64 = 45.0;
/// Buildings whose Abstandsflächen are worked out, the nearest first: a click must not wait for a whole quarter.
const MOST: usize = 40;

/// What building law says at the spot (project CRS), in the order of its rules.
pub fn law_at(city: &City, evaluation: &Evaluation, at: [f64; 2], control: &Control) -> Vec<SpotRule> {
    if city.info.state.is_none() {
        let why = LocalText::new(
            "Das Projekt nennt kein Bundesland: Deutsches Baurecht wird nicht geprüft.",
            "The project names no German state: German building law is not asked.",
        );
        return computed()
            .iter()
            .map(|r| SpotRule::without_figures(r, Verdict::NotApplicable, why.clone()))
            .collect();
    }
    let plots: Vec<Plot> = zoning::land(city)
        .into_iter()
        .flat_map(|(kind, layer)| under(layer, at).into_iter().map(move |row| (kind, layer, row)))
        .map(|(kind, layer, row)| zoning::assess_plot(city, kind, layer, row))
        .collect();
    let here = Here {
        city,
        evaluation,
        at,
        plots: &plots,
    };
    let one = |rule: &'static RuleDef| match rule.id.as_str() {
        SETBACK => here.setbacks(rule, control),
        SUN => here.sun(rule),
        _ => here.figure(rule),
    };
    computed().iter().map(one).collect()
}

/// Rows of areas that hold the spot.
fn under(layer: &IndexedLayer, at: [f64; 2]) -> Vec<u32> {
    let mut rows = layer.index.rows_in(&Bbox::new(at, at));
    rows.retain(|r| contains(&layer.layer.geometry, *r as usize, at));
    rows
}

fn rank(v: Verdict) -> u8 {
    match v {
        Verdict::Conflict => 0,
        Verdict::Unknown => 1,
        Verdict::Clear => 2,
        Verdict::NotApplicable => 3,
    }
}

/// What stands already is no conflict of a plan, however far beyond the figures it is.
fn protected() -> LocalText {
    LocalText::new(
        "Bestand ist geschützt: In der Liste steht es nur, wenn ein Plan es verschlechtert.",
        "What stands already is protected: the list has it only where a plan makes it worse.",
    )
}

struct Here<'a> {
    city: &'a City,
    evaluation: &'a Evaluation,
    at: [f64; 2],
    plots: &'a [Plot],
}

impl<'a> Here<'a> {
    fn no_plot(&self) -> LocalText {
        let land = zoning::land(self.city);
        match land.iter().any(|(_, l)| !l.layer.is_empty()) {
            true => LocalText::new(
                "Hier liegt keine Fläche, deren Maß sich rechnen lässt: kein Flurstück (ohne Flurstücke: Baugebiet) und kein Entwurf.",
                "No area lies here whose figures can be computed: no plot (where there are none: building area) and no draft.",
            ),
            false => LocalText::new(
                "Das Projekt hat weder Flurstücke noch Baugebiete noch Entwürfe.",
                "The project has neither plots nor building areas nor drafts.",
            ),
        }
    }

    /// Conflicts of a rule about one of these features.
    fn conflicts(&self, rule: &str, about: impl Fn(&Conflict) -> bool) -> Vec<&'a Conflict> {
        let own = |c: &&Conflict| c.rule == rule && about(c);
        let mut out: Vec<&Conflict> = self.evaluation.conflicts.iter().map(|c| &**c).filter(own).collect();
        out.sort_by_key(|c| std::cmp::Reverse(c.severity));
        out
    }

    fn sources(&self, out: &mut SpotRule, roles: &[Role]) {
        let layers = roles
            .iter()
            .flat_map(|r| self.city.with_role(*r))
            .filter_map(|s| self.city.layer(&s.id));
        let mut said: Vec<&Provenance> = vec![];
        for p in layers.flat_map(|l| &l.layer.provenance) {
            if !said.iter().any(|s| (&s.source, &s.data_date) == (&p.source, &p.data_date)) {
                said.push(p);
            }
        }
        let mut names: Vec<&str> = said.iter().filter_map(|p| p.source.as_deref()).collect();
        names.dedup();
        out.source = (!names.is_empty()).then(|| names.join(", "));
        // The oldest says how far the answer can be trusted.
        out.data_date = said.iter().filter_map(|p| p.data_date.clone()).min();
    }

    /// The figure of a plot that counts most: one that is broken, else one that nobody knows.
    fn figure(&self, rule: &RuleDef) -> SpotRule {
        let of = |c: &&Check| c.measured.code() == rule.id;
        let mut all: Vec<(&Plot, &Check)> = self
            .plots
            .iter()
            .flat_map(|p| p.checks.iter().filter(of).map(move |c| (p, c)))
            .collect();
        // Without a limit nothing is decided, and saying so comes before what is kept elsewhere.
        let weight = |c: &Check| match c.verdict {
            Verdict::NotApplicable => rank(Verdict::Unknown),
            v => rank(v),
        };
        all.sort_by_key(|(_, c)| weight(c));
        let Some((plot, check)) = all.first() else {
            let reason = match self.plots.is_empty() {
                true => self.no_plot(),
                false => nothing_to_measure(self.plots, &rule.id),
            };
            return SpotRule::without_figures(rule, Verdict::NotApplicable, reason);
        };
        let mut out = self.told(rule, plot, check);
        for (plot, check) in all.iter().skip(1) {
            out.further.push(sentence(plot, check));
        }
        self.sources(
            &mut out,
            &[Role::Parcels, Role::Zones, Role::Sites, Role::Buildings, Role::BuildingWindows],
        );
        out
    }

    fn told(&self, rule: &RuleDef, plot: &Plot, check: &Check) -> SpotRule {
        let quantity = |value: f64| Quantity {
            value,
            unit: check.measured.unit().to_owned(),
        };
        let verdict = match check.verdict {
            Verdict::NotApplicable => Verdict::Unknown,
            v => v,
        };
        let mut out = SpotRule::without_figures(rule, verdict, sentence(plot, check));
        out.measured = Some(quantity(check.value.low));
        out.threshold = check.limit.as_ref().map(|l| quantity(l.value));
        out.further.push(check.formula.clone());
        if check.limit.is_none() {
            out.further.push(LocalText::new(
                "Weder ein Plan noch § 17 BauNVO nennt hier einen Wert: Es fehlt ein Maßstab.",
                "Neither a plan nor § 17 BauNVO gives a value here: there is nothing to measure by.",
            ));
        }
        out.further.extend(check.unknown.iter().chain(&plot.notes).cloned());
        let id = zoning::rule_of(check);
        let found = self.conflicts(&id, |c| c.subject.slot == plot.feature.slot && c.subject.id == plot.feature.id);
        match found.split_first() {
            Some((first, more)) => {
                out.severity = Some(first.severity);
                out.conflict = Some(first.id.clone());
                out.more = more.iter().map(|c| c.id.clone()).collect();
                out.proxy |= first.proxy;
            }
            None if check.verdict == Verdict::Conflict && check.stage == Stage::Built => out.further.push(protected()),
            None => {}
        }
        out
    }

    /// Walls whose area lies on the spot, those of the building there, and those of the plot there.
    fn setbacks(&self, rule: &RuleDef, control: &Control) -> SpotRule {
        let spot = Bbox::new(self.at, self.at);
        let reach = self
            .plots
            .iter()
            .fold(spot.buffered(NEAR_M), |b, p| match self.city.layer(&p.feature.slot) {
                Some(l) if p.kind == zoning::PlotKind::Parcel => b.union(l.layer.geometry.bbox(p.feature.row as usize)),
                _ => b,
            });
        let away = |b: &Bbox| {
            let gap = |k: usize| (b.min[k] - self.at[k]).max(self.at[k] - b.max[k]).max(0.0);
            gap(0).hypot(gap(1))
        };
        let layers = self.city.with_role(Role::Buildings).filter_map(|s| self.city.layer(&s.id));
        let mut near: Vec<(f64, &IndexedLayer, u32)> = layers
            .flat_map(|l| l.index.rows_in(&reach).into_iter().map(move |r| (l, r)))
            .map(|(l, r)| (away(&l.layer.geometry.bbox(r as usize)), l, r))
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
        let left = near.len().saturating_sub(MOST);
        let asked: Vec<(&IndexedLayer, u32)> = near.iter().take(MOST).map(|(_, l, r)| (*l, *r)).collect();
        let found = match zoning::setbacks_of(self.city, &asked, control) {
            Some(found) if !asked.is_empty() => found,
            _ => {
                let reason = LocalText::new("Hier steht kein Gebäude in der Nähe.", "No building stands near here.");
                return SpotRule::without_figures(rule, Verdict::NotApplicable, reason);
            }
        };
        let stands = |w: &WallArea| {
            let layer = self.city.layer(&w.building.slot);
            layer.is_some_and(|l| contains(&l.layer.geometry, w.building.row as usize, self.at))
        };
        let of_plot = |w: &WallArea| {
            w.plot
                .as_ref()
                .is_some_and(|p| self.plots.iter().any(|q| q.feature == *p && q.kind == zoning::PlotKind::Parcel))
        };
        let mut here: Vec<&WallArea> = found
            .walls
            .iter()
            .filter(|w| covers(w, self.at) || stands(w) || of_plot(w))
            .collect();
        here.sort_by_key(|w| (rank(w.verdict), !covers(w, self.at), !stands(w)));
        let Some(worst) = here.first() else {
            let reason = LocalText::new(
                "Auf diese Stelle fällt keine Abstandsfläche, und hier steht kein Gebäude, das eine braucht.",
                "No setback area falls on this spot, and no building that needs one stands here.",
            );
            return SpotRule::without_figures(rule, Verdict::NotApplicable, reason);
        };
        let mut out = SpotRule::without_figures(rule, worst.verdict, wall_sentence(worst));
        let metres = |value: f64| Quantity { value, unit: "m".into() };
        out.measured = worst.room_m.map(metres);
        out.threshold = Some(metres(worst.depth.depth_m.low));
        out.further.push(worst.depth.formula.clone());
        out.further
            .extend(here.iter().skip(1).filter(|w| covers(w, self.at)).take(5).map(|w| wall_sentence(w)));
        out.further.extend(worst.notes.iter().chain(&found.notes).cloned());
        if left > 0 {
            out.further.push(both(|l| match l {
                Language::De => format!("Nur die {MOST} nächsten Gebäude sind geprüft, {left} weitere nicht."),
                Language::En => format!("Only the {MOST} nearest buildings are checked, {left} more are not."),
            }));
        }
        let conflicts = self.conflicts(SETBACK, |c| {
            here.iter()
                .any(|w| w.building.slot == c.subject.slot && w.building.id == c.subject.id)
        });
        match conflicts.split_first() {
            Some((first, more)) => {
                out.severity = Some(first.severity);
                out.conflict = Some(first.id.clone());
                out.more = more.iter().map(|c| c.id.clone()).collect();
            }
            None if worst.verdict == Verdict::Conflict => out.further.push(protected()),
            None => {}
        }
        out.proxy |= !found.notes.is_empty();
        self.sources(&mut out, &[Role::Buildings, Role::Parcels, Role::Streets]);
        out
    }

    /// What a plan takes of the sun of the building here.
    fn sun(&self, rule: &RuleDef) -> SpotRule {
        let here: Vec<(&IndexedLayer, u32)> = self
            .city
            .with_role(Role::Buildings)
            .filter_map(|s| self.city.layer(&s.id))
            .flat_map(|l| under(l, self.at).into_iter().map(move |r| (l, r)))
            .collect();
        let on = |c: &Conflict| {
            let same = |(l, r): &(&IndexedLayer, u32)| l.layer.slot == c.subject.slot && *l.layer.ids[*r as usize] == *c.subject.id;
            here.iter().any(same)
        };
        let found = self.conflicts(SUN, on);
        let outcome = self.evaluation.outcomes.iter().find(|o| o.rule == SUN);
        let (first, more) = match (found.split_first(), outcome) {
            (Some(found), _) => found,
            (None, _) if here.is_empty() => {
                let reason = LocalText::new("Hier steht kein Gebäude.", "No building stands here.");
                return SpotRule::without_figures(rule, Verdict::NotApplicable, reason);
            }
            (None, None) => {
                let reason = LocalText::new(
                    "Kein Plan ist offen, der einem Nachbarn Sonne nehmen könnte.",
                    "No plan is open that could take sun from a neighbour.",
                );
                return SpotRule::without_figures(rule, Verdict::NotApplicable, reason);
            }
            (None, Some(o)) if o.unknown > 0 => {
                let mut out = SpotRule::without_figures(
                    rule,
                    Verdict::Unknown,
                    LocalText::new(
                        "Der Schatten des Plans ist nicht ganz bekannt.",
                        "The shadow of the plan is not wholly known.",
                    ),
                );
                out.further.extend(o.reasons.iter().cloned());
                return out;
            }
            (None, Some(_)) => {
                let reason = LocalText::new(
                    "Der Plan nimmt diesem Gebäude keine Sonne unter das Maß der Norm.",
                    "The plan takes no sun from this building below the measure of the standard.",
                );
                return SpotRule::without_figures(rule, Verdict::Clear, reason);
            }
        };
        let mut out = SpotRule::without_figures(rule, Verdict::Conflict, first.reasons.first().cloned().unwrap_or_default());
        out.severity = Some(first.severity);
        out.measured = Some(first.measured.clone());
        out.threshold.clone_from(&first.threshold);
        out.further = first.reasons.iter().skip(1).cloned().collect();
        out.conflict = Some(first.id.clone());
        out.more = more.iter().map(|c| c.id.clone()).collect();
        out.proxy = first.proxy;
        self.sources(&mut out, &[Role::Buildings]);
        out
    }
}

/// Whether the area of a wall lies on the spot.
fn covers(w: &WallArea, at: [f64; 2]) -> bool {
    let side = |a: [f64; 2], b: [f64; 2]| (b[0] - a[0]) * (at[1] - a[1]) - (b[1] - a[1]) * (at[0] - a[0]);
    let sides: Vec<f64> = (0..4).map(|k| side(w.area[k], w.area[(k + 1) % 4])).collect();
    sides.iter().all(|s| *s >= 0.0) || sides.iter().all(|s| *s <= 0.0)
}

fn nothing_to_measure(plots: &[Plot], rule: &str) -> LocalText {
    let built = plots.iter().any(|p| p.buildings != [0, 0]);
    let windows = rule == Measured::Baugrenze.code();
    match (built, windows) {
        (false, _) => LocalText::new(
            "Auf der Fläche steht kein Gebäude, und ein Entwurf sagt dazu nichts.",
            "No building stands on the area, and no draft says anything about it.",
        ),
        (true, true) => LocalText::new(
            "Für die Fläche gibt es kein Baufenster.",
            "There is no building window for the area.",
        ),
        (true, false) => LocalText::new(
            "Für das, was hier steht, zählt dieses Maß nicht.",
            "This figure does not count for what stands here.",
        ),
    }
}

/// "Grundstück 17: GRZ …: 0,45, zulässig 0,40 (§ 17 BauNVO; Orientierungswert für WA)."
fn sentence(plot: &Plot, check: &Check) -> LocalText {
    let (m, limit) = (check.measured, check.limit.as_ref());
    both(|l| {
        let unit = if m.unit().is_empty() {
            String::new()
        } else {
            format!(" {}", m.unit())
        };
        let value = zoning::span_words(l, check.value, m);
        let title = m.title();
        let stage = match (check.stage, l) {
            (Stage::Built, _) => "",
            (Stage::Drafted, Language::De) => " (Entwurf)",
            (Stage::Drafted, Language::En) => " (draft)",
        };
        let head = format!("{}: {}{stage} {value}", plot.feature.label, title.get(l));
        match (limit, l) {
            (Some(limit), _) => {
                let t = crate::i18n::number(l, limit.value, m.decimals());
                let (source, section) = (limit.source.get(l), &limit.section);
                match l {
                    Language::De => format!("{head}, zulässig {t}{unit} ({section}; {source})."),
                    Language::En => format!("{head}, allowed {t}{unit} ({section}; {source})."),
                }
            }
            (None, _) => format!("{head} ({}).", m.section()),
        }
    })
}

/// "Gebäude 12, Wand 3: Abstandsfläche 4,20 m tief, Platz 3,10 m (BauO Bln § 6 (5))."
fn wall_sentence(w: &WallArea) -> LocalText {
    both(|l| {
        let n = |v: f64| crate::i18n::number(l, v, 2);
        // Buildings seldom have a name; their label may be a code that many share.
        let (building, wall, law) = (&w.building.id, w.wall + 1, &w.depth.law);
        let depth = match (w.depth.depth_m.high, l) {
            (Some(high), _) if n(high) == n(w.depth.depth_m.low) => n(high),
            (Some(high), Language::De) => format!("{} bis {}", n(w.depth.depth_m.low), n(high)),
            (Some(high), Language::En) => format!("{} to {}", n(w.depth.depth_m.low), n(high)),
            (None, Language::De) => format!("mindestens {}", n(w.depth.depth_m.low)),
            (None, Language::En) => format!("at least {}", n(w.depth.depth_m.low)),
        };
        let room = match (w.room_m, l) {
            (Some(room), Language::De) => format!(", bis zur Grenze oder Straßenmitte {} m", n(room)),
            (Some(room), Language::En) => format!(", {} m to the boundary or the middle of the street", n(room)),
            (None, _) => String::new(),
        };
        let others: Vec<&str> = w.overlaps.iter().map(|(f, _)| f.id.as_str()).collect();
        let shared = match (others.is_empty(), l) {
            (true, _) => String::new(),
            (false, Language::De) => format!(", überdeckt die von {}", others.join(", ")),
            (false, Language::En) => format!(", overlaps that of {}", others.join(", ")),
        };
        match l {
            Language::De => format!("Gebäude {building}, Wand {wall}: Abstandsfläche {depth} m tief{room}{shared} ({law})."),
            Language::En => format!("Building {building}, wall {wall}: setback area {depth} m deep{room}{shared} ({law})."),
        }
    })
}
