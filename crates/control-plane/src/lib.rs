//! A strict local stand-in for the part of Cognito's control-plane API that a provisioning tool uses, and for a sliver
//! of Secrets Manager. For tests and demos.
//!
//! [`ControlPlane`] runs in the test's process. It refuses what Cognito refuses, and fails as networks and operators
//! do when a test orders it.

mod branding;
mod client_rules;
mod client_secrets;
mod clients;
mod error;
mod faults;
mod pool;
mod provider_details;
mod providers;
mod resource_servers;
mod secrets;
mod server;
mod sessions;
mod shape;
mod signature;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{io, thread};

use serde_json::{Map, Value};
use tokio::sync::oneshot;

pub use crate::error::ApiError;
pub use crate::pool::Options;
use crate::pool::Pool;
use crate::server::{Shared, State, lock};

/// A running stand-in. It ends when this is dropped.
#[derive(Debug)]
pub struct ControlPlane {
    address: SocketAddr,
    shared: Shared,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ControlPlane {
    /// Starts on a free port of this computer.
    ///
    /// # Errors
    /// If there is no port or no thread.
    pub fn start(options: Options) -> io::Result<Self> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), options)
    }

    /// Starts at an address.
    ///
    /// # Errors
    /// If the address is taken, or there is no thread.
    pub fn start_at(address: SocketAddr, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Mutex::new(State::new(Pool::new(options))));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let serve = server::serve(listener, shared.clone(), stopped);
        let thread = thread::Builder::new().name("control-plane".to_owned()).spawn(move || runtime.block_on(serve))?;
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// The address, such as `http://127.0.0.1:4566`.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until the stand-in ends, which it does only with the process.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }

    /// The next `requests` requests are answered with `TooManyRequestsException`.
    pub fn throttle(&self, requests: u32) {
        lock(&self.shared).faults.throttle = requests;
    }

    /// More writes a second than this are answered with `TooManyRequestsException`.
    pub fn throttle_writes_faster_than(&self, per_second: usize) {
        lock(&self.shared).faults.writes_per_second = Some(per_second);
    }

    /// The next `writes` writes are answered with `ConcurrentModificationException`.
    pub fn conflict(&self, writes: u32) {
        lock(&self.shared).faults.conflict = writes;
    }

    /// After so many more writes that succeed, every connection is closed without an answer, until
    /// [`revive`](Self::revive). The answer to the last of these writes still arrives.
    pub fn die_after(&self, writes: u32) {
        lock(&self.shared).faults.lives = Some(writes);
    }

    /// Ends what [`die_after`](Self::die_after) began. What was written is still there.
    pub fn revive(&self) {
        lock(&self.shared).faults.lives = None;
    }

    /// Of the next writes that succeed, the `nth` (from 1) is applied, but its connection is closed without an answer.
    pub fn drop_answer_of(&self, nth: u32) {
        lock(&self.shared).faults.drop_answer = (nth > 0).then_some(nth);
    }

    /// From now on an action is answered with `AccessDeniedException`.
    pub fn deny(&self, action: &str) {
        lock(&self.shared).faults.denied.insert(action.to_owned());
    }

    /// Ends what [`deny`](Self::deny) began.
    pub fn allow(&self, action: &str) {
        lock(&self.shared).faults.denied.remove(action);
    }

    /// From now on what is created is seen late: a provider is unknown to the next `looks` requests that create or
    /// update a client with it, and a client to its next `looks` `DescribeUserPoolClient`.
    pub fn lag(&self, looks: u32) {
        lock(&self.shared).pool.lag = looks;
    }

    /// How long each write takes. A millisecond, unless set.
    pub fn set_write_time(&self, time: Duration) {
        lock(&self.shared).write_time = time;
    }

    /// What the pool says of its Lambda triggers.
    pub fn set_lambda_config(&self, config: Value) {
        lock(&self.shared).pool.lambda_config = config;
    }

    /// The pool's tier: `LITE`, `ESSENTIALS` or `PLUS`.
    pub fn set_tier(&self, tier: &str) {
        lock(&self.shared).pool.tier = tier.to_owned();
    }

    /// Whether the pool tracks sessions. Without that, clients get no session configuration.
    pub fn set_session_tracking(&self, enabled: bool) {
        lock(&self.shared).pool.session_tracking = enabled;
    }

    /// The requests that were well signed and understood, in order: the action and the body. Those that were refused or
    /// throttled are among them; those that came while the stand-in was dead are not.
    pub fn requests(&self) -> Vec<(String, Value)> {
        lock(&self.shared).requests.clone()
    }

    /// The writes that were applied, in order. Those whose answer was lost are among them.
    pub fn writes(&self) -> Vec<(String, Value)> {
        lock(&self.shared).writes.clone()
    }

    /// Whether two writes were ever under way at once.
    pub fn had_parallel_writes(&self) -> bool {
        lock(&self.shared).had_parallel_writes
    }

    /// Does an action as another operator would: it is neither logged nor subject to the faults that were ordered. The
    /// action is a Cognito one, or begins with `secretsmanager.`.
    ///
    /// # Errors
    /// The error that Cognito or Secrets Manager would answer with.
    pub fn perform(&self, action: &str, body: &Value) -> Result<Value, ApiError> {
        let (service, action, target) = match action.strip_prefix("secretsmanager.") {
            Some(name) => ("secretsmanager", name, action.to_owned()),
            None => ("cognito-idp", action, format!("AWSCognitoIdentityProviderService.{action}")),
        };
        shape::check(&target, body)?;
        lock(&self.shared).pool.perform(service, action, body.as_object().unwrap_or(&Map::new()))
    }

    /// Changes an app client's settings behind everybody's back. Returns whether there is such a client.
    pub fn change_client(&self, id: &str, change: impl FnOnce(&mut Map<String, Value>)) -> bool {
        let mut state = lock(&self.shared);
        let client = state.pool.clients.get_mut(id);
        client.map(|client| change(&mut client.settings)).is_some()
    }

    /// Changes a provider's description behind everybody's back. Returns whether there is such a provider.
    pub fn change_provider(&self, name: &str, change: impl FnOnce(&mut Map<String, Value>)) -> bool {
        let mut state = lock(&self.shared);
        let provider = state.pool.providers.get_mut(name);
        provider.map(|provider| change(&mut provider.description)).is_some()
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        // The server stops as the sender is dropped.
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
