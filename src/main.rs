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
        app::{self, StartError, WindowOptions},
        cli::{Drawn, PictureOrder, Renderer, WindowOrder},
        model::LocalText,
    };

    pub const RENDERER: Renderer = Renderer { open, draw };

    fn open(order: WindowOrder) -> Result<(), LocalText> {
        app::run(WindowOptions {
            project: order.project,
            language: Some(order.language),
            size: order.size,
            ..WindowOptions::default()
        })
        .map_err(said)
    }

    fn draw(_: PictureOrder) -> Result<Drawn, LocalText> {
        Err(LocalText::new(
            "Bilder ohne Fenster kann diese Fassung noch nicht zeichnen.",
            "This version cannot draw pictures without a window yet.",
        ))
    }

    fn said(error: anyhow::Error) -> LocalText {
        match error.downcast_ref::<StartError>() {
            Some(known) => known.text(),
            None => LocalText::same(error.to_string()),
        }
    }
}
