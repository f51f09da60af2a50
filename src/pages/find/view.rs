//! The screens of the search: what is shown around the form, the list of organizations, and the screen while the
//! browser leaves.

use super::search::{Screen, Search, Stage};
use crate::browser::{self, STORE};
use crate::context::localized;
use crate::elements::{
    button, effect, element, empty, fragment, link, live_region, paragraph, portal, reactive, text_node,
};
use crate::failure::Failure;
use crate::form::{ERROR_PORTAL, FIELD_ID};
use crate::messages::{self as m, text, text_with};
use crate::organization_list::organization_list;
use crate::pages::leaving::leaving;
use crate::problem::{Placement, problem};
use crate::recents::recents_list;
use leptos::prelude::*;
use lookup_api::{Identifier, Tenant, TenantCode};
use sign_in::session::Session;
use std::sync::Arc;
use std::time::Duration;
use web_sys::Event;

impl Search {
    /// The screen of the current stage.
    pub(super) fn view(self: &Arc<Self>) -> AnyView {
        let stage = self.stage;
        // It is rendered again for another screen or language only. The stages of the form change it in place, so that
        // the focus stays.
        let screen_changed = Trigger::new();
        let mut before = stage.with_untracked(Stage::screen);
        effect(move || {
            let screen = stage.with(Stage::screen);
            if std::mem::replace(&mut before, screen) != screen {
                screen_changed.notify();
            }
        });
        let search = self.clone();
        let mut form_was_shown = false;
        localized(&self.context, move || {
            screen_changed.track();
            search.form.show(stage.with_untracked(Stage::screen) == Screen::Form);
            let on_cancel = search.clone();
            match stage.get_untracked() {
                Stage::Choosing(tenants) => search.list(&tenants),
                Stage::Leaving(tenant) => leaving(&search.context, &tenant, move || on_cancel.start_over()),
                _ => search.around_the_form(std::mem::replace(&mut form_was_shown, true)),
            }
        })
    }

    fn list(self: &Arc<Self>, tenants: &Arc<[Tenant]>) -> AnyView {
        self.context.set_title(&text(m::CHOOSE), false);
        let search = self.clone();
        let choose = Callback::new(move |tenant: Tenant| search.choose(tenant));
        let search = self.clone();
        organization_list(tenants, self.searched, choose, Callback::new(move |()| search.start_over()))
    }

    /// What is above, in and below the form. `is_return` is whether the form was shown before.
    fn around_the_form(self: &Arc<Self>, is_return: bool) -> AnyView {
        self.follow_stage();
        let failed = self.stage.with_untracked(|stage| stage.failure().is_some());
        // Another screen takes the focus with it when it goes. A problem puts the focus on itself.
        if (is_return || browser::data("recents").is_none()) && !failed {
            let form = self.form.clone();
            let focus = move || {
                if browser::nothing_has_focus() {
                    form.focus();
                }
            };
            browser::after(Duration::ZERO, focus);
        }

        let search = self.clone();
        let failure = reactive(move || match search.stage.get() {
            Stage::Failed(failure) => search.failure(&failure),
            _ => empty(),
        });
        let search = self.clone();
        let choose_recent = Callback::new(move |code: TenantCode| search.look_up(Identifier::Code(code)));
        let is_online = self.is_online;
        let offline = move || if is_online.get() { String::new() } else { text(m::OFFLINE) };
        let recents_changed = Trigger::new();
        let search = self.clone();
        fragment(vec![
            live_region("announced", offline),
            failure,
            portal("recents", move || recents_list(recents_changed, choose_recent)),
            portal("ask-foot", move || fragment(vec![search.progress(), search.support(), foot(recents_changed)])),
        ])
    }

    /// Keeps the title and the form's attributes as the stage has them.
    fn follow_stage(self: &Arc<Self>) {
        let search = self.clone();
        effect(move || {
            search.stage.with(|stage| {
                let failure = stage.failure();
                search.context.set_title(&text(m::SIGN_IN), failure.is_some());
                search.form.set_busy(stage.is_looking_up());
                search.form.set_invalid(failure.is_some_and(Failure::is_about_the_field));
            });
        });
    }

    /// A failure. If it is about what was typed, it is shown at the field, else above the form.
    fn failure(self: &Arc<Self>, failure: &Arc<Failure>) -> AnyView {
        if !failure.is_about_the_field() {
            return problem(failure, Placement::default(), self.context.support_link().into_iter().collect());
        }
        let (search, failure) = (self.clone(), failure.clone());
        portal(ERROR_PORTAL, move || {
            let placement = Placement { field: Some(FIELD_ID), ..Placement::default() };
            problem(&failure, placement, vec![search.suggestion()])
        })
    }

    /// The link to support if no organization matches. It is below the form, so that the error at the field does not
    /// push the button off a phone's screen.
    fn support(self: &Arc<Self>) -> AnyView {
        let search = self.clone();
        reactive(move || match search.stage.get() {
            Stage::Failed(failure) if matches!(*failure, Failure::NoMatch { .. }) => {
                let link = search.context.support_link();
                link.map_or_else(empty, |link| element("p", "lone-link").children(vec![link]))
            }
            _ => empty(),
        })
    }

    /// A button with what the person may have meant. It can appear after the failure.
    fn suggestion(self: &Arc<Self>) -> AnyView {
        let search = self.clone();
        reactive(move || {
            let Some(meant) = search.suggestion.get() else { return empty() };
            let search = search.clone();
            button("quiet", text_with(m::DID_YOU_MEAN, meant.subject()), move || {
                search.form.fill(meant.as_text());
                search.look_up(meant.clone());
            })
        })
    }

    fn progress(self: &Arc<Self>) -> AnyView {
        let search = self.clone();
        let progress = reactive(move || {
            if !search.stage.with(Stage::is_looking_up) {
                return empty();
            }
            let message = text(if search.is_slow.get() { m::STILL_LOOKING } else { m::LOOKING_UP });
            let search = search.clone();
            // The button disappears when it is pressed, so the focus goes to the field.
            let cancel = move || {
                search.start_over();
                search.form.focus();
            };
            fragment(vec![paragraph("", message), button("quiet", text(m::CANCEL), cancel)])
        });
        element("div", "progress").attr("role", "status").children(vec![progress])
    }
}

/// What is below the form: the checkbox about remembering, help, and a link to the session of this tab.
fn foot(recents_changed: Trigger) -> AnyView {
    let has_ended = |session: &Session| session.is_expired(browser::now()) || STORE.is_signed_out_elsewhere(session);
    let session = STORE.session().filter(|session| !has_ended(session));
    let is_blocked = RwSignal::new(STORE.recents().is_err());
    let on_change = move |event: &Event| {
        let forgetful = browser::is_checked(event);
        is_blocked.set(STORE.set_remembers_nothing(forgetful).is_err());
        if forgetful {
            recents_changed.notify();
        }
    };
    let checkbox = element("input", "").attr("type", "checkbox").on("change", on_change);
    let checkbox = if STORE.remembers_nothing() { checkbox.attr("checked", "") } else { checkbox };
    let label = vec![checkbox.children(Vec::new()), text_node(&text(m::DO_NOT_REMEMBER))];
    let warning = move || if is_blocked.get() { text(m::CANNOT_REMEMBER) } else { String::new() };
    let help = vec![element("summary", "").text(text(m::STUCK_QUESTION)), paragraph("", text(m::STUCK_ANSWER))];
    fragment(vec![
        element("p", "remember").children(vec![element("label", "").children(label)]),
        live_region("announced", warning),
        element("details", "").children(help),
        session.map_or_else(empty, |session| {
            let back = link("", &browser::own_path("callback"), text_with(m::BACK_TO, &session.tenant.name));
            element("p", "lone-link").children(vec![back])
        }),
    ])
}
