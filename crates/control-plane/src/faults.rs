//! What goes wrong, by order of the test.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::ApiError;
use crate::pool::Options;

/// The faults that are to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// How many more requests are throttled.
    pub(crate) throttle: u32,
    /// How many more writes are refused because another one is under way.
    pub(crate) conflict: u32,
    /// After how many more writes the service dies.
    pub(crate) lives: Option<u32>,
    /// The how manieth next write is applied without an answer.
    pub(crate) drop_answer: Option<u32>,
    /// The actions that the operator may not do.
    pub(crate) denied: BTreeSet<String>,
    /// How many writes a second are let through.
    pub(crate) writes_per_second: Option<usize>,
    recent_writes: VecDeque<Instant>,
}

impl Faults {
    /// Whether connections are closed without an answer.
    pub(crate) fn is_dead(&self) -> bool {
        self.lives == Some(0)
    }

    /// Lets a request through, or not.
    ///
    /// # Errors
    /// The error that a test ordered.
    pub(crate) fn check(
        &mut self,
        options: &Options,
        service: &str,
        action: &str,
        body: &Value,
    ) -> Result<(), ApiError> {
        if self.denied.contains(action) {
            return Err(denied(options, service, action, body));
        }
        if take_one(&mut self.throttle) || (is_write(action) && self.is_too_fast()) {
            return Err(ApiError::new("TooManyRequestsException", "Too many requests"));
        }
        if is_write(action) && take_one(&mut self.conflict) {
            let message = "Another operation on this resource is in progress. Please try again.";
            return Err(ApiError::new("ConcurrentModificationException", message));
        }
        Ok(())
    }

    fn is_too_fast(&mut self) -> bool {
        let Some(limit) = self.writes_per_second else { return false };
        self.recent_writes.retain(|at| at.elapsed() < Duration::from_secs(1));
        if self.recent_writes.len() >= limit {
            return true;
        }
        self.recent_writes.push_back(Instant::now());
        false
    }

    /// Counts a write that was applied. Returns whether its answer is lost.
    pub(crate) fn applied(&mut self) -> bool {
        self.lives = self.lives.map(|lives| lives.saturating_sub(1));
        self.drop_answer = self.drop_answer.map(|next| next.saturating_sub(1));
        let lost = self.drop_answer == Some(0);
        if lost {
            self.drop_answer = None;
        }
        lost
    }
}

/// Whether an action changes something.
pub(crate) fn is_write(action: &str) -> bool {
    ["Create", "Update", "Delete", "Set", "Add", "Put"].iter().any(|verb| action.starts_with(verb))
}

/// Counts one down. Returns whether there was one.
pub(crate) fn take_one(count: &mut u32) -> bool {
    let any = *count > 0;
    *count = count.saturating_sub(1);
    any
}

fn denied(options: &Options, service: &str, action: &str, body: &Value) -> ApiError {
    let resource = match service {
        "cognito-idp" => {
            format!("arn:aws:cognito-idp:{}:123456789012:userpool/{}", options.region, options.pool_id)
        }
        _ => body["SecretId"].as_str().or(body["Name"].as_str()).unwrap_or_default().to_owned(),
    };
    let message = format!(
        "User: arn:aws:iam::123456789012:user/operator is not authorized to perform: {service}:{action} on resource: \
         {resource} because no identity-based policy allows the {service}:{action} action"
    );
    ApiError::new("AccessDeniedException", message)
}
