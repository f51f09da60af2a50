//! `tenants plan`, `tenants apply` and `tenants drift`.

use super::files::{self, Files};
use super::{Refusal, progress};
use std::collections::HashMap;
use std::io::{self, Write};
use std::thread::sleep;
use std::time::Duration;
use tenants::aws::Aws;
use tenants::files::pool_file::Pool;
use tenants::files::provisioning::Organization;
use tenants::files::record::Entry;
use tenants::machines::secrets::Secrets;
use tenants::provision::apply::{self, Host};
use tenants::provision::desired::client_name;
use tenants::provision::observed::{self, Observed};
use tenants::provision::plan::{self, Action, Plan, Step};
use tenants::provision::report;
use tenants::secret::Secret;

#[derive(clap::Args)]
pub(crate) struct PlanOptions {
    #[command(flatten)]
    files: Files,

    /// Print JSON, on one line
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(crate) struct ApplyOptions {
    #[command(flatten)]
    files: Files,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// What the files say, what the pool has, and the steps between.
struct Comparison {
    pool: Pool,
    organizations: Vec<Organization>,
    observed: Observed,
    plan: Plan,
    aws: Aws,
}

fn compare(files: &Files) -> Result<Comparison, Refusal> {
    let (pool, organizations) = files.read()?;
    let aws = files::aws(&pool.region)?;
    let show = |done, of| progress::show("organizations read", done, of);
    let refused = |error: tenants::aws::ApiError| Refusal::with_advice(&error, error.what_to_do());
    let observed = observed::observe(&aws, &pool, &organizations, None, &show).map_err(refused)?;
    let secrets = Secrets::new(&pool.machines.secrets, files::folder(&files.pool), &aws);
    let mut kept = HashMap::new();
    for (organization, machine) in machines(&organizations) {
        let name = client_name(organization, Some(machine));
        kept.extend(secrets.kept(&name).map_err(refused)?.map(|kept| (name, kept.client_id)));
    }
    let is_kept = |name: &str, id: &str| kept.get(name).is_some_and(|kept| kept == id);
    let plan = plan::plan(&pool, &organizations, &observed, &is_kept);
    Ok(Comparison { pool, organizations, observed, plan, aws })
}

fn machines(
    organizations: &[Organization],
) -> impl Iterator<Item = (&Organization, &tenants::files::provisioning::Machine)> {
    organizations
        .iter()
        .flat_map(|organization| organization.machines.iter().map(move |machine| (organization, machine)))
}

pub(crate) fn plan(options: &PlanOptions) -> Result<bool, Refusal> {
    let Comparison { plan, .. } = compare(&options.files)?;
    let mut out = io::stdout();
    if options.json {
        report::write_json(&plan, &mut out)?
    } else {
        report::write_text(&plan, &mut out)?
    }
    Ok(plan.problems.is_empty())
}

pub(crate) fn drift(options: &PlanOptions) -> Result<bool, Refusal> {
    let Comparison { plan, organizations, .. } = compare(&options.files)?;
    let drift = plan.drift(&organizations);
    let mut out = io::stdout();
    if options.json {
        report::write_json(&drift, &mut out)?
    } else {
        report::write_drift(&drift, &mut out)?
    }
    Ok(drift.steps.is_empty() && drift.problems.is_empty() && drift.leftovers.is_empty())
}

pub(crate) fn apply(options: &ApplyOptions) -> Result<bool, Refusal> {
    let _lock = options.files.lock()?;
    let Comparison { pool, organizations, observed, plan, aws } = compare(&options.files)?;
    report::write_text(&plan, &mut io::stdout())?;
    if !plan.problems.is_empty() {
        return Ok(false);
    }
    if plan.steps.is_empty() {
        return Ok(true);
    }
    if !options.yes {
        match progress::ask(&format!("Do this in the pool {}? [y/N]", pool.id)).as_deref() {
            Some("y" | "Y" | "yes") => {}
            Some(_) => return Err(Refusal(vec!["nothing was done".to_owned()])),
            None => return Err(Refusal(vec!["nothing was done: --yes is needed without a terminal".to_owned()])),
        }
    }
    let host = ThisMachine {
        files: &options.files,
        secrets: Secrets::new(&pool.machines.secrets, files::folder(&options.files.pool), &aws),
    };
    options.files.check_writable()?;
    if plan.steps.iter().any(|step| matches!(step.action, Action::KeepSecret { .. })) {
        host.secrets.check().map_err(|error| Refusal::with_advice(error, "Mend that first: nothing was done."))?;
    }
    let ids = known_ids(&organizations, &observed);
    apply::apply(&aws, &host, &pool, &plan, ids).map_err(|(done, error)| {
        let (step, total) = (&plan.steps[done], plan.steps.len());
        let organization = step.organization.as_deref().unwrap_or("all organizations");
        let line = format!("{organization}: could not {}: {error}", step.words());
        let state = format!("{done} of {total} steps are done, and stay done.");
        Refusal(vec![line, state, format!("to do: {}", error.what_to_do())])
    })?;
    writeln!(io::stdout(), "done: {} of {} steps", plan.steps.len(), plan.steps.len())?;
    Ok(true)
}

/// The ids of the app clients that the pool has, by name.
fn known_ids(organizations: &[Organization], observed: &Observed) -> HashMap<String, String> {
    let own = organizations.iter().map(|organization| (client_name(organization, None), &organization.client_id));
    let of_machines = machines(organizations)
        .map(|(organization, machine)| (client_name(organization, Some(machine)), &machine.client_id));
    let id = |(name, recorded): (String, &Option<String>)| {
        let id = observed.find(recorded.as_deref(), &name).id()?.to_owned();
        Some((name, id))
    };
    own.chain(of_machines).filter_map(id).collect()
}

struct ThisMachine<'a> {
    files: &'a Files,
    secrets: Secrets<'a, Aws>,
}

impl Host for ThisMachine<'_> {
    fn record(&self, organization: &str, machine: Option<&str>, client_id: &str) -> Result<(), String> {
        let entry = match machine {
            None => Entry::ClientId(client_id),
            Some(machine) => Entry::MachineClientId { machine, client_id },
        };
        self.files.record(organization, &entry)
    }

    fn keep_secret(&self, client: &str, client_id: &str, secret: &Secret) -> Result<(), String> {
        self.secrets.keep(client, client_id, secret, None).map_err(|error| error.to_string())
    }

    fn wait(&self, attempt: u32) {
        progress::note("waiting: AWS does not know everywhere yet what was just created");
        sleep(Duration::from_millis(250 << attempt.min(5)));
    }

    fn done(&self, count: usize, of: usize, step: &Step) {
        let organization = step.organization.as_deref().unwrap_or("all organizations");
        let _ = writeln!(io::stdout(), "[{count}/{of}] {organization}: {}", step.words());
    }
}
