//! The entry point: hands the command line to the library, and the window to the command line where it is built in.

fn main() -> std::process::ExitCode {
    #[cfg(feature = "gui")]
    let renderer = Some(window::RENDERER);
    #[cfg(not(feature = "gui"))]
    let renderer = None;
    stadtschicht::cli::main(renderer)
}

#[cfg(feature = "gui")]
mod window {
    //! The window and pictures as the command line wants them.

    use stadtschicht::{
        app::{
            self, StartError, WindowOptions,
            snapshot::{SnapshotOptions, render},
        },
        cli::{Drawn, PictureOrder, Renderer, WindowOrder},
        export::ShownLayer,
        model::LocalText,
        project::View,
    };

    pub const RENDERER: Renderer = Renderer { open, draw };

    fn open(order: WindowOrder) -> Result<(), LocalText> {
        app::run(WindowOptions {
            project: order.project,
            language: order.asked.then_some(order.language),
            system_language: order.language,
            size: order.size,
            events: order.events,
            ..WindowOptions::default()
        })
        .map_err(said)
    }

    fn draw(order: PictureOrder) -> Result<Drawn, LocalText> {
        let picture = render(&SnapshotOptions {
            snapshot: order.snapshot,
            view: order.view.clone(),
            size: order.size,
            language: order.language,
        })
        .map_err(said)?;
        let camera = View {
            name: order.view.map_or_else(String::new, |v| v.name),
            target: picture.camera.target,
            distance_m: picture.camera.distance_m,
            heading_deg: picture.camera.heading_deg,
            pitch_deg: picture.camera.pitch_deg,
            layers: None,
        };
        Ok(Drawn {
            png: picture.png,
            camera,
            layers: picture.layers.into_iter().map(|slot| ShownLayer { slot, opacity: 1.0 }).collect(),
        })
    }

    fn said(error: anyhow::Error) -> LocalText {
        match error.downcast_ref::<StartError>() {
            Some(known) => known.text(),
            None => LocalText::same(error.to_string()),
        }
    }
}
