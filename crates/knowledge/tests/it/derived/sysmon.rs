//! Sysmon.

use super::{check, knowledge, sysmon};

#[test]
fn sysmon_processes() {
    let knowledge = knowledge();
    let start = sysmon(
        1,
        &[
            ("ProcessGuid", "{1}"),
            ("ProcessId", "100"),
            ("Image", r"C:\Windows\System32\cmd.exe"),
            ("OriginalFileName", "Cmd.Exe"),
            ("CommandLine", "cmd.exe /c dir"),
            ("User", r"CORP\alice"),
            ("IntegrityLevel", "High"),
            ("Hashes", "SHA1=AB,MD5=CD,SHA256=EF,IMPHASH=12"),
            ("ParentImage", r"C:\Windows\explorer.exe"),
            ("ParentCommandLine", "explorer"),
            ("ParentProcessId", "99"),
        ],
    );
    check(
        &knowledge,
        &start,
        &[
            ("process", "cmd.exe /c dir"),
            ("process_name", "cmd.exe"),
            ("process_exec", "cmd.exe"),
            ("process_path", r"C:\Windows\System32\cmd.exe"),
            ("process_id", "100"),
            ("process_guid", "{1}"),
            ("process_hash", "SHA1=AB,MD5=CD,SHA256=EF,IMPHASH=12"),
            ("MD5", "CD"),
            ("SHA1", "AB"),
            ("SHA256", "EF"),
            ("IMPHASH", "12"),
            ("original_file_name", "Cmd.Exe"),
            ("parent_process", "explorer"),
            ("parent_process_name", "explorer.exe"),
            ("parent_process_id", "99"),
            ("user", "alice"),
            ("user_id", "S-1-5-18"),
            ("dest", "host.example"),
            ("action", "allowed"),
            ("vendor_product", "Microsoft Sysmon"),
            ("signature", "Process Create"),
            ("EventDescription", "Process Create"),
            ("signature_id", "1"),
            ("eventtype", "grotto_sysmon|grotto_sysmon_process|wineventlog_windows"),
            ("tag", "os|process|report|windows"),
        ],
    );
    let access = sysmon(
        10,
        &[
            ("SourceProcessGUID", "{1}"),
            ("SourceProcessId", "5"),
            ("SourceImage", r"C:\x\a.exe"),
            ("TargetProcessGUID", "{2}"),
            ("TargetProcessId", "6"),
            ("TargetImage", r"C:\Windows\system32\lsass.exe"),
            ("GrantedAccess", "0x1010"),
        ],
    );
    check(
        &knowledge,
        &access,
        &[
            ("process_name", "lsass.exe"),
            ("process_guid", "{2}"),
            ("process_id", "6"),
            ("parent_process_name", "a.exe"),
            ("parent_process_path", r"C:\x\a.exe"),
            ("parent_process_guid", "{1}"),
            ("granted_access", "0x1010"),
            ("process", ""),
            ("tag", "os|windows"),
        ],
    );
}

#[test]
fn sysmon_files_and_registry() {
    let knowledge = knowledge();
    let file = |id, times: (&str, &str)| {
        sysmon(
            id,
            &[
                ("UtcTime", times.0),
                ("Image", r"C:\x\a.exe"),
                ("TargetFilename", r"C:\Users\b\c.txt"),
                ("CreationUtcTime", times.1),
            ],
        )
    };
    for (id, times, action) in [
        (11, ("1", "1"), "created"),
        (11, ("2", "1"), "modified"),
        (23, ("1", "1"), "deleted"),
        (26, ("1", "1"), "deleted"),
    ] {
        check(
            &knowledge,
            &file(id, times),
            &[
                ("action", action),
                ("file_path", r"C:\Users\b\c.txt"),
                ("file_name", "c.txt"),
                ("process_name", "a.exe"),
                ("object_category", "file"),
                ("tag", "endpoint|filesystem|os|windows"),
            ],
        );
    }
    let value = |details: &str| {
        sysmon(
            13,
            &[
                ("EventType", "SetValue"),
                ("TargetObject", r"HKLM\SOFTWARE\A\Run\evil"),
                ("Details", details),
                ("User", r"NT AUTHORITY\SYSTEM"),
            ],
        )
    };
    check(
        &knowledge,
        &value("DWORD (0x00000001)"),
        &[
            ("registry_path", r"HKLM\SOFTWARE\A\Run\evil"),
            ("registry_key_name", "Run"),
            ("registry_value_name", "evil"),
            ("registry_value_data", "0x00000001"),
            ("registry_value_type", "DWORD"),
            ("registry_hive", r"HKEY_LOCAL_MACHINE\Software"),
            ("action", "modified"),
            ("status", "success"),
            ("user", "SYSTEM"),
            ("tag", "endpoint|os|registry|windows"),
        ],
    );
    check(
        &knowledge,
        &value(r"C:\a (1).exe"),
        &[("registry_value_data", r"C:\a (1).exe"), ("registry_value_type", "")],
    );
    let key = |kind| sysmon(12, &[("EventType", kind), ("TargetObject", r"HKU\S-1\Software\A")]);
    for (kind, action) in [("CreateKey", "created"), ("DeleteKey", "deleted"), ("DeleteValue", "deleted")] {
        check(
            &knowledge,
            &key(kind),
            &[
                ("action", action),
                ("registry_key_name", "A"),
                ("registry_hive", "HKEY_CURRENT_USER"),
                ("registry_value_name", ""),
            ],
        );
    }
    let stream = sysmon(15, &[("TargetFilename", r"C:\a.txt:b"), ("Hash", "MD5=AA,IMPHASH=BB")]);
    check(&knowledge, &stream, &[("MD5", "AA"), ("IMPHASH", "BB"), ("file_hash", "MD5=AA,IMPHASH=BB")]);
}

#[test]
fn sysmon_network() {
    let knowledge = knowledge();
    let connection = |host: &str| {
        sysmon(
            3,
            &[
                ("Image", r"C:\x\a.exe"),
                ("Protocol", "tcp"),
                ("Initiated", "true"),
                ("SourceIsIpv6", "false"),
                ("SourceIp", "10.0.0.1"),
                ("SourceHostname", "-"),
                ("SourcePort", "50000"),
                ("DestinationIp", "192.0.2.7"),
                ("DestinationHostname", host),
                ("DestinationPort", "443"),
                ("DestinationPortName", "https"),
            ],
        )
    };
    check(
        &knowledge,
        &connection("web.example"),
        &[
            ("dest", "web.example"),
            ("dest_ip", "192.0.2.7"),
            ("dest_port", "443"),
            ("src", "10.0.0.1"),
            ("direction", "outbound"),
            ("protocol", "https"),
            ("protocol_version", "ipv4"),
            ("transport", "tcp"),
            ("transport_dest_port", "tcp/443"),
            ("app", r"C:\x\a.exe"),
            ("dvc", "host.example"),
            ("tag", "communicate|network|os|windows"),
        ],
    );
    check(&knowledge, &connection("-"), &[("dest", "192.0.2.7"), ("dest_host", "")]);
    let query = sysmon(
        22,
        &[
            ("QueryName", "a.example"),
            ("QueryStatus", "0"),
            ("QueryResults", "type:  5 b.example;::ffff:192.0.2.1;192.0.2.2;"),
        ],
    );
    check(
        &knowledge,
        &query,
        &[
            ("query", "a.example"),
            ("answer", "b.example|::ffff:192.0.2.1|192.0.2.2"),
            ("answer_count", "3"),
            ("record_type", "CNAME"),
            ("reply_code_id", "0"),
            ("reply_code", "NoError"),
            ("src", "host.example"),
            ("dest", ""),
            ("tag", "dns|network|os|resolution|windows"),
        ],
    );
    let failed = sysmon(22, &[("QueryName", "a.example"), ("QueryStatus", "9003"), ("QueryResults", "-")]);
    check(&knowledge, &failed, &[("answer", ""), ("answer_count", "0"), ("reply_code", "NXDomain")]);
}
