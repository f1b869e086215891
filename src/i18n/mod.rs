//! Interface texts in German and English (Fluent files in `assets/i18n/<lang>/main.ftl`) and numbers in the language's own form.

// The loader's macro walks over a map of its own; the order reaches nobody.
#![allow(clippy::disallowed_methods)]

mod figures;
mod parameters;
mod read;

pub use figures::{area, date, delta, exact, measure, percent, places, quantity, signed, site_use, spoken};
pub use parameters::parameter;
pub use read::read_number;

use crate::model::Language;
use fluent_templates::{Loader, fluent_bundle::FluentValue, static_loader};
use std::{borrow::Cow, collections::HashMap};

static_loader! {
    static LOCALES = {
        locales: "./assets/i18n",
        fallback_language: "de",
        // The isolation marks of Unicode show up as boxes in fonts that lack them.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

fn identifier(language: Language) -> fluent_templates::LanguageIdentifier {
    // Both codes are valid by construction, and the fallback is German.
    language.code().parse().unwrap_or_default()
}

/// The interface text `key` in `language`.
pub fn tr(language: Language, key: &str) -> String {
    LOCALES.lookup(&identifier(language), key)
}

/// The interface text `key` with values filled in: `tr_with(lang, "n-conflicts", &[("n", 3.into())])`.
pub fn tr_with(language: Language, key: &str, values: &[(&'static str, FluentValue<'static>)]) -> String {
    let map: HashMap<Cow<'static, str>, FluentValue<'static>> = values.iter().map(|(k, v)| (Cow::Borrowed(*k), v.clone())).collect();
    LOCALES.lookup_with_args(&identifier(language), key, &map)
}

/// A number with `decimals` places, grouped as the language does: 12 345,6 in German, 12,345.6 in English.
/// German groups with a narrow no-break space (DIN 1333), so that no reader takes the group mark for a decimal point.
pub fn number(language: Language, value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (group, point) = match language {
        Language::De => ('\u{202f}', ','),
        Language::En => (',', '.'),
    };
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('\u{2212}');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 && whole.len() > 4 {
            out.push(group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_in_the_language() {
        assert_eq!(number(Language::De, 12345.64, 1), "12\u{202f}345,6");
        assert_eq!(number(Language::En, 12345.64, 1), "12,345.6");
        assert_eq!(number(Language::De, 4200.0, 0), "4200");
        assert_eq!(number(Language::En, -0.004, 2), "0.00");
        assert_eq!(number(Language::En, -1.5, 1), "\u{2212}1.5");
    }
}
