//! Languages: which one is shown, how people change it, and that every text is translated.

use anyhow::{Context, ensure};
use end_to_end::{Conditions, Screen, journey, ordinary_journey};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;
use thirtyfour::prelude::*;
use tokio::time::sleep;

/// A script that lists the visible texts and accessible names that are not in brackets. The pseudo-locale `en-XA` puts
/// every translated message in brackets, so the rest is not translated.
const BARE: &str = r#"
    // Names, codes, the provider's texts, and what is the same in every language.
    const own = 'bdi, q, code, option, .emblem, #brand span, script, style, noscript, template';
    document.querySelectorAll('details').forEach((details) => (details.open = true));
    const rest = (text) => {
      for (let before; before !== text; ) [before, text] = [text, text.replace(/\[[^[\]]*\]/g, '')];
      return text.replace(/[\s:×]/g, '');
    };
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (parent.closest(own) || !parent.checkVisibility()) continue;
      // A name may be an element in the middle of a sentence, so join the text around it.
      const said = [...parent.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('');
      if (rest(said)) found.add(`${parent.localName}: ${said}`);
    }
    for (const name of ['aria-label', 'aria-description', 'aria-roledescription', 'title', 'placeholder', 'alt']) {
      for (const element of document.body.querySelectorAll(`[${name}]`)) {
        const said = element.getAttribute(name);
        if (element.checkVisibility() && rest(said)) found.add(`${element.localName}[${name}]: ${said}`);
      }
    }
    if (rest(document.title.replace(/ – Example$/, ''))) found.add(`title: ${document.title}`);
    return [...found].join('\n')
"#;

#[test]
fn no_sentence_bypasses_the_translations() {
    journey("pseudo-locale", Conditions::every_screen(), |w| async move {
        let mut found = String::new();
        let mut check = async |screen: &str| {
            let bare = w.run_script(BARE).await?;
            let bare = bare.as_str().context("a text")?;
            if !bare.is_empty() {
                writeln!(found, "{screen}: {bare}")?;
            }
            anyhow::Ok(())
        };
        for screen in Screen::ALL {
            w.show(screen, "en-XA").await.with_context(|| screen.name())?;
            check(screen.name()).await?;
            match screen {
                Screen::LongChoice => {
                    for typed in ["a", "zzz"] {
                        w.driver.find(By::Id("filter")).await?.send_keys(typed).await?;
                        check(&format!("long-choice, filtered by {typed}")).await?;
                    }
                }
                Screen::RecentsEditing => {
                    for button in [".forget", ".recents-foot button", ".remember input"] {
                        w.driver.find(By::Css(button)).await?.click().await?;
                        sleep(Duration::from_millis(50)).await;
                        check(&format!("recents, after {button}")).await?;
                    }
                }
                Screen::Form => {
                    w.set_offline(true).await?;
                    w.waits_for("return document.querySelector('#app [role=status]').textContent").await?;
                    check("offline").await?;
                    w.sends("acme", "[data-error=lookup_offline]").await?;
                    check("looked up while offline").await?;
                    w.stays_when_leaving().await?;
                    w.set_offline(false).await?;
                    w.waits_for("return document.querySelector('#app .emblem')").await?;
                }
                // boot.js notices a crashed app and has its own messages.
                Screen::NotFound => {
                    let stop =
                        "dispatchEvent(new ErrorEvent('error', { error: new WebAssembly.RuntimeError('test') }))";
                    w.run_script(stop).await?;
                    w.waits_for("return document.querySelector('[data-error=app_crashed]')").await?;
                    check("the app has stopped").await?;
                }
                _ => {}
            }
        }
        ensure!(found.is_empty(), "not in brackets:\n{found}");
        Ok(())
    });
}

#[test]
fn the_direction_follows_from_the_script_and_not_from_a_list_of_languages() {
    ordinary_journey("direction", |w| async move {
        w.open("/").await?;
        w.field().await?;
        for (tag, direction) in [
            ("ur", "rtl"),
            ("fa", "rtl"),
            ("az-Arab", "rtl"),
            ("pa-Arab-PK", "rtl"),
            ("dv", "rtl"),
            ("syr", "rtl"),
            ("ff-Adlm", "rtl"),
            ("he-Latn", "ltr"),
            ("az", "ltr"),
            ("pa", "ltr"),
            ("ar-Latn", "ltr"),
            ("not a tag", "ltr"),
        ] {
            let set = format!("setPageLanguage({}); return document.documentElement.dir", json!(tag));
            assert_eq!(w.run_script(&set).await?, direction, "{tag}");
        }
        Ok(())
    });
}

#[test]
fn arabic_runs_from_right_to_left_on_every_screen() {
    let managed = Conditions::with_settings(json!({ "managed_login": true }));
    let narrow = Conditions { width: Some(320), ..managed };
    journey("arabic", narrow, |w| async move {
        for screen in Screen::ALL {
            w.show(screen, "ar").await.with_context(|| screen.name())?;
            let of_page = w.run_script("const { lang, dir } = document.documentElement; return [lang, dir]").await?;
            assert_eq!(of_page, json!(["ar", "rtl"]), "{}", screen.name());
            assert_eq!(w.overflow().await?, 0, "{}: sideways scrolling", screen.name());
            if screen == Screen::Leaving {
                let left_for = w.run_script("return new URL(window.leftFor).searchParams.get('lang')").await?;
                assert_eq!(left_for, Value::Null, "the hosted UI has no Arabic");
            }
            if screen == Screen::Form {
                // Email addresses and codes are written from left to right in every language.
                w.driver.find(By::Id("identifier")).await?.send_keys("ada@acme.example").await?;
                let direction =
                    w.run_script("return getComputedStyle(document.getElementById('identifier')).direction").await?;
                assert_eq!(direction, "ltr");
            }
        }
        Ok(())
    });
}

#[test]
fn choosing_a_language_keeps_what_was_typed_and_where_the_person_is() {
    journey("switch-language", Conditions::every_screen(), |w| async move {
        let speaks_german = "return document.documentElement.lang === 'de' && document.querySelector('#foot select')
            .value === 'de'";
        let choose = async |tag: &str| {
            w.driver.find(By::Css(format!("#foot option[value='{tag}']"))).await?.click().await?;
            w.waits_for(&format!("return document.documentElement.lang === '{tag}'")).await
        };
        w.visits_first_time("/", "en", json!([])).await?;
        w.type_in("ada@holding.example").await?;
        choose("de").await?;
        w.waits_for(speaks_german).await?;
        w.sees("Geschäftliche E-Mail").await?;
        assert_eq!(w.typed_text().await?, "ada@holding.example");
        assert!(w.driver.title().await?.starts_with("Anmelden"), "{}", w.driver.title().await?);
        assert!(!w.driver.current_url().await?.as_str().contains("lang="), "the link's language is replaced");

        // Changing the language keeps the screen and the text in its search field.
        w.driver.find(By::Id("identifier")).await?.send_keys(Key::Enter).await?;
        w.waits_for("return document.getElementById('filter')").await?;
        w.driver.find(By::Id("filter")).await?.send_keys("harbour").await?;
        w.waits_for("return document.querySelectorAll('#organizations li').length === 1").await?;
        choose("fr").await?;
        w.waits_for("return document.querySelector('h1').textContent.includes('organisation')").await?;
        let state =
            "return [document.getElementById('filter')?.value, document.querySelectorAll('#organizations li').length]";
        assert_eq!(w.run_script(state).await?, json!(["harbour", 1]), "the search text is kept");

        choose("de").await?;
        w.reopen("/").await?;
        w.waits_for(speaks_german).await.context("after loading it again")?;
        w.opens_a_tab("/").await?;
        w.waits_for(speaks_german).await.context("in another tab")?;
        // In this tab, a link's language takes precedence over the chosen one.
        w.reopen("/?lang=es").await?;
        assert_eq!(w.run_script("return document.documentElement.lang").await?, "es");
        w.reopen("/signed-out").await?;
        assert_eq!(w.run_script("return document.documentElement.lang").await?, "es");
        Ok(())
    });
}

#[test]
fn the_page_is_in_the_language_that_the_browser_asks_for() {
    ordinary_journey("accept-language", |w| async move {
        w.visits_first_time("/", "en", json!([])).await?;
        let agent = w.run_script("return navigator.userAgent").await?;
        for (asked, expected, dir) in [
            ("pt-PT", "pt-BR", "ltr"),
            ("zh-TW", "en", "ltr"),
            ("zh-HK,zh-CN", "zh-Hans", "ltr"),
            ("zh-SG", "zh-Hans", "ltr"),
            ("iw", "he", "rtl"),
            ("de-AT,en", "de", "ltr"),
            ("ar-EG", "ar", "rtl"),
            ("tlh,fr-CA,de", "fr", "ltr"),
            ("en-GB,de", "en", "ltr"),
            ("tlh", "en", "ltr"),
        ] {
            w.run_script("localStorage.clear(); sessionStorage.clear()").await?;
            let parameters = json!({ "userAgent": agent, "acceptLanguage": asked });
            w.devtools("Emulation.setUserAgentOverride", parameters).await?;
            w.reopen("/").await?;
            let of_page = w.run_script("const { lang, dir } = document.documentElement; return [lang, dir]").await?;
            assert_eq!(of_page, json!([expected, dir]), "{asked}");
            let words = w.run_script("return document.querySelector('label[data-message]').textContent").await?;
            assert_eq!(words == "Work email or organization code", expected == "en", "{asked}: {words}");
        }
        Ok(())
    });
}
