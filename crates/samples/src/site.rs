//! The invented company whose machines write the logs: hosts, people, running processes and the clock.

use crate::event::{Event, Payload};
use crate::kinds::{Channel, Kind, Logger};
use crate::random::{Random, text_seed};
use crate::time::{FileTime, MILLISECOND};
use crate::value::{Guid, Sid, Text};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

/// The short name of the company's domain.
pub const DOMAIN: &str = "HARBOR";
/// Its DNS name, in a zone that nobody owns.
pub const DNS_DOMAIN: &str = "harbor.example";
/// The three numbers of the domain's SID.
const DOMAIN_SID: [u32; 3] = [2_786_104_351, 1_190_427_733, 3_058_213_942];
/// When the logs begin: Monday, 2 March 2026, 08:00 UTC.
const START: FileTime = FileTime::from_unix(1_772_438_400);
/// How many processes a host remembers; older ones are forgotten so that memory stays the same.
const LIVE_PROCESSES: usize = 48;

/// What a machine is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Somebody's desk.
    Workstation,
    /// The directory of the domain.
    DomainController,
}

/// Somebody with an account in the domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The account's name.
    pub name: &'static str,
    /// The last part of its SID.
    pub rid: u32,
}

/// Who works here. The first is the administrator of the domain.
pub const PEOPLE: [Person; 9] = [
    Person { name: "adm-lund", rid: 1104 },
    Person { name: "m.keller", rid: 1108 },
    Person { name: "s.okafor", rid: 1109 },
    Person { name: "j.brandt", rid: 1113 },
    Person { name: "a.rossi", rid: 1117 },
    Person { name: "l.novak", rid: 1121 },
    Person { name: "t.ishida", rid: 1124 },
    Person { name: "svc-backup", rid: 1130 },
    Person { name: "svc-reports", rid: 1131 },
];

impl Person {
    /// The SID of the account.
    pub fn sid(self) -> Sid {
        let [a, b, c] = DOMAIN_SID;
        Sid { authority: 5, parts: vec![21, a, b, c, self.rid].into() }
    }

    /// `HARBOR\name`.
    pub fn qualified(self) -> String {
        format!("{DOMAIN}\\{}", self.name)
    }
}

/// A SID of the domain with the last part `rid`.
pub fn domain_sid(rid: u32) -> Sid {
    Person { name: "", rid }.sid()
}

/// A running process, as Sysmon and the audit know it.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// Sysmon's GUID for it.
    pub guid: Guid,
    /// The number that Windows gave it.
    pub id: u32,
    /// The path of its program.
    pub image: Text,
    /// How it was started.
    pub command_line: Text,
    /// Its account, with domain.
    pub user: Text,
    /// The session that it belongs to.
    pub logon_id: u64,
}

/// A machine and its event logs.
#[derive(Debug)]
pub struct Host {
    /// The full DNS name: `Computer` of its events.
    pub fqdn: String,
    /// Its short name.
    pub name: String,
    /// Its address.
    pub ip: String,
    /// What it is for.
    pub role: Role,
    /// Who uses it.
    pub owner: Person,
    pub(crate) logon_id: u64,
    machine_id: u32,
    live: VecDeque<Arc<Process>>,
    records: [u64; Channel::COUNT],
    services: [u32; Logger::COUNT],
}

/// Which of a site's hosts: an index into [`Site::hosts`].
pub type HostId = usize;

/// The company at a moment of its day.
pub struct Site {
    /// Where all chance comes from.
    pub random: Random,
    /// The time of the next event.
    pub now: FileTime,
    hosts: Vec<Host>,
}

impl Site {
    /// The domain controller of every site.
    pub const DC: HostId = 0;
    /// The first workstation of every site.
    pub const WORKSTATION: HostId = 1;

    /// One domain controller and `workstations` desks, at least one.
    pub fn new(seed: u64, workstations: usize) -> Self {
        let mut random = Random::new(seed);
        let mut hosts = vec![Host::new(&mut random, "HRB-DC01".to_owned(), 10, Role::DomainController)];
        hosts.extend((0..workstations.max(1)).map(|index| {
            Host::new(&mut random, format!("HRB-WS{:03}", index + 14), index + 20, Role::Workstation)
        }));
        let mut site = Self { random, now: START, hosts };
        for host in 0..site.hosts.len() {
            site.boot(host);
        }
        site
    }

    /// All machines.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// One machine; ids that do not exist mean the domain controller.
    pub fn host(&self, id: HostId) -> &Host {
        &self.hosts[if id < self.hosts.len() { id } else { Self::DC }]
    }

    fn host_mut(&mut self, id: HostId) -> &mut Host {
        let id = if id < self.hosts.len() { id } else { Self::DC };
        &mut self.hosts[id]
    }

    /// The processes that run from the start and never end.
    fn boot(&mut self, host: HostId) {
        let system = "NT AUTHORITY\\SYSTEM";
        for (image, command) in [
            ("C:\\Windows\\System32\\services.exe", "C:\\Windows\\system32\\services.exe"),
            (
                "C:\\Windows\\System32\\svchost.exe",
                "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule",
            ),
        ] {
            self.start(host, image.into(), command.into(), system.into(), 0x3e7);
        }
        let (user, logon) = (self.host(host).owner.qualified(), self.host(host).logon_id);
        self.start(
            host,
            "C:\\Windows\\explorer.exe".into(),
            "C:\\Windows\\Explorer.EXE".into(),
            user.into(),
            logon,
        );
    }

    /// Lets `milliseconds` pass, and a random rest of one.
    pub fn wait(&mut self, milliseconds: u64) {
        let rest = self.random.below(MILLISECOND);
        self.now = self.now.after(milliseconds * MILLISECOND + rest);
    }

    /// An event of `kind` on `host`, now, with the next number of its log.
    pub fn event(&mut self, host: HostId, kind: &Kind, data: Payload) -> Event {
        let thread_id = 4 * self.random.between(100, 2500) as u32;
        let time = self.now;
        let machine = self.host_mut(host);
        let record = &mut machine.records[kind.channel as usize];
        *record += 1;
        let event = Event {
            provider: kind.provider.to_provider(),
            id: kind.id,
            qualifiers: kind.qualifiers,
            version: kind.version,
            level: kind.level,
            task: kind.task,
            opcode: kind.opcode,
            keywords: kind.keywords,
            time,
            record_id: *record,
            activity_id: None,
            process_id: machine.services[kind.logger as usize],
            thread_id,
            channel: Cow::Borrowed(kind.channel.name()),
            computer: Cow::Owned(machine.fqdn.clone()),
            user: kind.logger.user(),
            data,
        };
        self.wait(1);
        event
    }

    /// Makes a process run on `host`; nothing is logged.
    pub fn start(
        &mut self,
        host: HostId,
        image: Text,
        command_line: Text,
        user: Text,
        logon_id: u64,
    ) -> Arc<Process> {
        let seconds = self.now.unix_seconds();
        let token = self.random.bits().to_be_bytes();
        let id = 4 * self.random.between(250, 5000) as u32;
        let machine = self.host_mut(host);
        let [a, b, c, d, ..] = token;
        let guid =
            Guid::new(machine.machine_id, seconds as u16, (seconds >> 16) as u16, [a, b, c, d, 0, 0, 0, 1]);
        let process = Arc::new(Process { guid, id, image, command_line, user, logon_id });
        if machine.live.len() == LIVE_PROCESSES {
            // The first three came with the machine and stay.
            machine.live.remove(3);
        }
        machine.live.push_back(Arc::clone(&process));
        process
    }

    /// The running process of `host` whose program ends with `name`, or the oldest.
    pub fn running(&self, host: HostId, name: &str) -> Arc<Process> {
        let live = &self.host(host).live;
        let found = live.iter().rev().find(|process| process.image.ends_with(name)).or_else(|| live.front());
        found.map_or_else(|| Arc::new(Process::unknown()), Arc::clone)
    }

    /// A running process of `host`, whichever.
    pub fn any_running(&mut self, host: HostId) -> Arc<Process> {
        let index = self.random.below(self.host(host).live.len() as u64) as usize;
        self.host(host).live.get(index).map_or_else(|| Arc::new(Process::unknown()), Arc::clone)
    }

    /// Ends the oldest process of `host` that may end; `None` when only those are left that came with the machine.
    pub fn end_oldest(&mut self, host: HostId) -> Option<Arc<Process>> {
        self.host_mut(host).live.remove(3)
    }

    /// Somebody who is not a service.
    pub fn any_person(&mut self) -> Person {
        let index = self.random.below(7) as usize;
        PEOPLE[index]
    }

    /// Any machine.
    pub fn any_host(&mut self) -> HostId {
        self.random.below(self.hosts.len() as u64) as usize
    }

    /// Any workstation.
    pub fn any_workstation(&mut self) -> HostId {
        1 + self.random.below(self.hosts.len() as u64 - 1) as usize
    }

    /// A new session's number.
    pub fn new_logon_id(&mut self) -> u64 {
        self.random.between(0x20_0000, 0x3F0_0000)
    }

    /// A new random GUID, marked as such.
    pub fn new_guid(&mut self) -> Guid {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.random.bits().to_le_bytes());
        bytes[8..].copy_from_slice(&self.random.bits().to_le_bytes());
        bytes[7] = bytes[7] & 0x0F | 0x40;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        Guid(bytes)
    }
}

impl Process {
    /// What Sysmon writes of a process that it did not see start.
    fn unknown() -> Self {
        Self {
            guid: Guid::default(),
            id: 4,
            image: "System".into(),
            command_line: "".into(),
            user: "NT AUTHORITY\\SYSTEM".into(),
            logon_id: 0x3e7,
        }
    }

    /// The file name of its program.
    pub fn name(&self) -> &str {
        self.image.rsplit('\\').next().unwrap_or_default()
    }
}

impl Host {
    fn new(random: &mut Random, name: String, number: usize, role: Role) -> Self {
        let owner = match role {
            Role::DomainController => PEOPLE[0],
            Role::Workstation => PEOPLE[1 + (number - 20) % 6],
        };
        let network = number / 200;
        Self {
            fqdn: format!("{name}.{DNS_DOMAIN}"),
            ip: format!("10.20.{}.{}", 4 + network, number % 200 + 10),
            machine_id: text_seed(&name) as u32,
            name,
            role,
            owner,
            logon_id: random.between(0x4_0000, 0xF_FFFF),
            live: VecDeque::with_capacity(LIVE_PROCESSES),
            records: std::array::from_fn(|_| random.between(1000, 90_000)),
            services: std::array::from_fn(|_| 4 * random.between(150, 900) as u32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds;

    #[test]
    fn a_seed_gives_the_same_site() {
        let describe = |seed| {
            let site = Site::new(seed, 3);
            site.hosts().iter().map(|host| format!("{host:?}")).collect::<Vec<_>>()
        };
        assert_eq!(describe(1), describe(1));
        assert_ne!(describe(1), describe(2));
        let site = Site::new(1, 3);
        assert_eq!(site.hosts().len(), 4);
        assert_eq!(site.host(Site::DC).role, Role::DomainController);
        assert_eq!(site.host(99).name, site.host(Site::DC).name);
    }

    #[test]
    fn a_log_counts_its_own_records_and_time_moves_on() {
        let mut site = Site::new(5, 1);
        let mut next = |host, kind| site.event(host, kind, Payload::default());
        let first = next(1, &kinds::SYSMON_PROCESS_CREATE);
        let other = next(0, &kinds::SYSMON_PROCESS_CREATE);
        let audit = next(1, &kinds::PROCESS_CREATED);
        let second = next(1, &kinds::SYSMON_PROCESS_CREATE);
        assert_eq!(second.record_id, first.record_id + 1);
        assert_ne!(other.computer, first.computer);
        assert!(first.time < other.time && other.time < audit.time);
        assert_eq!(first.user, Some(Sid::LOCAL_SYSTEM));
        assert_eq!(audit.user, None);
    }

    #[test]
    fn a_host_forgets_old_processes_but_not_its_first_ones() {
        let mut site = Site::new(5, 1);
        for number in 0..200 {
            let image = format!("C:\\p{number}.exe");
            site.start(1, image.into(), "".into(), "".into(), 1);
        }
        assert_eq!(site.host(1).live.len(), LIVE_PROCESSES);
        assert_eq!(site.running(1, "\\explorer.exe").name(), "explorer.exe");
        assert_eq!(site.running(1, "\\p199.exe").name(), "p199.exe");
        assert_eq!(site.running(1, "\\p2.exe").name(), "services.exe", "forgotten");
        assert_eq!(site.end_oldest(1).unwrap().name(), "p155.exe");
    }
}
