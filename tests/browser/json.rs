//! JSON by the browser's reader and by `serde_json`'s comes to the same.

use platform::json::Json;
use serde_json::Value;
use wasm_bindgen_test::wasm_bindgen_test;

/// What serde_json reads, in the same words.
fn by_serde(text: &str) -> Option<String> {
    serde_json::from_str::<Value>(text).ok().map(|value| value.to_string())
}

/// The value as text again, the members sorted as serde_json's are.
fn written(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => Value::from(text.as_str()).to_string(),
        Json::Array(list) => format!("[{}]", list.iter().map(written).collect::<Vec<_>>().join(",")),
        Json::Object(members) => {
            let mut members = members.clone();
            let mut said = Vec::new();
            while let Some(name) = members.any_name().map(str::to_owned) {
                let value = members.remove(&name).unwrap();
                said.push(format!("{}:{}", Value::from(name), written(&value)));
            }
            said.sort();
            format!("{{{}}}", said.join(","))
        }
    }
}

#[wasm_bindgen_test]
fn the_browser_reads_json_as_serde_json_does() {
    let deep = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for text in [
        "null",
        " true ",
        "[false,1,-2,0.5,300,\"\",\"ä\\n\\u00e9\\ud83d\\ude00\"]",
        r#"{"b":{"c":[]},"a":1,"__proto__":{"x":1},"constructor":2,"a":3}"#,
        "{}",
        "",
        "{",
        "[1,]",
        "{a:1}",
        "'a'",
        "NaN",
        "01",
        "1e999",
        "\u{feff}1",
        "undefined",
        "1 2",
        "\"\u{1}\"",
        &deep(127),
        &deep(128),
        &deep(100_000),
    ] {
        let read = Json::parse(text).ok().map(|json| written(&json));
        assert_eq!(read, by_serde(text), "{}", text.chars().take(100).collect::<String>());
    }
}

#[wasm_bindgen_test]
fn text_that_is_no_json_is_refused_in_the_browsers_words() {
    let why = Json::parse("{\"a\": }").unwrap_err().to_string();
    assert!(why.contains("JSON"), "{why}");
}
