//! Inspecting a page: with axe-core, through the accessibility tree, and with other media features or window sizes.

use crate::{Engine, World};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;
use thirtyfour::prelude::*;
use thirtyfour::support::base64_decode;

/// The rules of axe-core for [WCAG](https://www.w3.org/TR/WCAG22/) 2.0 to 2.2 at the levels A and AA, and its best
/// practices.
const TAGS: [&str; 7] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/// Roles without a meaning, and parts of a text that its parent already contains.
const IGNORED_ROLES: [&str; 6] = ["none", "generic", "InlineTextBox", "LineBreak", "LayoutTable", "paragraph"];

impl World {
    /// Emulates a color scheme (`light` or `dark`).
    pub async fn in_color_scheme(&self, scheme: &str) -> Result<()> {
        self.with_media(&[("prefers-color-scheme", scheme)]).await
    }

    /// Emulates these media features and resets all others.
    pub async fn with_media(&self, features: &[(&str, &str)]) -> Result<()> {
        let features: Vec<_> = features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "", "features": features })).await.map(drop)
    }

    /// Emulates a window of this size, in CSS pixels, with so many device pixels per CSS pixel.
    pub async fn in_window(&self, width: u32, height: u32, scale: u32, mobile: bool) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await.map(drop)
    }

    /// Writes a screenshot of the whole page, including what can be scrolled to, as PNG.
    pub async fn take_screenshot(&self, file: &Path) -> Result<()> {
        let size = "const { scrollHeight } = document.documentElement;
            return { x: 0, y: 0, width: innerWidth, height: Math.max(innerHeight, scrollHeight), scale: 1 }";
        let parameters =
            json!({ "format": "png", "captureBeyondViewport": true, "clip": self.run_script(size).await? });
        let picture = self.devtools("Page.captureScreenshot", parameters).await?;
        let picture = base64_decode(picture["data"].as_str().context("a picture")?)?;
        Ok(std::fs::write(file, picture)?)
    }

    /// Makes axe-core available in this page.
    async fn loads_axe(&self) -> Result<()> {
        if self.run_script("if (!window.axe) window.loadAxe?.(); return typeof axe").await? != "undefined" {
            return Ok(());
        }
        let path = std::env::var("AXE_CORE").context("AXE_CORE; tools/setup.sh test provides axe-core")?;
        let axe = std::fs::read_to_string(&path).with_context(|| path.clone())?;
        // To pass the whole of it on takes as long as a check does. So Chromium keeps it for the tab's next pages, which
        // do not run it unless they are checked too.
        if self.engine == Engine::Chromium {
            self.runs_in_every_page(&format!("window.loadAxe = () => {{ {axe}\n}}")).await?;
        }
        self.run_script(&axe).await.map(drop)
    }

    /// The violations that axe-core finds, one a line; empty if there are none.
    pub async fn axe_violations(&self) -> Result<String> {
        self.loads_axe().await?;
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
        // If hardly any rule applied, axe-core did not see the page.
        if found.is_empty() && result["passes"].as_u64() < Some(10) {
            bail!("axe-core did not see the page: {result}");
        }
        Ok(found.join("\n"))
    }

    /// The accessibility tree of the page as indented text: one line per node, with its role, name and states.
    pub async fn accessibility_tree(&self) -> Result<String> {
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await?;
        let nodes = tree["nodes"].as_array().context("nodes")?;
        let by_id: HashMap<&str, &Value> = nodes.iter().filter_map(|n| Some((n["nodeId"].as_str()?, n))).collect();
        let mut lines = String::new();
        if let Some(root) = nodes.first() {
            write_node(root, &by_id, 0, "", &mut lines);
        }
        // The ports differ from run to run.
        let host = |origin: &str| origin.trim_start_matches("http://").to_owned();
        Ok(lines.replace(&host(&self.hosted_ui), "HOSTED-UI").replace(&host(&self.picker), "PICKER"))
    }

    /// By how many CSS pixels the page is wider than its window.
    pub async fn overflow(&self) -> Result<i64> {
        let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.run_script(overflow).await?.as_i64().context("a number")
    }

    /// The element with the focus: its tag name, followed by its label or text. `body` if no element has the focus.
    pub async fn focus(&self) -> Result<String> {
        let focus = "const e = document.activeElement;
            if (e === document.body) return 'body';
            const label = [...e.labels ?? []].at(-1);
            return `${e.localName} ${e.ariaLabel ?? label?.textContent ?? e.textContent}`.trim().slice(0, 100)";
        Ok(self.run_script(focus).await?.as_str().context("a text")?.to_owned())
    }

    /// Checks that the focus is visible.
    ///
    /// # Errors
    /// If the element with the focus has no ring, or another element covers it or cuts it off.
    pub async fn focus_is_seen(&self) -> Result<()> {
        let check = "if (document.activeElement === document.body) return;
            const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
            if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return 'has no ring';
            // A link may extend over several lines, so take the middle of the first line and not of the whole box.
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

    /// Presses Tab until [`World::focus`] begins with this text.
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
        bail!("Tab did not reach {wanted:?}, only {passed:#?}")
    }
}

/// Writes a node and its children as lines. `before` is the name of the last node that was written.
fn write_node(node: &Value, by_id: &HashMap<&str, &Value>, depth: usize, before: &str, lines: &mut String) {
    let text = |field: &str| node[field]["value"].as_str().unwrap_or_default().trim().to_owned();
    let (role, name) = (text("role"), text("name"));
    let is_repetition = role == "StaticText" && (name == before || name.is_empty());
    // The list of languages is the same on every screen.
    if role == "MenuListPopup" {
        return;
    }
    let is_silent = node["ignored"] == true || IGNORED_ROLES.contains(&role.as_str()) || is_repetition;
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
            write_node(child, by_id, below.0, &below.1, lines);
        }
    }
}
