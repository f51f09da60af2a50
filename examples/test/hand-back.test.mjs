// What of a hand-back is believed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ownAddress, readHandBack } from "../hand-back.mjs";

const ISSUER = "https://idp.example.com/pool";
const APP = "https://app.example.com/shop/";
const read = (query) => readHandBack(`${APP}login?${new URLSearchParams(query)}`, { issuer: ISSUER, app: APP });

test("a hand-back names the organization, the target and the email address", () => {
  const query = { iss: ISSUER, tenant: "acme", target_link_uri: `${APP}deep?a=b`, login_hint: "ada@acme.example" };
  assert.deepEqual(read(query), { code: "acme", target: `${APP}deep?a=b`, loginHint: "ada@acme.example" });
  assert.deepEqual(read({ iss: ISSUER, tenant: "acme" }), { code: "acme", target: APP, loginHint: undefined });
});

test("foreign issuers, repeated parameters and a missing organization are refused", () => {
  for (const iss of ["https://evil.example", `${ISSUER}/`, ""]) {
    assert.throws(() => read({ iss, tenant: "acme" }), { code: "foreign_issuer" }, iss);
  }
  for (const name of ["iss", "tenant", "target_link_uri", "login_hint", "x"]) {
    const query = [
      ["iss", ISSUER],
      ["tenant", "acme"],
      [name, ISSUER],
      [name, "b"],
    ];
    assert.throws(() => read(query), { code: "repeated_parameter" }, name);
  }
  assert.throws(() => read({ iss: ISSUER }), { code: "no_tenant" });
});

test("only addresses below the application are gone to", () => {
  assert.equal(ownAddress(`${APP}a`, APP), `${APP}a`);
  const elsewhere = [
    null,
    "",
    "/deep",
    "https://evil.example/",
    "https://app.example.com.evil.example/shop/",
    "https://app.example.com/shopping/",
    "https://app.example.com/shop/../admin/",
    "https://app.example.com@evil.example/shop/",
    "https://ada@app.example.com/shop/",
    "http://app.example.com/shop/",
    "javascript:alert(1)//https://app.example.com/shop/",
  ];
  for (const text of elsewhere) assert.equal(ownAddress(text, APP), APP, text);
});
