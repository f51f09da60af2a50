//! The program for a directory in a DynamoDB table: it makes the table, loads files into it, writes them back, and answers
//! lookups from it.

mod cli;

use clap::{Parser, Subcommand};
use cli::{Fault, copy, load, member, serve};
use std::process::ExitCode;

/// The directory of organizations in a DynamoDB table
#[derive(Parser)]
#[command(version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the table, paid by request
    Create(copy::Create),
    /// Load a file: a few changes in one transaction, otherwise a new generation beside the old one
    Load(load::Load),
    /// Write the table back as a file
    Dump(copy::Dump),
    /// Say what the table has, and check that it is whole
    Status(copy::Status),
    /// Say which organizations a person belongs to by name, and change it
    Member(member::Member),
    /// Answer lookups from the table, as lookup-service does from a file
    Serve(serve::Serve),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Program::parse().command {
        Command::Create(create) => create.run().await,
        Command::Load(load) => load.run().await,
        Command::Dump(dump) => dump.run().await,
        Command::Status(status) => status.run().await,
        Command::Member(member) => member.run().await,
        Command::Serve(serve) => return serve.run().await,
    };
    done.unwrap_or_else(Fault::report)
}
