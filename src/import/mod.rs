//! A file that somebody wants to bring into a project → what it holds and where it lies ([`Candidate`]), which slots and fields it could
//! fill ([`suggest_slots`], [`suggest_fields`]), what would come of it ([`try_out`]), and the `[[bind]]` that takes it in ([`take_in()`]).
//! Until then nothing in the project changes. Layer expressions and groups' weights are written into `project.toml` here too, its comments kept.

mod candidate;
mod error;
mod expression;
mod fields;
mod groups;
mod join;
mod service;
mod slots;
mod surroundings;
mod take_in;
mod trial;
mod words;

pub use candidate::{AttributeView, Candidate, CandidateLayer, Content, examine};
pub use error::ImportError;
pub use expression::keep_expression;
pub use fields::{FieldSuggestion, suggest_fields, translated};
pub use groups::{forget_group, keep_group};
pub use join::{JoinOffer, column_names, suggest_joins, table_advice};
pub use service::{ServiceUse, take_service};
pub use slots::{SlotSuggestion, suggest_slots};
pub use surroundings::{Surroundings, Where};
pub use take_in::{TakenIn, take_in};
pub use trial::{Choice, FieldResult, Placed, Trial, place, try_out};
