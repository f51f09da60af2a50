// Makes the glue, the JavaScript that wasm-bindgen writes to load the wasm and to call it, fit the main part as wasm-opt
// has left it, and adds the function that loads the other parts.
//
// The glue and the wasm know each other's functions by long names with a hash in each. wasm-opt has replaced these names
// in the wasm by short ones. This relies on how wasm-bindgen lays out its lines, which is safe as long as the version is
// pinned (Cargo.toml). If lines do not look as expected, the build stops with an error.

/**
 * @param {string} glue as wasm-bindgen wrote it
 * @param {{imports: [string, string, string][], exports: [string, string][]}} names what wasm-opt
 *   prints with --minify-imports-and-exports-and-modules. Of each import the module, the name and the
 *   short name; of each export the name and the short name.
 * @param {string[]} shared the names of what the other parts import from the main one
 * @returns {string} the glue for that wasm
 * @throws if the glue lacks an import of the wasm, or calls something that the wasm does not export
 */
export const fitted = (glue, { imports, exports }, shared) => {
  const wanted = new Map(imports.map(([, name, short]) => [name, short]));
  const exported = new Map(exports);
  // Each match is one import: from its name to the next name or to the end of the object.
  glue = glue.replace(
    /^ {8}(__wb\w+): (function\([\s\S]*?)(?=^ {8}__wb|^ {4}\};)/gm,
    (_, name, body) => {
      const short = wanted.get(name);
      return wanted.delete(name) ? `${short}: ${body}` : "";
    },
  );
  if (wanted.size) throw Error(`the glue lacks imports of the wasm: ${[...wanted.keys()]}`);
  // The wasm imports from one module, which wasm-opt has named "a". The synchronous way to start it is not used.
  glue = glue
    .replace(/^ {8}".\/tenant-picker_bg.js": import0/m, "        a: import0")
    .replace("export { initSync, ", "export { ");
  const given = shared.map((name) => `${name}: wasm.${name}`);
  glue += `export const add = (part) => __wbg_load(part, { main: { ${given} } });`;
  return glue.replace(/(?<=\bwasm\.)\w+/g, (name) => {
    if (!exported.has(name)) throw Error(`the glue calls ${name}, which the wasm does not export`);
    return exported.get(name);
  });
};
