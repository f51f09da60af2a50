// Runs before the first paint, and so does no more than that needs: which screen it is, what it speaks, room for what the app will
// add, and that nothing typed or sent from now on is lost. tools/finish.mjs puts it into index.html, behind the form: the first look
// into storage waits for another process. All else is src/boot.js's, which runs once there is something to see.
(() => {
  const root = document.documentElement;
  root.dataset.screen = location.pathname === "/" ? "form" : "other";
  // Where the policy lets nothing inline pass, this runs as a file (see tools/finish.mjs), and the style is one too.
  const style = document.querySelector("link[rel=fallback-style]");
  if (style && !document.styleSheets.length) style.rel = "stylesheet";

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

  // The direction follows from the script that a language is written in. The app calls this, too.
  const scripted = (tag) => {
    try {
      const { language, script } = new Intl.Locale(tag).maximize();
      return [language, script];
    } catch {
      return [];
    }
  };
  globalThis.setPageLanguage = (tag) => {
    root.lang = tag;
    root.dir = /Arab|Hebr|Syrc|Thaa|Nkoo|Adlm/.test(scripted(tag)[1]) ? "rtl" : "ltr";
  };

  // ?lang=, which holds for this tab, else what was chosen on this device, else what the browser asks for; each in full,
  // then by its language and script alone: Traditional Chinese is not answered in Simplified.
  const LANGUAGE = "tenant-picker.lang";
  const asked = new URLSearchParams(location.search).get("lang");
  try {
    if (asked) sessionStorage.setItem(LANGUAGE, asked);
  } catch {}
  const links = [...document.querySelectorAll("link[hreflang]")];
  const bare = (tag) => String(scripted(tag));
  let link;
  for (const tag of [asked, stored(LANGUAGE, "sessionStorage"), stored(LANGUAGE), ...(navigator.languages ?? [])]) {
    if (!tag) continue;
    link ??= links.find((one) => one.hreflang.toLowerCase() === tag.toLowerCase()) ?? links.find((one) => bare(one.hreflang) === bare(tag) && one.title);
  }
  setPageLanguage(link?.hreflang ?? "en");
  // The form waits for its words, though not for long; it can be typed in all the while.
  if (root.lang !== "en") root.dataset.words = "awaited";

  // What is sent before the app is there waits for it; src/boot.js looks it up meanwhile.
  addEventListener("submit", (event) => {
    event.preventDefault();
    if ("app" in root.dataset) return;
    root.dataset.submitted = "";
    event.target.setAttribute("aria-busy", "true");
    const sent = document.getElementById("sent");
    // In another language src/boot.js has put the words in.
    sent.textContent ||= sent.dataset.words;
    sent.hidden = false;
  }, true);
  if (root.dataset.screen !== "form") return;
  // Where something else comes first, the focus would skip it.
  if (!root.dataset.recents && document.activeElement === document.body) document.getElementById("identifier").focus();
  performance.mark("usable");
})();
