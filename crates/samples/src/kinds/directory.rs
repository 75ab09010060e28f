//! Audits of a domain controller: accounts and Kerberos tickets.

use super::{SERVICE_TICKET, TICKET_GRANTING_TICKET, USER_CREATED};
use crate::event::{Event, Payload};
use crate::site::{DNS_DOMAIN, DOMAIN, HostId, Person, Site, domain_sid};
use crate::value::{Guid, Value};

/// `%%1793`: the value is not set.
const NOT_SET: &str = "%%1793";

/// Security 4720: `creator` made the account `name`.
pub(crate) fn user_created(site: &mut Site, host: HostId, creator: Person, name: &str, rid: u32) -> Event {
    let logon_id = site.new_logon_id();
    let data = Payload::named([
        ("TargetUserName", name.to_owned().into()),
        ("TargetDomainName", DOMAIN.into()),
        ("TargetSid", domain_sid(rid).into()),
        ("SubjectUserSid", creator.sid().into()),
        ("SubjectUserName", creator.name.into()),
        ("SubjectDomainName", DOMAIN.into()),
        ("SubjectLogonId", Value::Hex64(logon_id)),
        ("PrivilegeList", "-".into()),
        ("SamAccountName", name.to_owned().into()),
        ("DisplayName", name.to_owned().into()),
        ("UserPrincipalName", format!("{name}@{DNS_DOMAIN}").into()),
        ("HomeDirectory", "-".into()),
        ("HomePath", "-".into()),
        ("ScriptPath", "-".into()),
        ("ProfilePath", "-".into()),
        ("UserWorkstations", "-".into()),
        ("PasswordLastSet", "%%1794".into()),
        ("AccountExpires", "%%1794".into()),
        ("PrimaryGroupId", "513".into()),
        ("AllowedToDelegateTo", "-".into()),
        ("OldUacValue", "0x0".into()),
        ("NewUacValue", "0x15".into()),
        ("UserAccountControl", "\r\n\t\t%%2080\r\n\t\t%%2082\r\n\t\t%%2084".into()),
        ("UserParameters", "-".into()),
        ("SidHistory", "-".into()),
        ("LogonHours", NOT_SET.into()),
    ]);
    site.event(host, &USER_CREATED, data)
}

/// Security 4768: `person` got a ticket-granting ticket at the machine `from`.
pub(crate) fn ticket_granting_ticket(site: &mut Site, host: HostId, person: Person, from: HostId) -> Event {
    let (ip, port) = caller(site, from);
    let data = Payload::named([
        ("TargetUserName", person.name.into()),
        ("TargetDomainName", DNS_DOMAIN.into()),
        ("TargetSid", person.sid().into()),
        ("ServiceName", "krbtgt".into()),
        ("ServiceSid", domain_sid(502).into()),
        ("TicketOptions", Value::Hex32(0x4081_0010)),
        ("Status", Value::Hex32(0)),
        ("TicketEncryptionType", Value::Hex32(0x12)),
        ("PreAuthType", "2".into()),
        ("IpAddress", ip),
        ("IpPort", port),
        ("CertIssuerName", "".into()),
        ("CertSerialNumber", "".into()),
        ("CertThumbprint", "".into()),
    ]);
    site.event(host, &TICKET_GRANTING_TICKET, data)
}

/// A ticket for a service, and how it is sealed.
pub(crate) struct Ticket {
    /// The account of the service.
    pub(crate) service: String,
    /// The last part of its SID.
    pub(crate) rid: u32,
    /// 0x12 is AES-256, 0x17 RC4.
    pub(crate) encryption: u32,
}

/// Security 4769: `person` got a service ticket at the machine `from`.
pub(crate) fn service_ticket(
    site: &mut Site,
    host: HostId,
    person: Person,
    from: HostId,
    ticket: &Ticket,
) -> Event {
    let (ip, port) = caller(site, from);
    let realm = DNS_DOMAIN.to_ascii_uppercase();
    let guid: Guid = site.new_guid();
    let data = Payload::named([
        ("TargetUserName", format!("{}@{realm}", person.name).into()),
        ("TargetDomainName", realm.into()),
        ("ServiceName", ticket.service.clone().into()),
        ("ServiceSid", domain_sid(ticket.rid).into()),
        ("TicketOptions", Value::Hex32(0x4081_0000)),
        ("TicketEncryptionType", Value::Hex32(ticket.encryption)),
        ("IpAddress", ip),
        ("IpPort", port),
        ("Status", Value::Hex32(0)),
        ("LogonGuid", guid.into()),
        ("TransmittedServices", "-".into()),
    ]);
    site.event(host, &SERVICE_TICKET, data)
}

/// The address of a machine as Kerberos audits write it, and a port of it.
fn caller(site: &mut Site, from: HostId) -> (Value, Value) {
    let port = site.random.between(49_152, 65_535).to_string();
    (format!("::ffff:{}", site.host(from).ip).into(), port.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::PEOPLE;

    #[test]
    fn a_service_ticket_names_account_service_and_cipher() {
        let mut site = Site::new(2, 1);
        let ticket = Ticket { service: "svc-reports".to_owned(), rid: 1131, encryption: 0x17 };
        let event = service_ticket(&mut site, Site::DC, PEOPLE[1], 1, &ticket);
        let field = |name| event.data.get(name).map(ToString::to_string).unwrap();
        assert_eq!(field("TargetUserName"), "m.keller@HARBOR.EXAMPLE");
        assert_eq!(field("TicketEncryptionType"), "0x17");
        assert_eq!(field("IpAddress"), format!("::ffff:{}", site.host(1).ip));
        assert!(field("ServiceSid").ends_with("-1131"));
    }

    #[test]
    fn certificate_fields_are_there_but_empty() {
        let mut site = Site::new(2, 1);
        let event = ticket_granting_ticket(&mut site, Site::DC, PEOPLE[2], 1);
        assert_eq!(event.data.get("CertThumbprint"), Some(&"".into()));
        let user = user_created(&mut site, Site::DC, PEOPLE[0], "p.new", 1140);
        assert_eq!(user.data.get("UserPrincipalName"), Some(&"p.new@harbor.example".into()));
    }
}
