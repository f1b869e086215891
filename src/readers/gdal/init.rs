//! Locks GDAL down before it is used for the first time: only the drivers of the readers, no network, no files beside the inputs.

use super::super::READERS;
use gdal::{Driver, DriverManager, config::set_config_option};
use std::sync::Once;

/// Set for the whole process, over environment variables of the same name.
const OPTIONS: &[(&str, &str)] = &[
    ("GDAL_SKIP", "VRT DERIVED WMS WCS WMTS HTTP PLMOSAIC EEDA EEDAI NGW"),
    (
        "OGR_SKIP",
        "OGR_VRT,WFS,OAPIF,CSW,HTTP,PostgreSQL,MySQL,Carto,PLSCENES,Elasticsearch,AmigoCloud,GMLAS",
    ),
    ("GDAL_DRIVER_PATH", "disable"),
    ("GDAL_VRT_ENABLE_PYTHON", "NO"),
    ("GDAL_HTTP_PROXY", "127.0.0.1:1"),
    ("CPL_VSIL_CURL_ALLOWED_FILENAME", "__none__"),
    ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", "{noext}"),
    ("PROJ_NETWORK", "OFF"),
    ("GDAL_PAM_ENABLED", "NO"),
    ("GDAL_CACHEMAX", "64"),
    ("GDAL_FILENAME_IS_UTF8", "YES"),
    ("CPL_LOG_ERRORS", "OFF"),
    // GML: one parser, no schema or link is fetched, no .gfs beside the file is written or believed.
    ("GML_PARSER", "EXPAT"),
    ("GML_DOWNLOAD_SCHEMA", "NO"),
    ("GML_SKIP_RESOLVE_ELEMS", "ALL"),
    ("GML_SAVE_RESOLVED_TO", "NONE"),
    // One bad feature must not hide the others; the count tells that it is missing.
    ("GML_SKIP_CORRUPTED_FEATURES", "YES"),
    // NAS: the namespace counts, not only the name of the schema file; no table of all relations.
    (
        "NAS_INDICATOR",
        "NAS-Operationen;AAA-Fachschema;aaa.xsd;aaa-suite;adv-online.de/namespaces/adv/gid",
    ),
    ("NAS_NO_RELATION_LAYER", "YES"),
    // Shapefiles: nothing is repaired or indexed on disk.
    ("SHAPE_RESTORE_SHX", "NO"),
    ("SHAPE_REWIND_ON_WRITE", "NO"),
    ("OGR_SQLITE_LOAD_EXTENSIONS", ""),
    ("SQLITE_LIST_ALL_TABLES", "NO"),
    ("OGR_GEOJSON_MAX_OBJ_SIZE", "200"),
    ("OGR_ARROW_LAYOUT", "DEFAULT"),
    ("OSM_USE_CUSTOM_INDEXING", "YES"),
];

/// Our settings of the OSM driver, in memory; the readers name it in their open options.
const OSM_CONFIG: &str = "/vsimem/stadtschicht/osmconf.ini";

/// Runs once; every entry point calls it first.
pub(super) fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut options: Vec<(&str, String)> = OPTIONS.iter().map(|(k, v)| (*k, (*v).to_string())).collect();
        // The OSM driver keeps node positions in a temporary file, by default in the current folder.
        options.push(("CPL_TMPDIR", std::env::temp_dir().to_string_lossy().into_owned()));
        for (key, value) in options {
            if let Err(error) = set_config_option(key, &value) {
                tracing::error!(%error, key, "GDAL option not set");
            }
        }
        // Which tags become columns is settled here and not by the file that the machine happens to have.
        if let Err(error) = gdal::vsi::create_mem_file(OSM_CONFIG, include_bytes!("osmconf.ini").to_vec()) {
            tracing::error!(%error, "GDAL's OSM settings not set");
        }
        // The crate must not register everything again behind our back.
        DriverManager::prevent_auto_registration();
        // SAFETY: a plain C call; `Once` keeps other threads out, as driver registration is not thread-safe.
        unsafe {
            gdal_sys::CPLSetErrorHandler(Some(gdal_sys::CPLQuietErrorHandler));
            gdal_sys::GDALAllRegister();
            gdal_sys::OSRSetPROJEnableNetwork(0);
        }
        // Memory drivers are used inside other drivers; they open no file.
        let keep = |name: &str| {
            READERS.iter().any(|r| r.own.is_none_or(|own| own.asks_gdal()) && r.driver == name) || ["MEM", "Memory"].contains(&name)
        };
        let others: Vec<Driver> = (0..DriverManager::count())
            .filter_map(|i| DriverManager::get_driver(i).ok())
            .filter(|d| !keep(&d.short_name()))
            .collect();
        for driver in others {
            DriverManager::deregister_driver(&driver);
        }
    });
}

/// The versions of GDAL and of the PROJ that GDAL uses.
pub fn versions() -> (String, String) {
    init();
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: writes three integers.
    unsafe { gdal_sys::OSRGetPROJVersion(&mut major, &mut minor, &mut patch) };
    (gdal::version::VersionInfo::release_name(), format!("{major}.{minor}.{patch}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_readers_drivers_are_left() {
        init();
        let mut names: Vec<String> = (0..DriverManager::count())
            .map(|i| DriverManager::get_driver(i).unwrap().short_name())
            .collect();
        names.sort();
        for r in READERS.iter().filter(|r| r.own.is_none_or(|own| own.asks_gdal())) {
            assert!(names.iter().any(|n| n == r.driver), "{} is missing", r.driver);
        }
        assert!(names.len() <= READERS.len() + 2, "{names:?}");
    }
}
