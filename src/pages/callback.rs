//! Coming back: the answer → tokens → a session, or why there is none; and the page of somebody who is signed in.

use crate::api::{self, Freshness};
use crate::app::Frame;
use crate::browser;
use crate::depart::depart;
use crate::emblem::emblem;
use crate::failure::Failure;
use crate::languages::spoken;
use crate::messages::{self as m, about, text};
use crate::pages::leaving::leaving;
use crate::pages::signed_out::signed_out_words;
use crate::parts::{all, button, el, link, watch, ways_on};
use crate::problem::{Setting, heading, naming, problem};
use crate::recents::domain_of;
use futures_util::future::try_join;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lookup_api::{Identifier, Isolation, Tenant};
use sign_in::arrival::Wishes;
use sign_in::authorize::{Luggage, PendingSignIn};
use sign_in::callback::{Answer, CallbackError};
use sign_in::deployment::Deployment;
use sign_in::session::Session;
use sign_in::tokens::TokenError;
use std::sync::Arc;

/// A sign-in that can be begun once more without asking anything again.
#[derive(Debug, Clone)]
struct Again {
    tenant: Arc<Tenant>,
    luggage: Luggage,
}

#[derive(Debug, Clone)]
enum Stage {
    Working,
    SignedIn(Arc<Session>),
    Failed(Arc<Failure>, Option<Again>),
    Leaving(Arc<Tenant>),
    SigningOut,
    SignedOut { elsewhere: bool },
}

impl Stage {
    fn failed(failure: Failure, again: Option<Again>) -> Self {
        Self::Failed(Arc::new(failure), again)
    }
}

/// The page at `/callback`. Without an answer to finish it shows this tab's session, so that a reload keeps it.
pub fn callback(frame: &Frame) -> AnyView {
    let query = frame.take_arrival().map(|arrival| arrival.query).unwrap_or_default();
    let stage = RwSignal::new(if query.is_empty() { resume() } else { Stage::Working });
    if !query.is_empty() {
        spawn_local(work(frame.deployment.clone(), query, stage));
    }
    // A session ends while somebody looks at it: its time has come, or there was a sign-out in another tab.
    let look_again = move || {
        let was_signed_in = stage.try_with_untracked(|stage| matches!(stage, Stage::SignedIn(_))) == Some(true);
        match resume() {
            Stage::SignedIn(_) => {}
            over if was_signed_in => stage.set(over),
            _ => {}
        }
    };
    let stored = browser::on_stored_elsewhere(look_again);
    // And a page that the browser brings back to life may show one that is over, or be on a way that led nowhere.
    let restored = browser::on_restored(move || {
        // Another session may have begun in this tab meanwhile.
        if stage.try_with_untracked(|stage| matches!(stage, Stage::SignedIn(_))) == Some(true) {
            stage.set(resume());
        }
        if stage.try_with_untracked(|stage| matches!(stage, Stage::SigningOut)) == Some(true) {
            match browser::call_sign_out_off().as_deref() {
                Some("/") => browser::move_on_to("/"),
                _ => stage.set(Stage::SignedOut { elsewhere: false }),
            }
        }
    });
    on_cleanup(move || [stored, restored].into_iter().for_each(|handle| handle.remove()));
    watch(move || {
        if let Stage::SignedIn(session) = stage.get() {
            browser::after(session.seconds_left(browser::now()), look_again);
        }
    });

    let page = frame.clone();
    spoken(frame, move || match stage.get() {
        Stage::Working => {
            page.title(&text(m::SIGNING_IN), false);
            heading(m::SIGNING_IN, None)
        }
        // Whoever presses the browser's Stop has a way on.
        Stage::SigningOut => all(vec![heading(m::SIGNING_OUT, None), link("button quiet", "/", text(m::START_OVER))]),
        Stage::SignedOut { elsewhere } => signed_out_words(&page, elsewhere),
        Stage::Leaving(tenant) => {
            let again = Again { tenant: tenant.clone(), luggage: Luggage::default() };
            let called_off = move || stage.set(Stage::failed(CallbackError::Empty.into(), Some(again.clone())));
            leaving(&page, &tenant, called_off)
        }
        Stage::SignedIn(session) => signed_in(&page, session, stage),
        Stage::Failed(failure, again) => {
            page.title(&text(m::SIGN_IN), true);
            failed(&page, &failure, again, stage)
        }
    })
}

/// Finishes the sign-in that the answer belongs to, and says on `stage` what became of it.
async fn work(deployment: Arc<Deployment>, query: String, stage: RwSignal<Stage>) {
    match finish(&deployment, &query).await {
        Ok((session, return_to)) => {
            browser::mark("signed-in");
            let checked = return_to.and_then(|text| deployment.return_to.check(&text, browser::parse_url));
            let target = checked.or_else(|| deployment.return_to.default_target());
            stage.set(Stage::SignedIn(Arc::new(session)));
            if let Some(target) = target {
                browser::move_on_to(target.as_str());
            }
        }
        // Once: the second attempt carries the mark of it.
        Err((failure, Some(again))) if failure.passes_on_second_try() && !again.luggage.retried => {
            depart_again(&deployment, Again { luggage: Luggage { retried: true, ..again.luggage }, ..again }, stage);
        }
        Err((failure, again)) => {
            browser::mark("sign-in-failed");
            let again = match failure {
                Failure::Callback(CallbackError::Unsolicited) => said_to_come_from(&deployment, &query).await,
                _ => again,
            };
            stage.set(Stage::failed(failure, again));
        }
    }
}

fn depart_again(deployment: &Deployment, again: Again, stage: RwSignal<Stage>) {
    stage.set(match depart(deployment, &again.tenant, again.luggage.clone()) {
        Ok(()) => Stage::Leaving(again.tenant),
        Err(failure) => Stage::failed(failure, Some(again)),
    });
}

/// What there is to show when no answer came along.
fn resume() -> Stage {
    let Some(session) = browser::session() else { return Stage::failed(CallbackError::Empty.into(), None) };
    if browser::is_signed_out_elsewhere(&session) {
        browser::forget_session();
        return Stage::SignedOut { elsewhere: true };
    }
    if session.is_expired(browser::now()) {
        browser::forget_session();
        let again = Again { tenant: Arc::new(session.tenant), luggage: Luggage::default() };
        return Stage::failed(Failure::SessionExpired, Some(again));
    }
    Stage::SignedIn(Arc::new(session))
}

/// From the raw query to a kept session and the `return_to` that was brought along. A failure comes with the sign-in
/// that can be begun once more, where it is known which one it was.
async fn finish(deployment: &Deployment, query: &str) -> Result<(Session, Option<String>), (Failure, Option<Again>)> {
    let unknown = |failure: Failure| (failure, None);
    let answer = Answer::parse(query).map_err(|e| unknown(e.into()))?;
    let key = answer.state().pending_key();
    // Held until the code is redeemed: by then the record is gone for every tab.
    let _claim = browser::claim(&key).await.ok_or_else(|| unknown(Failure::InProgress))?;
    let record = browser::take_pending(&key).map_err(|e| unknown(e.into()))?;
    let pending = record.and_then(|record| PendingSignIn::from_record(&record));
    let pending = pending.ok_or_else(|| unknown(CallbackError::StateUnknown.into()))?;

    let again = Again {
        tenant: Arc::new(pending.tenant.clone()),
        luggage: Luggage {
            login_hint: pending.login_hint.clone(),
            lang: pending.lang.clone(),
            return_to: pending.return_to.as_ref().and_then(|text| deployment.return_to.check(text, browser::parse_url)),
            retried: pending.retried,
        },
    };
    redeem(deployment, pending, answer).await.map_err(|failure| (failure, Some(again)))
}

async fn redeem(
    deployment: &Deployment,
    pending: PendingSignIn,
    answer: Answer,
) -> Result<(Session, Option<String>), Failure> {
    let grant = pending.finish(answer, browser::now())?;
    let (request, awaited) = grant.token_request(deployment)?;
    let jwks_uri = awaited.jwks_uri(deployment)?;
    // Side by side, a round trip less. A refused code is told at once, keys or no keys.
    let asked = async { Ok(api::keys(jwks_uri, Freshness::Cached).await) };
    let (keys, tokens) = try_join(asked, api::redeem(request, awaited)).await?;
    let mut keys = keys?;
    if tokens.select_key(&keys).is_none() {
        keys = api::keys(jwks_uri, Freshness::Fresh).await?;
    }
    let key = tokens.select_key(&keys).ok_or(TokenError::IdTokenKeyUnknown)?.clone();
    let signed = tokens.check_signature(&key, browser::verify_rs256).await??;
    let (session, return_to) = signed.into_session(browser::now())?;
    browser::keep_session(&session)?;
    // A convenience: where it cannot be kept, the form says so.
    if let Ok(recents) = browser::recents() {
        let _ = browser::keep_recents(&recents.with(session.tenant.clone()));
    }
    Ok((session, return_to))
}

/// The organization that an answer which nobody asked for says it comes from: an app client may be registered with a
/// callback URL that ends in the organization's code or carries it as `tenant`. What is shown is the directory's name for
/// it, never the link's own text.
async fn said_to_come_from(deployment: &Deployment, query: &str) -> Option<Again> {
    let path = browser::page_url()?.path;
    let code = path.strip_prefix("/callback/").map(str::to_owned).or_else(|| Wishes::parse(query).tenant)?;
    let found = api::look_up(deployment, &Identifier::parse_code(&code).ok()?, None).found(deployment).await.ok()?;
    let [tenant] = <[Tenant; 1]>::try_from(found).ok()?;
    Some(Again { tenant: Arc::new(tenant), luggage: Luggage::default() })
}

/// Ends the session at the hosted UI, which then sends the person to `/signed-out`.
fn end_at_hosted_ui(deployment: &Deployment, tenant: &Tenant) {
    // A user pool that is no longer configured has no sign-out page: the session here is over all the same.
    let target = deployment.logout_url(tenant).unwrap_or_else(|_| "/signed-out".to_owned());
    browser::leave_for(&target);
}

fn signed_in(frame: &Frame, session: Arc<Session>, stage: RwSignal<Stage>) -> AnyView {
    frame.title(&about(m::SIGNED_IN_TO, &session.tenant.name), false);
    let tenant = &session.tenant;
    let mut page =
        vec![emblem(tenant), heading(m::SIGNED_IN_TO, Some(&tenant.name)), el("p", "domain").with(domain_of(tenant))];
    let (deployment, leaver) = (frame.deployment.clone(), session.clone());
    let switch = move || {
        // The next organization must not find this one's tokens.
        browser::forget_session();
        match deployment.isolation_of(&leaver.tenant) {
            Isolation::Shared => browser::leave_for("/"),
            Isolation::Strict => {
                browser::begin_sign_out("", "/");
                stage.set(Stage::SigningOut);
                end_at_hosted_ui(&deployment, &leaver.tenant);
            }
        }
    };
    let deployment = frame.deployment.clone();
    let sign_out = move || {
        browser::sign_out(&session);
        browser::begin_sign_out("", "");
        stage.set(Stage::SigningOut);
        end_at_hosted_ui(&deployment, &session.tenant);
    };
    page.push(ways_on(vec![button("", text(m::SWITCH), switch), button("quiet", text(m::SIGN_OUT), sign_out)]));
    all(page)
}

fn failed(frame: &Frame, failure: &Failure, again: Option<Again>, stage: RwSignal<Stage>) -> AnyView {
    let tenant = again.as_ref().map(|again| again.tenant.code.clone());
    let other = text(if again.is_some() { m::ANOTHER_ORGANIZATION } else { m::START_OVER });
    let mut ways = Vec::new();
    if let Some(again) = again {
        let name = &again.tenant.name;
        let mut words = about(m::TRY_AGAIN_AT, name);
        if matches!(failure, Failure::Callback(CallbackError::Unsolicited)) {
            ways.push(el("p", "").with(naming(m::CALLBACK_UNSOLICITED_FROM, Some(name))));
            words = about(m::CONTINUE_TO, name);
        }
        // A person's own second try is a new beginning: it may be tried again by itself once more.
        let again = Again { luggage: Luggage { retried: false, ..again.luggage }, ..again };
        let deployment = frame.deployment.clone();
        ways.push(button("", words, move || depart_again(&deployment, again.clone(), stage)));
    }
    ways.push(link("button quiet", "/", other));
    ways.extend(frame.support());
    problem(failure, Setting { alone: true, tenant, field: None }, ways)
}
