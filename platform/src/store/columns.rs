//! Between columns and values: moments and days by their text, enumerations by their names on the wire.

use std::str::FromStr;

use serde::{
    Deserialize, Serialize,
    de::{
        DeserializeOwned, IntoDeserializer,
        value::{Error, StrDeserializer},
    },
};

use super::{StoreError, sql::Row};

/// The column `name` as a `T` that is written as text.
pub(crate) fn parsed<T: FromStr>(row: &Row, name: &'static str) -> Result<T, StoreError> {
    row.text(name)?.parse().map_err(|_| StoreError::Damaged(name))
}

/// The same for a column that may be empty.
pub(crate) fn parsed_option<T: FromStr>(row: &Row, name: &'static str) -> Result<Option<T>, StoreError> {
    row.text_option(name)?.map(str::parse).transpose().map_err(|_| StoreError::Damaged(name))
}

/// The column `name` as an enumeration.
pub(crate) fn named<T: for<'de> Deserialize<'de>>(row: &Row, name: &'static str) -> Result<T, StoreError> {
    read_name(row.text(name)?, name)
}

/// The value that is called so in an enumeration; `what` it is of.
pub(crate) fn read_name<T: for<'de> Deserialize<'de>>(
    text: &str,
    what: &'static str,
) -> Result<T, StoreError> {
    let wire: StrDeserializer<'_, Error> = text.into_deserializer();
    T::deserialize(wire).map_err(|_| StoreError::Damaged(what))
}

/// The name of an enumeration's value.
pub(crate) fn name_of<T: Serialize>(value: T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(StoreError::Damaged("name")),
    }
}

/// The column `name` as JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &Row, name: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(row.text(name)?).map_err(|_| StoreError::Damaged(name))
}

/// A value as JSON.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Damaged("JSON"))
}
