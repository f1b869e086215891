//! The numbers of a rule, as fields that a variant can change: below a conflict and in the list of all rules.

mod fields;

pub use fields::{NumberFields, numbers_ui};
