//! Turns the English sentences into constants: a sentence that is missing is a compile error. And asks the linker for what
//! the cut into parts needs.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

const SOURCE: &str = "locales/en.ftl";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=build.rs");
    // wasm-split reads in the relocations what each function uses (tools/build.sh).
    if env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    let messages = messages::parse(&fs::read_to_string(SOURCE)?).map_err(|fault| format!("{SOURCE}: {fault}"))?;
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("messages.rs"), messages::to_rust(&messages))?;
    Ok(())
}
