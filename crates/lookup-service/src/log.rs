//! The log: JSON lines.
//!
//! Lines and queue of our own, since every lookup writes one. tracing-subscriber's JSON serialises each field through several
//! layers, tracing-appender's queue wakes its thread for nearly every line: on the one core that is more than the lookup itself
//! (docs/performance.md).

use std::cell::RefCell;
use std::fmt::{self, Debug, Write as _};
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{mem, panic, thread};

use humantime::format_rfc3339_seconds;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::prelude::*;

/// How long a line waits for others, to be written with them.
const TOGETHER: Duration = Duration::from_millis(10);
/// So many bytes do not wait any longer.
const ENOUGH: usize = 1 << 18;
/// With so many bytes waiting, whoever logs waits, too.
const FULL: usize = 1 << 20;
/// How long the end waits for a reader that does not read.
const PATIENCE: Duration = Duration::from_secs(5);

/// Starts the log of this process. RUST_LOG takes levels and targets, as in `info,lookup_service=debug`.
pub fn start(out: impl Write + Send + 'static) -> Log {
    let log = Log::to(out);
    let wanted = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let filter = wanted.unwrap_or(Targets::new().with_default(LevelFilter::INFO));
    tracing_subscriber::registry().with(filter).with(log.lines()).init();
    // A panic's message may quote what it was about; the place is enough to find the bug.
    panic::set_hook(Box::new(|info| {
        tracing::error!(location = info.location().map(ToString::to_string), "panicked");
    }));
    log
}

/// What is written until this is dropped, which waits for the last line.
#[must_use = "the log ends when this is dropped"]
pub struct Log(Arc<Queue>);

impl Log {
    fn to(out: impl Write + Send + 'static) -> Self {
        let queue = Arc::new(Queue::default());
        let lines = queue.clone();
        thread::spawn(move || lines.write_to(out));
        Self(queue)
    }

    fn lines(&self) -> JsonLines {
        JsonLines(self.0.clone())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Lines on their way to the thread that writes them, a batch at a time: a system call for each would be a fifth of a lookup, and
/// so would be a wake-up for each. Where the reader is slow nothing is lost and no memory runs full: whoever logs waits.
#[derive(Default)]
struct Queue {
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
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, line: &[u8]) {
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

    fn end(&self) {
        let mut waiting = self.lock();
        waiting.ending = true;
        self.work.notify_one();
        drop(self.room.wait_timeout_while(waiting, PATIENCE, |waiting| !waiting.ended));
    }
}

/// An event is one object: when, how bad, from where, then the event's own fields, `message` among them.
struct JsonLines(Arc<Queue>);

impl<S: Subscriber> Layer<S> for JsonLines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let about = event.metadata();
        let mut line = String::with_capacity(256);
        line.push_str(r#"{"timestamp":""#);
        push_time(&mut line, SystemTime::now());
        line.push('"');
        let mut fields = Fields { line: &mut line };
        fields.text("level", about.level().as_str());
        fields.text("target", about.target());
        event.record(&mut fields);
        line.push_str("}\n");
        self.0.push(line.as_bytes());
    }
}

/// RFC 3339 in UTC, to the microsecond. What is the same for a second is written once.
fn push_time(line: &mut String, now: SystemTime) {
    thread_local!(static SECOND: RefCell<(u64, String)> = RefCell::default());
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    SECOND.with_borrow_mut(|(second, text)| {
        if text.is_empty() || *second != now.as_secs() {
            *second = now.as_secs();
            *text = format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(*second)).to_string();
        }
        line.push_str(text.trim_end_matches('Z'));
    });
    let fraction = 1_000_000 + now.subsec_micros();
    line.push('.');
    line.push_str(&itoa::Buffer::new().format(fraction)[1..]);
    line.push('Z');
}

struct Fields<'a> {
    line: &'a mut String,
}

impl Fields<'_> {
    /// Names stand in the code, as identifiers: there is nothing in them to escape.
    fn name(&mut self, name: &str) {
        self.line.push_str(",\"");
        self.line.push_str(name);
        self.line.push_str("\":");
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.line.push('"');
        push_escaped(self.line, value);
        self.line.push('"');
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.name(field.name());
        self.line.push('"');
        // It fails only where a value's own formatting does, whose text ends there.
        let _ = write!(Escaped(self.line), "{value:?}");
        self.line.push('"');
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.name(field.name());
        self.line.push_str(itoa::Buffer::new().format(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.name(field.name());
        self.line.push_str(itoa::Buffer::new().format(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.name(field.name());
        self.line.push_str(if value { "true" } else { "false" });
    }
}

/// What is written to it comes to stand between the quotes of a JSON string.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_escaped(self.0, text);
        Ok(())
    }
}

/// Nearly everything needs no escape. A table, since the loop that compares each byte three times was a twentieth of a lookup.
fn push_escaped(line: &mut String, text: &str) {
    const NEEDS_NONE: [bool; 256] = {
        let (mut table, mut byte) = ([true; 256], 0);
        while byte < b' ' as usize {
            table[byte] = false;
            byte += 1;
        }
        (table[b'"' as usize], table[b'\\' as usize]) = (false, false);
        table
    };
    if text.bytes().all(|byte| NEEDS_NONE[usize::from(byte)]) {
        return line.push_str(text);
    }
    let quoted = Value::from(text).to_string();
    line.push_str(&quoted[1..quoted.len() - 1]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::time::Instant;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_is_one_line_of_json_whatever_is_in_it() {
        let kept = Kept::default();
        let log = Log::to(kept.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(log.lines()), || {
            let (nothing, text) = (None::<u64>, "a\"b\\c\n\u{1}\u{7f}ü");
            tracing::warn!(nothing, text, n = 7, less = -7, yes = true, quote = "\"", half = 0.5, r#type = ?Some("\"x\""), "of {text}");
            tracing::info!("second");
        });
        drop(log);
        let bytes = kept.0.lock().unwrap().clone();
        let lines: Vec<Value> =
            str::from_utf8(&bytes).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let [first, second] = lines.as_slice() else { panic!("{lines:?}") };
        let mut expected = json!({
            "level": "WARN", "target": "lookup_service::log::tests", "message": "of a\"b\\c\n\u{1}\u{7f}ü",
            "text": "a\"b\\c\n\u{1}\u{7f}ü", "n": 7, "less": -7, "yes": true, "quote": "\"", "half": "0.5", "type": "Some(\"\\\"x\\\"\")",
        });
        expected["timestamp"] = first["timestamp"].clone();
        assert_eq!(*first, expected);
        assert!(humantime::parse_rfc3339(first["timestamp"].as_str().unwrap()).unwrap() <= SystemTime::now());
        assert_eq!(second["message"], "second");
    }
    #[test]
    fn the_time_is_that_of_rfc_3339_to_the_microsecond() {
        for micros in [1, 999_999, 1_000_000, 1_785_000_000_000_042, 1_785_000_000_000_043, 1_785_000_001_900_000] {
            let (now, mut line) = (UNIX_EPOCH + Duration::from_micros(micros), String::new());
            push_time(&mut line, now);
            assert_eq!(line, humantime::format_rfc3339_micros(now).to_string());
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
        let log = Log::to(Stuck(kept.clone(), stuck));
        let (queue, pushed) = (log.0.clone(), Arc::new(AtomicUsize::new(0)));
        let (line, count) = ([b'x'; 1024], pushed.clone());
        let writer = thread::spawn(move || {
            for _ in 0..4 * FULL / line.len() {
                queue.push(&line);
                count.fetch_add(line.len(), Ordering::SeqCst);
            }
        });
        // What the writer has in its hands, and what waits.
        let bound = 2 * FULL + line.len();
        thread::sleep(Duration::from_millis(200));
        assert!(!writer.is_finished() && (FULL..bound).contains(&pushed.load(Ordering::SeqCst)));
        drop(let_go);
        writer.join().unwrap();
        drop(log);
        assert_eq!(kept.0.lock().unwrap().len(), 4 * FULL);
    }

    #[test]
    fn nobody_waits_for_a_log_that_has_ended() {
        let log = Log::to(io::sink());
        let queue = log.0.clone();
        drop(log);
        for _ in 0..3 {
            queue.push(&vec![b'x'; FULL]);
        }
        assert!(queue.lock().lines.is_empty());
    }

    #[test]
    fn a_line_is_written_soon_though_no_other_follows() {
        let kept = Kept::default();
        let log = Log::to(kept.clone());
        // The second comes when the thread certainly waits.
        for lines in 1..=2 {
            log.0.push(b"only\n");
            let start = Instant::now();
            while kept.0.lock().unwrap().len() < lines * 5 {
                assert!(start.elapsed() < PATIENCE, "it waits for others");
                thread::sleep(TOGETHER * 2);
            }
        }
    }
}
