//! Small XML answers as a tree: capabilities and exception reports. Entities of a DOCTYPE, deep nesting and floods of elements
//! are refused; nothing is ever fetched.

use crate::model::LocalText;
use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_xml_entity,
    events::{BytesStart, Event},
};

const DEPTH: usize = 64;
const ELEMENTS: usize = 400_000;

/// An element without its prefix.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Node {
    /// Local name.
    pub name: String,
    /// Local attribute names with values.
    pub attributes: Vec<(String, String)>,
    /// Own text, trimmed.
    pub text: String,
    /// Elements inside.
    pub children: Vec<Node>,
}

impl Node {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    /// Children of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name == name)
    }

    /// The first descendant along a path of names.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, name| node.child(name))
    }

    /// Text of the first descendant along a path.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path).map(|n| n.text.as_str()).filter(|t| !t.is_empty())
    }

    /// Every descendant of a name, document order.
    pub fn every<'a>(&'a self, name: &str) -> Vec<&'a Node> {
        let mut out = vec![];
        let mut open: Vec<&Node> = vec![self];
        while let Some(node) = open.pop() {
            if node.name == name {
                out.push(node);
            }
            open.extend(node.children.iter().rev());
        }
        out
    }
}

/// Text of a document in UTF-8 or one of the Latin encodings.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(t) => t.into(),
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

fn refused(de: impl Into<String>, en: impl Into<String>) -> LocalText {
    LocalText::new(de, en)
}

/// The tree of a document, or what is wrong with it.
pub(super) fn parse(bytes: &[u8]) -> Result<Node, LocalText> {
    let text = text_of(bytes);
    let broken = |e: &dyn std::fmt::Display| {
        let e = super::http::words(&e.to_string(), 160);
        refused(format!("kein lesbares XML ({e})"), format!("no readable XML ({e})"))
    };
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<Node> = vec![];
    let mut count = 0usize;
    loop {
        let event = reader.read_event().map_err(|e| broken(&e))?;
        let mut closed = None;
        match event {
            Event::Start(ref tag) | Event::Empty(ref tag) => {
                count += 1;
                if open.len() >= DEPTH || count > ELEMENTS {
                    return Err(refused("das XML ist zu tief oder zu groß", "the XML is too deep or too large"));
                }
                let node = element(tag).map_err(|e| broken(&e))?;
                if matches!(event, Event::Empty(_)) {
                    closed = Some(node);
                } else {
                    open.push(node);
                }
            }
            Event::End(_) => closed = open.pop(),
            Event::Text(t) => push(&mut open, &t.xml10_content().map_err(|e| broken(&e))?),
            Event::CData(t) => push(&mut open, &t.xml10_content().map_err(|e| broken(&e))?),
            Event::GeneralRef(r) => {
                let known = match r.resolve_char_ref().map_err(|e| broken(&e))? {
                    Some(c) => Some(c.to_string()),
                    None => r.xml10_content().ok().and_then(|n| resolve_xml_entity(&n)).map(Into::into),
                };
                match known {
                    Some(t) => push(&mut open, &t),
                    None => return Err(refused("das XML verweist auf eine Entität", "the XML refers to an entity")),
                }
            }
            // Old map services name their DTD. Nothing is read from it, and entities of its own are refused wherever they are used.
            Event::DocType(d) if d.windows(8).any(|w| w.eq_ignore_ascii_case(b"<!ENTITY")) => {
                return Err(refused(
                    "XML mit eigenen Entitäten wird nicht gelesen",
                    "XML with entities of its own is not read",
                ));
            }
            Event::DocType(_) => {}
            Event::Eof => return Err(refused("das XML ist unvollständig oder leer", "the XML is incomplete or empty")),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
        }
        if let Some(mut node) = closed {
            node.text = node.text.trim().to_string();
            match open.last_mut() {
                Some(parent) => parent.children.push(node),
                None => return Ok(node),
            }
        }
    }
}

fn push(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

fn element(tag: &BytesStart<'_>) -> Result<Node, quick_xml::Error> {
    let local = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let mut attributes = vec![];
    for attribute in tag.attributes() {
        let attribute = attribute?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0)?.into_owned();
        attributes.push((local(attribute.key.local_name().as_ref()), value));
    }
    Ok(Node {
        name: local(tag.local_name().as_ref()),
        attributes,
        ..Node::default()
    })
}

/// What an exception report says, of any OGC protocol, or an OGC API problem document.
pub(super) fn exception(bytes: &[u8]) -> Option<String> {
    let start = bytes.trim_ascii_start();
    if start.first() == Some(&b'{') {
        let problem: serde_json::Value = serde_json::from_slice(start).ok()?;
        let said = ["description", "detail", "title", "message"]
            .iter()
            .find_map(|k| problem.get(*k)?.as_str())?;
        return (problem.get("type").and_then(|t| t.as_str()) != Some("FeatureCollection")).then(|| said.into());
    }
    let node = parse(bytes).ok()?;
    if !["ExceptionReport", "ServiceExceptionReport"].contains(&node.name.as_str()) {
        return None;
    }
    let mut said = vec![];
    for e in node.every("Exception").into_iter().chain(node.every("ServiceException")) {
        let code = e.attribute("exceptionCode").or_else(|| e.attribute("code"));
        let text: Vec<&str> = e.all("ExceptionText").map(|t| t.text.as_str()).collect();
        let text = if text.is_empty() { e.text.clone() } else { text.join(" ") };
        said.push(match code {
            Some(code) if text.is_empty() => code.to_string(),
            Some(code) => format!("{code}: {text}"),
            None => text,
        });
    }
    Some(if said.is_empty() { node.name } else { said.join("; ") })
}

/// What an answer is that is not what was asked for.
pub(super) fn looks_like(bytes: &[u8], content_type: &str) -> LocalText {
    let start = bytes.trim_ascii_start();
    let head = String::from_utf8_lossy(&start[..start.len().min(400)]).to_ascii_lowercase();
    if head.contains("<html") || head.contains("<!doctype html") {
        return LocalText::new(
            "eine HTML-Seite, vermutlich eine Anmeldung oder Fehlermeldung",
            "an HTML page, probably a login or an error message",
        );
    }
    if start.is_empty() {
        return LocalText::new("eine leere Antwort", "an empty answer");
    }
    let kind = super::http::words(content_type, 60);
    if head.starts_with('<') {
        return LocalText::new(format!("anderes XML ({kind})"), format!("other XML ({kind})"));
    }
    LocalText::new(format!("etwas anderes ({kind})"), format!("something else ({kind})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_without_prefixes_with_entities_and_cdata() {
        let n = parse(b"<?xml version='1.0'?><a:r xmlns:a='x' k='1 &amp; 2'><a:b>x &#228; &lt;<![CDATA[<c>]]></a:b><b/></a:r>").unwrap();
        assert_eq!((n.name.as_str(), n.attribute("k")), ("r", Some("1 & 2")));
        assert_eq!(n.text_at(&["b"]), Some("x ä <<c>"));
        assert_eq!(n.every("b").len(), 2);
        assert_eq!(
            parse(
                "<?xml version='1.0' encoding='ISO-8859-1'?><a>Stra\u{df}e</a>"
                    .chars()
                    .map(|c| c as u8)
                    .collect::<Vec<_>>()
                    .as_slice()
            )
            .unwrap()
            .text,
            "Straße"
        );
    }

    #[test]
    fn bombs_and_halves_are_refused() {
        for bad in [
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>".to_string(),
            "<a>&unknown;</a>".into(),
            "<a><b></a>".into(),
            "<a>".into(),
            String::new(),
            "text".into(),
            "<a>".repeat(100),
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn exceptions_of_every_protocol_are_told() {
        let ows = "<ows:ExceptionReport xmlns:ows='o'><ows:Exception exceptionCode='InvalidParameterValue' locator='typename'><ows:ExceptionText>No  such type</ows:ExceptionText></ows:Exception></ows:ExceptionReport>";
        assert_eq!(exception(ows.as_bytes()).unwrap(), "InvalidParameterValue: No  such type");
        let wms = "<ServiceExceptionReport><ServiceException code='LayerNotDefined'>\nnope\n</ServiceException></ServiceExceptionReport>";
        assert_eq!(exception(wms.as_bytes()).unwrap(), "LayerNotDefined: nope");
        assert_eq!(
            exception(br#"{"code":404,"description":"no collection"}"#).unwrap(),
            "no collection"
        );
        assert_eq!(exception(br#"{"type":"FeatureCollection","title":"x"}"#), None);
        assert_eq!(exception(b"<html></html>"), None);
        assert!(looks_like(b"<!DOCTYPE html><html>", "text/html").en.contains("HTML"));
    }
}
