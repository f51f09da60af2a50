//! Reads the messages of the picker from Fluent files (`locales/*.ftl`), and writes them as the browser loads them.
//!
//! The files are parsed when the picker is built, by `fluent-syntax`, Mozilla's own parser. A Fluent runtime in the
//! browser would be larger than all pages together (60 kB compressed, for plural rules that every browser has in
//! `Intl`). So only a part of Fluent is allowed: a message is text with variables, or a selection by one number.
//! Anything else is refused, with the message's id.

use fluent_syntax::ast::{Entry, Expression, Identifier, InlineExpression, Pattern, PatternElement, VariantKey};
use fluent_syntax::parser;
use serde_json::Value;
use std::fmt::Write;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id, the same in every language.
    pub id: String,
    /// Its text.
    pub text: Text,
}

/// The text of a message. Variables are written as `{name}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// One text for all numbers.
    Plain(String),
    /// A text for each plural category (CLDR) of the number `count`. There is always one for `other`.
    Plural(Vec<(String, String)>),
}

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not Fluent.
    #[error("line {line}: {what}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The parser's message.
        what: String,
    },
    /// It has a part of Fluent that the picker does not support.
    #[error("{id}: {what}")]
    Unsupported {
        /// The id of the message.
        id: String,
        /// The part that is not supported.
        what: &'static str,
    },
    /// An id is there twice.
    #[error("{0} appears twice")]
    Twice(String),
}

/// The only variable that a selection may use.
const COUNT: &str = "count";

/// Reads a Fluent file. Returns its messages in the order of the file.
///
/// # Errors
/// If it is not Fluent, or uses a part of it that is not supported.
pub fn parse(ftl: &str) -> Result<Vec<Message>, Fault> {
    let resource = parser::parse(ftl).map_err(|(_, errors)| {
        let error = errors.first();
        let start = error.map_or(0, |e| e.pos.start);
        Fault::Syntax {
            line: 1 + ftl.bytes().take(start).filter(|&b| b == b'\n').count(),
            what: error.map_or_else(String::new, ToString::to_string),
        }
    })?;
    let mut messages: Vec<Message> = Vec::new();
    for entry in &resource.body {
        let message = match entry {
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            Entry::Message(message) => message,
            Entry::Term(term) => return Err(unsupported(term.id.name, "terms are not read")),
            Entry::Junk { content } => return Err(unsupported(content, "is not Fluent")),
        };
        let id = message.id.name;
        if !message.attributes.is_empty() {
            return Err(unsupported(id, "attributes are not read"));
        }
        let Some(pattern) = &message.value else { return Err(unsupported(id, "says nothing")) };
        if messages.iter().any(|earlier| earlier.id == id) {
            return Err(Fault::Twice(id.to_owned()));
        }
        messages.push(Message { id: id.to_owned(), text: text(id, pattern)? });
    }
    Ok(messages)
}

fn unsupported(id: &str, what: &'static str) -> Fault {
    Fault::Unsupported { id: id.to_owned(), what }
}

fn text(id: &str, pattern: &Pattern<&str>) -> Result<Text, Fault> {
    let [PatternElement::Placeable { expression: Expression::Select { selector, variants } }] = &pattern.elements[..]
    else {
        return Ok(Text::Plain(plain(id, pattern)?));
    };
    let InlineExpression::VariableReference { id: Identifier { name: COUNT } } = selector else {
        return Err(unsupported(id, "selects by something else than $count"));
    };
    let mut plural = Vec::new();
    for variant in variants {
        let VariantKey::Identifier { name } = variant.key else {
            return Err(unsupported(id, "selects by a number itself instead of a plural category"));
        };
        plural.push((name.to_owned(), plain(id, &variant.value)?));
    }
    if plural.iter().any(|(category, _)| category == "other") {
        Ok(Text::Plural(plural))
    } else {
        Err(unsupported(id, "has no variant [other]"))
    }
}

fn plain(id: &str, pattern: &Pattern<&str>) -> Result<String, Fault> {
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } if value.contains(['{', '}', '\n']) => {
                return Err(unsupported(id, "has a brace or a line break in it"));
            }
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id: variable }),
            } => {
                let _ = write!(text, "{{{}}}", variable.name);
            }
            PatternElement::Placeable { .. } => {
                return Err(unsupported(id, "may have variables in it, and nothing else in braces"));
            }
        }
    }
    Ok(text)
}

/// The variables that a message uses, sorted. The variants of a plural may leave out `count`, as in "one" and "two".
pub fn variables(text: &Text) -> Vec<&str> {
    let texts: Vec<&str> = match text {
        Text::Plain(text) => vec![text],
        Text::Plural(variants) => variants.iter().map(|(_, text)| text.as_str()).collect(),
    };
    let mut names: Vec<&str> = texts
        .iter()
        .flat_map(|text| text.split('{').skip(1))
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The messages as the browser loads them: a list of texts in the order of the file, which is the same in every
/// language. A plural is an object with a text for each category.
pub fn to_json(messages: &[Message]) -> String {
    let value = |message: &Message| match &message.text {
        Text::Plain(text) => Value::from(text.as_str()),
        Text::Plural(variants) => {
            Value::Object(variants.iter().map(|(c, text)| (c.clone(), Value::from(text.as_str()))).collect())
        }
    };
    Value::Array(messages.iter().map(value).collect()).to_string()
}

/// The Rust module of the language in the wasm: a constant for each message, which is its index, and the list of texts.
pub fn to_rust(messages: &[Message]) -> String {
    let mut module = String::new();
    for (place, Message { id, .. }) in messages.iter().enumerate() {
        let _ = writeln!(module, "pub const {}: Message = Message({place});", id.replace('-', "_").to_uppercase());
    }
    let _ = writeln!(module, "pub(super) const ENGLISH: &str = {:?};", to_json(messages));
    module
}

/// An invented language for tests, which shows texts that are not translated: every text is in brackets, has marks on
/// its letters, and is a third longer. Variables stay as they are.
pub fn pseudo(messages: &[Message]) -> Vec<Message> {
    let marked = |text: &str| {
        let mut depth = 0;
        let letters: String = text
            .chars()
            .map(|c| match c {
                '{' => {
                    depth += 1;
                    c
                }
                '}' => {
                    depth -= 1;
                    c
                }
                _ if depth > 0 => c,
                'a' => 'á',
                'e' => 'é',
                'i' => 'í',
                'o' => 'ó',
                'u' => 'ú',
                'n' => 'ñ',
                's' => 'š',
                _ => c,
            })
            .collect();
        format!("[{letters}{}]", "·".repeat(text.chars().count() / 3))
    };
    let text = |text: &Text| match text {
        Text::Plain(text) => Text::Plain(marked(text)),
        Text::Plural(variants) => Text::Plural(variants.iter().map(|(c, text)| (c.clone(), marked(text))).collect()),
    };
    messages.iter().map(|m| Message { id: m.id.clone(), text: text(&m.text) }).collect()
}
