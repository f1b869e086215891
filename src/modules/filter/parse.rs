//! CQL2 text to tests over numbered attributes. The grammar is the `cql2` crate's; what it accepts and we cannot evaluate is refused here.

use super::{Leaf, Order, Scalar, Test};
use crate::model::LocalText;
use cql2::Expr;

/// Longest text. The grammar backtracks, so length and nesting are bounded before it sees the text.
const MAX_BYTES: usize = 8 * 1024;
/// Deepest nesting of parentheses.
const MAX_PARENTHESES: usize = 10;
/// Each level of parentheses can double the time of a text that does not parse: length times 2 to the depth.
const MAX_WORK: usize = 512 * 1024;
/// Deepest tree after parsing.
const MAX_DEPTH: usize = 64;
/// The grammar recurses once an operator; the text's length bounds that, and this is enough for the longest text.
const PARSER_STACK_BYTES: usize = 128 << 20;

/// Why a filter cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// More than a person writes.
    #[error("the filter has {bytes} bytes, more than {MAX_BYTES}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Nested deeper than a person nests.
    #[error("the filter nests too deeply")]
    TooDeep,
    /// Not CQL2.
    #[error("the filter is not CQL2 at character {column}: {text}")]
    Syntax {
        /// Character from 1 where it stops making sense.
        column: usize,
        /// The filter, shortened.
        text: String,
    },
    /// CQL2, but nothing this program evaluates.
    #[error("the filter uses {what}, which is not supported")]
    Unsupported {
        /// The construct.
        what: String,
    },
}

impl FilterError {
    /// A sentence for people.
    pub fn text(&self) -> LocalText {
        match self {
            Self::TooLong { bytes } => LocalText::new(
                format!("Der Filter ist mit {bytes} Byte zu lang (höchstens {MAX_BYTES})."),
                format!("The filter is too long: {bytes} bytes, at most {MAX_BYTES}."),
            ),
            Self::TooDeep => LocalText::new(
                "Der Filter ist zu tief verschachtelt. Bitte Klammern auflösen.",
                "The filter nests too deeply. Please remove parentheses.",
            ),
            Self::Syntax { column, text } => LocalText::new(
                format!("Der Filter ist ab Zeichen {column} kein gültiges CQL2: {text}"),
                format!("The filter is not valid CQL2 from character {column}: {text}"),
            ),
            Self::Unsupported { what } => LocalText::new(
                format!(
                    "Der Filter verwendet {what}; möglich sind Vergleiche, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL und + - * / über Attribute."
                ),
                format!(
                    "The filter uses {what}; possible are comparisons, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL and + - * / over attributes."
                ),
            ),
        }
    }
}

fn unsupported<T>(what: impl Into<String>) -> Result<T, FilterError> {
    Err(FilterError::Unsupported { what: what.into() })
}

pub(super) fn parse(text: &str) -> Result<(Test, Vec<String>), FilterError> {
    if text.len() > MAX_BYTES {
        return Err(FilterError::TooLong { bytes: text.len() });
    }
    bound_parentheses(text)?;
    // A plain `a = 1` needs no thread; a long text may recurse once a character and gets a stack for that.
    if text.len() <= 256 {
        return compile(text);
    }
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(PARSER_STACK_BYTES)
            .spawn_scoped(scope, || compile(text))
            .ok()
            .and_then(|thread| thread.join().ok())
            .unwrap_or(Err(FilterError::TooDeep))
    })
}

fn bound_parentheses(text: &str) -> Result<(), FilterError> {
    let (mut depth, mut deepest, mut quote) = (0usize, 0usize, None);
    for c in text.chars() {
        match (quote, c) {
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > MAX_PARENTHESES || text.len() << deepest > MAX_WORK {
        return Err(FilterError::TooDeep);
    }
    Ok(())
}

fn compile(text: &str) -> Result<(Test, Vec<String>), FilterError> {
    let expr = cql2::parse_text(text).map_err(|e| FilterError::Syntax {
        column: column_of(&e.to_string()),
        text: text.chars().take(200).collect(),
    })?;
    let mut compiler = Compiler { attributes: vec![] };
    let test = compiler.test(&expr, 0)?;
    Ok((test, compiler.attributes))
}

/// The parser's message starts with `--> line:column`.
fn column_of(message: &str) -> usize {
    let position = message.split_once("--> ").and_then(|(_, rest)| rest.lines().next());
    position
        .and_then(|p| p.split_once(':'))
        .and_then(|(_, c)| c.trim().parse().ok())
        .unwrap_or(1)
}

struct Compiler {
    attributes: Vec<String>,
}

impl Compiler {
    fn attribute(&mut self, name: &str) -> usize {
        self.attributes.iter().position(|a| a == name).unwrap_or_else(|| {
            self.attributes.push(name.to_string());
            self.attributes.len() - 1
        })
    }

    fn test(&mut self, expr: &Expr, depth: usize) -> Result<Test, FilterError> {
        if depth > MAX_DEPTH {
            return Err(FilterError::TooDeep);
        }
        match expr {
            Expr::Bool(value) => Ok(Test::Const(Some(*value))),
            Expr::Null => Ok(Test::Const(None)),
            Expr::Property { property } => Ok(Test::Leaf(Leaf::IsTrue(self.attribute(property)))),
            Expr::Operation { op, args } => self.operation(op, args, depth),
            Expr::Float(v) => unsupported(format!("`{v}` as a condition")),
            Expr::Literal(v) => unsupported(format!("`'{}'` as a condition", v.chars().take(40).collect::<String>())),
            _ => unsupported("a list, a time or a geometry as a condition"),
        }
    }

    fn operation(&mut self, op: &str, args: &[Box<Expr>], depth: usize) -> Result<Test, FilterError> {
        let order = match op {
            "=" => Some(Order::Equal),
            "<>" | "!=" => Some(Order::NotEqual),
            "<" => Some(Order::Less),
            "<=" => Some(Order::LessOrEqual),
            ">" => Some(Order::Greater),
            ">=" => Some(Order::GreaterOrEqual),
            _ => None,
        };
        Ok(match (op, args) {
            ("and", _) => Test::And(args.iter().map(|a| self.test(a, depth + 1)).collect::<Result<_, _>>()?),
            ("or", _) => Test::Or(args.iter().map(|a| self.test(a, depth + 1)).collect::<Result<_, _>>()?),
            ("not", [a]) => Test::Not(Box::new(self.test(a, depth + 1)?)),
            ("isNull", [a]) => Test::Leaf(Leaf::IsNull(self.scalar(a, depth + 1)?)),
            ("between", [a, low, high]) => Test::Leaf(Leaf::Between(
                self.scalar(a, depth + 1)?,
                self.scalar(low, depth + 1)?,
                self.scalar(high, depth + 1)?,
            )),
            ("in", [a, list]) => {
                let Expr::Array(items) = &**list else {
                    return unsupported("`IN` without a list");
                };
                let value = self.scalar(a, depth + 1)?;
                let items = items.iter().map(|i| self.scalar(i, depth + 1)).collect::<Result<_, _>>()?;
                Test::Leaf(Leaf::In(value, items))
            }
            ("like", [a, pattern]) => {
                let Expr::Literal(pattern) = &**pattern else {
                    return unsupported("`LIKE` without a pattern in quotes");
                };
                Test::Leaf(Leaf::Like(self.scalar(a, depth + 1)?, pattern.clone()))
            }
            (_, [a, b]) => match order {
                Some(order) => Test::Leaf(Leaf::Compare(order, self.scalar(a, depth + 1)?, self.scalar(b, depth + 1)?)),
                None => return unsupported(format!("`{op}`")),
            },
            _ => return unsupported(format!("`{op}`")),
        })
    }

    fn scalar(&mut self, expr: &Expr, depth: usize) -> Result<Scalar, FilterError> {
        if depth > MAX_DEPTH {
            return Err(FilterError::TooDeep);
        }
        Ok(match expr {
            Expr::Null => Scalar::Null,
            Expr::Float(v) => Scalar::Number(*v),
            Expr::Literal(v) => Scalar::Text(v.clone()),
            Expr::Bool(v) => Scalar::Boolean(*v),
            Expr::Property { property } => Scalar::Attribute(self.attribute(property)),
            // Dates are ISO 8601 text in our columns: their order is the order of the text.
            Expr::Date { date: inner } | Expr::Timestamp { timestamp: inner } if matches!(**inner, Expr::Literal(_)) => {
                self.scalar(inner, depth + 1)?
            }
            Expr::Operation { op, args } => match (op.as_str(), args.as_slice()) {
                (sign @ ("+" | "-" | "*" | "/"), [a, b]) => Scalar::Arithmetic(
                    sign.chars().next().unwrap_or('+'),
                    Box::new(self.scalar(a, depth + 1)?),
                    Box::new(self.scalar(b, depth + 1)?),
                ),
                _ => return unsupported(format!("`{op}` as a value")),
            },
            _ => return unsupported("a list, a time span or a geometry as a value"),
        })
    }
}
