//! The form of index.html. It is in the page before the app, so that people can type from the first paint on. The app
//! never renders it again, so text, focus and caret stay as they are.

use crate::browser;
use crate::messages::{Message, text};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// The id of the field, to link errors to.
pub const FIELD_ID: &str = "identifier";

/// The id of the element above the field in which errors about it are shown.
pub const ERROR_PORTAL: &str = "identifier-problem";

/// The id of the sentence that says what the error is. The field's `aria-describedby` names it.
pub const ERROR_ID: &str = "identifier-error";

/// The form and its field.
#[derive(Clone)]
pub struct Form {
    form: HtmlElement,
    field: HtmlInputElement,
}

impl Form {
    /// Finds the form in the page. `None` if it is not there.
    pub fn of_page() -> Option<Self> {
        Some(Self { form: browser::element("ask-form")?, field: browser::element(FIELD_ID)?.dyn_into().ok()? })
    }

    /// Shows the form, or hides it while another screen is shown.
    pub fn show(&self, shown: bool) {
        browser::set_data("screen", if shown { "form" } else { "other" });
    }

    /// The text in the field. It is read from the element, since autofill and password managers do not always send an
    /// event.
    pub fn typed(&self) -> String {
        self.field.value()
    }

    /// Sets the text in the field.
    pub fn fill(&self, text: &str) {
        self.field.set_value(text);
    }

    /// Whether there is a text in the field, which must not be replaced.
    pub fn has_text(&self) -> bool {
        !self.field.value().is_empty()
    }

    /// Puts the focus into the field.
    pub fn focus(&self) {
        browser::focus(&self.field);
    }

    /// Runs `f` when the form is submitted. `first.js` keeps the browser from sending it.
    pub fn on_submit(&self, f: impl Fn() + 'static) {
        browser::listen(&self.form, "submit", move |_| f());
    }

    /// Runs `f` when the button that submits the form is pressed down, about a tenth of a second before the form is
    /// submitted.
    pub fn on_press(&self, f: impl Fn() + 'static) {
        browser::listen(&self.form, "pointerdown", move |event| {
            if browser::is_on_submit_button(&event) {
                f();
            }
        });
    }

    /// Sets whether a lookup is under way, for assistive technology.
    pub fn set_busy(&self, busy: bool) {
        let _ = self.form.set_attribute("aria-busy", if busy { "true" } else { "false" });
    }

    /// Sets whether there is an error at the field, for assistive technology. The error describes the field then.
    pub fn set_invalid(&self, invalid: bool) {
        const HINT: &str = "identifier-hint";
        let described_by = if invalid { [ERROR_ID, " ", HINT].concat() } else { HINT.to_owned() };
        let _ = self.field.set_attribute("aria-invalid", if invalid { "true" } else { "false" });
        let _ = self.field.set_attribute("aria-describedby", &described_by);
    }

    /// Sets all texts of index.html in the language of the page.
    pub fn translate(&self) {
        for (element, index) in browser::elements_with_message() {
            if let Some(message) = Message::from_index(&index) {
                element.set_text_content(Some(&text(message)));
            }
        }
    }
}
