//! The asset type is none that is known.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/asset-type",
    summary: "The asset type is none that is known",
    what: "Compares `asset_type` with the list that contentctl has.",
    why: "Splunk shows and filters rules by it. contentctl refuses anything else.",
    bad: "asset_type: Endpont",
    good: "asset_type: Endpoint",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Detection {
        return;
    }
    let key = file.tag("asset_type");
    let Some(asset) = file.filled(&key) else {
        out.key(&key, "the detection has no asset_type");
        return;
    };
    if !KNOWN.contains(&asset) {
        let said = out.key(&key, format!("`{asset}` is no asset type"));
        super::suggest(said, asset, KNOWN.iter().copied());
    }
}

/// <https://github.com/splunk/contentctl/blob/main/contentctl/objects/enums.py>
const KNOWN: [&str; 44] = [
    "AWS Account",
    "AWS EKS Kubernetes cluster",
    "AWS Federated Account",
    "AWS Instance",
    "Account",
    "Amazon EKS Kubernetes cluster",
    "Amazon EKS Kubernetes cluster Pod",
    "Amazon Elastic Container Registry",
    "Azure Active Directory",
    "Azure AKS Kubernetes cluster",
    "Azure Tenant",
    "CircleCI",
    "Cloud Compute Instance",
    "Cloud Instance",
    "Database Server",
    "DNS Servers",
    "Domain Server",
    "EC2 Snapshot",
    "Endpoint",
    "GCP",
    "GCP Account",
    "GCP GKE EKS Kubernetes cluster",
    "GCP GKE Kubernetes cluster",
    "GCP Kubernetes cluster",
    "GCP Storage Bucket",
    "GDrive",
    "GitHub",
    "Google Cloud Platform tenant",
    "GSuite",
    "Identity",
    "Infrastructure",
    "Instance",
    "Kubernetes",
    "Network",
    "O365 Tenant",
    "Okta Tenant",
    "Proxy",
    "S3 Bucket",
    "Splunk Server",
    "VPN Appliance",
    "Web Application",
    "Web Proxy",
    "Web Server",
    "Windows",
];
