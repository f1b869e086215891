//! The rule set as a document: every module and rule in the words that `explain` uses, so that it says what the engine does.

use super::{
    assemble::quoted_law,
    explain::explain,
    words::{evidence, pick},
};
use crate::{
    model::Language,
    modules::{Evidence, ModuleDef, RuleDef, computed},
};
use std::fmt::Write;

/// All rules of the modules as Markdown.
pub fn reference(modules: &[ModuleDef], language: Language) -> String {
    let l = language;
    let mut out = format!("# {}\n\n", pick(l, "Regelwerk", "Rules"));
    let count: usize = modules.iter().map(|m| m.rules.len()).sum();
    let _ = match l {
        Language::De => writeln!(
            out,
            "{count} Regeln aus {} Modulen. Erzeugt mit `stadtschicht rules reference --lang de`; nicht von Hand ändern.\n\n\
             Regeln sind ein Prüfraster: Sie zeigen, wo jemand hinsehen muss, und ersetzen weder Gutachten noch Entscheidung. Schwere 4 ist ein \
             Verbot, 3 ein Verbot mit Ausnahme oder ein überschrittener Grenzwert, 2 verlangt Abwägung oder Gutachten, 1 ist ein Hinweis. \
             Kennwerte lassen sich im Projekt ändern (`[[rule]]` in `project.toml`).\n\nBelege:\n",
            modules.len()
        ),
        Language::En => writeln!(
            out,
            "{count} rules of {} modules. Made with `stadtschicht rules reference --lang en`; do not edit by hand.\n\n\
             Rules are screening: they show where somebody must look and replace neither an expert report nor a decision. Severity 4 is a \
             prohibition, 3 a prohibition with exceptions or an exceeded limit, 2 asks for weighing or an expert report, 1 is a hint. \
             Parameters can be changed in a project (`[[rule]]` in `project.toml`).\n\nEvidence:\n",
            modules.len()
        ),
    };
    for mark in [Evidence::P, Evidence::S, Evidence::K, Evidence::I] {
        let _ = writeln!(out, "- {}", evidence(l, mark));
    }
    for module in modules {
        let _ = writeln!(
            out,
            "\n## {} (`{}`)\n\n{}\n",
            module.title.get(l),
            module.id,
            module.description.get(l)
        );
        if !module.needs.is_empty() {
            let names: Vec<String> = module.needs.iter().map(|n| format!("`{n}`")).collect();
            let _ = writeln!(
                out,
                "{}: {}\n",
                pick(l, "Braucht die Module", "Needs the modules"),
                names.join(", ")
            );
        }
        overview(&mut out, &module.rules, l);
        for rule in &module.rules {
            one(&mut out, rule, l);
        }
    }
    plans(&mut out, l);
    out
}

/// The rules that engines of the program answer for plans.
fn plans(out: &mut String, l: Language) {
    let (title, about) = match l {
        Language::De => (
            "Baurecht und Sonne in Plänen",
            "Diese Regeln beantwortet das Programm selbst, in jedem Projekt und nur für das, was ein Plan zeichnet oder ändert: neue und geänderte \
             Gebäude, gezeichnete Flächen und die Grundstücke, auf denen sie liegen. Was schon da ist, genießt Bestandsschutz; ein Wert des \
             Grundstücks zählt nur, soweit der Plan ihn verschlechtert. `check --existing` prüft auch den Bestand. Baurecht wird nur geprüft, wenn \
             das Projekt ein Bundesland nennt. Angaben eines Entwurfs über sich selbst tragen `-E` hinter dem Kürzel. Fehlt ein Maß oder ein \
             Maßstab, lautet die Antwort „unbekannt“.",
        ),
        Language::En => (
            "Building law and sun in plans",
            "The program itself answers these rules, in every project and only for what a plan draws or changes: new and changed buildings, drawn \
             areas and the plots that they lie on. What stands already is protected; a figure of the plot counts only as far as the plan makes it \
             worse. `check --existing` judges the existing conditions, too. Building law is asked only where the project names a German state. \
             Figures that a draft states of itself bear `-E` behind the code. Where a measure or a standard is missing, the answer is \"unknown\".",
        ),
    };
    let _ = writeln!(out, "\n## {title}\n\n{about}\n");
    overview(out, computed(), l);
    for rule in computed() {
        one(out, rule, l);
    }
}

fn overview(out: &mut String, rules: &[RuleDef], l: Language) {
    if rules.is_empty() {
        return;
    }
    let heads = [
        pick(l, "Regel", "Rule"),
        pick(l, "Titel", "Title"),
        pick(l, "Schwere", "Severity"),
        pick(l, "Grundlage", "Source"),
        pick(l, "Beleg", "Evidence"),
    ];
    let _ = writeln!(out, "| {} |\n|---|---|---|---|---|", heads.join(" | "));
    for rule in rules {
        let law = quoted_law(&rule.source, rule.section.as_deref());
        let (id, title) = (&rule.id, rule.title.get(l));
        let _ = writeln!(
            out,
            "| {id} | {} | {} | {} | {:?} |",
            cell(title),
            rule.severity as u8,
            cell(&law),
            rule.evidence
        );
    }
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn one(out: &mut String, rule: &RuleDef, l: Language) {
    let text = explain(rule, l);
    let mut lines = text.lines();
    let _ = writeln!(out, "\n### {}\n", lines.next().unwrap_or_default());
    for line in lines {
        let _ = match (line.strip_prefix("  - "), line.split_once(": ")) {
            (Some(item), _) => writeln!(out, "  - {item}"),
            (None, Some((label, text))) => writeln!(out, "- **{label}:** {text}"),
            (None, None) => writeln!(out, "- {line}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::{builtin, builtin_ids};

    #[test]
    fn every_rule_stands_in_it_with_its_law_and_its_numbers() {
        let modules: Vec<_> = builtin_ids().iter().map(|id| builtin(id).unwrap().unwrap()).collect();
        for language in Language::ALL {
            let text = reference(&modules, language);
            for rule in modules.iter().flat_map(|m| &m.rules) {
                assert!(
                    text.contains(&format!("\n### {} {}\n", rule.id, rule.title.get(language))),
                    "{}",
                    rule.id
                );
                assert!(text.contains(rule.what.get(language)), "{}", rule.id);
            }
        }
    }
}
