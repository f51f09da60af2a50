// Starts the app that the page preloads. It is a file of its own because the content security policy allows no inline
// script; it reads the fingerprinted names from the preload links, so that nothing here changes from build to build.
const preloaded = (selector) => document.querySelector(selector).href;

// No WebAssembly, a download that broke, or an app that stopped: say so instead of leaving a dead page. A stopped app
// is seen from here because it cannot be trusted to say anything itself.
const crashed = () => {
  const words = document.getElementById("crashed").content.cloneNode(true);
  document.getElementById("app").replaceChildren(words);
};
const watch = (kind, reason) =>
  addEventListener(kind, (event) => {
    if (reason(event) instanceof WebAssembly.RuntimeError) crashed();
  });
watch("error", (event) => event.error);
watch("unhandledrejection", (event) => event.reason);

try {
  const glue = await import(preloaded("link[rel=modulepreload]"));
  await glue.default({ module_or_path: preloaded("link[rel=preload][type='application/wasm']") });
} catch (error) {
  crashed();
  console.error("app_crashed", error);
}
