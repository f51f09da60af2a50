// Runs right behind the form, or in the head of callback.html, before the app has loaded. It removes the authorization
// response from the address bar, reads config.json, sends the lookup if the user submits early, fetches the messages of the
// language that src/first.js chose, loads the parts of the app, and starts it. tools/finish.mjs puts this script into the
// pages, because a file of its own would cost a round trip. It is no module, because a module would wait for the end of the
// page.
(async () => {
  const root = document.documentElement;
  // Tells that this script ran (tools/finish.mjs).
  root.dataset.boot = "";
  const address = new URL(location);
  const { pathname, searchParams } = address;
  const { path } = root.dataset;
  const isCallback = pathname.startsWith(path + "callback");
  const all = (selector) => [...document.querySelectorAll(selector)];

  // #login_hint= is the same as the parameter, but reaches no server.
  const hint = new URLSearchParams(address.hash.slice(1)).get("login_hint");
  if (hint) searchParams.append("login_hint", hint);
  const query = address.search.slice(1);

  // Removes the authorization code and the email address from the address bar, so that neither a Referer header nor the
  // history has them (https://www.rfc-editor.org/rfc/rfc9700#section-4.2.4). Browsers refuse this if a page does it too
  // often. The sign-in goes on then.
  searchParams.delete("login_hint");
  address.hash = "";
  if (isCallback) address.search = "";
  try {
    if (address.href !== location.href) history.replaceState(null, "", address);
  } catch {}

  const happens = (target, event) => new Promise((done) => target.addEventListener(event, done, { once: true }));
  // callback.html has this script in its head.
  const parsed = document.getElementById("app") ? undefined : happens(document, "readystatechange");
  // Resolved after the first frame of the form, or after half a second: a tab in the background draws no frame.
  const drawn = parsed ?? new Promise((done) => {
    if (root.dataset.screen !== "form") return done();
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 500);
  });

  // Fetches something for the app. Resolves to the status, the text and the Retry-After header, as src/api.rs reads
  // them.
  const ask = async (address, options) => {
    const response = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(15000), ...options });
    return [response.status, await response.text(), response.headers.get("retry-after")];
  };
  // A cached copy may be minutes old. A user who reloads the page, perhaps because it does not work, gets the current one.
  const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  // The lookup service puts config.json into the page, which saves a round trip. From other servers it is fetched.
  const written = document.getElementById("config")?.textContent;
  const fetched = () => ask(path + "config.json", { cache: reloaded ? "no-cache" : "default" });
  const config = written ? Promise.resolve([200, written, null]) : fetched();
  // The app shows the error when it has started. Until then it must not count as an unhandled rejection.
  config.catch(() => {});
  // The lookup for what the user submitted before the app has started: the text, the request body, the response as a
  // promise, and the response itself once it is there. It is sent only if the input is plainly a domain or a code, and
  // only to the picker's own origin. The app uses the response if its own request would have the same body. Otherwise
  // it sends its own.
  let early;
  // What makes the app's main part ready to leave for the hosted UI, that part once it is ready, and whether it has left
  // (src/early.rs).
  let prepare;
  let main;
  let left = false;
  const leave = () => {
    const [status, found] = early?.arrived ?? [];
    if (main && status === 200 && !left && !("app" in root.dataset)) left = main.leave(query, early.typed, early.body, found);
  };
  const lookUp = () => {
    if (!("submitted" in root.dataset) || "app" in root.dataset || left) return;
    const typed = document.getElementById("identifier").value;
    const [, at, subject] = /^\s*(?:[^\s@]+(@))?([a-z\d.-]+)\s*$/i.exec(typed) ?? [];
    const key = subject?.includes(".") ? "domain" : "code";
    if (!subject || (at && key === "code")) return;
    const body = JSON.stringify({ [key]: key === "domain" ? subject.toLowerCase() : subject });
    if (body === early?.body) return (early.typed = typed);
    const response = config.then(([, text]) => {
      const lookup = new URL(JSON.parse(text).lookup_url, location);
      if (lookup.origin !== location.origin) throw undefined;
      return ask(lookup, { method: "POST", body, headers: { "content-type": "application/json" }, credentials: "omit" });
    });
    const sent = (early = { typed, body, response });
    const arrive = (parts) => {
      sent.arrived = parts;
      leave();
    };
    response.then(arrive, () => {});
    // Nothing else is to be done until the response is there.
    setTimeout(() => prepare?.());
  };
  addEventListener("submit", lookUp, true);
  lookUp();
  // Back has restored a page that was left before the app was there. What the app would have loaded may be lost.
  addEventListener("pageshow", ({ persisted }) => persisted && left && !("app" in root.dataset) && location.reload());

  // ── the messages of the language that src/first.js chose ──
  const language = root.lang;
  const messageLink = language !== "en" && document.querySelector(`link[hreflang="${language}"]`);
  const messages = messageLink ? fetch(messageLink.href).then((response) => response.json()).catch(() => null) : null;
  const translate = (texts) => {
    for (const element of texts ? all("[data-message]") : []) element.textContent = texts[element.dataset.message];
  };
  if (messages) {
    const show = () => delete root.dataset.texts;
    setTimeout(show, 3000);
    Promise.all([messages, parsed]).then(([texts]) => {
      translate(texts);
      show();
    });
  }

  // ── the app ──
  // Shows an error page if the browser has no WebAssembly, a download failed, or the app has crashed.
  // After a crash the app cannot do it itself.
  const crashed = () => {
    root.dataset.screen = "other";
    document.getElementById("app").replaceChildren(document.getElementById("crashed").content.cloneNode(true));
    for (const element of all("[data-words]")) element.textContent = element.dataset.words;
    if (root.lang === language) messages?.then(translate);
  };
  const watch = (kind, reason) => addEventListener(kind, (event) => reason(event) instanceof WebAssembly.RuntimeError && crashed());
  watch("error", (event) => event.error);
  watch("unhandledrejection", (event) => event.reason);
  const link = (name) => document.querySelector(`link[rel=${name}]`);
  const part = (name, options) => {
    const { href, integrity } = link(name);
    return fetch(href, { integrity, ...options });
  };
  // The main part is at the end of the form's page, so it is there a round trip earlier than a file would be. It is a
  // character for each byte; NUL, CR and < are written as ^ (94), ] (93) and + (43) (`asText` in tools/finish.mjs).
  const mainOf = (text) => {
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      bytes[i] = code === 94 ? 0 : code === 93 ? 13 : code === 43 ? 60 : code;
    }
    return bytes;
  };
  const mainOfPage = async () => {
    if (document.readyState === "loading") await happens(document, "readystatechange");
    const element = document.getElementById("main-part");
    return element ? mainOf(element.textContent) : mainOfForm().catch(mainOfFile);
  };
  // callback.html is without it. Who was at the form has that page in the cache, perhaps of another build.
  const mainOfForm = async () => {
    const page = await (await fetch(path, { cache: "only-if-cached", mode: "same-origin" })).text();
    // This script is in that page too, with the text that is looked for. The element is behind it.
    return intact(mainOf(page.split("id=main-part>").pop().split("<")[0]));
  };
  const mainOfFile = async () => (await part("main")).arrayBuffer();
  // What has another hash is of another build, or somebody has changed it.
  const intact = async (bytes) => {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
    if (link("main").integrity !== "sha384-" + btoa(String.fromCharCode(...hash))) throw undefined;
    return bytes;
  };
  // The callback needs the main part too. The form keeps it, so that the callback need not load it again.
  const KEPT = path + "main-part";
  const keptMain = async () => intact(await (await caches.match(KEPT)).arrayBuffer());
  const keepMain = async (bytes) => {
    const cache = await caches.open("tenant-picker");
    await keptMain().catch(() => cache.put(KEPT, new Response(bytes)));
  };
  const mainBytes = isCallback ? keptMain().catch(mainOfPage) : mainOfPage();
  mainBytes.catch(() => {});
  const parts = Promise.all((isCallback ? ["views", "callback"] : ["views"]).map((name) => part(name)));
  parts.catch(() => {});
  await drawn;
  try {
    // If the Content-Security-Policy enforces Trusted Types (https://www.w3.org/TR/trusted-types/), the app may still
    // create elements from its own static markup. Markup that could run a script is refused.
    globalThis.trustedTypes?.createPolicy("default", {
      createHTML: (html) => (/<(script|iframe|object|embed|base|link|meta|svg|math|style)|[\s/"']on\w+\s*=|javascript:/i.test(html) ? null : html),
    });
    const glue = await import(link("modulepreload").href);
    const bytes = await mainBytes;
    await glue.default({ module_or_path: bytes });
    if (root.dataset.screen === "form") {
      prepare = () =>
        config.then(([status, text]) => {
          if (main) return;
          if (status === 200) glue.prepare(text);
          main = glue;
          leave();
          keepMain(bytes).catch(() => {});
        }, () => {});
      // Not at once: it takes a while, and the person may be about to submit the form.
      setTimeout(prepare, early ? 0 : 300);
    }
    await Promise.all((await parts).map(glue.add));
    // The start of the app takes a while. Who has submitted leaves first, if that is soon.
    if (early) await Promise.race([early.response.catch(() => {}), new Promise((done) => setTimeout(done, 1000))]);
    glue.start(query, await messages, config, () => early && [early.body, early.response, early.arrived]);
    // For the way back from the hosted UI.
    if (!isCallback) part("callback", { priority: "low" }).then((response) => response.blob()).catch(() => {});
  } catch {
    // A page that is being left may not get its parts any more. That is an error only if it stays.
    if (left) await new Promise((done) => setTimeout(done, 3000));
    crashed();
    console.error("app_crashed");
  }
})();
