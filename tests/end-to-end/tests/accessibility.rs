//! What WCAG asks of every screen: axe-core in all languages and both color schemes, headings, focus, the size of
//! targets, and the accessibility tree.

use anyhow::{Context, ensure};
use end_to_end::{Conditions, Screen, journey, root};
use serde_json::json;
use std::fmt::Write;

/// The languages that index.html offers, and their writing direction.
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

/// A script that lists the targets that are too small: links within a paragraph below 24 px, all others below 44 px.
/// [WCAG 2.5.8](https://www.w3.org/TR/WCAG22/#target-size-minimum) asks for 24 px, and fingers need 44.
const SMALL: &str = "
    return [...document.querySelectorAll('a, button, input, select, summary')].map((e) => {
      const box = (e.type === 'checkbox' ? e.closest('label') : e).getBoundingClientRect();
      return [e, Math.min(box.width, box.height)];
    }).filter(([e, size]) => e.checkVisibility() && size < (e.matches('p a') ? 24 : 44) - .5)
      .map(([e, size]) => `${e.outerHTML.slice(0, 80)} ${size.toFixed(1)}`)";

/// The folder `accessibility/` holds one snapshot of the accessibility tree per screen. `UPDATE_SNAPSHOTS=1` writes
/// them anew.
#[test]
fn axe_finds_nothing_on_any_screen_and_each_has_its_tree_title_heading_focus_and_large_targets() {
    journey("axe-screens", Conditions::every_screen(), |w| async move {
        let snapshots = root().join("tests/end-to-end/accessibility");
        let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
        let mut found = String::new();
        for screen in Screen::ALL {
            let name = screen.name();
            w.show(screen, "en").await.context(name)?;
            let tree = w.accessibility_tree().await?;
            let snapshot = snapshots.join(name).with_extension("txt");
            if update {
                std::fs::create_dir_all(&snapshots)?;
                std::fs::write(snapshot, tree)?;
            } else {
                let kept = std::fs::read_to_string(&snapshot).unwrap_or_default();
                if kept != tree {
                    let differences = difference(&kept, &tree);
                    writeln!(found, "{name}: UPDATE_SNAPSHOTS=1 accepts these differences:\n{differences}")?;
                }
            }
            let headings = "return [...document.querySelectorAll('h1')].filter((h) => h.checkVisibility()).length";
            let headings = w.run_script(headings).await?;
            if headings != 1 {
                writeln!(found, "{name}: {headings} main headings")?;
            }
            let title = w.driver.title().await?;
            let failed = w.run_script("return document.querySelector('[data-error]') !== null").await? == true;
            if title.starts_with("Error: ") != failed {
                writeln!(found, "{name}: the title is {title}")?;
            }
            let focus = w.focus().await?;
            let expected = match screen {
                Screen::Form | Screen::Dropped | Screen::Looking => "input Work email or organization code",
                // The list comes before the field, so people who use a screen reader start at the top of the page.
                Screen::Recents => "body",
                // Here a script presses Edit, so any focus will do. keyboard.rs presses it with a key and checks the
                // focus.
                Screen::RecentsEditing => "",
                _ if failed => "div There is a problem",
                _ => "h1",
            };
            if !focus.starts_with(expected) {
                writeln!(found, "{name}: the focus is on {focus}")?;
            }
            let small = w.run_script(SMALL).await?;
            if small != json!([]) {
                writeln!(found, "{name}: too small for a finger: {small}")?;
            }
            for scheme in ["light", "dark"] {
                w.in_color_scheme(scheme).await?;
                let barriers = w.axe_violations().await.context(name)?;
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
    journey("axe-languages", Conditions::every_screen(), |w| async move {
        let mut found = String::new();
        for (lang, dir) in LANGUAGES {
            // These two have most of what the other screens have: the form, an error, lists and disclosures.
            for screen in [Screen::NoMatch, Screen::Recents] {
                w.show(screen, lang).await.with_context(|| format!("{lang} {}", screen.name()))?;
                let of_page =
                    w.run_script("const { lang, dir } = document.documentElement; return [lang, dir]").await?;
                assert_eq!(of_page, json!([lang, dir]));
                let barriers = w.axe_violations().await?;
                if !barriers.is_empty() {
                    writeln!(found, "{lang} {}: {barriers}", screen.name())?;
                }
            }
        }
        ensure!(found.is_empty(), "{found}");
        Ok(())
    });
}

/// The lines that were removed (-) and added (+), without the lines that both have at the beginning and at the end.
fn difference(before: &str, after: &str) -> String {
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&before[same..], &after[same..]);
    let end = gone.iter().rev().zip(come.iter().rev()).take_while(|(a, b)| a == b).count();
    let gone = gone[..gone.len() - end].iter().map(|line| format!("-{line}\n"));
    gone.chain(come[..come.len() - end].iter().map(|line| format!("+{line}\n"))).collect()
}
