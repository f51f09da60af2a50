//! The screen of a person who is signed in.

use super::finish::target;
use super::others::Others;
use super::stage::{Retry, Stage};
use crate::browser::{self, STORE};
use crate::context::Context;
use crate::elements::{actions, button, element, empty, fragment};
use crate::hosted_ui::{self, end_session};
use crate::messages::{self as m, text, text_with};
use crate::organization::{domain_of, emblem};
use crate::organization_list::organization_list;
use crate::problem::{heading, sentence_with_name};
use leptos::prelude::*;
use lookup_api::{Isolation, Tenant};
use sign_in::authorize::SignInOptions;
use sign_in::session::{OtherAccount, Session};
use std::sync::Arc;

/// The screen with what its buttons need.
pub(super) struct SignedInScreen {
    pub(super) context: Context,
    pub(super) session: Arc<Session>,
    pub(super) stage: RwSignal<Stage>,
    pub(super) others: Others,
}

impl SignedInScreen {
    /// The view. `other` is the question whether it is the right account, if that is not answered.
    pub(super) fn view(self: &Arc<Self>, other: Option<OtherAccount>) -> AnyView {
        let tenant = &self.session.tenant;
        let email = self.session.email();
        self.context.set_title(&text_with(m::SIGNED_IN_TO, &tenant.name), false);
        let email_line = match &email {
            Some(email) => element("p", "").children(sentence_with_name(m::SIGNED_IN_AS, Some(email))),
            None => empty(),
        };
        let notice = match &other {
            Some(other) => {
                let typed = sentence_with_name(m::OTHER_ACCOUNT, Some(&other.login_hint));
                element("p", "notice").attr("role", "status").children(typed)
            }
            None => empty(),
        };
        fragment(vec![
            emblem(tenant),
            heading(m::SIGNED_IN_TO, Some(&tenant.name)),
            element("p", "domain").children(domain_of(tenant)),
            email_line,
            notice,
            actions(self.actions(other, email)),
        ])
    }

    /// The buttons. If the account is in question, the answers come first.
    fn actions(self: &Arc<Self>, other: Option<OtherAccount>, email: Option<String>) -> Vec<AnyView> {
        let (screen, typed) = (self.clone(), other.as_ref().map(|other| other.login_hint.clone()));
        let return_to = other.as_ref().and_then(|other| other.return_to.clone());
        let use_another = move || screen.use_another_account(typed.clone(), return_to.as_deref());
        let (switch, sign_out) = (self.clone(), self.clone());
        let switch = move || switch.choose_organization();
        let sign_out = move || sign_out.sign_out();
        let another = text(m::USE_ANOTHER_ACCOUNT);
        let Some(other) = other else {
            return vec![
                button("", text(m::SWITCH), switch),
                button("quiet", text(m::SIGN_OUT), sign_out),
                button("link", another, use_another),
            ];
        };
        let screen = self.clone();
        let continue_as = text_with(m::CONTINUE_AS, &email.unwrap_or_default());
        vec![
            button("", continue_as, move || screen.confirm_account(&other)),
            button("quiet", another, use_another),
            button("quiet", text(m::SWITCH), switch),
            button("quiet", text(m::SIGN_OUT), sign_out),
        ]
    }

    /// The person has said that the account is the right one.
    fn confirm_account(&self, other: &OtherAccount) {
        STORE.keep_other_account(None);
        match target(&self.context.deployment, other.return_to.as_deref()) {
            Some(target) => browser::replace_location(target.as_str()),
            None => self.stage.set(Stage::SignedIn(self.session.clone(), None)),
        }
    }

    /// Signs in to the same organization again, with another account. The hosted UI has to sign the person out first.
    fn use_another_account(&self, login_hint: Option<String>, return_to: Option<&str>) {
        let deployment = &self.context.deployment;
        let options = SignInOptions {
            login_hint,
            lang: Some(self.context.language.get_untracked()),
            return_to: return_to.and_then(|text| deployment.return_to.check(text)),
            another_account: true,
            ..SignInOptions::default()
        };
        end_session(deployment, &self.session);
        Retry { tenant: Arc::new(self.session.tenant.clone()), options }.start(&self.context, self.stage);
    }

    /// Offers the person's other organizations. If none are known, it goes to the form.
    fn choose_organization(&self) {
        let others = self.others.found();
        if others.is_empty() {
            self.switch_organization();
        } else {
            self.stage.set(Stage::Choosing(self.session.clone(), others));
        }
    }

    /// The person's other organizations, with a way to the form and one back.
    pub(super) fn list(self: &Arc<Self>, tenants: &Arc<[Tenant]>) -> AnyView {
        self.context.set_title(&text(m::CHOOSE), false);
        let (choose, start_over, back) = (self.clone(), self.clone(), self.clone());
        let choose = Callback::new(move |tenant| choose.sign_in_at(tenant));
        let start_over = Callback::new(move |()| start_over.switch_organization());
        let back = move || back.stage.set(Stage::of_session());
        fragment(vec![
            organization_list(tenants, StoredValue::new(String::new()), choose, start_over),
            element("p", "lone-link").children(vec![button("link", text(m::CANCEL), back)]),
        ])
    }

    fn sign_in_at(&self, tenant: Tenant) {
        end_session(&self.context.deployment, &self.session);
        let options = SignInOptions { lang: Some(self.context.language.get_untracked()), ..SignInOptions::default() };
        Retry { tenant: Arc::new(tenant), options }.start(&self.context, self.stage);
    }

    /// Goes to the form. The session ends first, so that the next organization does not find its tokens.
    fn switch_organization(&self) {
        let deployment = &self.context.deployment;
        end_session(deployment, &self.session);
        match deployment.isolation_of(&self.session.tenant) {
            Isolation::Shared => browser::navigate(&deployment.path),
            Isolation::Strict => {
                self.stage.set(Stage::SigningOut);
                hosted_ui::sign_out(deployment, &self.session.tenant, Some(&deployment.path));
            }
        }
    }

    fn sign_out(&self) {
        end_session(&self.context.deployment, &self.session);
        STORE.announce_sign_out(&self.session, &browser::timestamp());
        self.stage.set(Stage::SigningOut);
        hosted_ui::sign_out(&self.context.deployment, &self.session.tenant, None);
    }
}
