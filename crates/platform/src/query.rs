//! The parameters of a query, `application/x-www-form-urlencoded` as the URL standard says.

use alloc::string::String;

/// The value of the parameter with this name, in a query without its `?`. `None` if it is not there exactly once.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    imp::parameter(query, name)
}

#[cfg(not(target_arch = "wasm32"))]
use native as imp;

/// Reading with the `url` crate. Public for the test that compares it with the browser.
#[cfg(any(feature = "native-url", not(target_arch = "wasm32")))]
pub mod native {
    use alloc::string::String;
    use url::form_urlencoded::parse;

    /// The value of the parameter with this name. `None` if it is not there exactly once.
    pub fn parameter(query: &str, name: &str) -> Option<String> {
        let mut values = parse(query.as_bytes()).filter(|(known, _)| known == name).map(|(_, value)| value);
        let value = values.next()?;
        values.next().is_none().then(|| value.into_owned())
    }
}

#[cfg(target_arch = "wasm32")]
mod imp {
    use alloc::string::String;
    use web_sys::UrlSearchParams;

    pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
        // The browser removes a question mark from the beginning.
        let values = UrlSearchParams::new_with_str(&["&", query].concat()).ok()?.get_all(name);
        if values.length() == 1 { values.get(0).as_string() } else { None }
    }
}
