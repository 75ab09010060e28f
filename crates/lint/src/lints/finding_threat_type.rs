//! A threat object is of a type that is none.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "finding/threat-type",
    summary: "A threat object is of a type that is none",
    what: "Compares the types of threat objects with the 26 of contentctl 5 and the 36 of its successor.",
    why: "Enterprise Security shows and correlates threat objects by type. Both validators refuse others.",
    bad: "threat_objects:
    - field: dest
      type: proces_name",
    good: "threat_objects:
    - field: dest
      type: process_name",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let (list, known) = match file.generation {
        Generation::Three => ("threat_objects", KNOWN.as_slice()),
        Generation::Two => ("rba.threat_objects", &KNOWN[..26]),
        Generation::One => return,
    };
    for path in file.members(list) {
        let key = format!("{path}.type");
        let kind = file.filled(&key).unwrap_or_default();
        if !known.contains(&kind) {
            super::suggest(
                out.key(&key, format!("`{kind}` is no type of threat object")),
                kind,
                known.iter().copied(),
            );
        }
    }
}

/// First those of contentctl 5.
const KNOWN: [&str; 36] = [
    "certificate_common_name",
    "certificate_organization",
    "certificate_serial",
    "certificate_unit",
    "command",
    "domain",
    "email_address",
    "email_subject",
    "file_hash",
    "file_name",
    "file_path",
    "http_user_agent",
    "ip_address",
    "process",
    "process_name",
    "parent_process",
    "parent_process_name",
    "process_hash",
    "registry_path",
    "registry_value_name",
    "registry_value_text",
    "service",
    "signature",
    "system",
    "tls_hash",
    "url",
    "bucket_name",
    "dns_query",
    "loaded_file",
    "parent_process_path",
    "pipe_name",
    "process_path",
    "registry_key_name",
    "registry_value_data",
    "uri",
    "user",
];
