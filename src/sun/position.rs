//! Where the sun stands: the Solar Position Algorithm of NREL through a library.

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use solar_positioning::{Location, RefractionCorrection, SolarPositions, delta_t, time::JulianDate};

/// The sun in the sky of a place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SunPosition {
    /// Above the horizon, with the refraction of a standard atmosphere.
    pub elevation_deg: f64,
    /// Clockwise from true north.
    pub azimuth_deg: f64,
}

/// The sun at a moment, seen from longitude and latitude (degrees) and a height above sea level. `None` for years that nobody can
/// compute, or a place that is none.
pub fn position(at: Timestamp, lonlat: [f64; 2], height_m: f64) -> Option<SunPosition> {
    with_refraction(at, lonlat, height_m, None, RefractionCorrection::standard())
}

fn with_refraction(
    at: Timestamp,
    [longitude, latitude]: [f64; 2],
    height_m: f64,
    delta_t_s: Option<f64>,
    refraction: RefractionCorrection,
) -> Option<SunPosition> {
    let utc = at.to_zoned(TimeZone::UTC).datetime();
    let (year, month) = (i32::from(utc.year()), u32::try_from(utc.month()).ok()?);
    let (day, hour) = (u32::try_from(utc.day()).ok()?, u32::try_from(utc.hour()).ok()?);
    let minute = u32::try_from(utc.minute()).ok()?;
    let second = f64::from(utc.second()) + f64::from(utc.subsec_nanosecond()) * 1e-9;
    let delta = match delta_t_s {
        Some(d) => d,
        None => delta_t::estimate_from_date(year, month).ok()?,
    };
    let time = JulianDate::from_utc(year, month, day, hour, minute, second, delta).ok()?;
    let sun = SolarPositions::new()
        .at_from_julian(time, Location { latitude, longitude }, height_m, Some(refraction))
        .ok()?;
    Some(SunPosition {
        elevation_deg: sun.elevation_angle(),
        azimuth_deg: sun.azimuth(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_nrel_report() {
        // Reda and Andreas, NREL/TP-560-34302, appendix A.5: 17 October 2003, 12:30:30 local time seven hours behind UTC; pressure 820 hPa,
        // 11 °C, ΔT 67 s. Zenith 50.11162°, azimuth 194.34024°.
        let at: Timestamp = "2003-10-17T12:30:30-07:00".parse().unwrap();
        let air = RefractionCorrection::new(820.0, 11.0).unwrap();
        let sun = with_refraction(at, [-105.1786, 39.742476], 1830.14, Some(67.0), air).unwrap();
        assert!((90.0 - sun.elevation_deg - 50.11162).abs() < 5e-5, "{sun:?}");
        assert!((sun.azimuth_deg - 194.34024).abs() < 5e-5, "{sun:?}");
        // Under a standard atmosphere and an estimated ΔT it is the same to a hundredth of a degree.
        let plain = position(at, [-105.1786, 39.742476], 1830.14).unwrap();
        assert!((plain.elevation_deg - sun.elevation_deg).abs() < 0.01 && (plain.azimuth_deg - sun.azimuth_deg).abs() < 0.01);
    }

    #[test]
    fn a_place_that_is_none_has_no_sun() {
        let at: Timestamp = "2026-03-21T11:00:00Z".parse().unwrap();
        assert_eq!(position(at, [10.0, 95.0], 0.0), None);
        assert_eq!(position(at, [f64::NAN, 50.0], 0.0), None);
    }
}
