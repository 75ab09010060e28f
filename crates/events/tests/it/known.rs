//! The table of known events agrees with the facts that it was made from, and with the logs.

use crate::{files, read, shared};
use grotto_events::{Column, Input, ReadOptions, known, plan};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Providers that the table has, by name or by the start of it (with `*`).
const PROVIDERS: &[&str] = &[
    "Application Error",
    "Application Hang",
    "Application Popup",
    "AD FS Auditing",
    "ESENT",
    "EventLog",
    "Linux-Sysmon",
    "LsaSrv",
    "Microsoft Antimalware",
    "Microsoft Office*",
    "Microsoft-Antimalware*",
    "Microsoft-Exchange*",
    "Microsoft-Windows-ActiveDirectory_DomainService",
    "Microsoft-Windows-AppID",
    "Microsoft-Windows-AppLocker",
    "Microsoft-Windows-Audit*",
    "Microsoft-Windows-Bits-Client",
    "Microsoft-Windows-CAPI2",
    "Microsoft-Windows-CertificateServicesClient*",
    "Microsoft-Windows-CertificationAuthority*",
    "Microsoft-Windows-CodeIntegrity",
    "Microsoft-Windows-COM",
    "Microsoft-Windows-Crypto-DPAPI",
    "Microsoft-Windows-DeviceGuard",
    "Microsoft-Windows-Directory-Services-SAM",
    "Microsoft-Windows-DistributedCOM",
    "Microsoft-Windows-DNS-Client",
    "Microsoft-Windows-DNSServer",
    "Microsoft-Windows-EventCollector",
    "Microsoft-Windows-Eventlog*",
    "Microsoft-Windows-Firewall",
    "Microsoft-Windows-Forwarding",
    "Microsoft-Windows-GroupPolicy",
    "Microsoft-Windows-IIS-APPHOSTSVC",
    "Microsoft-Windows-IIS-Configuration",
    "Microsoft-Windows-IIS-W3SVC-WP",
    "Microsoft-Windows-Kerberos-Key-Distribution-Center",
    "Microsoft-Windows-Kernel-General",
    "Microsoft-Windows-Kernel-Power",
    "Microsoft-Windows-Kernel-Process",
    "Microsoft-Windows-LAPS",
    "Microsoft-Windows-NetworkProfile",
    "Microsoft-Windows-NTLM",
    "Microsoft-Windows-Partition",
    "Microsoft-Windows-PowerShell*",
    "Microsoft-Windows-PrintService",
    "Microsoft-Windows-RemoteDesktopServices-*",
    "Microsoft-Windows-RPC",
    "Microsoft-Windows-RPC-Events",
    "Microsoft-Windows-Security-Adminless",
    "Microsoft-Windows-Security-Auditing",
    "Microsoft-Windows-Security-Kerberos",
    "Microsoft-Windows-Security-Netlogon",
    "Microsoft-Windows-SMBClient",
    "Microsoft-Windows-SMBServer",
    "Microsoft-Windows-SoftwareRestrictionPolicies",
    "Microsoft-Windows-Sysmon",
    "Microsoft-Windows-TaskScheduler",
    "Microsoft-Windows-TerminalServices-ClientActiveXCore",
    "Microsoft-Windows-TerminalServices-LocalSessionManager",
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
    "Microsoft-Windows-UAC*",
    "Microsoft-Windows-VHDMP",
    "Microsoft-Windows-Windows Defender",
    "Microsoft-Windows-Windows Firewall With Advanced Security",
    "Microsoft-Windows-Winlogon",
    "Microsoft-Windows-WinRM",
    "Microsoft-Windows-WMI*",
    "MSExchange*",
    "MsiInstaller",
    "MSSQL*",
    "NETLOGON",
    "NTDS ISAM",
    "OpenSSH",
    "PowerShell",
    "PowerShellCore",
    "Schannel",
    "Screenconnect",
    "SecurityCenter",
    "Service Control Manager",
    "VSS",
];

fn chosen(provider: &str) -> bool {
    PROVIDERS.iter().any(|name| match name.strip_suffix('*') {
        Some(start) => provider.starts_with(start),
        None => provider == *name,
    })
}

/// The table as it should be; the form is in `data/README.md`.
fn table(facts: &Path) -> String {
    let mut groups: BTreeMap<(String, String), BTreeMap<u32, (String, String)>> = BTreeMap::new();
    for record in csv::Reader::from_path(facts).unwrap().records() {
        let record = record.unwrap();
        let [provider, channel, id, title, fields] = [0, 1, 2, 4, 5].map(|i| record[i].to_owned());
        if !chosen(&provider) || (title.is_empty() && fields.is_empty()) {
            continue;
        }
        // A tab in a title or name would break the table.
        assert!(![&title, &fields, &provider, &channel].iter().any(|text| text.contains(['\t', '\n'])));
        let fields = fields.replace("%20", "_").replace("%25", "%");
        groups.entry((provider, channel)).or_default().insert(id.parse().unwrap(), (title, fields));
    }
    let mut out = String::from(
        "# Windows events by provider and channel; README.md says what this is and where it is from.\n",
    );
    for ((provider, channel), events) in groups {
        writeln!(out, "\t{provider}\t{channel}").unwrap();
        for (id, (title, fields)) in events {
            writeln!(out, "{}", format!("{id}\t{title}\t{fields}").trim_end()).unwrap();
        }
    }
    out
}

#[test]
fn the_table_is_what_the_facts_say() {
    let Some(facts) = shared("facts/windows_events.csv") else { return };
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/known_events.tsv");
    let expected = table(&facts);
    if std::env::var_os("UPDATE_KNOWN_EVENTS").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap() == expected,
        "known_events.tsv is not up to date: see its README.md"
    );
    assert!(expected.len() < 600_000, "{} bytes", expected.len());
}

#[test]
fn most_events_of_the_sample_logs_are_known() {
    let options = ReadOptions::only(["Name", "Channel", "EventCode"]);
    let (mut known, mut all) = (0, 0);
    for path in files("data/evtx-attack-samples", "evtx") {
        for batch in read(&plan(&Input::file(path)).unwrap(), &options).0 {
            let field = |name| batch.column(name).and_then(Column::as_constant).unwrap_or_default();
            let id = field("EventCode").parse().unwrap();
            let found =
                known::event(field("Name"), field("Channel"), id).is_some_and(|e| !e.title.is_empty());
            all += batch.rows();
            known += batch.rows() * usize::from(found);
        }
    }
    println!("{known} of {all} events have a title");
    assert!(known * 100 >= all * 95);
}
