// Reads the sections and the functions of a wasm file, and empties functions. The format is in the
// WebAssembly core specification 3.0: the binary format in §5.5, the name section in §7.4.1.
const [CUSTOM, CODE] = [0, 10];

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

/** The bytes of an unsigned integer in LEB128. */
const number = (value) =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(Math.floor(value / 0x80))];

/** The sections of a file: id, and the positions of its first byte, its content and its end. */
export const sections = (wasm) => {
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
export const functions = (wasm) => {
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

/**
 * A copy of the file in which the functions whose name `isDead` accepts only trap. It is for functions
 * that are never called, but that the function table refers to, so wasm-opt keeps them.
 */
export const emptied = (wasm, isDead) => {
  const all = functions(wasm);
  const trap = [0, 0x00, 0x0b]; // No locals, `unreachable`, `end`.
  const bodies = all.map(({ name, from, until }) =>
    isDead(name) ? Buffer.from(trap) : wasm.subarray(from, until),
  );
  const content = Buffer.concat([
    Buffer.from(number(all.length)),
    ...bodies.flatMap((body) => [Buffer.from(number(body.length)), body]),
  ]);
  const { from, until } = sections(wasm).find(({ id }) => id === CODE);
  return Buffer.concat([
    wasm.subarray(0, from),
    Buffer.from([CODE, ...number(content.length)]),
    content,
    wasm.subarray(until),
  ]);
};
