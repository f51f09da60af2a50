//! Finishes a sign-in: from the authorization response to a session that is kept, or the reason why there is none.

use super::others::Others;
use super::stage::{Retry, Stage};
use crate::api::{self, Freshness};
use crate::browser::{self, STORE};
use crate::context::Context;
use crate::failure::Failure;
use crate::hosted_ui::remember;
use deployment::{Deployment, LinkParameters, ReturnTo};
use futures_util::future::try_join;
use leptos::prelude::*;
use lookup_api::{Identifier, Tenant};
use sign_in::authorize::{PendingSignIn, SignInOptions};
use sign_in::callback::{AuthorizationResponse, CallbackError};
use sign_in::session::{OtherAccount, SignedIn};
use sign_in::tokens::TokenError;
use std::sync::Arc;

/// Finishes the sign-in that the query is the response to, and sets `stage` to the outcome.
pub(super) async fn finish(context: Context, query: String, stage: RwSignal<Stage>, others: Others) {
    match session_from(&context.deployment, &query).await {
        Ok(signed_in) => show_session(&context, signed_in, stage, others),
        // Once: the options say that it is the second attempt.
        Err((failure, Some(retry))) if failure.passes_on_second_try() && !retry.options.retried => {
            let options = SignInOptions { retried: true, ..retry.options };
            Retry { options, ..retry }.start(&context, stage);
        }
        Err((failure, retry)) => {
            browser::mark("sign-in-failed");
            let retry = match failure {
                Failure::Callback(CallbackError::Unsolicited) => tenant_of_callback(&context.deployment, &query).await,
                _ => retry,
            };
            stage.set(Stage::failed(failure, retry));
        }
    }
}

fn show_session(context: &Context, signed_in: SignedIn, stage: RwSignal<Stage>, others: Others) {
    browser::mark("signed-in");
    // If it is another account than the person typed, nothing happens before they have confirmed it.
    let other = OtherAccount::of(&signed_in);
    STORE.keep_other_account(other.as_ref());
    let target = if other.is_none() { target(&context.deployment, signed_in.return_to.as_deref()) } else { None };
    let signed_in = Stage::SignedIn(Arc::new(signed_in.session), other);
    match target {
        Some(target) => browser::replace_location(target.as_str()),
        None => others.ask(context, &signed_in),
    }
    stage.set(signed_in);
}

/// Where to go after the sign-in: where the person wanted to, else where config.json says. `None` is nowhere.
pub(super) fn target(deployment: &Deployment, return_to: Option<&str>) -> Option<ReturnTo> {
    let checked = return_to.and_then(|text| deployment.return_to.check(text));
    checked.or_else(|| deployment.return_to.default_target())
}

/// The session that the response leads to. It is kept already. An error comes with the sign-in to begin again, if it is
/// known.
async fn session_from(deployment: &Deployment, query: &str) -> Result<SignedIn, (Failure, Option<Retry>)> {
    let without_retry = |failure: Failure| (failure, None);
    let response = AuthorizationResponse::parse(query).map_err(|e| without_retry(e.into()))?;
    let key = response.state().pending_key();
    // Locked until the code is redeemed. By then no tab can find the record.
    let _lock = browser::lock_sign_in(&key).await.ok_or_else(|| without_retry(Failure::InProgress))?;
    let record = STORE.take_pending(&key).map_err(|e| without_retry(e.into()))?;
    let pending = record.and_then(|record| PendingSignIn::from_record(&record));
    let pending = pending.ok_or_else(|| without_retry(CallbackError::StateUnknown.into()))?;
    let retry = retry_of(deployment, &pending);
    redeem(deployment, pending, response).await.map_err(|failure| (failure, Some(retry)))
}

fn retry_of(deployment: &Deployment, pending: &PendingSignIn) -> Retry {
    let options = SignInOptions {
        login_hint: pending.login_hint.clone(),
        lang: pending.lang.clone(),
        return_to: pending.return_to.as_ref().and_then(|text| deployment.return_to.check(text)),
        retried: pending.retried,
        another_account: pending.another_account,
    };
    Retry { tenant: Arc::new(pending.tenant.clone()), options }
}

async fn redeem(
    deployment: &Deployment,
    pending: PendingSignIn,
    response: AuthorizationResponse,
) -> Result<SignedIn, Failure> {
    let grant = pending.finish(response, browser::now())?;
    let (request, awaited) = grant.token_request(deployment)?;
    let jwks_uri = awaited.jwks_uri(deployment)?;
    // Keys and tokens are fetched at the same time, which saves a round trip. If the code is refused, the keys do not
    // matter.
    let keys = async { Ok(api::keys(jwks_uri, Freshness::Cached).await) };
    let (keys, tokens) = try_join(keys, api::redeem(request, awaited)).await?;
    let mut keys = keys?;
    if tokens.select_key(&keys).is_none() {
        keys = api::keys(jwks_uri, Freshness::Fresh).await?;
    }
    let key = tokens.select_key(&keys).ok_or(TokenError::IdTokenKeyUnknown)?.clone();
    let signed = tokens.check_signature(&key, browser::verify_rs256).await??;
    let signed_in = signed.into_session(browser::now())?;
    STORE.keep_session(&signed_in.session)?;
    remember(&signed_in.session.tenant);
    Ok(signed_in)
}

/// The organization that an unsolicited response says it is from. An app client may be registered with a callback URL
/// that ends in the organization's code or has it as `tenant`. The page shows the name that the directory has for it,
/// and nothing of the link.
async fn tenant_of_callback(deployment: &Deployment, query: &str) -> Option<Retry> {
    let page = browser::own_page()?;
    let code = page.strip_prefix("callback/").map(str::to_owned).or_else(|| LinkParameters::parse(query).tenant)?;
    let lookup = api::look_up(deployment, &Identifier::parse_code(&code).ok()?, None);
    let [tenant] = <[Tenant; 1]>::try_from(lookup.tenants(deployment).await.ok()?).ok()?;
    Some(Retry::at(Arc::new(tenant)))
}
