//! The sun of an area on a day: cells of the ground, walls storey by storey, and what a plan takes away from the neighbours.

use super::{Day, Facade, Loss, Occluders, Preset, WallPart, facades, ground, hours::lit, losses, occluders::inside, points::GroundCell};
use crate::{model::Bbox, modules::Role, progress::Control, project::City};

/// Places that are asked at once between two looks at the control.
const AT_ONCE: usize = 256;

/// Hours of a place, before where there is a before, and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hours {
    /// `None` without a plan, and where the place was not there before: under a building, or on a new one.
    pub before: Option<f64>,
    /// As it is now.
    pub after: f64,
}

impl Hours {
    /// What is lost; negative where something was won.
    pub fn loss(&self) -> Option<f64> {
        self.before.map(|b| b - self.after)
    }
}

/// A wall with its pieces.
#[derive(Debug, Clone, PartialEq)]
pub struct WallSun {
    /// The wall.
    pub facade: Facade,
    /// Its pieces with their hours.
    pub parts: Vec<(WallPart, Hours)>,
}

/// The sun of an area.
#[derive(Debug, Clone, PartialEq)]
pub struct SunMap {
    /// The day, its steps and its bounds.
    pub day: Day,
    /// What counts as enough.
    pub preset: Preset,
    /// The box.
    pub area: Bbox,
    /// Cells of the ground.
    pub ground: Vec<(GroundCell, Hours)>,
    /// Walls of the buildings in the box.
    pub walls: Vec<WallSun>,
    /// Façades of neighbours that lose sun, the greatest loss first; `None` without a plan. They may lie beyond the box.
    pub losses: Option<Vec<Loss>>,
    /// Buildings that cast no shadow because nothing tells their height.
    pub unknown: u32,
}

impl SunMap {
    /// Computes it. `None` when somebody asked to stop.
    pub fn new(
        after: &City,
        before: Option<&City>,
        day: &Day,
        preset: &Preset,
        (area, cell_m): (&Bbox, f64),
        control: &Control,
    ) -> Option<Self> {
        let cells = ground(after, area, cell_m);
        let near = |b: Bbox| b.intersects(area);
        let walls = facades(after, preset.point_m, |l, row| near(l.layer.geometry.bbox(row as usize)));
        let parts: Vec<Vec<WallPart>> = walls.iter().map(|f| f.parts(after, preset.point_m)).collect();
        let on_walls = walls
            .iter()
            .zip(&parts)
            .flat_map(|(f, p)| p.iter().map(|p| (p.at, Some(f.outward))));
        let points: Vec<_> = cells.iter().map(|c| (c.at, None)).chain(on_walls).collect();
        let rounds = if before.is_some() { 2.0 } else { 1.0 };
        let occluders = Occluders::new(after);
        let now = asked(&occluders, day, &points, control, [0.0, 0.9 / rounds])?;
        let then = match before {
            Some(before) => Some(asked(&Occluders::new(before), day, &points, control, [0.45, 0.9])?),
            None => None,
        };
        let losses = match before {
            Some(before) => {
                control.report("Fassaden der Nachbarn", "Façades of the neighbours", 0.9);
                let mut found = losses(before, after, day, preset, control)?;
                let loss = |l: &Loss| l.before.hours - l.after.hours;
                found.sort_by(|a, b| loss(b).total_cmp(&loss(a)));
                Some(found)
            }
            None => None,
        };
        let hours = |k: usize, there: bool| Hours {
            before: then.as_ref().filter(|_| there).map(|t| t[k]),
            after: now[k],
        };
        let mut out = Self {
            day: day.clone(),
            preset: preset.clone(),
            area: *area,
            ground: vec![],
            walls: vec![],
            losses,
            unknown: occluders.unknown,
        };
        let (count, mut k) = (cells.len(), 0);
        for cell in cells {
            let there = before.is_some_and(|b| !inside(b, [cell.at[0], cell.at[1]]));
            out.ground.push((cell, hours(k, there)));
            k += 1;
        }
        debug_assert_eq!(k, count);
        for (facade, parts) in walls.into_iter().zip(parts) {
            let there = before.is_some_and(|b| stands(b, &facade));
            let with_hours = parts.into_iter().map(|p| {
                k += 1;
                (p, hours(k - 1, there))
            });
            let parts = with_hours.collect();
            out.walls.push(WallSun { facade, parts });
        }
        Some(out)
    }

    /// Whether anything was there before, so that there is something to compare.
    pub fn compares(&self) -> bool {
        self.losses.is_some()
    }
}

/// True when the building of a wall was there before, at least in part: its middle a little behind the wall is built.
fn stands(before: &City, f: &Facade) -> bool {
    let behind = [0, 1].map(|k| 0.5 * (f.ends[0][k] + f.ends[1][k]) - 0.3 * f.outward[k]);
    let known = before.with_role(Role::Buildings).next().is_some();
    known && inside(before, behind)
}

/// Hours of many places, with progress from one share to another.
fn asked(
    occluders: &Occluders,
    day: &Day,
    points: &[([f64; 3], Option<[f64; 2]>)],
    control: &Control,
    [from, to]: [f32; 2],
) -> Option<Vec<f64>> {
    let mut out = Vec::with_capacity(points.len());
    for chunk in points.chunks(AT_ONCE) {
        let share = out.len() as f32 / points.len() as f32;
        control.report("Sonnenstunden", "Hours of sun", from + (to - from) * share);
        out.extend(lit(occluders, day, chunk, control)?.into_iter().map(|l| l.hours));
    }
    Some(out)
}
