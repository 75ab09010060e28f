//! The add-ons that are part of grotto, embedded from the folder `addons/` of the repository.

use super::{App, Origin};
use grotto_diag::Diagnostic;

/// The texts of an add-on by path.
macro_rules! embedded {
    ($app:literal: $($path:literal)*) => {
        ($app, &[$(($path, include_str!(concat!("../../../../addons/", $app, "/", $path)))),*])
    };
}

/// An add-on: its name, and its files as path and text.
pub type ShippedApp = (&'static str, &'static [(&'static str, &'static str)]);

/// The add-ons: name, and files as path and text.
pub const SHIPPED: [ShippedApp; 3] = [
    embedded!("grotto_SA_cim":
        "default/data/models/Alerts.json"
        "default/data/models/Authentication.json"
        "default/data/models/Certificates.json"
        "default/data/models/Change.json"
        "default/data/models/Change_Analysis.json"
        "default/data/models/Email.json"
        "default/data/models/Endpoint.json"
        "default/data/models/Intrusion_Detection.json"
        "default/data/models/Malware.json"
        "default/data/models/Network_Resolution.json"
        "default/data/models/Network_Sessions.json"
        "default/data/models/Network_Traffic.json"
        "default/data/models/Risk.json"
        "default/data/models/Updates.json"
        "default/data/models/Vulnerabilities.json"
        "default/data/models/Web.json"
        "default/macros.conf"
        "default/transforms.conf"
        "lookups/cim_corporate_email_domains.csv"
        "lookups/cim_corporate_web_domains.csv"
        "lookups/cim_dns_reply_codes.csv"
    ),
    embedded!("grotto_TA_sysmon":
        "default/eventtypes.conf"
        "default/props.conf"
        "default/tags.conf"
        "default/transforms.conf"
        "lookups/dns_record_types.csv"
        "lookups/sysmon_events.csv"
    ),
    embedded!("grotto_TA_windows":
        "default/eventtypes.conf"
        "default/props.conf"
        "default/tags.conf"
        "default/transforms.conf"
        "lookups/windows_account_flags.csv"
        "lookups/windows_event_titles.csv"
        "lookups/windows_security_changes.csv"
        "lookups/windows_security_tasks.csv"
    ),
];

/// The add-ons, read. Diagnostics would be faults of grotto; a test holds that there are none.
pub fn shipped() -> (Vec<App>, Vec<Diagnostic>) {
    let mut apps = Vec::new();
    let mut problems = Vec::new();
    for (name, files) in SHIPPED {
        let (app, said) = App::from_files(name, Origin::Shipped, files.iter().copied());
        apps.push(app);
        problems.extend(said);
    }
    (apps, problems)
}
