//! Small plans of our own making, whose figures can be reckoned by hand.

use super::super::{ReadError, VectorRequest, inspect, read_vector};
use crate::{
    model::{Finding, GeometryKind, Report, Value},
    progress::Control,
    readers::RawLayer,
};

/// A document of version `v` with these members.
fn plan(v: &str, members: &str) -> String {
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xplan:XPlanAuszug xmlns:xplan=\"http://www.xplanung.de/xplangml/{v}\" \
         xmlns:gml=\"http://www.opengis.net/gml/3.2\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" gml:id=\"a\">{members}</xplan:XPlanAuszug>"
    )
}

fn member(kind: &str, id: &str, inner: &str) -> String {
    format!("<gml:featureMember><xplan:{kind} gml:id=\"{id}\">{inner}</xplan:{kind}></gml:featureMember>")
}

fn area(property: &str, list: &str) -> String {
    format!(
        "<xplan:{property}><gml:Polygon srsName=\"EPSG:25832\"><gml:exterior><gml:LinearRing><gml:posList>{list}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></xplan:{property}>"
    )
}

/// A rectangle somewhere in the zone.
fn rectangle(property: &str, [west, south, east, north]: [f64; 4]) -> String {
    let [w, e] = [west, east].map(|x| 500_000.0 + x);
    let [s, n] = [south, north].map(|y| 5_700_000.0 + y);
    area(property, &format!("{w} {s} {e} {s} {e} {n} {w} {n} {w} {s}"))
}

fn point(x: f64, y: f64) -> String {
    let (x, y) = (500_000.0 + x, 5_700_000.0 + y);
    format!("<xplan:position><gml:Point srsName=\"EPSG:25832\"><gml:pos>{x} {y}</gml:pos></gml:Point></xplan:position>")
}

const IN_SECTION: &str = "<xplan:gehoertZuBereich xlink:href=\"#section\"/>";
const CLOSES: &str = "<xplan:flaechenschluss>true</xplan:flaechenschluss>";

/// A plan of 100 m by 60 m: a building area in the west, green in the east, a strip of 1 m between that belongs to nobody, a street that
/// overlaps the building area by 2 m on 10 m, a tree 5 m outside.
fn town() -> String {
    let height = |most: &str| {
        format!(
            "<xplan:hoehenangabe><xplan:XP_Hoehenangabe><xplan:hoehenbezug>2000</xplan:hoehenbezug><xplan:bezugspunkt>3000</xplan:bezugspunkt><xplan:hMax uom=\"m\">{most}</xplan:hMax></xplan:XP_Hoehenangabe></xplan:hoehenangabe>"
        )
    };
    let window = |id: &str, at: [f64; 4], more: &str| {
        member(
            "BP_UeberbaubareGrundstuecksFlaeche",
            id,
            &format!("{IN_SECTION}{more}{}", rectangle("position", at)),
        )
    };
    let scope = rectangle("raeumlicherGeltungsbereich", [0.0, 0.0, 100.0, 60.0]);
    let members = [
        member(
            "BP_Plan",
            "plan",
            &format!(
                "<xplan:name>Am Anger</xplan:name><xplan:nummer>12/3</xplan:nummer><xplan:rechtsstand>4000</xplan:rechtsstand><xplan:satzungsbeschlussDatum>2023-11-30</xplan:satzungsbeschlussDatum><xplan:inkrafttretensDatum>2024-02-01</xplan:inkrafttretensDatum>{scope}<xplan:bereich xlink:href=\"#section\"/>"
            ),
        ),
        member(
            "BP_Bereich",
            "section",
            "<xplan:nummer>0</xplan:nummer><xplan:gehoertZuPlan xlink:href=\"#plan\"/>",
        ),
        member(
            "BP_TextAbschnitt",
            "t",
            "<xplan:schluessel>§ 2</xplan:schluessel><xplan:text>Dächer sind\n zu begrünen.</xplan:text>",
        ),
        member(
            "BP_BaugebietsTeilFlaeche",
            "wa",
            &format!(
                "{IN_SECTION}{CLOSES}<xplan:GRZ>0.4</xplan:GRZ><xplan:Zmax>3</xplan:Zmax><xplan:besondereArtDerBaulNutzung>1200</xplan:besondereArtDerBaulNutzung><xplan:refTextInhalt xlink:href=\"#t\"/>{}",
                rectangle("position", [0.0, 0.0, 60.0, 60.0])
            ),
        ),
        window("by-storeys-around", [5.0, 5.0, 20.0, 20.0], ""),
        window("by-own-storeys", [5.0, 25.0, 20.0, 30.0], "<xplan:Z>2</xplan:Z>"),
        window("by-own-height", [30.0, 5.0, 50.0, 20.0], &(height("11.5") + "<xplan:Z>2</xplan:Z>")),
        window("by-mark", [30.0, 25.0, 50.0, 35.0], ""),
        member(
            "BP_HoehenMass",
            "mark",
            &format!("{IN_SECTION}{}{}", height("14"), point(40.0, 30.0)),
        ),
        member(
            "BP_GruenFlaeche",
            "park",
            &format!(
                "{IN_SECTION}{CLOSES}<xplan:zweckbestimmung>1000</xplan:zweckbestimmung>{}",
                rectangle("position", [61.0, 0.0, 100.0, 60.0])
            ),
        ),
        member(
            "BP_StrassenVerkehrsFlaeche",
            "street",
            &format!("{IN_SECTION}{CLOSES}{}", rectangle("position", [60.0, 0.0, 61.0, 10.0])),
        ),
        member(
            "BP_StrassenVerkehrsFlaeche",
            "wide",
            &format!("{IN_SECTION}{CLOSES}{}", rectangle("position", [58.0, 20.0, 60.0, 30.0])),
        ),
        member(
            "BP_AnpflanzungBindungErhaltung",
            "tree",
            &format!("{IN_SECTION}{}", point(105.0, 30.0)),
        ),
    ];
    plan("6/0", &members.concat())
}

fn with<T>(text: &str, look: impl FnOnce(&std::path::Path) -> T) -> T {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.gml");
    std::fs::write(&path, text).unwrap();
    look(&path)
}

fn read(text: &str, layer: &str) -> Result<RawLayer, ReadError> {
    let request = VectorRequest {
        layer: Some(layer.into()),
        ..VectorRequest::default()
    };
    with(text, |path| read_vector(path, &request, &Control::default()))
}

fn of<'a>(findings: &'a [Finding], code: &str) -> Vec<&'a Finding> {
    findings.iter().filter(|f| f.code == code).collect()
}

fn told(report: &Report, code: &str) -> u64 {
    of(&report.findings, code).iter().map(|f| f.count).sum()
}

#[test]
fn gaps_overlaps_and_strays_are_measured_and_placed() {
    let i = with(&town(), inspect).unwrap();
    let overlap = of(&i.findings, "RD-125");
    assert_eq!(overlap.len(), 1, "{:?}", i.findings);
    assert!(overlap[0].text.en.contains("overlap by 20.0 m²"), "{}", overlap[0].text.en);
    assert!(
        overlap[0].text.de.contains("20,0 m²") && overlap[0].text.de.contains("bei 500059.0 / 5700025.0"),
        "{}",
        overlap[0].text.de
    );
    let gaps = of(&i.findings, "RD-126");
    // The strip of 1 m, less the 10 m of it that the street fills: 50 m².
    assert_eq!(gaps.len(), 1);
    assert!(
        gaps[0].text.en.contains("50.0 m² (0.83 % of the scope) at 500060.5 / 5700035.0"),
        "{}",
        gaps[0].text.en
    );
    let outside = of(&i.findings, "RD-127");
    assert_eq!(outside.len(), 1);
    assert!(
        outside[0].text.en.contains("“tree” lies outside the scope by up to 5.00 m"),
        "{}",
        outside[0].text.en
    );

    // Each layer hears of its own faults only.
    let layer = |name: &str| read(&town(), name).unwrap().report;
    let counts = |name: &str| ["RD-125", "RD-126", "RD-127"].map(|c| told(&layer(name), c));
    assert_eq!(counts("BP_BaugebietsTeilFlaeche"), [1, 1, 0]);
    assert_eq!(counts("BP_AnpflanzungBindungErhaltung"), [0, 0, 1]);
    assert_eq!(counts("BP_UeberbaubareGrundstuecksFlaeche"), [0, 0, 0]);
}

#[test]
fn heights_come_from_the_window_its_marks_or_the_area_around() {
    let windows = read(&town(), "BP_UeberbaubareGrundstuecksFlaeche").unwrap();
    let at = |id: &str, name: &str| {
        let row = windows.ids.iter().position(|i| &**i == id).unwrap();
        windows.attributes.value(name, row)
    };
    for (id, height, from, storeys) in [
        ("by-storeys-around", 9.0, "Vollgeschosse des Baugebiets × 3 m", 3),
        ("by-own-storeys", 6.0, "Vollgeschosse × 3 m", 2),
        ("by-own-height", 11.5, "Höhenangabe", 2),
        ("by-mark", 14.0, "Höhenmaß", 3),
    ] {
        assert_eq!(at(id, "geltend_hoehe").as_f64(), Some(height), "{id}");
        assert_eq!(at(id, "geltend_hoehe_aus"), Value::Text(from.into()), "{id}");
        assert_eq!(at(id, "geltend_Z"), Value::Integer(storeys), "{id}");
        assert_eq!(at(id, "geltend_GRZ"), Value::Real(0.4));
        assert_eq!(
            at(id, "geltend_besondereArtDerBaulNutzung_text").to_string(),
            "allgemeines Wohngebiet"
        );
        assert_eq!(
            (at(id, "plan_name").to_string(), at(id, "plan_nummer").to_string()),
            ("Am Anger".into(), "12/3".into())
        );
        assert_eq!(
            (at(id, "plan_datum").to_string(), at(id, "plan_datum_art").to_string()),
            ("2024-02-01".into(), "Inkrafttreten".into())
        );
        assert_eq!(at(id, "plan_rechtsstand_text").to_string(), "in Kraft getreten");
    }
    let zones = read(&town(), "BP_BaugebietsTeilFlaeche").unwrap();
    assert_eq!(zones.attributes.value("textinhalt", 0).to_string(), "§ 2: Dächer sind zu begrünen.");
}

#[test]
fn layers_are_listed_with_what_makes_none() {
    let i = with(&town(), inspect).unwrap();
    let names: Vec<&str> = i.layers.iter().map(|l| l.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "BP_Plan",
            "BP_BaugebietsTeilFlaeche",
            "BP_UeberbaubareGrundstuecksFlaeche",
            "BP_GruenFlaeche",
            "BP_StrassenVerkehrsFlaeche",
            "BP_HoehenMass",
            "BP_AnpflanzungBindungErhaltung"
        ]
    );
    assert!(
        i.layers
            .iter()
            .all(|l| l.crs.as_deref() == Some("EPSG:25832") && l.extent.is_some())
    );
    let silent: u64 = of(&i.findings, "RD-121").iter().map(|f| f.count).sum();
    assert_eq!(silent, 2, "a section without an area of its own and a text");
    let plan = of(&i.findings, "RD-120")[0];
    assert!(
        plan.text
            .de
            .contains("XPlanGML 6.0, BP_Plan „Am Anger“: in Kraft getreten, 2024-02-01"),
        "{}",
        plan.text.de
    );
    // Without a name the kind alone does not choose among several.
    let any = VectorRequest {
        kind: Some(GeometryKind::Polygon),
        ..VectorRequest::default()
    };
    assert!(matches!(
        with(&town(), |p| read_vector(p, &any, &Control::default())),
        Err(ReadError::ChooseLayer { .. })
    ));
    assert!(matches!(read(&town(), "BP_BauGrenze"), Err(ReadError::NoSuchLayer { .. })));
}

#[test]
fn every_object_that_cannot_be_drawn_is_told() {
    let broken = |id: &str, list: &str| member("BP_GruenFlaeche", id, &area("position", list));
    let spline = "<xplan:position><gml:Curve srsName='EPSG:25832'><gml:segments><gml:BSpline><gml:posList>0 0 1 1</gml:posList></gml:BSpline></gml:segments></gml:Curve></xplan:position>";
    let bent = "<xplan:position><gml:Polygon srsName='EPSG:25832'><gml:exterior><gml:Ring><gml:curveMember><gml:Curve><gml:segments><gml:ArcString><gml:posList>500000 5700000 500010 5700000 500010 5700010 500000 5700000</gml:posList></gml:ArcString></gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:Polygon></xplan:position>";
    let text = plan(
        "5/4",
        &[
            broken("fine", "500000 5700000 500010 5700000 500010 5700010 500000 5700000"),
            broken("fine", "500000 5700000 500010 5700000 500010 5700010 500000 5700000"),
            broken("nan", "500000 NaN 500010 5700000 500010 5700010 500000 5700000"),
            broken("odd", "500000 5700000 500010 5700000 500010 5700010 500000"),
            broken("short", "500000 5700000 500010 5700000 500000 5700000"),
            member("BP_GruenFlaeche", "spline", spline),
            member("BP_GruenFlaeche", "bent", bent),
            member("BP_GruenFlaeche", "nowhere", "<xplan:zweckbestimmung>77</xplan:zweckbestimmung>"),
        ]
        .concat(),
    );
    let raw = read(&text, "BP_GruenFlaeche").unwrap();
    assert!(raw.report.adds_up(), "{:?}", raw.report);
    assert_eq!((raw.report.expected, raw.report.loaded, raw.report.dropped()), (Some(8), 3, 5));
    assert_eq!(
        [
            told(&raw.report, "RD-006"),
            told(&raw.report, "RD-007"),
            told(&raw.report, "RD-124"),
            told(&raw.report, "RD-003")
        ],
        [2, 1, 1, 1]
    );
    assert_eq!(
        (told(&raw.report, "RD-123"), told(&raw.report, "RD-009")),
        (1, 1),
        "a bent arc and an id used twice"
    );
    let i = with(&text, inspect).unwrap();
    assert!(of(&i.findings, "RD-120")[0].text.en.contains("without a plan object"));
}

#[test]
fn bad_documents_end_in_words() {
    let one = rectangle("position", [0.0, 0.0, 9.0, 9.0]);
    let green = |inner: &str| member("BP_GruenFlaeche", "g", inner);
    let why = |text: &str| read(text, "BP_GruenFlaeche").unwrap_err().text();

    let old = why(&plan("4/1", &green(&one)));
    assert!(
        old.de.contains("Version „4.1“") && old.en.contains("only 5.x and 6.x"),
        "{}",
        old.de
    );
    let deep = plan("6/0", &green(&"<xplan:a>".repeat(100)));
    assert!(why(&deep).en.contains("more than 64 deep"), "{}", why(&deep).en);
    let bomb = plan("6/0", &green(&one)).replacen("?>", "?><!DOCTYPE x [<!ENTITY b \"c\">]>", 1);
    assert!(why(&bomb).en.contains("DOCTYPE"), "{}", why(&bomb).en);
    let cut = plan("6/0", &green(&one));
    let cut = &cut[..cut.len() - 60];
    assert!(why(cut).de.contains("beschädigt"), "{}", why(cut).de);

    let nowhere = read(&plan("6/0", &green(&one.replace(" srsName=\"EPSG:25832\"", ""))), "BP_GruenFlaeche").unwrap();
    assert_eq!((nowhere.crs.as_deref(), told(&nowhere.report, "RD-011")), (None, 1));
    let strange = read(&plan("6/0", &green(&one.replace("EPSG:25832", "DHDN"))), "BP_GruenFlaeche").unwrap();
    assert_eq!(strange.crs, None);
    assert!(strange.report.findings.iter().any(|f| f.text.en.contains("“DHDN”")));
    let mixed = plan("6/0", &(green(&one) + &green(&one.replace("25832", "25833"))));
    let mixed = read(&mixed, "BP_GruenFlaeche").unwrap();
    assert_eq!((mixed.crs.as_deref(), told(&mixed.report, "RD-011")), (None, 1));
    let envelope = "<gml:boundedBy><gml:Envelope srsName=\"urn:adv:crs:ETRS89_UTM33\"/></gml:boundedBy>";
    let outer = read(
        &plan("6/0", &(envelope.to_string() + &green(&one.replace(" srsName=\"EPSG:25832\"", "")))),
        "BP_GruenFlaeche",
    )
    .unwrap();
    assert_eq!(outer.crs.as_deref(), Some("EPSG:25833"));
    let newer = read(&plan("6/9", &green(&one)), "BP_GruenFlaeche").unwrap();
    assert_eq!(told(&newer.report, "RD-122"), 1);
    let empty = with(&plan("6/0", ""), |p| read_vector(p, &VectorRequest::default(), &Control::default()));
    assert!(matches!(empty, Err(ReadError::NoLayers { .. })));
}

#[test]
fn degrees_and_old_grids_come_east_first() {
    let text = |name: &str, list: &str| {
        plan(
            "5/2",
            &member("BP_GruenFlaeche", "g", &area("position", list).replace("EPSG:25832", name)),
        )
    };
    let first = |name: &str, list: &str| read(&text(name, list), "BP_GruenFlaeche").unwrap().geometry.coords()[0];
    let degrees = "53.5 9.9 53.5 9.91 53.51 9.91 53.5 9.9";
    assert_eq!(first("urn:ogc:def:crs:EPSG::4258", degrees), [9.9, 53.5]);
    assert_eq!(
        first("EPSG:31467", "3564000 5938000 3564010 5938000 3564010 5938010 3564000 5938000"),
        [3_564_000.0, 5_938_000.0]
    );
}
