//! The real program: command line, log, reload under load, stopping.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

mod running;
use running::{CONFIG, Service, run};

fn directory(code: &str) -> String {
    format!(
        "[[tenants]]\ncode = \"{code}\"\nname = \"A\"\nclient_id = \"c\"\nidentity_provider = \"P\"\ndomains = [\"a.example\"]\n"
    )
}

fn replace(path: &Path, content: &str) {
    let other = path.with_extension("new");
    fs::write(&other, content).unwrap();
    fs::rename(other, path).unwrap();
}

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A site without a config.json.
fn built_site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("index.html"), "").unwrap();
    folder
}

#[test]
fn check_reports_the_size_of_a_directory_without_errors() {
    let (code, out, err) = run(&["--check"]);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (Some(0), "the built-in sample: 15 tenants, 16 domains, no problems\n", "")
    );
}

#[test]
fn check_reports_all_errors_of_config_json() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.json").display().to_string();
    fs::write(&config, r#"{"lookup_url":7,"lookup_url":"/v1/lookup"}"#).unwrap();
    let (code, out, err) = run(&["--check", "--config", &config]);
    assert_eq!((code, out.lines().count()), (Some(2), 1), "{out}");
    assert_eq!(err, format!("{config}: lookup_url: appears twice\n{config}: user_pools: is required\n"));
}

#[test]
fn print_headers_prints_what_a_static_host_has_to_send() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.json");
    fs::write(
        &config,
        r#"{"lookup_url":"https://lookup.example/v1/lookup","user_pools":[{"issuer":"https://idp.example/p","hosted_ui":"https://auth.example"}]}"#,
    )
    .unwrap();
    let config = config.to_str().unwrap();
    let (code, out, err) = run(&["--print-headers", "--config", config]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let connect = "connect-src 'self' https://auth.example https://idp.example https://lookup.example;";
    assert!(out.lines().any(|l| l.starts_with("content-security-policy: default-src 'none';") && l.contains(connect)));
    for header in ["referrer-policy: no-referrer", "x-content-type-options: nosniff"] {
        assert!(out.lines().any(|line| line == header), "{header} is not among\n{out}");
    }

    fs::write(folder.path().join("index.html"), "<script>1</script>").unwrap();
    let (_, out, _) = run(&["--print-headers", "--config", config, "--site", folder.path().to_str().unwrap()]);
    assert!(out.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-"), "{out}");

    fs::write(config, "{}").unwrap();
    let (code, out, err) = run(&["--print-headers", "--config", config]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("lookup_url: is required"), "{err}");
    assert_eq!(run(&["--print-headers"]).0, Some(2), "of which deployment?");
}

#[test]
fn print_page_prints_a_page_with_config_json_and_links_below_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().to_str().unwrap();
    let page = |title: &str| format!("<title>{title}</title><script id=config></script><a href=/>");
    let printed = |title: &str| format!("<title>{title}</title><script id=config>{CONFIG}</script><a href=/login/>");
    fs::write(folder.path().join("config.json"), CONFIG).unwrap();
    fs::write(folder.path().join("index.html"), page("form")).unwrap();
    fs::write(folder.path().join("callback.html"), page("callback")).unwrap();
    for (option, title) in
        [("--print-page", "form"), ("--print-page=index.html", "form"), ("--print-page=callback.html", "callback")]
    {
        let (code, out, err) = run(&[option, "--site", site, "--base-path", "/login/"]);
        assert_eq!((code, out, err.as_str()), (Some(0), printed(title), ""), "{option}");
    }
    let (code, out, err) = run(&["--print-page=config.json", "--site", site]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("[possible values: index.html, callback.html]"), "{err}");

    fs::remove_file(folder.path().join("callback.html")).unwrap();
    let (code, out, err) = run(&["--print-page=callback.html", "--site", site]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("callback.html: No such file"), "{err}");

    fs::write(folder.path().join("config.json"), "{}").unwrap();
    let (code, out, err) = run(&["--print-page", "--site", site]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("lookup_url: is required"), "{err}");
    assert_eq!(run(&["--print-page"]).0, Some(2), "of which site?");
}

#[test]
fn print_clients_prints_the_app_clients_by_issuer() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let (tenants, config) = (file("tenants.toml", &directory("acme")), file("config.json", CONFIG));
    let (code, out, err) = run(&["--print-clients", "--directory", &tenants, "--config", &config]);
    let clients: serde_json::Value = serde_json::from_str(&out).expect(&err);
    assert_eq!(code, Some(0));
    let by_client = clients["https://idp.example"].as_object().unwrap();
    assert!(by_client.len() == 1 && by_client.values().all(|code| code == "acme"), "{out}");

    let (code, out, err) = run(&["--print-clients", "--directory", &tenants]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("the tenant acme names no issuer"), "{err}");
}

#[test]
fn check_reports_all_errors_by_file_line_and_field() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (tenants, config) = (path("tenants.toml"), path("config.json"));
    fs::write(&tenants, directory("a b").replace("a.example", "gmail.com")).unwrap();
    fs::write(&config, r#"{"lookup_url":7}"#).unwrap();
    let (code, out, err) = run(&["--check", "--directory", &tenants, "--config", &config]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    let lines: Vec<&str> = err.lines().collect();
    assert_eq!(lines.len(), 3, "{err}");
    assert!(lines[0].starts_with(&format!("{tenants}:2: tenants[0].code: must be")), "{err}");
    assert!(lines[1].starts_with(&format!("{tenants}:6: tenants[0].domains[0]: belongs to a consumer")), "{err}");
    assert!(lines[2].starts_with(&format!("{config}: lookup_url: must be")), "{err}");
}

#[test]
fn a_service_that_cannot_start_says_why_with_exit_code_2() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("tenants.toml").display().to_string();
    fs::write(&broken, directory("a b")).unwrap();
    let empty = folder.path().display().to_string();
    let site = built_site();
    let pipe = folder.path().join("pipe");
    make_pipe(&pipe);
    let (site, pipe) = (site.path().display().to_string(), pipe.display().to_string());
    for (args, expected) in [
        (&["--listen", &address][..], format!("cannot listen on {address}")),
        (&["--directory", "/nowhere/tenants.toml"], "/nowhere/tenants.toml: cannot be read".to_owned()),
        (&["--directory", &broken], format!("{broken}:2: tenants[0].code: must be")),
        (&["--directory", &pipe], format!("{pipe}: is not a regular file (it is a pipe)")),
        (&["--directory", &empty], format!("{empty}: is not a regular file (it is a folder)")),
        (&["--site", &site, "--config", &pipe], format!("{pipe}: is not a regular file (it is a pipe)")),
        (&["--site", &empty], format!("no index.html in {empty}")),
        (&["--config", &broken], "this looks like TOML".to_owned()),
        (&["--allow-origin", "https://a.example/"], "https://a.example".to_owned()),
        (&["--allow-origin", "*"], "invalid value '*'".to_owned()),
        (&["--allow-origin", "null"], "invalid value 'null'".to_owned()),
        (&["--rate-limit", "0"], "invalid value '0'".to_owned()),
        (
            &["--trusted-proxy", "10.0.0.1", "--client-address", "cloudfront-viewer-address"],
            "cannot be used".to_owned(),
        ),
        (&["--client-address", "x-forwarded-for"], "cloudfront-viewer-address".to_owned()),
        (&["--metrics", &address], format!("cannot listen on {address}")),
    ] {
        let (code, out, err) = run(args);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{args:?}: {err}");
        assert!(err.contains(&expected), "{args:?}: {err}");
    }
}

#[test]
fn every_lookup_has_one_line_in_the_log_without_what_was_looked_up() {
    let mut service = Service::start(&[]);
    for (body, status) in [
        (r#"{"domain":"umbrella.example"}"#, 200),
        (r#"{"code":"hidden-code"}"#, 200),
        (r#"{"domain":"hidden@acme.example"}"#, 400),
        (r#"{"hidden@acme.example":"hidden"}"#, 400),
        (r#"{"email":"hidden@acme.example"}"#, 400),
        (r#"hidden@acme.example"#, 400),
    ] {
        assert!(service.post(body).starts_with(&format!("HTTP/1.1 {status} ")), "{body}");
    }
    service.tell("-TERM");
    let (status, log) = service.ended();
    assert!(status.success());
    let lookups: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .filter(|line: &serde_json::Value| line["message"] == "lookup")
        .collect();
    assert_eq!(lookups.len(), 6, "{log}");
    assert_eq!((&lookups[0]["kind"], &lookups[0]["matches"]), (&"domain".into(), &2.into()));
    assert_eq!((&lookups[1]["kind"], &lookups[1]["matches"]), (&"code".into(), &0.into()));
    assert_eq!((&lookups[2]["status"], &lookups[2]["problem"]), (&400.into(), &"email_address".into()));
    assert!(lookups.iter().all(|line| line["micros"].is_u64()), "{log}");
    for secret in ["hidden", "umbrella", "acme.example"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn a_client_over_the_rate_limit_is_told_to_wait() {
    let service = Service::start(&["--rate-limit", "2"]);
    let statuses = [(); 3].map(|()| service.post(r#"{"code":"acme"}"#)[..13].to_owned());
    assert_eq!(statuses, ["HTTP/1.1 200 ", "HTTP/1.1 200 ", "HTTP/1.1 429 "]);
}

#[test]
fn a_client_that_sends_ten_megabytes_first_still_reads_the_problem() {
    let service = Service::start(&[]);
    assert!(service.post(&" ".repeat(10_000_000)).starts_with("HTTP/1.1 413 "));
}

#[test]
fn a_changed_directory_is_used_without_a_failed_request_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenants.toml");
    fs::write(&path, directory("one")).unwrap();
    let service = Service::start(&["--directory", path.to_str().unwrap()]);
    let answers = |code: &str| service.post(r#"{"domain":"a.example"}"#).contains(&format!("\"code\":\"{code}\""));
    assert!(answers("one"));

    let (done, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let askers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        let answer = service.post(r#"{"domain":"a.example"}"#);
                        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"code\":\""), "{answer}");
                        asked.fetch_add(1, Ordering::Relaxed);
                        thread::sleep(Duration::from_millis(1));
                    }
                })
            })
            .collect();
        let steps = scope.spawn(|| {
            replace(&path, &directory("two"));
            service.wait_until(|_| answers("two"));

            replace(&path, &directory("a b"));
            service.wait_until(|s| s.log().contains("tenants.toml:2: tenants[0].code: must be"));
            service.wait_until(|s| s.log().contains("the one before is kept"));
            assert!(answers("two"));

            fs::remove_file(&path).unwrap();
            service.wait_until(|s| s.log().contains("tenants.toml: cannot be read"));
            assert!(answers("two"));

            fs::write(&path, directory("three")).unwrap();
            service.wait_until(|_| answers("three"));
        });
        let result = steps.join();
        done.store(true, Ordering::Relaxed);
        result.unwrap();
        askers.into_iter().for_each(|asker| asker.join().unwrap());
    });
    assert!(asked.load(Ordering::Relaxed) > 100);
}

#[test]
fn a_changed_config_json_is_served_with_its_policy() {
    let folder = built_site();
    let service = Service::start(&["--site", folder.path().to_str().unwrap()]);
    service.wait_until(|s| s.log().contains("config.json: cannot be read"));
    assert!(service.get("/config.json").starts_with("HTTP/1.1 404 "));
    replace(&folder.path().join("config.json"), CONFIG);
    service.wait_until(|_| service.get("/config.json").ends_with(CONFIG));
    let page = service.get("/");
    assert!(
        page.contains("img-src 'self' data:; connect-src 'self' https://auth.example https://idp.example;"),
        "{page}"
    );
}

#[test]
fn every_sighup_reloads_directory_and_config_json_at_once() {
    let (files, site) = (tempfile::tempdir().unwrap(), built_site());
    let (path, config) = (files.path().join("tenants.toml"), site.path().join("config.json"));
    fs::write(&path, directory("one")).unwrap();
    fs::write(&config, "").unwrap();
    let args = ["--directory", path.to_str().unwrap(), "--site", site.path().to_str().unwrap()];
    let service = Service::start(&args);
    let logged = |what: &str| service.log().matches(what).count();
    assert!(service.get("/config.json").contains("cache-control: no-store"));
    service.wait_until(|_| logged("is not JSON") == 1);
    assert_eq!(logged("directory reloaded"), 0);

    // The files have not changed, so it is not the watch that has them read.
    service.tell("-HUP");
    service.wait_until(|_| logged("directory reloaded") == 1 && logged("is not JSON") == 2);

    fs::write(&path, directory("two")).unwrap();
    fs::write(&config, CONFIG).unwrap();
    service.tell("-HUP");
    service.tell("-HUP");
    service.wait_until(|_| logged("directory reloaded") > 1 && logged("config.json: no problems") > 0);
    assert!(service.post(r#"{"domain":"a.example"}"#).contains("\"code\":\"two\""));
    assert!(service.get("/config.json").ends_with(CONFIG));
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_reported_and_the_next_file_is_used() {
    let (files, site) = (tempfile::tempdir().unwrap(), built_site());
    let (path, config) = (files.path().join("tenants.toml"), site.path().join("config.json"));
    fs::write(&path, directory("one")).unwrap();
    fs::write(&config, CONFIG).unwrap();
    let args = ["--directory", path.to_str().unwrap(), "--site", site.path().to_str().unwrap()];
    let service = Service::start(&args);
    for file in [&path, &config] {
        fs::remove_file(file).unwrap();
        make_pipe(file);
    }
    service.tell("-HUP");
    for name in ["tenants.toml", "config.json"] {
        service.wait_until(|s| s.log().contains(&format!("{name}: is not a regular file (it is a pipe)")));
    }
    assert!(service.post(r#"{"domain":"a.example"}"#).contains("\"code\":\"one\""));

    replace(&path, &directory("two"));
    replace(&config, CONFIG);
    service.tell("-HUP");
    service.wait_until(|s| s.post(r#"{"domain":"a.example"}"#).contains("\"code\":\"two\""));
    service.wait_until(|s| s.get("/config.json").ends_with(CONFIG));
}
