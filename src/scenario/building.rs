//! A building as a planner draws it: footprint, storeys or height, roof form, use. In the layer it is a polygon with the attributes of
//! the slot with the role `buildings`.

use super::{Attributes, Base, EditError, Feature, Shape};
use crate::{
    model::{SlotId, Value},
    modules::Role,
};
use serde::{Deserialize, Serialize};

/// Height of a storey where only their number is known, as the city view draws it.
pub const STOREY_M: f64 = 3.0;

/// The form of a roof, by the AdV's key (CityGML `roofType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoofForm {
    /// Flachdach.
    #[default]
    Flat,
    /// Pultdach.
    Mono,
    /// Satteldach.
    Gable,
    /// Walmdach.
    Hip,
    /// Krüppelwalmdach.
    HalfHip,
    /// Mansarddach.
    Mansard,
    /// Zeltdach.
    Pavilion,
}

impl RoofForm {
    /// Every form in the order of forms.
    pub const ALL: [Self; 7] = [
        Self::Flat,
        Self::Mono,
        Self::Gable,
        Self::Hip,
        Self::HalfHip,
        Self::Mansard,
        Self::Pavilion,
    ];

    /// The AdV's key.
    pub fn code(self) -> i64 {
        match self {
            Self::Flat => 1000,
            Self::Mono => 2100,
            Self::Gable => 3100,
            Self::Hip => 3200,
            Self::HalfHip => 3300,
            Self::Mansard => 3400,
            Self::Pavilion => 3500,
        }
    }

    /// The form of a key.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// A building volume.
#[derive(Debug, Clone, PartialEq)]
pub struct BuildingVolume {
    /// Outline on the ground.
    pub footprint: Shape,
    /// Full storeys.
    pub storeys: Option<i64>,
    /// Height of the highest point above ground.
    pub height_m: Option<f64>,
    /// Roof form, where somebody said.
    pub roof: Option<RoofForm>,
    /// A use of the slot's list ("residential").
    pub usage: Option<String>,
}

impl BuildingVolume {
    /// The building in a feature of the layer of buildings.
    pub fn of(feature: &Feature) -> Self {
        let value = |name: &str| feature.attributes.get(name);
        let number = |name: &str| value(name).and_then(Value::as_f64);
        Self {
            footprint: feature.geometry.clone(),
            storeys: number("storeys").map(|v| v as i64),
            height_m: number("height_m"),
            roof: number("roof_type").and_then(|v| RoofForm::from_code(v as i64)),
            usage: value("use").and_then(Value::as_str).map(str::to_owned),
        }
    }

    /// The height that is drawn and checked: as given, else by storeys.
    pub fn drawn_height_m(&self) -> Option<f64> {
        self.height_m.or_else(|| self.storeys.map(|n| n as f64 * STOREY_M))
    }

    /// The attributes of the building in its layer.
    ///
    /// # Errors
    /// When neither height nor storeys are given: such a building could not be seen.
    pub fn attributes(&self) -> Result<Attributes, EditError> {
        if self.storeys.is_none() && self.height_m.is_none() {
            return Err(EditError::NoHeight);
        }
        let given = [
            ("storeys", self.storeys.map(Value::Integer)),
            ("height_m", self.drawn_height_m().map(Value::Real)),
            ("roof_type", self.roof.map(|r| Value::Integer(r.code()))),
            ("use", self.usage.as_deref().map(|u| Value::Text(u.into()))),
        ];
        Ok(given.into_iter().filter_map(|(name, v)| Some((name.to_owned(), v?))).collect())
    }

    /// The slot of buildings in a city.
    pub fn slot(base: &Base) -> Option<SlotId> {
        base.city.with_role(Role::Buildings).next().map(|s| s.id.clone())
    }
}
