//! Services against real servers on loopback: MapServer (WFS, OGC API Features, WMS), MapCache (WMTS) and PostgreSQL with PostGIS, each
//! started here and ended here. Nothing else is contacted.
//!
//! Without the Debian packages the tests say that they are skipped; `STADTSCHICHT_SERVICES_TEST=required` forbids that.

#[path = "services/hostile.rs"]
mod hostile;
#[path = "services/mapserver.rs"]
mod mapserver;
#[path = "services/postgres.rs"]
mod postgres;
#[path = "services/postgres_tls.rs"]
mod postgres_tls;
#[path = "services/project.rs"]
mod project;
#[path = "services/server.rs"]
mod server;
#[path = "services/tls.rs"]
mod tls;

use mapserver::{POINTS, point};
use postgres::{PASSWORD, Postgres};
use project::{Project, on, source};
use server::Server;
use stadtschicht::{
    layers::reproject,
    progress::Control,
    project::{City, SlotData, open},
    services::{self, ServiceError},
};
use std::path::Path;
use tempfile::TempDir;

fn skipped(there: bool, what: &str) -> bool {
    let required = std::env::var("STADTSCHICHT_SERVICES_TEST").is_ok_and(|v| v == "required");
    assert!(there || !required, "{what} is not installed");
    if !there {
        eprintln!("skipped: {what} is not installed");
    }
    !there
}

/// The town on MapServer and MapCache.
fn town() -> Option<(TempDir, Server)> {
    let there = Path::new("/usr/bin/mapserv").exists() && Path::new("/usr/lib/cgi-bin/mapcache").exists();
    if skipped(there, "MapServer with MapCache") {
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    let server = mapserver::start(dir.path());
    Some((dir, server))
}

fn opened(project: &Project) -> City {
    open(project.path(), &Control::default()).unwrap()
}

fn bind(kind: &str, url: &str, layer: &str) -> String {
    format!("[[bind]]\nslot = \"social_infrastructure/stops\"\n[bind.service]\nkind = \"{kind}\"\nurl = \"{url}\"\nlayer = \"{layer}\"\n")
}

/// Every point is there once, where it belongs.
fn assert_points(city: &City, tolerance_m: f64) {
    let layer = city.layer(&"social_infrastructure/stops".into());
    let layer = &layer
        .unwrap_or_else(|| panic!("{:#?}", city.slot(&"social_infrastructure/stops".into())))
        .layer;
    let report = &layer.report;
    assert_eq!((layer.len(), report.expected), (POINTS, Some(POINTS as u64)), "{report:#?}");
    assert!(report.adds_up() && report.dropped() == 0, "{report:#?}");
    let mut found: Vec<[f64; 2]> = layer.geometry.coords().to_vec();
    found.sort_by(|a, b| a[0].total_cmp(&b[0]));
    for (n, p) in found.iter().enumerate() {
        let [x, y] = point(n);
        assert!((p[0] - x).hypot(p[1] - y) < tolerance_m, "{n}: {p:?} instead of {x} {y}");
    }
    let origin = &layer.provenance[..];
    assert_eq!(origin.len(), 1, "many pages are one origin");
    assert!(origin[0].retrieved.is_some() && origin[0].data_date.as_deref().is_some_and(|d| d.len() == 10));
    assert!(
        report.findings.iter().any(|f| f.code == "PJ-183" && f.text.en.contains("today")),
        "{report:#?}"
    );
}

#[test]
fn a_wfs_is_paged_to_its_end_in_both_versions_and_opens_without_a_network() {
    let Some((_dir, server)) = town() else { return };
    for version in ["2.0.0", "1.1.0"] {
        let binding = bind("wfs", &server.url("/cgi"), "punkte") + &format!("version = \"{version}\"\n");
        let project = Project::new(&binding);
        let mut wfs = on(&server, "wfs", "/cgi", "punkte");
        wfs.version = Some(version.into());
        // The binding has the usual margin, the source here too.
        let entry = project.ask(&wfs).unwrap();
        assert_eq!(
            (entry.delivered, entry.repeated, entry.pages.len(), entry.missing()),
            (25, 0, 3, 0),
            "{version}: {entry:?}"
        );
        assert_eq!(entry.attribution.as_deref(), Some("dl-de/by-2-0 Teststadt"));
        let before = server.asked();
        let city = opened(&project);
        assert_eq!(server.asked(), before, "an open project asks nobody");
        assert_points(&city, 0.001);
        assert_eq!(
            city.provenance().next().unwrap().1.attribution.as_deref(),
            Some("dl-de/by-2-0 Teststadt")
        );
    }
}

#[test]
fn axes_are_right_where_the_authority_has_northing_first() {
    let Some((_dir, server)) = town() else { return };
    // UTM in the order northing, easting, without a change of datum that servers do differently: the box goes out and the points come back with northing first.
    for version in ["2.0.0", "1.1.0"] {
        let binding = bind("wfs", &server.url("/cgi"), "punkte") + &format!("version = \"{version}\"\n");
        let project = Project::in_crs(3045, &binding);
        let mut wfs = on(&server, "wfs", "/cgi", "punkte");
        wfs.version = Some(version.into());
        let entry = project.ask(&wfs).unwrap();
        assert_eq!((entry.delivered, entry.missing()), (25, 0), "{version}");
        let text = std::fs::read_to_string(services::page_path(project.path(), &entry.pages[0])).unwrap();
        assert!(text.contains("EPSG::3045"), "the project's own system was asked for");
        let city = opened(&project);
        let layer = &city.layer(&"social_infrastructure/stops".into()).unwrap().layer;
        let mut expected = [point(0)];
        reproject(25833, 3045, &mut expected).unwrap();
        let p = layer.geometry.coords()[0];
        assert!(
            (p[0] - expected[0][0]).hypot(p[1] - expected[0][1]) < 1.0,
            "{p:?} instead of {expected:?}"
        );
    }
    for version in ["1.3.0", "1.1.1"] {
        let project = Project::in_crs(3045, "");
        let mut map = on(&server, "wms", "/cgi", "flaeche");
        (map.margin_m, map.resolution_m, map.version) = (0.0, Some(1.0), Some(version.into()));
        let entry = project.ask(&map).unwrap_or_else(|e| panic!("{}", e.text().en));
        assert_eq!(entry.picture.as_ref().unwrap().epsg, 3045);
        assert_rectangle(&project, &services::picture(project.path(), &entry, &Control::default()).unwrap());
    }
}

#[test]
fn ogc_api_features_follow_their_next_links() {
    let Some((_dir, server)) = town() else { return };
    let path = "/cgi/STADT/ogcapi";
    let project = Project::new(&bind("ogc_api_features", &server.url(path), "punkte"));
    let entry = project.ask(&on(&server, "ogc_api_features", path, "punkte")).unwrap();
    assert_eq!((entry.matched, entry.delivered, entry.pages.len()), (Some(25), 25, 3));
    // Six decimals of a degree are a decimetre.
    assert_points(&opened(&project), 0.15);
    let unknown = project.ask(&on(&server, "ogc_api_features", path, "nix")).unwrap_err();
    assert!(
        matches!(&unknown, ServiceError::NoLayer { known, .. } if known == "punkte" || known.contains("punkte")),
        "{unknown:?}"
    );
}

/// Fetches the rectangle as a picture of one metre a pixel.
fn fetched_picture(server: &Server, kind: &str, path: &str) -> (Project, services::Picture) {
    let mut map = on(server, kind, path, "flaeche");
    (map.margin_m, map.resolution_m) = (0.0, Some(1.0));
    let project = Project::new("");
    let entry = project.ask(&map).unwrap_or_else(|e| panic!("{}", e.text().en));
    let picture = services::picture(project.path(), &entry, &Control::default()).unwrap();
    (project, picture)
}

/// The green rectangle of the map lies from 387000 5818000 to 387200 5818100.
fn assert_rectangle(project: &Project, picture: &services::Picture) {
    let at = |x: f64, y: f64| {
        let mut p = [[x, y]];
        reproject(25833, project.epsg, &mut p).unwrap();
        let column = ((p[0][0] - picture.bbox.min[0]) / picture.bbox.width_m() * f64::from(picture.width)) as usize;
        let row = ((picture.bbox.max[1] - p[0][1]) / picture.bbox.height_m() * f64::from(picture.height)) as usize;
        let k = (row * picture.width as usize + column) * 4;
        [picture.rgba[k], picture.rgba[k + 1], picture.rgba[k + 2], picture.rgba[k + 3]]
    };
    for (x, y) in [
        (387_004.0, 5_818_004.0),
        (387_196.0, 5_818_004.0),
        (387_004.0, 5_818_096.0),
        (387_196.0, 5_818_096.0),
    ] {
        let [r, g, b, a] = at(x, y);
        assert!(g > 100 && r < 60 && b < 60 && a > 200, "{x} {y}: {:?}", at(x, y));
    }
    for (x, y) in [
        (386_994.0, 5_818_050.0),
        (387_206.0, 5_818_050.0),
        (387_100.0, 5_817_994.0),
        (387_100.0, 5_818_106.0),
    ] {
        assert!(at(x, y)[3] < 50, "{x} {y}: {:?}", at(x, y));
    }
}

#[test]
fn a_wms_is_cut_into_tiles_the_server_can_draw_and_lies_in_its_place() {
    let Some((_dir, server)) = town() else { return };
    let (project, picture) = fetched_picture(&server, "wms", "/cgi");
    assert_eq!((picture.width, picture.height), (500, 500));
    assert_rectangle(&project, &picture);
    // Half a metre a pixel are 1000 pixels; the server draws at most 600 at once.
    let mut fine = on(&server, "wms", "/cgi", "flaeche");
    (fine.margin_m, fine.resolution_m) = (0.0, Some(0.5));
    let entry = project.ask(&fine).unwrap();
    assert_eq!(entry.picture.as_ref().unwrap().tiles.len(), 4);
    let picture = services::picture(project.path(), &entry, &Control::default()).unwrap();
    assert_eq!((picture.width, picture.height), (1000, 1000));
    assert_rectangle(&project, &picture);
    let mut nothing = on(&server, "wms", "/cgi", "flaeche,nix");
    nothing.margin_m = 0.0;
    assert!(matches!(project.ask(&nothing), Err(ServiceError::NoLayer { .. })));
}

#[test]
fn a_wmts_gives_the_tiles_of_the_area() {
    let Some((_dir, server)) = town() else { return };
    let (project, picture) = fetched_picture(&server, "wmts", "/cgi/wmts");
    assert_eq!((picture.width, picture.height), (500, 500));
    assert_rectangle(&project, &picture);
}

#[test]
fn every_kind_of_server_lists_its_layers_with_titles_once_it_is_confirmed() {
    let Some((_dir, server)) = town() else { return };
    let project = Project::new("");
    let offered = |kind: &str, path: &str| -> Vec<(String, String)> {
        let list = project
            .offers(&on(&server, kind, path, "*"))
            .unwrap_or_else(|e| panic!("{kind}: {}", e.text().en));
        list.into_iter().map(|o| (o.name, o.title)).collect()
    };
    let both = [("punkte", "Punkte"), ("flaeche", "Rechteck")].map(|(n, t)| (n.to_string(), t.to_string()));
    let maps = offered("wms", "/cgi");
    assert!(both.iter().all(|b| maps.contains(b)), "{maps:?}");
    // A map of inline features has no feature type.
    let types = offered("wfs", "/cgi");
    assert!(types.contains(&("ms:punkte".into(), "Punkte".into())), "{types:?}");
    assert!(offered("ogc_api_features", "/cgi/STADT/ogcapi").contains(&both[0]));
    assert_eq!(offered("wmts", "/cgi/wmts")[0].0, "flaeche");
    let other = Project::new("");
    let before = server.asked();
    let error = other.offers_unconfirmed(&on(&server, "wms", "/cgi", "*")).unwrap_err();
    assert!(matches!(error, ServiceError::NotConfirmed { .. }));
    assert_eq!(server.asked(), before);
}

#[test]
fn a_backdrop_is_part_of_the_city_with_its_attribution() {
    let Some((_dir, server)) = town() else { return };
    let text = format!(
        "[[backdrop]]\nid = \"karte\"\ntitle = {{ de = \"Karte\", en = \"Map\" }}\nopacity = 0.7\n[backdrop.service]\nkind = \"wms\"\nurl = \"{}\"\nlayer = \"flaeche\"\n",
        server.url("/cgi")
    );
    let project = Project::new(&text);
    let before = opened(&project);
    let why = before.backdrops[0].picture.as_ref().unwrap_err();
    assert!(
        why.en.contains("not been confirmed") && why.en.contains(&server.port.to_string()),
        "{}",
        why.en
    );
    assert_eq!(server.asked(), 0, "nobody was asked");
    project.ask(&on(&server, "wms", "/cgi", "flaeche")).unwrap();
    let city = opened(&project);
    let backdrop = &city.backdrops[0];
    assert!(backdrop.picture.as_ref().unwrap().width >= 500);
    assert_eq!(
        (backdrop.opacity, backdrop.provenance.attribution.as_deref()),
        (0.7, Some("dl-de/by-2-0 Teststadt"))
    );
    assert!(city.provenance().any(|(id, _)| *id == "backdrop/karte".into()));
}

#[test]
fn a_postgis_table_comes_with_its_password_from_outside_the_project() {
    if skipped(postgres::is_installed(), "PostgreSQL 15 with PostGIS") {
        return;
    }
    let points: Vec<String> = (0..POINTS)
        .map(|n| {
            let [x, y] = point(n);
            format!("({n}, 'Straße {n}', ST_SetSRID(ST_MakePoint({x}, {y}, 34.5), 25833))")
        })
        .collect();
    let sql = format!(
        "CREATE EXTENSION postgis; CREATE SCHEMA \"Plan\"; \
         CREATE TABLE \"Plan\".\"Halte; stellen\" (nr int PRIMARY KEY, name text, \"Lage\" geometry(PointZ, 25833)); \
         INSERT INTO \"Plan\".\"Halte; stellen\" VALUES {}, (99, 'ohne Ort', NULL); \
         CREATE TABLE public.gemischt (g geometry); INSERT INTO public.gemischt VALUES (ST_SetSRID(ST_MakePoint(1, 1), 25833)), (ST_SetSRID(ST_MakePoint(1, 1), 4326)); \
         CREATE TABLE public.ohne (g geometry); INSERT INTO public.ohne VALUES (ST_MakePoint(1, 1)); \
         CREATE TABLE public.text (a int); COMMENT ON TABLE \"Plan\".\"Halte; stellen\" IS 'Haltestellen';",
        points.join(", ")
    );
    let server = Postgres::start(&sql);
    let project = Project::new(&bind("postgis", &server.url(), "Plan.Halte; stellen"));
    let path = project.path().to_str().unwrap();
    // Confirmed, but without a password.
    let (code, out, err) = project.program(&["services", "confirm", path, "--all"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, _, err) = project.program(&["services", "fetch", path]);
    assert!(code == 1 && err.contains(".pgpass"), "{err}");
    let pass = project.settings.path().join("pgpass");
    std::fs::write(&pass, format!("127.0.0.1:{}:postgres:gis:{PASSWORD}\n", server.port)).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&pass, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let (code, out, err) = project.program(&["services", "fetch", path]);
    assert!(code == 0 && out.contains("26 features"), "{out}{err}");
    let listed = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tables_with_a_password_from_the_environment", "--ignored"])
        .env("STADTSCHICHT_TEST_DATABASE", server.url())
        .env("PGPASSFILE", &pass)
        .env_remove("PGPASSWORD")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.status.success() && said.contains("1 passed"), "{said}");
    let fault = |layer: &str| {
        project.write(&bind("postgis", &server.url(), layer));
        let (code, _, err) = project.program(&["services", "fetch", path]);
        assert_eq!(code, 1, "{layer}: {err}");
        err
    };
    assert!(fault("gemischt").contains("mixes coordinate systems"));
    assert!(fault("ohne").contains("SRID 0"));
    assert!(fault("text").contains("no such geometry column"));
    assert!(fault("Plan.nix").contains("Plan.Halte; stellen"));
    // The server is gone, the project opens.
    drop(server);
    project.write(&bind("postgis", &server_url_of(&project), "Plan.Halte; stellen"));
    let city = opened(&project);
    let layer = &city.layer(&"social_infrastructure/stops".into()).unwrap().layer;
    assert_eq!(
        (layer.len(), layer.report.expected, layer.report.dropped()),
        (25, Some(26), 1),
        "{:#?}",
        layer.report
    );
    assert!(layer.report.adds_up());
    assert_eq!(&*layer.ids[3], "3");
    let [x, y] = point(7);
    let p = layer.geometry.coords()[7];
    assert!((p[0] - x).hypot(p[1] - y) < 0.001, "{p:?}");
}

/// Lists the tables for the test above it, in a process whose environment names the password file.
#[test]
#[ignore = "the list of tables asks for it"]
fn tables_with_a_password_from_the_environment() {
    let Ok(url) = std::env::var("STADTSCHICHT_TEST_DATABASE") else {
        return;
    };
    let wanted = source(&format!("kind = \"postgis\"\nurl = \"{url}\"\nlayer = \"*\"\n"));
    let list = Project::new("").offers(&wanted).unwrap_or_else(|e| panic!("{}", e.text().en));
    let list: Vec<String> = list.into_iter().map(|o| format!("{} = {}", o.name, o.title)).collect();
    assert_eq!(
        list,
        [
            "Plan.Halte; stellen = Haltestellen",
            "public.gemischt = public.gemischt",
            "public.ohne = public.ohne"
        ]
    );
}

/// The address that was confirmed: the port is known from there alone once the server is gone.
fn server_url_of(project: &Project) -> String {
    let text = std::fs::read_to_string(project.settings.path().join("services.toml")).unwrap();
    let at = text.find("postgresql://").unwrap();
    text[at..].split('"').next().unwrap().to_string()
}

#[test]
fn the_command_line_lists_confirms_fetches_and_takes_back() {
    let Some((_dir, server)) = town() else { return };
    let project = Project::new(&bind("wfs", &server.url("/cgi"), "punkte"));
    let path = project.path().to_str().unwrap();
    let (code, out, _) = project.program(&["services", "list", path]);
    assert!(
        code == 0 && out.contains("WFS") && out.contains("empty") && out.contains("--all"),
        "{out}"
    );
    let (code, _, err) = project.program(&["services", "fetch", path]);
    assert!(code == 1 && err.contains("not been confirmed"), "{err}");
    let (_, out, _) = project.program(&["modules", "check", path]);
    assert!(out.contains("PJ-181"), "{out}");
    assert_eq!(server.asked(), 0, "nobody was asked");
    let (code, _, err) = project.program(&["services", "confirm", path, "--endpoint", "http://other.example/"]);
    assert!(code == 2 && err.contains("127.0.0.1"), "{err}");
    let (code, _, _) = project.program(&["services", "confirm", path]);
    assert_eq!(code, 2, "which?");
    let (code, out, err) = project.program(&["services", "confirm", path, "--endpoint", &server.url("/cgi")]);
    assert!(code == 0 && out.contains("Confirmed"), "{out}{err}");
    let (code, out, err) = project.program(&["services", "fetch", path]);
    assert!(code == 0 && out.contains("25 features"), "{out}{err}");
    let (_, out, _) = project.program(&["services", "list", path, "--format=json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&json["services"][0]["confirmed"], &json["services"][0]["endpoint"]),
        (&true.into(), &server.url("/cgi").into())
    );
    assert!(json["services"][0]["retrieved"].as_str().is_some_and(|t| t.ends_with('Z')));
    drop(server);
    assert_points(&opened(&project), 0.001);
    let (code, out, _) = project.program(&["services", "confirm", path, "--all", "--revoke"]);
    assert!(code == 0 && out.contains("taken back"), "{out}");
    let (_, _, err) = project.program(&["services", "fetch", path]);
    assert!(err.contains("not been confirmed"), "{err}");
    // What was fetched stays readable.
    assert!(matches!(
        opened(&project).slot(&"social_infrastructure/stops".into()).unwrap().data,
        SlotData::Vector(_)
    ));
    // Nobody listens there.
    let unknown = source("kind = \"wfs\"\nurl = \"http://127.0.0.1:1/\"\nlayer = \"x\"\n");
    assert!(matches!(project.ask(&unknown), Err(ServiceError::Connect { .. })));
}

/// Keeps the servers of these tests running, so that the window can be tried with them:
/// `cargo test --test services servers_to_try_with -- --ignored --nocapture`. Ends after `STADTSCHICHT_TRY_SECONDS`, or ten minutes.
#[test]
#[ignore = "for people who try the window"]
fn servers_to_try_with() {
    let seconds = std::env::var("STADTSCHICHT_TRY_SECONDS").ok().and_then(|s| s.parse().ok());
    let town = town();
    let project = Project::new("");
    println!("project: {}", project.path().display());
    if let Some((_, server)) = &town {
        for (kind, path) in [("WMS, WFS", "/cgi"), ("OGC API", "/cgi/STADT/ogcapi"), ("WMTS", "/cgi/wmts")] {
            println!("{kind}: {}", server.url(path));
        }
    }
    let database = postgres::is_installed().then(|| {
        let rows: Vec<String> = (0..POINTS)
            .map(|n| point(n).map(|v| v.to_string()).join(", "))
            .map(|p| format!("('Halt', ST_SetSRID(ST_MakePoint({p}), 25833))"))
            .collect();
        let table = "CREATE TABLE halte (name text, ort geometry(Point, 25833))";
        let server = Postgres::start(&format!(
            "CREATE EXTENSION postgis; {table}; INSERT INTO halte VALUES {}",
            rows.join(", ")
        ));
        let pass = project.settings.path().join("pgpass");
        std::fs::write(&pass, format!("127.0.0.1:{}:postgres:gis:{PASSWORD}\n", server.port)).unwrap();
        std::fs::set_permissions(&pass, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        println!("PostGIS: {}, password: PGPASSFILE={}", server.url(), pass.display());
        server
    });
    let silent = Server::start(|_, _, _| std::thread::sleep(std::time::Duration::from_secs(600)));
    println!("never answers: {}", silent.url("/"));
    std::thread::sleep(std::time::Duration::from_secs(seconds.unwrap_or(600)));
    drop(database);
}
