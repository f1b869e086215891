//! `sun PROJECT`: where the sun stands on a day, for how long it reaches ground and façades around a point, and what a plan takes away.

use super::{
    Entry,
    args::Words,
    conflict_list::conflict_list,
    context::{Context, Exit, Failure},
    planned::{self, Planned},
    progress::with_progress,
    sheets,
    sun_table::{self, Found},
};
use crate::{
    model::Bbox,
    project::{self, City},
    sun::{self, Day, Occluders, Preset, Site, SunError, Zone},
};
use clap::{ArgMatches, Command, builder::PossibleValue, value_parser};
use jiff::civil::Date;

pub(super) const ENTRY: Entry = Entry {
    name: "sun",
    arguments,
    run,
};

/// More cells than this are a slip of the keyboard.
const MOST_CELLS: f64 = 4e6;

fn arguments(command: Command, words: Words) -> Command {
    let presets = sun::presets().iter();
    let presets: Vec<PossibleValue> = presets
        .map(|p| PossibleValue::new(p.id.as_str()).help(p.title.get(words.language).to_owned()))
        .collect();
    let number = |name, key: &str, default: &'static str| {
        words
            .option(name, key)
            .value_name("N")
            .value_parser(value_parser!(f64))
            .default_value(default)
    };
    let command = command
        .arg(words.positional("PROJECT", "project").required(true))
        .arg(
            words
                .option("preset", "light-preset")
                .value_parser(presets)
                .default_value("en17037"),
        )
        .arg(
            words
                .option("date", "light-date")
                .value_name("YYYY-MM-DD")
                .value_parser(|t: &str| t.parse::<Date>().map_err(|e| e.to_string())),
        )
        .arg(
            words
                .option("at", "light-at")
                .value_name("E,N")
                .value_parser(place)
                .allow_hyphen_values(true),
        )
        .arg(number("radius", "light-radius", "150"))
        .arg(number("cell", "light-cell", "5"))
        .arg(number("step", "light-step", "5"))
        .arg(words.option("zone", "light-zone").value_name("POSIX"))
        .arg(words.option("before", "light-before").value_name("PROJECT"));
    sheets::arguments(planned::arguments(command, words), words)
}

/// "317500,5748000".
fn place(text: &str) -> Result<[f64; 2], String> {
    let wrong = || format!("{text:?}: 317500,5748000");
    let (x, y) = text.split_once(',').ok_or_else(wrong)?;
    let one = |t: &str| t.trim().parse::<f64>().ok().filter(|v| v.is_finite());
    Ok([one(x).ok_or_else(wrong)?, one(y).ok_or_else(wrong)?])
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let project = Planned::open(matches, context)?;
    let city = project.city();
    let other = match matches.get_one::<String>("before") {
        Some(path) => {
            let opened = with_progress(context, |control| project::open(path.as_ref(), control))?;
            Some(opened.map_err(|e| context.failure(Exit::Open, &e.text()))?)
        }
        None => None,
    };
    // A plan is compared with what it was drawn over.
    let before: Option<&City> = other.as_ref().or_else(|| project.plan.is_some().then_some(&*project.base));
    let preset = preset(matches)?;
    let number = |name: &str| matches.get_one::<f64>(name).copied().unwrap_or_default();
    let (radius, cell) = (number("radius"), number("cell"));
    let cells = (2.0 * radius / cell).powi(2);
    if !(radius > 0.0 && cell > 0.0 && cells.is_finite() && cells <= MOST_CELLS) {
        return Err(Failure::new(Exit::Usage, context.text("light-cells")));
    }
    let at = matches.get_one::<[f64; 2]>("at").copied().unwrap_or(city.info.site);
    let said = |e: SunError| context.failure(Exit::Usage, &e.text());
    let mut site = Site::new(city, at).map_err(said)?;
    if let Some(zone) = matches.get_one::<String>("zone") {
        site.zone = Zone::posix(zone).map_err(said)?;
    }
    let date = match matches.get_one::<Date>("date") {
        Some(date) => *date,
        // The sun of a day differs little from year to year; the current one is what a reader expects.
        None => this_year(&preset).ok_or_else(|| Failure::new(Exit::Internal, context.text("broken")))?,
    };
    let day = Day::new(&site, date, number("step"), preset.least_elevation_deg).map_err(said)?;
    let area = Bbox::new(at, at).buffered(radius);
    let found = with_progress(context, |control| {
        let occluders = Occluders::new(city);
        let ground = sun::ground(city, &area, cell);
        let near = |bbox: Bbox| bbox.intersects(&area);
        let facades = sun::facades(city, preset.point_m, |l, row| near(l.layer.geometry.bbox(row as usize)));
        let points: Vec<_> = ground.iter().map(|c| (c.at, None)).collect();
        let on_ground = sun::lit(&occluders, &day, &points, control)?;
        let points: Vec<_> = facades.iter().map(|f| (f.at, Some(f.outward))).collect();
        let on_facades = sun::lit(&occluders, &day, &points, control)?;
        let losses = match before {
            Some(before) => Some(sun::losses(before, city, &day, &preset, control)?),
            None => None,
        };
        Some(Found {
            unknown: occluders.unknown,
            ground: ground.into_iter().zip(on_ground).collect(),
            facades: facades.into_iter().zip(on_facades).collect(),
            losses,
        })
    })?;
    let found = found.ok_or_else(|| Failure::new(Exit::Internal, context.text("broken")))?;
    let conflicts = found
        .losses
        .as_ref()
        .map(|l| sun::conflicts(city, &day, &preset, l))
        .unwrap_or_default();
    let sheet = sun_table::sheet(city, &site, &day, &preset, &found, &conflicts, context);
    sheets::write(matches, context, &sheet, |context| {
        let mut out = sun_table::render(&site, &day, &preset, &found, context);
        if found.losses.is_some() {
            let title = |_: &crate::model::Conflict| format!("{} ({})", context.say(&preset.title), preset.source);
            out.push_str(&conflict_list(&conflicts, title, context));
        }
        out
    })?;
    sheets::fail_on(matches, context, &conflicts)
}

fn preset(matches: &ArgMatches) -> Result<Preset, Failure> {
    let id = matches.get_one::<String>("preset").map(String::as_str).unwrap_or_default();
    let found = sun::presets().iter().find(|p| p.id == id).cloned();
    found.ok_or_else(|| Failure::new(Exit::Usage, id))
}

fn this_year(preset: &Preset) -> Option<Date> {
    Date::new(jiff::Zoned::now().year(), preset.month, preset.day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_two_numbers() {
        assert_eq!(place("317500, 5748000.5"), Ok([317_500.0, 5_748_000.5]));
        for bad in ["", "1", "1;2", "a,b", "1,inf", "1,2,3"] {
            assert!(place(bad).is_err(), "{bad}");
        }
    }
}
