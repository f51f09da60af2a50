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
use crate::parts::{all, button, el, link, nothing, watch, ways_on};
use crate::problem::{Setting, heading, naming, problem};
use crate::recents::domain_of;
use futures_util::future::try_join;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lookup_api::{Identifier, Isolation, Tenant};
use sign_in::arrival::Wishes;
use sign_in::authorize::{Luggage, PendingSignIn};
use sign_in::callback::{Answer, CallbackError};
use sign_in::deployment::{Deployment, ReturnTo};
use sign_in::session::{OtherAccount, Session};
use sign_in::tokens::{SignedIn, TokenError};
use std::sync::Arc;

/// A sign-in that can be begun once more without asking anything again.
#[derive(Debug, Clone)]
struct Again {
    tenant: Arc<Tenant>,
    luggage: Luggage,
}

impl Again {
    fn at(tenant: Arc<Tenant>) -> Self {
        Self { tenant, luggage: Luggage::default() }
    }
}

#[derive(Debug, Clone)]
enum Stage {
    Working,
    /// With the question whether it is the right account, if there is one.
    SignedIn(Arc<Session>, Option<OtherAccount>),
    Failed(Arc<Failure>, Option<Again>),
    Leaving(Arc<Tenant>),
    SigningOut,
    SignedOut {
        elsewhere: bool,
    },
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
        let was_signed_in = stage.try_with_untracked(|stage| matches!(stage, Stage::SignedIn(..))) == Some(true);
        match resume() {
            Stage::SignedIn(..) => {}
            over if was_signed_in => stage.set(over),
            _ => {}
        }
    };
    let stored = browser::on_stored_elsewhere(look_again);
    // And a page that the browser brings back to life may show one that is over, or be on a way that led nowhere.
    let restored = browser::on_restored(move || {
        // Another session may have begun in this tab meanwhile.
        if stage.try_with_untracked(|stage| matches!(stage, Stage::SignedIn(..))) == Some(true) {
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
        if let Stage::SignedIn(session, _) = stage.get() {
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
            let again = Again::at(tenant.clone());
            let called_off = move || stage.set(Stage::failed(CallbackError::Empty.into(), Some(again.clone())));
            leaving(&page, &tenant, called_off)
        }
        Stage::SignedIn(session, other) => Arc::new(SignedInPage { frame: page.clone(), session, stage }).view(other),
        Stage::Failed(failure, again) => {
            page.title(&text(m::SIGN_IN), true);
            failed(&page, &failure, again, stage)
        }
    })
}

/// Finishes the sign-in that the answer belongs to, and says on `stage` what became of it.
async fn work(deployment: Arc<Deployment>, query: String, stage: RwSignal<Stage>) {
    match finish(&deployment, &query).await {
        Ok(signed_in) => {
            browser::mark("signed-in");
            // Somebody else's account waits for a word before it goes anywhere.
            let other = OtherAccount::of(&signed_in);
            browser::keep_other_account(other.as_ref());
            let target = if other.is_none() { target(&deployment, signed_in.return_to.as_deref()) } else { None };
            stage.set(Stage::SignedIn(Arc::new(signed_in.session), other));
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

/// Where to go on to after signing in, if anywhere.
fn target(deployment: &Deployment, return_to: Option<&str>) -> Option<ReturnTo> {
    let checked = return_to.and_then(|text| deployment.return_to.check(text, browser::parse_url));
    checked.or_else(|| deployment.return_to.default_target())
}

fn depart_again(deployment: &Deployment, again: Again, stage: RwSignal<Stage>) {
    stage.set(match depart(deployment, &again.tenant, again.luggage.clone()) {
        Ok(()) => Stage::Leaving(again.tenant),
        Err(failure) => Stage::failed(failure, Some(again)),
    });
}

/// What there is to show when no answer came along.
fn resume() -> Stage {
    let Some(session) = browser::session() else {
        if browser::is_signed_out_here() {
            return Stage::SignedOut { elsewhere: false };
        }
        return Stage::failed(CallbackError::Empty.into(), None);
    };
    if browser::is_signed_out_elsewhere(&session) {
        browser::forget_session();
        return Stage::SignedOut { elsewhere: true };
    }
    if session.is_expired(browser::now()) {
        browser::forget_session();
        return Stage::failed(Failure::SessionExpired, Some(Again::at(Arc::new(session.tenant))));
    }
    Stage::SignedIn(Arc::new(session), browser::other_account())
}

/// From the raw query to a kept session. A failure comes with the sign-in that can be begun once more, where it is known which
/// one it was.
async fn finish(deployment: &Deployment, query: &str) -> Result<SignedIn, (Failure, Option<Again>)> {
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
            another_account: pending.another_account,
        },
    };
    redeem(deployment, pending, answer).await.map_err(|failure| (failure, Some(again)))
}

async fn redeem(deployment: &Deployment, pending: PendingSignIn, answer: Answer) -> Result<SignedIn, Failure> {
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
    let signed_in = signed.into_session(browser::now())?;
    browser::keep_session(&signed_in.session)?;
    // A convenience: where it cannot be kept, the form says so.
    if let Ok(recents) = browser::recents() {
        let _ = browser::keep_recents(&recents.with(signed_in.session.tenant.clone()));
    }
    Ok(signed_in)
}

/// The organization that an answer which nobody asked for says it comes from: an app client may be registered with a
/// callback URL that ends in the organization's code or carries it as `tenant`. What is shown is the directory's name for
/// it, never the link's own text.
async fn said_to_come_from(deployment: &Deployment, query: &str) -> Option<Again> {
    let path = browser::page_url()?.path;
    let code = path.strip_prefix("/callback/").map(str::to_owned).or_else(|| Wishes::parse(query).tenant)?;
    let found = api::look_up(deployment, &Identifier::parse_code(&code).ok()?, None).found(deployment).await.ok()?;
    let [tenant] = <[Tenant; 1]>::try_from(found).ok()?;
    Some(Again::at(Arc::new(tenant)))
}

/// Ends the session in this tab, and makes its refresh token worthless.
pub fn end_session(deployment: &Deployment, session: &Session) {
    browser::forget_session();
    if let Some(revocation) = deployment.revocation(session) {
        api::revoke(&revocation);
    }
}

/// Ends the session at the hosted UI, which then sends the person to `/signed-out`.
fn end_at_hosted_ui(deployment: &Deployment, tenant: &Tenant) {
    // A user pool that is no longer configured has no sign-out page: the session here is over all the same.
    let target = deployment.logout_url(tenant).unwrap_or_else(|_| "/signed-out".to_owned());
    browser::leave_for(&target);
}

/// The page of somebody who is signed in.
struct SignedInPage {
    frame: Frame,
    session: Arc<Session>,
    stage: RwSignal<Stage>,
}

impl SignedInPage {
    fn view(self: &Arc<Self>, other: Option<OtherAccount>) -> AnyView {
        let tenant = &self.session.tenant;
        let email = self.session.email();
        self.frame.title(&about(m::SIGNED_IN_TO, &tenant.name), false);
        let email_line = match &email {
            Some(email) => el("p", "").with(naming(m::SIGNED_IN_AS, Some(email))),
            None => nothing(),
        };
        let notice = match &other {
            Some(other) => {
                el("p", "notice").attr("role", "status").with(naming(m::OTHER_ACCOUNT, Some(&other.login_hint)))
            }
            None => nothing(),
        };
        all(vec![
            emblem(tenant),
            heading(m::SIGNED_IN_TO, Some(&tenant.name)),
            el("p", "domain").with(domain_of(tenant)),
            email_line,
            notice,
            ways_on(self.ways(other, email)),
        ])
    }

    /// The open question comes first: it is what the person has to decide.
    fn ways(self: &Arc<Self>, other: Option<OtherAccount>, email: Option<String>) -> Vec<AnyView> {
        let (page, typed) = (self.clone(), other.as_ref().map(|other| other.login_hint.clone()));
        let return_to = other.as_ref().and_then(|other| other.return_to.clone());
        let use_another = move || page.use_another_account(typed.clone(), return_to.as_deref());
        let (switch, sign_out) = (self.clone(), self.clone());
        let switch = move || switch.switch();
        let sign_out = move || sign_out.sign_out();
        let another = text(m::USE_ANOTHER_ACCOUNT);
        let Some(other) = other else {
            return vec![
                button("", text(m::SWITCH), switch),
                button("quiet", text(m::SIGN_OUT), sign_out),
                button("link", another, use_another),
            ];
        };
        let page = self.clone();
        vec![
            button("", about(m::CONTINUE_AS, &email.unwrap_or_default()), move || page.keep_account(&other)),
            button("quiet", another, use_another),
            button("quiet", text(m::SWITCH), switch),
            button("quiet", text(m::SIGN_OUT), sign_out),
        ]
    }

    /// The account is the right one after all.
    fn keep_account(&self, other: &OtherAccount) {
        browser::keep_other_account(None);
        match target(&self.frame.deployment, other.return_to.as_deref()) {
            Some(target) => browser::move_on_to(target.as_str()),
            None => self.stage.set(Stage::SignedIn(self.session.clone(), None)),
        }
    }

    /// Signs in to the same organization again. The hosted UI has to forget who is signed in there first.
    fn use_another_account(&self, typed: Option<String>, return_to: Option<&str>) {
        let deployment = &self.frame.deployment;
        let luggage = Luggage {
            login_hint: typed,
            lang: Some(self.frame.language.get_untracked()),
            return_to: return_to.and_then(|text| deployment.return_to.check(text, browser::parse_url)),
            another_account: true,
            ..Luggage::default()
        };
        let again = Again { tenant: Arc::new(self.session.tenant.clone()), luggage };
        end_session(deployment, &self.session);
        depart_again(deployment, again, self.stage);
    }

    fn switch(&self) {
        let deployment = &self.frame.deployment;
        // The next organization must not find this one's tokens.
        end_session(deployment, &self.session);
        match deployment.isolation_of(&self.session.tenant) {
            Isolation::Shared => browser::leave_for("/"),
            Isolation::Strict => {
                browser::begin_sign_out("", "/");
                self.stage.set(Stage::SigningOut);
                end_at_hosted_ui(deployment, &self.session.tenant);
            }
        }
    }

    fn sign_out(&self) {
        end_session(&self.frame.deployment, &self.session);
        browser::tell_of_sign_out(&self.session);
        browser::begin_sign_out("", "");
        self.stage.set(Stage::SigningOut);
        end_at_hosted_ui(&self.frame.deployment, &self.session.tenant);
    }
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
