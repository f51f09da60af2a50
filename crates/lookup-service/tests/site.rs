//! The picker's files through the real router: content, caching and content security policy.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use lookup_service::base_path::BasePath;
use lookup_service::directory_file::{SAMPLE, parse};
use lookup_service::site::Site;
use lookup_service::site_config::SiteConfig;
use lookup_service::{Settings, app};
use tempfile::TempDir;
use tower::ServiceExt;

const WASM: &str = "tenant-picker-1a2b3c4d5e6f7a8b_bg.wasm";
const CONFIG: &str = r#"{
  "lookup_url": "https://lookup.example/v1/lookup",
  "user_pools": [{ "issuer": "https://idp.example/pool", "hosted_ui": "https://auth.example" }],
  "redirect_uri": "https://login.example/callback",
  "return_to": { "default": "https://login.example/home", "allow": [] },
  "branding": { "logo": "https://cdn.example/logo.svg" }
}"#;

/// A dist/ as `make build` makes it, and a file outside that must not be served.
fn built() -> TempDir {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("dist");
    fs::create_dir_all(folder.join("logos")).unwrap();
    for (name, content) in [
        ("index.html", "<!doctype html>"),
        ("index.html.br", "index as br"),
        ("index.html.gz", "index as gz"),
        ("callback.html", "<!doctype html><p>callback"),
        ("callback.html.br", "callback as br"),
        (WASM, "wasm"),
        (&format!("{WASM}.br"), "wasm as br"),
        ("logos/acme.svg", "<svg/>"),
        ("config.json", CONFIG),
        ("../secret.txt", "secret"),
    ] {
        fs::write(folder.join(name), content).unwrap();
    }
    parent
}

async fn request(parent: &Path, request: Request) -> (StatusCode, HeaderMap, Bytes) {
    let folder = parent.join("dist");
    let config = Arc::new(ArcSwap::from_pointee(
        SiteConfig::load(&folder.join("config.json"), Some(&folder), &BasePath::default()).0,
    ));
    let directory = Arc::new(ArcSwap::from_pointee(parse(SAMPLE).unwrap()));
    let app =
        app(Settings { config: Some(config.clone()), site: Some(Site { folder, config }), ..Settings::new(directory) });
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    (parts.status, parts.headers, body.collect().await.unwrap().to_bytes())
}

/// The response of a service that is below `/login/` and has this page.
async fn get_below(parent: &TempDir, page: &str, address: &str) -> (StatusCode, HeaderMap, Bytes) {
    let folder = parent.path().join("dist");
    fs::write(folder.join("index.html"), page).unwrap();
    let base_path: BasePath = "/login/".parse().unwrap();
    let config = SiteConfig::load(&folder.join("config.json"), Some(&folder), &base_path).0;
    let config = Arc::new(ArcSwap::from_pointee(config));
    let directory = Arc::new(ArcSwap::from_pointee(parse(SAMPLE).unwrap()));
    let site = Some(Site { folder, config: config.clone() });
    let app = app(Settings { base_path, config: Some(config), site, ..Settings::new(directory) });
    let response = app.oneshot(Request::get(address).body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, body.collect().await.unwrap().to_bytes())
}

async fn get(parent: &TempDir, address: &str) -> (StatusCode, HeaderMap, Bytes) {
    request(parent.path(), Request::get(address).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn below_a_path_the_page_has_its_links_and_headers_there() {
    const PAGE: &str = "<!doctype html><link href=/ hreflang=en><script src=/a.js></script><script>let a</script>";
    let built = built();
    fs::write(built.path().join("dist/callback.html"), PAGE).unwrap();
    for address in ["/login/", "/login/callback", "/login/callback/acme", "/login/index.html"] {
        let (status, headers, body) = get_below(&built, PAGE, address).await;
        let expected =
            "<!doctype html><link href=/login/ hreflang=en><script src=/login/a.js></script><script>let a</script>";
        assert_eq!((status, &body[..]), (StatusCode::OK, expected.as_bytes()), "{address}");
        assert_eq!(headers["cache-control"], "no-cache", "{address}");
        assert!(headers["content-security-policy"].to_str().unwrap().contains("'sha256-"), "{address}");
        assert!(headers.contains_key("etag"), "{address}");
    }
    for (address, body) in [("/login/config.json", CONFIG), ("/login/logos/acme.svg", "<svg/>")] {
        assert_eq!(&get_below(&built, PAGE, address).await.2[..], body.as_bytes(), "{address}");
    }
    let (status, headers, _) = get_below(&built, PAGE, "/login").await;
    assert_eq!((status, &headers["location"]), (StatusCode::PERMANENT_REDIRECT, &"/login/".parse().unwrap()));
    for address in ["/", "/callback", "/v1/lookup", "/loginx/", "/login/v1/x"] {
        assert_eq!(get_below(&built, PAGE, address).await.0, StatusCode::NOT_FOUND, "{address}");
    }
    for address in ["/healthz", "/login/healthz"] {
        assert_eq!(get_below(&built, PAGE, address).await.0, StatusCode::OK, "{address}");
    }
}

#[tokio::test]
async fn config_json_is_in_the_page_unless_it_has_an_error() {
    const PAGE: &str = "<!doctype html><script id=config type=application/json></script><script>let a</script>";
    let built = built();
    let file = built.path().join("dist/config.json");
    let written =
        CONFIG.replace("/callback", "/login/callback").replace("\"logo\"", "\"product\": \"</script>\", \"logo\"");
    fs::write(&file, &written).unwrap();
    let (_, headers, body) = get_below(&built, PAGE, "/login/").await;
    let expected = PAGE.replace(
        " type=application/json></script>",
        &format!(" type=application/json>{}</script>", written.replace("</script>", "\\u003c/script>")),
    );
    assert_eq!(String::from_utf8_lossy(&body), expected);
    assert_eq!(
        headers["content-security-policy"].to_str().unwrap().matches("'sha256-").count(),
        1,
        "data needs no hash"
    );
    fs::write(&file, written.replace("user_pools", "pools")).unwrap();
    assert_eq!(&get_below(&built, PAGE, "/login/").await.2[..], PAGE.as_bytes());
}

#[tokio::test]
async fn the_callbacks_page_has_config_json_and_its_links_below_the_path_too() {
    const FORM: &str = "<!doctype html><script id=config type=application/json></script>";
    let built = built();
    fs::write(built.path().join("dist/config.json"), CONFIG.replace("/callback", "/login/callback")).unwrap();
    fs::write(built.path().join("dist/callback.html"), format!("{FORM}<link href=/views.wasm>")).unwrap();
    for address in ["/login/callback?code=1", "/login/callback/acme", "/login/callback.html"] {
        let body = String::from_utf8(get_below(&built, FORM, address).await.2.to_vec()).unwrap();
        assert!(body.contains("\"lookup_url\"") && body.contains("href=/login/views.wasm"), "{address}: {body}");
    }
    // An older build has no such page.
    fs::remove_file(built.path().join("dist/callback.html")).unwrap();
    let form = get_below(&built, FORM, "/login/").await.2;
    assert_eq!(get_below(&built, FORM, "/login/callback?code=1").await.2, form);
}

#[tokio::test]
async fn pages_of_other_origins_may_load_the_element_and_nothing_else() {
    let built = built();
    fs::write(built.path().join("dist/embed.js"), "export {}").unwrap();
    let (status, headers, _) = get(&built, "/embed.js").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
    assert_eq!(headers["cache-control"], "no-cache");
    for address in ["/", "/config.json", "/logos/acme.svg"] {
        let (_, headers, _) = get(&built, address).await;
        assert!(!headers.contains_key("access-control-allow-origin"), "{address}");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin", "{address}");
    }
}

#[tokio::test]
async fn the_pages_of_the_app_are_index_html_and_callback_html_and_are_revalidated() {
    let built = built();
    let callback = "<!doctype html><p>callback";
    for (address, page) in [
        ("/", "<!doctype html>"),
        ("/?tenant=acme", "<!doctype html>"),
        ("/callback?code=1.2&state=3", callback),
        ("/callback/acme?code=1.2", callback),
        ("/callback.html", callback),
        ("/callbacks", "<!doctype html>"),
        ("/signed-out", "<!doctype html>"),
        ("/logos", "<!doctype html>"),
        ("/logos/", "<!doctype html>"),
        ("/acme-12345678", "<!doctype html>"),
        ("/a/b/c", "<!doctype html>"),
    ] {
        let (status, headers, body) = get(&built, address).await;
        assert_eq!((status, &body[..]), (StatusCode::OK, page.as_bytes()), "{address}");
        assert_eq!(headers["content-type"], "text/html", "{address}");
        assert_eq!(headers["cache-control"], "no-cache", "{address}");
    }
}

#[tokio::test]
async fn the_policy_allows_only_the_inline_scripts_of_the_page() {
    let built = built();
    fs::write(built.path().join("dist/index.html"), "<style>p{}</style><script>alert('Hello, world.');</script>")
        .unwrap();
    let (_, headers, _) = get(&built, "/").await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    let scripts = "script-src 'self' 'wasm-unsafe-eval' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='; style-src 'self' 'sha256-";
    assert!(policy.contains(scripts), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("nonce"), "{policy}");
}

#[tokio::test]
async fn a_missing_file_is_a_problem_and_not_the_app() {
    let built = built();
    for address in ["/missing.js", "/tenant-picker-0123456789abcdef.js", "/logos/globex.svg", "/v1/unknown", "/v1"] {
        let (status, headers, _) = get(&built, address).await;
        assert_eq!(status, 404, "{address}");
        assert_eq!(headers["content-type"], "application/problem+json", "{address}");
        assert_eq!(headers["cache-control"], "no-store", "{address}");
    }
}

#[tokio::test]
async fn nothing_outside_the_folder_is_served_and_nothing_is_redirected() {
    let built = built();
    for address in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/logos/..%5c..%5csecret.txt",
        "//logos",
        "//secret.txt",
    ] {
        let (status, headers, body) = get(&built, address).await;
        assert!(!body.starts_with(b"secret"), "{address}");
        assert!(status == 404 || status == 200, "{address}: {status}");
        assert!(!headers.contains_key("location"), "{address}");
    }
}

#[tokio::test]
async fn a_fingerprinted_file_is_cached_for_a_year_and_others_are_revalidated() {
    let built = built();
    let (_, headers, _) = get(&built, &format!("/{WASM}")).await;
    assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(headers["content-type"], "application/wasm");
    let (_, headers, _) = get(&built, "/logos/acme.svg").await;
    assert_eq!(headers["cache-control"], "no-cache");
    assert_eq!(headers["content-type"], "image/svg+xml");

    let etag = headers["last-modified"].clone();
    let again = Request::get("/logos/acme.svg").header("if-modified-since", etag).body(Body::empty()).unwrap();
    let (status, headers, body) = request(built.path(), again).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(headers["cache-control"], "no-cache");
}

#[tokio::test]
async fn a_browser_that_takes_brotli_or_gzip_gets_the_smaller_file() {
    let built = built();
    for (address, accept, encoding, content) in [
        ("/", "gzip, br", Some("br"), "index as br"),
        ("/signed-out", "gzip", Some("gzip"), "index as gz"),
        ("/callback", "br, gzip", Some("br"), "callback as br"),
        ("/", "identity", None, "<!doctype html>"),
        (&format!("/{WASM}"), "br", Some("br"), "wasm as br"),
        (&format!("/{WASM}"), "gzip", None, "wasm"),
    ] {
        let asked = Request::get(address).header("accept-encoding", accept).body(Body::empty()).unwrap();
        let (_, headers, body) = request(built.path(), asked).await;
        assert_eq!(body, content, "{address} {accept}");
        assert_eq!(headers.get("content-encoding").map(|v| v.to_str().unwrap()), encoding, "{address} {accept}");
        assert_eq!(headers["vary"], "accept-encoding", "{address} {accept}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_for_files_is_refused() {
    for address in ["/", "/config.json", "/logos/acme.svg", "/callback"] {
        let (status, headers, _) = request(built().path(), Request::post(address).body(Body::empty()).unwrap()).await;
        assert_eq!(status, 405, "{address}");
        assert_eq!(headers["allow"], "GET,HEAD", "{address}");
        assert_eq!(headers["content-type"], "application/problem+json", "{address}");
    }
    let (status, headers, body) = request(built().path(), Request::head("/").body(Body::empty()).unwrap()).await;
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    assert_eq!(headers["content-length"], "15");
}

#[tokio::test]
async fn every_response_of_the_site_has_the_security_headers() {
    let built = built();
    for address in ["/", "/config.json", "/missing.js", "/logos/acme.svg"] {
        let (_, headers, _) = get(&built, address).await;
        for (name, value) in [
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(headers[name], value, "{address}");
        }
        for feature in ["camera", "microphone", "geolocation", "payment", "usb"] {
            let policy = headers["permissions-policy"].to_str().unwrap();
            assert!(policy.contains(&format!("{feature}=()")), "{address} {feature}");
        }
        assert_eq!(
            headers["content-security-policy"],
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' data: https://cdn.example; connect-src 'self' https://auth.example https://idp.example \
             https://lookup.example; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default",
            "{address}"
        );
    }
}

#[tokio::test]
async fn config_json_is_served_as_it_is_even_with_errors() {
    let built = built();
    let file = built.path().join("dist/config.json");
    for content in [CONFIG, "{ broken"] {
        fs::write(&file, content).unwrap();
        let (status, headers, body) = get(&built, "/config.json").await;
        assert_eq!((status, &body[..]), (StatusCode::OK, content.as_bytes()));
        assert_eq!(headers["content-type"], "application/json");
    }
    let policy = get(&built, "/").await.1["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("connect-src 'self';") && policy.contains("img-src 'self' data:;"), "{policy}");

    fs::remove_file(&file).unwrap();
    let (status, headers, _) = get(&built, "/config.json").await;
    assert_eq!(
        (status, headers["content-type"].to_str().unwrap()),
        (StatusCode::NOT_FOUND, "application/problem+json")
    );
}

#[tokio::test]
async fn config_json_is_sent_again_only_if_it_has_changed() {
    let built = built();
    let ask = async |tags: &str| {
        let asked = Request::get("/config.json").header("if-none-match", tags).body(Body::empty()).unwrap();
        request(built.path(), asked).await
    };
    let etag = get(&built, "/config.json").await.1["etag"].to_str().unwrap().to_owned();
    for tags in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let (status, headers, body) = ask(&tags).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{tags}");
        assert_eq!(headers["etag"], etag, "{tags}");
        assert_eq!(headers["cache-control"], "max-age=300", "{tags}");
    }
    for tags in ["\"other\"", "", etag.trim_matches('"')] {
        assert_eq!(ask(tags).await.0, StatusCode::OK, "{tags}");
    }
    let changed = CONFIG.replace("cdn.example", "images.example");
    fs::write(built.path().join("dist/config.json"), &changed).unwrap();
    let (status, headers, body) = ask(&etag).await;
    assert_eq!((status, &body[..]), (StatusCode::OK, changed.as_bytes()));
    assert_ne!(headers["etag"], etag);
}

#[tokio::test]
async fn a_config_json_with_errors_is_not_cached() {
    let built = built();
    let file = built.path().join("dist/config.json");
    let twice = CONFIG.replace("\"allow\"", "\"allow\": [], \"allow\"");
    let latin1 = CONFIG.replacen("{", "{ \"branding\": {},", 1).replace("logo.svg", "l\u{f6}.svg");
    let latin1: Vec<u8> = latin1.chars().map(|c| u8::try_from(c).unwrap()).collect();
    for broken in [b"{ broken", &b""[..], b"{}", twice.as_bytes(), &latin1] {
        fs::write(&file, broken).unwrap();
        let asked = Request::get("/config.json").header("if-none-match", "*").body(Body::empty()).unwrap();
        let (status, headers, body) = request(built.path(), asked).await;
        assert_eq!((status, &body[..]), (StatusCode::OK, broken));
        assert_eq!((&headers["cache-control"], headers.get("etag")), (&"no-store".parse().unwrap(), None));
    }
    fs::write(&file, CONFIG).unwrap();
    let (_, headers, _) = get(&built, "/config.json").await;
    assert_eq!(headers["cache-control"], "max-age=300");
    assert!(headers.contains_key("etag"));
}

#[test]
fn an_error_in_config_json_names_the_field() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    let finding = |content: &str| {
        fs::write(&file, content).unwrap();
        all_findings(&file)
    };
    assert_eq!(finding(CONFIG), [""; 0]);
    assert_eq!(finding(&format!("\u{feff}{CONFIG}")), [""; 0]);
    let relative = r#"{"lookup_url":"/v1/lookup","user_pools":[{"issuer":"https://idp.example","hosted_ui":"https://auth.example"}]}"#;
    assert_eq!(finding(relative), [""; 0]);
    for (content, expected) in [
        (CONFIG.replace("https://auth", "http://auth"), "user_pools[0].hosted_ui: must be https"),
        (CONFIG.replace("lookup_url", "lookup"), "lookup_url: is required"),
        (CONFIG.replace("login.example/home", "evil.example/home"), "return_to.default: "),
        ("{".to_owned(), "config.json: is not JSON: EOF"),
        ("lookup_url = \"/v1/lookup\"".to_owned(), "this looks like TOML (config.json is JSON)"),
        ("lookup_url: /v1/lookup".to_owned(), "this looks like YAML (config.json is JSON)"),
        (
            CONFIG.replacen("\"hosted", "\"issuer\": \"https://idp.example/pool\", \"hosted", 1),
            "user_pools[0].issuer: appears twice",
        ),
    ] {
        check(&finding(&content), &[expected]);
    }
    check(
        &finding("{\"lookup_url\": 1, \"lookup_url\": 7}"),
        &["lookup_url: appears twice", "lookup_url: must be a text"],
    );
    fs::remove_file(&file).unwrap();
    check(&all_findings(&file), &["cannot be read: "]);
}

fn all_findings(file: &Path) -> Vec<String> {
    SiteConfig::load(file, None, &BasePath::default()).1.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn check(findings: &[String], expected: &[&str]) {
    assert_eq!(findings.len(), expected.len(), "{findings:#?}");
    for (finding, expected) in findings.iter().zip(expected) {
        assert!(finding.starts_with(expected), "{finding} should start with {expected}");
    }
}

#[test]
fn a_wrong_redirect_uri_is_reported_itself_and_not_the_addresses_relative_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    let findings = |redirect_uri: &str| {
        let pools = r#""user_pools":[{"issuer":"https://idp.example","hosted_ui":"https://auth.example"}]"#;
        let relative = format!(
            r#"{{"lookup_url":"/v1/lookup",{pools},"branding":{{"logo":"/l.svg"}},"redirect_uri":{redirect_uri}}}"#
        );
        fs::write(&file, relative).unwrap();
        all_findings(&file)
    };
    for sound in ["null", "\"https://login.example/callback\"", "\"http://localhost:8080/callback\""] {
        assert_eq!(findings(sound), [""; 0], "{sound}");
    }
    for (unusable, expected) in [
        ("\"http://login.example.com/callback\"", "redirect_uri: must be https"),
        ("\"ftp://login.example.com/callback\"", "redirect_uri: must be https"),
        ("\"com.example.app:/callback\"", "redirect_uri: must be https"),
        ("\"data:,/callback\"", "redirect_uri: must be https"),
        ("\"/callback\"", "redirect_uri: is not a web address"),
        ("\"\"", "redirect_uri: is not a web address"),
        ("7", "redirect_uri: must be a text"),
        ("\"https://ada@login.example/callback\"", "redirect_uri: must be a web address without user name"),
        ("\"https://login.example/callback#a\"", "redirect_uri: must not have a fragment"),
        ("\"https://login.example/\"", "redirect_uri: must be https://login.example/callback or an address below it"),
    ] {
        check(&findings(unusable), &[expected]);
    }
}

#[test]
fn a_config_json_in_another_encoding_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    for text in [CONFIG.to_owned(), format!("\u{feff}{CONFIG}")] {
        fs::write(&file, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).unwrap();
        check(&all_findings(&file), &["is UTF-16 text; save it as UTF-8"]);
    }
    fs::write(&file, [CONFIG.as_bytes(), b"\n\xff"].concat()).unwrap();
    check(&all_findings(&file), &["is not UTF-8 text (line 8)"]);
}
