//! Organizations that `tenants apply` has set up at an AWS emulator, which is an outside judge of both: the program and
//! the page.

use anyhow::{Result, ensure};
use end_to_end::{Conditions, Ministack, World, journey, ordinary_journey, root};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Three organizations as an operator writes them down: none has an app client yet.
const TENANTS: &str = r#"
[[tenants]]
code = "northwind"
name = "Northwind"
identity_provider = "NorthwindOIDC"
domains = ["northwind.example"]

[tenants.provider]
type = "OIDC"
issuer = "PROVIDER"
client_id = "from-northwind"
client_secret_file = "provider.secret"

[[tenants.machines]]
name = "reports"
scopes = ["api/reports.read"]

[[tenants]]
code = "contoso"
name = "Contoso"
identity_provider = "ContosoOIDC"
domains = ["contoso.example"]

[tenants.provider]
type = "OIDC"
issuer = "PROVIDER"
client_id = "from-contoso"
client_secret_file = "provider.secret"

[[tenants]]
code = "fabrikam"
name = "Fabrikam"
identity_provider = "COGNITO"
domains = ["fabrikam.example"]
provider = { type = "COGNITO" }
"#;

const POOL: &str = r#"
region = "eu-west-1"
user_pool_id = "POOL"
hosted_ui = "HOSTED_UI"
callback_urls = ["PICKER/callback"]
sign_out_urls = ["PICKER/signed-out"]
scopes = ["openid", "email", "profile"]

[attributes]
oidc = { email = "email" }

[resource_server]
identifier = "api"
scopes = { "reports.read" = "Read reports" }
"#;

fn write_files(ministack: &Ministack, picker: &str, folder: &Path) -> Result<()> {
    let pool = POOL.replace("POOL", &ministack.pool_id).replace("HOSTED_UI", &ministack.address);
    fs::write(folder.join("pool.toml"), pool.replace("PICKER", picker))?;
    fs::write(folder.join("tenants.toml"), TENANTS.replace("PROVIDER", &ministack.provider))?;
    Ok(fs::write(folder.join("provider.secret"), "secret")?)
}

#[test]
fn a_provisioned_organization_signs_in_and_its_back_end_gets_a_token() {
    if !Ministack::is_installed() {
        return;
    }
    // The directory is replaced during the journey, so the lookup service needs one of its own.
    let conditions = Conditions { directory: Some("# provisioned".to_owned()), ..Conditions::default() };
    journey("provisioned", conditions, |w| async move {
        let ministack = Ministack::start().await?;
        let folder = tempfile::tempdir()?;
        write_files(&ministack, &w.picker, folder.path())?;
        let applied = ministack.tenants(folder.path(), &["apply", "--yes"])?;
        ensure!(applied.ends_with("done: 12 of 12 steps\n"), "{applied}");
        let drift = ministack.tenants(folder.path(), &["drift"])?;
        ensure!(drift == "3 organizations: all is as the files say\n", "{drift}");

        w.replace_directory(&fs::read_to_string(folder.path().join("tenants.toml"))?, "northwind.example").await?;
        w.configure(Some(json!({ "user_pools": ministack.user_pools() }))).await?;
        w.open("/").await?;
        w.submit("someone@northwind.example").await?;
        w.is_signed_in_to("northwind", "Northwind").await?;
        gate_decides(&w, &ministack, folder.path()).await?;

        back_end_gets_a_token(&ministack, folder.path())
    });
}

/// The gate adds the claim `tenant` for an organization's people. With a directory in which the organization has another
/// provider, they get no tokens.
async fn gate_decides(w: &World, ministack: &Ministack, folder: &Path) -> Result<()> {
    let directory = folder.join("tenants.toml");
    ministack.install_gate(&directory)?;
    w.open("/?tenant=northwind").await?;
    w.is_signed_in_to("northwind", "Northwind").await?;
    let claims = "return JSON.parse(atob(JSON.parse(sessionStorage['tenant-picker.session']).id_token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).tenant";
    ensure!(w.run_script(claims).await? == "northwind", "the tokens have no claim `tenant`");

    let other = fs::read_to_string(&directory)?.replace("NorthwindOIDC", "AnotherOIDC");
    let elsewhere = folder.join("elsewhere.toml");
    fs::write(&elsewhere, other)?;
    ministack.install_gate(&elsewhere)?;
    w.open("/?tenant=northwind").await?;
    // The emulator's token endpoint fails without words when a trigger refuses. Cognito hands the gate's words on.
    let outcome = w.settles().await?;
    ensure!(outcome.starts_with("token_"), "the gate has refused nobody: {outcome}");
    Ok(())
}

/// Does what the document for developers says.
fn back_end_gets_a_token(ministack: &Ministack, folder: &Path) -> Result<()> {
    let document = ministack.tenants(folder, &["handover", "northwind", "reports"])?;
    let kept = folder.join("secrets/northwind.reports.json");
    fs::copy(&kept, folder.join("client-secret.json"))?;
    let script = document.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let printed = Command::new("bash").args(["-c", script]).current_dir(folder).output()?;
    let response: Value = serde_json::from_slice(&printed.stdout)?;
    ensure!(response["token_type"] == "Bearer" && response["access_token"].is_string(), "curl: {response}");

    let kept: Value = serde_json::from_str(&fs::read_to_string(kept)?)?;
    let text = |name: &str| kept[name].as_str().unwrap_or_default().to_owned();
    let printed = Command::new(root().join("target/debug/examples/machine_token"))
        .env("TOKEN_ENDPOINT", format!("{}/oauth2/token", ministack.address))
        .env("CLIENT_ID", text("client_id"))
        .env("CLIENT_SECRET", text("client_secret"))
        .env("SCOPE", "api/reports.read")
        .output()?;
    let token = String::from_utf8(printed.stdout)?;
    ensure!(token.trim().split('.').count() == 3, "the Rust example: {}", String::from_utf8(printed.stderr)?);
    Ok(())
}

#[test]
fn the_template_for_aws_is_deployed_and_its_lookup_answers_from_the_table() {
    if !Ministack::is_installed() {
        return;
    }
    ordinary_journey("deployed", |_| async move {
        let ministack = Ministack::start().await?;
        let file = root().join("crates/lookup-service/tenants.toml");
        let deployed = ministack.deploy_template(&file)?;
        ensure!(deployed["status"] == "CREATE_COMPLETE", "{deployed}");
        ensure!(deployed["resources"].as_array().is_some_and(|resources| resources.len() == 28), "{deployed}");
        let text = |name: &str| deployed[name].as_str().unwrap_or_default().to_owned();
        ensure!(text("loaded").ends_with("loaded as generation 1\n"), "{deployed}");
        ensure!(text("dumped") == fs::read_to_string(&file)?, "{deployed}");
        ensure!(text("table").ends_with("no problems\n"), "{deployed}");
        let body: Value = serde_json::from_str(deployed["lookup"]["body"].as_str().unwrap_or_default())?;
        ensure!(body["tenants"][0]["code"] == "acme", "{deployed}");
        Ok(())
    });
}
