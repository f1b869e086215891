//! How much floor and how much sealed ground a site holds: from drawn buildings, from its own figures, or from its type.

use crate::{
    geometry::{PreparedArea, Scratch, overlap_area_m2},
    index::IndexedLayer,
    modules::Role,
    project::{City, SlotData},
    zoning::{self, Law, Span},
};

/// Buildings drawn on a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drawn {
    pub buildings: u32,
    /// Ground that they cover, ancillary ones as well.
    pub footprint_m2: f64,
    /// Floor area of the main ones.
    pub floor_m2: Span,
}

/// What of the buildings that `counts` lets pass stands on a site; `None` when nothing does.
pub(super) fn drawn(city: &City, site: &IndexedLayer, row: u32, counts: &dyn Fn(&IndexedLayer, u32) -> bool) -> Option<Drawn> {
    let law: &Law = zoning::law();
    let (scratch, ground) = (&mut Scratch::default(), PreparedArea::new(&site.layer.geometry, row as usize));
    let mut out = Drawn {
        buildings: 0,
        footprint_m2: 0.0,
        floor_m2: Span::exact(0.0),
    };
    for slot in city.with_role(Role::Buildings) {
        let SlotData::Vector(l) = &slot.data else { continue };
        for b in l
            .index
            .rows_in(&site.layer.geometry.bbox(row as usize))
            .into_iter()
            .filter(|b| counts(l, *b))
        {
            let m2 = overlap_area_m2(&PreparedArea::new(&l.layer.geometry, b as usize), &ground, scratch);
            let v = zoning::volume(&l.layer, b, law);
            if m2 > 0.02 * v.footprint_m2 && m2 > 0.5 {
                out.buildings += 1;
                out.footprint_m2 += m2;
                out.floor_m2 = out.floor_m2.plus(v.floor_m2(m2));
            }
        }
    }
    (out.buildings > 0).then_some(out)
}
