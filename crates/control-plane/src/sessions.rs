//! For how long an app client signs people in silently.

use serde_json::{Value, json};

use crate::clients;
use crate::error::ApiError;
use crate::pool::{Fields, Pool};

/// What a client has that was never set.
const DEFAULT_MINUTES: u64 = 60;

pub(crate) fn set(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    if pool.tier == "LITE" {
        let message = "Session configuration needs the ESSENTIALS or PLUS tier.";
        return Err(ApiError::new("FeatureUnavailableInTierException", message));
    }
    if !pool.session_tracking {
        return Err(ApiError::invalid("Session tracking is not enabled for the user pool."));
    }
    clients::find(pool, body)?.session_minutes = body["SSOSession"]["MaxValidityMinutes"].as_u64();
    get(pool, body)
}

pub(crate) fn get(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let minutes = clients::find(pool, body)?.session_minutes.unwrap_or(DEFAULT_MINUTES);
    let (pool, client) = (&body["UserPoolId"], &body["ClientId"]);
    Ok(json!({ "UserPoolId": pool, "ClientId": client, "SSOSession": { "MaxValidityMinutes": minutes } }))
}
