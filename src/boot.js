// Runs before the first paint and before the app has loaded: tools/finish.mjs puts it into index.html, since a file of its own
// would cost a round trip. It takes the answer out of the address bar, asks for config.json, keeps what is typed and sent too
// early, chooses the language, and starts the app.
(() => {
  const root = document.documentElement;
  const { pathname, search } = location;
  const all = (selector) => [...document.querySelectorAll(selector)];

  // Before any request of the app could carry a code in a Referer, or the history keep it (RFC 9700 §4.2.4).
  if (pathname.startsWith("/callback")) history.replaceState(null, "", pathname);
  root.dataset.screen = pathname === "/" ? "form" : "other";
  // Where the policy lets nothing inline pass, this runs as a file (see tools/finish.mjs), and the style is one too.
  const style = document.querySelector("link[rel=fallback-style]");
  if (style && !document.styleSheets.length) style.rel = "stylesheet";

  // What is asked for before the app is there to ask; src/api.rs reads it: status, text, Retry-After.
  const ask = async (address, options) => {
    const answer = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(15000), ...options });
    return [answer.status, await answer.text(), answer.headers.get("retry-after")];
  };
  // It may be minutes old, unless somebody loads the page again because something is amiss.
  const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  const config = ask("/config.json", { cache: reloaded ? "no-cache" : "default" });
  // Said by the app, which is not there yet.
  config.catch(() => {});

  // Storage that is blocked throws as soon as it is looked at.
  const stored = (key, where = "localStorage") => {
    try {
      return globalThis[where].getItem(key);
    } catch {
      return null;
    }
  };
  // Room for the organizations used before, so that nothing moves when the app shows them.
  try {
    const recents = JSON.parse(stored("tenant-picker.recents")).length;
    if (recents) root.style.setProperty("--recents", (root.dataset.recents = recents));
  } catch {}

  // A policy that enforces Trusted Types lets the app's own static markup pass, and nothing that could run.
  globalThis.trustedTypes?.createPolicy("default", {
    createHTML: (html) => (/<(script|iframe|object|embed|base|link|meta|svg|math|style)|[\s/"']on\w+\s*=|javascript:/i.test(html) ? null : html),
  });

  // ── language ──
  // ?lang=, which holds for this tab, else what was chosen on this device, else what the browser asks for; each in full,
  // then by its language alone.
  const LANGUAGE = "tenant-picker.lang";
  const asked = new URLSearchParams(search).get("lang");
  try {
    if (asked) sessionStorage.setItem(LANGUAGE, asked);
  } catch {}
  const wanted = [asked, stored(LANGUAGE, "sessionStorage"), stored(LANGUAGE), ...(navigator.languages ?? [])];
  const links = all("link[hreflang]");
  const bare = (tag) => tag.toLowerCase().replace(/^iw\b/, "he").split("-")[0];
  let link;
  for (const tag of wanted) {
    if (!tag) continue;
    link ??= links.find((one) => one.hreflang.toLowerCase() === tag.toLowerCase()) ?? links.find((one) => bare(one.hreflang) === bare(tag) && one.title);
  }
  const language = link?.hreflang ?? "en";
  root.lang = language;
  root.dir = ["ar", "he"].includes(language) ? "rtl" : "ltr";
  const messages = language === "en" ? null : fetch(link.href).then((answer) => answer.json()).catch(() => null);
  const say = (texts) => {
    for (const element of texts ? all("[data-message]") : []) element.textContent = texts[element.dataset.message];
  };
  // The form waits for its words, though not for long; it can be typed in all the while.
  if (messages) {
    root.dataset.words = "awaited";
    const show = () => delete root.dataset.words;
    setTimeout(show, 3000);
    messages.then((texts) => parsed.then(() => {
      say(texts);
      show();
    }));
  }

  // ── what comes too early ──
  addEventListener("submit", (event) => {
    event.preventDefault();
    if ("app" in root.dataset) return;
    root.dataset.submitted = "";
    event.target.setAttribute("aria-busy", "true");
    lookUp(document.getElementById("identifier").value);
  }, true);
  // The lookup of what was sent early, while the app is on its way. Only what is plainly a domain or a code, and only at the
  // picker's own origin: all else is the app's to judge. It takes the answer if it would have asked the very same.
  let early;
  const lookUp = (typed) => {
    const [, at, subject] = /^\s*(?:[^\s@]+(@))?([a-z\d.-]+)\s*$/i.exec(typed) ?? [];
    const key = subject?.includes(".") ? "domain" : "code";
    if (!subject || (at && key === "code")) return;
    const body = JSON.stringify({ [key]: key === "domain" ? subject.toLowerCase() : subject });
    if (body === early?.body) return;
    const answer = config.then(([, text]) => {
      const address = new URL(JSON.parse(text).lookup_url, location);
      if (address.origin !== location.origin) throw undefined;
      return ask(address, { method: "POST", body, headers: { "content-type": "application/json" }, credentials: "omit" });
    });
    answer.catch(() => {});
    early = { body, answer };
  };
  const parsed = new Promise((done) => {
    document.readyState === "loading" ? addEventListener("DOMContentLoaded", done) : done();
  });
  parsed.then(() => {
    const field = document.getElementById("identifier");
    if (root.dataset.screen !== "form") return;
    // Where something else comes first, the focus would skip it.
    if (!root.dataset.recents && document.activeElement === document.body) field.focus();
    performance.mark("usable");
  });

  // ── the app ──
  // No WebAssembly, a download that broke, or an app that stopped: say so instead of leaving a dead page. A stopped app is
  // seen from here because it cannot be trusted to say anything itself.
  const crashed = () => {
    root.dataset.screen = "other";
    document.getElementById("app").replaceChildren(document.getElementById("crashed").content.cloneNode(true));
    if (root.lang === language) messages?.then(say);
  };
  const watch = (kind, reason) => addEventListener(kind, (event) => reason(event) instanceof WebAssembly.RuntimeError && crashed());
  watch("error", (event) => event.error);
  watch("unhandledrejection", (event) => event.reason);
  const preloaded = (selector) => document.querySelector(selector).href;
  (async () => {
    // The preloads stand behind this script; the browser has found them long before.
    await parsed;
    try {
      const glue = await import(preloaded("link[rel=modulepreload]"));
      await glue.default({ module_or_path: preloaded("link[rel=preload][type='application/wasm']") });
      glue.start(search.slice(1), await messages, config, () => early && [early.body, early.answer]);
    } catch {
      crashed();
      console.error("app_crashed");
    }
  })();
})();
