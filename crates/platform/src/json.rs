//! A JSON value to look up fields in: parsed by the browser's `JSON.parse` in the wasm, by `serde_json` elsewhere.
//!
//! A JSON parser in Rust would be 11 kB of the wasm, and serde's derived deserializers 5 (docs/performance.md). So JSON
//! is deserialized by hand, and only written by serde.

use alloc::string::String;
use alloc::vec::Vec;

/// How deep arrays and objects may be nested, as in `serde_json`: each level takes some of the stack.
#[cfg(target_arch = "wasm32")]
const DEPTH_MAX: usize = 127;

/// A JSON value. As in JavaScript, numbers are `f64`, and of two members with the same name the last one counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Members),
}

/// The members of an object. Each name is there once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Members(Vec<(String, Json)>);

/// The text is not JSON. Holds the parser's message, which differs from browser to browser.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotJson(pub String);

impl Members {
    /// The value of the member with this name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Removes the member with this name and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let index = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(index).1)
    }

    /// The name of any one member; `None` if there are none.
    pub fn any_name(&self) -> Option<&str> {
        self.0.first().map(|(name, _)| name.as_str())
    }
}

impl Json {
    /// The value of the member with this name, if this is an object that has one.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// The string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The items, if this is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(list) => Some(list),
            _ => None,
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use super::{Json, Members, NotJson};
    use alloc::string::ToString;
    use serde_json::Value;

    impl Json {
        /// Parses a JSON text.
        ///
        /// # Errors
        /// [`NotJson`] if it is not JSON ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)), is nested more than 127
        /// levels deep or has a number that no `f64` can hold.
        pub fn parse(text: &str) -> Result<Self, NotJson> {
            serde_json::from_str(text).map(Value::into).map_err(|error| NotJson(error.to_string()))
        }
    }

    impl From<Value> for Json {
        fn from(value: Value) -> Self {
            match value {
                Value::Null => Self::Null,
                Value::Bool(flag) => Self::Bool(flag),
                // serde_json has refused what no f64 can hold.
                Value::Number(number) => number.as_f64().map_or(Self::Null, Self::Number),
                Value::String(text) => Self::String(text),
                Value::Array(list) => Self::Array(list.into_iter().map(Self::from).collect()),
                Value::Object(map) => Self::Object(Members(map.into_iter().map(|(k, v)| (k, v.into())).collect())),
            }
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod imp {
    use super::{DEPTH_MAX, Json, Members, NotJson};
    use alloc::borrow::ToOwned;
    use js_sys::{Array, Error, JSON, Object};
    use wasm_bindgen::{JsCast, JsValue};

    impl Json {
        /// Parses a JSON text.
        ///
        /// # Errors
        /// [`NotJson`] if it is not JSON ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)), is nested more than 127
        /// levels deep or has a number that no `f64` can hold.
        pub fn parse(text: &str) -> Result<Self, NotJson> {
            let value = JSON::parse(text).map_err(|error| NotJson(error.unchecked_into::<Error>().message().into()))?;
            read(&value, DEPTH_MAX).ok_or_else(|| NotJson("nested too deep, or a number too large".to_owned()))
        }
    }

    fn read(value: &JsValue, depth: usize) -> Option<Json> {
        if let Some(text) = value.as_string() {
            return Some(Json::String(text));
        }
        if let Some(number) = value.as_f64() {
            return number.is_finite().then_some(Json::Number(number));
        }
        if let Some(flag) = value.as_bool() {
            return Some(Json::Bool(flag));
        }
        if value.is_null() {
            return Some(Json::Null);
        }
        let depth = depth.checked_sub(1)?;
        if let Some(list) = value.dyn_ref::<Array>() {
            return list.iter().map(|item| read(&item, depth)).collect::<Option<_>>().map(Json::Array);
        }
        let members = Object::entries(value.unchecked_ref());
        let members = members.iter().map(|member| {
            let member: Array = member.unchecked_into();
            Some((member.get(0).as_string()?, read(&member.get(1), depth)?))
        });
        members.collect::<Option<_>>().map(|members| Json::Object(Members(members)))
    }
}
