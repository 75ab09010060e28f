//! Audits of logons and logoffs.

use super::{EXPLICIT_LOGON, LOGOFF, LOGON, LOGON_FAILED, SPECIAL_LOGON};
use crate::event::{Event, Payload};
use crate::site::{DOMAIN, HostId, Person, Site};
use crate::value::{Guid, Sid, Text, Value};

/// What Windows writes for what it does not know.
const NOTHING: &str = "-";
/// `%%1842`: yes.
const YES: &str = "%%1842";
/// `%%1843`: no.
const NO: &str = "%%1843";

/// How somebody logs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// At the keyboard: type 2.
    Console,
    /// Over the network, with Kerberos: type 3.
    Network,
    /// A service or batch job of the machine: type 5.
    Service,
    /// Unlocking the screen: type 7.
    Unlock,
    /// Remote desktop: type 10.
    RemoteDesktop,
}

impl Way {
    fn number(self) -> u32 {
        match self {
            Self::Console => 2,
            Self::Network => 3,
            Self::Service => 5,
            Self::Unlock => 7,
            Self::RemoteDesktop => 10,
        }
    }

    /// The logon process and the authentication package.
    fn package(self) -> (&'static str, &'static str) {
        match self {
            Self::Network => ("Kerberos", "Kerberos"),
            Self::Service => ("Advapi  ", "Negotiate"),
            Self::Console | Self::Unlock | Self::RemoteDesktop => ("User32 ", "Negotiate"),
        }
    }
}

/// Who logs on, how, and from where.
pub(crate) struct Session {
    pub(crate) person: Person,
    pub(crate) way: Way,
    pub(crate) logon_id: u64,
    pub(crate) ip: Text,
}

/// The four fields that say for whom a service of this machine acts.
fn machine_subject(site: &Site, host: HostId) -> [(&'static str, Value); 4] {
    [
        ("SubjectUserSid", Sid::LOCAL_SYSTEM.into()),
        ("SubjectUserName", format!("{}$", site.host(host).name).into()),
        ("SubjectDomainName", DOMAIN.into()),
        ("SubjectLogonId", Value::Hex64(0x3e7)),
    ]
}

/// The four fields of a subject that is not known.
fn no_subject() -> [(&'static str, Value); 4] {
    [
        ("SubjectUserSid", Sid::NULL.into()),
        ("SubjectUserName", NOTHING.into()),
        ("SubjectDomainName", NOTHING.into()),
        ("SubjectLogonId", Value::Hex64(0)),
    ]
}

/// Security 4624: somebody logged on.
pub(crate) fn logon(site: &mut Site, host: HostId, session: &Session) -> Event {
    let remote = session.way == Way::Network;
    let (process, package) = session.way.package();
    let subject = if remote { no_subject() } else { machine_subject(site, host) };
    let (owner_id, owner) = if remote { (0, NOTHING) } else { (0x304, "C:\\Windows\\System32\\svchost.exe") };
    let guid = if remote { site.new_guid() } else { Guid::default() };
    let port = if session.ip == NOTHING { 0 } else { site.random.between(49_152, 65_535) };
    let workstation = if remote { NOTHING.to_owned() } else { site.host(host).name.clone() };
    let elevated = if session.person.name.starts_with("adm-") { YES } else { NO };
    let rest = [
        ("TargetUserSid", session.person.sid().into()),
        ("TargetUserName", session.person.name.into()),
        ("TargetDomainName", DOMAIN.into()),
        ("TargetLogonId", Value::Hex64(session.logon_id)),
        ("LogonType", session.way.number().into()),
        ("LogonProcessName", process.into()),
        ("AuthenticationPackageName", package.into()),
        ("WorkstationName", workstation.into()),
        ("LogonGuid", guid.into()),
        ("TransmittedServices", NOTHING.into()),
        ("LmPackageName", NOTHING.into()),
        ("KeyLength", 0_u32.into()),
        ("ProcessId", Value::Hex64(owner_id)),
        ("ProcessName", owner.into()),
        ("IpAddress", session.ip.clone().into()),
        ("IpPort", if port == 0 { NOTHING.to_owned() } else { port.to_string() }.into()),
        ("ImpersonationLevel", "%%1833".into()),
        ("RestrictedAdminMode", NOTHING.into()),
        ("TargetOutboundUserName", NOTHING.into()),
        ("TargetOutboundDomainName", NOTHING.into()),
        ("VirtualAccount", NO.into()),
        ("TargetLinkedLogonId", Value::Hex64(0)),
        ("ElevatedToken", elevated.into()),
    ];
    site.event(host, &LOGON, Payload::named(subject.into_iter().chain(rest)))
}

/// Security 4625: a wrong password.
pub(crate) fn logon_failed(site: &mut Site, host: HostId, session: &Session) -> Event {
    let (process, package) = session.way.package();
    let rest = [
        ("TargetUserSid", Sid::NULL.into()),
        ("TargetUserName", session.person.name.into()),
        ("TargetDomainName", DOMAIN.into()),
        ("Status", Value::Hex32(0xC000_006D)),
        ("FailureReason", "%%2313".into()),
        ("SubStatus", Value::Hex32(0xC000_006A)),
        ("LogonType", session.way.number().into()),
        ("LogonProcessName", process.into()),
        ("AuthenticationPackageName", package.into()),
        ("WorkstationName", site.host(host).name.clone().into()),
        ("TransmittedServices", NOTHING.into()),
        ("LmPackageName", NOTHING.into()),
        ("KeyLength", 0_u32.into()),
        ("ProcessId", Value::Hex64(0x304)),
        ("ProcessName", "C:\\Windows\\System32\\svchost.exe".into()),
        ("IpAddress", session.ip.clone().into()),
        ("IpPort", "0".into()),
    ];
    let subject = machine_subject(site, host);
    site.event(host, &LOGON_FAILED, Payload::named(subject.into_iter().chain(rest)))
}

/// Security 4634: a session ended.
pub(crate) fn logoff(site: &mut Site, host: HostId, session: &Session) -> Event {
    let data = Payload::named([
        ("TargetUserSid", session.person.sid().into()),
        ("TargetUserName", session.person.name.into()),
        ("TargetDomainName", DOMAIN.into()),
        ("TargetLogonId", Value::Hex64(session.logon_id)),
        ("LogonType", session.way.number().into()),
    ]);
    site.event(host, &LOGOFF, data)
}

/// Security 4648: a program used a password that somebody typed.
pub(crate) fn explicit_logon(site: &mut Site, host: HostId, person: Person) -> Event {
    let rest = [
        ("LogonGuid", Guid::default().into()),
        ("TargetUserName", person.name.into()),
        ("TargetDomainName", DOMAIN.into()),
        ("TargetLogonGuid", site.new_guid().into()),
        ("TargetServerName", "localhost".into()),
        ("TargetInfo", "localhost".into()),
        ("ProcessId", Value::Hex64(0x304)),
        ("ProcessName", "C:\\Windows\\System32\\svchost.exe".into()),
        ("IpAddress", "127.0.0.1".into()),
        ("IpPort", "0".into()),
    ];
    let subject = machine_subject(site, host);
    site.event(host, &EXPLICIT_LOGON, Payload::named(subject.into_iter().chain(rest)))
}

/// Security 4672: the session of an administrator.
pub(crate) fn special_logon(site: &mut Site, host: HostId, session: &Session) -> Event {
    let privileges = [
        "SeSecurityPrivilege",
        "SeBackupPrivilege",
        "SeRestorePrivilege",
        "SeTakeOwnershipPrivilege",
        "SeDebugPrivilege",
        "SeSystemEnvironmentPrivilege",
        "SeLoadDriverPrivilege",
        "SeImpersonatePrivilege",
    ];
    let data = Payload::named([
        ("SubjectUserSid", session.person.sid().into()),
        ("SubjectUserName", session.person.name.into()),
        ("SubjectDomainName", DOMAIN.into()),
        ("SubjectLogonId", Value::Hex64(session.logon_id)),
        ("PrivilegeList", privileges.join("\r\n\t\t\t").into()),
    ]);
    site.event(host, &SPECIAL_LOGON, data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::PEOPLE;

    fn session(way: Way, ip: &'static str) -> Session {
        Session { person: PEOPLE[0], way, logon_id: 0x1234, ip: ip.into() }
    }

    #[test]
    fn a_logon_says_how_and_from_where() {
        let mut site = Site::new(9, 1);
        let network = logon(&mut site, 0, &session(Way::Network, "10.20.4.30"));
        let field =
            |event: &Event, name: &str| event.data.get(name).map(ToString::to_string).unwrap_or_default();
        assert_eq!(field(&network, "LogonType"), "3");
        assert_eq!(field(&network, "SubjectUserSid"), "S-1-0-0");
        assert!(field(&network, "IpPort").parse::<u16>().is_ok());
        let console = logon(&mut site, 1, &session(Way::Console, NOTHING));
        assert_eq!(field(&console, "LogonProcessName"), "User32 ", "the blank is Windows' own");
        assert_eq!(field(&console, "IpPort"), "-");
        assert_eq!(field(&console, "ElevatedToken"), YES);
    }

    #[test]
    fn a_wrong_password_is_a_failed_audit() {
        let mut site = Site::new(9, 1);
        let event = logon_failed(&mut site, 1, &session(Way::Unlock, "127.0.0.1"));
        assert_eq!(event.keywords, 0x8010_0000_0000_0000);
        assert_eq!(event.data.get("SubStatus").map(ToString::to_string).as_deref(), Some("0xc000006a"));
    }

    #[test]
    fn privileges_stand_on_lines_of_their_own() {
        let mut site = Site::new(9, 1);
        let event = special_logon(&mut site, 1, &session(Way::Console, NOTHING));
        let list = event.data.get("PrivilegeList").map(ToString::to_string).unwrap();
        assert_eq!(list.lines().count(), 8);
        assert!(list.contains("\r\n\t\t\tSeDebugPrivilege"));
    }
}
