//! What Windows Defender writes; its field names hold blanks.

use super::{DEFENDER_CONFIGURATION, DEFENDER_DETECTION};
use crate::event::{Event, Payload};
use crate::site::{HostId, Person, Site};

/// `%%827`: Microsoft Defender Antivirus.
const PRODUCT: &str = "%%827";
const PRODUCT_VERSION: &str = "4.18.24070.5";
const SIGNATURES: &str = "AV: 1.415.320.0, AS: 1.415.320.0, NIS: 1.415.320.0";
const ENGINE: &str = "AM: 1.1.24070.3, NIS: 1.1.24070.3";

/// Defender 1116: a download is unwanted.
pub(crate) fn detection(site: &mut Site, host: HostId, person: Person) -> Event {
    let path = format!("file:_C:\\Users\\{}\\Downloads\\setup-{}.exe", person.name, site.random.below(1000));
    let detection = site.new_guid().to_string().to_ascii_uppercase();
    let time = site.now.sysmon().replace(' ', "T") + "Z";
    let link = "https://go.microsoft.com/fwlink/?linkid=37020&name=PUADlManager:Win32/OfferCore&threatid=235243&enterprise=0";
    let data = Payload::named([
        ("Product Name", PRODUCT.into()),
        ("Product Version", PRODUCT_VERSION.into()),
        ("Detection ID", detection.into()),
        ("Detection Time", time.into()),
        ("Unused", "".into()),
        ("Unused2", "".into()),
        ("Threat ID", "235243".into()),
        ("Threat Name", "PUADlManager:Win32/OfferCore".into()),
        ("Severity ID", "1".into()),
        ("Severity Name", "Low".into()),
        ("Category ID", "27".into()),
        ("Category Name", "Potentially Unwanted Software".into()),
        ("FWLink", link.into()),
        ("Status Code", "1".into()),
        ("Status Description", "".into()),
        ("State", "1".into()),
        ("Source ID", "4".into()),
        ("Source Name", "%%819".into()),
        ("Process Name", "Unknown".into()),
        ("Detection User", person.qualified().into()),
        ("Unused3", "".into()),
        ("Path", path.into()),
        ("Origin ID", "4".into()),
        ("Origin Name", "%%848".into()),
        ("Execution ID", "0".into()),
        ("Execution Name", "%%812".into()),
        ("Type ID", "0".into()),
        ("Type Name", "%%822".into()),
        ("Pre Execution Status", "0".into()),
        ("Action ID", "9".into()),
        ("Action Name", "%%887".into()),
        ("Unused4", "".into()),
        ("Error Code", "0x00000000".into()),
        ("Error Description", "The operation completed successfully. ".into()),
        ("Unused5", "".into()),
        ("Post Clean Status", "0".into()),
        ("Additional Actions ID", "0".into()),
        ("Additional Actions String", "No additional actions required".into()),
        ("Remediation User", "".into()),
        ("Unused6", "".into()),
        ("Security intelligence Version", SIGNATURES.into()),
        ("Engine Version", ENGINE.into()),
    ]);
    site.event(host, &DEFENDER_DETECTION, data)
}

/// Defender 5007: a new definition changed the configuration.
pub(crate) fn configuration(site: &mut Site, host: HostId) -> Event {
    let key = "HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\SpyNet\\LastMAPSSuccessTime";
    let value = |number: u64| format!("{key} = 0x{number:X}");
    let old = site.random.between(0x1DB_0000, 0x1DC_0000);
    let data = Payload::named([
        ("Product Name", PRODUCT.into()),
        ("Product Version", PRODUCT_VERSION.into()),
        ("Old Value", value(old).into()),
        ("New Value", value(old + 0x38).into()),
    ]);
    site.event(host, &DEFENDER_CONFIGURATION, data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::PEOPLE;

    #[test]
    fn names_hold_blanks_and_values_end_in_them() {
        let mut site = Site::new(1, 1);
        let event = detection(&mut site, 1, PEOPLE[2]);
        let Payload::EventData { fields, .. } = &event.data else { panic!("Defender writes EventData") };
        assert_eq!(fields.len(), 42);
        let text = event.data.get("Error Description").map(ToString::to_string).unwrap();
        assert!(text.ends_with(". "));
        let changed = configuration(&mut site, 1);
        assert_ne!(changed.data.get("Old Value"), changed.data.get("New Value"));
    }
}
