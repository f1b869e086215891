//! Why a module could not be read.

use crate::model::LocalText;
use std::path::PathBuf;

/// A module or rule file that cannot be used, with the place in it.
#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    /// A file or folder cannot be read.
    #[error("cannot read the module file: {source}: {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The folder's name is not an identifier.
    #[error("the folder name {id:?} is not made of lower-case letters, digits and underscores")]
    Name {
        /// The folder's name.
        id: String,
    },
    /// The file is larger than any sensible definition.
    #[error("the module file has {bytes} bytes, more than {limit}: {path}")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The largest size.
        limit: u64,
    },
    /// The file was written for a newer program, or names no schema.
    #[error("line {line}, key `schema`: {found} is not a schema this program knows (1 to {supported}): {file}")]
    Schema {
        /// The file.
        file: String,
        /// Line from 1.
        line: usize,
        /// What the file says.
        found: String,
        /// The newest schema known.
        supported: i64,
    },
    /// Not TOML, an unknown key, a missing key or a wrong type.
    #[error("line {line}, key `{key}`: {message}: {file}")]
    Content {
        /// The file.
        file: String,
        /// Line from 1.
        line: usize,
        /// Key or table.
        key: String,
        /// What is wrong.
        message: String,
    },
}

impl ModuleError {
    /// A sentence for people.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Io { path, source } => LocalText::new(
                format!("Die Moduldatei {} ist nicht lesbar: {source}.", path.display()),
                format!("The module file {} cannot be read: {source}.", path.display()),
            ),
            Self::Name { id } => LocalText::new(
                format!("Der Modulordner „{id}“ darf nur Kleinbuchstaben, Ziffern und Unterstriche enthalten. Bitte umbenennen."),
                format!("The module folder \"{id}\" may hold only lower-case letters, digits and underscores. Please rename it."),
            ),
            Self::TooLarge { path, bytes, limit } => LocalText::new(
                format!(
                    "Die Moduldatei {} ist mit {bytes} Byte zu groß (höchstens {limit}).",
                    path.display()
                ),
                format!("The module file {} is too large: {bytes} bytes, at most {limit}.", path.display()),
            ),
            Self::Schema {
                file,
                line,
                found,
                supported,
            } => LocalText::new(
                format!(
                    "{file}, Zeile {line}, Schlüssel „schema“: {found} ist diesem Programm nicht bekannt (1 bis {supported}). \
                     Eine neuere Programmversion verwenden oder die Zeile berichtigen."
                ),
                format!(
                    "{file}, line {line}, key \"schema\": {found} is not known to this program (1 to {supported}). \
                     Use a newer version of the program or correct the line."
                ),
            ),
            Self::Content { file, line, key, message } => LocalText::new(
                format!("{file}, Zeile {line}, Schlüssel „{key}“: {}.", german(message)),
                format!("{file}, line {line}, key \"{key}\": {message}."),
            ),
        }
    }
}

/// The TOML reader speaks English; its few kinds of message are put into German here, the rest is quoted.
fn german(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return match rest.split_once(", expected ") {
            Some((field, known)) => {
                let known = known.trim_start_matches("one of ").replace(" or ", " oder ");
                format!("unbekannter Schlüssel {field}, erlaubt: {known}")
            }
            None => format!("unbekannter Schlüssel {rest}"),
        };
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        return format!(
            "unbekannter Wert {}",
            rest.replace("expected one of", "erlaubt:").replace("expected", "erlaubt:")
        );
    }
    if let Some(field) = message.strip_prefix("missing field ") {
        return format!("der Schlüssel {field} fehlt");
    }
    if let Some(rest) = message.strip_prefix("invalid type: ") {
        return format!("falscher Typ: {}", rest.replace(", expected ", ", erwartet: "));
    }
    if let Some(rest) = message.strip_prefix("duplicate key") {
        return format!("doppelter Schlüssel{rest}");
    }
    format!("nicht lesbar ({message})")
}
