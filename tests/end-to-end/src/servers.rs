//! The lookup service with the built site, and the hosted UI, each on a free port; where a test asks for a delivery, a
//! proxy before the site.

use crate::delivery::{Delivery, Proxy};
use crate::pool::Pool;
use crate::program::{Program, free_port};
use crate::{Conditions, PRODUCT, root};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

static IDLE: Pool<Servers> = Pool::new();

pub(crate) struct Servers {
    pub(crate) picker: String,
    pub(crate) hosted_ui: String,
    pub(crate) service: Program,
    pub(crate) provider: Program,
    proxy: Option<Proxy>,
    config: PathBuf,
    ordinary: Value,
    kind: Kind,
    as_started: AtomicBool,
}

/// What servers of one kind have in common; for anything rarer they are started anew.
#[derive(PartialEq, Eq)]
struct Kind {
    hostile_provider: bool,
    directory: Option<String>,
    delivery: Option<Delivery>,
}

impl Servers {
    /// Servers for these conditions that no other test uses at the same time, and that none before has changed.
    pub(crate) fn take(conditions: &Conditions) -> Result<Self> {
        let Conditions { hostile_provider, ref directory, .. } = *conditions;
        let kind = Kind { hostile_provider, directory: directory.clone(), delivery: conditions.delivery() };
        match IDLE.take(|servers| servers.kind == kind && conditions.is_site_as_built()) {
            Some(servers) => {
                servers.proxy.iter().for_each(Proxy::forget);
                Ok(servers)
            }
            None => Self::start(conditions, kind),
        }
    }

    pub(crate) fn hand_back(self) {
        if self.as_started.load(Ordering::Relaxed) {
            IDLE.hand_back(self);
        }
    }

    fn start(conditions: &Conditions, kind: Kind) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // The two must know each other's address before either runs.
        let (service_port, provider_port) = (free_port()?, free_port()?.to_string());
        let (picker_port, proxy) = match kind.delivery {
            Some(delivery) => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                (listener.local_addr()?.port(), Some(Proxy::start(listener, service_port, delivery)))
            }
            None => (service_port, None),
        };
        // Where the browser goes. The picker takes its own addresses, such as its redirect URI, from there.
        let picker = format!("http://127.0.0.1:{picker_port}");
        let hosted_ui = format!("http://127.0.0.1:{provider_port}");

        let ordinary = json!({
            "lookup_url": "/v1/lookup",
            "user_pools": [{ "issuer": hosted_ui, "hosted_ui": hosted_ui }],
            "return_to": { "allow": [format!("{hosted_ui}/.well-known/")] },
            "branding": { "product": PRODUCT, "support_url": "mailto:support@example.com" },
        });
        let config = folder.path().join("config.json");
        let settings = laid_over(&ordinary, conditions.settings.as_ref());
        if let Some(text) = conditions.config.clone().unwrap_or_else(|| Some(settings.to_string())) {
            std::fs::write(&config, text)?;
        }
        let mut directory = root().join("crates/lookup-service/tenants.toml");
        if let Some(more) = &conditions.directory {
            let sample = std::fs::read_to_string(&directory)?;
            directory = folder.path().join("tenants.toml");
            std::fs::write(&directory, [&sample, more.as_str()].join("\n"))?;
        }
        let mut site = root().join("dist");
        if !conditions.files.is_empty() {
            let copy = folder.path().join("site");
            copy_folder(&site, &copy)?;
            for (name, text) in &conditions.files {
                std::fs::write(copy.join(name), text)?;
            }
            site = copy;
        }
        let program =
            if kind.hostile_provider { "tests/end-to-end/hostile-provider.mjs" } else { "hosted-ui/main.mjs" };
        let program = root().join(program);
        let mut arguments = vec![program.as_os_str(), "--port".as_ref(), provider_port.as_ref()];
        if !kind.hostile_provider {
            arguments.extend(["--directory".as_ref(), directory.as_os_str(), "--picker".as_ref(), picker.as_ref()]);
        }
        let provider = Program::start("node", arguments, "hosted UI ready at", tempfile::tempdir()?)?;
        let service = Program::start(
            root().join("target/release/lookup-service"),
            [
                "--listen".as_ref(),
                format!("127.0.0.1:{service_port}").as_ref(),
                "--directory".as_ref(),
                directory.as_os_str(),
                "--site".as_ref(),
                site.as_os_str(),
                "--config".as_ref(),
                config.as_os_str(),
            ],
            "lookup service ready at",
            folder,
        )?;
        let as_started = AtomicBool::new(conditions.is_site_as_built());
        Ok(Self { picker, hosted_ui, service, provider, proxy, config, ordinary, kind, as_started })
    }

    /// How many requests there were for paths of the site with this ending.
    pub(crate) fn request_count(&self, ending: &str) -> Result<usize> {
        Ok(self.proxy.as_ref().context("nobody counts without a delivery in the Conditions")?.request_count(ending))
    }

    /// Something is done to them that must not meet the next test.
    pub(crate) fn keep_from_others(&self) {
        self.as_started.store(false, Ordering::Relaxed);
    }

    /// Gives the running site the ordinary config.json with other settings, or takes it away (`None`).
    pub(crate) async fn configure(&self, settings: Option<Value>) -> Result<()> {
        self.keep_from_others();
        let text = settings.map(|settings| laid_over(&self.ordinary, Some(&settings)).to_string());
        match &text {
            Some(text) => std::fs::write(&self.config, text)?,
            None if self.config.exists() => std::fs::remove_file(&self.config)?,
            None => return Ok(()),
        }
        // The service looks once a second.
        let is_served = async || {
            let answer = reqwest::get(format!("{}/config.json", self.picker)).await?;
            let served = if answer.status().is_success() { Some(answer.text().await?) } else { None };
            anyhow::Ok(served == text)
        };
        while !is_served().await? {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

/// The settings with others in their place; those within `branding` one by one.
fn laid_over(ordinary: &Value, others: Option<&Value>) -> Value {
    let mut settings = ordinary.clone();
    for (name, value) in others.and_then(Value::as_object).into_iter().flatten() {
        match (name.as_str(), value.as_object()) {
            ("branding", Some(fields)) => fields.iter().for_each(|(k, v)| settings["branding"][k] = v.clone()),
            _ => settings[name] = value.clone(),
        }
    }
    settings
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
