//! What the program prints in place of serving. Results go to `out`, everything that is wrong to `err`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::page::{Page, ServedPage};
use crate::site;
use crate::site_config::SiteConfig;
use base64ct::{Base64, Encoding};
use lookup_api::Tenant;
use platform::json::Json;
use sha2::{Digest, Sha384};

use super::FAULT;
use super::command_line::CommandLine;

/// `--check`: says what is wrong with the directory and config.json.
///
/// # Errors
/// If a report cannot be written.
pub(crate) fn check(command_line: &CommandLine, out: &mut impl Write, err: &mut impl Write) -> io::Result<ExitCode> {
    let (mut sound, file) = (true, command_line.directory_name());
    match command_line.load_directory() {
        Ok(d) => {
            writeln!(out, "{file}: {} tenants, {} domains, no problems", d.tenants(), d.domains())?;
            if d.unserved() > 0 {
                writeln!(out, "{file}: {} more are not served: disabled, or without a client_id so far", d.unserved())?;
            }
        }
        Err(error) => {
            sound = false;
            error.lines(&file).iter().try_for_each(|line| writeln!(err, "{line}"))?;
        }
    }
    if let Some(file) = command_line.config_file() {
        let findings = SiteConfig::load(&file, command_line.site.as_deref(), &command_line.base_path).1;
        if findings.is_empty() {
            writeln!(out, "{}: no problems", file.display())?;
        }
        sound &= findings.is_empty();
        findings.iter().try_for_each(|finding| writeln!(err, "{}: {finding}", file.display()))?;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(FAULT) })
}

/// `--print-headers`: the headers that a static host must send.
///
/// # Errors
/// If a report cannot be written.
pub(crate) fn print_headers(
    command_line: &CommandLine,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<ExitCode> {
    let Some(file) = command_line.config_file() else {
        writeln!(err, "--print-headers needs --config FILE (or --site DIR with a config.json in it)")?;
        return Ok(ExitCode::from(FAULT));
    };
    let (config, findings) = SiteConfig::load(&file, command_line.site.as_deref(), &command_line.base_path);
    if !findings.is_empty() {
        findings.iter().try_for_each(|finding| writeln!(err, "{}: {finding}", file.display()))?;
        return Ok(ExitCode::from(FAULT));
    }
    for (name, value) in site::headers(&config) {
        writeln!(out, "{name}: {}", value.to_str().unwrap_or_default())?;
    }
    if let Some(folder) = &command_line.site {
        print_embed_headers(folder, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The element's files, their integrity for pages that name it, and the headers that these files have in place of the
/// others.
fn print_embed_headers(folder: &Path, out: &mut impl Write) -> io::Result<()> {
    let mut files: Vec<String> =
        fs::read_dir(folder)?.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
    files.retain(|name| site::is_embed(&format!("/{name}")));
    files.sort();
    for name in files {
        writeln!(out, "\n/{name}")?;
        // The content of embed.js changes with the next version, so pages must not name its integrity.
        if name != "embed.js" {
            let digest = Base64::encode_string(&Sha384::digest(fs::read(folder.join(&name))?));
            writeln!(out, "  (integrity sha384-{digest})")?;
        }
        for (name, value) in site::embed_headers() {
            writeln!(out, "  {name}: {}", value.to_str().unwrap_or_default())?;
        }
    }
    Ok(())
}

/// `--print-page`: a page with config.json in it and with its links below `--base-path`, for a static host. Without a
/// config.json, it is not in the page.
///
/// # Errors
/// If a report cannot be written.
pub(crate) fn print_page(
    command_line: &CommandLine,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<ExitCode> {
    let asked = command_line.print_page.as_deref().unwrap_or(ServedPage::FORM);
    let (Some(folder), Some(config)) = (&command_line.site, command_line.config_file()) else {
        writeln!(err, "--print-page needs --site DIR")?;
        return Ok(ExitCode::from(FAULT));
    };
    let file = folder.join(asked);
    let content = match fs::read(&file) {
        Ok(content) => content,
        Err(error) => {
            writeln!(err, "{}: {error}", file.display())?;
            return Ok(ExitCode::from(FAULT));
        }
    };
    let (site, findings) = SiteConfig::load(&config, Some(folder), &command_line.base_path);
    if command_line.config.is_some() || site.body.is_some() {
        for finding in &findings {
            writeln!(err, "{}: {finding}", config.display())?;
        }
        if !findings.is_empty() {
            return Ok(ExitCode::from(FAULT));
        }
    }
    let served = site.pages.at(&format!("/{asked}"));
    let page = served.page.as_ref().filter(|_| served.file == asked);
    out.write_all(page.map_or(&content, Page::html))?;
    Ok(ExitCode::SUCCESS)
}

/// `--print-clients`: the app clients of all tenants, for gateways that check tokens.
///
/// # Errors
/// If a report cannot be written.
pub(crate) fn print_clients(
    command_line: &CommandLine,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<ExitCode> {
    let directory = match command_line.load_directory() {
        Ok(directory) => directory,
        Err(error) => {
            error.lines(&command_line.directory_name()).iter().try_for_each(|line| writeln!(err, "{line}"))?;
            return Ok(ExitCode::from(FAULT));
        }
    };
    let only_issuer = command_line
        .config_file()
        .and_then(|file| SiteConfig::load(&file, None, &command_line.base_path).0.only_issuer);
    let mut clients: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for tenant in directory.all().filter_map(|json| Tenant::from_json(&Json::parse(json).ok()?).ok()) {
        let Some(issuer) = tenant.issuer.or_else(|| only_issuer.clone()) else {
            writeln!(
                err,
                "the tenant {} names no issuer: --config FILE with a single user pool is needed",
                tenant.code
            )?;
            return Ok(ExitCode::from(FAULT));
        };
        clients.entry(issuer.into()).or_default().insert(tenant.client_id.into(), tenant.code.into());
    }
    writeln!(out, "{}", serde_json::to_string_pretty(&clients)?)?;
    Ok(ExitCode::SUCCESS)
}
