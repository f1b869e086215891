//! Tables as offices export them, and as nobody should.

use super::*;
use crate::model::Value;
use std::io::Write;

fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (dir, path)
}

fn read(name: &str, bytes: &[u8]) -> Result<RawTable, ReadError> {
    let (_dir, path) = file(name, bytes);
    read_table(&path, &TableRequest::default())
}

#[test]
fn delimiter_encoding_and_number_form_are_found() {
    let windows = b"Schl\xfcssel;Stra\xdfe;Anteil\r\n0110;\"M\xfchlweg; hinten\";1.234,5\r\n0111;K\xf6nigsallee;7,25\r\n";
    let t = read("a.csv", windows).unwrap();
    assert_eq!(
        (t.form.delimiter, t.form.encoding.as_deref(), t.form.decimal_comma),
        (Some(';'), Some("windows-1252"), true)
    );
    assert_eq!(t.columns.names().collect::<Vec<_>>(), ["Schlüssel", "Straße", "Anteil"]);
    assert_eq!(t.columns.value("Straße", 0), Value::Text("Mühlweg; hinten".into()));
    assert_eq!(t.columns.value("Anteil", 0), Value::Real(1234.5));
    assert_eq!(
        (t.columns.value("Schlüssel", 0), t.texts[0][0].as_deref()),
        (Value::Text("0110".into()), Some("0110"))
    );

    let t = read("b.csv", "\u{feff}id,n\n1,1.5\n2,2.25\n".as_bytes()).unwrap();
    assert_eq!(
        (t.form.delimiter, t.form.encoding.as_deref(), t.form.decimal_comma),
        (Some(','), Some("UTF-8"), false)
    );
    assert_eq!(t.columns.names().next(), Some("id"), "the mark is no part of the name");

    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("id\tn\n1\t1,5\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let t = read("c.txt", &utf16).unwrap();
    assert_eq!((t.form.delimiter, t.columns.value("n", 0)), (Some('\t'), Value::Real(1.5)));
    assert_eq!(read("d.csv", b"sep=|\na|b\n1|2\n").unwrap().form.delimiter, Some('|'));
}

#[test]
fn titles_notes_and_odd_headings_are_counted() {
    let text = "Einwohner am Ort der Hauptwohnung\nStand: 30.06.2022\n\nid;n;n;\n1;*;4;\n2;12;–;\n3;5;6;\n© Amt für Statistik\n";
    let t = read("a.csv", text.as_bytes()).unwrap();
    assert_eq!(t.columns.names().collect::<Vec<_>>(), ["id", "n", "n_2", "column_4"]);
    let count = |code: &str| t.report.findings.iter().find(|f| f.code == code).map(|f| f.count);
    assert_eq!(
        (t.rows, count("RD-146"), count("RD-147"), count("RD-148")),
        (3, Some(2), Some(1), Some(2))
    );
    assert!(t.report.adds_up());
    assert_eq!(
        (t.columns.value("n", 0), t.columns.value("n", 1)),
        (Value::Null, Value::Integer(12))
    );
    assert_eq!(t.facts[1].marks.get("*"), Some(&1));
}

#[test]
fn hostile_text_ends_in_words() {
    for (bytes, word) in [
        ("1,".repeat(1_000_000).into_bytes(), "columns"),
        (b"no table at all\njust words\n".to_vec(), "no table"),
        (vec![], "no table"),
        (b"a;b\n1;\0\n".to_vec(), "no text"),
        (vec![0x80; 5000], "no table"),
        (b"a;b\n1;2;3\n1\n1;2;3;4\n1;2;3;4;5\n6\n".to_vec(), "different"),
    ] {
        let text = read("a.csv", &bytes).unwrap_err().text();
        assert!(text.en.contains(word), "{word}: {}", text.en);
    }
    // An open quotation mark swallows the rest; nothing breaks.
    let _ = read("a.csv", format!("a;b\n1;\"2\n{}", "3;4\n".repeat(10_000)).as_bytes());
    let (_dir, path) = file("a.csv", b"a;b\n1;2\n");
    let request = TableRequest {
        encoding: Some("klingon".into()),
        ..TableRequest::default()
    };
    assert!(read_table(&path, &request).unwrap_err().text().de.contains("klingon"));
}

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(vec![]);
    let mut zip = zip::ZipWriter::new(&mut bytes);
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    bytes.into_inner()
}

fn xlsx(cells: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>"#
    );
    let mut parts = vec![
        (
            "[Content_Types].xml",
            r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="EW" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_str()),
    ];
    parts.extend_from_slice(more);
    zipped(&parts)
}

const ROWS: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Einwohner</t></is></c></row>
<row r="3"><c r="A3" t="inlineStr"><is><t>id</t></is></c><c r="B3" t="inlineStr"><is><t>n</t></is></c></row>
<row r="4"><c r="A4"><v>1100101</v></c><c r="B4"><v>12.5</v></c></row>
<row r="5"><c r="A5"><v>1100102</v></c><c r="B5" t="inlineStr"><is><t>*</t></is></c></row>"#;

#[test]
fn a_workbook_is_read_by_its_saved_values_and_follows_no_link() {
    let linked = ROWS.replace("<v>12.5</v>", "<f>[1]Fremd!A1</f><v>12.5</v>");
    let link = (
        "xl/externalLinks/_rels/externalLink1.xml.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" Target="http://127.0.0.1:9/x.xlsx" TargetMode="External"/></Relationships>"#,
    );
    let bytes = xlsx(&linked, &[link]);
    let t = read("ew.csv", &bytes).unwrap();
    assert_eq!(
        (t.format, t.form.sheet.as_deref(), t.rows),
        ("XLSX", Some("EW"), 2),
        "the bytes decide, not the name"
    );
    assert_eq!(
        (t.columns.value("id", 0), t.columns.value("n", 0)),
        (Value::Integer(1_100_101), Value::Real(12.5))
    );
    assert_eq!((t.columns.value("n", 1), t.facts[1].marks.get("*")), (Value::Null, Some(&1)));
    let (_dir, path) = file("ew.xlsx", &bytes);
    let request = TableRequest {
        sheet: Some("Anders".into()),
        ..TableRequest::default()
    };
    assert!(read_table(&path, &request).unwrap_err().text().de.contains("„EW“"));
}

#[test]
fn workbooks_that_explode_are_refused() {
    let corner = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    assert!(matches!(read("a.xlsx", &xlsx(corner, &[])), Err(ReadError::TooLarge { .. })));
    let bomb = "0".repeat(700 << 20);
    assert!(matches!(
        read("a.xlsx", &xlsx(ROWS, &[("xl/x.xml", bomb.as_str())])),
        Err(ReadError::TooLarge { what: "bytes", .. })
    ));
    drop(bomb);
    let damaged = &xlsx(ROWS, &[])[..900];
    assert!(read("a.xlsx", damaged).is_err());
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="Tabelle1">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    zipped(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_str()),
        (
            "META-INF/manifest.xml",
            r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#,
        ),
    ])
}

#[test]
fn open_document_sheets_are_read_and_their_repetitions_weighed() {
    let cell = |t: &str| format!(r#"<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>"#);
    let value =
        |v: &str| format!(r#"<table:table-cell office:value-type="float" office:value="{v}"><text:p>{v}</text:p></table:table-cell>"#);
    let rest = r#"<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    let rows = format!(
        "<table:table-row>{}{}</table:table-row><table:table-row>{}{}</table:table-row>{rest}",
        cell("id"),
        cell("n"),
        cell("0110"),
        value("3.5")
    );
    let t = read("a.ods", &ods(&rows)).unwrap();
    assert_eq!(
        (t.format, t.rows, t.columns.value("n", 0), t.texts[0][0].as_deref()),
        ("ODS", 1, Value::Real(3.5), Some("0110"))
    );
    let bomb = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>"#;
    assert!(matches!(read("a.ods", &ods(bomb)), Err(ReadError::TooLarge { what: "cells", .. })));
}
