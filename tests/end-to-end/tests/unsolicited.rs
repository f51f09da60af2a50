//! Responses and links that do not come from a sign-in of this browser: unsolicited responses, and sign-ins that a
//! third party initiates ([OpenID Connect Core
//! 4](https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin)).

use end_to_end::{Conditions, journey, ordinary_journey};
use thirtyfour::prelude::*;

#[test]
fn an_unsolicited_response_names_its_organization_and_offers_a_new_sign_in() {
    journey("unsolicited", Conditions::watched(), |w| async move {
        let mut asks = true;
        for path in ["/callback?code=abc&tenant=acme", "/callback/acme?code=abc"] {
            w.open(path).await?;
            let words = w.sees_problem("callback_unsolicited").await?;
            assert!(words.contains("Acme Corporation"), "{words}");
            assert_eq!(w.run_script("return location.search").await?, "");
            assert!(w.session().await?.is_null());
            assert!(!w.requests().await?.iter().any(|request| request["url"].to_string().contains("/oauth2/")));
            w.press("Continue to Acme Corporation").await?;
            if asks {
                w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
                asks = false;
            }
            w.is_signed_in_to("acme", "Acme Corporation").await?;
            let tokens = w.requests().await?;
            let tokens = tokens.iter().filter(|request| request["url"].to_string().contains("/oauth2/token"));
            assert_eq!(tokens.count(), 1, "{path}: only the new code is redeemed");
            w.run_script("sessionStorage.clear()").await?;
        }
        Ok(())
    });
}

#[test]
fn an_unsolicited_response_shows_none_of_its_text() {
    journey("unsolicited-hostile", Conditions::watched(), |w| async move {
        for query in [
            "/callback?code=abc&tenant=%3Cb%3Ex%3C%2Fb%3E",
            "/callback/%3Cb%3Ex%3C%2Fb%3E?code=abc",
            "/callback?code=abc&tenant=nobody-has-this-code",
            "/callback?code=abc&tenant=acme.example",
            "/callback?code=abc&error=%3Cb%3Ex%3C%2Fb%3E&error_description=%3Cb%3Ex%3C%2Fb%3E",
            "/callback?code=abc&state=&id_token=%3Cb%3Ex%3C%2Fb%3E",
        ] {
            w.open(query).await?;
            assert_eq!(w.settles().await?, "callback_unsolicited", "{query}");
            let shown = w.run_script("return document.querySelector('#app').innerHTML").await?.to_string();
            for foreign in ["<b>", "&lt;b", "nobody-has-this-code", "acme"] {
                assert!(!shown.contains(foreign), "{query}: {shown}");
            }
            w.press("Start over").await?;
            w.field().await?;
        }
        assert!(!w.requests().await?.iter().any(|request| request["url"].to_string().contains("/oauth2/")));
        Ok(())
    });
}

#[test]
fn a_third_party_can_begin_a_sign_in() {
    ordinary_journey("third-party", |w| async move {
        let target = format!("{}/.well-known/openid-configuration", w.hosted_ui);
        for (target, arrives) in
            [("%2Fsigned-out", format!("{}/signed-out", w.picker)), (target.as_str(), target.clone())]
        {
            w.open(&format!("/?iss={}&login_hint=ada%40acme.example&target_link_uri={target}", w.hosted_ui)).await?;
            assert_eq!(w.settles().await?, "form");
            assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some("ada@acme.example"));
            assert_eq!(w.run_script("return document.querySelectorAll('.notice').length").await?, 0);
            w.press("Continue").await?;
            // The second time, the hosted UI has a session and shows no page.
            if arrives.starts_with(&w.picker) {
                w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
            }
            w.arrives_at(&arrives).await?;
        }
        Ok(())
    });
}

#[test]
fn unknown_third_parties_and_forbidden_targets_get_different_notices() {
    ordinary_journey("third-party-refused", |w| async move {
        let known = w.hosted_ui.as_str();
        let almost = format!("{known}/");
        for (iss, target, fills, says) in [
            ("https://evil.example", "/signed-out", "", "does not know"),
            (almost.as_str(), "/signed-out", "", "does not know"),
            (known, "https://evil.example", "ada@acme.example", "not on our list"),
            (known, "javascript:alert(1)", "ada@acme.example", "not on our list"),
        ] {
            let query = format!("iss={iss}&login_hint=ada%40acme.example&target_link_uri={target}");
            w.open(&format!("/?{query}")).await?;
            assert_eq!(w.settles().await?, "form");
            assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some(fills), "{query}");
            let notice = w.driver.find(By::Css("[role=status].notice")).await?;
            assert!(notice.is_displayed().await?);
            let words = notice.text().await?;
            assert!(words.contains(says) && !words.contains("evil"), "{query}: {words}");
        }
        // A target that is not allowed is not followed after the sign-in.
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(w.driver.current_url().await?.path(), "/callback");
        Ok(())
    });
}
