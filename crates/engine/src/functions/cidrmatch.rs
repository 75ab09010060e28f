//! `cidrmatch`: whether an IP address lies in a block such as 10.0.0.0/8 or 2001:db8::/32; what is no address does not.

use super::Fault;
use super::{Arguments, Body, Category, Example, Function, Returns};
use crate::Value;
use crate::eval::operators::any_text;
use crate::predicate::Cidr;

pub(super) static FUNCTION: Function = Function {
    name: "cidrmatch",
    aliases: &[],
    category: Category::Conditional,
    syntax: "cidrmatch(block, address)",
    summary: "Whether an IP address lies in a block such as 10.0.0.0/8 or 2001:db8::/32; what is no address does not.",
    arguments: Arguments::exactly(2),
    returns: Returns::Bool,
    volatile: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            expression: r#"cidrmatch("10.0.0.0/8", ip)"#,
            row: r#"{"ip":"10.1.2.3"}"#,
            expected: "true",
        },
        Example {
            expression: r#"cidrmatch("10.0.0.0/8", ip)"#,
            row: r#"{"ip":"11.1.2.3"}"#,
            expected: "false",
        },
        Example {
            expression: r#"cidrmatch("2001:db8::/32", ip)"#,
            row: r#"{"ip":"2001:DB8::1"}"#,
            expected: "true",
        },
        Example {
            expression: r#"cidrmatch(net, "10.1.2.3")"#,
            row: r#"{"net":"10.1.0.0/16"}"#,
            expected: "true",
        },
        Example { expression: r#"cidrmatch("10.0.0.0/8", ip)"#, row: r#"{"ip":"-"}"#, expected: "false" },
    ],
    body: Body::Prepared(|args, _| {
        let known = match args.first().copied().flatten() {
            None => None,
            Some(block) => Some(Cidr::parse(&block.text()).ok_or_else(|| Fault {
                argument: 0,
                slug: "eval/bad-cidr",
                message: "this is no block of IP addresses".to_owned(),
                label: "expected something like 10.0.0.0/8".to_owned(),
            })?),
        };
        Ok(super::Prepared::new(move |args, _| match (args, &known) {
            ([block, address], _) if block.is_null() || address.is_null() => Value::Null,
            ([_, address], Some(block)) => any_text(address, |text| block.holds(text)),
            ([block, address], None) => {
                let block = Cidr::parse(&block.text());
                any_text(address, |text| block.as_ref().is_some_and(|block| block.holds(text)))
            }
            _ => Value::Null,
        }))
    }),
};
