//! Assets and identities as Splunk Enterprise Security has them, from the tables of a user.
//!
//! Columns: <https://help.splunk.com/en/splunk-enterprise-security-8/administer/8.3/asset-and-identity-validation/format-an-asset-or-identity-list-as-a-lookup-in-splunk-enterprise-security>.
//! What becomes of them: <https://help.splunk.com/splunk-enterprise-security-7/administer/7.2/asset-and-identity-validation/asset-and-identity-fields-after-processing-in-splunk-enterprise-security>.
//! Which lookups there are: <https://help.splunk.com/en/splunk-enterprise-security-8/administer/8.3/asset-and-identity-validation/lookups-that-store-merged-asset-and-identity-data-in-splunk-enterprise-security>.
//!
//! An asset is found by its addresses and names (`ip`, `mac`, `nt_host`, `dns`), several of which stand in one cell
//! with `|` between them, an identity by `identity`, its `email`, and what stands before the `@` of that. Events get
//! the columns under the names of the fields that were found, such as `dest_category` and `user_bunit`.

use crate::app::{App, Origin};
use grotto_diag::Diagnostic;
use grotto_engine::lookup::{Definition, Lookups, Matching, Settings, Source, Table};
use grotto_engine::pipeline::columns;
use grotto_events::{Batch, Cell, Column};
use std::fmt::Write;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// The lookup of assets by address or name.
pub const BY_NAME: &str = "asset_lookup_by_str";
/// The lookup of assets by network.
pub const BY_NETWORK: &str = "asset_lookup_by_cidr";
/// The lookup of identities.
pub const IDENTITIES: &str = "identity_lookup_expanded";

/// Columns by which an asset is found.
const ASSET_KEYS: [&str; 4] = ["ip", "mac", "nt_host", "dns"];
/// Columns of which an asset's or identity's tags are made: of these the values,
const TAGS: [&str; 3] = ["bunit", "category", "pci_domain"];
/// of those the names, when they are true.
const FLAGS: [&str; 5] = ["is_expected", "requires_av", "should_timesync", "should_update", "watchlist"];
/// Columns that may hold several values, with `|` between them.
const SEVERAL: [&str; 10] =
    ["ip", "mac", "nt_host", "dns", "bunit", "category", "pci_domain", "identity", "email", "phone"];

/// Columns of assets that there are without a table.
const ASSET: [&str; 20] = [
    "asset",
    "asset_tag",
    "ip",
    "mac",
    "nt_host",
    "dns",
    "owner",
    "priority",
    "lat",
    "long",
    "city",
    "country",
    "bunit",
    "category",
    "pci_domain",
    "is_expected",
    "should_timesync",
    "should_update",
    "requires_av",
    "cim_entity_zone",
];

/// Columns of identities that there are without a table.
const IDENTITY: [&str; 20] = [
    "identity",
    "identity_tag",
    "prefix",
    "nick",
    "first",
    "last",
    "suffix",
    "email",
    "phone",
    "managedBy",
    "priority",
    "bunit",
    "category",
    "watchlist",
    "startDate",
    "endDate",
    "work_city",
    "work_country",
    "work_lat",
    "work_long",
];

/// The lookups of assets; without a table they are empty, as in a new Splunk.
///
/// # Errors
/// `lookup/no-asset-keys` for a table that has none of the columns by which assets are found.
pub fn assets(table: Option<&Table>) -> Result<Lookups, Box<Diagnostic>> {
    let (names, networks) = match table {
        Some(table) if ASSET_KEYS.iter().all(|key| !table.has(key)) => {
            let message = format!("the table of assets has none of the columns {}", ASSET_KEYS.join(", "));
            return Err(Box::new(Diagnostic::error("lookup/no-asset-keys", message)));
        }
        Some(table) => (by_name(table), by_network(table)),
        None => (Table::default(), Table::default()),
    };
    let mut lookups = Lookups::default();
    define(&mut lookups, BY_NAME, names.with_columns(&ASSET), Vec::new());
    let matching = vec![("asset".to_owned(), Matching::Cidr)];
    define(&mut lookups, BY_NETWORK, networks.with_columns(&ASSET), matching);
    Ok(lookups)
}

/// The lookup of identities; without a table it is empty.
///
/// # Errors
/// `lookup/no-identity-keys` for a table without `identity` and `email`.
pub fn identities(table: Option<&Table>) -> Result<Lookups, Box<Diagnostic>> {
    let expanded = match table {
        Some(table) if !table.has("identity") && !table.has("email") => {
            let message = "the table of identities has neither a column identity nor a column email";
            return Err(Box::new(Diagnostic::error("lookup/no-identity-keys", message)));
        }
        Some(table) => by_identity(table),
        None => Table::default(),
    };
    let mut lookups = Lookups::default();
    define(&mut lookups, IDENTITIES, expanded.with_columns(&IDENTITY), Vec::new());
    Ok(lookups)
}

fn define(lookups: &mut Lookups, name: &str, table: Table, matching: Vec<(String, Matching)>) {
    let settings = Settings { matching, case_sensitive: false, max_matches: 1, ..Settings::default() };
    let source = Source::Open(Arc::new(table));
    lookups.define(name, Definition { settings, source, fields: Vec::new() });
}

/// The values of a cell: those that it holds, taken apart at `|`.
fn values(batch: &Batch, column: &str, row: usize) -> Vec<String> {
    let mut all = Vec::new();
    columns::each(batch.cell(column, row), |cell| {
        columns::with_text(cell, |text| {
            let parts = text.split('|').map(str::trim).filter(|part| !part.is_empty());
            all.extend(parts.map(str::to_owned));
        });
    });
    all
}

fn by_name(table: &Table) -> Table {
    keyed(table, "asset", |batch, row| {
        let keys =
            ASSET_KEYS.iter().flat_map(|key| values(batch, key, row).into_iter().map(move |v| (*key, v)));
        keys.filter(|(key, value)| *key != "ip" || networks(value).is_empty())
            .map(|(_, value)| value)
            .collect()
    })
}

fn by_network(table: &Table) -> Table {
    keyed(table, "asset", |batch, row| {
        values(batch, "ip", row).iter().flat_map(|value| networks(value)).collect()
    })
}

fn by_identity(table: &Table) -> Table {
    keyed(table, "identity", |batch, row| {
        let mut keys = values(batch, "identity", row);
        for email in values(batch, "email", row) {
            keys.extend(
                email.split_once('@').map(|(name, _)| name.to_owned()).filter(|name| !name.is_empty()),
            );
            keys.push(email);
        }
        keys
    })
}

/// The rows that have keys, with these in a column, tags in another, and cells of several values taken apart.
fn keyed(table: &Table, column: &str, keys: impl Fn(&Batch, usize) -> Vec<String>) -> Table {
    let batch = table.batch();
    let (mut rows, mut found, mut tags) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..batch.rows() {
        let mut keys = keys(batch, row);
        let mut seen = std::collections::BTreeSet::new();
        keys.retain(|key| seen.insert(key.to_lowercase()));
        if !keys.is_empty() {
            rows.push(row as u32);
            found.push(keys);
            tags.push(tags_of(batch, row));
        }
    }
    let mut out = Batch::new(rows.len());
    out.set(column, Column::list(found));
    out.set(format!("{column}_tag"), Column::list(tags));
    for (name, cells) in batch.take(&rows).columns() {
        if **name == *column {
            continue;
        }
        let cells = if SEVERAL.contains(&&**name) {
            Column::list(rows.iter().map(|row| values(batch, name, *row as usize)))
        } else {
            cells.clone()
        };
        out.set(name.clone(), cells);
    }
    Table::new(out)
}

fn tags_of(batch: &Batch, row: usize) -> Vec<String> {
    let mut tags: Vec<String> = TAGS.iter().flat_map(|column| values(batch, column, row)).collect();
    for flag in FLAGS {
        if let Cell::Text(text) = batch.cell(flag, row)
            && matches!(text.trim().to_ascii_lowercase().as_str(), "true" | "t" | "1" | "yes")
        {
            tags.push(flag.strip_prefix("is_").unwrap_or(flag).to_owned());
        }
    }
    tags
}

/// The networks that a text writes: itself when it is one, those that make up a range such as
/// `10.0.0.5-10.0.0.20`; none of an address.
fn networks(text: &str) -> Vec<String> {
    if text.contains('/') {
        return vec![text.to_owned()];
    }
    let range = text.split_once('-').and_then(|(first, last)| {
        Some((first.trim().parse::<Ipv4Addr>().ok()?, last.trim().parse::<Ipv4Addr>().ok()?))
    });
    let Some((first, last)) = range else { return Vec::new() };
    let (mut at, last) = (u64::from(u32::from(first)), u64::from(u32::from(last)));
    let mut all = Vec::new();
    while at <= last {
        // The largest network that begins here and does not go past the end.
        let aligned = if at == 0 { 32 } else { at.trailing_zeros().min(32) };
        let bits = (0..=aligned).rev().find(|bits| at + (1_u64 << bits) - 1 <= last).unwrap_or(0);
        all.push(format!("{}/{}", Ipv4Addr::from(at as u32), 32 - bits));
        at += 1 << bits;
    }
    all
}

/// The automatic lookups that give events the columns of these lookups.
pub(crate) fn app(lookups: &Lookups) -> App {
    let (mut props, mut transforms) = ("[source::...]\n".to_owned(), String::new());
    for (class, name, key, fields) in [
        ("zu", BY_NAME, "asset", ["dest", "dvc", "src"].as_slice()),
        ("zv", BY_NETWORK, "asset", &["dest", "dvc", "src"]),
        ("zy", IDENTITIES, "identity", &["src_user", "user"]),
    ] {
        let Ok(lookup) = lookups.open_quietly(name) else { continue };
        if lookup.table().is_none_or(|table| table.rows() == 0) {
            continue;
        }
        let _ = writeln!(transforms, "[{name}]\nexternal_type = kvstore\ncollection = {name}");
        for field in fields {
            let _ = write!(props, "LOOKUP-{class}-{name}-{field} = {name} {key} AS {field} OUTPUTNEW");
            for column in lookup.columns().iter().filter(|column| is_plain(column)) {
                let _ = write!(props, " {column} AS {field}_{column}");
            }
            props.push('\n');
        }
    }
    let files = [("default/props.conf", props.as_str()), ("default/transforms.conf", transforms.as_str())];
    App::from_files("assets and identities", Origin::Shipped, files).0
}

/// Whether a name can stand in a configuration file as it is.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_engine::Context;
    use grotto_engine::lookup::{Join, Output};

    fn table(csv: &str) -> Table {
        Table::read("t.csv", csv.as_bytes(), &mut Vec::new()).unwrap()
    }

    /// What a lookup gives for a value: `column=value`, values of one column with `+` between them.
    fn found(lookups: &Lookups, name: &str, key: &str, value: &str, outputs: &[&str]) -> Vec<String> {
        let mut rows = Batch::new(1);
        rows.set("f", Column::constant(value, 1));
        let keys = vec![(key.to_owned(), "f".to_owned())];
        let outputs = outputs.iter().map(|o| ((*o).to_owned(), (*o).to_owned())).collect();
        let context = Context::default();
        let join =
            Join::new(lookups.open(name).unwrap(), keys, outputs, Output::Overwrite, &context).unwrap();
        let shown =
            |(name, column): (&str, Column)| format!("{name}={}", columns::texts(column.cell(0)).join("+"));
        join.columns(&rows).into_iter().map(shown).collect()
    }

    #[test]
    fn assets_are_found_by_any_of_their_names() {
        let csv = "ip,mac,nt_host,dns,owner,category,requires_av,site\n\
                   10.0.0.1|10.0.0.2,aa:bb:cc,DC01,dc01.corp.example|dc.corp.example,ann,domain_controller|server,true,hq\n\
                   192.168.0.0/16|10.9.0.0-10.9.0.5,,,,bob,office,,\n,,,,nobody,,,\n";
        let lookups = assets(Some(&table(csv))).unwrap();
        for (value, expected) in [
            ("10.0.0.2", vec!["owner=ann", "asset_tag=domain_controller+server+requires_av"]),
            ("dc01", vec!["owner=ann", "asset_tag=domain_controller+server+requires_av"]),
            ("DC.CORP.EXAMPLE", vec!["owner=ann", "asset_tag=domain_controller+server+requires_av"]),
            ("192.168.0.0/16", vec![]),
            ("192.168.3.4", vec![]),
            ("nobody", vec![]),
        ] {
            assert_eq!(
                found(&lookups, BY_NAME, "asset", value, &["owner", "asset_tag"]),
                expected,
                "{value}"
            );
        }
        for (value, owner) in
            [("192.168.3.4", true), ("10.9.0.5", true), ("10.9.0.6", false), ("10.0.0.1", false)]
        {
            let expected = if owner { vec!["owner=bob"] } else { Vec::new() };
            assert_eq!(found(&lookups, BY_NETWORK, "asset", value, &["owner"]), expected, "{value}");
        }
        let all = found(&lookups, BY_NAME, "asset", "dc01", &["asset", "category", "site", "city"]);
        let keys = "asset=10.0.0.1+10.0.0.2+aa:bb:cc+DC01+dc01.corp.example+dc.corp.example";
        assert_eq!(all, [keys, "category=domain_controller+server", "site=hq"]);
    }

    #[test]
    fn identities_are_found_by_name_and_mail() {
        let csv = "identity,first,email,bunit,category,watchlist\n\
                   asmith|CORP\\asmith,Ann,ann.smith@corp.example,it,privileged|admin,true\n";
        let lookups = identities(Some(&table(csv))).unwrap();
        for value in ["asmith", "corp\\ASMITH", "ann.smith@corp.example", "Ann.Smith"] {
            let tags = "identity_tag=it+privileged+admin+watchlist";
            assert_eq!(
                found(&lookups, IDENTITIES, "identity", value, &["first", "identity_tag"]),
                ["first=Ann", tags]
            );
        }
        assert_eq!(found(&lookups, IDENTITIES, "identity", "corp.example", &["first"]), [""; 0]);
        assert_eq!(
            found(&lookups, IDENTITIES, "objectSid", "S-1-5", &["first"]),
            [""; 0],
            "any column can be named"
        );
    }

    #[test]
    fn without_a_table_they_are_empty_and_that_is_said_once() {
        let lookups = assets(None).unwrap();
        for _ in 0..2 {
            assert_eq!(found(&lookups, BY_NAME, "asset", "x", &["owner"]), [""; 0]);
        }
        let remarks = lookups.remarks();
        assert_eq!(remarks.len(), 1);
        assert_eq!(remarks[0].slug, "lookup/no-assets");
    }

    #[test]
    fn tables_without_keys_are_refused() {
        assert_eq!(assets(Some(&table("host\nx\n"))).unwrap_err().slug, "lookup/no-asset-keys");
        assert_eq!(identities(Some(&table("name\nx\n"))).unwrap_err().slug, "lookup/no-identity-keys");
    }

    #[test]
    fn ranges_are_networks() {
        for (text, expected) in [
            ("10.0.0.0/8", vec!["10.0.0.0/8"]),
            ("10.0.0.5-10.0.0.8", vec!["10.0.0.5/32", "10.0.0.6/31", "10.0.0.8/32"]),
            ("0.0.0.0 - 255.255.255.255", vec!["0.0.0.0/0"]),
            ("255.255.255.255-255.255.255.255", vec!["255.255.255.255/32"]),
            ("10.0.0.8-10.0.0.5", vec![]),
            ("10.0.0.1", vec![]),
            ("aa-bb", vec![]),
        ] {
            assert_eq!(networks(text), expected, "{text}");
        }
    }
}
