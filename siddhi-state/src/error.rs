//! What can go wrong when state is saved or restored.

/// Why a state could not be saved or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The bytes do not begin as a snapshot does.
    #[error("not a snapshot: the magic number is missing")]
    NotASnapshot,
    /// The snapshot was written by a program that writes another format.
    #[error("snapshot format {found} is not known, only {known} is")]
    UnknownFormat {
        /// The version found.
        found: u32,
        /// The version that can be read.
        known: u32,
    },
    /// The bytes are cut off or changed.
    #[error("snapshot is damaged")]
    Damaged,
    /// Two components have the same name, so one could not be told from the other.
    #[error("two components have the name `{component}`")]
    Duplicate {
        /// The name.
        component: String,
    },
    /// A component does not know the version of its state.
    #[error("state of `{component}` has schema version {found}, which is not known")]
    UnknownSchema {
        /// The component.
        component: String,
        /// The version found.
        found: u32,
    },
    /// The state is that of a component which is built in another way.
    #[error("state of `{component}` does not fit: it has {found}, not {expected}")]
    Misfit {
        /// The component.
        component: String,
        /// What the state was made for.
        found: String,
        /// What the component is.
        expected: String,
    },
    /// The bytes of a component could not be written or read.
    #[error("state cannot be encoded or decoded")]
    Codec(#[from] postcard::Error),
}
