//! Links between surfaces (XLink): followed within a member, handed out where they lead elsewhere, never followed in a circle.

use super::object::{Face, Object};
use crate::model::SurfaceKind;
use std::{collections::HashMap, ops::Range};

/// Links that are followed one behind the other.
const MOST_LINKS: usize = 16;
/// Polygons that links may add to one member, and steps that are taken to find them.
pub(super) const MOST_LINKED: usize = 200_000;

/// A link from one surface to another.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) object: usize,
    pub(super) lod: u8,
    pub(super) kind: Option<SurfaceKind>,
    pub(super) flip: bool,
    /// Without the leading `#`.
    pub(super) target: String,
}

/// What an id stands for: polygons of an object, and links inside of it.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) object: usize,
    pub(super) faces: Range<usize>,
    pub(super) links: Range<usize>,
}

/// Follows the links of a member. Comes back with those that lead elsewhere.
pub(super) fn resolve(objects: &mut [Object], ids: &HashMap<String, Target>, links: &[Link], most_vertices: u64) -> Vec<Link> {
    let mut elsewhere: Vec<Link> = vec![];
    let mut added = 0;
    let mut steps = MOST_LINKED;
    for link in links {
        let mut found: Vec<(usize, usize)> = vec![];
        let mut open: Vec<&str> = vec![];
        match follow(ids, links, &link.target, &mut open, &mut found, &mut steps) {
            Follow::Fine => {}
            Follow::Cycle => objects[link.object].trouble.cyclic += 1,
            Follow::Missing => {
                elsewhere.push(link.clone());
                continue;
            }
        }
        for (object, k) in found {
            let Some(face) = objects[object].faces.get_mut(k) else { continue };
            if object == link.object && face.lod == link.lod {
                if face.kind.is_none() {
                    face.kind = link.kind;
                }
            } else if added < MOST_LINKED {
                added += 1;
                let face = face.clone();
                linked(objects, link, vec![face], most_vertices);
            }
        }
    }
    elsewhere
}

/// Gives an object the polygons that a link leads to.
pub(super) fn linked(objects: &mut [Object], link: &Link, faces: Vec<Face>, most_vertices: u64) {
    let Some(object) = objects.get_mut(link.object) else { return };
    for mut face in faces {
        if link.flip {
            face.rings.iter_mut().for_each(|r| r.reverse());
        }
        // Kept rings are open; closing them again lets the same checks apply.
        for r in &mut face.rings {
            if let Some(first) = r.first().copied() {
                r.push(first);
            }
        }
        object.face(link.lod, link.kind.or(face.kind), face.rings, most_vertices);
    }
}

/// Says that a link leads nowhere.
pub(super) fn nowhere(objects: &mut [Object], link: &Link) {
    if let Some(object) = objects.get_mut(link.object) {
        object.trouble.missing.push(link.target.clone());
    }
}

enum Follow {
    Fine,
    Missing,
    Cycle,
}

fn follow<'a>(
    ids: &'a HashMap<String, Target>,
    links: &'a [Link],
    id: &'a str,
    open: &mut Vec<&'a str>,
    found: &mut Vec<(usize, usize)>,
    steps: &mut usize,
) -> Follow {
    let Some(target) = ids.get(id) else { return Follow::Missing };
    // Links that branch at every step would be followed for ever, even without a circle.
    *steps = steps.saturating_sub(1 + target.faces.len());
    if open.contains(&id) || open.len() >= MOST_LINKS || *steps == 0 {
        return Follow::Cycle;
    }
    found.extend(target.faces.clone().map(|k| (target.object, k)));
    open.push(id);
    let mut outcome = Follow::Fine;
    for link in &links[target.links.start.min(links.len())..target.links.end.min(links.len())] {
        match follow(ids, links, &link.target, open, found, steps) {
            Follow::Cycle => outcome = Follow::Cycle,
            Follow::Missing | Follow::Fine => {}
        }
        if *steps == 0 {
            break;
        }
    }
    open.pop();
    outcome
}
