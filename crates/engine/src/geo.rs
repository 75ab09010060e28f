//! Where IP addresses are, from a database in MaxMind's format that the user gives.
//!
//! The format: <https://maxmind.github.io/MaxMind-DB/>. Its data:
//! <https://dev.maxmind.com/geoip/docs/databases/city-and-country/>.

use grotto_diag::{Diagnostic, input};
use maxminddb::Reader;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

/// Largest database that is read, in bytes.
const LARGEST: u64 = 2 << 30;

/// A database of where addresses are.
pub struct GeoDb(Reader<Vec<u8>>);

impl std::fmt::Debug for GeoDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GeoDb")
    }
}

/// Where an address is; what the database does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// Name of the city.
    pub city: Option<String>,
    /// Name of the largest part of the country.
    pub region: Option<String>,
    /// Name of the country.
    pub country: Option<String>,
    /// Name of the continent.
    pub continent: Option<String>,
    /// Latitude in degrees.
    pub latitude: Option<f64>,
    /// Longitude in degrees.
    pub longitude: Option<f64>,
    /// Number of the metropolitan area, in the United States.
    pub metro_code: Option<u32>,
    /// IANA name of the time zone.
    pub timezone: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    city: Option<Named>,
    #[serde(default)]
    subdivisions: Vec<Named>,
    country: Option<Named>,
    continent: Option<Named>,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    names: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Location {
    latitude: Option<f64>,
    longitude: Option<f64>,
    metro_code: Option<u16>,
    time_zone: Option<String>,
}

impl GeoDb {
    /// Reads the file of a database.
    ///
    /// # Errors
    /// `geo/bad-database`, and what [`input::bytes`] says.
    pub fn read(path: &Path) -> Result<Self, Box<Diagnostic>> {
        let bytes = input::bytes(path, LARGEST).map_err(Box::new)?;
        Self::of_bytes(bytes).map_err(|reason| {
            let message = format!("{} is no MaxMind database: {reason}", path.display());
            Box::new(Diagnostic::error("geo/bad-database", message).help("it is a file that ends in .mmdb"))
        })
    }

    /// A database in memory.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of_bytes(bytes: Vec<u8>) -> Result<Self, String> {
        Reader::from_source(bytes).map(Self).map_err(|e| e.to_string())
    }

    /// Where an address is, with names in a language such as `en` or `pt-BR`; in English where the database does not
    /// have them in that. `None` for what is no address, or not in the database, as private addresses are not. Of a
    /// network such as `192.0.2.0/24` the first address counts.
    ///
    /// # Errors
    /// `geo/bad-database` when what the database says of the address can't be read.
    pub fn find(&self, address: &str, language: &str) -> Result<Option<Place>, Box<Diagnostic>> {
        let address = address.trim();
        let Ok(address) = address.split_once('/').map_or(address, |(address, _)| address).parse::<IpAddr>()
        else {
            return Ok(None);
        };
        // A database of IPv4 addresses alone has no other ones.
        if address.is_ipv6() && self.0.metadata().ip_version == 4 {
            return Ok(None);
        }
        let found = self.0.lookup(address).and_then(|found| found.decode::<Entry>());
        let entry = match found {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok(None),
            Err(reason) => {
                let message =
                    format!("the database of where addresses are can't be read at {address}: {reason}");
                return Err(Box::new(Diagnostic::error("geo/bad-database", message)));
            }
        };
        let name = |named: Option<Named>| {
            let mut names = named?.names;
            names.remove(language).or_else(|| names.remove("en"))
        };
        let location = entry.location;
        Ok(Some(Place {
            city: name(entry.city),
            region: name(entry.subdivisions.into_iter().next()),
            country: name(entry.country),
            continent: name(entry.continent),
            latitude: location.as_ref().and_then(|l| l.latitude),
            longitude: location.as_ref().and_then(|l| l.longitude),
            metro_code: location.as_ref().and_then(|l| l.metro_code).map(u32::from),
            timezone: location.and_then(|l| l.time_zone),
        }))
    }
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let db = testing::database();
        let place = db.find(" 203.0.113.7 ", "de").unwrap().unwrap();
        assert_eq!(
            place,
            Place {
                city: Some("Entenhausen".into()),
                region: Some("Calisota".into()),
                country: Some("Nowhere".into()),
                continent: Some("Nordamerika".into()),
                latitude: Some(12.5),
                longitude: Some(-0.25),
                metro_code: Some(501),
                timezone: Some("America/New_York".into()),
            }
        );
        assert_eq!(db.find("203.0.113.0/24", "en").unwrap().unwrap().city.as_deref(), Some("Duckburg"));
        assert_eq!(db.find("203.0.113.9", "xx").unwrap().unwrap().city.as_deref(), Some("Duckburg"));
        let country = db.find("198.51.100.1", "en").unwrap().unwrap();
        assert_eq!((country.country.as_deref(), country.city), (Some("Elsewhere"), None));
        for none in ["10.0.0.1", "203.0.114.7", "fe80::1", "", "-", "203.0.113.7:80"] {
            assert_eq!(db.find(none, "en").unwrap(), None, "{none}");
        }
    }

    #[test]
    fn what_is_no_database_is_said() {
        assert!(GeoDb::of_bytes(b"no database".to_vec()).is_err());
        assert!(GeoDb::of_bytes(Vec::new()).is_err());
        let error = GeoDb::read(Path::new("/nowhere.mmdb")).unwrap_err();
        assert_eq!(error.slug, "input/unreadable");
    }

    #[test]
    fn a_damaged_database_does_not_panic() {
        let bytes = testing::bytes();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            if let Ok(db) = GeoDb::of_bytes(damaged) {
                let _ = db.find("203.0.113.7", "en");
            }
            if let Ok(db) = GeoDb::of_bytes(bytes[..at].to_vec()) {
                let _ = db.find("203.0.113.7", "en");
            }
        }
    }
}
