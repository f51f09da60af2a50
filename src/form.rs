//! The form that index.html brings: it is there before the app, so that typing can begin at the first paint and neither
//! text nor focus nor caret is lost when the app takes over. The app never draws it anew; this room is its handle.

use crate::browser;
use crate::messages::{Message, text};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// The id of the field, to link errors to.
pub const FIELD_ID: &str = "identifier";

/// The id of the place at the field where an error about it is shown.
pub const ERROR_PLACE: &str = "identifier-problem";

/// The id of the sentence in it that says what is wrong.
pub const ERROR_ID: &str = "identifier-error";

/// The form of the page.
#[derive(Clone)]
pub struct Form {
    form: HtmlElement,
    field: HtmlInputElement,
}

impl Form {
    /// Finds it; `None` in a page that is not ours.
    pub fn of_page() -> Option<Self> {
        Some(Self { form: browser::element("ask-form")?, field: browser::element(FIELD_ID)?.dyn_into().ok()? })
    }

    /// Shows the form, or hides it while another screen is there.
    pub fn show(&self, shown: bool) {
        browser::set_data("screen", if shown { "form" } else { "other" });
    }

    /// What stands in the field. Read from the element: autofill and password managers do not always tell.
    pub fn typed(&self) -> String {
        self.field.value()
    }

    /// Puts a text into the field.
    pub fn fill(&self, text: &str) {
        self.field.set_value(text);
    }

    /// Whether the person has begun to type, so that nothing else may be put into the field.
    pub fn is_touched(&self) -> bool {
        !self.field.value().is_empty()
    }

    /// Puts the focus into the field.
    pub fn focus(&self) {
        browser::focus(&self.field);
    }

    /// Runs `f` when the form is sent. `boot.js` keeps the browser from sending it anywhere itself.
    pub fn on_submit(&self, f: impl Fn() + 'static) {
        browser::listen(&self.form, "submit", move |_| f());
    }

    /// Runs `f` when somebody presses the form's button, a tenth of a second before they let go and the form is sent.
    pub fn on_press(&self, f: impl Fn() + 'static) {
        browser::listen(&self.form, "pointerdown", move |event| {
            if browser::is_on_button(&event) {
                f();
            }
        });
    }

    /// Says that an answer is awaited, or that it is here.
    pub fn set_busy(&self, busy: bool) {
        let _ = self.form.set_attribute("aria-busy", if busy { "true" } else { "false" });
    }

    /// Tells assistive technology whether there is an error at the field, which describes it then.
    pub fn set_invalid(&self, invalid: bool) {
        const HINT: &str = "identifier-hint";
        let described_by = if invalid { [ERROR_ID, " ", HINT].concat() } else { HINT.to_owned() };
        let _ = self.field.set_attribute("aria-invalid", if invalid { "true" } else { "false" });
        let _ = self.field.set_attribute("aria-describedby", &described_by);
    }

    /// Says everything in the language of the page.
    pub fn speak(&self) {
        for (element, place) in browser::sayings() {
            if let Some(message) = Message::at(&place) {
                element.set_text_content(Some(&text(message)));
            }
        }
    }
}
