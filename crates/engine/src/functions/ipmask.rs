//! `ipmask`: the IPv4 address with the bits that the mask, another address, does not set taken out.

use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use std::net::Ipv4Addr;

pub(super) static FUNCTION: Function = Function {
    name: "ipmask",
    aliases: &[],
    category: Category::Conversion,
    syntax: "ipmask(mask, address)",
    summary: "The IPv4 address with the bits that the mask, another address, does not set taken out.",
    arguments: Arguments::exactly(2),
    returns: Returns::Text,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"ipmask("255.255.255.0", ip)"#,
            row: r#"{"ip":"10.20.30.120"}"#,
            expected: r#""10.20.30.0""#,
        },
        Example {
            expression: r#"ipmask("0.255.0.224", "10.20.30.120")"#,
            row: "{}",
            expected: r#""0.20.0.96""#,
        },
        Example { expression: r#"ipmask("255.255.255.0", ip)"#, row: r#"{"ip":"::1"}"#, expected: "null" },
    ],
    body: Body::Strict(|args, _| match args {
        [mask, address] => masked(&mask.text(), &address.text()).map_or(Value::Null, Value::Text),
        _ => Value::Null,
    }),
};

fn masked(mask: &str, address: &str) -> Option<String> {
    let (mask, address): (Ipv4Addr, Ipv4Addr) = (mask.parse().ok()?, address.trim().parse().ok()?);
    Some((mask & address).to_string())
}
