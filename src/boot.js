// Runs as soon as the form is to be seen, and before the app has loaded: tools/finish.mjs puts it into index.html, since a file of
// its own would cost a round trip. It takes the answer out of the address bar, looks up what is sent too early, asks for
// config.json and the words of the language that src/first.js chose, and starts the app.
const root = document.documentElement;
// Says that this ran, see tools/finish.mjs.
root.dataset.boot = "";
const { pathname, search } = location;
const all = (selector) => [...document.querySelectorAll(selector)];

// Before any request of the app could carry a code in a Referer, or the history keep it (RFC 9700 §4.2.4). Browsers refuse it to
// a page that does it too often, and that is no reason to stop.
try {
  if (pathname.startsWith("/callback")) history.replaceState(null, "", pathname);
} catch {}

// All that follows comes after the first frame. A tab in the background draws none, and goes on by itself.
const drawn = new Promise((done) => {
  if (root.dataset.screen !== "form") return done();
  requestAnimationFrame(() => setTimeout(done));
  setTimeout(done, 500);
});

// What is asked for before the app is there to ask; src/api.rs reads it: status, text, Retry-After.
const ask = async (address, options) => {
  const answer = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(15000), ...options });
  return [answer.status, await answer.text(), answer.headers.get("retry-after")];
};
const config = drawn.then(() => {
  // It may be minutes old, unless somebody loads the page again because something is amiss.
  const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  return ask("/config.json", { cache: reloaded ? "no-cache" : "default" });
});
// Said by the app, which is not there yet.
config.catch(() => {});
// The lookup of what was sent early, while the app is on its way. Only what is plainly a domain or a code, and only at the
// picker's own origin: all else is the app's to judge. It takes the answer if it would have asked the very same.
let early;
const lookUp = () => {
  if (!("submitted" in root.dataset) || "app" in root.dataset) return;
  const typed = document.getElementById("identifier").value;
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
  const mine = (early = { body, answer });
  answer.then((come) => (mine.come = come)).catch(() => {});
};
addEventListener("submit", lookUp, true);
lookUp();

// ── the language that src/first.js chose ──
const language = root.lang;
const words = language !== "en" && document.querySelector(`link[hreflang="${language}"]`);
const messages = words ? fetch(words.href).then((answer) => answer.json()).catch(() => null) : null;
const say = (texts) => {
  for (const element of texts ? all("[data-message]") : []) element.textContent = texts[element.dataset.message];
};
if (messages) {
  const show = () => delete root.dataset.words;
  setTimeout(show, 3000);
  messages.then((texts) => {
    say(texts);
    show();
  });
}

// ── the app ──
// No WebAssembly, a download that broke, or an app that stopped: say so instead of leaving a dead page. A stopped app is
// seen from here because it cannot be trusted to say anything itself.
const crashed = () => {
  root.dataset.screen = "other";
  document.getElementById("app").replaceChildren(document.getElementById("crashed").content.cloneNode(true));
  for (const element of all("[data-words]")) element.textContent = element.dataset.words;
  if (root.lang === language) messages?.then(say);
};
const watch = (kind, reason) => addEventListener(kind, (event) => reason(event) instanceof WebAssembly.RuntimeError && crashed());
watch("error", (event) => event.error);
watch("unhandledrejection", (event) => event.reason);
const preloaded = (selector) => document.querySelector(selector).href;
// As the preload was asked for, or the browser loads it a second time: WebKit takes a preload only where all of the request is alike.
const wasm = fetch(preloaded("link[rel=preload][type='application/wasm']"), { mode: "no-cors", credentials: "include" });
wasm.catch(() => {});
await drawn;
try {
  // A policy that enforces Trusted Types lets the app's own static markup pass, and nothing that could run.
  globalThis.trustedTypes?.createPolicy("default", {
    createHTML: (html) => (/<(script|iframe|object|embed|base|link|meta|svg|math|style)|[\s/"']on\w+\s*=|javascript:/i.test(html) ? null : html),
  });
  const glue = await import(preloaded("link[rel=modulepreload]"));
  await glue.default({ module_or_path: wasm });
  glue.start(search.slice(1), await messages, config, () => early && [early.body, early.answer, early.come]);
} catch {
  crashed();
  console.error("app_crashed");
}
