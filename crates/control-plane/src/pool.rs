//! The user pool: its options, what is in it, and which module does which action.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use crate::clients::Client;
use crate::error::ApiError;
use crate::providers::Provider;
use crate::secrets::Secret;
use crate::{branding, client_secrets, clients, providers, resource_servers, secrets, sessions};

/// The fields of a request or of a description.
pub(crate) type Fields = Map<String, Value>;

/// The attributes that every pool has.
const STANDARD_ATTRIBUTES: [&str; 21] = [
    "sub",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "identities",
];

/// What the stand-in is a stand-in of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The user pool's id.
    pub pool_id: String,
    /// The region. A request that is signed for another one finds no pool.
    pub region: String,
    /// The id of the one access key that is known.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The prefix of the pool's domain.
    pub domain: String,
    /// The pool's custom attributes, with `custom:`.
    pub custom_attributes: Vec<String>,
    /// The attributes that every profile must have, beside `sub`.
    pub required_attributes: Vec<String>,
    /// How many app clients a pool may have.
    pub max_clients: usize,
    /// How many identity providers a pool may have.
    pub max_providers: usize,
    /// How many resource servers a pool may have.
    pub max_resource_servers: usize,
    /// How many managed login brandings a pool may have.
    pub max_brandings: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            pool_id: "eu-west-1_LocalPool".to_owned(),
            region: "eu-west-1".to_owned(),
            access_key_id: "AKIALOCAL".to_owned(),
            secret_access_key: "local".to_owned(),
            domain: "local-pool".to_owned(),
            custom_attributes: vec!["custom:tenant".to_owned()],
            required_attributes: vec!["email".to_owned()],
            max_clients: 1000,
            max_providers: 300,
            max_resource_servers: 25,
            max_brandings: 20,
        }
    }
}

/// What is in the pool, and the secrets of the account.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) options: Options,
    pub(crate) tier: String,
    pub(crate) session_tracking: bool,
    pub(crate) lambda_config: Value,
    /// For how many looks something new is not found yet.
    pub(crate) lag: u32,
    pub(crate) clients: BTreeMap<String, Client>,
    pub(crate) providers: BTreeMap<String, Provider>,
    pub(crate) resource_servers: BTreeMap<String, Fields>,
    pub(crate) secrets: BTreeMap<String, Secret>,
    /// Which list each page token that was handed out continues, and after which key.
    page_tokens: BTreeMap<String, (String, String)>,
    created: f64,
}

impl Pool {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            tier: "ESSENTIALS".to_owned(),
            session_tracking: true,
            lambda_config: json!({}),
            lag: 0,
            clients: BTreeMap::new(),
            providers: BTreeMap::new(),
            resource_servers: BTreeMap::new(),
            secrets: BTreeMap::new(),
            page_tokens: BTreeMap::new(),
            created: now(),
        }
    }

    /// Does an action. The body has the action's shape.
    ///
    /// # Errors
    /// The error that Cognito or Secrets Manager would answer with.
    pub(crate) fn perform(&mut self, service: &str, action: &str, body: &Fields) -> Result<Value, ApiError> {
        if service == "secretsmanager" {
            return secrets::perform(self, action, body);
        }
        let id = text(body, "UserPoolId");
        if id != self.options.pool_id {
            return Err(ApiError::not_found(format!("User pool {id} does not exist.")));
        }
        match action {
            "DescribeUserPool" => Ok(self.describe()),
            "ListUserPoolClients" => clients::list(self, body),
            "DescribeUserPoolClient" => clients::describe_action(self, body),
            "CreateUserPoolClient" => clients::create(self, body),
            "UpdateUserPoolClient" => clients::update(self, body),
            "DeleteUserPoolClient" => clients::delete(self, body),
            "ListIdentityProviders" => providers::list(self, body),
            "DescribeIdentityProvider" => providers::describe_action(self, body),
            "CreateIdentityProvider" => providers::create(self, body),
            "UpdateIdentityProvider" => providers::update(self, body),
            "DeleteIdentityProvider" => providers::delete(self, body),
            "ListResourceServers" => resource_servers::list(self, body),
            "DescribeResourceServer" => resource_servers::describe_action(self, body),
            "CreateResourceServer" => resource_servers::create(self, body),
            "UpdateResourceServer" => resource_servers::update(self, body),
            "CreateManagedLoginBranding" => branding::create(self, body),
            "DescribeManagedLoginBrandingByClient" => branding::describe_by_client(self, body),
            "DeleteManagedLoginBranding" => branding::delete(self, body),
            "SetUserPoolClientSessionConfiguration" => sessions::set(self, body),
            "GetUserPoolClientSessionConfiguration" => sessions::get(self, body),
            "AddUserPoolClientSecret" => client_secrets::add(self, body),
            "ListUserPoolClientSecrets" => client_secrets::list(self, body),
            "DeleteUserPoolClientSecret" => client_secrets::delete(self, body),
            _ => Err(ApiError::new("UnknownOperationException", "")),
        }
    }

    fn describe(&self) -> Value {
        let options = &self.options;
        let attributes = self.attributes().map(|name| {
            let is_required = name == "sub" || options.required_attributes.iter().any(|required| required == name);
            json!({ "Name": name, "AttributeDataType": "String", "Mutable": name != "sub", "Required": is_required,
                "DeveloperOnlyAttribute": false })
        });
        json!({ "UserPool": {
            "Id": options.pool_id,
            "Name": "local",
            "Arn": format!("arn:aws:cognito-idp:{}:123456789012:userpool/{}", options.region, options.pool_id),
            "Domain": options.domain,
            "LambdaConfig": self.lambda_config,
            "UserPoolTier": self.tier,
            "SchemaAttributes": attributes.collect::<Vec<_>>(),
            "MfaConfiguration": "OFF",
            "DeletionProtection": "INACTIVE",
            "CreationDate": self.created,
            "LastModifiedDate": self.created,
        } })
    }

    /// The names of the attributes in the pool's schema.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &str> {
        STANDARD_ATTRIBUTES.into_iter().chain(self.options.custom_attributes.iter().map(String::as_str))
    }

    /// A page of a list: at most as many keys as the request or `default` says, after the request's token.
    ///
    /// # Errors
    /// `InvalidParameterException` if the token was not handed out for this list.
    pub(crate) fn page(
        &mut self,
        list: &str,
        keys: &[String],
        body: &Fields,
        default: usize,
    ) -> Result<(Vec<String>, Fields), ApiError> {
        let size = body.get("MaxResults").and_then(Value::as_u64).map_or(default, |size| size as usize);
        let size = if size == 0 { default } else { size };
        let after = match body.get("NextToken").and_then(Value::as_str) {
            None => String::new(),
            Some(token) => match self.page_tokens.get(token) {
                Some((of, after)) if of == list => after.clone(),
                _ => return Err(ApiError::invalid("Invalid pagination token.")),
            },
        };
        let mut rest = keys.iter().filter(|key| **key > after).cloned();
        let page: Vec<String> = rest.by_ref().take(size).collect();
        let mut answer = Fields::new();
        if let (Some(last), Some(_)) = (page.last(), rest.next()) {
            let token = random(48)?;
            self.page_tokens.insert(token.clone(), (list.to_owned(), last.clone()));
            answer.insert("NextToken".to_owned(), token.into());
        }
        Ok((page, answer))
    }
}

/// A field that is text. Empty without one.
pub(crate) fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The members of a field that is a list of texts.
pub(crate) fn texts<'a>(fields: &'a Fields, name: &str) -> Vec<&'a str> {
    fields.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Now, as the API writes it: seconds since 1970 with a fraction.
pub(crate) fn now() -> f64 {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    millis as f64 / 1000.0
}

/// So many random small letters and digits.
pub(crate) fn random(length: usize) -> Result<String, ApiError> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).map_err(|error| ApiError::new("InternalErrorException", error.to_string()))?;
    Ok(bytes.iter().map(|byte| char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[usize::from(*byte % 36)])).collect())
}
