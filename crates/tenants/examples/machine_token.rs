//! Prints an access token. It reads TOKEN_ENDPOINT, CLIENT_ID, CLIENT_SECRET and SCOPE from the environment.
use std::{env::var, io::Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (id, secret, scope) = (var("CLIENT_ID")?, var("CLIENT_SECRET")?, var("SCOPE")?);
    let form =
        [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret), ("scope", &scope)];
    let answer = ureq::post(&var("TOKEN_ENDPOINT")?).send_form(form)?.body_mut().read_to_string()?;
    let answer: serde_json::Value = serde_json::from_str(&answer)?;
    Ok(writeln!(std::io::stdout(), "{}", answer["access_token"].as_str().ok_or("no access_token")?)?)
}
