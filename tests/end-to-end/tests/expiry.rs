//! Sign-ins and sessions that have expired.

use end_to_end::Way::Reload;
use end_to_end::ordinary_journey;

#[test]
fn an_expired_session_says_so_and_offers_the_same_organization() {
    ordinary_journey("expired", |w| async move {
        w.signs_in_to_acme().await?;
        // Expired when the page loads; then expiring two seconds after the page has loaded.
        for (seconds, before) in [(-1, None), (2, Some("Signed in to Acme Corporation"))] {
            let old = w.session().await?;
            w.run_script(&format!(
                "const session = JSON.parse(sessionStorage.getItem('tenant-picker.session'));
                 session.expires_at = Math.floor(Date.now() / 1000) + {seconds};
                 sessionStorage.setItem('tenant-picker.session', JSON.stringify(session))"
            ))
            .await?;
            let outcome = w.goes(Reload).await?;
            assert_eq!(outcome, before.unwrap_or("session_expired"));
            w.sees_problem("session_expired").await?;
            assert!(w.session().await?.is_null());
            w.press("Try again with Acme Corporation").await?;
            // The hosted UI still has a session.
            w.is_signed_in_to("acme", "Acme Corporation").await?;
            assert_ne!(w.session().await?["id_token"], old["id_token"]);
        }
        Ok(())
    });
}

#[test]
fn abandoned_sign_ins_are_removed() {
    ordinary_journey("leftovers", |w| async move {
        let first = w.driver.window().await?;
        w.open("/?tenant=acme").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        // Beside the pending sign-in that waits: first an expired one and one that cannot be read, then 25 newer ones,
        // of which the oldest are removed, because at most 20 are kept.
        let over = "keep('old', 601); localStorage[prefix + 'else'] = '{}'; localStorage['somebody-elses'] = 'kept'";
        let many = "for (let i = 0; i < 25; i++) keep('young-' + i, -60 - i)";
        for (script, left, due) in [
            (over, 2, [("old", false), ("else", false), ("somebody-elses", true)]),
            (many, 20, [("young-5", false), ("young-6", true), ("young-24", true)]),
        ] {
            w.opens_a_tab("/").await?;
            w.field().await?;
            w.run_script(&format!(
                "const prefix = 'tenant-picker.pending.';
                 const record = JSON.parse(localStorage[Object.keys(localStorage).find((key) => key.startsWith(prefix))]);
                 const keep = (name, age) => {{
                   localStorage[prefix + name] = JSON.stringify({{ ...record, created_at: record.created_at - age }});
                 }};
                 {script}"
            ))
            .await?;
            w.submit("globex").await?;
            w.sees_sign_in_page("GlobexOIDC").await?;
            w.opens_a_tab("/").await?;
            w.field().await?;
            let keys = "return Object.keys(localStorage).map((key) => key.replace('tenant-picker.pending.', ''))";
            let keys: Vec<String> = serde_json::from_value(w.run_script(keys).await?)?;
            assert_eq!(w.pending_count().await?, left, "{keys:?}");
            for (name, is_kept) in due {
                assert_eq!(keys.iter().any(|key| key == name), is_kept, "{name} in {keys:?}");
            }
        }

        // The person whose sign-in was removed gets an error and can start over.
        w.driver.switch_to_window(first).await?;
        w.press("Ada Lovelace").await?;
        w.sees_problem("callback_state_unknown").await?;
        w.press("Start over").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn a_late_response_offers_to_begin_again() {
    ordinary_journey("too-late", |w| async move {
        w.open("/?tenant=acme").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.changes_pending_sign_in(
            "localStorage[key] = JSON.stringify({ ...record, created_at: record.created_at - 601 })",
        )
        .await?;
        w.press("Ada Lovelace").await?;
        w.sees_problem("callback_expired").await?;
        assert!(w.session().await?.is_null());
        w.press("Try again with Acme Corporation").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}
