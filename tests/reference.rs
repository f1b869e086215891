//! The rule reference in `assets/docs` says what the rules say today.

mod common;

use stadtschicht::{model::Language, modules, rules};

#[test]
fn the_reference_is_what_the_program_prints() {
    let modules: Vec<_> = modules::builtin_ids()
        .iter()
        .map(|id| modules::builtin(id).unwrap().unwrap_or_else(|e| panic!("{e}")))
        .collect();
    for (language, name, code) in [(Language::De, "rules.de.md", "de"), (Language::En, "rules.md", "en")] {
        let path = common::repository("assets/docs").join(name);
        let on_disk = std::fs::read_to_string(&path).unwrap_or_default();
        let fresh = rules::reference(&modules, language);
        assert!(
            on_disk == fresh,
            "{} is out of date: stadtschicht --lang {code} rules reference > assets/docs/{name}",
            path.display()
        );
    }
}
