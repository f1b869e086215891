//! What is found out about a plot.

use super::Span;
use crate::{
    model::{FeatureRef, LocalText, SlotId},
    rules::Verdict,
};
use serde::Serialize;

/// What kind of area is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlotKind {
    /// A plot of the cadastre: what BauNVO means.
    Parcel,
    /// A drafted area or potential site.
    Site,
    /// A whole building area of a plan, where no plots are known: an average over its plots.
    Zone,
}

/// Whether a figure is what stands there or what is meant to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// From the buildings on it.
    Built,
    /// From what the draft says of itself.
    Drafted,
}

/// What is measured. The names are the terms of the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// Site occupancy index of the main buildings, § 19 (2) BauNVO.
    Grz,
    /// The same with garages, access and ancillary structures, § 19 (4).
    GrzTotal,
    /// Floor area ratio, § 20.
    Gfz,
    /// Cubic index, § 21.
    Bmz,
    /// Most full storeys of a building, § 20 (1).
    Vollgeschosse,
    /// Greatest height of a building, § 18.
    Height,
    /// Footprint beyond the building windows, § 23.
    Baugrenze,
}

impl Measured {
    /// Everything, in the order of tables.
    pub const ALL: [Self; 7] = [
        Self::Grz,
        Self::GrzTotal,
        Self::Gfz,
        Self::Bmz,
        Self::Vollgeschosse,
        Self::Height,
        Self::Baugrenze,
    ];

    /// The rule id of a conflict about it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Grz => "GRZ",
            Self::GrzTotal => "GRZ2",
            Self::Gfz => "GFZ",
            Self::Bmz => "BMZ",
            Self::Vollgeschosse => "Z",
            Self::Height => "H",
            Self::Baugrenze => "BG",
        }
    }

    /// Section that defines it.
    pub fn section(self) -> &'static str {
        match self {
            Self::Grz => "§ 19 (2) BauNVO",
            Self::GrzTotal => "§ 19 (4) BauNVO",
            Self::Gfz => "§ 20 (2) BauNVO",
            Self::Bmz => "§ 21 (1) BauNVO",
            Self::Vollgeschosse => "§ 20 (1) BauNVO",
            Self::Height => "§ 18 BauNVO",
            Self::Baugrenze => "§ 23 BauNVO",
        }
    }

    /// Unit; empty for ratios and counts.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Height => "m",
            Self::Baugrenze => "m²",
            _ => "",
        }
    }

    /// Places behind the point.
    pub fn decimals(self) -> usize {
        match self {
            Self::Grz | Self::GrzTotal | Self::Gfz => 2,
            Self::Bmz | Self::Height => 1,
            Self::Vollgeschosse | Self::Baugrenze => 0,
        }
    }
}

/// Where a limit comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The building area's own figure.
    Plan,
    /// A building window of the plan.
    Window,
    /// Orientation value of § 17 BauNVO: a matter of weighing, no limit.
    Orientation,
}

/// What a figure is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Limit {
    /// At most.
    pub value: f64,
    /// Where it comes from.
    pub basis: Basis,
    /// Section that makes it count.
    pub section: String,
    /// The feature or table that says so.
    pub source: LocalText,
}

/// One figure of one plot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// What.
    pub measured: Measured,
    /// Built or drafted.
    pub stage: Stage,
    /// How much.
    pub value: Span,
    /// Against what; `None` where neither plan nor BauNVO says anything.
    pub limit: Option<Limit>,
    /// Kept, broken, or unknown.
    pub verdict: Verdict,
    /// The arithmetic with its numbers.
    pub formula: LocalText,
    /// What is not known.
    pub unknown: Vec<LocalText>,
    /// Building or window that decided, where one did.
    pub feature: Option<FeatureRef>,
    /// What lies beyond a building window.
    #[serde(skip)]
    pub beyond: Option<geo::MultiPolygon<f64>>,
}

/// A plot with its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plot {
    /// The plot.
    pub feature: FeatureRef,
    /// What kind.
    pub kind: PlotKind,
    /// Its area.
    pub area_m2: f64,
    /// Type of building area, from the plan or the draft.
    pub baunvo: Option<String>,
    /// The building area that covers most of it.
    pub zone: Option<FeatureRef>,
    /// Share of the plot inside that area.
    pub zone_share_percent: f64,
    /// Main buildings and ancillary ones on it.
    pub buildings: [u32; 2],
    /// Its figures, in the order of [`Measured`], built before drafted.
    pub checks: Vec<Check>,
    /// What holds for all figures.
    pub notes: Vec<LocalText>,
}

/// All plots of a city.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment {
    /// Plots or building areas, then sites, each in row order.
    pub plots: Vec<Plot>,
    /// Layers that were looked at.
    pub slots: Vec<SlotId>,
    /// What could not be looked at at all.
    pub notes: Vec<LocalText>,
}

impl Assessment {
    /// Kept, broken and unknown figures of one kind.
    pub fn count(&self, measured: Measured) -> [usize; 3] {
        let of = |v: Verdict| {
            let checks = self.plots.iter().flat_map(|p| &p.checks);
            checks.filter(|c| c.measured == measured && c.verdict == v).count()
        };
        [of(Verdict::Clear), of(Verdict::Conflict), of(Verdict::Unknown)]
    }
}
