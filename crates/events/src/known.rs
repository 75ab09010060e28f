//! Windows events that are known by name: provider, channel, event id, what the event means, which fields it has.
//!
//! The key of an event is (provider, channel, event id): the same id means different things in different providers. The
//! table is `data/known_events.tsv`; `data/README.md` says where its facts come from.

use std::cmp::Ordering;
use std::sync::LazyLock;

/// The table as text: see `data/README.md` for its form.
const TABLE: &str = include_str!("../data/known_events.tsv");

static EVENTS: LazyLock<Events> = LazyLock::new(|| Events::parse(TABLE));

/// What is known of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownEvent {
    /// Name of the provider.
    pub provider: &'static str,
    /// The channel that it is usually found in; empty when unknown.
    pub channel: &'static str,
    /// The event id.
    pub id: u32,
    /// What it means: the first line of its message, with names of fields for the values; can be empty.
    pub title: &'static str,
    fields: &'static str,
}

impl KnownEvent {
    /// The fields of its EventData or UserData, of all its versions, as Splunk names them.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.fields.split(' ').filter(|name| !name.is_empty())
    }
}

struct Events {
    /// By provider and id.
    all: Vec<KnownEvent>,
    /// By channel and id: places in `all`.
    by_channel: Vec<u32>,
}

impl Events {
    fn parse(table: &'static str) -> Self {
        let (mut provider, mut channel) = ("", "");
        let mut all = Vec::new();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let (first, second, third) = (cells.next(), cells.next(), cells.next());
            if let (Some(""), Some(p)) = (first, second) {
                (provider, channel) = (p, third.unwrap_or_default());
            } else if let Some(id) = first.and_then(|id| id.parse().ok()) {
                let (title, fields) = (second.unwrap_or_default(), third.unwrap_or_default());
                all.push(KnownEvent { provider, channel, id, title, fields });
            }
        }
        all.sort_by(|a, b| order((a.provider, a.id), (b.provider, b.id)));
        let mut by_channel: Vec<u32> =
            (0..all.len() as u32).filter(|at| !all[*at as usize].channel.is_empty()).collect();
        by_channel.sort_by(|a, b| {
            let (a, b) = (&all[*a as usize], &all[*b as usize]);
            order((a.channel, a.id), (b.channel, b.id))
        });
        Self { all, by_channel }
    }

    fn find(&self, provider: &str, channel: &str, id: u32) -> Option<&KnownEvent> {
        if !provider.is_empty() {
            let at = self.all.binary_search_by(|e| order((e.provider, e.id), (provider, id))).ok()?;
            return self.all.get(at);
        }
        let key = |at: &u32| self.all.get(*at as usize).map_or(("", 0), |e| (e.channel, e.id));
        let start = self.by_channel.partition_point(|at| order(key(at), (channel, id)) == Ordering::Less);
        let mut same =
            self.by_channel[start..].iter().take_while(|at| order(key(at), (channel, id)) == Ordering::Equal);
        let first = same.next()?;
        // Two providers with this id in one channel: nobody can tell which it is.
        if same.next().is_some() { None } else { self.all.get(*first as usize) }
    }
}

/// Names compare without regard to case, as everywhere in Windows; then ids.
fn order(a: (&str, u32), b: (&str, u32)) -> Ordering {
    let names = a.0.bytes().map(|b| b.to_ascii_lowercase()).cmp(b.0.bytes().map(|b| b.to_ascii_lowercase()));
    names.then(a.1.cmp(&b.1))
}

/// What is known of an event. `provider` decides; the channel only does where the provider is not known (empty), and only
/// if one provider alone has this id in that channel. Case does not count.
pub fn event(provider: &str, channel: &str, id: u32) -> Option<&'static KnownEvent> {
    EVENTS.find(provider, channel, id)
}

/// The GUIDs of providers as text: `data/README.md` says where they come from.
const GUIDS: &str = include_str!("../data/provider_guids.tsv");

/// The GUID of a provider, in braces and lower case, if it is known. Case of the name does not count.
pub fn provider_guid(provider: &str) -> Option<&'static str> {
    let mut lines = GUIDS.lines().filter_map(|line| line.split_once('\t'));
    lines.find(|(name, _)| name.eq_ignore_ascii_case(provider)).map(|(_, guid)| guid)
}

/// All known events, by provider and id.
pub fn all() -> impl Iterator<Item = &'static KnownEvent> {
    EVENTS.all.iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_rules_look_for() {
        for (provider, channel, id, title) in [
            (
                "Microsoft-Windows-PowerShell",
                "Microsoft-Windows-PowerShell/Operational",
                4104,
                "Creating Scriptblock text (MessageNumber of MessageTotal).",
            ),
            (
                "Microsoft-Windows-Security-Auditing",
                "Security",
                4624,
                "An account was successfully logged on.",
            ),
            ("Microsoft-Windows-Eventlog", "Security", 1102, "The audit log was cleared."),
            ("Service Control Manager", "System", 7045, "A service was installed in the system."),
        ] {
            let event = event(provider, channel, id).unwrap();
            assert_eq!(
                (event.provider, event.channel, event.id, event.title),
                (provider, channel, id, title)
            );
        }
        assert!(event("Microsoft-Windows-Security-Auditing", "Security", 99_999).is_none());
        assert!(event("No-Such-Provider", "Security", 4624).is_none());
    }

    #[test]
    fn the_same_id_is_another_event_in_another_provider() {
        let title = |provider| event(provider, "", 400).map(|e| e.title);
        let (tasks, shell) = (title("Microsoft-Windows-TaskScheduler"), title("PowerShell"));
        assert!(tasks.is_some() && shell.is_some() && tasks != shell, "{tasks:?} {shell:?}");
    }

    #[test]
    fn fields_have_splunk_s_names() {
        let fields: Vec<_> = event("microsoft-windows-sysmon", "", 1).unwrap().fields().collect();
        for field in ["CommandLine", "ParentImage", "Hashes"] {
            assert!(fields.contains(&field), "{fields:?}");
        }
        let defender = event("Microsoft-Windows-Windows Defender", "", 5007).unwrap();
        assert!(defender.fields().any(|f| f == "New_Value"), "blanks are underscores");
    }

    #[test]
    fn without_provider_the_channel_decides_if_it_can() {
        let found = event("", "security", 4688).unwrap();
        assert_eq!(found.provider, "Microsoft-Windows-Security-Auditing");
        assert_eq!(event("", "", 4688), None);
        assert_eq!(event("", "Nowhere", 4688), None);
    }

    #[test]
    fn an_id_that_two_providers_have_in_a_channel_is_not_guessed() {
        let events = Events::parse("# c\n\tA\tX\n1\ta\tf g\n2\tb\t\n\tB\tX\n1\tc\t\n");
        assert!(events.find("", "X", 1).is_none());
        assert_eq!(events.find("", "x", 2).map(|e| e.title), Some("b"));
        assert_eq!(events.find("b", "", 1).map(|e| e.title), Some("c"));
        assert_eq!(events.find("a", "", 1).unwrap().fields().collect::<Vec<_>>(), ["f", "g"]);
    }

    #[test]
    fn guids_of_providers() {
        let guid = Some("{54849625-5478-4994-a5ba-3e3b0328c30d}");
        assert_eq!(provider_guid("microsoft-windows-security-auditing"), guid);
        assert_eq!((provider_guid("No-Such-Provider"), provider_guid("")), (None, None));
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-';
        for (name, guid) in GUIDS.lines().skip(1).map(|line| line.split_once('\t').unwrap()) {
            let inner = guid.strip_prefix('{').and_then(|guid| guid.strip_suffix('}')).unwrap();
            assert!(inner.len() == 36 && inner.bytes().all(hex), "{name}: {guid}");
            assert_eq!(provider_guid(name), Some(guid), "{name} is there twice");
        }
    }

    #[test]
    fn no_event_is_there_twice() {
        let mut last: Option<&KnownEvent> = None;
        for event in all() {
            if let Some(last) = last {
                let before = order((last.provider, last.id), (event.provider, event.id));
                assert_eq!(before, Ordering::Less, "{last:?} {event:?}");
            }
            last = Some(event);
        }
        assert!(all().count() > 4000);
    }
}
