//! The products are not those that they should be.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/product",
    summary: "The products are not those that they should be",
    what: "Looks for names in `product` that are no product of Splunk. In the newest schema a rule names exactly Splunk Enterprise, Splunk Enterprise Security and Splunk Cloud.",
    why: "contentctl refuses anything else.",
    bad: "product:
    - Splunk Enterprise",
    good: "product:
    - Splunk Enterprise
    - Splunk Enterprise Security
    - Splunk Cloud",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Detection {
        return;
    }
    let key = file.tag("product");
    let newest = file.generation == Generation::Three;
    let known = if newest { &KNOWN[..3] } else { &KNOWN[..] };
    let products = file.list(&key);
    for (path, product) in &products {
        if !known.contains(product) {
            super::suggest(
                out.key(path, format!("`{product}` is no product")),
                product,
                known.iter().copied(),
            );
        }
    }
    if let Some(missing) = known.iter().find(|name| newest && !products.iter().any(|(_, p)| p == *name)) {
        out.key(&key, format!("`{missing}` is missing from the products"));
    } else if products.is_empty() {
        out.key(&key, "the detection names no product");
    }
}

const KNOWN: [&str; 5] = [
    "Splunk Enterprise",
    "Splunk Enterprise Security",
    "Splunk Cloud",
    "Splunk Security Analytics for AWS",
    "Splunk Behavioral Analytics",
];
