//! The place that a day is computed for: longitude and latitude, its legal time, and how far grid north is off true north.

use crate::{
    layers::{CrsError, ProjectCrs},
    model::LocalText,
    project::City,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use thiserror::Error;

/// Why there is no sun.
#[derive(Debug, Error)]
pub enum SunError {
    /// The project CRS cannot be set up.
    #[error("cannot express the site in longitude and latitude: {source}")]
    Crs {
        /// Reason.
        #[from]
        source: CrsError,
    },
    /// The site has no longitude and latitude.
    #[error("the site {x}, {y} has no longitude and latitude")]
    Place {
        /// Easting.
        x: f64,
        /// Northing.
        y: f64,
    },
    /// A time zone is not understood.
    #[error("{text:?} is no time zone like CET-1CEST,M3.5.0,M10.5.0/3")]
    Zone {
        /// What was given.
        text: String,
    },
    /// The sun of this day cannot be computed.
    #[error("the sun of {date} cannot be computed")]
    Day {
        /// The day.
        date: Date,
    },
}

impl SunError {
    /// What happened and what to do, for people.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Crs { source } => {
                let why = source.text();
                LocalText::new(
                    format!("Der Sonnenstand lässt sich nicht bestimmen. {}", why.de),
                    format!("The position of the sun cannot be found. {}", why.en),
                )
            }
            Self::Place { x, y } => LocalText::new(
                format!("Der Standort {x:.0}, {y:.0} liegt außerhalb des Koordinatensystems. „site“ in project.toml prüfen."),
                format!("The site {x:.0}, {y:.0} lies outside the coordinate system. Check \"site\" in project.toml."),
            ),
            Self::Zone { text } => LocalText::new(
                format!("„{text}“ ist keine Zeitzone. Gebraucht wird die POSIX-Form, etwa CET-1CEST,M3.5.0,M10.5.0/3 oder UTC0."),
                format!("\"{text}\" is no time zone. Give it in POSIX form, such as CET-1CEST,M3.5.0,M10.5.0/3 or UTC0."),
            ),
            Self::Day { date } => LocalText::new(
                format!("Für den {date} lässt sich der Sonnenstand nicht rechnen. Bitte einen Tag zwischen den Jahren 1 und 5999 wählen."),
                format!("The sun of {date} cannot be computed. Choose a day between the years 1 and 5999."),
            ),
        }
    }
}

/// Legal time of a place.
#[derive(Debug, Clone)]
pub struct Zone {
    /// Its rule.
    pub rule: TimeZone,
    /// Its name for people.
    pub name: LocalText,
}

/// Central European Time with the summer time of the European Union: from the last Sunday of March to the last of October.
const CENTRAL_EUROPE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

impl Zone {
    /// A zone in POSIX form. The program carries no time zone data, so that it needs none of the machine it runs on.
    ///
    /// # Errors
    /// When the text is no such rule.
    pub fn posix(text: &str) -> Result<Self, SunError> {
        let rule = TimeZone::posix(text).map_err(|_| SunError::Zone { text: text.into() })?;
        Ok(Self {
            rule,
            name: LocalText::same(text),
        })
    }

    /// Central European Time in and around Germany; elsewhere the hour of the meridian, without summer time, and it says so.
    fn of(lonlat: [f64; 2]) -> Result<Self, SunError> {
        let [lon, lat] = lonlat;
        if (2.5..19.0).contains(&lon) && (43.0..58.0).contains(&lat) {
            let name = LocalText::new("mitteleuropäische Zeit mit Sommerzeit", "Central European Time with summer time");
            return Ok(Self {
                name,
                ..Self::posix(CENTRAL_EUROPE)?
            });
        }
        let hours = (lon / 15.0).round() as i32;
        // POSIX counts westwards.
        let zone = Self::posix(&format!("<{hours:+03}>{}", -hours))?;
        Ok(Self {
            name: LocalText::new(
                format!("UTC{hours:+}: Zonenzeit nach der Länge, ohne Sommerzeit"),
                format!("UTC{hours:+}: zone time by longitude, without summer time"),
            ),
            ..zone
        })
    }
}

/// A place on earth and in the project CRS.
#[derive(Debug, Clone)]
pub struct Site {
    /// Longitude and latitude in degrees.
    pub lonlat: [f64; 2],
    /// Height above sea level.
    pub height_m: f64,
    /// Legal time.
    pub zone: Zone,
    /// Direction of true north in the grid, degrees clockwise from grid north: minus the meridian convergence.
    pub true_north_deg: f64,
}

/// A hundred metres or so of meridian.
const NORTHWARDS_DEG: f64 = 1e-3;

impl Site {
    /// The site of a city, or another point of its CRS.
    ///
    /// # Errors
    /// When the point has no longitude and latitude.
    pub fn new(city: &City, at: [f64; 2]) -> Result<Self, SunError> {
        let crs = ProjectCrs::from_epsg(city.info.epsg)?;
        let outside = SunError::Place { x: at[0], y: at[1] };
        let lonlat = crs.to_lonlat(at);
        let north = lonlat.and_then(|[lon, lat]| crs.from_lonlat([lon, lat + NORTHWARDS_DEG]));
        let (Some(lonlat), Some(north)) = (lonlat, north) else {
            return Err(outside);
        };
        Ok(Self {
            zone: Zone::of(lonlat)?,
            lonlat,
            height_m: city.height_at(at),
            true_north_deg: (north[0] - at[0]).atan2(north[1] - at[1]).to_degrees(),
        })
    }

    /// A direction in the grid from one on earth, both clockwise from north.
    pub fn grid_azimuth_deg(&self, azimuth_deg: f64) -> f64 {
        (azimuth_deg + self.true_north_deg).rem_euclid(360.0)
    }

    /// The moment at which clocks show so many minutes after midnight; in the hour that summer time leaves out, the moment after it.
    pub fn moment(&self, date: Date, minutes: i64) -> Option<Timestamp> {
        let minutes = minutes.clamp(0, 24 * 60 - 1);
        let time = date.at((minutes / 60) as i8, (minutes % 60) as i8, 0, 0);
        time.to_zoned(self.zone.rule.clone()).ok().map(|z| z.timestamp())
    }

    /// Minutes after midnight that clocks show at a moment.
    pub fn minutes(&self, at: Timestamp) -> i64 {
        let z = at.to_zoned(self.zone.rule.clone());
        i64::from(z.hour()) * 60 + i64::from(z.minute())
    }

    /// The short name of the time that counts at a moment, such as CEST.
    pub fn zone_at(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.rule.clone()).strftime("%Z").to_string()
    }

    /// Hour and minute of a moment in legal time.
    pub fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.rule.clone()).strftime("%H:%M").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TestCity;

    #[test]
    fn grid_north_is_off_true_north_by_the_meridian_convergence() {
        let city = TestCity::new().build();
        // UTM 32, 2° east of the central meridian at 52° north: γ = atan(tan 2° · sin 52°) = 1.5764°; on the meridian none.
        let crs = ProjectCrs::from_epsg(25832).unwrap();
        for (lon, gamma) in [(11.0, 1.5764), (9.0, 0.0), (7.0, -1.5764)] {
            let p = crs.from_lonlat([lon, 52.0]).unwrap();
            let site = Site::new(&city, p).unwrap();
            assert!((site.true_north_deg + gamma).abs() < 2e-3, "{lon}: {}", site.true_north_deg);
            assert!((site.grid_azimuth_deg(180.0) - (180.0 - gamma)).abs() < 2e-3);
        }
    }

    #[test]
    fn summer_time_comes_and_goes_on_the_last_sundays() {
        let zone = Zone::of([12.0, 51.5]).unwrap();
        let clock = |utc: &str| {
            let at: Timestamp = utc.parse().unwrap();
            at.to_zoned(zone.rule.clone()).strftime("%H:%M %z").to_string()
        };
        assert_eq!(clock("2026-03-29T00:59:59Z"), "01:59 +0100");
        assert_eq!(clock("2026-03-29T01:00:00Z"), "03:00 +0200");
        assert_eq!(clock("2026-10-25T00:59:59Z"), "02:59 +0200");
        assert_eq!(clock("2026-10-25T01:00:00Z"), "02:00 +0100");
        let site = Site {
            lonlat: [12.0, 51.5],
            height_m: 0.0,
            zone: zone.clone(),
            true_north_deg: 0.0,
        };
        let july = site.moment(jiff::civil::date(2026, 7, 1), 13 * 60 + 5).unwrap();
        assert_eq!((july.to_string().as_str(), site.minutes(july)), ("2026-07-01T11:05:00Z", 785));
        assert_eq!(site.zone_at(july), "CEST");
        let gap = site.moment(jiff::civil::date(2026, 3, 29), 150).unwrap();
        assert_eq!(site.clock(gap), "03:30");
        let far = Zone::of([-105.2, 39.7]).unwrap();
        let at: Timestamp = "2003-10-17T19:30:30Z".parse().unwrap();
        assert_eq!(at.to_zoned(far.rule).strftime("%H:%M").to_string(), "12:30");
        assert!(far.name.en.contains("UTC-7"));
        assert!(matches!(Zone::posix("Mars/Olympus"), Err(SunError::Zone { .. })));
    }
}
