use super::*;
use crate::{Cell, decode};

/// The batches of some events.
fn batches(events: &[&str], options: &ReadOptions) -> Vec<Batch> {
    let sizes = Sizes::default();
    let read = || {
        let mut out = Vec::new();
        let mut rows = Rows::new(options, None, &sizes);
        let mut sink = |batch| out.push(batch);
        for xml in events {
            rows.push(&decode::event(xml).unwrap(), &mut sink);
        }
        rows.finish(&mut sink);
        out
    };
    let first = read();
    // What is known of sizes changes nothing.
    assert_eq!(read(), first);
    first
}

fn event(provider: &str, id: u32, data: &str) -> String {
    format!(
        "<Event><System><Provider Name='{provider}'/><EventID>{id}</EventID><TimeCreated \
         SystemTime='2024-01-01T00:00:0{}Z'/><Channel>Security</Channel><Computer>host.example.test</Computer>\
         </System><EventData>{data}</EventData></Event>",
        id % 10
    )
}

fn texts(batch: &Batch, field: &str) -> Vec<String> {
    (0..batch.rows())
        .map(|row| match batch.cell(field, row) {
            Cell::Text(text) => text.to_owned(),
            Cell::Null => "null".to_owned(),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_batch_has_one_event_type_in_the_order_of_the_file() {
    let events = [("P", 1), ("P", 2), ("P", 1), ("Q", 1)];
    let events: Vec<String> = events
        .iter()
        .zip(1..)
        .map(|((provider, id), n)| event(provider, *id, &format!("<Data Name='n'>{n}</Data>")))
        .collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let found = batches(&events, &ReadOptions::default());
    let n: Vec<_> = found.iter().map(|batch| texts(batch, "n")).collect();
    assert_eq!(n, [vec!["1", "3"], vec!["2"], vec!["4"]]);
}

#[test]
fn what_splunk_says_of_an_event() {
    let xml = event("P", 1, "");
    let batch = &batches(&[&xml, &xml], &ReadOptions::default())[0];
    for (field, expected) in [
        ("host", "host.example.test"),
        ("source", "XmlWinEventLog:Security"),
        ("sourcetype", "XmlWinEventLog"),
        ("index", "main"),
        ("Channel", "Security"),
        ("EventCode", "1"),
        ("Computer", "host.example.test"),
    ] {
        assert_eq!(batch.column(field).and_then(Column::as_constant), Some(expected), "{field}");
    }
    assert_eq!(texts(batch, "_raw"), [xml.as_str(), xml.as_str()]);
    assert_eq!(batch.cell("_time", 1), Cell::Time(1_704_067_201_000_000_000));
    let names: Vec<_> = batch.names().take(6).map(|n| &**n).collect();
    assert_eq!(names, ["_time", "_raw", "host", "source", "sourcetype", "index"]);
}

#[test]
fn an_event_without_channel_computer_and_time() {
    let xml = "<Event><System><EventID>1</EventID></System></Event>";
    let batch = &batches(&[xml], &ReadOptions::default())[0];
    assert_eq!(batch.cell("source", 0), Cell::Text("XmlWinEventLog"));
    assert_eq!(batch.cell("_time", 0), Cell::Null);
    assert!(batch.column("host").is_some_and(Column::all_null));
}

#[test]
fn a_caller_can_say_where_events_come_from() {
    let options = ReadOptions {
        source: Some("s".into()),
        sourcetype: Some("t".into()),
        host: Some("h".into()),
        index: Some("i".into()),
        ..ReadOptions::default()
    };
    let batch = &batches(&[&event("P", 1, "")], &options)[0];
    for (field, expected) in [("source", "s"), ("sourcetype", "t"), ("host", "h"), ("index", "i")] {
        assert_eq!(texts(batch, field), [expected]);
    }
    assert_eq!(texts(batch, "Computer"), ["host.example.test"]);
}

#[test]
fn only_wanted_fields_become_columns() {
    let xml = event("P", 1, "<Data Name='a'>1</Data><Data Name='b'>2</Data>");
    let columns = |options: &ReadOptions| -> Vec<String> {
        batches(&[&xml], options)[0].names().map(ToString::to_string).collect()
    };
    assert_eq!(columns(&ReadOptions::only(["b", "EventCode", "zz"])), ["_time", "EventCode", "b"]);
    assert_eq!(columns(&ReadOptions::only(["source", "_raw"])), ["_time", "_raw", "source"]);
    assert_eq!(columns(&ReadOptions::only(["host"])), ["_time", "host"]);
    let without_raw = columns(&ReadOptions { raw: false, ..ReadOptions::default() });
    assert!(!without_raw.contains(&"_raw".to_owned()) && without_raw.contains(&"a".to_owned()));
}

#[test]
fn declared_missing_and_repeated_fields() {
    let a = event(
        "P",
        1,
        "<Data Name='e'></Data><Data Name='m'>1</Data><Data Name='m'>2</Data><Data Name='x'>&lt;long &amp; decoded value&gt;</Data>",
    );
    let b = event("P", 1, "<Data Name='y'>only here, in the second row</Data>");
    let batch = &batches(&[&a, &b], &ReadOptions::default())[0];
    assert!(batch.column("e").is_some_and(Column::all_null));
    assert!(matches!(batch.cell("m", 0), Cell::List(values, 0, 2) if values.value(1) == "2"));
    assert_eq!(batch.cell("m", 1), Cell::Null);
    assert_eq!(texts(batch, "x"), ["<long & decoded value>", "null"]);
    assert_eq!(texts(batch, "y"), ["null", "only here, in the second row"]);
    assert!(batch.column("z").is_none());
}

#[test]
fn the_next_batch_of_a_type_declares_its_own_fields_only() {
    let a = event("P", 1, "<Data Name='a'>1</Data>");
    let b = event("P", 1, "<Data Name='b'>1</Data>");
    let options = ReadOptions { batch_rows: 1, ..ReadOptions::default() };
    let found = batches(&[&a, &b], &options);
    assert_eq!(found.len(), 2);
    assert!(found[0].column("b").is_none() && found[1].column("a").is_none());
    assert_eq!(texts(&found[1], "_raw"), [b]);
}

#[test]
fn splunk_s_own_names_are_not_overwritten() {
    let xml =
        event("P", 1, "<Data Name='host'>x</Data><Data Name='_time'>y</Data><Data Name='index'>z</Data>");
    let batch = &batches(&[&xml], &ReadOptions::default())[0];
    assert_eq!(texts(batch, "host"), ["host.example.test"]);
    assert_eq!(texts(batch, "extracted_host"), ["x"]);
    assert_eq!(texts(batch, "extracted_index"), ["z"]);
    assert_eq!(texts(batch, "time"), ["y"]);
}

#[test]
fn memory_is_bounded_with_many_types_rows_and_columns() {
    let options = ReadOptions { raw: false, ..ReadOptions::default() };
    let many: Vec<String> = (0..3000).map(|n| event("P", n, "<Data Name='x'>1</Data>")).collect();
    let refs: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut out = 0;
    let sizes = Sizes::default();
    let mut rows = Rows::new(&options, None, &sizes);
    for xml in &refs {
        rows.push(&decode::event(xml).unwrap(), &mut |batch| out += batch.rows());
        assert!(rows.types.len() < MAX_TYPES);
    }
    assert_eq!(out, 2 * MAX_TYPES, "types are handed on before there are too many");

    let wide: String = (0..20_000).fold(String::new(), |all, n| all + &format!("<Data Name='f{n}'>v</Data>"));
    let wide = event("P", 1, &wide);
    let mut largest = 0;
    let sizes = Sizes::default();
    let mut rows = Rows::new(&options, None, &sizes);
    for _ in 0..60 {
        rows.push(&decode::event(&wide).unwrap(), &mut |batch| largest = largest.max(batch.rows()));
    }
    assert_eq!(largest, MAX_CELLS.div_ceil(20_000 + 13), "wide events make short batches");
}

#[test]
fn a_batch_is_handed_on_at_its_size() {
    let xml = event("P", 1, "");
    let sizes: Vec<usize> = batches(&[&*xml; 10], &ReadOptions { batch_rows: 4, ..ReadOptions::default() })
        .iter()
        .map(Batch::rows)
        .collect();
    assert_eq!(sizes, [4, 4, 2]);
}

#[test]
fn room_is_made_for_so_much_only() {
    let (options, none, sizes) = (ReadOptions::default(), Sizes::default(), Sizes::default());
    let events: Vec<String> = (0..100).map(|n| event(&format!("provider {n}"), 1, "")).collect();
    let mut rows = Rows::new(&options, None, &none);
    for xml in &events {
        rows.push(&decode::event(xml).unwrap(), &mut |_| {});
        sizes.learn(&rows.key, Size { rows: 4096, shared: 1 << 20, ..Size::default() });
    }
    assert_eq!(rows.room, 0, "nothing was known");
    let mut rows = Rows::new(&options, None, &sizes);
    for xml in &events {
        rows.push(&decode::event(xml).unwrap(), &mut |_| {});
    }
    assert!(rows.room > MAX_BYTES / 2 && rows.room <= MAX_BYTES, "{}", rows.room);
}
