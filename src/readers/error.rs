//! Why a file could not be read at all: one sentence in German and in English that names file, layer and feature and says what to do.

use crate::model::{GeometryKind, LocalText};
use std::path::{Path, PathBuf};

/// A file that cannot be used. Dirty features are findings of the report, not errors.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// Nothing there, or not allowed to look.
    #[error("cannot read file ({reason}): {}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the operating system says.
        reason: String,
    },
    /// A folder, device, pipe, virtual path or address.
    #[error("not a regular file: {}", file.display())]
    NotAFile {
        /// What was given.
        file: PathBuf,
    },
    /// The content belongs to no format in the list.
    #[error("unknown content: {}", file.display())]
    UnknownFormat {
        /// The file.
        file: PathBuf,
        /// What it looks like, if that can be said.
        looks_like: LocalText,
    },
    /// The content is of a known format but is refused or damaged.
    #[error("{format} file refused ({}): {}", why.en, file.display())]
    Refused {
        /// The file.
        file: PathBuf,
        /// Format name.
        format: &'static str,
        /// The reason and what to do.
        why: LocalText,
    },
    /// The format's driver gives up.
    #[error("cannot open as {format} ({reason}): {}", file.display())]
    Open {
        /// The file.
        file: PathBuf,
        /// Format name.
        format: &'static str,
        /// What GDAL says.
        reason: String,
    },
    /// The driver reports success and no layer.
    #[error("no layers in {}", file.display())]
    NoLayers {
        /// The file.
        file: PathBuf,
    },
    /// Several layers and no choice.
    #[error("choose one of the layers {}: {}", layers.join(", "), file.display())]
    ChooseLayer {
        /// The file.
        file: PathBuf,
        /// Their names.
        layers: Vec<String>,
    },
    /// No layer of that name.
    #[error("no layer `{layer}` among {}: {}", layers.join(", "), file.display())]
    NoSuchLayer {
        /// The file.
        file: PathBuf,
        /// The name asked for.
        layer: String,
        /// The names there are.
        layers: Vec<String>,
    },
    /// A grid was given for a vector slot, or the other way round.
    #[error("{format} holds {}: {}", if *raster { "a grid, not features" } else { "features, not a grid" }, file.display())]
    WrongSort {
        /// The file.
        file: PathBuf,
        /// Format name.
        format: &'static str,
        /// True when the file is a grid.
        raster: bool,
    },
    /// Features came, but none of the wanted kind.
    #[error("layer `{layer}` holds no {wanted:?} geometry but {found:?}: {}", file.display())]
    WrongKind {
        /// The file.
        file: PathBuf,
        /// The layer.
        layer: String,
        /// Kind asked for.
        wanted: GeometryKind,
        /// Kind present.
        found: GeometryKind,
    },
    /// More than the limits allow.
    #[error("{what} {amount} above the limit of {limit}: {}", file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// "features", "vertices", "cells", "bytes".
        what: &'static str,
        /// Present.
        amount: u64,
        /// Allowed.
        limit: u64,
    },
    /// Reading broke and nothing usable came.
    #[error("layer `{layer}` is damaged{} ({reason}): {}", feature.as_ref().map(|f| format!(" at feature {f}")).unwrap_or_default(), file.display())]
    Broken {
        /// The file.
        file: PathBuf,
        /// The layer.
        layer: String,
        /// The last feature that came.
        feature: Option<String>,
        /// What GDAL says.
        reason: String,
    },
    /// Somebody asked to stop.
    #[error("reading was cancelled: {}", file.display())]
    Cancelled {
        /// The file.
        file: PathBuf,
    },
}

/// The German and the English plural of a kind.
pub(crate) fn kind_text(kind: GeometryKind) -> LocalText {
    match kind {
        GeometryKind::Point => LocalText::new("Punkte", "points"),
        GeometryKind::Line => LocalText::new("Linien", "lines"),
        GeometryKind::Polygon => LocalText::new("Flächen", "areas"),
    }
}

/// Text from a file made safe to print: no control and no direction-changing characters, at most 300 characters.
pub(crate) fn printable(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(300)
        .map(|c| match c {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    if text.chars().nth(300).is_some() {
        out.push('…');
    }
    out.trim().to_string()
}

fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(30).map(|n| format!("„{}“", printable(n))).collect();
    shown.join(", ") + if names.len() > 30 { " …" } else { "" }
}

impl ReadError {
    /// The file it is about.
    pub fn file(&self) -> &Path {
        match self {
            Self::Io { file, .. }
            | Self::NotAFile { file }
            | Self::UnknownFormat { file, .. }
            | Self::Refused { file, .. }
            | Self::Open { file, .. }
            | Self::NoLayers { file }
            | Self::ChooseLayer { file, .. }
            | Self::NoSuchLayer { file, .. }
            | Self::WrongSort { file, .. }
            | Self::WrongKind { file, .. }
            | Self::TooLarge { file, .. }
            | Self::Broken { file, .. }
            | Self::Cancelled { file } => file,
        }
    }

    /// What happened and what to do.
    pub fn text(&self) -> LocalText {
        let file = printable(&self.file().to_string_lossy());
        let (de, en) = match self {
            Self::Io { reason, .. } => (
                format!("lässt sich nicht lesen ({reason}). Pfad und Leserechte prüfen."),
                format!("cannot be read ({reason}). Check the path and the permissions."),
            ),
            Self::NotAFile { .. } => (
                "ist keine gewöhnliche Datei. Ordner, Geräte, virtuelle Pfade und Netzadressen werden nicht geöffnet: die Daten als Datei ablegen."
                    .into(),
                "is not a regular file. Folders, devices, virtual paths and addresses are not opened: save the data as a file.".into(),
            ),
            Self::UnknownFormat { looks_like, .. } => (
                format!(
                    "hat keinen lesbaren Inhalt{}. Lesbar sind {}.",
                    if looks_like.de.is_empty() { String::new() } else { format!(" (erkannt: {})", looks_like.de) },
                    super::format_names()
                ),
                format!(
                    "has no readable content{}. Readable are {}.",
                    if looks_like.en.is_empty() { String::new() } else { format!(" (looks like {})", looks_like.en) },
                    super::format_names()
                ),
            ),
            Self::Refused { format, why, .. } => (format!("({format}) wird nicht gelesen: {}", why.de), format!("({format}) is not read: {}", why.en)),
            Self::Open { format, reason, .. } => {
                let reason = printable(reason);
                (
                    format!("lässt sich nicht als {format} öffnen ({reason}). Die Datei ist beschädigt oder unvollständig: neu herunterladen oder neu exportieren."),
                    format!("cannot be opened as {format} ({reason}). The file is damaged or incomplete: download or export it again."),
                )
            }
            Self::NoLayers { .. } => (
                "enthält keine lesbare Ebene. Die Datei ist leer oder beschädigt: neu exportieren.".into(),
                "holds no readable layer. The file is empty or damaged: export it again.".into(),
            ),
            Self::ChooseLayer { layers, .. } => (
                format!("enthält mehrere Ebenen: {}. Eine davon als `layer` angeben.", list(layers)),
                format!("holds several layers: {}. Name one of them as `layer`.", list(layers)),
            ),
            Self::NoSuchLayer { layer, layers, .. } => (
                format!("enthält keine Ebene „{}“. Vorhanden: {}.", printable(layer), list(layers)),
                format!("holds no layer “{}”. There are: {}.", printable(layer), list(layers)),
            ),
            Self::WrongSort { format, raster: true, .. } => (
                format!("({format}) ist ein Raster, gebraucht werden Objekte (Punkte, Linien oder Flächen). Eine Vektordatei angeben."),
                format!("({format}) is a grid, but features (points, lines or areas) are needed. Name a vector file."),
            ),
            Self::WrongSort { format, .. } => (
                format!("({format}) enthält Objekte, gebraucht wird ein Raster. Ein GeoTIFF, ASCII-Raster oder .hgt angeben."),
                format!("({format}) holds features, but a grid is needed. Name a GeoTIFF, ASCII grid or .hgt."),
            ),
            Self::WrongKind { layer, wanted, found, .. } => {
                let (wanted, found, layer) = (kind_text(*wanted), kind_text(*found), printable(layer));
                (
                    format!("Ebene „{layer}“ enthält keine {}, sondern {}. Eine andere Ebene oder Datei angeben.", wanted.de, found.de),
                    format!("layer “{layer}” holds no {} but {}. Name another layer or file.", wanted.en, found.en),
                )
            }
            Self::TooLarge { what, amount, limit, .. } => {
                let de = match *what {
                    "features" => "Objekte",
                    "vertices" => "Stützpunkte",
                    "cells" => "Zellen",
                    "columns" => "Spalten",
                    "rows" => "Zeilen",
                    "parts" => "Teile",
                    _ => "Byte",
                };
                (
                    format!("ist zu groß: {amount} {de}, erlaubt sind {limit}. Auf das Stadtgebiet zuschneiden."),
                    format!("is too large: {amount} {what}, {limit} are allowed. Cut it to the city's area."),
                )
            }
            Self::Broken { layer, feature, reason, .. } => {
                let (layer, reason) = (printable(layer), printable(reason));
                let after = |word: &str| feature.as_ref().map(|f| format!(" {word} {}", printable(f))).unwrap_or_default();
                (
                    format!("Ebene „{layer}“ ist{} beschädigt ({reason}). Neu herunterladen oder neu exportieren.", after("ab Objekt")),
                    format!("layer “{layer}” is damaged{} ({reason}). Download or export it again.", after("from feature")),
                )
            }
            Self::Cancelled { .. } => ("wurde nicht gelesen: abgebrochen.".into(), "was not read: cancelled.".into()),
        };
        LocalText::new(format!("{file} {de}"), format!("{file} {en}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_name_file_and_layer_and_carry_no_control_characters() {
        let text = ReadError::NoSuchLayer {
            file: "a\u{202e}b\n.gpkg".into(),
            layer: "x\u{1b}[31m".into(),
            layers: vec!["Straße".into()],
        }
        .text();
        for t in [&text.de, &text.en] {
            assert!(t.contains("Straße") && t.contains(".gpkg"), "{t}");
            assert!(!t.chars().any(|c| c.is_control() || c == '\u{202e}'), "{t:?}");
        }
    }
}
