//! Risk: what findings add to the objects that they are about, as events of `index=risk`.
//!
//! Every finding and intermediate finding of a rule other than a Correlation gives one risk event for each value of its
//! entity, as the risk action of Enterprise Security does
//! (<https://help.splunk.com/en/splunk-enterprise-security-8/user-guide/8.0/risk-based-alerting>). Their fields are those
//! that the `Risk.All_Risk` data model names, and the fields of the result row beside them.

mod annotations;
mod event;
mod identity;
mod reads;

pub use annotations::Annotations;
pub use event::{INDEX, Sighting, part};
pub(crate) use identity::{BETWEEN, id, tells};
pub(crate) use reads::{LogRisk, MOST, Reads, reads};
