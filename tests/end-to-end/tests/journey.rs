//! The usual ways to sign in and sign out.

use end_to_end::{Conditions, journey, ordinary_journey};
use thirtyfour::prelude::*;

#[test]
fn signs_in_by_email_and_stays_signed_in_after_a_reload() {
    ordinary_journey("email", |w| async move {
        w.open("/").await?;
        w.submit("Ada@ACME.example").await?;
        w.signs_in_at("AcmeSAML", "Continue as Ada@ACME.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;

        assert_eq!(
            w.driver.current_url().await?.as_str(),
            format!("{}/callback", w.picker),
            "the code is gone from the address"
        );
        assert_eq!(w.pending_count().await?, 0, "the pending sign-in is used up");
        let session = w.session().await?;
        for field in ["id_token", "access_token", "refresh_token"] {
            assert!(session[field].is_string(), "{field}");
        }
        let now = w.run_script("return Date.now() / 1000").await?.as_f64().unwrap();
        let lasts = session["expires_at"].as_f64().unwrap() - now;
        assert!((3500.0..=3600.0).contains(&lasts), "expires in {lasts} s");

        w.driver.refresh().await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn signs_in_by_code() {
    ordinary_journey("code", |w| async move {
        w.open("/").await?;
        w.submit("PiedPiper").await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.press("Ada Lovelace").await?;
        w.sees_heading("Signed in to Pied Piper").await
    });
}

#[test]
fn signs_in_from_a_deep_link_and_carries_the_email_along() {
    ordinary_journey("deep-link", |w| async move {
        w.open("/?tenant=acme&login_hint=ada%2Bx%40acme.example").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada+x@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn a_login_hint_fills_the_field_and_waits() {
    ordinary_journey("login-hint", |w| async move {
        w.open("/?login_hint=ada%40acme.example").await?;
        w.field_has("ada@acme.example").await?;
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn a_login_hint_leaves_the_address_bar_at_once_and_may_be_in_the_fragment() {
    ordinary_journey("login-hint-fragment", |w| async move {
        let is_filled = "return document.getElementById('identifier')?.value === 'ada@acme.example'";
        for address in ["/?login_hint=ada%40acme.example&lang=en", "/?lang=en#login_hint=ada%40acme.example"] {
            w.open(address).await?;
            w.waits_for(is_filled).await?;
            assert_eq!(w.run_script("return location.href").await?, format!("{}/?lang=en", w.picker), "{address}");
            // The next address may differ from this one in its fragment alone, and would not be loaded.
            w.open("/signed-out").await?;
            w.sees_heading("You have signed out").await?;
        }
        w.open("/#login_hint=ada%40acme.example").await?;
        w.waits_for(is_filled).await?;
        assert_eq!(w.run_script("return location.href").await?, format!("{}/", w.picker));
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn offers_several_organizations_and_goes_to_the_chosen_one() {
    ordinary_journey("several", |w| async move {
        w.open("/").await?;
        w.submit("ada@umbrella.example").await?;
        w.sees_heading("Choose your organization").await?;
        let list = w.driver.find(By::Css("ul[role=list][aria-label='Your organizations']")).await?;
        assert_eq!(list.find_all(By::Tag("button")).await?.len(), 2);
        w.press("Use another email or code").await?;
        assert_eq!(
            w.field().await?.prop("value").await?.as_deref(),
            Some("ada@umbrella.example"),
            "nothing typed is lost"
        );
        w.press("Continue").await?;
        w.press("Umbrella United States").await?;
        w.signs_in_at("UmbrellaUS", "Continue as ada@umbrella.example").await?;
        w.sees("Signed in to Umbrella").await?;
        assert_eq!(w.session().await?["tenant"]["code"], "umbrella-us");
        Ok(())
    });
}

#[test]
fn a_native_account_signs_in_without_identities() {
    ordinary_journey("native", |w| async move {
        w.open("/?tenant=initech").await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.press("Ada Lovelace").await?;
        w.sees("Signed in to").await?;
        assert_eq!(w.session().await?["tenant"]["identity_provider"], "COGNITO");
        Ok(())
    });
}

#[test]
fn signs_out_at_the_hosted_ui_too() {
    ordinary_journey("sign-out", |w| async move {
        w.open("/?tenant=acme").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        w.arrives_at(&format!("{}/signed-out", w.picker)).await?;
        assert!(w.session().await?.is_null());
        w.press("Sign in again").await?;
        w.submit("acme").await?;
        // The hosted UI asks again, because its session has ended.
        w.signs_in_at("AcmeSAML", "Alan Turing").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn switches_to_another_organization_and_back() {
    ordinary_journey("switch", |w| async move {
        w.open("/?tenant=acme").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        w.press("Switch organization").await?;
        w.field().await?;
        assert!(w.session().await?.is_null(), "the next organization must not find this one's tokens");
        w.submit("globex").await?;
        w.signs_in_at("GlobexOIDC", "Ada Lovelace").await?;
        w.is_signed_in_to("globex", "Globex").await?;
        w.press("Switch organization").await?;
        w.submit("acme").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn leaving_can_be_cancelled_and_nothing_typed_is_lost() {
    ordinary_journey("cancel-leaving", |w| async move {
        w.open("/").await?;
        w.field().await?;
        // Chromium's driver does not respond while a navigation is pending, so a script in the page presses Cancel.
        w.run_script(
            "new MutationObserver(() => {
               const heading = document.querySelector('h1').textContent;
               const cancel = [...document.querySelectorAll('button')].find((b) => b.textContent.trim() === 'Cancel');
               if (heading.startsWith('Taking you to') && cancel) { window.sawHeading = heading; cancel.click(); }
             }).observe(document, { childList: true, subtree: true })",
        )
        .await?;
        w.freeze_hosted_ui();
        w.submit("ada@acme.example").await?;
        let until = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
        while w.run_script("return window.sawHeading").await?.is_null() && tokio::time::Instant::now() < until {}
        assert_eq!(w.run_script("return window.sawHeading").await?, "Taking you to Acme Corporation");
        assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some("ada@acme.example"));
        assert_eq!(w.driver.current_url().await?.as_str(), format!("{}/", w.picker));
        w.resume_hosted_ui();
        w.open("/").await?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn back_from_the_hosted_ui_leads_to_a_working_form() {
    journey("back", Conditions { whole_browser: true, ..Conditions::default() }, |w| async move {
        w.open("/?tenant=acme").await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.sees("AcmeSAML").await?;
        w.driver.back().await?;
        // It is filled in, but not sent again.
        w.field_has("acme").await?;
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn a_sign_in_begun_in_one_tab_can_be_finished_in_another() {
    ordinary_journey("other-tab", |w| async move {
        w.open("/?tenant=acme").await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.sees("AcmeSAML").await?;
        // As if the person had followed a link in a mail: the response arrives in a tab with another sessionStorage.
        w.run_script("for (const form of document.forms) { form.target = '_blank'; form.rel = 'noopener' }").await?;
        w.press("Ada Lovelace").await?;
        w.switches_to_the_new_tab().await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn goes_on_to_an_allowed_address_after_signing_in() {
    ordinary_journey("return-to", |w| async move {
        let target = format!("{}/.well-known/openid-configuration", w.hosted_ui);
        w.open(&format!("/?tenant=acme&return_to={target}")).await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.arrives_at(&target).await?;
        Ok(())
    });
}

#[test]
fn drops_a_return_to_that_is_not_allowed_and_says_so() {
    ordinary_journey("return-to-refused", |w| async move {
        w.open("/?return_to=https%3A%2F%2F127.0.0.1%40evil.example%2F").await?;
        w.waits_for("return document.querySelector('[role=status].notice')").await?;
        w.submit("acme").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn the_keyboard_alone_is_enough() {
    ordinary_journey("keyboard", |w| async move {
        w.open("/").await?;
        w.field().await?;
        // The field has the focus from the start, Enter sends the form, and Tab leads to the list.
        w.types("ada@umbrella.example".to_owned() + Key::Enter).await?;
        w.sees_heading("Choose your organization").await?;
        w.types(Key::Tab + Key::Enter).await?;
        w.arrives_at(&w.hosted_ui).await?;
        Ok(())
    });
}

#[test]
fn a_narrow_screen_needs_no_sideways_scrolling() {
    let narrow = Conditions { width: Some(320), ..Conditions::default() };
    journey("narrow", narrow, |w| async move {
        for path in ["/", "/?tenant=nobody-has-this-code", "/callback", "/signed-out"] {
            w.open(path).await?;
            w.sees("ign").await?;
            let overflow = w.run_script("return document.documentElement.scrollWidth - innerWidth").await?;
            assert!(overflow.as_i64().unwrap() <= 0, "{path}: {overflow} px too wide");
        }
        Ok(())
    });
}

#[test]
fn the_form_is_marked_usable_and_known_to_password_managers() {
    ordinary_journey("usable", |w| async move {
        w.open("/").await?;
        assert_eq!(w.settles().await?, "form");
        let field = w.field().await?;
        assert_eq!(w.run_script("return performance.getEntriesByName('usable').length").await?, 1);
        assert_eq!(field.attr("autocomplete").await?.as_deref(), Some("username"));
        assert_eq!(w.driver.title().await?, "Sign in – Example");
        Ok::<_, anyhow::Error>(())
    });
}
