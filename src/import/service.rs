//! Takes a layer of a service into a project: as a picture on the ground or as a source of a slot, entered in `project.toml`.

use super::{
    ImportError,
    take_in::{attributes, list, rewrite},
};
use crate::{
    model::SlotId,
    project::AttributeSource,
    services::{Reach, ServiceSource},
};
use std::{collections::BTreeMap, path::Path};
use toml_edit::{InlineTable, Item, Table, value};

/// What a service's layer becomes.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceUse {
    /// A picture on the ground, with its name in the layer list.
    Backdrop(String),
    /// Features of a slot.
    Layer {
        /// The slot.
        slot: SlotId,
        /// The attributes that its fields take.
        fields: BTreeMap<String, AttributeSource>,
        /// Areas become points.
        as_points: bool,
    },
}

/// Enters a service. Nobody is asked; the address is entered as it was confirmed, without what the protocol says itself.
///
/// # Errors
/// When the address is refused or the project file cannot be changed. The project file is then as before.
pub fn take_service(folder: &Path, source: &ServiceSource, used: &ServiceUse) -> Result<SlotId, ImportError> {
    let endpoint = source.endpoint().map_err(|source| ImportError::Service { source })?;
    let address = endpoint.to_string();
    match used {
        ServiceUse::Layer { slot, fields, as_points } => rewrite(
            folder,
            |document| {
                let mut table = begun("slot", &slot.0);
                if *as_points {
                    table["as"] = value("points");
                }
                attributes(&mut table, fields);
                table["service"] = Item::Table(service(source, &address));
                list(document, folder, "bind")?.push(table);
                Ok(slot.clone())
            },
            |before, after, slot| {
                let last = after.bindings.last();
                after.bindings.len() == before.bindings.len() + 1
                    && last.is_some_and(|b| b.slot == *slot && b.attributes == *fields && same(b.service.as_ref(), source, &address))
            },
        ),
        ServiceUse::Backdrop(title) => rewrite(
            folder,
            |document| {
                let list = list(document, folder, "backdrop")?;
                let taken: Vec<String> = list.iter().filter_map(|t| t.get("id")?.as_str().map(Into::into)).collect();
                let id = free_id(&source.layer, &taken);
                let mut table = begun("id", &id);
                let title = if title.trim().is_empty() { &source.layer } else { title.trim() };
                table["title"] = value(InlineTable::from_iter([("de", title), ("en", title)]));
                table["service"] = Item::Table(service(source, &address));
                list.push(table);
                Ok(SlotId::new("backdrop", &id))
            },
            |before, after, id| {
                let last = after.backdrops.last();
                after.backdrops.len() == before.backdrops.len() + 1
                    && last.is_some_and(|b| b.id == id.slot() && same(Some(&b.service), source, &address))
            },
        ),
    }
}

fn same(read: Option<&ServiceSource>, source: &ServiceSource, address: &str) -> bool {
    read.is_some_and(|r| {
        *r == ServiceSource {
            url: address.into(),
            ..source.clone()
        }
    })
}

fn begun(key: &str, text: &str) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table[key] = value(text);
    table
}

/// The `service` table; what is usual is not written.
fn service(source: &ServiceSource, address: &str) -> Table {
    let usual = ServiceSource::new(source.kind, address, &source.layer);
    let mut table = Table::new();
    table["kind"] = value(source.kind.key());
    table["url"] = value(address);
    table["layer"] = value(source.layer.as_str());
    let texts = [
        ("version", &source.version),
        ("format", &source.format),
        ("style", &source.style),
        ("geometry", &source.geometry),
        ("key", &source.key),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            table[key] = value(text.as_str());
        }
    }
    if source.reach == Reach::Everything {
        table["reach"] = value("everything");
    }
    if source.margin_m != usual.margin_m {
        table["margin_m"] = value(source.margin_m);
    }
    if let Some(resolution) = source.resolution_m {
        table["resolution_m"] = value(resolution);
    }
    table
}

/// An id from a layer's name that no other backdrop has.
fn free_id(layer: &str, taken: &[String]) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let id: String = layer.chars().map(plain).take(40).collect();
    let id = id.trim_matches('_');
    let id = if id.is_empty() { "picture" } else { id };
    let mut names = std::iter::once(id.to_string()).chain((2..).map(|n| format!("{id}_{n}")));
    names.find(|n| !taken.contains(n)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{project::ProjectFile, services::ServiceKind};

    const PROJECT: &str = "# Eine Stadt\nschema = 1\ntitle = { de = \"A\", en = \"A\" }   # heißt so\ncrs = \"EPSG:25833\"\nsite = [387400.0, 5821000.0]\nmodules = [\"social_infrastructure\"]\n";

    fn project() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("project.toml"), PROJECT).unwrap();
        dir
    }

    fn read(dir: &Path) -> (String, ProjectFile) {
        let path = dir.join("project.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let file = ProjectFile::parse(&text, &path).unwrap();
        (text, file)
    }

    #[test]
    fn pictures_are_entered_with_ids_of_their_own_and_comments_stay() {
        let dir = project();
        let source = ServiceSource::new(ServiceKind::Wms, "https://geo.stadt.de/wms?SERVICE=WMS&map=a", "city:DOP 20");
        let ids: Vec<SlotId> = ["Luftbild", " "]
            .map(|t| take_service(dir.path(), &source, &ServiceUse::Backdrop(t.into())).unwrap())
            .into();
        assert_eq!(
            ids.iter().map(|i| i.slot().to_string()).collect::<Vec<_>>(),
            ["city_dop_20", "city_dop_20_2"]
        );
        let (text, file) = read(dir.path());
        assert!(text.starts_with(PROJECT), "{text}");
        assert_eq!(file.backdrops[0].title.de, "Luftbild");
        assert_eq!(file.backdrops[1].title.de, "city:DOP 20");
        assert_eq!(file.backdrops[0].service.url, "https://geo.stadt.de/wms?map=a");
    }

    #[test]
    fn a_layer_is_entered_with_its_fields_and_a_refused_address_changes_nothing() {
        let dir = project();
        let slot = SlotId::new("social_infrastructure", "stops");
        let fields = BTreeMap::from([("name".to_string(), AttributeSource::Name("bez".into()))]);
        let wfs = ServiceSource::new(ServiceKind::Wfs, "https://geo.stadt.de/ows", "stadt:halte");
        let used = ServiceUse::Layer {
            slot: slot.clone(),
            fields: fields.clone(),
            as_points: true,
        };
        take_service(dir.path(), &wfs, &used).unwrap();
        let (before, file) = read(dir.path());
        assert_eq!((&file.bindings[0].slot, &file.bindings[0].attributes), (&slot, &fields));
        assert!(file.bindings[0].shape.is_some());
        assert_eq!(file.bindings[0].service.as_ref().unwrap().margin_m, 1000.0);
        let secret = ServiceSource::new(ServiceKind::Wfs, "https://geo.stadt.de/ows?token=abc", "l");
        let error = take_service(dir.path(), &secret, &used).unwrap_err();
        assert!(
            !error.text().en.contains("abc") && error.text().en.contains("access key"),
            "{}",
            error.text().en
        );
        assert_eq!(read(dir.path()).0, before);
    }
}
