//! The parts of the app: leaving before the views are there, and parts that do not come.

use anyhow::Result;
use end_to_end::{Conditions, World, journey, lookup_bodies, ordinary_journey};
use serde_json::json;
use std::time::Duration;
use thirtyfour::prelude::*;
use tokio::time::sleep;

const VIEWS: &str = "*/views-*.wasm";

/// Takes the main part out of each page as soon as it is parsed, as if the page had ended before it.
const NO_MAIN_PART: &str =
    "document.addEventListener('readystatechange', () => document.getElementById('main-part')?.remove())";

/// What is loaded as the form's page is that of another build.
const NO_FORM_AGAIN: &str = "const original = window.fetch;
    window.fetch = (address, ...rest) => address === '/'
      ? Promise.resolve(new Response('<script type=application/wasm id=main-part>other</script>'))
      : original(address, ...rest)";

/// Cache Storage that a browser denies, as some do in a private window.
const NO_CACHE_STORAGE: &str = "CacheStorage.prototype.open = CacheStorage.prototype.match = () => Promise.reject()";

/// Where the callback has looked for a main part that was not kept: the form's page, the file.
const LOOKED_FOR_MAIN: &str = "const names = performance.getEntriesByType('resource').map(({ name }) => name);
    return [names.includes(location.origin + '/'), names.some((name) => /main-.*wasm$/.test(name))]";

/// Whether the form has kept the main part, as it is in the page.
const IS_KEPT: &str = "return caches.match('/main-part').then(async (kept) =>
    kept && (await kept.arrayBuffer()).byteLength === document.getElementById('main-part').textContent.length)";

/// Opens the form while the views are held back, keeps the page from being left, and submits. Every address that the
/// page wants to leave for is in `window.leaves`.
async fn leaves_early_and_stays(w: &World) -> Result<()> {
    w.hold_requests(VIEWS).await?;
    w.open("/").await?;
    w.field().await?;
    w.run_script(
        "window.leaves = [];
         navigation.addEventListener('navigate', (event) => {
           if (new URL(event.destination.url).origin === location.origin) return;
           leaves.push(event.destination.url);
           event.preventDefault();
         })",
    )
    .await?;
    w.submit("ada@acme.example").await?;
    w.waits_for("return leaves.length").await
}

#[test]
fn who_is_quick_leaves_before_the_views_are_there_and_comes_back_to_a_callback_that_nobody_prepared() {
    journey("without-views", Conditions::watched(), |w| async move {
        w.hold_requests(VIEWS).await?;
        w.open("/").await?;
        w.submit("ada@acme.example").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        assert_eq!(lookup_bodies(&w.requests().await?), [r#"{"domain":"acme.example"}"#]);
        w.release_requests().await?;
        w.press("Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn leaving_early_is_shown_and_can_be_cancelled_and_happens_once() {
    ordinary_journey("cancel-early", |w| async move {
        leaves_early_and_stays(&w).await?;
        assert_eq!(w.run_script("return document.documentElement.dataset.app").await?, json!(null));
        // Pressing Enter again does not leave again.
        w.types(Key::Enter).await?;
        w.release_requests().await?;
        w.sees_heading("Taking you to Acme Corporation").await?;
        assert_eq!(w.run_script("return leaves.length").await?, 1, "the app does not leave a second time");
        w.press("Cancel").await?;
        w.field_has("ada@acme.example").await?;
        assert_eq!(w.pending_count().await?, 1);
        w.press("Continue").await?;
        w.waits_for("return leaves.length === 2").await?;
        w.sees_heading("Taking you to Acme Corporation").await
    });
}

#[test]
fn a_page_that_was_left_early_is_loaded_again_when_it_is_restored() {
    ordinary_journey("restored-early", |w| async move {
        leaves_early_and_stays(&w).await?;
        // Whether a browser keeps such a page for Back depends on the browser and on memory.
        w.run_script("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))").await?;
        w.waits_for("return !('leaves' in window)").await?;
        w.release_requests().await?;
        w.waits_for("return 'app' in document.documentElement.dataset").await?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn back_after_leaving_early_leads_to_a_form_that_works() {
    journey("back-early", Conditions::whole_browser(), |w| async move {
        w.hold_requests(VIEWS).await?;
        w.open("/").await?;
        w.submit("acme").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.release_requests().await?;
        w.driver.back().await?;
        assert_eq!(w.settles().await?, "form");
        w.submit("globex").await?;
        w.signs_in_at("GlobexOIDC", "Ada Lovelace").await?;
        w.is_signed_in_to("globex", "Globex").await
    });
}

#[test]
fn what_needs_a_screen_waits_for_the_views() {
    for (typed, shown) in [
        ("nobody@unknown.example", "return document.querySelector('[data-error=no_match]')"),
        ("ada@umbrella.example", "return document.querySelector(\"ul[aria-label='Your organizations']\")"),
    ] {
        ordinary_journey("waits-for-views", move |w| async move {
            w.hold_requests(VIEWS).await?;
            w.open("/").await?;
            w.submit(typed).await?;
            w.waits_for(
                "return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/v1/lookup'))",
            )
            .await?;
            w.release_requests().await?;
            w.waits_for(shown).await?;
            assert_eq!(w.pending_count().await?, 0);
            Ok(())
        });
    }
}

#[test]
fn the_app_waits_a_second_for_the_response_to_an_early_lookup() {
    ordinary_journey("waits-for-lookup", |w| async move {
        w.runs_in_every_page(
            "const original = window.fetch;
             window.fetch = (address, ...rest) => /lookup/.test(address)
               ? new Promise(() => {})
               : original(address, ...rest);
             new MutationObserver(() => {
               if ('app' in document.documentElement.dataset) window.startedAt ??= performance.now();
             }).observe(document, { attributes: true, subtree: true, attributeFilter: ['data-app'] })",
        )
        .await?;
        w.hold_requests(VIEWS).await?;
        w.open("/").await?;
        w.submit("ada@acme.example").await?;
        w.release_requests().await?;
        w.waits_for("return window.startedAt").await?;
        let waited = "const views = performance.getEntriesByType('resource').find(({ name }) => /views-/.test(name));
            return startedAt - views.responseEnd";
        let waited = w.run_script(waited).await?.as_f64();
        assert!(waited >= Some(1000.0), "{waited:?}");
        Ok(())
    });
}

#[test]
fn a_part_that_does_not_load_ends_in_the_crash_page() {
    ordinary_journey("lost-part", |w| async move {
        for (part, path) in [("views", "/"), ("views", "/callback"), ("callback", "/callback")] {
            w.block_requests(Some(&format!("*/{part}-*.wasm"))).await?;
            w.open(path).await?;
            w.sees_problem("app_crashed").await?;
        }
        // The form does not need the callback.
        w.block_requests(Some("*/callback-*.wasm")).await?;
        w.open("/").await?;
        w.waits_for("return 'app' in document.documentElement.dataset").await?;
        w.field().await?;
        w.block_requests(None).await
    });
}

#[test]
fn a_page_that_ends_before_its_main_part_loads_it_and_is_a_crash_page_if_it_cannot() {
    ordinary_journey("lost-end", |w| async move {
        w.runs_in_every_page(NO_MAIN_PART).await?;
        w.open("/").await?;
        w.waits_for("return 'app' in document.documentElement.dataset").await?;
        w.runs_in_every_page(&[NO_FORM_AGAIN, NO_CACHE_STORAGE].join(";")).await?;
        w.block_requests(Some("*/main-*.wasm")).await?;
        for path in ["/", "/callback"] {
            w.open(path).await?;
            w.sees_problem("app_crashed").await?;
        }
        w.block_requests(None).await
    });
}

#[test]
fn the_callback_uses_the_main_part_that_the_form_has_kept() {
    ordinary_journey("kept", |w| async move {
        w.open("/").await?;
        w.waits_for(IS_KEPT).await?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(w.run_script(LOOKED_FOR_MAIN).await?, json!([false, false]));
        Ok(())
    });
}

#[test]
fn the_callback_takes_a_main_part_that_was_not_kept_out_of_the_cached_page_of_the_form_or_loads_the_file() {
    for (cached_page, looked) in [("", json!([true, false])), (NO_FORM_AGAIN, json!([false, true]))] {
        ordinary_journey("not-kept", move |w| async move {
            w.runs_in_every_page(&[NO_CACHE_STORAGE, cached_page].join(";")).await?;
            w.open("/").await?;
            w.submit("ada@acme.example").await?;
            w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
            w.is_signed_in_to("acme", "Acme Corporation").await?;
            assert_eq!(w.run_script(LOOKED_FOR_MAIN).await?, looked);
            Ok(())
        });
    }
}

#[test]
fn a_server_may_answer_the_callback_with_the_forms_page() {
    journey("one-page", Conditions::config_apart(), |w| async move {
        w.open("/").await?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(w.run_script("return !!document.getElementById('main-part')").await?, true);
        Ok(())
    });
}

#[test]
fn a_kept_main_part_that_somebody_has_changed_is_not_used() {
    ordinary_journey("kept-changed", |w| async move {
        w.open("/").await?;
        w.waits_for(IS_KEPT).await?;
        w.run_script(
            "return caches.open('tenant-picker').then((cache) => cache.put('/main-part', new Response('changed')))",
        )
        .await?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        // The next form replaces it.
        w.open("/").await?;
        w.waits_for(IS_KEPT).await
    });
}

#[test]
fn views_that_are_lost_after_leaving_early_are_an_error_only_if_the_page_stays() {
    ordinary_journey("lost-after-leaving", |w| async move {
        w.runs_in_every_page(
            "const original = window.fetch;
             window.fetch = (address, ...rest) => /views-/.test(address)
               ? new Promise((_, lose) => (window.loseViews = () => lose(new TypeError('lost'))))
               : original(address, ...rest)",
        )
        .await?;
        leaves_early_and_stays(&w).await?;
        w.run_script("loseViews()").await?;
        sleep(Duration::from_millis(500)).await;
        let crashed = "return document.querySelectorAll('[data-error=app_crashed]').length";
        assert_eq!(w.run_script(crashed).await?, 0, "the next page may be on its way");
        w.sees_problem("app_crashed").await.map(drop)
    });
}
