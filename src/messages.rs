//! The sentences of `locales/`, in the language of the page: English is in the program, another language comes with the
//! page.
//!
//! Each language is a list of texts, and a message is a place in it. The tests of `crates/messages` see to it that every
//! language has every sentence. Plural categories come from the browser's `Intl` (CLDR), so none of their tables is in the
//! wasm.

use js_sys::{Array, Function, Intl, JSON, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

/// One sentence: its place in `locales/*.ftl`. Its constants below are made from `locales/en.ftl` by build.rs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message(u32);

#[allow(missing_docs, reason = "locales/en.ftl documents them")]
mod english {
    use super::Message;
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}
pub use english::*;

impl Message {
    /// The one at this place, as index.html names it.
    pub fn at(place: &str) -> Option<Self> {
        place.parse().ok().map(Self)
    }
}

thread_local! {
    /// The language, and its texts: what `boot.js` or [`crate::api`] loaded. Nothing as long as English was not asked for.
    static LOCALE: RefCell<(String, Array)> = RefCell::new((String::new(), Array::new()));
}

/// Speaks this language from now on; `texts` is null for English.
pub fn speak(language: &str, texts: JsValue) {
    let locale = match texts.dyn_into::<Array>() {
        Ok(texts) => (language.to_owned(), texts),
        Err(_) => english(),
    };
    LOCALE.set(locale);
}

fn english() -> (String, Array) {
    ("en".to_owned(), JSON::parse(ENGLISH).unwrap_or_default().into())
}

/// The sentence in the language of the page.
pub fn text(message: Message) -> String {
    pattern(message, None)
}

/// The sentence about `value`, the one variable in it.
pub fn about(message: Message, value: &str) -> String {
    let (before, after) = around(message);
    [before.as_str(), value, &after].concat()
}

/// What stands before and after the one variable of the sentence, so that a view can set it apart: a name may run in
/// another direction than the words around it.
pub fn around(message: Message) -> (String, String) {
    split(&pattern(message, None))
}

/// The sentence about a number. It need not stand in it: "one" and "two" may be words.
pub fn count(message: Message, count: i64) -> String {
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
