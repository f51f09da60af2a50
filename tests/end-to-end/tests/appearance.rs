//! How the pages look under different conditions: a brand color, large or spaced text, forced colors, reduced motion.

use anyhow::{Context, ensure};
use end_to_end::{Conditions, Screen, journey};
use serde_json::json;
use std::fmt::Write;

#[test]
fn a_brands_colour_is_readable_in_light_and_dark() {
    journey("brand", Conditions::with_settings(json!({ "branding": { "accent": "#ffd400" } })), |w| async move {
        let mut found = String::new();
        for screen in [Screen::Form, Screen::Looking, Screen::NoMatch, Screen::RecentsEditing, Screen::SignedIn] {
            w.show(screen, "en").await.with_context(|| screen.name())?;
            for scheme in ["light", "dark"] {
                w.in_color_scheme(scheme).await?;
                let barriers = w.axe_violations().await?;
                if !barriers.is_empty() {
                    writeln!(found, "{} {scheme}: {barriers}", screen.name())?;
                }
                if screen == Screen::Form {
                    let colours =
                        "const { color, backgroundColor } = getComputedStyle(document.querySelector('form > button'));
                        return [color, backgroundColor]";
                    assert_eq!(w.run_script(colours).await?, json!(["rgb(0, 0, 0)", "rgb(255, 212, 0)"]), "{scheme}");
                }
            }
        }
        ensure!(found.is_empty(), "{found}");
        Ok(())
    });
}

/// Text at 200 % ([WCAG 1.4.4](https://www.w3.org/TR/WCAG22/#resize-text)), a window of 320 px
/// ([1.4.10](https://www.w3.org/TR/WCAG22/#reflow)), and more space between letters, words and lines
/// ([1.4.12](https://www.w3.org/TR/WCAG22/#text-spacing)).
#[test]
fn large_and_spaced_text_fits_without_sideways_scrolling() {
    journey("large-text", Conditions::every_screen(), |w| async move {
        let mut wide = String::new();
        let spaced = "const sheet = new CSSStyleSheet();
            sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; \
              word-spacing: .16em !important } p { margin-block-end: 2em !important }');
            document.adoptedStyleSheets = [sheet]";
        let large = "document.documentElement.style.fontSize = '200%'; document.adoptedStyleSheets = []";
        // The elements with text whose content is wider than their box.
        let cut = "return [...document.querySelectorAll('main *, footer *')].filter((e) => e.checkVisibility()
              && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.clientWidth
              && e.scrollWidth > e.clientWidth + 1 && !['option'].includes(e.localName)).map((e) => e.outerHTML.slice(0, 120))";
        let screens = [
            Screen::NoMatch,
            Screen::LongChoice,
            Screen::Leaving,
            Screen::RefusedInWords,
            Screen::SignedIn,
            Screen::Switching,
            Screen::RecentsEditing,
            Screen::Unsolicited,
        ];
        for screen in screens {
            // German has the longest words.
            w.show(screen, "de").await.with_context(|| screen.name())?;
            for (width, change) in [(320, ""), (320, spaced), (640, large), (320, large)] {
                w.in_window(width, 900, 1, true).await?;
                w.run_script(change).await?;
                let (overflow, cut) = (w.overflow().await?, w.run_script(cut).await?);
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
    journey("media", Conditions::every_screen(), |w| async move {
        w.with_media(&[("forced-colors", "active"), ("prefers-reduced-motion", "reduce")]).await?;
        for screen in [Screen::Form, Screen::NoMatch, Screen::LongChoice, Screen::RecentsEditing, Screen::SignedOut] {
            w.show(screen, "en").await.with_context(|| screen.name())?;
            assert_eq!(w.run_script("return document.getAnimations().length").await?, 0, "{}", screen.name());
            // Forced colors remove backgrounds, so a control has to be recognizable by its border or underline.
            let flat = "return [...document.querySelectorAll('button, .button, input, select')].filter((e) => {
                const style = getComputedStyle(e);
                return e.checkVisibility() && !style.textDecorationLine.includes('underline') && e.type !== 'checkbox'
                  && (style.borderTopStyle === 'none' || parseFloat(style.borderTopWidth) < 1
                    || style.borderTopColor === 'rgba(0, 0, 0, 0)');
              }).map((e) => e.outerHTML.slice(0, 120))";
            assert_eq!(w.run_script(flat).await?, json!([]), "{}", screen.name());
        }
        w.tabs_to("a Sign in again").await?;
        w.focus_is_seen().await
    });
}

#[test]
fn the_checkbox_keeps_its_size_and_the_filters_count_is_clear_of_the_focus_ring() {
    let narrow = Conditions { width: Some(320), ..Conditions::every_screen() };
    journey("sizes", narrow, |w| async move {
        // German has the longest text beside the checkbox.
        w.show(Screen::Form, "de").await?;
        let size = "const { width, height } = document.querySelector('[type=checkbox]').getBoundingClientRect();
            return [width, height]";
        assert_eq!(w.run_script(size).await?, json!([20, 20]));

        w.show(Screen::LongChoice, "en").await?;
        w.run_script("document.getElementById('filter').focus()").await?;
        w.types("an").await?;
        w.waits_for("return document.querySelector('#filter + .hint').textContent").await?;
        let distance = "const field = document.getElementById('filter'), hint = field.nextElementSibling;
            const { outlineWidth, outlineOffset } = getComputedStyle(field);
            const text = document.createRange();
            text.selectNodeContents(hint);
            return text.getBoundingClientRect().top - field.getBoundingClientRect().bottom
              - parseFloat(outlineWidth) - parseFloat(outlineOffset)";
        let distance = w.run_script(distance).await?.as_f64().context("a number")?;
        ensure!(distance >= 4.0, "the count is {distance} px from the ring");
        Ok(())
    });
}
