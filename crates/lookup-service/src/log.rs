//! The log: JSON lines.
//!
//! A line of our own making, since every lookup writes one: tracing-subscriber's JSON serialises each field through
//! several layers and takes more instructions than the lookup (docs/performance.md).

use std::fmt::{self, Debug, Write as _};
use std::io::{BufWriter, Write};
use std::panic;
use std::time::SystemTime;

use humantime::format_rfc3339_micros;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

/// Starts the log of this process. RUST_LOG takes levels and targets, as in `info,lookup_service=debug`.
///
/// A thread of its own writes the lines, as many at once as have come meanwhile: a system call for each would be a fifth of
/// a lookup. Nothing is lost where the reader is slow (the queue is bounded, and full it makes lookups wait), nor at the end:
/// the guard, when dropped, waits for the last line.
pub fn start(out: impl Write + Send + 'static) -> WorkerGuard {
    let (writer, guard) = NonBlockingBuilder::default().lossy(false).finish(BufWriter::with_capacity(1 << 16, out));
    let wanted = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let filter = wanted.unwrap_or(Targets::new().with_default(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer().event_format(JsonLine).with_writer(writer);
    tracing_subscriber::registry().with(filter).with(lines).init();
    // A panic's message may quote what it was about; the place is enough to find the bug.
    panic::set_hook(Box::new(|info| {
        tracing::error!(location = info.location().map(ToString::to_string), "panicked");
    }));
    guard
}

/// One object: when, how bad, from where, then the event's own fields, `message` among them.
struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let (about, now) = (event.metadata(), format_rfc3339_micros(SystemTime::now()));
        let mut line = String::with_capacity(256);
        write!(line, r#"{{"timestamp":"{now}""#)?;
        let mut fields = Fields { line: &mut line };
        fields.text("level", about.level().as_str());
        fields.text("target", about.target());
        event.record(&mut fields);
        line.push_str("}\n");
        out.write_str(&line)
    }
}

struct Fields<'a> {
    line: &'a mut String,
}

impl Fields<'_> {
    fn name(&mut self, name: &str) {
        self.line.push_str(",\"");
        push_escaped(self.line, name);
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
        self.text(field.name(), &format!("{value:?}"));
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

/// What stands between the quotes of a JSON string. Nearly everything needs no escape.
fn push_escaped(line: &mut String, text: &str) {
    if text.bytes().all(|b| b >= b' ' && b != b'"' && b != b'\\') {
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
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
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
        let writer = kept.clone();
        let lines = tracing_subscriber::fmt::layer().event_format(JsonLine).with_writer(move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            let (nothing, text) = (None::<u64>, "a\"b\\c\n\u{1}\u{7f}ü");
            tracing::warn!(nothing, text, n = 7, less = -7, yes = true, quote = "\"", half = 0.5, r#type = ?Some("\"x\""), "of {text}");
            tracing::info!("second");
        });
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
}
