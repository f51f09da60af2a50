//! What an address of the picker asks for: `/?tenant=` `login_hint=` `return_to=` `lang=`, in any combination (contract
//! §4), and the same in the words of OpenID Connect Core §4, "Initiating Login from a Third Party".

/// The wishes of a link. Each is a stranger's text until the room that uses it has checked it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// An organization's code.
    pub tenant: Option<String>,
    /// An email address to begin with (OpenID Connect Core §3.1.2.1 `login_hint`).
    pub login_hint: Option<String>,
    /// Where to go after signing in. A third party says `target_link_uri`, and is held to the same rules.
    pub return_to: Option<String>,
    /// The issuer that a third party initiates a login at. It must be one that the deployment names.
    pub iss: Option<String>,
    /// A BCP 47 tag.
    pub lang: Option<String>,
}

/// The longest value that is looked at, in bytes.
const VALUE_MAX: usize = 2048;

impl Wishes {
    /// Reads the raw query. A wish that stands there twice is ambiguous and is dropped, like one that is too long.
    pub fn parse(query: &str) -> Self {
        let query = query.strip_prefix('?').unwrap_or(query);
        let get = |name: &str| {
            let mut values =
                form_urlencoded::parse(query.as_bytes()).filter(|(n, _)| n == name).map(|(_, value)| value);
            match (values.next(), values.next()) {
                (Some(value), None) if !value.is_empty() && value.len() <= VALUE_MAX => Some(value.into_owned()),
                _ => None,
            }
        };
        // RFC 5646 §2.1: letters, digits and hyphens; anything else is not handed on to the hosted UI.
        let is_tag = |tag: &String| tag.len() <= 35 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        Self {
            tenant: get("tenant"),
            login_hint: get("login_hint"),
            return_to: get("return_to").or_else(|| get("target_link_uri")),
            iss: get("iss"),
            lang: get("lang").filter(is_tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wishes_combine() {
        let wishes =
            Wishes::parse("?tenant=acme&login_hint=ada%2Bx%40acme.example&return_to=%2Fdeep%3Fa%3Db&lang=pt-BR&utm=1");
        assert_eq!(wishes.tenant.as_deref(), Some("acme"));
        assert_eq!(wishes.login_hint.as_deref(), Some("ada+x@acme.example"));
        assert_eq!(wishes.return_to.as_deref(), Some("/deep?a=b"));
        assert_eq!(wishes.lang.as_deref(), Some("pt-BR"));
    }

    #[test]
    fn a_third_partys_words_mean_the_same() {
        let wishes =
            Wishes::parse("?iss=https%3A%2F%2Fidp.example&login_hint=ada%40acme.example&target_link_uri=%2Fdeep");
        assert_eq!(wishes.iss.as_deref(), Some("https://idp.example"));
        assert_eq!(wishes.login_hint.as_deref(), Some("ada@acme.example"));
        assert_eq!(wishes.return_to.as_deref(), Some("/deep"));
    }

    #[test]
    fn an_ambiguous_empty_or_endless_wish_is_dropped() {
        assert_eq!(Wishes::parse("?tenant=a&tenant=b").tenant, None);
        assert_eq!(Wishes::parse("?tenant=").tenant, None);
        assert_eq!(Wishes::parse(&format!("?tenant={}", "a".repeat(3000))).tenant, None);
        assert_eq!(Wishes::parse("?lang=%3Cscript%3E").lang, None);
        assert_eq!(Wishes::parse(""), Wishes::default());
    }

    proptest! {
        #[test]
        fn any_query_is_read_without_a_panic(query in "\\PC{0,300}") {
            let _ = Wishes::parse(&query);
        }
    }
}
