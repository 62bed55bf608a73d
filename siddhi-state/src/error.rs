//! What can go wrong when state is saved or restored.

/// Why a state could not be saved or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The bytes do not begin as a snapshot does.
    #[error("not a snapshot: the magic number is missing")]
    NotASnapshot,
    /// The snapshot was written by a newer program.
    #[error("snapshot format {found} is newer than {newest}, the newest that is known")]
    NewerFormat {
        /// The version found.
        found: u32,
        /// The newest version that can be read.
        newest: u32,
    },
    /// The bytes are cut off or changed.
    #[error("snapshot is damaged: the checksum does not agree")]
    Damaged,
    /// A component does not know the version of its state.
    #[error("state of `{component}` has schema version {found}, which is not known")]
    UnknownSchema {
        /// The component.
        component: String,
        /// The version found.
        found: u32,
    },
    /// The bytes of a component could not be written or read.
    #[error("state cannot be encoded or decoded")]
    Codec(#[from] postcard::Error),
}
