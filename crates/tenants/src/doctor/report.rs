//! The report: for people, to be pasted into an issue, and for machines. It has no secret and no person in it.

use super::checks::Verdict;
use super::{Examination, Part};
use crate::words::count;
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};

/// Writes the report for people. With `all`, also what is fine.
///
/// # Errors
/// If it cannot be written.
pub fn write_text(examination: &Examination, all: bool, out: &mut impl Write) -> io::Result<()> {
    for (kind, parts) in [("user pool", &examination.pools), ("organization", &examination.tenants)] {
        for part in parts {
            write_part(kind, part, all, out)?;
        }
    }
    let (pools, tenants) = (examination.pools.len(), examination.tenants.len());
    let total = [count(pools, "user pool"), count(tenants, "organization"), count(examination.problems(), "problem")];
    writeln!(out, "{}", total.join(", "))
}

fn write_part(kind: &str, part: &Part, all: bool, out: &mut impl Write) -> io::Result<()> {
    let is_wrong = |verdict: &Verdict| matches!(verdict, Verdict::Wrong(_));
    if !all && !part.checks.iter().any(|check| is_wrong(&check.verdict)) {
        return Ok(());
    }
    writeln!(out, "{kind} {} ({})", part.id, part.name)?;
    for check in part.checks.iter().filter(|check| all || is_wrong(&check.verdict)) {
        match &check.verdict {
            Verdict::Fine(seen) => writeln!(out, "  fine   {}: {seen}", check.name)?,
            Verdict::Wrong(problem) => {
                writeln!(out, "  WRONG  {}: {problem} [{}]", check.name, problem.code())?;
                writeln!(out, "         people see: {}", problem.people_see())?;
                writeln!(out, "         to do: {}", problem.what_to_do())?;
            }
        }
    }
    writeln!(out)
}

#[derive(Serialize)]
struct JsonReport<'a> {
    user_pools: Vec<JsonPart<'a>>,
    tenants: Vec<JsonPart<'a>>,
    problems: usize,
}

#[derive(Serialize)]
struct JsonPart<'a> {
    id: &'a str,
    name: &'a str,
    checks: Vec<JsonCheck<'a>>,
}

#[derive(Serialize)]
struct JsonCheck<'a> {
    check: &'a str,
    fine: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    people_see: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_to_do: Option<Cow<'a, str>>,
}

/// Writes the report as JSON, on one line.
///
/// # Errors
/// If it cannot be written.
pub fn write_json(examination: &Examination, out: &mut impl Write) -> io::Result<()> {
    let report = JsonReport {
        user_pools: examination.pools.iter().map(json_part).collect(),
        tenants: examination.tenants.iter().map(json_part).collect(),
        problems: examination.problems(),
    };
    writeln!(out, "{}", serde_json::to_string(&report)?)
}

fn json_part(part: &Part) -> JsonPart<'_> {
    let checks = part.checks.iter().map(|check| match &check.verdict {
        Verdict::Fine(seen) => JsonCheck {
            check: check.name,
            fine: true,
            found: seen.clone(),
            code: None,
            people_see: None,
            what_to_do: None,
        },
        Verdict::Wrong(problem) => JsonCheck {
            check: check.name,
            fine: false,
            found: problem.to_string(),
            code: Some(problem.code()),
            people_see: Some(problem.people_see()),
            what_to_do: Some(problem.what_to_do()),
        },
    });
    JsonPart { id: &part.id, name: &part.name, checks: checks.collect() }
}
