//! An app client as Cognito describes it, compared with what the picker needs of it. No I/O.
//!
//! Cognito's names are those of
//! [UserPoolClientType](https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html).

use crate::words::shown;
use deployment::Deployment;
use lookup_api::{ClientId, Tenant};
use serde_json::Value;

/// What is wrong with an app client. `Display` says what was found. It never contains the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The descriptions have no app client with this id.
    #[error("no description of {0} is in the file")]
    NotDescribed(String),
    /// It is in another user pool than the tenant.
    #[error("it is in the user pool {}", shown(.0))]
    OtherPool(String),
    /// It has a client secret, which a page in the browser cannot have.
    #[error("it has a secret")]
    Secret,
    /// It does not have the tenant's provider, or has others too.
    #[error("its identity providers are: {}", listed(.0))]
    Providers(Vec<String>),
    /// OAuth is off, or other grants than the authorization code are on.
    #[error("its grants are: {}", listed(.0))]
    Grants(Vec<String>),
    /// It lacks scopes of config.json.
    #[error("it lacks the scopes: {}", listed(.0))]
    Scopes(Vec<String>),
    /// It lacks `redirect_uri` of config.json.
    #[error("it lacks the callback URL {0}")]
    CallbackUrl(String),
    /// It lacks `logout_uri` of config.json.
    #[error("it lacks the sign-out URL {0}")]
    SignOutUrl(String),
    /// It has callback URLs without TLS.
    #[error("it has callback URLs without TLS: {}", listed(.0))]
    PlainHttp(Vec<String>),
    /// It cannot read attributes that the scopes name.
    #[error("it cannot read the attributes: {}", listed(.0))]
    ReadAttributes(Vec<String>),
    /// Token revocation is off.
    #[error("token revocation is off")]
    Revocation,
    /// Cognito's errors tell who has an account.
    #[error("PreventUserExistenceErrors is not ENABLED")]
    UserExistence,
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { shown(&names.join(", ")) }
}

impl Fault {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotDescribed(_) => "not_described",
            Self::OtherPool(_) => "other_pool",
            Self::Secret => "secret",
            Self::Providers(_) => "providers",
            Self::Grants(_) => "grants",
            Self::Scopes(_) => "scopes",
            Self::CallbackUrl(_) => "callback_url",
            Self::SignOutUrl(_) => "sign_out_url",
            Self::PlainHttp(_) => "plain_http",
            Self::ReadAttributes(_) => "read_attributes",
            Self::Revocation => "revocation",
            Self::UserExistence => "user_existence",
        }
    }

    /// What people would see.
    pub fn people_see(&self) -> &'static str {
        match self {
            Self::NotDescribed(_) => "Nothing, if only the file lacks it.",
            Self::OtherPool(_) => "An error page of Cognito, from which nobody comes back.",
            Self::Secret | Self::ReadAttributes(_) => {
                "\"The sign-in service refused to finish your sign-in\", after they have signed in."
            }
            Self::Providers(_) => {
                "Cognito's own page, if the organization's provider is missing. With another one, nothing: but people of that provider can sign in as this organization's."
            }
            Self::Grants(_) | Self::Scopes(_) => {
                "\"This page's sign-in is not set up correctly\". With the implicit grant, nothing: but tokens can be had in addresses."
            }
            Self::CallbackUrl(_) => "An error page of Cognito, from which nobody comes back.",
            Self::SignOutUrl(_) => "An error page of Cognito after \"Sign out\", and nobody is signed out.",
            Self::PlainHttp(_) => {
                "Nothing. But their codes can be sent to an address that anybody on the way can read."
            }
            Self::Revocation => "Nothing. But after \"Sign out\" a copied refresh token goes on working.",
            Self::UserExistence => "Nothing. But strangers can find out who has an account in the user pool.",
        }
    }

    /// What to do.
    pub fn what_to_do(&self) -> &'static str {
        match self {
            Self::NotDescribed(_) => "Describe every app client of tenants.toml (docs/doctor.md).",
            Self::OtherPool(_) => "Compare client_id and issuer in tenants.toml with the user pool.",
            Self::Secret => {
                "A secret cannot be removed: make a new app client without one, and write its id into tenants.toml."
            }
            Self::Providers(_) => "Enable identity_provider of tenants.toml on the app client, and nothing else.",
            Self::Grants(_) => "Allow the authorization code grant on the app client, and no other.",
            Self::Scopes(_) => "Allow all scopes of config.json on the app client.",
            Self::CallbackUrl(_) => "Add redirect_uri of config.json to the app client's callback URLs, to the letter.",
            Self::SignOutUrl(_) => "Add logout_uri of config.json to the app client's sign-out URLs, to the letter.",
            Self::PlainHttp(_) => "Remove them from the callback URLs. For development, use an app client of its own.",
            Self::ReadAttributes(_) => "Let the app client read them, or take the scope out of config.json.",
            Self::Revocation => "Set EnableTokenRevocation on the app client.",
            Self::UserExistence => "Set PreventUserExistenceErrors of the app client to ENABLED.",
        }
    }
}

/// Why a text is no list of descriptions.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: is not what describe-user-pool-client prints: {reason}")]
pub struct NotDescriptions {
    line: usize,
    reason: String,
}

const SECRET: &str = "ClientSecret";

/// An app client as Cognito describes it, without its secret.
#[derive(Debug)]
pub struct AppClient(Value);

impl AppClient {
    /// Takes the description over.
    pub fn new(mut described: Value) -> Self {
        // That there is one is all that is kept of it.
        if described[SECRET].is_string() {
            described[SECRET] = Value::Bool(true);
        }
        Self(described)
    }

    /// What is wrong with it, as the app client of this tenant.
    pub fn faults(&self, tenant: &Tenant, deployment: &Deployment) -> Vec<Fault> {
        faults(&self.0, tenant, deployment)
    }

    /// The attributes that it can write. `None`: all standard ones.
    pub fn write_attributes(&self) -> Option<Vec<String>> {
        let list = &self.0["WriteAttributes"];
        list.is_array().then(|| texts(list))
    }
}

/// What Cognito says about some app clients.
#[derive(Debug)]
pub struct AppClients(Vec<AppClient>);

impl AppClients {
    /// Reads what `aws cognito-idp describe-user-pool-client` has printed, once or several times in a row.
    ///
    /// # Errors
    /// If it has printed something else.
    pub fn parse(text: &str) -> Result<Self, NotDescriptions> {
        let mut documents = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        let mut clients = Vec::new();
        loop {
            let before = documents.byte_offset();
            match documents.next() {
                None => return Ok(Self(clients)),
                Some(Err(error)) => return Err(NotDescriptions { line: error.line(), reason: error.to_string() }),
                Some(Ok(mut document)) if document["UserPoolClient"]["ClientId"].is_string() => {
                    clients.push(AppClient::new(document["UserPoolClient"].take()));
                }
                Some(Ok(_)) => {
                    let space = text[before..].chars().take_while(|c| c.is_whitespace());
                    let line = text[..before].chars().chain(space).filter(|c| *c == '\n').count() + 1;
                    return Err(NotDescriptions { line, reason: "UserPoolClient.ClientId is missing".to_owned() });
                }
            }
        }
    }

    fn find(&self, id: &ClientId) -> Option<&AppClient> {
        self.0.iter().find(|client| client.0["ClientId"] == id.as_str())
    }

    /// What is wrong with the app client of this tenant.
    pub fn faults(&self, tenant: &Tenant, deployment: &Deployment) -> Vec<Fault> {
        match self.find(&tenant.client_id) {
            Some(client) => client.faults(tenant, deployment),
            None => vec![Fault::NotDescribed(tenant.client_id.as_str().to_owned())],
        }
    }
}

/// The attributes that a scope needs, as far as a token request fails without them: docs/cognito.md.
const ATTRIBUTES: [(&str, &str); 2] = [("email", "email"), ("phone", "phone_number")];

fn faults(client: &Value, tenant: &Tenant, deployment: &Deployment) -> Vec<Fault> {
    let list = |name: &str| texts(&client[name]);
    let without = |wanted: &[String], name: &str| -> Vec<String> {
        let there = list(name);
        wanted.iter().filter(|wanted| !there.contains(wanted)).cloned().collect()
    };
    let mut found = Vec::new();
    let mut report = |is_wrong: bool, fault: Fault| {
        if is_wrong {
            found.push(fault);
        }
    };

    let pool = client["UserPoolId"].as_str().unwrap_or_default().to_owned();
    let issuer = deployment.user_pool(tenant).map_or("", |pool| pool.issuer.as_str());
    report(issuer.rsplit('/').next() != Some(&pool), Fault::OtherPool(pool));
    report(client[SECRET] == true, Fault::Secret);
    let providers = list("SupportedIdentityProviders");
    report(providers != [tenant.identity_provider.as_str()], Fault::Providers(providers));
    let is_on = client["AllowedOAuthFlowsUserPoolClient"] == true;
    let grants = if is_on { list("AllowedOAuthFlows") } else { Vec::new() };
    report(grants != ["code"], Fault::Grants(grants));
    let scopes = without(&deployment.scopes, "AllowedOAuthScopes");
    report(!scopes.is_empty(), Fault::Scopes(scopes));
    let callback = &deployment.redirect_uri;
    report(!list("CallbackURLs").contains(callback), Fault::CallbackUrl(callback.clone()));
    let sign_out = &deployment.logout_uri;
    report(!list("LogoutURLs").contains(sign_out), Fault::SignOutUrl(sign_out.clone()));
    // The picker's own address may be one, on a developer's machine.
    let plain = |url: &String| url.starts_with("http://") && url != callback;
    let plain: Vec<_> = list("CallbackURLs").into_iter().filter(plain).collect();
    report(!plain.is_empty(), Fault::PlainHttp(plain));
    // Without the list, all standard attributes can be read.
    let needed = ATTRIBUTES.iter().filter(|(scope, _)| deployment.scopes.iter().any(|own| own == scope));
    let needed: Vec<String> = needed.map(|(_, attribute)| (*attribute).to_owned()).collect();
    let unread = without(&needed, "ReadAttributes");
    report(client["ReadAttributes"].is_array() && !unread.is_empty(), Fault::ReadAttributes(unread));
    report(client["EnableTokenRevocation"] == false, Fault::Revocation);
    report(client["PreventUserExistenceErrors"] != "ENABLED", Fault::UserExistence);
    found
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::WebUrl;
    use platform::json::Json;
    use serde_json::json;

    const POOL: &str = "eu-west-1_Example";

    fn deployment() -> Deployment {
        deployment_at("https://login.example/")
    }

    fn deployment_at(picker: &str) -> Deployment {
        let config = json!({
            "lookup_url": "/v1/lookup",
            "user_pools": [{
                "issuer": format!("https://cognito-idp.eu-west-1.amazonaws.com/{POOL}"),
                "hosted_ui": "https://auth.example",
            }],
            "scopes": ["openid", "email"],
        });
        Deployment::parse(&config.to_string(), &WebUrl::parse(picker).unwrap()).unwrap()
    }

    fn tenant() -> Tenant {
        let json = r#"{"code":"acme","name":"Acme","client_id":"a1","identity_provider":"AcmeSAML"}"#;
        Tenant::from_json(&Json::parse(json).unwrap()).unwrap()
    }

    /// The description of an app client that is set up as docs/deployment.md says, with other fields.
    fn described(changes: &Value) -> String {
        let mut client = json!({
            "UserPoolId": POOL,
            "ClientName": "acme",
            "ClientId": "a1",
            "LastModifiedDate": "2026-11-27T10:00:00.000000+00:00",
            "RefreshTokenValidity": 30,
            "ReadAttributes": ["email", "email_verified", "name"],
            "WriteAttributes": ["email", "name"],
            "SupportedIdentityProviders": ["AcmeSAML"],
            "CallbackURLs": ["https://login.example/callback"],
            "LogoutURLs": ["https://login.example/signed-out"],
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["email", "openid"],
            "AllowedOAuthFlowsUserPoolClient": true,
            "PreventUserExistenceErrors": "ENABLED",
            "EnableTokenRevocation": true,
        });
        for (name, value) in changes.as_object().unwrap() {
            client[name] = value.clone();
        }
        json!({ "UserPoolClient": client }).to_string()
    }

    fn codes(changes: &Value) -> Vec<&'static str> {
        let clients = AppClients::parse(&described(changes)).unwrap();
        clients.faults(&tenant(), &deployment()).iter().map(Fault::code).collect()
    }

    #[test]
    fn an_app_client_as_the_deployment_guide_says_has_no_fault() {
        assert!(codes(&json!({})).is_empty());
        assert!(codes(&json!({ "ReadAttributes": null })).is_empty(), "the default is to read all of them");
        assert!(codes(&json!({ "ClientSecret": null })).is_empty());
        assert!(codes(&json!({ "AllowedOAuthScopes": ["openid", "email", "profile"] })).is_empty());
    }

    #[test]
    fn a_picker_on_a_developers_machine_may_have_an_address_without_tls() {
        let own = json!({
            "CallbackURLs": ["http://localhost:8080/callback"],
            "LogoutURLs": ["http://localhost:8080/signed-out"],
        });
        let clients = AppClients::parse(&described(&own)).unwrap();
        assert_eq!(clients.faults(&tenant(), &deployment_at("http://localhost:8080/")), []);
    }

    #[test]
    fn every_wrong_box_has_its_own_code() {
        for (changes, code) in [
            (json!({ "ClientId": "a2" }), "not_described"),
            (json!({ "UserPoolId": "eu-west-1_Other" }), "other_pool"),
            (json!({ "ClientSecret": "s3cret" }), "secret"),
            (json!({ "SupportedIdentityProviders": ["AcmeSAML", "COGNITO"] }), "providers"),
            (json!({ "SupportedIdentityProviders": ["acmesaml"] }), "providers"),
            (json!({ "SupportedIdentityProviders": null }), "providers"),
            (json!({ "AllowedOAuthFlows": ["code", "implicit"] }), "grants"),
            (json!({ "AllowedOAuthFlowsUserPoolClient": false }), "grants"),
            (json!({ "AllowedOAuthScopes": ["openid"] }), "scopes"),
            (json!({ "CallbackURLs": ["https://login.example/callback/"] }), "callback_url"),
            (json!({ "LogoutURLs": [] }), "sign_out_url"),
            (
                json!({ "CallbackURLs": ["https://login.example/callback", "http://localhost:8080/callback"] }),
                "plain_http",
            ),
            (json!({ "ReadAttributes": ["name"] }), "read_attributes"),
            (json!({ "EnableTokenRevocation": false }), "revocation"),
            (json!({ "PreventUserExistenceErrors": "LEGACY" }), "user_existence"),
        ] {
            assert_eq!(codes(&changes), [code], "{changes}");
        }
    }

    #[test]
    fn a_secret_is_in_no_message() {
        let clients = AppClients::parse(&described(&json!({ "ClientSecret": "s3cret" }))).unwrap();
        let faults = clients.faults(&tenant(), &deployment());
        assert!(!format!("{clients:?} {faults:?} {}", faults[0]).contains("s3cret"));
        let error = AppClients::parse(r#"{"ClientSecret":"s3cret"}"#).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }

    #[test]
    fn descriptions_may_follow_one_another_and_anything_else_is_refused_with_its_line() {
        let two = format!("{}\n{}\n", described(&json!({ "ClientId": "a2" })), described(&json!({})));
        assert!(AppClients::parse(&two).unwrap().faults(&tenant(), &deployment()).is_empty());
        for (text, line) in [
            ("{}", 1),
            ("[]", 1),
            ("An error occurred (ResourceNotFoundException)", 1),
            (&format!("{two}{{\"UserPoolClients\": []}}"), 3),
            (&format!("{two}\n\n {{}}"), 5),
            (&format!("{}{{}}", described(&json!({}))), 1),
            (&format!("{two}{{"), 3),
        ] {
            let error = AppClients::parse(text).unwrap_err();
            assert!(error.to_string().starts_with(&format!("line {line}: ")), "{text}: {error}");
        }
        assert!(AppClients::parse("").unwrap().0.is_empty());
    }
}
