//! What the cells of a column mean: whole numbers, numbers or text, and which of them say that a number is not told.

use crate::model::Column;
use std::collections::BTreeMap;

/// Marks that stand in place of a number (Statistisches Bundesamt, "Zeichenerklärung", and what offices write otherwise).
const MARKS: &[&str] = &[
    "*", "**", "x", "X", ".", "..", "...", "…", "·", "•", "-", "–", "—", "−", "/", "()", "( )", "k.A.", "k. A.", "k.a.", "n.v.", "n. v.",
    "n/a", "N/A", "NA", "n.a.", "#NV", "#N/A", "NULL", "null", "NaN", "g", "geheim",
];

/// A judged column.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) column: Column,
    pub(super) marks: BTreeMap<String, u64>,
    /// Every fraction has three digits: it could be a group of thousands.
    pub(super) doubtful: bool,
}

/// True for a mark, or for a bound in place of a number ("<3", "< 5", "unter 3").
fn is_mark(text: &str) -> bool {
    MARKS.contains(&text)
        || text
            .strip_prefix(['<', '>', '≤', '≥'])
            .or_else(|| text.strip_prefix("unter "))
            .is_some_and(|rest| rest.trim().chars().all(|c| c.is_ascii_digit() || matches!(c, '=' | ' ')) && !rest.trim().is_empty())
}

fn space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’')
}

/// A number: grouped or not, with sign or percent sign.
fn number(text: &str, decimal_comma: bool) -> Option<f64> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let (negative, body) = match text.strip_prefix(['-', '−', '–']) {
        Some(body) => (true, body),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (group, point) = if decimal_comma { ('.', ',') } else { (',', '.') };
    let (whole, fraction) = match body.split_once(point) {
        Some((w, f)) => (w, Some(f)),
        None => (body, None),
    };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let mut plain = String::with_capacity(body.len());
    let grouped = whole.contains(group) || whole.contains(space);
    if grouped {
        let mut groups = whole.split(|c| c == group || space(c));
        let first = groups.next()?;
        if !digits(first) || first.len() > 3 {
            return None;
        }
        plain.push_str(first);
        for g in groups {
            if g.len() != 3 || !digits(g) {
                return None;
            }
            plain.push_str(g);
        }
    } else {
        // 1.5e3, as programs write it.
        let exponent = fraction.unwrap_or(whole).to_ascii_lowercase();
        if let Some((mantissa, power)) = exponent.split_once('e')
            && digits(mantissa)
            && digits(power.trim_start_matches(['-', '+']))
            && (fraction.is_none() || digits(whole))
        {
            let v: f64 = body.replace(point, ".").parse().ok()?;
            return v.is_finite().then_some(if negative { -v } else { v });
        }
        if !digits(whole) && (!whole.is_empty() || fraction.is_none()) {
            return None;
        }
        plain.push_str(whole);
    }
    if let Some(f) = fraction {
        if !digits(f) {
            return None;
        }
        plain.push('.');
        plain.push_str(f);
    }
    let v: f64 = plain.parse().ok()?;
    v.is_finite().then_some(if negative { -v } else { v })
}

/// Whether the numbers of a table have a decimal comma: what only one of the forms can mean decides, then the delimiter.
pub(super) fn decimal_comma(columns: &[Vec<Option<String>>], delimiter: Option<char>) -> bool {
    let (mut comma, mut point) = (0_u64, 0_u64);
    for text in columns.iter().flatten().flatten() {
        let only = |t: &str| {
            t.bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'+' | b'%' | b' '))
        };
        if !only(text) {
            continue;
        }
        match (number(text, true), number(text, false)) {
            (Some(_), None) => comma += 1,
            (None, Some(_)) => point += 1,
            _ => {}
        }
    }
    match (comma, point) {
        (0, 0) => delimiter == Some(';'),
        _ => comma > point,
    }
}

/// Types a column. Codes with leading zeros stay text: `0110` is not 110.
pub(super) fn judge(texts: &[Option<String>], decimal_comma: bool) -> Judged {
    let code = |t: &str| t.len() > 1 && t.starts_with('0') && t.bytes().all(|b| b.is_ascii_digit());
    let mut marks = BTreeMap::<String, u64>::new();
    let mut numbers: Vec<f64> = Vec::with_capacity(texts.len());
    let (mut told, mut text) = (0, false);
    let (mut pointed, mut doubtful) = (0, 0);
    for cell in texts {
        let Some(t) = cell else {
            numbers.push(f64::NAN);
            continue;
        };
        match number(t, decimal_comma) {
            Some(v) if !code(t) => {
                numbers.push(v);
                told += 1;
                if t.contains('.') && !t.contains(',') {
                    pointed += 1;
                    doubtful += u64::from(number(t, !decimal_comma).is_some());
                }
            }
            _ if is_mark(t) => {
                numbers.push(f64::NAN);
                *marks.entry(t.clone()).or_default() += 1;
            }
            _ => {
                text = true;
                break;
            }
        }
    }
    if text || told == 0 {
        return Judged {
            column: Column::from_texts(texts.iter().map(Option::as_deref)),
            marks: BTreeMap::new(),
            doubtful: false,
        };
    }
    let whole = numbers.iter().all(|v| v.is_nan() || (v.fract() == 0.0 && v.abs() < 9e15));
    let written = texts.iter().flatten().any(|t| t.contains(if decimal_comma { ',' } else { '.' }));
    let column = if whole && !written {
        Column::Integer(numbers.iter().map(|v| (!v.is_nan()).then_some(*v as i64)).collect())
    } else {
        Column::Real(numbers)
    };
    Judged {
        column,
        marks,
        doubtful: pointed > 0 && doubtful == pointed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Value;

    fn column(texts: &[&str]) -> Vec<Option<String>> {
        texts.iter().map(|t| (!t.is_empty()).then(|| (*t).to_string())).collect()
    }

    #[test]
    fn numbers_are_read_in_their_own_form() {
        for (text, comma, value) in [
            ("1.234,5", true, Some(1234.5)),
            ("1234,5", true, Some(1234.5)),
            ("1 234", true, Some(1234.0)),
            ("1\u{202f}234\u{202f}567", true, Some(1_234_567.0)),
            ("-3,5 %", true, Some(-3.5)),
            ("1,234.5", false, Some(1234.5)),
            ("4.22594", false, Some(4.225_94)),
            ("1.5e3", false, Some(1500.0)),
            (",5", true, Some(0.5)),
            ("12.34", true, None),
            ("1.2.3", true, None),
            ("1,23,4", false, None),
            ("12 34", true, None),
            ("", true, None),
            ("e5", false, None),
            ("inf", false, None),
            ("NaN", false, None),
            ("0x10", false, None),
        ] {
            assert_eq!(number(text, comma), value, "{text}");
        }
    }

    #[test]
    fn suppressed_numbers_are_unknown_and_counted() {
        let j = judge(&column(&["12", "*", "", "–", "<3", "*", "7"]), true);
        assert_eq!(
            (j.column.value(0), j.column.value(1), j.column.value(4)),
            (Value::Integer(12), Value::Null, Value::Null)
        );
        assert_eq!(
            j.marks.iter().map(|(m, n)| (m.as_str(), *n)).collect::<Vec<_>>(),
            [("*", 2), ("<3", 1), ("–", 1)]
        );
        let j = judge(&column(&["x", "y"]), true);
        assert!(
            matches!(j.column, Column::Text { .. }) && j.marks.is_empty(),
            "a column of letters is text"
        );
        assert!(
            matches!(judge(&column(&["*", "–"]), true).column, Column::Text { .. }),
            "marks alone make no number"
        );
    }

    #[test]
    fn codes_keep_their_zeros_and_points_of_three_digits_are_doubted() {
        assert!(matches!(judge(&column(&["01100101", "02"]), true).column, Column::Text { .. }));
        assert!(matches!(judge(&column(&["0", "12"]), true).column, Column::Integer(_)));
        assert!(judge(&column(&["1.234", "2.345"]), true).doubtful);
        assert!(!judge(&column(&["1.234", "2.34"]), false).doubtful);
        assert!(decimal_comma(&[column(&["1.234", "3,5"])], Some(',')));
        assert!(!decimal_comma(&[column(&["4.22594", "1.234"])], Some(';')));
        assert!(decimal_comma(&[column(&["1.234"])], Some(';')));
    }
}
