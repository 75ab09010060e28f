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
    ),
    embedded!("grotto_TA_sysmon":
    ),
    embedded!("grotto_TA_windows":
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
