//! What every page needs: the deployment, the language, how the page was loaded, the secrets of the next sign-in.

use crate::browser::{self, NoWebCrypto, PageLoad};
use crate::copy;
use crate::elements::{link, reactive};
use crate::messages::{self as m, text};
use deployment::Deployment;
use leptos::prelude::*;
use sign_in::secrets::SignInSecrets;
use std::sync::Arc;

/// What `app` passes to every page. Cloning it is cheap.
#[derive(Clone)]
pub struct Context {
    /// config.json.
    pub deployment: Arc<Deployment>,
    /// The language of the page. A view that reads it is rendered again when it changes.
    pub language: RwSignal<String>,
    page_load: StoredValue<Option<PageLoad>>,
    next_secrets: StoredValue<Option<SignInSecrets>, LocalStorage>,
}

impl Context {
    /// The context of a page that was loaded like this.
    pub fn new(deployment: Deployment, page_load: PageLoad) -> Self {
        Self {
            deployment: Arc::new(deployment),
            language: RwSignal::new(browser::page_language()),
            page_load: StoredValue::new(Some(page_load)),
            next_secrets: StoredValue::new_local(None),
        }
    }

    /// How the page was loaded. The second call returns `None`, so that a query is acted on once.
    pub fn take_page_load(&self) -> Option<PageLoad> {
        self.page_load.try_update_value(Option::take).flatten()
    }

    /// Draws the secrets of the next sign-in ahead of time, so that the sign-in need not wait for them.
    pub fn prepare_secrets(&self) {
        self.next_secrets.set_value(self.draw_secrets().ok());
    }

    /// The secrets for a sign-in: those that were prepared, else new ones.
    ///
    /// # Errors
    /// [`NoWebCrypto`] if the browser has no cryptography.
    pub fn take_secrets(&self) -> Result<SignInSecrets, NoWebCrypto> {
        self.next_secrets.try_update_value(Option::take).flatten().map_or_else(|| self.draw_secrets(), Ok)
    }

    /// New secrets for a sign-in.
    ///
    /// # Errors
    /// [`NoWebCrypto`] if the browser has no cryptography.
    pub fn draw_secrets(&self) -> Result<SignInSecrets, NoWebCrypto> {
        Ok(SignInSecrets::new(&browser::entropy()?))
    }

    /// A link to the product's support, if config.json has one.
    pub fn support_link(&self) -> Option<AnyView> {
        let address = self.deployment.branding.support_url.as_ref()?;
        Some(link("", address, text(m::SUPPORT)))
    }

    /// Sets the title of the page. `failed` puts "Error" in front.
    pub fn set_title(&self, page: &str, failed: bool) {
        browser::set_title(&copy::title(page, self.deployment.branding.product.as_deref(), failed));
    }
}

/// A view that is rendered again when the language changes.
pub fn localized(context: &Context, mut view: impl FnMut() -> AnyView + Send + 'static) -> AnyView {
    let language = context.language;
    reactive(move || {
        language.track();
        view()
    })
}
