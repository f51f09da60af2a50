//! session.js: the session on pages of the picker's own origin, as an application uses it.

use anyhow::{Context, Result};
use end_to_end::{Conditions, Engine, World, journey};
use serde_json::{Value, json};

/// What a call of `session.js` returns, such as `read()`.
async fn call(w: &World, function: &str) -> Result<Value> {
    let script = format!(
        "const done = arguments[0];
         import('/login/session.js').then((session) => session.{function}).then(done, (error) => done(String(error)))"
    );
    Ok(w.driver.execute_async(&script, Vec::new()).await?.json().clone())
}

/// Signs in to Acme below `/login/`, with tokens that are valid for so many seconds more.
async fn signs_in_for(w: &World, seconds: i64) -> Result<()> {
    w.signs_in_to_acme().await?;
    expires_in(w, seconds).await
}

async fn expires_in(w: &World, seconds: i64) -> Result<()> {
    let script = format!(
        "const key = 'tenant-picker.session', session = JSON.parse(sessionStorage.getItem(key));
         session.expires_at = Math.floor(Date.now() / 1000) + {seconds};
         sessionStorage.setItem(key, JSON.stringify(session))"
    );
    w.run_script(&script).await.map(drop)
}

/// How many token requests were made since the last call. Only Chromium counts them.
async fn token_requests(w: &World) -> Result<usize> {
    let requests = w.requests().await?;
    Ok(requests.iter().filter(|r| r["url"].as_str().is_some_and(|url| url.ends_with("/oauth2/token"))).count())
}

fn below_login() -> Conditions {
    Conditions { base_path: Some("/login/"), rotated: true, ..Conditions::watched() }
}

#[test]
fn two_tabs_share_one_refresh_in_chromium() {
    two_tabs_share_one_refresh(Engine::Chromium);
}

#[test]
fn two_tabs_share_one_refresh_in_firefox() {
    two_tabs_share_one_refresh(Engine::Firefox);
}

#[test]
fn an_application_reads_the_session_until_it_expires() {
    journey("session-read", below_login(), |w| async move {
        w.open("/signed-out").await?;
        w.sees_heading("You have signed out").await?;
        assert_eq!(call(&w, "read()").await?, Value::Null);
        assert_eq!(call(&w, "fresh()").await?, Value::Null);
        signs_in_for(&w, 600).await?;
        assert_eq!(call(&w, "read()").await?, w.session().await?);
        assert_eq!(call(&w, "fresh()").await?, w.session().await?, "it is fresh enough");
        expires_in(&w, 0).await?;
        assert_eq!(call(&w, "read()").await?, Value::Null);
        for record in ["", "{", "null", "7", "{\"tenant\":{}}"] {
            w.run_script(&format!("sessionStorage.setItem('tenant-picker.session', {})", json!(record))).await?;
            assert_eq!(call(&w, "read()").await?, Value::Null, "{record}");
            assert_eq!(call(&w, "fresh()").await?, Value::Null, "{record}");
        }
        Ok(())
    });
}

#[test]
fn a_session_that_is_about_to_expire_is_refreshed_once() {
    journey("session-refresh", below_login(), |w| async move {
        signs_in_for(&w, 59).await?;
        for seconds in [59, -100] {
            expires_in(&w, seconds).await?;
            token_requests(&w).await?;
            let before = w.session().await?;
            let both = call(&w, "fresh().then(async (one) => [one, await session.fresh()])").await?;
            let after = w.session().await?;
            assert_eq!(both, json!([after, after]));
            assert_eq!(call(&w, "read()").await?, after);
            assert_ne!(after["access_token"], before["access_token"]);
            assert_ne!(after["refresh_token"], before["refresh_token"], "the hosted UI rotates refresh tokens");
            assert_eq!(after["tenant"], before["tenant"]);
            assert!(after["expires_at"].as_i64() > before["expires_at"].as_i64().map(|at| at + 600));
            assert_eq!(token_requests(&w).await?, 1);
            // The next one uses the rotated token.
            expires_in(&w, 1).await?;
            assert_ne!(call(&w, "fresh()").await?["access_token"], after["access_token"]);
        }
        Ok(())
    });
}

#[test]
fn calls_at_the_same_time_share_one_refresh() {
    journey("session-calls", below_login(), |w| async move {
        signs_in_for(&w, 30).await?;
        token_requests(&w).await?;
        let all = call(&w, "fresh && Promise.all([1, 2, 3].map(() => session.fresh()))").await?;
        assert_eq!(all, json!([w.session().await?, w.session().await?, w.session().await?]));
        assert_eq!(token_requests(&w).await?, 1);
        Ok(())
    });
}

/// The hosted UI refuses a refresh token that was used, and all that came of it. So the session would end if the second
/// tab used it again.
fn two_tabs_share_one_refresh(engine: Engine) {
    journey("session-tabs", Conditions { engine, watched: false, ..below_login() }, |w| async move {
        signs_in_for(&w, 30).await?;
        let before = w.session().await?;
        // A tab that this one opens has a copy of its session.
        w.run_script("window.open('/login/callback')").await?;
        let first = w.driver.window().await?;
        w.switches_to_the_new_tab().await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        let second = w.driver.window().await?;
        assert_eq!(call(&w, "read()").await?, before);
        w.driver.switch_to_window(first).await?;
        let refreshed = call(&w, "fresh()").await?;
        assert_ne!(refreshed["refresh_token"], before["refresh_token"]);
        w.driver.switch_to_window(second).await?;
        assert_eq!(call(&w, "fresh()").await?, refreshed, "the second tab gets what the first one got");
        assert_eq!(w.session().await?, refreshed);
        Ok(())
    });
}

#[test]
fn a_refused_refresh_ends_the_session_and_an_unreachable_endpoint_does_not() {
    journey("session-refused", below_login(), |w| async move {
        signs_in_for(&w, 30).await?;
        let before = w.session().await?;
        w.block_requests(Some("*/oauth2/token")).await?;
        assert_eq!(call(&w, "fresh()").await?, before, "still valid for half a minute");
        w.block_requests(None).await?;
        let respond = |status: u16| {
            format!(
                "fresh && (window.fetch = async (url) => String(url).endsWith('/oauth2/token') ? new Response('{{}}', {{ status: {status} }}) : new Response('{{\"user_pools\":[{{\"issuer\":\"{0}\",\"hosted_ui\":\"{0}\"}}]}}'), session.fresh())",
                w.hosted_ui
            )
        };
        for status in [500, 503, 429] {
            assert_eq!(call(&w, &respond(status)).await?, before, "{status}");
        }
        assert_eq!(call(&w, &respond(400)).await?, Value::Null);
        assert_eq!(w.session().await?, Value::Null);
        Ok(())
    });
}

#[test]
fn tokens_of_another_issuer_person_or_app_client_end_the_session() {
    journey("session-foreign", below_login(), |w| async move {
        w.signs_in_to_acme().await?;
        for (token, claim, value) in [
            ("id_token", "iss", json!("https://evil.example")),
            ("id_token", "sub", json!("somebody-else")),
            ("id_token", "aud", json!("another-client")),
            ("access_token", "client_id", json!("another-client")),
            ("access_token", "sub", json!("somebody-else")),
            ("access_token", "exp", json!(1)),
        ] {
            w.signs_in_to_acme_unasked().await?;
            expires_in(&w, 30).await?;
            // The token endpoint returns the same tokens, with one claim changed.
            let script = format!(
                "fresh && (window.fetch = async (url) => {{
                  if (!String(url).endsWith('/oauth2/token')) return new Response('{{\"user_pools\":[{{\"issuer\":\"{0}\",\"hosted_ui\":\"{0}\"}}]}}');
                  const response = {{ ...JSON.parse(sessionStorage.getItem('tenant-picker.session')), expires_in: 3600 }};
                  const [head, payload, signature] = response['{token}'].split('.');
                  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
                  claims['{claim}'] = {value};
                  response['{token}'] = [head, btoa(JSON.stringify(claims)), signature].join('.');
                  return new Response(JSON.stringify(response));
                }}, session.fresh())",
                w.hosted_ui
            );
            assert_eq!(call(&w, &script).await?, Value::Null, "{token} {claim}");
            assert_eq!(w.session().await?, Value::Null, "{token} {claim}");
        }
        Ok(())
    });
}

#[test]
fn signing_out_revokes_the_refresh_token_and_ends_all_sessions() {
    journey("session-sign-out", below_login(), |w| async move {
        signs_in_for(&w, 600).await?;
        // A page of the origin that is not the picker's, so that only session.js can notice the sign-out.
        w.open("/session.js").await?;
        w.sees("tenant-picker").await?;
        let first = w.driver.window().await?;
        w.opens_a_tab("/?tenant=acme").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        let refresh_token = w.session().await?["refresh_token"].clone();
        w.requests().await?;
        call(&w, "signOut() && null").await?;
        w.sees_heading("You have signed out").await?;
        let requests = w.requests().await?;
        let revoked =
            requests.iter().find(|r| r["url"] == format!("{}/oauth2/revoke", w.hosted_ui)).context("revoke")?;
        let token = refresh_token.as_str().context("a refresh token")?;
        assert!(revoked["postData"].as_str().is_some_and(|body| body.contains(&format!("token={token}"))));
        assert_eq!(call(&w, "read()").await?, Value::Null);
        w.driver.switch_to_window(first).await?;
        assert_eq!(call(&w, "read()").await?, Value::Null, "the other tab of the organization is signed out");
        // The hosted UI asks again.
        w.open("/?tenant=acme").await?;
        w.sees_sign_in_page("AcmeSAML").await
    });
}

#[test]
fn signing_out_ends_the_session_even_if_config_json_is_not_to_be_had() {
    journey("session-offline", below_login(), |w| async move {
        signs_in_for(&w, 600).await?;
        w.block_requests(Some("*/config.json*")).await?;
        call(&w, "signOut() && null").await?;
        w.arrives_at(&format!("{}/signed-out", w.picker)).await?;
        assert_eq!(w.session().await?, Value::Null);
        w.block_requests(None).await
    });
}

#[test]
fn switching_the_organization_goes_to_the_form_and_from_a_strict_one_by_way_of_its_sign_out() {
    journey("session-switch", below_login(), |w| async move {
        signs_in_for(&w, 600).await?;
        call(&w, "switchOrganization() && null").await?;
        w.sees_heading("Sign in").await?;
        assert_eq!(w.session().await?, Value::Null);
        w.signs_in("/?tenant=hooli", "COGNITO", "hooli", "Hooli").await?;
        w.requests().await?;
        call(&w, "switchOrganization() && null").await?;
        w.sees_heading("Sign in").await?;
        let requests = w.requests().await?;
        assert!(requests.iter().any(|r| r["url"].as_str().is_some_and(|url| url.contains("/logout?client_id="))));
        Ok(())
    });
}
