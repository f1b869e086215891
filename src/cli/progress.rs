//! A bar on a terminal while a job runs in its own thread; silence everywhere else.

use super::context::{Context, Exit, Failure};
use crate::{export::plain, progress::Control};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{self, IsTerminal},
    thread,
    time::Duration,
};

const STEPS: u64 = 1000;

/// Does `work` and shows how far it is.
pub(super) fn with_progress<T: Send>(context: &Context, work: impl FnOnce(&Control) -> T + Send) -> Result<T, Failure> {
    let control = Control::default();
    let bar = bar();
    let result = thread::scope(|scope| {
        let job = scope.spawn(|| work(&control));
        while !job.is_finished() {
            let now = control.progress();
            bar.set_position((f64::from(now.fraction) * STEPS as f64) as u64);
            bar.set_message(plain(now.step.get(context.language)));
            thread::park_timeout(Duration::from_millis(if bar.is_hidden() { 5 } else { 80 }));
        }
        job.join()
    });
    bar.finish_and_clear();
    // The panic has already said where; a broken job must not look like an empty result.
    result.map_err(|_| Failure::new(Exit::Internal, context.text("broken")))
}

fn bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:24.cyan/dim} {percent:>3} % {wide_msg}") {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn a_broken_job_is_a_failure_and_not_silence() {
        let context = Context::new(Language::En, None);
        assert_eq!(with_progress(&context, |_| 7).unwrap(), 7);
        assert!(with_progress(&context, |_| -> u8 { panic!("on purpose") }).is_err());
    }
}
