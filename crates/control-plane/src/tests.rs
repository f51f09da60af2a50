//! Over HTTP: the protocol, the signature, and the faults that a test can order.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::signature::Authorization;
use crate::{ControlPlane, Options, pool};

/// A request that is signed well, unless a test changes it.
struct Asked<'a> {
    target: &'a str,
    body: Value,
    /// How far the clock is ahead, in seconds.
    ahead: i64,
    scope: &'a str,
    key_id: &'a str,
    secret: &'a str,
    signed_headers: &'a str,
}

fn asked(action: &str) -> Asked<'_> {
    let (ahead, scope, signed_headers) = (0, "eu-west-1/cognito-idp", "content-type;host;x-amz-date;x-amz-target");
    let body = json!({ "UserPoolId": "eu-west-1_LocalPool" });
    Asked { target: action, body, ahead, scope, key_id: "AKIALOCAL", secret: "local", signed_headers }
}

/// A date such as `20261127T062650Z`.
fn amz_date(seconds: i64) -> String {
    let (mut day, mut year) = (seconds / 86_400, 1970);
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while day >= 365 + i64::from(is_leap(year)) {
        day -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let mut month = 0;
    let lengths = [31, 28 + i64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    let second = seconds % 86_400;
    format!("{year}{:02}{:02}T{:02}{:02}{:02}Z", month + 1, day + 1, second / 3600, second / 60 % 60, second % 60)
}

impl Asked<'_> {
    /// Sends the request. Without an answer, the status is 0.
    fn send(&self, plane: &ControlPlane) -> (u16, Value) {
        let target = match self.target.contains('.') {
            true => self.target.to_owned(),
            false => format!("AWSCognitoIdentityProviderService.{}", self.target),
        };
        let (date, body) = (amz_date(pool::now() as i64 + self.ahead), self.body.to_string());
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("host", plane.address().strip_prefix("http://").unwrap()),
            ("x-amz-date", &date),
            ("x-amz-target", &target),
        ]
        .map(|(name, value)| (name, value.to_owned()));
        let (scope, key_id, signed) = (self.scope, self.key_id, self.signed_headers);
        let authorization = |signature: &str| {
            format!(
                "AWS4-HMAC-SHA256 Credential={key_id}/{}/{scope}/aws4_request, SignedHeaders={signed}, \
                 Signature={signature}",
                &date[..8]
            )
        };
        let mut request = hyper::Request::post("/").header("authorization", authorization("x"));
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let read = Authorization::read(&parts.headers);
        let signature = read.and_then(|read| read.expected(self.secret, &date, &parts, body.as_bytes()));
        let signature = signature.unwrap_or_default();
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent.post(plane.address()).header("authorization", authorization(&signature));
        for (name, value) in headers.iter().filter(|(name, _)| *name != "host") {
            request = request.header(*name, value);
        }
        let Ok(mut response) = request.send(&body) else { return (0, Value::Null) };
        let body = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), serde_json::from_str(&body).unwrap())
    }
}

fn plane() -> ControlPlane {
    ControlPlane::start(Options::default()).unwrap()
}

fn create_client(plane: &ControlPlane) -> (u16, Value) {
    let mut request = asked("CreateUserPoolClient");
    request.body["ClientName"] = json!("acme");
    request.send(plane)
}

fn client_count(plane: &ControlPlane) -> usize {
    let list = plane.perform("ListUserPoolClients", &asked("").body).unwrap();
    list["UserPoolClients"].as_array().unwrap().len()
}

#[track_caller]
fn refused((status, body): (u16, Value), code: &str) {
    assert_eq!((status, body["__type"].as_str()), (400, Some(code)), "{body}");
}

#[test]
fn a_request_that_is_signed_well_is_answered_and_any_other_is_refused() {
    let plane = plane();
    assert_eq!(asked("DescribeUserPool").send(&plane).0, 200);
    let changed = |change: fn(&mut Asked)| {
        let mut request = asked("DescribeUserPool");
        change(&mut request);
        request.send(&plane)
    };
    refused(changed(|request| request.key_id = "AKIAOTHER"), "UnrecognizedClientException");
    refused(changed(|request| request.secret = "other"), "InvalidSignatureException");
    refused(changed(|request| request.ahead = 16 * 60), "InvalidSignatureException");
    refused(changed(|request| request.ahead = -16 * 60), "InvalidSignatureException");
    refused(changed(|request| request.scope = "eu-west-1/cognito-identity"), "InvalidSignatureException");
    refused(changed(|request| request.signed_headers = "host;x-amz-date"), "IncompleteSignatureException");
    refused(changed(|request| request.scope = "eu-west-1"), "IncompleteSignatureException");
    refused(changed(|request| request.scope = "eu-west-2/cognito-idp"), "ResourceNotFoundException");
    refused(changed(|request| request.target = "DescribeEverything"), "UnknownOperationException");
    let secrets = changed(|request| {
        (request.target, request.scope) = ("secretsmanager.GetSecretValue", "eu-west-1/secretsmanager")
    });
    refused(secrets, "SerializationException");
}

#[test]
fn a_throttled_request_is_logged_but_not_done() {
    let plane = plane();
    plane.throttle(1);
    refused(create_client(&plane), "TooManyRequestsException");
    assert_eq!(create_client(&plane).0, 200);
    assert_eq!((plane.requests().len(), plane.writes().len(), client_count(&plane)), (2, 1, 1));
    plane.throttle_writes_faster_than(1);
    assert_eq!(create_client(&plane).0, 200);
    refused(create_client(&plane), "TooManyRequestsException");
    assert_eq!(asked("DescribeUserPool").send(&plane).0, 200);
}

#[test]
fn a_conflict_is_of_writes_only() {
    let plane = plane();
    plane.conflict(1);
    assert_eq!(asked("DescribeUserPool").send(&plane).0, 200);
    refused(create_client(&plane), "ConcurrentModificationException");
    assert_eq!(create_client(&plane).0, 200);
}

#[test]
fn after_its_death_nothing_is_answered_nor_written_until_it_is_revived() {
    let plane = plane();
    plane.die_after(1);
    assert_eq!(create_client(&plane).0, 200);
    assert_eq!((create_client(&plane).0, asked("DescribeUserPool").send(&plane).0), (0, 0));
    plane.revive();
    assert_eq!(asked("DescribeUserPool").send(&plane).0, 200);
    assert_eq!((client_count(&plane), plane.writes().len()), (1, 1));
}

#[test]
fn a_write_whose_answer_is_dropped_is_written() {
    let plane = plane();
    plane.drop_answer_of(2);
    assert_eq!([(); 3].map(|()| create_client(&plane).0), [200, 0, 200]);
    assert_eq!((client_count(&plane), plane.writes().len()), (3, 3));
}

#[test]
fn a_denied_action_is_refused_in_amazons_words() {
    let plane = plane();
    plane.deny("CreateUserPoolClient");
    let (status, body) = create_client(&plane);
    assert_eq!(
        (status, body["message"].as_str().unwrap()),
        (
            400,
            "User: arn:aws:iam::123456789012:user/operator is not authorized to perform: \
             cognito-idp:CreateUserPoolClient on resource: \
             arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_LocalPool because no identity-based policy \
             allows the cognito-idp:CreateUserPoolClient action"
        )
    );
    plane.allow("CreateUserPoolClient");
    assert_eq!(create_client(&plane).0, 200);
}

#[test]
fn two_writes_at_once_are_noticed() {
    let plane = plane();
    plane.set_write_time(Duration::from_millis(300));
    assert_eq!([(); 2].map(|()| create_client(&plane).0), [200, 200]);
    assert!(!plane.had_parallel_writes());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| create_client(&plane));
        }
    });
    assert!(plane.had_parallel_writes());
}

#[test]
fn a_test_can_change_what_is_there_behind_the_tools_back() {
    let plane = plane();
    let (_, created) = create_client(&plane);
    let id = created["UserPoolClient"]["ClientId"].as_str().unwrap();
    assert!(plane.change_client(id, |settings| settings["ClientName"] = json!("other")));
    let mut request = asked("DescribeUserPoolClient");
    request.body["ClientId"] = json!(id);
    assert_eq!(request.send(&plane).1["UserPoolClient"]["ClientName"], "other");
    assert!(!plane.change_provider("Acme", |_| ()));
}
