//! What a person does and sees in the browser. Every step waits until the page shows what it needs.

use crate::{Engine, World};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::time::Duration;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;
use tokio::time::{Instant, sleep};

/// How long a step waits. Only a test that fails waits this long.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The pause between two attempts. Each attempt takes time from the page that it waits for.
const PAUSE: Duration = Duration::from_millis(50);

/// A script that returns the outcome of a page that waits for nothing more: the code of a failure, a heading, or
/// `form`. It returns null as long as the page waits. `window.left` marks a page that is about to be left: see
/// [`World::goes`].
const OUTCOME: &str = "
    if (window.left) return null;
    const alert = document.querySelector('#app [role=alert]');
    if (alert) return alert.dataset.error;
    const heading = document.querySelector('#app h1')?.textContent;
    if (heading) return heading.endsWith('…') || heading.startsWith('Taking you to') ? null : heading;
    const shown = document.documentElement.dataset.screen === 'form' && document.querySelector('#ask-foot > *');
    return shown && document.getElementById('ask-form').ariaBusy !== 'true' ? 'form' : null;";

/// A script that returns the first element that an XPath finds and a person sees, or null.
const SEEN: &str = "
    const found = document.evaluate(arguments[0], document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    for (let i = 0; i < found.snapshotLength; i++) {
      const element = found.snapshotItem(i);
      const { width, height } = element.getBoundingClientRect();
      const isShown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      if (isShown && width > 0 && height > 0) return element;
    }
    return null;";

/// The browser's buttons for its history.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// Goes to the previous page.
    Back,
    /// Goes to the next page.
    Forward,
    /// Loads the page again.
    Reload,
}

impl World {
    /// Opens a path of the picker.
    pub async fn open(&self, path: &str) -> Result<()> {
        Ok(self.driver.goto(format!("{}{path}", self.picker)).await?)
    }

    /// Waits for an element that is seen. One small script asks for both at once: the drivers' own commands to find an
    /// element and to tell whether it is displayed each send a long script to the page.
    async fn find(&self, xpath: String) -> Result<WebElement> {
        let until = Instant::now() + TIMEOUT;
        loop {
            // During a navigation the driver may have no page to run the script in.
            let found = self.driver.execute(SEEN, vec![Value::from(xpath.as_str())]).await;
            match found.and_then(|found| found.element()) {
                Err(_) if Instant::now() < until => sleep(PAUSE).await,
                found => return found.with_context(|| format!("looking for {xpath}")),
            }
        }
    }

    /// The field of the form, found by its English label.
    pub async fn field(&self) -> Result<WebElement> {
        self.find("//input[@id=//label[normalize-space()='Work email or organization code']/@for]".to_owned()).await
    }

    /// Waits until the field has this text: the app fills it in when it has started.
    pub async fn field_has(&self, text: &str) -> Result<()> {
        self.field().await?;
        self.waits_for(&format!("return document.getElementById('identifier').value === {}", Value::from(text))).await
    }

    /// Types into the field, after the text that it contains.
    pub async fn type_in(&self, text: &str) -> Result<()> {
        Ok(self.field().await?.send_keys(text).await?)
    }

    /// Types on the keyboard, wherever the focus is.
    pub async fn types(&self, keys: impl Into<TypingData>) -> Result<()> {
        Ok(self.driver.action_chain().send_keys(keys).perform().await?)
    }

    /// Types into the field and sends the form.
    pub async fn submit(&self, text: &str) -> Result<()> {
        self.type_in(text).await?;
        self.press("Continue").await
    }

    /// Presses the button or link whose text begins with these words.
    pub async fn press(&self, words: &str) -> Result<()> {
        let button = format!("//*[self::button or self::a][starts-with(normalize-space(), '{words}')]");
        let until = Instant::now() + TIMEOUT;
        loop {
            match self.find(button.clone()).await?.click().await {
                Err(error) if matches!(*error, WebDriverErrorInner::StaleElementReference(_)) => match self.engine {
                    // This driver looks for the button again after the press, which may have removed it.
                    Engine::WebKit => return Ok(()),
                    // Not pressed: the button was in a page that was then replaced by the next one.
                    Engine::Chromium | Engine::Firefox if Instant::now() < until => sleep(PAUSE).await,
                    Engine::Chromium | Engine::Firefox => return Err(error.into()),
                },
                pressed => return Ok(pressed?),
            }
        }
    }

    /// Waits for a heading.
    pub async fn sees_heading(&self, words: &str) -> Result<()> {
        self.find(format!("//*[self::h1 or self::h2][normalize-space()=\"{words}\"]")).await.map(drop)
    }

    /// Waits for an alert with this code, and returns its text.
    pub async fn sees_problem(&self, code: &str) -> Result<String> {
        self.sees_heading("There is a problem").await?;
        let alert = self.find(format!("//*[@role='alert'][@data-error='{code}']")).await?;
        Ok(alert.text().await?)
    }

    /// Waits until the text of the page contains these words.
    pub async fn sees(&self, words: &str) -> Result<()> {
        self.waits_for(&format!("return document.body.innerText.includes({})", Value::from(words))).await
    }

    /// Waits until a script returns a truthy value. The script may have several statements.
    pub async fn waits_for(&self, script: &str) -> Result<()> {
        let until = Instant::now() + TIMEOUT;
        loop {
            // During a navigation the driver may have no page to run the script in.
            let found = self.run_script(&format!("return !!(() => {{ {script} }})()")).await;
            if found.as_ref().is_ok_and(|found| found == true) {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("waited too long for {script}: {found:?}");
            }
            sleep(PAUSE).await;
        }
    }

    /// Waits until the address of the page begins with this one, and returns it.
    pub async fn arrives_at(&self, address: &str) -> Result<String> {
        let until = Instant::now() + TIMEOUT;
        loop {
            // During a navigation some drivers have no page.
            let url = self.driver.current_url().await.map(|url| url.to_string());
            if let Ok(url) = &url
                && url.starts_with(address)
            {
                return Ok(url.clone());
            }
            if Instant::now() > until {
                bail!("waited for {address}, but is at {url:?}");
            }
            sleep(PAUSE).await;
        }
    }

    /// Waits for the hosted UI's sign-in page of this provider and chooses this person there. hosted-ui/README.md lists
    /// the people.
    pub async fn signs_in_at(&self, provider: &str, person: &str) -> Result<()> {
        self.arrives_at(&self.hosted_ui).await?;
        self.sees(provider).await?;
        self.press(person).await
    }

    /// Waits for a second tab and switches to it.
    pub async fn switches_to_the_new_tab(&self) -> Result<()> {
        let here = self.driver.window().await?;
        let until = Instant::now() + TIMEOUT;
        while Instant::now() < until {
            if let Some(other) = self.driver.windows().await?.into_iter().find(|tab| *tab != here) {
                return Ok(self.driver.switch_to_window(other).await?);
            }
            sleep(PAUSE).await;
        }
        bail!("no second tab was opened")
    }

    /// Opens a path of the picker in a new tab and switches to it.
    pub async fn opens_a_tab(&self, path: &str) -> Result<()> {
        let tab = self.browser.lock().await.open_tab().await?;
        self.driver.switch_to_window(tab).await?;
        self.open(path).await
    }

    /// Waits until there are this many tabs, and returns them.
    pub async fn sees_tabs(&self, count: usize) -> Result<Vec<WindowHandle>> {
        let until = Instant::now() + TIMEOUT;
        loop {
            let tabs = self.driver.windows().await?;
            if tabs.len() == count {
                return Ok(tabs);
            }
            if Instant::now() > until {
                bail!("waited for {count} tabs, but there are {}", tabs.len());
            }
            sleep(PAUSE).await;
        }
    }

    /// Waits until a page of the picker waits for nothing more, and returns its outcome: the code of a failure, a
    /// heading, or `form`.
    ///
    /// # Errors
    /// If the page goes on waiting, for example with a spinner.
    pub async fn settles(&self) -> Result<String> {
        let outcome = self.waits_for_value(OUTCOME).await.context("the page goes on waiting")?;
        Ok(outcome.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until a script returns something other than null and false, and returns it.
    pub async fn waits_for_value(&self, script: &str) -> Result<Value> {
        let until = Instant::now() + TIMEOUT;
        loop {
            // During a navigation the driver may have no page to run the script in.
            match self.run_script(script).await {
                Ok(Value::Null | Value::Bool(false)) | Err(_) if Instant::now() < until => sleep(PAUSE).await,
                Ok(Value::Null | Value::Bool(false)) => bail!("waited too long for {script}"),
                result => return result,
            }
        }
    }

    /// Presses a button of the browser, and returns the outcome of the page that it leads to: see [`World::settles`].
    pub async fn goes(&self, way: Way) -> Result<String> {
        // The mark distinguishes the page that is left. A newly loaded page does not have it; a page from the
        // back/forward cache removes it.
        self.run_script("window.left = true; addEventListener('pageshow', () => window.left = false)").await?;
        match way {
            Way::Back => self.driver.back().await?,
            Way::Forward => self.driver.forward().await?,
            Way::Reload => self.driver.refresh().await?,
        }
        self.settles().await
    }

    /// The visible text of the page.
    pub async fn text(&self) -> Result<String> {
        Ok(self.driver.find(By::Tag("body")).await?.text().await?)
    }

    /// Runs a script in the page and returns its result.
    pub async fn run_script(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    /// This tab's session, or null. Its fields are in docs/contract.md, "The session".
    pub async fn session(&self) -> Result<Value> {
        self.run_script("return JSON.parse(sessionStorage.getItem('tenant-picker.session'))").await
    }

    /// The number of pending sign-ins in localStorage.
    pub async fn pending_count(&self) -> Result<usize> {
        let count = "return Object.keys(localStorage).filter(key => key.startsWith('tenant-picker.pending.')).length";
        Ok(usize::try_from(self.run_script(count).await?.as_u64().context("a number")?)?)
    }

    /// Waits for the page of a session at this tenant, and checks the tenant's code in the session.
    pub async fn is_signed_in_to(&self, code: &str, name: &str) -> Result<()> {
        self.sees_heading(&format!("Signed in to {name}")).await?;
        assert_eq!(self.session().await?["tenant"]["code"], code);
        Ok(())
    }
}
