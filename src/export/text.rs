//! Data as harmless text: what a file says must not move a cursor, reverse a line or run in a spreadsheet.

/// The text without control and direction characters; line breaks and tabs become spaces.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
            // Direction overrides and isolates can show a text in another order than it is stored.
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => None,
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// A text cell of a CSV file: neutral in a spreadsheet, quoted where `separator`, quotes or breaks ask for it.
pub(super) fn csv_cell(text: &str, separator: char) -> String {
    // A formula hides behind what `plain` would remove, so look at the first character of both.
    let raw = text.chars().next();
    let mut cell = plain(text);
    let starts = |c: Option<char>| matches!(c, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n'));
    if starts(raw) || starts(cell.trim_start().chars().next()) {
        cell.insert(0, '\'');
    }
    if cell.contains([separator, '"', ',', ';']) {
        cell = format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_and_a_reader_see_what_is_stored() {
        assert_eq!(plain("a\u{1b}[31mrot\u{7}\u{9b}2J\u{202e}txt.exe\nb\tc"), "a[31mrot2Jtxt.exe b c");
        assert_eq!(plain("Mühlweg – ‚Süd‘ 🌳"), "Mühlweg – ‚Süd‘ 🌳");
    }

    #[test]
    fn no_cell_starts_a_formula() {
        for bad in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "\u{202e}=1",
            "\u{1b}=1",
        ] {
            let cell = csv_cell(bad, ';');
            assert!(cell.trim_start_matches('"').starts_with('\''), "{bad:?} became {cell:?}");
        }
        assert_eq!(csv_cell("say \"a;b\"", ';'), "\"say \"\"a;b\"\"\"");
        assert_eq!(csv_cell("WA – 55 dB(A)", ';'), "WA – 55 dB(A)");
    }
}
