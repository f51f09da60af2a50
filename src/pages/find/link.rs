//! The link that brought the person to the form: what it asks for, and what of that may be followed.

use crate::context::Context;
use crate::elements::element;
use crate::messages::{self as m, text};
use deployment::{LinkParameters, ReturnTo};
use leptos::prelude::*;
use lookup_api::Identifier;

/// What a link asks for, checked.
pub(super) struct Link {
    /// The code of the organization to sign in at.
    pub(super) tenant: Option<String>,
    /// The text to put into the field.
    pub(super) typed: Option<String>,
    /// The email address in that text, if it is one.
    pub(super) login_hint: Option<String>,
    /// Where to go after signing in.
    pub(super) return_to: Option<ReturnTo>,
    /// The language, as a BCP 47 tag.
    pub(super) lang: Option<String>,
    /// What the link asks for and may not have.
    pub(super) dropped: Option<Dropped>,
}

/// What a link asked for and did not get. The page says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Dropped {
    /// `return_to` is not an allowed address.
    ReturnTo,
    /// The link initiates a login with an issuer that config.json does not name.
    ThirdParty,
}

impl Dropped {
    pub(super) fn notice(self) -> AnyView {
        let notice = text(match self {
            Self::ReturnTo => m::RETURN_TO_DROPPED,
            Self::ThirdParty => m::THIRD_PARTY_UNKNOWN,
        });
        element("p", "notice").attr("role", "status").text(notice)
    }
}

impl Link {
    /// Reads the query of the page's address.
    pub(super) fn read(context: &Context, query: &str) -> Self {
        let mut parameters = LinkParameters::parse(query);
        let mut dropped = None;
        if parameters.iss.as_ref().is_some_and(|iss| !context.deployment.names_issuer(iss)) {
            (parameters.login_hint, parameters.return_to) = (None, None);
            dropped = Some(Dropped::ThirdParty);
        }
        let return_to = parameters.return_to.as_ref().and_then(|text| context.deployment.return_to.check(text));
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
}
