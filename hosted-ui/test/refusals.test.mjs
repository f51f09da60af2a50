// Failures that end on a page of the hosted UI, failures that reach the callback, and refusals at the token endpoint.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ACME, BAKERY, Browser, CALLBACK, GLOBEX, PICKER, attempt, decode, redeem, start } from './browser.mjs';

let ui;
before(async () => { ui = await start(); });
after(() => ui.stop());

async function refused(tenant, button) {
  const browser = new Browser(ui.url);
  const tried = attempt(tenant);
  const { url, params, html } = await browser.press(await browser.open(tried.address), button);
  assert.equal(url.origin + url.pathname, CALLBACK, html);
  assert.equal(params.state, tried.state);
  assert.deepEqual(Object.keys(params).sort(), ['error', 'error_description', 'state']);
  return [params.error, params.error_description];
}

async function code(tried) {
  const browser = new Browser(ui.url);
  const { params } = await browser.press(await browser.open(tried.address), 'Ada Lovelace');
  return params.code;
}

test('a provider that is not enabled on the app client ends on a 401 page', async () => {
  for (const identity_provider of ['GlobexOIDC', 'COGNITO', '', undefined]) {
    const page = await new Browser(ui.url).open(attempt(ACME, { identity_provider }).address);
    assert.equal(page.url.origin, ui.url);
    assert.equal(page.status, 401);
    assert.match(page.html, /<h1>Login option is not available\. Please try another one<\/h1>/);
  }
});

test('an unregistered redirect_uri is never followed', async () => {
  for (const redirect_uri of ['https://evil.example/callback', `${CALLBACK}/`, `${CALLBACK}?x=1`, 'http://localhost:8080/callback']) {
    const page = await new Browser(ui.url).open(attempt(ACME, { redirect_uri }).address);
    assert.equal(page.url.href, `${ui.url}/error?error=redirect_mismatch`);
    assert.equal(page.status, 400);
    assert.match(page.html, /<h1>redirect_mismatch<\/h1>/);
  }
});

test('an unknown app client gets an error page, and error pages escape what they show', async () => {
  const page = await new Browser(ui.url).open(attempt({ ...ACME, client_id: 'unknown' }).address);
  assert.deepEqual([page.url.pathname, page.status], ['/error', 400]);
  const hostile = await new Browser(ui.url).open('/error?error=%3Cscript%3E');
  assert.ok(!hostile.html.includes('<script'));
});

test('a request without a code challenge comes back as an error', async () => {
  const { params } = await new Browser(ui.url).open(attempt(ACME, { code_challenge: undefined, code_challenge_method: undefined }).address);
  assert.equal(params.error, 'invalid_request');
  assert.equal('iss' in params, false);
});

test('reloading the page, going back to it and sending it twice end on Invalid state', async () => {
  const browser = new Browser(ui.url);
  const assertInvalid = (page) => {
    assert.equal(page.url.href, `${ui.url}/error?error=Invalid%20state`);
    assert.equal(page.status, 400);
    assert.match(page.html, /<h1>Invalid state<\/h1>/);
  };

  const reloaded = await browser.open(attempt(ACME).address);
  assertInvalid(await browser.open(reloaded.url));
  assertInvalid(await browser.press(reloaded, 'Ada Lovelace'));

  const finished = await browser.open(attempt(ACME).address);
  await browser.press(finished, 'Ada Lovelace');
  assertInvalid(await browser.open(finished.url));
  assertInvalid(await browser.press(finished, 'Ada Lovelace'));

  const asked = await browser.open(attempt(GLOBEX).address);
  assertInvalid(await new Browser(ui.url).press(asked, 'Ada Lovelace'));
  assertInvalid(await browser.open(asked.url, { person: 'stranger' }));
});

test('each failing person causes the failure in their name', async () => {
  assert.deepEqual(await refused(ACME, 'Cancel'), ['access_denied', 'The person cancelled the sign-in']);
  assert.deepEqual(await refused(ACME, 'Noor (not assigned)'), ['access_denied', 'User is not assigned to the client application.']);
  assert.deepEqual(await refused(ACME, 'Omar (account locked)'), ['invalid_request', 'PreAuthentication failed with error Your account is locked until Monday.']);
  assert.deepEqual(await refused(ACME, 'Tess (provider time-out)'), ['server_error', 'Timeout occurred in calling IdP token endpoint']);
});

test('linking an account fails only the first sign-in at each app client', async () => {
  for (const tenant of [ACME, GLOBEX]) {
    const message = `Already found an entry for username ${tenant.identity_provider}_lena`;
    assert.deepEqual(await refused(tenant, 'Lena (linked account)'), ['invalid_request', message]);
    for (const again of [1, 2]) {
      const browser = new Browser(ui.url);
      const { params } = await browser.press(await browser.open(attempt(tenant).address), 'Lena (linked account)');
      assert.ok(params.code, `attempt ${again} after linking`);
    }
  }
});

test('the trigger refuses at the token endpoint, with the tail that AWS adds, and the code is used up', async () => {
  const browser = new Browser(ui.url);
  const tried = attempt(ACME);
  const { params } = await browser.press(await browser.open(tried.address), 'Gus (refused by the trigger)');
  assert.deepEqual(Object.keys(params), ['code', 'state']);
  const { status, headers, body } = await redeem(ui.url, tried, params.code);
  assert.equal(status, 400);
  assert.match(headers.get('content-type'), /^application\/json/);
  assert.equal(headers.get('access-control-allow-origin'), PICKER);
  const { error, error_description, ...rest } = body;
  assert.deepEqual([error, rest], ['invalid_grant', {}]);
  assert.match(error_description, new RegExp('^PreTokenGeneration failed with error You are not a member of this organization\\. '
    + '\\(Service: AWSCognitoIdentityProviderInternalService; Status Code: 400; Error Code: UserLambdaValidationException; '
    + 'Request ID: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}; Proxy: null\\)$'));
  const again = await redeem(ui.url, tried, params.code);
  assert.deepEqual([again.status, again.body.error], [400, 'invalid_grant']);
  assert.ok(!/PreTokenGeneration/.test(again.body.error_description), 'a used code does not run the trigger');
});

test('a person whom the trigger refused has a session, and is refused again', async () => {
  const browser = new Browser(ui.url);
  await browser.press(await browser.open(attempt(ACME).address), 'Gus (refused by the trigger)');
  const silent = attempt(ACME);
  const { params } = await browser.open(silent.address);
  assert.match((await redeem(ui.url, silent, params.code)).body.error_description, /not a member/);
  const asked = attempt(ACME, { prompt: 'select_account' });
  const other = await browser.press(await browser.open(asked.address), 'Ada Lovelace');
  assert.equal((await redeem(ui.url, asked, other.params.code)).status, 200);
});

test('Nemo has no identities, at federated and at native organizations', async () => {
  for (const tenant of [ACME, BAKERY]) {
    const browser = new Browser(ui.url);
    const tried = attempt(tenant);
    const { params } = await browser.press(await browser.open(tried.address), 'Nemo (no provider claim)');
    const { body } = await redeem(ui.url, tried, params.code);
    const { aud, identities } = decode(body.id_token).payload;
    assert.deepEqual([aud, identities], [tenant.client_id, undefined]);
  }
});

test("Mallory has the identities of another organization's provider", async () => {
  const browser = new Browser(ui.url);
  const tried = attempt(ACME);
  const { params } = await browser.press(await browser.open(tried.address), 'Mallory (wrong provider claim)');
  const { body } = await redeem(ui.url, tried, params.code);
  const { aud, identities } = decode(body.id_token).payload;
  assert.deepEqual([aud, identities[0].providerName], [ACME.client_id, 'GlobexOIDC']);
});

test('a code can be redeemed once', async () => {
  const tried = attempt(ACME);
  const once = await code(tried);
  assert.equal((await redeem(ui.url, tried, once)).status, 200);
  const again = await redeem(ui.url, tried, once);
  assert.deepEqual([again.status, again.body.error], [400, 'invalid_grant']);
});

test('a wrong verifier is refused and invalidates the code', async () => {
  for (const code_verifier of [attempt(ACME).verifier, '']) {
    const tried = attempt(ACME);
    const once = await code(tried);
    const wrong = await redeem(ui.url, tried, once, { code_verifier });
    assert.deepEqual([wrong.status, wrong.body.error], [400, 'invalid_grant']);
    assert.equal((await redeem(ui.url, tried, once)).body.error, 'invalid_grant', 'the right verifier afterwards is refused too');
  }
});

test('a code is bound to its app client and its redirect_uri', async () => {
  const tried = attempt(ACME);
  const foreign = await redeem(ui.url, { ...tried, client_id: GLOBEX.client_id }, await code(tried));
  assert.deepEqual([foreign.status, foreign.body.error], [400, 'invalid_grant']);
  const elsewhere = await redeem(ui.url, tried, await code(tried), { redirect_uri: 'http://localhost:8080/callback' });
  assert.deepEqual([elsewhere.status, elsewhere.body.error], [400, 'invalid_grant']);
});
