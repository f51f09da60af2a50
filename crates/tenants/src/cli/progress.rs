//! One line on the terminal that says how far a command is. Without a terminal, nothing is printed.

use std::io::{self, IsTerminal, Write};

/// Shows how much is done, of how much. The line disappears when all is done.
pub(crate) fn show(what: &str, done: usize, of: usize) {
    let mut err = io::stderr();
    if err.is_terminal() {
        let end = if done == of { "\r\x1b[K" } else { "" };
        let _ = write!(err, "\r{done} of {of} {what}{end}");
    }
}

/// Shows a note in the place of that line.
pub(crate) fn note(words: &str) {
    let mut err = io::stderr();
    if err.is_terminal() {
        let _ = write!(err, "\r\x1b[K{words}\r");
    }
}

/// Removes that line, before something else is printed.
pub(crate) fn clear() {
    note("");
}

/// Asks a question on the terminal and returns what was typed. `None` if there is nobody to answer.
pub(crate) fn ask(question: &str) -> Option<String> {
    let mut err = io::stderr();
    let _ = write!(err, "{question} ");
    let _ = err.flush();
    let mut answer = String::new();
    let length = io::stdin().read_line(&mut answer).ok()?;
    (length > 0).then(|| answer.trim().to_owned())
}
