//! Commands that find fields in text, over events of Windows: scheduled tasks and certificates.

use crate::support::{parts, report, rules, shared};
use grotto_content::Content;
use grotto_detect::record::Record;
use grotto_engine::Context;
use grotto_engine::value::cell_text;
use grotto_knowledge::Knowledge;
use std::collections::BTreeSet;
use std::io::Write;
use tempfile::NamedTempFile;

fn event(provider: &str, channel: &str, id: u32, second: u32, data: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{provider}'/>\
         <EventID>{id}</EventID><Version>0</Version><Level>0</Level><Task>12804</Task><Opcode>0</Opcode>\
         <Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime='2024-03-01T10:00:{second:02}Z'/>\
         <EventRecordID>{second}</EventRecordID><Correlation/><Execution ProcessID='1' ThreadID='2'/>\
         <Channel>{channel}</Channel><Computer>ws01.corp.example</Computer><Security/></System>{data}</Event>\n"
    )
}

/// A task that was made (4698) or deleted (4699). What it does stands as XML inside of XML, as Windows writes it.
fn task(id: u32, second: u32, command: &str, arguments: &str) -> String {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\">\r\n  <RegistrationInfo>\r\n    \
         <Author>CORP\\ann</Author>\r\n  </RegistrationInfo>\r\n  <Triggers />\r\n  <Settings>\r\n    \
         <Enabled>true</Enabled>\r\n    <Hidden>true</Hidden>\r\n  </Settings>\r\n  <Actions>\r\n    <Exec>\r\n      \
         <Command>{command}</Command>\r\n      <Arguments>{arguments}</Arguments>\r\n    </Exec>\r\n  </Actions>\r\n</Task>"
    );
    let escaped = content.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let data = format!(
        "<EventData><Data Name='SubjectUserSid'>S-1-5-18</Data><Data Name='SubjectUserName'>ann</Data>\
         <Data Name='SubjectDomainName'>CORP</Data><Data Name='SubjectLogonId'>0x3e7</Data>\
         <Data Name='TaskName'>\\Update</Data><Data Name='TaskContent'>{escaped}</Data></EventData>"
    );
    event("Microsoft-Windows-Security-Auditing", "Security", id, second, &data)
}

fn file(events: &[String]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(events.concat().as_bytes()).unwrap();
    file
}

/// The rows of a search over events, each as `name=value`.
fn search(search: &str, events: &[String]) -> Vec<Vec<String>> {
    let file = file(events);
    let context = Context::default();
    let (knowledge, _) = Knowledge::load(&[], &context);
    let macros = grotto_detect::macros::table(&Content::default(), &knowledge);
    let compiled = grotto_detect::search::compile(search, &macros, &knowledge, &context).unwrap();
    let found = grotto_detect::search::run(&compiled, &parts(&[file.path().to_owned()]), &knowledge, &|_| {});
    let batch = found.result.unwrap();
    let row = |row| {
        let columns = batch.columns().map(|(name, column)| format!("{name}={}", cell_text(column.cell(row))));
        columns.collect()
    };
    (0..batch.rows()).map(row).collect()
}

#[test]
fn tasks_are_read_out_of_messages() {
    let events =
        [task(4698, 1, "rundll32.exe", "x.dll,Run &amp;&amp; &quot;y&quot;"), task(4699, 2, "a.exe", "")];
    assert_eq!(
        search("EventCode=4698 | xmlkv Message | table Task_Name Command Arguments Author Hidden", &events),
        [[
            "Task_Name=\\Update",
            "Command=rundll32.exe",
            "Arguments=x.dll,Run && \"y\"",
            "Author=CORP\\ann",
            "Hidden=true"
        ]]
    );
    assert_eq!(
        search(
            "EventCode=469* | xmlkv TaskContent | where searchmatch(\"Command=A*\") | table EventCode",
            &events
        ),
        [["EventCode=4699"]]
    );
}

#[test]
fn events_themselves_are_xml() {
    let events = [task(4698, 1, "a.exe", "-x")];
    assert_eq!(
        search(
            "* | spath | eval n=mvcount('Event.EventData.Data'), id=spath(_raw, \"Event.System.EventID\"), \
             last=json_extract(json_object(\"task\", TaskName), \"task\") | table n id last",
            &events
        ),
        [["n=6", "id=4698", "last=\\Update"]]
    );
}

#[test]
fn the_published_rules_that_extract_xml_find_what_they_look_for() {
    let Some(folder) = shared("corpus/escu-2024") else { return };
    let names = [
        "schedule_task_with_http_command_arguments",
        "schedule_task_with_rundll32_command_trigger",
        "short_lived_scheduled_task",
        "windows_export_certificate",
        "windows_hidden_schedule_task_settings",
        "windows_sip_winverifytrust_failed_trust_validation",
        "windows_steal_authentication_certificates_cryptoapi",
    ];
    let (mut content, _) = Content::load(&[folder]);
    content.detections.retain(|detection| names.contains(&detection.file_stem()));
    assert_eq!(content.detections.len(), names.len());
    let (rules, knowledge) = rules(&content);
    let capi = "Microsoft-Windows-CAPI2";
    let lifecycle = "Microsoft-Windows-CertificateServicesClient-Lifecycle-System";
    let verify = "<UserData><WinVerifyTrust><Result value='80096010'>The digital signature of the object did not \
                  verify.</Result></WinVerifyTrust></UserData>";
    let key = "<UserData><CryptAcquireCertificatePrivateKey><Certificate subjectName='a'/>\
               </CryptAcquireCertificatePrivateKey></UserData>";
    let export =
        "<UserData><CertNotificationData><SubjectName>CN=a</SubjectName></CertNotificationData></UserData>";
    let file = file(&[
        task(4698, 1, "rundll32.exe", "http://x.example/a"),
        task(4699, 9, "rundll32.exe", "http://x.example/a"),
        event(capi, "Microsoft-Windows-CAPI2/Operational", 70, 10, key),
        event(capi, "Microsoft-Windows-CAPI2/Operational", 81, 11, verify),
        event(lifecycle, &format!("{lifecycle}/Operational"), 1007, 12, export),
    ]);
    let records = report(&rules, &knowledge, &parts(&[file.path().to_owned()]), &[]);
    let raised: BTreeSet<&str> = records
        .iter()
        .filter_map(|record| match record {
            Record::Finding(finding) | Record::IntermediateFinding(finding) => {
                Some(finding.rule.name.as_str())
            }
            Record::Hit(hit) => Some(hit.rule.name.as_str()),
            _ => None,
        })
        .collect();
    let expected: BTreeSet<&str> =
        content.detections.iter().map(|detection| detection.name.as_str()).collect();
    assert_eq!(raised, expected);
}
