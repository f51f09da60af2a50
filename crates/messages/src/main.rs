//! `messages LOCALES FOLDER`: writes the messages of each language but English as JSON files into FOLDER, for the
//! browser to load.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [locales, folder] = arguments.as_slice() else { return failed("usage: messages LOCALES FOLDER") };
    match write(Path::new(locales), Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error.to_string()),
    }
}

#[expect(clippy::print_stderr, reason = "a command speaks on stderr")]
fn failed(why: &str) -> ExitCode {
    eprintln!("messages: {why}");
    ExitCode::FAILURE
}

fn write(locales: &Path, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(locales)? {
        let path = entry?.path();
        let Some(locale) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        let read = messages::parse(&fs::read_to_string(&path)?);
        let messages = read.map_err(|fault| io::Error::other(format!("{}: {fault}", path.display())))?;
        match locale {
            // English is in the wasm. Its file is for the invented language of the tests (BCP 47: a private region).
            "en" => fs::write(folder.join("en-XA.json"), messages::to_json(&messages::pseudo(&messages)))?,
            _ => fs::write(folder.join(format!("{locale}.json")), messages::to_json(&messages))?,
        }
    }
    Ok(())
}
