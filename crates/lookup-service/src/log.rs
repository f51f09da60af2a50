//! The log: JSON lines.
//!
//! Lines of our own, since every lookup writes one: tracing-subscriber's JSON serialises each field through several layers and
//! takes more instructions than the lookup (docs/performance.md).

use std::cell::RefCell;
use std::fmt::{self, Debug, Write as _};
use std::io::Write;
use std::panic;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use humantime::format_rfc3339_seconds;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::prelude::*;

use crate::log_queue::Queue;

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
        Self(Queue::start(out))
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
    use crate::log_queue::tests::Kept;
    use serde_json::json;

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
}
