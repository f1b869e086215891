//! Which version of XPlanGML a document is of: the namespace of the standard says so.

use crate::{model::LocalText, readers::printable};

/// Namespace of the standard, up to its version.
const NAMESPACE: &str = "http://www.xplanung.de/xplangml/";

/// The versions whose object types and code lists are known.
const KNOWN: [(u32, u32); 8] = [(5, 0), (5, 1), (5, 2), (5, 3), (5, 4), (6, 0), (6, 1), (6, 2)];

/// Major and minor number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version(pub(super) u32, pub(super) u32);

impl Version {
    /// True for versions whose code lists are known.
    pub(super) fn is_known(self) -> bool {
        KNOWN.contains(&(self.0, self.1))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// True when the root element speaks of XPlanGML.
pub(crate) fn is_xplan(root_tag: &str) -> bool {
    root_tag.contains(NAMESPACE)
}

/// The version the root element names, or why such a document is not read.
pub(super) fn version(root_tag: &str) -> Result<Version, LocalText> {
    let rest = root_tag.split(NAMESPACE).nth(1).unwrap_or_default();
    let named: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '/').take(12).collect();
    let mut numbers = named.split('/').map(str::parse::<u32>);
    let found = match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Some(Version(major, minor)),
        _ => None,
    };
    match found {
        Some(v @ Version(5 | 6, _)) => Ok(v),
        _ => {
            let shown = printable(found.map_or(named, |v| v.to_string()).as_str());
            Err(LocalText::new(
                format!(
                    "Version „{shown}“ von XPlanGML wird nicht gelesen, nur 5.x und 6.x. Den Plan in eine dieser Versionen überführen."
                ),
                format!("version “{shown}” of XPlanGML is not read, only 5.x and 6.x. Convert the plan into one of these versions."),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_and_six_are_read_and_others_named() {
        let of = |v: &str| {
            version(&format!(
                "xplan:XPlanAuszug xmlns:xplan=\"http://www.xplanung.de/xplangml/{v}\" a=\"b\""
            ))
        };
        assert_eq!(of("5/1"), Ok(Version(5, 1)));
        assert_eq!(of("6/0"), Ok(Version(6, 0)));
        assert!(!of("6/7").unwrap().is_known());
        for old in ["4/1", "3/0", "7/0", "", "x/y", "99999999999/1"] {
            let text = of(old).unwrap_err();
            assert!(text.de.contains("5.x und 6.x") && text.en.contains("5.x and 6.x"));
        }
        assert!(of("4/1").unwrap_err().en.contains("4.1"));
    }
}
