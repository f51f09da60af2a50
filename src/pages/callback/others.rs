//! The person's other organizations, which the memberships endpoint tells once there is a session to prove who asks.

use super::stage::Stage;
use crate::api;
use crate::context::Context;
use crate::generation::Generation;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lookup_api::Tenant;
use std::sync::Arc;

/// The other organizations, as far as they are known. Nothing is rendered when they arrive, so that nothing moves: they
/// are asked for while nobody waits, and are there when the person wants to switch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Others {
    found: StoredValue<Arc<[Tenant]>>,
    generation: Generation,
}

impl Others {
    /// None so far.
    pub(super) fn new() -> Self {
        Self { found: StoredValue::new(Vec::new().into()), generation: Generation::new() }
    }

    /// The organizations. None if the endpoint has not told them by now.
    pub(super) fn found(self) -> Arc<[Tenant]> {
        self.found.get_value()
    }

    /// Asks for those of the session, if there is one.
    pub(super) fn ask(self, context: &Context, stage: &Stage) {
        let Stage::SignedIn(session, _) = stage else { return };
        let (session, deployment) = (session.clone(), context.deployment.clone());
        let is_current = self.generation.start();
        self.found.set_value(Vec::new().into());
        spawn_local(async move {
            let found = api::other_organizations(&deployment, &session).await;
            if is_current() {
                self.found.set_value(found.into());
            }
        });
    }
}
