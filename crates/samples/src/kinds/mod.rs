//! The kinds of event that the generator writes: who writes them, where, and with which numbers.
//!
//! Names and numbers from the providers' manifests; the fields are built in the sibling modules.

pub(crate) mod defender;
pub(crate) mod directory;
pub(crate) mod logon;
pub(crate) mod powershell;
pub(crate) mod security;
pub(crate) mod sysmon;
pub(crate) mod system;

use crate::event::Provider;
use crate::value::{Guid, Sid};
use std::borrow::Cow;

/// An event log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// `Security`
    Security,
    /// `System`
    System,
    /// `Microsoft-Windows-Sysmon/Operational`
    Sysmon,
    /// `Microsoft-Windows-PowerShell/Operational`
    PowerShell,
    /// `Microsoft-Windows-TaskScheduler/Operational`
    TaskScheduler,
    /// `Microsoft-Windows-Windows Defender/Operational`
    Defender,
}

impl Channel {
    /// How many there are.
    pub const COUNT: usize = 6;

    /// The name that its events carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Security => "Security",
            Self::System => "System",
            Self::Sysmon => "Microsoft-Windows-Sysmon/Operational",
            Self::PowerShell => "Microsoft-Windows-PowerShell/Operational",
            Self::TaskScheduler => "Microsoft-Windows-TaskScheduler/Operational",
            Self::Defender => "Microsoft-Windows-Windows Defender/Operational",
        }
    }
}

/// The process that writes an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logger {
    /// The Sysmon service.
    Sysmon,
    /// `lsass.exe`, for audits of logons and accounts.
    Lsass,
    /// The kernel and the event log service, for the other audits.
    Kernel,
    /// `services.exe`
    Services,
    /// A PowerShell host; the account is that of the script.
    PowerShell,
    /// The scheduler's `svchost.exe`
    Scheduler,
    /// `MsMpEng.exe`
    Defender,
}

impl Logger {
    /// How many there are.
    pub const COUNT: usize = 7;

    /// The account that the event names for itself: audits name none.
    pub(crate) fn user(self) -> Option<Sid> {
        match self {
            Self::Lsass | Self::Kernel | Self::Services => None,
            Self::Sysmon | Self::PowerShell | Self::Scheduler | Self::Defender => Some(Sid::LOCAL_SYSTEM),
        }
    }
}

/// A provider, as it can be written in a constant.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    name: &'static str,
    guid: Guid,
    source_name: Option<&'static str>,
}

impl Origin {
    /// The same, for an event.
    pub(crate) fn to_provider(self) -> Provider {
        Provider {
            name: Cow::Borrowed(self.name),
            guid: Some(self.guid),
            source_name: self.source_name.map(Cow::Borrowed),
        }
    }
}

/// What all events of a provider and event id have in common.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub(crate) provider: Origin,
    pub(crate) channel: Channel,
    pub(crate) id: u16,
    pub(crate) qualifiers: Option<u16>,
    pub(crate) version: u8,
    pub(crate) level: u8,
    pub(crate) task: u16,
    pub(crate) opcode: u8,
    pub(crate) keywords: u64,
    pub(crate) logger: Logger,
}

impl Kind {
    /// The event id.
    pub const fn id(&self) -> u16 {
        self.id
    }

    /// The name of the provider.
    pub const fn provider(&self) -> &'static str {
        self.provider.name
    }
}

const fn origin(name: &'static str, guid: Guid) -> Origin {
    Origin { name, guid, source_name: None }
}

const SYSMON: Origin = origin(
    "Microsoft-Windows-Sysmon",
    Guid::new(0x5770_385f, 0xc22a, 0x43e0, [0xbf, 0x4c, 0x06, 0xf5, 0x69, 0x8f, 0xfb, 0xd9]),
);
const AUDITING: Origin = origin(
    "Microsoft-Windows-Security-Auditing",
    Guid::new(0x5484_9625, 0x5478, 0x4994, [0xa5, 0xba, 0x3e, 0x3b, 0x03, 0x28, 0xc3, 0x0d]),
);
const EVENTLOG: Origin = origin(
    "Microsoft-Windows-Eventlog",
    Guid::new(0xfc65_ddd8, 0xd6ef, 0x4962, [0x83, 0xd5, 0x6e, 0x5c, 0xfe, 0x9c, 0xe1, 0x48]),
);
const POWERSHELL: Origin = origin(
    "Microsoft-Windows-PowerShell",
    Guid::new(0xa0c1_853b, 0x5c40, 0x4b15, [0x87, 0x66, 0x3c, 0xf1, 0xc5, 0x8f, 0x98, 0x5a]),
);
const SCHEDULER: Origin = origin(
    "Microsoft-Windows-TaskScheduler",
    Guid::new(0xde7b_24ea, 0x73c8, 0x4a09, [0x98, 0x5d, 0x5b, 0xda, 0xdc, 0xfa, 0x90, 0x17]),
);
const DEFENDER: Origin = origin(
    "Microsoft-Windows-Windows Defender",
    Guid::new(0x11cd_958a, 0xc507, 0x4ef3, [0xb3, 0xf2, 0x5f, 0xd9, 0xdf, 0xbd, 0x2c, 0x78]),
);
const SERVICES: Origin = Origin {
    name: "Service Control Manager",
    guid: Guid::new(0x5559_08d1, 0xa6d7, 0x4695, [0x8e, 0x1e, 0x26, 0x93, 0x1d, 0x20, 0x12, 0xf4]),
    source_name: Some("Service Control Manager"),
};

/// Audits that say that something went well.
const AUDIT_SUCCESS: u64 = 0x8020_0000_0000_0000;
/// Audits that say that it did not.
const AUDIT_FAILURE: u64 = 0x8010_0000_0000_0000;

const fn sysmon(id: u16, version: u8) -> Kind {
    Kind {
        provider: SYSMON,
        channel: Channel::Sysmon,
        id,
        qualifiers: None,
        version,
        level: 4,
        task: id,
        opcode: 0,
        keywords: 0x8000_0000_0000_0000,
        logger: Logger::Sysmon,
    }
}

const fn audit(id: u16, version: u8, task: u16, logger: Logger) -> Kind {
    Kind {
        provider: AUDITING,
        channel: Channel::Security,
        id,
        qualifiers: None,
        version,
        level: 0,
        task,
        opcode: 0,
        keywords: AUDIT_SUCCESS,
        logger,
    }
}

const fn service(id: u16) -> Kind {
    Kind {
        provider: SERVICES,
        channel: Channel::System,
        id,
        qualifiers: Some(16384),
        version: 0,
        level: 4,
        task: 0,
        opcode: 0,
        keywords: 0x8080_0000_0000_0000,
        logger: Logger::Services,
    }
}

const fn powershell(id: u16, level: u8, task: u16, opcode: u8) -> Kind {
    Kind {
        provider: POWERSHELL,
        channel: Channel::PowerShell,
        id,
        qualifiers: None,
        version: 1,
        level,
        task,
        opcode,
        keywords: 0,
        logger: Logger::PowerShell,
    }
}

const fn task(id: u16, version: u8, opcode: u8) -> Kind {
    Kind {
        provider: SCHEDULER,
        channel: Channel::TaskScheduler,
        version,
        opcode,
        task: id,
        logger: Logger::Scheduler,
        ..sysmon(id, version)
    }
}

const fn defender(id: u16, level: u8) -> Kind {
    Kind {
        provider: DEFENDER,
        channel: Channel::Defender,
        level,
        task: 0,
        logger: Logger::Defender,
        ..sysmon(id, 0)
    }
}

/// Declares the kinds and collects them in [`ALL`].
macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident = $kind:expr;)+) => {
        $($(#[$doc])+ pub const $name: Kind = $kind;)+
        /// Every kind that the generator writes.
        pub const ALL: &[Kind] = &[$($name),+];
    };
}

kinds! {
    /// Sysmon 1.
    SYSMON_PROCESS_CREATE = sysmon(1, 5);
    /// Sysmon 3.
    SYSMON_CONNECTION = sysmon(3, 5);
    /// Sysmon 5.
    SYSMON_PROCESS_END = sysmon(5, 3);
    /// Sysmon 7.
    SYSMON_IMAGE_LOAD = sysmon(7, 3);
    /// Sysmon 10.
    SYSMON_PROCESS_ACCESS = sysmon(10, 3);
    /// Sysmon 11.
    SYSMON_FILE_CREATE = sysmon(11, 2);
    /// Sysmon 12.
    SYSMON_REGISTRY_KEY = sysmon(12, 2);
    /// Sysmon 13.
    SYSMON_REGISTRY_VALUE = sysmon(13, 2);
    /// Sysmon 22.
    SYSMON_DNS_QUERY = sysmon(22, 5);
    /// Sysmon 23.
    SYSMON_FILE_DELETE = sysmon(23, 5);
    /// Security 4624.
    LOGON = audit(4624, 2, 12544, Logger::Lsass);
    /// Security 4625.
    LOGON_FAILED = Kind { keywords: AUDIT_FAILURE, ..audit(4625, 0, 12544, Logger::Lsass) };
    /// Security 4634.
    LOGOFF = audit(4634, 0, 12545, Logger::Lsass);
    /// Security 4648.
    EXPLICIT_LOGON = audit(4648, 0, 12544, Logger::Lsass);
    /// Security 4672.
    SPECIAL_LOGON = audit(4672, 0, 12548, Logger::Lsass);
    /// Security 4688.
    PROCESS_CREATED = audit(4688, 2, 13312, Logger::Kernel);
    /// Security 4698.
    TASK_CREATED = audit(4698, 1, 12804, Logger::Lsass);
    /// Security 4720.
    USER_CREATED = audit(4720, 0, 13824, Logger::Lsass);
    /// Security 4768.
    TICKET_GRANTING_TICKET = audit(4768, 0, 14339, Logger::Lsass);
    /// Security 4769.
    SERVICE_TICKET = audit(4769, 0, 14337, Logger::Lsass);
    /// Security 1102, from the event log service.
    AUDIT_LOG_CLEARED = Kind {
        provider: EVENTLOG,
        level: 4,
        keywords: 0x4020_0000_0000_0000,
        ..audit(1102, 0, 104, Logger::Kernel)
    };
    /// PowerShell 4103.
    POWERSHELL_PIPELINE = powershell(4103, 4, 106, 20);
    /// PowerShell 4104; PowerShell raises the level to warning for suspicious words.
    POWERSHELL_SCRIPT_BLOCK = powershell(4104, 5, 2, 15);
    /// System 7036.
    SERVICE_STATE = service(7036);
    /// System 7040.
    SERVICE_START_TYPE = service(7040);
    /// System 7045.
    SERVICE_INSTALLED = service(7045);
    /// TaskScheduler 106.
    TASK_REGISTERED = task(106, 0, 0);
    /// TaskScheduler 200.
    TASK_ACTION_STARTED = task(200, 1, 1);
    /// TaskScheduler 201.
    TASK_ACTION_ENDED = task(201, 2, 2);
    /// Defender 1116.
    DEFENDER_DETECTION = defender(1116, 3);
    /// Defender 5007.
    DEFENDER_CONFIGURATION = defender(5007, 4);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn kinds_are_distinct_and_known_by_their_numbers() {
        let keys: BTreeSet<_> = ALL.iter().map(|kind| (kind.provider(), kind.id())).collect();
        assert_eq!(keys.len(), ALL.len());
        assert!(keys.contains(&("Microsoft-Windows-Eventlog", 1102)));
        assert_eq!(TASK_ACTION_STARTED.channel.name(), "Microsoft-Windows-TaskScheduler/Operational");
        assert_eq!((DEFENDER_DETECTION.level, DEFENDER_DETECTION.task), (3, 0));
        assert_eq!(POWERSHELL.guid.to_string(), "{a0c1853b-5c40-4b15-8766-3cf1c58f985a}");
    }
}
