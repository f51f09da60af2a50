//! The document for the developers of an organization's back end: how to get an access token. It has no secret in it.

/// What the document is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover<'a> {
    /// The organization's code.
    pub organization: &'a str,
    /// The machine's name.
    pub machine: &'a str,
    /// The app client's id.
    pub client_id: &'a str,
    /// Its scopes.
    pub scopes: &'a [String],
    /// The address of the hosted UI, without a slash at the end.
    pub hosted_ui: &'a str,
    /// How long a token lives, in minutes.
    pub minutes: i64,
}

/// The example program that the document shows. It is compiled with this crate's tests.
const EXAMPLE: &str = include_str!("../../examples/machine_token.rs");

/// Writes the document, as Markdown.
pub fn document(handover: &Handover<'_>) -> String {
    let Handover { organization, machine, client_id, scopes, hosted_ui, minutes } = handover;
    let scopes = scopes.join(" ");
    format!(
        r#"# Access tokens for the back end {machine} of {organization}

Your back end signs in by itself, with the client credentials grant of OAuth 2.0
(https://www.rfc-editor.org/rfc/rfc6749#section-4.4). You get the client secret on a way of its own, never by mail. Keep it
where your back end keeps its other secrets: whoever has it can do what your back end can do.

| | |
|---|---|
| token endpoint | `{hosted_ui}/oauth2/token` |
| client id | `{client_id}` |
| scopes | `{scopes}` |
| life of a token | {minutes} minutes |

## With curl

The file client-secret.json is what you got: `client_id` and `client_secret`.

```sh
jq -r '"user = \"" + .client_id + ":" + .client_secret + "\""' client-secret.json |
  curl --config - --fail --silent --show-error \
  --data grant_type=client_credentials --data-urlencode 'scope={scopes}' \
  '{hosted_ui}/oauth2/token'
```

## In Rust

With the crates ureq and serde_json:

```rust
{EXAMPLE}```

Send `access_token` as `Authorization: Bearer …`. Use one token until it is about to expire: each new one is charged.
An API that gets it must check its signature, `iss`, `exp`, `client_id` = `{client_id}` and `scope`.

When the secret is replaced, you get the new one while the old one still works. Tell us when you use the new one.
"#
    )
}
