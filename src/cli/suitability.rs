//! `suitability PROJECT`: scores sites or cells for the uses that the modules define, and says where uses compete.

use super::{
    Entry,
    args::Words,
    context::{Context, Exit, Failure},
    progress::with_progress,
    suitability_table::render,
};
use crate::{
    export::{Groups, ScoredUse, SuitabilityResults, plain, save},
    modules::{Role, SuitabilityDef},
    project::{self, City, WeightGroup},
    suitability::{
        Attitude, Judgement, Matrix, RANK_LIMITS, Score, Shape, Units, Weights, WeightsError, combine, compete, dissent, group_weights,
        judged, measure, stability, unknown_use,
    },
};
use clap::{ArgAction, ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use std::path::PathBuf;

pub(super) const ENTRY: Entry = Entry {
    name: "suitability",
    arguments,
    run,
};

const SITES: &str = "sites";
const HEXAGONS: &str = "hexagons";

fn arguments(command: Command, words: Words) -> Command {
    let number = |name, key| words.option(name, key).allow_hyphen_values(true);
    command
        .arg(words.positional("PROJECT", "project").required(true))
        .arg(words.option("use", "suit-use").value_name("ID").action(ArgAction::Append))
        .arg(
            words
                .option("by", "suit-by")
                .value_parser(PossibleValuesParser::new([SITES, HEXAGONS, "squares"]))
                .default_value(SITES),
        )
        .arg(
            number("cell", "suit-cell")
                .value_name("M")
                .value_parser(value_parser!(f64))
                .default_value("50"),
        )
        .arg(words.option("weight", "suit-weight").value_name("ID=W").action(ArgAction::Append))
        .arg(words.option("pair", "suit-pair").value_name("A:B=N").action(ArgAction::Append))
        .arg(words.option("group", "suit-group").value_name("ID"))
        .arg(words.option("groups", "suit-groups").action(ArgAction::SetTrue))
        .arg(
            number("attitude", "suit-attitude")
                .value_name("0..1")
                .value_parser(value_parser!(f64))
                .default_value("0.5"),
        )
        .arg(
            words
                .option("top", "suit-top")
                .value_name("N")
                .value_parser(value_parser!(u32).range(1..))
                .default_value("10"),
        )
        .arg(
            words
                .option("vary", "suit-vary")
                .value_name("%")
                .value_parser(value_parser!(u8).range(1..=100)),
        )
        .arg(
            words
                .option("runs", "suit-runs")
                .value_name("N")
                .value_parser(value_parser!(u32).range(1..=100_000))
                .default_value("1000"),
        )
        .arg(
            words
                .option("seed", "suit-seed")
                .value_name("S")
                .value_parser(value_parser!(u64))
                .default_value("1"),
        )
        .arg(
            words
                .option("format", "suit-format")
                .value_parser(PossibleValuesParser::new(["table", "json", "csv", "geojson"]))
                .default_value("table"),
        )
        .arg(words.file("out", "out"))
}

/// What the command line asks for.
struct Order<'a> {
    uses: Vec<(&'a SuitabilityDef, Weights)>,
    /// Groups of the project that are set side by side.
    groups: Vec<&'a WeightGroup>,
    units: Units,
    attitude: Attitude,
    top: usize,
    /// Share by which weights move, number of runs, seed.
    vary: Option<(f64, u32, u64)>,
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let path = matches.get_one::<String>("PROJECT").map(String::as_str).unwrap_or_default();
    let city =
        with_progress(context, |control| project::open(path.as_ref(), control))?.map_err(|e| context.failure(Exit::Open, &e.text()))?;
    let order = order(matches, &city, context)?;
    let uses = with_progress(context, |control| score(&city, &order, control))?;
    let scores: Vec<_> = uses.iter().map(|u| u.scores.as_slice()).collect();
    let competition = compete(&scores, RANK_LIMITS);
    let results = SuitabilityResults {
        city: &city,
        units: &order.units,
        uses: &uses,
        competition: &competition,
        language: context.language,
    };
    let target = matches.get_one::<PathBuf>("out");
    let bytes = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => results.json().map_err(|e| context.failure(Exit::Write, &e.text()))?,
        Some("geojson") => results.geojson().map_err(|e| context.failure(Exit::Write, &e.text()))?,
        Some("csv") => results.csv(|key| context.text(key)),
        _ => match target {
            Some(_) => render(&results, order.top, &context.for_file()).into_bytes(),
            None => render(&results, order.top, context).into_bytes(),
        },
    };
    match target {
        Some(path) => save(path, &bytes).map_err(|e| context.failure(Exit::Write, &e.text()))?,
        None => context.print_bytes(&bytes)?,
    }
    Ok(Exit::Fine)
}

fn order<'a>(matches: &ArgMatches, city: &'a City, context: &Context) -> Result<Order<'a>, Failure> {
    let usage = |key: &str, values: &[(&'static str, String)]| Failure::new(Exit::Usage, context.text_with(key, values));
    let all: Vec<&SuitabilityDef> = city.modules.iter().flat_map(|m| &m.suitability).collect();
    let known = || all.iter().map(|d| d.id.as_str()).collect::<Vec<_>>().join(", ");
    let mut chosen = vec![];
    match matches.get_many::<String>("use") {
        None => chosen.clone_from(&all),
        Some(ids) => {
            for id in ids {
                match all.iter().find(|d| d.id == *id) {
                    Some(def) => chosen.push(*def),
                    None => return Err(usage("suit-no-use", &[("id", plain(id)), ("known", known())])),
                }
            }
        }
    }
    if chosen.is_empty() {
        return Err(Failure::new(Exit::Open, context.text("suit-no-definitions")));
    }
    let (mut uses, groups) = voices(matches, city, &all, chosen, context)?;
    pairs(matches, &mut uses, context)?;
    for given in matches.get_many::<String>("weight").into_iter().flatten() {
        let parsed = given
            .split_once('=')
            .and_then(|(id, w)| Some((id, w.replace(',', ".").parse::<f64>().ok().filter(|w| w.is_finite() && *w >= 0.0)?)));
        let Some((id, weight)) = parsed else {
            return Err(usage("suit-bad-weight", &[("given", plain(given))]));
        };
        let mut found = false;
        for (def, weights) in &mut uses {
            for (c, w) in def.criteria.iter().zip(&mut weights.values) {
                // `housing.noise_day` names one use's criterion, `noise_day` that of every use.
                if c.id == id || id == format!("{}.{}", def.id, c.id) {
                    *w = weight;
                    found = true;
                }
            }
        }
        if !found {
            let mut ids: Vec<&str> = uses.iter().flat_map(|(d, _)| d.criteria.iter().map(|c| c.id.as_str())).collect();
            ids.sort_unstable();
            ids.dedup();
            return Err(usage("suit-no-criterion", &[("id", plain(id)), ("known", ids.join(", "))]));
        }
    }
    if let Some((def, _)) = uses.iter().find(|(_, w)| w.values.iter().sum::<f64>() <= 0.0) {
        return Err(usage("suit-no-weight", &[("id", def.id.clone())]));
    }
    let given = matches.get_one::<f64>("attitude").copied().unwrap_or(0.5);
    let attitude = Attitude::new(given).ok_or_else(|| usage("suit-bad-attitude", &[("given", given.to_string())]))?;
    let size_m = matches.get_one::<f64>("cell").copied().unwrap_or(50.0);
    let units = match matches.get_one::<String>("by").map(String::as_str) {
        Some(HEXAGONS) => Units::cells(city, Shape::Hexagon, size_m),
        Some("squares") => Units::cells(city, Shape::Square, size_m),
        _ => match city.with_role(Role::Sites).next() {
            Some(slot) => Units::of_slot(city, &slot.id),
            None => return Err(usage("suit-no-sites", &[])),
        },
    };
    let vary = matches.get_one::<u8>("vary").map(|percent| {
        let runs = matches.get_one::<u32>("runs").copied().unwrap_or(1000);
        (
            f64::from(*percent) / 100.0,
            runs,
            matches.get_one::<u64>("seed").copied().unwrap_or(1),
        )
    });
    Ok(Order {
        uses,
        groups,
        units: units.map_err(|e| context.failure(Exit::Open, &e.text()))?,
        attitude,
        top: matches.get_one::<u32>("top").copied().unwrap_or(10) as usize,
        vary,
    })
}

/// The chosen uses with the module's weights or those of one group, and the groups that are set side by side.
#[expect(clippy::type_complexity, reason = "two lists that are made together")]
fn voices<'a>(
    matches: &ArgMatches,
    city: &'a City,
    all: &[&SuitabilityDef],
    chosen: Vec<&'a SuitabilityDef>,
    context: &Context,
) -> Result<(Vec<(&'a SuitabilityDef, Weights)>, Vec<&'a WeightGroup>), Failure> {
    let broken = |e: WeightsError| context.failure(Exit::Open, &e.text());
    let known = &city.info.groups;
    let group = match matches.get_one::<String>("group") {
        None => None,
        Some(id) => match known.iter().find(|g| g.id == *id) {
            Some(group) => Some(group),
            None => {
                let ids = known.iter().map(|g| g.id.as_str()).collect::<Vec<_>>().join(", ");
                let values = [("id", plain(id)), ("known", if ids.is_empty() { "–".into() } else { ids })];
                return Err(Failure::new(Exit::Usage, context.text_with("suit-no-group", &values)));
            }
        },
    };
    let groups: Vec<&WeightGroup> = match matches.get_flag("groups") {
        false => vec![],
        true if known.len() < 2 => return Err(Failure::new(Exit::Open, context.text("suit-too-few-groups"))),
        true => known.iter().collect(),
    };
    if let Some(e) = groups.iter().copied().chain(group).find_map(|g| unknown_use(g, all)) {
        return Err(broken(e));
    }
    let mut uses = vec![];
    for def in chosen {
        for group in &groups {
            group_weights(group, def).map_err(broken)?;
        }
        let own = || Weights {
            values: def.criteria.iter().map(|c| c.weight).collect(),
            judged: None,
        };
        let of_group = group.map(|g| group_weights(g, def)).transpose().map_err(broken)?.flatten();
        uses.push((def, of_group.unwrap_or_else(own)));
    }
    Ok((uses, groups))
}

/// Takes the weights of uses from judgements of pairs. `housing.noise_day:heat=3` is for one use, without the use for every one that has both.
fn pairs(matches: &ArgMatches, uses: &mut [(&SuitabilityDef, Weights)], context: &Context) -> Result<(), Failure> {
    let refused = |e: WeightsError| context.failure(Exit::Usage, &e.text());
    let mut given: Vec<Judgement> = vec![];
    for text in matches.get_many::<String>("pair").into_iter().flatten() {
        given.push(plain(text).parse().map_err(refused)?);
    }
    let mut taken = vec![false; given.len()];
    for (def, weights) in uses {
        let has = |id: &str| def.criteria.iter().any(|c| c.id == id);
        let prefix = format!("{}.", def.id);
        let mut own = vec![];
        for (j, taken) in given.iter().zip(&mut taken) {
            let named = j.first.strip_prefix(&prefix);
            let j = Judgement {
                first: named.unwrap_or(&j.first).to_owned(),
                second: j.second.strip_prefix(&prefix).unwrap_or(&j.second).to_owned(),
                times: j.times,
            };
            if named.is_some() || (has(&j.first) && has(&j.second)) {
                *taken = true;
                own.push(j);
            }
        }
        if !own.is_empty() {
            *weights = judged(def, &own).map_err(refused)?;
        }
    }
    match given.iter().zip(taken).find(|(_, taken)| !taken) {
        None => Ok(()),
        Some((j, _)) => {
            let values = [("first", j.first.clone()), ("second", j.second.clone())];
            Err(Failure::new(Exit::Usage, context.text_with("suit-no-pair", &values)))
        }
    }
}

/// What the groups make of a use; `None` where fewer than two say something about it.
fn side_by_side<'a>(order: &Order<'a>, def: &SuitabilityDef, matrix: &Matrix) -> Option<Groups<'a>> {
    let scored = |g: &&'a WeightGroup| {
        let weights = group_weights(g, def).ok().flatten()?;
        let scores = combine(matrix, &weights.values, order.attitude);
        Some((*g, weights, scores))
    };
    let members: Vec<_> = order.groups.iter().filter_map(scored).collect();
    let scores: Vec<&[Score]> = members.iter().map(|(_, _, s)| s.as_slice()).collect();
    let dissent = dissent(&scores);
    (members.len() > 1).then_some(Groups { members, dissent })
}

fn score<'a>(city: &City, order: &Order<'a>, control: &crate::progress::Control) -> Vec<ScoredUse<'a>> {
    let count = order.uses.len() as f32;
    let one = |(k, (def, weights)): (usize, &(&'a SuitabilityDef, Weights))| {
        control.report(def.title.de.clone(), def.title.en.clone(), k as f32 / count);
        let matrix = measure(city, def, &order.units, control)?;
        let stability = match order.vary {
            Some((vary, runs, seed)) => {
                let under = (&matrix, weights.values.as_slice(), order.attitude);
                Some(stability(under, vary, order.top, (runs, seed), control)?)
            }
            None => None,
        };
        Some(ScoredUse {
            def,
            weights: weights.clone(),
            scores: combine(&matrix, &weights.values, order.attitude),
            stability,
            groups: side_by_side(order, def, &matrix),
            matrix,
        })
    };
    order.uses.iter().enumerate().filter_map(one).collect()
}
