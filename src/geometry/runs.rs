//! Segments in runs of eight with a box each, boxes in runs of eight with a box each, and so on.
//!
//! Neighbouring segments of a ring lie close together, so this tree costs no sorting and prunes nearly as well as an R-tree.

use super::contains::{Ray, ray};

/// A segment `[x0, y0, x1, y1]`; a point is a segment of no length.
pub(super) type Segment = [f64; 4];

const FAN: usize = 8;

/// `[min x, min y, max x, max y]`.
type Box4 = [f64; 4];

const NOWHERE: Box4 = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];

/// A box of the tree: `level` 0 holds segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    level: u32,
    index: u32,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Runs {
    pub segments: Vec<Segment>,
    levels: Vec<Vec<Box4>>,
}

fn around(s: &Segment) -> Box4 {
    [s[0].min(s[2]), s[1].min(s[3]), s[0].max(s[2]), s[1].max(s[3])]
}

fn join(a: Box4, b: &Box4) -> Box4 {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// Squared distance of two boxes; 0 when they share a point.
pub(super) fn box_distance2(a: &Box4, b: &Box4) -> f64 {
    let dx = (a[0] - b[2]).max(b[0] - a[2]).max(0.0);
    let dy = (a[1] - b[3]).max(b[1] - a[3]).max(0.0);
    dx * dx + dy * dy
}

impl Runs {
    /// Builds the tree; `segments` must be finite.
    pub(super) fn new(segments: Vec<Segment>) -> Self {
        let mut levels = Vec::new();
        let mut level: Vec<Box4> = segments
            .chunks(FAN)
            .map(|run| run.iter().fold(NOWHERE, |b, s| join(b, &around(s))))
            .collect();
        while level.len() > 1 {
            let next = level.chunks(FAN).map(|run| run.iter().fold(NOWHERE, join)).collect();
            levels.push(std::mem::replace(&mut level, next));
        }
        levels.push(level);
        Self { segments, levels }
    }

    /// The node above all others; `None` without segments.
    pub(super) fn root(&self) -> Option<Node> {
        (!self.segments.is_empty()).then(|| Node {
            level: self.levels.len() as u32 - 1,
            index: 0,
        })
    }

    pub(super) fn bounds(&self, node: Node) -> &Box4 {
        &self.levels[node.level as usize][node.index as usize]
    }

    /// Indices of the segments of a lowest node; empty above.
    fn run(&self, node: Node) -> std::ops::Range<usize> {
        let first = node.index as usize * FAN;
        first..(first + FAN).min(self.segments.len())
    }

    fn children(&self, node: Node) -> impl Iterator<Item = Node> + Clone + use<> {
        let level = node.level - 1;
        let first = node.index * FAN as u32;
        let last = (first + FAN as u32).min(self.levels[level as usize].len() as u32);
        (first..last).map(move |index| Node { level, index })
    }

    /// Calls `near` with every segment that the ray from `p` due east may meet.
    pub(super) fn near_ray(&self, p: [f64; 2], near: &mut impl FnMut(usize)) {
        if let Some(root) = self.root() {
            self.near_ray_below(root, p, near);
        }
    }

    fn near_ray_below(&self, node: Node, p: [f64; 2], near: &mut impl FnMut(usize)) {
        let b = self.bounds(node);
        if p[1] < b[1] || p[1] > b[3] || p[0] > b[2] {
            return;
        }
        if node.level > 0 {
            self.children(node).for_each(|child| self.near_ray_below(child, p, near));
        } else {
            self.run(node).for_each(near);
        }
    }

    /// True when `p` lies inside (by the even-odd rule) or on a segment.
    pub(super) fn contains(&self, p: [f64; 2]) -> bool {
        let (mut odd, mut on) = (false, false);
        self.near_ray(p, &mut |k| {
            let s = &self.segments[k];
            match ray([s[0], s[1]], [s[2], s[3]], p) {
                Ray::On => on = true,
                Ray::Crosses => odd = !odd,
                Ray::Misses => {}
            }
        });
        on || odd
    }

    /// Calls `meet` with pairs of segments (lower index first) whose boxes share a point, until it returns false. True when it never did.
    pub(super) fn self_join(&self, meet: &mut impl FnMut(usize, usize) -> bool) -> bool {
        self.root().is_none_or(|root| self.join_within(root, meet))
    }

    fn join_within(&self, node: Node, meet: &mut impl FnMut(usize, usize) -> bool) -> bool {
        if node.level == 0 {
            let run = self.run(node);
            return run.clone().all(|i| (i + 1..run.end).all(|j| self.meet(i, j, meet)));
        }
        let children = self.children(node);
        children.clone().all(|a| {
            self.join_within(a, meet)
                && children
                    .clone()
                    .filter(|b| b.index > a.index)
                    .all(|b| self.join_between(a, b, meet))
        })
    }

    fn join_between(&self, a: Node, b: Node, meet: &mut impl FnMut(usize, usize) -> bool) -> bool {
        if box_distance2(self.bounds(a), self.bounds(b)) > 0.0 {
            return true;
        }
        if a.level == 0 {
            return self
                .run(a)
                .all(|i| box_distance2(&around(&self.segments[i]), self.bounds(b)) > 0.0 || self.run(b).all(|j| self.meet(i, j, meet)));
        }
        self.children(a)
            .all(|x| box_distance2(self.bounds(x), self.bounds(b)) > 0.0 || self.children(b).all(|y| self.join_between(x, y, meet)))
    }

    fn meet(&self, i: usize, j: usize, meet: &mut impl FnMut(usize, usize) -> bool) -> bool {
        box_distance2(&around(&self.segments[i]), &around(&self.segments[j])) > 0.0 || meet(i, j)
    }

    /// Lowers `best2` to the squared distance to `other` where that is smaller.
    pub(super) fn nearest2(&self, other: &Self, best2: &mut f64) {
        if let (Some(a), Some(b)) = (self.root(), other.root()) {
            self.nearest_between(a, other, b, best2);
        }
    }

    fn nearest_between(&self, a: Node, other: &Self, b: Node, best2: &mut f64) {
        if a.level == 0 && b.level == 0 {
            for s in &self.segments[self.run(a)] {
                if box_distance2(&around(s), other.bounds(b)) >= *best2 {
                    continue;
                }
                for t in &other.segments[other.run(b)] {
                    *best2 = best2.min(segment_distance2(s, t));
                }
            }
            return;
        }
        // Open the higher node; visit its children nearest first so that the bound falls early.
        let mut near = [(0.0, Node { level: 0, index: 0 }); FAN];
        let mut count = 0;
        let open_a = a.level >= b.level;
        let (opened, tree, bounds) = if open_a {
            (a, self, other.bounds(b))
        } else {
            (b, other, self.bounds(a))
        };
        for child in tree.children(opened) {
            let d2 = box_distance2(tree.bounds(child), bounds);
            if d2 < *best2 {
                near[count] = (d2, child);
                count += 1;
            }
        }
        let near = &mut near[..count];
        near.sort_by(|x, y| x.0.total_cmp(&y.0));
        for (d2, child) in near.iter() {
            if *d2 >= *best2 {
                break;
            }
            if open_a {
                self.nearest_between(*child, other, b, best2);
            } else {
                self.nearest_between(a, other, *child, best2);
            }
        }
    }
}

fn point_distance2(px: f64, py: f64, s: &Segment) -> f64 {
    let (dx, dy) = (s[2] - s[0], s[3] - s[1]);
    // Differences first: they are exact where the points are near each other, however far they lie from the CRS origin.
    let (ox, oy) = (s[0] - px, s[1] - py);
    let length2 = dx * dx + dy * dy;
    let t = if length2 > 0.0 {
        (-(ox * dx + oy * dy) / length2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (x, y) = (ox + t * dx, oy + t * dy);
    x * x + y * y
}

/// Squared distance of two segments; 0 when they cross.
pub(super) fn segment_distance2(s: &Segment, t: &Segment) -> f64 {
    let side = |x: f64, y: f64, s: &Segment| (s[2] - s[0]) * (y - s[1]) - (s[3] - s[1]) * (x - s[0]);
    // Strictly: collinear segments lie on no side, and ends that touch have distance 0 below.
    if side(s[0], s[1], t) * side(s[2], s[3], t) < 0.0 && side(t[0], t[1], s) * side(t[2], t[3], s) < 0.0 {
        return 0.0;
    }
    point_distance2(s[0], s[1], t)
        .min(point_distance2(s[2], s[3], t))
        .min(point_distance2(t[0], t[1], s))
        .min(point_distance2(t[2], t[3], s))
}
