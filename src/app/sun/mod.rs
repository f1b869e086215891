//! Sun and shadow over the city: date and time at the project's site, shadows in the view, and the hours of sun of a day.

mod bodies;
mod hours;
mod list;
mod panel;
mod ramp;
mod shadows;
mod state;

pub use panel::sun_ui;
pub use state::Sun;

use bevy::prelude::*;

/// Registers what a window has; pictures without one have no clock.
pub fn plugin(app: &mut App) {
    app.init_resource::<Sun>();
    state::plugin(app);
    shadows::plugin(app);
    hours::plugin(app);
}
