//! What every room that draws the city shares: the drawn ground, the lens, bodies and drapes, entities in step with layers.

pub mod allowed;
pub mod bodies;
pub mod drape;
pub mod ground;
pub mod laid;
pub mod lens;
pub mod marks;
pub mod mirror;
pub mod next;
pub mod redraw;
pub mod roofs;
pub mod sides;
pub mod solids;
pub mod volumes;
