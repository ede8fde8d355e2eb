//! Where: a point, a name, how exactly it is known; and how to hide where exactly.

use core::fmt;

use serde::de::{Deserializer, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::bounds::{self, Bound};
use super::codes::{PlacePrecision, Relation};
use super::describe::Shape;
use super::record::record;
use super::text::{Name, Text};
use super::value::{Value, within};
use crate::error::ErrorKind;

/// An angle in whole 1e-7 degree, as GNSS receivers give it. Decimal degrees in JSON, with at most 7 decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Degrees(pub i32);

/// 1e-7 degree in a degree.
const UNITS: f64 = 1e7;

impl Serialize for Degrees {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_f64(f64::from(self.0) / UNITS)
        } else {
            serializer.serialize_i32(self.0)
        }
    }
}

impl<'a> Value<'a> for Degrees {
    const SHAPE: &'static Shape = &Shape::Degrees;
    const MOST: usize = 5;
    const REQUIRED: bool = true;

    fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        struct Decimal;
        impl Visitor<'_> for Decimal {
            type Value = Degrees;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("decimal degrees")
            }
            fn visit_f64<E: serde::de::Error>(self, degrees: f64) -> Result<Degrees, E> {
                if !(-180.0..=180.0).contains(&degrees) {
                    return Err(E::invalid_value(Unexpected::Float(degrees), &"degrees from -180 to 180"));
                }
                // Nearest whole unit; the cast of a value inside the range is exact.
                #[allow(clippy::cast_possible_truncation)]
                let units = (degrees * UNITS + if degrees < 0.0 { -0.5 } else { 0.5 }) as i32;
                // A number with at most 7 decimals is the double nearest to units / 1e7, and no other is.
                #[allow(clippy::float_cmp)]
                if f64::from(units) / UNITS == degrees {
                    Ok(Degrees(units))
                } else {
                    Err(E::invalid_value(Unexpected::Float(degrees), &"degrees with at most 7 decimals"))
                }
            }
            fn visit_u64<E: serde::de::Error>(self, degrees: u64) -> Result<Degrees, E> {
                u32::try_from(degrees).map_or_else(
                    |_| Err(E::invalid_value(Unexpected::Unsigned(degrees), &"degrees from -180 to 180")),
                    |degrees| self.visit_f64(f64::from(degrees)),
                )
            }
            fn visit_i64<E: serde::de::Error>(self, degrees: i64) -> Result<Degrees, E> {
                i32::try_from(degrees).map_or_else(
                    |_| Err(E::invalid_value(Unexpected::Signed(degrees), &"degrees from -180 to 180")),
                    |degrees| self.visit_f64(f64::from(degrees)),
                )
            }
        }
        if deserializer.is_human_readable() {
            *self = deserializer.deserialize_f64(Decimal)?;
        } else {
            self.0 = serde::Deserialize::deserialize(deserializer)?;
        }
        Ok(())
    }

    #[cfg(feature = "arbitrary")]
    fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self> {
        let value = u.int_in_range(bound.min..=bound.max)?;
        Ok(Self(i32::try_from(value).unwrap_or_default()))
    }
}

record! {
    /// A point on the WGS 84 ellipsoid. In JSON `lat` and `lon` stand in the place itself, both or neither.
    [flat]
    [leaf]
    pub struct Point {
        /// Latitude.
        lat: Degrees => LATITUDE,
        /// Longitude.
        lon: Degrees => LONGITUDE,
    }
}

impl Copy for Point {}

impl Point {
    fn check(self) -> Result<(), ErrorKind> {
        within(self.lat.0.into(), &bounds::LATITUDE)?;
        within(self.lon.0.into(), &bounds::LONGITUDE)
    }
}

record! {
    /// A place. Nothing in it is required: neither a point nor a name.
    pub struct Place<'a> {
        /// The point, if one is known; never made up from a name.
        point: Option<Point>,
        /// How exactly the place is known.
        precision: PlacePrecision,
        /// The event lies within so many metres of the point.
        radius_m: Option<u32> => METRES,
        /// How the event lies to the named place.
        relation: Relation,
        /// The name, verbatim.
        name: Name<'a>,
        /// A P-code or ISO 3166 code.
        code: Option<Text<'a>>,
    }
}

/// Metres in a degree of latitude.
const METRES_PER_DEGREE: i64 = 111_320;
/// 1e-7 degree in a degree.
const PER_DEGREE: i64 = 10_000_000;

impl Place<'_> {
    /// The place as one cell of a grid with a mesh of about `metres`, for whoever must not be found.
    ///
    /// The point becomes the middle of its cell, so that the true point cannot be had back from one report or from
    /// the mean of many; `radius_m` says how far off it may be, and a precision finer than the cell is made coarser.
    /// **Name, relation and code are dropped**: they may say more than the cell does. Set them again where they do
    /// not. 0 metres changes nothing.
    ///
    /// ```
    /// # use increp::model::*;
    /// let point = Point { lat: Degrees(353_500_123), lon: Degrees(401_400_456) };
    /// let seen = Place { point: Some(point), name: "Al-Noor clinic".into(), ..Place::default() };
    /// let told = seen.coarsen(5_000);
    /// assert_eq!(told.point, Some(Point { lat: Degrees(353_367_027), lon: Degrees(401_604_237) }));
    /// assert_eq!((told.name, told.radius_m), (Name::UNREPORTED, Some(4_501)));
    /// ```
    #[must_use]
    pub fn coarsen(&self, metres: u32) -> Self {
        if metres == 0 {
            return self.clone();
        }
        let metres = metres.min(u32::try_from(bounds::METRES.max).unwrap_or(u32::MAX));
        let Some(point) = self.point else { return Self { precision: self.precision, ..Self::default() } };
        let mesh = (i64::from(metres) * PER_DEGREE / METRES_PER_DEGREE).max(1);
        let lat = middle(i64::from(point.lat.0), mesh, &bounds::LATITUDE);
        let mesh = (mesh * 1_000_000 / cosine(lat)).min(360 * PER_DEGREE);
        let lon = middle(i64::from(point.lon.0), mesh, &bounds::LONGITUDE);
        // Half of the diagonal of a square cell is 0.71 times its side; a large one near a pole is wider on one side.
        let off = u64::from(metres) * 9 / 10 + 1;
        let radius = (off + u64::from(self.radius_m.unwrap_or_default())).min(bounds::METRES.max.unsigned_abs());
        let precision = match self.precision {
            PlacePrecision::UNSPECIFIED | PlacePrecision::EXACT | PlacePrecision::NEAR => {
                // UCDP: near is within 25 km.
                if metres <= 25_000 { PlacePrecision::NEAR } else { PlacePrecision::LINE_OR_AREA }
            }
            other => other,
        };
        let degrees = |value| Degrees(i32::try_from(value).unwrap_or_default());
        Self {
            point: Some(Point { lat: degrees(lat), lon: degrees(lon) }),
            precision,
            radius_m: u32::try_from(radius).ok(),
            ..Self::default()
        }
    }
}

/// The middle of the cell that `value` lies in, counted from the lower end of `bound`.
fn middle(value: i64, mesh: i64, bound: &Bound) -> i64 {
    let cell = (value - bound.min).div_euclid(mesh.max(1));
    (bound.min + cell * mesh + mesh / 2).clamp(bound.min, bound.max)
}

/// A millionth part of the cosine of a latitude, at least 1000: Bhaskara's formula, within 0.002 of the true one.
fn cosine(lat: i64) -> i64 {
    let degrees = lat / 100_000; // in hundredths
    let square = degrees * degrees;
    let full = 32_400 * 10_000;
    (1_000_000 * (full - 4 * square) / (full + square)).max(1000)
}
