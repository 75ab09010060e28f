//! Audits of processes, tasks and the log itself.

use super::{AUDIT_LOG_CLEARED, PROCESS_CREATED, TASK_CREATED};
use crate::event::{Event, Payload};
use crate::site::{DOMAIN, HostId, PEOPLE, Person, Process, Site};
use crate::value::{Sid, Value};

/// The SID of an account with domain, and its two parts.
fn account(site: &Site, host: HostId, process: &Process) -> (Sid, String, String) {
    match process.user.split_once('\\') {
        Some((domain, name)) if domain == DOMAIN => {
            let sid =
                PEOPLE.iter().find(|person| person.name == name).map_or(Sid::NULL, |person| person.sid());
            (sid, name.to_owned(), domain.to_owned())
        }
        _ => (Sid::LOCAL_SYSTEM, format!("{}$", site.host(host).name), DOMAIN.to_owned()),
    }
}

/// Security 4688: `process` was started by `parent`; command lines are audited here.
pub(crate) fn process_created(site: &mut Site, host: HostId, process: &Process, parent: &Process) -> Event {
    let (sid, name, domain) = account(site, host, process);
    let (token, label) = match () {
        () if sid == Sid::LOCAL_SYSTEM => ("%%1936", 16_384),
        () if name.starts_with("adm-") => ("%%1937", 12_288),
        () => ("%%1938", 8_192),
    };
    let data = Payload::named([
        ("SubjectUserSid", sid.into()),
        ("SubjectUserName", name.into()),
        ("SubjectDomainName", domain.into()),
        ("SubjectLogonId", Value::Hex64(process.logon_id)),
        ("NewProcessId", Value::Hex64(process.id.into())),
        ("NewProcessName", process.image.clone().into()),
        ("TokenElevationType", token.into()),
        ("ProcessId", Value::Hex64(parent.id.into())),
        ("CommandLine", process.command_line.clone().into()),
        ("TargetUserSid", Sid::NULL.into()),
        ("TargetUserName", "-".into()),
        ("TargetDomainName", "-".into()),
        ("TargetLogonId", Value::Hex64(0)),
        ("ParentProcessName", parent.image.clone().into()),
        ("MandatoryLabel", Sid { authority: 16, parts: vec![label].into() }.into()),
    ]);
    let mut event = site.event(host, &PROCESS_CREATED, data);
    // The kernel writes this one itself.
    event.process_id = 4;
    event
}

/// The XML of a task that runs `command` at logon.
pub(crate) fn task_xml(author: &str, command: &str, arguments: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n\
         <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n  \
         <RegistrationInfo>\r\n    <Author>{author}</Author>\r\n  </RegistrationInfo>\r\n  \
         <Triggers>\r\n    <LogonTrigger>\r\n      <Enabled>true</Enabled>\r\n    </LogonTrigger>\r\n  </Triggers>\r\n  \
         <Principals>\r\n    <Principal id=\"Author\">\r\n      <UserId>S-1-5-18</UserId>\r\n      \
         <RunLevel>HighestAvailable</RunLevel>\r\n    </Principal>\r\n  </Principals>\r\n  \
         <Actions Context=\"Author\">\r\n    <Exec>\r\n      <Command>{command}</Command>\r\n      \
         <Arguments>{arguments}</Arguments>\r\n    </Exec>\r\n  </Actions>\r\n</Task>"
    )
}

/// Security 4698: `person` created the task `name`.
pub(crate) fn task_created(
    site: &mut Site,
    host: HostId,
    person: Person,
    name: &'static str,
    xml: String,
) -> Event {
    let (logon_id, key) = (site.new_logon_id(), site.random.between(1 << 50, 1 << 51));
    let process = 4 * site.random.between(300, 2000) as u32;
    let data = Payload::named([
        ("SubjectUserSid", person.sid().into()),
        ("SubjectUserName", person.name.into()),
        ("SubjectDomainName", DOMAIN.into()),
        ("SubjectLogonId", Value::Hex64(logon_id)),
        ("TaskName", name.into()),
        ("TaskContent", xml.into()),
        ("ClientProcessStartKey", Value::U64(key)),
        ("ClientProcessId", process.into()),
        ("ParentProcessId", (process + 4).into()),
        ("RpcCallClientLocality", 0_u32.into()),
        ("FQDN", site.host(host).fqdn.clone().into()),
    ]);
    site.event(host, &TASK_CREATED, data)
}

/// Security 1102: `person` cleared the log.
pub(crate) fn audit_log_cleared(site: &mut Site, host: HostId, person: Person) -> Event {
    let logon_id = site.new_logon_id();
    let data = Payload::UserData {
        element: "LogFileCleared".into(),
        namespace: "http://manifests.microsoft.com/win/2004/08/windows/eventlog".into(),
        fields: vec![
            ("SubjectUserSid".into(), person.sid().into()),
            ("SubjectUserName".into(), person.name.into()),
            ("SubjectDomainName".into(), DOMAIN.into()),
            ("SubjectLogonId".into(), Value::Hex64(logon_id)),
        ],
    };
    site.event(host, &AUDIT_LOG_CLEARED, data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_carries_the_account_and_its_label() {
        let mut site = Site::new(4, 1);
        let (user, parent) = (site.running(1, "\\explorer.exe"), site.running(1, "\\svchost.exe"));
        let event = process_created(&mut site, 1, &user, &parent);
        let field = |event: &Event, name: &str| event.data.get(name).map(ToString::to_string).unwrap();
        assert_eq!(field(&event, "SubjectUserName"), site.host(1).owner.name);
        assert_eq!(field(&event, "MandatoryLabel"), "S-1-16-8192");
        assert_eq!(field(&event, "NewProcessId"), format!("{:#x}", user.id));
        let system = process_created(&mut site, 1, &parent, &user);
        assert_eq!(field(&system, "SubjectUserName"), "HRB-WS014$");
        assert_eq!(field(&system, "SubjectUserSid"), "S-1-5-18");
    }

    #[test]
    fn a_task_holds_its_command() {
        let xml = task_xml("HARBOR\\x", "C:\\a.exe", "/q");
        assert!(xml.contains("<Command>C:\\a.exe</Command>\r\n      <Arguments>/q</Arguments>"), "{xml}");
        let mut site = Site::new(4, 1);
        let event = task_created(&mut site, 0, PEOPLE[0], "\\Demo", xml);
        assert_eq!(event.data.get("TaskName"), Some(&"\\Demo".into()));
    }

    #[test]
    fn a_cleared_log_is_user_data_of_another_provider() {
        let mut site = Site::new(4, 1);
        let event = audit_log_cleared(&mut site, 0, PEOPLE[0]);
        assert_eq!(
            (event.provider.name.as_ref(), event.channel.as_ref()),
            ("Microsoft-Windows-Eventlog", "Security")
        );
        assert!(matches!(event.data, Payload::UserData { .. }));
    }
}
