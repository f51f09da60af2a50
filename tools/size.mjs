// `make size`: lists what the wasm consists of, by crate and by function.
//   node tools/size.mjs [FILE] [HOW-MANY-FUNCTIONS]
// It reads the file that wasm-bindgen wrote, because that still has the names of the functions. The
// sizes are bytes of code before wasm-opt and compression: what is large here is large in dist/ too,
// but not by the same number of bytes.
import { readFileSync } from "node:fs";
import { functions, sections } from "./wasm.mjs";

const [file = "target/wasm-bindgen/release/tenant-picker_bg.wasm", most = "40"] =
  process.argv.slice(2);
const wasm = readFileSync(file);
const rows = functions(wasm).map(({ name, from, until }) => [name, until - from]);

// A Rust path begins with its crate and the crate's hash. The first path in a name is the function's
// own; others are those of its type parameters.
const crate = (name) => /(\w+)\[[0-9a-f]+\]/.exec(name)?.[1] ?? "(no crate in the name)";
const byCrate = new Map();
for (const [name, size] of rows) byCrate.set(crate(name), (byCrate.get(crate(name)) ?? 0) + size);

const sectionSize = (id) => {
  const { content, until } = sections(wasm).find((section) => section.id === id);
  return until - content;
};
const withoutHashes = (name) => name.replace(/\[[0-9a-f]{16}\]/g, "").slice(0, 200);
const largestFirst = (rows) => rows.toSorted((a, b) => b[1] - a[1]);

const table = (title, rows) => {
  console.log(`\n${title}`);
  for (const [name, size] of largestFirst(rows))
    console.log(`${String(size).padStart(9)}  ${name}`);
};
table("bytes", [
  ["code", sectionSize(10)],
  ["data", sectionSize(11)],
]);
table("bytes of code by crate", [...byCrate]);
table(
  `the ${most} largest functions`,
  largestFirst(rows)
    .slice(0, Number(most))
    .map(([name, size]) => [withoutHashes(name), size]),
);
