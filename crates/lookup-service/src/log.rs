//! The log: one JSON object in each line.
//!
//! The formatter is written here because every lookup writes a line: tracing-subscriber's JSON formatter takes more
//! instructions than the lookup itself (docs/service-performance.md).

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

/// Starts the log of this process. The environment variable RUST_LOG sets levels and targets, as in
/// `info,lookup_service=debug`.
pub fn start(out: impl Write + Send + 'static) -> Log {
    let log = Log::to(out);
    let wanted = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let filter = wanted.unwrap_or(Targets::new().with_default(LevelFilter::INFO));
    tracing_subscriber::registry().with(filter).with(log.lines()).init();
    // The message of a panic may quote what it was about. Its place in the code is enough to find the bug.
    panic::set_hook(Box::new(|info| {
        tracing::error!(location = info.location().map(ToString::to_string), "panicked");
    }));
    log
}

/// Keeps the log open. Dropping it waits until the last line is written.
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

/// Writes each event as an object: time, level, target, then the event's own fields, `message` among them.
struct JsonLines(Arc<Queue>);

impl<S: Subscriber> Layer<S> for JsonLines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let about = event.metadata();
        let mut line = String::with_capacity(256);
        line.push_str(r#"{"timestamp":""#);
        push_time(&mut line, SystemTime::now());
        line.push('"');
        let mut fields = Fields { line: &mut line };
        fields.identifier("level", about.level().as_str());
        fields.identifier("target", about.target());
        event.record(&mut fields);
        line.push_str("}\n");
        self.0.push(line.as_bytes());
    }
}

/// Appends the time in UTC, to the microsecond ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339)). The part that is
/// the same for a second is formatted once.
fn push_time(line: &mut String, now: SystemTime) {
    thread_local!(static SECOND: RefCell<(u64, String)> = RefCell::default());
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    SECOND.with_borrow_mut(|(second, text)| {
        if text.is_empty() || *second != now.as_secs() {
            *second = now.as_secs();
            *text = format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(*second)).to_string();
            // The fraction is before it.
            text.pop();
        }
        line.push_str(text);
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
    /// Names are identifiers of the code, so they need no escaping.
    fn name(&mut self, name: &str) {
        self.line.push_str(",\"");
        self.line.push_str(name);
        self.line.push_str("\":");
    }

    /// A value that is an identifier or a path of the code: it needs no escaping either.
    fn identifier(&mut self, name: &str, value: &str) {
        self.name(name);
        self.line.push('"');
        self.line.push_str(value);
        self.line.push('"');
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
        // Writing fails only if the value's own formatting does. Its text ends there.
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

/// Writes text as the content of a JSON string.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_escaped(self.0, text);
        Ok(())
    }
}

/// Appends text with JSON's escapes. Nearly no byte needs one, which a table tells fastest: three comparisons a byte
/// were a twentieth of a lookup.
fn push_escaped(line: &mut String, text: &str) {
    const NEEDS_NO_ESCAPE: [bool; 256] = {
        let (mut table, mut byte) = ([true; 256], 0);
        while byte < b' ' as usize {
            table[byte] = false;
            byte += 1;
        }
        (table[b'"' as usize], table[b'\\' as usize]) = (false, false);
        table
    };
    if text.bytes().all(|byte| NEEDS_NO_ESCAPE[usize::from(byte)]) {
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
    fn an_event_is_one_line_of_json_with_any_content() {
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
    fn the_time_is_written_as_rfc_3339_to_the_microsecond() {
        for micros in [1, 999_999, 1_000_000, 1_785_000_000_000_042, 1_785_000_000_000_043, 1_785_000_001_900_000] {
            let (now, mut line) = (UNIX_EPOCH + Duration::from_micros(micros), String::new());
            push_time(&mut line, now);
            assert_eq!(line, humantime::format_rfc3339_micros(now).to_string());
        }
    }
}
