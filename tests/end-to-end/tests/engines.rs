//! Journeys in which browser engines may behave differently: storage, tabs, history, navigation, focus, languages, and
//! a page that arrives in pieces. The other tests run in Chromium only, because their outcome does not depend on the
//! engine.
//!
//! `cargo test -p end-to-end ::firefox` runs the tests of one engine. If the engine is not installed, its tests
//! say so and pass.

use anyhow::{Context, Result, ensure};
use end_to_end::Way::{Back, Forward, Reload};
use end_to_end::{Conditions, Delivery, Engine, World, journey, journeys, root};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

// WebKit's driver cannot control the password manager. Trusted Types are new in WebKit, so its page in pieces comes
// without them.
journeys! {
    a_deep_link_signs_in_signing_out_ends_every_session_and_another_organization_can_follow: Firefox, WebKit;
    a_page_in_pieces_signs_in_once_without_trusted_types: Chromium, Firefox, WebKit;
    a_page_that_comes_in_pieces_signs_in_once: Chromium, Firefox;
    a_sign_in_begun_in_one_tab_is_finished_in_another_which_sees_a_sign_out: Firefox, WebKit;
    axe_finds_nothing_and_arabic_runs_from_right_to_left: Firefox, WebKit;
    back_from_the_hosted_ui_leads_to_what_was_typed: Firefox, WebKit;
    every_file_is_requested_once: Chromium, Firefox, WebKit;
    every_file_of_a_callback_is_requested_once: Chromium, Firefox, WebKit;
    is_in_the_language_that_the_browser_asks_for: Firefox, WebKit;
    leaving_can_be_cancelled_and_nothing_typed_is_lost: Firefox, WebKit;
    reload_back_and_forward_redeem_nothing_a_second_time: Firefox, WebKit;
    the_errors_link_scrolls_to_the_label: Firefox, WebKit;
    the_keyboard_alone_is_enough: Firefox, WebKit;
    the_page_stays_when_local_storage_is_full_and_then_signs_in_by_email: Firefox, WebKit;
    the_page_stays_when_storage_is_blocked_and_the_callback_says_so: Chromium, Firefox, WebKit;
    the_password_manager_fills_the_field: Firefox;
}

fn in_engine(engine: Engine) -> Conditions {
    Conditions { engine, ..Conditions::default() }
}

async fn value_of_field(w: &World) -> Result<String> {
    w.field().await?.prop("value").await?.context("a field with a value")
}

async fn signs_in_to_acme(w: &World) -> Result<()> {
    w.open("/?tenant=acme").await?;
    w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
    w.is_signed_in_to("acme", "Acme Corporation").await
}

// ── sign-in and sign-out ─────────────────────────────────────────────────────────────────────────────────────────────

fn a_deep_link_signs_in_signing_out_ends_every_session_and_another_organization_can_follow(engine: Engine) {
    journey("sign-out", in_engine(engine), |w| async move {
        signs_in_to_acme(&w).await?;
        let session = w.session().await?;
        assert_eq!(refreshed(&w, &session).await?, (200, Value::Null));
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        w.arrives_at(&format!("{}/signed-out", w.picker)).await?;
        assert!(w.session().await?.is_null());
        assert_eq!(refreshed(&w, &session).await?, (400, json!("invalid_grant")), "the refresh token is revoked");
        w.press("Sign in again").await?;
        w.submit("acme").await?;
        // The hosted UI asks again, because its session has ended.
        w.signs_in_at("AcmeSAML", "Alan Turing").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;

        w.press("Switch organization").await?;
        w.field().await?;
        assert!(w.session().await?.is_null(), "the next organization must not find this one's tokens");
        w.submit("globex").await?;
        w.signs_in_at("GlobexOIDC", "Ada Lovelace").await?;
        w.is_signed_in_to("globex", "Globex").await
    });
}

/// The hosted UI's status and error for a refresh of this session.
async fn refreshed(w: &World, session: &Value) -> Result<(u16, Value)> {
    let client_id = session["tenant"]["client_id"].as_str().context("a client")?;
    let token = session["refresh_token"].as_str().context("a refresh token")?;
    let body = format!("grant_type=refresh_token&client_id={client_id}&refresh_token={token}");
    let request = reqwest::Client::new().post(format!("{}/oauth2/token", w.hosted_ui));
    let response = request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await?;
    Ok((response.status().as_u16(), response.json::<Value>().await?["error"].take()))
}

fn the_keyboard_alone_is_enough(engine: Engine) {
    journey("keyboard", in_engine(engine), |w| async move {
        w.open("/").await?;
        w.waits_for_value("return document.activeElement.id === 'identifier'").await?;
        w.types("ada@umbrella.example" + Key::Enter).await?;
        w.sees_heading("Choose your organization").await?;
        w.tabs_to("button Umbrella United States").await?;
        w.types(Key::Enter).await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.sees("UmbrellaUS").await?;
        w.tabs_to("button Continue as ada@umbrella.example").await?;
        w.types(Key::Enter).await?;
        w.is_signed_in_to("umbrella-us", "Umbrella United States").await
    });
}

// ── leaving and coming back ──────────────────────────────────────────────────────────────────────────────────────────

fn leaving_can_be_cancelled_and_nothing_typed_is_lost(engine: Engine) {
    journey("cancel-leaving", in_engine(engine), |w| async move {
        w.open("/").await?;
        w.settles().await?;
        w.freeze_hosted_ui();
        w.submit("ada@acme.example").await?;
        // Only the drivers of Firefox and WebKit respond while a navigation is pending. journey.rs has a test for
        // Chromium.
        w.sees_heading("Taking you to Acme Corporation").await?;
        w.press("Cancel").await?;
        assert_eq!(w.settles().await?, "form");
        assert_eq!(value_of_field(&w).await?, "ada@acme.example");
        assert_eq!(w.run_script("return location.href").await?, format!("{}/", w.picker));
        w.resume_hosted_ui();
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

fn back_from_the_hosted_ui_leads_to_what_was_typed(engine: Engine) {
    journey("back", in_engine(engine), |w| async move {
        assert_eq!(opens_until_settled(&w, "/").await?, "form");
        w.type_in("ada@acme.example").await?;
        // While Firefox's driver clicks or runs a script, it listens for `unload`. Firefox does not keep a page with
        // such a listener in its back/forward cache, and what was typed would be lost. So a timer clicks when no
        // command is running.
        w.run_script("setTimeout(() => document.querySelector('#ask-form button').click(), 200)").await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.sees("AcmeSAML").await?;
        assert_eq!(w.goes(Back).await?, "form");
        assert_eq!(value_of_field(&w).await?, "ada@acme.example");
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

fn reload_back_and_forward_redeem_nothing_a_second_time(engine: Engine) {
    journey("history", Conditions { hostile_provider: true, ..in_engine(engine) }, |w| async move {
        assert_eq!(opens_until_settled(&w, "/").await?, "form");
        w.submit("acme").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(w.goes(Reload).await?, "Signed in to Acme Corporation");
        assert_eq!(w.goes(Back).await?, "form");
        assert_eq!(w.goes(Reload).await?, "form");
        assert_eq!(w.goes(Forward).await?, "Signed in to Acme Corporation");
        let counts = w.counts().await?;
        assert_eq!([&counts["authorize_requests"], &counts["token_requests"]], [1, 1]);
        Ok(())
    });
}

// ── storage and tabs ─────────────────────────────────────────────────────────────────────────────────────────────────

fn a_sign_in_begun_in_one_tab_is_finished_in_another_which_sees_a_sign_out(engine: Engine) {
    journey("other-tab", in_engine(engine), |w| async move {
        let first = w.driver.window().await?;
        w.open("/?tenant=acme").await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.sees("AcmeSAML").await?;
        // As if the person had followed a link in a mail: the response arrives in a tab with another sessionStorage.
        w.run_script("for (const form of document.forms) { form.target = '_blank'; form.rel = 'noopener' }").await?;
        w.press("Ada Lovelace").await?;
        w.switches_to_the_new_tab().await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        let second = w.driver.window().await?;

        w.driver.switch_to_window(first).await?;
        w.open("/?tenant=acme").await?;
        // The hosted UI has a session now.
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        w.driver.switch_to_window(second).await?;
        w.sees_heading("You have signed out").await?;
        assert!(w.session().await?.is_null());
        Ok(())
    });
}

fn the_page_stays_when_storage_is_blocked_and_the_callback_says_so(engine: Engine) {
    journey("storage-blocked", Conditions { storage_blocked: true, ..in_engine(engine) }, |w| async move {
        w.open("/").await?;
        w.submit("ada@acme.example").await?;
        w.sees_problem("storage_blocked").await?;
        assert_eq!(w.driver.current_url().await?.as_str(), format!("{}/", w.picker));
        assert_eq!(value_of_field(&w).await?, "ada@acme.example");
        // A state of the right length. The picker rejects any other before it looks into the storage.
        let callback = format!("/callback?code=x&state={}", "A".repeat(43));
        assert_eq!(opens_until_settled(&w, &callback).await?, "storage_blocked");
        w.sees_problem("storage_blocked").await?;
        assert_eq!(w.run_script("return location.search").await?, "");
        w.press("Start over").await?;
        w.sees_heading("Sign in").await
    });
}

fn the_page_stays_when_local_storage_is_full_and_then_signs_in_by_email(engine: Engine) {
    journey("storage-full", in_engine(engine), |w| async move {
        assert_eq!(opens_until_settled(&w, "/").await?, "form");
        let fill = "for (let size = 1 << 22, i = 0; size >= 1; i++) {
              try { localStorage.setItem('filling-' + i, 'x'.repeat(size)) } catch { size = Math.floor(size / 2) }
            }";
        w.run_script(fill).await?;
        w.submit("Ada@ACME.example").await?;
        w.sees_problem("storage_blocked").await?;
        assert_eq!(value_of_field(&w).await?, "Ada@ACME.example");
        assert_eq!(w.pending_count().await?, 0, "no pending sign-in is left behind");
        w.run_script("localStorage.clear()").await?;
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Continue as Ada@ACME.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;

        let address = w.driver.current_url().await?;
        assert_eq!(address.as_str(), format!("{}/callback", w.picker), "the code is gone from the address");
        assert_eq!(w.pending_count().await?, 0, "the pending sign-in is used up");
        let session = w.session().await?;
        assert_eq!(w.goes(Reload).await?, "Signed in to Acme Corporation");
        assert_eq!(w.session().await?, session);
        Ok(())
    });
}

/// Chromium scrolls a field to the middle of the window. The others scroll it to the edge, where its label would be out
/// of view.
fn the_errors_link_scrolls_to_the_label(engine: Engine) {
    journey("label-in-view", in_engine(engine), |w| async move {
        w.open("/").await?;
        w.submit("ada@acme").await?;
        w.sees_problem("identifier_email_incomplete").await?;
        w.run_script("document.querySelector('main').style.marginBlockEnd = '3000px'; scrollTo(0, 9999)").await?;
        w.waits_for("return document.getElementById('identifier').getBoundingClientRect().bottom < 0").await?;
        w.run_script("document.querySelector('[role=alert] a').click()").await?;
        w.waits_for("return document.activeElement.id === 'identifier'").await?;
        w.waits_for("return document.getElementById('identifier-label').getBoundingClientRect().top >= 0").await
    });
}

// ── accessibility and languages ──────────────────────────────────────────────────────────────────────────────────────

fn axe_finds_nothing_and_arabic_runs_from_right_to_left(engine: Engine) {
    journey("axe", in_engine(engine), |w| async move {
        let looks_at = async |screen: &str| {
            let barriers = w.axe_violations().await.with_context(|| screen.to_owned())?;
            ensure!(barriers.is_empty(), "{screen}: {barriers}");
            anyhow::Ok(())
        };
        w.open("/").await?;
        assert_eq!(w.settles().await?, "form");
        looks_at("form").await?;
        w.press("Continue").await?;
        w.waits_for_value("return document.querySelector('[data-error]')").await?;
        looks_at("error").await?;
        w.submit("ada@umbrella.example").await?;
        w.sees_heading("Choose your organization").await?;
        looks_at("choice").await?;
        // WebKit's driver may hang at a click that leaves at once for a server which does not respond.
        if engine == Engine::WebKit {
            w.press("Umbrella Europe").await?;
        } else {
            w.freeze_hosted_ui();
            w.press("Umbrella Europe").await?;
            w.sees_heading("Taking you to Umbrella Europe").await?;
            looks_at("leaving").await?;
            w.resume_hosted_ui();
        }
        w.signs_in_at("UmbrellaEU", "Continue as ada@umbrella.example").await?;
        w.is_signed_in_to("umbrella-eu", "Umbrella Europe").await?;
        looks_at("signed in").await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        looks_at("signed out").await?;

        w.run_script("localStorage.clear(); sessionStorage.clear()").await?;
        w.open("/?lang=ar").await?;
        let side = "const root = document.documentElement;
            if (root.dataset.texts || root.lang !== 'ar' || !document.querySelector('#foot select')) return null;
            const words = document.createRange();
            words.selectNodeContents([...document.querySelectorAll('#ask label')].find((label) => label.textContent));
            const [inner, outer] = [words, document.querySelector('main')].map((e) => e.getBoundingClientRect());
            return [root.lang, root.dir, outer.right - inner.right < inner.left - outer.left,
                /[\\u0600-\\u06ff]/.test(document.querySelector('#ask h1').textContent)]";
        assert_eq!(w.waits_for_value(side).await?, json!(["ar", "rtl", true, true]));
        looks_at("the form in Arabic").await?;
        ensure!(w.overflow().await? <= 0, "the page is wider than its window");
        Ok(())
    });
}

fn is_in_the_language_that_the_browser_asks_for(engine: Engine) {
    journey("german", Conditions { languages: Some("de-AT"), ..in_engine(engine) }, |w| async move {
        w.open("/").await?;
        w.sees_heading("Anmelden").await?;
        let languages = w.run_script("return [navigator.language, document.documentElement.lang]").await?;
        assert_eq!(languages, json!(["de-AT", "de"]));
        Ok(())
    });
}

/// Firefox's password manager fills a form that asks for a user name only.
fn the_password_manager_fills_the_field(engine: Engine) {
    journey("password-manager", in_engine(engine), |w| async move {
        let remember = "const [origin] = args;
            const login = Cc['@mozilla.org/login-manager/loginInfo;1'].createInstance(Ci.nsILoginInfo);
            login.init(origin, origin, null, 'ada@acme.example', 'secret', 'username', 'password');
            await Services.logins.addLoginAsync(login);";
        w.run_privileged_in_firefox(remember, vec![json!(w.picker)]).await?;
        w.open("/").await?;
        w.waits_for_value("return document.getElementById('identifier').value === 'ada@acme.example'").await?;
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await
    });
}

// ── how the page arrives ─────────────────────────────────────────────────────────────────────────────────────────────

fn every_file_is_requested_once(engine: Engine) {
    let conditions = Conditions { delivery: Some(Delivery::COUNTED), config_apart: true, ..in_engine(engine) };
    journey("once", conditions, |w| async move {
        assert_eq!(opens_until_settled(&w, "/").await?, "form");
        waits_until_idle(&w).await?;
        for (what, ending) in [("the glue", ".js"), ("the settings", "/config.json")] {
            assert_eq!(w.request_count(ending)?, 1, "{what}");
        }
        each_was_requested_once(&w, ["views", "callback"])
    });
}

fn every_file_of_a_callback_is_requested_once(engine: Engine) {
    let conditions = Conditions { delivery: Some(Delivery::COUNTED), ..in_engine(engine) };
    journey("once-callback", conditions, |w| async move {
        opens_until_settled(&w, "/callback").await?;
        waits_until_idle(&w).await?;
        for (what, ending) in [("the glue", ".js"), ("the page", "/callback")] {
            assert_eq!(w.request_count(ending)?, 1, "{what}");
        }
        each_was_requested_once(&w, ["views", "callback"])?;
        // The form's page is only wanted out of the cache, but WebKit loads it then.
        let main = [w.request_count("/")?, w.request_count(&name_of("main")?)?];
        assert_eq!(main, if engine == Engine::WebKit { [1, 0] } else { [0, 1] });
        Ok(())
    });
}

fn each_was_requested_once(w: &World, parts: [&str; 2]) -> Result<()> {
    for part in parts {
        assert_eq!(w.request_count(&name_of(part)?)?, 1, "{part}");
    }
    Ok(())
}

/// The name of the file that has this part of the app.
fn name_of(part: &str) -> Result<String> {
    let mut names =
        std::fs::read_dir(root().join("dist"))?.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names.find(|name| name.starts_with(part) && name.ends_with(".wasm")).context("a part")
}

fn a_page_that_comes_in_pieces_signs_in_once(engine: Engine) {
    journey("pieces", in_pieces(engine, Delivery::IN_PIECES), |w| async move { signs_in_once(&w).await });
}

fn a_page_in_pieces_signs_in_once_without_trusted_types(engine: Engine) {
    let delivery = Delivery { trusted_types: false, ..Delivery::IN_PIECES };
    journey("pieces-untyped", in_pieces(engine, delivery), |w| async move { signs_in_once(&w).await });
}

/// With the hostile provider, which without steering shows no page, redirects back at once, and counts its requests.
fn in_pieces(engine: Engine, delivery: Delivery) -> Conditions {
    Conditions { delivery: Some(delivery), hostile_provider: true, ..in_engine(engine) }
}

/// Opens a path and returns the outcome of its page: see [`World::settles`].
async fn opens_until_settled(w: &World, path: &str) -> Result<String> {
    // The old page is still there for a moment. The mark keeps `settles` from returning its outcome.
    w.run_script("window.left = true").await?;
    w.open(path).await?;
    w.settles().await
}

/// Signs in with all files in the cache, so that the scripts may run before the rest of the page has arrived, and
/// expects that nothing is done twice.
async fn signs_in_once(w: &World) -> Result<()> {
    assert_eq!(opens_until_settled(w, "/signed-out").await?, "You have signed out");
    waits_until_idle(w).await?;
    assert_eq!(opens_until_settled(w, "/").await?, "form");
    waits_until_idle(w).await?;
    assert_eq!(w.run_script("return performance.getEntriesByName('usable').length").await?, 1, "first.js runs once");
    w.submit("ada@acme.example").await?;
    w.is_signed_in_to("acme", "Acme Corporation").await?;
    waits_until_idle(w).await?;
    let shown = "return [...document.querySelectorAll('h1, [role=alert]')].filter((e) => e.checkVisibility())
        .map((e) => e.textContent)";
    assert_eq!(w.run_script(shown).await?, json!(["Signed in to Acme Corporation"]));
    let counts = w.counts().await?;
    assert_eq!(
        [&counts["authorize_requests"], &counts["token_requests"], &counts["faults"]],
        [&json!(1), &json!(1), &json!([])]
    );
    assert_eq!(w.request_count("/v1/lookup")?, 1);
    Ok(())
}

/// Waits until the page has loaded and has made no request for 400 ms, so that a second run of the app would be
/// noticed.
async fn waits_until_idle(w: &World) -> Result<Value> {
    w.waits_for_value(
        "if (document.readyState !== 'complete') return null;
         const asked = performance.getEntriesByType('resource').map(({ responseEnd }) => responseEnd);
         return performance.now() - Math.max(performance.timing.loadEventEnd - performance.timing.navigationStart, ...asked) > 400",
    )
    .await
}
