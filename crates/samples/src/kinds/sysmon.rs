//! What Sysmon writes, in the field order of its manifest (schema 4.90).

use super::{
    SYSMON_CONNECTION, SYSMON_DNS_QUERY, SYSMON_FILE_CREATE, SYSMON_FILE_DELETE, SYSMON_IMAGE_LOAD,
    SYSMON_PROCESS_ACCESS, SYSMON_PROCESS_CREATE, SYSMON_PROCESS_END, SYSMON_REGISTRY_KEY,
    SYSMON_REGISTRY_VALUE,
};
use crate::event::{Event, Payload};
use crate::programs;
use crate::random::{Random, text_seed};
use crate::site::{HostId, Process, Site};
use crate::value::{Guid, Text, Value};

/// What Sysmon writes for what it does not know.
const NOTHING: &str = "-";

/// `MD5=…,SHA256=…,IMPHASH=…` of a file: the same file has the same hashes everywhere.
fn hashes(image: &str) -> String {
    let mut random = Random::new(text_seed(image));
    format!("MD5={},SHA256={},IMPHASH={}", random.hex(32), random.hex(64), random.hex(32))
}

/// The integrity level of what an account starts.
fn integrity(process: &Process) -> &'static str {
    if process.user.starts_with("NT AUTHORITY") {
        "System"
    } else if process.user.contains("\\adm-") {
        "High"
    } else {
        "Medium"
    }
}

/// The start of all Sysmon events: rule, time, process.
fn head(site: &Site, process: &Process) -> [(&'static str, Value); 5] {
    [
        ("RuleName", NOTHING.into()),
        ("UtcTime", site.now.sysmon().into()),
        ("ProcessGuid", process.guid.into()),
        ("ProcessId", process.id.into()),
        ("Image", process.image.clone().into()),
    ]
}

/// Sysmon 1: `process` was started by `parent`.
pub(crate) fn process_create(site: &mut Site, host: HostId, process: &Process, parent: &Process) -> Event {
    let program = programs::at(&process.image);
    let about = |what: fn(&programs::Program) -> &'static str| Value::from(program.map_or(NOTHING, what));
    let folder = match integrity(process) {
        "System" => "C:\\Windows\\system32\\".to_owned(),
        _ => format!("C:\\Users\\{}\\", process.user.rsplit('\\').next().unwrap_or_default()),
    };
    let session = u32::from(integrity(process) != "System");
    let logon_guid = Guid::new(text_seed(&process.user) as u32, process.logon_id as u16, 0x69a5, [0; 8]);
    let rest = [
        ("FileVersion", about(|program| program.version)),
        ("Description", about(|program| program.description)),
        ("Product", about(|program| program.product)),
        ("Company", about(|program| program.company)),
        ("OriginalFileName", about(|program| program.original)),
        ("CommandLine", process.command_line.clone().into()),
        ("CurrentDirectory", folder.into()),
        ("User", process.user.clone().into()),
        ("LogonGuid", logon_guid.into()),
        ("LogonId", Value::Hex64(process.logon_id)),
        ("TerminalSessionId", session.into()),
        ("IntegrityLevel", integrity(process).into()),
        ("Hashes", hashes(&process.image).into()),
        ("ParentProcessGuid", parent.guid.into()),
        ("ParentProcessId", parent.id.into()),
        ("ParentImage", parent.image.clone().into()),
        ("ParentCommandLine", parent.command_line.clone().into()),
        ("ParentUser", parent.user.clone().into()),
    ];
    let data = Payload::named(head(site, process).into_iter().chain(rest));
    site.event(host, &SYSMON_PROCESS_CREATE, data)
}

/// A connection over the network.
pub(crate) struct Connection {
    /// Whether the process started it.
    pub(crate) initiated: bool,
    /// `tcp` or `udp`.
    pub(crate) protocol: &'static str,
    /// The other side's address.
    pub(crate) ip: Text,
    /// The other side's name, or `-`.
    pub(crate) name: Text,
    /// The other side's port.
    pub(crate) port: u16,
}

/// The name that Sysmon gives a port.
fn port_name(port: u16) -> &'static str {
    match port {
        53 => "domain",
        80 => "http",
        88 => "kerberos",
        135 => "epmap",
        389 => "ldap",
        443 => "https",
        445 => "microsoft-ds",
        _ => NOTHING,
    }
}

/// Sysmon 3: `process` spoke with another machine.
pub(crate) fn connection(site: &mut Site, host: HostId, process: &Process, other: &Connection) -> Event {
    let port = site.random.between(49_152, 65_535) as u16;
    let machine = site.host(host);
    let own: [Value; 4] =
        [machine.ip.clone().into(), machine.fqdn.clone().into(), Value::U16(port), port_name(port).into()];
    let theirs: [Value; 4] = [
        other.ip.clone().into(),
        other.name.clone().into(),
        Value::U16(other.port),
        port_name(other.port).into(),
    ];
    let (source, destination) = if other.initiated { (own, theirs) } else { (theirs, own) };
    let [source_ip, source_name, source_port, source_port_name] = source;
    let [ip, name, port, port_name] = destination;
    let rest = [
        ("User", process.user.clone().into()),
        ("Protocol", other.protocol.into()),
        ("Initiated", other.initiated.into()),
        ("SourceIsIpv6", false.into()),
        ("SourceIp", source_ip),
        ("SourceHostname", source_name),
        ("SourcePort", source_port),
        ("SourcePortName", source_port_name),
        ("DestinationIsIpv6", false.into()),
        ("DestinationIp", ip),
        ("DestinationHostname", name),
        ("DestinationPort", port),
        ("DestinationPortName", port_name),
    ];
    let data = Payload::named(head(site, process).into_iter().chain(rest));
    site.event(host, &SYSMON_CONNECTION, data)
}

/// Sysmon 5: `process` ended.
pub(crate) fn process_end(site: &mut Site, host: HostId, process: &Process) -> Event {
    let user = [("User", process.user.clone().into())];
    let data = Payload::named(head(site, process).into_iter().chain(user));
    site.event(host, &SYSMON_PROCESS_END, data)
}

/// Sysmon 7: `process` loaded the library at `path`, which Microsoft signed.
pub(crate) fn image_load(site: &mut Site, host: HostId, process: &Process, path: &'static str) -> Event {
    let name = path.rsplit('\\').next().unwrap_or_default();
    let rest = [
        ("ImageLoaded", path.into()),
        ("FileVersion", "10.0.22621.3958 (WinBuild.160101.0800)".into()),
        ("Description", name.into()),
        ("Product", "Microsoft® Windows® Operating System".into()),
        ("Company", "Microsoft Corporation".into()),
        ("OriginalFileName", name.into()),
        ("Hashes", hashes(path).into()),
        ("Signed", "true".into()),
        ("Signature", "Microsoft Windows".into()),
        ("SignatureStatus", "Valid".into()),
        ("User", process.user.clone().into()),
    ];
    let data = Payload::named(head(site, process).into_iter().chain(rest));
    site.event(host, &SYSMON_IMAGE_LOAD, data)
}

/// Sysmon 10: `source` opened `target`.
pub(crate) fn process_access(site: &mut Site, host: HostId, source: &Process, target: &Process) -> Event {
    let access = site.random.pick(&[0x1000, 0x1400, 0x1410, 0x2000]);
    let offset = site.random.between(0x9_0000, 0xA_FFFF);
    let trace = format!(
        "C:\\Windows\\SYSTEM32\\ntdll.dll+{offset:x}|C:\\Windows\\System32\\KERNELBASE.dll+2{:04x}|{}+1a{:03x}",
        offset & 0xFFFF,
        source.image,
        offset & 0xFFF
    );
    let thread = 4 * site.random.between(100, 3000) as u32;
    let data = Payload::named([
        ("RuleName", NOTHING.into()),
        ("UtcTime", site.now.sysmon().into()),
        ("SourceProcessGUID", source.guid.into()),
        ("SourceProcessId", source.id.into()),
        ("SourceThreadId", thread.into()),
        ("SourceImage", source.image.clone().into()),
        ("TargetProcessGUID", target.guid.into()),
        ("TargetProcessId", target.id.into()),
        ("TargetImage", target.image.clone().into()),
        ("GrantedAccess", Value::Hex32(access)),
        ("CallTrace", trace.into()),
        ("SourceUser", source.user.clone().into()),
        ("TargetUser", target.user.clone().into()),
    ]);
    site.event(host, &SYSMON_PROCESS_ACCESS, data)
}

/// Sysmon 11: `process` created the file at `path`.
pub(crate) fn file_create(site: &mut Site, host: HostId, process: &Process, path: Text) -> Event {
    let rest = [
        ("TargetFilename", path.into()),
        ("CreationUtcTime", site.now.sysmon().into()),
        ("User", process.user.clone().into()),
    ];
    let data = Payload::named(head(site, process).into_iter().chain(rest));
    site.event(host, &SYSMON_FILE_CREATE, data)
}

/// The start of Sysmon's registry events.
fn registry(site: &Site, process: &Process, what: &'static str, target: Text) -> Vec<(&'static str, Value)> {
    let [rule, rest @ ..] = head(site, process);
    let mut fields = vec![rule, ("EventType", what.into())];
    fields.extend(rest);
    fields.push(("TargetObject", target.into()));
    fields
}

/// Sysmon 12: `process` created or deleted a key or deleted a value.
pub(crate) fn registry_key(
    site: &mut Site,
    host: HostId,
    process: &Process,
    what: &'static str,
    key: Text,
) -> Event {
    let mut fields = registry(site, process, what, key);
    fields.push(("User", process.user.clone().into()));
    site.event(host, &SYSMON_REGISTRY_KEY, Payload::named(fields))
}

/// Sysmon 13: `process` set a value.
pub(crate) fn registry_value(
    site: &mut Site,
    host: HostId,
    process: &Process,
    path: Text,
    details: Text,
) -> Event {
    let mut fields = registry(site, process, "SetValue", path);
    fields.extend([("Details", details.into()), ("User", process.user.clone().into())]);
    site.event(host, &SYSMON_REGISTRY_VALUE, Payload::named(fields))
}

/// Sysmon 22: `process` asked for the addresses of a name.
pub(crate) fn dns_query(site: &mut Site, host: HostId, process: &Process, name: &'static str) -> Event {
    let address = format!("::ffff:203.0.113.{};", site.random.between(1, 254));
    let found = !site.random.chance(80);
    let [rule, time, guid, id, image] = head(site, process);
    let data = Payload::named([
        rule,
        time,
        guid,
        id,
        ("QueryName", name.into()),
        ("QueryStatus", if found { "0" } else { "9003" }.into()),
        ("QueryResults", if found { address.into() } else { NOTHING.into() }),
        image,
        ("User", process.user.clone().into()),
    ]);
    site.event(host, &SYSMON_DNS_QUERY, data)
}

/// Sysmon 23: `process` deleted the file at `path`, and Sysmon kept a copy.
pub(crate) fn file_delete(site: &mut Site, host: HostId, process: &Process, path: String) -> Event {
    let [rule, time, guid, id, image] = head(site, process);
    let hashes = hashes(&path);
    let data = Payload::named([
        rule,
        time,
        guid,
        id,
        ("User", process.user.clone().into()),
        image,
        ("TargetFilename", path.into()),
        ("Hashes", hashes.into()),
        ("IsExecutable", false.into()),
        ("Archived", "true".into()),
    ]);
    site.event(host, &SYSMON_FILE_DELETE, data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(event: &Event) -> Vec<&str> {
        let Payload::EventData { fields, .. } = &event.data else { panic!("Sysmon writes EventData") };
        fields.iter().filter_map(|(name, _)| name.as_deref()).collect()
    }

    #[test]
    fn fields_come_in_the_order_of_the_manifest() {
        let mut site = Site::new(3, 1);
        let (process, parent) = (site.running(1, "\\explorer.exe"), site.running(1, "\\svchost.exe"));
        let create = process_create(&mut site, 1, &process, &parent);
        assert_eq!(
            names(&create).join(" "),
            "RuleName UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company OriginalFileName \
             CommandLine CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes \
             ParentProcessGuid ParentProcessId ParentImage ParentCommandLine ParentUser"
        );
        let delete = file_delete(&mut site, 1, &process, "C:\\x".to_owned());
        assert_eq!(
            names(&delete).join(" "),
            "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes IsExecutable Archived"
        );
        let value = registry_value(&mut site, 1, &process, "HKLM\\a".into(), "DWORD (0x00000001)".into());
        assert_eq!(
            names(&value).join(" "),
            "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject Details User"
        );
    }

    #[test]
    fn an_incoming_connection_has_this_host_as_its_destination() {
        let mut site = Site::new(3, 1);
        let process = site.running(0, "\\svchost.exe");
        let other = Connection {
            initiated: false,
            protocol: "tcp",
            ip: "10.20.4.99".into(),
            name: "-".into(),
            port: 50_000,
        };
        let event = connection(&mut site, 0, &process, &other);
        assert_eq!(event.data.get("SourceIp"), Some(&"10.20.4.99".into()));
        assert_eq!(event.data.get("DestinationHostname"), Some(&site.host(0).fqdn.clone().into()));
        assert_eq!(event.data.get("SourcePort"), Some(&Value::U16(50_000)));
    }

    #[test]
    fn a_file_has_the_same_hashes_everywhere() {
        assert_eq!(hashes("C:\\a.exe"), hashes("C:\\a.exe"));
        assert_ne!(hashes("C:\\a.exe"), hashes("C:\\b.exe"));
        assert_eq!(hashes("x").len(), "MD5=,SHA256=,IMPHASH=".len() + 32 + 64 + 32);
    }
}
