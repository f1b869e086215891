//! What is compared with what, loaded and counted off the window's thread while somebody looks.

use crate::{
    app::{
        bridge::{Arrangement, Compared, Counted, CurrentSnapshot, Later, Same, Selection},
        scene::{redraw::Redraw, sides::Unready},
    },
    figures::PlanFigures,
    model::{Bbox, LocalText},
    progress::Control,
    project::City,
    rules::Evaluation,
    scenario::{Base, Comparison, file},
    session::{Assessed, Snapshot, Variant, differences},
};
use bevy::prelude::*;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

/// What the shown variant is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum With {
    /// The existing conditions.
    #[default]
    Base,
    /// Another variant of the project.
    File(PathBuf),
}

/// The parts of the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// Features.
    #[default]
    Features,
    /// Conflicts.
    Conflicts,
    /// Indicators.
    Indicators,
    /// Figures of the sites.
    Figures,
}

/// A file as it was when it was read: who saves it meanwhile has another one.
type Read = (PathBuf, Option<SystemTime>, Same<City>);
/// Both sides of a table, with what was counted in both.
type Counts = (Same<Variant>, u64, [Same<crate::indicators::Indicators>; 2], [Same<PlanFigures>; 2]);

/// Choices of the panel, and what was found for them.
#[derive(Resource)]
pub struct Variants {
    /// The panel is on the screen.
    pub open: bool,
    /// What is compared with.
    pub with: With,
    /// Somebody chose that; a plan that is begun is else compared with the existing conditions.
    picked: bool,
    /// Chosen part.
    pub part: Part,
    /// How the view is shared.
    pub arrangement: Arrangement,
    /// Where the line stands.
    pub divider: f32,
    /// The key for "before" is held.
    pub held: bool,
    /// Conflicts that are the same are listed as well.
    pub unchanged: bool,
    /// Row of the site whose figures are shown; `None` shows the sums.
    pub site: Option<usize>,
    /// Variants of the project by name, as of which generation and folder.
    pub files: Vec<(String, PathBuf)>,
    listed_for: Option<(u64, PathBuf)>,
    stamp: Option<SystemTime>,
    read: Later<Read, Result<Arc<Variant>, LocalText>>,
    /// The variant to compare with.
    pub before: Option<Arc<Variant>>,
    /// Why there is none.
    pub trouble: Option<LocalText>,
    table: Later<Counts, Arc<Comparison>>,
    /// The difference, as far as it is counted.
    pub comparison: Option<Arc<Comparison>>,
    /// Figures of the sites as they are shown, and of the existing conditions.
    pub figures: Option<[Arc<PlanFigures>; 2]>,
    /// Something is being worked out.
    pub busy: bool,
    /// Selection that the figures followed last.
    pub followed: Selection,
    /// Where the site is whose figures are shown.
    pub place: Option<Bbox>,
}

impl Default for Variants {
    fn default() -> Self {
        Self {
            open: false,
            with: With::Base,
            picked: false,
            part: Part::Features,
            arrangement: Arrangement::Single,
            divider: 0.5,
            held: false,
            unchanged: false,
            site: None,
            files: vec![],
            listed_for: None,
            stamp: None,
            read: Later::default(),
            before: None,
            trouble: None,
            table: Later::default(),
            comparison: None,
            figures: None,
            busy: false,
            followed: Selection::None,
            place: None,
        }
    }
}

/// The existing conditions with their conflicts.
pub fn base_of(s: &Snapshot) -> (Base, Arc<Evaluation>) {
    match &s.planning {
        Some(p) => (p.base.clone(), p.base_evaluation.clone()),
        None => (Base::new(s.city.clone()), s.evaluation.clone()),
    }
}

impl Variants {
    /// True while the view or the table needs the other variant.
    fn wanted(&self) -> bool {
        self.open || self.in_view()
    }

    fn in_view(&self) -> bool {
        self.held || self.arrangement != Arrangement::Single
    }

    /// The comparison starts from here again.
    fn reset(&mut self) {
        let (open, part) = (self.open, self.part);
        *self = Self {
            open,
            part,
            ..Self::default()
        };
    }

    /// Keeps the choice possible: a variant is never compared with itself.
    fn settle(&mut self, s: &Snapshot) {
        let folder = &s.city.info.folder;
        if self.listed_for.as_ref().is_none_or(|(_, f)| f != folder) {
            self.reset();
        }
        if self.listed_for.as_ref().is_none_or(|(g, _)| *g != s.generation) {
            self.listed_for = Some((s.generation, folder.clone()));
            self.files = file::list(folder).into_iter().filter_map(named).collect();
        }
        let open = s.planning.as_ref().map(|p| &p.path);
        let with = match (&self.with, open) {
            (With::File(path), Some(open)) if path == open || !self.picked => With::Base,
            (With::File(path), _) if !self.files.iter().any(|(_, p)| p == path) => With::Base,
            (With::Base, None) => self.files.first().map_or(With::Base, |(_, p)| With::File(p.clone())),
            (with, _) => with.clone(),
        };
        if self.with != with {
            self.with = with;
        }
        if let With::File(path) = &self.with {
            self.stamp = std::fs::metadata(path).and_then(|m| m.modified()).ok();
        }
    }

    /// Another variant was chosen to compare with.
    pub fn again(&mut self) {
        self.picked = true;
        self.before = None;
        self.comparison = None;
        self.trouble = None;
        if let With::File(path) = &self.with {
            self.stamp = std::fs::metadata(path).and_then(|m| m.modified()).ok();
        }
    }

    /// The next way to share the view.
    pub fn next(&mut self) {
        self.arrangement = match self.arrangement {
            Arrangement::Single => Arrangement::Beside,
            Arrangement::Beside => Arrangement::Swipe,
            Arrangement::Swipe => Arrangement::Single,
        };
    }

    /// True when there is something to compare.
    pub fn possible(&self, s: &Snapshot) -> bool {
        s.planning.is_some() || !self.files.is_empty()
    }
}

fn named(path: PathBuf) -> Option<(String, PathBuf)> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    Some((name.strip_suffix(file::EXTENSION).unwrap_or(&name).to_owned(), path))
}

/// Reads what shall be compared with, and hands it to the scene.
pub fn load(mut variants: ResMut<Variants>, mut compared: ResMut<Compared>, snapshot: Res<CurrentSnapshot>, mut redraw: ResMut<Redraw>) {
    let v = variants.bypass_change_detection();
    let Some(s) = &snapshot.0 else { return };
    if snapshot.is_changed() {
        v.settle(s);
    }
    if v.wanted() && v.possible(s) {
        let (base, evaluation) = base_of(s);
        match &v.with {
            With::Base => {
                let same = v
                    .before
                    .as_ref()
                    .is_some_and(|b| Arc::ptr_eq(&b.city, &base.city) && Arc::ptr_eq(&b.evaluation, &evaluation));
                if !same {
                    v.before = Some(Arc::new(Variant::of_base(&base, &evaluation)));
                }
                v.trouble = None;
            }
            With::File(path) => {
                let key = (path.clone(), v.stamp, Same(base.city.clone()));
                let path = path.clone();
                if v.read.want(key.clone(), move |control| read(&base, &evaluation, &path, control)) {
                    redraw.soon();
                }
                let found = v.read.with_key().filter(|(k, _)| **k == key).map(|(_, found)| found.clone());
                (v.before, v.trouble) = match found {
                    Some(Ok(variant)) => (Some(variant), None),
                    Some(Err(why)) => (None, Some(why)),
                    None => (None, None),
                };
            }
        }
    }
    // After the key is let go what was built stays until something changes: pressed again it answers at once.
    let stays = v.in_view() || (compared.before.is_some() && !snapshot.is_changed());
    let before = v.before.clone().filter(|_| stays && v.possible(s));
    if !v.possible(s) {
        v.arrangement = Arrangement::Single;
    }
    let same = match (&before, &compared.before) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    };
    let now = (v.arrangement, v.divider, v.held);
    if !same || (compared.arrangement, compared.divider, compared.held) != now {
        (compared.arrangement, compared.divider, compared.held) = now;
        if !same {
            compared.before = before;
            compared.ready = false;
        }
        redraw.soon();
    }
}

fn read(base: &Base, evaluation: &Arc<Evaluation>, path: &Path, control: &Control) -> Result<Arc<Variant>, LocalText> {
    Variant::of_file(base, evaluation, path, control)
        .map(Arc::new)
        .map_err(|e| e.text())
}

/// The rooms have built what they had to: from the next frame on the other variant may be seen. Nothing has to be built anew for that.
pub fn ready(mut compared: ResMut<Compared>, mut unready: ResMut<Unready>, mut redraw: ResMut<Redraw>) {
    let waiting = std::mem::take(&mut unready.bypass_change_detection().0);
    let c = compared.bypass_change_detection();
    let ready = c.before.is_some() && (c.ready || waiting == 0);
    if c.ready != ready {
        c.ready = ready;
        redraw.soon();
    }
}

/// Counts what the panel shows.
pub fn count(mut variants: ResMut<Variants>, mut counted: ResMut<Counted>, snapshot: Res<CurrentSnapshot>, mut redraw: ResMut<Redraw>) {
    let v = variants.bypass_change_detection();
    let counted = counted.bypass_change_detection();
    let Some(s) = snapshot.0.as_ref().filter(|_| v.open) else {
        v.busy = false;
        return;
    };
    let (base, base_evaluation) = base_of(s);
    let now = counted.figures(&base.city, &s.city, &s.evaluation);
    let existing = counted.figures(&base.city, &base.city, &base_evaluation);
    if let (Some(now), Some(existing)) = (now.clone(), existing) {
        v.figures = Some([existing, now]);
    }
    if let Some(before) = v.before.clone().filter(|_| v.possible(s)) {
        let both = [
            counted.indicators(&before.city, &before.evaluation),
            counted.indicators(&s.city, &s.evaluation),
        ];
        let figures = [counted.figures(&base.city, &before.city, &before.evaluation), now];
        if let ([Some(Ok(ia)), Some(Ok(ib))], [Some(fa), Some(fb)]) = (both, figures) {
            let key = (
                Same(before.clone()),
                s.generation,
                [Same(ia.clone()), Same(ib.clone())],
                [Same(fa.clone()), Same(fb.clone())],
            );
            let (after, sides) = (Variant::of_snapshot(s), [(ia, fa), (ib, fb)]);
            v.table.want(key, move |_| {
                let counted = sides.map(|(indicators, figures)| Assessed { indicators, figures });
                Arc::new(differences(&base, [&before, &after], counted.each_ref()))
            });
        }
        v.comparison = v.table.get().cloned();
    } else {
        v.comparison = None;
    }
    let site = v.figures.as_ref().zip(v.site).and_then(|([_, now], k)| now.sites.get(k));
    v.place = site.and_then(|f| Some(s.city.layer(&f.site.slot)?.layer.geometry.bbox(f.site.row as usize)));
    v.busy = v.read.busy() || v.table.busy() || counted.busy();
    if v.busy {
        redraw.soon();
    }
}

/// What nobody asked for in this frame is called off.
pub fn sweep(mut counted: ResMut<Counted>) {
    counted.bypass_change_detection().sweep();
}
