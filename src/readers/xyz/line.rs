//! One line of an XYZ list: three numbers, parted in whatever way the office chose.

/// How the numbers of a line are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// `;` or `,`; `None` for spaces and tabs.
    delimiter: Option<u8>,
    decimal_comma: bool,
}

/// What the columns of a heading may be called.
const HEADINGS: [&str; 17] = [
    "x",
    "y",
    "z",
    "e",
    "n",
    "h",
    "east",
    "north",
    "easting",
    "northing",
    "height",
    "hoehe",
    "höhe",
    "rechtswert",
    "hochwert",
    "rw",
    "hw",
];

/// The form of a list by its first lines; `None` when they are no list of three numbers. The last line counts only where `whole` says
/// that nothing was cut off.
pub(super) fn form(head: &[u8], whole: bool) -> Option<Form> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let head = if whole {
        head
    } else {
        &head[..head.iter().rposition(|b| *b == b'\n')?]
    };
    let lines = || {
        head.split(|b| *b == b'\n')
            .map(<[u8]>::trim_ascii)
            .filter(|l| !l.is_empty() && l[0] != b'#')
    };
    let sample = lines().find(|l| !is_heading(l))?;
    let has = |b: u8| sample.contains(&b);
    let inner_space = sample.iter().any(|b| matches!(b, b' ' | b'\t'));
    let comma_ends_word = sample.windows(2).any(|w| w[0] == b',' && matches!(w[1], b' ' | b'\t'));
    let delimiter = if has(b';') {
        Some(b';')
    } else if has(b',') && (!inner_space || comma_ends_word) {
        Some(b',')
    } else {
        None
    };
    let form = Form {
        delimiter,
        decimal_comma: delimiter != Some(b',') && has(b','),
    };
    let mut n = 0;
    for (k, line) in lines().enumerate() {
        match form.numbers(line) {
            Some(_) => n += 1,
            None if k == 0 && is_heading(line) => {}
            None => return None,
        }
    }
    (n >= 3).then_some(form)
}

/// True for a line that names its columns.
pub(super) fn is_heading(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line).to_lowercase();
    let mut words = text
        .split([' ', '\t', ',', ';'])
        .map(|w| w.trim_matches(['"', '\'', ' ']))
        .filter(|w| !w.is_empty());
    let (mut n, mut known) = (0, true);
    for word in words.by_ref() {
        n += 1;
        // "z [m]", "Höhe_DHHN2016"
        known &= HEADINGS.contains(&word) || word.starts_with('[') || HEADINGS.iter().any(|h| h.len() > 3 && word.starts_with(h));
    }
    n >= 3 && known
}

impl Form {
    /// The three numbers of a line.
    pub(super) fn numbers(self, line: &[u8]) -> Option<[f64; 3]> {
        let text = std::str::from_utf8(line).ok()?;
        let mut out = [0.0; 3];
        let mut n = 0;
        let mut take = |word: &str| -> Option<()> {
            let value = if self.decimal_comma {
                word.replace(',', ".").parse()
            } else {
                word.parse::<f64>()
            };
            *out.get_mut(n)? = value.ok().filter(|v| v.is_finite())?;
            n += 1;
            Some(())
        };
        match self.delimiter {
            Some(d) => {
                let text = text.trim().trim_end_matches(d as char);
                text.split(d as char).try_for_each(|w| take(w.trim()))?;
            }
            None => text.split_ascii_whitespace().try_for_each(&mut take)?,
        }
        (n == 3).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<[f64; 3]> {
        let f = form(text.as_bytes(), true)?;
        text.lines().find_map(|l| f.numbers(l.as_bytes()))
    }

    #[test]
    fn every_office_parts_its_numbers_in_its_own_way() {
        let wanted = Some([280_000.5, 5_659_000.5, 45.25]);
        for (sep, point) in [
            (" ", "."),
            ("\t", "."),
            (",", "."),
            (";", "."),
            (";", ","),
            ("  ", ","),
            (", ", "."),
            ("; ", ","),
        ] {
            let line = ["280000.5", "5659000.5", "45.25"].map(|n| n.replace('.', point)).join(sep);
            assert_eq!(first(&format!("{line}\n").repeat(3)), wanted, "{line}");
        }
        let text = "\u{feff}X;Y;Höhe\n1;2;3\n1;3;3\n1;4;3\n";
        assert_eq!(first(text), Some([1.0, 2.0, 3.0]));
    }

    #[test]
    fn other_text_is_no_list() {
        for text in [
            "a b c\n1 2 3\n1 2 3\n1 2 3\n",
            "1 2\n1 2\n1 2\n",
            "1 2 3 4\n1 2 3 4\n1 2 3 4\n",
            "id;lat;lon\n1;2;3\n1;2;3\n1;2;3\n",
            "1 2 3\n1 2 3\n",
            "1 2 nan\n1 2 nan\n1 2 nan\n",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
