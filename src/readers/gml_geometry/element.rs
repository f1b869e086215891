//! One object of a document as a tree. Objects are small; the document is not, so only one of them is held at a time.

use crate::{
    model::LocalText,
    readers::xml::{Step, Tag, Xml, XmlError},
};
use std::io::BufRead;

/// Elements of one object. The largest real plans have some ten thousand in their largest.
const MAX_NODES: usize = 2_000_000;

/// Attributes that mean something; others are never asked for.
const ATTRIBUTES: [&str; 6] = ["id", "href", "srsName", "srsDimension", "uom", "orientation"];

/// An element with everything inside it.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Element {
    /// Name without its prefix.
    pub(crate) name: String,
    /// Text directly inside, without the white space around it.
    pub(crate) text: String,
    /// Elements directly inside.
    pub(crate) children: Vec<Element>,
    attributes: Vec<(&'static str, String)>,
}

impl Element {
    /// The start of an element.
    pub(crate) fn of(tag: &Tag) -> Self {
        Self {
            name: tag.name().to_string(),
            attributes: ATTRIBUTES.iter().filter_map(|a| Some((*a, tag.attribute(a)?))).collect(),
            ..Self::default()
        }
    }

    /// The attribute of that name without its prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str())
    }

    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.name == name)
    }
}

/// Reads the rest of an element that has just begun.
pub(crate) fn subtree<R: BufRead>(xml: &mut Xml<R>, start: Element) -> Result<Element, XmlError> {
    // A list of what is open, so that depth costs no stack.
    let mut open = vec![start];
    let mut nodes = 0;
    loop {
        match xml.step()? {
            Step::Start(tag) => {
                nodes += 1;
                if nodes > MAX_NODES {
                    return Err(XmlError::Refused(LocalText::new(
                        format!("Ein Objekt besteht aus mehr als {MAX_NODES} Elementen. Die Datei ist beschädigt oder bösartig."),
                        format!("one object consists of more than {MAX_NODES} elements. The file is damaged or malicious."),
                    )));
                }
                open.push(Element::of(&tag));
            }
            Step::Text(text) => {
                if let Some(e) = open.last_mut() {
                    e.text.push_str(&text);
                }
            }
            Step::End => {
                let Some(mut element) = open.pop() else {
                    return Err(XmlError::Broken("end without a start".into()));
                };
                // White space between elements is kept by nobody.
                element.text = element.text.trim().to_string();
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => return Ok(element),
                }
            }
            Step::Done => return Err(XmlError::Broken("the file ends inside an element".into())),
        }
    }
}
