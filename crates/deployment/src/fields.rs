//! The members of JSON objects in config.json: read by name and type, with a note of the first error.

use platform::WebUrl;
use platform::json::{Json, Members, NotJson};
use std::cell::Cell;

/// The rule of [`Fields::bare_url`].
pub(crate) const NO_EXTRAS: &str = "a web address without user name, query or fragment";

/// What is wrong with a config.json, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct ConfigError {
    /// The field's path, such as `user_pools[0].hosted_ui`.
    pub field: String,
    /// What is wrong with it.
    pub fault: ConfigFault,
}

/// What can be wrong with a field of config.json. The messages are for operators, in English.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigFault {
    /// The file is not JSON.
    #[error("is not JSON: {0}")]
    NotJson(NotJson),
    /// A required field is missing.
    #[error("is required")]
    Missing,
    /// A field that does not exist, most likely a misspelt one.
    #[error("is not a field that config.json knows")]
    Unknown,
    /// The value has another JSON type, or breaks the rule that is named.
    #[error("must be {0}")]
    MustBe(&'static str),
    /// The value is no URL.
    #[error("is not a web address")]
    NotAUrl,
    /// The scheme would carry secrets in the clear.
    #[error("must be https (http is allowed for localhost and 127.0.0.1 only)")]
    NotSecure,
    /// The value must be unique, and another entry has it already.
    #[error("repeats an earlier entry")]
    Repeated,
    /// The page does not finish sign-ins at this address.
    #[error("must be {0} or an address below it: that is where this page finishes sign-ins")]
    NotACallback(String),
    /// The address is of another origin, whose page could not read the pending sign-in from storage.
    #[error("must be of the page's own origin, {0}")]
    ForeignOrigin(String),
    /// [RFC 6749 §3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2) forbids a fragment here: browsers do not
    /// send it.
    #[error("must not have a fragment (#)")]
    Fragment,
    /// The address of a page of the hosted UI, where its domain is wanted.
    #[error("must be the user pool's domain alone, without {0}")]
    HostedUiPath(String),
    /// Tokens' `iss` is compared character by character, and no user pool's has this.
    #[error("must be the issuer to the letter, without {0}")]
    IssuerSpelling(&'static str),
    /// There are no wildcards: a `*` would stand for itself.
    #[error("must be an address without *: it covers all that lies below its path")]
    Wildcard,
}

/// The first error. What is read after it does not matter.
pub(crate) type FirstError = Cell<Option<Box<ConfigError>>>;

/// A JSON object whose members are removed as they are read. A member that is left at the end is unknown. `null` counts
/// as missing.
///
/// Serde's derived deserializers do not name the field whose type is wrong, and that is what an operator has to know.
///
/// Errors are noted, and reading goes on with empty values: some forty early returns, each of which drops all that was
/// read so far, were 0.7 kB more (docs/performance.md).
pub(crate) struct Fields<'a> {
    map: Members,
    path: String,
    first_error: &'a FirstError,
}

impl<'a> Fields<'a> {
    /// The object that the file is.
    pub(crate) fn of_file(json: &str, first_error: &'a FirstError) -> Self {
        let value = Json::parse(json);
        let mut top = Fields { map: Members::default(), path: "config.json".to_owned(), first_error };
        match value {
            Ok(Json::Object(map)) => top.map = map,
            Ok(_) => top.note(top.path.clone(), ConfigFault::MustBe("an object")),
            Err(error) => top.note(top.path.clone(), ConfigFault::NotJson(error)),
        }
        top.path.clear();
        top
    }

    /// The object that is an entry of a list, or the value of a member.
    pub(crate) fn entry(&self, value: Json, name: String) -> Fields<'a> {
        let (path, first_error) = (self.path_of(&name), self.first_error);
        match value {
            Json::Object(map) => Fields { map, path, first_error },
            _ => {
                self.must_be(&name, "an object");
                Fields { map: Members::default(), path, first_error }
            }
        }
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Json> {
        self.map.remove(name).filter(|value| *value != Json::Null)
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Json::String(text) => Some(text),
            _ => {
                self.must_be(name, "a text");
                None
            }
        }
    }

    pub(crate) fn required_text(&mut self, name: &str) -> String {
        self.text(name).unwrap_or_else(|| self.missing(name))
    }

    pub(crate) fn flag(&mut self, name: &str) -> bool {
        match self.take(name) {
            None => false,
            Some(Json::Bool(flag)) => flag,
            Some(_) => {
                self.must_be(name, "true or false");
                false
            }
        }
    }

    pub(crate) fn list(&mut self, name: &str, rule: &'static str) -> Option<Vec<Json>> {
        match self.take(name)? {
            Json::Array(items) => Some(items),
            _ => {
                self.must_be(name, rule);
                None
            }
        }
    }

    pub(crate) fn object(&mut self, name: &str) -> Option<Fields<'a>> {
        self.take(name).map(|value| self.entry(value, name.to_owned()))
    }

    pub(crate) fn url(&mut self, name: &str, base: Option<&WebUrl>) -> Option<WebUrl> {
        self.text(name).map(|text| self.secure_url(name, &text, base))
    }

    pub(crate) fn secure_url(&self, name: &str, text: &str, base: Option<&WebUrl>) -> WebUrl {
        let url = base.map_or_else(|| WebUrl::parse(text), |base| base.join(text)).unwrap_or_default();
        if !url.is_secure() {
            self.error(name, if url.href.is_empty() { ConfigFault::NotAUrl } else { ConfigFault::NotSecure });
        }
        url
    }

    /// An address that others may lie below.
    pub(crate) fn prefix(&self, name: &str, text: &str) -> WebUrl {
        if text.contains('*') {
            self.error(name, ConfigFault::Wildcard);
        }
        self.bare_url(name, text)
    }

    pub(crate) fn bare_url(&self, name: &str, text: &str) -> WebUrl {
        let url = self.secure_url(name, text, None);
        if url.has_credentials || url.has_query_or_fragment {
            self.must_be(name, NO_EXTRAS);
        }
        url
    }

    pub(crate) fn missing<T: Default>(&self, name: &str) -> T {
        self.error(name, ConfigFault::Missing);
        T::default()
    }

    pub(crate) fn finish(self) {
        if let Some(name) = self.map.any_name() {
            self.error(name, ConfigFault::Unknown);
        }
    }

    pub(crate) fn must_be(&self, name: &str, what: &'static str) {
        self.error(name, ConfigFault::MustBe(what));
    }

    pub(crate) fn error(&self, name: &str, fault: ConfigFault) {
        self.note(self.path_of(name), fault);
    }

    fn note(&self, field: String, fault: ConfigFault) {
        let earlier = self.first_error.take();
        self.first_error.set(earlier.or_else(|| Some(Box::new(ConfigError { field, fault }))));
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { [&self.path, ".", name].concat() }
    }
}

/// The path of an entry of a list. Without `format!`, which would bring 2 kB into the part of the wasm that leaves.
pub(crate) fn at(list: &str, index: usize) -> String {
    let mut path = [list, "["].concat();
    push_number(&mut path, index);
    path + "]"
}

fn push_number(text: &mut String, number: usize) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}
