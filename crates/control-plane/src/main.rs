//! Runs the stand-in until it is ended, for demos.

#![allow(clippy::print_stdout, reason = "prints where it listens")]

use std::net::SocketAddr;

use clap::Parser;
use control_plane::{ControlPlane, Options};

/// A local stand-in for Cognito's control-plane API. Access key AKIALOCAL, secret "local". It forgets all at its end.
#[derive(Debug, Parser)]
struct Arguments {
    /// The address to listen at, such as 127.0.0.1:4566.
    #[arg(long)]
    listen: SocketAddr,
    /// The user pool's id.
    #[arg(long, default_value = "eu-west-1_LocalPool")]
    pool: String,
    /// The region.
    #[arg(long, default_value = "eu-west-1")]
    region: String,
}

fn main() -> std::io::Result<()> {
    let Arguments { listen, pool, region } = Arguments::parse();
    let plane = ControlPlane::start_at(listen, Options { pool_id: pool, region, ..Options::default() })?;
    println!("control plane ready at {}", plane.address());
    plane.wait();
    Ok(())
}
