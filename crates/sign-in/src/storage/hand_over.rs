//! The last hand-over to an application in this tab.

use super::{Area, Storage, Store};
use crate::hand_back::HandOver;

const HAND_OVER_KEY: &str = "tenant-picker.handed-over";

impl<S: Storage> Store<S> {
    /// The last hand-over in this tab.
    pub fn hand_over(&self) -> Option<HandOver> {
        HandOver::from_record(&self.read(Area::Tab, HAND_OVER_KEY)?)
    }

    /// Keeps the last hand-over in this tab. `None` deletes it: the person has been asked.
    pub fn keep_hand_over(&self, hand_over: Option<&HandOver>) {
        self.write(Area::Tab, HAND_OVER_KEY, hand_over.map(HandOver::to_record).as_deref());
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::store;
    use super::*;
    use crate::tests::{NOW, sample};

    #[test]
    fn the_last_hand_over_is_kept_in_the_tab_until_it_is_deleted() {
        let store = store();
        let hand_over = HandOver::new(&sample().return_to.check("/deep").unwrap(), NOW);
        store.keep_hand_over(Some(&hand_over));
        assert_eq!((store.hand_over(), store.keys(Area::Local)), (Some(hand_over), vec![]));
        store.keep_hand_over(None);
        assert_eq!(store.keys(Area::Tab), [""; 0]);
    }
}
