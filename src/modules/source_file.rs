//! The text a definition was read from, so that a message can name the line.

use std::sync::Arc;

/// A file of a module: its name relative to the folder of modules, and its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFile {
    /// `module/rules/X1_name.toml`; empty for definitions made by hand.
    pub name: Arc<str>,
    /// Text as read.
    pub text: Arc<str>,
}

impl SourceFile {
    /// A file from its name and text.
    pub fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// The file name without folders.
    pub fn stem(&self) -> &str {
        let name = self.name.rsplit('/').next().unwrap_or_default();
        name.strip_suffix(".toml").unwrap_or(name)
    }

    /// The line (from 1) that is found by looking for each text in turn, each after the one before; 0 if one is missing.
    pub fn line_of(&self, needles: &[&str]) -> usize {
        let mut at = 0;
        for needle in needles {
            match self.text[at..].find(needle) {
                Some(k) => at += k,
                None => return 0,
            }
        }
        self.line_at(at)
    }

    /// The line (from 1) of a byte offset.
    pub fn line_at(&self, offset: usize) -> usize {
        1 + self.text.as_bytes().iter().take(offset).filter(|b| **b == b'\n').count()
    }

    /// The key (or table header) that a line sets.
    pub fn key_on(&self, line: usize) -> String {
        let text = self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
        let key = text.split('=').next().unwrap_or_default().trim();
        key.trim_matches(['[', ']']).chars().take(60).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_keys_are_found() {
        let f = SourceFile::new("a/rules/X1_b.toml", "id = \"X1\"\n[subject]\nslot = 1\n[object]\nslot = 2\n");
        assert_eq!(f.line_of(&["[object]", "slot"]), 5);
        assert_eq!(f.line_of(&["[none]"]), 0);
        assert_eq!((f.key_on(5).as_str(), f.key_on(4).as_str(), f.stem()), ("slot", "object", "X1_b"));
    }
}
