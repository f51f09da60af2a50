// A wasm file's functions: their names, their bodies, and how to empty some (WebAssembly core specification 3.0, §5.5 and the
// name section of §7.4.1).
const [CUSTOM, CODE] = [0, 10];

const reader = (wasm, at) => ({
  get at() {
    return at;
  },
  skip(length) {
    at += length;
  },
  byte: () => wasm[at++],
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

const number = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(Math.floor(value / 0x80))]);

/** Its sections: id, where it begins, where its content does, and where it ends. */
export const sections = (wasm) => {
  const found = [];
  for (const read = reader(wasm, 8); read.at < wasm.length; ) {
    const from = read.at;
    const id = read.byte();
    const length = read.number();
    found.push({ id, from, content: read.at, until: read.at + length });
    read.skip(length);
  }
  return found;
};

/** Its own functions in their order: name (if the file says it), and where the body begins and ends. */
export const functions = (wasm) => {
  const imported = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).filter(({ kind }) => kind === "function").length;
  const all = sections(wasm);
  const names = new Map();
  for (const { content, until } of all.filter(({ id }) => id === CUSTOM)) {
    const read = reader(wasm, content);
    if (read.text() !== "name") continue;
    while (read.at < until) {
      const kind = read.byte();
      const end = read.number() + read.at;
      for (let left = kind === 1 ? read.number() : 0; left > 0; left--) names.set(read.number(), read.text());
      read.skip(end - read.at);
    }
  }
  const read = reader(wasm, all.find(({ id }) => id === CODE).content);
  return Array.from({ length: read.number() }, (_, i) => {
    const length = read.number();
    read.skip(length);
    return { name: names.get(imported + i) ?? `function ${i}`, from: read.at - length, until: read.at };
  });
};

/** The same file, the functions of such a name doing nothing but trap: for what nobody calls and a table keeps alive. */
export const emptied = (wasm, isDead) => {
  const all = functions(wasm);
  const trap = [0, 0x00, 0x0b]; // No locals, `unreachable`, `end`.
  const bodies = all.map(({ name, from, until }) => (isDead(name) ? Buffer.from(trap) : wasm.subarray(from, until)));
  const content = Buffer.concat([Buffer.from(number(all.length)), ...bodies.flatMap((body) => [Buffer.from(number(body.length)), body])]);
  const { from, until } = sections(wasm).find(({ id }) => id === CODE);
  return Buffer.concat([wasm.subarray(0, from), Buffer.from([CODE, ...number(content.length)]), content, wasm.subarray(until)]);
};
