//! The Security log.

use super::{check, knowledge, security};

#[test]
fn security_processes() {
    let knowledge = knowledge();
    let start = |path: &str, command: &str, target: &str| {
        security(
            4688,
            true,
            &[
                ("SubjectUserSid", "S-1-5-21-1"),
                ("SubjectUserName", "alice"),
                ("SubjectDomainName", "CORP"),
                ("SubjectLogonId", "0x3e7"),
                ("NewProcessId", "0xf84"),
                ("NewProcessName", path),
                ("TokenElevationType", "%%1936"),
                ("ProcessId", "0xb2c"),
                ("CommandLine", command),
                ("TargetUserSid", "S-1-0-0"),
                ("TargetUserName", target),
                ("ParentProcessName", r"C:\Windows\explorer.exe"),
                ("MandatoryLabel", "S-1-16-12288"),
            ],
        )
    };
    let cmd = r"C:\Windows\System32\cmd.exe";
    check(
        &knowledge,
        &start(cmd, "cmd /c dir", "-"),
        &[
            ("process", r"C:\Windows\System32\cmd.exe /c dir"),
            ("process_name", "cmd.exe"),
            ("process_path", cmd),
            ("process_id", "0xf84"),
            ("parent_process_name", "explorer.exe"),
            ("parent_process_path", r"C:\Windows\explorer.exe"),
            ("parent_process_id", "0xb2c"),
            ("process_integrity_level", "high"),
            ("user", "alice"),
            ("src_user", "alice"),
            ("user_id", "S-1-5-21-1"),
            ("action", "allowed"),
            ("status", "success"),
            ("Process_Command_Line", "cmd /c dir"),
            ("New_Process_Name", cmd),
            ("Token_Elevation_Type_id", "1936"),
            ("process_command_line_arguments", "/c dir"),
            ("Account_Name", "alice|-"),
            ("Logon_ID", "0x3e7"),
            ("signature", "A new process has been created"),
            ("tag", "os|process|report|windows"),
        ],
    );
    for (path, command, process) in [
        (cmd, r"C:\Windows\System32\cmd.exe /c", r"C:\Windows\System32\cmd.exe /c"),
        (cmd, r#""C:\Windows\System32\cmd.exe" /c"#, r#""C:\Windows\System32\cmd.exe" /c"#),
        (r"C:\Program Files\a.exe", "a.exe -x", r#""C:\Program Files\a.exe" -x"#),
        (r"C:\Program Files\a.exe", r#""a.exe" C:\b"#, r#""C:\Program Files\a.exe" C:\b"#),
        (cmd, "", cmd),
    ] {
        check(&knowledge, &start(path, command, "bob"), &[("process", process), ("user", "bob")]);
    }
    let object = security(
        4663,
        true,
        &[
            ("ObjectType", "File"),
            ("ObjectName", r"C:\a\Login Data"),
            ("ProcessName", r"C:\x\a.exe"),
            ("ProcessId", "0x1"),
        ],
    );
    check(
        &knowledge,
        &object,
        &[
            ("object_file_path", r"C:\a\Login Data"),
            ("object_file_name", "Login Data"),
            ("file_name", "Login Data"),
            ("process_name", r"C:\x\a.exe"),
            ("process_path", r"C:\x\a.exe"),
            ("process_id", "4"),
            ("action", "success"),
        ],
    );
}

#[test]
fn security_logons() {
    let knowledge = knowledge();
    let logon = |id, success, ip: &str, workstation: &str| {
        security(
            id,
            success,
            &[
                ("SubjectUserName", "-"),
                ("SubjectLogonId", "0x0"),
                ("TargetUserSid", "S-1-5-21-7"),
                ("TargetUserName", "bob"),
                ("TargetDomainName", "CORP"),
                ("LogonType", "3"),
                ("WorkstationName", workstation),
                ("IpAddress", ip),
                ("IpPort", "5000"),
                ("AuthenticationPackageName", "Kerberos"),
            ],
        )
    };
    check(
        &knowledge,
        &logon(4624, true, "10.0.0.9", "-"),
        &[
            ("action", "success"),
            ("status", "success"),
            ("app", "win:remote"),
            ("src", "10.0.0.9"),
            ("src_ip", "10.0.0.9"),
            ("src_port", "5000"),
            ("user", "bob"),
            ("user_id", "S-1-5-21-7"),
            ("src_user", ""),
            ("dest", "host.example"),
            ("dest_nt_domain", "CORP"),
            ("Logon_Type", "3"),
            ("Source_Network_Address", "10.0.0.9"),
            ("Target_User_Name", "bob"),
            ("Error_Code", "-"),
            ("authentication_method", "Kerberos"),
            ("name", "An account was successfully logged on"),
            ("subject", "An account was successfully logged on"),
            ("tag", "authentication|os|windows"),
        ],
    );
    check(
        &knowledge,
        &logon(4625, false, "127.0.0.1", r"\\WS1"),
        &[("action", "failure"), ("status", "failure"), ("src", "WS1"), ("src_ip", "")],
    );
    let explicit = security(
        4648,
        true,
        &[("SubjectUserName", "alice"), ("TargetUserName", "bob"), ("TargetServerName", "srv")],
    );
    check(
        &knowledge,
        &explicit,
        &[("dest", "srv"), ("app", "win:remote"), ("Caller_User_Name", "alice"), ("src_user", "alice")],
    );
    let ticket = security(
        4769,
        true,
        &[
            ("TargetUserName", "bob@CORP"),
            ("ServiceName", "sql$"),
            ("ServiceSid", "S-1-5-21-9"),
            ("TicketEncryptionType", "0x17"),
            ("IpAddress", "::ffff:10.0.0.9"),
            ("Status", "0x0"),
        ],
    );
    check(
        &knowledge,
        &ticket,
        &[
            ("service", "sql$"),
            ("service_id", "S-1-5-21-9"),
            ("Ticket_Encryption_Type", "0x17"),
            ("Client_Address", "::ffff:10.0.0.9"),
            ("Error_Code", "0x0"),
            ("Account_Name", "bob@CORP"),
        ],
    );
}

#[test]
fn security_changes() {
    let knowledge = knowledge();
    let member = |name: &str, sid: &str| {
        security(
            4728,
            true,
            &[
                ("MemberName", name),
                ("MemberSid", sid),
                ("TargetUserName", "Domain Admins"),
                ("TargetDomainName", "CORP"),
                ("TargetSid", "S-1-5-21-512"),
                ("SubjectUserName", "alice"),
            ],
        )
    };
    for (name, sid, user) in [
        ("CN=eve,CN=Users,DC=corp", "S-1-5-21-8", "eve"),
        (r"cn=Smith\, Eve,OU=x", "S-1-5-21-8", r"Smith\, Eve"),
        ("-", "S-1-5-21-8", "S-1-5-21-8"),
        ("-", r"CORP\eve", "eve"),
    ] {
        check(
            &knowledge,
            &member(name, sid),
            &[
                ("user", user),
                ("src_user", "alice"),
                ("Group_Name", "Domain Admins"),
                ("action", "modified"),
                ("result", "member added"),
                ("object", "Domain Admins"),
                ("object_category", "group"),
                ("status", "success"),
                ("CategoryString", "Account Management"),
                ("tag", "account|change|os|windows"),
            ],
        );
    }
    for (id, action, result) in [
        (4720, "created", "created"),
        (4726, "deleted", "deleted"),
        (4740, "lockout", "lockout"),
        (4724, "modified", "password reset"),
    ] {
        let event = security(
            id,
            true,
            &[("TargetUserName", "bob"), ("SubjectUserName", "alice"), ("TargetSid", "S-1")],
        );
        check(
            &knowledge,
            &event,
            &[("action", action), ("result", result), ("user", "bob"), ("object_id", "S-1")],
        );
    }
    let dsrm = security(4794, true, &[("SubjectUserName", "alice"), ("Workstation", "WS1")]);
    check(
        &knowledge,
        &dsrm,
        &[
            (
                "signature",
                "An attempt was made to set the Directory Services Restore Mode administrator password",
            ),
            ("result", ""),
            ("src", "WS1"),
        ],
    );
}

#[test]
fn security_details() {
    let knowledge = knowledge();
    let flags = security(
        4738,
        true,
        &[("TargetUserName", "bob"), ("UserAccountControl", "\n\t\t%%2080\n\t\t%%2096")],
    );
    check(&knowledge, &flags, &[("account_flag", "%%2080|%%2096")]);
    let flag = security(4738, true, &[("TargetUserName", "bob"), ("UserAccountControl", "\n\t\t%%2096")]);
    check(&knowledge, &flag, &[("MSADChangedAttributes", "'Don't Require Preauth' - Enabled")]);
    let value = security(
        4657,
        true,
        &[
            ("ObjectName", r"\REGISTRY\MACHINE\SOFTWARE\A\Run"),
            ("ObjectValueName", "evil"),
            ("OperationType", "%%1905"),
            ("NewValueType", "%%1873"),
            ("NewValue", "x"),
        ],
    );
    check(
        &knowledge,
        &value,
        &[
            ("action", "modified"),
            ("registry_path", r"\REGISTRY\MACHINE\SOFTWARE\A\Run"),
            ("registry_key_name", "Run"),
            ("registry_value_name", "evil"),
            ("registry_value_data", "x"),
            ("registry_value_type", "REG_SZ"),
            ("registry_hive", "HKEY_LOCAL_MACHINE"),
            ("tag", "endpoint|os|registry|windows"),
        ],
    );
    let task = security(
        4698,
        true,
        &[
            ("TaskName", r"\a"),
            ("TaskContent", "&lt;Exec&gt;&lt;Command&gt;calc&lt;/Command&gt;&lt;/Exec&gt;"),
        ],
    );
    check(
        &knowledge,
        &task,
        &[
            ("Task_Name", r"\a"),
            ("Message", "Task Name: \\a\nTask Content: <Exec><Command>calc</Command></Exec>"),
        ],
    );
}
