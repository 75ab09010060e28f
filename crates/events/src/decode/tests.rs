use super::*;
use proptest::prelude::*;

/// An event around `sections`, with a plain System.
fn with(sections: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/>\
         <EventID>1</EventID></System>{sections}</Event>"
    )
}

/// All values of a field of an event with these sections; `None` when it has no such field.
fn field(sections: &str, name: &str) -> Option<Vec<String>> {
    let xml = with(sections);
    let event = event(&xml).unwrap();
    event.field(name)?;
    Some(event.values(name).iter().map(ToString::to_string).collect())
}

/// The only value of a field.
fn one(sections: &str, name: &str) -> String {
    let values = field(sections, name).unwrap_or_default();
    assert_eq!(values.len(), 1, "{name} in {sections}: {values:?}");
    values[0].clone()
}

const SYSTEM: &str = "<Event><System><Provider Name=\"Microsoft-Windows-Security-Auditing\" Guid=\"{5484}\" \
    EventSourceName='Sec'/><EventID Qualifiers='49152'>4624</EventID><Version>2</Version><Level>0</Level><Task>12544</Task>\
    <Opcode>0</Opcode><Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime='2024-02-29T23:59:59.1234567Z'/>\
    <EventRecordID>77</EventRecordID><Correlation ActivityID='{a}' RelatedActivityID='{b}'/><Execution ProcessID='4' \
    ThreadID='8'/><Channel>Security</Channel><Computer>dc.example.test</Computer><Security UserID='S-1-5-18'/></System>\
    </Event>";

#[test]
fn every_field_of_system() {
    let event = event(SYSTEM).unwrap();
    for (name, expected) in [
        ("Name", "Microsoft-Windows-Security-Auditing"),
        ("Guid", "{5484}"),
        ("EventSourceName", "Sec"),
        ("EventID", "4624"),
        ("EventCode", "4624"),
        ("Qualifiers", "49152"),
        ("Version", "2"),
        ("Level", "0"),
        ("Task", "12544"),
        ("Opcode", "0"),
        ("Keywords", "0x8020000000000000"),
        ("SystemTime", "2024-02-29T23:59:59.1234567Z"),
        ("EventRecordID", "77"),
        ("RecordNumber", "77"),
        ("ActivityID", "{a}"),
        ("RelatedActivityID", "{b}"),
        ("ProcessID", "4"),
        ("ThreadID", "8"),
        ("Channel", "Security"),
        ("Computer", "dc.example.test"),
        ("UserID", "S-1-5-18"),
    ] {
        assert_eq!(event.values(name), [expected], "{name}");
    }
    assert_eq!(event.provider, "Microsoft-Windows-Security-Auditing");
    assert_eq!((&*event.id, &*event.version, &*event.channel), ("4624", "2", "Security"));
    assert_eq!(event.computer, "dc.example.test");
    assert_eq!(event.time, Some(1_709_251_199_123_456_700));
    assert_eq!(event.raw, SYSTEM);
    for absent in ["Correlation", "Execution", "Security", "Provider", "TimeCreated", "xmlns", "Data"] {
        assert!(event.field(absent).is_none(), "{absent}");
    }
}

#[test]
fn an_event_id_is_one_number_however_it_is_rendered() {
    for id in [
        "<EventID>7036</EventID>",
        "<EventID Qualifiers='16384'> 7036\n</EventID>",
        "<EventID>&#55;036</EventID>",
    ] {
        let xml = format!("<Event><System>{id}</System></Event>");
        let event = event(&xml).unwrap();
        assert_eq!(event.values("EventID"), ["7036"], "{id}");
        assert_eq!((event.values("EventCode"), &*event.id), (vec!["7036".into()], "7036"));
    }
}

#[test]
fn classic_events_without_channel_version_or_names() {
    let xml = "<Event><System><Provider Name='ESENT'/><EventID Qualifiers='0'>916</EventID></System>\
        <EventData><Data>svchost</Data><Data>1,2,0</Data><Data/><Data></Data><Data>Beta</Data><Binary>C100</Binary></EventData></Event>";
    let event = event(xml).unwrap();
    assert_eq!((&*event.channel, &*event.version, event.time), ("", "", None));
    assert_eq!(event.values("Data"), ["svchost", "1,2,0", "Beta"], "in order, without the empty ones");
    assert_eq!(event.values("Binary"), ["C100"]);
}

#[test]
fn empty_missing_and_dash_are_three_things() {
    let data = "<EventData><Data Name='a'></Data><Data Name=\"b\"/><Data Name='c'>-</Data><Data Name='d'> </Data></EventData>";
    assert_eq!(field(data, "a"), Some(vec![]), "empty is declared");
    assert_eq!(field(data, "b"), Some(vec![]), "closed at once is declared");
    assert_eq!(one(data, "c"), "-");
    assert_eq!(one(data, "d"), " ", "a blank is a value");
    assert_eq!(field(data, "e"), None, "missing is no field");
}

#[test]
fn values_stay_what_they_are() {
    for (xml, expected) in [
        ("NtLmSsp ", "NtLmSsp "),
        ("0x1f4", "0x1f4"),
        ("true", "true"),
        ("{A0C1853B-5C40-4B15-8766-3CF1C58F985A}", "{A0C1853B-5C40-4B15-8766-3CF1C58F985A}"),
        (
            "if ($a -lt 1 &amp;&amp; &quot;b&quot; &lt;&gt; &#x27;c&apos;) { }",
            "if ($a -lt 1 && \"b\" <> 'c') { }",
        ),
        ("one\r\n  two\n", "one\r\n  two\n"),
        ("<![CDATA[<b> & c]]>", "<b> & c"),
        ("C:\\Users\\J\u{f6}rg\\\u{202e}exe.txt", "C:\\Users\\J\u{f6}rg\\\u{202e}exe.txt"),
    ] {
        assert_eq!(one(&format!("<EventData><Data Name='x'>{xml}</Data></EventData>"), "x"), expected);
    }
}

#[test]
fn names_become_field_names() {
    for (name, expected) in [
        ("Threat Name", "Threat_Name"),
        ("a  b\tc", "a__b_c"),
        ("__time", "time"),
        ("_raw", "raw"),
        ("param1", "param1"),
        ("Some.Thing-x", "Some.Thing-x"),
        ("a&amp;b", "a&b"),
        ("", "Data"),
        ("_", "Data"),
    ] {
        let data = format!("<EventData><Data Name='{name}'>v</Data></EventData>");
        assert_eq!(one(&data, expected), "v", "{name}");
    }
}

#[test]
fn names_that_differ_in_case_are_different_fields() {
    let xml = with("<EventData><Data Name='ProcessId'>1234</Data></EventData>")
        .replace("</System>", "<Execution ProcessID='4'/></System>");
    let event = event(&xml).unwrap();
    assert_eq!(
        (event.values("ProcessID"), event.values("ProcessId")),
        (vec!["4".into()], vec!["1234".into()])
    );
}

#[test]
fn a_name_that_occurs_again_is_multivalue() {
    let data = "<EventData><Data Name='x'>1</Data><Data Name='Name'> filter</Data><Data Name='x'>2</Data></EventData>";
    assert_eq!(field(data, "x"), Some(vec!["1".into(), "2".into()]));
    assert_eq!(
        field(data, "Name"),
        Some(vec!["P".into(), " filter".into()]),
        "the provider's, then the event's own"
    );
}

#[test]
fn user_data_nests_under_its_own_namespace() {
    let data = "<UserData><n:LogFileCleared xmlns:n='http://x'>\n <n:SubjectUserName>bob</n:SubjectUserName>\
        <Inner><Deep>1</Deep><Deep>2</Deep></Inner><Empty/><Certificate fileRef='a.cer'/></n:LogFileCleared></UserData>";
    assert_eq!(one(data, "SubjectUserName"), "bob");
    assert_eq!(field(data, "Deep"), Some(vec!["1".into(), "2".into()]));
    assert_eq!(field(data, "Empty"), Some(vec![]));
    for none in ["LogFileCleared", "Inner", "Certificate", "fileRef"] {
        assert_eq!(field(data, none), None, "{none}");
    }
    assert!(one(data, "UserData_Xml").contains("fileRef='a.cer'"));
}

#[test]
fn rendering_info_adds_and_does_not_overwrite() {
    let rendering = "<RenderingInfo Culture='en-US'><Message>An account &lt;was&gt; used.\nSubject:</Message><Level>Information</Level>\
        <Task>Logon</Task><Provider>Shown</Provider><Keywords><Keyword>Audit Success</Keyword><Keyword>K</Keyword></Keywords></RenderingInfo>";
    let xml = with(rendering).replace("</System>", "<Level>4</Level></System>");
    let event = event(&xml).unwrap();
    assert_eq!(event.values("Message"), ["An account <was> used.\nSubject:"]);
    assert_eq!(event.values("Level"), ["4"]);
    assert_eq!(event.values("Task"), ["Logon"]);
    assert_eq!(event.values("Keywords"), ["Audit Success", "K"]);
    assert!(event.field("Provider").is_none() && event.field("Culture").is_none());
}

#[test]
fn sections_are_fields_as_they_stand() {
    let data = "<EventData><Data Name='x'>&lt;</Data></EventData><Other><Thing>1</Thing></Other><UserData/>";
    assert_eq!(one(data, "EventData_Xml"), "<Data Name='x'>&lt;</Data>");
    assert_eq!(one(data, "System_Props_Xml"), "<Provider Name='P'/><EventID>1</EventID>");
    assert_eq!(one(data, "Thing"), "1");
    assert_eq!(field(data, "UserData_Xml"), None);
    assert_eq!(field("<EventData></EventData>", "EventData_Xml"), Some(vec![]));
}

#[test]
fn elements_in_a_data_element_are_kept() {
    let data = "<EventData><Data Name='x'><Item>1</Item></Data><ComplexData Name='y'>00FF</ComplexData><param1>z</param1></EventData>";
    assert_eq!(one(data, "x"), "<Item>1</Item>");
    assert_eq!(
        (one(data, "Item"), one(data, "y"), one(data, "param1")),
        ("1".into(), "00FF".into(), "z".into())
    );
}

#[test]
fn an_illegible_time_does_not_lose_the_event() {
    for time in [
        "<TimeCreated SystemTime='yesterday'/>",
        "<TimeCreated/>",
        "<TimeCreated SystemTime='1601-01-01T00:00:00Z'/>",
        "",
    ] {
        let xml = format!("<Event><System><EventID>1</EventID>{time}</System></Event>");
        let event = event(&xml).unwrap();
        assert_eq!((event.time, &*event.id), (None, "1"), "{time}");
    }
}

#[test]
fn raw_is_the_event_alone() {
    let xml = "<?xml version='1.0'?>\n<Event><System/><X/></Event>";
    assert!(event(xml).is_err(), "an empty System says nothing");
    let xml = "\u{feff} <Event><System></System></Event>\n</Events>";
    assert_eq!(event(xml).unwrap().raw, "<Event><System></System></Event>");
}

#[test]
fn a_garbled_tag_does_not_cost_the_event() {
    let xml = with("<EventData><Data Name='a'>1</Dat\u{fffd}><Data Name='b'>2</Data></EventData>");
    let event = event(&xml).unwrap();
    assert_eq!((event.values("a"), event.values("b")), (vec!["1".into()], vec!["2".into()]));
    assert!(event.repaired.is_some_and(|e| xml[e.offset..].starts_with("</Dat\u{fffd}")));
    assert_eq!(super::event(&with("")).unwrap().repaired, None);
}

#[test]
fn what_is_no_event_says_why() {
    for (xml, why) in [
        ("", "ends inside"),
        ("text", "ends inside"),
        ("<Events/>", "not an Event"),
        ("<Event/>", "not an Event"),
        ("<Event></Event>", "no System"),
        ("<Event><EventData/></Event>", "no System"),
        ("<Event><System></System>", "ends inside"),
        ("<Event><System><EventID>1</Event>", "does not match"),
        ("<Event><System></System><EventData><Data Name='x'>trunc", "ends inside"),
        ("<Event><System></System><EventData><Data Name='trunc", "not closed"),
    ] {
        let error = event(xml).unwrap_err();
        assert!(error.to_string().contains(why), "{xml}: {error}");
    }
}

fn arbitrary_event() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<Event>".to_owned()),
        Just("</Event>".to_owned()),
        Just("<System>".to_owned()),
        Just("</System>".to_owned()),
        Just("<EventData><Data Name='a b'>".to_owned()),
        Just("</Data></EventData>".to_owned()),
        Just("<TimeCreated SystemTime='2024-02-29T23:59:59.1Z'/>".to_owned()),
        Just("<![CDATA[".to_owned()),
        Just("]]>".to_owned()),
        Just("<!--".to_owned()),
        Just("&#x".to_owned()),
        "[<>&;'\"/= a-zé\u{1F600}]{0,12}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|p| p.concat())
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,200}") {
        let _ = event(&text);
    }

    #[test]
    fn never_panics_on_what_is_nearly_xml(text in arbitrary_event()) {
        if let Ok(event) = event(&text) {
            for field in &event.fields {
                let _ = field.value.text();
            }
        }
    }

    #[test]
    fn never_panics_on_a_cut_or_changed_event(at in 0..SYSTEM.len(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = SYSTEM.as_bytes().to_vec();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let _ = event(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_value_survives_escaping(value in "\\PC{1,60}") {
        let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let data = format!("<EventData><Data Name='x'>{escaped}</Data></EventData>");
        prop_assert_eq!(one(&data, "x"), value);
    }
}
