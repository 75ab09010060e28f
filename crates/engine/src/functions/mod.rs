//! Functions of eval expressions, one file each: what it computes, how it is written, and examples that run as tests.
//!
//! Facts: <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/evaluation-functions>.

mod abs;
mod acos;
mod acosh;
mod asin;
mod asinh;
mod atan;
mod atan2;
mod atanh;
mod avg;
mod bit_and;
mod bit_not;
mod bit_or;
mod bit_shift_left;
mod bit_shift_right;
mod bit_xor;
mod case;
mod ceiling;
mod cidrmatch;
mod coalesce;
mod commands;
mod cos;
mod cosh;
mod exact;
mod exp;
mod false_;
mod find;
mod floor;
mod helpers;
mod hypot;
mod if_;
mod in_;
mod ipmask;
mod isarray;
mod isbool;
mod isdouble;
mod isint;
mod ismv;
mod isnotnull;
mod isnull;
mod isnum;
mod isobject;
mod isstr;
mod json_;
mod json_append;
mod json_array;
mod json_array_to_mv;
mod json_delete;
mod json_entries;
mod json_extend;
mod json_extract;
mod json_extract_exact;
mod json_has_key_exact;
mod json_keys;
mod json_object;
mod json_set;
mod json_set_exact;
mod json_valid;
mod len;
mod like;
mod ln;
mod log;
mod lookup;
mod lower;
mod ltrim;
mod match_;
mod max;
mod md5;
mod min;
mod mv_to_json_array;
mod mvappend;
mod mvcount;
mod mvdedup;
mod mvfilter;
mod mvfind;
mod mvindex;
mod mvjoin;
mod mvmap;
mod mvrange;
mod mvreverse;
mod mvsort;
mod mvzip;
mod now;
mod null;
mod nullif;
mod pi;
mod pow;
mod printf;
mod random;
mod relative_time;
mod replace;
mod round;
mod rtrim;
mod searchmatch;
mod sha1;
mod sha256;
mod sha512;
mod sin;
mod sinh;
mod spath;
mod spec;
mod split;
mod sqrt;
mod strftime;
mod strptime;
mod substr;
mod sum;
mod tan;
mod tanh;
mod time;
mod toarray;
mod tobool;
mod todouble;
mod toint;
mod tomv;
mod tonumber;
mod toobject;
mod tostring;
mod trim;
mod true_;
mod typeof_;
mod upper;
mod urldecode;
mod validate;

pub(crate) use find::find;
pub use find::{UNSUPPORTED, reason};
use helpers::{Regex, hex, order, singles};
pub use spec::{Arguments, Category, Example, Function, Returns};
pub(crate) use spec::{Body, Fault, Prepared};

/// All functions by name.
pub static FUNCTIONS: &[&Function] = &[
    &abs::FUNCTION,
    &acos::FUNCTION,
    &acosh::FUNCTION,
    &asin::FUNCTION,
    &asinh::FUNCTION,
    &atan::FUNCTION,
    &atan2::FUNCTION,
    &atanh::FUNCTION,
    &avg::FUNCTION,
    &bit_and::FUNCTION,
    &bit_not::FUNCTION,
    &bit_or::FUNCTION,
    &bit_shift_left::FUNCTION,
    &bit_shift_right::FUNCTION,
    &bit_xor::FUNCTION,
    &case::FUNCTION,
    &ceiling::FUNCTION,
    &cidrmatch::FUNCTION,
    &coalesce::FUNCTION,
    &commands::FUNCTION,
    &cos::FUNCTION,
    &cosh::FUNCTION,
    &exact::FUNCTION,
    &exp::FUNCTION,
    &false_::FUNCTION,
    &floor::FUNCTION,
    &hypot::FUNCTION,
    &if_::FUNCTION,
    &in_::FUNCTION,
    &ipmask::FUNCTION,
    &isarray::FUNCTION,
    &isbool::FUNCTION,
    &isdouble::FUNCTION,
    &isint::FUNCTION,
    &ismv::FUNCTION,
    &isnotnull::FUNCTION,
    &isnull::FUNCTION,
    &isnum::FUNCTION,
    &isobject::FUNCTION,
    &isstr::FUNCTION,
    &json_::FUNCTION,
    &json_append::FUNCTION,
    &json_array::FUNCTION,
    &json_array_to_mv::FUNCTION,
    &json_delete::FUNCTION,
    &json_entries::FUNCTION,
    &json_extend::FUNCTION,
    &json_extract::FUNCTION,
    &json_extract_exact::FUNCTION,
    &json_has_key_exact::FUNCTION,
    &json_keys::FUNCTION,
    &json_object::FUNCTION,
    &json_set::FUNCTION,
    &json_set_exact::FUNCTION,
    &json_valid::FUNCTION,
    &len::FUNCTION,
    &like::FUNCTION,
    &ln::FUNCTION,
    &log::FUNCTION,
    &lookup::FUNCTION,
    &lower::FUNCTION,
    &ltrim::FUNCTION,
    &match_::FUNCTION,
    &max::FUNCTION,
    &md5::FUNCTION,
    &min::FUNCTION,
    &mv_to_json_array::FUNCTION,
    &mvappend::FUNCTION,
    &mvcount::FUNCTION,
    &mvdedup::FUNCTION,
    &mvfilter::FUNCTION,
    &mvfind::FUNCTION,
    &mvindex::FUNCTION,
    &mvjoin::FUNCTION,
    &mvmap::FUNCTION,
    &mvrange::FUNCTION,
    &mvreverse::FUNCTION,
    &mvsort::FUNCTION,
    &mvzip::FUNCTION,
    &now::FUNCTION,
    &null::FUNCTION,
    &nullif::FUNCTION,
    &pi::FUNCTION,
    &pow::FUNCTION,
    &printf::FUNCTION,
    &random::FUNCTION,
    &relative_time::FUNCTION,
    &replace::FUNCTION,
    &round::FUNCTION,
    &rtrim::FUNCTION,
    &searchmatch::FUNCTION,
    &sha1::FUNCTION,
    &sha256::FUNCTION,
    &sha512::FUNCTION,
    &sin::FUNCTION,
    &sinh::FUNCTION,
    &spath::FUNCTION,
    &split::FUNCTION,
    &sqrt::FUNCTION,
    &strftime::FUNCTION,
    &strptime::FUNCTION,
    &substr::FUNCTION,
    &sum::FUNCTION,
    &tan::FUNCTION,
    &tanh::FUNCTION,
    &time::FUNCTION,
    &toarray::FUNCTION,
    &tobool::FUNCTION,
    &todouble::FUNCTION,
    &toint::FUNCTION,
    &tomv::FUNCTION,
    &tonumber::FUNCTION,
    &toobject::FUNCTION,
    &tostring::FUNCTION,
    &trim::FUNCTION,
    &true_::FUNCTION,
    &typeof_::FUNCTION,
    &upper::FUNCTION,
    &urldecode::FUNCTION,
    &validate::FUNCTION,
];

#[cfg(test)]
mod tests;
