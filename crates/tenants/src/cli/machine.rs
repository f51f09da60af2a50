//! `tenants rotate` and `tenants handover`.

use super::Refusal;
use super::files::{self, Files};
use std::io::{self, Write};
use tenants::files::pool_file::Pool;
use tenants::files::provisioning::{Machine, Organization};
use tenants::machines::handover::{self, Handover};
use tenants::machines::rotation::{self, MachineClient};
use tenants::machines::secrets::Secrets;
use tenants::provision::desired::client_name;

/// A machine client of an organization.
#[derive(clap::Args)]
struct MachineOptions {
    /// The organization's code
    code: String,

    /// The machine's name
    machine: String,

    #[command(flatten)]
    files: Files,
}

#[derive(clap::Args)]
pub(crate) struct RotateOptions {
    #[command(flatten)]
    machine: MachineOptions,

    /// Delete the old secret
    #[arg(long)]
    retire: bool,
}

#[derive(clap::Args)]
pub(crate) struct HandoverOptions {
    #[command(flatten)]
    machine: MachineOptions,
}

/// The machine client that is meant, as tenants.toml has it.
struct Chosen {
    pool: Pool,
    organization: Organization,
    machine: Machine,
    client_id: String,
}

fn choose(options: &MachineOptions) -> Result<Chosen, Refusal> {
    let file = &options.files.directory;
    let (pool, organizations) = options.files.read()?;
    let Some(organization) = organizations.into_iter().find(|organization| organization.code == options.code) else {
        return Err(Refusal(vec![format!("{file}: has no organization with the code {}", options.code)]));
    };
    let Some(machine) = organization.machines.iter().find(|machine| machine.name == options.machine).cloned() else {
        return Err(Refusal(vec![format!("{file}: {} has no machine {}", options.code, options.machine)]));
    };
    let Some(client_id) = machine.client_id.clone() else {
        let line = format!("{file}: the machine {} has no client_id yet", options.machine);
        return Err(Refusal::with_advice(line, "Run `tenants apply`."));
    };
    Ok(Chosen { pool, organization, machine, client_id })
}

pub(crate) fn rotate(options: &RotateOptions) -> Result<bool, Refusal> {
    let _lock = options.machine.files.lock()?;
    let Chosen { pool, organization, machine, client_id } = choose(&options.machine)?;
    let aws = files::aws(&pool.region)?;
    let secrets = Secrets::new(&pool.machines.secrets, files::folder(&options.machine.files.pool), &aws);
    let name = client_name(&organization, Some(&machine));
    let client = MachineClient { pool_id: &pool.id, name: &name, id: &client_id };
    let done = if options.retire {
        rotation::retire(&aws, &secrets, client)
    } else {
        rotation::rotate(&aws, &secrets, client)
    };
    done.map_err(|error| Refusal::with_advice(&error, error.what_to_do()))?;
    let mut out = io::stdout();
    if options.retire {
        writeln!(out, "{name}: the old secret is deleted")?;
    } else {
        writeln!(out, "{name}: there is a new secret, and the old one still works")?;
        writeln!(out, "It is here: {}", secrets.place_of(&name))?;
        let MachineOptions { code, machine, .. } = &options.machine;
        writeln!(out, "When the back end uses it: tenants rotate {code} {machine} --retire")?;
    }
    Ok(true)
}

pub(crate) fn handover(options: &HandoverOptions) -> Result<bool, Refusal> {
    let Chosen { pool, organization, machine, client_id } = choose(&options.machine)?;
    let Some(hosted_ui) = &pool.hosted_ui else {
        let file = options.machine.files.pool.display();
        return Err(Refusal(vec![format!("{file}: hosted_ui is needed: the address of the user pool's domain")]));
    };
    let document = handover::document(&Handover {
        organization: &organization.code,
        machine: &machine.name,
        client_id: &client_id,
        scopes: &machine.scopes,
        hosted_ui,
        minutes: pool.machines.access_minutes,
    });
    write!(io::stdout(), "{document}")?;
    Ok(true)
}
