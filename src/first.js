// Runs before the first paint, so it does only what must be done by then: it chooses the screen and the language,
// reserves the height of what the app will add, and takes care that nothing the user types or submits from now on
// is lost. src/boot.js does everything else, after the form is visible. tools/finish.mjs puts this script into
// the pages. In index.html it is after the form: the first access to storage takes a while, because the browser asks
// another process.
(() => {
  const root = document.documentElement;
  // The path of the form: that of its link in the page (the service changes it where the picker is below a path).
  const path = (root.dataset.path = document.querySelector("[hreflang=en]").getAttribute("href"));
  root.dataset.screen = location.pathname === path ? "form" : "other";
  // If the Content-Security-Policy blocks what is inline, this script runs as a file (tools/finish.mjs), and so
  // must the style.
  const style = document.querySelector("link[rel=fallback-style]");
  if (style && !document.styleSheets.length) style.rel = "stylesheet";

  // If the browser blocks storage, reading it throws.
  const stored = (key, where = "localStorage") => {
    try {
      return globalThis[where].getItem(key);
    } catch {
      return null;
    }
  };
  // The style reserves the height of the organizations used before, so that nothing moves when the app shows them.
  try {
    const recents = JSON.parse(stored("tenant-picker.recents"))?.length;
    if (recents) root.style.setProperty("--recents", (root.dataset.recents = recents));
  } catch {}

  // The language and the script of a tag. "zh-TW" has the script Hant. English is told apart without Intl, whose first
  // use takes longer than all else here.
  const scripted = (tag) => {
    if (/^en(-[a-z]{2})?$/i.test(tag)) return ["en", "Latn"];
    try {
      const { language, script } = new Intl.Locale(tag).maximize();
      return [language, script];
    } catch {
      return [];
    }
  };
  // Sets the language of the page, and its direction, which follows from the script. The app calls it too.
  globalThis.setPageLanguage = (tag) => {
    root.lang = tag;
    root.dir = /Arab|Hebr|Syrc|Thaa|Nkoo|Adlm/.test(scripted(tag)[1]) ? "rtl" : "ltr";
  };

  // The first of these that the page has: ?lang= of this tab, the language chosen on this device, the languages of
  // the browser. Each is compared as a whole first, then by language and script. So "de-AT" gets German, but
  // Traditional Chinese does not get Simplified Chinese.
  const LANGUAGE = "tenant-picker.lang";
  const asked = new URLSearchParams(location.search).get("lang");
  try {
    if (asked) sessionStorage.setItem(LANGUAGE, asked);
  } catch {}
  const links = [...document.querySelectorAll("link[hreflang]")];
  const startsAlike = (one, tag) => one.hreflang.slice(0, 2) === tag.slice(0, 2);
  const isWrittenAlike = (one, tag) => one.title && String(scripted(one.hreflang)) === String(scripted(tag));
  let link;
  for (const tag of [asked, stored(LANGUAGE, "sessionStorage"), stored(LANGUAGE), ...(navigator.languages ?? [])]) {
    if (!tag) continue;
    link ??=
      links.find((one) => one.hreflang.toLowerCase() === tag.toLowerCase()) ??
      // Most often this finds it, and then only one link is looked at closely. "iw" is an old tag for Hebrew.
      links.find((one) => startsAlike(one, tag) && isWrittenAlike(one, tag)) ??
      links.find((one) => isWrittenAlike(one, tag));
  }
  setPageLanguage(link?.hreflang ?? "en");
  // The form is invisible until its words are there, for three seconds at most (src/boot.js). The user can type in
  // it already.
  if (root.lang !== "en") root.dataset.texts = "awaited";

  // If the user submits before the app has started, the app handles it when it starts. src/boot.js sends the lookup
  // already.
  addEventListener("submit", (event) => {
    event.preventDefault();
    if ("app" in root.dataset) return;
    root.dataset.submitted = "";
    event.target.setAttribute("aria-busy", "true");
    const sent = document.getElementById("sent");
    // In another language src/boot.js may have set the text.
    sent.textContent ||= sent.dataset.words;
    sent.hidden = false;
  }, true);
  if (root.dataset.screen !== "form") return;
  // Not if organizations used before come first, because the focus would skip them. The focus needs the layout, so it is
  // set within the first frame, which needs that too.
  const field = document.getElementById("identifier");
  if (!root.dataset.recents) requestAnimationFrame(() => document.activeElement === document.body && field.focus());
  performance.mark("usable");
})();
