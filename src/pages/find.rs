//! The form: what was typed → the organizations that match → on the way to one of them.

use crate::api;
use crate::app::Frame;
use crate::browser;
use crate::copy;
use crate::depart::depart;
use crate::failure::Failure;
use crate::pages::leaving::Leaving;
use crate::problem::{Heading, Problem};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lookup_api::{Identifier, Tenant};
use sign_in::arrival::Wishes;
use sign_in::authorize::Luggage;
use std::sync::Arc;

const FIELD_ID: &str = "identifier";

/// Where the person is on this page.
#[derive(Debug, Clone)]
enum Stage {
    Asking,
    LookingUp,
    Failed(Failure),
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
}

/// The page at `/`.
#[component]
pub fn Find() -> impl IntoView {
    let frame = Frame::of_page();
    let arrival = frame.take_arrival();
    let by_history = arrival.as_ref().is_some_and(|arrival| arrival.by_history);
    let wishes = Wishes::parse(&arrival.map(|arrival| arrival.query).unwrap_or_default());

    let return_to =
        wishes.return_to.as_ref().and_then(|text| frame.deployment.return_to.check(text, browser::parse_url));
    let dropped = wishes.return_to.is_some() && return_to.is_none();
    let luggage = Luggage {
        login_hint: wishes.login_hint.clone(),
        lang: wishes.lang.or_else(browser::language),
        return_to,
        retried: false,
    };
    let typed = RwSignal::new(wishes.login_hint.or_else(|| wishes.tenant.clone()).unwrap_or_default());
    let stage = RwSignal::new(Stage::Asking);
    let round = StoredValue::new(0_u32);

    let deployment = frame.deployment.clone();
    let go_to = {
        let luggage = luggage.clone();
        move |tenant: Arc<Tenant>, login_hint: Option<String>| {
            let luggage = Luggage { login_hint: login_hint.or_else(|| luggage.login_hint.clone()), ..luggage.clone() };
            stage.set(match depart(&deployment, &tenant, luggage) {
                Ok(()) => Stage::Leaving(tenant),
                Err(failure) => Stage::Failed(failure),
            });
        }
    };
    let go_to = StoredValue::new_local(go_to);

    let deployment = frame.deployment.clone();
    let look_up = move |identifier: Identifier| {
        stage.set(Stage::LookingUp);
        // Whatever comes back for an earlier round is of no interest to anybody any more.
        let this_round = round.try_update_value(|n| {
            *n += 1;
            *n
        });
        let deployment = deployment.clone();
        spawn_local(async move {
            let found = api::lookup(&deployment, &identifier).await;
            if round.try_get_value() != this_round {
                return;
            }
            match found.as_deref() {
                Err(failure) => stage.set(Stage::Failed(failure.clone().into())),
                Ok([]) => stage.set(Stage::Failed(Failure::NoMatch { subject: identifier.subject().to_owned() })),
                Ok([only]) => {
                    let hint = identifier.login_hint().map(str::to_owned);
                    go_to.with_value(|go_to| go_to(Arc::new(only.clone()), hint));
                }
                Ok(several) => stage.set(Stage::Choosing(several.into())),
            }
        });
    };

    if let Some(code) = wishes.tenant {
        match Identifier::parse_code(&code) {
            // Back from the hosted UI must lead to the form, not off again.
            Ok(_) if by_history => {}
            Ok(identifier) => look_up(identifier),
            Err(error) => stage.set(Stage::Failed(error.into())),
        }
    }
    let submit = Callback::new(move |text: String| {
        typed.set(text);
        match typed.with_untracked(|text| Identifier::parse(text)) {
            Ok(identifier) => look_up(identifier),
            Err(error) => stage.set(Stage::Failed(error.into())),
        }
    });
    let start_over = Callback::new(move |()| {
        round.update_value(|n| *n += 1);
        stage.set(Stage::Asking);
    });
    let choose = Callback::new(move |tenant: Arc<Tenant>| {
        let hint =
            typed.with_untracked(|text| Identifier::parse(text).ok().and_then(|i| i.login_hint().map(str::to_owned)));
        go_to.with_value(|go_to| go_to(tenant, hint));
    });

    let screen = Memo::new(move |_| stage.with(Stage::screen));
    view! {
        {dropped.then(|| view! { <p class="notice" role="status">{copy::RETURN_TO_DROPPED}</p> })}
        {move || {
            // Read, not only tracked: a memo that nobody reads follows nothing.
            screen.get();
            match stage.get_untracked() {
                Stage::Choosing(tenants) => view! { <Choice tenants choose start_over /> }.into_any(),
                Stage::Leaving(tenant) => view! { <Leaving tenant called_off=start_over /> }.into_any(),
                _ => view! { <Form typed stage submit start_over /> }.into_any(),
            }
        }}
    }
}

#[component]
fn Form(
    typed: RwSignal<String>,
    stage: RwSignal<Stage>,
    submit: Callback<String>,
    start_over: Callback<()>,
) -> impl IntoView {
    let frame = Frame::of_page();
    let heading = copy::sign_in_to(frame.deployment.branding.product.as_deref());
    let support_url = frame.deployment.branding.support_url.clone();
    let signed_in = browser::session().filter(|session| !session.is_expired(browser::now()));

    let failure = move || match stage.get() {
        Stage::Failed(failure) => Some(failure),
        _ => None,
    };
    let about_field = move || stage.with(|stage| matches!(stage, Stage::Failed(f) if f.is_about_the_field()));
    let looking_up = move || stage.with(|stage| matches!(stage, Stage::LookingUp));
    Effect::new(move |_| frame.title(copy::SIGN_IN, failure().is_some()));

    let field = NodeRef::<html::Input>::new();
    field.on_load(move |input| {
        // An error that was there first has the focus.
        if !stage.with_untracked(|stage| matches!(stage, Stage::Failed(_))) {
            browser::focus(&input);
        }
        browser::mark("usable");
    });
    // Read from the element: autofill and password managers do not always tell.
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(input) = field.get_untracked() {
            submit.run(input.value());
        }
    };
    view! {
        {move || failure().map(|failure| {
            let field = failure.is_about_the_field().then_some(FIELD_ID);
            let support_url = support_url.clone();
            view! {
                <Problem failure field=field>
                    {support_url.map(|url| view! { <a href=url rel="external">{copy::SUPPORT}</a> })}
                </Problem>
            }
        })}
        <h1>{heading}</h1>
        <p>{copy::SIGN_IN_LEAD}</p>
        <form novalidate on:submit=on_submit aria-busy=move || if looking_up() { "true" } else { "false" }>
            <label for=FIELD_ID>{copy::FIELD}</label>
            <p id="identifier-hint" class="hint">{copy::FIELD_HINT}</p>
            {move || failure().filter(Failure::is_about_the_field).map(|failure| view! {
                <p id="identifier-error" class="field-error">{copy::words(&failure).what}</p>
            })}
            <input
                id=FIELD_ID
                name="username"
                type="text"
                inputmode="email"
                autocomplete="username"
                autocapitalize="none"
                spellcheck="false"
                dir="auto"
                node_ref=field
                prop:value=typed
                on:input:target=move |event| typed.set(event.target().value())
                aria-invalid=move || about_field().then_some("true")
                aria-describedby=move || if about_field() { "identifier-error identifier-hint" } else { "identifier-hint" }
            />
            <button type="submit">{copy::CONTINUE}</button>
            <div class="progress" role="status">
                {move || looking_up().then(|| view! {
                    <p>{copy::LOOKING_UP}</p>
                    <button type="button" class="quiet" on:click=move |_| start_over.run(())>{copy::CANCEL}</button>
                })}
            </div>
        </form>
        {signed_in.map(|session| view! { <p><a href="/callback">{copy::back_to(&session.tenant)}</a></p> })}
    }
}

#[component]
fn Choice(tenants: Arc<[Tenant]>, choose: Callback<Arc<Tenant>>, start_over: Callback<()>) -> impl IntoView {
    Frame::of_page().title(copy::CHOOSE, false);
    let entry = move |tenant: &Tenant| {
        let tenant = Arc::new(tenant.clone());
        let (name, domain) = (tenant.name.clone(), tenant.domain.clone());
        view! {
            <li>
                <button type="button" class="organization" on:click=move |_| choose.run(tenant.clone())>
                    <bdi class="name">{name}</bdi>
                    {domain.map(|domain| view! { " " <bdi class="domain">{domain}</bdi> })}
                </button>
            </li>
        }
    };
    view! {
        <Heading text=copy::CHOOSE.to_owned() />
        <ul role="list" class="organizations" aria-label=copy::YOUR_ORGANIZATIONS>
            {tenants.iter().map(entry).collect_view()}
        </ul>
        <button type="button" class="quiet" on:click=move |_| start_over.run(())>{copy::USE_ANOTHER}</button>
    }
}
