//! Use by keyboard alone, and where the focus is.

use anyhow::{Context, ensure};
use end_to_end::{Conditions, Screen, journey, ordinary_journey, two_recents};
use serde_json::json;
use std::fmt::Write;
use std::time::Duration;
use thirtyfour::prelude::*;
use tokio::time::sleep;

#[test]
fn the_whole_journey_is_done_by_keyboard_alone() {
    ordinary_journey("keyboard-journey", |w| async move {
        w.visits_first_time("/", "en", two_recents()).await?;
        let tab_to = async |wanted: &str| w.tabs_to(wanted).await;
        // The first Tab leads to the organization that was used last.
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

/// [WCAG 2.4.7](https://www.w3.org/TR/WCAG22/#focus-visible) and
/// [2.4.11](https://www.w3.org/TR/WCAG22/#focus-not-obscured-minimum): the element with the focus has a ring, which is
/// not cut off or covered.
#[test]
fn the_focus_ring_is_visible_wherever_tab_leads() {
    journey("focus-seen", Conditions::every_screen(), |w| async move {
        let mut faults = String::new();
        let screens = [
            Screen::RecentsEditing,
            Screen::LongChoice,
            Screen::NoMatch,
            Screen::Leaving,
            Screen::SignedIn,
            Screen::Switching,
        ];
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

#[test]
fn redrawing_the_page_does_not_take_the_focus_away() {
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
        w.visits_first_time("/", "en", two_recents()).await?;
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

        // With the arrow keys, each press changes the language, and the select must keep the focus for the next press.
        // https://www.w3.org/TR/WCAG22/#on-input
        w.visits_first_time("/", "en", json!([])).await?;
        w.tabs_to("select Language").await?;
        w.types(Key::Up).await?;
        w.waits_for("return document.documentElement.lang === 'de'").await?;
        check("after another language", &["select"]).await?;

        // Cancel, with recent organizations above the form.
        w.visits_first_time("/", "en", two_recents()).await?;
        w.stays_when_leaving().await?;
        w.sends("ada@acme.example", "#app .emblem").await?;
        w.press("Cancel").await?;
        w.field().await?;
        check("after Cancel", &["input Work email or organization code", "h1"]).await?;
        ensure!(lost.is_empty(), "{lost}");
        Ok(())
    });
}
