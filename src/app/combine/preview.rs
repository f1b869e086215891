//! What an expression would give, worked out in the background.

use crate::{
    app::bridge::{Later, Same},
    derive::{Expression, MODULE},
    geometry::{area_m2, length_m},
    model::{Coverage, GeometryKind, LocalText, SlotId},
    project::{City, derive_layer},
};
use bevy_egui::egui::Ui;
use std::sync::Arc;

/// What came of an expression.
#[derive(Debug)]
pub(super) struct Outcome {
    pub features: usize,
    pub kind: GeometryKind,
    /// Square metres or metres, all together.
    pub size: f64,
    /// Where nothing lies is known.
    pub declared: bool,
    pub data_date: Option<String>,
    pub findings: Vec<LocalText>,
}

/// What came of an expression, or why nothing did.
type Answer = Arc<Result<Outcome, LocalText>>;

/// The newest preview.
#[derive(Default)]
pub(super) struct Preview(Later<(Same<City>, Expression), Answer>);

impl Preview {
    /// Asks for the outcome; `None` while it is worked out.
    pub fn of(&mut self, ui: &Ui, city: &Arc<City>, e: &Expression) -> Option<Answer> {
        // Its name changes nothing in what comes of it, unless it is made of a layer of that name.
        let mut expression = e.clone();
        expression.title = LocalText::same("?");
        let own_id = SlotId::new(MODULE, &e.id);
        if e.of.iter().all(|i| i.slot != own_id) {
            expression.id = "preview".into();
        }
        let key = (Same(city.clone()), expression.clone());
        let own = city.clone();
        let wanted = key.clone();
        if self.0.want(key, move |control| {
            let layer = derive_layer(&own, &expression, control).map_err(|e| e.text());
            Arc::new(layer.map(|l| {
                let rows = 0..l.len();
                Outcome {
                    features: l.len(),
                    kind: l.geometry.kind(),
                    size: match l.geometry.kind() {
                        GeometryKind::Point => 0.0,
                        GeometryKind::Line => rows.map(|r| length_m(&l.geometry, r)).sum(),
                        GeometryKind::Polygon => rows.map(|r| area_m2(&l.geometry, r)).sum(),
                    },
                    declared: l.coverage != Coverage::Undeclared,
                    data_date: l.data_date().map(str::to_owned),
                    findings: l.report.findings.into_iter().map(|f| f.text).collect(),
                }
            }))
        }) {
            ui.ctx().request_repaint();
        }
        let (k, found) = self.0.with_key()?;
        (*k == wanted).then(|| found.clone())
    }

    /// How many features the newest outcome has.
    pub fn newest(&self) -> Option<usize> {
        self.0.get()?.as_ref().as_ref().ok().map(|o| o.features)
    }

    pub fn forget(&mut self) {
        self.0.forget();
    }
}
