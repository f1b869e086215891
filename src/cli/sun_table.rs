//! The sun of a day for people, and as a sheet: cells of the ground and façades.

use super::{
    context::Context,
    table::{Align, Table, paragraph},
};
use crate::{
    export::{Cell, Column, Sheet, SheetRow},
    i18n::{number, tr, tr_with},
    model::Conflict,
    project::City,
    sun::{Day, Facade, GroundCell, Lit, Loss, Preset, Site, Step},
};
use geo::{Coord, Geometry, LineString, Rect};
use serde_json::{Map, json};
use std::{fmt::Write, sync::Arc};

/// What was computed.
pub(super) struct Found {
    pub unknown: u32,
    pub ground: Vec<(GroundCell, Lit)>,
    pub facades: Vec<(Facade, Lit)>,
    pub losses: Option<Vec<Loss>>,
}

const COLUMNS: &[Column] = &[
    column("kind", "sun-column-kind"),
    column("building", "sun-column-building"),
    column("building_id", "sun-column-building-id"),
    column("wall", "sun-column-wall"),
    column("facing_deg", "sun-column-facing"),
    column("hours", "sun-column-hours"),
    column("first", "sun-column-first"),
    column("last", "sun-column-last"),
    column("reaches", "sun-column-reaches"),
    column("hours_before", "sun-column-before"),
];

const fn column(name: &'static str, heading: &'static str) -> Column {
    Column { name, heading }
}

fn word(context: &Context, key: &'static str) -> String {
    tr(context.language, key)
}

/// Cells of the ground, then façades.
pub(super) fn sheet<'a>(
    city: &'a City,
    site: &Site,
    day: &Day,
    preset: &Preset,
    found: &Found,
    conflicts: &[Arc<Conflict>],
    context: &Context,
) -> Sheet<'a> {
    let sun = |lit: &Lit| {
        let clock = |at: Option<jiff::Timestamp>| Cell::text(at.map(|t| site.clock(t)).unwrap_or_default());
        let reaches = if lit.hours >= preset.minimum_h { "sun-yes" } else { "sun-no" };
        [
            Cell::Number(Some(lit.hours), 2),
            clock(lit.first),
            clock(lit.last),
            Cell::text(tr(context.language, reaches)),
        ]
    };
    let mut rows = vec![];
    for (cell, lit) in &found.ground {
        let (h, [x, y, _]) = (0.5 * cell.side_m, cell.at);
        let square = Rect::new(Coord { x: x - h, y: y - h }, Coord { x: x + h, y: y + h });
        let mut cells = vec![Cell::text(word(context, "sun-kind-ground")), Cell::text(""), Cell::text("")];
        cells.extend([Cell::Number(None, 0), Cell::Number(None, 0)]);
        cells.extend(sun(lit));
        cells.push(Cell::Number(None, 2));
        rows.push(SheetRow {
            geometry: Some(square.to_polygon().into()),
            cells,
        });
    }
    let losses = found.losses.as_deref().unwrap_or_default();
    let lost = |f: &Facade| losses.iter().find(|l| l.facade.building == f.building && l.facade.wall == f.wall);
    for (f, lit) in &found.facades {
        let mut cells = vec![
            Cell::text(word(context, "sun-kind-facade")),
            Cell::text(&f.building.label),
            Cell::text(&f.building.id),
            Cell::Number(Some(f64::from(f.wall + 1)), 0),
            Cell::Number(Some(f.facing_deg), 0),
        ];
        cells.extend(sun(lit));
        let before = found.losses.is_some().then(|| lost(f).map_or(lit.hours, |l| l.before.hours));
        cells.push(Cell::Number(before, 2));
        let line: Geometry<f64> = LineString(f.ends.iter().map(|p| Coord { x: p[0], y: p[1] }).collect()).into();
        rows.push(SheetRow {
            geometry: Some(line),
            cells,
        });
    }
    let account = Map::from_iter([
        ("date".into(), json!(day.date.to_string())),
        ("preset".into(), json!(preset)),
        (
            "site".into(),
            json!({ "lonlat": site.lonlat, "zone": site.zone.name, "true_north_deg": site.true_north_deg }),
        ),
        ("step_min".into(), json!(day.step_min)),
        ("path".into(), json!(day.steps)),
        ("buildings_without_height".into(), json!(found.unknown)),
        (
            "ground".into(),
            found.ground.iter().map(|(c, l)| json!({ "cell": c, "sun": l })).collect(),
        ),
        (
            "facades".into(),
            found.facades.iter().map(|(f, l)| json!({ "facade": f, "sun": l })).collect(),
        ),
        ("losses".into(), json!(found.losses)),
        ("conflicts".into(), json!(conflicts)),
    ]);
    Sheet {
        city,
        language: context.language,
        format: "sun",
        columns: COLUMNS,
        rows,
        account,
    }
}

/// The whole account for people.
pub(super) fn render(site: &Site, day: &Day, preset: &Preset, found: &Found, context: &Context) -> String {
    let l = context.language;
    let mut out = format!("{}\n", context.bold(&format!("{} · {}", day.date, context.say(&preset.title))));
    let [lon, lat] = site.lonlat.map(|v| number(l, v, 5));
    let values = [
        ("lon", lon.into()),
        ("lat", lat.into()),
        ("zone", context.say(&site.zone.name).into()),
        ("off", number(l, site.true_north_deg, 2).into()),
    ];
    out.push_str(&paragraph(&tr_with(l, "sun-site", &values), context.width, 2));
    match day.up {
        Some([up, down]) => {
            let values = [("up", site.clock(up).into()), ("down", site.clock(down).into())];
            out.push_str(&paragraph(&tr_with(l, "sun-up", &values), context.width, 2));
        }
        None => out.push_str(&paragraph(&word(context, "sun-never"), context.width, 2)),
    }
    path(&mut out, site, day, context);
    let values = [
        ("from", number(l, day.least_elevation_deg, 0).into()),
        ("step", number(l, day.step_min, 0).into()),
        ("point", number(l, preset.point_m, 2).into()),
        ("hours", number(l, preset.minimum_h, 1).into()),
        ("source", preset.source.clone().into()),
    ];
    out.push('\n');
    out.push_str(&paragraph(&tr_with(l, "sun-how", &values), context.width, 2));
    let ground: Vec<f64> = found.ground.iter().map(|(_, s)| s.hours).collect();
    let facades: Vec<f64> = found.facades.iter().map(|(_, s)| s.hours).collect();
    let _ = writeln!(out);
    levels(
        &mut out,
        preset,
        [("sun-kind-ground", ground), ("sun-kind-facade", facades)],
        context,
    );
    if found.unknown > 0 {
        let values = [("n", found.unknown.to_string().into())];
        out.push_str(&paragraph(&format!("– {}", tr_with(l, "sun-unknown", &values)), context.width, 0));
    }
    if let Some(losses) = &found.losses {
        let values = [("n", losses.len().to_string().into())];
        out.push_str(&paragraph(&tr_with(l, "sun-losses", &values), context.width, 0));
    }
    out
}

/// The sun at the step nearest to each full hour.
fn path(out: &mut String, site: &Site, day: &Day, context: &Context) {
    let l = context.language;
    let mut table = Table::new([
        (word(context, "sun-column-time"), Align::Right),
        (word(context, "sun-column-elevation"), Align::Right),
        (word(context, "sun-column-azimuth"), Align::Right),
        (word(context, "sun-column-grid-azimuth"), Align::Right),
    ]);
    let hour = |s: &Step| s.at.as_second().div_euclid(3600);
    for group in day.steps.chunk_by(|a, b| hour(a) == hour(b)) {
        let s = &group[0];
        table.row([
            site.clock(s.at),
            format!("{}°", number(l, s.sun.elevation_deg, 1)),
            format!("{}°", number(l, s.sun.azimuth_deg, 1)),
            format!("{}°", number(l, s.grid_azimuth_deg, 1)),
        ]);
    }
    if !table.is_empty() {
        out.push_str(&table.render(context.width, 2, context.colour));
    }
}

/// Shares of ground and walls by the levels of the standard.
fn levels(out: &mut String, preset: &Preset, kinds: [(&'static str, Vec<f64>); 2], context: &Context) {
    let l = context.language;
    let mut table = Table::new([
        (word(context, "sun-column-kind"), Align::Left),
        (word(context, "sun-column-count"), Align::Right),
        (word(context, "sun-column-mean"), Align::Right),
        (word(context, "sun-column-level"), Align::Left),
    ]);
    for (name, hours) in kinds {
        if hours.is_empty() {
            continue;
        }
        let n = hours.len() as f64;
        let mean = hours.iter().sum::<f64>() / n;
        let share = |least: f64| 100.0 * hours.iter().filter(|h| **h >= least).count() as f64 / n;
        let levels = preset
            .levels_h
            .iter()
            .map(|h| format!("≥ {} h: {} %", number(l, *h, 1), number(l, share(*h), 0)));
        table.row([
            word(context, name),
            number(l, n, 0),
            format!("{} h", number(l, mean, 1)),
            levels.collect::<Vec<_>>().join(", "),
        ]);
    }
    if table.is_empty() {
        let _ = writeln!(out, "  {}", word(context, "sun-nothing"));
    } else {
        out.push_str(&table.render(context.width, 2, context.colour));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_heading_in_both_languages() {
        crate::cli::sheets::assert_headings(COLUMNS);
    }
}
