//! An ordinary day: what machines write when nobody attacks them.
//!
//! Each action is a small thing that happens on a machine and the events that tell of it, in every log that would.

use crate::event::Event;
use crate::kinds::logon::{Session, Way};
use crate::kinds::powershell::Script;
use crate::kinds::sysmon::Connection;
use crate::kinds::{defender, directory, logon, powershell, security, sysmon, system};
use crate::phrases;
use crate::programs::{PROGRAMS, Program};
use crate::site::{DNS_DOMAIN, HostId, PEOPLE, Role, Site};
use crate::value::Text;

/// Something that happens on a machine; its events are appended.
type Action = fn(&mut Site, HostId, &mut Vec<Event>);

/// How often each action happens on a workstation and on a domain controller, relative to the others.
const ACTIONS: &[(u64, u64, Action)] = &[
    (3000, 1000, start_program),
    (2000, 800, end_program),
    (1600, 1600, connect),
    (1000, 600, load_library),
    (400, 400, open_process),
    (1400, 400, create_file),
    (400, 300, touch_key),
    (1200, 800, set_value),
    (1400, 400, resolve_name),
    (300, 100, delete_file),
    (500, 2500, hold_session),
    (60, 200, mistype_password),
    (80, 80, use_other_account),
    (0, 4000, get_tickets),
    (0, 10, create_account),
    (0, 2, clear_log),
    (600, 300, run_script),
    (500, 300, change_service_state),
    (60, 60, change_start_type),
    (10, 10, install_service),
    (10, 10, register_task),
    (400, 300, run_task),
    (8, 2, detect_download),
    (60, 30, update_defender),
];

/// Lets something happen on `host`.
pub(crate) fn act(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let weight = |action: &(u64, u64, Action)| match site.host(host).role {
        Role::Workstation => action.0,
        Role::DomainController => action.1,
    };
    let weights: Vec<u64> = ACTIONS.iter().map(weight).collect();
    let mut ticket = site.random.below(weights.iter().sum());
    for (action, weight) in ACTIONS.iter().zip(weights) {
        if ticket < weight {
            (action.2)(site, host, events);
            break;
        }
        ticket -= weight;
    }
    let pause = site.random.below(1500);
    site.wait(pause);
}

/// Fills in the placeholders of a command line or path.
fn fill(site: &mut Site, user: &str, template: &'static str) -> Text {
    if !template.contains('{') {
        return template.into();
    }
    let mut text = template.replace("{user}", user);
    while let Some(at) = text.find("{n}") {
        let number = site.random.between(10_000, 99_999).to_string();
        text.replace_range(at..at + 3, &number);
    }
    if text.contains("{guid}") {
        text = text.replace("{guid}", &site.new_guid().to_string().to_ascii_uppercase());
    }
    text.into()
}

fn start_program(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let desk = site.host(host).role == Role::Workstation;
    let usable = |program: &&Program| desk || program.system || program.original == "mmc.exe";
    let choices: Vec<&Program> = PROGRAMS.iter().filter(usable).collect();
    let Some(&program) = site.random.choose(&choices) else { return };
    let owner = site.host(host).owner;
    let image = fill(site, owner.name, program.image);
    let command = site.random.pick(program.commands);
    let command = fill(site, owner.name, command);
    let (user, logon_id) = if program.system {
        (Text::Borrowed("NT AUTHORITY\\SYSTEM"), 0x3e7)
    } else {
        (owner.qualified().into(), site.host(host).logon_id)
    };
    let parent = site.running(host, program.parent);
    let process = site.start(host, image, command, user, logon_id);
    events.push(sysmon::process_create(site, host, &process, &parent));
    events.push(security::process_created(site, host, &process, &parent));
}

fn end_program(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    if let Some(process) = site.end_oldest(host) {
        events.push(sysmon::process_end(site, host, &process));
    }
}

fn connect(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let process = site.any_running(host);
    let inside = site.host(host).role == Role::DomainController || site.random.chance(400);
    let connection = if inside {
        let peer = if host == Site::DC { site.any_workstation() } else { Site::DC };
        Connection {
            initiated: host != Site::DC,
            protocol: "tcp",
            ip: site.host(peer).ip.clone().into(),
            name: site.host(peer).fqdn.clone().into(),
            port: if host == Site::DC {
                site.random.between(49_152, 65_535) as u16
            } else {
                site.random.pick(&[88, 135, 389, 445])
            },
        }
    } else {
        Connection {
            initiated: true,
            protocol: "tcp",
            ip: format!("198.51.100.{}", site.random.between(1, 254)).into(),
            name: "-".into(),
            port: if site.random.chance(60) { 80 } else { 443 },
        }
    };
    events.push(sysmon::connection(site, host, &process, &connection));
}

fn load_library(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let process = site.any_running(host);
    let path = site.random.pick(phrases::LIBRARIES);
    events.push(sysmon::image_load(site, host, &process, path));
}

fn open_process(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let (source, target) = (site.any_running(host), site.any_running(host));
    events.push(sysmon::process_access(site, host, &source, &target));
}

fn create_file(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let process = site.any_running(host);
    let (user, path) = (site.host(host).owner.name, site.random.pick(phrases::FILES));
    let path = fill(site, user, path);
    events.push(sysmon::file_create(site, host, &process, path));
}

fn delete_file(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let process = site.any_running(host);
    let (user, path) = (site.host(host).owner.name, site.random.pick(phrases::FILES));
    let path = fill(site, user, path).into_owned();
    events.push(sysmon::file_delete(site, host, &process, path));
}

fn touch_key(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let process = site.any_running(host);
    let (sid, key) = (site.host(host).owner.sid().to_string(), site.random.pick(phrases::KEYS));
    let key = fill(site, &sid, key);
    let what = site.random.pick(&["CreateKey", "DeleteKey", "DeleteValue"]);
    events.push(sysmon::registry_key(site, host, &process, what, key));
}

fn set_value(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let process = site.any_running(host);
    let (path, details) = site.random.pick(phrases::VALUES);
    let sid = site.host(host).owner.sid().to_string();
    let (path, details) = (fill(site, &sid, path), fill(site, &sid, details));
    events.push(sysmon::registry_value(site, host, &process, path, details));
}

fn resolve_name(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let process = site.any_running(host);
    let name = site.random.pick(phrases::NAMES);
    events.push(sysmon::dns_query(site, host, &process, name));
}

fn hold_session(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let logon_id = site.new_logon_id();
    let session = if site.host(host).role == Role::DomainController || site.random.chance(300) {
        let from = site.any_workstation();
        Session {
            person: site.any_person(),
            way: Way::Network,
            logon_id,
            ip: site.host(from).ip.clone().into(),
        }
    } else {
        let way =
            site.random.choose(&[Way::Console, Way::Unlock, Way::Service]).copied().unwrap_or(Way::Console);
        let person = if way == Way::Service { PEOPLE[7] } else { site.host(host).owner };
        Session { person, way, logon_id, ip: if way == Way::Service { "-" } else { "127.0.0.1" }.into() }
    };
    events.push(logon::logon(site, host, &session));
    if session.person == PEOPLE[0] {
        events.push(logon::special_logon(site, host, &session));
    }
    let pause = site.random.between(200, 9000);
    site.wait(pause);
    events.push(logon::logoff(site, host, &session));
}

fn mistype_password(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let person = site.any_person();
    let session = Session { person, way: Way::Unlock, logon_id: 0, ip: "127.0.0.1".into() };
    events.push(logon::logon_failed(site, host, &session));
}

fn use_other_account(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let person = site.any_person();
    events.push(logon::explicit_logon(site, host, person));
}

fn get_tickets(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let (person, from) = (site.any_person(), site.any_workstation());
    events.push(directory::ticket_granting_ticket(site, host, person, from));
    for _ in 0..site.random.between(1, 3) {
        let machine = site.any_host();
        let service = format!("{}$", site.host(machine).name);
        let ticket = directory::Ticket { service, rid: 1200 + machine as u32, encryption: 0x12 };
        site.wait(3);
        events.push(directory::service_ticket(site, host, person, from, &ticket));
    }
}

fn create_account(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let number = site.random.between(1000, 9999);
    let event =
        directory::user_created(site, host, PEOPLE[0], &format!("trainee{number}"), 2000 + number as u32);
    events.push(event);
}

fn clear_log(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    events.push(security::audit_log_cleared(site, host, PEOPLE[0]));
}

fn run_script(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let person = site.host(host).owner;
    let (text, path) = site.random.pick(phrases::SCRIPTS);
    let script = Script { path, ..Script::typed(fill(site, person.name, text)) };
    events.extend(powershell::script_block(site, host, person, script));
    let call = site.random.pick(phrases::PIPELINES);
    events.push(powershell::pipeline(site, host, person, call));
}

fn change_service_state(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let (service, running) = (site.random.pick(phrases::SERVICES), site.random.chance(500));
    events.push(system::service_state(site, host, service, running));
}

fn change_start_type(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let back = site.random.chance(500);
    let (auto, demand) = ("auto start", "demand start");
    let change = if back { (demand, auto) } else { (auto, demand) };
    let service = ("Background Intelligent Transfer Service", "BITS");
    events.push(system::start_type(site, host, service, change));
}

fn install_service(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let command = "\"C:\\Program Files\\Harbor\\Inventory\\agent.exe\" --service";
    let event = system::installed(site, host, PEOPLE[0], "Harbor Inventory Agent".into(), command.into());
    events.push(event);
}

fn register_task(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let (person, name) = (PEOPLE[0], "\\Harbor\\Inventory Report");
    let xml = security::task_xml(
        &person.qualified(),
        "C:\\Program Files\\Harbor\\Inventory\\agent.exe",
        &format!("--report --domain {DNS_DOMAIN}"),
    );
    events.push(security::task_created(site, host, person, name, xml));
    events.push(system::task_registered(site, host, person, name));
}

fn run_task(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let (task, action) = site.random.pick(phrases::TASKS);
    events.extend(system::task_run(site, host, task, action));
}

fn detect_download(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    let person = site.host(host).owner;
    events.push(defender::detection(site, host, person));
}

fn update_defender(site: &mut Site, host: HostId, events: &mut Vec<Event>) {
    events.push(defender::configuration(site, host));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled() {
        let mut site = Site::new(1, 1);
        let text = fill(&mut site, "eve", "C:\\{user}\\{n}-{n}\\{guid}");
        assert!(text.starts_with("C:\\eve\\") && !text.contains("{n}") && !text.contains("{guid}"), "{text}");
        let plain = fill(&mut site, "eve", "C:\\Windows");
        assert!(matches!(plain, Text::Borrowed("C:\\Windows")));
    }

    #[test]
    fn every_action_writes_events_in_order_of_time() {
        for (index, (_, _, action)) in ACTIONS.iter().enumerate() {
            for host in [Site::DC, Site::WORKSTATION] {
                let mut site = Site::new(index as u64, 2);
                let mut events = Vec::new();
                start_program(&mut site, host, &mut events);
                action(&mut site, host, &mut events);
                assert!(events.len() > 2, "action {index}");
                assert!(events.windows(2).all(|pair| pair[0].time < pair[1].time), "action {index}");
                assert!(events.iter().all(|event| event.computer == site.host(host).fqdn), "action {index}");
            }
        }
    }

    #[test]
    fn a_workstation_hands_out_no_tickets() {
        let mut site = Site::new(3, 1);
        let mut events = Vec::new();
        (0..3000).for_each(|_| act(&mut site, Site::WORKSTATION, &mut events));
        assert!(events.iter().all(|event| ![4768, 4769, 4720].contains(&event.id)));
        assert!(events.iter().any(|event| event.id == 4624));
    }
}
