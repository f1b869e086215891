//! `inspect` on a table: delimiter, encoding, number form, and every column with its kind and its first values.

use super::{
    context::Context,
    findings::findings,
    table::{Align, Table, paragraph},
};
use crate::{
    export::plain,
    model::LocalText,
    readers::{self, ReadError, TableInspection},
};
use std::path::Path;

/// The table in a file, or why it cannot be read; `None` when the file is a map, a grid or nothing that could be a table.
pub(super) fn account(path: &Path) -> Option<Result<TableInspection, LocalText>> {
    if readers::is_workbook(path) {
        return Some(readers::inspect_table(path).map_err(|e| e.text()));
    }
    // What a reader of maps knows is a map; of the rest, what can be read as a table is one.
    match readers::inspect(path) {
        Err(ReadError::UnknownFormat { .. }) => readers::inspect_table(path).ok().map(Ok),
        _ => None,
    }
}

/// The report for people.
pub(super) fn render(table: &TableInspection, context: &Context) -> String {
    let mut out = format!("{}\n  {}\n", context.bold(&plain(&table.file)), head(table, context));
    let mut list = Table::new([
        (context.text("inspect-column"), Align::Left),
        (context.text("inspect-kind"), Align::Left),
        (context.text("inspect-filled"), Align::Right),
        (context.text("inspect-marks"), Align::Left),
        (context.text("inspect-samples"), Align::Left),
    ]);
    for column in &table.columns {
        let marks: Vec<String> = column.marks.iter().map(|(m, n)| format!("{n} × {m}")).collect();
        list.row([
            plain(&column.name).to_string(),
            context.text(match column.kind {
                "integer" => "inspect-kind-integer",
                "real" => "inspect-kind-real",
                _ => "inspect-kind-text",
            }),
            column.filled.to_string(),
            plain(&marks.join(", ")).to_string(),
            plain(&column.samples.join(" · ")).to_string(),
        ]);
    }
    out.push_str(&list.render(context.width, 2, context.colour));
    out.push_str(&paragraph(&context.text("inspect-join-hint"), context.width, 2));
    out.push_str(&findings([&table.report], context));
    out.push('\n');
    out
}

fn head(table: &TableInspection, context: &Context) -> String {
    let form = &table.form;
    let mut parts = vec![
        table.format.to_string(),
        context.text_with("inspect-rows", &[("n", table.rows.to_string())]),
    ];
    if let Some(sheet) = &form.sheet {
        parts.push(context.text_with("inspect-sheet", &[("name", plain(sheet).to_string())]));
    }
    if let Some(d) = form.delimiter {
        let shown = if d == '\t' { context.text("inspect-tab") } else { d.to_string() };
        parts.push(context.text_with("inspect-delimiter", &[("mark", shown)]));
    }
    parts.extend(form.encoding.clone());
    if form.delimiter.is_some() {
        parts.push(context.text(if form.decimal_comma {
            "inspect-decimal-comma"
        } else {
            "inspect-decimal-point"
        }));
    }
    parts.join(", ")
}
