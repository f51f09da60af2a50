//! The sentences of `locales/`, in the language of the page: English is in the program, another language comes with the
//! page and falls back to English where it says nothing.
//!
//! Plural categories come from the browser's `Intl` (CLDR), so none of their tables is in the wasm.

use js_sys::{Array, Function, Intl, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

/// One sentence. Its constants below are made from `locales/en.ftl` by build.rs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message(&'static Entry);

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    id: &'static str,
    english: Text,
}

/// What a message says. Variables stand in it as `{name}`.
#[derive(Debug, PartialEq, Eq)]
enum Text {
    /// The same whatever the numbers are.
    Plain(&'static str),
    /// By the plural category of a number.
    Plural(&'static [(&'static str, &'static str)]),
}

#[allow(missing_docs, reason = "locales/en.ftl documents them")]
mod english {
    use super::{Entry, Message, Text};
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}
pub use english::*;

impl Message {
    /// Its name in every locale.
    pub fn id(self) -> &'static str {
        self.0.id
    }
}

thread_local! {
    /// What `boot.js` or [`crate::api`] loaded: texts by id, a plural being an object by category. Nothing for English.
    static LOCALE: RefCell<(String, JsValue)> = const { RefCell::new((String::new(), JsValue::NULL)) };
}

/// Speaks this language from now on; `texts` is null for English.
pub fn speak(language: &str, texts: JsValue) {
    LOCALE.set((language.to_owned(), texts));
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
    pattern(message, Some(count)).replace("{count}", &count.to_string())
}

fn split(pattern: &str) -> (String, String) {
    let parts = pattern.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?.1)));
    let (before, after) = parts.unwrap_or((pattern, ""));
    (before.to_owned(), after.to_owned())
}

fn pattern(message: Message, count: Option<i64>) -> String {
    LOCALE.with_borrow(|(language, texts)| {
        // Reflect throws on null, and then there is no translation.
        let theirs = Reflect::get(texts, &message.id().into()).unwrap_or_default();
        if let Some(text) = theirs.as_string() {
            return text;
        }
        if let (Some(variants), Some(count)) = (theirs.dyn_ref::<Object>(), count) {
            let variant = |category: &str| Reflect::get(variants, &category.into()).ok()?.as_string();
            if let Some(text) = variant(&category(language, count)).or_else(|| variant("other")) {
                return text;
            }
        }
        match &message.0.english {
            Text::Plain(text) => (*text).to_owned(),
            Text::Plural(variants) => {
                let category = if count == Some(1) { "one" } else { "other" };
                let found = variants.iter().find(|(name, _)| *name == category).or(variants.last());
                found.map_or_else(String::new, |(_, text)| (*text).to_owned())
            }
        }
    })
}

/// `new Intl.PluralRules(language).select(count)`.
fn category(language: &str, count: i64) -> String {
    let rules = Intl::PluralRules::new(&Array::of1(&language.into()), &Object::new());
    let select = Reflect::get(&rules, &"select".into()).ok().and_then(|f| f.dyn_into::<Function>().ok());
    let category = select.and_then(|select| select.call1(&rules, &(count as f64).into()).ok());
    category.and_then(|category| category.as_string()).unwrap_or_default()
}
