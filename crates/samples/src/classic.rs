//! Events as classic `WinEventLog` text: what Splunk's Windows input writes without `renderXml`.
//!
//! The message of an event stands in the files of its provider, not in the event. [`LAYOUTS`] has the labels of some
//! that rules look for; an event of another kind has no classic text here.

use crate::event::Event;
use crate::time::FileTime;
use std::fmt::Write as _;

/// How the message of an event is laid out.
#[derive(Debug)]
pub struct Layout {
    /// The event id.
    pub id: u16,
    /// What the event's source is called.
    pub source: &'static str,
    /// The category of its task.
    pub category: &'static str,
    /// The message: a field of the event in braces stands for its value.
    pub message: &'static str,
}

impl Layout {
    /// The labels of the message and the fields behind them, in order.
    pub fn labels(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.message.lines().filter_map(|line| {
            let (label, rest) = line.trim_start().split_once(':')?;
            Some((label, rest.trim_start().strip_prefix('{')?.strip_suffix('}')?))
        })
    }
}

/// The source of audits.
const AUDIT: &str = "Microsoft Windows security auditing.";

/// The messages that are known, by event id.
pub const LAYOUTS: &[Layout] = &[
    Layout {
        id: 1102,
        source: "Microsoft-Windows-Eventlog",
        category: "Log clear",
        message: "The audit log was cleared.\nSubject:\n\tSecurity ID:\t{SubjectUserSid}\n\
            \tAccount Name:\t{SubjectUserName}\n\tDomain Name:\t{SubjectDomainName}\n\tLogon ID:\t{SubjectLogonId}",
    },
    Layout {
        id: 4104,
        source: "Microsoft-Windows-PowerShell",
        category: "Execute a Remote Command",
        message: "Creating Scriptblock text ({MessageNumber} of {MessageTotal}):\n{ScriptBlockText}\n\n\
            ScriptBlock ID: {ScriptBlockId}\nPath: {Path}",
    },
    Layout {
        id: 4624,
        source: AUDIT,
        category: "Logon",
        message: "An account was successfully logged on.\n\nSubject:\n\tSecurity ID:\t\t{SubjectUserSid}\n\
            \tAccount Name:\t\t{SubjectUserName}\n\tAccount Domain:\t\t{SubjectDomainName}\n\
            \tLogon ID:\t\t{SubjectLogonId}\n\nLogon Information:\n\tLogon Type:\t\t{LogonType}\n\nNew Logon:\n\
            \tSecurity ID:\t\t{TargetUserSid}\n\tAccount Name:\t\t{TargetUserName}\n\
            \tAccount Domain:\t\t{TargetDomainName}\n\tLogon ID:\t\t{TargetLogonId}\n\tLogon GUID:\t\t{LogonGuid}\n\n\
            Process Information:\n\tProcess ID:\t\t{ProcessId}\n\tProcess Name:\t\t{ProcessName}\n\n\
            Network Information:\n\tWorkstation Name:\t{WorkstationName}\n\tSource Network Address:\t{IpAddress}\n\
            \tSource Port:\t\t{IpPort}\n\nDetailed Authentication Information:\n\tLogon Process:\t\t{LogonProcessName}\n\
            \tAuthentication Package:\t{AuthenticationPackageName}\n\tKey Length:\t\t{KeyLength}\n\n\
            This event is generated when a logon session is created.",
    },
    Layout {
        id: 4625,
        source: AUDIT,
        category: "Logon",
        message: "An account failed to log on.\n\nSubject:\n\tSecurity ID:\t\t{SubjectUserSid}\n\
            \tAccount Name:\t\t{SubjectUserName}\n\tAccount Domain:\t\t{SubjectDomainName}\n\
            \tLogon ID:\t\t{SubjectLogonId}\n\nLogon Type:\t\t\t{LogonType}\n\nAccount For Which Logon Failed:\n\
            \tSecurity ID:\t\t{TargetUserSid}\n\tAccount Name:\t\t{TargetUserName}\n\
            \tAccount Domain:\t\t{TargetDomainName}\n\nFailure Information:\n\tFailure Reason:\t\t{FailureReason}\n\
            \tStatus:\t\t\t{Status}\n\tSub Status:\t\t{SubStatus}\n\nProcess Information:\n\
            \tCaller Process ID:\t{ProcessId}\n\tCaller Process Name:\t{ProcessName}\n\nNetwork Information:\n\
            \tWorkstation Name:\t{WorkstationName}\n\tSource Network Address:\t{IpAddress}\n\
            \tSource Port:\t\t{IpPort}\n\nDetailed Authentication Information:\n\tLogon Process:\t\t{LogonProcessName}\n\
            \tAuthentication Package:\t{AuthenticationPackageName}",
    },
    Layout {
        id: 4688,
        source: AUDIT,
        category: "Process Creation",
        message: "A new process has been created.\n\nCreator Subject:\n\tSecurity ID:\t\t{SubjectUserSid}\n\
            \tAccount Name:\t\t{SubjectUserName}\n\tAccount Domain:\t\t{SubjectDomainName}\n\
            \tLogon ID:\t\t{SubjectLogonId}\n\nTarget Subject:\n\tSecurity ID:\t\t{TargetUserSid}\n\
            \tAccount Name:\t\t{TargetUserName}\n\tAccount Domain:\t\t{TargetDomainName}\n\
            \tLogon ID:\t\t{TargetLogonId}\n\nProcess Information:\n\tNew Process ID:\t\t{NewProcessId}\n\
            \tNew Process Name:\t{NewProcessName}\n\tToken Elevation Type:\t{TokenElevationType}\n\
            \tMandatory Label:\t\t{MandatoryLabel}\n\tCreator Process ID:\t{ProcessId}\n\
            \tCreator Process Name:\t{ParentProcessName}\n\tProcess Command Line:\t{CommandLine}\n\n\
            Token Elevation Type says what kind of token the process has.",
    },
    Layout {
        id: 4698,
        source: AUDIT,
        category: "Other Object Access Events",
        message: "A scheduled task was created.\n\nSubject:\n\tSecurity ID:\t\t{SubjectUserSid}\n\
            \tAccount Name:\t\t{SubjectUserName}\n\tAccount Domain:\t\t{SubjectDomainName}\n\
            \tLogon ID:\t\t{SubjectLogonId}\n\nTask Information:\n\tTask Name: \t\t{TaskName}\n\
            \tTask Content: \t\t{TaskContent}",
    },
    Layout {
        id: 4720,
        source: AUDIT,
        category: "User Account Management",
        message: "A user account was created.\n\nSubject:\n\tSecurity ID:\t\t{SubjectUserSid}\n\
            \tAccount Name:\t\t{SubjectUserName}\n\tAccount Domain:\t\t{SubjectDomainName}\n\
            \tLogon ID:\t\t{SubjectLogonId}\n\nNew Account:\n\tSecurity ID:\t\t{TargetSid}\n\
            \tAccount Name:\t\t{TargetUserName}\n\tAccount Domain:\t\t{TargetDomainName}\n\nAttributes:\n\
            \tSAM Account Name:\t{SamAccountName}\n\tDisplay Name:\t\t{DisplayName}\n\
            \tPrimary Group ID:\t{PrimaryGroupId}\n\nAdditional Information:\n\tPrivileges\t\t{PrivilegeList}",
    },
    Layout {
        id: 4768,
        source: AUDIT,
        category: "Kerberos Authentication Service",
        message: "A Kerberos authentication ticket (TGT) was requested.\n\nAccount Information:\n\
            \tAccount Name:\t\t{TargetUserName}\n\tSupplied Realm Name:\t{TargetDomainName}\n\
            \tUser ID:\t\t\t{TargetSid}\n\nService Information:\n\tService Name:\t\t{ServiceName}\n\
            \tService ID:\t\t{ServiceSid}\n\nNetwork Information:\n\tClient Address:\t\t{IpAddress}\n\
            \tClient Port:\t\t{IpPort}\n\nAdditional Information:\n\tTicket Options:\t\t{TicketOptions}\n\
            \tResult Code:\t\t{Status}\n\tTicket Encryption Type:\t{TicketEncryptionType}\n\
            \tPre-Authentication Type:\t{PreAuthType}",
    },
    Layout {
        id: 4769,
        source: AUDIT,
        category: "Kerberos Service Ticket Operations",
        message: "A Kerberos service ticket was requested.\n\nAccount Information:\n\
            \tAccount Name:\t\t{TargetUserName}\n\tAccount Domain:\t\t{TargetDomainName}\n\
            \tLogon GUID:\t\t{LogonGuid}\n\nService Information:\n\tService Name:\t\t{ServiceName}\n\
            \tService ID:\t\t{ServiceSid}\n\nNetwork Information:\n\tClient Address:\t\t{IpAddress}\n\
            \tClient Port:\t\t{IpPort}\n\nAdditional Information:\n\tTicket Options:\t\t{TicketOptions}\n\
            \tTicket Encryption Type:\t{TicketEncryptionType}\n\tFailure Code:\t\t{Status}",
    },
    Layout {
        id: 7045,
        source: "Microsoft-Windows-Service Control Manager",
        category: "None",
        message: "A service was installed in the system.\n\nService Name:  {ServiceName}\n\
            Service File Name:  {ImagePath}\nService Type:  {ServiceType}\nService Start Type:  {StartType}\n\
            Service Account:  {AccountName}",
    },
];

/// The layout of an event's message, if it is known.
pub fn layout(event: &Event) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.id == event.id)
}

/// One event as classic text with line breaks of Windows, ending in an empty line; `None` if the layout of its message
/// is not known.
pub fn to_string(event: &Event) -> Option<String> {
    let layout = layout(event)?;
    let kind = match event.level {
        1 => ("Critical", 1),
        2 => ("Error", 2),
        3 => ("Warning", 3),
        _ => ("Information", if event.keywords & 0x0030_0000_0000_0000 == 0 { 4 } else { 0 }),
    };
    let keywords = match event.keywords {
        audit if audit & 0x0020_0000_0000_0000 != 0 => "Audit Success",
        audit if audit & 0x0010_0000_0000_0000 != 0 => "Audit Failure",
        _ => "None",
    };
    let mut text = format!(
        "{}\nLogName={}\nEventCode={}\nEventType={}\nComputerName={}\n",
        date(event.time),
        event.channel,
        event.id,
        kind.1,
        event.computer
    );
    if let Some(user) = &event.user {
        let _ = writeln!(text, "User=NOT_TRANSLATED\nSid={user}\nSidType=0");
    }
    let _ = write!(
        text,
        "SourceName={}\nType={}\nRecordNumber={}\nKeywords={keywords}\nTaskCategory={}\nOpCode=Info\nMessage=",
        layout.source, kind.0, event.record_id, layout.category
    );
    fill(layout.message, event, &mut text);
    text.push_str("\n\n");
    Some(text.replace("\r\n", "\n").replace('\n', "\r\n"))
}

/// A message with the values of an event.
fn fill(message: &str, event: &Event, out: &mut String) {
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some(value) = event.data.get(name) {
            let _ = write!(out, "{value}");
        }
        rest = after;
    }
    out.push_str(rest);
}

/// The date line: month, day and year, the hour of twelve.
fn date(time: FileTime) -> String {
    // 2026-01-02T03:04:05.1234567Z
    let text = time.to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let hour: u32 = part(11, 13).parse().unwrap_or_default();
    let half = if hour < 12 { "AM" } else { "PM" };
    let (month, day, year, rest) = (part(5, 7), part(8, 10), part(0, 4), part(13, 19));
    format!("{month}/{day}/{year} {:02}{rest} {half}", (hour + 11) % 12 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Payload;

    #[test]
    fn an_event_as_text() {
        let event = Event {
            id: 7045,
            channel: "System".into(),
            computer: "host.example".into(),
            time: FileTime::from_unix(1_767_323_045),
            record_id: 5,
            data: Payload::named([("ServiceName", "svc".into()), ("ImagePath", "C:\\a.exe".into())]),
            ..Event::default()
        };
        let text = to_string(&event).unwrap();
        assert!(
            text.starts_with("01/02/2026 03:04:05 AM\r\nLogName=System\r\nEventCode=7045\r\nEventType=4\r\n"),
            "{text}"
        );
        assert!(
            text.contains("\r\nMessage=A service was installed in the system.\r\n\r\nService Name:  svc\r\n"),
            "{text}"
        );
        assert_eq!(to_string(&Event { id: 9, ..event }), None);
    }

    #[test]
    fn hours_of_twelve() {
        for (hour, expected) in
            [(0, "12:00:00 AM"), (1, "01:00:00 AM"), (12, "12:00:00 PM"), (23, "11:00:00 PM")]
        {
            assert_eq!(date(FileTime::from_unix(hour * 3600)), format!("01/01/1970 {expected}"));
        }
    }

    #[test]
    fn layouts_are_in_order_and_have_labels() {
        assert!(LAYOUTS.is_sorted_by_key(|layout| layout.id));
        for layout in LAYOUTS {
            assert!(layout.labels().count() >= 2, "{}", layout.id);
        }
    }
}
