//! What the browser does for the app: URL parsing, randomness, signatures, locks, letters.

use crate::sign_in::Signer;
use crate::sign_in::begun;
use crate::support::{Replaced, js, js_text, pause};
use lookup_api::Identifier;
use platform::{WebUrl, native, query};
use sign_in::time::UnixTime;
use tenant_picker::browser::{self, NoWebCrypto};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn a_parameter_is_read_as_the_url_standard_says() {
    for query in [
        "",
        "a",
        "a=",
        "a=1",
        "a=1&a=2",
        "a=1&A=2",
        "b=1&a=x%20y+z",
        "a=%C3%BC",
        "a=%ff%fe",
        "%61=1",
        "?a=1",
        "??a=1",
        "&&a=1&",
        "a=b=c",
        "a=%",
        "a=%zz",
        "a=1;b=2",
        "a=1#b",
        "a=\u{fc}\u{0}",
        "a[]=1",
        "=1",
        "a=%00",
    ] {
        for name in ["a", "A", "?a", "", "b"] {
            let (ours, natives) = (query::parameter(query, name), query::native::parameter(query, name));
            assert_eq!(ours, natives, "{name} of {query}");
        }
    }
}

// ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────

// Not among them, because Chromium departs from the URL standard there: `https://exa mple/` and
// `https://xn--a.example/`, which it takes, and the origin of `file:`.
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
fn the_browser_parses_every_url_as_the_native_parser_does() {
    for text in HOSTILE {
        assert_eq!(WebUrl::parse(text), native::parse(text, None), "{text:?}");
    }
    for base in ["https://login.example/team/find?x#y", "mailto:ada@acme.example"] {
        let url = WebUrl::parse(base).unwrap();
        for text in HOSTILE_RELATIVE {
            assert_eq!(url.join(text), native::parse(text, Some(base)), "{text:?} from {base:?}");
        }
    }
}

/// One part of an address, by what it must be: two parsers could be wrong together.
#[track_caller]
fn check<T: PartialEq + std::fmt::Debug>(text: &str, part: impl Fn(&WebUrl) -> T, expected: T) {
    let url = WebUrl::parse("https://login.example/team/find").unwrap().join(text).unwrap();
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
fn every_sign_in_has_three_new_secrets_of_256_bits() {
    let (one, two) = (browser::entropy().unwrap(), browser::entropy().unwrap());
    let drawn = [one.state, one.nonce, one.code_verifier, two.state, two.nonce, two.code_verifier];
    for (i, secret) in drawn.iter().enumerate() {
        assert!(!drawn[..i].contains(secret), "number {i} came twice");
        // Of 32 random bytes, 24 are zero once in 2^170 times.
        assert!(secret.iter().filter(|byte| **byte == 0).count() < 24, "number {i} is not filled: {secret:?}");
    }
}

#[wasm_bindgen_test]
async fn a_signature_is_valid_for_its_message_and_key_alone() {
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
async fn without_webcrypto_nothing_is_verified_and_no_secret_drawn() {
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
async fn only_one_tab_has_the_lock_of_a_sign_in() {
    let (_, key, _) = begun(UnixTime(0));
    let (_, other, _) = begun(UnixTime(0));
    let lock = browser::lock_sign_in(&key).await;
    assert!(lock.is_some());
    assert!(browser::lock_sign_in(&key).await.is_none(), "two tabs would finish one sign-in");
    assert!(browser::lock_sign_in(&other).await.is_some(), "another sign-in is held up");
    drop(lock);
    // The browser releases a lock in a later task.
    pause(50).await;
    assert!(browser::lock_sign_in(&key).await.is_some(), "it is not released");
}

#[wasm_bindgen_test]
async fn a_browser_that_refuses_locks_lets_the_sign_in_finish() {
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
        let lock = browser::lock_sign_in(&key).await;
        js("delete navigator.locks", &JsValue::UNDEFINED);
        assert!(lock.is_some(), "{refusal}");
    }
}

#[wasm_bindgen_test]
fn typed_and_pasted_texts_are_read_in_the_browser_as_natively() {
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
