//! Loading a page: the cache, the number of requests, and layout shifts.

use anyhow::{Context, ensure};
use end_to_end::{Conditions, journey, ordinary_journey, recent, root};
use serde_json::{Value, json};
use std::fmt::Write;

/// A cached config.json may be minutes old. When something is wrong, people reload the page, and then it must be
/// current.
#[test]
fn config_json_comes_from_the_cache_until_the_page_is_reloaded() {
    journey("config-cache", Conditions::config_apart(), |w| async move {
        // transferSize is 0 for what came from the cache without a request, and greater for any response, even 304 (Not
        // Modified). https://www.w3.org/TR/resource-timing/#dom-performanceresourcetiming-transfersize
        let transfer = "const [entry] = performance.getEntriesByName(new URL('/config.json', location).href);
            return entry?.responseEnd ? [entry.transferSize] : null";
        let cost = async || anyhow::Ok(w.waits_for_value(transfer).await?[0].as_u64().unwrap_or_default());
        w.open("/").await?;
        assert!(cost().await? > 0, "the first visit");
        w.reopen("/").await?;
        assert_eq!(cost().await?, 0, "the next visit");
        w.driver.refresh().await?;
        assert!(cost().await? > 0, "after a reload");
        Ok(())
    });
}

#[test]
fn no_page_makes_more_requests_than_its_budget() {
    ordinary_journey("budget", |w| async move {
        let budgets: Value = serde_json::from_str(&std::fs::read_to_string(root().join("tools/budgets.json"))?)?;
        // transferSize is 0 for what came from the cache without a request. For other origins it is always 0, so they
        // count.
        let asked = "return ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
            .filter(({ name, transferSize }) => transferSize || !name.startsWith(location.origin)).map(({ name }) => name)";
        let within = async |what: &str| {
            w.settles().await?;
            let asked: Vec<String> = serde_json::from_value(w.run_script(asked).await?)?;
            let budget = budgets["requests"][what].as_u64().context("a budget")?;
            ensure!(asked.len() as u64 <= budget && !asked.is_empty(), "{what}: more than {budget}: {asked:?}");
            anyhow::Ok(())
        };
        w.open("/").await?;
        within("the form, first visit").await?;
        w.open("/signed-out").await?;
        w.open("/").await?;
        within("the form again").await?;
        w.signs_in_to_acme().await?;
        within("the callback").await
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
                w.visits_first_time("/signed-out", lang, json!(used[..count])).await?;
                // Slow enough for the form to be painted before the app runs.
                w.limit_bandwidth(Some(150)).await?;
                w.reopen("/").await?;
                w.limit_bandwidth(None).await?;
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
