//! A table or view of a PostGIS database as GeoJSON pages: read-only, in one transaction, with the rows counted first.
//!
//! Beyond this computer the connection is always encrypted and the server's certificate checked against the system's authorities;
//! there is no switch for less. No SQL comes from the project: only names, and they are quoted.

use super::{
    Endpoint, Limits, ServiceError,
    cache::Store,
    crs::Srs,
    fetch::Order,
    http::{certificate, client_tls, reserved, words},
    offers::Offer,
    pgpass,
};
use crate::model::{Bbox, LocalText};
use postgres::{Client, Config, IsolationLevel, NoTls, Transaction, config::SslMode, error::SqlState, fallible_iterator::FallibleIterator};
use std::{
    net::ToSocketAddrs,
    sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel},
    time::{Duration, Instant},
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Rows a page; a page is one file of the cache.
const PAGE: u64 = 20_000;

/// The tables and views with a geometry that the user may read.
pub(super) fn offers(endpoint: &Endpoint, limits: Limits) -> Result<Vec<Offer>, ServiceError> {
    let job = Job {
        endpoint: endpoint.clone(),
        layer: String::new(),
        geometry: None,
        key: None,
        epsg: 0,
        area: None,
        limits,
    };
    let (say, hear) = sync_channel(1);
    let work = move || {
        // Nobody listens any more when the time was over.
        let _ = say.send(job.list());
    };
    std::thread::Builder::new()
        .name("postgis".into())
        .spawn(work)
        .map_err(|e| connect_fault(endpoint, &e.to_string()))?;
    hear.recv_timeout(limits.total).unwrap_or_else(|_| {
        Err(ServiceError::TooSlow {
            endpoint: endpoint.to_string(),
            seconds: limits.total.as_secs().max(1),
        })
    })
}

/// What the reading thread says.
enum Word {
    Matched(u64),
    Page(String, u64),
    Done(Result<(), ServiceError>),
}

/// Everything the reading thread needs of its own.
struct Job {
    endpoint: Endpoint,
    layer: String,
    geometry: Option<String>,
    key: Option<String>,
    epsg: u32,
    area: Option<Bbox>,
    limits: Limits,
}

/// Fetches all rows in the area. A thread reads, because a socket that stalls cannot be left otherwise.
pub(super) fn fetch(endpoint: &Endpoint, order: &Order<'_>, limits: Limits, store: &mut Store) -> Result<(), ServiceError> {
    let job = Job {
        endpoint: endpoint.clone(),
        layer: order.source.layer.clone(),
        geometry: order.source.geometry.clone(),
        key: order.source.key.clone(),
        epsg: order.epsg,
        area: order.area,
        limits,
    };
    let (say, hear) = sync_channel(2);
    let slow = ServiceError::TooSlow {
        endpoint: endpoint.to_string(),
        seconds: limits.total.as_secs().max(1),
    };
    let work = move || {
        let result = job.read(&say);
        // Nobody listens any more when the time was over.
        let _ = say.send(Word::Done(result));
    };
    std::thread::Builder::new()
        .name("postgis".into())
        .spawn(work)
        .map_err(|e| connect_fault(endpoint, &e.to_string()))?;
    let end = Instant::now() + limits.total;
    let mut bytes = 0u64;
    loop {
        if order.control.is_cancelled() {
            return Err(ServiceError::Cancelled);
        }
        let left = end.checked_duration_since(Instant::now()).ok_or_else(|| slow.clone())?;
        match hear.recv_timeout(left.min(Duration::from_millis(200))) {
            Ok(Word::Matched(n)) => store.entry().matched = Some(n),
            Ok(Word::Page(text, rows)) => {
                bytes += text.len() as u64;
                if bytes > limits.total_bytes {
                    return Err(ServiceError::TooLarge {
                        endpoint: endpoint.to_string(),
                        limit: limits.total_bytes.div_ceil(1_000_000),
                    });
                }
                store.put(text.as_bytes(), "geojson", Some(rows))?;
                let entry = store.entry();
                order.step(entry.delivered, entry.matched);
            }
            Ok(Word::Done(result)) => return result,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(connect_fault(endpoint, "postgis")),
        }
    }
}

fn connect_fault(endpoint: &Endpoint, reason: &str) -> ServiceError {
    ServiceError::Connect {
        endpoint: endpoint.to_string(),
        reason: words(reason, 200),
    }
}

/// A name as SQL takes it literally.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What the catalogue says about the table.
struct TableFacts {
    schema: String,
    table: String,
    geometry: String,
    geography: bool,
    columns: Vec<String>,
    key: Option<String>,
}

impl Job {
    fn fault(&self, e: &postgres::Error) -> ServiceError {
        let endpoint = self.endpoint.to_string();
        let Some(db) = e.as_db_error() else {
            if let Some(refused) = certificate(&self.endpoint, e) {
                return refused;
            }
            let mut reason = e.to_string();
            if let Some(inner) = std::error::Error::source(e) {
                reason = format!("{reason}: {inner}");
            }
            return connect_fault(&self.endpoint, &reason);
        };
        match *db.code() {
            SqlState::QUERY_CANCELED => ServiceError::TooSlow {
                endpoint,
                seconds: self.limits.total.as_secs().max(1),
            },
            SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => self.unsupported(
                "die Anmeldung wurde abgelehnt; das Passwort steht in ~/.pgpass (nur für den Benutzer lesbar) oder PGPASSWORD",
                "the login was refused; the password stands in ~/.pgpass (readable by its owner only) or PGPASSWORD",
            ),
            _ => ServiceError::Exception {
                endpoint,
                message: words(db.message(), 400),
            },
        }
    }

    fn unsupported(&self, de: impl Into<String>, en: impl Into<String>) -> ServiceError {
        ServiceError::Unsupported {
            endpoint: self.endpoint.to_string(),
            why: LocalText::new(de, en),
        }
    }

    fn connect(&self) -> Result<Client, ServiceError> {
        let host = self.endpoint.host.as_str();
        let user = self.endpoint.user.clone();
        let user = user.or_else(|| ["PGUSER", "USER"].iter().find_map(|n| std::env::var(n).ok()));
        let user = user.ok_or_else(|| self.unsupported("die Adresse nennt keinen Benutzer", "the address names no user"))?;
        let addresses = (host, self.endpoint.port)
            .to_socket_addrs()
            .map_err(|e| connect_fault(&self.endpoint, &e.to_string()))?;
        let address = addresses
            .map(|a| a.ip())
            .next()
            .ok_or_else(|| connect_fault(&self.endpoint, host))?;
        if reserved(host, address) {
            return Err(ServiceError::AddressRange {
                endpoint: self.endpoint.to_string(),
                address: address.to_string(),
            });
        }
        let mut config = Config::new();
        config
            .host(host)
            .hostaddr(address)
            .port(self.endpoint.port)
            .dbname(self.endpoint.path.trim_start_matches('/'))
            .user(&user)
            .application_name("stadtschicht")
            .connect_timeout(self.limits.connect)
            .tcp_user_timeout(self.limits.total)
            .keepalives_idle(Duration::from_secs(30));
        if let Some(password) = pgpass::password(&self.endpoint, &user) {
            config.password(password);
        }
        let client = if self.endpoint.is_loopback() {
            config.ssl_mode(SslMode::Disable).connect(NoTls)
        } else {
            let tls = client_tls().map_err(|e| connect_fault(&self.endpoint, &e.to_string()))?;
            config.ssl_mode(SslMode::Require).connect(MakeRustlsConnect::new(tls))
        };
        client.map_err(|e| match std::error::Error::source(&e).map(ToString::to_string) {
            Some(why) if why.contains("password missing") => self.unsupported(
                "die Datenbank verlangt ein Passwort; es steht in ~/.pgpass (nur für den Benutzer lesbar) oder PGPASSWORD",
                "the database asks for a password; it stands in ~/.pgpass (readable by its owner only) or PGPASSWORD",
            ),
            _ => self.fault(&e),
        })
    }

    /// A read-only transaction that sees one state of the data, with PostGIS in reach.
    fn begin<'c>(&self, client: &'c mut Client) -> Result<Transaction<'c>, ServiceError> {
        let fault = |e: postgres::Error| self.fault(&e);
        let millis = self.limits.total.as_millis().max(1);
        client.batch_execute(&format!("SET statement_timeout = {millis}")).map_err(fault)?;
        let start = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true);
        let mut transaction = start.start().map_err(fault)?;
        let extension = "SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'";
        let row = transaction.query_opt(extension, &[]).map_err(fault)?;
        let Some(home) = row.map(|r| r.get::<_, String>(0)) else {
            return Err(self.unsupported("die Datenbank hat kein PostGIS", "the database has no PostGIS"));
        };
        transaction
            .batch_execute(&format!("SET LOCAL search_path = pg_catalog, {}", quoted(&home)))
            .map_err(fault)?;
        Ok(transaction)
    }

    fn list(&self) -> Result<Vec<Offer>, ServiceError> {
        let mut client = self.connect()?;
        let mut transaction = self.begin(&mut client)?;
        let sql = "SELECT DISTINCT f_table_schema || '.' || f_table_name, obj_description(format('%I.%I', f_table_schema, f_table_name)::regclass) \
             FROM geometry_columns WHERE has_table_privilege(format('%I.%I', f_table_schema, f_table_name), 'SELECT') ORDER BY 1";
        let rows = transaction.query(sql, &[]).map_err(|e| self.fault(&e))?;
        let offer = |r: &postgres::Row| Offer::of(&r.get::<_, String>(0), r.get::<_, Option<String>>(1).as_deref());
        Ok(rows.iter().filter_map(offer).collect())
    }

    fn read(&self, say: &SyncSender<Word>) -> Result<(), ServiceError> {
        let mut client = self.connect()?;
        let fault = |e: postgres::Error| self.fault(&e);
        let mut transaction = self.begin(&mut client)?;
        let table = self.table(&mut transaction)?;
        let (srs, srid) = self.srs(&mut transaction, &table)?;
        let from = format!("FROM {}.{} t", quoted(&table.schema), quoted(&table.table));
        let shape = self.shape(&table);
        let condition = match self.area {
            None => String::new(),
            Some(area) => {
                let [w, s, e, n] = srs.area(area, self.epsg).ok_or_else(|| {
                    self.unsupported(
                        "der Ausschnitt lässt sich nicht in das Koordinatensystem der Tabelle umrechnen",
                        "the area cannot be brought into the coordinate system of the table",
                    )
                })?;
                // Numbers of our own, so no parameter is needed. Rows without a geometry are asked for too: they are counted, not hidden.
                format!("WHERE ({shape} && ST_MakeEnvelope({w}, {s}, {e}, {n}, {srid}) OR {shape} IS NULL)")
            }
        };
        let count = transaction
            .query_one(&format!("SELECT count(*) {from} {condition}"), &[])
            .map_err(fault)?;
        let matched = u64::try_from(count.get::<_, i64>(0)).unwrap_or(0);
        if say.send(Word::Matched(matched)).is_err() {
            return Ok(());
        }
        let list: Vec<String> = table.columns.iter().map(|c| format!("t.{}", quoted(c))).collect();
        let properties = if list.is_empty() {
            "'{}'".to_string()
        } else {
            format!("(SELECT row_to_json(s)::text FROM (SELECT {}) s)", list.join(", "))
        };
        let id = table
            .key
            .as_ref()
            .map_or("NULL::text".to_string(), |k| format!("t.{}::text", quoted(k)));
        let sort = table.key.as_ref().map_or(String::new(), |k| format!("ORDER BY t.{}", quoted(k)));
        let sql = format!("SELECT ST_AsGeoJSON(ST_Force2D(ST_CurveToLine({shape})), 9, 0), {properties}, {id} {from} {condition} {sort}");
        self.rows(&mut transaction, &sql, srs, say)
    }

    fn shape(&self, table: &TableFacts) -> String {
        let column = format!("t.{}", quoted(&table.geometry));
        if table.geography { format!("{column}::geometry") } else { column }
    }

    fn rows(&self, transaction: &mut Transaction<'_>, sql: &str, srs: Srs, say: &SyncSender<Word>) -> Result<(), ServiceError> {
        let fault = |e: postgres::Error| self.fault(&e);
        let none: [&str; 0] = [];
        let mut rows = transaction.query_raw(sql, none).map_err(fault)?;
        let mut page = Page::new(srs.epsg);
        while let Some(row) = rows.next().map_err(fault)? {
            page.add(row.get(0), row.get::<_, Option<String>>(1).as_deref(), row.get(2));
            if page.rows == PAGE || page.text.len() as u64 > self.limits.answer_bytes / 2 {
                let full = std::mem::replace(&mut page, Page::new(srs.epsg));
                if say.send(full.finish()).is_err() {
                    return Ok(());
                }
            }
        }
        let _ = say.send(page.finish());
        Ok(())
    }

    fn table(&self, transaction: &mut Transaction<'_>) -> Result<TableFacts, ServiceError> {
        let fault = |e: postgres::Error| self.fault(&e);
        let (schema, table) = self.layer.split_once('.').unwrap_or(("public", &self.layer));
        let sql = "SELECT a.attname::text, y.typname::text, a.attnum = ANY (i.indkey::int2[]) AND cardinality(i.indkey::int2[]) = 1 \
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary \
             WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
        let rows = transaction.query(sql, &[&schema, &table]).map_err(fault)?;
        if rows.is_empty() {
            let known = "SELECT f_table_schema || '.' || f_table_name FROM geometry_columns ORDER BY 1 LIMIT 20";
            let known = transaction.query(known, &[]).map_err(fault)?;
            let known: Vec<String> = known.iter().map(|r| words(&r.get::<_, String>(0), 80)).collect();
            return Err(ServiceError::NoLayer {
                endpoint: self.endpoint.to_string(),
                layer: words(&self.layer, 120),
                known: if known.is_empty() { "–".into() } else { known.join(", ") },
            });
        }
        let column = |r: &postgres::Row| {
            (
                r.get::<_, String>(0),
                r.get::<_, String>(1),
                r.get::<_, Option<bool>>(2).unwrap_or(false),
            )
        };
        let all: Vec<(String, String, bool)> = rows.iter().map(column).collect();
        let is_shape = |kind: &str| kind == "geometry" || kind == "geography";
        let wanted = self.geometry.as_deref();
        let shape = all
            .iter()
            .find(|(name, kind, _)| is_shape(kind) && wanted.is_none_or(|w| w == name));
        let Some((geometry, kind, _)) = shape else {
            return Err(self.unsupported(
                format!("die Tabelle „{}“ hat keine solche Geometriespalte", words(&self.layer, 120)),
                format!("the table “{}” has no such geometry column", words(&self.layer, 120)),
            ));
        };
        let named = all.iter().find(|(name, _, _)| Some(name) == self.key.as_ref());
        if self.key.is_some() && named.is_none() {
            return Err(self.unsupported(
                format!("die Tabelle „{}“ hat keine Spalte wie in key angegeben", words(&self.layer, 120)),
                format!("the table “{}” has no column as named by key", words(&self.layer, 120)),
            ));
        }
        let key = named
            .or_else(|| all.iter().find(|(_, _, primary)| *primary))
            .map(|(name, _, _)| name.clone());
        let readable = |kind: &str| !is_shape(kind) && kind != "bytea" && kind != "raster";
        Ok(TableFacts {
            schema: schema.into(),
            table: table.into(),
            geometry: geometry.clone(),
            geography: kind == "geography",
            columns: all
                .iter()
                .filter(|(_, kind, _)| readable(kind))
                .map(|(name, _, _)| name.clone())
                .collect(),
            key,
        })
    }

    fn srs(&self, transaction: &mut Transaction<'_>, table: &TableFacts) -> Result<(Srs, i32), ServiceError> {
        let fault = |e: postgres::Error| self.fault(&e);
        let shape = self.shape(table);
        let sql = format!(
            "SELECT DISTINCT ST_SRID({shape}) FROM {}.{} t WHERE {shape} IS NOT NULL LIMIT 2",
            quoted(&table.schema),
            quoted(&table.table)
        );
        let found = transaction.query(&sql, &[]).map_err(fault)?;
        let srid = match found.as_slice() {
            // An empty table has no CRS that matters, and an unknown SRID meets no other.
            [] => {
                let srs = Srs::new(self.epsg).ok_or_else(|| self.unsupported("die Tabelle ist leer", "the table is empty"))?;
                return Ok((srs, 0));
            }
            [one] => one.get::<_, i32>(0),
            _ => {
                return Err(self.unsupported(
                    "die Tabelle mischt Koordinatensysteme (mehrere SRID)",
                    "the table mixes coordinate systems (several SRIDs)",
                ));
            }
        };
        let row = transaction
            .query_opt("SELECT auth_name::text, auth_srid FROM spatial_ref_sys WHERE srid = $1", &[&srid])
            .map_err(fault)?;
        let code = row.and_then(|r| Some((r.get::<_, Option<String>>(0)?, r.get::<_, Option<i32>>(1)?)));
        let code = code
            .filter(|(name, _)| name.eq_ignore_ascii_case("EPSG"))
            .and_then(|(_, n)| u32::try_from(n).ok());
        code.and_then(Srs::new).map(|srs| (srs, srid)).ok_or_else(|| {
            self.unsupported(
                format!("SRID {srid} ist kein bekannter EPSG-Code; mit UpdateGeometrySRID setzen"),
                format!("SRID {srid} is no known EPSG code; set it with UpdateGeometrySRID"),
            )
        })
    }
}

/// A feature collection under construction.
struct Page {
    text: String,
    rows: u64,
}

impl Page {
    fn new(epsg: u32) -> Self {
        let crs = format!(r#"{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{epsg}"}}}}"#);
        Self {
            text: format!(r#"{{"type":"FeatureCollection","crs":{crs},"features":["#),
            rows: 0,
        }
    }

    fn add(&mut self, geometry: Option<String>, properties: Option<&str>, id: Option<String>) {
        // A coordinate that is no number is no JSON either: the feature stays, its geometry is missing and the reader says so.
        let sound = |t: &str| serde_json::from_str::<serde::de::IgnoredAny>(t).is_ok();
        let geometry = geometry.filter(|g| sound(g)).unwrap_or_else(|| "null".into());
        let properties = properties.filter(|p| sound(p)).unwrap_or("{}");
        let id = id.map_or(String::new(), |id| format!(r#""id":{},"#, serde_json::Value::String(id)));
        if self.rows > 0 {
            self.text.push(',');
        }
        self.text.push_str(&format!(
            r#"{{"type":"Feature",{id}"geometry":{geometry},"properties":{properties}}}"#
        ));
        self.rows += 1;
    }

    fn finish(mut self) -> Word {
        self.text.push_str("]}");
        Word::Page(self.text, self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_end_their_quotes() {
        assert_eq!(quoted("a\"; DROP TABLE x; --"), "\"a\"\"; DROP TABLE x; --\"");
    }

    #[test]
    fn a_page_is_geojson_whatever_the_rows_hold() {
        let mut page = Page::new(25833);
        page.add(
            Some(r#"{"type":"Point","coordinates":[1,2]}"#.into()),
            Some(r#"{"a":1}"#),
            Some("k\"1".into()),
        );
        page.add(Some(r#"{"type":"Point","coordinates":[NaN,2]}"#.into()), None, None);
        let Word::Page(text, 2) = page.finish() else { panic!() };
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["features"][0]["id"], "k\"1");
        assert!(json["features"][1]["geometry"].is_null() && json["crs"]["properties"]["name"].as_str().unwrap().ends_with("::25833"));
    }
}
