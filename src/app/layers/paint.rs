//! Style to colours: which class a feature or cell falls into.

use crate::{
    app::material::{parse_rgb, shade},
    model::{Column, Table, Value},
    modules::{Style, StyleClass},
};

/// Colours of all features of a layer.
pub struct Paint<'a> {
    style: &'a Style,
    column: Option<&'a Column>,
}

impl<'a> Paint<'a> {
    /// Reads the style once.
    pub fn new(style: &'a Style, table: &'a Table) -> Self {
        Self {
            style,
            column: style.by.as_deref().and_then(|name| table.column(name)),
        }
    }

    /// Fill of a feature.
    pub fn fill(&self, row: usize) -> [u8; 3] {
        let class = self.column.and_then(|c| class_of(self.style, &c.value(row)));
        parse_rgb(class.map_or(&self.style.fill, |c| &c.fill))
    }

    /// Outline of a feature: a darker fill where classes give the colour.
    pub fn stroke(&self, row: usize) -> [u8; 3] {
        if self.column.is_some() && !self.style.classes.is_empty() {
            let [r, g, b, _] = shade(self.fill(row), 0.72);
            [r, g, b]
        } else {
            parse_rgb(&self.style.stroke)
        }
    }
}

fn class_of<'a>(style: &'a Style, value: &Value) -> Option<&'a StyleClass> {
    style.classes.iter().find(|c| match (&c.value, value) {
        (_, Value::Null) => false,
        (Some(text), v) => v.to_string() == *text,
        (None, v) => v.as_f64().is_some_and(|v| in_class(c, v)),
    })
}

fn in_class(c: &StyleClass, v: f64) -> bool {
    (c.min.is_some() || c.max.is_some()) && c.min.is_none_or(|min| v >= min) && c.max.is_none_or(|max| v < max)
}

/// Colour of a cell: its class, or a two-colour ramp over the grid's range when the style has no classes.
pub fn cell_color(style: &Style, v: f64, range: [f64; 2]) -> Option<[u8; 3]> {
    if style.classes.is_empty() {
        let t = if range[1] > range[0] {
            (v - range[0]) / (range[1] - range[0])
        } else {
            0.5
        };
        // Few steps: equal neighbours are merged into one strip.
        let t = (t * 8.0).round() / 8.0;
        return Some(crate::app::material::mix([0xF4, 0xF0, 0xE4], parse_rgb(&style.fill), t as f32));
    }
    style.classes.iter().find(|c| in_class(c, v)).map(|c| parse_rgb(&c.fill))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        export::qml,
        model::{GeometryKind, Language, LocalText},
    };

    /// Fill and outline of every symbol of a QGIS style, in order.
    fn of_qgis(text: &str) -> Vec<[[u8; 3]; 2]> {
        let of = |symbol: &str, name: &str| -> [u8; 3] {
            let (_, rest) = symbol.split_once(&format!("name=\"{name}\" type=\"QString\" value=\"")).unwrap();
            let parts: Vec<u8> = rest.split('"').next().unwrap().split(',').map(|p| p.parse().unwrap()).collect();
            [parts[0], parts[1], parts[2]]
        };
        let symbols = text.split("<symbol ").skip(1);
        symbols.map(|s| [of(s, "color"), of(s, "outline_color")]).collect()
    }

    #[test]
    fn qgis_gets_the_colours_of_the_window() {
        let (mut classes, mut plain) = (0, 0);
        for id in crate::modules::builtin_ids() {
            for slot in crate::modules::builtin(id).unwrap().unwrap().slots {
                let style = slot.style;
                let Some(by) = style.by.clone().filter(|_| !style.classes.is_empty()) else {
                    let text = qml(&style, GeometryKind::Polygon, "f", &["f"], Language::De);
                    let table = Table::default();
                    let paint = Paint::new(&style, &table);
                    // What the plan does not touch comes last.
                    assert_eq!(of_qgis(&text).pop().unwrap(), [paint.fill(0), paint.stroke(0)], "{}", slot.id);
                    plain += 1;
                    continue;
                };
                let values: Vec<Value> = style
                    .classes
                    .iter()
                    .map(|c| match (&c.value, c.min, c.max) {
                        (Some(v), ..) => Value::Text(v.clone().into()),
                        (None, Some(v), _) => Value::Real(v),
                        (None, None, Some(v)) => Value::Real(v - 0.5),
                        (None, None, None) => Value::Null,
                    })
                    .chain([Value::Null])
                    .collect();
                let mut table = Table::default();
                table.set(&by, Column::from_values(&values));
                let paint = Paint::new(&style, &table);
                let text = qml(&style, GeometryKind::Polygon, "f", &["f", &by], Language::De);
                let symbols = of_qgis(&text);
                for (row, got) in symbols.iter().take(values.len()).enumerate() {
                    assert_eq!(*got, [paint.fill(row), paint.stroke(row)], "{} {row}", slot.id);
                    classes += 1;
                }
            }
        }
        assert!(classes > 40 && plain > 20, "{classes} {plain}");
    }

    #[test]
    fn unknown_values_fall_into_no_class() {
        let class = |value: Option<&str>, min, max, fill: &str| StyleClass {
            label: LocalText::default(),
            value: value.map(Into::into),
            min,
            max,
            fill: fill.into(),
        };
        let style = Style {
            fill: "#000000".into(),
            by: Some("x".into()),
            classes: vec![
                class(None, Some(55.0), Some(65.0), "#00FF00"),
                class(None, Some(65.0), None, "#FF0000"),
            ],
            ..Style::default()
        };
        let mut table = Table::default();
        table.set(
            "x",
            Column::from_values(&[Value::Real(55.0), Value::Real(65.0), Value::Null, Value::Real(20.0)]),
        );
        let paint = Paint::new(&style, &table);
        let fills: Vec<_> = (0..4).map(|r| paint.fill(r)).collect();
        assert_eq!(fills, [[0, 255, 0], [255, 0, 0], [0; 3], [0; 3]]);
        assert_eq!(cell_color(&style, 20.0, [0.0, 1.0]), None);
    }
}
