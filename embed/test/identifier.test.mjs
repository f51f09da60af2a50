// The element reads what people type as the picker does: both have to agree with the same samples.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readIdentifier } from "../identifier.js";

const samples = JSON.parse(readFileSync(new URL("../../crates/lookup-api/identifiers.json", import.meta.url)));

test("every sample is read as the file says", () => {
  assert.ok(samples.length > 50);
  for (const { typed, error, domain, code, login_hint: loginHint } of samples) {
    const expected = error ? undefined : domain ? { domain, loginHint } : { code };
    assert.deepEqual(readIdentifier(typed), expected, JSON.stringify(typed));
  }
});

test("texts that are too long are refused", () => {
  const long = (length) => "a".repeat(length);
  for (const typed of [long(65), `${long(250)}@acme.example`, `ada@${"a.".repeat(126)}example`, long(2049)]) {
    assert.equal(readIdentifier(typed), undefined, typed.length);
  }
  assert.deepEqual(readIdentifier(long(64)), { code: long(64) });
});
