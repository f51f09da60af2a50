// `make size`: what the wasm is made of, by crate and by function, read from the names that the build leaves in it. Bytes of
// code before wasm-opt and compression: what weighs most here weighs most in dist/ too, though not to the byte.
import { readFileSync } from "node:fs";
import { functions, sections } from "./wasm.mjs";

const [file = "target/wasm-bindgen/release/tenant-picker_bg.wasm", most = "40"] = process.argv.slice(2);
const wasm = readFileSync(file);
const rows = functions(wasm).map(({ name, from, until }) => [name, until - from]);

// A path begins with its crate and that crate's hash; the first one in a name is the function's own.
const crate = (name) => /(\w+)\[[0-9a-f]+\]/.exec(name)?.[1] ?? "(JavaScript's side)";
const byCrate = new Map();
for (const [name, size] of rows) byCrate.set(crate(name), (byCrate.get(crate(name)) ?? 0) + size);
const [code, data] = [10, 11].map((id) => sections(wasm).find((section) => section.id === id)).map(({ content, until }) => until - content);

const table = (title, rows) => {
  console.log(`\n${title}`);
  for (const [name, size] of rows.toSorted((a, b) => b[1] - a[1])) console.log(`${String(size).padStart(9)}  ${name}`);
};
table("bytes", [["code", code], ["data", data]]);
table("bytes of code by crate", [...byCrate]);
table(`the ${most} largest functions`, rows.toSorted((a, b) => b[1] - a[1]).slice(0, Number(most)).map(([name, size]) => [name.replace(/\[[0-9a-f]{16}\]/g, "").slice(0, 200), size]));
