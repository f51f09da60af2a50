//! Asks Cognito how a user pool is set up. Only this module of the doctor calls AWS, and only to describe and to get.

use super::Subject;
use super::app_client::AppClient;
use crate::aws::{Api, ApiError, Operation};
use crate::cognito::{describe_client, describe_provider};
use crate::web::{Request, Web};
use deployment::{Deployment, UserPool};
use lookup_api::Tenant;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What Cognito has answered to a question. The error is a finding, too: the other questions are asked all the same.
pub type Answer<T> = Result<T, ApiError>;

/// How a user pool is set up, as far as the examined organizations are concerned. It has no secret in it.
#[derive(Debug)]
pub struct Inside {
    /// The user pool's id.
    pub pool_id: String,
    /// Whether a trigger runs before tokens are made.
    pub has_gate: Answer<bool>,
    /// By the id of the app client.
    pub clients: BTreeMap<String, ClientAnswers>,
    /// By the provider's name. `None`: the pool has no provider of this name.
    pub providers: BTreeMap<String, Answer<Option<Provider>>>,
}

/// What Cognito says about an organization's app client.
#[derive(Debug)]
pub struct ClientAnswers {
    /// Its description. `None`: the pool has no app client with this id.
    pub described: Answer<Option<AppClient>>,
    /// Whether it has a branding style. `None`: it was not asked, because it does not matter.
    pub has_branding: Option<Answer<bool>>,
    /// How long it reuses sessions. `None`: it was not asked, because it does not matter.
    pub reuse: Option<Answer<Reuse>>,
}

/// How long an app client reuses a session of the hosted UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// In minutes.
    Minutes(i64),
    /// The pool's tier, or its region, has no such setting.
    NotAvailable,
}

/// An identity provider, without the secrets that its description may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Such as `SAML`.
    pub kind: String,
    /// The attributes of Cognito that its values go into.
    pub mapped: Vec<String>,
    /// Of SAML: the metadata, or their address and why there is nothing. `None`: Cognito describes neither.
    pub metadata: Option<Result<String, NoMetadata>>,
}

/// Why there are no metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoMetadata {
    /// Their address.
    pub url: String,
    /// Why, in words.
    pub reason: String,
}

/// Whether this pool of config.json has this id, which its issuer ends in.
pub fn has_id(pool: &UserPool, id: &str) -> bool {
    pool.issuer.as_str().rsplit('/').next() == Some(id)
}

impl Inside {
    /// The answers about a tenant's app client. `None` if it is in another pool.
    pub fn client(&self, tenant: &Tenant, deployment: &Deployment) -> Option<&ClientAnswers> {
        self.has(tenant, deployment).then(|| self.clients.get(tenant.client_id.as_str()))?
    }

    /// The answer about a tenant's provider. `None` if it has none, or is in another pool.
    pub fn provider(&self, tenant: &Tenant, deployment: &Deployment) -> Option<&Answer<Option<Provider>>> {
        self.has(tenant, deployment).then(|| self.providers.get(tenant.identity_provider.as_str()))?
    }

    /// Whether this is the tenant's pool.
    pub fn has(&self, tenant: &Tenant, deployment: &Deployment) -> bool {
        deployment.user_pool(tenant).is_ok_and(|pool| has_id(pool, &self.pool_id))
    }
}

/// Asks about the user pool with this id, and about the examined organizations in it. `progress` is called with how
/// many organizations were asked about, of how many.
///
/// # Errors
/// If the first call fails for another reason than a missing right, such as credentials that are not valid.
pub fn ask(
    api: &impl Api,
    web: &impl Web,
    pool_id: &str,
    subject: &Subject,
    progress: &dyn Fn(usize, usize),
) -> Result<Inside, ApiError> {
    let has_gate = match api.call(Operation::cognito("DescribeUserPool"), &json!({ "UserPoolId": pool_id })) {
        Err(error @ ApiError::Denied { .. }) => Err(error),
        answer => Ok(has_gate(&answer?)),
    };
    let (clients, providers) = (BTreeMap::new(), BTreeMap::new());
    let mut inside = Inside { pool_id: pool_id.to_owned(), has_gate, clients, providers };
    let asking = Asking { api, web, pool_id, subject };
    let examined = |tenant: &&Tenant| subject.is_examined(tenant) && inside.has(tenant, &subject.deployment);
    let tenants: Vec<&Tenant> = subject.tenants.iter().filter(examined).collect();
    for (done, tenant) in tenants.iter().enumerate() {
        progress(done, tenants.len());
        inside.clients.insert(tenant.client_id.as_str().to_owned(), asking.client(tenant));
        let provider = &tenant.identity_provider;
        if !provider.is_native() && !inside.providers.contains_key(provider.as_str()) {
            inside.providers.insert(provider.as_str().to_owned(), asking.provider(provider.as_str()));
        }
    }
    progress(tenants.len(), tenants.len());
    Ok(inside)
}

/// The trigger has two fields: an old one, and one with a version
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_LambdaConfigType.html>).
fn has_gate(response: &Value) -> bool {
    let triggers = &response["UserPool"]["LambdaConfig"];
    let arns = [&triggers["PreTokenGeneration"], &triggers["PreTokenGenerationConfig"]["LambdaArn"]];
    arns.into_iter().any(|arn| arn.as_str().is_some_and(|arn| !arn.is_empty()))
}

struct Asking<'a, A, W> {
    api: &'a A,
    web: &'a W,
    pool_id: &'a str,
    subject: &'a Subject,
}

impl<A: Api, W: Web> Asking<'_, A, W> {
    fn client(&self, tenant: &Tenant) -> ClientAnswers {
        let id = tenant.client_id.as_str();
        let described = found(describe_client(self.api, self.pool_id, id));
        let described = described.map(|client| client.map(|fields| AppClient::new(fields.into())));
        let is_there = !matches!(described, Ok(None));
        let deployment = &self.subject.deployment;
        let request = json!({ "UserPoolId": self.pool_id, "ClientId": id });
        let has_branding = (is_there && deployment.managed_login).then(|| self.has_branding(&request));
        let is_strict = deployment.isolation_of(tenant) == lookup_api::Isolation::Strict;
        let reuse = (is_there && is_strict).then(|| self.reuse(&request));
        ClientAnswers { described, has_branding, reuse }
    }

    fn has_branding(&self, request: &Value) -> Answer<bool> {
        let answer = self.api.call(Operation::cognito("DescribeManagedLoginBrandingByClient"), request);
        Ok(found(answer)?.is_some())
    }

    fn reuse(&self, request: &Value) -> Answer<Reuse> {
        let answer = self.api.call(Operation::cognito("GetUserPoolClientSessionConfiguration"), request);
        match answer {
            // Without the number, an app client has the default
            // (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserPoolClientSessionConfiguration.html).
            Ok(response) => {
                let minutes = response["SSOSession"]["MaxValidityMinutes"].as_i64();
                Ok(Reuse::Minutes(minutes.unwrap_or(DEFAULT_REUSE)))
            }
            Err(error) if is_not_available(&error) => Ok(Reuse::NotAvailable),
            Err(error) => Err(error),
        }
    }

    fn provider(&self, name: &str) -> Answer<Option<Provider>> {
        let Some(described) = found(describe_provider(self.api, self.pool_id, name))? else { return Ok(None) };
        let described = Value::from(described);
        let mapping = described["AttributeMapping"].as_object();
        // Cognito maps `username` by itself, and it is no attribute that an app client could write.
        let mapped = mapping.into_iter().flatten().map(|(name, _)| name.clone()).filter(|name| name != "username");
        Ok(Some(Provider {
            kind: described["ProviderType"].as_str().unwrap_or_default().to_owned(),
            mapped: mapped.collect(),
            metadata: self.metadata(&described["ProviderDetails"]),
        }))
    }

    /// The metadata that Cognito has, or else those at the address that it reads them from.
    fn metadata(&self, details: &Value) -> Option<Result<String, NoMetadata>> {
        if let Some(file) = details["MetadataFile"].as_str() {
            return Some(Ok(file.to_owned()));
        }
        let url = details["MetadataURL"].as_str()?.to_owned();
        let origin = self.subject.picker.origin.clone();
        Some(match self.web.send(&Request { url: url.clone(), form: None, origin }) {
            Ok(response) if response.status == 200 => Ok(response.body),
            Ok(response) => Err(NoMetadata { url, reason: format!("status {}", response.status) }),
            Err(error) => Err(NoMetadata { url, reason: format!("no response: {error}") }),
        })
    }
}

/// For how many minutes an app client reuses sessions that was never told.
const DEFAULT_REUSE: i64 = 60;

fn is_not_available(error: &ApiError) -> bool {
    error.code() == "FeatureUnavailableInTierException" || error.code().starts_with("UnknownOperation")
}

/// `None` if what was asked about does not exist.
fn found<T>(answer: Answer<T>) -> Answer<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::{NoResponse, Response};
    use platform::WebUrl;
    use platform::json::Json;
    use std::cell::RefCell;

    const POOL: &str = "eu-west-1_Example";

    /// Cognito, with an answer or a code of refusal for each operation, and a log of what it was asked.
    struct Cognito {
        answers: Vec<(&'static str, Result<Value, &'static str>)>,
        asked: RefCell<Vec<&'static str>>,
    }

    impl Api for Cognito {
        fn call(&self, operation: Operation, request: &Value) -> Result<Value, ApiError> {
            assert_eq!(request["UserPoolId"], POOL);
            self.asked.borrow_mut().push(operation.name);
            let answer = self.answers.iter().find(|(name, _)| *name == operation.name).unwrap();
            answer.1.clone().map_err(|code| match code {
                "denied" => ApiError::Denied { operation },
                code => ApiError::Refused { operation, code: code.to_owned(), message: String::new() },
            })
        }
    }

    impl Web for Cognito {
        fn send(&self, request: &Request) -> Result<Response, NoResponse> {
            match request.url.as_str() {
                "https://idp.example/metadata" => {
                    Ok(Response { status: 200, body: "<there/>".to_owned(), ..Response::default() })
                }
                "https://idp.example/moved" => Ok(Response { status: 302, ..Response::default() }),
                _ => Err(NoResponse("no such host".to_owned())),
            }
        }
    }

    fn subject(isolation: &str, managed_login: bool) -> Subject {
        let config = json!({
            "lookup_url": "/v1/lookup",
            "user_pools": [{ "issuer": format!("https://idp.example/{POOL}"), "hosted_ui": "https://auth.example" }],
            "isolation": isolation,
            "managed_login": managed_login,
        });
        let picker = WebUrl::parse("https://login.example/").unwrap();
        let tenant = |code: &str| {
            let json =
                format!(r#"{{"code":"{code}","name":"A","client_id":"{code}1","identity_provider":"AcmeSAML"}}"#);
            Tenant::from_json(&Json::parse(&json).unwrap()).unwrap()
        };
        Subject {
            deployment: Deployment::parse(&config.to_string(), &picker).unwrap(),
            picker,
            tenants: vec![tenant("acme"), tenant("beta"), tenant("gamma")],
            only: vec!["ACME".to_owned(), "beta".to_owned()],
            app_clients: None,
            inside: None,
        }
    }

    /// A Cognito that answers everything, but for one operation.
    fn cognito(operation: &'static str, answer: Result<Value, &'static str>) -> Cognito {
        let details = json!({ "MetadataURL": "https://idp.example/metadata", "client_secret": "s3cret" });
        let provider = json!({
            "ProviderType": "SAML",
            "ProviderDetails": details,
            "AttributeMapping": { "email": "mail", "username": "sub" },
        });
        let answers = vec![
            (operation, answer),
            ("DescribeUserPool", Ok(json!({ "UserPool": { "LambdaConfig": { "PreSignUp": "arn" } } }))),
            ("DescribeUserPoolClient", Ok(json!({ "UserPoolClient": { "ClientSecret": "s3cret" } }))),
            ("DescribeIdentityProvider", Ok(json!({ "IdentityProvider": provider }))),
            ("DescribeManagedLoginBrandingByClient", Ok(json!({ "ManagedLoginBranding": {} }))),
            ("GetUserPoolClientSessionConfiguration", Ok(json!({ "SSOSession": { "MaxValidityMinutes": 0 } }))),
        ];
        Cognito { answers, asked: RefCell::default() }
    }

    fn asked(cognito: &Cognito, subject: &Subject) -> Result<Inside, ApiError> {
        ask(cognito, cognito, POOL, subject, &|_, _| ())
    }

    fn inside(operation: &'static str, answer: Result<Value, &'static str>) -> Inside {
        asked(&cognito(operation, answer), &subject("strict", true)).unwrap()
    }

    #[test]
    fn only_what_matters_is_asked_and_a_shared_provider_once() {
        let everything = cognito("", Ok(Value::Null));
        asked(&everything, &subject("strict", true)).unwrap();
        let of_one =
            ["DescribeUserPoolClient", "DescribeManagedLoginBrandingByClient", "GetUserPoolClientSessionConfiguration"];
        let expected =
            [&["DescribeUserPool"][..], &of_one[..], &["DescribeIdentityProvider"][..], &of_one[..]].concat();
        assert_eq!(*everything.asked.borrow(), expected);
        let shared = cognito("", Ok(Value::Null));
        asked(&shared, &subject("shared", false)).unwrap();
        let expected =
            ["DescribeUserPool", "DescribeUserPoolClient", "DescribeIdentityProvider", "DescribeUserPoolClient"];
        assert_eq!(*shared.asked.borrow(), expected);
    }

    #[test]
    fn a_trigger_of_either_version_counts_and_another_one_does_not() {
        for (triggers, there) in [
            (json!({ "PreTokenGeneration": "arn:aws:lambda:x" }), true),
            (json!({ "PreTokenGenerationConfig": { "LambdaArn": "arn:aws:lambda:x", "LambdaVersion": "V2_0" } }), true),
            (json!({ "PreSignUp": "arn:aws:lambda:x", "PreTokenGeneration": "" }), false),
            (Value::Null, false),
        ] {
            let inside = inside("DescribeUserPool", Ok(json!({ "UserPool": { "LambdaConfig": triggers.clone() } })));
            assert_eq!(inside.has_gate, Ok(there), "{triggers}");
        }
    }

    #[test]
    fn a_missing_right_is_an_answer_and_credentials_that_are_not_valid_end_the_run() {
        let subject = subject("strict", true);
        let denied = asked(&cognito("DescribeUserPool", Err("denied")), &subject).unwrap();
        assert_eq!(denied.has_gate.unwrap_err().code(), "AccessDeniedException");
        assert!(matches!(denied.clients["acme1"].described, Ok(Some(_))), "the others are asked");
        for code in ["UnrecognizedClientException", "ResourceNotFoundException"] {
            assert_eq!(asked(&cognito("DescribeUserPool", Err(code)), &subject).unwrap_err().code(), code);
        }
    }

    #[test]
    fn what_is_not_found_is_an_answer_too() {
        let inside = |operation| inside(operation, Err("ResourceNotFoundException"));
        let without_client = &inside("DescribeUserPoolClient").clients["acme1"];
        assert!(matches!(without_client, ClientAnswers { described: Ok(None), has_branding: None, reuse: None }));
        assert_eq!(inside("DescribeIdentityProvider").providers["AcmeSAML"], Ok(None));
        let without_style = &inside("DescribeManagedLoginBrandingByClient").clients["acme1"];
        assert_eq!(without_style.has_branding, Some(Ok(false)));
    }

    #[test]
    fn a_tier_or_region_without_session_settings_is_no_failure() {
        let reuse =
            |answer| inside("GetUserPoolClientSessionConfiguration", answer).clients["acme1"].reuse.clone().unwrap();
        for code in ["FeatureUnavailableInTierException", "UnknownOperationException"] {
            assert_eq!(reuse(Err(code)), Ok(Reuse::NotAvailable), "{code}");
        }
        assert_eq!(reuse(Ok(json!({ "SSOSession": { "MaxValidityMinutes": 0 } }))), Ok(Reuse::Minutes(0)));
        assert_eq!(reuse(Ok(json!({}))), Ok(Reuse::Minutes(60)), "the default");
        assert!(reuse(Err("denied")).is_err() && reuse(Err("InternalErrorException")).is_err());
    }

    #[test]
    fn metadata_are_taken_from_cognito_or_else_fetched() {
        let metadata = |details: Value| {
            let provider = json!({ "IdentityProvider": { "ProviderType": "SAML", "ProviderDetails": details } });
            let inside = inside("DescribeIdentityProvider", Ok(provider));
            inside.providers["AcmeSAML"].clone().unwrap().unwrap().metadata
        };
        let (there, moved) = ("https://idp.example/metadata", "https://idp.example/moved");
        assert_eq!(metadata(json!({ "MetadataFile": "<own/>", "MetadataURL": there })), Some(Ok("<own/>".to_owned())));
        assert_eq!(metadata(json!({ "MetadataURL": there })), Some(Ok("<there/>".to_owned())));
        assert_eq!(metadata(json!({ "MetadataURL": moved })).unwrap().unwrap_err().reason, "status 302");
        let nowhere = metadata(json!({ "MetadataURL": "https://nowhere.example" })).unwrap().unwrap_err();
        assert_eq!(nowhere.reason, "no response: no such host");
        assert_eq!(metadata(json!({ "oidc_issuer": "https://idp.example" })), None);
    }

    #[test]
    fn no_secret_is_kept() {
        let inside = inside("", Ok(Value::Null));
        assert!(inside.clients.len() == 2 && !format!("{inside:?}").contains("s3cret"), "{inside:?}");
        assert_eq!(inside.providers["AcmeSAML"].clone().unwrap().unwrap().mapped, ["email"]);
    }
}
