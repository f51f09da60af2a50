//! Lines of the log on their way out, a batch at a time.
//!
//! tracing-appender's queue wakes its thread for nearly every line: on one core that is more than a lookup (docs/performance.md).

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{mem, thread};

/// How long a line waits for others, to be written with them.
const TOGETHER: Duration = Duration::from_millis(10);
/// So many bytes do not wait any longer.
const ENOUGH: usize = 1 << 18;
/// With so many bytes waiting, whoever logs waits, too.
const FULL: usize = 1 << 20;
/// How long the end waits for a reader that does not read.
const PATIENCE: Duration = Duration::from_secs(5);

/// Lines on their way to the thread that writes them, a batch at a time: a system call for each would be a fifth of a lookup, and
/// so would be a wake-up for each. Where the reader is slow nothing is lost and no memory runs full: whoever logs waits.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    /// For the thread: there is a first line, or enough of them, or the end.
    work: Condvar,
    /// For the others: lines have left, or the last one is written.
    room: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    ending: bool,
    ended: bool,
}

impl Queue {
    /// Starts the thread, which writes to `out` until [`Queue::end`].
    pub(crate) fn start(out: impl Write + Send + 'static) -> Arc<Self> {
        let queue = Arc::new(Self::default());
        let lines = queue.clone();
        thread::spawn(move || lines.write_to(out));
        queue
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a line behind the others.
    pub(crate) fn push(&self, line: &[u8]) {
        // Once the thread has ended, there is nobody to wait for.
        let full = |waiting: &mut Waiting| waiting.lines.len() >= FULL && !waiting.ended;
        let mut waiting = self.room.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        if waiting.ended {
            return;
        }
        let before = waiting.lines.len();
        waiting.lines.extend_from_slice(line);
        let after = waiting.lines.len();
        // First, or the thread would wake only to wait for the lock.
        drop(waiting);
        if before == 0 || (before < ENOUGH && after >= ENOUGH) {
            self.work.notify_one();
        }
    }

    fn write_to(&self, mut out: impl Write) {
        let mut batch = Vec::new();
        loop {
            let none = |waiting: &mut Waiting| waiting.lines.is_empty() && !waiting.ending;
            let few = |waiting: &mut Waiting| waiting.lines.len() < ENOUGH && !waiting.ending;
            let waiting = self.work.wait_while(self.lock(), none).unwrap_or_else(PoisonError::into_inner);
            let mut waiting =
                self.work.wait_timeout_while(waiting, TOGETHER, few).unwrap_or_else(PoisonError::into_inner).0;
            if waiting.lines.is_empty() {
                waiting.ended = true;
                return self.room.notify_all();
            }
            mem::swap(&mut waiting.lines, &mut batch);
            drop(waiting);
            self.room.notify_all();
            // Where nobody reads the log any more, there is nobody to tell.
            let _ = out.write_all(&batch).and_then(|()| out.flush());
            batch.clear();
        }
    }

    /// Waits for the last line.
    pub(crate) fn end(&self) {
        let mut waiting = self.lock();
        waiting.ending = true;
        self.work.notify_one();
        drop(self.room.wait_timeout_while(waiting, PATIENCE, |waiting| !waiting.ended));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::time::Instant;

    #[derive(Clone, Default)]
    pub(crate) struct Kept(pub(crate) Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Takes what it is given only once somebody lets it.
    struct Stuck(Kept, mpsc::Receiver<()>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.1.recv();
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whoever_logs_waits_for_a_reader_that_is_slow_and_nothing_is_lost_at_the_end() {
        let (kept, (let_go, stuck)) = (Kept::default(), mpsc::channel());
        let queue = Queue::start(Stuck(kept.clone(), stuck));
        let (lines, pushed) = (queue.clone(), Arc::new(AtomicUsize::new(0)));
        let (line, count) = ([b'x'; 1024], pushed.clone());
        let writer = thread::spawn(move || {
            for _ in 0..4 * FULL / line.len() {
                lines.push(&line);
                count.fetch_add(line.len(), Ordering::SeqCst);
            }
        });
        // What the writer has in its hands, and what waits.
        let bound = 2 * FULL + line.len();
        thread::sleep(Duration::from_millis(200));
        assert!(!writer.is_finished() && (FULL..bound).contains(&pushed.load(Ordering::SeqCst)));
        drop(let_go);
        writer.join().unwrap();
        queue.end();
        assert_eq!(kept.0.lock().unwrap().len(), 4 * FULL);
    }

    #[test]
    fn nobody_waits_for_a_log_that_has_ended() {
        let queue = Queue::start(io::sink());
        queue.end();
        for _ in 0..3 {
            queue.push(&vec![b'x'; FULL]);
        }
        assert!(queue.lock().lines.is_empty());
    }

    #[test]
    fn a_line_is_written_soon_though_no_other_follows() {
        let kept = Kept::default();
        let queue = Queue::start(kept.clone());
        // The second comes when the thread certainly waits.
        for lines in 1..=2 {
            queue.push(b"only\n");
            let start = Instant::now();
            while kept.0.lock().unwrap().len() < lines * 5 {
                assert!(start.elapsed() < PATIENCE, "it waits for others");
                thread::sleep(TOGETHER * 2);
            }
        }
    }
}
