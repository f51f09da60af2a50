// The last touches to trunk's dist/: the glue minified, style and first scripts put into the page, fingerprints of what is really
// served, a .br and a .gz beside every compressible file, and the sizes, which must stay within the budget below.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import zlib from "node:zlib";
import { shortened } from "./glue.mjs";
import { emptied } from "./wasm.mjs";

const BUDGETS = JSON.parse(readFileSync("tools/budgets.json"))["bytes, brotli"];
const COMPRESSIBLE = new Set([".html", ".js", ".css", ".wasm", ".json", ".svg"]);

/** What every browser since 2022 has. */
const FEATURES = ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"].map((name) => `--enable-${name}`);

const dist = process.argv[2] ?? "dist";
const file = (name) => join(dist, name);
const names = () => readdirSync(dist).sort();

// trunk's own minifier cannot read the glue, so it comes out as wasm-bindgen wrote it, comments and all. And trunk takes
// its fingerprints before it optimizes: a browser that keeps a file for a year needs one of what it really gets.
let page = readFileSync(file("index.html"), "utf8");
// The page's sentences by their place in the files of the languages, as the app knows them (crates/messages).
const sentences = [...readFileSync("locales/en.ftl", "utf8").matchAll(/^([a-z][a-z\d-]*) =/gm)].map(([, id]) => id);
page = page.replace(/data-message=([a-z\d-]+)/g, (_, id) => {
  if (!sentences.includes(id)) throw Error(`locales/en.ftl has no ${id}`);
  return `data-message=${sentences.indexOf(id)}`;
});
// Leptos links the streams of its server functions, which export themselves and stand in the table of functions. The picker
// has none, so out with them and with all that only they use.
const [wasm] = names().filter((name) => name.endsWith(".wasm"));
writeFileSync(file(wasm), emptied(readFileSync(file(wasm)), (name) => name.includes("wasm_streams[")));
const exported = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(file(wasm)))).map(({ name }) => name);
const used = exported.filter((name) => !name.includes("intounderlying")).map((name) => ({ name, root: true, export: name }));
writeFileSync(file("graph.json"), JSON.stringify(used));
execFileSync("wasm-metadce", [...FEATURES, "-g", file(wasm), "--graph-file", file("graph.json"), "-o", file(wasm)], { stdio: ["ignore", "ignore", "inherit"] });
rmSync(file("graph.json"));
// Flat code finds more to fold; what that leaves behind, the second and third round take away. Nothing lives in the lowest kilobyte:
// there the stack ends, which grows down from a megabyte.
const rounds = ["-Oz", "--flatten", "--rereloop", "-Oz", "-Oz", "--low-memory-unused"];
const passes = [...rounds, "--reorder-functions-by-name", "--strip-debug", "--strip-producers", "--strip-target-features", "--minify-imports-and-exports-and-modules"];
const shortNames = JSON.parse(execFileSync("wasm-opt", [...FEATURES, ...passes, file(wasm), "-o", file(wasm)]));
// Browsers do not check the integrity of a preloaded fetch; all it does is warn in the console. Without crossorigin the request is
// of the one kind that src/boot.js can repeat to the letter in every browser.
page = page.replace(/<link as=fetch [^>]*>/g, (tag) => tag.replace(/ (integrity|crossorigin)(=[^ >]+)?/g, ""));
const hash = (algorithm, bytes, encoding) => createHash(algorithm).update(bytes).digest(encoding);
const minify = ["--minify", "--format=esm", "--target=es2022", "--loader=js", "--legal-comments=none"];
const fingerprinted = (name, change = (bytes) => bytes) => {
  const before = readFileSync(file(name));
  const after = change(before);
  // trunk drops a fingerprint's leading zeros.
  const renamed = name.replace(/-[0-9a-f]{8,16}(?=[._])/, `-${hash("sha256", after, "hex").slice(0, 16)}`);
  if (!page.includes(name)) throw Error(`index.html does not name ${name}`);
  page = page.replaceAll(name, renamed).replaceAll(hash("sha384", before, "base64"), hash("sha384", after, "base64"));
  rmSync(file(name));
  writeFileSync(file(renamed), after);
  return renamed;
};
const named = (pattern) => names().find((name) => pattern.test(name));
const minified = (bytes) => execFileSync("esbuild", minify, { input: bytes });
fingerprinted(named(/\.wasm$/));
const [first, boot] = [/^first.*\.js$/, /^boot.*\.js$/].map((pattern) => fingerprinted(named(pattern), minified));
// Style, first.js and boot.js stand in the page itself: as files they would cost a round trip before anything is to be seen. Where a
// content security policy forbids that (it must name their hashes, see `lookup-service --print-headers`), the files are
// fetched after all: the glue, which no policy of ours keeps out, loads the scripts, and the first of them the style.
// The glue's script stands behind the page's own module and waits for it, as modules do (HTML Standard, "the end" of parsing), so it
// knows of each of the two whether it ran, however slowly the page came.
const fallback = `{const{dataset:d}=document.documentElement;(async()=>{d.screen??await import("/${first}");d.boot??await import("/${boot}")})()}`;
fingerprinted(named(/^tenant-picker.*\.js$/), (bytes) => Buffer.concat([minified(shortened(bytes.toString(), shortNames)), Buffer.from(fallback)]));
const inline = (tag, name, element, attributes = "") => {
  const content = readFileSync(file(name), "utf8").trim();
  if (!tag.test(page) || content.includes(`</${element}`)) throw Error(`${name} cannot be put into index.html`);
  page = page.replace(tag, () => `<${element}${attributes}>${content}</${element}>`);
};
const style = named(/\.css$/);
inline(/<link [^>]*rel=stylesheet[^>]*>/, style, "style");
inline(/<script [^>]*src=\/first[^>]*><\/script>/, first, "script");
inline(/<script [^>]*src=\/boot[^>]*><\/script>/, boot, "script", " type=module");
let glueScript;
page = page.replace(/<link [^>]*rel=modulepreload[^>]*>/, (tag) => {
  const attribute = (name) => tag.match(new RegExp(`${name}=[^ >]+`))[0];
  const glue = attribute("href").replace("href", "src");
  glueScript = `<script type=module ${glue} ${attribute("integrity")}></script>`;
  return `<link rel=fallback-style href=/${style}>${tag}`;
});
page = page.replace("</body>", `${glueScript}</body>`);
for (const name of readdirSync(file("locales"))) {
  const renamed = name.replace(".json", `-${hash("sha256", readFileSync(file(`locales/${name}`)), "hex").slice(0, 16)}.json`);
  if (!page.includes(`/locales/${name}`)) throw Error(`index.html does not name locales/${name}`);
  page = page.replace(`/locales/${name}`, `/locales/${renamed}`);
  renameSync(file(`locales/${name}`), file(`locales/${renamed}`));
}
writeFileSync(file("index.html"), page);

const brotli = (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 22, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
const compressed = (name) => {
  const bytes = readFileSync(file(name));
  const br = brotli(bytes);
  writeFileSync(file(`${name}.br`), br);
  writeFileSync(file(`${name}.gz`), zlib.gzipSync(bytes, { level: 9 }));
  return [name, bytes.length, br.length];
};
const languages = readdirSync(file("locales")).sort().map((name) => compressed(`locales/${name}`));
const [inlined, rows] = [true, false].map((isInlined) =>
  names().filter((name) => COMPRESSIBLE.has(extname(name)) && [first, boot, style].includes(name) === isInlined).map(compressed));
const total = rows.reduce(([, a, b], [, x, y]) => ["total", a + x, b + y], ["total", 0, 0]);
const line = ([name, bytes, br]) => `${basename(name).padEnd(48)} ${String(bytes).padStart(9)} ${String(br).padStart(9)}`;
const [largest] = languages.toSorted((a, b) => b[2] - a[2]);
console.log([line([dist, "bytes", "brotli"]), ...rows.map(line), line(total), line(["a language, at most", largest[1], largest[2]]), "within index.html, and files for a policy that forbids that:", ...inlined.map(line)].join("\n"));
// With a std that is not compiled for size none of it can hold.
const weighs = (pattern) => rows.find(([name]) => pattern.test(name))[2];
const weights = {
  "the document: form, style and first scripts": weighs(/\.html$/),
  "the glue": weighs(/\.js$/),
  "the wasm": weighs(/\.wasm$/),
  "all of a first visit but config.json": total[2],
  "another language, at most": largest[2],
};
for (const [what, bytes] of process.env.STD_FOR_SIZE ? Object.entries(weights) : []) {
  if (bytes <= BUDGETS[what]) continue;
  console.error(`${what}: ${bytes} bytes are not within the budget of ${BUDGETS[what]} (brotli, tools/budgets.json).`);
  process.exitCode = 1;
}
