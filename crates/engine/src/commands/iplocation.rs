//! `iplocation`: where an IP address is.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::geo::{GeoDb, Place};
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use rustc_hash::FxHashMap;
use std::sync::Arc;

pub(super) static IPLOCATION: Spec = Spec {
    name: "iplocation",
    aliases: &[],
    summary: "Adds where an IP address is: City, Country, Region, lat, lon, and with allfields=t Continent, MetroCode \
              and Timezone. Needs a database in MaxMind's format, which the user gives.",
    syntax: "iplocation [prefix=<text>] [allfields=<bool>] [lang=<language>] <field>",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/iplocation",
    deviations: &[
        "no database comes with the program: without one of the user's the search is refused",
        "of a field with several addresses the first one is looked up",
    ],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| iplocation src",
            input: r#"[{"src": "203.0.113.7"}, {"src": "10.0.0.1"}]"#,
            expected: r#"[{"src": "203.0.113.7", "City": "Duckburg", "Country": "Nowhere", "Region": "Calisota", "lat": 12.5, "lon": -0.25}, {"src": "10.0.0.1"}]"#,
        },
        Example {
            spl: "| iplocation prefix=at_ allfields=t lang=de src",
            input: r#"[{"src": "203.0.113.7"}]"#,
            expected: r#"[{"src": "203.0.113.7", "at_City": "Entenhausen", "at_Country": "Nowhere", "at_Region": "Calisota", "at_lat": 12.5, "at_lon": -0.25, "at_Continent": "Nordamerika", "at_MetroCode": 501, "at_Timezone": "America/New_York"}]"#,
        },
    ],
    build: Build::Command(build),
};

/// A field and its value.
type Part = (&'static str, Get);

/// How a value comes from a place.
type Get = fn(&Place) -> Value;

/// What is always added.
const USUAL: [Part; 5] = [
    ("City", |place| text_of(place.city.as_ref())),
    ("Country", |place| text_of(place.country.as_ref())),
    ("Region", |place| text_of(place.region.as_ref())),
    ("lat", |place| place.latitude.map_or(Value::Null, Value::Float)),
    ("lon", |place| place.longitude.map_or(Value::Null, Value::Float)),
];

/// What `allfields=t` adds.
const MORE: [Part; 3] = [
    ("Continent", |place| text_of(place.continent.as_ref())),
    ("MetroCode", |place| place.metro_code.map_or(Value::Null, |code| Value::Int(code.into()))),
    ("Timezone", |place| text_of(place.timezone.as_ref())),
];

fn text_of(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| Value::Text(text.clone()))
}

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["prefix", "allfields", "lang"])?;
    let prefix = split.options.text("prefix")?.unwrap_or_default();
    let parts = USUAL
        .into_iter()
        .chain(split.options.flag("allfields", false)?.then_some(MORE).into_iter().flatten());
    let outputs = parts.map(|(name, value)| (format!("{prefix}{name}"), value)).collect();
    let language = split.options.text("lang")?.unwrap_or_else(|| "en".to_owned());
    let field = call.one_field(&split.rest)?;
    let Some(database) = call.context.geo.clone() else {
        let message = "`iplocation` needs a database of where addresses are, and none was given";
        let help = "name a City database in MaxMind's format (.mmdb) with --geoip";
        return Err(Box::new(
            Diagnostic::error("engine/no-geoip", message).at(call.name_span(), "needs --geoip").help(help),
        ));
    };
    Ok(Box::new(Iplocation { field, outputs, language, database }))
}

struct Iplocation {
    field: String,
    outputs: Vec<(String, Get)>,
    language: String,
    database: Arc<GeoDb>,
}

impl Command for Iplocation {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.with(&self.field)
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(column) = rows.column(&self.field) else { return Ok(rows) };
        let mut known: FxHashMap<String, Option<Place>> = FxHashMap::default();
        let addresses: Vec<Option<String>> =
            (0..rows.rows()).map(|row| columns::texts(column.cell(row)).into_iter().next()).collect();
        for address in addresses.iter().flatten() {
            if !known.contains_key(address) {
                known.insert(address.clone(), self.database.find(address, &self.language)?);
            }
        }
        for (name, value) in &self.outputs {
            let values: Vec<Value> = addresses
                .iter()
                .enumerate()
                .map(|(row, address)| {
                    let place = address.as_ref().and_then(|address| known.get(address)?.as_ref());
                    match place.map_or(Value::Null, value) {
                        Value::Null => rows.cell(name, row).into(),
                        found => found,
                    }
                })
                .collect();
            if values.iter().any(|value| !value.is_null()) {
                rows.set(name.as_str(), columns::column(&values));
            }
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use crate::Context;
    use crate::pipeline::testing::{check, plan};
    use crate::plan::Plan;

    #[test]
    fn without_a_database_it_is_refused_with_the_option_that_helps() {
        let tree = grotto_spl::parse("* | iplocation src").unwrap();
        let error = Plan::compile(&tree, &Context::default()).unwrap_err();
        assert_eq!(error.slug, "engine/no-geoip");
        assert!(error.help.iter().any(|help| help.contains("--geoip")), "{error:?}");
    }

    #[test]
    fn the_first_value_counts_and_unknown_addresses_change_nothing() {
        check(
            "| iplocation src | fields src Country",
            r#"[{"src": ["198.51.100.7", "203.0.113.1"]}, {"src": "x", "Country": "old"}, {"n": 1}]"#,
            r#"[{"src": ["198.51.100.7", "203.0.113.1"], "Country": "Elsewhere"}, {"src": "x", "Country": "old"}, {}]"#,
        );
    }

    #[test]
    fn mistakes_are_said() {
        assert_eq!(plan("* | iplocation").unwrap_err().slug, "spl/missing-argument");
        assert_eq!(plan("* | iplocation allfields=x src").unwrap_err().slug, "spl/bad-argument");
        assert_eq!(plan("* | iplocation where=x src").unwrap_err().slug, "engine/unsupported-option");
    }
}
