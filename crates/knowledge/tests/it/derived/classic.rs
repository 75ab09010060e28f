//! Classic text gets the names of the Common Information Model that the XML of the same event gets.

use super::{derive, knowledge, texts};
use grotto_samples::stream::Stream;
use grotto_samples::{Event, classic, xml};
use std::collections::BTreeMap;

/// Fields of every audit.
const AUDIT: &[&str] =
    &["dest", "signature_id", "signature", "vendor_product", "action", "status", "tag", "user", "eventtype"];

/// Fields of some event ids.
const OF: &[(u16, &[&str])] = &[
    (
        4624,
        &[
            "src",
            "src_ip",
            "src_port",
            "app",
            "src_user",
            "src_nt_domain",
            "dest_nt_domain",
            "user_id",
            "authentication_method",
            "Account_Name",
            "Logon_Type",
        ],
    ),
    (4625, &["src", "src_ip", "app", "src_user", "Account_Name", "Failure_Reason", "Sub_Status"]),
    (
        4688,
        &[
            "process",
            "process_name",
            "process_path",
            "process_id",
            "parent_process_name",
            "parent_process_path",
            "parent_process_id",
            "process_integrity_level",
            "user_id",
            "src_user",
            "New_Process_Name",
            "Process_Command_Line",
            "Account_Name",
            "Security_ID",
            "Token_Elevation_Type_id",
        ],
    ),
    (4698, &["Task_Name", "src_user", "change_type"]),
    (4720, &["object", "object_category", "change_type", "src_user", "user_id", "SAM_Account_Name"]),
    (4768, &["src", "src_ip", "Ticket_Encryption_Type", "service", "user_id"]),
    (4769, &["src", "src_ip", "Ticket_Options", "service"]),
];

fn compare(knowledge: &grotto_knowledge::Knowledge, event: &Event, fields: &[&str]) {
    let text = classic::to_string(event).unwrap();
    let (plain, marked) = (derive(knowledge, &text), derive(knowledge, &xml::to_string(event)));
    for field in fields {
        let (ours, theirs) = (texts(plain.cell(field, 0)), texts(marked.cell(field, 0)));
        assert_eq!(ours, theirs, "{field} of {} in {text}", event.id);
    }
}

#[test]
fn classic_text_has_the_names_that_xml_has() {
    let knowledge = knowledge();
    let mut count: BTreeMap<u16, usize> = BTreeMap::new();
    for event in Stream::new(11, 6).with_attacks(40).take(12_000) {
        let Some((id, fields)) = OF.iter().find(|(id, _)| *id == event.id) else { continue };
        let seen = count.entry(*id).or_default();
        *seen += 1;
        if *seen <= 12 {
            compare(&knowledge, &event, AUDIT);
            compare(&knowledge, &event, fields);
        }
    }
    assert_eq!(count.len(), OF.len(), "{count:?}");
}

#[test]
fn services_and_script_blocks() {
    let knowledge = knowledge();
    let mut count: BTreeMap<u16, usize> = BTreeMap::new();
    for event in Stream::new(11, 6).with_attacks(40).take(12_000) {
        match event.id {
            7045 => compare(
                &knowledge,
                &event,
                &[
                    "ServiceName",
                    "ImagePath",
                    "service_name",
                    "service_exec",
                    "start_mode",
                    "status",
                    "user",
                    "dest",
                    "Service_File_Name",
                    "tag",
                ],
            ),
            4104 if count.get(&4104).is_none_or(|n| *n < 10) => {
                compare(&knowledge, &event, &["ScriptBlockId", "MessageTotal", "signature_id", "dest"]);
                let text = |of: &str| {
                    let batch = derive(&knowledge, of);
                    texts(batch.cell("ScriptBlockText", 0)).concat().replace("\r\n", "\n").trim().to_owned()
                };
                assert_eq!(text(&classic::to_string(&event).unwrap()), text(&xml::to_string(&event)));
            }
            _ => continue,
        }
        *count.entry(event.id).or_default() += 1;
    }
    assert_eq!(count.len(), 2);
}

#[test]
fn a_share_and_a_cleared_log() {
    let knowledge = knowledge();
    let event = |code: u32, message: &str| {
        format!(
            "01/02/2026 03:04:05 PM\nLogName=Security\nEventCode={code}\nComputerName=host.example\n\
             SourceName=Test\nType=Information\nKeywords=Audit Success\nMessage={message}"
        )
    };
    let subject = "Subject:\n\tSecurity ID:\t\tS-1-5-21-1\n\tAccount Name:\t\tann\n\tAccount Domain:\t\tCORP\n\tLogon ID:\t\t0x7\n";
    let share = format!(
        "A network share object was accessed.\n\t\n{subject}\nNetwork Information:\t\n\tObject Type:\t\tFile\n\
         \tSource Address:\t\t10.0.0.7\n\tSource Port:\t\t5000\n\nShare Information:\n\tShare Name:\t\t\\\\*\\C$\n\
         \tShare Path:\t\t\\??\\C:\\\n\nAccess Request Information:\n\tAccess Mask:\t\t0x1"
    );
    let cleared = format!("The audit log was cleared.\n{}", subject.replace("Account Domain", "Domain Name"));
    for (text, want) in [
        (
            event(5140, &share),
            &[
                ("file_name", r"\\*\C$"),
                ("src_ip", "10.0.0.7"),
                ("user", "ann"),
                ("Share_Name", r"\\*\C$"),
                ("action", "success"),
            ][..],
        ),
        (
            event(1102, &cleared),
            &[
                ("user", "ann"),
                ("action", "cleared"),
                ("object_category", "audit"),
                ("src_nt_domain", "CORP"),
                ("status", "success"),
            ],
        ),
    ] {
        let batch = derive(&knowledge, &text);
        for (field, value) in want {
            assert_eq!(texts(batch.cell(field, 0)).join("|"), *value, "{field} of {text}");
        }
    }
}
