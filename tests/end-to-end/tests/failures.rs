//! Failures: each has a message, a stable code and a next step.

use end_to_end::{Conditions, journey, ordinary_journey};
use std::time::Duration;
use tokio::time::sleep;

fn with_config(config: Option<String>) -> Conditions {
    Conditions { config: Some(config), ..Conditions::default() }
}

#[test]
fn an_unknown_organization_gets_help_and_keeps_what_was_typed() {
    ordinary_journey("no-match", |w| async move {
        w.open("/").await?;
        w.submit("ada@acme.exmaple").await?;
        let words = w.sees_problem("no_match").await?;
        assert!(words.contains("acme.exmaple") && !words.contains("ada@"), "{words}");
        let field = w.field().await?;
        assert_eq!(field.prop("value").await?.as_deref(), Some("ada@acme.exmaple"));
        assert_eq!(field.attr("aria-invalid").await?.as_deref(), Some("true"));
        assert!(w.driver.title().await?.starts_with("Error: "));
        assert_eq!(w.run_script("return document.activeElement.firstElementChild.role").await?, "alert");
        Ok(())
    });
}

#[test]
fn each_kind_of_unfinished_input_has_its_own_error() {
    ordinary_journey("input", |w| async move {
        w.open("/").await?;
        w.field().await?;
        w.press("Continue").await?;
        w.sees_problem("identifier_empty").await?;
        w.submit("ada@acme").await?;
        w.sees_problem("identifier_email_incomplete").await?;
        w.submit(" and more").await?;
        w.sees_problem("identifier_malformed").await.map(drop)
    });
}

#[test]
fn cancelling_at_the_provider_offers_to_try_again() {
    ordinary_journey("cancelled", |w| async move {
        w.open("/").await?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Cancel").await?;
        w.sees_problem("provider_access_denied").await?;
        assert!(w.session().await?.is_null());
        w.press("Try again with Acme Corporation").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn every_refusal_has_its_own_message() {
    ordinary_journey("refusals", |w| async move {
        for (person, code, says) in [
            ("Noor", "provider_not_assigned", "Ask your administrator"),
            ("Omar", "provider_operator_check", "Your account is locked until Monday."),
            ("Tess", "provider_unreachable", "did not answer"),
            ("Mallory", "id_token_identity_provider", "another organization"),
        ] {
            w.open("/?tenant=acme").await?;
            w.signs_in_at("AcmeSAML", person).await?;
            let words = w.sees_problem(code).await?;
            assert!(words.contains(says), "{person}: {words}");
            assert!(w.session().await?.is_null(), "{person}");
        }
        w.press("Choose another organization").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn an_account_that_was_just_linked_is_tried_again_by_itself() {
    ordinary_journey("linked", |w| async move {
        w.open("/?tenant=acme").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        // The mark distinguishes this page from the next one, which looks the same.
        w.run_script("window.isOldPage = true").await?;
        w.press("Lena").await?;
        // The hosted UI refuses the first time, and the picker tries again at once.
        w.waits_for(&format!("return !window.isOldPage && location.href.startsWith('{}')", w.hosted_ui)).await?;
        w.signs_in_at("AcmeSAML", "Lena").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn refuses_a_response_with_an_unknown_state_and_the_genuine_one_still_works() {
    ordinary_journey("forged", |w| async move {
        w.open("/?tenant=acme").await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.sees("AcmeSAML").await?;
        let genuine = w.driver.window().await?;
        let forged = "A".repeat(43);
        w.opens_a_tab(&format!("/callback?code=x&state={forged}&error_description=%3Cb%3EEvil%3C%2Fb%3E")).await?;
        let words = w.sees_problem("callback_state_unknown").await?;
        assert!(!words.contains("Evil"), "{words}");
        assert_eq!(w.driver.current_url().await?.query(), None, "the address bar is clean");
        assert_eq!(w.pending_count().await?, 1, "the genuine sign-in is still pending");

        w.driver.switch_to_window(genuine).await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn a_callback_without_a_pending_sign_in_leads_to_the_form() {
    ordinary_journey("callback-alone", |w| async move {
        for (query, code) in [
            ("", "callback_empty"),
            ("?code=abc", "callback_unsolicited"),
            ("?code=a&code=b&state=c", "callback_repeated_parameter"),
        ] {
            w.open(&format!("/callback{query}")).await?;
            w.sees_problem(code).await?;
        }
        w.press("Start over").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn says_so_when_the_lookup_service_is_down() {
    ordinary_journey("service-down", |w| async move {
        w.open("/").await?;
        assert_eq!(w.settles().await?, "form", "the page has its settings");
        w.stop_service();
        w.submit("ada@acme.example").await?;
        w.sees_problem("lookup_unreachable").await?;
        assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some("ada@acme.example"));
        Ok(())
    });
}

#[test]
fn a_missing_config_json_has_its_own_error() {
    journey("config-missing", with_config(None), |w| async move {
        w.open("/").await?;
        w.sees_problem("config_missing").await.map(drop)
    });
}

#[test]
fn an_invalid_config_json_error_names_the_field() {
    let config =
        r#"{"lookup_url":"/v1/lookup","user_pools":[{"issuer":"https://i.example","hosted_ui":"http://h.example"}]}"#;
    journey("config-broken", with_config(Some(config.to_owned())), |w| async move {
        w.open("/").await?;
        let words = w.sees_problem("config_malformed").await?;
        assert!(words.contains("user_pools[0].hosted_ui: must be https"), "{words}");
        Ok(())
    });
}

#[test]
fn an_address_that_does_not_exist_leads_to_the_form() {
    ordinary_journey("not-found", |w| async move {
        w.open("/no/such/page").await?;
        w.sees_problem("page_not_found").await?;
        w.press("Start over").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn the_page_stays_without_web_cryptography() {
    ordinary_journey("no-crypto", |w| async move {
        w.runs_in_every_page("Object.defineProperty(crypto, 'subtle', { value: undefined })").await?;
        w.open("/").await?;
        w.submit("acme").await?;
        w.sees_problem("no_web_crypto").await?;
        assert_eq!(w.driver.current_url().await?.as_str(), format!("{}/", w.picker));
        assert_eq!(w.pending_count().await?, 0);
        Ok(())
    });
}

#[test]
fn a_person_who_is_not_a_member_is_not_redirected_in_a_loop() {
    journey("no-circles", Conditions::whole_browser(), |w| async move {
        w.open("/?tenant=acme").await?;
        w.signs_in_at("AcmeSAML", "Noor").await?;
        w.sees_problem("provider_not_assigned").await?;
        w.run_script("window.isStillHere = true").await?;
        sleep(Duration::from_millis(1500)).await;
        assert_eq!(
            w.run_script("return window.isStillHere").await?,
            true,
            "after a refusal the page does not redirect by itself"
        );
        w.press("Choose another organization").await?;
        assert_eq!(w.typed_text().await?, "", "the organization that refused is not filled in");
        sleep(Duration::from_millis(500)).await;
        assert_eq!(w.driver.current_url().await?.as_str(), format!("{}/", w.picker));
        // Back to the deep link does not start the sign-in again either.
        w.driver.back().await?;
        sleep(Duration::from_millis(500)).await;
        assert!(w.driver.current_url().await?.as_str().starts_with(&w.picker));
        Ok(())
    });
}
