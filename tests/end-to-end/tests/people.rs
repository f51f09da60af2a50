//! What people need who pick an organization: the twenty asks of the reference's practice.md, every screen with and
//! without eyes, hands, English and patience.
//!
//! | ask | is held by |
//! |---|---|
//! | 1 typed before the code had loaded | `what_is_typed_and_sent_before_the_code_has_loaded_is_carried_out` |
//! | 2 several organizations | journey: `offers_several_organizations_and_goes_to_the_chosen_one` |
//! | 3 code, domain or email | `a_code_a_domain_and_an_email_go_into_one_field`; lookup-api's `identifier` tests |
//! | 4 subdomains | `spelling_and_subdomains_do_not_matter`; lookup-service's `directory` tests |
//! | 5 case | the same |
//! | 6 consumer mailboxes | `nobody_learns_from_the_page_who_is_a_customer`; lookup-service's `consumer_domains` tests |
//! | 7 email unlike the account | `the_account_may_have_another_name_than_the_email` |
//! | 8 never retype | journey: `a_login_hint_fills_the_field_and_waits`; failures: |
//! | | `cancelling_at_the_provider_leads_back_with_a_second_chance` |
//! | 9 no enumeration | `nobody_learns_from_the_page_who_is_a_customer`; lookup-service's http tests: |
//! | | `nothing_found_has_one_shape_whatever_was_asked` |
//! | 10 membership before domain | `a_chosen_organization_goes_before_the_emails_domain` |
//! | 11 no trap for the next person | `organizations_used_before_stand_first_and_wait_to_be_chosen`, |
//! | | `what_is_not_to_be_remembered_is_forgotten_and_not_kept_again` |
//! | 12 no redirect loop | `who_is_not_a_member_is_not_sent_round_in_circles` |
//! | 13 another account after logout | journey: `signs_out_at_the_hosted_ui_too` |
//! | 14 a way back | journey: `leaving_can_be_cancelled_and_nothing_typed_is_lost` |
//! | 15 deep link, checked | journey: `goes_on_to_an_allowed_address_after_signing_in`, |
//! | | `drops_a_return_to_that_is_not_allowed_and_says_so` |
//! | 16 Back | `back_leads_to_the_form_with_what_was_typed` |
//! | 17 reload | journey: `signs_in_by_email_and_stays_signed_in_after_a_reload` |
//! | 18 frames and popups | `a_popup_opened_by_a_click_signs_in`; framing is refused, lookup-service's site tests: |
//! | | `every_answer_of_the_site_is_hardened` |
//! | 19 password managers | journey: `the_form_is_marked_usable_and_known_to_password_managers` |
//! | 20 long lists | `five_thousand_organizations_are_all_there_and_found` |

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use anyhow::{Context, Result, ensure};
use end_to_end::{
    Answer, Conditions, LookupStub, SEVERAL_MORE, Screen, World, journey, ordinary_journey, recent, root,
};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;
use thirtyfour::prelude::*;
use tokio::time::sleep;

/// The languages that index.html offers, and how they run.
const LANGUAGES: [(&str, &str); 9] = [
    ("ar", "rtl"),
    ("de", "ltr"),
    ("en", "ltr"),
    ("es", "ltr"),
    ("fr", "ltr"),
    ("he", "rtl"),
    ("ja", "ltr"),
    ("pt-BR", "ltr"),
    ("zh-Hans", "ltr"),
];

/// A browser that pages come back to life in, for who goes back.
fn whole() -> Conditions {
    Conditions { whole_browser: true, ..Conditions::default() }
}

/// A world in which every screen can be shown.
fn every_screen() -> Conditions {
    Conditions { directory: Some(SEVERAL_MORE.to_owned()), ..Conditions::default() }
}

fn with_settings(settings: Value) -> Conditions {
    Conditions { settings: Some(settings), ..every_screen() }
}

/// A world whose lookups go to a stub on another origin.
fn with_lookups(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Conditions {
    let stub = LookupStub::start(answer).unwrap();
    with_settings(json!({ "lookup_url": stub.url }))
}

fn remembered() -> Value {
    json!([recent("acme", "Acme Corporation", "acme.example"), recent("globex", "Globex", "globex.example")])
}

/// Presses the button of an organization; its letters stand before its name.
async fn chooses(w: &World, name: &str) -> Result<()> {
    let button = format!("//button[contains(@class, 'organization')][contains(., '{name}')]");
    Ok(w.driver.query(By::XPath(button)).first().await?.click().await?)
}

async fn value_of_field(w: &World) -> Result<String> {
    let value = w.ask("return document.getElementById('identifier').value").await?;
    Ok(value.as_str().context("a text")?.to_owned())
}

/// Kilobytes a second, both ways, with nothing in the cache; `None`: as fast as it goes.
async fn with_bandwidth(w: &World, kilobytes: Option<u32>) -> Result<()> {
    w.devtools("Network.enable", json!({})).await?;
    w.devtools("Network.setCacheDisabled", json!({ "cacheDisabled": kilobytes.is_some() })).await?;
    let bytes = kilobytes.map_or(-1.0, |kilobytes| f64::from(kilobytes) * 1024.0);
    network(w, false, bytes).await
}

async fn network(w: &World, offline: bool, bytes: f64) -> Result<()> {
    let conditions = json!({
        "offline": offline, "latency": 0, "downloadThroughput": bytes, "uploadThroughput": bytes,
    });
    w.devtools("Network.enable", json!({})).await?;
    w.devtools("Network.emulateNetworkConditions", conditions).await.map(drop)
}

// ── the twenty asks, as far as nothing else holds them ───────────────────────────────────────────────────────────────

/// Ask 1: keep what was typed before the code had loaded.
#[test]
fn what_is_typed_and_sent_before_the_code_has_loaded_is_carried_out() {
    ordinary_journey("early", |w| async move {
        w.arrive("/signed-out", "en", json!([])).await?;
        with_bandwidth(&w, Some(25)).await?;
        w.ask("window.isOfBefore = true").await?;
        w.open("/").await?;
        w.waits_for("return !window.isOfBefore && document.activeElement?.id === 'identifier'").await?;
        w.types("ada@ame.example").await?;
        w.types(Key::Left + Key::Left + Key::Left + Key::Left + Key::Left + Key::Left + Key::Left + Key::Left).await?;
        w.types(Key::Left + Key::Left + "c").await?;
        assert!(
            w.ask("return document.documentElement.dataset.app").await?.is_null(),
            "typed too late to mean anything"
        );
        with_bandwidth(&w, None).await?;
        w.holds_still().await?;
        let caret = "const f = document.getElementById('identifier');
            return [f.value, document.activeElement === f, f.selectionStart, f.selectionEnd]";
        assert_eq!(w.ask(caret).await?, json!(["ada@acme.example", true, 6, 6]), "text, focus and caret stay");

        with_bandwidth(&w, Some(25)).await?;
        w.ask("window.isOfBefore = true").await?;
        w.open("/").await?;
        w.waits_for("return !window.isOfBefore && document.activeElement?.id === 'identifier'").await?;
        w.types("ada@acme.example" + Key::Enter).await?;
        assert!(
            w.ask("return document.documentElement.dataset.app").await?.is_null(),
            "sent too late to mean anything"
        );
        let busy = w.ask("return document.getElementById('ask-form').getAttribute('aria-busy')").await?;
        assert_eq!(busy, "true", "a form that was sent says so");
        with_bandwidth(&w, None).await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

/// Ask 3: accept a code, a domain or an email in one field.
#[test]
fn a_code_a_domain_and_an_email_go_into_one_field() {
    ordinary_journey("one-field", |w| async move {
        for typed in ["acme", "acme.example", "@acme.example", "ada@acme.example", " Acme "] {
            w.arrive("/", "en", json!([])).await?;
            w.stays_when_leaving().await?;
            w.sends(typed, "#app .emblem").await.with_context(|| typed.to_owned())?;
            w.sees_heading("Taking you to Acme Corporation").await?;
        }
        Ok(())
    });
}

/// Ask 4: match subdomains, opt-in, on label boundaries. Ask 5: ignore case in domains.
#[test]
fn spelling_and_subdomains_do_not_matter() {
    ordinary_journey("subdomains", |w| async move {
        for (typed, leads_to) in [
            ("ada@EU.Globex.EXAMPLE", "#app .emblem"),
            ("ada@GLOBEX.example", "#app .emblem"),
            ("ada@notglobex.example", "[data-error=no_match]"),
            ("ada@eu.acme.example", "[data-error=no_match]"),
        ] {
            w.arrive("/", "en", json!([])).await?;
            w.stays_when_leaving().await?;
            w.sends(typed, leads_to).await.with_context(|| typed.to_owned())?;
        }
        Ok(())
    });
}

/// Ask 6: refuse consumer mailbox domains, synonyms included. Ask 9: no enumeration, not by page differences either.
#[test]
fn nobody_learns_from_the_page_who_is_a_customer() {
    ordinary_journey("enumeration", |w| async move {
        let mut pages = Vec::new();
        for subject in ["gmail.com", "googlemail.com", "nobody.example", "eu.nobody.example", "nobody"] {
            w.arrive("/", "en", json!([])).await?;
            w.sends(subject, "[data-error=no_match]").await.with_context(|| subject.to_owned())?;
            pages.push(w.text().await?.replace(subject, "SUBJECT"));
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "{pages:#?}");
        // The same email again, whoever owns it: what stands before the @ decides nothing.
        assert!(!pages[0].contains("account") && !pages[0].contains("customer"), "{}", pages[0]);
        Ok(())
    });
}

/// Ask 7: the email may differ from the account's name.
#[test]
fn the_account_may_have_another_name_than_the_email() {
    ordinary_journey("other-name", |w| async move {
        w.open("/").await?;
        w.submit("office@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Alan Turing").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

/// Ask 10: a domain match must not override real membership.
#[test]
fn a_chosen_organization_goes_before_the_emails_domain() {
    ordinary_journey("guest", |w| async move {
        // A link says which organization, and the email is of another one's domain: a guest's.
        w.open("/?tenant=globex&login_hint=ada%40acme.example").await?;
        w.signs_in_at("GlobexOIDC", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("globex", "Globex").await?;
        // A guest's next visit: the organization is remembered, whatever the email's domain says.
        w.devtools("Network.clearBrowserCookies", json!({})).await?;
        w.reopen("/?login_hint=ada%40acme.example").await?;
        chooses(&w, "Continue to Globex").await?;
        w.signs_in_at("GlobexOIDC", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("globex", "Globex").await
    });
}

/// Ask 12: no redirect loop when the person is not a member.
#[test]
fn who_is_not_a_member_is_not_sent_round_in_circles() {
    journey("no-circles", whole(), |w| async move {
        w.open("/?tenant=acme").await?;
        w.signs_in_at("AcmeSAML", "Noor").await?;
        w.sees_problem("provider_not_assigned").await?;
        w.ask("window.isStillHere = true").await?;
        sleep(Duration::from_millis(1500)).await;
        assert_eq!(w.ask("return window.isStillHere").await?, true, "after a refusal nothing goes on by itself");
        w.press("Choose another organization").await?;
        assert_eq!(value_of_field(&w).await?, "", "the organization that refused is not proposed again");
        sleep(Duration::from_millis(500)).await;
        assert_eq!(w.driver.current_url().await?.as_str(), format!("{}/", w.picker));
        // Neither does the deep link, when Back leads to it again.
        w.driver.back().await?;
        sleep(Duration::from_millis(500)).await;
        assert!(w.driver.current_url().await?.as_str().starts_with(&w.picker));
        Ok(())
    });
}

/// Ask 16: Back must not strand them on a spinner.
#[test]
fn back_leads_to_the_form_with_what_was_typed() {
    journey("back-typed", whole(), |w| async move {
        w.arrive("/", "en", json!([])).await?;
        w.submit("ada@acme.example").await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.sees("AcmeSAML").await?;
        w.driver.back().await?;
        assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some("ada@acme.example"));
        w.holds_still().await?;
        assert_eq!(w.ask("return document.getElementById('ask-form').getAttribute('aria-busy')").await?, "false");
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

/// Ask 18: work where frames do not: a popup that a page of another origin opens synchronously in the click.
#[test]
fn a_popup_opened_by_a_click_signs_in() {
    ordinary_journey("popup", |w| async move {
        w.driver.goto(format!("{}/.well-known/openid-configuration", w.hosted_ui)).await?;
        w.sees("authorization_endpoint").await?;
        let button = "const button = document.body.appendChild(document.createElement('button'));
            button.textContent = 'Sign in';
            button.onclick = () => { window.popup = window.open(arguments[0], 'sign-in', 'width=480,height=720') };";
        w.driver.execute(button, vec![json!(format!("{}/?tenant=acme", w.picker))]).await?;
        w.press("Sign in").await?;
        w.switches_to_the_new_tab().await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

// ── every screen ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// WCAG 2.5.8 asks for targets of 24 px; where touch is likely, people need 44.
const SMALL: &str = "
    return [...document.querySelectorAll('a, button, input, select, summary')].map((e) => {
      const box = (e.type === 'checkbox' ? e.closest('label') : e).getBoundingClientRect();
      return [e, Math.min(box.width, box.height)];
    }).filter(([e, size]) => e.checkVisibility() && size < (e.matches('p a') ? 24 : 44) - .5)
      .map(([e, size]) => `${e.outerHTML.slice(0, 80)} ${size.toFixed(1)}`)";

#[test]
fn axe_finds_nothing_on_any_screen_and_each_has_its_title_heading_focus_and_large_targets() {
    journey("axe-screens", every_screen(), |w| async move {
        let mut found = String::new();
        for screen in Screen::ALL {
            let name = screen.name();
            w.show(screen, "en").await.context(name)?;
            let headings = "return [...document.querySelectorAll('h1')].filter((h) => h.checkVisibility()).length";
            let headings = w.ask(headings).await?;
            if headings != 1 {
                writeln!(found, "{name}: {headings} main headings")?;
            }
            let title = w.driver.title().await?;
            let failed = w.ask("return document.querySelector('[data-error]') !== null").await? == true;
            if title.starts_with("Error: ") != failed {
                writeln!(found, "{name}: the title is {title}")?;
            }
            let focus = w.focus().await?;
            let expected = match screen {
                Screen::Form | Screen::Dropped | Screen::Looking => "input Work email or organization code",
                // A list comes before the field: whoever listens begins at the top.
                Screen::Recents => "body",
                // A script pressed Edit. `the_focus_stays_where_it_is_used` does it by hand.
                Screen::RecentsEditing => "",
                _ if failed => "div There is a problem",
                _ => "h1",
            };
            if !focus.starts_with(expected) {
                writeln!(found, "{name}: the focus is on {focus}")?;
            }
            let small = w.ask(SMALL).await?;
            if small != json!([]) {
                writeln!(found, "{name}: too small for a finger: {small}")?;
            }
            for scheme in ["light", "dark"] {
                w.in_scheme(scheme).await?;
                let barriers = w.barriers().await.context(name)?;
                if !barriers.is_empty() {
                    writeln!(found, "{name} {scheme}: {barriers}")?;
                }
            }
        }
        ensure!(found.is_empty(), "{found}");
        Ok(())
    });
}

#[test]
fn axe_finds_nothing_in_any_language() {
    journey("axe-languages", every_screen(), |w| async move {
        let mut found = String::new();
        for (lang, dir) in LANGUAGES {
            for screen in [Screen::Form, Screen::NoMatch, Screen::Recents] {
                w.show(screen, lang).await.with_context(|| format!("{lang} {}", screen.name()))?;
                let of_page = w.ask("const { lang, dir } = document.documentElement; return [lang, dir]").await?;
                assert_eq!(of_page, json!([lang, dir]));
                let barriers = w.barriers().await?;
                if !barriers.is_empty() {
                    writeln!(found, "{lang} {}: {barriers}", screen.name())?;
                }
            }
        }
        ensure!(found.is_empty(), "{found}");
        Ok(())
    });
}

/// What assistive technology is told is kept in `accessibility/`, one file a screen, for everybody to read.
/// `UPDATE_SNAPSHOTS=1` writes it anew.
#[test]
fn every_screen_is_told_to_assistive_technology_as_its_snapshot_says() {
    journey("told", every_screen(), |w| async move {
        let folder = root().join("tests/end-to-end/accessibility");
        let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
        let mut differences = String::new();
        for screen in Screen::ALL {
            w.show(screen, "en").await.with_context(|| screen.name())?;
            let told = w.told().await?;
            let file = folder.join(screen.name()).with_extension("txt");
            if update {
                std::fs::create_dir_all(&folder)?;
                std::fs::write(file, told)?;
            } else {
                let kept = std::fs::read_to_string(&file).unwrap_or_default();
                if kept != told {
                    writeln!(differences, "{}:\n{}", screen.name(), difference(&kept, &told))?;
                }
            }
        }
        ensure!(differences.is_empty(), "UPDATE_SNAPSHOTS=1 accepts these:\n{differences}");
        Ok(())
    });
}

/// The lines that went (-) and came (+) between what the two have in common at their ends.
fn difference(before: &str, after: &str) -> String {
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&before[same..], &after[same..]);
    let end = gone.iter().rev().zip(come.iter().rev()).take_while(|(a, b)| a == b).count();
    let gone = gone[..gone.len() - end].iter().map(|line| format!("-{line}\n"));
    gone.chain(come[..come.len() - end].iter().map(|line| format!("+{line}\n"))).collect()
}

// ── by keyboard alone ────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn the_whole_journey_is_done_by_keyboard_alone() {
    ordinary_journey("keyboard-journey", |w| async move {
        w.arrive("/", "en", remembered()).await?;
        let tab_to = async |wanted: &str| w.tabs_to(wanted).await;
        // The first stop is what most people want.
        tab_to("button AC").await?;
        tab_to("button Edit").await?;
        w.types(Key::Enter).await?;
        tab_to("button Forget Globex").await?;
        w.types(Key::Enter).await?;
        w.sees("Globex is forgotten.").await?;
        tab_to("button Done").await?;
        w.types(Key::Enter).await?;
        tab_to("input Work email or organization code").await?;
        w.types("ada@umbrella.example" + Key::Enter).await?;
        w.sees_heading("Choose your organization").await?;
        tab_to("button Umbrella United States").await?;
        w.types(Key::Enter).await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.sees("UmbrellaUS").await?;
        tab_to("button Ada Lovelace").await?;
        w.types(Key::Enter).await?;
        w.is_signed_in_to("umbrella-us", "Umbrella United States").await?;
        tab_to("button Sign out").await?;
        w.types(Key::Enter).await?;
        w.arrives_at(&format!("{}/signed-out", w.picker)).await?;
        w.sees_heading("You have signed out").await?;
        tab_to("a Sign in again").await?;
        w.types(Key::Enter).await?;
        tab_to("button UUContinue to Umbrella United States").await
    });
}

/// WCAG 2.4.7 and 2.4.11: a ring around whatever Tab leads to, whole, with nothing above it.
#[test]
fn the_focus_is_seen_wherever_tab_leads() {
    journey("focus-seen", every_screen(), |w| async move {
        let mut faults = String::new();
        let screens = [Screen::RecentsEditing, Screen::LongChoice, Screen::NoMatch, Screen::Leaving, Screen::SignedIn];
        for screen in screens {
            w.show(screen, "en").await.with_context(|| screen.name())?;
            for _ in 0..8 {
                w.types(Key::Tab).await?;
                if let Err(fault) = w.focus_is_seen().await {
                    writeln!(faults, "{}: {fault}", screen.name())?;
                }
            }
        }
        ensure!(faults.is_empty(), "{faults}");
        Ok(())
    });
}

/// What is drawn anew must not take the focus away from whoever is using it.
#[test]
fn the_focus_stays_where_it_is_used() {
    ordinary_journey("focus-kept", |w| async move {
        let mut lost = String::new();
        let mut check = async |what: &str, wanted: &[&str]| {
            sleep(Duration::from_millis(100)).await;
            let focus = w.focus().await?;
            if !wanted.iter().any(|wanted| focus.starts_with(wanted)) {
                writeln!(lost, "{what}: the focus is on {:?}", focus.chars().take(60).collect::<String>())?;
            }
            anyhow::Ok(())
        };
        w.arrive("/", "en", remembered()).await?;
        w.tabs_to("button Edit").await?;
        w.types(Key::Enter).await?;
        check("after Edit", &["button Done"]).await?;
        w.tabs_to("button Forget Acme").await?;
        w.types(Key::Enter).await?;
        w.sees("Acme Corporation is forgotten.").await?;
        check("after Forget", &["button Forget Globex", "button Done", "ul"]).await?;
        w.tabs_to("button Forget all").await?;
        w.types(Key::Enter).await?;
        w.sees("All organizations are forgotten.").await?;
        check("after Forget all", &["input Work email or organization code", "h1", "h2"]).await?;

        // A select that is worked with the arrow keys changes with every press (WCAG 3.2.2).
        w.arrive("/", "en", json!([])).await?;
        w.tabs_to("select Language").await?;
        w.types(Key::Up).await?;
        w.waits_for("return document.documentElement.lang === 'de'").await?;
        check("after another language", &["select"]).await?;

        // Called off, with organizations above the form.
        w.arrive("/", "en", remembered()).await?;
        w.stays_when_leaving().await?;
        w.sends("ada@acme.example", "#app .emblem").await?;
        w.press("Cancel").await?;
        w.field().await?;
        check("after Cancel", &["input Work email or organization code", "h1"]).await?;
        ensure!(lost.is_empty(), "{lost}");
        Ok(())
    });
}

// ── languages ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// What the page says, to eyes or ears, that is not in brackets: the pseudo-locale puts every sentence into them.
const BARE: &str = r#"
    // Somebody else's words, names, codes, and what is the same in every language.
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
      // A name may stand in the middle of a sentence.
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
    journey("pseudo-locale", every_screen(), |w| async move {
        let mut found = String::new();
        let mut check = async |screen: &str| {
            let bare = w.ask(BARE).await?;
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
                    network(&w, true, -1.0).await?;
                    w.waits_for("return document.querySelector('#app [role=status]').textContent").await?;
                    check("offline").await?;
                    w.sends("acme", "[data-error=lookup_offline]").await?;
                    check("looked up while offline").await?;
                    w.stays_when_leaving().await?;
                    network(&w, false, -1.0).await?;
                    w.waits_for("return document.querySelector('#app .emblem')").await?;
                }
                // A stopped app is seen by boot.js, which has words of its own.
                Screen::NotFound => {
                    let stop =
                        "dispatchEvent(new ErrorEvent('error', { error: new WebAssembly.RuntimeError('test') }))";
                    w.ask(stop).await?;
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
fn arabic_runs_from_right_to_left_on_every_screen() {
    let narrow = Conditions { width: Some(320), ..every_screen() };
    journey("arabic", narrow, |w| async move {
        for screen in Screen::ALL {
            w.show(screen, "ar").await.with_context(|| screen.name())?;
            let of_page = w.ask("const { lang, dir } = document.documentElement; return [lang, dir]").await?;
            assert_eq!(of_page, json!(["ar", "rtl"]), "{}", screen.name());
            assert_eq!(w.overflow().await?, 0, "{}: sideways scrolling", screen.name());
            if screen == Screen::Leaving {
                let left_for = w.ask("return new URL(window.leftFor).searchParams.get('lang')").await?;
                assert_eq!(left_for, Value::Null, "the hosted UI speaks no Arabic");
            }
            if screen == Screen::Form {
                // An address and a code run from left to right, wherever they stand.
                w.driver.find(By::Id("identifier")).await?.send_keys("ada@acme.example").await?;
                let direction =
                    w.ask("return getComputedStyle(document.getElementById('identifier')).direction").await?;
                assert_eq!(direction, "ltr");
            }
        }
        Ok(())
    });
}

#[test]
fn choosing_a_language_keeps_what_was_typed_and_where_the_person_is() {
    journey("switch-language", every_screen(), |w| async move {
        let speaks_german = "return document.documentElement.lang === 'de' && document.querySelector('#foot select')
            .value === 'de'";
        let choose = async |tag: &str| {
            w.driver.find(By::Css(format!("#foot option[value='{tag}']"))).await?.click().await?;
            w.waits_for(&format!("return document.documentElement.lang === '{tag}'")).await
        };
        w.arrive("/", "en", json!([])).await?;
        w.type_in("ada@holding.example").await?;
        choose("de").await?;
        w.waits_for(speaks_german).await?;
        w.sees("Geschäftliche E-Mail").await?;
        assert_eq!(value_of_field(&w).await?, "ada@holding.example");
        assert!(w.driver.title().await?.starts_with("Anmelden"), "{}", w.driver.title().await?);
        assert!(!w.driver.current_url().await?.as_str().contains("lang="), "the link's language gave way");

        // Where the person is, and how far they have got there.
        w.driver.find(By::Id("identifier")).await?.send_keys(Key::Enter).await?;
        w.waits_for("return document.getElementById('filter')").await?;
        w.driver.find(By::Id("filter")).await?.send_keys("harbour").await?;
        w.waits_for("return document.querySelectorAll('#organizations li').length === 1").await?;
        choose("fr").await?;
        w.waits_for("return document.querySelector('h1').textContent.includes('organisation')").await?;
        let state =
            "return [document.getElementById('filter')?.value, document.querySelectorAll('#organizations li').length]";
        assert_eq!(w.ask(state).await?, json!(["harbour", 1]), "what was typed to search with");

        choose("de").await?;
        w.reopen("/").await?;
        w.waits_for(speaks_german).await.context("after loading it again")?;
        w.opens_a_tab("/").await?;
        w.waits_for(speaks_german).await.context("in another tab")?;
        // A link's language goes before the choice, for this tab.
        w.reopen("/?lang=es").await?;
        assert_eq!(w.ask("return document.documentElement.lang").await?, "es");
        w.reopen("/signed-out").await?;
        assert_eq!(w.ask("return document.documentElement.lang").await?, "es");
        Ok(())
    });
}

#[test]
fn the_page_speaks_what_the_browser_asks_for() {
    ordinary_journey("accept-language", |w| async move {
        w.arrive("/", "en", json!([])).await?;
        let agent = w.ask("return navigator.userAgent").await?;
        for (asked, spoken, dir) in [
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
            w.ask("localStorage.clear(); sessionStorage.clear()").await?;
            let parameters = json!({ "userAgent": agent, "acceptLanguage": asked });
            w.devtools("Emulation.setUserAgentOverride", parameters).await?;
            w.reopen("/").await?;
            let of_page = w.ask("const { lang, dir } = document.documentElement; return [lang, dir]").await?;
            assert_eq!(of_page, json!([spoken, dir]), "{asked}");
            let words = w.ask("return document.querySelector('label[data-message]').textContent").await?;
            assert_eq!(words == "Work email or organization code", spoken == "en", "{asked}: {words}");
        }
        Ok(())
    });
}

// ── organizations used before ────────────────────────────────────────────────────────────────────────────────────────

/// Records what the page asks of anybody, from its first moment on.
const RECORD_REQUESTS: &str = "{
      window.requests = [];
      const fetch = window.fetch;
      window.fetch = (...all) => {
        const request = new Request(...all);
        request.clone().text().then((body) => window.requests.push(`${request.method} ${request.url} ${body}`));
        return fetch(request);
      };
    }";

/// Ask 11: a remembered organization must not trap the next person at the same device.
#[test]
fn organizations_used_before_stand_first_and_wait_to_be_chosen() {
    ordinary_journey("recents", |w| async move {
        for (tenant, provider) in [("acme", "AcmeSAML"), ("globex", "GlobexOIDC"), ("acme", "AcmeSAML")] {
            w.reopen(&format!("/signed-out?{tenant}")).await?;
            w.open(&format!("/?tenant={tenant}")).await?;
            w.signs_in_at(provider, "Ada Lovelace").await?;
            w.sees("Signed in to").await?;
        }
        w.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": RECORD_REQUESTS })).await?;
        w.reopen("/signed-out").await?;
        w.reopen("/").await?;
        let list =
            "return [...document.querySelectorAll('ul[aria-label=\"Organizations you used on this device\"] button')]
            .map((button) => [...button.querySelectorAll('.name, .domain')].map((e) => e.textContent).join(' '))";
        let newest_first = json!(["Continue to Acme Corporation acme.example", "Continue to Globex globex.example"]);
        assert_eq!(w.ask(list).await?, newest_first);

        sleep(Duration::from_secs(1)).await;
        assert_eq!(w.driver.current_url().await?.as_str(), format!("{}/", w.picker), "nothing goes on by itself");
        let requests = "return window.requests.concat(performance.getEntriesByType('resource').map((r) => r.name))";
        let before = w.ask(requests).await?.to_string();
        assert!(before.contains("config.json"), "{before}");
        for trace in ["acme", "globex", "POST"] {
            assert!(!before.contains(trace), "{trace} before anything is chosen: {before}");
        }
        w.stays_when_leaving().await?;
        chooses(&w, "Continue to Globex").await?;
        w.sees_heading("Taking you to Globex").await?;
        let after = w.ask("return window.requests.filter((r) => r.startsWith('POST'))").await?;
        let address = format!("{}/v1/lookup", w.picker);
        assert_eq!(after, json!([format!("POST {address} {{\"code\":\"globex\"}}")]), "the chosen one, and no other");
        Ok(())
    });
}

#[test]
fn one_organization_can_be_forgotten_or_all() {
    ordinary_journey("forget", |w| async move {
        let kept = "return JSON.parse(localStorage.getItem('tenant-picker.recents') ?? '[]').map(({ code }) => code)";
        w.arrive("/", "en", remembered()).await?;
        w.press("Edit").await?;
        w.driver.find(By::Css("button[aria-label='Forget Acme Corporation']")).await?.click().await?;
        w.sees("Acme Corporation is forgotten.").await?;
        assert_eq!(w.ask(kept).await?, json!(["globex"]));
        w.press("Forget all").await?;
        w.sees("All organizations are forgotten.").await?;
        assert_eq!(w.ask(kept).await?, json!([]));
        assert_eq!(w.ask("return localStorage.getItem('tenant-picker.recents')").await?, Value::Null);
        w.reopen("/").await?;
        assert_eq!(w.ask("return document.querySelector('#recents').textContent.trim()").await?, "");
        assert!(w.focus().await?.starts_with("input Work email or organization code"));
        Ok(())
    });
}

/// Ask 11: a shared device.
#[test]
fn what_is_not_to_be_remembered_is_forgotten_and_not_kept_again() {
    ordinary_journey("forgetful", |w| async move {
        w.arrive("/", "en", remembered()).await?;
        w.driver
            .find(By::XPath("//label[contains(., 'remember my organization on this device')]"))
            .await?
            .click()
            .await?;
        w.waits_for("return localStorage.getItem('tenant-picker.recents') === null").await?;
        let none = "return !document.querySelector('#recents .organization')?.checkVisibility()";
        w.waits_for(none).await.context("what is forgotten is not shown any more")?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(w.ask("return localStorage.getItem('tenant-picker.recents')").await?, Value::Null);
        w.reopen("/").await?;
        w.waits_for(none).await?;
        let checked = "return document.querySelector('.remember input').checked";
        assert_eq!(w.ask(checked).await?, true, "the wish is remembered, and nothing else");
        Ok(())
    });
}

#[test]
fn nothing_moves_while_the_page_loads() {
    let logo = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"120\" height=\"32\"><rect width=\"120\" height=\"32\"/></svg>";
    let branded = Conditions {
        settings: Some(json!({ "branding": { "product": "Example", "logo": "/logo.svg", "accent": "#7a1fa2" } })),
        files: vec![("logo.svg", logo)],
        ..Conditions::default()
    };
    journey("layout-shift", branded, |w| async move {
        let used = [
            recent("acme", "Acme Corporation", "acme.example"),
            recent("globex", "Globex", "globex.example"),
            recent("sakura", "さくら商事株式会社", "sakura.example"),
            recent("nakheel", "شركة النخيل للتجارة", "nakheel.example"),
            recent("wayne", "Wayne Enterprises", "wayne-foundation.example"),
        ];
        let shifts = "const done = arguments[0], shifts = [];
            new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value, sources }) =>
              `${value.toFixed(4)} ${sources.map(({ node, previousRect: a, currentRect: b }) =>
                `${node?.id || node?.className || node?.nodeName} ${a.x},${a.y} → ${b.x},${b.y}`).join('; ')}`)))
              .observe({ type: 'layout-shift', buffered: true });
            setTimeout(() => done([shifts, performance.getEntriesByType('paint').length]), 200)";
        let mut moved = String::new();
        for (width, lang) in [(1000, "en"), (390, "en"), (390, "de")] {
            w.in_window(width, 844, 1, width < 500).await?;
            for count in [0, 1, 5] {
                w.arrive("/signed-out", lang, json!(used[..count])).await?;
                // Slow enough for the form to be there before the app is.
                with_bandwidth(&w, Some(150)).await?;
                w.reopen("/").await?;
                with_bandwidth(&w, None).await?;
                let result = w.driver.execute_async(shifts, Vec::new()).await?.json().clone();
                ensure!(result[1].as_u64() > Some(0), "nothing was painted: {result}");
                if result[0] != json!([]) {
                    writeln!(moved, "{width} px, {lang}, {count} used before: {}", result[0])?;
                }
            }
        }
        ensure!(moved.is_empty(), "{moved}");
        Ok(())
    });
}

// ── long lists, slow and busy lookups ────────────────────────────────────────────────────────────────────────────────

/// Ask 20: long lists have search, and assistive technology hears the results.
#[test]
fn five_thousand_organizations_are_all_there_and_found() {
    const COUNT: usize = 5000;
    const HEARS: &str = "return document.querySelector('#filter ~ [role=status]').textContent";
    let tenants: Vec<_> = (0..COUNT)
        .map(|i| {
            let kinds =
                ["Werke", "Logistics", "Énergie", "Ångström Labs", "Hospital", "Universität", "Holding", "大学"];
            let (kind, code) = (kinds[i % kinds.len()], format!("org-{i}"));
            let name = match i {
                17 => "Åkerlund & Söner".to_owned(),
                4321 => "Grand Bakerlund".to_owned(),
                4999 => "The Very Last Kerlund".to_owned(),
                _ => format!("Number {i} {kind}"),
            };
            json!({ "code": code, "name": name, "domain": "many.example", "client_id": "c", "identity_provider": "P" })
        })
        .collect();
    let many = with_lookups(move |_| Answer::Tenants(json!(tenants)));
    journey("long-list", many, |w| async move {
        w.arrive("/", "en", json!([])).await?;
        w.sends("ada@many.example", "#filter").await?;
        w.holds_still().await?;
        let buttons = "return document.querySelectorAll('ul[aria-label=\"Your organizations\"] > li > button').length";
        assert_eq!(w.ask(buttons).await?, COUNT);
        let filter = w.driver.find(By::Id("filter")).await?;
        filter.click().await?;
        // A virtual list, or one whose entries are drawn only in sight, would not tell of those further down.
        let list = w.devtools("DOM.getDocument", json!({ "depth": 0 })).await?["root"]["nodeId"].clone();
        for name in ["Number 0 Werke", "Number 2500 Hospital", "The Very Last Kerlund"] {
            let query = json!({ "nodeId": list, "role": "button", "accessibleName": format!("{name} many.example") });
            let told = w.devtools("Accessibility.queryAXTree", query).await?;
            let told = told["nodes"].as_array().context("nodes")?.iter().filter(|node| node["ignored"] == false);
            assert_eq!(told.count(), 1, "assistive technology is told of {name}");
        }
        assert_eq!(w.ask("return window.find('The Very Last Kerlund')").await?, true, "find-in-page");

        let names =
            "return [...document.querySelectorAll('#organizations .name')].slice(0, 9).map((n) => n.textContent)";
        // The search in the page has taken the selection with it.
        filter.click().await?;
        w.types("KERLUND").await?;
        w.waits_for(&format!("{HEARS} === '3 organizations'")).await?;
        let found = json!(["The Very Last Kerlund", "Åkerlund & Söner", "Grand Bakerlund"]);
        assert_eq!(w.ask(names).await?, found, "word starts first, then in the order given");
        // The same number again is news too.
        w.types(Key::Backspace).await?;
        let again = w.ask(HEARS).await?;
        assert_eq!(again.as_str().map(str::trim), Some("3 organizations"));
        assert_ne!(again, "3 organizations", "the same words are announced only if something about them is new");

        // Cut out and pasted: no key that writes a letter is pressed.
        filter.send_keys(Key::Control + "a").await?;
        filter.send_keys(Key::Control + "x").await?;
        w.waits_for(&buttons.replace("length", &format!("length === {COUNT}"))).await.context("cut")?;
        filter.send_keys(Key::Control + "v").await?;
        w.waits_for(&buttons.replace("length", "length === 3")).await.context("pasted")?;
        filter.send_keys(Key::Control + "a").await?;
        w.types("soner").await?;
        w.waits_for(&buttons.replace("length", "length === 1")).await.context("accents")?;
        w.types("xyz").await?;
        w.waits_for(&format!("{HEARS} === 'No organization in the list matches.'")).await?;
        filter.send_keys(Key::Control + "a").await?;
        w.types(Key::Delete).await?;
        w.waits_for(&buttons.replace("length", &format!("length === {COUNT}"))).await.context("cleared")?;

        Ok(())
    });
}

#[test]
fn a_lookup_that_takes_its_time_says_so_and_can_be_cancelled() {
    let lookups = with_lookups(|asked| match asked {
        "slow.example" => Answer::Silence,
        "busy.example" => Answer::TooMany(7),
        _ => Answer::Tenants(json!([])),
    });
    journey("slow", lookups, |w| async move {
        w.arrive("/", "en", json!([])).await?;
        w.sends("ada@slow.example", ".progress button").await?;
        let hears = "return document.querySelector('.progress[role=status]').textContent";
        let at_first = w.ask(hears).await?;
        assert!(at_first.as_str().is_some_and(|words| words.starts_with("Looking up")), "{at_first}");
        w.sees("Still looking…").await?;
        let after = w.ask("return performance.now() - window.sentAt").await?.as_f64().context("a number")?;
        assert!((2400.0..6000.0).contains(&after), "after {after} ms");
        w.press("Cancel").await?;
        w.waits_for("return document.querySelector('.progress').textContent === ''").await?;
        assert_eq!(value_of_field(&w).await?, "ada@slow.example");
        assert_eq!(w.ask("return document.getElementById('ask-form').getAttribute('aria-busy')").await?, "false");
        assert!(w.focus().await?.starts_with("input Work email or organization code"), "{}", w.focus().await?);

        w.arrive("/", "en", json!([])).await?;
        w.sends("ada@busy.example", "[data-error=lookup_rate_limited]").await?;
        let words = w.sees_problem("lookup_rate_limited").await?;
        assert!(words.contains("You can try again in 7 seconds."), "{words}");
        assert_eq!(value_of_field(&w).await?, "ada@busy.example");
        Ok(())
    });
}

#[test]
fn who_is_offline_reads_so_and_is_served_as_soon_as_there_is_a_connection() {
    ordinary_journey("offline", |w| async move {
        w.arrive("/", "en", json!([])).await?;
        w.stays_when_leaving().await?;
        network(&w, true, -1.0).await?;
        w.sees("You are offline.").await?;
        w.sends("ada@acme.example", "[data-error=lookup_offline]").await?;
        network(&w, false, -1.0).await?;
        w.sees_heading("Taking you to Acme Corporation").await
    });
}

// ── looks ────────────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_brands_colour_is_readable_in_light_and_dark() {
    journey("brand", with_settings(json!({ "branding": { "accent": "#ffd400" } })), |w| async move {
        let mut found = String::new();
        for screen in [Screen::Form, Screen::Looking, Screen::NoMatch, Screen::RecentsEditing, Screen::SignedIn] {
            w.show(screen, "en").await.with_context(|| screen.name())?;
            for scheme in ["light", "dark"] {
                w.in_scheme(scheme).await?;
                let barriers = w.barriers().await?;
                if !barriers.is_empty() {
                    writeln!(found, "{} {scheme}: {barriers}", screen.name())?;
                }
                if screen == Screen::Form {
                    let colours =
                        "const { color, backgroundColor } = getComputedStyle(document.querySelector('form > button'));
                        return [color, backgroundColor]";
                    assert_eq!(w.ask(colours).await?, json!(["rgb(0, 0, 0)", "rgb(255, 212, 0)"]), "{scheme}");
                }
            }
        }
        ensure!(found.is_empty(), "{found}");
        Ok(())
    });
}

/// WCAG 1.4.4, 1.4.10 and 1.4.12: twice the size of text, 320 px, and more space around letters, words and lines.
#[test]
fn large_and_spaced_text_fits_without_sideways_scrolling() {
    journey("large-text", every_screen(), |w| async move {
        let mut wide = String::new();
        let spaced = "const sheet = new CSSStyleSheet();
            sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; \
              word-spacing: .16em !important } p { margin-block-end: 2em !important }');
            document.adoptedStyleSheets = [sheet]";
        let large = "document.documentElement.style.fontSize = '200%'; document.adoptedStyleSheets = []";
        // What is cut off or runs out of its box, of everything that has words in it.
        let cut = "return [...document.querySelectorAll('main *, footer *')].filter((e) => e.checkVisibility()
              && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.clientWidth
              && e.scrollWidth > e.clientWidth + 1 && !['option'].includes(e.localName)).map((e) => e.outerHTML.slice(0, 120))";
        let screens = [
            Screen::NoMatch,
            Screen::LongChoice,
            Screen::Leaving,
            Screen::RefusedInWords,
            Screen::SignedIn,
            Screen::RecentsEditing,
            Screen::Unsolicited,
        ];
        for screen in screens {
            // The longest words.
            w.show(screen, "de").await.with_context(|| screen.name())?;
            for (width, change) in [(320, ""), (320, spaced), (640, large), (320, large)] {
                w.in_window(width, 900, 1, true).await?;
                w.ask(change).await?;
                let (overflow, cut) = (w.overflow().await?, w.ask(cut).await?);
                if overflow > 0 || cut != json!([]) {
                    let how = [("", "as it is"), (spaced, "spaced"), (large, "at 200 %")];
                    let how = how.iter().find(|(script, _)| *script == change).map_or("", |(_, how)| how);
                    writeln!(wide, "{} {how} in {width} px: {overflow} px too wide, cut off: {cut}", screen.name())?;
                }
            }
        }
        ensure!(wide.is_empty(), "{wide}");
        Ok(())
    });
}

#[test]
fn forced_colours_and_reduced_motion_are_respected() {
    journey("media", every_screen(), |w| async move {
        w.with_media(&[("forced-colors", "active"), ("prefers-reduced-motion", "reduce")]).await?;
        for screen in [Screen::Form, Screen::NoMatch, Screen::LongChoice, Screen::RecentsEditing, Screen::SignedOut] {
            w.show(screen, "en").await.with_context(|| screen.name())?;
            assert_eq!(w.ask("return document.getAnimations().length").await?, 0, "{}", screen.name());
            // Backgrounds are gone: what can be pressed shows by its border or its underline.
            let flat = "return [...document.querySelectorAll('button, .button, input, select')].filter((e) => {
                const style = getComputedStyle(e);
                return e.checkVisibility() && !style.textDecorationLine.includes('underline') && e.type !== 'checkbox'
                  && (style.borderTopStyle === 'none' || parseFloat(style.borderTopWidth) < 1
                    || style.borderTopColor === 'rgba(0, 0, 0, 0)');
              }).map((e) => e.outerHTML.slice(0, 120))";
            assert_eq!(w.ask(flat).await?, json!([]), "{}", screen.name());
        }
        w.tabs_to("a Sign in again").await?;
        w.focus_is_seen().await
    });
}
