//! The security domain is none that is known.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/security-domain",
    summary: "The security domain is none that is known",
    what: "Compares `security_domain` with endpoint, network, threat, identity, access and audit.",
    why: "Enterprise Security sorts findings by it. contentctl refuses anything else.",
    bad: "security_domain: endpoints",
    good: "security_domain: endpoint",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Detection {
        return;
    }
    let key = file.tag("security_domain");
    let domain = file.filled(&key).unwrap_or_default();
    if !KNOWN.contains(&domain) {
        let message = if domain.is_empty() {
            "the detection has no security_domain".to_owned()
        } else {
            format!("`{domain}` is no security domain")
        };
        super::suggest(out.key(&key, message), domain, KNOWN.iter().copied());
    }
}

const KNOWN: [&str; 6] = ["endpoint", "network", "threat", "identity", "access", "audit"];
