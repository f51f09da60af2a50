//! `directory-table serve`: the lookup service with its directory in the table.

use clap::Args;
use directory_table::address::{Address, Patience};
use directory_table::by_name::ByName;
use directory_table::in_memory::InMemory;
use directory_table::pace::Pace;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lookup_service::organizations::Elsewhere;
use lookup_service::program::{CommandLine, run};
use std::process::ExitCode;
use std::sync::Arc;

/// The size of the cache with --by-name, in bytes.
const CACHE: u64 = 32 * 1024 * 1024;

#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    command_line: CommandLine,

    /// Do not read the whole table at the start: ask it for each name, and keep the answers
    #[arg(long)]
    by_name: bool,
}

impl Serve {
    pub(crate) async fn run(self) -> ExitCode {
        run(self.command_line, Some(if self.by_name { by_name } else { in_memory })).await
    }
}

type Opening = BoxFuture<'static, Result<Arc<dyn Elsewhere>, String>>;

fn in_memory(address: String) -> Opening {
    async move {
        let address: Address = address.parse().map_err(|error| format!("{error}"))?;
        let (table, quick) = (address.open(Patience::Operator).await, address.open(Patience::Lookup).await);
        let opened = InMemory::open(table, quick, Pace::default()).await;
        opened.map(|opened| opened as Arc<dyn Elsewhere>).map_err(|error| format!("{error}. {}", error.what_to_do()))
    }
    .boxed()
}

fn by_name(address: String) -> Opening {
    async move {
        let address: Address = address.parse().map_err(|error| format!("{error}"))?;
        let opened = ByName::open(address.open(Patience::Lookup).await, Pace::default(), CACHE).await;
        opened.map(|opened| opened as Arc<dyn Elsewhere>).map_err(|error| format!("{error}. {}", error.what_to_do()))
    }
    .boxed()
}
