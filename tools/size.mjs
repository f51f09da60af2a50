// `make size`: what the wasm is made of, by crate and by function, read from the names that the build leaves in it. Bytes of
// code before wasm-opt and compression: what weighs most here weighs most in dist/ too, though not to the byte.
import { readFileSync } from "node:fs";

const wasm = readFileSync(process.argv[2] ?? "target/wasm-bindgen/release/tenant-picker_bg.wasm");
const most = Number(process.argv[3] ?? 40);

let at = 0;
const number = () => {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = wasm[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
};
const text = () => {
  const length = number();
  return wasm.toString("utf8", at, (at += length));
};

// WebAssembly core specification 3.0, §5.5 (binary format of modules) and §7.4.1 (the name section).
const [IMPORTS, CODE, DATA, CUSTOM] = [2, 10, 11, 0];
let imported = 0;
const sizes = [];
const names = new Map();
const sections = [];
for (at = 8; at < wasm.length; ) {
  const id = wasm[at++];
  const end = number() + at;
  if (id === IMPORTS) {
    imported = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).filter(({ kind }) => kind === "function").length;
  } else if (id === CODE) {
    for (let left = number(); left > 0; left--) {
      const length = number();
      sizes.push(length);
      at += length;
    }
  } else if (id === CUSTOM && text() === "name") {
    while (at < end) {
      const kind = wasm[at++];
      const after = number() + at;
      for (let left = kind === 1 ? number() : 0; left > 0; left--) names.set(number(), text());
      at = after;
    }
  }
  if (id === CODE || id === DATA) sections.push([id === CODE ? "code" : "data", end - at + (id === CODE ? sizes.reduce((a, b) => a + b, 0) : 0)]);
  at = end;
}

const functions = sizes.map((size, i) => [names.get(imported + i) ?? `function ${i}`, size]);
// A path begins with its crate and that crate's hash; the first one in a name is the function's own.
const crate = (name) => /(\w+)\[[0-9a-f]+\]/.exec(name)?.[1] ?? "(JavaScript's side)";
const sum = (rows, key) => {
  const sums = new Map();
  for (const [name, size] of rows) sums.set(key(name), (sums.get(key(name)) ?? 0) + size);
  return [...sums].toSorted((a, b) => b[1] - a[1]);
};
const table = (title, rows) => {
  console.log(`\n${title}`);
  for (const [name, size] of rows) console.log(`${String(size).padStart(9)}  ${name.length > 150 ? `${name.slice(0, 147)}…` : name}`);
};
table("bytes by section", sections);
table("bytes by crate", sum(functions, crate).slice(0, 25));
table(`the ${most} largest functions`, functions.toSorted((a, b) => b[1] - a[1]).slice(0, most));
