//! What is drawn over the picture with egui, in the window and on exported pictures alike: legend, scale bar, compass, sources.

mod compass;
mod controls;
mod legend;
mod scale_bar;
mod sources;
pub mod symbol;

pub use compass::paint_compass;
pub use controls::{DecorView, decor_ui, paint_decor};
pub use legend::{LegendEntry, LegendGroup, MapLegend, Swatch, legend, paint_legend, paint_swatch, swatch_of};
pub use scale_bar::{paint_scale_bar, round_length_m};
pub use sources::{paint_sources, sources_text};

use super::schedule::AppSystems;
use bevy::{ecs::schedule::ScheduleConfigs, ecs::system::ScheduleSystem, prelude::*};

/// Registers what a room lays over the layers: the system that draws it, and the one that says what its colours mean.
pub fn overlay<A, B>(
    app: &mut App,
    draw: impl IntoScheduleConfigs<ScheduleSystem, A>,
    legend: impl IntoScheduleConfigs<ScheduleSystem, B>,
) {
    let (draw, legend): (ScheduleConfigs<_>, ScheduleConfigs<_>) = (draw.in_set(AppSystems::Build), legend.in_set(AppSystems::Show));
    app.init_resource::<MapLegend>()
        .add_systems(Update, draw)
        .add_systems(Update, legend);
}
