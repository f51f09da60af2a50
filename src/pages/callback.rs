//! Coming back: the answer → tokens → a session, or why there is none; and the page of somebody who is signed in.

use crate::api::{self, Freshness};
use crate::app::Frame;
use crate::browser;
use crate::copy;
use crate::depart::depart;
use crate::failure::Failure;
use crate::pages::leaving::Leaving;
use crate::problem::{Heading, Problem};
use leptos::prelude::{Callback as Handler, *};
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use lookup_api::Tenant;
use sign_in::authorize::{Luggage, PendingSignIn};
use sign_in::callback::{Answer, CallbackError};
use sign_in::deployment::Deployment;
use sign_in::session::{Session, logout_url};
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
    Failed(Failure, Option<Again>),
    Leaving(Arc<Tenant>),
    SigningOut,
}

/// The page at `/callback`. Without an answer to finish it shows this tab's session, so that a reload keeps it.
#[component]
pub fn Callback() -> impl IntoView {
    let frame = Frame::of_page();
    let query = frame.take_arrival().map(|arrival| arrival.query).unwrap_or_default();
    let stage = RwSignal::new(if query.is_empty() { resume() } else { Stage::Working });

    let deployment = frame.deployment.clone();
    let depart_again = Handler::new(move |again: Again| {
        stage.set(match depart(&deployment, &again.tenant, again.luggage.clone()) {
            Ok(()) => Stage::Leaving(again.tenant),
            Err(failure) => Stage::Failed(failure, Some(again)),
        });
    });

    if !query.is_empty() {
        let deployment = frame.deployment.clone();
        spawn_local(async move {
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
                    depart_again.run(Again { luggage: Luggage { retried: true, ..again.luggage }, ..again });
                }
                Err((failure, again)) => {
                    browser::mark("sign-in-failed");
                    stage.set(Stage::Failed(failure, again));
                }
            }
        });
    }

    move || match stage.get() {
        Stage::Working => {
            frame.title(copy::SIGNING_IN, false);
            view! { <Heading text=copy::SIGNING_IN.to_owned() /> }.into_any()
        }
        Stage::SigningOut => view! { <Heading text=copy::SIGNING_OUT.to_owned() /> }.into_any(),
        Stage::Leaving(tenant) => {
            let again = Again { tenant: tenant.clone(), luggage: Luggage::default() };
            let called_off = move |()| stage.set(Stage::Failed(CallbackError::Empty.into(), Some(again.clone())));
            view! { <Leaving tenant called_off /> }.into_any()
        }
        Stage::SignedIn(session) => {
            let sign_out = Handler::new(move |()| stage.set(Stage::SigningOut));
            view! { <SignedIn session sign_out /> }.into_any()
        }
        Stage::Failed(failure, again) => {
            frame.title(copy::SIGN_IN, true);
            view! { <Failed failure again depart_again /> }.into_any()
        }
    }
}

/// What there is to show when no answer came along.
fn resume() -> Stage {
    match browser::session() {
        Some(session) if session.is_expired(browser::now()) => {
            browser::forget_session();
            Stage::Failed(
                Failure::SessionExpired,
                Some(Again { tenant: Arc::new(session.tenant), luggage: Luggage::default() }),
            )
        }
        Some(session) => Stage::SignedIn(Arc::new(session)),
        None => Stage::Failed(CallbackError::Empty.into(), None),
    }
}

/// From the raw query to a kept session and the `return_to` that was brought along. A failure comes with the sign-in
/// that can be begun once more, where it is known which one it was.
async fn finish(deployment: &Deployment, query: &str) -> Result<(Session, Option<String>), (Failure, Option<Again>)> {
    let unknown = |failure: Failure| (failure, None);
    let answer = Answer::parse(query).map_err(|e| unknown(e.into()))?;
    let record = browser::take_pending(&answer.state().pending_key()).map_err(|e| unknown(e.into()))?;
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
    let tokens = api::redeem(request, awaited).await?;

    let jwks_uri = tokens.jwks_uri(deployment)?;
    let mut keys = api::keys(jwks_uri, Freshness::Cached).await?;
    if tokens.select_key(&keys).is_none() {
        keys = api::keys(jwks_uri, Freshness::Fresh).await?;
    }
    let key = tokens.select_key(&keys).ok_or(TokenError::IdTokenKeyUnknown)?.clone();
    let signed = tokens.check_signature(&key, browser::verify_rs256).await??;
    let (session, return_to) = signed.into_session(browser::now())?;
    browser::keep_session(&session)?;
    Ok((session, return_to))
}

#[component]
fn SignedIn(session: Arc<Session>, sign_out: Handler<()>) -> impl IntoView {
    let frame = Frame::of_page();
    let heading = copy::signed_in_to(&session.tenant);
    frame.title(&heading, false);
    let navigate = use_navigate();
    let switch = move |_| {
        // The next organization must not find this one's tokens.
        browser::forget_session();
        navigate("/", NavigateOptions::default());
    };
    let domain = session.tenant.domain.clone();
    let leave = move |_| {
        browser::forget_session();
        sign_out.run(());
        // A user pool that is no longer configured has no sign-out page: the session here is over all the same.
        let target = logout_url(&frame.deployment, &session.tenant).unwrap_or_else(|_| "/signed-out".to_owned());
        browser::leave_for(&target);
    };
    view! {
        <Heading text=heading />
        {domain.map(|domain| view! { <p class="domain">{domain}</p> })}
        <div class="ways-on">
            <button type="button" on:click=switch>{copy::SWITCH}</button>
            <button type="button" class="quiet" on:click=leave>{copy::SIGN_OUT}</button>
        </div>
    }
}

#[component]
fn Failed(failure: Failure, again: Option<Again>, depart_again: Handler<Again>) -> impl IntoView {
    let frame = Frame::of_page();
    let support_url = frame.deployment.branding.support_url.clone();
    let other = if again.is_some() { copy::ANOTHER_ORGANIZATION } else { copy::START_OVER };
    view! {
        <Problem failure field=None alone=true>
            {again.map(|again| {
                let words = copy::try_again_at(&again.tenant);
                // A person's own second try is a new beginning: it may be tried again by itself once more.
                let again = Again { luggage: Luggage { retried: false, ..again.luggage }, ..again };
                view! { <button type="button" on:click=move |_| depart_again.run(again.clone())>{words}</button> }
            })}
            <a class="button quiet" href="/">{other}</a>
            {support_url.map(|url| view! { <a href=url rel="external">{copy::SUPPORT}</a> })}
        </Problem>
    }
}
