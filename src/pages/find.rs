//! The form: what was typed → the organizations that match → on the way to one of them.

use crate::api::{self, Lookup, LookupFailure, Silence};
use crate::app::Frame;
use crate::browser::{self, Arrival};
use crate::choice::choice;
use crate::copy;
use crate::depart::{depart, rehearse};
use crate::failure::Failure;
use crate::form::{FIELD_ID, Form};
use crate::languages::spoken;
use crate::messages::{self as m, about, text};
use crate::pages::leaving::leaving;
use crate::parts::{all, announcement, at, button, el, line, link, live, nothing, watch, words};
use crate::problem::{Setting, problem};
use crate::recents::{recents_list, show_count};
use futures_util::FutureExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lookup_api::look_alike::look_alike;
use lookup_api::{Identifier, Tenant, TenantCode};
use sign_in::arrival::Wishes;
use sign_in::authorize::Luggage;
use sign_in::recents::Recents;
use sign_in::session::Session;
use std::sync::Arc;
use std::time::Duration;
use web_sys::Event;

/// After how long a lookup is said to take its time.
const SLOW: Duration = Duration::from_millis(2500);

/// After how long nothing is left to do for a page that has come.
const SETTLED: Duration = Duration::from_millis(300);

/// Where the person is on this page.
#[derive(Debug, Clone)]
enum Stage {
    Asking,
    LookingUp,
    Failed(Arc<Failure>),
    Choosing(Arc<[Tenant]>),
    Leaving(Arc<Tenant>),
}

/// What there is to see: three stages share the form, so that neither focus nor caret is lost between them.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Screen {
    Form,
    Choice,
    Leaving,
}

impl Stage {
    fn screen(&self) -> Screen {
        match self {
            Self::Asking | Self::LookingUp | Self::Failed(_) => Screen::Form,
            Self::Choosing(_) => Screen::Choice,
            Self::Leaving(_) => Screen::Leaving,
        }
    }

    fn is_looking_up(&self) -> bool {
        matches!(self, Self::LookingUp)
    }

    fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

/// What the link that brought the person here asked for and did not get.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Dropped {
    ReturnTo,
    ThirdParty,
}

/// The page at `/`.
pub fn find(frame: &Frame) -> AnyView {
    let Some(form) = Form::of_page() else { return nothing() };
    let arrival = frame.take_arrival();
    let by_history = arrival.as_ref().is_some_and(|arrival| arrival.by_history);
    let submitted = browser::take_form_over();
    let early = StoredValue::new_local(arrival.as_ref().and_then(Arrival::early_lookup).map(Lookup::by_boot));
    let mut wishes = Wishes::parse(&arrival.map(|arrival| arrival.query).unwrap_or_default());

    let mut dropped = None;
    if wishes.iss.as_ref().is_some_and(|iss| !frame.deployment.names_issuer(iss)) {
        (wishes.login_hint, wishes.return_to) = (None, None);
        dropped = Some(Dropped::ThirdParty);
    }
    let return_to =
        wishes.return_to.as_ref().and_then(|text| frame.deployment.return_to.check(text, browser::parse_url));
    if wishes.return_to.is_some() && return_to.is_none() {
        dropped = Some(Dropped::ReturnTo);
    }
    let asked_for = wishes.lang;
    let luggage = Luggage { login_hint: wishes.login_hint.clone(), lang: None, return_to, retried: false };
    if let Some(text) = wishes.login_hint.as_ref().or(wishes.tenant.as_ref()).filter(|_| !form.is_touched()) {
        form.fill(text);
    }

    let stage = RwSignal::new(Stage::Asking);
    let fail = move |failure: Failure| stage.set(Stage::Failed(Arc::new(failure)));
    let slow = RwSignal::new(false);
    let round = StoredValue::new(0_u32);
    let searched = StoredValue::new(String::new());
    let next_round = move || {
        round.try_update_value(|n| {
            *n += 1;
            *n
        })
    };

    let deployment = frame.deployment.clone();
    let language = frame.language;
    let spoken_at_first = language.get_untracked();
    let go_to = StoredValue::new_local(move |tenant: Arc<Tenant>, login_hint: Option<String>| {
        // The hosted UI may speak languages that this page does not, so a link's wish goes on as it is; else it speaks what
        // this page speaks, as precisely as the browser says it. What the person chose goes before both.
        let spoken = language.get_untracked();
        let precisely = || browser::language().filter(|tag| tag.split('-').next() == spoken.split('-').next());
        let lang = asked_for.clone().filter(|_| spoken == spoken_at_first).or_else(precisely);
        let luggage = Luggage {
            login_hint: login_hint.or_else(|| luggage.login_hint.clone()),
            lang: lang.or(Some(spoken.clone())),
            ..luggage.clone()
        };
        stage.set(match depart(&deployment, &tenant, luggage) {
            Ok(()) => Stage::Leaving(tenant),
            Err(failure) => Stage::Failed(Arc::new(failure)),
        });
    });

    let deployment = frame.deployment.clone();
    // What was looked up last, and what stood in the field meanwhile.
    let last = StoredValue::new(None);
    let typed = form.clone();
    let look_up = Callback::new(move |identifier: Identifier| {
        last.set_value(Some((identifier.clone(), typed.typed())));
        // Whatever comes back for an earlier round is of no interest to anybody any more.
        let this_round = next_round();
        let is_over = move || round.try_get_value() != this_round;
        // On its way before anything is drawn.
        let lookup = api::look_up(&deployment, &identifier, early.try_update_value(Option::take).flatten());
        stage.set(Stage::LookingUp);
        slow.set(false);
        set_timeout(move || slow.set(!is_over()), SLOW);
        let settle = move |found: Result<Vec<Tenant>, LookupFailure>| {
            if is_over() {
                return;
            }
            next_round();
            match found.as_deref() {
                Err(failure) => fail(failure.clone().into()),
                Ok([]) => fail(Failure::NoMatch { subject: identifier.subject().to_owned() }),
                Ok([only]) => {
                    let hint = identifier.login_hint().map(str::to_owned);
                    go_to.with_value(|go_to| go_to(Arc::new(only.clone()), hint));
                }
                Ok(several) => {
                    searched.set_value(String::new());
                    stage.set(Stage::Choosing(several.into()));
                }
            }
        };
        let deployment = deployment.clone();
        let mut found = Box::pin(async move { lookup.found(&deployment).await });
        // What has come already is acted on before anything is drawn.
        match found.as_mut().now_or_never() {
            Some(found) => settle(found),
            None => spawn_local(async move { settle(found.await) }),
        }
    });

    let submit = {
        let form = form.clone();
        move || match Identifier::parse(&form.typed()) {
            Ok(identifier) => look_up.run(identifier),
            Err(error) => fail(error.into()),
        }
    };
    if submitted {
        submit();
    } else if let Some(code) = wishes.tenant {
        match Identifier::parse_code(&code) {
            // Back from the hosted UI must lead to the form, not off again.
            Ok(_) if by_history => {}
            Ok(identifier) => look_up.run(identifier),
            Err(error) => fail(error.into()),
        }
    }
    let submit = Callback::new(move |()| submit());
    // The form outlives this page and what it stored; another one may be listening already.
    let is_here = move || round.try_get_value().is_some();
    form.on_submit(move || {
        if is_here() {
            submit.run(());
        }
    });
    let (deployment, pressed) = (frame.deployment.clone(), form.clone());
    form.on_press(move || {
        if let Some(identifier) = Identifier::parse(&pressed.typed()).ok().filter(|_| is_here()) {
            early.set_value(Some(api::look_up(&deployment, &identifier, None)));
        }
    });
    let deployment = frame.deployment.clone();
    set_timeout(move || rehearse(&deployment), SETTLED);
    let start_over = Callback::new(move |()| {
        next_round();
        stage.set(Stage::Asking);
    });
    let typed = form.clone();
    let choose = Callback::new(move |tenant: Tenant| {
        let hint = Identifier::parse(&typed.typed()).ok().and_then(|i| i.login_hint().map(str::to_owned));
        go_to.with_value(|go_to| go_to(Arc::new(tenant), hint));
    });
    let online = RwSignal::new(browser::is_online());
    let typed = form.clone();
    browser::on_connection(move || {
        let _ = online.try_set(browser::is_online());
        let waits =
            |stage: &Stage| matches!(stage.failure(), Some(Failure::Lookup(LookupFailure::Silent(Silence::Offline))));
        // What could not be looked up for want of a connection is looked up as soon as there is one, unless the person has
        // something else in mind by now.
        if browser::is_online() && stage.try_with_untracked(waits) == Some(true) {
            let last = last.try_get_value().flatten();
            if let Some((identifier, _)) = last.filter(|(_, before)| *before == typed.typed()) {
                look_up.run(identifier);
            }
        }
    });
    // A page that comes back to life must not wait for an answer that will not come.
    let restored = browser::on_restored(move || {
        if stage.with_untracked(Stage::is_looking_up) {
            start_over.run(());
        }
    });
    on_cleanup(move || restored.remove());

    let page = frame.clone();
    // Drawn anew for another screen or language only, so that the form's own changes cost no focus.
    let other_screen = Trigger::new();
    let mut before = stage.with_untracked(Stage::screen);
    watch(move || {
        let screen = stage.with(Stage::screen);
        if std::mem::replace(&mut before, screen) != screen {
            other_screen.notify();
        }
    });
    let around = Around { stage, slow, online, look_up, start_over };
    // So that it is known whether the form is returned to.
    let mut form_was_shown = false;
    let page_in_words = spoken(frame, move || {
        other_screen.track();
        form.show(stage.with_untracked(Stage::screen) == Screen::Form);
        match stage.get_untracked() {
            Stage::Choosing(tenants) => {
                page.title(&text(m::CHOOSE), false);
                choice(&tenants, searched, choose, start_over)
            }
            Stage::Leaving(tenant) => leaving(&page, &tenant, move || start_over.run(())),
            _ => around.view(&page, &form, std::mem::replace(&mut form_was_shown, true)),
        }
    });
    // Above every screen of this page: a link may go on at once, and what it did not get is to be seen all the same.
    let notice = spoken(frame, move || dropped.map_or_else(nothing, Dropped::notice));
    all(vec![notice, page_in_words])
}

impl Dropped {
    fn notice(self) -> AnyView {
        let words = text(match self {
            Self::ReturnTo => m::RETURN_TO_DROPPED,
            Self::ThirdParty => m::THIRD_PARTY_UNKNOWN,
        });
        el("p", "notice").attr("role", "status").saying(words)
    }
}

/// What stands above, in and below the form.
#[derive(Clone, Copy)]
struct Around {
    stage: RwSignal<Stage>,
    slow: RwSignal<bool>,
    online: RwSignal<bool>,
    look_up: Callback<Identifier>,
    start_over: Callback<()>,
}

impl Around {
    fn view(self, frame: &Frame, form: &Form, returned: bool) -> AnyView {
        let stage = self.stage;
        let (page, fields) = (frame.clone(), form.clone());
        watch(move || {
            stage.with(|stage| {
                let failure = stage.failure();
                page.title(&text(m::SIGN_IN), failure.is_some());
                fields.set_busy(stage.is_looking_up());
                let about_field = failure.filter(|failure| failure.is_about_the_field());
                fields.set_error(about_field.map(|failure| copy::words(failure).what).as_deref());
            });
        });
        // Coming back from another screen the focus is nowhere; a problem takes it for itself.
        let failed = stage.with_untracked(|stage| stage.failure().is_some());
        if (returned || browser::data("recents").is_none()) && !failed {
            // Once the other screen is gone, and the focus with it.
            let fields = form.clone();
            let focus = move || {
                if browser::nothing_has_focus() {
                    fields.focus();
                }
            };
            set_timeout(focus, Duration::ZERO);
        }

        let (page, fields) = (frame.clone(), form.clone());
        let failure = live(move || match stage.get() {
            Stage::Failed(failure) => self.failure(&page, &fields, &failure),
            _ => nothing(),
        });
        let choose_recent = Callback::new(move |code: TenantCode| self.look_up.run(Identifier::Code(code)));
        let changed = Trigger::new();
        let fields = form.clone();
        let offline = move || if self.online.get() { String::new() } else { text(m::OFFLINE) };
        all(vec![
            announcement("announced", offline),
            failure,
            at("recents", move || recents_list(changed, choose_recent)),
            at("ask-foot", move || all(vec![self.progress(fields), foot(changed)])),
        ])
    }

    fn failure(self, frame: &Frame, form: &Form, failure: &Failure) -> AnyView {
        let mut ways: Vec<AnyView> = Vec::new();
        if let Some(meant) = failure.mistyped_domain().and_then(look_alike_of) {
            let (words, form) = (about(m::DID_YOU_MEAN, &meant), form.clone());
            ways.push(button("quiet", words, move || {
                let typed = form.typed();
                let corrected = match typed.rsplit_once('@') {
                    Some((local, _)) => [local, "@", &meant].concat(),
                    None => meant.clone(),
                };
                form.fill(&corrected);
                if let Ok(identifier) = Identifier::parse(&corrected) {
                    self.look_up.run(identifier);
                }
            }));
        }
        ways.extend(frame.support());
        let field = failure.is_about_the_field().then_some(FIELD_ID);
        problem(failure, Setting { field, ..Setting::default() }, ways)
    }

    fn progress(self, form: Form) -> AnyView {
        let words = live(move || {
            if !self.stage.with(Stage::is_looking_up) {
                return nothing();
            }
            let words = text(if self.slow.get() { m::STILL_LOOKING } else { m::LOOKING_UP });
            let form = form.clone();
            // The button goes with the words, and the focus must not go with it.
            let cancel = move || {
                self.start_over.run(());
                form.focus();
            };
            all(vec![line("", words), button("quiet", text(m::CANCEL), cancel)])
        });
        el("div", "progress").attr("role", "status").with(vec![words])
    }
}

/// A domain that this browser knows, or a common ending, that the mistyped one is like.
fn look_alike_of(typed: &str) -> Option<String> {
    let recents = browser::recents().unwrap_or_default();
    look_alike(typed, recents.tenants().iter().filter_map(|t| t.domain.as_deref()))
}

/// The small things below the form.
fn foot(recents_changed: Trigger) -> AnyView {
    let is_over = |session: &Session| session.is_expired(browser::now()) || browser::is_signed_out_elsewhere(session);
    let signed_in = browser::session().filter(|session| !is_over(session));
    let blocked = RwSignal::new(browser::recents().is_err());
    let remember = move |event: &Event| {
        let forgetful = browser::is_checked(event);
        blocked.set(browser::set_forgetful(forgetful).is_err());
        if forgetful {
            show_count(&Recents::default());
            recents_changed.notify();
        }
    };
    let remember = el("input", "").attr("type", "checkbox").on("change", remember);
    let remember = if browser::is_forgetful() { remember.attr("checked", "") } else { remember };
    let remember = el("label", "").with(vec![remember.with(Vec::new()), words(&text(m::DO_NOT_REMEMBER))]);
    all(vec![
        el("p", "remember").with(vec![remember]),
        announcement("announced", move || if blocked.get() { text(m::CANNOT_REMEMBER) } else { String::new() }),
        el("details", "")
            .with(vec![el("summary", "").saying(text(m::STUCK_QUESTION)), line("", text(m::STUCK_ANSWER))]),
        signed_in.map_or_else(nothing, |session| {
            el("p", "").with(vec![link("", "/callback", about(m::BACK_TO, &session.tenant.name))])
        }),
    ])
}
