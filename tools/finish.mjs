// node tools/finish.mjs [DIST]: makes the site in DIST (by default dist) of the page that trunk has left in target/page,
// and of the parts that tools/build.sh has left in target/parts.
//
// 1. The parts of the wasm are optimized for size, their functions get the order of tools/order.mjs, and the glue is
//    fitted to them.
// 2. index.html names each message by its number, as the files of the languages do.
// 3. The JavaScript is minified, and every file is named after the hash of its content.
// 4. The style sheet, the first two scripts and the main part of the wasm are copied into index.html. callback.html is the
//    same without the main part, and with its scripts first.
// 5. Every file gets a .br and a .gz beside it. The sizes are printed and checked against
//    tools/budgets.json.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { brotli, compressed, fingerprint, hash } from "./delivery.mjs";
import { fitted } from "./glue.mjs";
import { withFunctionsOrdered } from "./order.mjs";

const dist = process.argv[2] ?? "dist";

/** WebAssembly features that every browser has had since 2022. */
const WASM_FEATURES = [
  "--enable-bulk-memory",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
  "--enable-reference-types",
  "--enable-multivalue",
];

/** No data is in the lowest kilobyte: the stack ends there, which grows down from a megabyte. */
const SMALLEST = ["-Oz", "--low-memory-unused"];

const WASM_OPTIMIZATIONS = [
  // Flat code has more equal parts to merge. The second -Oz removes what that leaves.
  ...SMALLEST,
  "--flatten",
  "--rereloop",
  "-Oz",
  // tools/order.mjs begins with this order, since functions of similar names are alike more often.
  "--reorder-functions-by-name",
  "--strip-debug",
  "--strip-producers",
  "--strip-target-features",
];

const file = (name) => join(dist, name);
const made = (name) => join("target/parts", name);
const ofTrunk = (name) => join("target/page", name);

/** index.html, as trunk has minified it. The steps below change it; `finish` writes it. */
let page = readFileSync(ofTrunk("index.html"), "utf8");

/** Replaces what is in the page exactly once. */
const replace = (pattern, replacement) => {
  const around = page.split(pattern);
  if (around.length !== 2) throw Error(`target/page/index.html has ${pattern} ${around.length - 1} times, not once`);
  page = around.join(replacement);
};

/** Replaces each data-message=ID in the page by the number of that message in locales/en.ftl. */
const numberMessages = () => {
  const source = readFileSync("locales/en.ftl", "utf8");
  const ids = [...source.matchAll(/^([a-z][a-z\d-]*) =/gm)].map(([, id]) => id);
  page = page.replace(/data-message=([a-z\d-]+)/g, (_, id) => {
    if (!ids.includes(id)) throw Error(`locales/en.ftl has no ${id}`);
    return `data-message=${ids.indexOf(id)}`;
  });
};

const minified = (code) =>
  execFileSync("esbuild", ["--minify", "--format=esm", "--target=es2022", "--loader=js", "--legal-comments=none"], {
    input: code,
  });

/** The content of a file that trunk has copied, and given a name with a hash. */
const copied = (name, extension) => {
  const found = readdirSync(ofTrunk("")).find((file) => file.startsWith(name) && file.endsWith(extension));
  if (!found) throw Error(`trunk has made no ${name}${extension}`);
  return readFileSync(ofTrunk(found));
};

/** Writes a file whose name has the hash of its content in it, and returns the name. */
const write = (name, content) => {
  const extension = extname(name);
  const fingerprinted = `${name.slice(0, -extension.length)}-${fingerprint(content)}${extension}`;
  writeFileSync(file(fingerprinted), content);
  return fingerprinted;
};

const integrity = (name) => `integrity="sha384-${hash("sha384", readFileSync(file(name)), "base64")}"`;

/** What a tool writes to stderr is in the error, if there is one. */
const options = { stdio: "pipe", maxBuffer: 1e8 };
const binaryen = (tool, ...args) => execFileSync(tool, [...WASM_FEATURES, ...args], options).toString();

/** Writes a module that hands on what the parts import from the main one: memory, function table, stack pointer. */
const writeImports = (part) => {
  const imports = [...binaryen("wasm-dis", made(part)).matchAll(/^ \(import "__wasm_split" ("\w+" \((\w+) (\S+) .*)$/gm)];
  const lines = imports.map(
    ([, what, kind, id]) => `(import "main" ${what} (export ${what.split(" ")[0]} (${kind} ${id}))`,
  );
  writeFileSync(made("imports.wat"), `(module ${lines.join("\n")})`);
  binaryen("wasm-as", made("imports.wat"), "-o", made("imports.wasm"));
};

/** Makes one file of a part and what it shares with another part. It has each of these imports once. */
const merge = (to, ...parts) => {
  const named = parts.flatMap((name) => [made(name), name]);
  binaryen("wasm-merge", "-g", made("imports.wasm"), "__wasm_split", ...named, "-o", made(to));
};

/** Makes a part as small as it gets. Returns what the first call of wasm-opt printed: the short names, if it gave any. */
const optimize = (from, to, ...more) => {
  const text = made("part.wat");
  const printed = binaryen("wasm-opt", ...WASM_OPTIMIZATIONS, ...more, made(from), "-S", "-o", text);
  writeFileSync(text, withFunctionsOrdered(readFileSync(text, "utf8")));
  // Once more, since wasm-opt makes some code shorter only while it writes bytes. Without -g, the names of functions go.
  binaryen("wasm-opt", ...SMALLEST, text, "-o", made(to));
  return printed;
};

/** Writes the parts of the wasm but the main one. Returns their names, the content of the main one, and the glue. */
const writeApp = () => {
  // The callback is only ever loaded together with the views. So what both need is merged into the views.
  const shared = readdirSync("target/parts").filter((name) => /^chunk_.*\.wasm$/.test(name));
  writeImports("split_callback.wasm");
  merge("views.wasm", ...shared, "split_views.wasm");
  merge("callback.wasm", "split_callback.wasm");
  const names = JSON.parse(
    optimize("tenant-picker_bg.wasm", "main.small.wasm", "--minify-imports-and-exports-and-modules"),
  );
  optimize("views.wasm", "views.small.wasm");
  optimize("callback.wasm", "callback.small.wasm");
  const content = (name) => readFileSync(made(`${name}.small.wasm`));
  const [views, callback] = ["views", "callback"].map((name) => write(`${name}.wasm`, content(name)));
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file(views))));
  const glue = fitted(
    readFileSync(made("tenant-picker.js"), "utf8"),
    names,
    imports.map(({ name }) => name),
  );
  return { main: content("main"), views, callback, glue: minified(glue) };
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

/** The content of a file, to be put into an element of the page. */
const inline = (name, element) => {
  const content = readFileSync(file(name), "utf8").trim();
  if (content.includes(`</${element}`)) throw Error(`${name} cannot be put into index.html`);
  return content;
};

/** Characters that HTML would not leave as they are, and rare ones that stand for them: NUL is a twelfth of the wasm. */
const STAND_INS = { "\0": "^", "\r": "]", "<": "+" };

/**
 * A character for each byte, to be put into an element of the page: the one with the byte's number, or its stand-in. A byte
 * that is a stand-in's own number gets the character with a number 256 higher. boot.js reads them. That is 0.3 kB larger than
 * the bytes, compressed; base64 would be 8 kB larger.
 */
const asText = (bytes) =>
  bytes
    .toString("latin1")
    .replace(/[\0\r<^\]+]/g, (byte) => STAND_INS[byte] ?? String.fromCharCode(256 + byte.charCodeAt()));

/** Writes the files of the languages, and names them in the page. */
const writeLanguages = () => {
  mkdirSync(file("locales"));
  for (const name of readdirSync(ofTrunk("locales"))) {
    const written = write(`locales/${name}`, readFileSync(ofTrunk(`locales/${name}`)));
    replace(RegExp(`(?<=href=)"?/locales/${name}"?(?=[ >])`), `/${written}`);
  }
};

/**
 * The page of the callback. Most who come there were at the form, which has kept the main part; for all others it is a file.
 * There is no form to be drawn before the scripts run, so they are in the head. A preload of the parts would be as fast, but
 * Safari would load them twice.
 */
const callbackPage = () => {
  const found = /^(.*)(<\/head>.*<\/main>\s*)(<script>.*<\/script>)(\s*<footer.*)$/s.exec(page);
  if (!found) throw Error("target/page/index.html does not have its scripts between main and footer");
  const [, head, body, scripts, end] = found;
  return [head, scripts, body, end].join("");
};

/** Writes the files that are named in the page, and the page. Returns what the page contains: names of files, and the main part. */
const writeSite = () => {
  const style = write("picker.css", copied("picker", ".css"));
  const first = write("first.js", minified(copied("first", ".js")));
  const boot = write("boot.js", minified(copied("boot", ".js")));
  const { main: content, views, callback, glue: code } = writeApp();
  const main = write("main.wasm", content);
  const glue = write("tenant-picker.js", Buffer.concat([code, Buffer.from(loadBlockedScripts(first, boot))]));
  writeLanguages();
  const glueIntegrity = integrity(glue);
  replace(/<link [^>]*rel=preload[^>]*>/, "");
  replace(
    /<link [^>]*rel=modulepreload[^>]*>/,
    `<link rel=fallback-style href=/${style}>` +
      `<link rel=modulepreload crossorigin href=/${glue} ${glueIntegrity}>` +
      `<link rel=main href=/${main} ${integrity(main)}>` +
      `<link rel=views href=/${views} ${integrity(views)}>` +
      `<link rel=callback href=/${callback} ${integrity(callback)}>`,
  );
  replace(/<link [^>]*rel=stylesheet[^>]*>/, `<style>${inline(style, "style")}</style>`);
  replace(/<script [^>]*src=\/first[^>]*><\/script>/, `<script>${inline(first, "script")}</script>`);
  replace(/<script [^>]*src=\/boot[^>]*><\/script>/, `<script>${inline(boot, "script")}</script>`);
  replace(/<\/body>/, `<script type=module src=/${glue} ${glueIntegrity}></script></body>`);
  writeFileSync(file("callback.html"), callbackPage());
  replace(/<\/body>/, `<script type=application/wasm id=main-part>${asText(content)}</script></body>`);
  writeFileSync(file("index.html"), page);
  return { inlined: [style, first, boot, main], main: content };
};

/** Writes NAME.br and NAME.gz. Returns the sizes. */
const compress = (name) => ({ name: basename(name), ...compressed(file(name)) });

/** Compresses everything. `inlined` names the files whose content the page contains. */
const compressAll = (inlined) => {
  const languages = readdirSync(file("locales"))
    .sort()
    .map((name) => compress(`locales/${name}`));
  const [largest] = languages.toSorted((a, b) => b.brotli - a.brotli);
  const files = readdirSync(dist)
    .filter((name) => extname(name))
    .sort();
  const fallbacks = files.filter((name) => inlined.includes(name)).map(compress);
  const loaded = files.filter((name) => !inlined.includes(name)).map(compress);
  return { loaded, fallbacks, largest };
};

/** What the budgets are for, in bytes. */
const sums = ({ loaded, largest, main }) => {
  const size = (pattern) => loaded.find(({ name }) => pattern.test(name)).brotli;
  const total = loaded.reduce((sum, { brotli }) => sum + brotli, 0);
  return {
    "the document: form, style, first scripts, main": size(/^index\.html$/),
    "the main part in it: what it takes to leave": main,
    "the glue": size(/\.js$/),
    "the views": size(/^views-/),
    "the callback": size(/^callback-/),
    "the callback's document": size(/^callback\.html$/),
    "the form, but config.json": total - size(/^callback-/) - size(/^callback\.html$/),
    "all of a first sign-in but config.json": total,
    "another language, at most": largest.brotli,
  };
};

const printSizes = ({ loaded, fallbacks, largest }) => {
  const print = ({ name, bytes, brotli }) =>
    console.log(name.padEnd(48), String(bytes).padStart(9), String(brotli).padStart(9));
  print({ name: basename(dist), bytes: "bytes", brotli: "brotli" });
  loaded.forEach(print);
  print({ ...largest, name: "a language, at most" });
  console.log("within index.html, and files for who cannot use that (docs/performance.md):");
  fallbacks.forEach(print);
};

/** Prints what the budgets are for, and fails if something is larger than its budget. */
const checkBudgets = (sizes) => {
  const budgets = JSON.parse(readFileSync("tools/budgets.json"))["bytes, brotli"];
  console.log("budgets:");
  for (const [what, bytes] of Object.entries(sums(sizes))) {
    console.log(what.padEnd(48), String(budgets[what]).padStart(9), String(bytes).padStart(9));
    if (bytes <= budgets[what]) continue;
    console.error(
      `${what}: ${bytes} bytes (brotli) are more than the ${budgets[what]} of tools/budgets.json.`,
    );
    process.exitCode = 1;
  }
};

const finish = () => {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  numberMessages();
  const { inlined, main } = writeSite();
  const sizes = { ...compressAll(inlined), main: brotli(main).length };
  printSizes(sizes);
  // The budgets are for a site with a standard library compiled for size (tools/build.sh).
  if (process.env.STD_FOR_SIZE) checkBudgets(sizes);
};

finish();
