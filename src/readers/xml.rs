//! XML piece by piece in bounded memory: bytes in, tags and texts out. A DOCTYPE (entity bombs, foreign files), a second root, deep
//! nesting and endless texts are refused; so is every encoding in which the bytes could mean something else than they seem to.

use crate::model::LocalText;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::{
    borrow::Cow,
    io::{self, BufRead, Read},
};

/// Elements inside elements.
const MAX_DEPTH: usize = 64;
/// Bytes from one `<` to the next: a coordinate list of a few hundred thousand vertices.
const MAX_PIECE: usize = 32 << 20;

/// Why a document cannot be read on.
#[derive(Debug)]
pub(crate) enum XmlError {
    /// Never read, whatever stands in it.
    Refused(LocalText),
    /// Damaged at a place; what came before may be used.
    Broken(String),
}

/// One step through a document.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    /// An element begins; an empty element is followed by its [`Step::End`] like any other.
    Start(Tag<'a>),
    /// The innermost open element ends.
    End,
    /// A piece of text; one text may come in several pieces.
    Text(Cow<'a, str>),
    /// The document ends.
    Done,
}

/// A start tag.
#[derive(Debug)]
pub(crate) struct Tag<'a> {
    start: BytesStart<'a>,
    latin: bool,
}

impl Tag<'_> {
    /// Name without its prefix; empty when it is no text.
    pub(crate) fn name(&self) -> &str {
        std::str::from_utf8(self.start.local_name().into_inner()).unwrap_or_default()
    }

    /// Whether the text of its attributes holds these bytes: a quick look before an attribute is asked for.
    pub(crate) fn mentions(&self, what: &str) -> bool {
        let raw = self.start.attributes_raw();
        raw.len() >= what.len() && raw.windows(what.len()).any(|w| w == what.as_bytes())
    }

    /// The value of the attribute of that name without its prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let found = self
            .start
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|a| a.key.local_name().into_inner() == name.as_bytes())?;
        let raw = text(&found.value, self.latin);
        let unescaped = quick_xml::escape::unescape(&raw).map(Cow::into_owned);
        Some(unescaped.unwrap_or_else(|_| raw.into_owned()))
    }
}

/// A document that is read step by step.
pub(crate) struct Xml<R> {
    reader: Reader<Guard<R>>,
    buffer: Vec<u8>,
    depth: usize,
    roots: usize,
    latin: bool,
}

impl<R: BufRead> Xml<R> {
    /// A document from its first byte on.
    pub(crate) fn new(inner: R) -> Self {
        let mut reader = Reader::from_reader(Guard {
            inner,
            since: 0,
            too_long: false,
        });
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: vec![],
            depth: 0,
            roots: 0,
            latin: false,
        }
    }

    /// Open elements.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Bytes read so far.
    pub(crate) fn position(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// The next step.
    pub(crate) fn step(&mut self) -> Result<Step<'_>, XmlError> {
        self.buffer.clear();
        let at = self.reader.buffer_position();
        let broken = |what: String| XmlError::Broken(format!("{what}, byte {at}"));
        let latin = self.latin;
        match self.reader.read_event_into(&mut self.buffer) {
            Err(_) if self.reader.get_ref().too_long => Err(refused(
                format!(
                    "Zwischen zwei Marken stehen mehr als {} MiB Text. Die Datei ist beschädigt oder bösartig.",
                    MAX_PIECE >> 20
                ),
                format!(
                    "more than {} MiB of text stand between two tags. The file is damaged or malicious.",
                    MAX_PIECE >> 20
                ),
            )),
            Err(e) => Err(broken(e.to_string())),
            Ok(Event::DocType(_)) => Err(refused(
                "Das Dokument enthält ein DOCTYPE; das kann fremde Dateien einbinden. Ohne DOCTYPE neu exportieren.",
                "the document contains a DOCTYPE, which can pull in other files. Export it again without one.",
            )),
            Ok(Event::Decl(d)) => {
                let name = d
                    .encoding()
                    .and_then(Result::ok)
                    .map(|e| String::from_utf8_lossy(&e).to_ascii_lowercase());
                match name.as_deref() {
                    None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => {}
                    Some("iso-8859-1" | "iso-8859-15" | "windows-1252" | "latin1") => self.latin = true,
                    Some(other) => {
                        let other = super::printable(other);
                        return Err(refused(
                            format!("Zeichenkodierung „{other}“ wird nicht unterstützt. Als UTF-8 speichern."),
                            format!("encoding “{other}” is not supported. Save it as UTF-8."),
                        ));
                    }
                }
                Ok(Step::Text(Cow::Borrowed("")))
            }
            Ok(Event::Start(start) | Event::Empty(start)) => {
                if self.depth == 0 {
                    self.roots += 1;
                    if self.roots > 1 {
                        return Err(broken("second root element".into()));
                    }
                }
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(refused(
                        format!("Elemente sind mehr als {MAX_DEPTH}-fach geschachtelt. Die Datei ist beschädigt oder bösartig."),
                        format!("elements are nested more than {MAX_DEPTH} deep. The file is damaged or malicious."),
                    ));
                }
                Ok(Step::Start(Tag { start, latin }))
            }
            Ok(Event::End(_)) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Step::End)
            }
            Ok(Event::Text(t)) => Ok(Step::Text(owned_text(t.into_inner(), latin))),
            Ok(Event::CData(t)) => Ok(Step::Text(owned_text(t.into_inner(), latin))),
            Ok(Event::GeneralRef(r)) => match r.resolve_char_ref() {
                Ok(Some(c)) => Ok(Step::Text(Cow::Owned(c.to_string()))),
                Ok(None) => {
                    let name = String::from_utf8_lossy(&r).into_owned();
                    match quick_xml::escape::resolve_predefined_entity(&name) {
                        Some(t) => Ok(Step::Text(Cow::Borrowed(t))),
                        // Without a DOCTYPE there is no other.
                        None => Err(broken(format!("unknown entity &{};", super::printable(&name)))),
                    }
                }
                Err(e) => Err(broken(e.to_string())),
            },
            Ok(Event::Comment(_) | Event::PI(_)) => Ok(Step::Text(Cow::Borrowed(""))),
            Ok(Event::Eof) if self.depth > 0 => Err(broken(format!("the file ends inside {} open elements", self.depth))),
            Ok(Event::Eof) => Ok(Step::Done),
        }
    }
}

fn refused(de: impl Into<String>, en: impl Into<String>) -> XmlError {
    XmlError::Refused(LocalText::new(de, en))
}

fn text(bytes: &[u8], latin: bool) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(t) => Cow::Borrowed(t),
        Err(_) if latin => Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

fn owned_text(bytes: Cow<'_, [u8]>, latin: bool) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(b) => text(b, latin),
        Cow::Owned(b) => Cow::Owned(text(&b, latin).into_owned()),
    }
}

/// Counts the bytes since the last `<` and stops when there are too many: the parser would hold them all.
struct Guard<R> {
    inner: R,
    since: usize,
    too_long: bool,
}

impl<R: BufRead> Read for Guard<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Guard<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > MAX_PIECE {
            self.too_long = true;
            return Err(io::Error::other("piece too long"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        // The same bytes again: nothing is read as long as the buffer is not used up.
        if let Ok(bytes) = self.inner.fill_buf() {
            let taken = &bytes[..n.min(bytes.len())];
            match taken.iter().rposition(|b| *b == b'<') {
                Some(k) => self.since = taken.len() - k,
                None => self.since += taken.len(),
            }
        }
        self.inner.consume(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8]) -> Result<String, XmlError> {
        // In pieces, as from a file.
        let mut xml = Xml::new(io::BufReader::with_capacity(1 << 16, bytes));
        let mut out = String::new();
        loop {
            match xml.step()? {
                Step::Start(t) => out += &format!("<{} {}>", t.name(), t.attribute("href").unwrap_or_default()),
                Step::End => out.push('/'),
                Step::Text(t) => out += &t,
                Step::Done => return Ok(out),
            }
        }
    }

    #[test]
    fn texts_and_attributes_come_decoded() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a:b x:href='#\xfc&amp;'>Stra\xdfe &lt;&#52;<c/><![CDATA[<&]]></a:b>";
        assert_eq!(walk(latin).unwrap(), "<b #ü&>Straße <4<c >/<&/");
    }

    #[test]
    fn bombs_are_refused_and_damage_is_named() {
        let refused = |b: &[u8]| matches!(walk(b), Err(XmlError::Refused(_)));
        assert!(refused(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"));
        assert!(refused("<a>".repeat(100).as_bytes()));
        assert!(refused(b"<?xml version='1.0' encoding='UTF-7'?><a/>"));
        assert!(refused(&[b"<a>".as_slice(), &vec![b'1'; MAX_PIECE + (1 << 20)], b"</a>"].concat()));
        assert!(refused(&[b"<a b='".as_slice(), &vec![b'1'; MAX_PIECE + (1 << 20)]].concat()));
        let broken = |b: &[u8]| matches!(walk(b), Err(XmlError::Broken(_)));
        assert!(broken(b"<a><b></a>") && broken(b"<a>&b;</a>") && broken(b"<a/><b/>") && broken(b"<a><b/>"));
    }
}
