//! The states of many components as one checksummed sequence of bytes.
//!
//! Format, in order: the eight bytes `SIDDHISN`; the format version, 4 bytes, little endian; the
//! checksum of the rest, 8 bytes, little endian (FNV-1a, 64 bits); then the components as postcard
//! writes a map from name to (schema version, bytes).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::{StateError, StateHolder, decode, encode, fnv1a};

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
    /// When the component cannot encode its state, or the name is taken.
    pub fn save(&mut self, name: &str, holder: &dyn StateHolder) -> Result<(), StateError> {
        match self.components.entry(name.into()) {
            Entry::Vacant(entry) => {
                entry.insert((holder.schema_version(), holder.snapshot()?));
                Ok(())
            }
            Entry::Occupied(_) => Err(StateError::Duplicate { component: name.into() }),
        }
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
        bytes.extend_from_slice(&fnv1a(&body).to_le_bytes());
        bytes.extend_from_slice(&body);
        Ok(bytes)
    }

    /// Reads what [`Snapshot::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are no snapshot, have another format than this program writes, or are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(StateError::NotASnapshot)?;
        let (format, rest) = rest.split_first_chunk::<4>().ok_or(StateError::Damaged)?;
        let found = u32::from_le_bytes(*format);
        if found != FORMAT {
            return Err(StateError::UnknownFormat { found, known: FORMAT });
        }
        let (sum, body) = rest.split_first_chunk::<8>().ok_or(StateError::Damaged)?;
        if fnv1a(body) != u64::from_le_bytes(*sum) {
            return Err(StateError::Damaged);
        }
        Ok(Self { components: decode(body)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check_version;

    struct Number(u64);

    impl StateHolder for Number {
        fn schema_version(&self) -> u32 {
            1
        }
        fn snapshot(&self) -> Result<Vec<u8>, StateError> {
            encode(&self.0)
        }
        fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
            check_version("number", 1, version)?;
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
            assert!(Snapshot::from_bytes(&changed).is_err(), "changed at {place}");
        }
    }

    #[test]
    fn another_format_is_refused() {
        let mut bytes = Snapshot::default().to_bytes().unwrap();
        for format in [0_u32, 2, u32::MAX] {
            bytes[8..12].copy_from_slice(&format.to_le_bytes());
            let refused = Snapshot::from_bytes(&bytes);
            assert!(
                matches!(refused, Err(StateError::UnknownFormat { found, known: 1 }) if found == format)
            );
        }
    }

    #[test]
    fn another_schema_version_is_refused() {
        struct Later;
        impl StateHolder for Later {
            fn schema_version(&self) -> u32 {
                2
            }
            fn snapshot(&self) -> Result<Vec<u8>, StateError> {
                encode(&1_u64)
            }
            fn restore(&mut self, _version: u32, _bytes: &[u8]) -> Result<(), StateError> {
                Ok(())
            }
        }
        let mut snapshot = Snapshot::default();
        snapshot.save("number", &Later).unwrap();
        let refused = snapshot.load("number", &mut Number(0));
        assert!(matches!(refused, Err(StateError::UnknownSchema { found: 2, .. })));
    }

    #[test]
    fn a_name_is_not_given_twice() {
        let mut snapshot = Snapshot::default();
        snapshot.save("a", &Number(1)).unwrap();
        let refused = snapshot.save("a", &Number(2));
        assert!(matches!(refused, Err(StateError::Duplicate { component }) if component == "a"));
        let mut number = Number(0);
        snapshot.load("a", &mut number).unwrap();
        assert_eq!(number.0, 1);
    }

    #[test]
    fn what_is_left_over_is_refused() {
        let mut bytes = encode(&1_u64).unwrap();
        bytes.push(0);
        assert!(matches!(decode::<u64>(&bytes), Err(StateError::Damaged)));
    }

    #[test]
    fn a_component_that_was_not_saved_is_left_alone() {
        let mut number = Number(3);
        assert!(!Snapshot::default().load("b", &mut number).unwrap());
        assert_eq!(number.0, 3);
    }
}
