//! The requests to DynamoDB. Keys that it leaves unprocessed are asked for again, and in the end are an error: they are
//! unknown, and never "not there".

use crate::error::TableError;
use crate::item::{Attributes, EXPIRES, KEY, Pointer, SCHEMA, key_of};
use crate::key::POINTER;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, Delete, DeleteRequest, KeySchemaElement, KeyType,
    KeysAndAttributes, Put, PutRequest, ScalarAttributeType, TableDescription, TableStatus, TimeToLiveSpecification,
    TimeToLiveStatus, TransactWriteItem, WriteRequest,
};
use futures_util::stream;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The most keys of a BatchGetItem.
const GET_MAX: usize = 100;
/// The most items of a BatchWriteItem.
pub(crate) const WRITE_MAX: usize = 25;
/// The most actions of a transaction.
pub const TRANSACTION_MAX: usize = 100;
/// How many parts of the table are read at the same time.
pub(crate) const SEGMENTS: i32 = 8;
/// How often what DynamoDB has left unprocessed is asked for again.
const REPETITIONS: u32 = 6;

/// Whether a read must see every write that has been confirmed. It costs twice as much if it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// It may be a moment behind.
    Eventual,
    /// It sees all.
    Strong,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    name: String,
    /// How long asking for keys may take, with all repetitions.
    get_time: Duration,
}

/// A change of one item that is made only if its item is as expected.
#[derive(Debug, Clone)]
pub enum Action {
    /// Puts an item.
    Put(Attributes),
    /// Puts an item if the one that is there has these values, by their names. With none, there must be no item.
    PutIf(Attributes, Vec<(&'static str, AttributeValue)>),
    /// Deletes the item with this key.
    Delete(String),
    /// Deletes the item with this key if it has these values, by their names.
    DeleteIf(String, Vec<(&'static str, AttributeValue)>),
}

impl Table {
    /// The table with this name. Asking for keys may take so long, with all repetitions.
    pub fn new(client: Client, name: String, get_time: Duration) -> Self {
        Self { client, name, get_time }
    }

    /// The items with these keys, by key. Those that are not there are left out.
    ///
    /// # Errors
    /// [`TableError::Throttled`] if DynamoDB has left a key unprocessed to the end, and all else that can go wrong.
    pub async fn get(
        &self,
        keys: impl IntoIterator<Item = String>,
        consistency: Consistency,
    ) -> Result<HashMap<String, Attributes>, TableError> {
        let mut keys: Vec<String> = keys.into_iter().collect();
        keys.sort();
        keys.dedup();
        let mut found = HashMap::with_capacity(keys.len());
        for chunk in keys.chunks(GET_MAX) {
            let asked = timeout(self.get_time, self.get_chunk(chunk, consistency, &mut found)).await;
            asked.map_err(|_| TableError::Unreachable("it took too long".to_owned()))??;
        }
        Ok(found)
    }

    async fn get_chunk(
        &self,
        keys: &[String],
        consistency: Consistency,
        found: &mut HashMap<String, Attributes>,
    ) -> Result<(), TableError> {
        let keys =
            keys.iter().map(|key| Attributes::from([(KEY.to_owned(), AttributeValue::S(key.clone()))])).collect();
        let mut wanted = Some(with_keys(keys, consistency)?);
        for repetition in 0..REPETITIONS {
            let Some(request) = wanted.take() else { return Ok(()) };
            if repetition > 0 {
                sleep(backoff(repetition)).await;
            }
            let response = self.client.batch_get_item().request_items(&self.name, request).send().await?;
            for item in response.responses.unwrap_or_default().remove(&self.name).unwrap_or_default() {
                found.insert(key_of(&item).to_owned(), item);
            }
            wanted = response.unprocessed_keys.unwrap_or_default().remove(&self.name);
        }
        if wanted.is_some() { Err(TableError::Throttled) } else { Ok(()) }
    }

    /// The pointer. `None` if nothing was loaded so far.
    ///
    /// # Errors
    /// If it cannot be read, or is of another layout.
    pub async fn pointer(&self, consistency: Consistency) -> Result<Option<Pointer>, TableError> {
        let found = self.get([POINTER.to_owned()], consistency).await?;
        found.get(POINTER).map(read_pointer).transpose()
    }

    /// Writes items and deletes others, in requests of 25. If it fails, some may be written.
    ///
    /// # Errors
    /// If not all are written.
    pub async fn write(&self, puts: Vec<Attributes>, deletes: Vec<String>) -> Result<(), TableError> {
        let puts = puts.into_iter().map(|item| {
            let put = PutRequest::builder().set_item(Some(item)).build();
            put.map(|put| WriteRequest::builder().put_request(put).build())
        });
        let deletes = deletes.into_iter().map(|key| {
            let delete = DeleteRequest::builder().key(KEY, AttributeValue::S(key)).build();
            delete.map(|delete| WriteRequest::builder().delete_request(delete).build())
        });
        let requests: Vec<WriteRequest> = puts.chain(deletes).collect::<Result<_, _>>().map_err(of_builder)?;
        for chunk in requests.chunks(WRITE_MAX) {
            self.write_chunk(chunk.to_vec()).await?;
        }
        Ok(())
    }

    async fn write_chunk(&self, mut requests: Vec<WriteRequest>) -> Result<(), TableError> {
        for repetition in 0..=REPETITIONS {
            if repetition > 0 {
                sleep(backoff(repetition) * 4).await;
            }
            let response = self.client.batch_write_item().request_items(&self.name, requests).send().await?;
            requests = response.unprocessed_items.unwrap_or_default().remove(&self.name).unwrap_or_default();
            if requests.is_empty() {
                return Ok(());
            }
        }
        Err(TableError::Throttled)
    }

    /// Adds a text to a set of an item, or removes it from there.
    ///
    /// # Errors
    /// If it is not written.
    pub(crate) async fn change_set(&self, key: &str, name: &str, text: &str, add: bool) -> Result<(), TableError> {
        let verb = if add { "ADD" } else { "DELETE" };
        self.client
            .update_item()
            .table_name(&self.name)
            .key(KEY, AttributeValue::S(key.to_owned()))
            .update_expression(format!("{verb} #n :v"))
            .expression_attribute_names("#n", name)
            .expression_attribute_values(":v", AttributeValue::Ss(vec![text.to_owned()]))
            .send()
            .await?;
        Ok(())
    }

    /// Does all actions or none of them.
    ///
    /// # Errors
    /// [`TableError::Stale`] if an item was not as expected, and all else that can go wrong.
    pub async fn transact(&self, actions: Vec<Action>) -> Result<(), TableError> {
        let items = actions.into_iter().map(|action| self.transaction_item(action));
        let items: Vec<TransactWriteItem> = items.collect::<Result<_, _>>()?;
        self.client.transact_write_items().set_transact_items(Some(items)).send().await?;
        Ok(())
    }

    fn transaction_item(&self, action: Action) -> Result<TransactWriteItem, TableError> {
        let item = TransactWriteItem::builder();
        Ok(match action {
            Action::Put(attributes) => {
                item.put(Put::builder().table_name(&self.name).set_item(Some(attributes)).build().map_err(of_builder)?)
            }
            Action::PutIf(attributes, expected) => {
                let (condition, names, values) = condition(expected);
                let put = Put::builder()
                    .table_name(&self.name)
                    .set_item(Some(attributes))
                    .condition_expression(condition)
                    .set_expression_attribute_names(Some(names))
                    .set_expression_attribute_values(values);
                item.put(put.build().map_err(of_builder)?)
            }
            Action::Delete(key) => {
                let delete = Delete::builder().table_name(&self.name).key(KEY, AttributeValue::S(key));
                item.delete(delete.build().map_err(of_builder)?)
            }
            Action::DeleteIf(key, expected) => {
                let (condition, names, values) = condition(expected);
                let delete = Delete::builder()
                    .table_name(&self.name)
                    .key(KEY, AttributeValue::S(key))
                    .condition_expression(condition)
                    .set_expression_attribute_names(Some(names))
                    .set_expression_attribute_values(values);
                item.delete(delete.build().map_err(of_builder)?)
            }
        }
        .build())
    }

    /// A page of a segment of the table: the items whose keys begin with `prefix`, and where the next page begins. It
    /// sees all writes that were confirmed before.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn scan(
        &self,
        prefix: &str,
        segment: (i32, i32),
        from: Option<Attributes>,
    ) -> Result<(Vec<Attributes>, Option<Attributes>), TableError> {
        let scan = self.client.scan().table_name(&self.name).segment(segment.0).total_segments(segment.1);
        let mut scan = scan.consistent_read(true).set_exclusive_start_key(from);
        if !prefix.is_empty() {
            scan = scan
                .filter_expression("begins_with(#k, :prefix)")
                .expression_attribute_names("#k", KEY)
                .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()));
        }
        let response = scan.send().await?;
        Ok((response.items.unwrap_or_default(), response.last_evaluated_key))
    }

    /// The pages of a segment with the items whose keys begin with `prefix`.
    pub(crate) fn pages(
        &self,
        prefix: String,
        segment: i32,
    ) -> stream::BoxStream<'_, Result<Vec<Attributes>, TableError>> {
        let start = Some(None);
        Box::pin(stream::try_unfold((prefix, start), move |(prefix, from)| async move {
            let Some(from) = from else { return Ok(None) };
            let (items, next) = self.scan(&prefix, (segment, SEGMENTS), from).await?;
            Ok(Some((items, (prefix, next.map(Some)))))
        }))
    }

    /// Checks that items may be put, without putting one: the condition is one that no item meets.
    ///
    /// # Errors
    /// If they may not.
    pub async fn check_writable(&self) -> Result<(), TableError> {
        let put = self.client.put_item().table_name(&self.name).item(KEY, AttributeValue::S(POINTER.to_owned()));
        let put = put.condition_expression("attribute_exists(#k) AND attribute_not_exists(#k)");
        match put.expression_attribute_names("#k", KEY).send().await.map_err(TableError::from) {
            Ok(_) | Err(TableError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes the table, paid by request, and waits until it can be used. Of one that is there already, what is missing.
    ///
    /// # Errors
    /// If it cannot be made, or one that is there has another key.
    pub async fn create(&self) -> Result<(), TableError> {
        if !self.check_key().await? {
            let attribute = AttributeDefinition::builder().attribute_name(KEY).attribute_type(ScalarAttributeType::S);
            let key = KeySchemaElement::builder().attribute_name(KEY).key_type(KeyType::Hash);
            self.client
                .create_table()
                .table_name(&self.name)
                .attribute_definitions(attribute.build().map_err(of_builder)?)
                .key_schema(key.build().map_err(of_builder)?)
                .billing_mode(BillingMode::PayPerRequest)
                .send()
                .await?;
        }
        while !self.is_active().await? {
            sleep(Duration::from_millis(500)).await;
        }
        self.let_expire().await
    }

    /// Lets DynamoDB delete what has expired, if it does not do so yet.
    async fn let_expire(&self) -> Result<(), TableError> {
        let described = self.client.describe_time_to_live().table_name(&self.name).send().await?;
        let status = described.time_to_live_description.and_then(|description| description.time_to_live_status);
        if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
            return Ok(());
        }
        let expiry = TimeToLiveSpecification::builder().attribute_name(EXPIRES).enabled(true);
        let expiry = expiry.build().map_err(of_builder)?;
        self.client.update_time_to_live().table_name(&self.name).time_to_live_specification(expiry).send().await?;
        Ok(())
    }

    /// Whether the table is there.
    ///
    /// # Errors
    /// If it cannot be asked, or the table has another key.
    async fn check_key(&self) -> Result<bool, TableError> {
        let described = self.client.describe_table().table_name(&self.name).send().await.map_err(TableError::from);
        let table = match described {
            Ok(described) => described.table.unwrap_or_else(|| TableDescription::builder().build()),
            Err(TableError::NoTable) => return Ok(false),
            Err(error) => return Err(error),
        };
        let types = table.attribute_definitions.unwrap_or_default();
        let of = |name: &str| types.iter().find(|a| a.attribute_name == name).map(|a| a.attribute_type.as_str());
        let key: Vec<String> =
            table.key_schema.unwrap_or_default().into_iter().map(|part| part.attribute_name).collect();
        if key == [KEY] && of(KEY) == Some(ScalarAttributeType::S.as_str()) {
            return Ok(true);
        }
        let words: Vec<String> =
            key.iter().map(|name| format!("{name} of type {}", of(name).unwrap_or("unknown"))).collect();
        Err(TableError::OtherKey(format!("it is {}", words.join(" and "))))
    }

    async fn is_active(&self) -> Result<bool, TableError> {
        let described = self.client.describe_table().table_name(&self.name).send().await?;
        Ok(described.table.and_then(|table| table.table_status) == Some(TableStatus::Active))
    }
}

/// Reads the pointer, if it is of this program's layout.
///
/// # Errors
/// [`TableError::OtherSchema`], [`TableError::Foreign`]
pub(crate) fn read_pointer(attributes: &Attributes) -> Result<Pointer, TableError> {
    let pointer = Pointer::read(attributes)?;
    if pointer.schema == SCHEMA { Ok(pointer) } else { Err(TableError::OtherSchema(pointer.schema)) }
}

fn with_keys(keys: Vec<Attributes>, consistency: Consistency) -> Result<KeysAndAttributes, TableError> {
    let strong = consistency == Consistency::Strong;
    KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(strong).build().map_err(of_builder)
}

/// The condition that an item has these values. Names are replaced, since many are reserved words.
fn condition(
    expected: Vec<(&'static str, AttributeValue)>,
) -> (String, HashMap<String, String>, Option<HashMap<String, AttributeValue>>) {
    if expected.is_empty() {
        let names = HashMap::from([("#k".to_owned(), KEY.to_owned())]);
        return ("attribute_not_exists(#k)".to_owned(), names, None);
    }
    let terms: Vec<String> = (0..expected.len()).map(|i| format!("#n{i} = :v{i}")).collect();
    let names = expected.iter().enumerate().map(|(i, (name, _))| (format!("#n{i}"), (*name).to_owned())).collect();
    let values = expected.into_iter().enumerate().map(|(i, (_, value))| (format!(":v{i}"), value)).collect();
    (terms.join(" AND "), names, Some(values))
}

/// How long to wait before a repetition, counted from 1.
fn backoff(repetition: u32) -> Duration {
    Duration::from_millis(10) * 2_u32.pow(repetition.min(6))
}

fn of_builder(error: aws_sdk_dynamodb::error::BuildError) -> TableError {
    TableError::Refused(error.to_string())
}
