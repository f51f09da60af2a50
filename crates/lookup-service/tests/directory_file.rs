//! What is reported about a directory file, line by line.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;

use lookup_api::{LookupRequest, Tenant};
use lookup_service::directory::Directory;
use lookup_service::directory_file::{self, LoadError, SAMPLE};

/// A file with one tenant and without errors, in lines 1 to 6.
const SOUND: &str = r#"[[tenants]]
code = "acme"
name = "Acme"
client_id = "1acme"
identity_provider = "AcmeSAML"
domains = ["acme.example"]
"#;

fn findings(text: &str) -> Vec<String> {
    directory_file::parse(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// Replaces one text of that file by another, and expects exactly one finding.
#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert!(SOUND.contains(from), "the sound file does not contain {from}");
    let found = findings(&SOUND.replacen(from, to, 1));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(expected), "{} should start with {expected}", found[0]);
}

/// Appends `more` to that file, beginning in line 7, and expects exactly these findings.
#[track_caller]
fn check_more(more: &str, expected: &[&str]) {
    let found = findings(&format!("{SOUND}{more}"));
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} should start with {expected}");
    }
}

fn codes(directory: &Directory, domain: &str) -> Vec<String> {
    find(directory, LookupRequest::Domain(domain.to_owned())).iter().map(|tenant| tenant.code.to_string()).collect()
}

fn find(directory: &Directory, request: LookupRequest) -> Vec<Tenant> {
    let tenant = |json: &str| Tenant::from_json(&platform::json::Json::parse(json).unwrap()).unwrap();
    directory.find(&request).into_iter().map(tenant).collect()
}

#[test]
fn the_embedded_sample_has_no_errors_and_tenants_of_every_kind() {
    let directory = directory_file::parse(SAMPLE).unwrap();
    assert!(directory.tenants() >= 14 && directory.domains() >= 14);
    for (domain, expected) in [
        ("acme.example", &["acme"][..]),
        ("eu.globex.example", &["globex"]),
        ("umbrella.example", &["umbrella-eu", "umbrella-us"]),
        ("miskatonic.example", &["miskatonic", "miskatonic-library", "miskatonic-hospital"]),
        ("MÜNCHEN-werke.example", &["muenchen-werke"]),
        ("さくら商事.example", &["sakura"]),
        ("initech.example", &["initech"]),
        ("hooli.example", &["hooli"]),
    ] {
        assert_eq!(codes(&directory, domain), expected, "{domain}");
    }
    let found = find(&directory, LookupRequest::Code("PiedPiper".to_owned()));
    assert_eq!((found.len(), found[0].domain.as_deref()), (1, None));
}

#[test]
fn a_missing_misspelt_or_mistyped_field_is_named_with_its_line() {
    check("code = \"acme\"\n", "", "1: tenants[0].code: is missing");
    check("name = \"Acme\"\n", "", "1: tenants[0].name: is missing");
    check("client_id = \"1acme\"\n", "", "1: tenants[0].client_id: is missing");
    check("identity_provider = \"AcmeSAML\"\n", "", "1: tenants[0].identity_provider: is missing");
    check("name = \"Acme\"", "name = \"Acme\"\ncolour = 1", "4: tenants[0].colour: unknown field");
    check("[[tenants]]", "version = 1\n[[tenants]]", "1: version: unknown field");
    check("\"Acme\"", "7", "3: tenants[0].name: must be a string, and is integer");
    check("[\"acme.example\"]", "\"acme.example\"", "6: tenants[0].domains: must be a list of strings, and is string");
    check("\"acme.example\"", "\"acme.example\",\n\n 7", "8: tenants[0].domains[1]: must be a string");
    check(
        "domains =",
        "subdomains = \"yes\"\ndomains =",
        "6: tenants[0].subdomains: must be true or false, and is string",
    );
    check("domains =", "isolation = \"loose\"\ndomains =", "6: tenants[0].isolation: must be shared or strict");
    check("[[tenants]]", "[tenants]", "1: tenants: must be a list of tables");
    check("[[tenants]]", "issuers = 1\n[[tenants]]", "1: issuers: must be a list");
    check("[[tenants]]", "issuers = [1]\n[[tenants]]", "1: issuers[0]: must be a string");
    assert!(findings("tenants = [7]")[0].starts_with("1: tenants[0]: must be a table, and is integer"));
}

#[test]
fn an_organization_is_not_found_before_it_has_an_app_client_or_while_it_is_disabled() {
    const WITHOUT_CLIENT: &str = "[[tenants]]\ncode = \"new\"\nname = \"New\"\nidentity_provider = \"NewSAML\"\n";
    const PROVIDER: &str = "[tenants.provider]\ntype = \"SAML\"\n[[tenants.machines]]\nname = \"reports\"\n";
    for (text, is_found) in [
        (format!("{WITHOUT_CLIENT}{PROVIDER}"), false),
        (format!("{WITHOUT_CLIENT}client_id = \"1\"\n{PROVIDER}"), true),
        (format!("{WITHOUT_CLIENT}client_id = \"1\"\ndisabled = true\n{PROVIDER}"), false),
        (format!("{WITHOUT_CLIENT}client_id = \"1\"\ndisabled = false\n"), true),
    ] {
        let directory = directory_file::parse(&format!("{SOUND}{text}")).unwrap();
        assert_eq!(!find(&directory, LookupRequest::Code("new".to_owned())).is_empty(), is_found, "{text}");
        assert_eq!(directory.unserved(), usize::from(!is_found), "{text}");
        assert!(!find(&directory, LookupRequest::Code("acme".to_owned())).is_empty(), "the others are");
    }
    check_more(WITHOUT_CLIENT, &["7: tenants[1].client_id: is missing"]);
    check_more(
        &format!("{WITHOUT_CLIENT}provider = 1\n"),
        &["11: tenants[1].provider: must be a table, and is integer"],
    );
    check_more(
        &format!("{WITHOUT_CLIENT}{PROVIDER}[[tenants]]\n").replace("NewSAML", "New SAML"),
        &[
            "10: tenants[1].identity_provider",
            "15: tenants[2].code",
            "15: tenants[2].name",
            "15: tenants[2].client_id",
            "15: tenants[2].identity_provider",
        ],
    );
}

#[test]
fn codes_client_ids_and_provider_names_follow_cognitos_rules() {
    for code in ["", "ac me", "acme.example", "ácme", &"a".repeat(65)] {
        check("\"acme\"", &format!("{code:?}"), "2: tenants[0].code: must be 1 to 64");
    }
    for client in ["", "a-b", "a b", "é", &"a".repeat(129)] {
        check("\"1acme\"", &format!("{client:?}"), "4: tenants[0].client_id: is not an app client id");
    }
    for provider in ["", "Acme SAML", "Acme\u{a0}SAML", &"a".repeat(33)] {
        check("\"AcmeSAML\"", &format!("\"{provider}\""), "5: tenants[0].identity_provider: is not the name");
    }
    for (from, to) in [("\"acme\"", "\"A-1\""), ("\"1acme\"", "\"A_+9\""), ("\"AcmeSAML\"", "\"Ünï.côdé-1\"")] {
        assert_eq!(findings(&SOUND.replacen(from, to, 1)), [""; 0], "{to}");
    }
}

#[test]
fn an_empty_or_deceptive_name_is_refused() {
    check("\"Acme\"", "\"\"", "3: tenants[0].name: must not be empty");
    check("\"Acme\"", "\"\u{3000} \"", "3: tenants[0].name: must not be empty");
    check("\"Acme\"", r#""Ac\nme""#, "3: tenants[0].name: has a control or text direction character in it (U+000A)");
    check(
        "\"Acme\"",
        r#""\u202Eemca""#,
        "3: tenants[0].name: has a control or text direction character in it (U+202E)",
    );
    assert_eq!(findings(&SOUND.replacen("\"Acme\"", r#""\u200Fאלון""#, 1)), [""; 0]);
}

#[test]
fn a_domain_that_cannot_belong_to_an_organization_is_refused() {
    for (domain, reason) in [
        ("gmail.com", "belongs to a consumer mailbox provider"),
        ("GoogleMail.com.", "belongs to a consumer mailbox provider"),
        ("mail.gmx.de", "belongs to a consumer mailbox provider"),
        ("co.uk", "is a public suffix"),
        ("公司.cn", "is a public suffix"),
        ("example", "is a single label"),
        ("10.0.0.1", "ends in a number"),
        ("acme..example", "is not a domain name"),
        ("ada@acme.example", "is not a domain name"),
        ("https://acme.example", "is not a domain name"),
        ("", "is empty"),
    ] {
        check("\"acme.example\"", &format!("{domain:?}"), &format!("6: tenants[0].domains[0]: {reason}"));
    }
    check(
        "\"acme.example\"",
        "\"münchen.example\",\n  \"xn--mnchen-3ya.example\"",
        "7: tenants[0].domains[1]: is listed for this tenant already (line 6)",
    );
}

#[test]
fn a_repeated_value_is_refused_with_the_line_of_its_first_use() {
    check_more(
        "[[tenants]]\ncode = \"ACME\"\nname = \"B\"\nclient_id = \"1acme\"\nidentity_provider = \"AcmeSAML\"\n",
        &[
            "8: tenants[1].code: is the code of another tenant already (line 2)",
            "10: tenants[1].client_id: is the app client of another tenant already (line 4)",
        ],
    );
}

#[test]
fn what_an_organization_has_that_is_closed_or_has_errors_is_not_for_another_one() {
    for (from, to) in [("domains = [\"acme.example\"]", "disabled = true"), ("name = \"Acme\"", "name = \"\"")] {
        let found = findings(&format!("{}{SOUND}", SOUND.replace(from, to)));
        let of_second: Vec<&String> = found.iter().filter(|finding| finding.contains("tenants[1]")).collect();
        assert_eq!(of_second.len(), 2, "{found:?}");
        assert!(of_second[0].starts_with("8: tenants[1].code: is the code of another tenant already (line 2)"));
        assert!(
            of_second[1].starts_with("10: tenants[1].client_id: is the app client of another tenant already (line 4)")
        );
    }
}

#[test]
fn a_domain_that_is_there_three_times_is_refused_with_the_line_of_its_first_use() {
    let three = "domains = [\"a.example\",\n\"a.example\",\n\"a.example\"]";
    let found = findings(&SOUND.replace("domains = [\"acme.example\"]", three));
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|finding| finding.ends_with("is listed for this tenant already (line 6)")), "{found:?}");
}

#[test]
fn an_issuer_is_https_and_among_the_files_own() {
    let with = |issuers: &str, issuer: &str| {
        let text = SOUND.replacen("domains =", &format!("{issuer}\ndomains ="), 1);
        findings(&format!("issuers = {issuers}\n{text}"))
    };
    let ours = r#"issuer = "https://idp.example/a""#;
    let one = r#"["https://idp.example/a"]"#;
    let two = r#"["https://idp.example/a", "http://localhost:9000/b"]"#;
    assert_eq!(with("[]", ""), [""; 0]);
    assert_eq!(with("[]", ours), [""; 0]);
    assert_eq!(with(one, ours), [""; 0]);
    assert_eq!(with(two, r#"issuer = "http://localhost:9000/b""#), [""; 0]);
    assert!(with(two, "")[0].starts_with("2: tenants[0].issuer: is missing, and the file names 2 issuers"));
    assert!(with(one, r#"issuer = "https://idp.example/A""#)[0].starts_with("7: tenants[0].issuer: is not among"));
    for issuer in ["http://idp.example", "idp", "https://u:p@idp.example", "https://idp.example/?a", "ftp://localhost"]
    {
        let found = with("[]", &format!("issuer = {issuer:?}"));
        assert!(found[0].starts_with("7: tenants[0].issuer: is not an issuer"), "{found:?}");
        let found = with(&format!("[{issuer:?}]"), "");
        assert!(found[0].starts_with("1: issuers[0]: is not an issuer"), "{found:?}");
    }
    let found = with(r#"["https://idp.example/a", "https://idp.example/a"]"#, "");
    assert!(found[0].starts_with("1: issuers[1]: is listed already (line 1)"), "{found:?}");

    let directory = directory_file::parse(&format!("issuers = {one}\n{SOUND}")).unwrap();
    let found = find(&directory, LookupRequest::Code("acme".to_owned()));
    assert_eq!(found[0].issuer.as_ref().map(|i| i.as_str()), Some("https://idp.example/a"));
}

#[test]
fn a_logo_is_a_path_on_the_pickers_own_origin() {
    for logo in [
        "https://cdn.example/a.svg",
        "//cdn.example/a.svg",
        "/\\\\cdn.example",
        "a.svg",
        "",
        "/a b",
        "/\\t/cdn.example",
    ] {
        let to = format!("logo = \"{logo}\"\ndomains =");
        check("domains =", &to, "6: tenants[0].logo: must be a path");
    }
    assert_eq!(findings(&SOUND.replacen("domains =", "logo = \"/logos/a.svg?v=2\"\ndomains =", 1)), [""; 0]);
}

#[test]
fn all_errors_are_reported_in_the_order_of_lines() {
    check_more(
        "\n[[tenants]]\nname = \"\"\nclient_id = \"!\"\nidentity_provider = \"X\"\ndomains = [\"com\", \"b.example\", \"qq.com\"]\nextra = 1\n",
        &[
            "8: tenants[1].code: is missing",
            "9: tenants[1].name: must",
            "10: tenants[1].client_id: is not",
            "12: tenants[1].domains[0]: is a single",
            "12: tenants[1].domains[2]: belongs",
            "13: tenants[1].extra: unknown",
        ],
    );
}

#[test]
fn an_empty_or_incomplete_file_is_reported() {
    assert_eq!(findings(""), ["1: the file names no tenant"]);
    assert_eq!(findings("# nothing yet\n"), ["1: the file names no tenant"]);
    assert_eq!(findings("tenants = []"), ["1: tenants: the file names no tenant"]);
    let half = findings(&format!("{SOUND}[[tenants]]\ncode = \"glo"));
    assert!(half[0].starts_with("8: not TOML: "), "{half:?}");
    let half = findings(&format!("{SOUND}[[tenants]]\ncode = \"globex\"\nname = \"Globex\"\n"));
    assert_eq!(half.len(), 2, "{half:?}");
    assert!(half[0].starts_with("7: tenants[1].client_id: is missing"), "{half:?}");
    assert!(findings(&format!("{SOUND}code = \"twice\"\n"))[0].starts_with("7: not TOML: duplicate key"));
}

#[test]
fn every_cut_of_the_sample_is_read_or_refused_without_a_panic() {
    for end in (0..SAMPLE.len()).filter(|&end| SAMPLE.is_char_boundary(end)) {
        let _ = directory_file::parse(&SAMPLE[..end]);
    }
}

#[test]
fn a_missing_or_binary_file_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenants.toml");
    let lines = directory_file::load(&path).unwrap_err().lines("tenants.toml");
    assert!(lines[0].starts_with("tenants.toml: cannot be read: "), "{lines:?}");

    fs::write(&path, b"# one\n# \xff\n").unwrap();
    let error = directory_file::load(&path).unwrap_err();
    assert!(matches!(&error, LoadError::Findings(findings) if findings.len() == 1));
    assert_eq!(error.lines("tenants.toml"), ["tenants.toml:2: the file is not UTF-8 text"]);

    fs::write(&path, SOUND.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).unwrap();
    let error = directory_file::load(&path).unwrap_err();
    assert_eq!(error.lines("tenants.toml"), ["tenants.toml: is UTF-16 text; save it as UTF-8"]);
}

#[test]
fn only_the_first_twenty_findings_are_listed() {
    let lines = |count: usize| {
        let text = format!("{SOUND}{}", (0..count).map(|i| format!("x{i} = 1\n")).collect::<String>());
        LoadError::Findings(directory_file::parse(&text).unwrap_err()).lines("tenants.toml")
    };
    let twenty = lines(20);
    assert_eq!((twenty.len(), twenty[19].as_str()), (20, "tenants.toml:26: tenants[0].x19: unknown field"));
    let more = lines(123);
    assert_eq!((more.len(), &more[..20], more[20].as_str()), (21, &twenty[..], "tenants.toml: and 103 more"));
}

#[test]
fn a_file_in_another_format_has_one_finding() {
    assert_eq!(findings("tenants:\n  - code: acme\n"), ["1: this looks like YAML (the directory is TOML)"]);
    assert_eq!(findings("{\"tenants\": []}"), ["1: this looks like JSON (the directory is TOML)"]);
    assert_eq!(findings("code,name\nacme,Acme\n"), ["1: this looks like CSV (the directory is TOML)"]);
    let mistake = findings(&format!("{SOUND}name: \"Acme\"\n"));
    assert!(mistake[0].starts_with("7: not TOML: "), "{mistake:?}");
}

#[test]
fn a_hundred_thousand_tenants_are_loaded_and_each_is_found() {
    let mut text = String::new();
    for i in 0..100_000 {
        let (domain, subdomains) = (format!("t{i}.example"), i % 2 == 0);
        write!(
            text,
            "[[tenants]]\ncode = \"t{i}\"\nname = \"Tenant {i}\"\nclient_id = \"client{i}\"\nidentity_provider = \"P{i}\"\ndomains = [\"{domain}\", \"shared{}.example\"]\nsubdomains = {subdomains}\n",
            i / 3
        )
        .unwrap();
    }
    let directory = directory_file::parse(&text).unwrap();
    assert_eq!((directory.tenants(), directory.domains()), (100_000, 100_000 + 33_334));
    for i in (0..100_000).step_by(997) {
        assert_eq!(codes(&directory, &format!("T{i}.example")), [format!("t{i}")]);
        let below = codes(&directory, &format!("mail.t{i}.example"));
        assert_eq!(below.len(), usize::from(i % 2 == 0), "{below:?}");
    }
    assert_eq!(codes(&directory, "shared7.example"), ["t21", "t22", "t23"]);
}
