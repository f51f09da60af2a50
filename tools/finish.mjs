// node tools/finish.mjs [DIST]: makes what trunk left in DIST (by default dist) ready to be served.
//
// 1. index.html names each message by its number, as the files of the languages do.
// 2. The wasm loses what the picker does not use, and is optimized for size.
// 3. Every file is named after the hash of its final content, and the JavaScript is minified.
// 4. The style sheet and the first two scripts are copied into index.html.
// 5. Every file gets a .br and a .gz beside it. The sizes are printed and checked against
//    tools/budgets.json.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { compressed, fingerprint, hash } from "./delivery.mjs";
import { shortened } from "./glue.mjs";
import { emptied } from "./wasm.mjs";

const dist = process.argv[2] ?? "dist";

const COMPRESSIBLE = new Set([".html", ".js", ".css", ".wasm", ".json", ".svg"]);

/** WebAssembly features that every browser has had since 2022. */
const WASM_FEATURES = [
  "--enable-bulk-memory",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
  "--enable-reference-types",
  "--enable-multivalue",
];

const WASM_OPTIMIZATIONS = [
  // Flat code has more equal parts to merge. The second and third -Oz remove what that leaves.
  "-Oz",
  "--flatten",
  "--rereloop",
  "-Oz",
  "-Oz",
  // No data is in the lowest kilobyte: the stack ends there, which grows down from a megabyte.
  "--low-memory-unused",
  // Functions of similar names side by side compress better. The names can go after that.
  "--reorder-functions-by-name",
  "--strip-debug",
  "--strip-producers",
  "--strip-target-features",
  "--minify-imports-and-exports-and-modules",
];

const ESBUILD_OPTIONS = [
  "--minify",
  "--format=esm",
  "--target=es2022",
  "--loader=js",
  "--legal-comments=none",
];

const file = (name) => join(dist, name);
const read = (name) => readFileSync(file(name));
const names = () => readdirSync(dist).sort();
const find = (pattern) => names().find((name) => pattern.test(name));

/** index.html. Each step below changes it; `finish` writes it back. */
let page = read("index.html").toString();

/** Replaces each data-message=ID in the page by the number of that message in locales/en.ftl. */
const numberMessages = () => {
  const source = readFileSync("locales/en.ftl", "utf8");
  const ids = [...source.matchAll(/^([a-z][a-z\d-]*) =/gm)].map(([, id]) => id);
  page = page.replace(/data-message=([a-z\d-]+)/g, (_, id) => {
    if (!ids.includes(id)) throw Error(`locales/en.ftl has no ${id}`);
    return `data-message=${ids.indexOf(id)}`;
  });
};

/**
 * Removes the streams of Leptos' server functions, with everything that only they use. The picker
 * has no server functions, but Rust's linker keeps them: they are exported, and are entries of the
 * function table.
 */
const removeStreams = (wasm) => {
  writeFileSync(
    file(wasm),
    emptied(read(wasm), (name) => name.includes("wasm_streams[")),
  );
  const used = WebAssembly.Module.exports(new WebAssembly.Module(read(wasm)))
    .filter(({ name }) => !name.includes("intounderlying"))
    .map(({ name }) => ({ name, root: true, export: name }));
  const graph = file("graph.json");
  writeFileSync(graph, JSON.stringify(used));
  const options = [...WASM_FEATURES, "-g", file(wasm), "--graph-file", graph, "-o", file(wasm)];
  execFileSync("wasm-metadce", options, { stdio: ["ignore", "ignore", "inherit"] });
  rmSync(graph);
};

/** Makes the wasm as small as it gets. Returns the short names of its imports and exports. */
const optimize = (wasm) => {
  const options = [...WASM_FEATURES, ...WASM_OPTIMIZATIONS, file(wasm), "-o", file(wasm)];
  return JSON.parse(execFileSync("wasm-opt", options));
};

/**
 * Makes the preload of the wasm a request that src/boot.js can repeat exactly in every browser,
 * which needs a link without crossorigin. Its integrity goes, too: browsers do not check it for
 * such a preload, they only warn in the console.
 */
const simplifyPreload = () => {
  page = page.replace(/<link as=fetch [^>]*>/g, (tag) =>
    tag.replace(/ (integrity|crossorigin)(=[^ >]+)?/g, ""),
  );
};

const minified = (bytes) => execFileSync("esbuild", ESBUILD_OPTIONS, { input: bytes });

/**
 * Applies `change` to the content of a file, renames the file after the new content, and updates
 * its name and its integrity in the page. Returns the new name. trunk's fingerprint is that of the
 * file before it was optimized, but a browser that caches a file for a year needs one of the file
 * that it gets.
 */
const fingerprinted = (name, change = (bytes) => bytes) => {
  const before = read(name);
  const after = change(before);
  // 8 to 16 digits, because trunk drops leading zeros.
  const renamed = name.replace(/-[0-9a-f]{8,16}(?=[._])/, `-${fingerprint(after)}`);
  if (!page.includes(name)) throw Error(`index.html does not name ${name}`);
  page = page
    .replaceAll(name, renamed)
    .replaceAll(hash("sha384", before, "base64"), hash("sha384", after, "base64"));
  rmSync(file(name));
  writeFileSync(file(renamed), after);
  return renamed;
};

/**
 * The end of the glue: it loads first.js and boot.js as files if the page's own copies did not run.
 *
 * The page contains both scripts and the style sheet, because a file for each would cost a round
 * trip before the form is visible. A Content-Security-Policy that does not name their hashes (see
 * `lookup-service --print-headers`) blocks them. The glue is a file, which the policy allows. Its
 * script element stands behind the page's own module, and modules run in order, so it can tell
 * whether the two scripts ran: each leaves a data attribute. first.js then loads the style sheet.
 */
const loadBlockedScripts = (first, boot) =>
  "{const{dataset:d}=document.documentElement;(async()=>{" +
  `d.screen??await import("./${first}");d.boot??await import("./${boot}")})()}`;

/** Replaces the element that `tag` matches by an element with the content of the file in it. */
const inline = (tag, name, element, attributes = "") => {
  const content = read(name).toString().trim();
  if (!tag.test(page) || content.includes(`</${element}`))
    throw Error(`${name} cannot be put into index.html`);
  page = page.replace(tag, () => `<${element}${attributes}>${content}</${element}>`);
};

/** Adds what the page needs if its scripts and style are blocked, see `loadBlockedScripts`. */
const addFallback = (style) => {
  let script;
  page = page.replace(/<link [^>]*rel=modulepreload[^>]*>/, (tag) => {
    const attribute = (name) => tag.match(new RegExp(`${name}=[^ >]+`))[0];
    const source = attribute("href").replace("href", "src");
    script = `<script type=module ${source} ${attribute("integrity")}></script>`;
    return `<link rel=fallback-style href=/${style}>${tag}`;
  });
  page = page.replace("</body>", `${script}</body>`);
};

/** Adds its fingerprint to the name of each language's file. */
const fingerprintLanguages = () => {
  for (const name of readdirSync(file("locales"))) {
    const renamed = name.replace(".json", `-${fingerprint(read(`locales/${name}`))}.json`);
    if (!page.includes(`/locales/${name}`)) throw Error(`index.html does not name locales/${name}`);
    page = page.replace(`/locales/${name}`, `/locales/${renamed}`);
    renameSync(file(`locales/${name}`), file(`locales/${renamed}`));
  }
};

/** Writes NAME.br and NAME.gz. Returns the sizes. */
const compress = (name) => ({ name: basename(name), ...compressed(file(name)) });

/** Compresses everything. `inlined` names the files whose content the page contains. */
const compressAll = (inlined) => {
  const languages = readdirSync(file("locales"))
    .sort()
    .map((name) => compress(`locales/${name}`));
  const [largest] = languages.toSorted((a, b) => b.brotli - a.brotli);
  const files = names().filter((name) => COMPRESSIBLE.has(extname(name)));
  const fallbacks = files.filter((name) => inlined.includes(name)).map(compress);
  const loaded = files.filter((name) => !inlined.includes(name)).map(compress);
  const sum = (key) => loaded.reduce((total, row) => total + row[key], 0);
  return { loaded, fallbacks, largest, total: { bytes: sum("bytes"), brotli: sum("brotli") } };
};

const printSizes = ({ loaded, fallbacks, largest, total }) => {
  const print = ({ name, bytes, brotli }) =>
    console.log(name.padEnd(48), String(bytes).padStart(9), String(brotli).padStart(9));
  print({ name: basename(dist), bytes: "bytes", brotli: "brotli" });
  loaded.forEach(print);
  print({ ...total, name: "total" });
  print({ ...largest, name: "a language, at most" });
  console.log("within index.html, and files for a policy that forbids that:");
  fallbacks.forEach(print);
};

/** Fails if a file is larger than its budget. */
const checkBudgets = ({ loaded, largest, total }) => {
  const budgets = JSON.parse(readFileSync("tools/budgets.json"))["bytes, brotli"];
  const size = (extension) => loaded.find(({ name }) => extname(name) === extension).brotli;
  const sizes = {
    "the document: form, style and first scripts": size(".html"),
    "the glue": size(".js"),
    "the wasm": size(".wasm"),
    "all of a first visit but config.json": total.brotli,
    "another language, at most": largest.brotli,
  };
  for (const [what, bytes] of Object.entries(sizes)) {
    if (bytes <= budgets[what]) continue;
    console.error(
      `${what}: ${bytes} bytes (brotli) are more than the ${budgets[what]} of tools/budgets.json.`,
    );
    process.exitCode = 1;
  }
};

const finish = () => {
  numberMessages();

  const wasm = find(/\.wasm$/);
  removeStreams(wasm);
  const shortNames = optimize(wasm);
  simplifyPreload();

  fingerprinted(wasm);
  const first = fingerprinted(find(/^first.*\.js$/), minified);
  const boot = fingerprinted(find(/^boot.*\.js$/), minified);
  fingerprinted(find(/^tenant-picker.*\.js$/), (glue) =>
    Buffer.concat([
      minified(shortened(glue.toString(), shortNames)),
      Buffer.from(loadBlockedScripts(first, boot)),
    ]),
  );
  fingerprintLanguages();

  const style = find(/\.css$/);
  inline(/<link [^>]*rel=stylesheet[^>]*>/, style, "style");
  inline(/<script [^>]*src=\/first[^>]*><\/script>/, first, "script");
  inline(/<script [^>]*src=\/boot[^>]*><\/script>/, boot, "script", " type=module");
  addFallback(style);
  writeFileSync(file("index.html"), page);

  const sizes = compressAll([first, boot, style]);
  printSizes(sizes);
  // The budgets are for a site with a standard library compiled for size (tools/build.sh).
  if (process.env.STD_FOR_SIZE) checkBudgets(sizes);
};

finish();
