//! Tests over columns: columns are looked up once, logic runs over whole vectors, and a test on one text column is decided once
//! for each distinct text.

use super::{Leaf, Order, Scalar, Test};
use crate::model::{Column, Table};
use std::cmp::Ordering;

/// One value, borrowed.
#[derive(Clone, Copy)]
enum Cell<'a> {
    Null,
    Number(f64),
    Text(&'a str),
    Boolean(bool),
}

pub(super) fn decide(test: &Test, attributes: &[String], table: &Table, rows: usize) -> Vec<Option<bool>> {
    let columns: Vec<Option<&Column>> = attributes
        .iter()
        // A column of another length is no column of this layer.
        .map(|name| table.column(name).filter(|c| c.len() >= rows))
        .collect();
    run(test, &columns, rows)
}

fn run(test: &Test, columns: &[Option<&Column>], rows: usize) -> Vec<Option<bool>> {
    match test {
        Test::Const(value) => vec![*value; rows],
        Test::Not(inner) => {
            let mut out = run(inner, columns, rows);
            out.iter_mut().for_each(|v| *v = v.map(|b| !b));
            out
        }
        Test::And(parts) => fold(parts, columns, rows, false),
        Test::Or(parts) => fold(parts, columns, rows, true),
        Test::Leaf(leaf) => run_leaf(leaf, columns, rows),
    }
}

/// `AND` and `OR`: one value decides alone, otherwise an unknown part makes the whole unknown.
fn fold(parts: &[Test], columns: &[Option<&Column>], rows: usize, deciding: bool) -> Vec<Option<bool>> {
    let mut out = vec![Some(!deciding); rows];
    for part in parts {
        for (o, p) in out.iter_mut().zip(run(part, columns, rows)) {
            *o = match (*o, p) {
                (Some(a), _) if a == deciding => Some(deciding),
                (_, Some(b)) if b == deciding => Some(deciding),
                (None, _) | (_, None) => None,
                _ => Some(!deciding),
            };
        }
    }
    out
}

fn run_leaf(leaf: &Leaf, columns: &[Option<&Column>], rows: usize) -> Vec<Option<bool>> {
    let mut used = vec![];
    leaf.attributes(&mut used);
    used.sort_unstable();
    used.dedup();
    if let [one] = used[..] {
        match columns[one] {
            None => return vec![leaf.decide(&|_| Cell::Null); rows],
            Some(Column::Text { dictionary, codes }) if dictionary.len() < rows => {
                let known: Vec<_> = dictionary.iter().map(|text| leaf.decide(&|_| Cell::Text(text))).collect();
                let null = leaf.decide(&|_| Cell::Null);
                return codes[..rows]
                    .iter()
                    .map(|c| known.get(*c as usize).copied().unwrap_or(null))
                    .collect();
            }
            Some(_) => {}
        }
    }
    (0..rows).map(|row| leaf.decide(&|k| cell(columns[k], row))).collect()
}

fn cell(column: Option<&Column>, row: usize) -> Cell<'_> {
    match column {
        None => Cell::Null,
        Some(Column::Boolean(v)) => v[row].map_or(Cell::Null, Cell::Boolean),
        Some(Column::Integer(v)) => v[row].map_or(Cell::Null, |n| Cell::Number(n as f64)),
        Some(Column::Real(v)) if v[row].is_nan() => Cell::Null,
        Some(Column::Real(v)) => Cell::Number(v[row]),
        Some(Column::Text { dictionary, codes }) => dictionary.get(codes[row] as usize).map_or(Cell::Null, |t| Cell::Text(t)),
    }
}

impl Leaf {
    fn attributes(&self, out: &mut Vec<usize>) {
        match self {
            Leaf::Compare(_, a, b) => [a, b].into_iter().for_each(|s| s.attributes(out)),
            Leaf::Between(a, b, c) => [a, b, c].into_iter().for_each(|s| s.attributes(out)),
            Leaf::In(a, list) => std::iter::once(a).chain(list).for_each(|s| s.attributes(out)),
            Leaf::Like(a, _) | Leaf::IsNull(a) => a.attributes(out),
            Leaf::IsTrue(k) => out.push(*k),
        }
    }

    fn decide<'a>(&'a self, get: &impl Fn(usize) -> Cell<'a>) -> Option<bool> {
        match self {
            Leaf::Compare(order, a, b) => order.holds(compare(a.value(get), b.value(get))?),
            Leaf::Between(a, low, high) => {
                let v = a.value(get);
                let (low, high) = (compare(v, low.value(get)), compare(v, high.value(get)));
                match (low.map(Ordering::is_ge), high.map(Ordering::is_le)) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                }
            }
            Leaf::In(a, list) => {
                let v = a.value(get);
                let mut result = Some(false);
                for item in list {
                    match compare(v, item.value(get)) {
                        Some(Ordering::Equal) => return Some(true),
                        Some(_) => {}
                        None => result = None,
                    }
                }
                result
            }
            Leaf::Like(a, pattern) => match a.value(get) {
                Cell::Text(text) => Some(like(text, pattern)),
                _ => None,
            },
            Leaf::IsNull(a) => Some(matches!(a.value(get), Cell::Null)),
            Leaf::IsTrue(k) => boolean(get(*k)),
        }
    }
}

impl Order {
    fn holds(self, found: Ordering) -> Option<bool> {
        Some(match self {
            Order::Equal => found.is_eq(),
            Order::NotEqual => found.is_ne(),
            Order::Less => found.is_lt(),
            Order::LessOrEqual => found.is_le(),
            Order::Greater => found.is_gt(),
            Order::GreaterOrEqual => found.is_ge(),
        })
    }
}

impl Scalar {
    fn attributes(&self, out: &mut Vec<usize>) {
        match self {
            Scalar::Attribute(k) => out.push(*k),
            Scalar::Arithmetic(_, a, b) => {
                a.attributes(out);
                b.attributes(out);
            }
            _ => {}
        }
    }

    fn value<'a>(&'a self, get: &impl Fn(usize) -> Cell<'a>) -> Cell<'a> {
        match self {
            Scalar::Null => Cell::Null,
            Scalar::Number(v) => Cell::Number(*v),
            Scalar::Text(v) => Cell::Text(v),
            Scalar::Boolean(v) => Cell::Boolean(*v),
            Scalar::Attribute(k) => get(*k),
            Scalar::Arithmetic(sign, a, b) => {
                let (Some(a), Some(b)) = (number(a.value(get)), number(b.value(get))) else {
                    return Cell::Null;
                };
                let v = match sign {
                    '+' => a + b,
                    '-' => a - b,
                    '*' => a * b,
                    _ => a / b,
                };
                // A division by zero has no value.
                if v.is_finite() { Cell::Number(v) } else { Cell::Null }
            }
        }
    }
}

fn number(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Number(v) => Some(v),
        Cell::Text(t) => t.trim().parse().ok().filter(|v: &f64| v.is_finite()),
        Cell::Null | Cell::Boolean(_) => None,
    }
}

/// Sources without a boolean type write 0 and 1 or the words.
fn boolean(cell: Cell<'_>) -> Option<bool> {
    match cell {
        Cell::Boolean(b) => Some(b),
        Cell::Number(0.0) => Some(false),
        Cell::Number(1.0) => Some(true),
        Cell::Text(t) if t.eq_ignore_ascii_case("true") || t == "1" => Some(true),
        Cell::Text(t) if t.eq_ignore_ascii_case("false") || t == "0" => Some(false),
        _ => None,
    }
}

/// Texts by code point, numbers and truth values as such; a text beside a number counts as the number it spells. Values that
/// cannot be compared are unknown.
fn compare(a: Cell<'_>, b: Cell<'_>) -> Option<Ordering> {
    match (a, b) {
        (Cell::Text(a), Cell::Text(b)) => Some(a.cmp(b)),
        (Cell::Boolean(_), _) | (_, Cell::Boolean(_)) => Some(boolean(a)?.cmp(&boolean(b)?)),
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}

/// `%` stands for any run of characters, `_` for one, a backslash takes the next character literally.
fn like(text: &str, pattern: &str) -> bool {
    let mut tokens = vec![];
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '%' => Token::Many,
            '_' => Token::One,
            '\\' => Token::Char(chars.next().unwrap_or('\\')),
            c => Token::Char(c),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut t, mut p, mut retry) = (0, 0, None);
    while t < text.len() {
        match tokens.get(p) {
            Some(Token::Many) => {
                retry = Some((p, t));
                p += 1;
            }
            Some(Token::One) => (t, p) = (t + 1, p + 1),
            Some(Token::Char(c)) if *c == text[t] => (t, p) = (t + 1, p + 1),
            // Give the last `%` one character more and try again from there.
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    (t, p) = (from + 1, star + 1);
                }
                None => return false,
            },
        }
    }
    tokens[p..].iter().all(|token| matches!(token, Token::Many))
}

enum Token {
    Many,
    One,
    Char(char),
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn like_knows_its_wildcards() {
        for (text, pattern, expected) in [
            ("Grünfläche", "Gr_n%", true),
            ("Grünfläche", "%fläche", true),
            ("Grünfläche", "%f%l%e", true),
            ("Grünfläche", "Gr%x", false),
            ("100%", "100\\%", true),
            ("1000", "100\\%", false),
            ("", "%", true),
            ("", "_", false),
            ("abc", "abc%%", true),
        ] {
            assert_eq!(like(text, pattern), expected, "{text} LIKE {pattern}");
        }
    }
}
