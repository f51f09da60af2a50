//! What the stand-in demands and answers, as another operator's requests see it.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use control_plane::{ControlPlane, Options};
use serde_json::{Value, json};

const METADATA: &str = r#"<?xml version="1.0"?><!-- Acme --><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.acme.example/in"/>
    </md:EntityDescriptor>"#;

fn plane() -> ControlPlane {
    ControlPlane::start(Options::default()).unwrap()
}

/// A body, with the pool's id.
fn body(mut fields: Value) -> Value {
    fields["UserPoolId"] = json!("eu-west-1_LocalPool");
    fields
}

/// A body with some of its fields set anew.
fn with(mut fields: Value, other: Value) -> Value {
    for (name, value) in other.as_object().unwrap() {
        fields[name] = value.clone();
    }
    fields
}

#[track_caller]
fn done(plane: &ControlPlane, action: &str, fields: Value) -> Value {
    plane.perform(action, &body(fields)).unwrap()
}

#[track_caller]
fn refused(plane: &ControlPlane, action: &str, fields: Value, code: &str, words: &str) {
    let error = plane.perform(action, &body(fields)).unwrap_err();
    assert_eq!(error.code, code, "{error}");
    assert!(error.message.contains(words), "{error}");
}

fn create_client(plane: &ControlPlane, fields: Value) -> Value {
    done(plane, "CreateUserPoolClient", with(json!({ "ClientName": "acme" }), fields))["UserPoolClient"].take()
}

fn create_saml(plane: &ControlPlane, name: &str) -> Value {
    let details = json!({ "MetadataFile": METADATA });
    let fields = json!({ "ProviderName": name, "ProviderType": "SAML", "ProviderDetails": details });
    done(plane, "CreateIdentityProvider", fields)["IdentityProvider"].take()
}

fn oidc(name: &str) -> Value {
    let details = json!({ "client_id": "c", "client_secret": "s", "attributes_request_method": "GET",
        "oidc_issuer": "https://idp.acme.example", "authorize_scopes": "openid email" });
    json!({ "ProviderName": name, "ProviderType": "OIDC", "ProviderDetails": details })
}

/// The settings of a client that signs people in.
fn sign_in() -> Value {
    json!({ "ClientName": "acme", "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"], "CallbackURLs": ["https://acme.example/callback"] })
}

#[test]
fn a_new_client_has_cognitos_defaults_and_no_secret() {
    let plane = plane();
    let created = create_client(&plane, json!({}));
    let described = done(&plane, "DescribeUserPoolClient", json!({ "ClientId": created["ClientId"] }));
    assert_eq!(described["UserPoolClient"], created);
    let mut rest = created;
    assert!(rest["CreationDate"].is_f64());
    for name in ["ClientId", "CreationDate", "LastModifiedDate"] {
        rest.as_object_mut().unwrap().remove(name);
    }
    let defaults = json!({ "ClientName": "acme", "RefreshTokenValidity": 30, "TokenValidityUnits": {},
        "AllowedOAuthFlowsUserPoolClient": false, "EnableTokenRevocation": true, "AuthSessionValidity": 3,
        "EnablePropagateAdditionalUserContextData": false });
    assert_eq!(rest, body(defaults));
}

#[test]
fn an_update_of_a_client_replaces_all_settings_but_not_its_secret_nor_its_creation_date() {
    let plane = plane();
    let own = json!({ "AuthSessionValidity": 7, "ReadAttributes": ["email"], "AnalyticsConfiguration":
        { "UserDataShared": true }, "GenerateSecret": true, "RefreshTokenValidity": 5 });
    let old = create_client(&plane, own);
    assert_eq!(
        (&old["AuthSessionValidity"], &old["AnalyticsConfiguration"]["UserDataShared"]),
        (&json!(7), &json!(true))
    );
    let new = done(&plane, "UpdateUserPoolClient", json!({ "ClientId": old["ClientId"], "ClientName": "new" }));
    let new = &new["UserPoolClient"];
    for (field, expected) in [
        ("ClientName", json!("new")),
        ("AuthSessionValidity", json!(3)),
        ("ReadAttributes", Value::Null),
        ("AnalyticsConfiguration", Value::Null),
        ("RefreshTokenValidity", json!(30)),
        ("ClientSecret", old["ClientSecret"].clone()),
        ("CreationDate", old["CreationDate"].clone()),
    ] {
        assert_eq!(new[field], expected, "{field}");
    }
    assert_eq!(*new, done(&plane, "DescribeUserPoolClient", json!({ "ClientId": old["ClientId"] }))["UserPoolClient"]);
}

#[test]
fn two_clients_may_have_the_same_name() {
    let plane = plane();
    assert_ne!(create_client(&plane, json!({}))["ClientId"], create_client(&plane, json!({}))["ClientId"]);
}

#[test]
fn settings_that_cognito_does_not_accept_are_refused() {
    let plane = plane();
    let (value, flow) = ("InvalidParameterException", "InvalidOAuthFlowException");
    let refuse = |other, code, words| refused(&plane, "CreateUserPoolClient", with(sign_in(), other), code, words);
    let missing = "The provider AcmeSAML does not exist for User Pool eu-west-1_LocalPool.";
    refuse(json!({ "SupportedIdentityProviders": ["COGNITO", "AcmeSAML"] }), value, missing);
    refuse(json!({ "AllowedOAuthScopes": ["openid", "api/read"] }), "ScopeDoesNotExistException", "api/read");
    refuse(json!({ "AllowedOAuthScopes": [] }), flow, "are required");
    refuse(json!({ "AllowedOAuthFlows": ["code", "client_credentials"], "GenerateSecret": true }), flow, "along with");
    refuse(json!({ "AllowedOAuthFlows": ["client_credentials"] }), flow, "does not have a client secret");
    refuse(json!({ "AllowedOAuthFlowsUserPoolClient": false }), value, "AllowedOAuthFlowsUserPoolClient");
    refuse(json!({ "CallbackURLs": [] }), value, "CallbackURLs");
    for url in ["/callback", "https://acme.example/#x", "http://acme.example/", "http://localhost.acme.example/"] {
        refuse(json!({ "CallbackURLs": [url] }), value, url);
        refuse(json!({ "LogoutURLs": [url] }), value, url);
    }
    refuse(json!({ "DefaultRedirectURI": "https://acme.example/" }), value, "DefaultRedirectURI");
    refuse(json!({ "ReadAttributes": ["email", "custom:other"] }), value, "read attributes");
    refuse(json!({ "WriteAttributes": ["custom:other"] }), value, "write attributes");
    refuse(json!({ "AccessTokenValidity": 25 }), value, "AccessTokenValidity");
    refuse(json!({ "IdTokenValidity": 4, "TokenValidityUnits": { "IdToken": "minutes" } }), value, "IdTokenValidity");
    refuse(json!({ "RefreshTokenValidity": 3651 }), value, "RefreshTokenValidity");
    refuse(json!({ "GenerateSecret": true, "ClientSecret": "0123456789abcdef01234567" }), value, "ClientSecret");
}

#[test]
fn settings_that_cognito_accepts_are_accepted() {
    let plane = plane();
    create_saml(&plane, "AcmeSAML");
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "Reads" }]);
    done(&plane, "CreateResourceServer", json!({ "Identifier": "https://api", "Name": "api", "Scopes": scopes }));
    let machine = json!({ "AllowedOAuthFlows": ["client_credentials"], "CallbackURLs": [], "GenerateSecret": true,
        "AllowedOAuthScopes": ["https://api/read"] });
    create_client(&plane, with(sign_in(), machine));
    let person = json!({ "SupportedIdentityProviders": ["COGNITO", "AcmeSAML"], "ReadAttributes": ["custom:tenant"],
        "CallbackURLs": ["http://localhost:8080/", "http://127.0.0.1/", "http://[::1]:1/", "acme://callback"],
        "AccessTokenValidity": 24, "RefreshTokenValidity": 3650 });
    create_client(&plane, with(sign_in(), person));
}

#[test]
fn a_provider_can_be_deleted_while_a_client_names_it_but_the_client_cannot_be_updated_with_it() {
    let plane = plane();
    create_saml(&plane, "AcmeSAML");
    let settings = json!({ "SupportedIdentityProviders": ["AcmeSAML"] });
    let client = create_client(&plane, settings.clone());
    done(&plane, "DeleteIdentityProvider", json!({ "ProviderName": "AcmeSAML" }));
    let client = json!({ "ClientId": client["ClientId"] });
    let described = done(&plane, "DescribeUserPoolClient", client.clone());
    assert_eq!(described["UserPoolClient"]["SupportedIdentityProviders"], json!(["AcmeSAML"]));
    let words = "The provider AcmeSAML does not exist";
    refused(&plane, "UpdateUserPoolClient", with(client, settings), "InvalidParameterException", words);
}

#[test]
fn cognito_adds_details_to_a_provider() {
    let plane = plane();
    let saml = create_saml(&plane, "AcmeSAML");
    assert_eq!(saml["ProviderDetails"]["SSORedirectBindingURI"], "https://idp.acme.example/in");
    assert!(saml["ProviderDetails"]["ActiveEncryptionCertificate"].is_string());
    done(&plane, "CreateIdentityProvider", oidc("AcmeOIDC"));
    let described = done(&plane, "DescribeIdentityProvider", json!({ "ProviderName": "AcmeOIDC" }));
    let details = &described["IdentityProvider"]["ProviderDetails"];
    for (name, expected) in [
        ("authorize_url", "https://idp.acme.example/authorize"),
        ("jwks_uri", "https://idp.acme.example/.well-known/jwks.json"),
        ("attributes_url_add_attributes", "false"),
        ("client_secret", "s"),
    ] {
        assert_eq!(details[name], expected);
    }
    assert!(details["token_url"].is_string() && details["attributes_url"].is_string());
    assert_eq!(described["IdentityProvider"]["AttributeMapping"], json!({ "username": "sub" }));
}

#[test]
fn an_update_of_a_provider_replaces_details_mapping_and_identifiers() {
    let plane = plane();
    let more = json!({ "AttributeMapping": { "email": "mail" }, "IdpIdentifiers": ["acme.example"] });
    let old = done(&plane, "CreateIdentityProvider", with(oidc("Acme"), more))["IdentityProvider"].take();
    let mut fields = oidc("Acme");
    fields.as_object_mut().unwrap().remove("ProviderType");
    fields["ProviderDetails"].as_object_mut().unwrap().remove("client_secret");
    let new = done(&plane, "UpdateIdentityProvider", fields.clone())["IdentityProvider"].take();
    assert_eq!((&new["IdpIdentifiers"], &new["AttributeMapping"]), (&json!([]), &json!({ "username": "sub" })));
    assert_eq!(new["ProviderDetails"]["client_secret"], Value::Null);
    assert_eq!((&new["CreationDate"], &new["ProviderType"]), (&old["CreationDate"], &old["ProviderType"]));
    fields.as_object_mut().unwrap().remove("ProviderDetails");
    refused(&plane, "UpdateIdentityProvider", fields, "InvalidParameterException", "client_id");
}

#[test]
fn providers_that_cognito_does_not_accept_are_refused() {
    let plane = plane();
    create_saml(&plane, "Acme");
    let value = "InvalidParameterException";
    let refuse = |fields, code, words| refused(&plane, "CreateIdentityProvider", fields, code, words);
    refuse(oidc("Acme"), "DuplicateProviderException", "Acme already exists");
    refuse(with(oidc("Google"), json!({})), value, "Provider Google cannot be of type OIDC.");
    refuse(with(oidc("Other"), json!({ "ProviderType": "Google" })), value, "Provider Other cannot be of type Google.");
    refuse(with(oidc("Other"), json!({ "AttributeMapping": { "custom:other": "x" } })), value, "custom:other");
    let details = |kind, details| json!({ "ProviderName": "Other", "ProviderType": kind, "ProviderDetails": details });
    refuse(details("OIDC", json!({ "client_id": "c" })), value, "attributes_request_method");
    refuse(details("SAML", json!({})), value, "either MetadataURL or MetadataFile");
    refuse(
        details("SAML", json!({ "MetadataFile": "<html>EntityDescriptor" })),
        value,
        "Error in parsing metadata file",
    );
    refuse(details("SAML", json!({ "MetadataURL": "http://idp.acme.example/" })), value, "no https URL");
    let derived = json!({ "MetadataFile": METADATA, "SSORedirectBindingURI": "https://idp.acme.example/in" });
    refuse(details("SAML", derived), value, "SSORedirectBindingURI");
}

#[test]
fn an_update_of_a_resource_server_replaces_its_scopes() {
    let plane = plane();
    let server = json!({ "Identifier": "api", "Name": "api" });
    let scopes = json!({ "Scopes": [{ "ScopeName": "read", "ScopeDescription": "Reads" }] });
    done(&plane, "CreateResourceServer", with(server.clone(), scopes));
    refused(&plane, "CreateResourceServer", server.clone(), "InvalidParameterException", "already exists");
    assert_eq!(done(&plane, "UpdateResourceServer", server)["ResourceServer"]["Scopes"], json!([]));
    let described = done(&plane, "DescribeResourceServer", json!({ "Identifier": "api" }));
    assert_eq!(described["ResourceServer"]["Scopes"], json!([]));
}

#[test]
fn lists_come_in_pages_and_a_foreign_token_is_refused() {
    let plane = plane();
    let mut ids: Vec<Value> = (0..61).map(|_| create_client(&plane, json!({}))["ClientId"].take()).collect();
    ids.sort_by_key(Value::to_string);
    let first = done(&plane, "ListUserPoolClients", json!({}));
    let token = json!({ "NextToken": first["NextToken"] });
    let second = done(&plane, "ListUserPoolClients", token.clone());
    let pages = [&first, &second].map(|page| page["UserPoolClients"].as_array().unwrap());
    assert_eq!((pages[0].len(), pages[1].len()), (60, 1));
    assert_eq!(pages.into_iter().flatten().map(|client| client["ClientId"].clone()).collect::<Vec<_>>(), ids);
    assert_eq!(second["NextToken"], Value::Null);
    assert_eq!(pages[1][0].as_object().unwrap().len(), 3);
    refused(&plane, "ListIdentityProviders", token, "InvalidParameterException", "token");
    refused(&plane, "ListResourceServers", json!({ "NextToken": "x" }), "InvalidParameterException", "token");
}

#[test]
fn what_is_over_a_quota_is_refused() {
    let options =
        Options { max_clients: 2, max_providers: 1, max_resource_servers: 1, max_brandings: 1, ..Options::default() };
    let plane = ControlPlane::start(options).unwrap();
    let limit = "LimitExceededException";
    let clients = [(); 2].map(|()| create_client(&plane, json!({}))["ClientId"].take());
    refused(&plane, "CreateUserPoolClient", json!({ "ClientName": "acme" }), limit, "2");
    create_saml(&plane, "Acme");
    refused(&plane, "CreateIdentityProvider", oidc("Other"), limit, "1");
    done(&plane, "CreateResourceServer", json!({ "Identifier": "api", "Name": "api" }));
    refused(&plane, "CreateResourceServer", json!({ "Identifier": "other", "Name": "other" }), limit, "1");
    let branding = clients.map(|id| json!({ "ClientId": id, "UseCognitoProvidedValues": true }));
    done(&plane, "CreateManagedLoginBranding", branding[0].clone());
    refused(&plane, "CreateManagedLoginBranding", branding[1].clone(), limit, "1");
}

#[test]
fn a_client_has_one_branding() {
    let plane = plane();
    let client = json!({ "ClientId": create_client(&plane, json!({}))["ClientId"] });
    let (action, describe) = ("CreateManagedLoginBranding", "DescribeManagedLoginBrandingByClient");
    refused(&plane, describe, client.clone(), "ResourceNotFoundException", "branding");
    refused(&plane, action, client.clone(), "InvalidParameterException", "UseCognitoProvidedValues");
    let fields = with(client.clone(), json!({ "UseCognitoProvidedValues": true }));
    let branding = done(&plane, action, fields.clone());
    refused(&plane, action, fields, "ManagedLoginBrandingExistsException", "exists");
    assert_eq!(done(&plane, describe, client.clone()), branding);
    let id = json!({ "ManagedLoginBrandingId": branding["ManagedLoginBranding"]["ManagedLoginBrandingId"] });
    done(&plane, "DeleteManagedLoginBranding", id);
    refused(&plane, describe, client, "ResourceNotFoundException", "branding");
}

#[test]
fn a_client_has_at_most_two_secrets_and_at_least_one() {
    let plane = plane();
    let public = json!({ "ClientId": create_client(&plane, json!({}))["ClientId"] });
    refused(&plane, "AddUserPoolClientSecret", public, "InvalidParameterException", "no secret");
    let created = create_client(&plane, json!({ "GenerateSecret": true }));
    let client = json!({ "ClientId": created["ClientId"] });
    let secrets = || done(&plane, "ListUserPoolClientSecrets", client.clone())["ClientSecrets"].take();
    let first = json!({ "ClientSecretId": secrets()[0]["ClientSecretId"] });
    assert!(
        first["ClientSecretId"].as_str().unwrap().starts_with(&format!("{}--", created["ClientId"].as_str().unwrap()))
    );
    refused(
        &plane,
        "DeleteUserPoolClientSecret",
        with(client.clone(), first.clone()),
        "InvalidParameterException",
        "last",
    );
    let added = done(&plane, "AddUserPoolClientSecret", client.clone())["ClientSecretDescriptor"].take();
    refused(&plane, "AddUserPoolClientSecret", client.clone(), "LimitExceededException", "2");
    assert!(secrets().as_array().unwrap().iter().all(|secret| secret.get("ClientSecretValue").is_none()));
    done(&plane, "DeleteUserPoolClientSecret", with(client.clone(), first.clone()));
    refused(&plane, "DeleteUserPoolClientSecret", with(client.clone(), first), "ResourceNotFoundException", "secret");
    let described = done(&plane, "DescribeUserPoolClient", client.clone());
    assert_eq!(described["UserPoolClient"]["ClientSecret"], added["ClientSecretValue"]);
}

#[test]
fn the_session_configuration_is_an_hour_until_it_is_set_and_needs_a_tier_that_has_it() {
    let plane = plane();
    let client = json!({ "ClientId": create_client(&plane, json!({}))["ClientId"] });
    let (set, get) = ("SetUserPoolClientSessionConfiguration", "GetUserPoolClientSessionConfiguration");
    assert_eq!(done(&plane, get, client.clone())["SSOSession"], json!({ "MaxValidityMinutes": 60 }));
    let fields = with(client.clone(), json!({ "SSOSession": { "MaxValidityMinutes": 0 } }));
    done(&plane, set, fields.clone());
    assert_eq!(done(&plane, get, client.clone()), body(fields.clone()));
    let longer = with(client, json!({ "SSOSession": { "MaxValidityMinutes": 129_601 } }));
    refused(&plane, set, longer, "InvalidParameterException", "129600");
    plane.set_session_tracking(false);
    refused(&plane, set, fields.clone(), "InvalidParameterException", "tracking");
    plane.set_tier("LITE");
    refused(&plane, set, fields, "FeatureUnavailableInTierException", "tier");
}

#[test]
fn what_is_created_is_seen_late_if_the_test_says_so() {
    let plane = plane();
    plane.lag(1);
    create_saml(&plane, "Acme");
    let fields = json!({ "ClientName": "acme", "SupportedIdentityProviders": ["Acme"] });
    refused(&plane, "CreateUserPoolClient", fields.clone(), "InvalidParameterException", "Acme does not exist");
    let client = json!({ "ClientId": create_client(&plane, fields)["ClientId"] });
    refused(&plane, "DescribeUserPoolClient", client.clone(), "ResourceNotFoundException", "does not exist");
    done(&plane, "DescribeUserPoolClient", client);
}

#[test]
fn the_pool_says_its_schema_its_triggers_and_its_tier() {
    let plane = plane();
    plane.set_lambda_config(json!({ "PreTokenGeneration": "arn" }));
    plane.set_tier("PLUS");
    let pool = done(&plane, "DescribeUserPool", json!({}))["UserPool"].take();
    assert_eq!((&pool["LambdaConfig"]["PreTokenGeneration"], &pool["UserPoolTier"]), (&json!("arn"), &json!("PLUS")));
    let names = pool["SchemaAttributes"].as_array().unwrap().iter().map(|attribute| &attribute["Name"]);
    assert_eq!(names.filter(|name| **name == "email" || **name == "custom:tenant").count(), 2);
    let other = plane.perform("DescribeUserPool", &json!({ "UserPoolId": "eu-west-1_Other" })).unwrap_err();
    assert_eq!(other.message, "User pool eu-west-1_Other does not exist.");
}

#[test]
fn secrets_manager_repeats_the_answer_to_a_repeated_request_and_refuses_another_one() {
    let plane = plane();
    let do_it = |action: &str, body: &Value| plane.perform(&format!("secretsmanager.{action}"), body);
    let token = |digit: &str| digit.repeat(32);
    let create = json!({ "Name": "acme", "SecretString": "1", "ClientRequestToken": token("1") });
    assert_eq!(do_it("CreateSecret", &json!({ "Name": "acme" })).unwrap_err().code, "InvalidRequestException");
    assert_eq!(do_it("CreateSecret", &create), do_it("CreateSecret", &create));
    let again = with(create, json!({ "ClientRequestToken": token("2") }));
    assert_eq!(do_it("CreateSecret", &again).unwrap_err().code, "ResourceExistsException");
    let id = json!({ "SecretId": "acme" });
    let put = with(id.clone(), json!({ "SecretString": "2", "ClientRequestToken": token("3") }));
    assert_eq!(do_it("PutSecretValue", &put), do_it("PutSecretValue", &put));
    let other = with(put, json!({ "SecretString": "3" }));
    assert_eq!(do_it("PutSecretValue", &other).unwrap_err().code, "ResourceExistsException");
    assert_eq!(do_it("GetSecretValue", &id).unwrap()["SecretString"], "2");
    let previous = with(id.clone(), json!({ "VersionStage": "AWSPREVIOUS" }));
    assert_eq!(do_it("GetSecretValue", &previous).unwrap()["SecretString"], "1");
    let described = do_it("DescribeSecret", &id).unwrap();
    assert_eq!(described["VersionIdsToStages"][token("3")], json!(["AWSCURRENT"]));
    assert_eq!(do_it("DescribeSecret", &json!({ "SecretId": "no" })).unwrap_err().code, "ResourceNotFoundException");
}
