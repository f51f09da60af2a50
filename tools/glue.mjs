// What wasm-bindgen's JavaScript and the wasm call each other by, made short: the names that they come with are long, carry
// a hash each, and stand in both files. And out of the glue goes what the wasm no longer asks for once wasm-metadce has been
// at it. It reads wasm-bindgen's output line by line, which is safe as long as its version is pinned (Cargo.toml); whatever
// does not look as expected stops the build.

/**
 * @param {string} glue as wasm-bindgen wrote it
 * @param {{imports: [string, string, string][], exports: [string, string][]}} names from wasm-opt's
 *   --minify-imports-and-exports-and-modules: the module and the name of each, and the short one
 */
export const shortened = (glue, { imports, exports }) => {
  const asked = new Map(imports.map(([, name, short]) => [name, short]));
  const given = new Map(exports);
  const found = new Set();
  // One import an entry, from its name to the next one's or the end of the object.
  glue = glue.replace(/^ {8}(__wb\w+): (function\([\s\S]*?)(?=^ {8}__wb|^ {4}\};)/gm, (_, name, body) => {
    if (!asked.has(name)) return "";
    found.add(name);
    return `${asked.get(name)}: ${body}`;
  });
  const missing = [...asked.keys()].filter((name) => !found.has(name));
  if (missing.length) throw Error(`the glue does not give what the wasm asks for: ${missing}`);

  // The streams of Leptos' server functions, and a second way to start: nobody calls them.
  glue = glue.replace(/^export class IntoUnderlying\w+ \{[\s\S]*?^\}\n/gm, "");
  glue = glue.replace(/^const IntoUnderlying\w+ = [\s\S]*?;\n/gm, "").replace(/^if \(Symbol\.dispose\) IntoUnderlying.*\n/gm, "");
  glue = glue.replace("export { initSync, __wbg_init as default }", "export { __wbg_init as default }");
  // wasm-opt's name for the one module.
  glue = glue.replace(/^ {8}".\/tenant-picker_bg.js": import0/m, "        a: import0");

  glue = glue.replace(/(?<=\bwasm\.)\w+/g, (name) => {
    if (name === "memory" && !given.has(name)) return name;
    if (!given.has(name)) throw Error(`the glue calls ${name}, which the wasm does not have`);
    return given.get(name);
  });
  if (glue.includes("IntoUnderlying")) throw Error("something of the streams is left in the glue");
  return glue;
};
