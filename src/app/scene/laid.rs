//! Areas that stay where they are while their colours change: they are laid on the ground once in the background, and painted anew as often
//! as somebody moves a slider.

use super::{
    drape::{areas, outlines, simplified},
    ground::{CurrentGround, Ground},
    mirror::{Piece, Refined, Stage},
};
use crate::{
    app::{
        bridge::{Later, Side},
        material::{FlatKind, FlatMaterial, FlatMesh},
        space::Space,
    },
    model::{Geometries, GeometryKind},
};
use bevy::prelude::*;
use std::sync::Arc;

/// Above every layer and the areas of conflicts, which would hide most sites; below the selected conflict.
const ORDER: f32 = 350.0;
/// By how much drawn borders may leave the data.
const TOLERANCE_M: f64 = 1.0;
/// With more areas than this none is cut along the ground: cells are then smaller than its facets, and their corners lie on it.
const MOST_CUT: usize = 20_000;
/// Pins stand this high above the ground.
const PIN_M: f64 = 16.0;

/// How one area is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coat {
    /// Plain colour.
    pub fill: Option<[u8; 4]>,
    /// Stripes over it.
    pub hatch: Option<[u8; 4]>,
}

impl Coat {
    /// One plain colour.
    pub fn plain([r, g, b]: [u8; 3]) -> Self {
        Self {
            fill: Some([r, g, b, 255]),
            hatch: None,
        }
    }

    /// Pale with stripes: what is not known.
    pub fn striped([r, g, b]: [u8; 3]) -> Self {
        Self {
            fill: Some([236, 236, 234, 150]),
            hatch: Some([r, g, b, 255]),
        }
    }
}

/// Shapes on the ground, ready to be painted.
#[derive(Debug)]
pub struct Laid {
    shapes: FlatMesh,
    /// First vertex and first index of each area; one entry more than areas.
    starts: Vec<[u32; 2]>,
    kind: FlatKind,
    lines: FlatMesh,
}

impl Laid {
    /// Lays features on the ground, with an outline around each where one is wanted.
    pub fn new(g: &Geometries, ground: &Ground, space: &Space, outline: Option<[u8; 4]>) -> Self {
        let points = g.kind() == GeometryKind::Point;
        let few = g.len() <= MOST_CUT;
        let simple = few.then(|| simplified(g, TOLERANCE_M));
        let g = simple.as_ref().unwrap_or(g);
        let (mut shapes, mut lines) = (FlatMesh::default(), FlatMesh::default());
        let mut starts = Vec::with_capacity(g.len() + 1);
        for row in 0..g.len() {
            starts.push(shapes.ends());
            if points {
                for p in g.rings(row).flatten() {
                    shapes.pin(space.world(*p, ground.height(*p) + PIN_M), [0; 4]);
                }
            } else if few {
                areas(&mut shapes, g, row, ground, space, [0; 4]);
            } else {
                fan(&mut shapes, g, row, ground, space);
            }
            if let Some(color) = outline.filter(|_| !points) {
                outlines(&mut lines, g, row, ground, space, color, 1.0);
            }
        }
        starts.push(shapes.ends());
        Self {
            shapes,
            starts,
            kind: if points { FlatKind::Pin } else { FlatKind::Area },
            lines,
        }
    }

    /// The pieces in the colours that `coat` gives each area.
    pub fn painted(&self, coat: impl Fn(usize) -> Coat, opacity: f32) -> Vec<Piece> {
        let (mut fill, mut hatch) = (FlatMesh::default(), FlatMesh::default());
        for (row, w) in self.starts.windows(2).enumerate() {
            let coat = coat(row);
            if let Some(color) = coat.fill {
                fill.copy(&self.shapes, w[0], w[1], color);
            }
            if let Some(color) = coat.hatch.filter(|_| self.kind == FlatKind::Area) {
                hatch.copy(&self.shapes, w[0], w[1], color);
            }
        }
        let mut fill = Piece::new(fill, self.kind);
        fill.look.opacity = opacity;
        if self.kind == FlatKind::Pin {
            (fill.look.half_m, fill.look.least_px, fill.look.most_px) = (9.0, 6.0, 16.0);
        }
        let mut hatch = Piece::new(hatch, FlatKind::Hatch);
        hatch.look.opacity = opacity;
        let mut lines = Piece::new(self.lines.clone(), FlatKind::Ribbon);
        (lines.look.half_m, lines.look.least_px, lines.look.opacity) = (1.0, 0.8, 0.95);
        lines.fine = true;
        vec![fill, hatch, lines]
    }
}

/// A convex area as a fan of its corners.
fn fan(mesh: &mut FlatMesh, g: &Geometries, row: usize, ground: &Ground, space: &Space) {
    let Some(ring) = g.rings(row).next().filter(|r| r.len() >= 4) else {
        return;
    };
    let at: Vec<u32> = ring[..ring.len() - 1]
        .iter()
        .map(|p| mesh.vertex(space.world(*p, ground.height(*p)), [0; 4]))
        .collect();
    for k in 1..at.len() - 1 {
        mesh.triangle(at[0], at[k], at[k + 1]);
    }
}

/// What is drawn over the layers by one room: pieces made in the background for a key, and swapped when the next are ready.
pub struct Cover<K> {
    pieces: Later<K, Arc<std::sync::Mutex<Vec<Piece>>>>,
    entities: Vec<Entity>,
}

impl<K> Default for Cover<K> {
    fn default() -> Self {
        Self {
            pieces: Later::default(),
            entities: vec![],
        }
    }
}

impl<K: PartialEq + Send + Sync + 'static> Cover<K> {
    /// Shows what `make` builds for `key`; nothing for `None`.
    pub fn show(&mut self, stage: &mut Stage, key: Option<K>, make: impl FnOnce() -> Vec<Piece> + Send + 'static) {
        let Some(key) = key else {
            if !self.entities.is_empty() || self.pieces.busy() || self.pieces.get().is_some() {
                self.pieces.forget();
                self.clear(stage);
            }
            return;
        };
        if self.pieces.want(key, move |_| Arc::new(std::sync::Mutex::new(make()))) {
            stage.redraw.wait();
        }
        // What is drawn lies on the ground of now, and what is made on the next.
        if stage.next.waits(self.pieces.busy()) && !self.entities.is_empty() {
            return;
        }
        let made = self.pieces.get().and_then(|p| p.lock().ok().map(|mut p| std::mem::take(&mut *p)));
        let Some(pieces) = made.filter(|p| !p.is_empty()) else { return };
        self.clear(stage);
        for p in pieces.into_iter().filter(|p| !p.mesh.is_empty()) {
            let look = FlatMaterial {
                horizon: *stage.horizon,
                order: p.look.order + ORDER,
                ..p.look
            };
            let (mesh, material) = (stage.meshes.add(p.mesh.finish()), stage.materials.add(look));
            // What is studied is what is worked on: the picture of another variant does not show it.
            let mut entity = stage.commands.spawn((Mesh3d(mesh), MeshMaterial3d(material), Side::Now.layers()));
            if let Some(refined) = Refined::by_distance(p.level) {
                entity.insert(refined);
            }
            self.entities.push(entity.id());
        }
    }

    /// True when what is on the screen was made for such a key.
    pub fn is_at(&self, key: impl Fn(&K) -> bool) -> bool {
        !self.pieces.busy() && self.pieces.with_key().is_some_and(|(k, _)| key(k))
    }

    fn clear(&mut self, stage: &mut Stage) {
        stage.redraw.soon();
        self.entities.drain(..).for_each(|e| stage.commands.entity(e).despawn());
    }
}

/// The ground and the axes that everything is laid on.
#[derive(bevy::ecs::system::SystemParam)]
pub struct Floor<'w> {
    /// Heights; `None` inside before the first city.
    pub ground: Res<'w, CurrentGround>,
    /// Map to world.
    pub space: Res<'w, Space>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::scene::ground::tests::hill, model::GeometriesBuilder};

    fn two() -> Geometries {
        let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
        for x in [10.0, 50.0] {
            out.ring([[x, 10.0], [x + 30.0, 10.0], [x + 30.0, 60.0], [x, 60.0], [x, 10.0]])
                .end_part()
                .end_feature();
        }
        out.finish()
    }

    #[test]
    fn each_area_is_painted_by_itself_and_one_without_a_coat_stays_open() {
        let laid = Laid::new(&two(), &hill(), &Space::default(), Some([0; 4]));
        let all = laid.painted(|_| Coat::plain([9, 9, 9]), 0.8);
        let one = laid.painted(|row| if row == 1 { Coat::striped([1, 1, 1]) } else { Coat::default() }, 0.8);
        assert!(all[0].mesh.len() > one[0].mesh.len() && one[0].mesh.len() == one[1].mesh.len());
        assert!(all[1].mesh.is_empty() && !all[2].mesh.is_empty());
        let [n, _] = laid.starts[1];
        assert_eq!(one[0].mesh.len(), all[0].mesh.len() - n as usize);
    }
}
