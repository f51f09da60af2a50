//! Sign-outs: that the other tabs notice one, that a sign-out at the hosted UI goes on afterwards, and which
//! organization was visited last.

use super::{Area, Storage, Store};
use crate::recents::RECENTS_KEY;
use crate::session::Session;
use crate::sign_out::{PendingSignOut, Visit};
use lookup_api::ClientId;

/// In localStorage: the last [`Visit`]. The hosted UI's cookie lasts longer than a tab, so this does too.
const VISIT_KEY: &str = "tenant-picker.visit";

/// In the tab: the [`PendingSignOut`], while there is one.
const SIGNING_OUT_KEY: &str = "tenant-picker.signing-out";

/// In the tab: the time of the last sign-out before its session began. A different time is a later sign-out, even if
/// the clock was changed.
pub(super) const SIGNED_OUT_BEFORE_KEY: &str = "tenant-picker.signed-out-before";

/// In the tab: its session ended with a sign-out, which is said when the page is loaded again.
pub(super) const SIGNED_OUT_HERE_KEY: &str = "tenant-picker.signed-out-here";

/// In localStorage: the time of the last sign-out at an app client. It ends the sessions of the other tabs.
fn signed_out_key(client: &ClientId) -> String {
    ["tenant-picker.signed-out.", client.as_str()].concat()
}

impl<S: Storage> Store<S> {
    /// Whether this tab's last session ended with a sign-out.
    pub fn is_signed_out_here(&self) -> bool {
        self.read(Area::Tab, SIGNED_OUT_HERE_KEY).is_some()
    }

    /// The time of the last sign-out at this session's app client, in any tab.
    pub(super) fn last_sign_out(&self, session: &Session) -> Option<String> {
        self.read(Area::Local, &signed_out_key(&session.tenant.client_id))
    }

    /// Tells the other tabs that the person has signed out, and this tab if it is loaded again. `time` must differ from
    /// call to call.
    pub fn announce_sign_out(&self, session: &Session, time: &str) {
        self.write(Area::Tab, SIGNED_OUT_HERE_KEY, Some("yes"));
        let key = signed_out_key(&session.tenant.client_id);
        if self.0.set(Area::Local, &key, time).is_err() {
            // The storage may be full. That the other tabs are signed out matters more than the list of recent
            // organizations.
            self.write(Area::Local, RECENTS_KEY, None);
            self.write(Area::Local, &key, Some(time));
        }
    }

    /// Whether the person has signed out in another tab since this session began.
    pub fn is_signed_out_elsewhere(&self, session: &Session) -> bool {
        let before = self.read(Area::Tab, SIGNED_OUT_BEFORE_KEY);
        self.last_sign_out(session).is_some_and(|time| Some(time) != before)
    }

    /// The last visit to a hosted UI.
    pub fn visit(&self) -> Option<Visit> {
        Visit::from_record(&self.read(Area::Local, VISIT_KEY)?)
    }

    /// Keeps the last visit to a hosted UI. `None` deletes it: the hosted UI's session is over.
    pub fn keep_visit(&self, visit: Option<&Visit>) {
        self.write(Area::Local, VISIT_KEY, visit.map(Visit::to_record).as_deref());
    }

    /// Keeps a sign-out that begins now until the hosted UI sends the person back. `false` if it cannot be kept: then
    /// nothing would follow it.
    pub fn begin_sign_out(&self, sign_out: &PendingSignOut) -> bool {
        self.0.set(Area::Tab, SIGNING_OUT_KEY, &sign_out.to_record()).is_ok()
    }

    /// Deletes a sign-out that did not finish, and returns it. The hosted UI's session may still be there.
    pub fn cancel_sign_out(&self) -> Option<PendingSignOut> {
        let record = self.read(Area::Tab, SIGNING_OUT_KEY)?;
        self.write(Area::Tab, SIGNING_OUT_KEY, None);
        PendingSignOut::from_record(&record)
    }

    /// Finishes the sign-out after the hosted UI has sent the person back, and returns the address to continue at, if
    /// there is one. The address has to be checked before it is followed.
    pub fn finish_sign_out(&self) -> Option<String> {
        let sign_out = self.cancel_sign_out()?;
        self.keep_visit(sign_out.next_visit.as_ref());
        sign_out.continue_at
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Fault, store};
    use super::*;
    use crate::tests::{sample, session, tenant};

    #[test]
    fn a_sign_out_in_one_tab_ends_the_sessions_that_began_before_it() {
        let store = store();
        store.keep_session(&session()).unwrap();
        assert!(!store.is_signed_out_elsewhere(&session()));
        store.announce_sign_out(&session(), "10:00");
        assert!(store.is_signed_out_elsewhere(&session()) && store.is_signed_out_here());
        store.keep_session(&session()).unwrap();
        assert!(!store.is_signed_out_elsewhere(&session()) && !store.is_signed_out_here());
        // A clock that was set back does not hide it.
        store.announce_sign_out(&session(), "09:00");
        assert!(store.is_signed_out_elsewhere(&session()));
    }

    #[test]
    fn a_sign_out_makes_room_for_itself_in_a_full_storage() {
        let store = store();
        store.0.set(Area::Local, RECENTS_KEY, "[]").unwrap();
        store.0.fault.set(Fault::Full(1));
        store.announce_sign_out(&session(), "10:00");
        assert_eq!(store.keys(Area::Local), ["tenant-picker.signed-out.client-a"]);
    }

    #[test]
    fn what_follows_a_sign_out_is_returned_once() {
        let store = store();
        let visit = Visit::to(&sample(), &tenant()).unwrap();
        let address = "https://auth.example/oauth2/authorize?x".to_owned();
        let sign_out = PendingSignOut { next_visit: Some(visit.clone()), continue_at: Some(address.clone()) };
        assert!(store.begin_sign_out(&sign_out));
        assert_eq!(store.finish_sign_out(), Some(address));
        assert_eq!(store.visit(), Some(visit));
        assert_eq!(store.finish_sign_out(), None);

        assert!(store.begin_sign_out(&PendingSignOut::default()));
        assert_eq!(store.finish_sign_out(), None);
        assert_eq!(store.visit(), None, "the session at the hosted UI is over");
    }

    #[test]
    fn a_cancelled_sign_out_leaves_the_visit_as_it_is_and_a_new_session_cancels_it() {
        let store = store();
        let visit = Visit::to(&sample(), &tenant()).unwrap();
        store.keep_visit(Some(&visit));
        let sign_out = PendingSignOut { next_visit: None, continue_at: Some("/".to_owned()) };
        store.begin_sign_out(&sign_out);
        assert!(store.cancel_sign_out() == Some(sign_out.clone()));
        assert_eq!(store.visit(), Some(visit));
        store.begin_sign_out(&sign_out);
        store.keep_session(&session()).unwrap();
        assert_eq!(store.finish_sign_out(), None);
    }

    #[test]
    fn a_blocked_storage_says_that_nothing_would_follow() {
        let store = store();
        store.0.fault.set(Fault::Blocked);
        assert!(!store.begin_sign_out(&PendingSignOut::default()));
        store.announce_sign_out(&session(), "10:00");
        assert!(!store.is_signed_out_here() && !store.is_signed_out_elsewhere(&session()));
        assert_eq!((store.visit(), store.finish_sign_out()), (None, None));
    }
}
