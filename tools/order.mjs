// The order of the functions in a part of the wasm. Brotli writes what it has seen shortly before with fewer bits, so
// functions that are alike stand side by side. That makes the parts 2 to 3 % smaller (docs/performance.md), and changes nothing
// else: wasm calls functions by number, and Binaryen gives the numbers.

/** The pairs of words that stand side by side in a function. */
const pairs = (text) => {
  const words = text.match(/[^\s()]+/g);
  return new Set(words.slice(1).map((word, i) => `${words[i]} ${word}`));
};

/** How much two sets have in common: 1 if they are the same, 0 if they share nothing. */
const likeness = (one, other) => {
  const [few, many] = one.size < other.size ? [one, other] : [other, one];
  let both = 0;
  for (const pair of few) if (many.has(pair)) both++;
  return both / Math.sqrt(few.size * many.size);
};

/** The texts of functions, each followed by the one of the rest that is most like it. */
const ordered = (functions) => {
  const left = functions.map((text) => ({ text, pairs: pairs(text) }));
  const chain = left.splice(0, 1);
  while (left.length) {
    const alike = left.map((one) => likeness(chain.at(-1).pairs, one.pairs));
    chain.push(...left.splice(alike.indexOf(Math.max(...alike)), 1));
  }
  return chain.map(({ text }) => text);
};

/** A module as wasm-opt writes it as text, with its functions in the order above. */
export const withFunctionsOrdered = (module) => {
  // What belongs to the module itself is indented by one space. Within strings, line ends are escaped.
  const [start, ...fields] = module.replace(/\n\)\s*$/, "").split(/\n(?= \()/);
  const isFunction = (field) => field.startsWith(" (func ");
  const others = fields.filter((field) => !isFunction(field));
  return [start, ...others, ...ordered(fields.filter(isFunction)), ")"].join("\n");
};
