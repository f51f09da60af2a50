//! The form: what was typed → the organizations that match → on the way to one of them.

use crate::api::{self, Lookup, LookupFailure, Silence};
use crate::app::Frame;
use crate::browser::{self, Arrival};
use crate::choice::choice;
use crate::depart::{depart, rehearse};
use crate::failure::Failure;
use crate::form::{ERROR_PLACE, FIELD_ID, Form};
use crate::languages::spoken;
use crate::messages::{self as m, about, text};
use crate::pages::leaving::leaving;
use crate::parts::{all, announcement, at, button, el, line, link, live, nothing, watch, words};
use crate::problem::{Setting, problem};
use crate::recents::recents_list;
use futures_util::FutureExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lookup_api::look_alike::{alternatives, look_alike};
use lookup_api::{Identifier, IdentifierError, Tenant, TenantCode, code_in_windows_name};
use sign_in::arrival::Wishes;
use sign_in::authorize::Luggage;
use sign_in::deployment::ReturnTo;
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

impl Dropped {
    fn notice(self) -> AnyView {
        let words = text(match self {
            Self::ReturnTo => m::RETURN_TO_DROPPED,
            Self::ThirdParty => m::THIRD_PARTY_UNKNOWN,
        });
        el("p", "notice").attr("role", "status").saying(words)
    }
}

/// What the link that brought the person here asked for, as far as it may be followed.
struct Link {
    tenant: Option<String>,
    /// What to put into the field.
    typed: Option<String>,
    /// The address in it, where that is one.
    login_hint: Option<String>,
    return_to: Option<ReturnTo>,
    lang: Option<String>,
    dropped: Option<Dropped>,
}

impl Link {
    fn read(frame: &Frame, query: &str) -> Self {
        let mut wishes = Wishes::parse(query);
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
        let hint = wishes.login_hint.as_deref().and_then(|text| Identifier::parse(text).ok());
        Self {
            login_hint: hint.and_then(|identifier| identifier.login_hint().map(str::to_owned)),
            typed: wishes.login_hint.or_else(|| wishes.tenant.clone()),
            tenant: wishes.tenant,
            return_to,
            lang: wishes.lang,
            dropped,
        }
    }
}

/// The page at `/`.
pub fn find(frame: &Frame) -> AnyView {
    let Some(form) = Form::of_page() else { return nothing() };
    let arrival = frame.take_arrival();
    let by_history = arrival.as_ref().is_some_and(|arrival| arrival.by_history);
    let submitted = browser::take_form_over();
    let early = arrival.as_ref().and_then(Arrival::early_lookup).map(Lookup::by_boot);
    let link = Arc::new(Link::read(frame, &arrival.map(|arrival| arrival.query).unwrap_or_default()));
    if let Some(text) = link.typed.as_ref().filter(|_| !form.is_touched()) {
        form.fill(text);
    }
    let search = Search::new(frame, form, link.clone(), early);
    if submitted {
        search.submit();
    } else if let Some(code) = &link.tenant {
        match Identifier::parse_code(code) {
            // Back from the hosted UI must lead to the form, not off again.
            Ok(_) if by_history => {}
            Ok(identifier) => search.look_up(identifier),
            Err(error) => search.fail(error.into()),
        }
    }
    search.listen();
    let deployment = frame.deployment.clone();
    browser::later(SETTLED, move || rehearse(&deployment));
    let page = search.view();
    // Above every screen of this page: a link may go on at once, and what it did not get is to be seen all the same.
    let notice = spoken(frame, move || link.dropped.map_or_else(nothing, Dropped::notice));
    all(vec![notice, page])
}

/// One search after another: what was typed, what is being looked up, what came of it. Shared by pointer: whatever listens holds one.
struct Search {
    frame: Frame,
    form: Form,
    link: Arc<Link>,
    /// The language before anybody has chosen another one.
    language_at_first: String,
    stage: RwSignal<Stage>,
    /// Whether the lookup takes its time.
    slow: RwSignal<bool>,
    online: RwSignal<bool>,
    /// What may have been meant instead of what was typed.
    meant: RwSignal<Option<Identifier>>,
    /// Counts up with every lookup and every end of one. Whatever comes back for an earlier one is of no interest any more.
    round: StoredValue<u32>,
    /// What was looked up last, and what stood in the field meanwhile.
    last: StoredValue<Option<(Identifier, String)>>,
    /// A lookup that was sent before anybody asked for it.
    early: StoredValue<Option<Lookup>, LocalStorage>,
    /// What was typed into the search field of a long list.
    searched: StoredValue<String>,
}

impl Search {
    fn new(frame: &Frame, form: Form, link: Arc<Link>, early: Option<Lookup>) -> Arc<Self> {
        Arc::new(Self {
            frame: frame.clone(),
            form,
            link,
            language_at_first: frame.language.get_untracked(),
            stage: RwSignal::new(Stage::Asking),
            slow: RwSignal::new(false),
            online: RwSignal::new(browser::is_online()),
            meant: RwSignal::new(None),
            round: StoredValue::new(0),
            last: StoredValue::new(None),
            early: StoredValue::new_local(early),
            searched: StoredValue::new(String::new()),
        })
    }

    /// Begins a round. What is returned tells whether it is over: another one has begun since, or the page is gone.
    fn begin_round(&self) -> impl Fn() -> bool + Copy + Send + use<> {
        self.end_round();
        let (round, this) = (self.round, self.round.try_get_value());
        move || round.try_get_value() != this
    }

    fn end_round(&self) {
        self.round.try_update_value(|n| *n += 1);
    }

    fn fail(&self, failure: Failure) {
        self.stage.set(Stage::Failed(Arc::new(failure)));
    }

    fn start_over(&self) {
        self.end_round();
        self.stage.set(Stage::Asking);
    }

    fn submit(self: &Arc<Self>) {
        let typed = self.form.typed();
        match Identifier::parse(&typed) {
            Ok(identifier) => self.look_up(identifier),
            Err(error) => {
                self.end_round();
                let is_windows_name = error == IdentifierError::WindowsName;
                self.meant.set(if is_windows_name { code_in_windows_name(&typed) } else { None });
                self.fail(error.into());
            }
        }
    }

    fn look_up(self: &Arc<Self>, identifier: Identifier) {
        self.last.set_value(Some((identifier.clone(), self.form.typed())));
        let is_over = self.begin_round();
        // On its way before anything is drawn.
        let early = self.early.try_update_value(Option::take).flatten();
        let lookup = api::look_up(&self.frame.deployment, &identifier, early);
        self.stage.set(Stage::LookingUp);
        self.slow.set(false);
        let slow = self.slow;
        browser::later(SLOW, move || slow.set(!is_over()));
        let deployment = self.frame.deployment.clone();
        let mut found = Box::pin(async move { lookup.found(&deployment).await });
        // What has come already is acted on before anything is drawn.
        match found.as_mut().now_or_never() {
            Some(found) => self.settle(&identifier, found),
            None => {
                let search = self.clone();
                spawn_local(async move {
                    let found = found.await;
                    if !is_over() {
                        search.settle(&identifier, found);
                    }
                });
            }
        }
    }

    fn settle(self: &Arc<Self>, identifier: &Identifier, found: Result<Vec<Tenant>, LookupFailure>) {
        self.end_round();
        match found.as_deref() {
            Err(failure) => self.fail(failure.clone().into()),
            Ok([]) => {
                self.meant.set(None);
                self.fail(Failure::NoMatch { subject: identifier.subject().to_owned() });
                self.ask_what_was_meant(identifier.clone());
            }
            Ok([only]) => self.go_to(Arc::new(only.clone()), identifier),
            Ok(several) => {
                self.searched.set_value(String::new());
                self.stage.set(Stage::Choosing(several.into()));
            }
        }
    }

    /// Looks for something that the person may have meant: in what this browser knows, else at the directory, one question after
    /// the other, until it knows one or the person has gone on.
    fn ask_what_was_meant(&self, identifier: Identifier) {
        let recents = browser::recents().unwrap_or_default();
        let known = recents.tenants().iter().filter_map(|tenant| tenant.domain.as_deref());
        if let Some(domain) = look_alike(identifier.subject(), known).filter(|_| identifier.subject().contains('.')) {
            return self.meant.set(identifier.with_domain(&domain));
        }
        let (is_over, meant, deployment) = (self.begin_round(), self.meant, self.frame.deployment.clone());
        spawn_local(async move {
            for other in alternatives(&identifier) {
                let found = api::look_up(&deployment, &other, None).found(&deployment).await;
                if is_over() {
                    return;
                }
                match found {
                    Ok(found) if found.is_empty() => {}
                    Ok(_) => return meant.set(Some(other)),
                    // Whoever is told to wait, or finds nobody there, asks no further.
                    Err(_) => return,
                }
            }
        });
    }

    fn go_to(&self, tenant: Arc<Tenant>, identifier: &Identifier) {
        // An address that a link brought along counts for as long as it stands in the field.
        let is_the_links = || self.link.typed.as_deref() == Some(&self.form.typed());
        let login_hint = match identifier {
            Identifier::Code(_) => self.link.login_hint.clone().filter(|_| is_the_links()),
            _ => identifier.login_hint().map(str::to_owned),
        };
        // A link may ask for a language that the hosted UI speaks and this page does not. What the person chose goes before that.
        let language = self.frame.language.get_untracked();
        let asked_for = self.link.lang.clone().filter(|_| language == self.language_at_first);
        let luggage = Luggage {
            login_hint,
            lang: asked_for.or(Some(language)),
            return_to: self.link.return_to.clone(),
            ..Luggage::default()
        };
        self.stage.set(match depart(&self.frame.deployment, &tenant, luggage) {
            Ok(()) => Stage::Leaving(tenant),
            Err(failure) => Stage::Failed(Arc::new(failure)),
        });
    }

    /// Hears the form, the connection, and the way back.
    fn listen(self: &Arc<Self>) {
        // The form outlives this page and what it stored; another one may be listening already.
        let round = self.round;
        let is_here = move || round.try_get_value().is_some();
        let search = self.clone();
        self.form.on_submit(move || {
            if is_here() {
                search.submit();
            }
        });
        let search = self.clone();
        self.form.on_press(move || {
            if let Some(identifier) = Identifier::parse(&search.form.typed()).ok().filter(|_| is_here()) {
                search.early.set_value(Some(api::look_up(&search.frame.deployment, &identifier, None)));
            }
        });
        let search = self.clone();
        browser::on_connection(move || {
            let _ = search.online.try_set(browser::is_online());
            if is_here() && browser::is_online() {
                search.look_up_again_once_online();
            }
        });
        // A page that comes back to life must not wait for an answer that will not come.
        let search = self.clone();
        let restored = browser::on_restored(move || {
            if search.stage.with_untracked(Stage::is_looking_up) {
                search.start_over();
            }
        });
        on_cleanup(move || restored.remove());
    }

    /// What could not be looked up for want of a connection is looked up as soon as there is one, unless the person has something
    /// else in mind by now.
    fn look_up_again_once_online(self: &Arc<Self>) {
        let waits =
            |stage: &Stage| matches!(stage.failure(), Some(Failure::Lookup(LookupFailure::Silent(Silence::Offline))));
        if self.stage.try_with_untracked(waits) == Some(true)
            && let Some((identifier, before)) = self.last.try_get_value().flatten()
            && before == self.form.typed()
        {
            self.look_up(identifier);
        }
    }

    /// The screen that the person is at.
    fn view(self: &Arc<Self>) -> AnyView {
        let stage = self.stage;
        // Drawn anew for another screen or language only, so that the form's own changes cost no focus.
        let other_screen = Trigger::new();
        let mut before = stage.with_untracked(Stage::screen);
        watch(move || {
            let screen = stage.with(Stage::screen);
            if std::mem::replace(&mut before, screen) != screen {
                other_screen.notify();
            }
        });
        let search = self.clone();
        // So that it is known whether the form is returned to.
        let mut form_was_shown = false;
        spoken(&self.frame, move || {
            other_screen.track();
            search.form.show(stage.with_untracked(Stage::screen) == Screen::Form);
            let start_over = search.clone();
            match stage.get_untracked() {
                Stage::Choosing(tenants) => search.choice(&tenants),
                Stage::Leaving(tenant) => leaving(&search.frame, &tenant, move || start_over.start_over()),
                _ => search.around_the_form(std::mem::replace(&mut form_was_shown, true)),
            }
        })
    }

    fn choice(self: &Arc<Self>, tenants: &Arc<[Tenant]>) -> AnyView {
        self.frame.title(&text(m::CHOOSE), false);
        let search = self.clone();
        let choose = Callback::new(move |tenant: Tenant| {
            if let Some((identifier, _)) = search.last.get_value() {
                search.go_to(Arc::new(tenant), &identifier);
            }
        });
        let search = self.clone();
        choice(tenants, self.searched, choose, Callback::new(move |()| search.start_over()))
    }

    /// What stands above, in and below the form.
    fn around_the_form(self: &Arc<Self>, returned: bool) -> AnyView {
        let stage = self.stage;
        let search = self.clone();
        watch(move || {
            stage.with(|stage| {
                let failure = stage.failure();
                search.frame.title(&text(m::SIGN_IN), failure.is_some());
                search.form.set_busy(stage.is_looking_up());
                search.form.set_invalid(failure.is_some_and(Failure::is_about_the_field));
            });
        });
        // Coming back from another screen the focus is nowhere; a problem takes it for itself.
        let failed = stage.with_untracked(|stage| stage.failure().is_some());
        if (returned || browser::data("recents").is_none()) && !failed {
            // Once the other screen is gone, and the focus with it.
            let form = self.form.clone();
            let focus = move || {
                if browser::nothing_has_focus() {
                    form.focus();
                }
            };
            browser::later(Duration::ZERO, focus);
        }

        let search = self.clone();
        let failure = live(move || match stage.get() {
            Stage::Failed(failure) => search.failure(&failure),
            _ => nothing(),
        });
        let search = self.clone();
        let choose_recent = Callback::new(move |code: TenantCode| search.look_up(Identifier::Code(code)));
        let online = self.online;
        let offline = move || if online.get() { String::new() } else { text(m::OFFLINE) };
        let changed = Trigger::new();
        let search = self.clone();
        all(vec![
            announcement("announced", offline),
            failure,
            at("recents", move || recents_list(changed, choose_recent)),
            at("ask-foot", move || all(vec![search.progress(), search.support(), foot(changed)])),
        ])
    }

    /// What is wrong with the input stands at the field, all else above the form.
    fn failure(self: &Arc<Self>, failure: &Arc<Failure>) -> AnyView {
        if !failure.is_about_the_field() {
            return problem(failure, Setting::default(), self.frame.support().into_iter().collect());
        }
        let (search, failure) = (self.clone(), failure.clone());
        at(ERROR_PLACE, move || {
            problem(&failure, Setting { field: Some(FIELD_ID), ..Setting::default() }, vec![search.suggestion()])
        })
    }

    /// Whoever is not found may ask somebody. Below the form, which an error at the field must not push off a phone's screen.
    fn support(self: &Arc<Self>) -> AnyView {
        let search = self.clone();
        live(move || match search.stage.get() {
            Stage::Failed(failure) if matches!(*failure, Failure::NoMatch { .. }) => {
                search.frame.support().map_or_else(nothing, |link| el("p", "lone-link").with(vec![link]))
            }
            _ => nothing(),
        })
    }

    /// What may have been meant: it may be found when the problem is on the page already.
    fn suggestion(self: &Arc<Self>) -> AnyView {
        let search = self.clone();
        live(move || {
            let Some(meant) = search.meant.get() else { return nothing() };
            let search = search.clone();
            button("quiet", about(m::DID_YOU_MEAN, meant.subject()), move || {
                search.form.fill(meant.as_text());
                search.look_up(meant.clone());
            })
        })
    }

    fn progress(self: &Arc<Self>) -> AnyView {
        let search = self.clone();
        let words = live(move || {
            if !search.stage.with(Stage::is_looking_up) {
                return nothing();
            }
            let words = text(if search.slow.get() { m::STILL_LOOKING } else { m::LOOKING_UP });
            let search = search.clone();
            // The button goes with the words, and the focus must not go with it.
            let cancel = move || {
                search.start_over();
                search.form.focus();
            };
            all(vec![line("", words), button("quiet", text(m::CANCEL), cancel)])
        });
        el("div", "progress").attr("role", "status").with(vec![words])
    }
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
            el("p", "lone-link").with(vec![link("", "/callback", about(m::BACK_TO, &session.tenant.name))])
        }),
    ])
}
