//! Several tabs, windows and popups.

use anyhow::{Context, Result, ensure};
use end_to_end::Way::Reload;
use end_to_end::{Conditions, World, journey, ordinary_journey};
use serde_json::json;
use thirtyfour::prelude::*;

#[test]
fn two_tabs_sign_in_to_two_organizations_in_reverse_order() {
    ordinary_journey("reverse", |w| async move {
        let first = w.driver.window().await?;
        w.open("/?tenant=acme").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.opens_a_tab("/?tenant=globex").await?;
        let second = w.driver.window().await?;
        w.sees_sign_in_page("GlobexOIDC").await?;
        w.press("Ada Lovelace").await?;
        w.is_signed_in_to("globex", "Globex").await?;
        w.driver.switch_to_window(first).await?;
        w.press("Alan Turing").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        w.driver.switch_to_window(second).await?;
        assert_eq!(w.goes(Reload).await?, "Signed in to Globex");
        assert_eq!(w.session().await?["tenant"]["code"], "globex");
        assert_eq!(w.pending_count().await?, 0);
        Ok(())
    });
}

#[test]
fn a_response_opened_in_several_tabs_is_redeemed_once() {
    journey("many-tabs", Conditions::hostile(), |w| async move {
        let first = w.driver.window().await?;
        // First with an immediate token response, then while the first tab still waits for its tokens.
        for (delay, losers) in
            [(0, ["callback_in_progress", "callback_state_unknown"]), (1500, ["callback_in_progress"; 2])]
        {
            // A response in the fragment is not accepted, so the code and the state remain valid for the tabs below.
            w.steer(&json!({ "response": "#held", "token": { "delay": delay } })).await?;
            w.open("/?tenant=acme").await?;
            w.sees_problem("callback_empty").await?;
            let secrets = w.counts().await?["secrets"].take();
            let callback = format!(
                "/callback?code={}&state={}",
                secrets["code"].as_str().context("a code")?,
                secrets["state"].as_str().context("a state")?
            );
            // Without an opener, the browser may run each tab in its own process.
            w.run_script(&format!("for (let i = 0; i < 3; i++) open('{callback}', '_blank', 'noopener')")).await?;

            let mut winners = 0;
            for tab in w.sees_tabs(4).await?.into_iter().filter(|tab| *tab != first) {
                w.driver.switch_to_window(tab).await?;
                match w.settles().await?.as_str() {
                    "Signed in to Acme Corporation" => winners += 1,
                    outcome => ensure!(losers.contains(&outcome), "with {delay} ms: {outcome}"),
                }
                w.driver.close_window().await?;
            }
            w.driver.switch_to_window(first.clone()).await?;
            assert_eq!(winners, 1, "with {delay} ms");
            assert_eq!(w.counts().await?["token_requests"], 1, "with {delay} ms");
            assert_eq!(w.pending_count().await?, 0);
        }
        Ok(())
    });
}

#[test]
fn a_duplicated_tab_redeems_nothing() {
    journey("duplicate", Conditions::hostile(), |w| async move {
        w.steer(&json!({ "token": { "delay": 1500 } })).await?;
        let first = w.driver.window().await?;
        w.open("/?tenant=acme").await?;
        w.sees_heading("Signing you in…").await?;
        // This is how browsers duplicate a tab: the current address and a copy of sessionStorage.
        w.run_script("open(location.href)").await?;
        w.switches_to_the_new_tab().await?;
        assert_eq!(w.settles().await?, "callback_empty");
        w.driver.close_window().await?;
        w.driver.switch_to_window(first.clone()).await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;

        w.run_script("open(location.href)").await?;
        w.switches_to_the_new_tab().await?;
        assert_eq!(w.settles().await?, "Signed in to Acme Corporation", "the copy holds the session too");
        w.driver.close_window().await?;
        w.driver.switch_to_window(first).await?;
        w.opens_a_tab("/callback").await?;
        assert_eq!(w.settles().await?, "callback_empty");
        assert_eq!(w.counts().await?["token_requests"], 1);
        Ok(())
    });
}

#[test]
fn signing_out_ends_the_session_in_the_organizations_other_tabs_only() {
    ordinary_journey("sign-out-elsewhere", |w| async move {
        let first = w.driver.window().await?;
        w.signs_in_to_acme().await?;
        w.opens_a_tab("/?tenant=acme").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        let second = w.driver.window().await?;
        w.opens_a_tab("/signed-out").await?;
        w.signs_in("/?tenant=globex", "GlobexOIDC", "globex", "Globex").await?;
        let third = w.driver.window().await?;

        w.driver.switch_to_window(first).await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;

        w.driver.switch_to_window(third).await?;
        assert_eq!(w.goes(Reload).await?, "Signed in to Globex");
        assert!(w.session().await?["id_token"].is_string());

        w.driver.switch_to_window(second).await?;
        w.sees_heading("You have signed out").await?;
        assert!(w.session().await?.is_null());
        // The sign-out does not end a session that begins later.
        w.press("Sign in again").await?;
        w.submit("acme").await?;
        w.signs_in_at("AcmeSAML", "Alan Turing").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(w.goes(Reload).await?, "Signed in to Acme Corporation");
        Ok(())
    });
}

#[test]
fn a_sign_out_reaches_the_other_tabs_when_the_storage_is_full() {
    ordinary_journey("full-sign-out", |w| async move {
        w.signs_in_to_acme().await?;
        let first = w.driver.window().await?;
        w.opens_a_tab("/").await?;
        w.signs_in_to_acme_unasked().await?;
        w.fill_storage("localStorage").await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        w.driver.switch_to_window(first).await?;
        w.sees_heading("You have signed out").await
    });
}

#[test]
fn the_form_does_not_offer_a_session_that_another_tab_has_signed_out() {
    ordinary_journey("over-at-the-form", |w| async move {
        let [first, second] = two_tabs_at_acme_and_one_at_the_form(&w).await?;
        w.driver.switch_to_window(first).await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        w.driver.switch_to_window(second).await?;
        assert_eq!(w.goes(Reload).await?, "form");
        let text = w.text().await?;
        assert!(!text.contains("You are signed in"), "{text}");
        Ok(())
    });
}

#[test]
fn a_session_from_before_a_sign_out_does_not_come_back() {
    ordinary_journey("stays-over", |w| async move {
        let [first, second] = two_tabs_at_acme_and_one_at_the_form(&w).await?;
        w.driver.switch_to_window(first).await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        // A new sign-in in the first tab must not revive the old session of the second tab.
        w.signs_in_to_acme().await?;
        w.driver.switch_to_window(second).await?;
        w.open("/callback").await?;
        assert_eq!(w.settles().await?, "You have signed out");
        assert!(w.session().await?.is_null());
        Ok(())
    });
}

/// Opens two tabs with a session at Acme each. The second one then shows the form, where the app does not react to a
/// sign-out in another tab.
async fn two_tabs_at_acme_and_one_at_the_form(w: &World) -> Result<[WindowHandle; 2]> {
    let first = w.driver.window().await?;
    w.signs_in_to_acme().await?;
    w.opens_a_tab("/?tenant=acme").await?;
    w.is_signed_in_to("acme", "Acme Corporation").await?;
    w.open("/").await?;
    w.sees("You are signed in to Acme Corporation").await?;
    Ok([first, w.driver.window().await?])
}

#[test]
fn a_storage_event_does_not_move_the_focus() {
    ordinary_journey("focus", |w| async move {
        w.signs_in_to_acme().await?;
        w.run_script("document.querySelector('#app .actions button.quiet').focus()").await?;
        // The event that the browser sends when another tab writes to localStorage.
        w.run_script("dispatchEvent(new StorageEvent('storage', { key: 'tenant-picker.pending.x', newValue: '{}' }))")
            .await?;
        let focus = "await new Promise((done) => setTimeout(done)); return document.activeElement.textContent";
        assert_eq!(w.run_script(focus).await?, "Sign out");
        Ok(())
    });
}

#[test]
fn a_storage_event_does_not_disturb_a_sign_out() {
    ordinary_journey("undisturbed", |w| async move {
        w.signs_in_to_acme().await?;
        // The driver does not respond during the sign-out, so a script in the page records the heading. It does so in
        // microtasks, in which the app renders too: the next page cannot come in between.
        w.run_script(
            "document.querySelector('#app .actions button.quiet').click();
             const microtasks = async () => { for (let i = 0; i < 50; i++) await null };
             const heading = () => document.querySelector('#app h1').textContent;
             (async () => {
               await microtasks();
               const before = heading();
               dispatchEvent(new StorageEvent('storage', { key: 'tenant-picker.pending.x', newValue: '{}' }));
               await microtasks();
               sessionStorage.setItem('test.headings', JSON.stringify([before, heading()]));
             })();",
        )
        .await?;
        w.sees_heading("You have signed out").await?;
        let headings = w.run_script("return JSON.parse(sessionStorage.getItem('test.headings'))").await?;
        assert_eq!(headings, json!(["Signing you out…", "Signing you out…"]));
        Ok(())
    });
}

/// A page of another origin opens the picker in a popup. It does so during the click, as popup blockers require.
#[test]
fn a_popup_opened_by_a_click_signs_in() {
    ordinary_journey("popup", |w| async move {
        w.driver.goto(format!("{}/.well-known/openid-configuration", w.hosted_ui)).await?;
        w.sees("authorization_endpoint").await?;
        let button = "const button = document.body.appendChild(document.createElement('button'));
            button.textContent = 'Sign in';
            button.onclick = () => { window.popup = window.open(arguments[0], 'sign-in', 'width=480,height=720') };";
        w.driver.execute(button, vec![json!(format!("{}/?tenant=acme", w.picker))]).await?;
        w.press("Sign in").await?;
        w.switches_to_the_new_tab().await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}
