// Shortens the glue: the JavaScript that wasm-bindgen writes to load the wasm and to call it.
//
// The glue and the wasm know each other's functions by long names with a hash in each. wasm-opt has
// replaced these names in the wasm by short ones, and `shortened` does the same in the glue. It also
// removes the functions that the wasm does not import any more.
//
// It relies on how wasm-bindgen lays out its lines. That is safe as long as the version is pinned
// (Cargo.toml). If lines do not look as expected, the build stops with an error.

/**
 * @param {string} glue as wasm-bindgen wrote it
 * @param {{imports: [string, string, string][], exports: [string, string][]}} names what wasm-opt
 *   prints with --minify-imports-and-exports-and-modules. Of each import the module, the name and the
 *   short name; of each export the name and the short name.
 * @returns {string} the glue for that wasm
 * @throws if the glue lacks an import of the wasm, or calls something that the wasm does not export
 */
export const shortened = (glue, { imports, exports }) => {
  const wanted = new Map(imports.map(([, name, short]) => [name, short]));
  const exported = new Map(exports);
  const found = new Set();
  // Each match is one import: from its name to the next name or to the end of the object.
  glue = glue.replace(
    /^ {8}(__wb\w+): (function\([\s\S]*?)(?=^ {8}__wb|^ {4}\};)/gm,
    (_, name, body) => {
      if (!wanted.has(name)) return "";
      found.add(name);
      return `${wanted.get(name)}: ${body}`;
    },
  );
  const missing = [...wanted.keys()].filter((name) => !found.has(name));
  if (missing.length) throw Error(`the glue lacks imports of the wasm: ${missing}`);

  // Not used: the streams of Leptos' server functions, and the synchronous way to start the wasm.
  glue = glue.replace(/^export class IntoUnderlying\w+ \{[\s\S]*?^\}\n/gm, "");
  glue = glue
    .replace(/^const IntoUnderlying\w+ = [\s\S]*?;\n/gm, "")
    .replace(/^if \(Symbol\.dispose\) IntoUnderlying.*\n/gm, "");
  glue = glue.replace(
    "export { initSync, __wbg_init as default }",
    "export { __wbg_init as default }",
  );
  // The wasm imports from one module, which wasm-opt has named "a".
  glue = glue.replace(/^ {8}".\/tenant-picker_bg.js": import0/m, "        a: import0");

  glue = glue.replace(/(?<=\bwasm\.)\w+/g, (name) => {
    if (name === "memory" && !exported.has(name)) return name;
    if (!exported.has(name)) throw Error(`the glue calls ${name}, which the wasm does not export`);
    return exported.get(name);
  });
  if (glue.includes("IntoUnderlying")) throw Error("the glue still contains a part of the streams");
  return glue;
};
