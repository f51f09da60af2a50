//! An AWS emulator that nobody here wrote, with a user pool and the OpenID provider of an organization:
//! ministack and oauth2-mock-server.

use crate::program::{Program, free_port, listens};
use crate::root;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::env;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Once;

/// The environment variable with the path of ministack, which tools/setup.sh sets if it could install it.
const VARIABLE: &str = "MINISTACK";
/// The provider's program.
const PROVIDER: &str = "tests/end-to-end/ministack/node_modules/oauth2-mock-server/dist/oauth2-mock-server.mjs";

/// The emulator with an empty user pool, and an organization's provider, which signs in everybody without a question.
pub struct Ministack {
    /// Its address, without a slash at the end.
    pub address: String,
    /// The user pool's id.
    pub pool_id: String,
    /// The provider's issuer.
    pub provider: String,
    _programs: [Program; 2],
}

impl Ministack {
    /// Whether it is installed. If not, prints that once, directly to stderr, because the test harness hides what
    /// passing tests print.
    pub fn is_installed() -> bool {
        static PRINTED: Once = Once::new();
        let is_installed = env::var_os(VARIABLE).is_some_and(|value| !value.is_empty());
        if !is_installed {
            PRINTED.call_once(|| {
                let _ = writeln!(std::io::stderr(), "ministack is not installed ({VARIABLE}): its test was not run");
            });
        }
        is_installed
    }

    /// Starts both programs and creates the user pool.
    pub async fn start() -> Result<Self> {
        let (port, provider_port) = (free_port()?, free_port()?);
        let mut command = Command::new(env::var(VARIABLE)?);
        // It would listen at all addresses of this machine otherwise.
        command.env("BIND_HOST", "127.0.0.1").env("MINISTACK_HOST", "127.0.0.1");
        command.env("GATEWAY_PORT", port.to_string()).env("LAMBDA_EXECUTOR", "local");
        // A trigger that fails refuses the tokens, as at AWS.
        command.env("MINISTACK_COGNITO_PRETOKEN_STRICT", "1");
        let (ministack, _) = Program::run(command, "", tempfile::tempdir()?)?;
        let mut command = Command::new("node");
        command.arg(root().join(PROVIDER)).args(["-a", "127.0.0.1", "-p", &provider_port.to_string()]);
        let (provider, _) = Program::run(command, "", tempfile::tempdir()?)?;
        listens(port).await?;
        listens(provider_port).await?;
        let address = format!("http://127.0.0.1:{port}");
        let pool_id = create_user_pool(&address).await?;
        let provider_address = format!("http://localhost:{provider_port}");
        Ok(Self { address, pool_id, provider: provider_address, _programs: [ministack, provider] })
    }

    /// Runs `tenants` in a folder with pool.toml and tenants.toml, and returns what it has printed.
    pub fn tenants(&self, folder: &Path, arguments: &[&str]) -> Result<String> {
        let program = root().join("target/debug/tenants");
        let Output { status, stdout, stderr } = Command::new(&program)
            .args(arguments)
            .current_dir(folder)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_ENDPOINT_URL", &self.address)
            .output()
            .with_context(|| format!("{}: `make test` builds it", program.display()))?;
        let (out, err) = (String::from_utf8(stdout)?, String::from_utf8(stderr)?);
        ensure!(status.success(), "tenants {arguments:?}: {status}\n{out}{err}");
        Ok(out)
    }

    /// Installs the gate (`crates/gate`) as the user pool's trigger, with this directory.
    pub fn install_gate(&self, directory: &Path) -> Result<()> {
        let output = self
            .python()?
            .arg(root().join("tests/end-to-end/ministack/install_gate.py"))
            .args([&self.address, &self.pool_id])
            .args([&root().join("target/debug/gate"), directory])
            .output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// Deploys `deploy/aws.yaml` with the functions of this build and a table, and loads this directory into it. Returns the
    /// state of the stack, the types of its resources, what `directory-table` says of the table, and what the lookup says
    /// about `acme.example`.
    pub fn deploy_template(&self, directory: &Path) -> Result<Value> {
        let program = |name: &str| root().join("target/debug").join(name);
        let output = self
            .python()?
            .arg(root().join("tests/end-to-end/ministack/deploy_stack.py"))
            .arg(&self.address)
            .args([root().join("deploy/aws.yaml"), program("lookup-lambda"), program("gate")])
            .args([&program("directory-table"), directory])
            .output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// The Python that ministack is installed in. It has AWS's own client, and leaves nothing beside the scripts.
    fn python(&self) -> Result<Command> {
        let mut command = Command::new(Path::new(&env::var(VARIABLE)?).with_file_name("python"));
        command.arg("-B");
        Ok(command)
    }

    /// What config.json says of the user pool.
    pub fn user_pools(&self) -> Value {
        let Self { address, pool_id, .. } = self;
        json!([{
            "issuer": format!("https://cognito-idp.eu-west-1.amazonaws.com/{pool_id}"),
            "hosted_ui": address,
            "jwks_uri": format!("{address}/{pool_id}/.well-known/jwks.json"),
        }])
    }
}

/// It takes the region from the signature, which it does not check.
async fn create_user_pool(address: &str) -> Result<String> {
    let scope = "Credential=test/20261127/eu-west-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=none";
    let response = reqwest::Client::new()
        .post(address)
        .header("x-amz-target", "AWSCognitoIdentityProviderService.CreateUserPool")
        .header("content-type", "application/x-amz-json-1.1")
        .header("authorization", format!("AWS4-HMAC-SHA256 {scope}"))
        .body(json!({ "PoolName": "organizations" }).to_string())
        .send()
        .await?;
    let pool: Value = serde_json::from_str(&response.text().await?)?;
    Ok(pool["UserPool"]["Id"].as_str().context("no user pool")?.to_owned())
}
