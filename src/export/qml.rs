//! A QGIS layer style (QML) from a layer's style: the colours of the window, and what is planned anew, changed or taken away stands out from
//! what stays.

use crate::{
    i18n::tr,
    model::{GeometryKind, Language},
    modules::{Style, StyleClass},
};
use std::fmt::Write;

/// Outline of features that the plan touches: a dark blue that is told from every fill, also in print.
const TOUCHED: [u8; 3] = [0x12, 0x3F, 0x8C];
const REMOVED: [u8; 3] = [0xB0, 0x1E, 0x1E];

/// Where classes give the colour, their outline is the fill by this factor, as in the window.
const OUTLINE: f64 = 0.72;

/// What the plan does to a feature: value of the column, label key, outline, its width in millimetres, least opacity of the fill.
const FATES: [(&str, &str, [u8; 3], f64, f64); 3] = [
    ("new", "scenario-new", TOUCHED, 0.8, 0.6),
    ("changed", "scenario-changed", TOUCHED, 0.5, 0.6),
    ("removed", "scenario-gone", REMOVED, 0.6, 0.0),
];

/// Fill of what is taken away.
const FAINT: f64 = 0.1;

fn rgb(hex: &str) -> [u8; 3] {
    let digits = hex.trim().trim_start_matches('#');
    match u32::from_str_radix(digits, 16) {
        Ok(v) if digits.len() == 6 => [(v >> 16) as u8, (v >> 8) as u8, v as u8],
        _ => [0xB0, 0xB7, 0xBF],
    }
}

fn colour([r, g, b]: [u8; 3], alpha: f64) -> String {
    format!("{r},{g},{b},{}", (alpha.clamp(0.0, 1.0) * 255.0).round())
}

/// Text inside an attribute of XML. Control characters are not allowed there, not even escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// One way to draw a feature.
struct Symbol {
    fill: Option<([u8; 3], f64)>,
    outline: [u8; 3],
    width_mm: f64,
    dashed: bool,
}

impl Symbol {
    fn xml(&self, kind: GeometryKind, name: usize, out: &mut String) {
        let (fill, opacity) = self.fill.unwrap_or((self.outline, 0.0));
        let outline = colour(self.outline, 1.0);
        let dash = if self.dashed { "dash" } else { "solid" };
        let (symbol, class, options): (_, _, Vec<(&str, String)>) = match kind {
            GeometryKind::Point => (
                "marker",
                "SimpleMarker",
                vec![
                    ("color", colour(fill, if opacity > FAINT { opacity.max(0.5) } else { opacity })),
                    ("outline_color", outline),
                    ("outline_style", dash.into()),
                    ("outline_width", self.width_mm.to_string()),
                    ("size", "3".into()),
                    ("name", "circle".into()),
                ],
            ),
            GeometryKind::Line => (
                "line",
                "SimpleLine",
                vec![
                    ("line_color", colour(self.fill.map_or(self.outline, |(f, _)| f), 1.0)),
                    ("line_style", dash.into()),
                    ("line_width", (self.width_mm + 0.2).to_string()),
                ],
            ),
            GeometryKind::Polygon => (
                "fill",
                "SimpleFill",
                vec![
                    ("color", colour(fill, opacity)),
                    ("outline_color", outline),
                    ("outline_style", dash.into()),
                    ("outline_width", self.width_mm.to_string()),
                    ("style", if self.fill.is_some() { "solid" } else { "no" }.into()),
                ],
            ),
        };
        let _ = writeln!(
            out,
            "   <symbol type=\"{symbol}\" name=\"{name}\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\n    <layer class=\"{class}\" enabled=\"1\" locked=\"0\" pass=\"0\">\n     <Option type=\"Map\">"
        );
        for (name, value) in options {
            let _ = writeln!(out, "      <Option name=\"{name}\" type=\"QString\" value=\"{value}\"/>");
        }
        out.push_str("     </Option>\n    </layer>\n   </symbol>\n");
    }
}

/// The style as a QML document. `by` is the column that says what became of a feature; `columns` are those of the layer.
pub fn qml(style: &Style, kind: GeometryKind, by: &str, columns: &[&str], language: Language) -> String {
    let class_column = style.by.as_deref().filter(|c| columns.contains(c) && !style.classes.is_empty());
    let renderer = match class_column {
        Some(column) => by_class(style, kind, by, column, language),
        None => alike(style, kind, by, language),
    };
    format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis styleCategories=\"Symbology\" version=\"3.22.0\">\n{renderer}</qgis>\n"
    )
}

/// One colour: the categories are what became of a feature.
fn alike(style: &Style, kind: GeometryKind, by: &str, language: Language) -> String {
    let fill = rgb(&style.fill);
    let fates = FATES.map(|(value, key, outline, width_mm, least)| {
        let gone = value == "removed";
        let opacity = if gone { FAINT } else { style.opacity.max(least) };
        // A line has no outline: what became of it is its colour.
        let fill = if kind == GeometryKind::Line { outline } else { fill };
        let symbol = Symbol {
            fill: Some((fill, opacity)),
            outline,
            width_mm,
            dashed: gone,
        };
        (value, key, symbol)
    });
    let rest = Symbol {
        fill: Some((fill, style.opacity)),
        outline: rgb(&style.stroke),
        width_mm: 0.2,
        dashed: false,
    };
    let (mut categories, mut symbols) = (String::new(), String::new());
    for (k, (value, key, symbol)) in fates.into_iter().chain([("", "scenario-unchanged", rest)]).enumerate() {
        let label = escaped(&tr(language, key));
        let _ = writeln!(
            categories,
            "   <category value=\"{value}\" label=\"{label}\" symbol=\"{k}\" render=\"true\" type=\"string\"/>"
        );
        symbol.xml(kind, k, &mut symbols);
    }
    format!(
        " <renderer-v2 type=\"categorizedSymbol\" attr=\"{}\" enableorderby=\"0\" forceraster=\"0\" symbollevels=\"0\">\n  <categories>\n{categories}  </categories>\n  <symbols>\n{symbols}  </symbols>\n </renderer-v2>\n",
        escaped(by)
    )
}

/// Colours by class, and over them the outline of what the plan touches.
fn by_class(style: &Style, kind: GeometryKind, by: &str, column: &str, language: Language) -> String {
    let (fate, column) = (identifier(by), identifier(column));
    let (mut rules, mut symbols, mut n) = (String::new(), String::new(), 0);
    let mut rule = |rules: &mut String, depth: usize, filter: &str, label: &str, symbol: Symbol| {
        let margin = " ".repeat(depth);
        let _ = writeln!(
            rules,
            "{margin}<rule key=\"r{n}\" filter=\"{}\" label=\"{}\" symbol=\"{n}\"/>",
            escaped(filter),
            escaped(label)
        );
        symbol.xml(kind, n, &mut symbols);
        n += 1;
    };
    // What is taken away keeps no colour of its own.
    let stays = format!("{fate} IS NULL OR {fate} <> 'removed'");
    let _ = writeln!(rules, "   <rule key=\"classes\" filter=\"{}\" label=\"\">", escaped(&stays));
    let solid = |fill: [u8; 3], outline| Symbol {
        fill: Some((fill, style.opacity)),
        outline,
        width_mm: 0.2,
        dashed: false,
    };
    for (k, class) in style.classes.iter().enumerate() {
        let Some(mut filter) = condition(class, &column) else { continue };
        // The first class that fits counts.
        for earlier in style.classes[..k].iter().filter(|c| overlap(c, class)) {
            if let Some(other) = condition(earlier, &column) {
                filter = format!("({filter}) AND NOT ({other})");
            }
        }
        let fill = rgb(&class.fill);
        let outline = fill.map(|c| (f64::from(c) * OUTLINE).round() as u8);
        rule(&mut rules, 4, &filter, class.label.get(language), solid(fill, outline));
    }
    let fill = rgb(&style.fill);
    let outline = fill.map(|c| (f64::from(c) * OUTLINE).round() as u8);
    // Not QGIS's own ELSE: it holds while drawing, and not where QGIS asks for the symbols of a feature.
    let some: Vec<String> = style.classes.iter().filter_map(|c| condition(c, &column)).collect();
    let none = match some.is_empty() {
        true => "TRUE".to_owned(),
        false => format!("NOT COALESCE(({}), FALSE)", some.join(") OR (")),
    };
    rule(&mut rules, 4, &none, &tr(language, "qml-other"), solid(fill, outline));
    rules.push_str("   </rule>\n");
    for (value, key, outline, width_mm, _) in FATES {
        let gone = value == "removed";
        let symbol = Symbol {
            fill: gone.then_some((fill, FAINT)).filter(|_| kind != GeometryKind::Line),
            outline,
            width_mm,
            dashed: gone,
        };
        rule(&mut rules, 3, &format!("{fate} = '{value}'"), &tr(language, key), symbol);
    }
    format!(
        " <renderer-v2 type=\"RuleRenderer\" enableorderby=\"0\" forceraster=\"0\" symbollevels=\"0\">\n  <rules key=\"root\">\n{rules}  </rules>\n  <symbols>\n{symbols}  </symbols>\n </renderer-v2>\n"
    )
}

/// A column in an expression of QGIS.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A class as an expression of QGIS; `None` for one that nothing falls into.
fn condition(class: &StyleClass, column: &str) -> Option<String> {
    match (&class.value, class.min, class.max) {
        (Some(value), ..) => Some(format!(
            "to_string({column}) = '{}'",
            value.replace('\\', "\\\\").replace('\'', "''")
        )),
        (None, Some(min), Some(max)) => Some(format!("{column} >= {min} AND {column} < {max}")),
        (None, Some(min), None) => Some(format!("{column} >= {min}")),
        (None, None, Some(max)) => Some(format!("{column} < {max}")),
        (None, None, None) => None,
    }
}

/// Whether a value can fall into both.
fn overlap(a: &StyleClass, b: &StyleClass) -> bool {
    match (&a.value, &b.value) {
        (Some(x), Some(y)) => x == y,
        (None, None) => {
            let ends = |c: &StyleClass| (c.min.unwrap_or(f64::NEG_INFINITY), c.max.unwrap_or(f64::INFINITY));
            ends(a).0 < ends(b).1 && ends(b).0 < ends(a).1
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::LocalText, modules::builtin};

    fn class(value: Option<&str>, min: Option<f64>, max: Option<f64>) -> StyleClass {
        StyleClass {
            label: LocalText::new("a & b < \"c\"", "a & b"),
            value: value.map(Into::into),
            min,
            max,
            fill: "#102030".into(),
        }
    }

    /// Every element is closed in order and every attribute quoted: what the writer above could get wrong.
    fn well_formed(text: &str) -> bool {
        let body = text.split_once('\n').map_or("", |(_, body)| body);
        let mut open: Vec<&str> = vec![];
        for tag in body.split('<').skip(1) {
            let Some((tag, _)) = tag.split_once('>') else { return false };
            if tag.matches('"').count() % 2 != 0 || tag.split('&').skip(1).any(|e| !e.contains(';')) {
                return false;
            }
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
            match (tag.starts_with('/'), tag.ends_with('/')) {
                (true, _) if open.pop() != Some(name) => return false,
                (false, false) => open.push(name),
                _ => {}
            }
        }
        open.is_empty()
    }

    const KINDS: [GeometryKind; 3] = [GeometryKind::Point, GeometryKind::Line, GeometryKind::Polygon];

    #[test]
    fn every_kind_has_a_symbol_for_every_class() {
        for kind in KINDS {
            let text = qml(&Style::default(), kind, "plan_change", &["plan_change"], Language::De);
            assert_eq!((text.matches("<category ").count(), text.matches("<symbol ").count()), (4, 4));
            assert!(well_formed(&text) && text.contains("attr=\"plan_change\"") && text.contains("unverändert"));
        }
        assert_eq!(colour(rgb("#102030"), 0.5), "16,32,48,128");
        assert!(!well_formed("x\n<a><b></a>") && !well_formed("x\n<a k=\"1/>"));
    }

    #[test]
    fn classes_keep_their_order_and_their_words() {
        let style = Style {
            by: Some("o'\"x".into()),
            classes: vec![
                class(Some("it's"), None, None),
                class(None, Some(1.0), Some(3.0)),
                class(None, Some(2.0), None),
                class(None, None, None),
            ],
            ..Style::default()
        };
        let text = qml(&style, GeometryKind::Polygon, "f", &["o'\"x"], Language::De);
        assert!(well_formed(&text), "{text}");
        let column = "&quot;o&apos;&quot;&quot;x&quot;";
        assert!(
            text.contains(&format!("filter=\"to_string({column}) = &apos;it&apos;&apos;s&apos;\"")),
            "{text}"
        );
        // The third class begins where the second ends, and a text may be a number: both come after what stands before them.
        assert!(text.contains(&format!("AND NOT ({column} &gt;= 1 AND {column} &lt; 3)")), "{text}");
        assert!(text.contains("label=\"a &amp; b &lt; &quot;c&quot;\""));
        // Three classes, the rest, and three fates.
        assert_eq!(text.matches("<rule key=\"r").count(), 7);
        // A column that the layer has not got classes nothing.
        assert!(qml(&style, GeometryKind::Polygon, "f", &[], Language::De).contains("categorizedSymbol"));
    }

    #[test]
    fn control_characters_do_not_break_the_document() {
        assert_eq!(escaped("a\u{0}b\n<\u{FFFE}"), "a b &lt; ");
    }

    #[test]
    fn the_styles_of_all_modules_are_well_formed() {
        let mut seen = 0;
        for id in crate::modules::builtin_ids() {
            for slot in builtin(id).unwrap().unwrap().slots {
                let columns: Vec<&str> = slot.style.by.as_deref().into_iter().collect();
                for (kind, language) in KINDS.into_iter().zip([Language::De, Language::En, Language::De]) {
                    assert!(
                        well_formed(&qml(&slot.style, kind, "plan_change", &columns, language)),
                        "{}",
                        slot.id
                    );
                    seen += 1;
                }
            }
        }
        assert!(seen > 60, "{seen}");
    }
}
