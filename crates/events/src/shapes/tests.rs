use super::*;
use crate::{Batch, Cell, Input, ReadOptions, plan};

/// All rows of a text: every field but those of the whole text, as `name=value|value`.
fn rows(text: &str) -> Vec<Vec<String>> {
    read(text).0
}

fn read(text: &str) -> (Vec<Vec<String>>, Vec<String>) {
    let mut out = Vec::new();
    let mut said = Vec::new();
    for part in plan(&Input::memory("logs/a.json", text.as_bytes())).unwrap() {
        let report = part.read(&ReadOptions::default(), &mut |batch: Batch| {
            for row in 0..batch.rows() {
                out.push(batch.names().map(|name| cell(&batch, name, row)).collect());
            }
        });
        said.extend(report.diagnostics.iter().map(|d| format!("{}: {}", d.slug, d.message)));
    }
    (out, said)
}

fn cell(batch: &Batch, name: &str, row: usize) -> String {
    let value = match batch.cell(name, row) {
        Cell::Null => "∅".to_owned(),
        Cell::Text(text) => text.to_owned(),
        Cell::Time(nanos) => nanos.to_string(),
        Cell::List(list, from, to) => (from..to).map(|i| list.value(i)).collect::<Vec<_>>().join("|"),
        other => format!("{other:?}"),
    };
    format!("{name}={value}")
}

/// Whether the only row of a text has these fields.
#[track_caller]
fn has(text: &str, fields: &[&str]) {
    let rows = rows(text);
    assert_eq!(rows.len(), 1, "{text}: {rows:?}");
    for field in fields {
        assert!(rows[0].iter().any(|found| found == field), "{field} of {:#?}", rows[0]);
    }
}

/// The names of a text's only row.
fn names(text: &str) -> Vec<String> {
    rows(text)[0].iter().map(|field| field.split('=').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn any_record_is_an_event_with_its_members_flattened() {
    let text = r#"{"timestamp":"2024-02-29T23:59:59.5Z","a":{"b":1,"c":[{"d":2},{"d":"x"}]},"e":[true,null,"f"],"g":"","h":1.50}"#;
    has(
        text,
        &[
            "_time=1709251199500000000",
            &format!("_raw={text}"),
            "source=logs/a.json",
            "sourcetype=_json",
            "index=main",
            "host=∅",
            "a.b=1",
            "a.c{}.d=2|x",
            "e{}=true|null|f",
            "g=∅",
            "h=1.50",
            "timestamp=2024-02-29T23:59:59.5Z",
        ],
    );
}

#[test]
fn times_hosts_and_kinds_of_other_records() {
    for (text, fields) in [
        (
            r#"{"ts":1709251199123,"host":{"name":"web"}}"#,
            &["_time=1709251199123000000", "host=web", "host.name=web"][..],
        ),
        (
            r#"{"Timestamp":"2024-02-29T23:59:59Z","DeviceName":"pc","FileName":"a.exe"}"#,
            &["_time=1709251199000000000", "host=pc", "FileName=a.exe"],
        ),
        (r#"{"id":{"time":"2024-02-29T23:59:59Z"},"kind":"x"}"#, &["_time=1709251199000000000"]),
        (r#"{"time":12,"timestamp":"2024-02-29T23:59:59Z"}"#, &["_time=1709251199000000000", "time=12"]),
        (r#"{"time":12}"#, &["_time=∅"]),
        (
            r#"{"Records":[{"eventVersion":"1.08","eventTime":"2024-02-29T23:59:59Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1"}]}"#,
            &[
                "sourcetype=aws:cloudtrail",
                "_time=1709251199000000000",
                "eventName=CreateUser",
                "source=logs/a.json",
            ],
        ),
        (
            r#"{"CreationTime":"2024-02-29T23:59:59","Operation":"x","Workload":"Exchange","RecordType":1,"OrganizationId":"o"}"#,
            &["sourcetype=o365:management:activity", "_time=1709251199000000000"],
        ),
        (
            r#"{"time":"2024-02-29T23:59:59Z","resourceId":"/tenants/t/providers/Microsoft.aadiam","operationName":"x","category":"AuditLogs"}"#,
            &["sourcetype=azure:monitor:aad"],
        ),
        (
            r#"{"uuid":"u","published":"2024-02-29T23:59:59Z","legacyEventType":"l","actor":{"id":1},"outcome":{"result":"FAILURE"}}"#,
            &["sourcetype=OktaIM2:log", "outcome.result=FAILURE"],
        ),
        (r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get"}"#, &["sourcetype=kube:audit"]),
        (r#"{"kind":"Event","apiVersion":"v1","verb":"get"}"#, &["sourcetype=_json"]),
        ("{\"\\u0000\":\"a\\u0000\",\"host\":\"h\\u0000\"}", &["host=h\0", "\0=a\0"]),
    ] {
        has(text, fields);
    }
}

#[test]
fn results_of_searches_are_read_as_what_they_are() {
    let meta =
        r#""_time":"1709251199.123","host":"web","source":"S","sourcetype":"T","index":"i","user":"u""#;
    for (raw, fields) in [
        (r#""{\"a\":{\"b\":1}}""#, &["a.b=1", "sourcetype=T", "user=u", "_raw={\"a\":{\"b\":1}}"][..]),
        (r#""plain <text>""#, &["_raw=plain <text>", "user=u", "sourcetype=T"]),
        (
            r#""02/29/2024 11:59:59 PM\nLogName=Security\nEventCode=4624\nComputerName=dc\nMessage=m""#,
            &["EventCode=4624", "LogName=Security", "Message=m"],
        ),
        (
            r#""<Event><System><EventID>7</EventID><Channel>C</Channel><Computer>c</Computer></System></Event>""#,
            &["EventCode=7", "Computer=c"],
        ),
    ] {
        for frame in [
            format!(r#"{{"preview":false,"result":{{{meta},"_raw":{raw}}}}}"#),
            format!(r#"{{"result":{{"_raw":{raw},{meta}}}}}"#),
            format!(r#"{{"preview":false,"results":[{{{meta},"_raw":{raw}}}]}}"#),
            format!(
                r#"{{"time":1709251199.123,"host":"web","source":"S","sourcetype":"T","index":"i","event":{raw},"fields":{{"user":"u"}}}}"#
            ),
        ] {
            has(&frame, &["_time=1709251199123000000", "host=web", "source=S", "index=i"]);
            has(&frame, fields);
        }
    }
    let text = format!(r#"{{"preview":false,"result":{{{meta},"EventCode":"1","mv":["x","y"],"_cd":"1"}}}}"#);
    has(&text, &["EventCode=1", "mv{}=x|y", "user=u", "source=S"]);
    assert!(!names(&text).iter().any(|name| name == "_cd" || name == "extracted_host"), "{:?}", names(&text));
}

#[test]
fn what_the_collector_takes_is_told_from_other_events() {
    has(
        r#"{"time":1709251199,"sourcetype":"aws:cloudtrail","event":{"eventName":"x","n":{"m":1}}}"#,
        &["eventName=x", "n.m=1", "sourcetype=aws:cloudtrail", "_raw={\"eventName\":\"x\",\"n\":{\"m\":1}}"],
    );
    has(r#"{"time":1709251199,"event":{"a":1},"level":"x"}"#, &["event.a=1", "level=x", "sourcetype=_json"]);
    has(r#"{"event":{"a":1}}"#, &["event.a=1"]);
}

#[test]
fn windows_events_of_each_shape() {
    for (text, fields) in [
        (
            r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":{"#attributes":{"Qualifiers":1},"#text":7},"Security":null,"Channel":"C"},"EventData":null}}"##,
            &[
                "EventCode=7",
                "Qualifiers=1",
                "Name=P",
                "source=XmlWinEventLog:C",
                "sourcetype=XmlWinEventLog",
            ][..],
        ),
        (
            r#"{"@timestamp":"2024-02-29T23:59:59.123Z","winlog":{"event_id":4625,"channel":"Security","keywords":["Audit Failure"],"opcode":"Info","event_data":{"TargetUserName":"a"}},"log":{"level":"information"}}"#,
            &[
                "Level=0",
                "Keywords=0x8010000000000000",
                "Opcode=0",
                "TargetUserName=a",
                "_time=1709251199123000000",
            ],
        ),
        (
            r#"{"event":{"original":"<Event><System><EventID>9</EventID></System></Event>"},"winlog":{"event_id":1}}"#,
            &["EventCode=9"],
        ),
        (
            r#"{"EventID":4688,"Channel":"Security","Hostname":"h","EventTime":"2024-02-29 20:00:00","@timestamp":"2024-02-29T23:59:59Z","EventType":"AUDIT_SUCCESS","NewProcessName":"x.exe"}"#,
            &[
                "_time=1709251199000000000",
                "Level=0",
                "NewProcessName=x.exe",
                "Name=Microsoft-Windows-Security-Auditing",
            ],
        ),
        (
            r#"{"EventID":13,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"h","EventType":"SetValue","EventTypeOrignal":"INFO"}"#,
            &["EventType=SetValue", "Level=4", "source=XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"],
        ),
        (
            r#"{"TimeGenerated":"2024-02-29T23:59:59Z","EventID":4625,"Computer":"c","EventSourceName":"Microsoft-Windows-Security-Auditing","Level":"16","TargetUserName":"a","ServiceName":""}"#,
            &["Level=0", "Keywords=0x8010000000000000", "Channel=Security", "TargetUserName=a"],
        ),
        (
            r#"{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"Channel"},{"name":"EventID"},{"name":"EventData"}],"rows":[["2024-02-29T23:59:59Z","Security",4624,"{\"LogonType\":\"3\"}"]]}]}"#,
            &["EventCode=4624", "LogonType=3", "_time=1709251199000000000"],
        ),
        (
            "TimeCreated,Id,ProviderName,LogName,MachineName,LevelDisplayName,KeywordsDisplayNames,Message\n\"2/29/2024 11:59:59 PM\",4624,Microsoft-Windows-Security-Auditing,Security,dc,Information,System.Collections,\"An account\nwas\"\n",
            &[
                "EventCode=4624",
                "Message=An account\nwas",
                "Channel=Security",
                "_time=1709251199000000000",
                "Level=0",
            ],
        ),
        (
            "\"_time\",\"_raw\",host,sourcetype,__mv_x,x\n1709251199,\"{\"\"a\"\":1}\",web,T,\"$b$;$c$$$\",\"b\nc$\"\n",
            &["a=1", "host=web", "sourcetype=T", "x{}=b|c$"],
        ),
        ("name;count\nx;1\n", &["name=x", "count=1", "sourcetype=csv", "_raw=x;1", "source=logs/a.json"]),
    ] {
        has(text, fields);
    }
    // A field of another event is not one of this one.
    assert!(!names(r#"{"TimeGenerated":"2024-02-29T23:59:59Z","EventID":4625,"Computer":"c","Source":"X","ServiceName":"","MG":"m"}"#)
        .iter().any(|name| name == "ServiceName" || name == "MG"));
}

#[test]
fn records_within_others_are_opened() {
    has(
        "RecordId,CreationDate,Operations,AuditData\n1,2024-02-29T23:59:59Z,x,\"{\"\"CreationTime\"\":\"\"2024-02-29T23:59:59\"\",\"\"Operation\"\":\"\"x\"\",\"\"Workload\"\":\"\"w\"\",\"\"RecordType\"\":1,\"\"OrganizationId\"\":\"\"o\"\"}\"\n",
        &["Operation=x", "sourcetype=o365:management:activity"],
    );
    has("{\"index\":{\"_index\":\"i\"}}\n{\"a\":1}\n", &["a=1"]);
    has("{\"index\":{\"name\":\"i\"}}\n", &["index.name=i"]);
}

#[test]
fn what_is_assumed_and_left_out_is_said() {
    let (_, said) = read("{\"a\":1}\n{\"time\":\"2024-01-01 00:00:00\"}\n");
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said.iter().any(|d| d.starts_with("shapes/no-zone: 1 events")), "{said:?}");
    assert!(
        said.iter().any(|d| d.starts_with("shapes/no-time: 1 events") && d.contains("@timestamp")),
        "{said:?}"
    );
    let many = format!("{{\"ts\":\"2024-01-01T00:00:00Z\",\"l\":[{}1]}}", "1,".repeat(generic::MAX_VALUES));
    assert!(read(&many).1[0].starts_with("shapes/too-many-values: 2 values"), "{:?}", read(&many).1);
}

#[test]
fn lists_of_names_can_be_searched() {
    for flavour in [Flavour::Nxlog, Flavour::PowerShell, Flavour::EvtxECmd, Flavour::Azure] {
        assert!(flat::own_names(flavour).is_sorted(), "{flavour:?}");
    }
}

#[test]
fn frames_in_frames_end() {
    let mut text = "{\"a\":1}".to_owned();
    for _ in 0..20 {
        text = format!("{{\"_source\":{text}}}");
    }
    assert_eq!(rows(&text).len(), 1);
}
