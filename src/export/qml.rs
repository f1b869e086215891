//! A QGIS layer style (QML) from a layer's style: what is planned anew, changed or taken away stands out from what stays.

use crate::{
    i18n::tr,
    model::{GeometryKind, Language},
    modules::Style,
};
use std::fmt::Write;

/// Outline of features that the plan touches: a dark blue that is told from every fill, also in print.
const TOUCHED: [u8; 3] = [0x12, 0x3F, 0x8C];
const REMOVED: [u8; 3] = [0xB0, 0x1E, 0x1E];

fn rgb(hex: &str) -> [u8; 3] {
    let digits = hex.trim_start_matches('#');
    let part = |k: usize| {
        digits
            .get(2 * k..2 * k + 2)
            .and_then(|d| u8::from_str_radix(d, 16).ok())
            .unwrap_or(0x80)
    };
    [part(0), part(1), part(2)]
}

fn colour([r, g, b]: [u8; 3], alpha: f64) -> String {
    format!("{r},{g},{b},{}", (alpha.clamp(0.0, 1.0) * 255.0).round())
}

/// The style as a QML document. `by` is the column that says what became of a feature.
pub(super) fn qml(style: &Style, kind: GeometryKind, by: &str) -> String {
    let fill = rgb(&style.fill);
    let stroke = rgb(&style.stroke);
    // Value, label key, outline, width in millimetres, opacity of the fill.
    let classes = [
        ("new", "scenario-new", TOUCHED, 0.8, style.opacity.max(0.6)),
        ("changed", "scenario-changed", TOUCHED, 0.5, style.opacity.max(0.6)),
        ("removed", "scenario-gone", REMOVED, 0.6, 0.1),
        ("", "scenario-unchanged", stroke, 0.2, style.opacity),
    ];
    let mut categories = String::new();
    let mut symbols = String::new();
    for (k, (value, key, outline, width_mm, opacity)) in classes.into_iter().enumerate() {
        // QGIS files hold one language; the data's is German.
        let label = tr(Language::De, key);
        let _ = writeln!(
            categories,
            "   <category value=\"{value}\" label=\"{label}\" symbol=\"{k}\" render=\"true\" type=\"string\"/>"
        );
        let (symbol, class, options) = match kind {
            GeometryKind::Point => (
                "marker",
                "SimpleMarker",
                vec![
                    ("color", colour(fill, 1.0)),
                    ("outline_color", colour(outline, 1.0)),
                    ("outline_width", width_mm.to_string()),
                    ("size", "3".into()),
                    ("name", "circle".into()),
                ],
            ),
            GeometryKind::Line => (
                "line",
                "SimpleLine",
                vec![
                    ("line_color", colour(if value.is_empty() { fill } else { outline }, 1.0)),
                    ("line_width", (width_mm + 0.2).to_string()),
                ],
            ),
            GeometryKind::Polygon => (
                "fill",
                "SimpleFill",
                vec![
                    ("color", colour(fill, opacity)),
                    ("outline_color", colour(outline, 1.0)),
                    ("outline_width", width_mm.to_string()),
                    ("outline_style", if value == "removed" { "dash" } else { "solid" }.into()),
                    ("style", "solid".into()),
                ],
            ),
        };
        let _ = writeln!(
            symbols,
            "   <symbol type=\"{symbol}\" name=\"{k}\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">"
        );
        let _ = writeln!(
            symbols,
            "    <layer class=\"{class}\" enabled=\"1\" locked=\"0\" pass=\"0\">\n     <Option type=\"Map\">"
        );
        for (name, value) in options {
            let _ = writeln!(symbols, "      <Option name=\"{name}\" type=\"QString\" value=\"{value}\"/>");
        }
        symbols.push_str("     </Option>\n    </layer>\n   </symbol>\n");
    }
    format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis styleCategories=\"Symbology\" version=\"3.28\">\n <renderer-v2 type=\"categorizedSymbol\" attr=\"{by}\" enableorderby=\"0\" forceraster=\"0\" symbollevels=\"0\">\n  <categories>\n{categories}  </categories>\n  <symbols>\n{symbols}  </symbols>\n </renderer-v2>\n</qgis>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_symbol_for_every_class() {
        for kind in [GeometryKind::Point, GeometryKind::Line, GeometryKind::Polygon] {
            let text = qml(&Style::default(), kind, "plan_change");
            assert_eq!((text.matches("<category ").count(), text.matches("<symbol ").count()), (4, 4));
            // It is XML, whatever the words are.
            let body = text.split_once("]>").map_or(text.as_str(), |(_, b)| b);
            assert_eq!(
                body.matches("<Option").count(),
                body.matches("/>").count() - 4 + body.matches("</Option>").count()
            );
            assert!(!text.contains('&') && text.contains("attr=\"plan_change\""));
        }
        assert_eq!(colour(rgb("#102030"), 0.5), "16,32,48,128");
    }
}
