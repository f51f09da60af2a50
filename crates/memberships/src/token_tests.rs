use super::*;
use crate::samples::{NOW, OTHER_POOL, POOL, at_once, claims, claims_with, deployment, organizations};
use crate::test_tokens::{base64url, other_key, pool_key};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Verifies a token as the service does, with the keys of the pool that it leads to.
fn verify(text: &str) -> Result<Proof, Refusal> {
    let (deployment, keys) = (deployment(), Jwks::parse(&pool_key().key_set()).unwrap());
    let token = UnverifiedToken::parse(text)?;
    let signed = token.issuer(&deployment).and_then(|pool| token.check_signature(pool, &keys))?;
    at_once(signed.prove(&organizations(), &deployment, UnixTime(NOW))).map_err(|reason| match reason {
        NoProof::Refused(refusal) => refusal,
        NoProof::Unavailable => panic!("the sample always answers"),
    })
}

#[track_caller]
fn check(text: &str, expected: Result<(), Refusal>) {
    assert_eq!(verify(text).map(drop), expected, "{text}");
}

#[track_caller]
fn check_claim(name: &str, value: Value, expected: Result<(), Refusal>) {
    let claims = claims_with(name, value);
    assert_eq!(verify(&pool_key().token(&claims)).map(drop), expected, "{claims}");
}

/// A token with another header.
#[track_caller]
fn check_header(header: &str, expected: Result<(), Refusal>) {
    check(&pool_key().signed(header, &claims().to_string()), expected);
}

#[test]
fn a_good_token_proves_whose_it_is() {
    let proof = verify(&pool_key().token(&claims())).unwrap();
    assert_eq!((proof.tenant.code.as_str(), proof.issuer.as_str()), ("acme", POOL));
    assert_eq!((proof.subject.secret(), proof.domain.as_deref()), ("ada-sub", Some("acme.example")));
}

#[test]
fn only_rs256_of_the_pools_key_is_taken() {
    check(&other_key().token(&claims()), Err(Refusal::Signature));
    let unsigned =
        |alg: &str| format!("{}.{}.", base64url(json!({ "alg": alg, "kid": "pool-key" }).to_string()), base64url("{}"));
    check(&unsigned("none"), Err(Refusal::Algorithm));
    check(&unsigned("RS256"), Err(Refusal::Issuer));
    for alg in ["HS256", "ES256", "PS256", "RS384", "rs256", ""] {
        check_header(&json!({ "alg": alg, "kid": "pool-key" }).to_string(), Err(Refusal::Algorithm));
    }
    check_header(r#"{"kid":"pool-key"}"#, Err(Refusal::Algorithm));
    check_header(r#"{"alg":"RS256","kid":"pool-key","crit":["exp"]}"#, Err(Refusal::Algorithm));
}

#[test]
fn a_token_signed_with_the_public_key_as_a_secret_is_refused() {
    let header = base64url(r#"{"alg":"HS256","kid":"pool-key"}"#);
    let input = format!("{header}.{}", base64url(claims().to_string()));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, pool_key().key_set().as_bytes());
    check(&format!("{input}.{}", base64url(ring::hmac::sign(&key, input.as_bytes()))), Err(Refusal::Algorithm));
}

#[test]
fn the_key_is_one_of_the_pools_by_its_id() {
    check_header(r#"{"alg":"RS256","kid":"another"}"#, Err(Refusal::KeyUnknown));
    check_header(r#"{"alg":"RS256"}"#, Err(Refusal::KeyUnknown));
    check_header(r#"{"alg":"RS256","kid":7}"#, Err(Refusal::Malformed));
    // Keys and addresses of keys in a token are not looked at.
    let own: Value = serde_json::from_str(&other_key().key_set()).unwrap();
    let header =
        json!({ "alg": "RS256", "kid": "pool-key", "jwk": own["keys"][0], "jku": "https://evil.example/jwks.json" });
    check(&other_key().signed(&header.to_string(), &claims().to_string()), Err(Refusal::Signature));
}

#[test]
fn the_form_is_that_of_rfc_7515_to_the_letter() {
    let good = pool_key().token(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let (header, payload, signature) = (parts[0], parts[1], parts[2]);
    for bad in [
        String::new(),
        "..".to_owned(),
        format!("{good}="),
        format!("{good}.{signature}"),
        format!("{good}.a.b"),
        format!(" {good}"),
        format!("{good}\n"),
        good.replacen('.', "..", 1),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}"),
        format!("{header}.{}.{signature}", base64url("[1]")),
        format!("{header}.{}.{signature}", base64url([0xff, 0xfe])),
        format!("{header}.\u{e4}.{signature}"),
        format!(r#"{{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#),
    ] {
        check(&bad, Err(Refusal::Malformed));
    }
    let standard = good.replace('-', "+").replace('_', "/");
    check(&standard, Err(Refusal::Malformed));
}

#[test]
fn a_name_that_is_there_twice_is_refused() {
    let claims = claims().to_string();
    check(&pool_key().signed(r#"{"alg":"RS256","alg":"RS256","kid":"pool-key"}"#, &claims), Err(Refusal::Malformed));
    let header = r#"{"alg":"RS256","kid":"pool-key"}"#;
    for twice in [r#"{"aud":"client-globex","#, r#"{"identities":[{"a":1,"a":2}],"#, r#"{"\u0061ud":"x","#] {
        check(&pool_key().signed(header, &claims.replacen('{', twice, 1)), Err(Refusal::Malformed));
    }
}

#[test]
fn a_token_may_have_16_kb() {
    let with = |padding: usize| pool_key().token(&claims_with("custom:padding", json!("a".repeat(padding))));
    let longest = (0..TOKEN_MAX).rev().find(|padding| (padding + 1000) * 4 / 3 < TOKEN_MAX).unwrap();
    check(&with(longest), Ok(()));
    check(&with(17 * 1024), Err(Refusal::TooLarge));
    check(&"a".repeat(TOKEN_MAX + 1), Err(Refusal::TooLarge));
}

#[test]
fn the_issuer_is_one_that_config_json_names() {
    for iss in
        [json!("https://evil.example/pool"), json!("https://idp.example/pool/"), json!("HTTPS://idp.example/pool")]
    {
        check_claim("iss", iss, Err(Refusal::Issuer));
    }
    check_claim("iss", json!([POOL]), Err(Refusal::Issuer));
    check_claim("iss", Value::Null, Err(Refusal::Issuer));
}

#[test]
fn a_token_of_one_pool_is_not_checked_with_the_keys_of_another() {
    let (deployment, keys) = (deployment(), Jwks::parse(&pool_key().key_set()).unwrap());
    let token = UnverifiedToken::parse(&pool_key().token(&claims())).unwrap();
    let other = deployment.user_pools.iter().find(|pool| pool.issuer.as_str() == OTHER_POOL).unwrap();
    assert_eq!(token.check_signature(other, &keys).map(drop), Err(Refusal::Issuer));
}

#[test]
fn the_audience_is_an_app_client_of_the_same_pool() {
    check_claim("aud", json!("client-nobody"), Err(Refusal::Audience));
    check_claim("aud", json!("CLIENT-ACME"), Err(Refusal::Audience));
    check_claim("aud", json!(["client-acme"]), Err(Refusal::Audience));
    check_claim("aud", Value::Null, Err(Refusal::Audience));
    check_claim("aud", json!("client-far"), Err(Refusal::Audience));
    check_claim("iss", json!(OTHER_POOL), Err(Refusal::Audience));
    check_claim("azp", json!("client-acme"), Ok(()));
    check_claim("azp", json!("client-globex"), Err(Refusal::Audience));
}

#[test]
fn other_tokens_than_id_tokens_are_refused_as_such() {
    check_claim("token_use", Value::Null, Err(Refusal::Use));
    let access = json!({ "iss": POOL, "sub": "ada-sub", "client_id": "client-acme", "token_use": "access",
                         "scope": "openid", "exp": NOW + 3600, "iat": NOW });
    check(&pool_key().token(&access), Err(Refusal::Use));
    let machine = json!({ "iss": POOL, "sub": "machine", "client_id": "machine", "token_use": "access",
                          "scope": "api/read", "exp": NOW + 3600, "iat": NOW });
    check(&pool_key().token(&machine), Err(Refusal::Use));
    // Cognito's refresh tokens are encrypted: five parts.
    let refresh = base64url(r#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#) + ".a.b.c.d";
    check(&refresh, Err(Refusal::Use));
    check("a.b.c.d.e", Err(Refusal::Malformed));
}

#[test]
fn the_times_have_five_minutes_of_tolerance() {
    check_claim("exp", json!(NOW - 299), Ok(()));
    check_claim("exp", json!(NOW - 300), Err(Refusal::Expired));
    check_claim("exp", json!("1900000000"), Err(Refusal::Malformed));
    check_claim("exp", Value::Null, Err(Refusal::Malformed));
    check_claim("iat", json!(NOW + 300), Ok(()));
    check_claim("iat", json!(NOW + 301), Err(Refusal::NotYetValid));
    check_claim("iat", Value::Null, Err(Refusal::Malformed));
    check_claim("nbf", json!(NOW + 301), Err(Refusal::NotYetValid));
    check_claim("nbf", json!(NOW - 1), Ok(()));
    check_claim("sub", Value::Null, Err(Refusal::Malformed));
    check_claim("sub", json!(""), Err(Refusal::Malformed));
}

#[test]
fn the_provider_is_the_organizations() {
    let provider = |name: &str, primary: &str| json!([{ "providerName": name, "primary": primary }]);
    check_claim("identities", provider("GlobexOIDC", "true"), Err(Refusal::Provider));
    check_claim("identities", Value::Null, Err(Refusal::IdentitiesMissing));
    check_claim("identities", json!([]), Err(Refusal::IdentitiesMissing));
    check_claim("identities", json!("AcmeSAML"), Err(Refusal::Provider));
    let native = |identities: Value| {
        let mut claims = claims_with("identities", identities);
        claims["aud"] = json!("client-hooli");
        verify(&pool_key().token(&claims)).map(drop)
    };
    assert_eq!(native(Value::Null), Ok(()));
    assert_eq!(native(provider("AcmeSAML", "false")), Ok(()));
    assert_eq!(native(provider("AcmeSAML", "true")), Err(Refusal::Provider));
}

#[test]
fn only_a_verified_email_has_a_domain() {
    let domain = |verified: Value, email: Value| {
        let mut claims = claims_with("email_verified", verified);
        claims["email"] = email;
        verify(&pool_key().token(&claims)).unwrap().domain
    };
    let acme = Some("acme.example".to_owned());
    assert_eq!(domain(json!(true), json!("ada@acme.example")), acme);
    assert_eq!(domain(json!("true"), json!("\"a@b\"@acme.example")), acme);
    for verified in [json!(false), json!("false"), json!("TRUE"), json!(1), Value::Null] {
        assert_eq!(domain(verified, json!("ada@acme.example")), None);
    }
    assert_eq!(domain(json!(true), json!("ada")), None);
    assert_eq!(domain(json!(true), json!(["ada@acme.example"])), None);
}

#[test]
fn no_debug_output_has_a_secret() {
    let text = pool_key().token(&claims());
    let token = UnverifiedToken::parse(&text).unwrap();
    let shown = format!("{token:?}");
    let proof = verify(&text).unwrap();
    let shown = format!("{shown} {proof:?} {:?}", proof.subject);
    assert!(!["ada", "pool-key", &text[..20]].iter().any(|secret| shown.contains(secret)), "{shown}");
}

proptest! {
    #[test]
    fn a_token_with_any_other_character_is_refused(at in 0usize..10_000, with in "[A-Za-z0-9_.=+/ -]") {
        let good = pool_key().token(&claims());
        let at = at % good.len();
        let mut text = good.clone();
        text.replace_range(at..=at, &with);
        prop_assert_eq!(verify(&text).is_ok(), text == good);
    }

    #[test]
    fn any_text_is_refused(text in "\\PC{0,200}") {
        prop_assert!(verify(&text).is_err());
    }

    #[test]
    fn any_payload_that_is_signed_with_another_key_is_refused(payload in "\\PC{0,100}") {
        let text = other_key().signed(r#"{"alg":"RS256","kid":"pool-key"}"#, &payload);
        prop_assert!(verify(&text).is_err());
    }
}
