//! Rows of one layer in the making: geometry and values go in side by side.

use super::land::PLACE;
use crate::estimate::plane::{P, add};
use crate::model::{Column, Geometries, GeometriesBuilder, GeometryKind, Table, Value};

/// A layer ready to be written.
#[derive(Debug)]
pub(super) struct LayerOut {
    pub name: &'static str,
    pub geometry: Geometries,
    pub attributes: Table,
}

/// Collects rows of one layer.
pub(super) struct Sheet {
    name: &'static str,
    names: &'static [&'static str],
    geometry: GeometriesBuilder,
    values: Vec<Vec<Value>>,
}

/// In the project CRS.
pub(super) fn placed(p: P) -> P {
    let q = add(p, PLACE);
    // Millimetres: finer digits would only pretend.
    [(q[0] * 1000.0).round() / 1000.0, (q[1] * 1000.0).round() / 1000.0]
}

/// A text value.
pub(super) fn text(t: impl AsRef<str>) -> Value {
    Value::Text(t.as_ref().into())
}

impl Sheet {
    pub fn new(name: &'static str, kind: GeometryKind, names: &'static [&'static str]) -> Self {
        Self {
            name,
            names,
            geometry: GeometriesBuilder::new(kind),
            values: vec![vec![]; names.len()],
        }
    }

    fn row<const N: usize>(&mut self, values: [Value; N]) {
        self.geometry.end_part().end_feature();
        for (column, v) in self.values.iter_mut().zip(values) {
            column.push(v);
        }
    }

    pub fn polygon<const N: usize>(&mut self, rings: &[Vec<P>], values: [Value; N]) {
        for r in rings {
            self.geometry.ring(r.iter().chain(r.first()).map(|p| placed(*p)));
        }
        self.row(values);
    }

    pub fn ring<const N: usize>(&mut self, ring: &[P], values: [Value; N]) {
        self.geometry.ring(ring.iter().chain(ring.first()).map(|p| placed(*p)));
        self.row(values);
    }

    pub fn line<const N: usize>(&mut self, line: &[P], values: [Value; N]) {
        self.geometry.ring(line.iter().map(|p| placed(*p)));
        self.row(values);
    }

    pub fn point<const N: usize>(&mut self, p: P, values: [Value; N]) {
        self.geometry.ring([placed(p)]);
        self.row(values);
    }

    pub fn finish(self) -> LayerOut {
        let mut attributes = Table::default();
        for (name, values) in self.names.iter().zip(&self.values) {
            attributes.set(name, Column::from_values(values));
        }
        LayerOut {
            name: self.name,
            geometry: self.geometry.finish(),
            attributes,
        }
    }
}
