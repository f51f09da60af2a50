//! Where a person at the callback is, and beginning the same sign-in again.

use crate::browser::{self, STORE};
use crate::context::Context;
use crate::failure::Failure;
use crate::hosted_ui;
use leptos::prelude::*;
use lookup_api::Tenant;
use sign_in::authorize::SignInOptions;
use sign_in::callback::CallbackError;
use sign_in::session::{OtherAccount, Session};
use std::sync::Arc;

/// A sign-in that can be begun again without asking the person for anything.
#[derive(Debug, Clone)]
pub(super) struct Retry {
    pub(super) tenant: Arc<Tenant>,
    pub(super) options: SignInOptions,
}

impl Retry {
    /// A new sign-in at this tenant.
    pub(super) fn at(tenant: Arc<Tenant>) -> Self {
        Self { tenant, options: SignInOptions::default() }
    }

    /// Leaves for the hosted UI.
    pub(super) fn start(self, context: &Context, stage: RwSignal<Stage>) {
        stage.set(match hosted_ui::sign_in(&context.deployment, &self.tenant, self.options.clone()) {
            Ok(()) => Stage::Leaving(self.tenant),
            Err(failure) => Stage::failed(failure, Some(self)),
        });
    }
}

/// What the page shows.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    /// The response is being checked and the code redeemed.
    Working,
    /// With the question whether it is the right account, if that is not answered.
    SignedIn(Arc<Session>, Option<OtherAccount>),
    /// The person is signed in, and chooses among their other organizations.
    Choosing(Arc<Session>, Arc<[Tenant]>),
    Failed(Arc<Failure>, Option<Retry>),
    /// The browser is loading the hosted UI.
    Leaving(Arc<Tenant>),
    /// The browser is loading the hosted UI's sign-out.
    SigningOut,
    SignedOut {
        elsewhere: bool,
    },
}

impl Stage {
    pub(super) fn failed(failure: Failure, retry: Option<Retry>) -> Self {
        Self::Failed(Arc::new(failure), retry)
    }

    pub(super) fn is_signed_in(&self) -> bool {
        matches!(self, Self::SignedIn(..) | Self::Choosing(..))
    }

    /// The stage of a page without an authorization response: that of this tab's session.
    pub(super) fn of_session() -> Self {
        let Some(session) = STORE.session() else {
            if STORE.is_signed_out_here() {
                return Self::SignedOut { elsewhere: false };
            }
            return Self::failed(CallbackError::Empty.into(), None);
        };
        if STORE.is_signed_out_elsewhere(&session) {
            STORE.forget_session();
            return Self::SignedOut { elsewhere: true };
        }
        if session.is_expired(browser::now()) {
            STORE.forget_session();
            return Self::failed(Failure::SessionExpired, Some(Retry::at(Arc::new(session.tenant))));
        }
        Self::SignedIn(Arc::new(session), STORE.other_account())
    }
}
