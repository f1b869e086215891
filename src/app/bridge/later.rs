//! Values that are computed in the background for what is wanted now: the newest wish counts, and nothing is started twice.

use crate::progress::{Control, Progress};
use bevy::tasks::{AsyncComputeTaskPool, Task, futures::check_ready};
use std::sync::Arc;

/// A shared value that equals only itself: what it holds is never compared.
#[derive(Debug)]
pub struct Same<T: ?Sized>(pub Arc<T>);

impl<T: ?Sized> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Debug)]
struct Running<K, V> {
    key: K,
    control: Control,
    task: Task<V>,
}

/// A value with the key it was computed for, and the one on its way.
#[derive(Debug)]
pub struct Later<K, V> {
    have: Option<(K, V)>,
    running: Option<Running<K, V>>,
}

impl<K, V> Default for Later<K, V> {
    fn default() -> Self {
        Self { have: None, running: None }
    }
}

impl<K: PartialEq, V: Send + 'static> Later<K, V> {
    /// Takes what is finished, and starts the computation for `key` unless its value is there or on its way. A computation for
    /// another key is asked to stop and replaced when it has ended, so that a slider never piles up work.
    /// True while something is on its way.
    pub fn want(&mut self, key: K, make: impl FnOnce(&Control) -> V + Send + 'static) -> bool {
        self.take();
        match &self.running {
            Some(running) if running.key == key => {}
            Some(running) => running.control.cancel(),
            None if self.have.as_ref().is_some_and(|(k, _)| *k == key) => {}
            None => {
                let control = Control::default();
                let own = control.clone();
                let task = AsyncComputeTaskPool::get().spawn(async move { make(&own) });
                self.running = Some(Running { key, control, task });
            }
        }
        self.busy()
    }

    fn take(&mut self) {
        if let Some(mut running) = self.running.take() {
            match check_ready(&mut running.task) {
                Some(value) => self.have = Some((running.key, value)),
                None => self.running = Some(running),
            }
        }
    }

    /// Nothing is wanted any more.
    pub fn forget(&mut self) {
        if let Some(running) = &self.running {
            running.control.cancel();
        }
        self.have = None;
        self.running = None;
    }

    /// The newest value, perhaps of an earlier key.
    pub fn get(&self) -> Option<&V> {
        self.have.as_ref().map(|(_, v)| v)
    }

    /// The newest value with its key.
    pub fn with_key(&self) -> Option<(&K, &V)> {
        self.have.as_ref().map(|(k, v)| (k, v))
    }

    /// Where the computation is that is on its way; `None` before it says so.
    pub fn progress(&self) -> Option<Progress> {
        let now = self.running.as_ref()?.control.progress();
        (!now.step.de.is_empty()).then_some(now)
    }

    /// True while something is being computed.
    pub fn busy(&self) -> bool {
        self.running.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{thread::sleep, time::Duration};

    fn until(mut done: impl FnMut() -> bool) {
        for _ in 0..500 {
            if done() {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        panic!("never finished");
    }

    #[test]
    fn the_newest_wish_is_fulfilled_and_an_older_one_is_asked_to_stop() {
        AsyncComputeTaskPool::get_or_init(bevy::tasks::TaskPool::default);
        let mut later = Later::default();
        let patient = |control: &Control| {
            while !control.is_cancelled() {
                sleep(Duration::from_millis(5));
            }
            "stopped"
        };
        assert!(later.want(1, patient));
        assert!(later.want(1, |_| "twice"), "nothing is started twice");
        assert!(later.progress().is_none(), "it has not said where it is");
        until(|| !later.want(2, |_| "second"));
        assert_eq!(later.with_key(), Some((&2, &"second")));
        assert!(!later.want(2, |_| "again"), "what is there is not computed anew");
        later.forget();
        assert!(later.get().is_none() && !later.busy());
    }
}
