//! Where conflicts come together: the site and the district of each, and how many rules meet at one place.

use super::Evaluation;
use crate::{
    geometry::contains,
    index::IndexedLayer,
    model::{Bbox, Conflict, FeatureRef, Language, LocalText, Review, SlotId},
    modules::Role,
    project::City,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The place of a conflict among others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// The potential site it is about: its subject, else an object, else the one that its anchor lies on.
    pub site: Option<FeatureRef>,
    /// The district that its anchor lies in; `None` outside of all, or where the project has no districts.
    pub district: Option<String>,
    /// Heat: how many different rules are in conflict at the site, or at the subject where there is no site.
    pub rules_here: u32,
}

/// How a list of conflicts is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// By potential site, or by subject where there is none.
    Site,
    /// By rule.
    Rule,
    /// By the office that is responsible.
    Office,
    /// By district.
    District,
}

impl GroupBy {
    /// All, in the order of menus.
    pub const ALL: [Self; 4] = [Self::Site, Self::Rule, Self::Office, Self::District];
}

/// A slot and a row.
type Key = (SlotId, u32);

/// The place of every conflict, in the order of the evaluation.
pub fn places(city: &City, evaluation: &Evaluation) -> Vec<Place> {
    let of = |role: Role| -> Vec<&IndexedLayer> { city.with_role(role).filter_map(|s| city.layer(&s.id)).collect() };
    let (sites, districts) = (of(Role::Sites), of(Role::Districts));
    let found: Vec<(Option<FeatureRef>, Option<String>)> = evaluation
        .conflicts
        .iter()
        .map(|c| {
            let district = at(&districts, c.anchor).map(|(l, row)| city.label(&l.layer, row as usize));
            (site(city, &sites, c), district)
        })
        .collect();
    let mut rules: BTreeMap<Key, BTreeSet<&str>> = BTreeMap::new();
    for (c, (site, _)) in evaluation.conflicts.iter().zip(&found) {
        rules.entry(key(c, site.as_ref())).or_default().insert(&c.rule);
    }
    let heat = |c: &Conflict, site: Option<&FeatureRef>| rules.get(&key(c, site)).map_or(0, |r| r.len() as u32);
    let counts: Vec<u32> = evaluation
        .conflicts
        .iter()
        .zip(&found)
        .map(|(c, (s, _))| heat(c, s.as_ref()))
        .collect();
    found
        .into_iter()
        .zip(counts)
        .map(|((site, district), rules_here)| Place {
            site,
            district,
            rules_here,
        })
        .collect()
}

fn key(c: &Conflict, site: Option<&FeatureRef>) -> Key {
    let at = site.unwrap_or(&c.subject);
    (at.slot.clone(), at.row)
}

/// The feature of some layers that holds a point.
fn at<'a>(layers: &[&'a IndexedLayer], p: [f64; 2]) -> Option<(&'a IndexedLayer, u32)> {
    layers.iter().find_map(|l| {
        let rows = l.index.rows_in(&Bbox::new(p, p));
        let row = rows.into_iter().find(|r| contains(&l.layer.geometry, *r as usize, p))?;
        Some((*l, row))
    })
}

fn site(city: &City, sites: &[&IndexedLayer], c: &Conflict) -> Option<FeatureRef> {
    let is_site = |f: &&FeatureRef| sites.iter().any(|l| l.layer.slot == f.slot);
    let named = std::iter::once(&c.subject).chain(&c.objects).find(is_site);
    named.cloned().or_else(|| {
        let (l, row) = at(sites, c.anchor)?;
        Some(FeatureRef {
            slot: l.layer.slot.clone(),
            row,
            id: l.layer.ids[row as usize].to_string(),
            label: city.label(&l.layer, row as usize),
        })
    })
}

/// What a group is called that a conflict belongs to. Two groups of one name are one group.
pub fn group_name(by: GroupBy, city: &City, c: &Conflict, place: &Place, review: Option<&Review>, language: Language) -> String {
    let rule = city.rule(&c.rule);
    match by {
        GroupBy::Site => {
            let at = place.site.as_ref().unwrap_or(&c.subject);
            // Different features may bear one name.
            match at.label == at.id || at.label.is_empty() {
                true => at.id.clone(),
                false => format!("{} ({})", at.label, at.id),
            }
        }
        GroupBy::Rule => format!("{} {}", c.rule, rule.map_or("", |r| r.title.get(language)))
            .trim()
            .to_owned(),
        GroupBy::Office => match review.map(|r| r.office.trim()).filter(|o| !o.is_empty()) {
            Some(office) => office.to_owned(),
            None => rule.map_or_else(String::new, |r| r.office.get(language).to_owned()),
        },
        GroupBy::District => place.district.clone().unwrap_or_else(|| outside().get(language).to_owned()),
    }
}

fn outside() -> LocalText {
    LocalText::new("außerhalb aller Stadtteile", "outside of all districts")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        progress::Control,
        rules::{
            evaluate,
            testing::{TestCity, f, rect, rule},
        },
    };

    const OVERLAP: &str = "[predicate.overlap]\nmin_area_m2 = 1.0";

    fn city() -> City {
        let mut near = rule("R2", "[predicate.within_distance]\ndistance_m = 3.0");
        near.office = LocalText::same("Wasseramt");
        let mut city = TestCity::new()
            .polygons(
                "m/sites",
                &[
                    f("a", rect(0., 0., 10., 10.)).text("name", "Werft"),
                    f("b", rect(20., 0., 30., 10.)).text("name", "Werft"),
                ],
            )
            .polygons("m/objects", &[f("o", rect(5., 0., 18., 10.))])
            .polygons("m/districts", &[f("w", rect(0., 0., 15., 50.))])
            .rule(rule("R1", OVERLAP))
            .rule(near);
        for (slot, role) in [("m/sites", Role::Sites), ("m/districts", Role::Districts)] {
            let slot = city.slots.iter_mut().find(|s| s.id == slot.into()).unwrap();
            let def = std::sync::Arc::make_mut(&mut slot.def);
            def.role = Some(role);
            def.label = (role == Role::Sites).then(|| "name".into());
        }
        city.build()
    }

    #[test]
    fn heat_counts_the_rules_of_a_site_and_groups_have_names() {
        let city = city();
        let e = evaluate(&city, &Control::default());
        let all = places(&city, &e);
        let of = |rule: &str, id: &str| {
            let k = e.conflicts.iter().position(|c| c.rule == rule && c.subject.id == id).unwrap();
            (&e.conflicts[k], &all[k])
        };
        assert_eq!(e.conflicts.len(), 3);
        let (c, place) = of("R1", "a");
        assert_eq!((place.rules_here, place.district.as_deref()), (2, Some("w")));
        assert_eq!(place.site.as_ref().unwrap().id, "a");
        let name = |by, review: Option<&Review>| group_name(by, &city, c, place, review, Language::En);
        assert_eq!(name(GroupBy::Site, None), "Werft (a)");
        assert_eq!(name(GroupBy::Rule, None), "R1 Title");
        assert_eq!(name(GroupBy::Office, None), "Office");
        let review = Review {
            office: "Bauamt".into(),
            ..Review::default()
        };
        assert_eq!(name(GroupBy::Office, Some(&review)), "Bauamt");
        assert_eq!(name(GroupBy::District, None), "w");
        let (c, place) = of("R2", "b");
        assert_eq!(place.rules_here, 1, "the second site of that name is another place");
        assert_eq!(
            group_name(GroupBy::District, &city, c, place, None, Language::En),
            "outside of all districts"
        );
    }
}
