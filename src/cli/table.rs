//! Tables and paragraphs that fit the terminal: columns as wide as their content, long cells wrapped, never cut.

use crate::export::plain;
use console::measure_text_width;

const GAP: usize = 2;
/// Words up to this stay whole: a column gives room only down to its longest word.
const LONGEST_WORD: usize = 26;

/// Which side of a column is straight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows of text under headings. Text of data is made harmless on the way in.
#[derive(Debug)]
pub(super) struct Table {
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with headings.
    pub fn new<const N: usize>(columns: [(String, Align); N]) -> Self {
        let (headings, align) = columns.into_iter().unzip();
        Self {
            align,
            rows: vec![headings],
        }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.align.len());
        self.rows.push(cells.iter().map(|c| plain(c)).collect());
    }

    /// True when there are only headings.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    /// The table as lines of at most `width` columns where words allow it.
    pub fn render(&self, width: usize, indent: usize, colour: bool) -> String {
        let mut widths: Vec<usize> = (0..self.align.len())
            .map(|k| self.rows.iter().map(|r| measure_text_width(&r[k])).max().unwrap_or(0))
            .collect();
        let room = width.saturating_sub(indent + GAP * widths.len().saturating_sub(1));
        let words: Vec<usize> = (0..widths.len())
            .map(|k| {
                self.rows
                    .iter()
                    .flat_map(|r| r[k].split(' '))
                    .map(measure_text_width)
                    .max()
                    .unwrap_or(0)
                    .min(LONGEST_WORD)
            })
            .collect();
        // The widest column gives first, so that short ones stay on one line; words break only when nothing else is left.
        for narrowest in [words, vec![8; widths.len()]] {
            while widths.iter().sum::<usize>() > room {
                let widest = (0..widths.len()).filter(|k| widths[*k] > narrowest[*k]).max_by_key(|k| widths[*k]);
                match widest {
                    Some(k) => widths[k] -= 1,
                    None => break,
                }
            }
        }
        let heading = console::Style::new().dim().force_styling(colour);
        let mut out = String::new();
        for (n, row) in self.rows.iter().enumerate() {
            let cells: Vec<Vec<String>> = row.iter().zip(&widths).map(|(c, w)| wrap(c, *w)).collect();
            for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
                let mut text = " ".repeat(indent);
                for (k, cell) in cells.iter().enumerate() {
                    let part = cell.get(line).map_or("", String::as_str);
                    let pad = " ".repeat(widths[k].saturating_sub(measure_text_width(part)));
                    match self.align[k] {
                        Align::Left => text.extend([part, &pad]),
                        Align::Right => text.extend([pad.as_str(), part]),
                    }
                    text.push_str(&" ".repeat(GAP));
                }
                let text = text.trim_end();
                if n == 0 {
                    out.push_str(&heading.apply_to(text).to_string());
                } else {
                    out.push_str(text);
                }
                out.push('\n');
            }
        }
        out
    }
}

/// The text in lines of at most `width` columns, broken at spaces; only a word that is longer is cut.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let mut word = word;
        let mut long = measure_text_width(word);
        if used > 0 && used + 1 + long > width {
            lines.push(String::new());
            used = 0;
        }
        while long > width {
            let mut end = 0;
            for (at, c) in word.char_indices() {
                if measure_text_width(&word[..at + c.len_utf8()]) > width && end > 0 {
                    break;
                }
                end = at + c.len_utf8();
            }
            let (head, tail) = word.split_at(end);
            if let Some(line) = lines.last_mut() {
                line.push_str(head);
            }
            lines.push(String::new());
            word = tail;
            long = measure_text_width(word);
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += long;
        }
    }
    lines
}

/// A paragraph of data or prose with a margin.
pub(super) fn paragraph(text: &str, width: usize, indent: usize) -> String {
    let margin = " ".repeat(indent);
    wrap(&plain(text), width.saturating_sub(indent))
        .iter()
        .fold(String::new(), |out, line| out + &margin + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        let text = "Wohngebiet im Lärmband über 65 dB(A) am Donaudampfschifffahrtsgesellschaftskapitänsweg 12";
        for width in [5, 12, 30, 200] {
            let lines = wrap(text, width);
            assert!(lines.iter().all(|l| measure_text_width(l) <= width), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
        assert_eq!(wrap("", 10), [""]);
    }

    #[test]
    fn a_table_keeps_to_eighty_columns_and_disarms_data() {
        let mut t = Table::new([
            ("id".into(), Align::Left),
            ("name".into(), Align::Left),
            ("m²".into(), Align::Right),
        ]);
        t.row(["N1-1".into(), "ein sehr langer Name ".repeat(8) + "\u{1b}[31m", "1 234".into()]);
        t.row(["N1-2".into(), "kurz".into(), "5".into()]);
        let text = t.render(80, 2, false);
        assert!(text.lines().all(|l| measure_text_width(l) <= 80), "{text}");
        assert!(!text.contains('\u{1b}'));
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("  N1-2") && last.ends_with('5'), "{text}");
        assert_eq!(measure_text_width(last), 80);
    }
}
