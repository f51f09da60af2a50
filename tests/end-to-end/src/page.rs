//! What a person does and sees, in the words of contract §7. Everything waits a little for what it looks for.

use crate::World;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::time::Duration;
use thirtyfour::prelude::*;
use tokio::time::{Instant, sleep};

/// How long a step may take. Generous: it is spent only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(15);
const GLANCE: Duration = Duration::from_millis(25);

impl World {
    /// Opens a path of the picker.
    pub async fn open(&self, path: &str) -> Result<()> {
        Ok(self.driver.goto(format!("{}{path}", self.picker)).await?)
    }

    async fn find(&self, xpath: String) -> Result<WebElement> {
        let query = self.driver.query(By::XPath(xpath.clone())).wait(PATIENCE, GLANCE).and_displayed();
        query.first().await.with_context(|| format!("looking for {xpath}"))
    }

    /// The field, found by its label as assistive technology finds it.
    pub async fn field(&self) -> Result<WebElement> {
        self.find("//input[@id=//label[normalize-space()='Work email or organization code']/@for]".to_owned()).await
    }

    /// Types into the field, after what is there already.
    pub async fn type_in(&self, text: &str) -> Result<()> {
        Ok(self.field().await?.send_keys(text).await?)
    }

    /// Types on the keyboard, wherever the focus is.
    pub async fn types(&self, keys: impl Into<TypingData>) -> Result<()> {
        Ok(self.driver.action_chain().send_keys(keys).perform().await?)
    }

    /// Fills the form in and sends it.
    pub async fn submit(&self, text: &str) -> Result<()> {
        self.type_in(text).await?;
        self.press("Continue").await
    }

    /// Presses the button or link whose words begin like this.
    pub async fn press(&self, words: &str) -> Result<()> {
        let button = format!("//*[self::button or self::a][starts-with(normalize-space(), '{words}')]");
        Ok(self.find(button).await?.click().await?)
    }

    /// Waits for a heading.
    pub async fn sees_heading(&self, words: &str) -> Result<()> {
        self.find(format!("//*[self::h1 or self::h2][normalize-space()=\"{words}\"]")).await.map(drop)
    }

    /// Waits for an alert with this stable code, and gives its words.
    pub async fn sees_problem(&self, code: &str) -> Result<String> {
        self.sees_heading("There is a problem").await?;
        let alert = self.find(format!("//*[@role='alert'][@data-error='{code}']")).await?;
        Ok(alert.text().await?)
    }

    /// Waits until the page's text contains this.
    pub async fn sees(&self, words: &str) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            let text = self.text().await.unwrap_or_default();
            if text.contains(words) {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("waited for {words:?} in vain");
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until the address begins like this.
    pub async fn arrives_at(&self, address: &str) -> Result<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let url = self.driver.current_url().await?.to_string();
            if url.starts_with(address) {
                return Ok(url);
            }
            if Instant::now() > until {
                bail!("waited for {address}, but is at {url}");
            }
            sleep(GLANCE).await;
        }
    }

    /// At the hosted UI: the sign-in page of this provider, and there this person.
    pub async fn signs_in_at(&self, provider: &str, person: &str) -> Result<()> {
        self.arrives_at(&self.hosted_ui).await?;
        self.sees(provider).await?;
        self.press(person).await
    }

    /// Waits for a second tab and goes on there.
    pub async fn switches_to_the_new_tab(&self) -> Result<()> {
        let here = self.driver.window().await?;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(other) = self.driver.windows().await?.into_iter().find(|tab| *tab != here) {
                return Ok(self.driver.switch_to_window(other).await?);
            }
            sleep(GLANCE).await;
        }
        bail!("waited for a second tab in vain")
    }

    /// What the page says.
    pub async fn text(&self) -> Result<String> {
        Ok(self.driver.find(By::Tag("body")).await?.text().await?)
    }

    /// What a script finds out.
    pub async fn ask(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    /// This tab's session, as contract §6 describes it.
    pub async fn session(&self) -> Result<Value> {
        self.ask("return JSON.parse(sessionStorage.getItem('tenant-picker.session'))").await
    }

    /// How many pending sign-ins wait in this browser.
    pub async fn pending(&self) -> Result<usize> {
        let count = "return Object.keys(localStorage).filter(key => key.startsWith('tenant-picker.pending.')).length";
        Ok(usize::try_from(self.ask(count).await?.as_u64().context("a number")?)?)
    }

    /// The session's tenant, by code.
    pub async fn is_signed_in_to(&self, code: &str, name: &str) -> Result<()> {
        self.sees_heading(&format!("Signed in to {name}")).await?;
        assert_eq!(self.session().await?["tenant"]["code"], code);
        Ok(())
    }
}
