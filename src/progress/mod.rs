//! Progress and cancelling, shared by everything that takes time.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

/// What is being done, and how far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// Step in both languages.
    pub step: crate::model::LocalText,
    /// 0 to 1.
    pub fraction: f32,
}

/// A handle to watch and to stop a running job. Clones share state.
#[derive(Debug, Clone, Default)]
pub struct Control {
    cancelled: Arc<AtomicBool>,
    progress: Arc<Mutex<Progress>>,
}

impl Control {
    /// Asks the job to stop; it does so at its next check.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// True once somebody asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Tells where the job is.
    pub fn report(&self, de: impl Into<String>, en: impl Into<String>, fraction: f32) {
        if let Ok(mut p) = self.progress.lock() {
            *p = Progress {
                step: crate::model::LocalText::new(de, en),
                fraction: fraction.clamp(0.0, 1.0),
            };
        }
    }

    /// Where the job is.
    pub fn progress(&self) -> Progress {
        self.progress.lock().map(|p| p.clone()).unwrap_or_default()
    }
}
