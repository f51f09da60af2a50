// The last touches to trunk's dist/: the glue minified under a fingerprint of its own, a .br and a .gz beside every
// compressible file, and the sizes, which must stay within the budget below.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import zlib from "node:zlib";

/** Brotli bytes of everything that the first sign-in loads from dist/. */
const BUDGET = 120_000;
const COMPRESSIBLE = new Set([".html", ".js", ".css", ".wasm", ".json", ".svg"]);

const dist = process.argv[2] ?? "dist";
const file = (name) => join(dist, name);
const names = () => readdirSync(dist).sort();

// trunk's own minifier cannot read the glue, so it comes out as wasm-bindgen wrote it, comments and all.
let page = readFileSync(file("index.html"), "utf8");
for (const name of names().filter((name) => extname(name) === ".js")) {
  const before = readFileSync(file(name));
  const after = execFileSync("esbuild", ["--minify", "--format=esm", "--target=es2022", "--loader=js", "--legal-comments=none"], { input: before });
  const hash = (algorithm, bytes, encoding) => createHash(algorithm).update(bytes).digest(encoding);
  const renamed = name.replace(/-[0-9a-f]{16}\.js$/, `-${hash("sha256", after, "hex").slice(0, 16)}.js`);
  const integrity = [before, after].map((bytes) => hash("sha384", bytes, "base64"));
  if (!page.includes(name) || !page.includes(integrity[0])) throw Error(`index.html does not name ${name} with its integrity`);
  page = page.replaceAll(name, renamed).replaceAll(integrity[0], integrity[1]);
  writeFileSync(file(name), after);
  renameSync(file(name), file(renamed));
}
writeFileSync(file("index.html"), page);

const brotli = (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 22, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
const rows = [];
for (const name of names().filter((name) => COMPRESSIBLE.has(extname(name)))) {
  const bytes = readFileSync(file(name));
  const br = brotli(bytes);
  writeFileSync(file(`${name}.br`), br);
  writeFileSync(file(`${name}.gz`), zlib.gzipSync(bytes, { level: 9 }));
  rows.push([name, bytes.length, br.length]);
}
const total = rows.reduce(([, a, b], [, x, y]) => ["total", a + x, b + y], ["total", 0, 0]);
const line = ([name, bytes, br]) => `${basename(name).padEnd(48)} ${String(bytes).padStart(9)} ${String(br).padStart(9)}`;
console.log([line([dist, "bytes", "brotli"]), ...rows.map(line), line(total)].join("\n"));
if (total[2] > BUDGET && process.env.STD_FOR_SIZE) {
  console.error(`The site is ${total[2] - BUDGET} bytes over its budget of ${BUDGET} (brotli). tools/finish.mjs holds the budget.`);
  process.exit(1);
}
