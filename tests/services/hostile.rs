//! Servers that misbehave: each ends in words, within the limits, with nothing in the cache and nobody else contacted.

use super::{
    project::{Project, limits, on, source},
    server::{Server, answer, xml},
};
use stadtschicht::services::{self, Limits, ServiceError};
use std::{
    io::Write,
    time::{Duration, Instant},
};

/// Small enough to reach quickly.
fn tight() -> Limits {
    Limits {
        connect: Duration::from_secs(2),
        total: Duration::from_secs(3),
        answer_bytes: 1_000_000,
        total_bytes: 3_000_000,
        requests: 50,
    }
}

/// What asking a WFS at this server ends in. Afterwards the cache is as empty as before.
fn asked(server: &Server, kind: &str) -> ServiceError {
    let project = Project::new("");
    let wanted = on(server, kind, "/ows", "a");
    let started = Instant::now();
    let error = project.ask_within(&wanted, tight()).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(60), "it ended, but not by its limit");
    assert_eq!(services::cached(project.path(), &wanted), Ok(None));
    let text = error.text();
    assert!(text.de.contains("127.0.0.1") && text.en.contains("127.0.0.1"), "{text:?}");
    assert!(!text.en.chars().any(char::is_control), "{text:?}");
    error
}

#[test]
fn nobody_is_asked_without_a_confirmation() {
    let server = Server::start(|stream, _, _| xml(stream, "<a/>"));
    let project = Project::new("");
    for kind in ["wfs", "ogc_api_features", "wms", "wmts"] {
        let error = project.ask_unconfirmed(&on(&server, kind, "/ows", "a")).unwrap_err();
        assert!(matches!(error, ServiceError::NotConfirmed { .. }));
    }
    let database = source(&format!(
        "kind = \"postgis\"\nurl = \"postgresql://x@127.0.0.1:{}/d\"\nlayer = \"a\"\n",
        server.port
    ));
    assert!(matches!(project.ask_unconfirmed(&database), Err(ServiceError::NotConfirmed { .. })));
    assert_eq!(server.asked(), 0);
}

#[test]
fn an_endless_body_and_a_gzip_bomb_stop_at_the_size_limit() {
    let endless = Server::start(|stream, _, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n<a>");
        while stream.write_all(&[b'x'; 65536]).is_ok() {}
    });
    assert!(matches!(asked(&endless, "wfs"), ServiceError::TooLarge { limit: 1, .. }));
    let bomb = Server::start(|stream, _, _| {
        let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
        for _ in 0..200 {
            packed.write_all(&[0; 1 << 20]).unwrap();
        }
        let packed = packed.finish().unwrap();
        assert!(packed.len() < 1_000_000, "small on the wire");
        answer(stream, "200 OK", "Content-Type: text/xml\r\nContent-Encoding: gzip\r\n", &packed);
    });
    assert!(matches!(asked(&bomb, "wfs"), ServiceError::TooLarge { limit: 1, .. }));
}

#[test]
fn a_slow_drip_and_silence_stop_at_the_time_limit() {
    let drip = Server::start(|stream, _, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n");
        while stream.write_all(b"<").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    assert!(matches!(asked(&drip, "wfs"), ServiceError::TooSlow { seconds: 3, .. }));
    let silent = Server::start(|_, _, _| std::thread::sleep(Duration::from_secs(20)));
    for kind in ["wfs", "ogc_api_features"] {
        assert!(matches!(asked(&silent, kind), ServiceError::TooSlow { seconds: 3, .. }));
    }
    let project = Project::new("");
    let database = source(&format!(
        "kind = \"postgis\"\nurl = \"postgresql://x@127.0.0.1:{}/d\"\nlayer = \"a\"\n",
        silent.port
    ));
    let error = project.ask_within(&database, tight()).unwrap_err();
    assert!(
        matches!(error, ServiceError::TooSlow { .. } | ServiceError::Connect { .. }),
        "{error:?}"
    );
}

#[test]
fn redirects_lead_nowhere_else() {
    let other = Server::on("127.0.0.2", |stream, _, _| xml(stream, "<WFS_Capabilities version='2.0.0'/>"));
    let elsewhere = [
        format!("http://127.0.0.2:{}/ows", other.port),
        format!("http://127.0.0.1:{}/ows", other.port),
        "file:///etc/passwd".into(),
        "ftp://127.0.0.1/x".into(),
        "gopher://127.0.0.1/x".into(),
        format!("//127.0.0.2:{}/", other.port),
        format!("http://u:p@127.0.0.1:{}/", other.port),
        String::new(),
    ];
    for to in elsewhere {
        let header = format!("Location: {to}\r\n");
        let server = Server::start(move |stream, _, _| answer(stream, "302 Found", &header, b""));
        assert!(matches!(asked(&server, "wfs"), ServiceError::Redirected { .. }), "{to}");
        assert_eq!((server.asked(), other.asked()), (1, 0), "{to}");
    }
    let circle = Server::start(|stream, _, _| answer(stream, "301 Moved", "Location: /again\r\n", b""));
    assert!(matches!(asked(&circle, "wfs"), ServiceError::Redirected { .. }));
    assert!(circle.asked() < 10);
}

#[test]
fn other_content_than_asked_for_is_named() {
    let html = "<!DOCTYPE html><html><body>Anmeldung</body></html>";
    for kind in ["wfs", "ogc_api_features", "wms", "wmts"] {
        let login = Server::start(move |stream, _, _| answer(stream, "200 OK", "Content-Type: text/html\r\n", html.as_bytes()));
        let error = asked(&login, kind);
        assert!(
            error.text().en.contains("HTML page") && error.text().de.contains("HTML-Seite"),
            "{kind}: {error:?}"
        );
    }
    let bodies: [(&str, &str, &[u8]); 7] = [
        ("application/json", "wfs", b"{\"type\":\"FeatureCollection\"}"),
        ("text/xml", "wfs", b""),
        ("text/xml", "wfs", b"<a><b></a>"),
        (
            "text/xml",
            "wfs",
            b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><WFS_Capabilities version='2.0.0'>&x;</WFS_Capabilities>",
        ),
        ("text/xml", "wms", b"<WFS_Capabilities version='2.0.0'/>"),
        ("application/json", "ogc_api_features", b"{\"collections\":["),
        ("image/png", "wmts", b"\x89PNG\r\n\x1a\n"),
    ];
    for (content_type, kind, body) in bodies {
        let server = Server::start(move |stream, _, _| answer(stream, "200 OK", &format!("Content-Type: {content_type}\r\n"), body));
        assert!(
            matches!(asked(&server, kind), ServiceError::Unexpected { .. }),
            "{kind} {content_type}"
        );
    }
    let noise = Server::start(|stream, _, _| {
        let _ = stream.write_all(&[0xff; 4096]);
    });
    assert!(matches!(asked(&noise, "wfs"), ServiceError::Connect { .. }));
}

#[test]
fn the_servers_own_words_are_told_and_made_harmless() {
    let report = "<ows:ExceptionReport xmlns:ows='o'><ows:Exception exceptionCode='NoApplicableCode'><ows:ExceptionText>Kaputt\u{1b}[31m\u{202e}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>".replace('\u{1b}', "");
    for status in ["200 OK", "400 Bad Request", "500 Internal"] {
        let report = report.clone();
        let server = Server::start(move |stream, _, _| answer(stream, status, "Content-Type: text/xml\r\n", report.as_bytes()));
        match asked(&server, "wfs") {
            ServiceError::Exception { message, .. } => assert!(message.contains("Kaputt") && !message.contains('\u{202e}'), "{message}"),
            other => panic!("{other:?}"),
        }
    }
    for (status, word) in [
        ("401 X", "login"),
        ("404 X", "no such service"),
        ("429 X", "too many"),
        ("503 X", "out of order"),
    ] {
        let server = Server::start(move |stream, _, _| answer(stream, status, "", b"nothing"));
        assert!(asked(&server, "wfs").text().en.contains(word), "{status}");
    }
}

const CAPABILITIES: &str = "<WFS_Capabilities version='2.0.0'><OperationsMetadata><Constraint name='CountDefault'><DefaultValue>4</DefaultValue></Constraint></OperationsMetadata><FeatureTypeList><FeatureType><Name>a</Name><DefaultCRS>urn:ogc:def:crs:EPSG::25833</DefaultCRS></FeatureType></FeatureTypeList></WFS_Capabilities>";

/// A page with the points from `first` on.
fn page(first: usize, count: usize, matched: &str) -> String {
    let member = |n: usize| {
        let x = 387_000 + n * 10;
        format!(
            "<wfs:member><t:a gml:id='a.{n}'><t:nr>{n}</t:nr><t:g><gml:Point gml:id='p.{n}' srsName='urn:ogc:def:crs:EPSG::25833'><gml:pos>{x} 5818000</gml:pos></gml:Point></t:g></t:a></wfs:member>"
        )
    };
    let members: String = (first..first + count).map(member).collect();
    format!(
        "<wfs:FeatureCollection xmlns:wfs='http://www.opengis.net/wfs/2.0' xmlns:gml='http://www.opengis.net/gml/3.2' xmlns:t='http://t' numberMatched='{matched}' numberReturned='{count}'>{members}</wfs:FeatureCollection>"
    )
}

fn start_of(target: &str) -> usize {
    target
        .split("startindex=")
        .nth(1)
        .map_or(0, |t| t.split('&').next().unwrap().parse().unwrap())
}

/// Fetches from a WFS whose pages `answers` writes.
fn fetched(answers: impl Fn(&str) -> String + Send + Sync + 'static) -> (services::Entry, Server) {
    let server = Server::start(move |stream, target, _| {
        if target.contains("GetCapabilities") {
            xml(stream, CAPABILITIES);
        } else {
            xml(stream, &answers(target));
        }
    });
    let project = Project::new("");
    let entry = project.ask_within(&on(&server, "wfs", "/ows", "a"), limits()).unwrap();
    (entry, server)
}

#[test]
fn a_server_that_keeps_features_back_is_found_out() {
    // Announces ten, gives four and then nothing.
    let (entry, _) = fetched(|target| match start_of(target) {
        _ if target.contains("hits") => page(0, 0, "10"),
        0 => page(0, 4, "10"),
        _ => page(0, 0, "10"),
    });
    assert_eq!((entry.matched, entry.delivered, entry.missing()), (Some(10), 4, 6));
    // Gives the first page for ever.
    let (entry, server) = fetched(|target| {
        if target.contains("hits") {
            page(0, 0, "10")
        } else {
            page(0, 4, "10")
        }
    });
    assert_eq!((entry.delivered, entry.missing()), (4, 6));
    assert!(server.asked() < 8, "{}", server.asked());
    // Pages overlap because the server does not sort: what came twice is no feature more.
    let (entry, _) = fetched(|target| match start_of(target) {
        _ if target.contains("hits") => page(0, 0, "6"),
        0 => page(0, 4, "6"),
        _ => page(2, 4, "6"),
    });
    assert_eq!((entry.delivered, entry.repeated, entry.missing()), (8, 2, 0));
    // Does not say how many, and stops after a full page.
    let (entry, _) = fetched(|target| match start_of(target) {
        _ if target.contains("hits") => page(0, 0, "unknown"),
        0 => page(0, 4, "unknown"),
        n => page(n, 2, "unknown"),
    });
    assert_eq!((entry.matched, entry.delivered), (None, 6));
    // Has nothing here.
    let (entry, _) = fetched(|_| page(0, 0, "0"));
    assert_eq!((entry.matched, entry.delivered, entry.pages.len()), (Some(0), 0, 0));
}

#[test]
fn what_is_missing_is_counted_in_the_layers_report() {
    let server = Server::start(|stream, target, _| match start_of(target) {
        _ if target.contains("GetCapabilities") => xml(stream, CAPABILITIES),
        0 if !target.contains("hits") => xml(stream, &page(0, 4, "10")),
        _ => xml(stream, &page(0, 0, "10")),
    });
    let url = server.url("/ows");
    let project = Project::new(&format!(
        "[[bind]]\nslot = \"social_infrastructure/stops\"\ncoverage = \"area_of_interest\"\n[bind.service]\nkind = \"wfs\"\nurl = \"{url}\"\nlayer = \"a\"\n"
    ));
    project.ask(&on(&server, "wfs", "/ows", "a")).unwrap();
    let city = stadtschicht::project::open(project.path(), &Default::default()).unwrap();
    let layer = &city.layer(&"social_infrastructure/stops".into()).unwrap().layer;
    let report = &layer.report;
    assert_eq!((report.expected, report.loaded, report.dropped()), (Some(10), 4, 6), "{report:#?}");
    assert!(report.adds_up() && report.findings.iter().any(|f| f.code == "RD-170"));
    assert_eq!(
        layer.coverage,
        stadtschicht::model::Coverage::Undeclared,
        "an incomplete layer covers nothing"
    );
    // A changed page is not used.
    let folder = project.path().join(services::FOLDER);
    let gml = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "gml"))
        .unwrap();
    std::fs::write(&gml, page(0, 5, "5")).unwrap();
    let city = stadtschicht::project::open(project.path(), &Default::default()).unwrap();
    assert!(city.layer(&"social_infrastructure/stops".into()).is_none());
    assert!(
        city.report
            .findings
            .iter()
            .any(|f| f.code == "PJ-184" && f.text.en.contains("changed since")),
        "{:#?}",
        city.report
    );
}

#[test]
fn a_failed_fetch_leaves_what_was_there() {
    let broken = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let switch = broken.clone();
    let server = Server::start(move |stream, target, _| {
        if target.contains("GetCapabilities") {
            return xml(stream, CAPABILITIES);
        }
        if switch.load(std::sync::atomic::Ordering::SeqCst) && start_of(target) > 0 {
            return answer(stream, "200 OK", "Content-Type: text/html\r\n", b"<html>");
        }
        match start_of(target) {
            0 => xml(stream, &page(0, if target.contains("hits") { 0 } else { 4 }, "6")),
            n => xml(stream, &page(n, 2, "6")),
        }
    });
    let project = Project::new("");
    let wanted = on(&server, "wfs", "/ows", "a");
    let first = project.ask(&wanted).unwrap();
    assert_eq!((first.delivered, first.missing()), (6, 0));
    broken.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(matches!(project.ask(&wanted), Err(ServiceError::Unexpected { .. })));
    assert_eq!(services::cached(project.path(), &wanted).unwrap(), Some(first));
}

#[test]
fn next_links_stay_on_the_confirmed_host_and_come_to_an_end() {
    let collections = r#"{"collections":[{"id":"a"}]}"#;
    let items = |next: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","id":1,"geometry":null,"properties":{{}}}}],"links":[{{"rel":"next","href":"{next}"}}]}}"#
        )
    };
    let other = Server::on("127.0.0.2", |_, _, _| {});
    let away = items(&format!("http://127.0.0.2:{}/x", other.port));
    let circle = items("/ows/collections/a/items?again=1");
    for (body, leaves) in [(away, true), (circle, false)] {
        let server = Server::start(move |stream, target, _| {
            let text = if target.contains("/items") { body.as_str() } else { collections };
            answer(stream, "200 OK", "Content-Type: application/json\r\n", text.as_bytes());
        });
        match asked(&server, "ogc_api_features") {
            ServiceError::Redirected { .. } if leaves => {}
            ServiceError::Unexpected { found, .. } if !leaves => assert!(found.en.contains("circle")),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(other.asked(), 0);
}

#[test]
fn a_map_that_is_no_picture_or_of_another_size_is_refused() {
    let capabilities = "<WMS_Capabilities version='1.3.0'><Capability><Request><GetMap><Format>image/png</Format></GetMap></Request><Layer><CRS>EPSG:25833</CRS><Layer><Name>a</Name></Layer></Layer></Capability></WMS_Capabilities>";
    let mut png = vec![];
    image::RgbaImage::new(3, 2)
        .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
        .unwrap();
    let mut huge = png.clone();
    huge[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let exception = b"<ServiceExceptionReport><ServiceException>nein</ServiceException></ServiceExceptionReport>".to_vec();
    for (body, exceptional) in [
        (png, false),
        (huge, false),
        (b"<svg xmlns='s'/>".to_vec(), false),
        (exception, true),
    ] {
        let server = Server::start(move |stream, target, _| {
            if target.contains("GetCapabilities") {
                xml(stream, capabilities);
            } else {
                answer(stream, "200 OK", "Content-Type: image/png\r\n", &body);
            }
        });
        match asked(&server, "wms") {
            ServiceError::Exception { .. } if exceptional => {}
            ServiceError::Unexpected { .. } if !exceptional => {}
            other => panic!("{other:?}"),
        }
    }
}
