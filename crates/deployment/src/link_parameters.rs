//! The parameters of a link to the picker: `tenant`, `login_hint`, `return_to` and `lang`, in any combination, and
//! those of a login that a third party initiates ([OpenID Connect Core
//! §4](https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin)).

use platform::query::parameter;

/// The parameters of a link, as they came. Anybody can make a link, so each has to be checked before it is used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkParameters {
    /// An organization's code.
    pub tenant: Option<String>,
    /// The email address to put into the field.
    pub login_hint: Option<String>,
    /// Where to go after signing in. A third party calls it `target_link_uri`.
    pub return_to: Option<String>,
    /// The issuer, in a login that a third party initiates.
    pub iss: Option<String>,
    /// The language to show, as a BCP 47 tag.
    pub lang: Option<String>,
}

/// The most bytes that a value may have.
const VALUE_MAX: usize = 2048;

impl LinkParameters {
    /// Reads a raw query, with or without its `?`. A parameter that is repeated, empty or longer than 2,048 bytes
    /// counts as missing.
    pub fn parse(query: &str) -> Self {
        let query = query.strip_prefix('?').unwrap_or(query);
        let get = |name| parameter(query, name).filter(|value| !value.is_empty() && value.len() <= VALUE_MAX);
        // The characters of a language tag (RFC 5646 §2.1, https://www.rfc-editor.org/rfc/rfc5646#section-2.1).
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
    fn parameters_can_be_combined() {
        let parameters = LinkParameters::parse(
            "?tenant=acme&login_hint=ada%2Bx%40acme.example&return_to=%2Fdeep%3Fa%3Db&lang=pt-BR&utm=1",
        );
        assert_eq!(parameters.tenant.as_deref(), Some("acme"));
        assert_eq!(parameters.login_hint.as_deref(), Some("ada+x@acme.example"));
        assert_eq!(parameters.return_to.as_deref(), Some("/deep?a=b"));
        assert_eq!(parameters.lang.as_deref(), Some("pt-BR"));
    }

    #[test]
    fn the_parameters_of_a_third_party_mean_the_same() {
        let parameters = LinkParameters::parse(
            "?iss=https%3A%2F%2Fidp.example&login_hint=ada%40acme.example&target_link_uri=%2Fdeep",
        );
        assert_eq!(parameters.iss.as_deref(), Some("https://idp.example"));
        assert_eq!(parameters.login_hint.as_deref(), Some("ada@acme.example"));
        assert_eq!(parameters.return_to.as_deref(), Some("/deep"));
    }

    #[test]
    fn a_repeated_empty_or_too_long_parameter_counts_as_missing() {
        assert_eq!(LinkParameters::parse("?tenant=a&tenant=b").tenant, None);
        assert_eq!(LinkParameters::parse("?tenant=").tenant, None);
        assert_eq!(LinkParameters::parse(&format!("?tenant={}", "a".repeat(3000))).tenant, None);
        assert_eq!(LinkParameters::parse("?lang=%3Cscript%3E").lang, None);
        assert_eq!(LinkParameters::parse(""), LinkParameters::default());
    }

    proptest! {
        #[test]
        fn any_query_is_read_without_a_panic(query in "\\PC{0,300}") {
            let _ = LinkParameters::parse(&query);
        }
    }
}
