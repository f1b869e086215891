//! Work off the caller's thread: the window starts it, asks every frame whether it is done, and can cancel it.

use super::SessionError;
use crate::progress::{Control, Progress};
use std::thread::JoinHandle;

/// A running piece of work and its handle.
#[derive(Debug)]
pub struct Job<T> {
    control: Control,
    thread: Option<JoinHandle<Result<T, SessionError>>>,
}

impl<T: Send + 'static> Job<T> {
    /// Starts `work` on its own thread. `done` is called there when it ends, however it ends, so that a sleeping window wakes up.
    pub fn start(
        work: impl FnOnce(&Control) -> Result<T, SessionError> + Send + 'static,
        done: impl FnOnce() + Send + 'static,
    ) -> Result<Self, SessionError> {
        struct OnEnd<F: FnOnce()>(Option<F>);
        impl<F: FnOnce()> Drop for OnEnd<F> {
            fn drop(&mut self) {
                if let Some(done) = self.0.take() {
                    done();
                }
            }
        }
        let control = Control::default();
        let inner = control.clone();
        let thread = std::thread::Builder::new()
            .name("job".into())
            .spawn(move || {
                let _end = OnEnd(Some(done));
                work(&inner)
            })
            .map_err(|e| SessionError::Broken { message: e.to_string() })?;
        Ok(Self {
            control,
            thread: Some(thread),
        })
    }

    /// Where it is.
    pub fn progress(&self) -> Progress {
        self.control.progress()
    }

    /// Asks it to stop.
    pub fn cancel(&self) {
        self.control.cancel();
    }

    /// True when the result is there, or was taken.
    pub fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// The result, once: `None` while it runs and after the result was taken.
    pub fn poll(&mut self) -> Option<Result<T, SessionError>> {
        if self.is_finished() { self.finish() } else { None }
    }

    /// Waits for the result; `None` when it was taken before.
    pub fn finish(&mut self) -> Option<Result<T, SessionError>> {
        let result = self.thread.take()?.join();
        let cancelled = self.control.is_cancelled();
        Some(match result {
            // An error after Cancel is the cancelling itself, whatever room it came from.
            Ok(Err(_)) if cancelled => Err(SessionError::Cancelled),
            Ok(result) => result,
            Err(panic) => {
                let text = panic.downcast_ref::<&str>().map(ToString::to_string);
                let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
                Err(SessionError::Broken {
                    message: text.unwrap_or_else(|| "?".into()),
                })
            }
        })
    }
}

impl<T> Drop for Job<T> {
    /// A job that nobody waits for any more stops at its next check.
    fn drop(&mut self) {
        self.control.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_job_reports_stops_and_never_takes_the_window_down() {
        let (tell, ended) = mpsc::channel();
        let mut job = Job::<()>::start(
            |control| {
                control.report("Schritt", "Step", 0.5);
                while !control.is_cancelled() {
                    std::thread::yield_now();
                }
                Err(SessionError::Broken { message: "late".into() })
            },
            move || tell.send(()).unwrap(),
        )
        .unwrap();
        assert!(job.poll().is_none());
        job.cancel();
        assert!(matches!(job.finish(), Some(Err(SessionError::Cancelled))));
        assert_eq!(job.progress().fraction, 0.5);
        ended.recv().unwrap();
        assert!(job.finish().is_none());

        let mut job = Job::<u8>::start(|_| panic!("lost the thread"), || ()).unwrap();
        let result = job.finish();
        assert!(
            matches!(&result, Some(Err(SessionError::Broken { message })) if message == "lost the thread"),
            "{result:?}"
        );
        let mut job = Job::start(|_| Ok(7), || ()).unwrap();
        assert_eq!(job.finish().unwrap().unwrap(), 7);
    }
}
