//! What a server offers: its layers with their names and titles, for a person to choose from. Asked as rarely and as carefully as for a layer.

use super::{
    Confirmations, Endpoint, Limits, ServiceError, ServiceKind,
    http::{Client, words},
    ogc_api, postgis, wfs, wms, wmts,
};
use crate::progress::Control;
use std::{path::Path, time::Duration};

/// More layers than anybody chooses from.
const MOST: usize = 5000;

/// A layer that a server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// As the server wants to be asked for it.
    pub name: String,
    /// For people; the name where the server has no title.
    pub title: String,
}

impl Offer {
    /// A layer by its name, with the title as it may be printed. Names that could not be asked for are none.
    pub(super) fn of(name: &str, title: Option<&str>) -> Option<Self> {
        let fine = !name.trim().is_empty() && name.len() <= 500 && !name.chars().any(char::is_control);
        let title = title.map(|t| words(t, 160)).filter(|t| !t.is_empty());
        fine.then(|| Self {
            name: name.into(),
            title: title.unwrap_or_else(|| words(name, 160)),
        })
    }
}

/// Limits for a list: nobody waits for minutes in a dialog.
pub fn list_limits() -> Limits {
    Limits {
        total: Duration::from_secs(30),
        answer_bytes: 64_000_000,
        total_bytes: 64_000_000,
        requests: 10,
        ..Limits::default()
    }
}

/// The layers of the server at `url`, in its own order.
///
/// # Errors
/// [`ServiceError::NotConfirmed`] before anything is contacted; else whatever the server did.
pub fn offers(
    folder: &Path,
    kind: ServiceKind,
    url: &str,
    confirmed: &Confirmations,
    limits: Limits,
    control: &Control,
) -> Result<Vec<Offer>, ServiceError> {
    let endpoint = Endpoint::of(kind, url)?;
    if !confirmed.allows(folder, &endpoint) {
        return Err(ServiceError::NotConfirmed {
            endpoint: endpoint.to_string(),
        });
    }
    let host = &endpoint.host;
    control.report(format!("{host}: Ebenen abfragen"), format!("{host}: asking for layers"), 0.3);
    let mut client = Client::new(&endpoint, limits, control);
    let mut found = match kind {
        ServiceKind::Wfs => wfs::offers(&mut client)?,
        ServiceKind::OgcApiFeatures => ogc_api::offers(&mut client)?,
        ServiceKind::Wms => wms::offers(&mut client)?,
        ServiceKind::Wmts => wmts::offers(&mut client)?,
        ServiceKind::Postgis => postgis::offers(&endpoint, limits)?,
    };
    found.truncate(MOST);
    if found.is_empty() {
        return Err(ServiceError::Unsupported {
            endpoint: endpoint.to_string(),
            why: crate::model::LocalText::new("der Dienst nennt keine Ebenen", "the service names no layers"),
        });
    }
    Ok(found)
}
