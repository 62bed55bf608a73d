//! The states of many components as one checksummed sequence of bytes.
//!
//! Format, in order: the eight bytes `SIDDHISN`; the format version, 4 bytes, little endian; the
//! checksum of the rest, 8 bytes, little endian (FNV-1a, 64 bits); then the components as postcard
//! writes a map from name to (schema version, bytes).

use std::collections::BTreeMap;

use crate::{StateError, StateHolder, decode, encode};

const MAGIC: &[u8; 8] = b"SIDDHISN";
const FORMAT: u32 = 1;
const HEADER: usize = 20;

/// The states of components by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    components: BTreeMap<String, (u32, Vec<u8>)>,
}

impl Snapshot {
    /// Saves a component under a name.
    ///
    /// # Errors
    /// When the component cannot encode its state.
    pub fn save(&mut self, name: &str, holder: &dyn StateHolder) -> Result<(), StateError> {
        let state = (holder.schema_version(), holder.snapshot()?);
        self.components.insert(name.into(), state);
        Ok(())
    }

    /// Restores a component from what was saved under its name; says whether there was something.
    ///
    /// # Errors
    /// When the component cannot read the state.
    pub fn load(&self, name: &str, holder: &mut dyn StateHolder) -> Result<bool, StateError> {
        match self.components.get(name) {
            Some((version, bytes)) => holder.restore(*version, bytes).map(|()| true),
            None => Ok(false),
        }
    }

    /// The names of the components, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.components.keys().map(String::as_str)
    }

    /// The snapshot as bytes.
    ///
    /// # Errors
    /// When the components cannot be encoded.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        let body = encode(&self.components)?;
        let mut bytes = Vec::with_capacity(HEADER + body.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&checksum(&body).to_le_bytes());
        bytes.extend_from_slice(&body);
        Ok(bytes)
    }

    /// Reads what [`Snapshot::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are no snapshot, are newer than this program, or are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(StateError::NotASnapshot)?;
        let (format, rest) = rest.split_first_chunk::<4>().ok_or(StateError::Damaged)?;
        let found = u32::from_le_bytes(*format);
        if found > FORMAT {
            return Err(StateError::NewerFormat { found, newest: FORMAT });
        }
        let (sum, body) = rest.split_first_chunk::<8>().ok_or(StateError::Damaged)?;
        if checksum(body) != u64::from_le_bytes(*sum) {
            return Err(StateError::Damaged);
        }
        Ok(Self { components: decode(body)? })
    }
}

/// FNV-1a, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Number(u64);

    impl StateHolder for Number {
        fn schema_version(&self) -> u32 {
            1
        }
        fn snapshot(&self) -> Result<Vec<u8>, StateError> {
            encode(&self.0)
        }
        fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
            assert_eq!(version, 1);
            self.0 = decode(bytes)?;
            Ok(())
        }
    }

    #[test]
    fn a_changed_or_cut_snapshot_is_refused() {
        let mut snapshot = Snapshot::default();
        snapshot.save("a", &Number(1)).unwrap();
        let bytes = snapshot.to_bytes().unwrap();
        assert_eq!(Snapshot::from_bytes(&bytes).unwrap(), snapshot);
        for cut in 0..bytes.len() {
            assert!(Snapshot::from_bytes(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            // A lower format number would be an older format; there is none yet but 0.
            if place == 8 {
                continue;
            }
            assert!(Snapshot::from_bytes(&changed).is_err(), "changed at {place}");
        }
    }

    #[test]
    fn a_component_that_was_not_saved_is_left_alone() {
        let mut number = Number(3);
        assert!(!Snapshot::default().load("b", &mut number).unwrap());
        assert_eq!(number.0, 3);
    }
}
