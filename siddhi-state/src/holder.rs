//! The one interface of everything that has state.

use serde::{Serialize, de::DeserializeOwned};

use crate::StateError;

/// A component whose state can be saved and put back.
///
/// After `restore` of what `snapshot` gave, the component goes on exactly as if it had never
/// stopped.
pub trait StateHolder {
    /// The version of what `snapshot` writes now.
    fn schema_version(&self) -> u32;

    /// The whole state.
    ///
    /// # Errors
    /// When the state cannot be encoded.
    fn snapshot(&self) -> Result<Vec<u8>, StateError>;

    /// Puts back a state that `snapshot` of this or an older `version` wrote.
    ///
    /// # Errors
    /// When the version is not known or the bytes do not decode; the component may then be partly
    /// restored and must not be used.
    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError>;
}

/// Refuses a state whose schema version is not the one that a component knows.
///
/// # Errors
/// When the versions differ.
pub fn check_version(component: &str, known: u32, found: u32) -> Result<(), StateError> {
    if found == known {
        return Ok(());
    }
    Err(StateError::UnknownSchema { component: component.into(), found })
}

/// Encodes a value compactly.
///
/// # Errors
/// When the value cannot be serialized.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, StateError> {
    Ok(postcard::to_stdvec(value)?)
}

/// Decodes what [`encode`] wrote.
///
/// # Errors
/// When the bytes are not those of a `T`, all of them.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StateError> {
    match postcard::take_from_bytes(bytes)? {
        (value, []) => Ok(value),
        _ => Err(StateError::Damaged),
    }
}
