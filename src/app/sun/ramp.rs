//! Colours of hours of sun and of what is lost: steps that stay apart on a washed-out projector and for every kind of colour vision.

/// Upper bounds of the classes in hours; the last class is open.
const HOURS: [f64; 6] = [0.5, 1.5, 3.0, 4.0, 6.0, 8.0];
/// From dark to light (cividis).
const LIGHT: [[u8; 3]; 7] = [
    [0, 34, 78],
    [53, 69, 108],
    [102, 105, 112],
    [139, 138, 121],
    [178, 172, 112],
    [219, 208, 93],
    [254, 232, 56],
];
/// Bounds of losses; below the first nothing counts.
const LOSS: [f64; 5] = [0.1, 0.5, 1.0, 2.0, 4.0];
/// Nothing lost is grey, much is deep red; what was won is blue.
const LOST: [[u8; 3]; 6] = [
    [222, 222, 218],
    [254, 229, 200],
    [253, 187, 132],
    [239, 131, 84],
    [204, 62, 44],
    [127, 0, 16],
];
const WON: [u8; 3] = [67, 130, 190];

/// Classes with their bounds: from, and to where there is an end.
pub type Classes = Vec<([f64; 2], [u8; 3])>;

/// The colour of so many hours.
pub fn light(hours: f64) -> [u8; 3] {
    LIGHT[HOURS.iter().filter(|b| hours >= **b - 1e-9).count()]
}

/// The colour of a loss; `None` is not compared.
pub fn lost(hours: f64) -> [u8; 3] {
    if hours <= -LOSS[0] {
        return WON;
    }
    LOST[LOSS.iter().filter(|b| hours >= **b - 1e-9).count()]
}

/// All classes of hours.
pub fn light_classes() -> Classes {
    classes(&HOURS, &LIGHT)
}

/// All classes of losses.
pub fn lost_classes() -> Classes {
    let mut out = vec![([f64::NEG_INFINITY, -LOSS[0]], WON)];
    out.extend(classes(&LOSS, &LOST));
    out
}

fn classes(bounds: &[f64], colors: &[[u8; 3]]) -> Classes {
    let from = std::iter::once(0.0).chain(bounds.iter().copied());
    let to = bounds.iter().copied().chain(std::iter::once(f64::INFINITY));
    from.zip(to).zip(colors).map(|((a, b), c)| ([a, b], *c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_colour_and_the_bounds_of_the_standards_are_bounds() {
        for ([from, _], color) in light_classes() {
            assert_eq!(light(from), color);
        }
        assert!(light(1.4) != light(1.5) && light(2.9) != light(3.0) && light(3.9) != light(4.0));
        assert_eq!((lost(0.0), lost(0.05), lost(-1.0)), (LOST[0], LOST[0], WON));
        assert_eq!(lost(9.0), LOST[5]);
        assert_eq!((light_classes().len(), lost_classes().len()), (7, 7));
    }
}
