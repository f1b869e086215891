//! Plans of the XPlanung standard: every object of real files is in a layer or in the report, and what their contents promise is checked.

mod common;

use stadtschicht::{
    geometry,
    model::{GeometryKind, Report, Value},
    progress::Control,
    project,
    readers::{self, RawLayer, VectorRequest},
    rules,
};
use std::{collections::BTreeMap, path::Path};

const OLD: &str = "xplanung/BPlan001_5-1.gml";
const NEW: &str = "xplanung/BPlan_6-0_4-5-2-4-Ueberlappung_valide.gml";

fn read(path: &Path, layer: &str) -> RawLayer {
    let request = VectorRequest {
        layer: Some(layer.into()),
        ..VectorRequest::default()
    };
    readers::read_vector(path, &request, &Control::default()).unwrap_or_else(|e| panic!("{layer}: {}", e.text().en))
}

/// Members of a file by object type, counted by another parser's means: the line behind each `featureMember`.
fn counted(path: &Path) -> BTreeMap<String, u64> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut out = BTreeMap::new();
    for member in text.split("<gml:featureMember>").skip(1) {
        let name = member.trim_start().trim_start_matches("<xplan:").split([' ', '>']).next().unwrap();
        *out.entry(name.to_string()).or_default() += 1;
    }
    out
}

fn codes(report: &Report) -> BTreeMap<&str, u64> {
    let mut out = BTreeMap::new();
    for f in &report.findings {
        *out.entry(f.code.as_str()).or_default() += f.count;
    }
    out
}

#[test]
fn every_object_is_in_a_layer_or_in_the_report() {
    let Some(data) = common::real_data() else { return };
    let files: Vec<_> = std::fs::read_dir(data.join("xplanung"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert!(files.len() >= 2);
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "gml")) {
        let inspection = readers::inspect(path).unwrap();
        assert_eq!(inspection.format, "XPlanGML");
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        for layer in &inspection.layers {
            let raw = read(path, &layer.name);
            assert!(raw.report.adds_up(), "{}: {:?}", layer.name, raw.report);
            assert_eq!(raw.report.loaded as usize, raw.geometry.len());
            assert_eq!(raw.report.expected, layer.expected);
            assert_eq!(raw.crs.as_deref(), Some("EPSG:25832"));
            assert_eq!(raw.report.dropped(), 0, "{}: {:?}", layer.name, raw.report.findings);
            *found.entry(layer.name.split('/').next().unwrap().into()).or_default() += raw.report.loaded;
        }
        for f in inspection.findings.iter().filter(|f| f.code == "RD-121") {
            let kind = f.text.en.split('"').nth(1).unwrap();
            *found.entry(kind.into()).or_default() += f.count;
        }
        assert_eq!(found, counted(path), "{}", path.display());
    }
}

#[test]
fn a_plan_of_version_6_tells_what_may_be_built() {
    let Some(data) = common::real_data() else { return };
    let path = data.join(NEW);
    let zones = read(&path, "BP_BaugebietsTeilFlaeche");
    assert_eq!((zones.geometry.len(), zones.geometry.kind()), (7, GeometryKind::Polygon));
    let value = |layer: &RawLayer, name: &str, row| layer.attributes.value(name, row);
    for row in 0..7 {
        assert_eq!(value(&zones, "plan_name", row).to_string(), "BPlan_6-0_4-5-2-4-Ueberlappung_valide");
        assert_eq!(value(&zones, "plan_rechtsstand_text", row).to_string(), "Satzung");
        assert_eq!(value(&zones, "plan_datum", row).to_string(), "1990-06-26");
        assert_eq!(value(&zones, "plan_version", row).to_string(), "6.0");
        assert_eq!(value(&zones, "rechtsstand_text", row).to_string(), "geplant");
        assert!(value(&zones, "GFZ", row).as_f64() > Some(0.0));
        assert!(value(&zones, "textinhalt", row).as_str().unwrap().contains('§'));
    }
    let first = zones.ids.iter().position(|id| id.contains("AB37AF69")).unwrap();
    assert_eq!(value(&zones, "besondereArtDerBaulNutzung", first), Value::Text("1200".into()));
    assert_eq!(
        value(&zones, "besondereArtDerBaulNutzung_text", first),
        Value::Text("allgemeines Wohngebiet".into())
    );
    assert_eq!(
        (value(&zones, "GRZ", first), value(&zones, "GFZ", first)),
        (Value::Real(0.4), Value::Real(0.6))
    );
    assert_eq!(value(&zones, "dachgestaltung_dachform_text", first).to_string(), "Satteldach");

    let windows = read(&path, "BP_UeberbaubareGrundstuecksFlaeche");
    assert_eq!(windows.geometry.len(), 21);
    for row in 0..21 {
        let height = value(&windows, "geltend_hoehe", row).as_f64();
        let sea = value(&windows, "geltend_oberkante_NHN", row).as_f64();
        assert!(height.is_some() || sea.is_some(), "{}", windows.ids[row]);
        assert!(!value(&windows, "geltend_hoehe_aus", row).is_null());
        assert!(!value(&windows, "baugebiet", row).is_null());
    }
    let green = read(&path, "BP_GruenFlaeche");
    assert_eq!(value(&green, "zweckbestimmung_text", 0).to_string(), "Friedhof");
    let water = read(&path, "SO_Gewaesser");
    assert_eq!(value(&water, "artDerFestlegung_text", 0).to_string(), "Gewässer");
}

#[test]
fn arcs_of_version_5_become_chords_and_mixed_types_part() {
    let Some(data) = common::real_data() else { return };
    let path = data.join(OLD);
    let trees = |name: &str| read(&path, name);
    let [areas, lines, points] = ["polygon", "line", "point"].map(|k| trees(&format!("BP_AnpflanzungBindungErhaltung/{k}")));
    assert_eq!((areas.geometry.len(), lines.geometry.len(), points.geometry.len()), (46, 16, 24));
    // Asked for by its type and a kind, the same layer comes.
    let request = VectorRequest {
        layer: Some("BP_AnpflanzungBindungErhaltung".into()),
        kind: Some(GeometryKind::Point),
        ..VectorRequest::default()
    };
    let again = readers::read_vector(&path, &request, &Control::default()).unwrap();
    assert_eq!((again.ids, codes(&again.report).get("RD-121")), (points.ids, Some(&2)));

    // 30 water areas with arcs: 177 arcs of the whole plan become thousands of chords, and none of them is broken.
    let water = trees("BP_WasserwirtschaftsFlaeche");
    let vertices: usize = (0..water.geometry.len()).map(|r| water.geometry.vertex_count(r)).sum();
    let area: f64 = (0..water.geometry.len()).map(|r| geometry::area_m2(&water.geometry, r)).sum();
    assert_eq!((water.geometry.len(), vertices), (30, 8876));
    assert!((area - 151_886.12).abs() < 0.1, "{area} m²");
    assert!(!codes(&water.report).contains_key("RD-123"));
}

#[test]
fn plans_that_passed_the_official_validator_show_no_fault() {
    let Some(data) = common::real_data() else { return };
    for path in [OLD, NEW].map(|f| data.join(f)) {
        let found: Vec<String> = readers::inspect(&path).unwrap().findings.into_iter().map(|f| f.code).collect();
        assert!(
            found.iter().all(|c| ["RD-120", "RD-121"].contains(&c.as_str())),
            "{}: {found:?}",
            path.display()
        );
    }
}

/// A plan bound through the mappings into the modules, with a noise band over half of it.
fn project_of(plan: &Path, noise: &str, dir: &Path) -> project::City {
    std::fs::copy(plan, dir.join("plan.gml")).unwrap();
    std::fs::write(dir.join("noise.geojson"), noise).unwrap();
    let mut text = String::from(
        "schema = 1\ntitle = { de = \"Plan\", en = \"Plan\" }\ncrs = \"EPSG:25832\"\nsite = [574600.0, 5947300.0]\nmodules = [\"land_potential\", \"environmental_load\", \"social_infrastructure\", \"land_use_plans\"]\n\
         [[bind]]\nslot = \"environmental_load/noise_lden\"\nfile = \"noise.geojson\"\n",
    );
    for (slot, mapping) in [
        ("land_potential/zones", "zones"),
        ("land_potential/sites", "sites"),
        ("land_use_plans/building_windows", "building_windows"),
        ("land_use_plans/building_lines", "building_lines"),
        ("land_use_plans/plan_areas", "plan_areas"),
        ("land_use_plans/plan_scope", "plan_scope"),
        ("environmental_load/green", "green"),
        ("environmental_load/water", "water"),
    ] {
        text += &format!("[[bind]]\nslot = \"{slot}\"\nfile = \"plan.gml\"\nmapping = \"xplan/{mapping}\"\n");
    }
    std::fs::write(dir.join("project.toml"), text).unwrap();
    project::open(dir, &Control::default()).unwrap()
}

fn noise(west: f64, south: f64, east: f64, north: f64) -> String {
    format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"EPSG:25832"}}}},"features":[{{"type":"Feature","properties":{{"lden_db":60}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}]}}"#
    )
}

#[test]
fn a_real_plan_fills_slots_and_feeds_the_rules() {
    let Some(data) = common::real_data() else { return };
    let dir = tempfile::tempdir().unwrap();
    let city = project_of(&data.join(NEW), &noise(574_000.0, 5_947_000.0, 575_000.0, 5_948_000.0), dir.path());
    let layer = |slot: &str| {
        &city
            .layer(&slot.into())
            .unwrap_or_else(|| panic!("{slot}: {:?}", city.slot(&slot.into()).map(|s| &s.data)))
            .layer
    };
    let zones = layer("land_potential/zones");
    let mut types: Vec<String> = (0..zones.len()).map(|r| zones.attributes.value("baunvo", r).to_string()).collect();
    types.sort();
    assert_eq!(types, ["WA", "WA", "WA", "WA", "WR", "WR", "WR"]);
    assert_eq!(zones.attributes.value("legal_status", 0).to_string(), "Satzung");
    assert_eq!(layer("land_use_plans/building_windows").len(), 21);
    assert_eq!(layer("land_use_plans/building_lines").len(), 21);
    assert_eq!(
        layer("land_use_plans/plan_scope").attributes.value("legal_date", 0).to_string(),
        "1990-06-26"
    );
    let areas = layer("land_use_plans/plan_areas");
    let mut uses: Vec<String> = (0..areas.len()).map(|r| areas.attributes.value("use", r).to_string()).collect();
    uses.sort();
    assert_eq!(uses, ["green", "traffic", "traffic", "water"]);
    assert_eq!(
        (layer("environmental_load/green").len(), layer("environmental_load/water").len()),
        (1, 1)
    );
    for slot in &city.slots {
        if let project::SlotData::Vector(l) = &slot.data {
            assert!(l.layer.report.adds_up(), "{}: {:?}", slot.id, l.layer.report);
        }
    }
    let evaluation = rules::evaluate(&city, &Control::default());
    let of = |rule: &str| evaluation.outcomes.iter().find(|o| o.rule == rule).unwrap();
    // 60 dB(A) exceed what is aimed at in every residential type.
    assert_eq!((of("N3").subjects, of("N3").conflicts), (7, 7));
    assert!(
        evaluation
            .conflicts
            .iter()
            .filter(|c| c.rule == "N3")
            .all(|c| c.threshold.as_ref().is_some_and(|t| t.value == 50.0 || t.value == 55.0))
    );
    assert_eq!((of("T1").subjects, of("T1").conflicts), (7, 0));
}

/// A land-use plan and a development plan of our own making: housing beside industry, a Baufläche without a type, water and nature taken over.
fn invented() -> String {
    let at = |property: &str, [w, s, e, n]: [f64; 4]| {
        let [w, e] = [w, e].map(|x| 574_500.0 + x);
        let [s, n] = [s, n].map(|y| 5_947_300.0 + y);
        format!(
            "<xplan:{property}><gml:Polygon srsName=\"EPSG:25832\"><gml:exterior><gml:LinearRing><gml:posList>{w} {s} {e} {s} {e} {n} {w} {n} {w} {s}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></xplan:{property}>"
        )
    };
    let member = |kind: &str, id: &str, inner: &str, place: String| {
        format!("<gml:featureMember><xplan:{kind} gml:id=\"{id}\">{inner}{place}</xplan:{kind}></gml:featureMember>")
    };
    let code = |name: &str, value: &str| format!("<xplan:{name}>{value}</xplan:{name}>");
    let art = |value: &str| code("besondereArtDerBaulNutzung", value);
    let members = [
        member(
            "FP_Plan",
            "fp",
            &(code("name", "FNP") + &code("rechtsstand", "4000") + &code("wirksamkeitsDatum", "2019-05-01")),
            at("raeumlicherGeltungsbereich", [0.0, 0.0, 400.0, 200.0]),
        ),
        member(
            "FP_BebauungsFlaeche",
            "w",
            &code("allgArtDerBaulNutzung", "1000"),
            at("position", [0.0, 110.0, 90.0, 200.0]),
        ),
        member("FP_BebauungsFlaeche", "wa", &art("1200"), at("position", [0.0, 0.0, 100.0, 100.0])),
        member(
            "FP_BebauungsFlaeche",
            "gi",
            &art("1800"),
            at("position", [100.0, 0.0, 200.0, 100.0]),
        ),
        member(
            "SO_SchutzgebietNaturschutzrecht",
            "nsg",
            &code("artDerFestlegung", "1000"),
            at("position", [200.0, 0.0, 300.0, 100.0]),
        ),
        member(
            "SO_SchutzgebietNaturschutzrecht",
            "lsg",
            &code("artDerFestlegung", "1300"),
            at("position", [300.0, 0.0, 400.0, 100.0]),
        ),
        member(
            "SO_Wasserwirtschaft",
            "hq",
            "<xplan:artDerFestlegung><xplan:SO_KomplexeFestlegungWasserwirtschaft><xplan:allgemein>1100</xplan:allgemein></xplan:SO_KomplexeFestlegungWasserwirtschaft></xplan:artDerFestlegung>",
            at("position", [200.0, 100.0, 300.0, 200.0]),
        ),
        member("FP_WaldFlaeche", "wald", "", at("position", [300.0, 100.0, 400.0, 200.0])),
    ];
    format!(
        "<?xml version=\"1.0\"?><xplan:XPlanAuszug xmlns:xplan=\"http://www.xplanung.de/xplangml/6/0\" xmlns:gml=\"http://www.opengis.net/gml/3.2\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">{}</xplan:XPlanAuszug>",
        members.concat()
    )
}

#[test]
fn a_land_use_plan_brings_housing_beside_industry_to_light() {
    let dir = tempfile::tempdir().unwrap();
    let plan = dir.path().join("fnp.gml");
    std::fs::write(&plan, invented()).unwrap();
    let mut more = String::new();
    for slot in ["nature_reserves", "landscape_protection", "flood_hq100", "forest"] {
        more += &format!("[[bind]]\nslot = \"environmental_load/{slot}\"\nfile = \"plan.gml\"\nmapping = \"xplan/{slot}\"\n");
    }
    let home = tempfile::tempdir().unwrap();
    project_of(&plan, &noise(574_000.0, 5_947_000.0, 575_000.0, 5_948_000.0), home.path());
    let file = home.path().join("project.toml");
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + &more).unwrap();
    let city = project::open(home.path(), &Control::default()).unwrap();
    let layer = |slot: &str| {
        &city
            .layer(&slot.into())
            .unwrap_or_else(|| panic!("{slot}: {:?}", city.slot(&slot.into()).map(|s| &s.data)))
            .layer
    };
    let zones = layer("land_potential/zones");
    let types: Vec<String> = (0..zones.len()).map(|r| zones.attributes.value("baunvo", r).to_string()).collect();
    assert_eq!(types, ["W", "WA", "GI"]);
    assert_eq!(zones.attributes.value("legal_status", 0).to_string(), "wirksam");
    for slot in ["nature_reserves", "landscape_protection", "flood_hq100", "forest"] {
        assert_eq!(layer(&format!("environmental_load/{slot}")).len(), 1, "{slot}");
    }
    let evaluation = rules::evaluate(&city, &Control::default());
    let beside: Vec<_> = evaluation.conflicts.iter().filter(|c| c.rule == "T1").collect();
    assert_eq!(beside.len(), 1, "the residential area that touches it, not the one 14 m away");
    assert_eq!((beside[0].subject.id.as_str(), u8::from(beside[0].severity)), ("wa", 3));
}

/// Real building windows or building limits, with a house of 20 × 20 m and of 40 m height around the first corner of a window, on a plot of
/// its own. What the law finds of it: the figures of the plot, and what is said of the lines.
fn law_of(plan: &Path, layers: &[&str]) -> (Vec<stadtschicht::zoning::Check>, String) {
    let windows = read(plan, "BP_UeberbaubareGrundstuecksFlaeche");
    let [x, y] = windows.geometry.rings(0).next().unwrap()[0];
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(plan, dir.path().join("plan.gml")).unwrap();
    let square = |name: &str, half: f64, properties: &str| {
        let (w, s, e, n) = (x - half, y - half, x + half, y + half);
        let text = format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"EPSG:25832"}}}},"features":[{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]}}}}]}}"#
        );
        std::fs::write(dir.path().join(name), text).unwrap();
    };
    square("house.geojson", 10.0, r#""height_m":40.0,"storeys":12"#);
    square("plot.geojson", 30.0, r#""number":"1/2""#);
    let mut text = format!(
        "schema = 1\ntitle = {{ de = \"Plan\", en = \"Plan\" }}\ncrs = \"EPSG:25832\"\nsite = [{x}, {y}]\nmodules = [\"land_potential\", \"land_use_plans\"]\n\
         [[bind]]\nslot = \"land_potential/zones\"\nfile = \"plan.gml\"\nmapping = \"xplan/zones\"\n\
         [[bind]]\nslot = \"land_potential/parcels\"\nfile = \"plot.geojson\"\n\
         [[bind]]\nslot = \"land_potential/buildings\"\nfile = \"house.geojson\"\n"
    );
    for layer in layers {
        text += &format!("[[bind]]\nslot = \"land_use_plans/{layer}\"\nfile = \"plan.gml\"\nmapping = \"xplan/{layer}\"\n");
    }
    std::fs::write(dir.path().join("project.toml"), text).unwrap();
    let city = project::open(dir.path(), &Control::default()).unwrap();
    let found = stadtschicht::zoning::assess(&city, &Control::default()).unwrap();
    let checks = found.plots.into_iter().flat_map(|p| p.checks).collect();
    let lines = found.notes.iter().find(|n| n.de.contains("Baugrenzen"));
    (checks, lines.map(|n| n.de.clone()).unwrap_or_default())
}

#[test]
fn the_windows_of_real_plans_bound_a_house_and_so_do_their_limits_alone() {
    use stadtschicht::{rules::Verdict, zoning::Measured};
    let Some(data) = common::real_data() else { return };
    // In both plans each window has its limit; of the older one five are drawn open.
    for (file, all, open) in [(NEW, 21, 0), (OLD, 28, 5)] {
        let plan = data.join(file);
        let windows = read(&plan, "BP_UeberbaubareGrundstuecksFlaeche").geometry.len();
        assert_eq!((windows, read(&plan, "BP_BauGrenze").geometry.len()), (all, all));
        let of = |layers: &[&str]| {
            let (checks, note) = law_of(&plan, layers);
            let limit = checks.iter().find(|c| c.measured == Measured::Baugrenze).cloned();
            (limit, checks, note)
        };
        let (both, checks, note) = of(&["building_windows", "building_lines"]);
        let both = both.unwrap_or_else(|| panic!("{file}: {checks:?}"));
        assert_eq!(both.verdict, Verdict::Conflict, "{both:?}");
        let beyond = both.value.known().unwrap();
        assert!(beyond > 10.0 && beyond < 400.0, "{beyond} m²");
        assert!(note.contains(&format!("Am Rand von Baufenstern liegen {all};")), "{note}");
        // The house is as high as no window allows.
        let height = checks.iter().find(|c| c.measured == Measured::Height).unwrap();
        assert_eq!(
            height.verdict,
            if file == NEW { Verdict::Conflict } else { height.verdict },
            "{height:?}"
        );
        // The limits alone close the same areas.
        let (alone, _, note) = of(&["building_lines"]);
        assert!(note.contains(&format!("eigene Flächen umschließen {}", all - open)), "{note}");
        assert!(note.contains(&format!("keine Fläche schließen {open},")), "{note}");
        if open == 0 {
            let alone = alone.unwrap();
            assert!(
                (alone.value.known().unwrap() - beyond).abs() < 0.5,
                "{alone:?}, with windows {beyond} m²"
            );
            assert!(alone.formula.de.contains("von Baugrenzen umschlossen"), "{}", alone.formula.de);
        }
        // Without either nothing is said of limits.
        assert!(of(&[]).0.is_none());
    }
}
