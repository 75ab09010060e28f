//! Sysmon for Linux: the same events, with slashes in their paths.

use super::{check, knowledge, sysmon};

/// An event as Sysmon for Linux writes it.
fn line(id: u32, data: &[(&str, &str)]) -> String {
    let event = sysmon(id, data).replace("Microsoft-Windows-Sysmon/", "Linux-Sysmon/");
    event.replace("Name='Microsoft-Windows-Sysmon'", "Name='Linux-Sysmon'")
}

#[test]
fn processes_and_files() {
    let knowledge = knowledge();
    let process = line(
        1,
        &[
            ("Image", "/usr/bin/sudo"),
            ("CommandLine", "sudo gdb -nx"),
            ("ParentImage", "/bin/bash"),
            ("ParentCommandLine", "-bash"),
            ("User", "ann"),
            ("Hashes", "-"),
            ("ProcessId", "77"),
        ],
    );
    check(
        &knowledge,
        &process,
        &[
            ("source", "Syslog:Linux-Sysmon/Operational"),
            ("sourcetype", "sysmon:linux"),
            ("process_name", "sudo"),
            ("process_path", "/usr/bin/sudo"),
            ("process", "sudo gdb -nx"),
            ("parent_process_name", "bash"),
            ("parent_process", "-bash"),
            ("user", "ann"),
            ("dest", "host.example"),
            ("process_id", "77"),
            ("os", "Linux"),
            ("signature_id", "1"),
            ("eventtype", "grotto_sysmon|grotto_sysmon_process"),
            ("tag", "process|report"),
        ],
    );
    let file = line(11, &[("Image", "/usr/bin/cp"), ("TargetFilename", "/etc/cron.d/x y"), ("UtcTime", "1")]);
    check(
        &knowledge,
        &file,
        &[
            ("file_name", "x y"),
            ("file_path", "/etc/cron.d/x y"),
            ("tag", "endpoint|filesystem"),
            ("process_name", "cp"),
        ],
    );
}
