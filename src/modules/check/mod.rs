//! Whether modules fit together: slots and attributes that rules name exist, both languages are there, colours are colours.
//!
//! Codes: `MD-00x` slots and looks, `MD-01x` rules, `MD-02x` parameters of rules, `MD-03x` suitability, `IN-00x` indicators.

mod indicators;
mod params;
mod rules;
mod slots;
mod suitability;

use super::{ModuleDef, SlotDef, SourceFile};
use crate::model::{Finding, Level, LocalText, Report, SlotId};
use std::collections::BTreeMap;

/// Checks modules that are used together. A finding of level error names something that cannot work; a warning says that a rule
/// will answer "unknown" because it looks at a module that is not among these.
pub fn check(modules: &[ModuleDef]) -> Report {
    let mut check = Check {
        modules,
        slots: BTreeMap::new(),
        report: Report::default(),
    };
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for module in modules {
        if seen.insert(&module.id, &module.file.name).is_some() {
            let at = Place::new(&module.file, &["title"], "title");
            check.error(
                "MD-001",
                &at,
                format!("das Modul „{}“ gibt es zweimal", module.id),
                format!("there are two modules \"{}\"", module.id),
            );
        }
        slots::check(&mut check, module);
    }
    for module in modules {
        needs(&mut check, module);
    }
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    for module in modules {
        for rule in &module.rules {
            if let Some(first) = ids.insert(&rule.id, &rule.file.name) {
                let at = Place::new(&rule.file, &["id"], "id");
                check.error(
                    "MD-010",
                    &at,
                    format!("die Regel „{}“ gibt es schon in {first}", rule.id),
                    format!("the rule \"{}\" exists already in {first}", rule.id),
                );
            }
            rules::check(&mut check, rule);
        }
        for def in &module.suitability {
            suitability::check(&mut check, def);
        }
        for indicator in &module.indicators {
            if let Some(first) = ids.insert(&indicator.id, &indicator.file.name) {
                let at = Place::new(&indicator.file, &["id"], "id");
                check.error(
                    "IN-007",
                    &at,
                    format!("die Kennung „{}“ gibt es schon in {first}", indicator.id),
                    format!("the id \"{}\" exists already in {first}", indicator.id),
                );
            }
            indicators::check(&mut check, indicator);
        }
    }
    check.report.loaded = modules
        .iter()
        .map(|m| (m.slots.len() + m.rules.len() + m.indicators.len()) as u64)
        .sum();
    check.report
}

/// A module says which others its rules look at, so that a city knows what to switch on with it.
fn needs(check: &mut Check<'_>, module: &ModuleDef) {
    let mut said = std::collections::BTreeSet::new();
    for rule in &module.rules {
        let further = rule.further();
        let slots = [&rule.subject.slot, &rule.object.slot]
            .into_iter()
            .chain(further.iter().map(|(slot, _, _)| *slot));
        for other in slots.map(SlotId::module).filter(|m| *m != module.id) {
            if !module.needs.iter().any(|n| n == other) && said.insert(other.to_owned()) {
                let at = Place::new(&rule.file, &["slot"], "slot");
                check.warning(
                    "MD-101",
                    &at,
                    format!("das Modul „{}“ führt „{other}“ nicht unter needs auf", module.id),
                    format!("the module \"{}\" does not list \"{other}\" under needs", module.id),
                );
            }
        }
    }
    for other in &module.needs {
        if check.modules.iter().all(|m| m.id != *other) {
            let at = Place::new(&module.file, &["needs"], "needs");
            check.warning(
                "MD-102",
                &at,
                format!("das Modul braucht „{other}“, das nicht aktiv ist; seine Regeln dazu bleiben unbekannt"),
                format!("the module needs \"{other}\", which is not active; its rules about that stay unknown"),
            );
        }
    }
}

struct Check<'a> {
    modules: &'a [ModuleDef],
    slots: BTreeMap<SlotId, &'a SlotDef>,
    report: Report,
}

/// A line and key in a file.
struct Place {
    file: String,
    line: usize,
    key: String,
}

impl Place {
    /// The place that is found by looking for the needles in turn, or by the last of them alone.
    fn new(file: &SourceFile, needles: &[&str], key: &str) -> Self {
        let line = match (file.line_of(needles), needles.last()) {
            (0, Some(last)) => file.line_of(&[last]),
            (line, _) => line,
        };
        Self {
            file: file.name.to_string(),
            line,
            key: key.to_string(),
        }
    }
}

impl Check<'_> {
    fn error(&mut self, code: &str, at: &Place, de: String, en: String) {
        self.push(code, Level::Error, at, &de, &en);
    }

    fn warning(&mut self, code: &str, at: &Place, de: String, en: String) {
        self.push(code, Level::Warning, at, &de, &en);
    }

    fn push(&mut self, code: &str, level: Level, at: &Place, de: &str, en: &str) {
        let (line_de, line_en) = match at.line {
            0 => (String::new(), String::new()),
            n => (format!("Zeile {n}, "), format!("line {n}, ")),
        };
        let de = format!("{line_de}Schlüssel „{}“: {de}.", at.key);
        let en = format!("{line_en}key \"{}\": {en}.", at.key);
        self.report.push(Finding::new(code, level, de, en).file(at.file.clone()));
    }

    /// Both languages say something.
    fn text(&mut self, at: &Place, text: &LocalText) {
        for (language, text) in [("de", &text.de), ("en", &text.en)] {
            if text.trim().is_empty() {
                self.error(
                    "MD-004",
                    at,
                    format!("der Text „{language}“ ist leer"),
                    format!("the text \"{language}\" is empty"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::{builtin, builtin_ids, parse};

    const MODULE: &str = r##"schema = 1
title = { de = "A", en = "B" }
description = { de = "C", en = "D" }

[[slot]]
id = "plots"
title = { de = "A", en = "B" }
description = { de = "C", en = "D" }
geometry = "polygon"

[[slot.attribute]]
name = "kind"
title = { de = "A", en = "B" }
kind = "text"
values = ["a", "b"]

[[slot.attribute]]
name = "level"
title = { de = "A", en = "B" }
kind = "number"

[[slot]]
id = "grid"
title = { de = "A", en = "B" }
description = { de = "C", en = "D" }
geometry = "raster"
"##;

    const RULE: &str = r#"id = "X1"
status = "preview"
since = "0.1.0"
severity = 2
title = { de = "A", en = "B" }
what = { de = "A", en = "B" }
why = { de = "A", en = "B" }
reference = { de = "A", en = "B" }
legal_force = "empfehlung"
source = "Gesetz"
evidence = "P"
office = { de = "A", en = "B" }

[subject]
slot = "m/plots"
filter = "kind = 'a'"

[object]
slot = "m/plots"

[predicate.overlap]
min_area_m2 = 1.0

[predicate.overlap.threshold]
object_attribute = "level"
unit = "dB"
subject_attribute = "kind"
limits = { a = 3.0 }
"#;

    fn findings(module: &str, rules: &[(&str, String)]) -> Vec<Finding> {
        let rules: Vec<_> = rules.iter().map(|(n, t)| (n.to_string(), t.clone())).collect();
        let module = parse("m", module, &rules).unwrap_or_else(|e| panic!("{e}"));
        check(&[module]).findings
    }

    #[test]
    fn the_builtin_modules_fit_together() {
        let modules: Vec<_> = builtin_ids().iter().map(|id| builtin(id).unwrap().unwrap()).collect();
        let report = check(&modules);
        assert_eq!(report.findings, [], "every finding is a mistake in assets/modules");
        assert!(report.loaded > 30);
        // One module alone: its rules look at slots of modules that are not there.
        for module in &modules {
            let report = check(std::slice::from_ref(module));
            assert!(report.worst() <= Some(Level::Warning), "{:?}", report.findings);
        }
    }

    #[test]
    fn a_sound_module_has_no_finding() {
        assert_eq!(findings(MODULE, &[("X1_sound.toml", RULE.into())]), []);
    }

    /// Every code is provoked once; the finding must name file, line and key.
    #[test]
    fn every_mistake_is_named_with_file_line_and_key() {
        type Case<'a> = (&'a str, &'a str, &'a str, usize, &'a str);
        let cases: &[Case] = &[
            ("MD-011", r#"id = "X1""#, r#"id = "X2""#, 1, "id"),
            ("MD-012", r#"slot = "m/plots""#, r#"slot = "m/none""#, 15, "subject.slot"),
            ("MD-013", "kind = 'a'", "kind = ", 16, "subject.filter"),
            ("MD-014", "kind = 'a'", "sort = 'a'", 16, "subject.filter"),
            ("MD-015", "kind = 'a'", "kind = 'c'", 16, "subject.filter"),
            (
                "MD-016",
                "[object]\nslot = \"m/plots\"",
                "[object]\nslot = \"m/grid\"",
                21,
                "predicate.overlap",
            ),
            (
                "MD-019",
                r#"object_attribute = "level""#,
                r#"object_attribute = "height""#,
                25,
                "predicate.overlap.threshold.object_attribute",
            ),
            ("MD-020", "limits = { a = 3.0 }", "limits = {}", 24, "predicate.overlap.threshold"),
            (
                "MD-021",
                "limits = { a = 3.0 }",
                "limits = { c = 3.0 }",
                28,
                "predicate.overlap.threshold.limits",
            ),
            (
                "MD-022",
                "min_area_m2 = 1.0",
                "min_area_m2 = -1.0",
                22,
                "predicate.overlap.min_area_m2",
            ),
            ("MD-023", r#"unit = "dB""#, r#"unit = " ""#, 26, "predicate.overlap.threshold.unit"),
            ("MD-004", r#"what = { de = "A""#, r#"what = { de = """#, 6, "what"),
        ];
        for (code, from, to, line, key) in cases {
            assert!(RULE.contains(from), "{from}");
            let found = findings(MODULE, &[("X1_sound.toml", RULE.replacen(from, to, 1))]);
            let place = format!("line {line}, key \"{key}\"");
            assert!(
                found.iter().any(|f| f.code == *code
                    && f.file.as_deref() == Some("m/rules/X1_sound.toml")
                    && f.text.en.starts_with(&place)
                    && f.text.de.starts_with(&format!("Zeile {line}, Schlüssel „{key}“"))),
                "{code} {place}: {found:#?}"
            );
        }
        let dated = RULE.replace("evidence =", "valid_from = \"1.3.2020\"\nevidence =");
        assert_eq!(findings(MODULE, &[("X1_a.toml", dated)])[0].code, "MD-017");
        let state = format!("{RULE}\n[state.XX]\nseverity = 3\n");
        assert_eq!(findings(MODULE, &[("X1_a.toml", state)])[0].code, "MD-018");
        let twice = findings(MODULE, &[("X1_a.toml", RULE.into()), ("X1_b.toml", RULE.into())]);
        assert_eq!(twice[0].code, "MD-010");
    }

    #[test]
    fn mistakes_in_slots_are_named() {
        for (code, from, to, line, key) in [
            ("MD-002", r#"id = "grid""#, r#"id = "plots""#, 6, "id"),
            ("MD-003", r#"id = "grid""#, r#"id = "Grid 1""#, 23, "id"),
            (
                "MD-004",
                "id = \"grid\"\ntitle = { de = \"A\"",
                "id = \"grid\"\ntitle = { de = \" \"",
                24,
                "title",
            ),
            (
                "MD-005",
                "geometry = \"raster\"",
                "geometry = \"raster\"\nstyle = { fill = \"red\" }",
                27,
                "style.fill",
            ),
            (
                "MD-006",
                "geometry = \"polygon\"",
                "geometry = \"polygon\"\nstyle = { by = \"none\" }",
                10,
                "style.by",
            ),
            (
                "MD-006",
                "geometry = \"polygon\"",
                "geometry = \"polygon\"\nlabel = \"none\"",
                10,
                "label",
            ),
            (
                "MD-007",
                "geometry = \"raster\"",
                "geometry = \"raster\"\nrole = \"buildings\"",
                27,
                "role",
            ),
            (
                "MD-008",
                "geometry = \"polygon\"",
                "geometry = \"polygon\"\nstyle = { opacity = 2.0 }",
                10,
                "style",
            ),
            (
                "MD-009",
                "geometry = \"polygon\"",
                "geometry = \"polygon\"\nstyle = { by = \"kind\", class = [{ value = \"c\", label = { de = \"A\", en = \"B\" }, fill = \"#000000\" }] }",
                10,
                "style.class",
            ),
        ] {
            assert!(MODULE.contains(from), "{from}");
            let found = findings(&MODULE.replacen(from, to, 1), &[]);
            let place = format!("line {line}, key \"{key}\"");
            assert!(
                found.iter().any(|f| f.code == code && f.text.en.starts_with(&place)),
                "{code} {place}: {found:#?}"
            );
        }
    }
}
