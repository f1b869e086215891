//! A rule made ready to run over a city: its sides found, state variant chosen, limits and distances looked up.

use super::{
    compare::number,
    cover::Cover,
    memory::Gap,
    predicates::{self, Predicate},
    sides::{attribute, finding, missing, no_module, slot_title, variant, vector},
    walking::{Afoot, Walk},
    ways::WayStore,
};
use crate::{
    index::IndexedLayer,
    model::{FeatureRef, GeometryKind, Language, Layer, LocalText, Provenance, Raster, Report, Severity, SlotId},
    modules::{DistanceBy, DistanceFrom, PredicateDef, RuleDef, RuleSide, StateVariant, Threshold},
    project::{City, SlotData},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

pub(super) use super::{objects::Objects, subject::Subject};

/// Coverage by slot and networks of ways: built once a run, because merging polygons and joining lines take time.
#[derive(Debug, Default)]
pub(super) struct Covers(Mutex<BTreeMap<SlotId, Cover>>, WayStore);

impl Covers {
    /// With the networks of an earlier run, as far as their layers are still the same.
    pub fn with(ways: WayStore) -> Self {
        Self(Mutex::default(), ways)
    }

    fn get(&self, city: &City, layer: &IndexedLayer) -> Cover {
        let make = || Cover::of(city, &layer.layer);
        match self.0.lock() {
            Ok(mut map) => map.entry(layer.layer.slot.clone()).or_insert_with(make).clone(),
            Err(_) => make(),
        }
    }
}

/// What the object slot holds.
pub(super) enum ObjectSide<'a> {
    /// Features.
    Features(Objects<'a>),
    /// A grid.
    Grid(&'a Arc<Raster>),
}

/// A rule that can run.
pub(super) struct Plan<'a> {
    pub city: &'a City,
    pub rule: &'a RuleDef,
    pub predicate: &'static dyn Predicate,
    pub subject: &'a IndexedLayer,
    /// Subject and object are the same slot: a feature does not meet itself.
    pub same_slot: bool,
    pub object: ObjectSide<'a>,
    /// Slots that the predicate reads beside subject and object.
    pub further: Vec<Objects<'a>>,
    /// The largest distance of all objects.
    reach_m: f64,
    pub cover: Cover,
    /// How it measures, if it asks for distances on foot.
    afoot: Option<Afoot>,
    /// Weight before values and attributes.
    pub severity: Severity,
    /// The state's deviation, if it has one.
    pub variant: Option<&'a StateVariant>,
    pub data_date: Option<String>,
    /// A source is a model or an estimate.
    pub unofficial: Option<SlotId>,
}

impl<'a> Plan<'a> {
    /// Makes `rule` ready, or says why it cannot run. `keep` keeps prepared objects for further subjects.
    pub fn new(
        city: &'a City,
        rule: &'a RuleDef,
        subject: &'a IndexedLayer,
        covers: &Covers,
        keep: bool,
        report: &mut Report,
    ) -> Result<Self, LocalText> {
        let predicate = predicates::find(rule.predicate.name()).ok_or_else(|| {
            let name = rule.predicate.name();
            LocalText::new(format!("unbekanntes Prädikat {name}"), format!("unknown predicate {name}"))
        })?;
        let filter = variant(city, rule)
            .and_then(|v| v.object_filter.as_deref())
            .or(rule.object.filter.as_deref());
        let object = Self::object_side(city, &rule.object, filter, keep, predicate.wants_grid(), rule, report)?;
        let mut cover = match &object {
            ObjectSide::Features(objects) => covers.get(city, objects.layer),
            ObjectSide::Grid(_) => Cover::Assumed,
        };
        let deviation = variant(city, rule);
        let mut further = vec![];
        for (slot, name, filter) in rule.further() {
            let layer = vector(city, slot)?;
            cover = cover.and(covers.get(city, layer));
            if let Some(name) = name {
                attribute(city, layer, name, rule, report)?;
            }
            further.push(Objects::find(city, layer, filter, keep, rule, report)?);
        }
        let mut plan = Self {
            city,
            rule,
            predicate,
            subject,
            same_slot: rule.subject.slot == rule.object.slot,
            object,
            further,
            reach_m: 0.0,
            cover,
            afoot: None,
            severity: deviation.and_then(|v| v.severity).unwrap_or(rule.severity),
            variant: deviation,
            data_date: None,
            unofficial: None,
        };
        plan.check_attributes(report)?;
        plan.afoot = rule.predicate.walking().map(|asked| match covers.1.get(city, asked.network) {
            Ok(ways) => {
                let layers = plan.objects().into_iter().chain(&plan.further);
                Afoot::Along(Walk::new(ways, layers.map(|o| o.layer.layer.len())))
            }
            Err(why) => Afoot::Straight(why),
        });
        plan.reach_m = plan.objects().map_or(0.0, |o| plan.reach_in(&o.layer.layer));
        predicate
            .check(&plan)
            .inspect_err(|why| report.push(finding("RU-003", rule, &rule.object.slot, why)))?;
        plan.data_date = plan
            .sources()
            .into_iter()
            .filter_map(|(_, p)| p.data_date.as_deref())
            .min()
            .map(str::to_owned);
        plan.unofficial = plan.sources().into_iter().find(|(_, p)| p.unofficial).map(|(slot, _)| slot.clone());
        Ok(plan)
    }

    fn object_side(
        city: &'a City,
        side: &RuleSide,
        filter: Option<&str>,
        keep: bool,
        grid: bool,
        rule: &RuleDef,
        report: &mut Report,
    ) -> Result<ObjectSide<'a>, LocalText> {
        if grid {
            return match city.slot(&side.slot).map(|s| &s.data) {
                Some(SlotData::Raster(raster)) => Ok(ObjectSide::Grid(raster)),
                Some(SlotData::Missing { reason }) => Err(missing(city, &side.slot, reason)),
                Some(SlotData::Vector(_)) => Err(missing(
                    city,
                    &side.slot,
                    &LocalText::new(
                        "Die Regel braucht ein Raster, keine Objekte.",
                        "the rule needs a raster, not features",
                    ),
                )),
                None => Err(no_module(&side.slot)),
            };
        }
        let layer = vector(city, &side.slot)?;
        Objects::find(city, layer, filter, keep, rule, report).map(ObjectSide::Features)
    }

    fn check_attributes(&self, report: &mut Report) -> Result<(), LocalText> {
        let (city, rule) = (self.city, self.rule);
        if let Some(threshold) = self.threshold() {
            if let Some(name) = &threshold.subject_attribute {
                attribute(city, self.subject, name, rule, report)?;
            }
            if let (Some(name), ObjectSide::Features(o)) = (&threshold.object_attribute, &self.object) {
                attribute(city, o.layer, name, rule, report)?;
            }
        }
        if let ObjectSide::Features(o) = &self.object {
            let by = self.distance_by().map(|d| &d.object_attribute);
            let from = self.distance_from().map_or(&[][..], |d| &d.object_attributes);
            let places = match &rule.predicate {
                PredicateDef::Capacity(p) => p.places_attribute.as_ref(),
                _ => None,
            };
            for name in by
                .into_iter()
                .chain(from)
                .chain(places)
                .chain(rule.severity_by.iter().filter_map(|s| s.object_attribute.as_ref()))
            {
                attribute(city, o.layer, name, rule, report)?;
            }
        }
        if let Some(name) = rule.severity_by.as_ref().and_then(|s| s.subject_attribute.as_ref()) {
            attribute(city, self.subject, name, rule, report)?;
        }
        Ok(())
    }

    /// Slots and origins of everything the rule reads.
    pub fn sources(&self) -> Vec<(&SlotId, &Provenance)> {
        let object: &[Provenance] = match &self.object {
            ObjectSide::Features(o) => &o.layer.layer.provenance,
            ObjectSide::Grid(r) => &r.provenance,
        };
        let further = self
            .further
            .iter()
            .flat_map(|o| o.layer.layer.provenance.iter().map(|p| (&o.layer.layer.slot, p)));
        let subject = self.subject.layer.provenance.iter().map(|p| (&self.rule.subject.slot, p));
        subject
            .chain(object.iter().map(|p| (&self.rule.object.slot, p)))
            .chain(further)
            .chain(self.walk().into_iter().flat_map(|w| w.ways.sources()))
            .collect()
    }

    /// The object layer; `None` for grids.
    pub fn objects(&self) -> Option<&Objects<'a>> {
        match &self.object {
            ObjectSide::Features(objects) => Some(objects),
            ObjectSide::Grid(_) => None,
        }
    }

    /// Rows of objects whose box lies within `reach_m` of the subject's, ascending; a feature does not meet itself.
    pub fn candidates(&self, objects: &Objects, subject: &Subject, reach_m: f64, rows: &mut Vec<u32>) {
        let bbox = self.subject.layer.geometry.bbox(subject.row as usize);
        objects.layer.index.rows_in_into(&bbox.buffered(reach_m), rows);
        rows.retain(|r| objects.counts(*r) && !(self.same_slot && *r == subject.row));
    }

    /// The rule's threshold, if its predicate has one.
    pub fn threshold(&self) -> Option<&'a Threshold> {
        self.rule.predicate.threshold()
    }

    /// The limit for a subject with the attribute value that chose it.
    pub fn limit(&self, threshold: &Threshold, row: usize) -> Result<(f64, Option<String>), Gap> {
        let Some(name) = &threshold.subject_attribute else {
            return threshold.limit.map(|l| (l, None)).ok_or(Gap::NoChoice);
        };
        let value = self.subject.layer.attributes.value(name, row).to_string();
        if value.is_empty() {
            return Err(Gap::NoChoice);
        }
        match threshold.limits.get(&value) {
            Some(limit) => Ok((*limit, Some(value))),
            None => Err(Gap::NoLimit(value.into())),
        }
    }

    /// The table of distances in force.
    pub fn distance_by(&self) -> Option<&'a DistanceBy> {
        let own = self.rule.predicate.distance_by();
        self.variant.and_then(|v| v.distance_by.as_ref()).or(own)
    }

    /// The attributes that the distance follows from, if it does.
    pub fn distance_from(&self) -> Option<&'a DistanceFrom> {
        let own = self.rule.predicate.distance_from();
        self.variant.and_then(|v| v.distance_from.as_ref()).or(own)
    }

    /// The network, where the rule measures along it.
    pub fn walk(&self) -> Option<&Walk> {
        match &self.afoot {
            Some(Afoot::Along(walk)) => Some(walk),
            _ => None,
        }
    }

    /// Why the rule measures in a straight line although it asks for the way on foot.
    pub fn no_network(&self) -> Option<&LocalText> {
        match &self.afoot {
            Some(Afoot::Straight(why)) => Some(why),
            _ => None,
        }
    }

    /// The distance in force where no table says otherwise.
    pub fn distance_m(&self) -> f64 {
        let straight = self.no_network().and_then(|_| self.rule.predicate.walking()?.straight_line_m);
        let own = match &self.rule.predicate {
            PredicateDef::WithinDistance(p) => p.distance_m,
            PredicateDef::BeyondDistance(p) => straight.unwrap_or(p.distance_m),
            PredicateDef::Adjacent(p) => p.tolerance_m,
            PredicateDef::Capacity(p) => return straight.unwrap_or(p.catchment_m),
            PredicateDef::Variety(p) => straight.unwrap_or(p.distance_m),
            PredicateDef::ServedShare(p) => straight.unwrap_or(p.distance_m),
            PredicateDef::Overlap(_) | PredicateDef::Zonal(_) | PredicateDef::Computed(_) => 0.0,
        };
        self.variant.and_then(|v| v.distance_m).unwrap_or(own)
    }

    /// The distance to one object; `None` where it follows from attributes that the object does not have.
    pub fn distance_to_m(&self, object: u32) -> Option<f64> {
        let layer = &self.objects()?.layer.layer;
        self.distance_in_m(layer, object)
    }

    fn distance_in_m(&self, layer: &Layer, object: u32) -> Option<f64> {
        if let Some(from) = self.distance_from() {
            let mut sum = 0.0;
            for name in &from.object_attributes {
                sum += layer
                    .attributes
                    .column(name)
                    .and_then(|c| number(c, object))
                    .filter(|v| *v >= 0.0)?;
            }
            return Some(from.factor * sum);
        }
        let by = self.distance_by();
        let listed = by.and_then(|by| {
            by.table
                .get(&layer.attributes.value(&by.object_attribute, object as usize).to_string())
        });
        Some(listed.copied().unwrap_or_else(|| self.distance_m()))
    }

    /// The largest distance of all objects.
    pub fn largest_distance_m(&self) -> f64 {
        self.reach_m
    }

    /// The largest distance of all objects of a layer, which may be the object layer as it was before an edit.
    pub fn reach_in(&self, layer: &Layer) -> f64 {
        if let Some(from) = self.distance_from() {
            let all = (0..layer.len() as u32).filter_map(|row| self.distance_in_m(layer, row));
            return all.fold(from.unknown_within_m, f64::max);
        }
        let table = self.distance_by().map(|b| b.table.values().copied().fold(0.0, f64::max));
        self.distance_m().max(table.unwrap_or(0.0))
    }

    /// The number in an object's attribute.
    pub fn object_value(&self, attribute: &str, object: u32) -> Option<f64> {
        number(self.objects()?.layer.layer.attributes.column(attribute)?, object)
    }

    /// Weight from the attributes of the objects that contribute, the gravest counts, or from an attribute of the subject.
    pub fn severity_of(&self, base: Severity, subject: u32, objects: &[u32]) -> Severity {
        let Some(by) = &self.rule.severity_by else { return base };
        if let Some(name) = &by.subject_attribute {
            let value = self.subject.layer.attributes.value(name, subject as usize).to_string();
            return by.table.get(&value).copied().unwrap_or(base);
        }
        let (Some(name), Some(side)) = (&by.object_attribute, self.objects()) else {
            return base;
        };
        let column = &side.layer.layer.attributes;
        let of = |o: &u32| by.table.get(&column.value(name, *o as usize).to_string()).copied().unwrap_or(base);
        objects.iter().map(of).max().unwrap_or(base)
    }

    /// A feature of the object side for people and files.
    pub fn object_ref(&self, row: u32) -> Option<FeatureRef> {
        Some(self.city.reference(self.objects()?.layer, row))
    }

    /// Name of the object slot.
    pub fn object_title(&self, language: Language) -> String {
        slot_title(self.city, &self.rule.object.slot, language)
    }

    /// True when the subject layer holds areas.
    pub fn subject_is_area(&self) -> bool {
        self.subject.layer.geometry.kind() == GeometryKind::Polygon
    }
}
