//! Every sentence that a person reads. Plain words: what happened, and what to do next.
//!
//! The matches have no catch-all arm, so a new failure does not compile until somebody has written its sentence.

use crate::api::{ConfigFailure, KeysFailure, LookupFailure, Silence, TokenFailure};
use crate::failure::Failure;
use lookup_api::{IdentifierError, Tenant};
use sign_in::callback::CallbackError;
use sign_in::refusal::Refusal;
use sign_in::tokens::TokenError;

/// The words for one failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What happened, in one sentence.
    pub what: String,
    /// What to do next.
    pub next: &'static str,
    /// Somebody else's words or a technical detail, shown as text after ours.
    pub detail: Option<String>,
}

/// The name that assistive technology and tests know the field by (contract §7).
pub const FIELD: &str = "Work email or organization code";
/// The line beneath it.
pub const FIELD_HINT: &str = "For example ada@acme.com, acme.com, or a code such as acme";
/// Sends the form.
pub const CONTINUE: &str = "Continue";
/// The heading of every failure.
pub const PROBLEM: &str = "There is a problem";
/// The form's own heading.
pub const SIGN_IN: &str = "Sign in";
/// Beneath it.
pub const SIGN_IN_LEAD: &str = "Find your organization to sign in with it.";
/// While the lookup runs.
pub const LOOKING_UP: &str = "Looking up your organization…";
/// While config.json is on its way.
pub const LOADING: &str = "Loading…";
/// The heading over several organizations.
pub const CHOOSE: &str = "Choose your organization";
/// The list's accessible name (contract §7).
pub const YOUR_ORGANIZATIONS: &str = "Your organizations";
/// Back to the form.
pub const USE_ANOTHER: &str = "Use another email or code";
/// Calls off leaving.
pub const CANCEL: &str = "Cancel";
/// On the page that is about to be left.
pub const STUCK: &str = "Nothing happening, or stuck on another page? Come back here and choose Cancel to start over.";
/// While the callback works.
pub const SIGNING_IN: &str = "Signing you in…";
/// Ends the session and begins anew.
pub const SWITCH: &str = "Switch organization";
/// Ends the session.
pub const SIGN_OUT: &str = "Sign out";
/// While the hosted UI ends its own session.
pub const SIGNING_OUT: &str = "Signing you out…";
/// The heading after it (contract §7).
pub const SIGNED_OUT: &str = "You have signed out";
/// Beneath it.
pub const SIGNED_OUT_LEAD: &str =
    "On a shared computer, close the browser as well: your organization may still have you signed in.";
/// From there to the form.
pub const SIGN_IN_AGAIN: &str = "Sign in again";
/// A way on after failures.
pub const TRY_AGAIN: &str = "Try again";
/// A way on after failures.
pub const START_OVER: &str = "Start over";
/// A way on after failures at one organization.
pub const ANOTHER_ORGANIZATION: &str = "Choose another organization";
/// A way on where the deployment names an address.
pub const SUPPORT: &str = "Contact support";
/// Introduces somebody else's words.
pub const THEY_SAID: &str = "Details";
/// Said when a `return_to` is dropped.
pub const RETURN_TO_DROPPED: &str = "The link that brought you here wanted to send you on to an address that is not on our list. You can sign in, and will stay here afterwards.";

/// The page's title; failures say so first.
pub fn title(page: &str, product: Option<&str>, failed: bool) -> String {
    let mut title = String::new();
    if failed {
        title.push_str("Error: ");
    }
    title.push_str(page);
    if let Some(product) = product {
        title.push_str(" – ");
        title.push_str(product);
    }
    title
}

/// The form's heading.
pub fn sign_in_to(product: Option<&str>) -> String {
    match product {
        Some(product) => ["Sign in to ", product].concat(),
        None => SIGN_IN.to_owned(),
    }
}

/// The heading of the page that is about to be left.
pub fn taking_you_to(tenant: &Tenant) -> String {
    ["Taking you to ", &tenant.name].concat()
}

/// Where the sign-in happens.
pub fn sign_in_happens_at(host: &str) -> String {
    ["The sign-in is at ", host, "."].concat()
}

/// The heading of the end of the journey (contract §7).
pub fn signed_in_to(tenant: &Tenant) -> String {
    ["Signed in to ", &tenant.name].concat()
}

/// A way on for somebody who is still signed in.
pub fn back_to(tenant: &Tenant) -> String {
    ["You are signed in to ", &tenant.name].concat()
}

/// Starts the same sign-in once more.
pub fn try_again_at(tenant: &Tenant) -> String {
    ["Try again with ", &tenant.name].concat()
}

/// The words for a failure.
pub fn words(failure: &Failure) -> Words {
    let says = |what: &str, next: &'static str| Words { what: what.to_owned(), next, detail: None };
    match failure {
        Failure::Config(failure) => config(failure),
        Failure::Identifier(error) => match error {
            IdentifierError::Empty => says("Enter your work email or your organization's code.", FIELD_HINT),
            IdentifierError::EmailIncomplete => {
                says("The email address is not complete.", "Enter all of it, for example ada@acme.com.")
            }
            IdentifierError::Malformed => says(
                "This is neither an email address nor an organization code.",
                "Enter an email address such as ada@acme.com, or a code without spaces.",
            ),
            IdentifierError::TooLong => {
                says("This is longer than an email address or a code can be.", "Check it, and enter it again.")
            }
        },
        Failure::NoMatch { subject } => Words {
            what: ["We found no organization for “", subject, "”."].concat(),
            next: "Check it for typing errors. If it is right, ask a colleague for your organization's code, or try another work email.",
            detail: None,
        },
        Failure::Lookup(failure) => lookup(failure),
        Failure::UnknownIssuer => says(
            "Your organization's sign-in is not set up on this page.",
            "Tell your support about it. They need the code below.",
        ),
        Failure::StorageBlocked => says(
            "Your browser does not let this page remember that you are signing in.",
            "Allow site data (cookies) for this page, or leave private browsing, and try again.",
        ),
        Failure::NoWebCrypto => {
            says("Your browser cannot protect this sign-in.", "Open the page with https, or in an up-to-date browser.")
        }
        Failure::Callback(error) => callback(error),
        Failure::Token(failure) => token(failure),
        Failure::Keys(failure) => match failure {
            KeysFailure::Silent(silence) => silent(*silence, "We could not check your organization's answer"),
            KeysFailure::Malformed => says("We could not check your organization's answer.", "Try again in a moment."),
        },
        Failure::SessionExpired => says("You were signed in for so long that it has ended.", "Sign in again to go on."),
        Failure::NotFound => says("This page does not exist.", "Start from the sign-in page."),
    }
}

fn silent(silence: Silence, what: &str) -> Words {
    match silence {
        Silence::Unreachable => Words {
            what: [what, ": no connection."].concat(),
            next: "Check your internet connection, and try again.",
            detail: None,
        },
        Silence::TimedOut => Words {
            what: [what, ": it took too long."].concat(),
            next: "Try again. If it keeps happening, tell your support.",
            detail: None,
        },
    }
}

/// These are read by an operator who is setting the page up, and by people who should tell one.
fn config(failure: &ConfigFailure) -> Words {
    let what = "This sign-in page is not set up correctly.".to_owned();
    match failure {
        ConfigFailure::Silent(silence) => silent(*silence, "This page could not load its settings"),
        ConfigFailure::Missing => Words {
            what,
            next: "If you run this site: put a config.json beside index.html. Otherwise tell your support.",
            detail: Some("config.json: is missing".to_owned()),
        },
        ConfigFailure::Wrong(error) => {
            let detail = error.to_string();
            let named = if error.field == "config.json" { detail } else { ["config.json: ", &detail].concat() };
            Words {
                what,
                next: "If you run this site: correct the field below. Otherwise tell your support.",
                detail: Some(named),
            }
        }
    }
}

fn lookup(failure: &LookupFailure) -> Words {
    let says = |what: &str, next: &'static str| Words { what: what.to_owned(), next, detail: None };
    match failure {
        LookupFailure::Silent(silence) => silent(*silence, "We could not look up your organization"),
        LookupFailure::RateLimited { seconds } => Words {
            what: match seconds {
                Some(seconds) => {
                    ["Too many attempts. You can try again in ", &seconds.to_string(), " seconds."].concat()
                }
                None => "Too many attempts.".to_owned(),
            },
            next: "Wait a moment, then try again.",
            detail: None,
        },
        LookupFailure::Unavailable => says("We cannot look up organizations right now.", "Try again in a few minutes."),
        LookupFailure::Refused => {
            says("We cannot look that up.", "Check what you entered. If it is right, try your organization's code.")
        }
        LookupFailure::Malformed => {
            says("We got an answer that we do not understand.", "Try again. If it keeps happening, tell your support.")
        }
    }
}

fn callback(error: &CallbackError) -> Words {
    let says = |what: &str, next: &'static str| Words { what: what.to_owned(), next, detail: None };
    let foreign = "This answer does not belong to a sign-in that you started here.";
    match error {
        CallbackError::Empty => says("There is no sign-in to finish here.", "Start by choosing your organization."),
        CallbackError::RepeatedParameter | CallbackError::TooLong | CallbackError::StateUnknown => says(
            foreign,
            "If you have just signed in, start over: it may have been finished already, or in another browser.",
        ),
        CallbackError::Unsolicited => says(
            "You came from your organization's own portal, and we cannot take such a sign-in as it is.",
            "Start over and choose your organization: you will most likely not have to type a password again.",
        ),
        CallbackError::Expired => says("The sign-in took longer than ten minutes, so we ended it.", "Try again."),
        CallbackError::IssMismatch => says(
            "The answer came from another sign-in service than the one you left for.",
            "Start over. If it happens again, tell your support.",
        ),
        CallbackError::NoCode => says("Your organization's answer was not complete.", "Try again."),
        CallbackError::Refused(refusal) => refused(refusal),
    }
}

fn refused(refusal: &Refusal) -> Words {
    let says = |what: &str, next: &'static str| Words { what: what.to_owned(), next, detail: None };
    let quotes = |what: &str, next: &'static str, detail: &String| Words {
        what: what.to_owned(),
        next,
        detail: Some(detail.clone()),
    };
    match refusal {
        Refusal::AccessDenied => says(
            "The sign-in was cancelled, or your organization refused it.",
            "Try again, or choose another organization.",
        ),
        Refusal::NotAssigned => says(
            "Your organization knows you, but has not given you access to this product.",
            "Ask your administrator there for access, or choose another organization.",
        ),
        Refusal::AccountLinked => {
            says("Your account has just been linked to your organization.", "Try again: it should work now.")
        }
        Refusal::OperatorCheck { message } => quotes(
            "Your sign-in was checked and refused.",
            "The reason is below. If it does not help, contact your organization's administrator.",
            message,
        ),
        Refusal::SetUp { detail } => quotes(
            "Your organization's sign-in is not set up correctly.",
            "Send your administrator the details below.",
            detail,
        ),
        Refusal::ProviderUnreachable => {
            says("Your organization's sign-in service did not answer.", "Try again in a moment.")
        }
        Refusal::AppClient { detail } => {
            quotes("This page's sign-in is not set up correctly.", "Send your support the details below.", detail)
        }
        Refusal::LoginRequired => says("You were not signed in yet.", "Try again, and sign in when asked."),
        Refusal::Unknown { detail } => quotes(
            "Your organization refused the sign-in.",
            "Try again, or send your administrator the details below.",
            detail,
        ),
    }
}

fn token(failure: &TokenFailure) -> Words {
    let says = |what: &str, next: &'static str| Words { what: what.to_owned(), next, detail: None };
    let error = match failure {
        TokenFailure::Silent(silence) => return silent(*silence, "We could not finish the sign-in"),
        TokenFailure::Refused(error) => error,
    };
    match error {
        TokenError::InvalidGrant => says("The sign-in was used already, or took too long.", "Try again."),
        TokenError::ClientRefused | TokenError::Refused => says(
            "The sign-in service refused to finish your sign-in.",
            "Try again. If it keeps happening, tell your support: the app client may not be set up for a web page.",
        ),
        TokenError::Unavailable => {
            says("The sign-in service is not available right now.", "Try again in a few minutes.")
        }
        TokenError::ExpiredOrClockAhead { seconds } => Words {
            what: off_by("Your device's clock seems to be ahead", *seconds),
            next: "Set your device's date and time (automatically, if you can), and try again.",
            detail: None,
        },
        TokenError::ClockBehind { seconds } => Words {
            what: off_by("Your device's clock seems to be behind", *seconds),
            next: "Set your device's date and time (automatically, if you can), and try again.",
            detail: None,
        },
        TokenError::ResponseMalformed
        | TokenError::IdTokenMalformed
        | TokenError::IdTokenAlgorithm
        | TokenError::IdTokenKeyUnknown
        | TokenError::IdTokenSignature
        | TokenError::IdTokenIssuer
        | TokenError::IdTokenNonce
        | TokenError::IdTokenUse
        | TokenError::IdTokenAtHash => says(
            "The sign-in service gave an answer that did not pass our checks, so we did not sign you in.",
            "Try again. If it keeps happening, tell your support the code below.",
        ),
        TokenError::IdTokenAudience | TokenError::IdTokenProvider | TokenError::AccessTokenForeign => says(
            "You came back signed in to another organization than the one you chose, so we did not sign you in.",
            "Try again, or choose the organization that you want to work in.",
        ),
    }
}

fn off_by(what: &str, seconds: i64) -> String {
    let (amount, unit) = match seconds / 60 {
        minutes @ ..120 => (minutes, " minutes"),
        minutes @ ..2880 => (minutes / 60, " hours"),
        minutes => (minutes / 1440, " days"),
    };
    [what, ", by about ", &amount.to_string(), unit, "."].concat()
}
