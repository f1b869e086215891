//! Attribute filters: OGC CQL2 text, parsed once, evaluated over columns.
//!
//! Comparison, `AND`/`OR`/`NOT`, `IN`, `BETWEEN`, `LIKE`, `IS NULL` and `+ - * /` with three-valued logic: what rests on an
//! unknown value is neither true nor false, and neither is its negation. Names and texts are compared case-sensitively.

mod evaluate;
mod parse;

pub use parse::FilterError;

use crate::model::Table;

/// A parsed filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    text: String,
    attributes: Vec<String>,
    test: Test,
}

/// Something that is true, false or unknown for a row.
#[derive(Debug, Clone, PartialEq)]
enum Test {
    Const(Option<bool>),
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
    Leaf(Leaf),
}

/// A test that looks at values.
#[derive(Debug, Clone, PartialEq)]
enum Leaf {
    Compare(Order, Scalar, Scalar),
    In(Scalar, Vec<Scalar>),
    Between(Scalar, Scalar, Scalar),
    Like(Scalar, String),
    IsNull(Scalar),
    /// A boolean attribute that stands alone.
    IsTrue(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value: attributes are numbered as in [`Filter::attributes`].
#[derive(Debug, Clone, PartialEq)]
enum Scalar {
    Null,
    Number(f64),
    Text(String),
    Boolean(bool),
    Attribute(usize),
    Arithmetic(char, Box<Scalar>, Box<Scalar>),
}

impl Filter {
    /// Parses CQL2 text.
    ///
    /// # Errors
    /// Text that is not CQL2, that uses something this program cannot evaluate, or that is hostile in length or nesting.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let (test, attributes) = parse::parse(text)?;
        Ok(Self {
            text: text.to_string(),
            attributes,
            test,
        })
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The attributes it looks at, each once, in alphabetical order.
    pub fn attributes(&self) -> Vec<String> {
        let mut names = self.attributes.clone();
        names.sort_unstable();
        names
    }

    /// Texts that an attribute is compared with for equality: to find misspelt codes.
    pub fn compared_texts(&self) -> Vec<(String, String)> {
        let mut out = vec![];
        self.test
            .compared_texts(&mut |k, text| out.push((self.attributes[k].clone(), text.to_string())));
        out
    }

    /// For each row whether the filter is true; an attribute that the table lacks is unknown everywhere.
    pub fn select(&self, table: &Table, rows: usize) -> Vec<bool> {
        self.decide(table, rows).into_iter().map(|d| d == Some(true)).collect()
    }

    /// For each row whether the filter is true, false or unknown.
    pub fn decide(&self, table: &Table, rows: usize) -> Vec<Option<bool>> {
        evaluate::decide(&self.test, &self.attributes, table, rows)
    }
}

impl Test {
    fn compared_texts(&self, found: &mut impl FnMut(usize, &str)) {
        match self {
            Test::And(parts) | Test::Or(parts) => parts.iter().for_each(|p| p.compared_texts(found)),
            Test::Not(inner) => inner.compared_texts(found),
            Test::Leaf(Leaf::Compare(Order::Equal | Order::NotEqual, Scalar::Attribute(k), Scalar::Text(text))) => found(*k, text),
            Test::Leaf(Leaf::In(Scalar::Attribute(k), list)) => {
                for item in list {
                    if let Scalar::Text(text) = item {
                        found(*k, text);
                    }
                }
            }
            Test::Leaf(_) | Test::Const(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Column, Value};
    use proptest::prelude::*;

    fn table() -> Table {
        let mut t = Table::default();
        t.set(
            "use",
            Column::from_texts([Some("residential"), Some("mixed"), None, Some("green"), Some("Residential")]),
        );
        t.set("area_ha", Column::Real(vec![0.4, 0.5, 2.0, f64::NAN, -1.0]));
        t.set("storeys", Column::Integer(vec![Some(1), None, Some(3), Some(4), Some(5)]));
        t.set(
            "open",
            Column::Boolean(vec![Some(true), Some(false), None, Some(true), Some(false)]),
        );
        t.set(
            "code",
            Column::from_texts([Some("10"), Some("9.5"), Some("x"), None, Some("O'Hara")]),
        );
        t
    }

    fn rows(filter: &str) -> Vec<usize> {
        let f = Filter::parse(filter).unwrap_or_else(|e| panic!("{filter}: {e}"));
        let hits = f.select(&table(), 5);
        (0..5).filter(|k| hits[*k]).collect()
    }

    #[test]
    fn every_operator_selects_what_it_says() {
        for (filter, expected) in [
            ("use = 'residential'", vec![0]),
            ("use <> 'residential'", vec![1, 3, 4]),
            ("use IN ('residential','mixed')", vec![0, 1]),
            ("use NOT IN ('residential','mixed')", vec![3, 4]),
            ("NOT (use IN ('residential','mixed'))", vec![3, 4]),
            ("NOT use = 'residential'", vec![1, 3, 4]),
            ("use IN ('green')", vec![3]),
            ("use IS NULL", vec![2]),
            ("use IS NOT NULL AND area_ha >= 0.5", vec![1]),
            ("area_ha BETWEEN 0.4 AND 0.5", vec![0, 1]),
            ("area_ha NOT BETWEEN 0.4 AND 0.5", vec![2, 4]),
            ("area_ha < 0.5", vec![0, 4]),
            ("0.5 <= area_ha", vec![1, 2]),
            ("use LIKE '%ential'", vec![0, 4]),
            ("use LIKE '_esidential' AND use LIKE 'r%'", vec![0]),
            ("use NOT LIKE '%e%'", vec![]),
            ("storeys * 2 - 1 > 5 + storeys / 4", vec![3, 4]),
            ("storeys / 0 > 1", vec![]),
            ("-storeys < -3", vec![3, 4]),
            ("open", vec![0, 3]),
            ("NOT open", vec![1, 4]),
            ("open = false", vec![1, 4]),
            ("open <> true", vec![1, 4]),
            ("use = 'green' OR storeys > 1", vec![2, 3, 4]),
            ("use = 'green' OR storeys > 1 AND area_ha > 1", vec![2, 3]),
            ("(use = 'green' OR storeys > 1) AND area_ha > 1", vec![2]),
            ("code > 9", vec![0, 1]),
            ("code = 'O''Hara'", vec![4]),
            ("storeys = '3'", vec![2]),
            ("TRUE", vec![0, 1, 2, 3, 4]),
            ("use = NULL", vec![]),
            ("missing = 1 OR storeys = 1", vec![0]),
            ("missing IS NULL", vec![0, 1, 2, 3, 4]),
            ("\"use\" = 'green'", vec![3]),
        ] {
            assert_eq!(rows(filter), expected, "{filter}");
        }
    }

    #[test]
    fn what_rests_on_null_is_never_true_and_its_negation_neither() {
        for leaf in [
            "missing = 1",
            "missing <> 1",
            "missing IN (1, 2)",
            "missing BETWEEN 1 AND 2",
            "missing LIKE 'a%'",
            "missing + 1 > 0",
        ] {
            assert_eq!(rows(leaf), [0usize; 0], "{leaf}");
            assert_eq!(rows(&format!("NOT ({leaf})")), [0usize; 0], "NOT {leaf}");
            assert_eq!(rows(&format!("({leaf}) OR storeys = 3")), [2], "{leaf} OR");
            assert_eq!(
                rows(&format!("NOT (({leaf}) AND storeys = 3)")),
                [0, 3, 4],
                "unknown AND false is false: {leaf}"
            );
        }
        // Known and not in the list, but the list holds an unknown: unknown.
        assert_eq!(rows("storeys NOT IN (1, NULL)"), [0usize; 0]);
    }

    #[test]
    fn names_are_case_sensitive_and_can_be_listed() {
        let f = Filter::parse("Use = 'green' AND (area_ha > 1 OR area_ha IS NULL) AND b1 LIKE 'x'").unwrap();
        assert_eq!(f.attributes(), ["Use", "area_ha", "b1"]);
        assert_eq!(rows("Use = 'green'"), [0usize; 0]);
    }

    #[test]
    fn what_cannot_be_evaluated_is_refused_when_parsed() {
        for text in [
            "casei(use) = 'green'",
            "s_intersects(geom, POINT(1 2))",
            "frobnicate(use)",
            "use",
            "storeys % 2 = 0",
            "storeys ^ 2 = 4",
            "storeys div 2 = 0",
            "(use = 'a') = (use = 'b')",
            "use LIKE storeys",
            "use =",
            "",
            "   ",
            "use = 'a' AND",
            "use = 'open",
            "1",
            "'text'",
            "use IN ()",
        ] {
            // A lone attribute is allowed: it may be boolean.
            let result = Filter::parse(text);
            if text == "use" {
                assert!(result.is_ok());
            } else {
                let e = result.expect_err(text);
                assert!(!e.text().de.is_empty() && e.text().de != e.text().en, "{text}");
            }
        }
    }

    #[test]
    fn hostile_texts_end_quickly_and_do_not_overflow_the_stack() {
        let started = std::time::Instant::now();
        let n = 8000;
        // Short texts are parsed on the caller's stack, which may be a worker's small one.
        for short in ["- ", "NOT ", "a=", "f(", "a+", "1 OR "] {
            let text = format!("{}a", short.repeat(254 / short.len()));
            let small = std::thread::Builder::new().stack_size(512 << 10);
            small.spawn(move || Filter::parse(&text).is_ok()).unwrap().join().unwrap();
        }
        for text in [
            "(".repeat(n),
            format!("{}a = 1{}", "(".repeat(n / 3), ")".repeat(n / 3)),
            format!("{}a = 1", "NOT ".repeat(n / 4 - 4)),
            format!("{}a = 1", "- ".repeat(n / 2 - 4)),
            format!("a{}", "=a".repeat(n / 2 - 1)),
            format!("a{} > 1", "+a".repeat(n / 2 - 4)),
            format!("a{}", " OR a".repeat(n / 5 - 1)),
            "f(".repeat(n / 2),
            format!("{}a{}", "f(".repeat(n / 3), ")".repeat(n / 3)),
            format!("{}{}", "(".repeat(6), "1+".repeat(n / 2 - 8)),
            format!("{}{}", "(".repeat(10), "1+".repeat(240)),
            format!("'{}", "''".repeat(n / 2 - 2)),
            "x".repeat(1_000_000),
        ] {
            let _ = Filter::parse(&text);
        }
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
        let wide = format!("a = 1{}", " OR a = 1".repeat(500));
        assert!(Filter::parse(&wide).is_ok(), "a long flat list is no attack");
        assert_eq!(rows("((((((storeys = 1 OR (storeys = 3))))))) AND (1 = 1)"), [0, 2]);
    }

    #[test]
    fn a_million_rows_are_filtered_at_once() {
        let n = 1_000_000;
        let mut t = Table::default();
        let words = ["residential", "mixed", "green", "public"];
        t.set("use", Column::from_texts((0..n).map(|k| Some(words[k % 4]))));
        t.set("area", Column::Real((0..n).map(|k| (k / 4 % 100) as f64).collect()));
        let f = Filter::parse("use IN ('residential','mixed') AND area >= 50").unwrap();
        let started = std::time::Instant::now();
        let hits = f.select(&t, n);
        assert_eq!(hits.iter().filter(|h| **h).count(), 250_000);
        // Generous for a busy machine; a parse a row would take minutes.
        assert!(started.elapsed().as_secs_f64() < 5.0, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused_without_a_panic(text in "[a-c ()=<>'\",+*/%0-9.NOTANDRILKE-]{0,60}") {
            if let Ok(f) = Filter::parse(&text) {
                let _ = f.select(&table(), 5);
            }
        }

        #[test]
        fn comparison_agrees_with_plain_arithmetic(v in prop::collection::vec(prop::option::of(-5i64..5), 0..20), limit in -5i64..5) {
            let mut t = Table::default();
            t.set("n", Column::from_values(&v.iter().map(|x| x.map_or(Value::Null, Value::Integer)).collect::<Vec<_>>()));
            let f = Filter::parse(&format!("n >= {limit}")).unwrap();
            let expected: Vec<bool> = v.iter().map(|x| x.is_some_and(|x| x >= limit)).collect();
            prop_assert_eq!(f.select(&t, v.len()), expected);
        }
    }
}
