//! The link that brought the person to the form: what it asks for, and what of that may be followed.

use deployment::{Deployment, LinkParameters, ReturnTo};
use lookup_api::Identifier;
use sign_in::authorize::SignInOptions;

/// What a link asks for, checked.
pub struct Link {
    /// The code of the organization to sign in at.
    pub tenant: Option<String>,
    /// The text to put into the field.
    pub typed: Option<String>,
    /// The email address in that text, if it is one.
    pub login_hint: Option<String>,
    /// Where to go after signing in.
    pub return_to: Option<ReturnTo>,
    /// The language, as a BCP 47 tag.
    pub lang: Option<String>,
    /// What the link asks for and may not have.
    pub dropped: Option<Dropped>,
}

/// What a link asked for and did not get. The page says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dropped {
    /// `return_to` is not an allowed address.
    ReturnTo,
    /// The link initiates a login with an issuer that config.json does not name.
    ThirdParty,
}

impl Link {
    /// Reads the query of the page's address.
    pub fn read(deployment: &Deployment, query: &str) -> Self {
        let mut parameters = LinkParameters::parse(query);
        let mut dropped = None;
        if parameters.iss.as_ref().is_some_and(|iss| !deployment.names_issuer(iss)) {
            (parameters.login_hint, parameters.return_to) = (None, None);
            dropped = Some(Dropped::ThirdParty);
        }
        let return_to = parameters.return_to.as_ref().and_then(|text| deployment.return_to.check(text));
        if parameters.return_to.is_some() && return_to.is_none() {
            dropped = Some(Dropped::ReturnTo);
        }
        let hint = parameters.login_hint.as_deref().and_then(|text| Identifier::parse(text).ok());
        Self {
            login_hint: hint.and_then(|identifier| identifier.login_hint().map(str::to_owned)),
            typed: parameters.login_hint.or_else(|| parameters.tenant.clone()),
            tenant: parameters.tenant,
            return_to,
            lang: parameters.lang,
            dropped,
        }
    }

    /// The options of a sign-in at what `identifier` was looked up for. `typed` is the text in the field. A link may ask
    /// for a language that the hosted UI has and this page has not; one that the person has `chosen` goes before it.
    pub fn options(&self, identifier: &Identifier, typed: &str, language: String, chosen: bool) -> SignInOptions {
        // The email address of a link is used as long as the link's text is in the field.
        let is_the_links = self.typed.as_deref() == Some(typed);
        let login_hint = match identifier {
            Identifier::Code(_) => self.login_hint.clone().filter(|_| is_the_links),
            _ => identifier.login_hint().map(str::to_owned),
        };
        let asked_for = self.lang.clone().filter(|_| !chosen);
        SignInOptions {
            login_hint,
            lang: asked_for.or(Some(language)),
            return_to: self.return_to.clone(),
            ..SignInOptions::default()
        }
    }
}
