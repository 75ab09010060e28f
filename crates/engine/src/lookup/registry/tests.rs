//! Which table a name means.

use super::*;

fn definition(source: Source) -> Definition {
    Definition { settings: Settings::default(), source, fields: vec!["_key".into(), "a".into()] }
}

fn cell(lookups: &Lookups, name: &str) -> String {
    crate::value::cell_text(lookups.open(name).unwrap().table().unwrap().batch().cell("a", 0))
}

#[test]
fn names_are_found() {
    let mut lookups = Lookups::default();
    lookups.add_text("t.csv", "a\n1\n".into());
    lookups.add_text("t20240101.csv", "a\n2\n".into());
    lookups.add_text("c.jsonl", "{\"a\": 3}\n".into());
    lookups.define("dated", definition(Source::File("t20240101.csv".into())));
    lookups.define("missing", definition(Source::File("nowhere.csv".into())));
    lookups.define("c", definition(Source::Collection("c".into())));
    lookups.define("other", definition(Source::Collection("c".into())));
    lookups.define("empty", definition(Source::Collection("nobody".into())));
    lookups.define("script", definition(Source::Unsupported("it is a program".into())));
    for (name, value) in
        [("t.csv", "1"), ("t", "1"), ("dated", "2"), ("t20240101.csv", "2"), ("c", "3"), ("other", "3")]
    {
        assert_eq!(cell(&lookups, name), value, "{name}");
    }
    for (name, slug, said) in [
        ("T", "engine/lookup-unknown", "no lookup is called `T`"),
        ("missing", "engine/lookup-no-content", "lookup `missing` has no content: give it with --lookups"),
        ("empty", "engine/lookup-no-content", "lookup `empty` has no content: give it with --lookups"),
        ("script", "engine/lookup-unsupported", "it is a program"),
    ] {
        let error = lookups.open(name).unwrap_err();
        assert_eq!(error.slug, slug, "{name}");
        assert!(error.message.contains(said), "{}", error.message);
    }
}

#[test]
fn files_of_the_user_go_first_and_definitions_stay() {
    let mut content = Lookups::default();
    content.add_text("t.csv", "a\nof the content\n".into());
    content.define("t", definition(Source::File("t.csv".into())));
    content.define("k", definition(Source::Collection("k_coll".into())));
    let mut user = Lookups::default();
    user.add_text("t.csv", "a\nof the user\n".into());
    user.add_text("k_coll.csv", "".into());
    let all = user.over(&content);
    assert_eq!(cell(&all, "t"), "of the user");
    let collection = all.open("k").unwrap();
    assert_eq!(collection.columns(), ["_key", "a"], "an empty file has the fields of the definition");
    assert!(Arc::ptr_eq(&collection, &all.open("k").unwrap()), "a table is opened once");
    assert!(content.open("k").is_err());
}

#[test]
fn remarks_are_shared_and_said_once() {
    let mut lookups = Lookups::default();
    lookups.add_text("broken.csv", "a,b\n1,\"x\n2,y\n".into());
    let over = lookups.over(&Lookups::default());
    assert!(over.open("broken.csv").is_ok() && over.open("broken").is_ok());
    assert_eq!(lookups.remarks().len(), 1);
    assert_eq!(over.remarks(), lookups.remarks());
}

#[test]
fn what_searches_write_has_a_harmless_name() {
    let mut lookups = Lookups::default();
    lookups.define("l", definition(Source::File("table.csv".into())));
    lookups.define("c", definition(Source::Collection("coll".into())));
    for (name, file) in [
        ("l", "table.csv"),
        ("c", "coll.csv"),
        ("x.csv", "x.csv"),
        ("../../etc/passwd", "_.._etc_passwd.csv"),
        ("C:\\a\\b.csv", "C__a_b.csv"),
        ("...", "unnamed.csv"),
        ("", "unnamed.csv"),
    ] {
        assert_eq!(lookups.file_to_write(name), file, "{name}");
    }
}
