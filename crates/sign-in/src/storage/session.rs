//! The session of a tab, and the question whether it is the right account's.

use super::sign_out::{SIGNED_OUT_BEFORE_KEY, SIGNED_OUT_HERE_KEY};
use super::{Area, Storage, StorageBlocked, Store};
use crate::session::{OTHER_ACCOUNT_KEY, OtherAccount, SESSION_KEY, Session};

impl<S: Storage> Store<S> {
    /// Keeps the session in this tab. A sign-out that did not finish is over then.
    ///
    /// # Errors
    /// [`StorageBlocked`] if the session cannot be kept.
    pub fn keep_session(&self, session: &Session) -> Result<(), StorageBlocked> {
        self.cancel_sign_out();
        self.write(Area::Tab, SIGNED_OUT_HERE_KEY, None);
        self.write(Area::Tab, SIGNED_OUT_BEFORE_KEY, self.last_sign_out(session).as_deref());
        self.0.set(Area::Tab, SESSION_KEY, &session.to_record())
    }

    /// This tab's session. `None` if there is none that can be read.
    pub fn session(&self) -> Option<Session> {
        Session::from_record(&self.read(Area::Tab, SESSION_KEY)?)
    }

    /// Deletes this tab's session.
    pub fn forget_session(&self) {
        self.write(Area::Tab, SESSION_KEY, None);
        self.write(Area::Tab, OTHER_ACCOUNT_KEY, None);
    }

    /// Keeps the question whether this tab's session is the right account's. `None` deletes it.
    pub fn keep_other_account(&self, other: Option<&OtherAccount>) {
        self.write(Area::Tab, OTHER_ACCOUNT_KEY, other.map(OtherAccount::to_record).as_deref());
    }

    /// That question, if it has not been answered.
    pub fn other_account(&self) -> Option<OtherAccount> {
        OtherAccount::from_record(&self.read(Area::Tab, OTHER_ACCOUNT_KEY)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Fault, store};
    use super::*;
    use crate::tests::session;

    #[test]
    fn the_session_is_in_its_tab_alone_until_it_is_forgotten() {
        let store = store();
        assert!(store.session().is_none());
        store.keep_session(&session()).unwrap();
        assert_eq!(store.session().unwrap().to_record(), session().to_record());
        assert_eq!((store.keys(Area::Local), store.keys(Area::Tab)), (vec![], vec![SESSION_KEY.to_owned()]));
        store.forget_session();
        assert!(store.session().is_none());
        assert_eq!(store.keys(Area::Tab), [""; 0]);
    }

    #[test]
    fn the_question_for_the_account_is_forgotten_with_the_session() {
        let store = store();
        let other = OtherAccount { login_hint: "ada@acme.example".to_owned(), return_to: None };
        store.keep_other_account(Some(&other));
        assert_eq!(store.other_account(), Some(other.clone()));
        store.keep_other_account(None);
        assert_eq!(store.other_account(), None);
        store.keep_other_account(Some(&other));
        store.forget_session();
        assert_eq!(store.other_account(), None);
    }

    #[test]
    fn a_blocked_storage_has_no_session_and_keeps_none() {
        let store = store();
        store.0.fault.set(Fault::Blocked);
        assert_eq!(store.keep_session(&session()), Err(StorageBlocked));
        assert!(store.session().is_none() && store.other_account().is_none());
        store.forget_session();
    }
}
