use super::*;

fn read_text(file: &str) -> Result<Config, Vec<Diagnostic>> {
    read(Arc::new(Source::new("grotto.toml", file)), Path::new("conf"))
}

/// What is wrong with a file, a line each: what, where, and what to do.
fn wrong(file: &str) -> Vec<String> {
    let said = read_text(file).unwrap_err();
    said.iter().map(|d| format!("{d} ({})", d.help.as_deref().unwrap_or("no help"))).collect()
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    let cases = [
        (
            "rule = 'a'",
            "grotto.toml:1:1: error[config/unknown-key]: there is no key `rule` (did you mean `rules`?)",
        ),
        (
            "\n[scan]\nfailon = 'low'",
            "grotto.toml:3:1: error[config/unknown-key]: there is no key `failon` in [scan] (did you mean `fail_on`?)",
        ),
        (
            "[scan]\nrules = 'a'",
            "grotto.toml:2:1: error[config/unknown-key]: there is no key `rules` in [scan] (`rules` stands at the top of \
             the file, before all tables)",
        ),
        (
            "fail_on = 'low'",
            "grotto.toml:1:1: error[config/unknown-key]: there is no key `fail_on` (`fail_on` stands in [scan])",
        ),
        (
            "timezone = ['UTC']",
            "grotto.toml:1:12: error[config/type]: `timezone` should be the name of a time zone, not a list (for \
             example: timezone = \"Europe/Vienna\")",
        ),
        (
            "rules = ['a', 2]",
            "grotto.toml:1:15: error[config/type]: `rules` should be a list of paths, not a number (for example: rules = \
             [\"detections\", \"macros\", \"lookups\"])",
        ),
        (
            "scan = 1",
            "grotto.toml:1:8: error[config/type]: `scan` should be a table, not a number (for example: [scan])",
        ),
        (
            "[scan]\nfail_on = 'hig'",
            "grotto.toml:2:11: error[config/value]: `scan.fail_on` can't be `hig` (did you mean `high`?)",
        ),
        (
            "[scan]\nformat = 'pdf of all'",
            "grotto.toml:2:10: error[config/value]: `scan.format` can't be `pdf of all` (it may be table, json, jsonl, csv)",
        ),
        (
            "[scan]\ncatalog_url = 'rules.example'",
            "grotto.toml:2:15: error[config/value]: `rules.example` is no web address (an address starts with https:// or http://)",
        ),
        (
            "threads = 0x1_0000",
            "grotto.toml:1:11: error[config/value]: `threads` should be a whole number from 1 to 65535 (for example: \
             threads = 4)",
        ),
        (
            "rules = ''",
            "grotto.toml:1:9: error[config/value]: `rules` holds an empty path (write `.` for the folder of the file)",
        ),
        (
            "[lint]\n'a/b' = 'warn'",
            "grotto.toml:2:9: error[config/value]: `lint.a/b` can't be `warn` (it may be off, info, warning, error)",
        ),
        (
            "[lint]\n'a/b' = true",
            "grotto.toml:2:9: error[config/type]: `lint.a/b` should be a text, not a truth value",
        ),
        (
            "max_archive_bytes = '1X'",
            "grotto.toml:1:21: error[config/value]: `1X` is no size (X is no unit: K, M, G and T are)",
        ),
        ("timezone = 'Mars/Base'", "grotto.toml:1:12: error[config/value]: "),
        (
            "[filters]\n'f(1)' = 'x'",
            "grotto.toml:2:1: error[config/value]: `f(1)` is no name of a macro (write the name",
        ),
    ];
    for (file, expected) in cases {
        let said = wrong(file);
        assert_eq!(said.len(), 1, "{file}: {said:?}");
        assert!(said[0].starts_with(expected), "{file}\n  said {}\n  want {expected}", said[0]);
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let said = wrong("rule = 1\ntimezone = 1\n[scan]\nx = 1\n[filters]\na = 1\n");
    assert_eq!(said.len(), 4, "{said:?}");
}

#[test]
fn what_is_not_toml_is_refused_with_its_place() {
    for (file, line) in
        [("rules = \n", 1), ("a = 1\na = 2", 2), ("x = 'é\n", 1), ("[scan\n", 1), ("\u{0}", 1)]
    {
        let said = read_text(file).unwrap_err();
        assert_eq!(said[0].slug, "config/toml", "{file:?}");
        assert_eq!(said[0].place().map(|p| p.line), Some(line), "{file:?}: {}", said[0]);
    }
    let deep = format!("rules = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read_text(&deep).is_err());
}

#[test]
fn paths_lead_from_the_folder_of_the_file() {
    let config = read_text("rules = ['a/b', '../c', '/d']\nlookups = 'l'").unwrap();
    let values: Vec<_> = config.values.iter().flat_map(|v| &v.values).collect();
    assert_eq!(values, ["conf/a/b", "conf/../c", "/d", "conf/l"]);
}

#[test]
fn filters_and_lints_are_settings() {
    let config =
        read_text("[filters]\na_filter = 'search *'\n\"b-c.d\" = ''\n[lint]\n'x/y' = 'off'\nz = 'info'\n")
            .unwrap();
    let macros: Vec<_> = config
        .settings
        .macros
        .iter()
        .map(|m| (m.definition.name.as_str(), m.definition.definition.as_str(), m.origin.as_str()))
        .collect();
    assert_eq!(macros, [("a_filter", "search *", "grotto.toml:2"), ("b-c.d", "", "grotto.toml:3")]);
    assert_eq!(config.settings.lints, [("x/y".to_owned(), None), ("z".to_owned(), Some(Severity::Info))]);
}
