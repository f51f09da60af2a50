// node tools/embed.mjs [DIST]: adds to DIST (by default dist) the scripts for other pages, and makes an npm package of
// them in target/embed.
//
// embed.js is the element <tenant-picker>, with its sentences in all languages. It is there a second time with a
// fingerprint in its name, for pages that name its integrity. session.js is for pages of the picker's own origin.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compressed, fingerprint, hash } from "./delivery.mjs";

const dist = process.argv[2] ?? "dist";
const PACKAGE = "target/embed";

/** The messages of locales/*.ftl that the element shows, in the order of embed/tenant-picker.js. */
const MESSAGES = ["field", "continue", "looking-up", "choose", "no-match", "lookup-unavailable"];

/** The sentences of each language, joined. The place of a variable is marked by an asterisk. */
const sentences = () => {
  const languages = readdirSync("locales")
    .map((name) => name.replace(".ftl", ""))
    .sort();
  const sentence = (source, id) =>
    source.match(new RegExp(`^${id} = (.*)$`, "m"))[1].replace(/\{[^}]*\}/, "*");
  const ofLanguage = (language) => {
    const source = readFileSync(`locales/${language}.ftl`, "utf8");
    return [language, MESSAGES.map((id) => sentence(source, id)).join("|")];
  };
  // en-XA is for tests of the app.
  return Object.fromEntries(languages.filter((language) => language !== "en-XA").map(ofLanguage));
};

const built = (source, options = []) =>
  execFileSync("esbuild", [
    source,
    "--bundle",
    "--minify",
    "--charset=utf8",
    "--format=esm",
    "--target=es2022",
    ...options,
  ]);

const makePackage = (element) => {
  rmSync(PACKAGE, { recursive: true, force: true });
  mkdirSync(PACKAGE, { recursive: true });
  for (const name of ["package.json", "README.md", "embed.d.ts", "session.d.ts", "react.d.ts"]) {
    cpSync(join("embed", name), join(PACKAGE, name));
  }
  cpSync("LICENSE", join(PACKAGE, "LICENSE"));
  writeFileSync(join(PACKAGE, "embed.js"), element);
};

const checkBudget = (name, { brotli }) => {
  const budget = JSON.parse(readFileSync("tools/budgets.json"))["bytes, brotli"][name];
  if (brotli <= budget) return;
  console.error(
    `${name}: ${brotli} bytes (brotli) are more than the ${budget} of tools/budgets.json.`,
  );
  process.exitCode = 1;
};

const element = built("embed/tenant-picker.js", [
  `--define:SENTENCES=${JSON.stringify(sentences())}`,
]);
const fingerprinted = `embed-${fingerprint(element)}.js`;
console.log("for other pages:");
for (const [name, content] of [
  ["embed.js", element],
  [fingerprinted, element],
  ["session.js", built("embed/session.js")],
]) {
  writeFileSync(join(dist, name), content);
  const sizes = compressed(join(dist, name));
  console.log(name.padEnd(48), String(sizes.bytes).padStart(9), String(sizes.brotli).padStart(9));
  if (name !== fingerprinted) checkBudget(name, sizes);
}
console.log(`integrity of ${fingerprinted}: sha384-${hash("sha384", element, "base64")}`);
makePackage(element);
