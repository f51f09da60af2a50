//! Why the provider or Cognito has refused a sign-in, read from their error texts (docs/cognito.md lists them).
//!
//! AWS says that error descriptions "are not fixed strings and you shouldn't use logic that relies on a fixed pattern".
//! So they decide which words a person reads and what they are offered next, and never whether somebody is signed in.

/// A refusal, by what the person can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The person cancelled, or the provider gave no reason.
    AccessDenied,
    /// The provider knows the person but has not assigned them to this application.
    NotAssigned,
    /// Cognito has linked the person's account during this sign-in. The same sign-in works the second time.
    AccountLinked,
    /// The operator's own check, a Lambda trigger, has refused.
    OperatorCheck {
        /// The trigger's message. It comes from outside, so it is shown as text and never as markup.
        message: String,
    },
    /// The provider is set up wrongly. Its administrator has to mend that.
    SetUp {
        /// Which part of it.
        part: SetUp,
        /// Cognito's text, for the administrator.
        detail: String,
    },
    /// Cognito could not reach the provider.
    ProviderUnreachable,
    /// The app client is configured wrongly. The operator has to mend that.
    AppClient {
        /// Cognito's text, for the operator.
        detail: String,
    },
    /// There is no session at the hosted UI to continue without asking.
    LoginRequired,
    /// Any other refusal.
    Unknown {
        /// The text of the refusal.
        detail: String,
    },
}

/// The part of a provider's set-up that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetUp {
    /// The attributes that the provider sends, or their mapping in the user pool.
    Attributes,
    /// The SAML response as a whole.
    SamlResponse,
    /// The certificate that the provider signs with.
    Certificate,
    /// Cognito's exchange of the provider's code for tokens (OpenID Connect).
    TokenExchange,
    /// The link from the provider's account to a profile of the user pool.
    Linking,
}

/// The most characters of a refusal's text that are shown.
const DETAIL_MAX: usize = 300;

/// What a text contains, and the part of the set-up that it is about. The first that fits counts, since a text may have
/// a general part too.
const SET_UP: [(&str, SetUp); 9] = [
    ("Invalid ProviderName/Username combination", SetUp::Linking),
    ("Attribute cannot be updated", SetUp::Attributes),
    ("attributes required", SetUp::Attributes),
    ("Required attribute cannot be deleted", SetUp::Attributes),
    ("SAML Assertion signature is invalid", SetUp::Certificate),
    ("Error in SAML response processing", SetUp::SamlResponse),
    ("Invalid SAML response received", SetUp::SamlResponse),
    ("error getting token", SetUp::TokenExchange),
    ("Bad token response", SetUp::TokenExchange),
];
const UNREACHABLE: [&str; 4] = [
    "Timeout occurred in calling IdP token endpoint",
    "Timeout in calling jwks uri",
    "Connection reset",
    "Read timed out",
];
/// Cognito's texts when a sign-in has just linked an account, alone or within a trigger's text.
const LINKED: [&str; 2] = ["Already found an entry for username", "SourceUser is already linked"];
/// The app client lacks a grant, a flow or a scope.
const APP_CLIENT: [&str; 3] = ["invalid_scope", "Client is not enabled for OAuth2.0 flows", "invalid_redirect"];
const FAILED: &str = " failed with error ";
const TRIGGERS: [&str; 6] =
    ["PreSignUp", "PreAuthentication", "PostAuthentication", "PostConfirmation", "PreTokenGeneration", "UserMigration"];
/// The beginning of what AWS adds after a trigger's message.
const AWS_TAIL: &str = " (Service: AWSCognito";

/// Where `text` contains `part`, in bytes. `str::find` would do, but is more code in the wasm.
fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len()).position(|window| window == part.as_bytes())
}

impl Refusal {
    /// Reads `error` and `error_description` of an authorization response
    /// ([RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)) with Cognito's texts.
    pub fn read(error: &str, description: Option<&str>) -> Self {
        Self::recognize(error, description).unwrap_or_else(|| match error {
            "access_denied" => Self::AccessDenied,
            "login_required" => Self::LoginRequired,
            "unauthorized_client" | "invalid_scope" => Self::AppClient { detail: detail(error, description) },
            "temporarily_unavailable" | "server_error" => Self::ProviderUnreachable,
            _ => Self::Unknown { detail: detail(error, description) },
        })
    }

    /// Reads Cognito's texts alone, in `error_description` or in `error`: the token endpoint sends a trigger's refusal
    /// as either of the two. `None` if the text is not known.
    pub fn recognize(error: &str, description: Option<&str>) -> Option<Self> {
        [description.unwrap_or_default(), error]
            .into_iter()
            .find_map(|text| Self::of_text(text, &detail(error, description)))
    }

    fn of_text(text: &str, detail: &str) -> Option<Self> {
        let says = |hints: &[&str]| hints.iter().any(|hint| find(text, hint).is_some());
        if says(&LINKED) {
            return Some(Self::AccountLinked);
        }
        if says(&["User is not assigned to the client application"]) {
            return Some(Self::NotAssigned);
        }
        if let Some(trigger) = find(text, FAILED)
            && TRIGGERS.iter().any(|name| find(&text[..trigger], name).is_some())
        {
            return Some(Self::OperatorCheck { message: clean(&text[trigger + FAILED.len()..]) });
        }
        let detail = || detail.to_owned();
        if let Some((_, part)) = SET_UP.iter().find(|(hint, _)| find(text, hint).is_some()) {
            return Some(Self::SetUp { part: *part, detail: detail() });
        }
        if says(&UNREACHABLE) {
            return Some(Self::ProviderUnreachable);
        }
        says(&APP_CLIENT).then(|| Self::AppClient { detail: detail() })
    }

    /// The stable code, for `data-error` and for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AccessDenied => "provider_access_denied",
            Self::NotAssigned => "provider_not_assigned",
            Self::AccountLinked => "provider_account_linked",
            Self::OperatorCheck { .. } => "provider_operator_check",
            Self::SetUp { part: SetUp::Attributes, .. } => "provider_attributes",
            Self::SetUp { part: SetUp::SamlResponse, .. } => "provider_saml_response",
            Self::SetUp { part: SetUp::Certificate, .. } => "provider_certificate",
            Self::SetUp { part: SetUp::TokenExchange, .. } => "provider_token_exchange",
            Self::SetUp { part: SetUp::Linking, .. } => "provider_linking",
            Self::ProviderUnreachable => "provider_unreachable",
            Self::AppClient { .. } => "provider_app_client",
            Self::LoginRequired => "provider_login_required",
            Self::Unknown { .. } => "provider_refused",
        }
    }
}

fn detail(error: &str, description: Option<&str>) -> String {
    clean(description.filter(|text| !text.trim().is_empty()).unwrap_or(error))
}

/// A text of somebody else, fit to be shown: without what AWS adds to it, without control characters and direction
/// marks, and cut to [`DETAIL_MAX`] characters.
fn clean(text: &str) -> String {
    let text = match find(text, AWS_TAIL) {
        Some(tail) => text[..tail].trim_end().strip_suffix('.').unwrap_or(&text[..tail]),
        None => text,
    };
    let shown = |c: &char| {
        !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.trim().chars().filter(shown).take(DETAIL_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_text_of_cognito_has_its_code() {
        for (error, description, code) in [
            ("invalid_request", "Already found an entry for username AcmeSAML_ada", "provider_account_linked"),
            ("invalid_request", "PreSignUp failed with error Not on the list. ", "provider_operator_check"),
            ("invalid_request", "PreAuthentication failed with error Locked", "provider_operator_check"),
            ("invalid_request", "PostConfirmation failed with error x", "provider_operator_check"),
            ("invalid_request", "PreTokenGeneration failed with error x", "provider_operator_check"),
            ("invalid_request", "user.email: Attribute cannot be updated.", "provider_attributes"),
            ("invalid_request", "attributes required: [email]", "provider_attributes"),
            ("server_error", "Error in SAML response processing: x", "provider_saml_response"),
            ("server_error", "Invalid SAML response received: x", "provider_saml_response"),
            ("server_error", "Required attribute cannot be deleted", "provider_attributes"),
            ("invalid_request", "OIDC error getting token", "provider_token_exchange"),
            ("invalid_request", "SAML Assertion signature is invalid.", "provider_certificate"),
            ("invalid_request", "Timeout occurred in calling IdP token endpoint", "provider_unreachable"),
            ("invalid_request", "Timeout in calling jwks uri", "provider_unreachable"),
            ("invalid_request", "Connection reset", "provider_unreachable"),
            ("invalid_request", "Read timed out", "provider_unreachable"),
            ("access_denied", "User is not assigned to the client application.", "provider_not_assigned"),
            ("invalid_request", "SourceUser is already linked to DestinationUser", "provider_account_linked"),
            (
                "invalid_request",
                "PreSignUp failed with error SourceUser is already linked to DestinationUser. (Service: AWSCognitoIdentityProviderService; Status Code: 400; Request ID: x; Proxy: null)",
                "provider_account_linked",
            ),
            ("invalid_request", "Invalid ProviderName/Username combination. Please check again", "provider_linking"),
            (
                "server_error",
                "Invalid SAML response received: Invalid ProviderName/Username combination.",
                "provider_linking",
            ),
            ("server_error", "Bad token response.", "provider_token_exchange"),
            ("invalid_request", "invalid_scope", "provider_app_client"),
            ("invalid_request", "Client is not enabled for OAuth2.0 flows.\n ", "provider_app_client"),
            ("unauthorized_client", "invalid_redirect", "provider_app_client"),
            ("PreTokenGeneration failed with error Not a member.", "", "provider_operator_check"),
            ("unauthorized_client", "", "provider_app_client"),
            ("invalid_scope", "", "provider_app_client"),
            ("server_error", "", "provider_unreachable"),
            ("temporarily_unavailable", "", "provider_unreachable"),
            ("access_denied", "", "provider_access_denied"),
            ("login_required", "", "provider_login_required"),
            ("something_new", "", "provider_refused"),
        ] {
            assert_eq!(Refusal::read(error, Some(description)).code(), code, "{error}: {description}");
        }
    }

    #[test]
    fn a_triggers_message_is_one_line_without_direction_marks() {
        let refusal = Refusal::read("invalid_request", Some("PreSignUp failed with error Not\u{202e} on\nthe list. "));
        assert_eq!(refusal, Refusal::OperatorCheck { message: "Not onthe list.".into() });
    }

    #[test]
    fn a_triggers_message_is_shown_without_awss_tail() {
        let tail = "(Service: AWSCognitoIdentityProviderInternalService; Status Code: 400; Error Code: UserLambdaValidationException; Request ID: 1f; Proxy: null)";
        for (text, message) in [
            (format!("PreTokenGeneration failed with error You are not a member. {tail}"), "You are not a member"),
            (format!("PreTokenGeneration failed with error You are not a member.. {tail}"), "You are not a member."),
            (format!("PreSignUp failed with error Why not? {tail}\n "), "Why not?"),
            ("PostAuthentication failed with error No (Service desk knows).".to_owned(), "No (Service desk knows)."),
        ] {
            let expected = Refusal::OperatorCheck { message: message.to_owned() };
            assert_eq!(Refusal::read("invalid_request", Some(&text)), expected, "{text}");
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        let Refusal::Unknown { detail } = Refusal::read("x", Some(&"é".repeat(1000))) else { panic!() };
        assert_eq!(detail.chars().count(), DETAIL_MAX);
    }
}
