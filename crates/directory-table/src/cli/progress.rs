//! Shows how far a load is: a bar on a terminal, nothing elsewhere.

use directory_table::load::{Progress, Stage};
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;

/// A bar for each stage, one after the other.
#[derive(Default)]
pub(crate) struct Bars(Mutex<Option<(Stage, ProgressBar)>>);

impl Progress for Bars {
    fn at(&self, what: Stage, done: usize, of: usize) {
        let Ok(mut bar) = self.0.lock() else { return };
        if bar.as_ref().is_none_or(|(stage, _)| *stage != what) {
            if let Some((_, last)) = bar.take() {
                last.finish_and_clear();
            }
            *bar = Some((what, new_bar(what)));
        }
        if let Some((_, bar)) = &*bar {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
    }

    fn now(&self) -> u64 {
        super::now()
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        if let Ok(Some((_, bar))) = self.0.get_mut().map(Option::take) {
            bar.finish_and_clear();
        }
    }
}

fn new_bar(what: Stage) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:10} {wide_bar} {human_pos} of {human_len} items, {eta} left");
    let bar = ProgressBar::new(0).with_message(match what {
        Stage::Comparing => "comparing",
        Stage::Writing => "writing",
        Stage::Verifying => "verifying",
        Stage::Tidying => "tidying",
    });
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
