//! The search for an organization: from what was typed to a lookup, its result, and the sign-in.

use crate::api::{self, Lookup};
use crate::browser::{self, STORE};
use crate::context::Context;
use crate::failure::{Failure, LookupFailure, NoResponse};
use crate::form::Form;
use crate::generation::Generation;
use crate::hosted_ui;
use crate::link::Link;
use futures_util::FutureExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lookup_api::look_alike::{alternatives, look_alike};
use lookup_api::{Identifier, IdentifierError, Tenant, code_in_windows_name};
use std::sync::Arc;
use std::time::Duration;

/// After how long the page says that the lookup takes longer than usual.
const SLOW: Duration = Duration::from_millis(2500);

/// What the page shows.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    Asking,
    LookingUp,
    Failed(Arc<Failure>),
    Choosing(Arc<[Tenant]>),
    /// The browser is loading the hosted UI.
    Leaving(Arc<Tenant>),
}

/// The screen of a stage. Three stages share the form, so that focus and caret stay where they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Screen {
    Form,
    OrganizationList,
    Leaving,
}

impl Stage {
    pub(super) fn screen(&self) -> Screen {
        match self {
            Self::Asking | Self::LookingUp | Self::Failed(_) => Screen::Form,
            Self::Choosing(_) => Screen::OrganizationList,
            Self::Leaving(_) => Screen::Leaving,
        }
    }

    pub(super) fn is_looking_up(&self) -> bool {
        matches!(self, Self::LookingUp)
    }

    pub(super) fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

/// The state of the page. Its listeners and views share it.
pub(super) struct Search {
    pub(super) context: Context,
    pub(super) form: Form,
    pub(super) link: Arc<Link>,
    /// The language before the person has chosen another one.
    first_language: String,
    pub(super) stage: RwSignal<Stage>,
    /// Whether the lookup takes longer than usual.
    pub(super) is_slow: RwSignal<bool>,
    pub(super) is_online: RwSignal<bool>,
    /// What the person may have meant instead of what was typed.
    pub(super) suggestion: RwSignal<Option<Identifier>>,
    /// The lookups, and the questions for a suggestion.
    generation: Generation,
    /// What was looked up last, and the text in the field at that time.
    last: StoredValue<Option<(Identifier, String)>>,
    /// A lookup that was sent before the form was submitted.
    early: StoredValue<Option<Lookup>, LocalStorage>,
    /// The text in the search field of a long list.
    pub(super) searched: StoredValue<String>,
}

impl Search {
    pub(super) fn new(context: &Context, form: Form, link: Arc<Link>, early: Option<Lookup>) -> Arc<Self> {
        Arc::new(Self {
            context: context.clone(),
            form,
            link,
            first_language: context.language.get_untracked(),
            stage: RwSignal::new(Stage::Asking),
            is_slow: RwSignal::new(false),
            is_online: RwSignal::new(browser::is_online()),
            suggestion: RwSignal::new(None),
            generation: Generation::new(),
            last: StoredValue::new(None),
            early: StoredValue::new_local(early),
            searched: StoredValue::new(String::new()),
        })
    }

    pub(super) fn fail(&self, failure: Failure) {
        self.stage.set(Stage::Failed(Arc::new(failure)));
    }

    pub(super) fn start_over(&self) {
        self.generation.end();
        self.stage.set(Stage::Asking);
    }

    /// Looks up what is in the field, or shows why that cannot be looked up.
    pub(super) fn submit(self: &Arc<Self>) {
        let typed = self.form.typed();
        match Identifier::parse(&typed) {
            Ok(identifier) => self.look_up(identifier),
            Err(error) => {
                self.generation.end();
                let is_windows_name = error == IdentifierError::WindowsName;
                self.suggestion.set(if is_windows_name { code_in_windows_name(&typed) } else { None });
                self.fail(error.into());
            }
        }
    }

    pub(super) fn look_up(self: &Arc<Self>, identifier: Identifier) {
        self.last.set_value(Some((identifier.clone(), self.form.typed())));
        let is_current = self.generation.start();
        // The request is sent before anything is rendered.
        let early = self.early.try_update_value(Option::take).flatten();
        let lookup = api::look_up(&self.context.deployment, &identifier, early);
        self.stage.set(Stage::LookingUp);
        self.is_slow.set(false);
        let is_slow = self.is_slow;
        browser::after(SLOW, move || {
            let _ = is_slow.try_set(is_current());
        });
        let deployment = self.context.deployment.clone();
        let mut result = Box::pin(async move { lookup.tenants(&deployment).await });
        // A response that has arrived is acted on before anything is rendered.
        match result.as_mut().now_or_never() {
            Some(result) => self.on_result(&identifier, result),
            None => {
                let search = self.clone();
                spawn_local(async move {
                    let result = result.await;
                    if is_current() {
                        search.on_result(&identifier, result);
                    }
                });
            }
        }
    }

    fn on_result(self: &Arc<Self>, identifier: &Identifier, result: Result<Vec<Tenant>, LookupFailure>) {
        self.generation.end();
        match result.as_deref() {
            Err(failure) => self.fail(failure.clone().into()),
            Ok([]) => {
                self.suggestion.set(None);
                self.fail(Failure::NoMatch { subject: identifier.subject().to_owned() });
                self.look_for_suggestion(identifier.clone());
            }
            Ok([only]) => self.sign_in(Arc::new(only.clone()), identifier),
            Ok(several) => {
                self.searched.set_value(String::new());
                self.stage.set(Stage::Choosing(several.into()));
            }
        }
    }

    /// Looks for what the person may have meant: among the organizations that were used in this browser, else by asking
    /// the directory for one alternative after the other until one matches.
    fn look_for_suggestion(&self, identifier: Identifier) {
        let recents = STORE.recents().unwrap_or_default();
        let known = recents.tenants().iter().filter_map(|tenant| tenant.domain.as_deref());
        if let Some(domain) = look_alike(identifier.subject(), known).filter(|_| identifier.subject().contains('.')) {
            return self.suggestion.set(identifier.with_domain(&domain));
        }
        let is_current = self.generation.start();
        let (suggestion, deployment) = (self.suggestion, self.context.deployment.clone());
        spawn_local(async move {
            for alternative in alternatives(&identifier) {
                let result = api::look_up(&deployment, &alternative, None).tenants(&deployment).await;
                if !is_current() {
                    return;
                }
                match result {
                    Ok(tenants) if tenants.is_empty() => {}
                    Ok(_) => return suggestion.set(Some(alternative)),
                    // The endpoint is not there, or asks for a pause.
                    Err(_) => return,
                }
            }
        });
    }

    /// Signs in at the organization that the person has chosen from the list.
    pub(super) fn choose(&self, tenant: Tenant) {
        if let Some((identifier, _)) = self.last.get_value() {
            self.sign_in(Arc::new(tenant), &identifier);
        }
    }

    fn sign_in(&self, tenant: Arc<Tenant>, identifier: &Identifier) {
        let language = self.context.language.get_untracked();
        let has_chosen = language != self.first_language;
        let options = self.link.options(identifier, &self.form.typed(), language, has_chosen);
        self.stage.set(match hosted_ui::sign_in(&self.context.deployment, &tenant, options) {
            Ok(()) => Stage::Leaving(tenant),
            Err(failure) => Stage::Failed(Arc::new(failure)),
        });
    }

    /// Listens to the form, to the connection, and to Back and Forward.
    pub(super) fn listen(self: &Arc<Self>) {
        // The form stays in the page when this search is over. Then its events are not for this search any more.
        let generation = self.generation;
        let search = self.clone();
        self.form.on_submit(move || {
            if generation.is_alive() {
                search.submit();
            }
        });
        let search = self.clone();
        self.form.on_press(move || {
            if let Some(identifier) = Identifier::parse(&search.form.typed()).ok().filter(|_| generation.is_alive()) {
                search.early.set_value(Some(api::look_up(&search.context.deployment, &identifier, None)));
            }
        });
        let search = self.clone();
        browser::on_connection(move || {
            let _ = search.is_online.try_set(browser::is_online());
            if generation.is_alive() && browser::is_online() {
                search.look_up_again_once_online();
            }
        });
        // The response of a lookup does not arrive in a page that was restored.
        let search = self.clone();
        let restored = browser::on_restored(move || {
            if search.stage.with_untracked(Stage::is_looking_up) {
                search.start_over();
            }
        });
        on_cleanup(move || restored.remove());
    }

    /// Repeats a lookup that failed because the browser was offline, unless the person has typed something else since.
    fn look_up_again_once_online(self: &Arc<Self>) {
        let was_offline = |stage: &Stage| {
            matches!(stage.failure(), Some(Failure::Lookup(LookupFailure::NoResponse(NoResponse::Offline))))
        };
        if self.stage.try_with_untracked(was_offline) == Some(true)
            && let Some((identifier, typed)) = self.last.try_get_value().flatten()
            && typed == self.form.typed()
        {
            self.look_up(identifier);
        }
    }
}
