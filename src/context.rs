//! What every page needs: the deployment, the language, how the page was loaded.

use crate::browser::{self, PageLoad};
use crate::copy;
use crate::elements::{link, reactive};
use crate::messages::{self as m, text};
use deployment::Deployment;
use leptos::prelude::*;
use std::sync::Arc;

/// What `app` passes to every page. Cloning it is cheap.
#[derive(Clone)]
pub struct Context {
    /// config.json.
    pub deployment: Arc<Deployment>,
    /// The language of the page. A view that reads it is rendered again when it changes.
    pub language: RwSignal<String>,
    page_load: StoredValue<Option<PageLoad>>,
}

impl Context {
    /// The context of a page that was loaded like this.
    pub fn new(deployment: Arc<Deployment>, page_load: PageLoad) -> Self {
        Self {
            deployment,
            language: RwSignal::new(browser::page_language()),
            page_load: StoredValue::new(Some(page_load)),
        }
    }

    /// How the page was loaded. The second call returns `None`, so that a query is acted on once.
    pub fn take_page_load(&self) -> Option<PageLoad> {
        self.page_load.try_update_value(Option::take).flatten()
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
