//! Every way in which a token endpoint's answer can be wrong, one claim at a time, from one good answer.

use super::*;
use crate::callback::AuthorizationResponse;
use crate::tests::sample;
use crate::tests::{NOW, STATE, native_tenant, pending_at, tenant};
use lookup_api::Tenant;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

const NONCE: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI";

/// Runs a future that never waits: in these tests the "platform" answers at once.
fn now_or_never<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("waited"),
    }
}

fn jwt(claims: &Value) -> String {
    let header = base64url(br#"{"alg":"RS256","kid":"k"}"#);
    format!("{header}.{}.{}", base64url(claims.to_string().as_bytes()), base64url(b"sig"))
}

fn access_claims() -> Value {
    json!({"iss": "https://idp.example/pool", "sub": "u-1", "client_id": "client-a", "token_use": "access", "exp": NOW.0 + 3600})
}

fn id_claims() -> Value {
    json!({
        "iss": "https://idp.example/pool", "sub": "u-1", "aud": "client-a", "exp": NOW.0 + 3600, "iat": NOW.0,
        "nonce": NONCE, "token_use": "id", "identities": [{"providerName": "AcmeSAML", "providerType": "SAML"}],
    })
}

fn body(id: &Value, access: &Value) -> Value {
    json!({"id_token": jwt(id), "access_token": jwt(access), "refresh_token": "r", "token_type": "Bearer", "expires_in": 3600})
}

fn awaited(tenant: Tenant) -> (TokenRequest, AwaitedTokens) {
    let answer = AuthorizationResponse::parse(&format!("?code=the-code&state={STATE}")).unwrap();
    pending_at(tenant).finish(answer, NOW).unwrap().token_request(&sample()).unwrap()
}

fn session_of(tenant: Tenant, body: &str) -> Result<Session, TokenError> {
    let unverified = awaited(tenant).1.receive(200, body)?;
    let keys = format!(r#"{{"keys":[{{"kty":"RSA","kid":"k","n":"{}","e":"AQAB"}}]}}"#, base64url(&[0xc5; 256]));
    let keys = Jwks::parse(&keys).unwrap();
    let key = unverified.select_key(&keys).ok_or(TokenError::IdTokenKeyUnknown)?;
    let verify = async |_: &RsaKey, _: &[u8], signature: &[u8]| Ok::<_, ()>(signature == b"sig");
    now_or_never(unverified.check_signature(key, verify)).unwrap()?.into_session(NOW).map(|signed_in| signed_in.session)
}

/// The good answer with one claim of the ID token set (`None`: taken out).
#[track_caller]
fn check_claim(name: &str, value: Option<Value>, expected: Result<(), TokenError>) {
    let mut id = id_claims();
    match value {
        Some(value) => id[name] = value,
        None => drop(id.as_object_mut().unwrap().remove(name)),
    }
    let got = session_of(tenant(), &body(&id, &access_claims()).to_string()).map(|_| ());
    assert_eq!(got, expected, "{name} in {id}");
}

#[test]
fn the_token_request_is_a_public_clients() {
    let (request, _) = awaited(tenant());
    assert_eq!(request.url, "https://auth.example/oauth2/token");
    assert_eq!(
        request.body,
        "grant_type=authorization_code&client_id=client-a&code=the-code&redirect_uri=https%3A%2F%2Flogin.example%2Fcallback&code_verifier=AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM"
    );
    assert!(!format!("{request:?}").contains("the-code"));
}

#[test]
fn a_sound_answer_makes_the_session_of_the_contract() {
    let session = session_of(tenant(), &body(&id_claims(), &access_claims()).to_string()).unwrap();
    let record: Value = serde_json::from_str(&session.to_record()).unwrap();
    assert_eq!(record["tenant"], serde_json::to_value(tenant()).unwrap());
    assert_eq!(record["expires_at"], NOW.0 + 3600);
    assert_eq!(record["refresh_token"], "r");
    assert!(!session.is_expired(NOW) && session.is_expired(UnixTime(NOW.0 + 3600)));
    assert!(!format!("{session:?}").contains(record["id_token"].as_str().unwrap()));
}

#[test]
fn a_kept_session_reads_back_and_knows_how_long_it_lasts() {
    let session = session_of(tenant(), &body(&id_claims(), &access_claims()).to_string()).unwrap();
    let read = Session::from_record(&session.to_record()).unwrap();
    assert_eq!(read.to_record(), session.to_record());
    assert_eq!(read.seconds_left(UnixTime(NOW.0 + 3000)), 600);
    assert_eq!(read.seconds_left(UnixTime(NOW.0 + 3700)), -100);
}

#[test]
fn the_keys_come_from_the_issuer_of_the_pending_sign_in() {
    assert_eq!(awaited(tenant()).1.jwks_uri(&sample()).unwrap(), "https://idp.example/pool/.well-known/jwks.json");
}

#[test]
fn an_answer_of_the_token_endpoint_has_a_largest_size_and_that_still_counts() {
    let sound = body(&id_claims(), &access_claims()).to_string();
    let padded = |length: usize| sound.clone() + &" ".repeat(length - sound.len());
    assert!(session_of(tenant(), &padded(BODY_MAX)).is_ok());
    assert_eq!(session_of(tenant(), &padded(BODY_MAX + 1)).map(|_| ()), Err(TokenError::ResponseMalformed));
    assert_eq!(BODY_MAX, 262_144);
}

#[test]
fn refresh_token_lifetime_and_the_types_case_may_vary() {
    let mut body = body(&id_claims(), &access_claims());
    body["token_type"] = json!("bEaReR");
    body.as_object_mut().unwrap().remove("refresh_token");
    body.as_object_mut().unwrap().remove("expires_in");
    let session = session_of(tenant(), &body.to_string()).unwrap();
    assert!(session.refresh_token.is_none());
    assert_eq!(session.expires_at, UnixTime(NOW.0 + 3600));
}

#[test]
fn refuses_a_token_of_another_issuer_client_or_attempt() {
    use TokenError::*;
    check_claim("iss", Some(json!("https://idp.example/pool/")), Err(IdTokenIssuer));
    check_claim("iss", None, Err(IdTokenIssuer));
    check_claim("aud", Some(json!("client-b")), Err(IdTokenAudience));
    check_claim("aud", Some(json!(["client-a"])), Ok(()));
    check_claim("aud", Some(json!(["client-a", "client-b"])), Err(IdTokenAudience));
    check_claim("aud", Some(json!(["client-a", 7])), Err(IdTokenAudience));
    check_claim("aud", Some(json!([])), Err(IdTokenAudience));
    check_claim("aud", None, Err(IdTokenAudience));
    check_claim("azp", Some(json!("client-a")), Ok(()));
    check_claim("azp", Some(json!("client-b")), Err(IdTokenAudience));
    check_claim("azp", Some(json!(null)), Err(IdTokenAudience));
    check_claim("nonce", Some(json!("wrong")), Err(IdTokenNonce));
    check_claim("nonce", None, Err(IdTokenNonce));
    check_claim("token_use", Some(json!("access")), Err(IdTokenUse));
    check_claim("token_use", None, Err(IdTokenUse));
    check_claim("sub", None, Err(IdTokenMalformed));
    check_claim("sub", Some(json!("")), Err(IdTokenMalformed));
    check_claim("sub", Some(json!(7)), Err(IdTokenMalformed));
}

#[test]
fn several_audiences_need_an_authorized_party() {
    let mut id = id_claims();
    id["aud"] = json!(["client-a", "client-b"]);
    id["azp"] = json!("client-a");
    assert!(session_of(tenant(), &body(&id, &access_claims()).to_string()).is_ok());
}

#[test]
fn the_clock_has_five_minutes_of_tolerance_and_says_by_how_much_it_is_off() {
    use TokenError::*;
    check_claim("exp", Some(json!(NOW.0 - 299)), Ok(()));
    check_claim("exp", Some(json!(NOW.0 - 300)), Err(ExpiredOrClockAhead { seconds: 300 }));
    check_claim("exp", Some(json!(NOW.0 - 7200)), Err(ExpiredOrClockAhead { seconds: 7200 }));
    check_claim("exp", None, Err(IdTokenMalformed));
    check_claim("exp", Some(json!("1900000000")), Err(IdTokenMalformed));
    check_claim("iat", Some(json!(NOW.0 + 300)), Ok(()));
    check_claim("iat", Some(json!(NOW.0 + 301)), Err(ClockBehind { seconds: 301 }));
    check_claim("iat", None, Err(IdTokenMalformed));
    check_claim("nbf", Some(json!(NOW.0 + 300)), Ok(()));
    check_claim("nbf", Some(json!(NOW.0 + 900)), Err(ClockBehind { seconds: 900 }));
    check_claim("nbf", Some(json!("x")), Err(IdTokenMalformed));
    for code in [ExpiredOrClockAhead { seconds: 1 }.code(), ClockBehind { seconds: 1 }.code()] {
        assert!(code.contains("clock"), "{code}");
    }
}

#[test]
fn at_hash_binds_where_it_stands() {
    let digest = Sha256::digest(jwt(&access_claims()).as_bytes());
    check_claim("at_hash", Some(json!(base64url(&digest[..16]))), Ok(()));
    check_claim("at_hash", Some(json!(base64url(&digest))), Err(TokenError::IdTokenAtHash));
    check_claim("at_hash", Some(json!(null)), Err(TokenError::IdTokenAtHash));
}

#[test]
fn a_federated_tenants_provider_must_be_among_those_that_the_profile_is_linked_to() {
    let ours = json!({"providerName": "AcmeSAML", "primary": "false"});
    let foreign = json!({"providerName": "EvilSAML", "primary": "true"});
    let wrong = || Err(TokenError::IdTokenProvider);
    let missing = || Err(TokenError::IdTokenIdentitiesMissing);
    for (identities, expected) in [
        (Some(json!([ours])), Ok(())),
        (Some(json!([ours, foreign])), Ok(())),
        (Some(json!([foreign, ours])), Ok(())),
        (Some(json!([foreign])), wrong()),
        (Some(json!([{"providerName": "acmesaml"}])), wrong()),
        (Some(json!("AcmeSAML")), wrong()),
        (Some(json!({"providerName": "AcmeSAML"})), wrong()),
        (Some(json!([])), missing()),
        (Some(json!(null)), missing()),
        (None, missing()),
    ] {
        check_claim("identities", identities, expected);
    }
}

#[test]
fn a_native_account_may_be_linked_to_providers_but_does_not_come_from_one() {
    let linked =
        |primary: Value| json!([{"providerName": "AcmeSAML"}, {"providerName": "GlobexOIDC", "primary": primary}]);
    for (identities, fits) in [
        (None, true),
        (Some(json!(null)), true),
        (Some(json!([])), true),
        (Some(linked(json!("false"))), true),
        (Some(linked(json!(false))), true),
        (Some(linked(json!("true"))), false),
        (Some(linked(json!(true))), false),
        (Some(json!("[]")), false),
    ] {
        let (mut id, mut access) = (id_claims(), access_claims());
        (id["aud"], access["client_id"]) = (json!("client-n"), json!("client-n"));
        match identities.clone() {
            Some(identities) => id["identities"] = identities,
            None => drop(id.as_object_mut().unwrap().remove("identities")),
        }
        let got = session_of(native_tenant(), &body(&id, &access).to_string()).map(|_| ());
        assert_eq!(got, if fits { Ok(()) } else { Err(TokenError::IdTokenProvider) }, "{identities:?}");
    }
}

#[test]
fn a_session_ends_with_its_access_token_whatever_expires_in_says() {
    for (expires_in, seconds) in
        [(json!(60), 60), (json!(3600), 3600), (json!(86400), 3600), (json!(1e15), 3600), (json!(1e308), 3600)]
    {
        let mut body = body(&id_claims(), &access_claims());
        body["expires_in"] = expires_in.clone();
        let session = session_of(tenant(), &body.to_string()).unwrap();
        assert_eq!(session.seconds_left(NOW), seconds, "{expires_in}");
    }
    let mut access = access_claims();
    access.as_object_mut().unwrap().remove("exp");
    let mut body = body(&id_claims(), &access);
    body["expires_in"] = json!(86400);
    assert_eq!(
        session_of(tenant(), &body.to_string()).unwrap().seconds_left(NOW),
        3600,
        "the ID token's exp stands in"
    );
}

#[test]
fn a_session_tells_whose_it_is() {
    let mut id = id_claims();
    assert_eq!(session_of(tenant(), &body(&id, &access_claims()).to_string()).unwrap().email(), None);
    id["email"] = json!("ada@acme.example");
    let session = session_of(tenant(), &body(&id, &access_claims()).to_string()).unwrap();
    assert_eq!(session.email().as_deref(), Some("ada@acme.example"));
    assert_eq!(Session::from_record(&session.to_record()).unwrap().email(), session.email());
}

#[test]
fn the_access_token_must_be_the_same_clients_and_persons() {
    for (name, value) in [
        ("client_id", json!("client-b")),
        ("client_id", json!(null)),
        ("token_use", json!("id")),
        ("iss", json!("https://evil.example")),
        ("sub", json!("u-2")),
        ("exp", json!("soon")),
    ] {
        let mut access = access_claims();
        access[name] = value;
        let got = session_of(tenant(), &body(&id_claims(), &access).to_string()).map(|_| ());
        assert_eq!(got, Err(TokenError::AccessTokenForeign), "{access}");
    }
    let mut opaque = body(&id_claims(), &access_claims());
    opaque["access_token"] = json!("opaque");
    assert_eq!(session_of(tenant(), &opaque.to_string()).map(|_| ()), Err(TokenError::AccessTokenForeign));
}

#[test]
fn refuses_a_signature_that_the_platform_refuses_and_a_key_that_nobody_knows() {
    let mut forged = body(&id_claims(), &access_claims());
    let text = forged["id_token"].as_str().unwrap().to_owned();
    forged["id_token"] = json!(text.replace(&base64url(b"sig"), &base64url(b"bad")));
    assert_eq!(session_of(tenant(), &forged.to_string()).map(|_| ()), Err(TokenError::IdTokenSignature));

    let header = base64url(br#"{"alg":"RS256","kid":"other"}"#);
    forged["id_token"] = json!(format!("{header}.{}", text.split_once('.').unwrap().1));
    assert_eq!(session_of(tenant(), &forged.to_string()).map(|_| ()), Err(TokenError::IdTokenKeyUnknown));
}

#[test]
fn the_token_endpoints_refusals_have_their_own_codes() {
    for (status, body, expected) in [
        (400, r#"{"error":"invalid_grant"}"#, TokenError::InvalidGrant),
        (400, r#"{"error":"invalid_client"}"#, TokenError::ClientRefused),
        (401, r#"{"error":"unauthorized_client"}"#, TokenError::ClientRefused),
        (400, r#"{"error":"unauthorized_client","error_description":"invalid_redirect"}"#, TokenError::ClientRefused),
        (400, r#"{"error":"invalid_grant","error_description":"invalid refresh token"}"#, TokenError::InvalidGrant),
        (400, r#"{"error":"x"}"#, TokenError::Refused),
        (404, "<html>", TokenError::Refused),
        (302, "", TokenError::Refused),
        (429, "", TokenError::Unavailable),
        (500, "{}", TokenError::Unavailable),
        (200, "", TokenError::ResponseMalformed),
        (200, "[]", TokenError::ResponseMalformed),
        (200, "{}", TokenError::ResponseMalformed),
    ] {
        assert_eq!(awaited(tenant()).1.receive(status, body).unwrap_err(), expected, "{status} {body}");
    }
}

#[test]
fn the_token_endpoints_words_are_read_like_the_callbacks() {
    let gate = "PreTokenGeneration failed with error Not a member. (Service: AWSCognitoIdentityProviderInternalService; Status Code: 400)";
    for (error, description, code) in [
        ("invalid_grant", gate, "provider_operator_check"),
        (gate, "", "provider_operator_check"),
        ("invalid_request", "Client is not enabled for OAuth2.0 flows", "provider_app_client"),
        ("invalid_request", "invalid_scope", "provider_app_client"),
        ("invalid_scope", "", "provider_app_client"),
    ] {
        let body = json!({"error": error, "error_description": description}).to_string();
        let refused = awaited(tenant()).1.receive(400, &body).unwrap_err();
        assert_eq!(refused.code(), code, "{body}");
        if let TokenError::Explained(Refusal::OperatorCheck { message }) = refused {
            assert_eq!(message, "Not a member");
        }
    }
}

#[test]
fn refuses_an_answer_with_a_field_of_the_wrong_type_or_without_end() {
    for (name, value) in [
        ("token_type", json!("DPoP")),
        ("token_type", json!(null)),
        ("id_token", json!(7)),
        ("id_token", json!("")),
        ("access_token", json!(["a"])),
        ("refresh_token", json!(7)),
        ("expires_in", json!("3600")),
        ("expires_in", json!(-1)),
        ("padding", json!("x".repeat(BODY_MAX))),
    ] {
        let mut body = body(&id_claims(), &access_claims());
        body[name] = value;
        let got = session_of(tenant(), &body.to_string()).map(|_| ());
        assert_eq!(got, Err(TokenError::ResponseMalformed), "{name}");
    }
}

proptest! {
    #[test]
    fn any_answer_is_taken_or_refused_without_a_panic(status in 100u16..600, body in "\\PC{0,200}") {
        prop_assert!(awaited(tenant()).1.receive(status, &body).is_err());
    }

    #[test]
    fn one_changed_claim_never_makes_a_session_for_somebody_else(name in "iss|aud|nonce|token_use", value in "\\PC{0,40}") {
        prop_assume!(id_claims()[&name] != json!(value));
        let mut id = id_claims();
        id[&name] = json!(value);
        prop_assert!(session_of(tenant(), &body(&id, &access_claims()).to_string()).is_err());
    }
}
