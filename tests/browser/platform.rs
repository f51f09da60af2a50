//! The browser's powers: its URL parser, its randomness, its signatures, its address bar.

use crate::attempt::Signer;
use crate::attempt::begun;
use crate::support::{Replaced, js, js_text, pause};
use lookup_api::Identifier;
use sign_in::time::UnixTime;
use sign_in::web_url::WebUrl;
use tenant_picker::browser::{self, NoWebCrypto};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

// ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// What the native tests of sign-in take for the browser. They prove nothing unless the two agree.
fn native(text: &str, base: Option<&str>) -> Option<WebUrl> {
    let base = base.map(url::Url::parse).transpose().ok()?;
    let url = url::Url::options().base_url(base.as_ref()).parse(text).ok()?;
    Some(WebUrl {
        scheme: url.scheme().to_owned(),
        hostname: url.host_str().unwrap_or_default().to_owned(),
        origin: url.origin().ascii_serialization(),
        path: url.path().to_owned(),
        has_credentials: !url.username().is_empty() || url.password().is_some(),
        has_query_or_fragment: url.query().is_some() || url.fragment().is_some(),
        href: url.into(),
    })
}

// Not among them, because Chromium departs from the URL standard there: `https://exa mple/` and `https://xn--a.example/`,
// which it takes, and the origin of `file:`.
const HOSTILE: [&str; 57] = [
    "https://app.example",
    "https://APP.example:443/a/../b",
    "http://localhost:80/",
    "http://localhost:8080/x?y#z",
    "https://app.example:/",
    "https://app.example:99999/",
    "https://user:pass@evil.example/",
    "https://user@evil.example/",
    "https://app.example@evil.example/",
    "https://app.example:443@evil.example/",
    "https://:@app.example/",
    "https://:password@app.example/",
    "https://app.example\\@evil.example/",
    "https://app.example/;@evil.example",
    "https:\\\\evil.example\\a",
    "https:evil",
    "https:/evil.example",
    "https:///evil.example",
    "https://",
    "//evil.example",
    "/callback",
    "",
    " https://app.example/ ",
    "ht\ntps://app.\texample/\r\n",
    "https://b\u{fc}cher.example/",
    "https://B\u{dc}CHER.example/",
    "https://fa\u{df}.example/",
    "https://xn--bcher-kva.example/",
    "https://\u{645}\u{62b}\u{627}\u{644}.example/",
    "https://app\u{3002}example/",
    "https://\u{ff41}pp.example/",
    "https://app.example%2eevil.example/",
    "https://app.example%00.evil.example/",
    "https://app.example%2fevil/",
    "https://app.example./",
    "https://[::1]:8443/",
    "https://[::ffff:127.0.0.1]/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://1.2.3.4.5/",
    "javascript:alert(1)",
    "JavaScript:alert(1)//https://app.example/",
    "java\nscript:alert(1)",
    "javascript://app.example/%0aalert(1)",
    "vbscript:x",
    "data:text/html,<script>alert(1)</script>",
    "blob:https://app.example/7",
    "mailto:ada@acme.example",
    "about:blank",
    "https://app.example/%2e%2e/%2E./a",
    "https://app.example/..%2fadmin",
    "https://app.example/a//b/./c/..",
    "https://app.example/\u{e9}?\u{fc}#\u{df}",
    "https://app.example?x",
    "https://app.example#x",
    "https://app.example/\u{202e}gnp.exe",
];

const HOSTILE_RELATIVE: [&str; 18] = [
    "/callback",
    "../admin",
    "../../../admin",
    "%2e%2e/x",
    "",
    "?a",
    "#b",
    "//evil.example/",
    "\\\\evil.example",
    "/\\evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "https:evil",
    "https:/evil",
    "http:evil.example",
    "..//evil.example",
    "javascript:alert(1)",
    "https://evil.example/",
];

#[wasm_bindgen_test]
fn the_browser_reads_every_address_as_the_native_tests_parser_does() {
    for text in HOSTILE {
        assert_eq!(browser::parse_url(text, None), native(text, None), "{text:?}");
    }
    let base = Some("https://login.example/team/find?x#y");
    for text in HOSTILE_RELATIVE {
        assert_eq!(browser::parse_url(text, base), native(text, base), "{text:?} from {base:?}");
    }
    for base in ["", "login.example", "mailto:ada@acme.example"] {
        assert_eq!(browser::parse_url("/a", Some(base)), native("/a", Some(base)), "/a from {base:?}");
    }
}

/// One part of an address, by what it must be: two parsers could be wrong together.
#[track_caller]
fn check<T: PartialEq + std::fmt::Debug>(text: &str, part: impl Fn(&WebUrl) -> T, expected: T) {
    let url = browser::parse_url(text, Some("https://login.example/team/find")).unwrap();
    assert_eq!(part(&url), expected, "{text:?} is {url:?}");
}

#[wasm_bindgen_test]
fn the_parts_of_an_address_are_what_the_browser_would_follow() {
    check("https://app.example\\@evil.example/", |url| url.hostname.clone(), "app.example".to_owned());
    check("https://app.example@evil.example/", |url| url.hostname.clone(), "evil.example".to_owned());
    check("\\\\evil.example", |url| url.origin.clone(), "https://evil.example".to_owned());
    check("https:evil", |url| url.href.clone(), "https://login.example/team/evil".to_owned());
    check("https://B\u{dc}CHER.example/", |url| url.hostname.clone(), "xn--bcher-kva.example".to_owned());
    check("https://a.example:443/", |url| url.origin.clone(), "https://a.example".to_owned());
    check("http://127.0.0.1:9000/", |url| url.host().to_owned(), "127.0.0.1:9000".to_owned());
    check("/a/%2e%2e/b", |url| url.path.clone(), "/b".to_owned());
    check("java\nscript:alert(1)", |url| url.scheme.clone(), "javascript".to_owned());
    check("javascript:alert(1)", |url| url.origin.clone(), "null".to_owned());
    for (text, with) in [("https://u@a.example", true), ("https://:p@a.example", true), ("https://a.example", false)] {
        check(text, |url| url.has_credentials, with);
    }
    for (text, with) in [("/a?b", true), ("/a#b", true), ("/a", false), ("/a%3fb%23c", false)] {
        check(text, |url| url.has_query_or_fragment, with);
    }
}

// ── randomness and signatures ────────────────────────────────────────────────────────────────────────────────────────

#[wasm_bindgen_test]
fn every_attempt_draws_three_new_secrets_of_256_bits() {
    let (one, two) = (browser::entropy().unwrap(), browser::entropy().unwrap());
    let drawn = [one.state, one.nonce, one.code_verifier, two.state, two.nonce, two.code_verifier];
    for (i, secret) in drawn.iter().enumerate() {
        assert!(!drawn[..i].contains(secret), "number {i} came twice");
        // Of 32 random bytes, 24 are zero once in 2^170 times.
        assert!(secret.iter().filter(|byte| **byte == 0).count() < 24, "number {i} is not filled: {secret:?}");
    }
}

#[wasm_bindgen_test]
async fn a_signature_counts_for_what_was_signed_and_by_whom_alone() {
    let (issuer, other) = (Signer::new().await, Signer::new().await);
    let (key, signature) = (issuer.key().await, issuer.sign("signed").await);
    assert_eq!(browser::verify_rs256(&key, b"signed", &signature).await, Ok(true));

    let mut broken = signature.clone();
    broken[100] ^= 1;
    assert_eq!(browser::verify_rs256(&key, b"signed", &broken).await, Ok(false), "one bit of the signature");
    assert_eq!(browser::verify_rs256(&key, b"signed", &signature[1..]).await, Ok(false), "a byte less");
    assert_eq!(browser::verify_rs256(&key, b"signed", &[]).await, Ok(false), "no signature");
    assert_eq!(browser::verify_rs256(&key, b"sIgned", &signature).await, Ok(false), "another message");
    assert_eq!(browser::verify_rs256(&other.key().await, b"signed", &signature).await, Ok(false), "another key");
}

#[wasm_bindgen_test]
async fn a_key_that_webcrypto_refuses_verifies_nothing() {
    let issuer = Signer::new().await;
    let (key, signature) = (issuer.key().await, issuer.sign("signed").await);
    for (n, e) in [("", "AQAB"), ("%%%", "AQAB"), (key.n.as_str(), ""), (key.n.as_str(), "%%%"), (key.n.as_str(), "AA")]
    {
        let mut broken = key.clone();
        (broken.n, broken.e) = (n.to_owned(), e.to_owned());
        assert_eq!(browser::verify_rs256(&broken, b"signed", &signature).await, Ok(false), "n {n:?}, e {e:?}");
    }
}

#[wasm_bindgen_test]
async fn without_webcrypto_there_is_no_verdict_and_no_secret() {
    let issuer = Signer::new().await;
    let (key, signature) = (issuer.key().await, issuer.sign("signed").await);
    let insecure = Replaced::with("crypto", "{value: {getRandomValues: array => array}}");
    let verdict = browser::verify_rs256(&key, b"signed", &signature).await;
    drop(insecure);
    // An insecure context draws random numbers, but could not check the answer that they are for.
    for crypto in ["{value: {}}", "{value: {getRandomValues: array => array}}"] {
        let bare = Replaced::with("crypto", crypto);
        let drawn = browser::entropy().map(|_| ());
        drop(bare);
        assert_eq!((verdict, drawn), (Err(NoWebCrypto), Err(NoWebCrypto)), "{crypto}");
    }
}

#[wasm_bindgen_test]
fn the_clock_counts_seconds_of_unix_time() {
    let seconds = js("return Date.now() / 1000", &JsValue::UNDEFINED).as_f64().unwrap();
    assert!((seconds - browser::now().0 as f64).abs() < 5.0, "{:?} at {seconds}", browser::now());
}

#[wasm_bindgen_test]
async fn a_claim_is_one_tabs_alone_until_it_is_let_go() {
    let (_, key, _) = begun(UnixTime(0));
    let (_, other, _) = begun(UnixTime(0));
    let claim = browser::claim(&key).await;
    assert!(claim.is_some());
    assert!(browser::claim(&key).await.is_none(), "two tabs would finish one sign-in");
    assert!(browser::claim(&other).await.is_some(), "another sign-in is held up");
    drop(claim);
    // Letting go takes the browser a turn of its loop.
    pause(50).await;
    assert!(browser::claim(&key).await.is_some(), "it is never let go");
}

#[wasm_bindgen_test]
async fn a_browser_that_refuses_locks_holds_nobody_up() {
    let (_, key, _) = begun(UnixTime(0));
    for refusal in [
        "async () => { throw new DOMException('blocked', 'SecurityError') }",
        "() => { throw new Error() }",
        "undefined",
    ] {
        let locks = format!("{{value: {{request: {refusal}}}}}");
        js(
            &format!("Object.defineProperty(navigator, 'locks', {{configurable: true, ...{locks}}})"),
            &JsValue::UNDEFINED,
        );
        let claim = browser::claim(&key).await;
        js("delete navigator.locks", &JsValue::UNDEFINED);
        assert!(claim.is_some(), "{refusal}");
    }
}

#[wasm_bindgen_test]
fn what_people_type_and_paste_is_read_alike_in_the_browser() {
    let samples: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../crates/lookup-api/identifiers.json")).unwrap();
    for sample in samples {
        let typed = sample["typed"].as_str().unwrap();
        match Identifier::parse(typed) {
            Ok(identifier) => {
                let request = serde_json::to_value(identifier.request()).unwrap();
                for key in ["domain", "code"] {
                    assert_eq!(request.get(key), sample.get(key), "{typed:?}");
                }
                assert_eq!(identifier.login_hint(), sample["login_hint"].as_str(), "{typed:?}");
            }
            Err(error) => assert_eq!(sample["error"], format!("{error:?}"), "{typed:?}"),
        }
    }
}

#[wasm_bindgen_test]
fn what_people_type_is_compared_without_case_and_accents() {
    for (text, folded) in [
        ("Mu\u{308}nchner ÉCOLE", "munchner ecole"),
        ("Ａｃｍｅ", "acme"),
        ("さくら", "さくら"),
        ("شَرِكة", "شركة"),
        ("ŁÓDŹ", "lodz"),
        ("Smørrebrød", "smorrebrod"),
        ("Đakovo", "dakovo"),
        ("Straße", "strasse"),
        ("Diyarbakır", "diyarbakir"),
    ] {
        assert_eq!(browser::fold(text), folded, "{text}");
    }
}

// ── page ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

#[wasm_bindgen_test]
fn title_mark_and_property_reach_the_page() {
    browser::set_title("Sign in \u{2013} <Tulip>");
    assert_eq!(js_text("return document.title"), "Sign in \u{2013} <Tulip>");

    let marks = || js("return performance.getEntriesByName('tried', 'mark').length", &JsValue::UNDEFINED).as_f64();
    assert_eq!(marks(), Some(0.0));
    browser::mark("tried");
    assert_eq!(marks(), Some(1.0));

    browser::set_property("--tried", "#123456");
    let property = "return getComputedStyle(document.body).getPropertyValue('--tried').trim()";
    assert_eq!(js_text(property), "#123456");
}
