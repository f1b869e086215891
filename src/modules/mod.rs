//! Twin modules: folders of data (`module.toml` and `rules/*.toml`) that say which layers a city fills, how they
//! look and which rules hold between them. Nothing in the program names a module.

mod check;
mod computed;
mod def;
mod error;
mod filter;
mod indicator;
mod lack;
mod load;
mod overrides;
mod parameters;
mod predicate;
mod rule;
mod source_file;
mod suitability;
mod walking;

pub use check::check;
pub use computed::{computed, computed_rule};
pub use def::{AttributeDef, AttributeKind, ModuleDef, Role, SlotDef, SlotGeometry, Style, StyleClass};
pub use error::ModuleError;
pub use filter::{Filter, FilterError};
pub use indicator::{
    AreaMeasure, ConflictMeasure, CountMeasure, Direction, DwellingsMeasure, GridLimit, GridMeasure, GridPercent, IndicatorDef, MeasureDef,
    NearMeasure, People, SumMeasure, ZoneMeasure,
};
pub use lack::{Lack, Present, RuleLack, inputs, lacking};
pub use load::{SCHEMA, builtin, builtin_ids, load, parse};
pub use overrides::{ChangeError, Changed, Number, RuleChange, change, numbers};
pub use parameters::{Parameter, parameters, settle};
pub use predicate::{
    AdjacentParams, BeyondParams, CapacityParams, Comparison, ComputedParams, DistanceBy, DistanceFrom, OverlapParams, PredicateDef,
    ServedShareParams, SeverityStep, Threshold, VarietyParams, WithinParams, ZonalParams, ZonalStatistic,
};
pub use rule::{Evidence, LegalForce, RuleDef, RuleSide, RuleStatus, SeverityBy, StateVariant};
pub use source_file::SourceFile;
pub use suitability::{BEST_SCORE, CriterionDef, CriterionMeasure, ExclusionDef, ScoreStep, Statistic, SuitabilityDef, ValueFunction};
pub use walking::{PathKind, Walking, WalkingDef};
