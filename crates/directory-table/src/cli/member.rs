//! `directory-table member`.

use super::{Fault, print};
use clap::Args;
use directory_table::address::{Address, Patience};
use directory_table::error::TableError;
use directory_table::members::Belongs;
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Member {
    /// The table, as dynamodb://TABLE
    #[arg(value_name = "ADDRESS")]
    table: Address,

    /// The issuer of the person's tokens, which is the user pool
    #[arg(long, value_name = "URL")]
    issuer: String,

    /// The person: `sub` of the tokens
    #[arg(long, value_name = "SUB")]
    sub: String,

    /// The code of an organization that the person belongs to from now on; repeatable
    #[arg(long, value_name = "CODE")]
    add: Vec<String>,

    /// The code of an organization that the person does not belong to any more; repeatable
    #[arg(long, value_name = "CODE")]
    remove: Vec<String>,
}

impl Member {
    pub(crate) async fn run(&self) -> Result<ExitCode, Fault> {
        let table = self.table.open(Patience::Operator).await;
        let fault = |error: TableError| Fault::of_table(&self.table, &error);
        for code in &self.add {
            if !table.has(code).await.map_err(fault)? {
                return Err(Fault(vec![format!("{}: has no organization with the code {code}", self.table)]));
            }
        }
        let changes = [(&self.add, Belongs::Yes), (&self.remove, Belongs::No)];
        for (code, belongs) in changes.iter().flat_map(|(codes, belongs)| codes.iter().map(|code| (code, *belongs))) {
            table.set_member(&self.issuer, &self.sub, code, belongs).await.map_err(fault)?;
        }
        let codes = table.codes_of(&self.issuer, &self.sub).await.map_err(fault)?;
        let codes = if codes.is_empty() { "no organization".to_owned() } else { codes.join(", ") };
        print(format_args!("{}: {} belongs to {codes} by name", self.table, self.sub));
        Ok(ExitCode::SUCCESS)
    }
}
