//! Checks that lookups find in the table what its organizations say.

use crate::change::listings;
use crate::error::TableError;
use crate::item::{Item, Pointer, Sum, key_of};
use crate::load::{Progress, Stage};
use crate::records::Records;
use crate::table::{Consistency, SEGMENTS, Table};
use futures_util::{StreamExt, TryStreamExt, stream};

/// What is listed under all names: how often, and a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Listings {
    count: usize,
    sum: Sum,
}

impl Listings {
    fn add(&mut self, item: Item) {
        let Item::Name(name, listed) = item else { return };
        for one in listed {
            self.count += 1;
            self.sum += Item::Name(name.clone(), vec![one]).sum();
        }
    }
}

impl Table {
    /// Checks the whole table. Returns its pointer.
    ///
    /// # Errors
    /// [`TableError::NotWhole`] if it is not whole, [`TableError::Stale`] if it is changed all the time, and all else that
    /// can go wrong.
    pub async fn check(&self, progress: &impl Progress) -> Result<Pointer, TableError> {
        for _ in 0..3 {
            let records = self.records().await?;
            let expected = of_records(&records)?;
            let found = self.all_listings(&records.pointer, expected.count, progress).await?;
            if self.pointer(Consistency::Strong).await? != Some(records.pointer) {
                continue;
            }
            if expected == found {
                return Ok(records.pointer);
            }
            return Err(TableError::NotWhole {
                generation: records.pointer.generation.0,
                found: format!("{} names of organizations with the sum {}", found.count, found.sum),
                expected: format!("{} with the sum {}, by the organizations", expected.count, expected.sum),
            });
        }
        Err(TableError::Stale)
    }

    async fn all_listings(
        &self,
        pointer: &Pointer,
        of: usize,
        progress: &impl Progress,
    ) -> Result<Listings, TableError> {
        let (g, mut found) = (pointer.generation, Listings::default());
        let pages = stream::iter(0..SEGMENTS).map(|segment| self.pages(g.prefix(), segment)).flatten_unordered(None);
        let mut pages = std::pin::pin!(pages);
        while let Some(page) = pages.try_next().await? {
            for attributes in page.iter().filter(|attributes| !g.is_log(key_of(attributes))) {
                found.add(Item::read(g, attributes)?);
            }
            progress.at(Stage::Verifying, found.count, of);
        }
        Ok(found)
    }
}

fn of_records(records: &Records) -> Result<Listings, TableError> {
    let mut expected = Listings::default();
    for record in records.by_code.values() {
        let listings = listings(&records.head, record).map_err(|error| TableError::NotWhole {
            generation: records.pointer.generation.0,
            found: format!("the tenant {}: {error}", record.code),
            expected: "no errors".to_owned(),
        })?;
        listings.into_iter().for_each(|(name, listed)| expected.add(Item::Name(name, vec![listed])));
    }
    Ok(expected)
}
