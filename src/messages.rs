//! The messages of `locales/` in the language of the page. English is in the wasm; other languages are fetched.
//!
//! A language is an array of texts, and a message is an index into it. The tests of `crates/messages` check that every
//! language has every message. The browser's `Intl` knows the plural categories (CLDR), so the wasm needs no tables of
//! them.

use js_sys::{Array, Function, Intl, JSON, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

/// A message, by its index in `locales/*.ftl`. build.rs makes a constant of each message in `locales/en.ftl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message(u32);

#[allow(missing_docs, reason = "locales/en.ftl documents them")]
mod english {
    use super::Message;
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}
pub use english::*;

impl Message {
    /// The message with this index, as the attribute `data-message` has it.
    pub fn from_index(index: &str) -> Option<Self> {
        index.parse().ok().map(Self)
    }
}

thread_local! {
    /// The language and its texts, which `boot.js` or [`crate::api`] has fetched. Empty until the first message is
    /// needed.
    static LOCALE: RefCell<(String, Array)> = RefCell::new((String::new(), Array::new()));
}

/// Sets the language of all messages. `texts` is null for English.
pub fn set_language(language: &str, texts: JsValue) {
    let locale = match texts.dyn_into::<Array>() {
        Ok(texts) => (language.to_owned(), texts),
        Err(_) => english(),
    };
    LOCALE.set(locale);
}

fn english() -> (String, Array) {
    ("en".to_owned(), JSON::parse(ENGLISH).unwrap_or_default().into())
}

/// The text of a message.
pub fn text(message: Message) -> String {
    pattern(message, None)
}

/// The text of a message with this value in the place of its variable.
pub fn text_with(message: Message, value: &str) -> String {
    let (before, after) = text_around(message);
    [before.as_str(), value, &after].concat()
}

/// The text before and after the variable of a message, so that a view can put the value into an element of its own: a
/// name may have another direction than the text around it.
pub fn text_around(message: Message) -> (String, String) {
    split(&pattern(message, None))
}

/// The text of a message about a number, in the right plural form. A form may write the number as a word.
pub fn text_with_count(message: Message, count: i64) -> String {
    let pattern = pattern(message, Some(count));
    if !pattern.contains('{') {
        return pattern;
    }
    let (before, after) = split(&pattern);
    [before, count.to_string(), after].concat()
}

fn split(pattern: &str) -> (String, String) {
    let parts = pattern.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?.1)));
    let (before, after) = parts.unwrap_or((pattern, ""));
    (before.to_owned(), after.to_owned())
}

fn pattern(message: Message, count: Option<i64>) -> String {
    LOCALE.with_borrow_mut(|locale| {
        if locale.1.length() == 0 {
            *locale = english();
        }
        let (language, texts) = locale;
        let text = texts.get(message.0);
        let variant = |category: &str| Reflect::get(&text, &category.into()).ok()?.as_string();
        let plural = || variant(&category(language, count?)).or_else(|| variant("other"));
        text.as_string().or_else(plural).unwrap_or_default()
    })
}

/// `new Intl.PluralRules(language).select(count)`.
fn category(language: &str, count: i64) -> String {
    let rules = Intl::PluralRules::new(&Array::of1(&language.into()), &Object::new());
    let select = Reflect::get(&rules, &"select".into()).ok().and_then(|f| f.dyn_into::<Function>().ok());
    let category = select.and_then(|select| select.call1(&rules, &(count as f64).into()).ok());
    category.and_then(|category| category.as_string()).unwrap_or_default()
}
