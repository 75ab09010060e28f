//! PowerShell, the System log and the rest; and that everything compiles.

use super::{check, derive, knowledge, sysmon, texts, xml};
use grotto_engine::Context;
use grotto_knowledge::Knowledge;
use std::path::Path;

#[test]
fn every_expression_of_every_stanza_compiles() {
    let knowledge = knowledge();
    for channel in [
        "Security",
        "System",
        "Application",
        "Setup",
        "Microsoft-Windows-PowerShell/Operational",
        "PowerShellCore/Operational",
        "Microsoft-Windows-Sysmon/Operational",
        "Microsoft-Windows-TaskScheduler/Operational",
        "Microsoft-Windows-Windows Defender/Operational",
        "Microsoft-Windows-WMI-Activity/Operational",
        "Microsoft-Windows-AppLocker/EXE and DLL",
        "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
        "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
        "Microsoft-Windows-TerminalServices-RDPClient/Operational",
        "Microsoft-Windows-WinRM/Operational",
        "Microsoft-Windows-Bits-Client/Operational",
        "Microsoft-Windows-CodeIntegrity/Operational",
        "Microsoft-Windows-PrintService/Admin",
        "Microsoft-Windows-NTLM/Operational",
        "Microsoft-Windows-CAPI2/Operational",
    ] {
        let batch = derive(&knowledge, &xml("p", 1, channel, "0x0", &[("a", "b")]));
        assert_eq!(texts(batch.cell("dvc", 0)), ["host.example"], "{channel}");
        let said: Vec<String> = knowledge.problems().iter().map(ToString::to_string).collect();
        assert_eq!(said, [""; 0], "{channel}");
    }
    let names: Vec<(String, Vec<String>)> = knowledge
        .objects()
        .models
        .values()
        .map(|m| (m.name.clone(), m.nodes.keys().cloned().collect()))
        .collect();
    for (model, nodes) in names {
        for node in nodes {
            if let Err(problem) = knowledge.node(&model, Some(&node)) {
                panic!("{model}.{node}: {problem}");
            }
        }
    }
    let said: Vec<String> = knowledge.problems().iter().map(ToString::to_string).collect();
    assert_eq!(said, [""; 0]);
}

#[test]
fn powershell() {
    let knowledge = knowledge();
    let script = xml(
        "Microsoft-Windows-PowerShell",
        4104,
        "Microsoft-Windows-PowerShell/Operational",
        "0x0",
        &[("MessageNumber", "1"), ("ScriptBlockText", "whoami"), ("Path", "")],
    );
    check(
        &knowledge,
        &script,
        &[
            ("dest", "host.example"),
            ("dvc", "host.example"),
            ("signature", "Creating Scriptblock text (MessageNumber of MessageTotal)."),
            ("signature_id", "4104"),
            ("user_id", "S-1-5-18"),
            ("vendor_product", "Microsoft Windows"),
            ("event_id", "7"),
            ("OpCode", "Info"),
            ("Name", "Microsoft-Windows-PowerShell"),
            ("tag", "os|windows"),
        ],
    );
    let context = "        Severity = Informational\n        Host Application = powershell.exe -nop\n        \
        Command Name = Get-Item\n        User = CORP\\alice\n        Connected User = \n";
    let module = xml(
        "Microsoft-Windows-PowerShell",
        4103,
        "Microsoft-Windows-PowerShell/Operational",
        "0x0",
        &[("ContextInfo", context)],
    );
    check(
        &knowledge,
        &module,
        &[("Host_Application", "powershell.exe -nop"), ("Command_Name", "Get-Item"), ("user", "alice")],
    );
}

#[test]
fn system_and_others() {
    let knowledge = knowledge();
    let scm =
        |id, data: &[(&str, &str)]| xml("Service Control Manager", id, "System", "0x8080000000000000", data);
    check(
        &knowledge,
        &scm(
            7045,
            &[
                ("ServiceName", "evil"),
                ("ImagePath", r#""C:\Program Files\e.exe" -k C:\x"#),
                ("ServiceType", "user mode service"),
                ("StartType", "demand start"),
                ("AccountName", "LocalSystem"),
            ],
        ),
        &[
            ("service_name", "evil"),
            ("service", "evil"),
            ("service_path", r#""C:\Program Files\e.exe" -k C:\x"#),
            ("service_exec", "e.exe"),
            ("start_mode", "manual"),
            ("Service_File_Name", r#""C:\Program Files\e.exe" -k C:\x"#),
            ("Service_Name", "evil"),
            ("user", "LocalSystem"),
            ("dest", "host.example"),
            ("tag", "os|report|service|windows"),
        ],
    );
    check(
        &knowledge,
        &scm(7036, &[("param1", "Windows Update"), ("param2", "stopped")]),
        &[
            ("service_name", "Windows Update"),
            ("status", "stopped"),
            ("Message", "The Windows Update service entered the stopped state."),
        ],
    );
    check(
        &knowledge,
        &scm(
            7040,
            &[
                ("param1", "Print Spooler"),
                ("param2", "auto start"),
                ("param3", "disabled"),
                ("param4", "Spooler"),
            ],
        ),
        &[
            ("service", "Print Spooler"),
            ("ServiceName", "Spooler"),
            ("start_mode", "disabled"),
            ("Error_Code", "-"),
        ],
    );
    let cleared = xml("Microsoft-Windows-Eventlog", 104, "System", "0x8000000000000000", &[]).replace(
        "<EventData></EventData>",
        "<UserData><LogFileCleared xmlns='x'><SubjectUserName>alice</SubjectUserName><Channel>Application</Channel></LogFileCleared></UserData>",
    );
    check(
        &knowledge,
        &cleared,
        &[
            ("object", "Application"),
            ("action", "cleared"),
            ("src_user", "alice"),
            ("tag", "audit|change|os|windows"),
        ],
    );
}

#[test]
fn defender_and_wmi() {
    let knowledge = knowledge();
    let defender = xml(
        "Microsoft-Windows-Windows Defender",
        1116,
        "Microsoft-Windows-Windows Defender/Operational",
        "0x8000000000000000",
        &[
            ("Threat Name", "Trojan:X"),
            ("Path", r"file:_C:\a\b.exe"),
            ("Process Name", r"C:\x\c.exe"),
            ("Severity Name", "Severe"),
            ("Detection User", r"CORP\bob"),
        ],
    );
    check(
        &knowledge,
        &defender,
        &[
            ("signature", "Trojan:X"),
            ("file_path", r"C:\a\b.exe"),
            ("file_name", "b.exe"),
            ("process_name", "c.exe"),
            ("severity", "critical"),
            ("user", "bob"),
            ("action", "allowed"),
            ("tag", "attack|malware|os|windows"),
        ],
    );
    let wmi = xml("Microsoft-Windows-WMI-Activity", 5861, "Microsoft-Windows-WMI-Activity/Operational", "0x0", &[]).replace(
        "<EventData></EventData>",
        "<UserData><Operation xmlns='x'><Namespace>//./root</Namespace><ESS>f</ESS><CONSUMER>c</CONSUMER><PossibleCause>Binding</PossibleCause></Operation></UserData>",
    );
    check(
        &knowledge,
        &wmi,
        &[(
            "Message",
            "Namespace = //./root; Eventfilter = f (refer to its activate eventid:5859); Consumer = c; PossibleCause = Binding",
        )],
    );
}

/// A folder of one's own wins over what is shipped, setting by setting.
#[test]
fn an_app_of_the_user_wins() {
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local");
    std::fs::create_dir_all(&local).unwrap();
    std::fs::write(local.join("props.conf"), "[XmlWinEventLog]\nEVAL-vendor_product = \"mine\"\n").unwrap();
    std::fs::write(
        local.join("tags.conf"),
        "[eventtype=grotto_sysmon_process_activity]\nprocess = enabled\n",
    )
    .unwrap();
    let (knowledge, problems) = Knowledge::load(&[folder.path().to_owned()], &Context::default());
    assert_eq!(problems, []);
    check(
        &knowledge,
        &xml("p", 1, "Setup", "0x0", &[]),
        &[("vendor_product", "mine"), ("dest", "host.example"), ("vendor", "Microsoft")],
    );
    check(
        &knowledge,
        &sysmon(5, &[("Image", r"C:\a.exe")]),
        &[("tag", "os|process|windows"), ("vendor_product", "Microsoft Sysmon")],
    );
    assert!(Path::new(&local).is_dir());
}
