//! The examples of the public data sources.

use super::{knowledge, try_derive};

/// What an index adds, or what only the text form of an event has.
fn is_of_an_index(field: &str) -> bool {
    field.starts_with("date_")
        || field.starts_with("tag::")
        || ["punct", "linecount", "splunk_server", "timeendpos", "timestartpos", "timestamp", "_time"]
            .contains(&field)
}

/// The example of a data source has the fields that the data source lists.
#[test]
fn examples_have_the_fields_that_their_data_sources_list() {
    #[derive(serde::Deserialize)]
    struct DataSource {
        name: String,
        #[serde(default)]
        fields: Vec<String>,
        example_log: Option<String>,
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/escu-2024/data_sources");
    let Ok(entries) = std::fs::read_dir(folder) else {
        println!("skipped: {folder} is not there");
        return;
    };
    let knowledge = knowledge();
    let mut paths: Vec<_> = entries.map(|e| e.unwrap().path()).collect();
    paths.sort();
    let (mut sources, mut listed, mut there) = (0, 0, 0);
    for path in paths {
        let Ok(source) = serde_saphyr::from_str::<DataSource>(&std::fs::read_to_string(&path).unwrap())
        else {
            continue;
        };
        let example = source.example_log.unwrap_or_default();
        // The example of the directory monitor is an event of another source.
        if !example.starts_with("<Event ") || source.name == "Windows Active Directory Admon" {
            continue;
        }
        let Some(batch) = try_derive(&knowledge, &example) else {
            println!("{}: the example is broken", source.name);
            continue;
        };
        let expected: Vec<&String> = source.fields.iter().filter(|f| !is_of_an_index(f)).collect();
        let missing: Vec<&&String> = expected.iter().filter(|f| batch.column(f).is_none()).collect();
        println!(
            "{}: {} of {}, not {missing:?}",
            source.name,
            expected.len() - missing.len(),
            expected.len()
        );
        sources += 1;
        listed += expected.len();
        there += expected.len() - missing.len();
    }
    println!("fields of the examples of {sources} data sources: {there} of {listed}");
    assert!(sources > 40, "{sources}");
    assert!(there * 1000 >= listed * 980, "{there} of {listed}");
}
