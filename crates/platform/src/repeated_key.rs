//! Finds a name that is in a JSON object twice. Parsers keep one of the values without a message ([RFC 8259
//! §4](https://www.rfc-editor.org/rfc/rfc8259#section-4) allows it), and an author who edits the other one sees no
//! effect.

use alloc::collections::BTreeSet;
use alloc::string::String;
use core::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// The path of the first field that repeats an earlier one, such as `user_pools[0].issuer`. `None` if there is none, or
/// the text is not JSON.
pub fn first_repeated_key(json: &str) -> Option<String> {
    let mut search = Search::default();
    Value(&mut search).deserialize(&mut serde_json::Deserializer::from_str(json)).ok()?;
    search.found
}

#[derive(Default)]
struct Search {
    /// The path of the value that is being read.
    path: String,
    found: Option<String>,
}

/// Reads a value without keeping it.
struct Value<'s>(&'s mut Search);

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (Self(search), mut seen) = (self, BTreeSet::new());
        let here = search.path.len();
        while let Some(name) = members.next_key::<String>()? {
            if here > 0 {
                search.path.push('.');
            }
            search.path.push_str(&name);
            if !seen.insert(name) && search.found.is_none() {
                search.found = Some(search.path.clone());
            }
            members.next_value_seed(Value(search))?;
            search.path.truncate(here);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self(search) = self;
        let here = search.path.len();
        for index in 0.. {
            // Writing to a String does not fail.
            let _ = write!(search.path, "[{index}]");
            let item = items.next_element_seed(Value(search))?;
            search.path.truncate(here);
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_repeated_name_is_found_at_any_depth() {
        for (json, expected) in [
            (r#"{"a":1,"b":2,"a":3}"#, "a"),
            (r#"{"a":{"b":[0,{"c":null,"c":true}]}}"#, "a.b[1].c"),
            (r#"{"user_pools":[{"issuer":"x","hosted_ui":"y","issuer":"z"}]}"#, "user_pools[0].issuer"),
            (r#"[{"a":-1.5},{"a":1,"\u0061":{"b":0,"b":0}}]"#, "[1].a"),
            (r#"{"a":{"b":0,"b":0},"a":0}"#, "a.b"),
        ] {
            assert_eq!(first_repeated_key(json).as_deref(), Some(expected), "{json}");
        }
    }

    #[test]
    fn the_same_name_in_different_objects_is_no_repetition() {
        for json in [r#"{"a":{"a":{}},"A":[{"a":1},{"a":"a"}],"":0}"#, "7", "", "{", r#"{"a":1,"a":"#] {
            assert_eq!(first_repeated_key(json), None, "{json}");
        }
    }
}
