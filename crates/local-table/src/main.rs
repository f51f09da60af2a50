//! The local DynamoDB as a program, for measurements. It prints its address, and goes on until it is killed.

use local_table::Engine;
use std::io::{self, Write};
use std::thread;

fn main() -> io::Result<()> {
    let engine = Engine::start();
    writeln!(io::stdout(), "ready at http://{}", engine.address)?;
    loop {
        thread::park();
    }
}
