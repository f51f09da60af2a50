//! Sequences of steps that several tests take, and the state that they prepare in the browser.

use crate::World;
use anyhow::{Context, Result};
use serde_json::json;
use thirtyfour::prelude::*;

impl World {
    /// Opens a path of the picker, signs Ada in at this provider, and expects a session at this tenant.
    pub async fn signs_in(&self, path: &str, provider: &str, code: &str, name: &str) -> Result<()> {
        self.open(path).await?;
        self.signs_in_at(provider, "Ada Lovelace").await?;
        self.is_signed_in_to(code, name).await
    }

    /// Signs Ada in to Acme, from a deep link.
    pub async fn signs_in_to_acme(&self) -> Result<()> {
        self.signs_in("/?tenant=acme", "AcmeSAML", "acme", "Acme Corporation").await
    }

    /// Signs in to Acme where the hosted UI still has a session, and so shows no page.
    pub async fn signs_in_to_acme_unasked(&self) -> Result<()> {
        self.open("/?tenant=acme").await?;
        self.is_signed_in_to("acme", "Acme Corporation").await
    }

    /// Waits for the hosted UI's sign-in page of this provider.
    pub async fn sees_sign_in_page(&self, provider: &str) -> Result<()> {
        self.arrives_at(&self.hosted_ui).await?;
        self.sees(provider).await
    }

    /// Presses the button of an organization. The letters of its emblem stand before its name.
    pub async fn chooses(&self, name: &str) -> Result<()> {
        let button = format!("//button[contains(@class, 'organization')][contains(., '{name}')]");
        Ok(self.driver.query(By::XPath(button)).first().await?.click().await?)
    }

    /// The text in the form's field, found by its id: in any language, and without waiting.
    pub async fn typed_text(&self) -> Result<String> {
        let value = self.run_script("return document.getElementById('identifier').value").await?;
        Ok(value.as_str().context("a text")?.to_owned())
    }

    /// Limits this tab's network to so many kilobytes a second in both directions and switches its cache off. `None`
    /// lifts both.
    pub async fn limit_bandwidth(&self, kilobytes: Option<u32>) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.setCacheDisabled", json!({ "cacheDisabled": kilobytes.is_some() })).await?;
        let bytes = kilobytes.map_or(-1.0, |kilobytes| f64::from(kilobytes) * 1024.0);
        self.emulate_network(false, bytes).await
    }

    /// Takes this tab's connection away, or gives it back.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.emulate_network(offline, -1.0).await
    }

    async fn emulate_network(&self, offline: bool, bytes_per_second: f64) -> Result<()> {
        let conditions = json!({
            "offline": offline, "latency": 0,
            "downloadThroughput": bytes_per_second, "uploadThroughput": bytes_per_second,
        });
        self.devtools("Network.emulateNetworkConditions", conditions).await.map(drop)
    }

    /// Blocks cookies of third parties in this tab, as if the person had chosen that in the settings.
    pub(crate) async fn blocks_cookies_of_third_parties(&self) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        // Without the exceptions that Chromium makes by itself.
        let controls = json!({
            "enableThirdPartyCookieRestriction": true,
            "disableThirdPartyCookieMetadata": true, "disableThirdPartyCookieHeuristics": true,
        });
        self.devtools("Network.setCookieControls", controls).await.map(drop)
    }

    /// Fills `localStorage` or `sessionStorage` to the last byte.
    pub async fn fill_storage(&self, storage: &str) -> Result<()> {
        self.run_script(&script_that_fills(storage)).await.map(drop)
    }

    /// Runs a script at the picker in another tab and returns to this one. In the script, `key` and `record` are the
    /// key and the content of the pending sign-in.
    pub async fn changes_pending_sign_in(&self, script: &str) -> Result<()> {
        let here = self.driver.window().await?;
        self.opens_a_tab("/").await?;
        self.field().await?;
        self.run_script(&format!(
            "const key = Object.keys(localStorage).find((key) => key.startsWith('tenant-picker.pending.'));
             const record = JSON.parse(localStorage[key]);
             {script}"
        ))
        .await?;
        self.driver.close_window().await?;
        Ok(self.driver.switch_to_window(here).await?)
    }
}

/// A script that fills `localStorage` or `sessionStorage` to the last byte.
pub fn script_that_fills(storage: &str) -> String {
    format!(
        "for (let size = 1 << 22, i = 0; size >= 1; i++) {{
           try {{ {storage}.setItem('filling-' + i, 'x'.repeat(size)) }} catch {{ size = Math.floor(size / 2) }}
         }}"
    )
}
