//! The sliver of Secrets Manager that a provisioning tool needs. Of each secret, the current and the previous version
//! are kept.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::pool::{Fields, Pool, now, random, text};

/// A secret.
#[derive(Debug)]
pub(crate) struct Secret {
    arn: String,
    created: f64,
    changed: f64,
    /// The description, the key and the tags.
    about: Fields,
    /// The newest first.
    versions: Vec<Version>,
}

#[derive(Debug, Clone)]
struct Version {
    id: String,
    /// `SecretString` or `SecretBinary`.
    value: Fields,
}

const STAGES: [&str; 2] = ["AWSCURRENT", "AWSPREVIOUS"];

pub(crate) fn perform(pool: &mut Pool, action: &str, body: &Fields) -> Result<Value, ApiError> {
    match action {
        "CreateSecret" => create(pool, body),
        "PutSecretValue" => put(find(pool, body)?, body),
        "GetSecretValue" => get(find(pool, body)?, body),
        "DescribeSecret" => Ok(describe(find(pool, body)?)),
        _ => Err(ApiError::new("UnknownOperationException", "")),
    }
}

fn find<'a>(pool: &'a mut Pool, body: &Fields) -> Result<(String, &'a mut Secret), ApiError> {
    let id = text(body, "SecretId");
    let found = pool.secrets.iter_mut().find(|(name, secret)| *name == id || secret.arn == id);
    let found = found.map(|(name, secret)| (name.clone(), secret));
    found.ok_or_else(|| ApiError::not_found("Secrets Manager can't find the specified secret."))
}

/// The version that a request brings. Amazon's libraries invent the token; whoever writes requests by hand has to.
fn version(body: &Fields) -> Result<Version, ApiError> {
    let id = text(body, "ClientRequestToken").to_owned();
    if id.is_empty() {
        let message = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
        return Err(ApiError::new("InvalidRequestException", message));
    }
    let is_value = |name: &str| name == "SecretString" || name == "SecretBinary";
    let value: Fields = body.iter().filter(|(name, _)| is_value(name)).map(|(n, v)| (n.clone(), v.clone())).collect();
    if value.len() > 1 {
        let message = "You can't specify both a binary secret value and a string secret value in the same secret.";
        return Err(ApiError::invalid(message));
    }
    Ok(Version { id, value })
}

fn create(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let (name, version) = (text(body, "Name"), version(body)?);
    if let Some(secret) = pool.secrets.get(name) {
        // The same request again, after its answer was lost.
        if secret.versions.iter().any(|known| known.id == version.id && known.value == version.value) {
            return Ok(json!({ "ARN": secret.arn, "Name": name, "VersionId": version.id }));
        }
        let message = format!("The operation failed because the secret {name} already exists.");
        return Err(ApiError::new("ResourceExistsException", message));
    }
    let arn = format!("arn:aws:secretsmanager:{}:123456789012:secret:{name}-{}", pool.options.region, random(6)?);
    let has_value = !version.value.is_empty();
    let mut answer = json!({ "ARN": arn, "Name": name });
    if has_value {
        answer["VersionId"] = version.id.clone().into();
    }
    let is_about = |field: &str| ["Description", "KmsKeyId", "Tags"].contains(&field);
    let about = body.iter().filter(|(field, _)| is_about(field)).map(|(n, v)| (n.clone(), v.clone())).collect();
    let versions = if has_value { vec![version] } else { Vec::new() };
    pool.secrets.insert(name.to_owned(), Secret { arn, created: now(), changed: now(), about, versions });
    Ok(answer)
}

fn put((name, secret): (String, &mut Secret), body: &Fields) -> Result<Value, ApiError> {
    let version = version(body)?;
    if version.value.is_empty() {
        return Err(ApiError::invalid("You must provide either SecretString or SecretBinary."));
    }
    let answer = json!({ "ARN": secret.arn, "Name": name, "VersionId": version.id, "VersionStages": ["AWSCURRENT"] });
    match secret.versions.iter().find(|known| known.id == version.id) {
        Some(known) if known.value == version.value => Ok(answer),
        Some(_) => Err(ApiError::new("ResourceExistsException", "You can't modify a version that already exists.")),
        None => {
            secret.versions.insert(0, version);
            secret.versions.truncate(STAGES.len());
            secret.changed = now();
            Ok(answer)
        }
    }
}

fn get((name, secret): (String, &mut Secret), body: &Fields) -> Result<Value, ApiError> {
    let (id, stage) = (text(body, "VersionId"), text(body, "VersionStage"));
    let stage = if stage.is_empty() && id.is_empty() { STAGES[0] } else { stage };
    let mut versions = secret.versions.iter().zip(STAGES);
    let found =
        versions.find(|(version, of)| (id.is_empty() || version.id == id) && (stage.is_empty() || *of == stage));
    let (version, stage) = found.ok_or_else(|| {
        let message = format!("Secrets Manager can't find the specified secret value for staging label: {stage}");
        ApiError::not_found(message)
    })?;
    let mut answer = json!({ "ARN": secret.arn, "Name": name, "VersionId": version.id, "VersionStages": [stage],
        "CreatedDate": secret.changed });
    for (field, value) in &version.value {
        answer[field] = value.clone();
    }
    Ok(answer)
}

fn describe((name, secret): (String, &mut Secret)) -> Value {
    let stages: Fields = secret.versions.iter().zip(STAGES).map(|(v, stage)| (v.id.clone(), json!([stage]))).collect();
    let mut answer = json!({ "ARN": secret.arn, "Name": name, "CreatedDate": secret.created,
        "LastChangedDate": secret.changed, "VersionIdsToStages": stages });
    for (field, value) in &secret.about {
        answer[field] = value.clone();
    }
    answer
}
