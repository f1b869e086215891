//! Numbers as people type them.

use crate::model::Language;

/// The number in a text as the language writes it. A decimal mark of the other language is understood where it can be nothing else: in German
/// "1.200" is twelve hundred, and "1.5" one and a half.
pub fn read_number(language: Language, text: &str) -> Option<f64> {
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{202f}')
        .map(|c| if c == '\u{2212}' { '-' } else { c })
        .collect();
    let (group, point) = match language {
        Language::De => ('.', ','),
        Language::En => (',', '.'),
    };
    let (whole, fraction) = match text.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (&*text, None),
    };
    let plain = match whole.contains(group) {
        true if grouped(whole, group) => format!("{}.{}", whole.replace(group, ""), fraction.unwrap_or("0")),
        // One foreign mark and no own one.
        true if fraction.is_none() && whole.matches(group).count() == 1 => whole.replace(group, "."),
        true => return None,
        false => text.replace(point, "."),
    };
    // "inf" and "nan" are words of the machine.
    let digits = plain.chars().all(|c| c.is_ascii_digit() || "+-.".contains(c));
    plain.parse().ok().filter(|v: &f64| digits && v.is_finite())
}

/// Whether marks stand between thousands: "1.200", "12.345.678", but not "0.125".
fn grouped(whole: &str, group: char) -> bool {
    let mut parts = whole.trim_start_matches(['-', '+']).split(group);
    let digits = |p: &str| p.chars().all(|c| c.is_ascii_digit());
    let first = parts
        .next()
        .is_some_and(|p| (1..=3).contains(&p.len()) && digits(p) && !p.starts_with('0'));
    first && parts.all(|p| p.len() == 3 && digits(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_its_language_writes_it() {
        let de = |t| read_number(Language::De, t);
        let en = |t| read_number(Language::En, t);
        assert_eq!(
            [de("300"), de("0,125"), de("0.125"), de("1.5")],
            [300.0, 0.125, 0.125, 1.5].map(Some)
        );
        assert_eq!(
            [de("1.200"), de("1.200,5"), de("12\u{202f}000"), de("\u{2212}2,5")],
            [1200.0, 1200.5, 12000.0, -2.5].map(Some)
        );
        assert_eq!(
            [en("1,200"), en("1,200.5"), en("1,5"), en("-3")],
            [1200.0, 1200.5, 1.5, -3.0].map(Some)
        );
        for wrong in ["", "viel", "NaN", "inf", "1e5", "1.2.3", "1,2,3", "12.34,5", "3 m"] {
            assert_eq!([de(wrong), en(wrong)], [None, None], "{wrong}");
        }
    }
}
