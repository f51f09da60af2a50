//! Looking at a page as tools do: with axe-core, as assistive technology is told about it, and under other conditions.

use crate::World;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;
use thirtyfour::prelude::*;
use thirtyfour::support::base64_decode;

/// What WCAG 2.0 to 2.2 ask at the levels A and AA, and what is good practice beyond.
const TAGS: [&str; 7] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/// Roles that say nothing to anybody, or that stand within a text that was told already.
const SILENT: [&str; 6] = ["none", "generic", "InlineTextBox", "LineBreak", "LayoutTable", "paragraph"];

impl World {
    /// Shows the page in this scheme (`light` or `dark`).
    pub async fn in_color_scheme(&self, scheme: &str) -> Result<()> {
        self.with_media(&[("prefers-color-scheme", scheme)]).await
    }

    /// Shows the page with these media features; all others are as usual.
    pub async fn with_media(&self, features: &[(&str, &str)]) -> Result<()> {
        let features: Vec<_> = features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "", "features": features })).await.map(drop)
    }

    /// Shows the page in a window of this size.
    pub async fn in_window(&self, width: u32, height: u32, scale: u32, mobile: bool) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await.map(drop)
    }

    /// Writes a picture of the whole page, as far as it can be scrolled, and at least of the window.
    pub async fn take_screenshot(&self, file: &Path) -> Result<()> {
        let size = "const { scrollHeight } = document.documentElement;
            return { x: 0, y: 0, width: innerWidth, height: Math.max(innerHeight, scrollHeight), scale: 1 }";
        let parameters =
            json!({ "format": "png", "captureBeyondViewport": true, "clip": self.run_script(size).await? });
        let picture = self.devtools("Page.captureScreenshot", parameters).await?;
        let picture = base64_decode(picture["data"].as_str().context("a picture")?)?;
        Ok(std::fs::write(file, picture)?)
    }

    /// What axe-core finds wrong with the page, one finding a line; empty if nothing.
    pub async fn axe_violations(&self) -> Result<String> {
        if self.run_script("return typeof axe").await? == "undefined" {
            let path = std::env::var("AXE_CORE").context("AXE_CORE; tools/setup.sh test provides axe-core")?;
            self.run_script(&std::fs::read_to_string(&path).with_context(|| path.clone())?).await?;
        }
        let run = "const [values, done] = arguments;
            axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }).then(
              ({ violations, passes }) => done({
                passes: passes.length,
                found: violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) =>
                  `${id} (${help}): ${html.slice(0, 200)} ${failureSummary.replace(/\\s+/g, ' ')}`)),
              }),
              (error) => done({ passes: 0, found: [String(error)] }),
            )";
        let result = self.driver.execute_async(run, vec![json!(TAGS)]).await?.json().clone();
        let found: Vec<_> = result["found"].as_array().context("findings")?.iter().filter_map(Value::as_str).collect();
        // A page that axe finds nothing to look at on has not been looked at.
        if found.is_empty() && result["passes"].as_u64() < Some(10) {
            bail!("axe-core looked at nothing: {result}");
        }
        Ok(found.join("\n"))
    }

    /// What assistive technology is told about the page: a line a node with role, name and state, indented.
    pub async fn accessibility_tree(&self) -> Result<String> {
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await?;
        let nodes = tree["nodes"].as_array().context("nodes")?;
        let by_id: HashMap<&str, &Value> = nodes.iter().filter_map(|n| Some((n["nodeId"].as_str()?, n))).collect();
        let mut lines = String::new();
        if let Some(root) = nodes.first() {
            tell(root, &by_id, 0, "", &mut lines);
        }
        // Ports are new every time.
        let host = |origin: &str| origin.trim_start_matches("http://").to_owned();
        Ok(lines.replace(&host(&self.hosted_ui), "HOSTED-UI").replace(&host(&self.picker), "PICKER"))
    }

    /// How far the page is wider than its window, in CSS pixels.
    pub async fn overflow(&self) -> Result<i64> {
        let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.run_script(overflow).await?.as_i64().context("a number")
    }

    /// What has the focus: its tag, and its label or words; `body` if nothing in particular has it.
    pub async fn focus(&self) -> Result<String> {
        let focus = "const e = document.activeElement;
            if (e === document.body) return 'body';
            const label = [...e.labels ?? []].at(-1);
            return `${e.localName} ${e.ariaLabel ?? label?.textContent ?? e.textContent}`.trim().slice(0, 100)";
        Ok(self.run_script(focus).await?.as_str().context("a text")?.to_owned())
    }

    /// Whether the focus can be seen: its ring is there, nothing lies above it and nothing cuts it off. Says what is wrong.
    pub async fn focus_is_seen(&self) -> Result<()> {
        let check = "if (document.activeElement === document.body) return;
            const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
            if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return 'has no ring';
            // A link may run over several lines, and the middle of its box be beside it.
            const line = e.getClientRects()[0];
            const top = document.elementFromPoint(line.x + line.width / 2, line.y + line.height / 2);
            if (!e.contains(top)) return `lies below ${top?.outerHTML.slice(0, 80)}`;
            const ring = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
            for (let a = e.parentElement; a; a = a.parentElement) {
              const { contentVisibility, contain, overflowX } = getComputedStyle(a);
              const clips = contentVisibility !== 'visible' || /paint|content|strict/.test(contain);
              if (!clips && overflowX === 'visible' || a === document.documentElement) continue;
              const limit = a.getBoundingClientRect();
              if (box.x - ring < limit.x - .5 || box.y - ring < limit.y - .5 || box.right + ring > limit.right + .5
                  || box.bottom + ring > limit.bottom + .5) return `is cut off by its ${a.localName}.${a.className}`;
            }";
        match self.run_script(check).await? {
            Value::String(fault) => bail!("the focus on {:?} {fault}", self.focus().await?),
            _ => Ok(()),
        }
    }

    /// Presses Tab until this has the focus: the beginning of what [`World::focus`] says.
    pub async fn tabs_to(&self, wanted: &str) -> Result<()> {
        let mut passed = Vec::new();
        for _ in 0..40 {
            let focus = self.focus().await?;
            if focus.starts_with(wanted) {
                return Ok(());
            }
            if !passed.contains(&focus) {
                passed.push(focus);
            }
            self.types(Key::Tab).await?;
        }
        bail!("Tab never came to {wanted:?}, only to {passed:#?}")
    }
}

fn tell(node: &Value, by_id: &HashMap<&str, &Value>, depth: usize, before: &str, lines: &mut String) {
    let text = |field: &str| node[field]["value"].as_str().unwrap_or_default().trim().to_owned();
    let (role, name) = (text("role"), text("name"));
    let is_repetition = role == "StaticText" && (name == before || name.is_empty());
    // The languages to choose from are the same everywhere.
    if role == "MenuListPopup" {
        return;
    }
    let is_silent = node["ignored"] == true || SILENT.contains(&role.as_str()) || is_repetition;
    let mut below = (depth, before.to_owned());
    if !is_silent {
        let _ = write!(lines, "{:indent$}{role}", "", indent = depth * 2);
        if !name.is_empty() {
            let _ = write!(lines, " \"{name}\"");
        }
        let description = text("description");
        if !description.is_empty() {
            let _ = write!(lines, " described \"{description}\"");
        }
        let value = text("value");
        if !value.is_empty() {
            let _ = write!(lines, " value \"{value}\"");
        }
        for property in node["properties"].as_array().into_iter().flatten() {
            let (name, value) = (property["name"].as_str().unwrap_or_default(), &property["value"]["value"]);
            let is_state = ["focused", "invalid", "checked", "expanded", "live", "busy", "level"].contains(&name);
            if is_state && !["false", "\"false\"", "0", "\"\""].contains(&value.to_string().as_str()) {
                let _ = write!(lines, " {name}={}", value.to_string().trim_matches('"'));
            }
        }
        lines.push('\n');
        below = (depth + 1, name);
    }
    for id in node["childIds"].as_array().into_iter().flatten() {
        if let Some(child) = id.as_str().and_then(|id| by_id.get(id)) {
            tell(child, by_id, below.0, &below.1, lines);
        }
    }
}
