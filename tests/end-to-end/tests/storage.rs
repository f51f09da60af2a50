//! Storage that is full, refused, or changed during a sign-in.

use end_to_end::{ordinary_journey, script_that_fills};

#[test]
fn the_page_stays_when_local_storage_is_full() {
    ordinary_journey("full", |w| async move {
        w.open("/").await?;
        w.field().await?;
        w.fill_storage("localStorage").await?;
        w.submit("ada@acme.example").await?;
        w.sees_problem("storage_blocked").await?;
        assert_eq!(w.driver.current_url().await?.as_str(), format!("{}/", w.picker));
        assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some("ada@acme.example"));
        assert_eq!(w.pending_count().await?, 0, "no pending sign-in is left behind");

        w.run_script("localStorage.clear()").await?;
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn the_page_stays_when_session_storage_is_full_or_refused() {
    const REFUSE: &str = "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException() } })";
    for (name, spoil) in [("full-tab", script_that_fills("sessionStorage")), ("refused-tab", REFUSE.to_owned())] {
        ordinary_journey(name, move |w| async move {
            w.open("/").await?;
            w.field().await?;
            w.run_script(&spoil).await?;
            w.submit("acme").await?;
            w.sees_problem("storage_blocked").await?;
            assert_eq!(w.pending_count().await?, 0, "no sign-in was started");
            w.open("/signed-out").await?;
            w.sees_heading("You have signed out").await?;
            w.run_script("sessionStorage.clear()").await?;
            w.open("/?tenant=acme").await?;
            w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
            w.is_signed_in_to("acme", "Acme Corporation").await
        });
    }
}

#[test]
fn a_pending_sign_in_lost_or_changed_meanwhile_offers_to_start_over() {
    ordinary_journey("lost", |w| async move {
        for script in [
            "localStorage.clear()",
            "localStorage[key] = '{\"version\":0,\"tenant\":\"acme\"}'",
            "localStorage[key] = 'x'",
        ] {
            w.open("/?tenant=acme").await?;
            w.sees_sign_in_page("AcmeSAML").await?;
            w.changes_pending_sign_in(script).await?;
            w.press("Noor").await?;
            w.sees_problem("callback_state_unknown").await?;
            assert_eq!(w.pending_count().await?, 0, "{script}");
            w.press("Start over").await?;
            w.field().await?;
        }
        w.signs_in_to_acme().await
    });
}
