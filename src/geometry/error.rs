//! What a kernel that builds geometry can refuse.

use crate::model::GeometryKind;

/// Why no geometry came out. The measure kernels (area, overlap, distance) cannot fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GeometryError {
    /// The operation is defined on polygons only.
    #[error("{operation} needs polygons, not {kind:?} features")]
    WrongKind {
        /// What was asked.
        operation: &'static str,
        /// What came.
        kind: GeometryKind,
    },
    /// A vertex is infinite or not a number.
    #[error("{operation} met a coordinate that is not finite")]
    NotFinite {
        /// What was asked.
        operation: &'static str,
    },
    /// The features are too large to be overlaid in reasonable time.
    #[error("{operation} of {vertices} vertices is over the limit of {limit}")]
    TooManyVertices {
        /// What was asked.
        operation: &'static str,
        /// How many came.
        vertices: usize,
        /// How many are taken.
        limit: usize,
    },
    /// The overlay library gave up.
    #[error("{operation} failed on this geometry")]
    Overlay {
        /// What was asked.
        operation: &'static str,
    },
}
