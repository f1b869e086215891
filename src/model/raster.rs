//! A grid of numbers in the project CRS: terrain, heat, class maps.

use super::{Bbox, Provenance};

/// North-up grid; row 0 is the northern edge. NaN marks cells without data.
#[derive(Debug, Clone, PartialEq)]
pub struct Raster {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// North-west corner of the north-west cell, project CRS.
    pub origin: [f64; 2],
    /// Edge length of a cell in metres, east and south.
    pub cell_m: [f64; 2],
    /// `width × height` values, row by row from the north.
    pub values: Vec<f32>,
    /// Where it comes from: one entry a file, in the order of the tiles.
    pub provenance: Vec<Provenance>,
}

impl Raster {
    /// The area covered by cells, with or without data.
    pub fn extent(&self) -> Bbox {
        let [x, y] = self.origin;
        Bbox::new(
            [x, y - self.height as f64 * self.cell_m[1]],
            [x + self.width as f64 * self.cell_m[0], y],
        )
    }

    /// The oldest data date of its sources: the one to quote.
    pub fn data_date(&self) -> Option<&str> {
        self.provenance.iter().filter_map(|p| p.data_date.as_deref()).min()
    }

    /// The value of the cell that holds `p`; `None` outside and where there is no data.
    pub fn value_at(&self, p: [f64; 2]) -> Option<f64> {
        let (c, r) = ((p[0] - self.origin[0]) / self.cell_m[0], (self.origin[1] - p[1]) / self.cell_m[1]);
        if !(c >= 0.0 && r >= 0.0 && c < self.width as f64 && r < self.height as f64) {
            return None;
        }
        let v = self.values[r as usize * self.width + c as usize];
        (!v.is_nan()).then_some(f64::from(v))
    }

    /// Bilinear value between cell centres (terrain heights); beside holes the known cells share the weight.
    pub fn interpolate(&self, p: [f64; 2]) -> Option<f64> {
        self.value_at(p)?;
        let (c, r) = (
            (p[0] - self.origin[0]) / self.cell_m[0] - 0.5,
            (self.origin[1] - p[1]) / self.cell_m[1] - 0.5,
        );
        let (c0, r0) = (c.floor(), r.floor());
        let (mut sum, mut weight) = (0.0, 0.0);
        for (dc, dr) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
            let w = (1.0 - (c - c0 - dc).abs()) * (1.0 - (r - r0 - dr).abs());
            let column = (c0 + dc).clamp(0.0, self.width as f64 - 1.0) as usize;
            let row = (r0 + dr).clamp(0.0, self.height as f64 - 1.0) as usize;
            let v = f64::from(self.values[row * self.width + column]);
            if !v.is_nan() {
                sum += w * v;
                weight += w;
            }
        }
        (weight > 0.0).then(|| sum / weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn north_is_up_and_holes_stay_unknown() {
        let r = Raster {
            width: 2,
            height: 2,
            origin: [0.0, 20.0],
            cell_m: [10.0, 10.0],
            values: vec![1.0, 2.0, 3.0, f32::NAN],
            provenance: vec![],
        };
        assert_eq!(r.value_at([1.0, 19.0]), Some(1.0));
        assert_eq!(r.value_at([1.0, 1.0]), Some(3.0));
        assert_eq!(r.value_at([15.0, 1.0]), None);
        assert_eq!(r.value_at([-1.0, 1.0]), None);
        assert_eq!(r.interpolate([10.0, 15.0]), Some(1.5));
    }
}
