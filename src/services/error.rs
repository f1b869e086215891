//! Why a service gave nothing, in words. Every text names the host, so that a person knows whom to ask.

use crate::model::LocalText;
use std::path::PathBuf;

/// Why a service could not be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// The address in the project file is refused before anything is contacted.
    #[error("{}: {shown}", .why.en)]
    Address {
        /// As it may be printed.
        shown: String,
        /// Reason.
        why: LocalText,
    },
    /// Nobody on this computer has confirmed the endpoint for this project.
    #[error("not confirmed: {endpoint}")]
    NotConfirmed {
        /// Who would be asked.
        endpoint: String,
    },
    /// No connection.
    #[error("no connection ({reason}): {endpoint}")]
    Connect {
        /// Who was asked.
        endpoint: String,
        /// What the system says.
        reason: String,
    },
    /// The server cannot prove that it is who it says it is.
    #[error("the certificate is not accepted ({}): {endpoint}", .why.en)]
    Certificate {
        /// Who was asked.
        endpoint: String,
        /// What is wrong with it.
        why: LocalText,
    },
    /// The name leads into this computer or another place that no name should lead to.
    #[error("the name leads to {address}: {endpoint}")]
    AddressRange {
        /// Who was asked.
        endpoint: String,
        /// What the name service answered.
        address: String,
    },
    /// The limit of time is over.
    #[error("no complete answer within {seconds} s: {endpoint}")]
    TooSlow {
        /// Who was asked.
        endpoint: String,
        /// Limit.
        seconds: u64,
    },
    /// The limit of size is over.
    #[error("more than {limit} MB: {endpoint}")]
    TooLarge {
        /// Who was asked.
        endpoint: String,
        /// Limit in millions of bytes.
        limit: u64,
    },
    /// The answer points elsewhere.
    #[error("redirected to {to}: {endpoint}")]
    Redirected {
        /// Who was asked.
        endpoint: String,
        /// Where to.
        to: String,
    },
    /// The server refused.
    #[error("HTTP {code}: {endpoint}")]
    Status {
        /// Who was asked.
        endpoint: String,
        /// HTTP status.
        code: u16,
    },
    /// An answer that is something else than asked for.
    #[error("{}: {endpoint}", .found.en)]
    Unexpected {
        /// Who was asked.
        endpoint: String,
        /// What came.
        found: LocalText,
    },
    /// The server says in the words of its protocol what is wrong.
    #[error("the server says: {message}: {endpoint}")]
    Exception {
        /// Who was asked.
        endpoint: String,
        /// The server's words, shortened.
        message: String,
    },
    /// The server does not have that layer.
    #[error("no layer {layer}: {endpoint}")]
    NoLayer {
        /// Who was asked.
        endpoint: String,
        /// Asked for.
        layer: String,
        /// What there is.
        known: String,
    },
    /// The two sides do not find together.
    #[error("{}: {endpoint}", .why.en)]
    Unsupported {
        /// Who was asked.
        endpoint: String,
        /// What is lacking.
        why: LocalText,
    },
    /// The cache cannot be read or written.
    #[error("{}: {}", .why.en, path.display())]
    Cache {
        /// File.
        path: PathBuf,
        /// Reason.
        why: LocalText,
    },
    /// The list of confirmations cannot be read or written.
    #[error("the confirmations cannot be used ({reason}): {}", path.display())]
    Confirmations {
        /// File.
        path: PathBuf,
        /// Reason.
        reason: String,
    },
    /// The user pressed Cancel.
    #[error("cancelled")]
    Cancelled,
}

impl ServiceError {
    /// What happened, where, and what to do, for people.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Address { shown, why } => LocalText::new(
                format!("Die Adresse „{shown}“ wird nicht benutzt: {}.", why.de),
                format!("The address “{shown}” is not used: {}.", why.en),
            ),
            Self::NotConfirmed { endpoint } => LocalText::new(
                format!(
                    "Der Dienst {endpoint} ist für dieses Projekt noch nicht freigegeben und wurde nicht gefragt. Freigeben unter „Dienste“ oder mit `stadtschicht services confirm`."
                ),
                format!(
                    "The service {endpoint} has not been confirmed for this project and was not asked. Confirm it under “Services” or with `stadtschicht services confirm`."
                ),
            ),
            Self::Connect { endpoint, reason } => LocalText::new(
                format!("Keine Verbindung zu {endpoint} ({reason}). Bitte Adresse, Netz und Proxy prüfen."),
                format!("No connection to {endpoint} ({reason}). Please check address, network and proxy."),
            ),
            Self::Certificate { endpoint, why } => LocalText::new(
                format!(
                    "Das Zertifikat von {endpoint} wird nicht anerkannt: {}. Es wurde nichts gefragt. Stammt es von der eigenen Zertifizierungsstelle der Verwaltung, muss diese im System eingetragen sein oder ihre Datei in SSL_CERT_FILE stehen.",
                    why.de
                ),
                format!(
                    "The certificate of {endpoint} is not accepted: {}. Nothing was asked. If it comes from the administration's own certificate authority, that must be known to the system or its file be named in SSL_CERT_FILE.",
                    why.en
                ),
            ),
            Self::AddressRange { endpoint, address } => LocalText::new(
                format!(
                    "Der Name in {endpoint} führt zu {address}, also in diesen Rechner oder einen reservierten Bereich. Es wurde nicht verbunden. Ist das gewollt, die IP-Adresse selbst eintragen und freigeben."
                ),
                format!(
                    "The name in {endpoint} leads to {address}, which is this computer or a reserved range. No connection was made. If it is meant, enter and confirm the IP address itself."
                ),
            ),
            Self::TooSlow { endpoint, seconds } => LocalText::new(
                format!(
                    "{endpoint} hat innerhalb von {seconds} Sekunden nicht vollständig geantwortet. Später erneut abrufen oder den Ausschnitt verkleinern."
                ),
                format!("{endpoint} gave no complete answer within {seconds} seconds. Fetch again later or choose a smaller area."),
            ),
            Self::TooLarge { endpoint, limit } => LocalText::new(
                format!("Die Antwort von {endpoint} ist größer als {limit} MB und wurde verworfen. Bitte den Ausschnitt verkleinern."),
                format!("The answer of {endpoint} is larger than {limit} MB and was discarded. Please choose a smaller area."),
            ),
            Self::Redirected { endpoint, to } => LocalText::new(
                format!(
                    "{endpoint} leitet weiter zu {to}. Dorthin wird nicht verbunden; ist der Dienst umgezogen, die neue Adresse eintragen und freigeben."
                ),
                format!(
                    "{endpoint} redirects to {to}. No connection is made there; if the service has moved, enter and confirm the new address."
                ),
            ),
            Self::Status { endpoint, code } => status(endpoint, *code),
            Self::Unexpected { endpoint, found } => LocalText::new(
                format!("{endpoint} hat nicht die gefragten Daten geliefert: {}.", found.de),
                format!("{endpoint} did not deliver the data that were asked for: {}.", found.en),
            ),
            Self::Exception { endpoint, message } => LocalText::new(
                format!("{endpoint} meldet einen Fehler: „{message}“."),
                format!("{endpoint} reports an error: “{message}”."),
            ),
            Self::NoLayer { endpoint, layer, known } => LocalText::new(
                format!("{endpoint} kennt die Ebene „{layer}“ nicht. Vorhanden: {known}."),
                format!("{endpoint} has no layer “{layer}”. It has: {known}."),
            ),
            Self::Unsupported { endpoint, why } => LocalText::new(
                format!("{endpoint} kann nicht benutzt werden: {}.", why.de),
                format!("{endpoint} cannot be used: {}.", why.en),
            ),
            Self::Cache { path, why } => LocalText::new(
                format!("Der Zwischenspeicher {}: {}. Bitte den Dienst neu abrufen.", path.display(), why.de),
                format!("The cache {}: {}. Please fetch the service again.", path.display(), why.en),
            ),
            Self::Confirmations { path, reason } => LocalText::new(
                format!(
                    "Die Liste der Freigaben {} ist nicht benutzbar ({reason}). Ohne sie wird kein Dienst gefragt.",
                    path.display()
                ),
                format!(
                    "The list of confirmations {} cannot be used ({reason}). Without it no service is asked.",
                    path.display()
                ),
            ),
            Self::Cancelled => LocalText::new("Abgebrochen.", "Cancelled."),
        }
    }
}

fn status(endpoint: &str, code: u16) -> LocalText {
    let (de, en) = match code {
        401 | 403 | 407 => ("der Zugang verlangt eine Anmeldung", "access asks for a login"),
        404 | 410 => ("dort gibt es den Dienst nicht (mehr)", "there is no such service (any more)"),
        429 => ("zu viele Anfragen; später erneut abrufen", "too many requests; fetch again later"),
        500.. => ("der Server ist gestört", "the server is out of order"),
        _ => ("die Anfrage wurde abgelehnt", "the request was refused"),
    };
    LocalText::new(
        format!("{endpoint} hat mit HTTP {code} geantwortet: {de}."),
        format!("{endpoint} answered with HTTP {code}: {en}."),
    )
}
