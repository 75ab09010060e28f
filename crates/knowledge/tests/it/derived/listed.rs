//! Every field that the public data sources list for a Windows event, on an event that carries all of its data.

use super::{knowledge, texts, xml};
use grotto_engine::pipeline::FieldSet;
use grotto_events::{Input, ReadOptions, plan};
use std::collections::{BTreeMap, BTreeSet};

const FACTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/facts");
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus");

/// What an index adds.
const OF_AN_INDEX: [&str; 7] =
    ["punct", "linecount", "splunk_server", "timeendpos", "timestartpos", "timestamp", "_time"];

/// Fields that are not given, and why; `*` stands for every event id.
const REASONS: &[(&str, &[&str], &str)] = &[
    (
        "*",
        &["body", "EventType", "SidType", "Sid", "User", "EventData", "System_TimeCreated"],
        "only the text form of events and other collectors have it",
    ),
    (
        "*",
        &["msad_action", "privilege_id", "vendor_privilege"],
        "an index-time or licensed table of the add-on names it",
    ),
];

/// A row of the table of listed fields.
struct Listed {
    name: String,
    channel: String,
    id: String,
    provider: String,
    fields: Vec<String>,
}

fn rows(file: &str) -> Option<Vec<Vec<String>>> {
    let path = format!("{FACTS}/{file}");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {path} is not there");
        return None;
    };
    let rows = text.lines().skip(1).map(|line| {
        let mut row = vec![String::new()];
        let mut quoted = false;
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(String::new()),
                _ => row.last_mut().unwrap().push(c),
            }
        }
        row
    });
    Some(rows.collect())
}

/// What the data sources list.
fn listed() -> Option<Vec<Listed>> {
    let rows = rows("windows_addon_fields.csv")?;
    let windows = rows.into_iter().filter_map(|row| {
        let channel = row[1].rsplit_once("WinEventLog:")?.1.to_owned();
        let fields =
            row[7].split(' ').filter(|f| !f.is_empty() && !f.starts_with("date_") && !f.starts_with("tag::"));
        let fields = fields.filter(|f| !OF_AN_INDEX.contains(f)).map(str::to_owned).collect();
        Some(Listed { name: row[0].clone(), channel, id: row[4].clone(), provider: row[5].clone(), fields })
    });
    Some(windows.collect())
}

/// Provider, and names of data fields, of an event by channel and id.
fn events() -> BTreeMap<(String, String), (String, Vec<String>)> {
    let rows = rows("windows_events.csv").unwrap_or_default();
    let mut events = BTreeMap::new();
    for row in rows {
        let fields = row[5].split(' ').filter(|f| !f.is_empty());
        let fields = fields.map(|f| f.replace("%20", " ").replace("%25", "%")).collect();
        events.entry((row[1].clone(), row[2].clone())).or_insert((row[0].clone(), fields));
    }
    events
}

/// A value that a data field may have.
fn sample(field: &str) -> &'static str {
    match field {
        "Hashes" | "Hash" => "SHA1=aa,MD5=bb,SHA256=cc,IMPHASH=dd",
        "TokenElevationType" => "%%1936",
        "UserAccountControl" => "%%2080",
        "MemberName" => "CN=m,DC=x",
        "MemberSid" => "S\\m",
        "Details" => "DWORD (0x00000001)",
        "LogonType" => "3",
        "ServiceStartType" => "2",
        "QueryResults" => "type:  5 a.example;::ffff:192.0.2.1;",
        "ObjectType" => "File",
        "OperationType" => "%%1904",
        "TargetObject" => "HKLM\\SYSTEM\\a\\b",
        "ObjectName" => "\\REGISTRY\\MACHINE\\a",
        field if field.ends_with("Sid") => "S-1-5-21-1",
        field if field.ends_with("Path") || field.contains("Image") => "C:\\a\\b.exe",
        _ => "1",
    }
}

/// The fields of an event that has all of its data, as data and as user data.
fn given(
    knowledge: &grotto_knowledge::Knowledge,
    provider: &str,
    id: &str,
    channel: &str,
    data: &[String],
) -> BTreeSet<String> {
    let pairs: Vec<(&str, &str)> = data.iter().map(|f| (f.as_str(), sample(f))).collect();
    let id = id.parse().unwrap();
    let mut given = BTreeSet::new();
    for keywords in ["0x8020000000000000", "0x8010000000000000"] {
        let with = xml(provider, id, channel, keywords, &pairs);
        given.extend(fields(knowledge, &with));
        // Without the names of a target the subject counts.
        let without: Vec<(&str, &str)> =
            pairs.iter().filter(|(f, _)| !f.starts_with("Member")).copied().collect();
        given.extend(fields(knowledge, &xml(provider, id, channel, keywords, &without)));
        let elements = data.iter().fold(String::new(), |text, f| {
            let name = f.replace(' ', "_");
            text + &format!("<{name}>{}</{name}>", sample(f))
        });
        let user_data = format!("<UserData><E xmlns='u'>{elements}</E></UserData>");
        let from = with.find("<EventData>").unwrap();
        let end = with.find("</Event>").unwrap();
        given.extend(fields(knowledge, &format!("{}{user_data}{}", &with[..from], &with[end..])));
    }
    given
}

fn fields(knowledge: &grotto_knowledge::Knowledge, xml: &str) -> Vec<String> {
    let input = Input::memory("events.xml", xml.as_bytes().to_vec());
    let mut names = Vec::new();
    for part in plan(&input).unwrap() {
        part.read(&ReadOptions::default(), &mut |batch| {
            let batch = knowledge.derive(&batch, &FieldSet::all());
            let there = batch.columns().filter(|(_, column)| !texts(column.cell(0)).is_empty());
            names.extend(there.map(|(name, _)| name.to_string()));
        });
    }
    names
}

#[test]
fn nearly_every_listed_field_is_given_or_has_a_reason() {
    let Some(listed) = listed() else { return };
    let (events, knowledge) = (events(), knowledge());
    let (mut all, mut there, mut explained) = (0, 0, 0);
    let mut gaps = Vec::new();
    for source in &listed {
        // Three data sources give changes of accounts to the wrong channel.
        let is_account = source.channel == "System" && source.id.starts_with("47");
        let channel = if is_account { "Security" } else { &source.channel };
        let Some((provider, data)) = events.get(&(channel.to_owned(), source.id.clone())) else {
            println!("{}: the table of events has no event {} of {channel}", source.name, source.id);
            continue;
        };
        let provider = if source.provider.is_empty() { provider } else { &source.provider };
        let given = given(&knowledge, provider, &source.id, channel, data);
        let missing: Vec<&String> = source.fields.iter().filter(|f| !given.contains(*f)).collect();
        let reason = |field: &str| {
            REASONS.iter().find(|(id, fields, _)| (*id == "*" || *id == source.id) && fields.contains(&field))
        };
        let (known, gap): (Vec<&String>, Vec<&String>) =
            missing.into_iter().partition(|f| reason(f).is_some());
        println!(
            "{}: {} of {}, for a reason not {known:?}",
            source.name,
            source.fields.len() - known.len() - gap.len(),
            source.fields.len()
        );
        all += source.fields.len();
        explained += known.len();
        there += source.fields.len() - known.len() - gap.len();
        gaps.extend(gap.into_iter().map(|field| format!("{}: {field}", source.name)));
    }
    println!("listed fields: {there} of {all} are given, {explained} not for a reason, gaps: {gaps:#?}");
    assert!((there + explained) * 1000 >= all * 979, "{there} and {explained} of {all}");
}

/// The newest data sources say which fields detections may put out.
#[test]
fn output_fields_are_given() {
    #[derive(serde::Deserialize)]
    struct DataSource {
        name: String,
        source: String,
        separator_value: Option<String>,
        #[serde(default)]
        output_fields: Vec<String>,
    }
    let Ok(entries) = std::fs::read_dir(format!("{CORPUS}/escu-2026/data_sources")) else {
        println!("skipped: {CORPUS} is not there");
        return;
    };
    let (events, knowledge) = (events(), knowledge());
    let (mut all, mut missing) = (0, Vec::new());
    for entry in entries {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let source: DataSource = serde_saphyr::from_str(&text).unwrap();
        let channel = source.source.trim_start_matches("XmlWinEventLog:").to_owned();
        let Some((provider, data)) =
            events.get(&(channel.clone(), source.separator_value.clone().unwrap_or_default()))
        else {
            panic!("{}", source.name);
        };
        let given = given(&knowledge, provider, &source.separator_value.unwrap(), &channel, data);
        all += source.output_fields.len();
        missing.extend(
            source
                .output_fields
                .iter()
                .filter(|f| !given.contains(*f))
                .map(|f| format!("{}: {f}", source.name)),
        );
    }
    println!("output fields of the newest data sources: {} of {all}; not {missing:?}", all - missing.len());
    assert!(all > 50, "{all}");
    // The data source of 4688 lists what only Sysmon tells of a process.
    let of_sysmon = ["original_file_name", "parent_process_guid", "process_guid", "process_hash"];
    let of_sysmon = of_sysmon.map(|field| format!("Windows Event Log Security 4688: {field}"));
    assert_eq!(missing, of_sysmon);
}
