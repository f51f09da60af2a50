//! The frame: settings first, then the page that the address names; around it the brand and the choice of languages.

use crate::api::{self, ConfigFailure};
use crate::browser::{self, Arrival};
use crate::copy;
use crate::failure::Failure;
use crate::languages::{languages, spoken};
use crate::messages::{self as m, text};
use crate::pages::{callback::callback, find::find, signed_out::signed_out};
use crate::parts::{all, at, button, el, line, link, mounted, nothing};
use crate::problem::{Setting, problem};
use js_sys::{Function, Promise};
use leptos::prelude::*;
use leptos_router::location::{BrowserUrl, LocationProvider};
use sign_in::deployment::{Branding, Deployment};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// What every page needs and none may change.
#[derive(Clone)]
pub struct Frame {
    /// The deployment's settings.
    pub deployment: Arc<Deployment>,
    /// The language of the page. A view that says something reads it, and so is drawn anew when it changes.
    pub language: RwSignal<String>,
    /// How the person got here. The first page takes it; pages that follow within the app find nothing.
    arrival: StoredValue<Option<Arrival>>,
}

impl Frame {
    /// How the person got here, once.
    pub fn take_arrival(&self) -> Option<Arrival> {
        self.arrival.try_update_value(Option::take).flatten()
    }

    /// The way to the product's support, where the deployment names one.
    pub fn support(&self) -> Option<AnyView> {
        let address = self.deployment.branding.support_url.as_ref()?;
        Some(link("", address, text(m::SUPPORT)))
    }

    /// Names the page in the title.
    pub fn title(&self, page: &str, failed: bool) {
        browser::set_title(&copy::title(page, self.deployment.branding.product.as_deref(), failed));
    }
}

/// Runs the app in the element `#app`. `boot.js` calls it with the query that it found, the sentences of the language that it
/// chose (null for English), what it has asked for already (config.json), and where to hear of a lookup that it sent.
#[wasm_bindgen]
pub fn start(query: String, texts: JsValue, config: Promise, early: Function) {
    m::speak(&browser::page_language(), texts);
    spawn_local(run(browser::arrive(query, early), Some(config)));
}

/// Reads the settings and shows the page that the address names, or what is wrong with them. `config` is of config.json,
/// where that was asked for already.
async fn run(arrival: Arrival, config: Option<Promise>) {
    let Some(root) = browser::element("app") else { return };
    // The form is there already; other pages have nothing else to say yet.
    let has_form = browser::data("screen").as_deref() == Some("form");
    let waiting = (!has_form).then(|| mounted(root.clone(), || line("", text(m::LOADING))));
    let settings = api::deployment(config).await;
    drop(waiting);
    match settings {
        Ok(deployment) => mounted(root, move || {
            pages(Frame {
                deployment: Arc::new(deployment),
                language: RwSignal::new(browser::page_language()),
                arrival: StoredValue::new(Some(arrival)),
            })
        })
        .forget(),
        Err(failure) => {
            let shown = Rc::new(Cell::new(None));
            let words = shown.clone();
            // An answer of the hosted UI waits in this page and in no address, so trying again must not load it anew.
            let again = move || {
                drop(words.take());
                spawn_local(run(arrival.clone(), None));
            };
            shown.set(Some(mounted(root, move || misconfigured(failure, again))));
        }
    }
}

fn misconfigured(failure: ConfigFailure, again: impl Fn() + 'static) -> AnyView {
    browser::set_title(&copy::title(&text(m::SIGN_IN), None, true));
    browser::set_data("screen", "other");
    let again = button("", text(m::TRY_AGAIN), again);
    problem(&Failure::Config(failure), Setting { alone: true, ..Setting::default() }, vec![again])
}

fn pages(frame: Frame) -> AnyView {
    let branding = frame.deployment.branding.clone();
    if let Some(accent) = &branding.accent {
        browser::set_property("--brand", &accent.css());
        browser::set_property("--on-brand", accent.text_on_it());
        browser::set_property("--brand-on-light", &accent.readable_on_light().css());
        browser::set_property("--brand-on-dark", &accent.readable_on_dark().css());
    }
    // The next hosts are known now and needed in a moment: after the click, or after the answer.
    for pool in &frame.deployment.user_pools {
        browser::preconnect(&pool.hosted_ui.origin);
    }
    let language = frame.language;
    // First, since whoever was quick is on the way before anything is drawn.
    let page = page(&frame);
    all(vec![at("brand", move || brand(&branding)), at("foot", move || languages(language)), page])
}

fn brand(branding: &Branding) -> AnyView {
    let logo = branding.logo.as_deref();
    all(vec![
        // The name beside it comes when the logo's width is known, so that it does not move.
        logo.map_or_else(nothing, |logo| {
            let known = |_: &web_sys::Event| browser::set_data("logo", "");
            el("img", "").attr("src", logo).attr("alt", "").on("load", known).on("error", known).with(Vec::new())
        }),
        el("span", "").saying(branding.product.clone().unwrap_or_default()),
    ])
}

/// The page that the address names. The router reads the address; its components are not used: three fixed addresses need
/// neither nested routes nor navigation within the app, and a page that is loaded anew comes from the browser's cache. That
/// leaves 20 kB of it out of the wasm.
fn page(frame: &Frame) -> AnyView {
    let address = BrowserUrl::current();
    match address.as_ref().map_or("", |url| url.path()) {
        "/" => find(frame),
        "/signed-out" => signed_out(frame),
        // An app client may have a callback URL of its own below it, which tells whose it is (cognito.md).
        address if address == "/callback" || address.starts_with("/callback/") => callback(frame),
        _ => not_found(frame),
    }
}

fn not_found(frame: &Frame) -> AnyView {
    let page = frame.clone();
    spoken(frame, move || {
        page.title(&text(m::SIGN_IN), true);
        let start_over = link("button", "/", text(m::START_OVER));
        problem(&Failure::NotFound, Setting { alone: true, ..Setting::default() }, vec![start_over])
    })
}
