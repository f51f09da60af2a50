// The backend with an issuer that answers wrongly: ID tokens of another app client, sign-in or issuer.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Browser, freePort, startProduct } from "./world.mjs";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const TENANT = { code: "acme", name: "Acme", client_id: "client-a", identity_provider: "P" };

let issuer;
let product;
/** What the next ID token has instead of what it should, and the key that signs it. */
let wrong = {};
let key = privateKey;
/** The nonce of the last authorization request. */
let nonce;

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
function idToken() {
  const now = Math.floor(Date.now() / 1000);
  const right = { iss: issuer, aud: "client-a", sub: "u", nonce, iat: now, exp: now + 60, token_use: "id" };
  const signed = `${encoded({ alg: "RS256", kid: "k" })}.${encoded({ ...right, ...wrong })}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
}

const answers = {
  "/.well-known/openid-configuration": () => ({
    issuer,
    authorization_endpoint: `${issuer}/oauth2/authorize`,
    token_endpoint: `${issuer}/oauth2/token`,
    jwks_uri: `${issuer}/jwks`,
  }),
  "/jwks": () => ({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k", alg: "RS256", use: "sig" }] }),
  "/oauth2/token": () => ({ access_token: "a", token_type: "Bearer", expires_in: 60, id_token: idToken() }),
  "/v1/lookup": () => ({ tenants: [TENANT] }),
};
const server = createServer((request, response) => {
  const answer = answers[new URL(request.url, issuer).pathname]?.();
  response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
});

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${server.address().port}`;
  product = await startProduct({ port: await freePort(), picker: `${issuer}/`, issuer });
});
after(async () => {
  await product?.stop();
  server.closeAllConnections();
  server.close();
});

/** Signs in with such an ID token, and returns the last page. */
async function signIn(browser, changes, signedWith = privateKey) {
  const stopAt = (url) => url.pathname === "/oauth2/authorize";
  const { url } = await browser.open(`${product.url}login?${new URLSearchParams({ iss: issuer, tenant: "acme" })}`, {
    stopAt,
  });
  nonce = url.searchParams.get("nonce");
  [wrong, key] = [changes, signedWith];
  return browser.open(
    `${product.url}callback?${new URLSearchParams({ code: "c", state: url.searchParams.get("state") })}`,
  );
}

test("an ID token that fits is accepted", async () => {
  const browser = new Browser();
  assert.equal((await signIn(browser, {})).status, 200);
  assert.match((await browser.open(`${product.url}projects`)).html, /Projects of Acme/);
});

test("an ID token of another app client, issuer, sign-in, time or key signs nobody in", async () => {
  const cases = [
    [{ aud: "client-b" }],
    [{ aud: ["client-b"] }],
    [{ aud: ["client-a", "client-b"], azp: "client-b" }],
    [{ iss: "https://evil.example" }],
    [{ nonce: "another" }],
    [{ exp: 1 }],
    [{}, other],
  ];
  for (const [changes, signedWith] of cases) {
    const browser = new Browser();
    const page = await signIn(browser, changes, signedWith);
    assert.equal(page.status, 403, JSON.stringify(changes));
    assert.equal((await browser.open(`${product.url}projects`)).url.href, product.url, "nobody is signed in");
  }
});
