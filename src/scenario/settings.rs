//! What a plan sets beside features: numbers of rules, weights of criteria, the look of a layer, and what was decided about conflicts. Each
//! is a value under a key, so that it is undone, saved and compared like everything else.

use super::{Base, EditError};
use crate::{
    model::{ConflictStatus, Review, SlotId, Value},
    modules::{self, ModuleDef, RuleChange},
    project::City,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A key, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// `status/<conflict>`: a status ("accepted").
    Status(String),
    /// `note/<conflict>`: free text.
    Note(String),
    /// `office/<conflict>`: who is responsible.
    Office(String),
    /// `parameter/<rule>/<name>`: a number of a rule.
    Parameter(String, String),
    /// `weight/<use>/<criterion>`: a weight from 0.
    Weight(String, String),
    /// `style/<module>/<slot>/opacity` (of areas, 0 to 1), `…/fade` (of all of it, 0 to 1), `…/fill` or `…/class.<n>` (`#RRGGBB`; classes count from 1).
    Style(SlotId, String),
    /// `hidden/<module>/<slot>/<feature>`: true. The view leaves the feature out, everything that counts still counts it.
    Hidden(SlotId, String),
}

impl Setting {
    /// The setting behind a key.
    ///
    /// # Errors
    /// When there is no setting of that form.
    pub fn parse(key: &str) -> Result<Self, EditError> {
        let unknown = || EditError::UnknownSetting { key: key.into() };
        let (kind, rest) = key.split_once('/').filter(|(_, rest)| !rest.is_empty()).ok_or_else(unknown)?;
        let two = || rest.split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned()));
        Ok(match kind {
            "status" => Self::Status(rest.into()),
            "note" => Self::Note(rest.into()),
            "office" => Self::Office(rest.into()),
            "parameter" => two().map(|(a, b)| Self::Parameter(a, b)).ok_or_else(unknown)?,
            "weight" => two().map(|(a, b)| Self::Weight(a, b)).ok_or_else(unknown)?,
            "hidden" => {
                let (module, rest) = two().ok_or_else(unknown)?;
                let (slot, feature) = rest.split_once('/').filter(|(_, f)| !f.is_empty()).ok_or_else(unknown)?;
                Self::Hidden(SlotId::new(&module, slot), feature.into())
            }
            "style" => rest
                .rsplit_once('/')
                .filter(|(slot, _)| slot.contains('/'))
                .map(|(slot, name)| Self::Style(slot.into(), name.into()))
                .ok_or_else(unknown)?,
            _ => return Err(unknown()),
        })
    }

    /// The key of a setting that hides a feature.
    pub fn hide(slot: &SlotId, feature: &str) -> String {
        format!("hidden/{slot}/{feature}")
    }

    /// Rules that give other answers by settings of these keys.
    pub fn rules<'a>(keys: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
        let rule = |key: &str| match Self::parse(key) {
            Ok(Self::Parameter(rule, _)) => Some(rule),
            _ => None,
        };
        keys.filter_map(rule).collect()
    }

    /// True when the city's definitions change by it.
    fn concerns_city(&self) -> bool {
        matches!(self, Self::Parameter(..) | Self::Weight(..) | Self::Style(..))
    }
}

/// Whether the project has what is set, and the value is one for it.
pub(super) fn check(base: &Base, key: &str, value: &Value) -> Result<(), EditError> {
    let setting = Setting::parse(key)?;
    let wrong = |why: &'static str| EditError::WrongType {
        field: key.into(),
        value: value.to_string(),
        wanted: why,
    };
    if value.is_null() {
        return Ok(());
    }
    match &setting {
        Setting::Status(_) => status(value).map(|_| ()).ok_or_else(|| EditError::NotAllowed {
            field: key.into(),
            value: value.to_string(),
            allowed: ConflictStatus::ALL.map(status_name).join(", "),
        }),
        Setting::Note(_) | Setting::Office(_) => value.as_str().map(|_| ()).ok_or_else(|| wrong("a text")),
        Setting::Hidden(slot, _) => {
            base.slot(slot)?;
            match value {
                Value::Boolean(true) => Ok(()),
                _ => Err(wrong("true or false")),
            }
        }
        Setting::Parameter(..) | Setting::Weight(..) | Setting::Style(..) => {
            let mut modules = (*base.city.modules).clone();
            let mut slots = BTreeMap::new();
            set(&setting, key, value, &mut modules, base, &mut slots)
        }
    }
}

fn status(value: &Value) -> Option<ConflictStatus> {
    ConflictStatus::ALL
        .into_iter()
        .find(|s| Some(status_name(*s).as_str()) == value.as_str())
}

/// The name of a status in files.
pub fn status_name(status: ConflictStatus) -> String {
    serde_json::to_value(status)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// `#RRGGBB`.
fn colour(key: &str, value: &Value) -> Result<String, EditError> {
    let hex = |t: &&str| t.len() == 7 && t.starts_with('#') && t[1..].chars().all(|c| c.is_ascii_hexdigit());
    let found = value.as_str().filter(hex).ok_or_else(|| EditError::NotAllowed {
        field: key.into(),
        value: value.to_string(),
        allowed: "#RRGGBB".into(),
    })?;
    Ok(found.into())
}

type Looks = BTreeMap<SlotId, modules::Style>;

fn set(setting: &Setting, key: &str, value: &Value, all: &mut [ModuleDef], base: &Base, looks: &mut Looks) -> Result<(), EditError> {
    let unknown = || EditError::UnknownSetting { key: key.into() };
    let number = || {
        value.as_f64().filter(|v| v.is_finite()).ok_or_else(|| EditError::WrongType {
            field: key.into(),
            value: value.to_string(),
            wanted: "a number",
        })
    };
    let share = |v: f64| match v {
        v if (0.0..=1.0).contains(&v) => Ok(v),
        v if v < 0.0 => Err(EditError::Negative {
            field: key.into(),
            value: v,
        }),
        v => Err(EditError::TooLarge {
            field: key.into(),
            value: v,
            most: 1.0,
        }),
    };
    match setting {
        Setting::Parameter(rule, name) => {
            let found = all
                .iter_mut()
                .flat_map(|m| &mut m.rules)
                .find(|r| r.id == *rule)
                .ok_or_else(unknown)?;
            let change = RuleChange {
                id: rule.clone(),
                off: false,
                severity: None,
                parameters: BTreeMap::from([(name.clone(), toml::Value::Float(number()?))]),
                reason: None,
            };
            modules::change(found, &change, base.city.info.state.as_deref()).map_err(|e| EditError::Rule { why: e.text() })
        }
        Setting::Weight(usage, criterion) => {
            let weight = number()?;
            let mut uses = all.iter_mut().flat_map(|m| &mut m.suitability).filter(|s| s.id == *usage);
            let found = uses.find_map(|s| s.criteria.iter_mut().find(|c| c.id == *criterion));
            let found = found.ok_or_else(unknown)?;
            if weight < 0.0 {
                return Err(EditError::Negative {
                    field: key.into(),
                    value: weight,
                });
            }
            found.weight = weight;
            Ok(())
        }
        Setting::Style(slot, name) => {
            let def = &base.city.slot(slot).ok_or_else(unknown)?.def;
            let look = looks.entry(slot.clone()).or_insert_with(|| def.style.clone());
            match name.as_str() {
                "opacity" => look.opacity = share(number()?)?,
                "fade" => look.fade = share(number()?)?,
                "fill" => look.fill = colour(key, value)?,
                other => {
                    let class = other.strip_prefix("class.").and_then(|n| n.parse::<usize>().ok()?.checked_sub(1));
                    let class = class.and_then(|k| look.classes.get_mut(k)).ok_or_else(unknown)?;
                    class.fill = colour(key, value)?;
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The city with its definitions as the plan sets them. Called with settings that were checked; one that no longer fits is left out.
pub(super) fn apply(base: &Base, settings: &BTreeMap<String, Value>, city: &mut City) {
    let parsed: Vec<(&String, &Value, Setting)> = settings
        .iter()
        .filter_map(|(key, value)| Some((key, value, Setting::parse(key).ok()?)))
        .filter(|(_, _, s)| s.concerns_city())
        .collect();
    let mut looks = Looks::new();
    if parsed
        .iter()
        .any(|(_, _, s)| matches!(s, Setting::Parameter(..) | Setting::Weight(..)))
    {
        let mut modules = (*base.city.modules).clone();
        for (key, value, setting) in &parsed {
            let _ = set(setting, key, value, &mut modules, base, &mut looks);
        }
        city.modules = Arc::new(modules);
    } else {
        city.modules = base.city.modules.clone();
        for (key, value, setting) in &parsed {
            let _ = set(setting, key, value, &mut [], base, &mut looks);
        }
    }
    for (slot, original) in city.slots.iter_mut().zip(&base.city.slots) {
        match looks.remove(&slot.id) {
            Some(style) => Arc::make_mut(&mut slot.def).style = style,
            None => slot.def = original.def.clone(),
        }
    }
}

/// The features that the view leaves out, by layer.
pub fn hidden(settings: &BTreeMap<String, Value>) -> BTreeMap<SlotId, BTreeSet<String>> {
    let mut out = BTreeMap::<SlotId, BTreeSet<String>>::new();
    // Settings are sorted: these stand together.
    for (key, _) in settings
        .range("hidden/".to_string()..)
        .take_while(|(k, _)| k.starts_with("hidden/"))
    {
        if let Ok(Setting::Hidden(slot, feature)) = Setting::parse(key) {
            out.entry(slot).or_default().insert(feature);
        }
    }
    out
}

/// Reviews as the plan decides them: what it does not touch is as the project says.
pub fn reviews(settings: &BTreeMap<String, Value>, of_project: &BTreeMap<String, Review>) -> BTreeMap<String, Review> {
    let mut out = of_project.clone();
    for (key, value) in settings {
        let (Ok(setting), Some(text)) = (Setting::parse(key), value.as_str()) else {
            continue;
        };
        match setting {
            Setting::Status(id) => {
                if let Some(status) = status(value) {
                    out.entry(id).or_default().status = status;
                }
            }
            Setting::Note(id) => text.clone_into(&mut out.entry(id).or_default().note),
            Setting::Office(id) => text.clone_into(&mut out.entry(id).or_default().office),
            _ => {}
        }
    }
    out
}
