//! The picture without a window.
