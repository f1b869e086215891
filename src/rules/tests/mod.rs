//! Every predicate on small cities: conflict, clear, unknown, and exactly on the limit.

mod areas;
mod demand;
mod distances;
mod edits;
mod kinds;
mod trouble;

use super::{Evaluation, evaluate, testing::TestCity};
use crate::{model::Conflict, progress::Control};

fn run(city: TestCity) -> Evaluation {
    evaluate(&city.build(), &Control::default())
}

/// Conflicts, clear, unknown of the only rule.
fn counts(e: &Evaluation) -> (u32, u32, u32) {
    let o = &e.outcomes[0];
    assert_eq!(o.conflicts + o.clear + o.unknown, o.subjects, "{o:?}");
    assert_eq!(o.by_severity.iter().sum::<u32>(), o.conflicts);
    assert_eq!(e.conflicts.len() as u32, e.outcomes.iter().map(|o| o.conflicts).sum::<u32>());
    (o.conflicts, o.clear, o.unknown)
}

fn subject<'a>(e: &'a Evaluation, id: &str) -> &'a Conflict {
    e.conflicts.iter().find(|c| c.subject.id == id).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs().max(1.0)
}
