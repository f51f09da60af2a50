// `make size`: lists what the parts of the wasm consist of, by crate and by function.
//   node tools/size.mjs [HOW-MANY-FUNCTIONS]
// It reads the files as they were cut, because those still have the names of the functions. The sizes are bytes of code
// before wasm-opt and compression: what is large here is large in dist/ too, but not by the same number of bytes. The
// format is in the WebAssembly core specification 3.0: the binary format in §5.5, the name section in §7.4.1.
import { readFileSync } from "node:fs";

const [most = "40"] = process.argv.slice(2);
const FILES = ["tenant-picker_bg.wasm", "views.wasm", "callback.wasm"];
const [CUSTOM, CODE, DATA] = [0, 10, 11];

/** Reads the bytes of a file one after the other, from the position `at` on. */
const reader = (wasm, at) => ({
  /** The position of the next byte. */
  get at() {
    return at;
  },
  skip(length) {
    at += length;
  },
  byte: () => wasm[at++],
  /** An unsigned integer in LEB128. */
  number() {
    for (let value = 0, scale = 1; ; scale *= 0x80) {
      const byte = wasm[at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  },
  text() {
    const length = this.number();
    at += length;
    return wasm.toString("utf8", at - length, at);
  },
});

/** The sections of a file: id, and the positions of its first byte, its content and its end. */
const sections = (wasm) => {
  const found = [];
  for (const read = reader(wasm, 8); read.at < wasm.length;) {
    const from = read.at;
    const id = read.byte();
    const length = read.number();
    found.push({ id, from, content: read.at, until: read.at + length });
    read.skip(length);
  }
  return found;
};

/** The functions of a file, without the imported ones: name, and the positions of the body. */
const functions = (wasm) => {
  const imported = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).filter(
    ({ kind }) => kind === "function",
  ).length;
  const all = sections(wasm);
  const names = new Map();
  for (const { content, until } of all.filter(({ id }) => id === CUSTOM)) {
    const read = reader(wasm, content);
    if (read.text() !== "name") continue;
    while (read.at < until) {
      const kind = read.byte();
      const end = read.number() + read.at;
      for (let left = kind === 1 ? read.number() : 0; left > 0; left--)
        names.set(read.number(), read.text());
      read.skip(end - read.at);
    }
  }
  const read = reader(wasm, all.find(({ id }) => id === CODE).content);
  return Array.from({ length: read.number() }, (_, i) => {
    const length = read.number();
    read.skip(length);
    return {
      name: names.get(imported + i) ?? `function ${i}`,
      from: read.at - length,
      until: read.at,
    };
  });
};

// A Rust path begins with its crate and the crate's hash. The first path in a name is the function's own; others are
// those of its type parameters. wasm-bindgen has made the main part's names readable. In the others, a crate is
// `Cs`, its hash, the length of its name, and its name.
const crate = (name) => {
  const [, length, rest] = /^_R\w*?Cs[0-9A-Za-z]+_(\d+)(\w+)/.exec(name) ?? [];
  return rest?.slice(0, length) ?? /(\w+)\[[0-9a-f]+\]/.exec(name)?.[1] ?? "(no crate in the name)";
};
const withoutHashes = (name) => name.replace(/\[[0-9a-f]{14,16}\]/g, "").slice(0, 200);
const largestFirst = (rows) => rows.toSorted((a, b) => b[1] - a[1]);
const table = (title, rows) => {
  console.log(`\n${title}`);
  for (const [name, size] of largestFirst(rows))
    console.log(`${String(size).padStart(9)}  ${name}`);
};

for (const file of FILES) {
  const wasm = readFileSync(`target/parts/${file}`);
  const rows = functions(wasm).map(({ name, from, until }) => [name, until - from]);
  const byCrate = new Map();
  for (const [name, size] of rows) byCrate.set(crate(name), (byCrate.get(crate(name)) ?? 0) + size);
  const sectionSize = (id) => {
    const section = sections(wasm).find((section) => section.id === id);
    return section ? section.until - section.content : 0;
  };
  table(`${file}: bytes`, [
    ["code", sectionSize(CODE)],
    ["data", sectionSize(DATA)],
  ]);
  table(`${file}: bytes of code by crate`, [...byCrate]);
  table(
    `${file}: the ${most} largest functions`,
    largestFirst(rows)
      .slice(0, Number(most))
      .map(([name, size]) => [withoutHashes(name), size]),
  );
}
