//! What a person does and sees, in the words of contract §7. Everything waits a little for what it looks for.

use crate::{Engine, World};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::time::Duration;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;
use tokio::time::{Instant, sleep};

/// How long a step may take. Generous: it is spent only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long between two looks. Each look keeps the page from what it is waited for, and two processors are few.
const GLANCE: Duration = Duration::from_millis(50);

/// What there is to see once nothing is awaited any more: a failure's code, a heading, or `form`; null until then. The
/// mark is [`World::goes`]'s.
const AT_REST: &str = "
    if (window.left) return null;
    const alert = document.querySelector('#app [role=alert]');
    if (alert) return alert.dataset.error;
    const heading = document.querySelector('#app h1')?.textContent;
    if (heading) return heading.endsWith('…') || heading.startsWith('Taking you to') ? null : heading;
    const shown = document.documentElement.dataset.screen === 'form' && document.querySelector('#ask-foot > *');
    return shown && document.getElementById('ask-form').ariaBusy !== 'true' ? 'form' : null;";

/// The ways through the history that every browser has buttons for.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// To the page before.
    Back,
    /// To the page after.
    Forward,
    /// To this one again.
    Reload,
}

impl World {
    /// Opens a path of the picker.
    pub async fn open(&self, path: &str) -> Result<()> {
        Ok(self.driver.goto(format!("{}{path}", self.picker)).await?)
    }

    async fn find(&self, xpath: String) -> Result<WebElement> {
        let until = Instant::now() + PATIENCE;
        loop {
            let query = self.driver.query(By::XPath(xpath.clone())).wait(PATIENCE, GLANCE).and_displayed();
            match query.first().await {
                // Found in a page that gave way to the next one before it was looked at.
                Err(_) if Instant::now() < until => sleep(GLANCE).await,
                found => return found.with_context(|| format!("looking for {xpath}")),
            }
        }
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
        match self.find(button).await?.click().await {
            // WebKit's driver looks for the button once more when it has pressed it, and that may have taken it away.
            Err(error)
                if self.engine == Engine::WebKit && matches!(*error, WebDriverErrorInner::StaleElementReference(_)) =>
            {
                Ok(())
            }
            pressed => Ok(pressed?),
        }
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
        self.waits_for(&format!("return document.body.innerText.includes({})", Value::from(words))).await
    }

    /// Waits until a script returns something true.
    pub async fn waits_for(&self, script: &str) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            // A page that is just being left answers nothing.
            let found = self.run_script(&format!("return !!(() => {{ {script} }})()")).await;
            if found.as_ref().is_ok_and(|found| found == true) {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("waited in vain for {script}: {found:?}");
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until the address begins like this.
    pub async fn arrives_at(&self, address: &str) -> Result<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            // While one page gives way to the next, some drivers know of none.
            let url = self.driver.current_url().await.map(|url| url.to_string());
            if let Ok(url) = &url
                && url.starts_with(address)
            {
                return Ok(url.clone());
            }
            if Instant::now() > until {
                bail!("waited for {address}, but is at {url:?}");
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

    /// Opens a path of the picker in a new tab and goes on there.
    pub async fn opens_a_tab(&self, path: &str) -> Result<()> {
        let tab = self.browser.lock().await.open_tab().await?;
        self.driver.switch_to_window(tab).await?;
        self.open(path).await
    }

    /// Waits for this many tabs.
    pub async fn sees_tabs(&self, count: usize) -> Result<Vec<WindowHandle>> {
        let until = Instant::now() + PATIENCE;
        loop {
            let tabs = self.driver.windows().await?;
            if tabs.len() == count {
                return Ok(tabs);
            }
            if Instant::now() > until {
                bail!("waited for {count} tabs, but there are {}", tabs.len());
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until a page of the picker awaits nothing more, and tells what it came to: a failure's code, a heading, or
    /// `form`. Whoever is left on a spinner fails here.
    pub async fn settles(&self) -> Result<String> {
        let outcome = self.waits_for_value(AT_REST).await.context("the page never came to rest")?;
        Ok(outcome.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until a script answers something that is true, and gives its answer.
    pub async fn waits_for_value(&self, script: &str) -> Result<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            // While one page gives way to the next, there is none to ask.
            match self.run_script(script).await {
                Ok(Value::Null | Value::Bool(false)) | Err(_) if Instant::now() < until => sleep(GLANCE).await,
                Ok(Value::Null | Value::Bool(false)) => bail!("waited in vain for: {script}"),
                answer => return answer,
            }
        }
    }

    /// Uses a button of the browser, and tells what the page there comes to.
    pub async fn goes(&self, way: Way) -> Result<String> {
        // A page that comes back to life is the same as before; one that is loaded has never heard of the mark.
        self.run_script("window.left = true; addEventListener('pageshow', () => window.left = false)").await?;
        match way {
            Way::Back => self.driver.back().await?,
            Way::Forward => self.driver.forward().await?,
            Way::Reload => self.driver.refresh().await?,
        }
        self.settles().await
    }

    /// What the page says.
    pub async fn text(&self) -> Result<String> {
        Ok(self.driver.find(By::Tag("body")).await?.text().await?)
    }

    /// What a script finds out.
    pub async fn run_script(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    /// This tab's session, as contract §6 describes it.
    pub async fn session(&self) -> Result<Value> {
        self.run_script("return JSON.parse(sessionStorage.getItem('tenant-picker.session'))").await
    }

    /// How many pending sign-ins wait in this browser.
    pub async fn pending_count(&self) -> Result<usize> {
        let count = "return Object.keys(localStorage).filter(key => key.startsWith('tenant-picker.pending.')).length";
        Ok(usize::try_from(self.run_script(count).await?.as_u64().context("a number")?)?)
    }

    /// The session's tenant, by code.
    pub async fn is_signed_in_to(&self, code: &str, name: &str) -> Result<()> {
        self.sees_heading(&format!("Signed in to {name}")).await?;
        assert_eq!(self.session().await?["tenant"]["code"], code);
        Ok(())
    }
}
