//! The shipped add-ons hold together.

use grotto_knowledge::app::{How, LookupSource, Objects, SHIPPED, TableContent, shipped};
use grotto_knowledge::conf::Conf;
use grotto_knowledge::model::{Base, How as Calculated};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn objects() -> Objects {
    let (apps, problems) = shipped();
    assert_eq!(problems, []);
    let (objects, problems) = Objects::layered(&apps);
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(said, [""; 0], "every file loads without a word, every name in use is defined");
    objects
}

/// The rows of a lookup table that is embedded, header first.
fn table(objects: &Objects, file: &str) -> Vec<Vec<String>> {
    let TableContent::Text(source) = &objects.lookup_files[file].content else {
        panic!("{file} is embedded")
    };
    source
        .text
        .lines()
        .map(|line| {
            let mut cells = vec![String::new()];
            let mut quoted = false;
            for c in line.chars() {
                match c {
                    '"' => quoted = !quoted,
                    ',' if !quoted => cells.push(String::new()),
                    _ => cells.last_mut().unwrap().push(c),
                }
            }
            assert!(!quoted, "{file}: {line}");
            cells
        })
        .collect()
}

const SECURITY: &str = "XmlWinEventLog:Security";
const SYSMON: &str = "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational";

#[test]
fn what_is_embedded_is_what_is_in_the_folder() {
    let addons = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../addons"));
    for (app, files) in SHIPPED {
        let mut on_disk = BTreeSet::new();
        for folder in ["default", "default/data/models", "lookups"] {
            let Ok(entries) = std::fs::read_dir(addons.join(app).join(folder)) else { continue };
            for entry in entries {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                if entry.path().is_file() && name != "app.conf" {
                    on_disk.insert(format!("{folder}/{name}"));
                }
            }
        }
        let embedded: BTreeSet<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(embedded, on_disk, "{app}");
    }
}

#[test]
fn a_4104_event_has_the_fields_of_the_seed_rule() {
    let objects = objects();
    let effective = objects.props.effective(
        "XmlWinEventLog:Microsoft-Windows-PowerShell/Operational",
        "h",
        "XmlWinEventLog",
    );
    let fields = objects.fields_of(&effective);
    for field in ["dest", "signature", "signature_id", "user_id", "vendor_product"] {
        assert!(fields.contains(field), "{field}");
    }
    let titles = table(&objects, "windows_event_titles.csv");
    assert_eq!(titles[0], ["provider", "event_id", "title"]);
    let title = titles.iter().find(|r| r[0] == "Microsoft-Windows-PowerShell" && r[1] == "4104").unwrap();
    assert_eq!(title[2], "Creating Scriptblock text (MessageNumber of MessageTotal).");
}

#[test]
fn a_source_overrides_what_holds_for_all() {
    let objects = objects();
    let eval = |source: &str, field: &str| {
        let effective = objects.props.effective(source, "h", "XmlWinEventLog");
        effective.evals.into_iter().find(|(f, _)| f == field).map(|(_, e)| e.text).unwrap()
    };
    assert_eq!(eval("XmlWinEventLog:Setup", "dest"), "Computer");
    assert!(eval(SECURITY, "dest").contains("TargetServerName"));
    assert!(eval(SYSMON, "dest").contains("DestinationHostname"));
    assert_eq!(eval(SECURITY, "vendor_product"), "\"Microsoft Windows\"");
    assert_eq!(eval(SYSMON, "vendor_product"), "\"Microsoft Sysmon\"");
}

#[test]
fn every_regular_expression_compiles() {
    let objects = objects();
    let mut count = 0;
    let mut check = |regex: &str| {
        fancy_regex::Regex::new(regex).unwrap_or_else(|e| panic!("{regex}: {e}"));
        count += 1;
    };
    for transform in objects.transforms.values() {
        if let How::Regex { regex, .. } = &transform.how {
            check(&regex.text);
        }
    }
    for source in sources(&objects) {
        for extract in objects.props.effective(&source, "h", "XmlWinEventLog").extracts {
            check(&extract.regex.text);
        }
    }
    for calculation in objects.models.values().flat_map(|m| m.nodes.values()).flat_map(|n| &n.calculations) {
        if let Calculated::Rex { regex, .. } = &calculation.how {
            check(&regex.text);
        }
    }
    assert!(count > 20, "{count}");
}

/// A source for each stanza of the shipped `props.conf` files.
fn sources(objects: &Objects) -> Vec<String> {
    let (apps, _) = shipped();
    let mut sources = Vec::new();
    for stanza in apps.iter().filter_map(|a| a.conf("props")).flat_map(Conf::stanzas) {
        if let Some(pattern) = stanza.name.text.strip_prefix("source::") {
            let source = pattern
                .replace("*PowerShell*", "Microsoft-Windows-PowerShell")
                .replace("(XmlWinEventLog:Microsoft-Windows|Syslog:Linux)", "Syslog:Linux")
                .replace('*', "x");
            let (with, without) = (
                objects.props.effective(&source, "h", "XmlWinEventLog"),
                objects.props.effective("", "h", "XmlWinEventLog"),
            );
            assert_ne!(with, without, "{source} does not match {pattern}");
            sources.push(source);
        }
    }
    assert!(sources.len() > 10);
    sources
}

#[test]
fn lookups_name_columns_that_their_tables_have() {
    let objects = objects();
    for source in sources(&objects) {
        for lookup in objects.props.effective(&source, "h", "XmlWinEventLog").lookups {
            let definition = &objects.lookups[&lookup.table.text];
            let LookupSource::File(file) = &definition.source else {
                panic!("{file:?}", file = definition.source)
            };
            let header = &table(&objects, file)[0];
            for column in lookup.matches.iter().chain(&lookup.outputs).map(|f| &f.column) {
                assert!(header.contains(column), "{source}: {} has no column {column}", lookup.table.text);
            }
        }
    }
    for calculation in objects.models.values().flat_map(|m| m.nodes.values()).flat_map(|n| &n.calculations) {
        if let Calculated::Lookup { table: name, matches, outputs } = &calculation.how {
            let LookupSource::File(file) = &objects.lookups[&name.text].source else {
                panic!("{}", name.text)
            };
            let header = &table(&objects, file)[0];
            for (column, _) in matches.iter().chain(outputs) {
                assert!(header.contains(column), "{} has no column {column}", name.text);
            }
        }
    }
}

#[test]
fn tables_are_even_and_have_each_key_once() {
    let objects = objects();
    for (file, keys) in [
        ("windows_event_titles.csv", 2),
        ("windows_security_changes.csv", 1),
        ("windows_security_tasks.csv", 1),
        ("windows_account_flags.csv", 1),
        ("sysmon_events.csv", 1),
        ("dns_record_types.csv", 1),
        ("cim_dns_reply_codes.csv", 1),
    ] {
        let rows = table(&objects, file);
        let mut seen = BTreeSet::new();
        for row in &rows {
            assert_eq!(row.len(), rows[0].len(), "{file}: {row:?}");
            assert!(seen.insert(row[..keys].to_vec()), "{file}: {:?} is there twice", &row[..keys]);
        }
        assert!(rows.len() > 15, "{file}");
    }
}

/// `action` of a change comes from a lookup, which only fills what the calculated field leaves open.
#[test]
fn the_outcome_is_left_open_for_exactly_the_changes_that_the_table_has() {
    let objects = objects();
    let effective = objects.props.effective(SECURITY, "h", "XmlWinEventLog");
    let action = &effective.evals.iter().find(|(field, _)| field == "action").unwrap().1.text;
    let pattern = action.split("match(EventCode,\"").nth(1).unwrap().split("\"),null()").next().unwrap();
    let pattern = fancy_regex::Regex::new(&pattern.replace("\\\\", "\\")).unwrap();
    let rows = table(&objects, "windows_security_changes.csv");
    let ids: BTreeSet<&str> = rows[1..].iter().map(|r| r[0].as_str()).collect();
    // 4721, 4736 and the like are ids that Windows does not have.
    let unused = ["4721", "4736"];
    for id in (1000..6000).map(|id| id.to_string()).filter(|id| !unused.contains(&id.as_str())) {
        assert_eq!(pattern.is_match(&id).unwrap(), ids.contains(id.as_str()), "{id}");
    }
}

#[test]
fn every_data_model_is_fed_by_tags_or_says_where_its_events_are() {
    let objects = objects();
    let named: BTreeMap<&str, Vec<&str>> = [
        ("Endpoint", vec!["Processes", "Filesystem", "Registry", "Services", "Ports"]),
        ("Network_Traffic", vec!["All_Traffic"]),
        ("Network_Resolution", vec!["DNS"]),
        ("Authentication", vec!["Authentication", "Failed_Authentication", "Successful_Authentication"]),
        ("Change", vec!["All_Changes", "Account_Management"]),
        ("Web", vec!["Web"]),
        ("Email", vec!["All_Email"]),
        ("Updates", vec!["Updates"]),
        ("Alerts", vec!["Alerts"]),
        ("Intrusion_Detection", vec!["IDS_Attacks"]),
        ("Certificates", vec!["All_Certificates", "SSL"]),
        ("Network_Sessions", vec!["All_Sessions", "DHCP"]),
        ("Risk", vec!["All_Risk"]),
    ]
    .into();
    for (model, nodes) in named {
        let model = objects.models.get(model).unwrap_or_else(|| panic!("{model}"));
        for node in nodes {
            let node = model.node(node).unwrap_or_else(|| panic!("{}.{node}", model.name));
            let search = match &node.base {
                Base::Search(search) => search.text.clone(),
                _ => node.constraints[0].text.clone(),
            };
            assert!(search.contains("tag=") || search.contains("index="), "{}: {search}", node.name);
            for name in search.split('`').skip(1).step_by(2) {
                assert!(objects.macro_named(name, 0).is_some(), "{}: no macro {name}", node.name);
            }
        }
    }
}

#[test]
fn nodes_inherit() {
    let objects = objects();
    let management = objects.models["Change"].node("All_Changes.Account_Management").unwrap();
    assert_eq!(management.lineage, ["All_Changes", "Account_Management"]);
    assert_eq!(management.constraints.len(), 2);
    let qualified: Vec<String> = ["user", "src_user", "_time", "dest_bunit"]
        .iter()
        .map(|f| management.field(f).unwrap().qualified())
        .collect();
    assert_eq!(
        qualified,
        ["All_Changes.user", "All_Changes.Account_Management.src_user", "_time", "All_Changes.dest_bunit"]
    );
    let processes = objects.models["Endpoint"].node("Processes").unwrap();
    let default = processes.calculations.iter().find(|c| c.outputs[0].name == "process").map(|c| &c.how);
    match default {
        Some(Calculated::Eval(e)) => {
            assert_eq!(e.text, r#"if(isnull(process) OR process="","unknown",process)"#);
        }
        other => panic!("{other:?}"),
    }
    let at = |name: &str| processes.calculations.iter().position(|c| c.outputs[0].name == name).unwrap();
    assert!(at("process") < at("process_name"), "the name is taken from the command line");
    assert_eq!(
        objects.macro_named("drop_dm_object_name", 1).unwrap().definition.text,
        "rename $objectname$.* AS *"
    );
}

#[test]
fn eventtypes_that_feed_the_models_have_their_tags() {
    let objects = objects();
    for (eventtype, id, tags) in [
        ("grotto_sysmon_process", "EventCode=1", &["process", "report"][..]),
        ("grotto_windows_process", "EventCode=4688", &["process", "report"]),
        ("grotto_sysmon_filesystem", "11", &["endpoint", "filesystem"]),
        ("grotto_sysmon_registry", "13", &["endpoint", "registry"]),
        ("grotto_sysmon_network", "EventCode=3", &["communicate", "network"]),
        ("grotto_sysmon_dns", "EventCode=22", &["dns", "network", "resolution"]),
        ("grotto_windows_logon", "4624", &["authentication"]),
        ("grotto_windows_account_change", "4720", &["account", "change"]),
        ("grotto_windows_service", "7045", &["report", "service"]),
    ] {
        assert!(objects.eventtypes[eventtype].search.text.contains(id), "{eventtype}");
        assert_eq!(objects.tags_of("eventtype", eventtype), tags, "{eventtype}");
    }
    assert_eq!(objects.tags_of("eventtype", "grotto_sysmon_process_activity"), [""; 0]);
    for name in ["wineventlog_security", "wineventlog_system", "wineventlog_application"] {
        assert!(objects.eventtypes.contains_key(name), "{name}");
    }
}
