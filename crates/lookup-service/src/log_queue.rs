//! The queue between the code that logs and the thread that writes.
//!
//! tracing-appender's queue wakes its thread for nearly every line. On one core that costs more than a lookup
//! (docs/service-performance.md).

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{mem, thread};

/// How long a line waits for others that can be written with it.
const BATCH_DELAY: Duration = Duration::from_millis(10);
/// From how many waiting bytes on the thread writes at once.
const BATCH_SIZE: usize = 1 << 18;
/// From how many waiting bytes on the code that logs waits.
const QUEUE_LIMIT: usize = 1 << 20;
/// How long the end waits for a reader that does not read.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// Lines that wait for the thread, which writes them in batches. A system call or a wake-up for each line would take a
/// fifth of the time that a lookup takes. If the reader is slow, no line is lost and the queue does not grow without
/// limit: the code that logs waits.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    /// Wakes the thread: the first line has come, the batch is full, or the log ends.
    work: Condvar,
    /// Wakes those who log: there is room for more lines. Also wakes `end`: the last line has been written.
    room: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    ending: bool,
    ended: bool,
}

impl Queue {
    /// Starts the thread, which writes to `out` until [`Queue::end`] is called.
    pub(crate) fn start(out: impl Write + Send + 'static) -> Arc<Self> {
        let queue = Arc::new(Self::default());
        let lines = queue.clone();
        thread::spawn(move || lines.write_to(out));
        queue
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a line to the queue.
    pub(crate) fn push(&self, line: &[u8]) {
        // If the thread has ended, waiting would have no end.
        let full = |waiting: &mut Waiting| waiting.lines.len() >= QUEUE_LIMIT && !waiting.ended;
        let mut waiting = self.room.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        if waiting.ended {
            return;
        }
        let before = waiting.lines.len();
        waiting.lines.extend_from_slice(line);
        let after = waiting.lines.len();
        // Unlocked first. Otherwise the thread would wake up only to wait for the lock.
        drop(waiting);
        if before == 0 || (before < BATCH_SIZE && after >= BATCH_SIZE) {
            self.work.notify_one();
        }
    }

    fn write_to(&self, mut out: impl Write) {
        let mut batch = Vec::new();
        loop {
            let none = |waiting: &mut Waiting| waiting.lines.is_empty() && !waiting.ending;
            let few = |waiting: &mut Waiting| waiting.lines.len() < BATCH_SIZE && !waiting.ending;
            let waiting = self.work.wait_while(self.lock(), none).unwrap_or_else(PoisonError::into_inner);
            let mut waiting =
                self.work.wait_timeout_while(waiting, BATCH_DELAY, few).unwrap_or_else(PoisonError::into_inner).0;
            if waiting.lines.is_empty() {
                waiting.ended = true;
                return self.room.notify_all();
            }
            mem::swap(&mut waiting.lines, &mut batch);
            drop(waiting);
            self.room.notify_all();
            // If the log cannot be written, there is no place to report that.
            let _ = out.write_all(&batch).and_then(|()| out.flush());
            batch.clear();
        }
    }

    /// Waits until the last line is written.
    pub(crate) fn end(&self) {
        let mut waiting = self.lock();
        waiting.ending = true;
        self.work.notify_one();
        drop(self.room.wait_timeout_while(waiting, END_TIMEOUT, |waiting| !waiting.ended));
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

    /// Takes what is written to it only when the test allows that.
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
    fn logging_waits_for_a_slow_reader_and_no_line_is_lost() {
        let (kept, (let_go, stuck)) = (Kept::default(), mpsc::channel());
        let queue = Queue::start(Stuck(kept.clone(), stuck));
        let (lines, pushed) = (queue.clone(), Arc::new(AtomicUsize::new(0)));
        let (line, count) = ([b'x'; 1024], pushed.clone());
        let writer = thread::spawn(move || {
            for _ in 0..4 * QUEUE_LIMIT / line.len() {
                lines.push(&line);
                count.fetch_add(line.len(), Ordering::SeqCst);
            }
        });
        // What the writer is writing, and what waits.
        let bound = 2 * QUEUE_LIMIT + line.len();
        thread::sleep(Duration::from_millis(200));
        assert!(!writer.is_finished() && (QUEUE_LIMIT..bound).contains(&pushed.load(Ordering::SeqCst)));
        drop(let_go);
        writer.join().unwrap();
        queue.end();
        assert_eq!(kept.0.lock().unwrap().len(), 4 * QUEUE_LIMIT);
    }

    #[test]
    fn logging_after_the_end_does_not_wait() {
        let queue = Queue::start(io::sink());
        queue.end();
        for _ in 0..3 {
            queue.push(&vec![b'x'; QUEUE_LIMIT]);
        }
        assert!(queue.lock().lines.is_empty());
    }

    #[test]
    fn a_single_line_is_written_soon() {
        let kept = Kept::default();
        let queue = Queue::start(kept.clone());
        // The second line comes when the thread is certainly waiting.
        for lines in 1..=2 {
            queue.push(b"only\n");
            let start = Instant::now();
            while kept.0.lock().unwrap().len() < lines * 5 {
                assert!(start.elapsed() < END_TIMEOUT, "it waits for others");
                thread::sleep(BATCH_DELAY * 2);
            }
        }
    }
}
