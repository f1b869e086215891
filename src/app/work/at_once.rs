//! What a hand did in a frame is carried out in the same frame: drawing it first without would cost a whole picture, and on a machine
//! without a graphics card that is most of the time until the step is seen.

use crate::app::bridge::{PlanWish, Wish};
use bevy::{ecs::message::MessageCursor, prelude::*};

/// At the end of a frame in which somebody wished for a step of the plan: the frame's work once more, before it is drawn.
pub fn again(world: &mut World, mut read: Local<MessageCursor<Wish>>) {
    let Some(wishes) = world.get_resource::<Messages<Wish>>() else {
        return;
    };
    let steps = |w: &Wish| matches!(w, Wish::Plan(PlanWish::Do(_) | PlanWish::Undo | PlanWish::Redo));
    if read.read(wishes).filter(|w| steps(w)).count() == 0 {
        return;
    }
    // A schedule that holds nothing is not there.
    let _ = world.try_run_schedule(First);
    let _ = world.try_run_schedule(PreUpdate);
    let _ = world.try_run_schedule(Update);
    let _ = world.try_run_schedule(PostUpdate);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Resource, Default)]
    struct Seen {
        passes: u32,
        carried_out: u32,
    }

    #[test]
    fn a_step_is_carried_out_in_the_frame_in_which_it_was_wished_for() {
        let mut app = App::new();
        app.add_message::<Wish>()
            .init_resource::<Seen>()
            .add_systems(Update, |mut wishes: MessageReader<Wish>, mut seen: ResMut<Seen>| {
                seen.passes += 1;
                seen.carried_out += wishes.read().count() as u32;
            })
            // The panels speak after the work of the frame.
            .add_systems(PostUpdate, |mut wishes: MessageWriter<Wish>, seen: Res<Seen>| match seen.passes {
                1 => drop(wishes.write(Wish::Plan(PlanWish::Undo))),
                3 => drop(wishes.write(Wish::Cancel)),
                _ => {}
            })
            .add_systems(Last, again);
        let mut frame = || {
            app.update();
            let seen = app.world().resource::<Seen>();
            (seen.passes, seen.carried_out)
        };
        assert_eq!(frame(), (2, 1));
        assert_eq!(frame(), (3, 1), "nothing was wished for");
        assert_eq!(frame(), (4, 2), "what is no step waits for the next frame");
    }
}
