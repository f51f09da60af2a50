// node product.mjs --port N --picker ADDRESS --issuer ADDRESS: a product on http://localhost:N whose login page the tenant
// picker is embedded in. `--lookup ADDRESS` names the lookup, if it is not v1/lookup at the picker.
import express from "express";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { api } from "./api.mjs";
import { backend } from "./backend.mjs";
import { loginPage, problemPage } from "./pages.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8082" },
      picker: { type: "string" },
      issuer: { type: "string" },
      lookup: { type: "string" },
    },
  });
  if (!values.picker || !values.issuer) throw new Error("--picker and --issuer are needed");
  const picker = new URL(values.picker.replace(/\/?$/, "/")).href;
  return { port: Number(values.port), picker, issuer: values.issuer, lookup: values.lookup ?? `${picker}v1/lookup` };
}

/** What the pages may load and where they may send to. docs/embedding.md says why each is needed. */
function policy({ picker, issuer, lookup }) {
  const hostedUi = new URL(issuer).origin;
  return [
    "default-src 'none'",
    `script-src 'self' ${picker}embed.js`,
    // The single-page example fetches metadata and tokens, and asks the API.
    `connect-src 'self' ${lookup} ${hostedUi}`,
    "style-src 'self'",
    // The sign-out redirects to the hosted UI, and browsers hold redirects of forms to this, too.
    `form-action 'self' ${picker} ${hostedUi}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}

function product(options) {
  const application = express().disable("x-powered-by");
  application.use((_, response, next) => {
    response.set({
      "Content-Security-Policy": policy(options),
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    });
    next();
  });
  application.get("/", (_, response) => response.send(loginPage(options)));
  application.get("/product.css", (_, response) => response.sendFile(here("product.css")));

  // The single-page example: its pages, its configuration, and oidc-client-ts.
  application.get(["/spa/", "/spa/login", "/spa/callback", "/spa/signed-out"], (_, response) =>
    response.sendFile(here("spa/index.html")),
  );
  application.get("/spa/configuration.json", (_, response) => {
    const { issuer, lookup, picker } = options;
    response.json({ issuer, lookup, picker });
  });
  application.get("/spa/hand-back.mjs", (_, response) => response.sendFile(here("hand-back.mjs")));
  application.get("/spa/tenants.mjs", (_, response) => response.sendFile(here("tenants.mjs")));
  application.get("/spa/oidc-client-ts.min.js", (_, response) =>
    response.sendFile(here("node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js")),
  );
  application.use("/spa", express.static(here("spa"), { index: false, redirect: false }));

  application.use("/api", api(options));
  application.use(backend(options));
  application.use((_, response) => {
    const what = "This page does not exist.";
    response.status(404).send(problemPage({ what, next: "Start from the login page.", code: "not_found" }));
  });
  application.use((error, _request, response, _next) => {
    // The name alone: a message may contain what was sent.
    console.error(`failed: ${error.code ?? error.name}`);
    if (error.status === 400) {
      const what = "This address is not one that we made.";
      return response.status(400).send(problemPage({ what, next: "Start from the login page.", code: "bad_address" }));
    }
    const what = "Something went wrong here.";
    response.status(500).send(problemPage({ what, next: "Try again in a moment.", code: "internal" }));
  });
  return application;
}

const options = readOptions();
options.app = `http://localhost:${options.port}/`;
const server = product(options).listen(options.port, "localhost", (error) => {
  if (error) throw error;
  console.log(`product ready at http://localhost:${options.port}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
