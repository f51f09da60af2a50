//! The picker within a product's login page on another site: a form without script, and the element `<tenant-picker>`.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use anyhow::{Context, Result, bail};
use end_to_end::{ApplicationStub, Conditions, Engine, LookupStub, StubResponse, World, journey, journeys};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use thirtyfour::prelude::*;

// In Chromium with cookies of third parties blocked. Firefox has those whose outcome may depend on the engine.
journeys! {
    a_form_without_script_leads_to_the_picker_and_back: Chromium, Firefox;
    a_service_that_is_down_leaves_a_way_on: Chromium, Firefox;
    hostile_and_failed_lookups_say_so_and_lead_to_the_picker_with_what_was_typed: Chromium;
    removing_repeating_and_restoring_an_element_leaves_no_progress_behind: Chromium, Firefox;
    several_organizations_are_chosen_by_keyboard_and_searched_from_nine_on: Chromium, Firefox;
    the_element_leads_to_the_product_by_way_of_the_picker: Chromium, Firefox;
    the_element_speaks_the_language_of_the_page_or_of_its_own_attribute: Chromium;
    the_hosts_own_client_can_take_over_unless_the_organization_is_strict: Chromium, Firefox;
    what_stood_inside_stays_if_the_script_is_blocked_or_slow: Chromium, Firefox;
}

/// The product's site, and conditions in which config.json names it.
fn product() -> (ApplicationStub, Conditions) {
    let site = ApplicationStub::start().unwrap();
    let applications = json!([{ "url": site.url, "login_uri": format!("{}login", site.url) }]);
    site.put_script("/product.js", PRODUCT_JS);
    (site, Conditions { settings: Some(json!({ "applications": applications })), ..Conditions::default() })
}

/// The same in this engine. Chromium blocks cookies of third parties.
fn product_in(engine: Engine) -> (ApplicationStub, Conditions) {
    let (site, conditions) = product();
    (site, Conditions { engine, third_parties_blocked: engine == Engine::Chromium, ..conditions })
}

/// What the product's own script notices.
const PRODUCT_JS: &str = "window.noticed = { violations: [], events: [], shift: 0 };
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      // Firefox asks for an icon by itself.
      if (!blockedURI.endsWith('/favicon.ico')) noticed.violations.push(violatedDirective + ' ' + blockedURI);
    });
    for (const type of ['tenant-selected', 'tenant-picker-error']) {
      addEventListener(type, (event) => {
        noticed.events.push({ type, cancelable: event.cancelable, ...event.detail });
        if (window.cancels) event.preventDefault();
      });
    }
    try {
      new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (noticed.shift += value)))
        .observe({ type: 'layout-shift', buffered: true });
    } catch {}";

/// The policy that docs/embedding.md asks for, and nothing else.
fn policy(picker: &str) -> String {
    format!(
        "Content-Security-Policy: default-src 'none'; script-src 'self' {picker}/embed.js; connect-src {picker}/v1/lookup; \
         form-action {picker}/; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'\n\
         Cross-Origin-Embedder-Policy: require-corp"
    )
}

const FORM: &str = "<label>Work email <input name=login_hint autocomplete=username></label><button>Go on</button>";

/// Opens a page of the product with this content.
async fn opens(w: &World, site: &ApplicationStub, content: &str) -> Result<()> {
    let script = format!("<script type=module src={}/embed.js></script>", w.picker);
    opens_with(w, site, &script, content).await
}

async fn opens_with(w: &World, site: &ApplicationStub, script: &str, content: &str) -> Result<()> {
    let page = format!(
        "<!doctype html><html lang=en><title>Product</title><script src=/product.js></script>{script}\
         <main><h1>Product</h1>{content}</main></html>"
    );
    site.put_page("/", &policy(&w.picker), page);
    w.driver.goto(&site.url).await?;
    w.sees_heading("Product").await
}

/// Types into the only text field and submits.
async fn submits(w: &World, text: &str) -> Result<()> {
    let field = w.driver.query(By::Css("[name=login_hint]")).and_displayed().first().await?;
    field.clear().await?;
    field.send_keys(text.to_owned() + Key::Enter).await.map_err(Into::into)
}

async fn noticed(w: &World) -> Result<Value> {
    w.run_script("return window.noticed").await
}

/// Waits for the product's sign-in, and returns the parameters that it has got.
async fn is_handed_back(w: &World, site: &ApplicationStub) -> Result<BTreeMap<String, String>> {
    w.arrives_at(&format!("{}login?", site.url)).await?;
    Ok(w.driver.current_url().await?.query_pairs().into_owned().collect())
}

fn a_form_without_script_leads_to_the_picker_and_back(engine: Engine) {
    let (site, conditions) = product_in(engine);
    journey("embed-form", conditions, |w| async move {
        let form = format!(
            "<form action={}/ method=get>{FORM}<input type=hidden name=return_to value={}projects></form>",
            w.picker, site.url
        );
        opens_with(&w, &site, "", &form).await?;
        submits(&w, "ada@acme.example").await?;
        w.sees_heading("Sign in").await?;
        w.waits_for("return document.getElementById('identifier')?.value === 'ada@acme.example'").await?;
        let address = w.driver.current_url().await?;
        assert!(!address.as_str().contains("ada"), "{address}");
        w.press("Continue").await?;
        let got = is_handed_back(&w, &site).await?;
        assert_eq!((got["tenant"].as_str(), got["login_hint"].as_str()), ("acme", "ada@acme.example"));
        assert_eq!(got["target_link_uri"], format!("{}projects", site.url));
        Ok(())
    });
}

fn the_element_leads_to_the_product_by_way_of_the_picker(engine: Engine) {
    let (site, conditions) = product_in(engine);
    journey("embed-one", conditions, |w| async move {
        opens(&w, &site, &format!("<tenant-picker return-to={}projects></tenant-picker>", site.url)).await?;
        w.sees("Work email or organization code").await?;
        submits(&w, "Ada <ada@acme.example>").await?;
        let got = is_handed_back(&w, &site).await?;
        assert_eq!(got["tenant"], "acme");
        assert_eq!(got["login_hint"], "ada@acme.example");
        assert_eq!(got["target_link_uri"], format!("{}projects", site.url));
        assert_eq!(got["iss"], w.hosted_ui);
        Ok(())
    });
}

#[test]
fn no_request_to_the_picker_has_the_email_address() {
    let (site, conditions) = product();
    journey("embed-private", Conditions { watched: true, ..conditions }, |w| async move {
        opens(&w, &site, &format!("<tenant-picker return-to={}></tenant-picker>", site.url)).await?;
        submits(&w, "ada@acme.example").await?;
        is_handed_back(&w, &site).await?;
        let requests = w.requests().await?;
        let to_picker: Vec<_> =
            requests.iter().filter(|r| r["url"].as_str().is_some_and(|url| url.starts_with(&w.picker))).collect();
        assert!(to_picker.len() > 3, "{to_picker:?}");
        for request in to_picker {
            assert!(!format!("{} {}", request["url"], request["postData"]).contains("ada"), "{request}");
            assert!(!request["headers"].to_string().contains("ada"), "{request}");
        }
        Ok(())
    });
}

#[test]
fn the_element_works_under_a_strict_policy_moves_nothing_and_passes_axe() {
    let (site, conditions) = product();
    journey("embed-policy", conditions, |w| async move {
        w.hold_requests("*/embed.js").await?;
        opens(
            &w,
            &site,
            &format!("<tenant-picker><form action={}/>{FORM}</form></tenant-picker><p>Below</p>", w.picker),
        )
        .await?;
        // The form is painted before the script comes.
        w.waits_for("return performance.getEntriesByName('first-contentful-paint').length").await?;
        w.release_requests().await?;
        w.waits_for("return document.querySelector('tenant-picker [role=status]')").await?;
        w.run_script("window.cancels = true").await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(noticed(&w).await?["shift"], 0, "a host's form is enhanced in place");
        submits(&w, "umbrella.example").await?;
        w.sees("Choose your organization").await?;
        assert_eq!(w.axe_violations().await?, "");
        w.press("Umbrella").await?;
        w.waits_for("return noticed.events.length").await?;
        submits(&w, "nobody.example").await?;
        w.sees("We found no organization for “nobody.example”.").await?;
        assert_eq!(w.axe_violations().await?, "");
        assert_eq!(noticed(&w).await?["violations"], json!([]));
        Ok(())
    });
}

fn the_hosts_own_client_can_take_over_unless_the_organization_is_strict(engine: Engine) {
    let (site, conditions) = product_in(engine);
    journey("embed-event", conditions, |w| async move {
        opens(&w, &site, &format!("<tenant-picker return-to={}></tenant-picker>", site.url)).await?;
        w.run_script("window.cancels = true").await?;
        submits(&w, "ada@acme.example").await?;
        w.waits_for("return noticed.events.length").await?;
        let event = noticed(&w).await?["events"][0].clone();
        assert_eq!((&event["type"], &event["cancelable"]), (&json!("tenant-selected"), &json!(true)));
        assert_eq!((&event["loginHint"], &event["tenant"]["code"]), (&json!("ada@acme.example"), &json!("acme")));
        assert_eq!(event["tenant"]["isolation"], "shared");
        w.waits_for("return !document.querySelector('tenant-picker [role=status]').textContent").await?;
        assert_eq!(w.driver.current_url().await?.as_str(), site.url, "the page stays");
        submits(&w, "ada@hooli.example").await?;
        assert_eq!(is_handed_back(&w, &site).await?["tenant"], "hooli");
        Ok(())
    });
}

fn several_organizations_are_chosen_by_keyboard_and_searched_from_nine_on(engine: Engine) {
    let (site, conditions) = product_in(engine);
    let more: String = (1..=9)
        .map(|i| {
            format!(
                "[[tenants]]\ncode = \"branch-{i}\"\nname = \"Branch {i}\"\nclient_id = \"branch{i}\"\n\
                 identity_provider = \"BranchSAML\"\ndomains = [\"branches.example\"]\n"
            )
        })
        .collect();
    journey("embed-several", Conditions { directory: Some(more), ..conditions }, |w| async move {
        opens(&w, &site, &format!("<tenant-picker return-to={}></tenant-picker>", site.url)).await?;
        submits(&w, "ada@umbrella.example").await?;
        w.sees("Choose your organization").await?;
        assert_eq!(w.driver.find_all(By::Css("tenant-picker [type=search]")).await?.len(), 0);
        submits(&w, "ada@branches.example").await?;
        w.sees("Branch 9").await?;
        w.waits_for("return document.activeElement.textContent === 'Choose your organization'").await?;
        assert_eq!(noticed(&w).await?["violations"], json!([]), "what the element draws needs nothing of the policy");
        assert_eq!(w.axe_violations().await?, "");
        w.types(Key::Tab).await?;
        w.types("branch 7").await?;
        let shown = "return [...document.querySelectorAll('tenant-picker li')].filter((item) => item.offsetHeight).map((item) => item.innerText).join()";
        assert_eq!(w.run_script(shown).await?, "Branch 7 (branches.example)");
        w.types(Key::Tab).await?;
        w.types(Key::Enter).await?;
        assert_eq!(is_handed_back(&w, &site).await?["tenant"], "branch-7");
        Ok(())
    });
}

fn hostile_and_failed_lookups_say_so_and_lead_to_the_picker_with_what_was_typed(engine: Engine) {
    let (site, conditions) = product_in(engine);
    let stub = LookupStub::start(|body| match body {
        _ if body.contains("down") => StubResponse::Raw(503, ""),
        _ if body.contains("missing") => StubResponse::Raw(404, ""),
        _ if body.contains("html") => StubResponse::Raw(200, "<!doctype html>"),
        _ if body.contains("null") => StubResponse::Raw(200, r#"{"tenants":[null]}"#),
        _ if body.contains("number") => StubResponse::Raw(200, r#"{"tenants":[{"code":7,"name":"x"}]}"#),
        _ if body.contains("list") => StubResponse::Raw(200, r#"{"tenants":{"length":1}}"#),
        _ => StubResponse::Raw(
            200,
            r#"{"tenants":[{"code":"<b>&tenant=evil#x","name":"<img src=x onerror=alert(1)>"},{"code":"b","name":"B"}]}"#,
        ),
    });
    let stub = stub.unwrap();
    journey("embed-hostile", conditions, |w| async move {
        // The stub is not in the policy of the other tests.
        let element = format!("<tenant-picker lookup={} return-to={}></tenant-picker>", stub.url, site.url);
        let script =
            format!("<script src=/product.js></script><script type=module src={}/embed.js></script>", w.picker);
        site.put_page(
            "/",
            "",
            format!("<!doctype html><html lang=en><title>Product</title>{script}<h1>Product</h1>{element}"),
        );
        w.driver.goto(&site.url).await?;
        w.sees("Continue").await?;
        for (typed, reason, status) in [
            ("ada@down.example", "lookup_refused", json!(503)),
            ("ada@missing.example", "lookup_refused", json!(404)),
            ("ada@html.example", "lookup_malformed", json!(200)),
            ("ada@null.example", "lookup_malformed", json!(200)),
            ("ada@number.example", "lookup_malformed", json!(200)),
            ("ada@list.example", "lookup_malformed", json!(200)),
            ("ada@@", "identifier_malformed", Value::Null),
        ] {
            w.run_script("noticed.events = []").await?;
            submits(&w, typed).await?;
            w.waits_for("return noticed.events.length").await?;
            let event = noticed(&w).await?["events"][0].clone();
            assert_eq!((&event["reason"], &event["status"]), (&json!(reason), &status), "{typed}");
            let link = w.run_script("return document.querySelector('tenant-picker a').href").await?;
            let link = link.as_str().context("a link")?;
            assert!(link.starts_with(&format!("{}/?", w.picker)) && link.contains("#login_hint=ada%40"), "{link}");
            assert!(!link.split('#').next().is_some_and(|request| request.contains("ada")), "{link}");
        }
        submits(&w, "markup").await?;
        w.sees("<img src=x onerror=alert(1)>").await?;
        w.press("<img").await?;
        w.arrives_at(&w.picker).await?;
        w.sees_problem("no_match").await.map(drop)
    });
}

fn a_service_that_is_down_leaves_a_way_on(engine: Engine) {
    let (site, conditions) = product_in(engine);
    journey("embed-down", conditions, |w| async move {
        opens(&w, &site, "<tenant-picker></tenant-picker>").await?;
        w.sees("Work email or organization code").await?;
        w.stop_service();
        submits(&w, "ada@acme.example").await?;
        w.sees("We cannot look up organizations right now.").await?;
        assert_eq!(noticed(&w).await?["events"][0]["reason"], "lookup_unreachable");
        assert_eq!(w.run_script("return document.querySelector('[name=login_hint]').value").await?, "ada@acme.example");
        Ok(())
    });
}

fn what_stood_inside_stays_if_the_script_is_blocked_or_slow(engine: Engine) {
    let (site, conditions) = product_in(engine);
    // It accepts connections and never responds.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    journey("embed-blocked", conditions, |w| async move {
        let form = format!("<tenant-picker><form action={}/ method=get>{FORM}</form></tenant-picker>", w.picker);
        let leads_to_the_picker = async || {
            submits(&w, "ada@acme.example").await?;
            w.arrives_at(&w.picker).await?;
            w.waits_for("return document.getElementById('identifier')?.value === 'ada@acme.example'").await
        };
        // The policy does not name this script.
        opens_with(&w, &site, "<script type=module src=http://127.0.0.1:9/embed.js></script>", &form).await?;
        leads_to_the_picker().await?;
        let slow = format!("<script type=module src=http://{}/embed.js></script>", silent.local_addr()?);
        site.put_page(
            "/",
            "",
            format!("<!doctype html><html lang=en><title>Product</title>{slow}<h1>Product</h1>{form}"),
        );
        w.driver.goto(&site.url).await?;
        w.sees_heading("Product").await?;
        leads_to_the_picker().await
    });
}

fn removing_repeating_and_restoring_an_element_leaves_no_progress_behind(engine: Engine) {
    let (site, conditions) = product_in(engine);
    journey("embed-life", Conditions { whole_browser: true, ..conditions }, |w| async move {
        opens(&w, &site, "<tenant-picker id=one></tenant-picker><tenant-picker id=two></tenant-picker>").await?;
        w.waits_for("return document.querySelectorAll('tenant-picker form').length === 2").await?;
        let state = "return ['one', 'two'].map((id) => document.getElementById(id).querySelector('[role=status]').textContent).join()";
        w.freeze_service();
        submits(&w, "ada@acme.example").await?;
        w.sees("Looking up your organization…").await?;
        assert_eq!(w.run_script(state).await?, "Looking up your organization…,");
        // Removed midway and put back: it starts anew, and the response of then is not acted on.
        w.run_script(
            "const one = document.getElementById('one'); one.remove(); document.querySelector('main').prepend(one)",
        )
        .await?;
        assert_eq!(w.run_script(state).await?, ",");
        w.resume_service();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(noticed(&w).await?["events"], json!([]));
        assert_eq!(w.run_script("return document.querySelectorAll('#one form').length").await?, 1);
        // Back restores the page as it was left.
        submits(&w, "ada@acme.example").await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.driver.back().await?;
        for _ in 0..3 {
            if w.driver.current_url().await?.as_str() == site.url {
                break;
            }
            w.driver.back().await?;
        }
        w.sees_heading("Product").await?;
        w.waits_for("return ![...document.querySelectorAll('tenant-picker [role=status]')].some((output) => output.textContent)").await?;
        assert_eq!(w.run_script("return document.querySelector('[aria-busy=true]')").await?, Value::Null);
        Ok(())
    });
}

fn the_element_speaks_the_language_of_the_page_or_of_its_own_attribute(engine: Engine) {
    let (site, conditions) = product_in(engine);
    journey("embed-language", conditions, |w| async move {
        for (lang, field) in [
            ("pt", "E-mail de trabalho"),
            ("zh-CN", "工作邮箱"),
            ("ar", "البريد"),
            ("zh-TW", "Work email"),
            ("x", "Work email"),
        ] {
            opens(&w, &site, &format!("<tenant-picker lang={lang}></tenant-picker>")).await?;
            w.sees(field).await.with_context(|| lang.to_owned())?;
        }
        let Some(direction) = w
            .run_script("return getComputedStyle(document.querySelector('main')).direction")
            .await?
            .as_str()
            .map(str::to_owned)
        else {
            bail!("no direction")
        };
        assert_eq!(direction, "ltr", "the host's own direction stays");
        Ok(())
    });
}
