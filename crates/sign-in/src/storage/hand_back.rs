//! The last hand-back to an application in this tab.

use super::{Area, Storage, Store};
use crate::hand_back::HandBack;

const HAND_OVER_KEY: &str = "tenant-picker.handed-back";

impl<S: Storage> Store<S> {
    /// The last hand-back in this tab.
    pub fn hand_back(&self) -> Option<HandBack> {
        HandBack::from_record(&self.read(Area::Tab, HAND_OVER_KEY)?)
    }

    /// Keeps the last hand-back in this tab. `None` deletes it: the person has been asked.
    pub fn keep_hand_back(&self, hand_back: Option<&HandBack>) {
        self.write(Area::Tab, HAND_OVER_KEY, hand_back.map(HandBack::to_record).as_deref());
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::store;
    use super::*;
    use crate::tests::{NOW, sample};

    #[test]
    fn the_last_hand_back_is_kept_in_the_tab_until_it_is_deleted() {
        let store = store();
        let hand_back = HandBack::new(&sample().return_to.check("/deep").unwrap(), NOW);
        store.keep_hand_back(Some(&hand_back));
        assert_eq!((store.hand_back(), store.keys(Area::Local)), (Some(hand_back), vec![]));
        store.keep_hand_back(None);
        assert_eq!(store.keys(Area::Tab), [""; 0]);
    }
}
