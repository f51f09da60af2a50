//! Every language says everything that English says, of the same things.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use messages::{Fault, Message, Text, parse, pseudo, to_json, to_rust, variables};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn locales() -> BTreeMap<String, Vec<Message>> {
    fs::read_dir(root().join("locales"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let messages = parse(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), messages)
        })
        .collect()
}

/// The plural categories of each language for whole numbers (CLDR 47).
fn categories(locale: &str) -> &'static [&'static str] {
    match locale {
        "ja" | "zh-Hans" => &["other"],
        "ar" => &["few", "many", "one", "other", "two", "zero"],
        "he" => &["one", "other", "two"],
        _ => &["one", "other"],
    }
}

#[test]
fn every_language_has_every_sentence_with_the_same_variables() {
    let locales = locales();
    let english = &locales["en"];
    assert!(english.len() > 100 && locales.len() >= 9, "{} sentences, {} languages", english.len(), locales.len());
    for (locale, messages) in &locales {
        let ids = |messages: &[Message]| messages.iter().map(|m| m.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(messages), ids(english), "{locale}");
        for (theirs, ours) in messages.iter().zip(english) {
            let id = &ours.id;
            match (&theirs.text, &ours.text) {
                (Text::Plural(variants), Text::Plural(_)) => {
                    let mut said: Vec<_> = variants.iter().map(|(category, _)| category.as_str()).collect();
                    said.sort_unstable();
                    assert_eq!(said, categories(locale), "{locale} {id}");
                    assert!(variables(&theirs.text).iter().all(|v| *v == "count"), "{locale} {id}");
                }
                (Text::Plain(_), Text::Plain(_)) => {
                    assert_eq!(variables(&theirs.text), variables(&ours.text), "{locale} {id}");
                }
                _ => panic!("{locale} {id} is a plural in one language and not in the other"),
            }
        }
    }
}

#[test]
fn every_language_is_linked_by_the_page_and_every_link_has_its_language() {
    let page = fs::read_to_string(root().join("index.html")).unwrap();
    let linked: Vec<&str> =
        page.split("href=\"/locales/").skip(1).filter_map(|rest| Some(rest.split_once(".json")?.0)).collect();
    let mut expected: Vec<String> = locales().into_keys().filter(|locale| locale != "en").collect();
    expected.push("en-XA".to_owned());
    expected.sort();
    let mut linked: Vec<String> = linked.into_iter().map(str::to_owned).collect();
    linked.sort();
    assert_eq!(linked, expected);
}

#[test]
fn english_says_nothing_that_people_should_not_have_to_read() {
    for message in &locales()["en"] {
        let text = format!("{:?}", message.text).to_lowercase();
        for word in ["please", "sorry", "oops", "invalid"] {
            assert!(!text.contains(word), "{}: {text}", message.id);
        }
    }
}

#[test]
fn what_the_page_says_by_itself_is_what_the_english_file_says() {
    let page = fs::read_to_string(root().join("index.html")).unwrap();
    let mut said = 0;
    for message in &locales()["en"] {
        let marker = format!("data-message=\"{}\"", message.id);
        let Some((_, rest)) = page.split_once(&marker) else { continue };
        let (attributes, content) = rest.split_once('>').unwrap();
        // The words for a crash are in an attribute: text browsers print what is in a template.
        let text = match attributes.split_once("data-words=\"") {
            Some((_, words)) => words.split_once('"').unwrap().0,
            None => content.split_once('<').unwrap().0,
        };
        assert_eq!(Text::Plain(text.to_owned()), message.text, "{}", message.id);
        said += 1;
    }
    assert_eq!(said, page.matches("data-message=").count(), "a sentence of the page is in no file");
}

#[test]
fn more_of_fluent_than_the_picker_reads_is_refused_by_name() {
    let what = |ftl: &str| parse(ftl).unwrap_err().to_string();
    assert!(what("a = b\n= c\n").starts_with("line 2: "));
    assert_eq!(what("a = b\na = c\n"), "a appears twice");
    assert_eq!(what("-brand = x\n"), "brand: terms are not read");
    assert_eq!(what("a = b\n    .title = c\n"), "a: attributes are not read");
    assert_eq!(what("a = { NUMBER($n) }\n"), "a: may have variables in it, and nothing else in braces");
    assert_eq!(what("a = { $who ->\n   *[other] b\n }\n"), "a: selects by something else than $count");
    assert_eq!(what("a = one\n    two\n"), "a: has a brace or a line break in it");
    assert_eq!(what("a = { $count ->\n   *[one] b\n }\n"), "a: has no variant [other]");
    assert!(matches!(parse("a = { $count ->\n    [1] x\n   *[other] b\n }\n"), Err(Fault::Unsupported { .. })));
}

#[test]
fn what_comes_out_is_what_went_in() {
    let read = parse("# why\nhi = Hello { $name }!\nn =\n    { $count ->\n        [one] one\n       *[other] { $count } of them\n    }\n").unwrap();
    assert_eq!(to_json(&read), r#"["Hello {name}!",{"one":"one","other":"{count} of them"}]"#);
    let rust = to_rust(&read);
    assert!(rust.starts_with("pub const HI: Message = Message(0);\npub const N: Message = Message(1);\n"), "{rust}");
    assert!(rust.contains(&format!("ENGLISH: &str = {:?};", to_json(&read))), "{rust}");
    assert_eq!(to_json(&pseudo(&read)), r#"["[Hélló {name}!····]",{"one":"[óñé·]","other":"[{count} óf thém·····]"}]"#);
}
