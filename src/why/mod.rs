//! "Why here?" as a whole: a checked city and a spot in, every layer, rule, figure of building law, indicator, criterion and competing use there out, as a value,
//! as text for people and as JSON. The window and the command line give the same answer, because both ask here.

mod figures;
mod json;
mod law;
mod text;
mod uses;

#[cfg(test)]
mod tests;

pub use figures::at as figures_at;
pub use json::to_json;
pub use law::law_at;
pub use text::{contest_words, criterion_words, figure_words, to_text, use_words};
pub use uses::{InForce, SpotCriterion, SpotUse, SpotUses, WeighedUse, uses_at};

use crate::{indicators::Indicators, progress::Control, project::City, rules, rules::Evaluation, rules::SpotReport};

/// Everything that can be told about one spot.
#[derive(Debug, Clone)]
pub struct Why {
    /// Layers and rules.
    pub spot: SpotReport,
    /// What else is known.
    pub more: WhyMore,
}

/// What takes longer to work out than a click may take: indicators, criteria and competition.
#[derive(Debug, Clone)]
pub struct WhyMore {
    /// Indicators of the whole and of the district that the spot lies in.
    pub figures: Indicators,
    /// Uses with their criteria, and where they compete.
    pub uses: SpotUses,
}

/// Layers and rules at a spot (project CRS), and behind the modules' rules what building law says there.
pub fn spot(city: &City, evaluation: &Evaluation, at: [f64; 2], control: &Control) -> SpotReport {
    let mut spot = rules::why_here(city, evaluation, at);
    spot.rules.extend(law_at(city, evaluation, at, control));
    spot
}

/// The whole answer for a spot (project CRS); `None` when it was stopped.
pub fn why(city: &City, evaluation: &Evaluation, at: [f64; 2], control: &Control) -> Option<Why> {
    let spot = spot(city, evaluation, at, control);
    // Whoever shows layers and rules at once asks for the slower parts one by one.
    let uses = uses_at(city, &spot, &InForce::of_modules(city), control)?;
    let figures = figures_at(city, evaluation, at, control)?;
    Some(Why {
        spot,
        more: WhyMore { figures, uses },
    })
}
