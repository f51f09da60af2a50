//! Writes a plan, for people and for machines. It has no secret in it.

use super::overlay::Change;
use super::plan::{Action, Leftover, Plan, Step};
use super::problem::Problem;
use crate::words::count;
use crate::words::shown;
use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};

impl Action {
    /// The stable name of the step, for machines.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateResourceServer(_) => "create_resource_server",
            Self::UpdateResourceServer { .. } => "update_resource_server",
            Self::CreateProvider { .. } => "create_identity_provider",
            Self::UpdateProvider { .. } => "update_identity_provider",
            Self::CreateClient { machine: None, .. } => "create_app_client",
            Self::CreateClient { .. } => "create_machine_client",
            Self::UpdateClient { .. } => "update_app_client",
            Self::SetReuse { .. } => "set_session_reuse",
            Self::CreateBranding { .. } => "create_branding_style",
            Self::KeepSecret { .. } => "keep_secret",
            Self::Record { .. } => "record_client_id",
        }
    }
}

impl Step {
    /// Whether the step changes something that was there.
    pub fn is_update(&self) -> bool {
        match &self.action {
            Action::UpdateResourceServer { .. } | Action::UpdateProvider { .. } | Action::UpdateClient { .. } => true,
            Action::SetReuse { .. } | Action::Record { .. } => self.changes.iter().any(|change| !change.from.is_null()),
            _ => false,
        }
    }

    /// The step in words.
    pub fn words(&self) -> String {
        match &self.action {
            Action::CreateResourceServer(_) => "create the resource server".to_owned(),
            Action::UpdateResourceServer { .. } => "change the resource server".to_owned(),
            Action::CreateProvider { name, request } => {
                let kind = request.get("ProviderType").and_then(Value::as_str).unwrap_or_default();
                format!("create the identity provider {name} ({kind})")
            }
            Action::UpdateProvider { name, .. } => format!("change the identity provider {name}"),
            Action::CreateClient { name, machine: None, .. } => format!("create the app client {name}"),
            Action::CreateClient { machine: Some(machine), .. } => format!("create the machine client {machine}"),
            Action::UpdateClient { id, .. } => format!("change the app client {id}"),
            Action::SetReuse { minutes: 0, .. } => "never reuse a session of the hosted UI".to_owned(),
            Action::SetReuse { minutes, .. } => format!("reuse a session of the hosted UI for {minutes} minutes"),
            Action::CreateBranding { .. } => "create a branding style".to_owned(),
            Action::KeepSecret { machine, .. } => format!("keep the secret of the machine client {machine}"),
            Action::Record { machine: None, .. } => "write client_id into tenants.toml".to_owned(),
            Action::Record { machine: Some(machine), .. } => {
                format!("write client_id of the machine {machine} into tenants.toml")
            }
        }
    }
}

/// Writes the plan for people: each step, and for changes what is there and what will be.
///
/// # Errors
/// If it cannot be written.
pub fn write_text(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    write_steps(plan, out)?;
    writeln!(out, "{}", summary(plan))
}

/// Writes what differs from the files ([`Plan::drift`]), for people.
///
/// # Errors
/// If it cannot be written.
pub fn write_drift(drift: &Plan, out: &mut impl Write) -> io::Result<()> {
    write_steps(drift, out)?;
    let organizations = count(drift.organizations, "organization");
    match drift.steps.len() + drift.problems.len() + drift.leftovers.len() {
        0 => writeln!(out, "{organizations}: all is as the files say"),
        number => writeln!(out, "{organizations}: {} from the files", count(number, "difference")),
    }
}

fn write_steps(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    let mut organization = None;
    for step in &plan.steps {
        if organization != Some(&step.organization) {
            writeln!(out, "{}", step.organization.as_deref().map_or("all organizations", |code| code))?;
            organization = Some(&step.organization);
        }
        writeln!(out, "  {} {}", if step.is_update() { '~' } else { '+' }, step.words())?;
        if step.is_update() {
            step.changes.iter().try_for_each(|change| write_change(change, out))?;
        }
    }
    for Leftover { id, name } in &plan.leftovers {
        writeln!(
            out,
            "LEFT OVER       the app client {name} ({id}) is in the pool, and tenants.toml does not name it"
        )?;
        writeln!(
            out,
            "                to do: delete it, if nobody uses it. An organization goes by `tenants remove`."
        )?;
    }
    for problem in &plan.problems {
        writeln!(out, "CANNOT BE DONE  {problem} [{}]", problem.code())?;
        writeln!(out, "                to do: {}", problem.what_to_do())?;
    }
    Ok(())
}

fn write_change(change: &Change, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "      {}: {} -> {}", change.field, value(&change.from), value(&change.to))
}

/// A value in the words of the API, short enough for a line.
fn value(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) if text.len() > 200 => format!("a text of {} characters", text.chars().count()),
        Value::String(text) => shown(text),
        other => shown(&other.to_string()),
    }
}

/// How much there is to do.
fn summary(plan: &Plan) -> String {
    let organizations = count(plan.organizations, "organization");
    if !plan.problems.is_empty() {
        return format!("{organizations}, {}: nothing will be done", count(plan.problems.len(), "problem"));
    }
    let updates = plan.steps.iter().filter(|step| step.is_update()).count();
    match (plan.steps.len(), updates) {
        (0, _) => format!("{organizations}: all is as the files say"),
        (steps, 0) => format!("{organizations}: {}; nothing that is there is changed", count(steps, "step")),
        (steps, updates) => {
            format!("{organizations}: {}, of which {updates} change what is there", count(steps, "step"))
        }
    }
}

#[derive(Serialize)]
struct JsonPlan<'a> {
    organizations: usize,
    steps: Vec<JsonStep<'a>>,
    problems: Vec<JsonProblem<'a>>,
    leftovers: Vec<JsonLeftover<'a>>,
}

#[derive(Serialize)]
struct JsonLeftover<'a> {
    client_id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct JsonStep<'a> {
    organization: Option<&'a str>,
    step: &'a str,
    words: String,
    changes: Vec<JsonChange<'a>>,
}

#[derive(Serialize)]
struct JsonChange<'a> {
    field: &'a str,
    from: &'a Value,
    to: &'a Value,
}

#[derive(Serialize)]
struct JsonProblem<'a> {
    code: &'a str,
    problem: String,
    what_to_do: &'a str,
}

/// Writes the plan as JSON, on one line.
///
/// # Errors
/// If it cannot be written.
pub fn write_json(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    let plan = JsonPlan {
        organizations: plan.organizations,
        steps: plan.steps.iter().map(json_step).collect(),
        problems: plan.problems.iter().map(json_problem).collect(),
        leftovers: plan.leftovers.iter().map(|Leftover { id, name }| JsonLeftover { client_id: id, name }).collect(),
    };
    writeln!(out, "{}", serde_json::to_string(&plan)?)
}

fn json_step(step: &Step) -> JsonStep<'_> {
    let changes = step.changes.iter().map(|Change { field, from, to }| JsonChange { field, from, to }).collect();
    JsonStep { organization: step.organization.as_deref(), step: step.action.name(), words: step.words(), changes }
}

fn json_problem(problem: &Problem) -> JsonProblem<'_> {
    JsonProblem { code: problem.code(), problem: problem.to_string(), what_to_do: problem.what_to_do() }
}
