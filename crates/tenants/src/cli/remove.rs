//! `tenants remove`.

use super::files::{self, Files};
use super::place::Place;
use super::{Refusal, progress};
use std::io::{self, Write};
use tenants::cognito::{self, PoolReader};
use tenants::files::provisioning::Organization;
use tenants::files::record::Entry;
use tenants::provision::observed;
use tenants::provision::removal::{self, Belongings};

#[derive(clap::Args)]
pub(crate) struct RemoveOptions {
    /// The organization's code
    code: String,

    #[command(flatten)]
    files: Files,

    /// Delete what was taken out of service before. This cannot be undone
    #[arg(long)]
    delete: bool,

    /// The organization's code again, in place of typing it when asked
    #[arg(long, value_name = "CODE")]
    confirm: Option<String>,
}

pub(crate) fn run(options: &RemoveOptions) -> Result<bool, Refusal> {
    let _lock = options.files.lock()?;
    let (pool, organizations) = options.files.read()?;
    let Some(organization) = organizations.iter().find(|organization| organization.code == options.code) else {
        let file = &options.files.directory;
        return Err(Refusal(vec![format!("{file}: has no organization with the code {}", options.code)]));
    };
    if options.delete && !organization.is_disabled {
        let advice = format!("Run `tenants remove {}` first, and wait until nobody misses it.", options.code);
        return Err(Refusal::with_advice(format!("{} is in service", options.code), advice));
    }
    let aws = files::aws(&pool.region)?;
    let refused = |error: tenants::aws::ApiError| Refusal::with_advice(&error, error.what_to_do());
    let only = Some(options.code.as_str());
    let observed = observed::observe(&aws, &pool, &organizations, only, &|_, _| {}).map_err(refused)?;
    let several = format!("Write the client_id of the right one into {}.", options.files.directory);
    let belongings = removal::belongings(organization, &organizations, &observed);
    let mut belongings = belongings.map_err(|error| Refusal::with_advice(error, several))?;
    let mut out = io::stdout();
    if let (true, Some(provider)) = (options.delete, belongings.provider.clone()) {
        let reader = PoolReader { api: &aws, pool_id: &pool.id };
        let show = |done, of| progress::show("app clients read", done, of);
        let (clients, _) = cognito::all(&reader, &show).map_err(refused)?;
        let users = removal::users_of(&provider, &belongings, &clients);
        if !users.is_empty() {
            writeln!(out, "The identity provider {provider} stays: other app clients have it ({})", users.join(", "))?;
            belongings.provider = None;
        }
    }
    options.files.check_writable()?;
    write_belongings(options, organization, &belongings, &mut out)?;
    confirm(options)?;
    let record = |entry| options.files.record(&options.code, &entry).map_err(|error| Refusal(vec![error]));
    if options.delete {
        removal::delete(&aws, &pool, &belongings).map_err(refused)?;
        record(Entry::Removed)?;
        writeln!(out, "{} is gone. The secrets of its machine clients are where they were.", options.code)?;
        if organizations.len() == 1 && matches!(options.files.directory, Place::File(_)) {
            writeln!(out, "It was the last one. The lookup service refuses a file without organizations.")?;
        }
    } else {
        // First the directory, so that nobody is sent to an app client that refuses.
        if !organization.is_disabled {
            record(Entry::Disabled)?;
        }
        removal::disable(&aws, &pool, &belongings).map_err(refused)?;
        writeln!(
            out,
            "{} is out of service. To undo it: remove `disabled` from {}, and apply.",
            options.code, options.files.directory
        )?;
        writeln!(out, "To delete it: tenants remove {} --delete", options.code)?;
    }
    Ok(true)
}

fn write_belongings(
    options: &RemoveOptions,
    organization: &Organization,
    belongings: &Belongings,
    out: &mut impl Write,
) -> io::Result<()> {
    let verb = if options.delete { "delete" } else { "switch off" };
    writeln!(out, "{}", organization.code)?;
    for id in &belongings.clients {
        writeln!(out, "  - {verb} the app client {id}")?;
    }
    if let (true, Some(name)) = (options.delete, &belongings.provider) {
        writeln!(out, "  - delete the identity provider {name}, and with it the way in for its people")?;
    }
    let entry = if options.delete { "remove its entry from" } else { "write `disabled = true` into" };
    writeln!(out, "  - {entry} {}", options.files.directory)
}

/// Asks for the code. Taking out of service and deleting are two commands, and each one asks.
fn confirm(options: &RemoveOptions) -> Result<(), Refusal> {
    let typed = match &options.confirm {
        Some(code) => Some(code.clone()),
        None => progress::ask("Type the organization's code to go on:"),
    };
    match typed {
        Some(code) if code == options.code => Ok(()),
        Some(_) => Err(Refusal(vec!["nothing was done: that is another code".to_owned()])),
        None => Err(Refusal(vec!["nothing was done: --confirm CODE is needed without a terminal".to_owned()])),
    }
}
