//! Attribute columns of a layer: typed, nullable, dictionary-coded where they hold text.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One attribute of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Unknown: never the same as zero or as an empty text.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Real(f64),
    /// Text; dates are ISO 8601 text.
    Text(Arc<str>),
}

impl Value {
    /// The number behind an integer, a real or a text that holds one ("12.5").
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Integer(v) => Some(*v as f64),
            Value::Real(v) => Some(*v),
            Value::Text(t) => t.trim().parse().ok().filter(|v: &f64| v.is_finite()),
            Value::Null | Value::Boolean(_) => None,
        }
    }

    /// The text, without a conversion from numbers.
    pub fn as_str(&self) -> Option<&str> {
        if let Value::Text(t) = self { Some(t) } else { None }
    }

    /// True for [`Value::Null`].
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Boolean(v) => v.fmt(f),
            Value::Integer(v) => v.fmt(f),
            Value::Real(v) => v.fmt(f),
            Value::Text(v) => v.fmt(f),
        }
    }
}

/// One attribute of all features of a layer, in row order.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// True, false or unknown.
    Boolean(Vec<Option<bool>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Finite numbers; NaN stands for unknown.
    Real(Vec<f64>),
    /// Text by code into the dictionary; [`Column::NO_TEXT`] stands for unknown.
    Text {
        /// Distinct texts in order of first use.
        dictionary: Vec<Arc<str>>,
        /// One code a row.
        codes: Vec<u32>,
    },
}

impl Column {
    /// The code of an unknown text.
    pub const NO_TEXT: u32 = u32::MAX;

    /// A text column from values in row order.
    pub fn from_texts<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut seen = std::collections::BTreeMap::<Arc<str>, u32>::new();
        let mut dictionary = vec![];
        let codes = texts
            .into_iter()
            .map(|text| {
                let Some(text) = text else { return Self::NO_TEXT };
                if let Some(code) = seen.get(text) {
                    return *code;
                }
                let text: Arc<str> = text.into();
                let code = dictionary.len() as u32;
                dictionary.push(text.clone());
                seen.insert(text, code);
                code
            })
            .collect();
        Column::Text { dictionary, codes }
    }

    /// A column from values in row order, of the narrowest type that holds them all.
    pub fn from_values(values: &[Value]) -> Self {
        let all = |test: fn(&Value) -> bool| values.iter().all(|v| v.is_null() || test(v));
        if all(|v| matches!(v, Value::Boolean(_))) && values.iter().any(|v| !v.is_null()) {
            return Column::Boolean(
                values
                    .iter()
                    .map(|v| if let Value::Boolean(b) = v { Some(*b) } else { None })
                    .collect(),
            );
        }
        if all(|v| matches!(v, Value::Integer(_))) {
            return Column::Integer(
                values
                    .iter()
                    .map(|v| if let Value::Integer(n) = v { Some(*n) } else { None })
                    .collect(),
            );
        }
        if all(|v| matches!(v, Value::Integer(_) | Value::Real(_))) {
            return Column::Real(values.iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect());
        }
        let texts: Vec<Option<String>> = values.iter().map(|v| (!v.is_null()).then(|| v.to_string())).collect();
        Self::from_texts(texts.iter().map(Option::as_deref))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Column::Boolean(v) => v.len(),
            Column::Integer(v) => v.len(),
            Column::Real(v) => v.len(),
            Column::Text { codes, .. } => codes.len(),
        }
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value in `row`.
    pub fn value(&self, row: usize) -> Value {
        match self {
            Column::Boolean(v) => v[row].map_or(Value::Null, Value::Boolean),
            Column::Integer(v) => v[row].map_or(Value::Null, Value::Integer),
            Column::Real(v) if v[row].is_nan() => Value::Null,
            Column::Real(v) => Value::Real(v[row]),
            Column::Text { dictionary, codes } => dictionary.get(codes[row] as usize).map_or(Value::Null, |t| Value::Text(t.clone())),
        }
    }

    /// The column after an edit: `set` replaces values of old rows, the old rows `gone` (ascending) are left out, `added` comes last.
    /// The type stays where it can hold the new values, and widens where it cannot.
    #[must_use]
    pub fn edited(&self, set: &[(u32, Value)], gone: &[u32], added: &[Value]) -> Self {
        let mut out = self.clone();
        let news = || set.iter().map(|(_, v)| v).chain(added);
        if !news().all(|v| out.holds(v)) {
            out = match &self {
                Column::Integer(old) if news().all(|v| matches!(v, Value::Null | Value::Integer(_) | Value::Real(_))) => {
                    Column::Real(old.iter().map(|v| v.map_or(f64::NAN, |v| v as f64)).collect())
                }
                _ => {
                    let texts: Vec<Option<String>> = (0..self.len())
                        .map(|row| Some(self.value(row)).filter(|v| !v.is_null()).map(|v| v.to_string()))
                        .collect();
                    Self::from_texts(texts.iter().map(Option::as_deref))
                }
            };
        }
        for (row, value) in set {
            out.put(*row as usize, value);
        }
        out.leave_out(gone);
        for value in added {
            let row = out.len();
            match &mut out {
                Column::Boolean(v) => v.push(None),
                Column::Integer(v) => v.push(None),
                Column::Real(v) => v.push(f64::NAN),
                Column::Text { codes, .. } => codes.push(Self::NO_TEXT),
            }
            out.put(row, value);
        }
        out
    }

    fn holds(&self, value: &Value) -> bool {
        matches!(
            (self, value),
            (_, Value::Null)
                | (Column::Boolean(_), Value::Boolean(_))
                | (Column::Integer(_), Value::Integer(_))
                | (Column::Real(_), Value::Integer(_) | Value::Real(_))
                | (Column::Text { .. }, Value::Text(_))
        )
    }

    /// Writes a value that the column holds; others become text where it holds text, else unknown.
    fn put(&mut self, row: usize, value: &Value) {
        match self {
            Column::Boolean(v) => v[row] = if let Value::Boolean(b) = value { Some(*b) } else { None },
            Column::Integer(v) => v[row] = if let Value::Integer(n) = value { Some(*n) } else { None },
            Column::Real(v) => v[row] = value.as_f64().unwrap_or(f64::NAN),
            Column::Text { dictionary, codes } => {
                let text = value.to_string();
                codes[row] = if value.is_null() {
                    Self::NO_TEXT
                } else if let Some(code) = dictionary.iter().position(|t| **t == *text) {
                    code as u32
                } else {
                    dictionary.push(text.into());
                    dictionary.len() as u32 - 1
                };
            }
        }
    }

    fn leave_out(&mut self, gone: &[u32]) {
        fn without<T>(v: &mut Vec<T>, gone: &[u32]) {
            let (mut row, mut next) = (0u32, gone.iter().peekable());
            v.retain(|_| {
                let out = next.next_if(|g| **g == row).is_some();
                row += 1;
                !out
            });
        }
        if gone.is_empty() {
            return;
        }
        match self {
            Column::Boolean(v) => without(v, gone),
            Column::Integer(v) => without(v, gone),
            Column::Real(v) => without(v, gone),
            Column::Text { codes, .. } => without(codes, gone),
        }
    }

    /// A column of unknown values, of the type that holds `like`.
    pub fn unknown(len: usize, like: &Value) -> Self {
        match like {
            Value::Boolean(_) => Column::Boolean(vec![None; len]),
            Value::Null | Value::Integer(_) => Column::Integer(vec![None; len]),
            Value::Real(_) => Column::Real(vec![f64::NAN; len]),
            Value::Text(_) => Column::Text {
                dictionary: vec![],
                codes: vec![Self::NO_TEXT; len],
            },
        }
    }

    /// The column with only the given rows, in that order.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        fn pick<T: Clone>(v: &[T], rows: &[u32]) -> Vec<T> {
            rows.iter().map(|r| v[*r as usize].clone()).collect()
        }
        match self {
            Column::Boolean(v) => Column::Boolean(pick(v, rows)),
            Column::Integer(v) => Column::Integer(pick(v, rows)),
            Column::Real(v) => Column::Real(pick(v, rows)),
            Column::Text { dictionary, codes } => Column::Text {
                dictionary: dictionary.clone(),
                codes: pick(codes, rows),
            },
        }
    }
}

/// The attribute columns of a layer, in the order of the source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Shared between the states of a plan, as an edit changes few of them.
    columns: Vec<(Arc<str>, Arc<Column>)>,
}

impl Table {
    /// Adds a column or replaces the one of the same name.
    pub fn set(&mut self, name: &str, column: impl Into<Arc<Column>>) {
        let column = column.into();
        match self.columns.iter_mut().find(|(n, _)| **n == *name) {
            Some(slot) => slot.1 = column,
            None => self.columns.push((name.into(), column)),
        }
    }

    /// The column of that exact name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(n, _)| **n == *name).map(|(_, c)| &**c)
    }

    /// The same, to be shared.
    pub fn shared(&self, name: &str) -> Option<Arc<Column>> {
        self.columns.iter().find(|(n, _)| **n == *name).map(|(_, c)| c.clone())
    }

    /// The value of `name` in `row`; unknown when there is no such column.
    pub fn value(&self, name: &str, row: usize) -> Value {
        self.column(name).map_or(Value::Null, |c| c.value(row))
    }

    /// All columns in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.columns.iter().map(|(n, c)| (&**n, &**c))
    }

    /// Names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(n, _)| &**n)
    }

    /// The table with only the given rows, in that order.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        Self {
            columns: self.columns.iter().map(|(n, c)| (n.clone(), Arc::new(c.take(rows)))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_neither_zero_nor_empty() {
        let c = Column::from_values(&[Value::Integer(0), Value::Null, Value::Real(1.5)]);
        assert_eq!(
            (c.value(0), c.value(1), c.value(2)),
            (Value::Real(0.0), Value::Null, Value::Real(1.5))
        );
        let c = Column::from_texts([Some(""), None, Some("a"), Some("")]);
        assert_eq!(
            (c.value(0), c.value(1), c.value(3)),
            (Value::Text("".into()), Value::Null, Value::Text("".into()))
        );
        assert_eq!(c.take(&[2, 1]).value(0), Value::Text("a".into()));
    }

    #[test]
    fn an_edit_replaces_leaves_out_and_appends_and_widens_the_type_where_it_must() {
        let c = Column::from_values(&[Value::Integer(1), Value::Integer(2), Value::Null]);
        let same = c.edited(&[(1, Value::Integer(5))], &[0], &[Value::Null, Value::Integer(7)]);
        assert_eq!(same, Column::Integer(vec![Some(5), None, None, Some(7)]));
        let real = c.edited(&[(0, Value::Real(1.5))], &[2], &[]);
        assert_eq!((real.value(0), real.value(1), real.len()), (Value::Real(1.5), Value::Real(2.0), 2));
        let text = c.edited(&[], &[], &[Value::Text("x".into())]);
        assert_eq!(
            (text.value(0), text.value(2), text.value(3)),
            (Value::Text("1".into()), Value::Null, Value::Text("x".into()))
        );
        let t = Column::from_texts([Some("WA"), None]).edited(&[(1, Value::Text("GE".into()))], &[], &[Value::Text("WA".into())]);
        assert_eq!((t.value(1), t.value(2)), (Value::Text("GE".into()), Value::Text("WA".into())));
    }

    #[test]
    fn mixed_values_become_text_and_lose_nothing() {
        let c = Column::from_values(&[Value::Integer(3), Value::Text("drei".into()), Value::Null]);
        assert_eq!(
            (c.value(0), c.value(1), c.value(2)),
            (Value::Text("3".into()), Value::Text("drei".into()), Value::Null)
        );
    }
}
