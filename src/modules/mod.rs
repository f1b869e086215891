//! Twin modules: folders of data (`module.toml` and `rules/*.toml`) that say which layers a city fills, how they
//! look and which rules hold between them. Nothing in the program names a module.

mod check;
mod def;
mod error;
mod filter;
mod lack;
mod load;
mod rule;
mod source_file;

pub use check::check;
pub use def::{AttributeDef, AttributeKind, ModuleDef, Role, SlotDef, SlotGeometry, Style, StyleClass};
pub use error::ModuleError;
pub use filter::{Filter, FilterError};
pub use lack::{Lack, Present, RuleLack, inputs, lacking};
pub use load::{SCHEMA, builtin, builtin_ids, load, parse};
pub use rule::{
    AdjacentParams, BeyondParams, CapacityParams, Comparison, DistanceBy, Evidence, LegalForce, OverlapParams, PredicateDef, RuleDef,
    RuleSide, RuleStatus, SeverityBy, SeverityStep, StateVariant, Threshold, WithinParams, ZonalParams, ZonalStatistic,
};
pub use source_file::SourceFile;
