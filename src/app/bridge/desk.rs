//! A file on its way into the project: the work in the background writes it, the assistant shows it.

use crate::{
    import::{Candidate, Choice, SlotSuggestion, Surroundings, Trial},
    layers::CrsGuess,
    model::LocalText,
    project::Mapping,
    session::Drafts,
};
use bevy::prelude::*;
use std::sync::Arc;

/// The file that the assistant is open for.
#[derive(Debug, Clone)]
pub struct OnDesk {
    /// Counts the files, so that the assistant starts anew for each.
    pub number: u64,
    /// What is in it.
    pub file: Arc<Candidate>,
    /// The project around it.
    pub around: Surroundings,
    /// What was found out about each layer.
    pub layers: Vec<OnDeskLayer>,
    /// The named mappings that read this kind of file.
    pub mappings: Vec<Mapping>,
    /// It was chosen for the plan that is open.
    pub for_plan: bool,
}

/// What was found out about a layer beforehand.
#[derive(Debug, Clone)]
pub struct OnDeskLayer {
    /// Coordinate systems that would bring it to the project.
    pub guesses: Vec<CrsGuess>,
    /// What the file says about its coordinate system cannot be true.
    pub impossible: bool,
    /// Slots that it could fill, the most likely first.
    pub slots: Vec<SlotSuggestion>,
}

/// A choice and what came of it.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The file it was tried for.
    pub number: u64,
    /// Layer by its place in the file.
    pub layer: usize,
    /// What was chosen.
    pub choice: Choice,
    /// What would come of it.
    pub trial: Arc<Trial>,
    /// What the plan that is open would take of it; nothing where there is none, or no layer to draw in.
    pub drafts: Option<Arc<Result<Drafts, LocalText>>>,
}

/// The file being brought in, if there is one.
#[derive(Resource, Debug, Default)]
pub struct ImportDesk {
    /// The file.
    pub file: Option<OnDesk>,
    /// The last choice that was tried.
    pub tried: Option<Tried>,
    /// A choice is being tried now.
    pub trying: Option<(usize, Choice)>,
    /// Files so far.
    pub count: u64,
}

impl ImportDesk {
    /// What came of exactly this choice.
    pub fn result(&self, layer: usize, choice: &Choice) -> Option<&Arc<Trial>> {
        let file = self.file.as_ref()?;
        let tried = self.tried.as_ref()?;
        (tried.number == file.number && tried.layer == layer && tried.choice == *choice).then_some(&tried.trial)
    }

    /// What a plan would take by exactly this choice.
    pub fn drafts(&self, layer: usize, choice: &Choice) -> Option<&Arc<Result<Drafts, LocalText>>> {
        self.result(layer, choice)?;
        self.tried.as_ref()?.drafts.as_ref()
    }

    /// The last result for this layer, even if the choice has changed since.
    pub fn latest(&self, layer: usize) -> Option<&Arc<Trial>> {
        let file = self.file.as_ref()?;
        let tried = self.tried.as_ref()?;
        (tried.number == file.number && tried.layer == layer).then_some(&tried.trial)
    }

    /// Nothing is brought in any more.
    pub fn clear(&mut self) {
        (self.file, self.tried, self.trying) = (None, None, None);
    }
}

/// The dialog for a new project.
#[derive(Resource, Debug, Default)]
pub struct Founding {
    /// It is open.
    pub open: bool,
    /// Files that were dropped while it was, or that opened it, until the dialog takes them.
    pub dropped: Vec<std::path::PathBuf>,
}
