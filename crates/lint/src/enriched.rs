//! Fields that Enterprise Security looks up for every event, from its lists of assets and identities:
//! <https://docs.splunk.com/Documentation/ES/6.3.0/Admin/Assetandidentityfields>.

/// What stands before the field of an asset.
const OF_ASSETS: [&str; 5] = ["dest_", "src_", "dvc_", "host_", "orig_host_"];
/// What stands before the field of an identity, the longer first.
const OF_IDENTITIES: [&str; 2] = ["src_user_", "user_"];

const ASSET: [&str; 20] = [
    "asset",
    "asset_id",
    "asset_tag",
    "bunit",
    "category",
    "city",
    "country",
    "dns",
    "ip",
    "is_expected",
    "lat",
    "long",
    "mac",
    "nt_host",
    "owner",
    "pci_domain",
    "priority",
    "requires_av",
    "should_timesync",
    "should_update",
];

const IDENTITY: [&str; 21] = [
    "bunit",
    "category",
    "email",
    "endDate",
    "first",
    "identity",
    "identity_id",
    "identity_tag",
    "last",
    "managedBy",
    "nick",
    "phone",
    "prefix",
    "priority",
    "startDate",
    "suffix",
    "watchlist",
    "work_city",
    "work_country",
    "work_lat",
    "work_long",
];

/// Whether Enterprise Security may add a field of this name to an event.
pub(crate) fn is_enriched(name: &str) -> bool {
    let has = |prefixes: &[&str], fields: &[&str]| {
        prefixes.iter().any(|prefix| name.strip_prefix(prefix).is_some_and(|field| fields.contains(&field)))
    };
    has(&OF_ASSETS, &ASSET) || has(&OF_IDENTITIES, &IDENTITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_assets_and_identities() {
        for name in ["dest_category", "src_priority", "user_bunit", "src_user_watchlist", "dvc_owner"] {
            assert!(is_enriched(name), "{name}");
        }
        for name in
            ["category", "dest_", "dest_categorie", "image_category", "user_dns", "parent_dest_category"]
        {
            assert!(!is_enriched(name), "{name}");
        }
    }
}
