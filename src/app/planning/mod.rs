//! The plan: draw, move, divide, describe and take away over the existing city; history, variants and what each step changes.

mod about;
mod consequences;
mod effects;
mod form;
mod hidden;
mod history;
mod layers;
mod panel;
mod selected;
mod tools;

pub use effects::{Effects, plugin};
pub use panel::{PlanningState, planning_ui};
