//! Attacks to hide in the background: at least one for every rule that the project ships.

mod intrusion;
mod lateral;

use crate::event::Event;
use crate::site::{HostId, Site};

/// Something that an attacker does.
#[derive(Clone, Copy)]
pub struct Attack {
    /// A short name, unique.
    pub name: &'static str,
    /// The rules that look for it: names of files in `rules/detections` without their ending.
    pub rules: &'static [&'static str],
    /// Whether it happens on the domain controller; else it happens on a workstation.
    pub on_dc: bool,
    play: fn(&mut Site, HostId, &mut Vec<Event>),
}

impl Attack {
    /// Plays the attack on `host`; the events that it leaves are appended in order of time.
    pub fn play(&self, site: &mut Site, host: HostId, events: &mut Vec<Event>) {
        (self.play)(site, host, events);
    }

    /// The attack called `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|attack| attack.name == name)
    }
}

/// All attacks.
pub const ALL: &[Attack] = &[
    lateral::WINRM,
    lateral::WINRM_SPLIT,
    lateral::RDP_LOOPBACK,
    lateral::SHARE_TASK,
    lateral::SHARE_SERVICE,
    lateral::WEAK_TICKETS,
    intrusion::COMPILER,
    intrusion::SCRIPT_CONNECTION,
    intrusion::LONG_COMMAND,
    intrusion::KEYSTROKES,
    intrusion::ARCHIVE,
    intrusion::LINUX_READ,
    intrusion::NETWORK_PROVIDER,
    intrusion::SYSVOL_SCRIPT,
    intrusion::HISTORY,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for (index, attack) in ALL.iter().enumerate() {
            assert!(ALL[..index].iter().all(|other| other.name != attack.name), "{}", attack.name);
            assert!(Attack::named(attack.name).is_some());
            assert!(!attack.rules.is_empty(), "{}", attack.name);
        }
        assert!(Attack::named("nothing").is_none());
    }

    #[test]
    fn every_attack_leaves_events_on_its_host_in_order_of_time() {
        for attack in ALL {
            let mut site = Site::new(11, 2);
            let host = if attack.on_dc { Site::DC } else { Site::WORKSTATION };
            let mut events = Vec::new();
            attack.play(&mut site, host, &mut events);
            assert!(!events.is_empty(), "{}", attack.name);
            assert!(events.windows(2).all(|pair| pair[0].time < pair[1].time), "{}", attack.name);
            assert!(events.iter().all(|event| event.computer == site.host(host).fqdn), "{}", attack.name);
        }
    }
}
