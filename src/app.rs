//! The frame: settings first, then the page that the address names.

use crate::api::{self, ConfigFailure};
use crate::browser::{self, Arrival};
use crate::copy;
use crate::failure::Failure;
use crate::pages::{callback::Callback, find::Find, signed_out::SignedOut};
use crate::problem::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Router;
use leptos_router::hooks::use_location;
use sign_in::deployment::Deployment;
use std::sync::Arc;

/// What every page needs and none may change.
#[derive(Clone)]
pub struct Frame {
    /// The deployment's settings.
    pub deployment: Arc<Deployment>,
    /// How the person got here. The first page takes it; pages that follow within the app find nothing.
    arrival: StoredValue<Option<Arrival>>,
}

impl Frame {
    /// Joins settings and arrival.
    pub fn new(deployment: Deployment, arrival: Arrival) -> Self {
        Self { deployment: Arc::new(deployment), arrival: StoredValue::new(Some(arrival)) }
    }

    /// The frame that [`App`] provides.
    pub fn of_page() -> Self {
        expect_context()
    }

    /// How the person got here, once.
    pub fn take_arrival(&self) -> Option<Arrival> {
        self.arrival.try_update_value(Option::take).flatten()
    }

    /// Names the page in the title.
    pub fn title(&self, page: &str, failed: bool) {
        browser::set_title(&copy::title(page, self.deployment.branding.product.as_deref(), failed));
    }
}

/// Runs the app in the element `#app`.
pub fn start() {
    let arrival = browser::arrive();
    if let Some(root) = browser::app_root() {
        root.set_text_content(None);
        mount_to(root, move || view! { <App arrival=arrival /> }).forget();
    }
}

/// The whole app.
#[component]
pub fn App(
    /// How the person got here.
    arrival: Arrival,
) -> impl IntoView {
    // A resource would do the same with 25 kB of machinery for tracking, suspending and serialising.
    let settings = RwSignal::new(None);
    spawn_local(async move { settings.set(Some(api::deployment().await)) });
    move || match settings.get() {
        None => view! { <p role="status">{copy::LOADING}</p> }.into_any(),
        Some(Err(failure)) => view! { <Misconfigured failure /> }.into_any(),
        Some(Ok(deployment)) => view! { <Pages frame=Frame::new(deployment, arrival.clone()) /> }.into_any(),
    }
}

#[component]
fn Misconfigured(failure: ConfigFailure) -> impl IntoView {
    browser::set_title(&copy::title(copy::SIGN_IN, None, true));
    view! { <Problem failure=Failure::Config(failure) field=None alone=true /> }
}

#[component]
fn Pages(frame: Frame) -> impl IntoView {
    let branding = frame.deployment.branding.clone();
    if let Some(accent) = &branding.accent {
        browser::set_accent(accent);
    }
    provide_context(frame);
    view! {
        {branding.logo.map(|logo| view! { <img class="logo" src=logo alt="" /> })}
        <Router>
            <Page />
        </Router>
    }
}

/// Three fixed addresses need the router's history and links, not its tables of nested routes with parameters, which
/// would weigh 15 kB (brotli).
#[component]
fn Page() -> impl IntoView {
    let address = use_location().pathname;
    move || match address.read().as_str() {
        "/" => view! { <Find /> }.into_any(),
        "/callback" => view! { <Callback /> }.into_any(),
        "/signed-out" => view! { <SignedOut /> }.into_any(),
        _ => view! { <NotFound /> }.into_any(),
    }
}

#[component]
fn NotFound() -> impl IntoView {
    Frame::of_page().title(copy::SIGN_IN, true);
    view! {
        <Problem failure=Failure::NotFound field=None alone=true>
            <a class="button" href="/">{copy::START_OVER}</a>
        </Problem>
    }
}
