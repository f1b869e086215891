//! The relations of a file that stand for areas, counted without GDAL, and the date the file states about itself.

use super::{day, gml, pbf};
use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

/// Ways whose ids are kept: more than a federal state has.
const MAX_WAYS: usize = 30_000_000;

/// A relation that stands for an area.
#[derive(Debug, Default)]
pub(super) struct Relation {
    pub id: i64,
    pub name: String,
    /// Ways it is made of.
    ways: Vec<i64>,
    kind: String,
}

impl Relation {
    fn tag(&mut self, key: &str, value: &str) {
        match key {
            "type" => self.kind = value.into(),
            "name" => self.name = super::super::printable(value).chars().take(80).collect(),
            _ => {}
        }
    }

    fn is_area(&self) -> bool {
        matches!(self.kind.as_str(), "multipolygon" | "boundary")
    }
}

/// Areas, and the ways that the file holds.
#[derive(Debug, Default)]
pub(super) struct Relations {
    pub areas: Vec<Relation>,
    ways: Vec<i64>,
}

fn is_pbf(path: &Path) -> bool {
    let mut head = [0u8; 16];
    File::open(path).and_then(|mut f| f.read_exact(&mut head)).is_ok() && head[0] == 0
}

impl Relations {
    /// Reads the file once.
    pub fn of(path: &Path) -> Result<Self, String> {
        let mut relations = if is_pbf(path) { Self::of_pbf(path) } else { Self::of_xml(path) }?;
        relations.ways.sort_unstable();
        Ok(relations)
    }

    fn of_pbf(path: &Path) -> Result<Self, String> {
        let mut out = Self::default();
        let file = BufReader::new(File::open(path).map_err(|e| e.to_string())?);
        pbf::blocks(file, |kind, block| {
            if kind != b"OSMData" {
                return true;
            }
            let (areas, ways) = (&mut out.areas, &mut out.ways);
            let way = |id| {
                if ways.len() < MAX_WAYS {
                    ways.push(id);
                }
            };
            pbf::elements(block, way, |r| {
                let mut relation = Relation {
                    id: r.id,
                    ways: r.ways,
                    ..Default::default()
                };
                for (key, value) in r.tags {
                    relation.tag(&String::from_utf8_lossy(key), &String::from_utf8_lossy(value));
                }
                if relation.is_area() {
                    areas.push(relation);
                }
            });
            true
        })?;
        Ok(out)
    }

    fn of_xml(path: &Path) -> Result<Self, String> {
        let bytes = gml::read(path).map_err(|e| e.en)?;
        let mut out = Self::default();
        let mut current: Option<Relation> = None;
        let mut t = &bytes[..];
        while let Some(k) = t.iter().position(|b| *b == b'<') {
            t = &t[k..];
            let Some(end) = gml::tag_end(t) else { break };
            let tag = &t[1..end - 1];
            t = &t[end..];
            if tag == b"/relation" {
                out.areas.extend(current.take().filter(Relation::is_area));
                continue;
            }
            let name = tag.split(|b| b.is_ascii_whitespace() || *b == b'/').next().unwrap_or_default();
            let number = |key: &str| attribute(tag, key).and_then(|v| v.parse::<i64>().ok());
            match (name, &mut current) {
                (b"way", _) if out.ways.len() < MAX_WAYS => out.ways.extend(number("id")),
                (b"relation", _) => {
                    current = number("id").map(|id| Relation { id, ..Default::default() });
                }
                (b"member", Some(r)) if attribute(tag, "type").as_deref() == Some("way") => r.ways.extend(number("ref")),
                (b"tag", Some(r)) => {
                    if let (Some(key), Some(value)) = (attribute(tag, "k"), attribute(tag, "v")) {
                        r.tag(&key, &value);
                    }
                }
                _ => {}
            }
        }
        Ok(out)
    }

    /// How many of its ways the file does not hold.
    pub fn lacks(&self, relation: &Relation) -> usize {
        if self.ways.len() >= MAX_WAYS {
            return 0;
        }
        relation.ways.iter().filter(|id| self.ways.binary_search(id).is_err()).count()
    }
}

/// The value of an attribute inside a tag; entities stay as they are.
fn attribute(tag: &[u8], key: &str) -> Option<String> {
    let text = String::from_utf8_lossy(tag);
    let mut rest: &str = &text;
    loop {
        let at = rest.find(key)?;
        let before = rest[..at].chars().next_back();
        let after = rest[at + key.len()..].trim_start();
        if before.is_some_and(char::is_whitespace)
            && let Some(value) = after.strip_prefix('=').map(str::trim_start)
        {
            let quote = value.chars().next().filter(|q| matches!(q, '"' | '\''))?;
            return value[1..].split(quote).next().map(Into::into);
        }
        rest = &rest[at + key.len()..];
    }
}

/// The date a file states in its header.
pub(super) fn stated_date(path: &Path) -> Option<String> {
    if is_pbf(path) {
        let mut seconds = None;
        pbf::blocks(BufReader::new(File::open(path).ok()?), |kind, block| {
            seconds = pbf::replication_seconds(block).filter(|_| kind == b"OSMHeader");
            false
        })
        .ok()?;
        let seconds = seconds?;
        return day(&jiff::Timestamp::from_second(seconds).ok()?.to_string());
    }
    let mut head = vec![];
    BufReader::new(File::open(path).ok()?).take(4096).read_to_end(&mut head).ok()?;
    let mut t = &head[..];
    while let Some(k) = t.iter().position(|b| *b == b'<') {
        t = &t[k..];
        let end = gml::tag_end(t)?;
        let tag = &t[1..end - 1];
        t = &t[end..];
        let key = if tag.starts_with(b"meta") { "osm_base" } else { "timestamp" };
        if tag.starts_with(b"meta") || tag.starts_with(b"osm") {
            if let Some(day) = attribute(tag, key).and_then(|v| day(&v)) {
                return Some(day);
            }
        } else if tag.starts_with(b"node") {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_of_a_tag() {
        let tag = br#"member type='way' ref = "99" role="the ref""#;
        assert_eq!(attribute(tag, "ref").as_deref(), Some("99"));
        assert_eq!(attribute(tag, "type").as_deref(), Some("way"));
        assert_eq!(attribute(tag, "k"), None);
    }
}
