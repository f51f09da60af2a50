//! The applications in `examples/`, which the picker hands people over to.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use anyhow::{Context, Result};
use end_to_end::{Conditions, Product, World, journey};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

/// A world with the product, which is started with the world's servers.
fn with_product() -> Conditions {
    Conditions { product: true, ..Conditions::default() }
}

fn product(w: &World) -> &Product {
    w.product().unwrap()
}

/// Submits the form in the element, which is the first on the product's login page.
async fn submits(w: &World, text: &str) -> Result<()> {
    let field = w.driver.query(By::Css("tenant-picker [name=login_hint]")).and_displayed().first().await?;
    Ok(field.send_keys(text.to_owned() + Key::Enter).await?)
}

/// Waits until the element works.
async fn opens_login(w: &World, path: &str) -> Result<()> {
    w.driver.goto(format!("{}{path}", product(w).url)).await?;
    w.waits_for("return document.querySelector('tenant-picker [role=status]')").await
}

#[test]
fn the_backend_signs_in_whom_the_picker_hands_back_and_keeps_the_tokens() {
    journey("example-backend", with_product(), |w| async move {
        opens_login(&w, "").await?;
        submits(&w, "ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.sees_heading("Projects of Acme Corporation").await?;
        w.sees("You are signed in as ada@acme.example.").await?;
        let page = w.driver.source().await?;
        assert!(!page.contains("eyJ"), "no token reaches the page");
        assert_eq!(w.run_script("return document.cookie").await?, "", "the cookie is HttpOnly");
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        opens_login(&w, "").await?;
        submits(&w, "ada@acme.example").await?;
        // For the same target within half a minute the picker asks first, since it could be a loop.
        w.arrives_at(&w.picker).await?;
        assert_eq!(w.settles().await?, "form");
        w.press("Continue").await?;
        w.sees_sign_in_page("AcmeSAML").await
    });
}

#[test]
fn the_products_form_works_without_its_script() {
    journey("example-form", with_product(), |w| async move {
        w.block_requests(Some("*/embed.js")).await?;
        w.driver.goto(&product(&w).url).await?;
        w.sees("Without script").await?;
        w.block_requests(None).await?;
        submits(&w, "ada@acme.example").await?;
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.sees_heading("Projects of Acme Corporation").await
    });
}

#[test]
fn the_single_page_application_takes_over_by_event_and_gets_strict_organizations_handed_back() {
    journey("example-spa", with_product(), |w| async move {
        opens_login(&w, "spa/").await?;
        submits(&w, "ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.sees_heading("Projects of Acme Corporation").await?;
        w.sees("\"code\":\"acme\"").await?;
        w.sees("200 {\"projects\"").await?;
        let recents = w.run_script("return localStorage.getItem('tenant-picker.recents')").await?;
        assert_eq!(recents, Value::Null, "the picker was not visited");
        w.press("Sign out").await?;
        w.waits_for("return document.querySelector('tenant-picker [role=status]')").await?;
        submits(&w, "hooli.example").await?;
        w.signs_in_at("COGNITO", "Ada Lovelace").await?;
        w.sees_heading("Projects of Hooli").await
    });
}

#[test]
fn forged_hand_backs_and_callbacks_are_refused() {
    journey("example-forged", with_product(), |w| async move {
        let iss = &w.hosted_ui;
        let app = &product(&w).url;
        let evil = "https%3A%2F%2Fevil.example%2F";
        for (path, code) in [
            (format!("login?iss={evil}&tenant=acme"), "foreign_issuer"),
            ("login?tenant=acme".to_owned(), "foreign_issuer"),
            (format!("login?iss={iss}&tenant=acme&tenant=globex"), "repeated_parameter"),
            (format!("login?iss={iss}&iss={iss}&tenant=acme"), "repeated_parameter"),
            (format!("login?iss={iss}"), "no_tenant"),
            (format!("login?iss={iss}&tenant=nobody"), "unknown"),
            (format!("login?iss={iss}&tenant=%40"), "unknown"),
            ("callback?code=forged&state=forged".to_owned(), "unknown_state"),
            ("callback".to_owned(), "unknown_state"),
        ] {
            for (folder, code) in [("", code), ("spa/", code)] {
                w.driver.goto(format!("{app}{folder}{path}")).await?;
                w.sees_heading("There is a problem").await.with_context(|| format!("{folder}{path}"))?;
                w.sees(&format!("Code: {code}")).await.with_context(|| format!("{folder}{path}"))?;
            }
        }
        // A target elsewhere becomes the start page.
        for target in [evil, "https%3A%2F%2Flocalhost.evil.example%2F", "javascript%3Aalert(1)"] {
            w.driver.goto(format!("{app}login?iss={iss}&tenant=acme&target_link_uri={target}")).await?;
            w.waits_for("return ['Log in', 'AcmeSAML'].some((text) => document.body?.innerText.includes(text))")
                .await?;
            if w.driver.current_url().await?.as_str().starts_with(iss) {
                w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
            }
            w.sees_heading("Log in").await?;
            assert_eq!(w.driver.current_url().await?.as_str(), app);
        }
        Ok(())
    });
}

/// A script that gives the ID tokens of the token endpoint the claims in `sessionStorage.claims`. The single-page
/// application does not check their signature, because they came from the token endpoint.
const FOREIGN_CLAIMS: &str = "
    const original = window.fetch;
    window.fetch = async (...request) => {
        const response = await original(...request);
        if (!response.url.endsWith('/oauth2/token')) return response;
        const tokens = await response.json();
        const [header, payload, signature] = tokens.id_token.split('.');
        const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
        const changed = btoa(JSON.stringify({ ...claims, ...JSON.parse(sessionStorage.claims) }));
        const url_safe = changed.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
        tokens.id_token = [header, url_safe, signature].join('.');
        return Response.json(tokens);
    };";

#[test]
fn the_single_page_application_refuses_an_id_token_of_another_app_client_issuer_or_time() {
    journey("example-spa-foreign", with_product(), |w| async move {
        let spa = format!("{}spa/", product(&w).url);
        let iss = &w.hosted_ui;
        w.runs_in_every_page(FOREIGN_CLAIMS).await?;
        opens_login(&w, "spa/").await?;
        for claims in
            [json!({ "aud": "another-client" }), json!({ "iss": "https://evil.example" }), json!({ "exp": 1 })]
        {
            w.run_script(&format!("sessionStorage.claims = {}", Value::from(claims.to_string()))).await?;
            w.driver.goto(format!("{spa}login?iss={iss}&tenant=acme")).await?;
            // The hosted UI asks only once, because it has a session then.
            if claims["aud"].is_string() {
                w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
            }
            w.sees("Code: foreign_token").await.with_context(|| claims.to_string())?;
            w.press("Start again").await?;
            w.sees_heading("Log in").await.context("nobody is signed in")?;
        }
        w.run_script("sessionStorage.claims = '{}'").await?;
        w.driver.goto(format!("{spa}login?iss={iss}&tenant=acme")).await?;
        w.sees_heading("Projects of Acme Corporation").await
    });
}

/// The status and the body of a request to the product's API with this token.
async fn asks_api(w: &World, path: &str, token: &str) -> Result<(u16, Value)> {
    let request = reqwest::Client::new().get(format!("{}api/{path}", product(w).url)).bearer_auth(token);
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.json().await?))
}

#[test]
fn the_api_tells_tenants_apart_and_refuses_tokens_of_unlisted_app_clients() {
    journey("example-api", with_product(), |w| async move {
        // The picker signs in for its own origin, so that there are tokens to try.
        w.signs_in("/?tenant=acme&return_to=/callback", "AcmeSAML", "acme", "Acme Corporation").await?;
        let acme = w.session().await?;
        let token = acme["access_token"].as_str().context("a token")?;
        assert_eq!(asks_api(&w, "me", token).await?.1["code"], "acme");
        assert_eq!(asks_api(&w, "organizations/acme/projects", token).await?.0, 200);
        let crossed = asks_api(&w, "organizations/globex/projects", token).await?;
        assert_eq!(crossed, (403, json!({ "error": "another_organization" })));

        let (signed, signature) = token.rsplit_once('.').context("a JWT")?;
        let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
        let id_token = acme["id_token"].as_str().context("a token")?;
        for wrong in ["x", &forged, id_token] {
            assert_eq!(asks_api(&w, "me", wrong).await?, (401, json!({ "error": "invalid_token" })));
        }
        Ok(())
    });
}
