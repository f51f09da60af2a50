// The product over HTTP, with the real hosted UI and the real lookup service.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ACME, Browser, GLOBEX, startWorld, tokensOf } from "./world.mjs";

let world;
before(async () => (world = await startWorld()));
after(() => world?.stop());

/** What the picker hands back. Names and values may repeat. */
const handBack = (more = {}) => {
  const given = { iss: world.issuer, tenant: "acme", target_link_uri: `${world.product.url}projects`, ...more };
  return `${world.product.url}login?${new URLSearchParams(given)}`;
};

const signIn = async (browser, address) => browser.press(await browser.open(address), "Ada Lovelace");

function assertProblem(page, status, code) {
  assert.equal(page.url.origin, new URL(world.product.url).origin, "nobody is sent on");
  assert.match(page.html, new RegExp(`Code: ${code}`));
  assert.equal(page.status, status);
  assert.match(page.html, /<a href="\/">Start again<\/a>/);
}

test("a hand-back leads through the organization's sign-in to the projects, and back out", async () => {
  const browser = new Browser();
  const page = await signIn(browser, handBack({ login_hint: "ada@acme.example" }));
  assert.equal(page.url.href, `${world.product.url}projects`);
  assert.match(page.html, /Projects of Acme Corporation/);
  assert.match(page.html, /ada@acme\.example/);
  assert.ok(!page.html.includes("eyJ"), "no token reaches the page");
  const out = await browser.open(`${world.product.url}sign-out`, { form: {} });
  assert.equal(out.url.href, `${world.product.url}signed-out`);
  assert.equal((await browser.open(`${world.product.url}projects`)).url.href, world.product.url);
});

test("foreign issuers, repeated parameters and unknown organizations are refused", async () => {
  const browser = new Browser();
  assertProblem(await browser.open(handBack({ iss: "https://evil.example" })), 400, "foreign_issuer");
  assertProblem(await browser.open(handBack({ iss: `${world.issuer}/` })), 400, "foreign_issuer");
  assertProblem(await browser.open(handBack({ tenant: "" })), 400, "no_tenant");
  assertProblem(await browser.open(handBack({ tenant: "nobody" })), 404, "unknown");
  for (const name of ["iss", "tenant", "target_link_uri", "login_hint"]) {
    const twice = `${handBack({ login_hint: "a@acme.example" })}&${name}=x`;
    assertProblem(await browser.open(twice), 400, "repeated_parameter");
  }
});

test("a target of another origin is not gone to", async () => {
  const { host, port } = new URL(world.product.url);
  const elsewhere = [
    "https://evil.example/",
    `http://localhost.evil.example:${port}/`,
    `http://${host}@evil.example/`,
    `http://${host}.evil.example/`,
    `http://127.0.0.1:${port}/projects`,
    `https://${host}/projects`,
    `//${host}/projects`,
    "javascript:alert(1)",
    "\\\\evil.example",
  ];
  for (const target of elsewhere) {
    const page = await signIn(new Browser(), handBack({ target_link_uri: target }));
    assert.equal(page.url.href, world.product.url, target);
  }
});

test("a callback that belongs to no sign-in of this browser is refused", async () => {
  const browser = new Browser();
  const callback = `${world.product.url}callback`;
  assertProblem(await browser.open(`${callback}?code=forged&state=forged`), 400, "unknown_state");
  assertProblem(await browser.open(callback), 400, "unknown_state");
  // Another browser's answer, as in a login that an attacker has begun.
  const theirs = new Browser();
  const stopAt = (url) => url.href.startsWith(callback);
  const { url } = await theirs.press(await theirs.open(handBack()), "Ada Lovelace", { stopAt });
  assertProblem(await browser.open(url), 400, "unknown_state");
});

test("a state with the name of a property of every object is unknown, too", async () => {
  for (const state of ["constructor", "__proto__", "toString"]) {
    const browser = new Browser();
    await browser.open(handBack());
    assertProblem(await browser.open(`${world.product.url}callback?code=x&state=${state}`), 400, "unknown_state");
  }
});

test("a refusal of the provider is shown, and an answer counts once", async () => {
  const browser = new Browser();
  assertProblem(await browser.press(await browser.open(handBack()), "Noor (not assigned)"), 403, "refused");
  const callback = `${world.product.url}callback`;
  const stopAt = (url) => url.href.startsWith(callback);
  const { url } = await browser.press(await browser.open(handBack()), "Ada Lovelace", { stopAt });
  assert.match((await browser.open(url)).html, /Projects of Acme/);
  assertProblem(await browser.open(url), 400, "unknown_state");
});

test("sign-ins in two tabs of a browser both finish", async () => {
  const browser = new Browser();
  const first = await browser.open(handBack());
  const second = await browser.open(handBack({ tenant: "globex" }));
  assert.match((await browser.press(first, "Ada Lovelace")).html, /Projects of Acme Corporation/);
  assert.match((await browser.press(second, "Ada Lovelace")).html, /Projects of Globex/);
});

test("a target that would begin another sign-in is not gone to", async () => {
  const next = handBack({ tenant: "globex" });
  const page = await signIn(new Browser(), handBack({ target_link_uri: next }));
  assert.equal(page.url.href, world.product.url);
});

const ask = (product, path, token) =>
  fetch(`${product.url}api/${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} });

test("the API reads only the data of the token's own organization", async () => {
  const [acme, globex] = [await tokensOf(world, ACME), await tokensOf(world, GLOBEX)];
  const status = async (...request) => (await ask(world.product, ...request)).status;
  assert.equal((await (await ask(world.product, "me", acme.access_token)).json()).code, "acme");
  assert.equal(await status("organizations/acme/projects", acme.access_token), 200);
  assert.equal(await status("organizations/globex/projects", acme.access_token), 403);
  assert.equal(await status("organizations/acme/projects", globex.access_token), 403);
  assert.equal(await status("me", acme.id_token), 401);
  assert.equal(await status("me"), 401);
});

test("the API refuses a good token of an app client that its lookup does not list", async () => {
  const { access_token } = await tokensOf(world, ACME);
  const response = await ask(world.productOfGlobex, "me", access_token);
  assert.equal(response.status, 401);
  assert.deepEqual(await response.json(), { error: "unknown_client" });
});

test("a malformed address is the client's mistake", async () => {
  const { access_token } = await tokensOf(world, ACME);
  assert.equal((await ask(world.product, "organizations/%E0%A4%A/projects", access_token)).status, 400);
});

test("nothing personal or secret is logged, and the product ends by itself on SIGTERM", async () => {
  const { text } = world.product.output;
  for (const secret of [/eyJ/, /@/, /code=/, /state=/]) assert.doesNotMatch(text, secret);
  assert.equal(await world.product.stop("SIGTERM"), 0);
});
