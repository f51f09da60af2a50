// Tokens of many app clients: whose they are, and which are refused.
import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { createVerifier } from "../verify.mjs";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const TENANTS = { "client-a": "acme", "client-b": "globex" };

/** Keys and lookup in one server. `lookups` has the app clients that were asked for. */
let origin;
let lookups;
let isDown;
let isWithoutKeys;
const server = createServer(async (request, response) => {
  if (request.url === "/.well-known/jwks.json") {
    if (isWithoutKeys) return response.writeHead(503).end();
    const key = { ...publicKey.export({ format: "jwk" }), kid: "k", alg: "RS256", use: "sig" };
    return response.end(JSON.stringify({ keys: [key] }));
  }
  const { client_id: id } = JSON.parse(Buffer.concat(await request.toArray()));
  lookups.push(id);
  response.statusCode = isDown ? 503 : 200;
  const tenant = { code: TENANTS[id], name: TENANTS[id], client_id: id, identity_provider: "P" };
  response.end(JSON.stringify({ tenants: TENANTS[id] ? [tenant] : [] }));
});
before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());
beforeEach(() => {
  [lookups, isDown, isWithoutKeys] = [[], false, false];
});

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
function token(claims) {
  const payload = { iss: origin, sub: "u", token_use: "access", exp: Math.floor(Date.now() / 1000) + 60, ...claims };
  const signed = `${base64url({ alg: "RS256", kid: "k" })}.${base64url(payload)}`;
  return `${signed}.${createSign("sha256").update(signed).sign(privateKey, "base64url")}`;
}

let time = 0;
const verifier = () => createVerifier({ issuer: origin, lookup: `${origin}/lookup`, now: () => time });
const refuses = (verify, jwt, code) => assert.rejects(verify(jwt), { name: "Error", code });

test("a token belongs to the organization of its app client, and to no other", async () => {
  const verify = verifier();
  assert.equal((await verify(token({ client_id: "client-a" }))).tenant.code, "acme");
  assert.equal((await verify(token({ client_id: "client-b" }))).tenant.code, "globex");
});

test("a token of an app client that the lookup does not list is refused, and asked for again after 30 seconds", async () => {
  const verify = verifier();
  for (time of [0, 29_999, 30_001]) await refuses(verify, token({ client_id: "client-x" }), "unknown_client");
  assert.deepEqual(lookups, ["client-x", "client-x"]);
});

test("a known app client is asked for once in five minutes", async () => {
  const verify = verifier();
  for (time of [0, 299_999, 300_001]) await verify(token({ client_id: "client-a" }));
  assert.deepEqual(lookups, ["client-a", "client-a"]);
});

test("nothing is asked about a token that the issuer has not signed, or that is not an access token in force", async () => {
  const verify = verifier();
  const [head, , signature] = token({ client_id: "client-a" }).split(".");
  const changed = [head, base64url({ iss: origin, client_id: "client-b", token_use: "access" }), signature].join(".");
  const foreign = [
    changed,
    token({ client_id: "client-a", iss: "https://evil.example" }),
    token({ client_id: "client-a", exp: 1 }),
    token({ client_id: "client-a", token_use: "id" }),
    token({ aud: "client-a" }),
    "",
    "x",
  ];
  for (const jwt of foreign) await refuses(verify, jwt, "invalid_token");
  assert.deepEqual(lookups, []);
});

test("a lookup that is down is not taken for an unknown app client", async () => {
  const verify = verifier();
  isDown = true;
  await refuses(verify, token({ client_id: "client-a" }), "lookup_unavailable");
  isDown = false;
  assert.equal((await verify(token({ client_id: "client-a" }))).tenant.code, "acme");
});

test("keys that cannot be had are not taken for a bad token", async () => {
  const verify = verifier();
  isWithoutKeys = true;
  await refuses(verify, token({ client_id: "client-a" }), "keys_unavailable");
  assert.deepEqual(lookups, []);
});
