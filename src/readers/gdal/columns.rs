//! Attribute columns from OGR fields: one column a field, filled row by row.

use crate::model::{Column, Finding, Level, Table};
use gdal_sys::{OGRFeatureH, OGRFieldType, OGRLayerH};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    ffi::{CStr, c_int},
    sync::Arc,
};

/// How a field is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    Boolean,
    Integer,
    Real,
    Text,
    Date,
    Time,
    DateTime,
    Integers,
    Integers64,
    Reals,
    Texts,
    Binary,
}

impl FieldKind {
    fn of(kind: OGRFieldType::Type, subtype: gdal_sys::OGRFieldSubType::Type) -> Self {
        match kind {
            OGRFieldType::OFTInteger if subtype == gdal_sys::OGRFieldSubType::OFSTBoolean => Self::Boolean,
            OGRFieldType::OFTInteger | OGRFieldType::OFTInteger64 => Self::Integer,
            OGRFieldType::OFTReal => Self::Real,
            OGRFieldType::OFTDate => Self::Date,
            OGRFieldType::OFTTime => Self::Time,
            OGRFieldType::OFTDateTime => Self::DateTime,
            OGRFieldType::OFTIntegerList => Self::Integers,
            OGRFieldType::OFTInteger64List => Self::Integers64,
            OGRFieldType::OFTRealList => Self::Reals,
            OGRFieldType::OFTStringList => Self::Texts,
            OGRFieldType::OFTBinary => Self::Binary,
            _ => Self::Text,
        }
    }

    /// The name in an inspection.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Text => "text",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::Integers | Self::Integers64 | Self::Reals | Self::Texts => "list",
            Self::Binary => "binary",
        }
    }
}

/// A text column under construction.
#[derive(Debug, Default)]
pub(super) struct Texts {
    dictionary: Vec<Arc<str>>,
    codes: Vec<u32>,
    seen: HashMap<Arc<str>, u32>,
}

impl Texts {
    pub(super) fn push(&mut self, text: Option<&str>) {
        let code = text.map_or(Column::NO_TEXT, |text| {
            if let Some(code) = self.seen.get(text) {
                return *code;
            }
            let (code, text): (u32, Arc<str>) = (self.dictionary.len() as u32, text.into());
            self.dictionary.push(text.clone());
            self.seen.insert(text, code);
            code
        });
        self.codes.push(code);
    }
}

#[derive(Debug)]
pub(super) enum Values {
    Boolean(Vec<Option<bool>>),
    Integer(Vec<Option<i64>>),
    Real(Vec<f64>),
    Text(Texts),
}

/// One attribute under construction.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) index: c_int,
    pub(super) name: String,
    pub(super) kind: FieldKind,
    pub(super) values: Values,
}

/// The attributes of a layer under construction.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) fields: Vec<Field>,
    /// Texts that were no UTF-8 and were taken for Windows-1252.
    pub(super) recoded: u64,
    /// Numbers that were not finite and became unknown.
    pub(super) not_numbers: u64,
    /// An attribute has another name than in the file.
    pub(super) renamed: bool,
    pub(super) findings: Vec<Finding>,
}

/// The fields of a layer: position, name, kind.
pub(super) fn fields(layer: OGRLayerH) -> Vec<(c_int, String, FieldKind)> {
    // SAFETY: the definition belongs to the layer, which the caller holds; indices are in range.
    unsafe {
        let defn = gdal_sys::OGR_L_GetLayerDefn(layer);
        (0..gdal_sys::OGR_FD_GetFieldCount(defn))
            .map(|i| {
                let f = gdal_sys::OGR_FD_GetFieldDefn(defn, i);
                let name = text_of(gdal_sys::OGR_Fld_GetNameRef(f)).map_or(String::new(), |t| t.0);
                (
                    i,
                    name,
                    FieldKind::of(gdal_sys::OGR_Fld_GetType(f), gdal_sys::OGR_Fld_GetSubType(f)),
                )
            })
            .collect()
    }
}

/// A C string and whether it had to be recoded.
fn text_of(p: *const std::ffi::c_char) -> Option<(String, bool)> {
    if p.is_null() {
        return None;
    }
    // SAFETY: OGR returns null or a C string that lives until the next call on the feature.
    let bytes = unsafe { CStr::from_ptr(p) }.to_bytes();
    let (text, recoded) = decode(bytes);
    Some((text.into_owned(), recoded))
}

/// UTF-8, else Windows-1252, which is what undeclared German files hold.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(t) => (Cow::Borrowed(t), false),
        Err(_) => (bytes.iter().map(|b| cp1252(*b)).collect::<String>().into(), true),
    }
}

fn cp1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}', '‘', '’', '“',
        '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        b => char::from(b),
    }
}

impl Columns {
    /// Columns for every field that can be held; the others are reported.
    pub(super) fn new(layer: OGRLayerH) -> Self {
        let mut out = Self::default();
        let mut seen = BTreeSet::new();
        for (index, source, kind) in fields(layer) {
            let shown = crate::readers::printable(&source);
            if kind == FieldKind::Binary {
                out.findings.push(Finding::new(
                    "RD-012",
                    Level::Info,
                    format!("Attribut „{shown}“ enthält Binärdaten und wurde weggelassen."),
                    format!("Attribute “{shown}” holds binary data and was left out."),
                ));
                continue;
            }
            let mut name = source.clone();
            let mut n = 1;
            while !seen.insert(name.clone()) {
                n += 1;
                name = format!("{source}_{n}");
            }
            if n > 1 {
                out.renamed = true;
                out.findings.push(Finding::new(
                    "RD-012",
                    Level::Warning,
                    format!("Attribut „{shown}“ kommt mehrmals vor; eines heißt jetzt „{shown}_{n}“."),
                    format!("Attribute “{shown}” occurs more than once; one is now called “{shown}_{n}”."),
                ));
            }
            let values = match kind {
                FieldKind::Boolean => Values::Boolean(vec![]),
                FieldKind::Integer => Values::Integer(vec![]),
                FieldKind::Real => Values::Real(vec![]),
                _ => Values::Text(Texts::default()),
            };
            out.fields.push(Field { index, name, kind, values });
        }
        out
    }

    /// Appends the attributes of a feature.
    ///
    /// # Safety
    /// `feature` must be a valid feature of the layer given to [`Self::new`].
    pub(super) unsafe fn push(&mut self, feature: OGRFeatureH) {
        for field in &mut self.fields {
            let i = field.index;
            // SAFETY: by the contract above; the kinds come from the layer's own definition.
            unsafe {
                let set = gdal_sys::OGR_F_IsFieldSetAndNotNull(feature, i) != 0;
                match &mut field.values {
                    Values::Boolean(v) => v.push(set.then(|| gdal_sys::OGR_F_GetFieldAsInteger(feature, i) != 0)),
                    Values::Integer(v) => v.push(set.then(|| gdal_sys::OGR_F_GetFieldAsInteger64(feature, i))),
                    Values::Real(v) => {
                        let x = if set {
                            gdal_sys::OGR_F_GetFieldAsDouble(feature, i)
                        } else {
                            f64::NAN
                        };
                        self.not_numbers += u64::from(set && !x.is_finite());
                        v.push(if x.is_finite() { x } else { f64::NAN });
                    }
                    Values::Text(v) => {
                        let text = if set { text_value(feature, i, field.kind) } else { None };
                        self.recoded += u64::from(text.as_ref().is_some_and(|t| t.1));
                        v.push(text.as_ref().map(|t| t.0.as_str()));
                    }
                }
            }
        }
    }

    /// The finished table; reports what had to be changed.
    pub(super) fn finish(mut self) -> (Table, Vec<Finding>) {
        if self.recoded > 0 {
            self.findings.push(Finding::new(
                "RD-010",
                Level::Warning,
                format!(
                    "{} Texte sind kein UTF-8 und wurden als Windows-1252 gelesen. Stimmen die Umlaute nicht, `encoding` angeben.",
                    self.recoded
                ),
                format!(
                    "{} texts are not UTF-8 and were read as Windows-1252. If umlauts are wrong, set `encoding`.",
                    self.recoded
                ),
            ));
        }
        if self.not_numbers > 0 {
            self.findings.push(Finding::new(
                "RD-012",
                Level::Warning,
                format!(
                    "{} Attributwerte sind keine endlichen Zahlen und gelten als unbekannt.",
                    self.not_numbers
                ),
                format!("{} attribute values are no finite numbers and count as unknown.", self.not_numbers),
            ));
        }
        let mut table = Table::default();
        for field in self.fields {
            let column = match field.values {
                Values::Boolean(v) => Column::Boolean(v),
                Values::Integer(v) => Column::Integer(v),
                Values::Real(v) => Column::Real(v),
                Values::Text(t) => {
                    if misread(&t.dictionary) {
                        let name = crate::readers::printable(&field.name);
                        self.findings.push(Finding::new(
                            "RD-010",
                            Level::Warning,
                            format!(
                                "Attribut „{name}“ sieht nach falsch gelesenem UTF-8 aus (Ã¤ statt ä). `encoding = \"UTF-8\"` angeben."
                            ),
                            format!("Attribute “{name}” looks like misread UTF-8 (Ã¤ for ä). Set `encoding = \"UTF-8\"`."),
                        ));
                    }
                    Column::Text {
                        dictionary: t.dictionary,
                        codes: t.codes,
                    }
                }
            };
            table.set(&field.name, column);
        }
        (table, self.findings)
    }
}

/// True when every text with high characters turns into UTF-8 when taken back to Latin-1.
fn misread(texts: &[Arc<str>]) -> bool {
    let mut found = false;
    for t in texts.iter().filter(|t| !t.is_ascii()) {
        let back: Option<Vec<u8>> = t.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        if back.is_none_or(|b| std::str::from_utf8(&b).is_err()) {
            return false;
        }
        found = true;
    }
    found
}

/// # Safety
/// See [`Columns::push`].
unsafe fn text_value(feature: OGRFeatureH, i: c_int, kind: FieldKind) -> Option<(String, bool)> {
    // SAFETY: by the contract; lists come with their length.
    unsafe {
        match kind {
            FieldKind::Date | FieldKind::Time | FieldKind::DateTime => date_text(feature, i, kind).map(|t| (t, false)),
            FieldKind::Integers => {
                let mut n = 0;
                let p = gdal_sys::OGR_F_GetFieldAsIntegerList(feature, i, &mut n);
                Some((join(p, n), false))
            }
            FieldKind::Integers64 => {
                let mut n = 0;
                let p = gdal_sys::OGR_F_GetFieldAsInteger64List(feature, i, &mut n);
                Some((join(p, n), false))
            }
            FieldKind::Reals => {
                let mut n = 0;
                let p = gdal_sys::OGR_F_GetFieldAsDoubleList(feature, i, &mut n);
                Some((join(p, n), false))
            }
            FieldKind::Texts => {
                let list = gdal_sys::OGR_F_GetFieldAsStringList(feature, i);
                let n = gdal_sys::CSLCount(list);
                let items: Vec<_> = (0..n).filter_map(|k| text_of(gdal_sys::CSLGetField(list, k))).collect();
                let joined = items.iter().map(|t| t.0.as_str()).collect::<Vec<_>>().join(", ");
                Some((joined, items.iter().any(|t| t.1)))
            }
            _ => text_of(gdal_sys::OGR_F_GetFieldAsString(feature, i)),
        }
    }
}

/// # Safety
/// `p` must be null or point to `n` values.
unsafe fn join<T: ToString>(p: *const T, n: c_int) -> String {
    if p.is_null() {
        return String::new();
    }
    // SAFETY: by the contract.
    let values = unsafe { std::slice::from_raw_parts(p, usize::try_from(n).unwrap_or(0)) };
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// ISO 8601 text of a date, time or both.
///
/// # Safety
/// See [`Columns::push`].
unsafe fn date_text(feature: OGRFeatureH, i: c_int, kind: FieldKind) -> Option<String> {
    let (mut y, mut mo, mut d, mut h, mut mi, mut s, mut zone) = (0, 0, 0, 0, 0, 0.0f32, 0);
    // SAFETY: writes seven numbers.
    let ok = unsafe { gdal_sys::OGR_F_GetFieldAsDateTimeEx(feature, i, &mut y, &mut mo, &mut d, &mut h, &mut mi, &mut s, &mut zone) };
    if ok == 0 {
        return None;
    }
    let date = format!("{y:04}-{mo:02}-{d:02}");
    let time = if s.fract() == 0.0 {
        format!("{h:02}:{mi:02}:{s:02.0}")
    } else {
        format!("{h:02}:{mi:02}:{s:06.3}")
    };
    // 100 is UTC, each step a quarter of an hour; 0 and 1 say nothing.
    let offset = match zone {
        100 => "Z".to_string(),
        z if z > 1 => {
            let minutes = (z - 100) * 15;
            format!(
                "{}{:02}:{:02}",
                if minutes < 0 { '-' } else { '+' },
                minutes.abs() / 60,
                minutes.abs() % 60
            )
        }
        _ => String::new(),
    };
    Some(match kind {
        FieldKind::Date => date,
        FieldKind::Time => time,
        _ => format!("{date}T{time}{offset}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undeclared_text_is_read_as_windows_1252() {
        assert_eq!(decode("Köln".as_bytes()), ("Köln".into(), false));
        assert_eq!(decode(b"Stra\xdfe \x80"), ("Straße €".into(), true));
    }

    #[test]
    fn misread_utf8_is_seen() {
        let texts = |t: &[&str]| t.iter().map(|t| Arc::from(*t)).collect::<Vec<Arc<str>>>();
        assert!(misread(&texts(&["KÃ¶ln", "Bonn"])));
        assert!(!misread(&texts(&["Köln", "KÃ¶ln"])) && !misread(&texts(&["Bonn"])) && !misread(&texts(&["…"])));
    }
}
