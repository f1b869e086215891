//! How high a plan lets one build in a building window, as far as the plan says it: what is drawn, and on what it rests.

use super::{bodies, ground::Ground};
use crate::model::Layer;

/// Metres a storey is taken for where the plan sets storeys and no height.
pub const STOREY_M: f64 = 3.0;
/// How the readers begin to name the origin of a height that they worked out from full storeys.
const FROM_STOREYS: &str = "Vollgeschosse";
/// Plans set nothing beyond these; more is a slip of the pen.
const MOST: [f64; 2] = [500.0, 150.0];

/// What a body's top rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allowed {
    /// A top above sea level.
    AboveSea(f64),
    /// A height above the ground.
    AboveGround(f64),
    /// Full storeys times 3 m: the plan sets no height.
    Storeys(f64),
    /// A top above sea level alone, and the ground is not known above sea level.
    SeaWithoutGround(f64),
    /// Neither height nor storeys.
    Nothing,
}

impl Allowed {
    /// What counts in a window: a top above sea level before a height, and a height before storeys.
    pub fn of(layer: &Layer, row: usize, ground_known: bool) -> Self {
        let number = |name: &str| layer.attributes.value(name, row).as_f64();
        let within = |v: Option<f64>, most: f64| v.filter(|v| *v > 0.0 && *v < most);
        let assumed = layer.attributes.value("height_from", row).to_string().starts_with(FROM_STOREYS);
        let height = within(number("height_m"), MOST[0]);
        let sea = number("top_m_nhn").filter(|v| v.is_finite());
        let storeys = within(number("storeys"), MOST[1]).or(height.filter(|_| assumed).map(|h| h / STOREY_M));
        match (sea, height.filter(|_| !assumed), storeys) {
            (Some(top), _, _) if ground_known => Self::AboveSea(top),
            (_, Some(h), _) => Self::AboveGround(h),
            (_, _, Some(n)) => Self::Storeys(n),
            (Some(top), _, _) => Self::SeaWithoutGround(top),
            _ => Self::Nothing,
        }
    }

    /// True where the height is worked out rather than set.
    pub fn assumed(self) -> bool {
        matches!(self, Self::Storeys(_))
    }
}

/// Lowest ground under a window and the top of what may be built on it; nothing where the plan sets no height, or one below the ground.
pub fn levels(layer: &Layer, row: usize, ground: &Ground) -> Option<(Allowed, [f64; 2])> {
    let allowed = Allowed::of(layer, row, !ground.flat);
    let above = |h: f64| bodies::levels(&layer.geometry, row, h, ground);
    let levels = match allowed {
        Allowed::AboveSea(top) => [above(0.0)[0], top],
        Allowed::AboveGround(h) => above(h),
        Allowed::Storeys(n) => above(n * STOREY_M),
        Allowed::SeaWithoutGround(_) | Allowed::Nothing => return None,
    };
    (levels[1] > levels[0] && levels[1] < levels[0] + MOST[0]).then_some((allowed, levels))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{
        app::scene::ground::tests::hill,
        model::{Column, Coverage, GeometriesBuilder, GeometryKind, Report, Table},
    };

    /// A window of 8 × 8 m.
    pub fn window(height: Option<f64>, sea: Option<f64>, storeys: Option<i64>, from: &str) -> Layer {
        let mut g = GeometriesBuilder::new(GeometryKind::Polygon);
        g.ring([[1.0, 1.0], [9.0, 1.0], [9.0, 9.0], [1.0, 9.0], [1.0, 1.0]])
            .end_part()
            .end_feature();
        let mut attributes = Table::default();
        attributes.set("height_m", Column::Real(vec![height.unwrap_or(f64::NAN)]));
        attributes.set("top_m_nhn", Column::Real(vec![sea.unwrap_or(f64::NAN)]));
        attributes.set("storeys", Column::Integer(vec![storeys]));
        attributes.set("height_from", Column::from_texts([Some(from)]));
        Layer {
            slot: "a/b".into(),
            geometry: g.finish(),
            attributes,
            ids: vec!["w".into()],
            provenance: vec![],
            coverage: Coverage::Undeclared,
            report: Report::default(),
            bodies: None,
        }
    }

    #[test]
    fn heights_come_before_storeys_and_sea_level_needs_a_ground() {
        let of = |h, sea, z, from, known| Allowed::of(&window(h, sea, z, from), 0, known);
        assert_eq!(of(Some(9.0), Some(80.0), Some(2), "", true), Allowed::AboveSea(80.0));
        assert_eq!(of(Some(9.0), Some(80.0), Some(2), "", false), Allowed::AboveGround(9.0));
        assert_eq!(of(None, Some(80.0), Some(4), "", false), Allowed::Storeys(4.0));
        assert_eq!(of(None, Some(80.0), None, "", false), Allowed::SeaWithoutGround(80.0));
        assert_eq!(of(None, None, None, "", true), Allowed::Nothing);
        assert_eq!(of(Some(-3.0), None, Some(0), "", true), Allowed::Nothing);
    }

    #[test]
    fn a_height_that_the_reader_made_from_storeys_is_called_assumed() {
        for from in ["Vollgeschosse × 3 m", "Vollgeschosse des Baugebiets × 3 m"] {
            let allowed = Allowed::of(&window(Some(6.0), None, None, from), 0, true);
            assert_eq!(allowed, Allowed::Storeys(2.0), "{from}");
            assert!(allowed.assumed());
        }
        assert!(!Allowed::of(&window(Some(6.0), None, None, "Höhenmaß"), 0, true).assumed());
    }

    #[test]
    fn a_body_stands_on_the_ground_and_a_top_below_it_is_none() {
        let ground = hill();
        let base = ground.height([5.0, 5.0]);
        let (_, levels9) = levels(&window(Some(9.0), None, None, ""), 0, &ground).unwrap();
        assert!(levels9[0] <= base && levels9[1] > base + 6.0);
        let (_, sea) = levels(&window(None, Some(base + 20.0), None, ""), 0, &ground).unwrap();
        assert_eq!(sea[1], base + 20.0);
        assert!(levels(&window(None, Some(base - 50.0), None, ""), 0, &ground).is_none());
        assert!(levels(&window(None, None, None, ""), 0, &ground).is_none());
    }
}
