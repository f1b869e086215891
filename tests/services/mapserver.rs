//! MapServer and MapCache from Debian behind the small server: a town of points, a picture of it, and tiles of the picture.

use super::server::{Server, cgi};
use std::path::Path;

pub const POINTS: usize = 25;

/// The position of a point of the town, EPSG:25833.
pub fn point(n: usize) -> [f64; 2] {
    [387_000.0 + 10.0 * n as f64, 5_818_000.0 + 10.0 * n as f64]
}

/// The town's features lie in `dir`; every answer holds at most ten of them.
pub fn start(dir: &Path) -> Server {
    let features: Vec<String> = (0..POINTS)
        .map(|n| {
            let [x, y] = point(n);
            format!(r#"{{"type":"Feature","properties":{{"nr":{n},"name":"Straße {n}"}},"geometry":{{"type":"Point","coordinates":[{x},{y}]}}}}"#)
        })
        .collect();
    let crs = r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25833"}}"#;
    let text = format!(r#"{{"type":"FeatureCollection","crs":{crs},"features":[{}]}}"#, features.join(","));
    std::fs::write(dir.join("p.geojson"), text).unwrap();
    let folder = dir.to_path_buf();
    Server::start(move |stream, target, port| {
        let at = folder.display();
        let conf = folder.join("m.conf");
        let map = folder.join("stadt.map");
        if !conf.exists() || !map.exists() {
            std::fs::write(&map, MAP.replace("{at}", &at.to_string()).replace("{port}", &port.to_string())).unwrap();
            let text = format!(
                "CONFIG\nENV\nMS_MAP_PATTERN \".\"\nOGCAPI_HTML_TEMPLATE_DIRECTORY \"{at}/\"\nEND\nMAPS\nSTADT \"{at}/stadt.map\"\nEND\nEND\n"
            );
            std::fs::write(&conf, text).unwrap();
            let text = CACHE.replace("{at}", &at.to_string()).replace("{port}", &port.to_string());
            std::fs::write(folder.join("mapcache.xml"), text).unwrap();
        }
        if target.starts_with("/cgi/wmts") {
            let environment = [("MAPCACHE_CONFIG_FILE", format!("{at}/mapcache.xml"))];
            return cgi(stream, target, port, "/usr/lib/cgi-bin/mapcache", &environment);
        }
        let mut environment = vec![("MAPSERVER_CONFIG_FILE", conf.display().to_string())];
        // The features service names its map in the path, the others in the environment.
        if !target.contains("ogcapi") {
            environment.push(("MS_MAPFILE", map.display().to_string()));
        }
        cgi(stream, target, port, "/usr/bin/mapserv", &environment);
    })
}

const MAP: &str = r#"MAP
  NAME "stadt"
  EXTENT 386000 5817000 388000 5819000
  UNITS METERS
  SIZE 400 400
  MAXSIZE 600
  PROJECTION "init=epsg:25833" END
  WEB
    METADATA
      "ows_title" "Teststadt"
      "ows_enable_request" "*"
      "ows_srs" "EPSG:25833 EPSG:4326 EPSG:3045"
      "ows_onlineresource" "http://127.0.0.1:{port}/cgi"
      "ows_accessconstraints" "dl-de/by-2-0 Teststadt"
      "wfs_maxfeatures" "10"
      "oga_max_limit" "10"
      "oga_onlineresource" "http://127.0.0.1:{port}/cgi/STADT/ogcapi"
    END
  END
  LAYER
    NAME "punkte"
    TYPE POINT
    STATUS ON
    CONNECTIONTYPE OGR
    CONNECTION "{at}/p.geojson"
    DATA "p"
    PROJECTION "init=epsg:25833" END
    METADATA
      "ows_title" "Punkte"
      "gml_include_items" "all"
      "gml_featureid" "nr"
      "ows_featureid" "nr"
      "wfs_use_default_extent_for_getfeature" "false"
    END
    TEMPLATE "x"
    CLASS STYLE COLOR 255 0 0 SIZE 12 SYMBOL 0 END END
  END
  LAYER
    NAME "flaeche"
    TYPE POLYGON
    STATUS ON
    FEATURE POINTS 387000 5818000 387200 5818000 387200 5818100 387000 5818100 387000 5818000 END END
    PROJECTION "init=epsg:25833" END
    METADATA "ows_title" "Rechteck" END
    CLASS STYLE COLOR 0 128 0 END END
  END
END
"#;

const CACHE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<mapcache>
  <cache name="disk" type="disk"><base>{at}/tiles</base></cache>
  <grid name="utm33">
    <metadata><title>UTM 33</title></metadata>
    <srs>EPSG:25833</srs>
    <units>m</units>
    <size>256 256</size>
    <extent>386000 5817000 388048 5819048</extent>
    <resolutions>8 4 2 1 0.5</resolutions>
  </grid>
  <source name="stadt" type="wms">
    <getmap><params><FORMAT>image/png</FORMAT><LAYERS>flaeche</LAYERS><TRANSPARENT>TRUE</TRANSPARENT><VERSION>1.1.1</VERSION></params></getmap>
    <http><url>http://127.0.0.1:{port}/cgi?</url></http>
  </source>
  <tileset name="flaeche">
    <source>stadt</source>
    <cache>disk</cache>
    <grid>utm33</grid>
    <format>PNG</format>
    <metatile>1 1</metatile>
  </tileset>
  <service type="wmts" enabled="true"/>
  <errors>report</errors>
  <lock_dir>{at}</lock_dir>
</mapcache>
"#;
