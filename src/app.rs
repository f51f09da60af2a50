//! Reads config.json, then shows the page that the address names, with the brand above it and the language select below
//! it.

use crate::api;
use crate::browser::{self, PageLoad};
use crate::context::{Context, localized};
use crate::copy;
use crate::elements::{button, element, empty, fragment, link, mount, paragraph, portal};
use crate::failure::{ConfigFailure, Failure};
use crate::language_select::language_select;
use crate::messages::{self as m, text};
use crate::pages::{callback::callback, find::find, signed_out::signed_out};
use crate::part;
use crate::problem::{Placement, problem};
use deployment::Branding;
use js_sys::{Function, Promise};
use leptos::prelude::*;
use leptos_router::location::{BrowserUrl, LocationProvider};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;
#[cfg(feature = "split")]
use wasm_split_macros::wasm_split;

/// Starts the app in the element `#app`. `boot.js` calls this with what it knows: the query, the messages of the page's
/// language (null for English), the response for config.json, and a function that returns the lookup which it has sent.
#[wasm_bindgen]
#[allow(clippy::unit_arg, reason = "with the feature `split` it is a future")]
pub fn start(query: String, texts: JsValue, config: Promise, early_lookup: Function) {
    part::call(show(query, texts, config, early_lookup));
}

#[cfg_attr(feature = "split", wasm_split(views, wasm_split_path = crate::part))]
fn show(query: String, texts: JsValue, config: Promise, early_lookup: Function) {
    m::set_language(&browser::page_language(), texts);
    spawn_local(run(PageLoad::new(query, early_lookup), Some(config)));
}

/// Reads config.json and shows the page, or what is wrong with config.json. `config` is the response that `boot.js` has
/// asked for.
async fn run(page_load: PageLoad, config: Option<Promise>) {
    let Some(root) = browser::element("app") else { return };
    // The form is in index.html. All other pages are empty until config.json is there.
    let has_form = browser::data("screen").as_deref() == Some("form");
    let waiting = (!has_form).then(|| mount(root.clone(), || paragraph("", text(m::LOADING))));
    let config = api::deployment(config).await;
    drop(waiting);
    match config {
        Ok(deployment) => mount(root, move || page_with_brand(Context::new(deployment, page_load))).forget(),
        Err(failure) => {
            let shown = Rc::new(Cell::new(None));
            let problem = shown.clone();
            // An authorization response is only in `page_load` by now, so trying again must not reload the page.
            let try_again = move || {
                drop(problem.take());
                spawn_local(run(page_load.clone(), None));
            };
            shown.set(Some(mount(root, move || misconfigured(failure, try_again))));
        }
    }
}

fn misconfigured(failure: ConfigFailure, try_again: impl Fn() + 'static) -> AnyView {
    browser::set_title(&copy::title(&text(m::SIGN_IN), None, true));
    browser::set_data("screen", "other");
    let try_again = button("", text(m::TRY_AGAIN), try_again);
    problem(&failure.into(), Placement { is_whole_page: true, ..Placement::default() }, vec![try_again])
}

fn page_with_brand(context: Context) -> AnyView {
    let branding = context.deployment.branding.clone();
    set_colours(&branding);
    let language = context.language;
    // The page comes first: it may leave for the hosted UI at once, before brand and language select are rendered.
    let page = page(&context);
    fragment(vec![portal("brand", move || brand(&branding)), portal("foot", move || language_select(language)), page])
}

fn set_colours(branding: &Branding) {
    if let Some(accent) = &branding.accent {
        browser::set_property("--brand", &accent.css());
        browser::set_property("--on-brand", accent.text_on_it());
        browser::set_property("--brand-on-light", &accent.readable_on_light().css());
        browser::set_property("--brand-on-dark", &accent.readable_on_dark().css());
    }
}

fn brand(branding: &Branding) -> AnyView {
    let logo = branding.logo.as_deref();
    fragment(vec![
        // The style shows the name once the logo's width is known, so that the name does not move.
        logo.map_or_else(empty, |logo| {
            let known = |_: &web_sys::Event| browser::set_data("logo", "");
            let image = element("img", "").attr("src", logo).attr("alt", "");
            image.on("load", known).on("error", known).children(Vec::new())
        }),
        element("span", "").text(branding.product.clone().unwrap_or_default()),
    ])
}

/// The page that the address names. leptos_router reads the address. Its components are not used: there are three fixed
/// addresses and no navigation within the app, and without them the wasm is 15 kB smaller (docs/performance.md).
fn page(context: &Context) -> AnyView {
    let address = BrowserUrl::current();
    let path = address.as_ref().map_or("", |url| url.path());
    match path.strip_prefix(&*context.deployment.path) {
        Some("") => find(context),
        Some("signed-out") => signed_out(context),
        // An app client may have a callback URL below /callback that names its tenant (docs/contract.md).
        Some(page) if page == "callback" || page.starts_with("callback/") => part::call(callback(context.clone())),
        _ => not_found(context),
    }
}

fn not_found(context: &Context) -> AnyView {
    let page = context.clone();
    localized(context, move || {
        page.set_title(&text(m::SIGN_IN), true);
        let start_over = link("button", &page.deployment.path, text(m::START_OVER));
        problem(&Failure::NotFound, Placement { is_whole_page: true, ..Placement::default() }, vec![start_over])
    })
}
