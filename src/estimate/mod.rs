//! Estimates from the geometry alone: noise of roads on a grid, and bands drawn from grids. Whoever shows them says that they are a model.

pub(crate) mod contour;
pub(crate) mod plane;
pub(crate) mod road;
