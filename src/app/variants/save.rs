//! The difference as a file: the ending decides between workbook, CSV and JSON, made by the same code as the command `compare`.

use super::state::Variants;
use crate::{
    app::bridge::{CurrentSnapshot, Notice, Notices, ViewState, Wish},
    export::{ExportError, comparison_csv, comparison_json, comparison_xlsx, save},
    i18n::tr,
    model::{Language, LocalText},
    scenario::Comparison,
};
use bevy::prelude::*;
use std::path::Path;

fn both(key: &str) -> LocalText {
    LocalText::new(tr(Language::De, key), tr(Language::En, key))
}

fn write(path: &Path, language: Language, project: &LocalText, c: &Comparison) -> Result<(), ExportError> {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let bytes = match ending.as_str() {
        "json" => comparison_json(project, c)?,
        "csv" => comparison_csv(language, c),
        _ => comparison_xlsx(language, project, c)?,
    };
    save(path, &bytes)
}

/// Writes what was asked for and says so.
pub fn carry_out(
    mut wishes: MessageReader<Wish>,
    variants: Res<Variants>,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    mut notices: ResMut<Notices>,
) {
    for wish in wishes.read() {
        let Wish::SaveComparison(path) = wish else { continue };
        let (Some(c), Some(s)) = (&variants.comparison, &snapshot.0) else {
            continue;
        };
        let done = write(path, view.language, &s.city.info.title, c);
        let error = done.is_err();
        notices.0.push(Notice {
            title: both(if error { "variants-save-failed" } else { "variants-saved" }),
            text: done.map_or_else(|e| e.text(), |()| LocalText::same(path.display().to_string())),
            facts: vec![],
            place: None,
            error,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ConflictDelta;

    #[test]
    fn the_ending_decides_the_form() {
        let c = Comparison {
            titles: [LocalText::same("A"), LocalText::same("B")],
            features: vec![],
            settings: vec![],
            conflicts: ConflictDelta::default(),
            indicators: vec![],
            figures: vec![],
        };
        let dir = tempfile::tempdir().unwrap();
        let begins = |name: &str| {
            let path = dir.path().join(name);
            write(&path, Language::De, &LocalText::same("P"), &c).unwrap();
            std::fs::read(path).unwrap()[..2].to_vec()
        };
        assert_eq!(begins("a.xlsx"), b"PK");
        assert_eq!(begins("a.JSON"), b"{\n");
        assert_eq!(begins("a.csv"), [0xEF, 0xBB]);
    }
}
