// Sign-ins that succeed, their tokens, and the session of the hosted UI.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { People } from '../people.mjs';
import { ACME, BAKERY, Browser, CALLBACK, FLORIST, GLOBEX, PICKER, SIGNED_OUT, attempt, decode, redeem, start } from './browser.mjs';

let ui;
before(async () => { ui = await start(); });
after(() => ui.stop());

/** Signs in and redeems the code. Without `button`, no page is expected. */
async function signIn(browser, tried, button) {
  const page = await browser.open(tried.address);
  const back = button === undefined ? page : await browser.press(page, button);
  assert.equal(back.url.origin + back.url.pathname, CALLBACK, back.html);
  assert.deepEqual(Object.keys(back.params), ['code', 'state'], 'only these, and no iss');
  assert.equal(back.params.state, tried.state);
  const { status, body } = await redeem(ui.url, tried, back.params.code);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function assertSignedByPool(jwt) {
  const response = await fetch(`${ui.url}/.well-known/jwks.json`, { headers: { origin: PICKER } });
  assert.ok(['*', PICKER].includes(response.headers.get('access-control-allow-origin')));
  const { keys } = await response.json();
  const { header } = decode(jwt);
  assert.equal(header.alg, 'RS256');
  const key = keys.find(({ kid }) => kid === header.kid);
  assert.ok(key, `no key ${header.kid}`);
  assert.equal(key.d, undefined, 'the private key is not published');
  const [head, payload, signature] = jwt.split('.');
  const signed = Buffer.from(`${head}.${payload}`);
  assert.ok(verify('RSA-SHA256', signed, createPublicKey({ key, format: 'jwk' }), Buffer.from(signature, 'base64url')));
}

test('a federated person gets tokens like those of Cognito', async () => {
  const tried = attempt(ACME);
  const began = Math.floor(Date.now() / 1000);
  const tokens = await signIn(new Browser(ui.url), tried, 'Ada Lovelace');

  assert.deepEqual(Object.keys(tokens).sort(), ['access_token', 'expires_in', 'id_token', 'refresh_token', 'token_type']);
  assert.equal(tokens.expires_in, 3600);
  assert.equal(tokens.token_type, 'Bearer');

  await assertSignedByPool(tokens.id_token);
  const id = decode(tokens.id_token).payload;
  assert.equal(id.iss, ui.url);
  assert.equal(id.aud, ACME.client_id);
  assert.equal(id.token_use, 'id');
  assert.equal(id.nonce, tried.nonce);
  assert.equal(id.exp - id.iat, 3600);
  assert.ok(id.auth_time >= began && id.auth_time <= id.iat);
  assert.ok(id.origin_jti);
  assert.equal(id.email, 'ada@acme.example');
  assert.equal(id.email_verified, true);
  assert.equal(id.name, 'Ada Lovelace');
  assert.equal(id['cognito:username'], 'AcmeSAML_ada');
  assert.deepEqual(id['cognito:groups'], ['local_HostedUi_AcmeSAML']);
  const [identity] = id.identities;
  assert.match(identity.dateCreated, /^\d{13}$/);
  assert.deepEqual({ ...identity, dateCreated: '' }, {
    userId: 'ada', providerName: 'AcmeSAML', providerType: 'SAML', issuer: null, primary: 'true', dateCreated: '',
  });

  await assertSignedByPool(tokens.access_token);
  const access = decode(tokens.access_token).payload;
  assert.equal('aud' in access, false);
  assert.equal(access.iss, ui.url);
  assert.equal(access.sub, id.sub);
  assert.equal(access.client_id, ACME.client_id);
  assert.equal(access.username, 'AcmeSAML_ada');
  assert.equal(access.token_use, 'access');
  assert.equal(access.scope, 'openid email profile');
  assert.equal(access.exp - access.iat, 3600);
  assert.equal(access.origin_jti, id.origin_jti);
  assert.ok(access.jti);
});

test('userInfo accepts the access token and no forged one', async () => {
  const { access_token } = await signIn(new Browser(ui.url), attempt(ACME), 'Alan Turing');
  const request = (token) => fetch(`${ui.url}/oauth2/userInfo`, { headers: { authorization: `Bearer ${token}`, origin: PICKER } });

  const response = await request(access_token);
  assert.equal(response.status, 200);
  assert.ok(response.headers.get('access-control-allow-origin'));
  const info = await response.json();
  assert.deepEqual([info.email, info.email_verified, info.username], ['alan@acme.example', 'true', 'AcmeSAML_alan']);

  const [header, payload] = access_token.split('.');
  assert.equal((await request(`${header}.${payload}.${Buffer.alloc(256).toString('base64url')}`)).status, 401);
});

test('a refresh token gets new tokens until it is revoked', async () => {
  const { refresh_token, id_token } = await signIn(new Browser(ui.url), attempt(ACME), 'Ada Lovelace');
  const post = (path, form) => fetch(`${ui.url}${path}`, { method: 'POST', body: new URLSearchParams({ client_id: ACME.client_id, ...form }), headers: { origin: PICKER } });
  const refresh = () => post('/oauth2/token', { grant_type: 'refresh_token', refresh_token });

  const fresh = await (await refresh()).json();
  assert.deepEqual(Object.keys(fresh).sort(), ['access_token', 'expires_in', 'id_token', 'token_type']);
  assert.equal(decode(fresh.id_token).payload.sub, decode(id_token).payload.sub);
  assert.equal(decode(fresh.id_token).payload.origin_jti, decode(id_token).payload.origin_jti);

  const revoked = await post('/oauth2/revoke', { token: refresh_token });
  assert.deepEqual([revoked.status, await revoked.text()], [200, '']);
  assert.ok(revoked.headers.get('access-control-allow-origin'));
  assert.deepEqual((await (await refresh()).json()).error, 'invalid_grant');
  assert.equal((await post('/oauth2/revoke', { token: 'unknown' })).status, 200);
});

test('any origin may revoke, and cannot tell which tokens exist', async () => {
  const { refresh_token } = await signIn(new Browser(ui.url), attempt(ACME), 'Ada Lovelace');
  const origin = 'https://app.example';
  // A form post needs no preflight. The page may read the response only if it has CORS headers.
  const revoke = (form) => fetch(`${ui.url}/oauth2/revoke`, { method: 'POST', body: new URLSearchParams(form), headers: { origin } });
  const refresh = () => redeem(ui.url, attempt(ACME), undefined, { grant_type: 'refresh_token', refresh_token });

  for (const token of ['unknown', refresh_token.replace(/^./, (sign) => (sign === 'x' ? 'y' : 'x')), `${refresh_token}x`]) {
    const response = await revoke({ token, client_id: ACME.client_id });
    assert.deepEqual([response.status, await response.text()], [200, '']);
    assert.ok(['*', origin].includes(response.headers.get('access-control-allow-origin')));
  }
  const foreign = await revoke({ token: refresh_token, client_id: GLOBEX.client_id });
  assert.deepEqual([foreign.status, await foreign.text()], [200, '']);
  assert.equal((await refresh()).status, 200, 'another app client cannot revoke it');

  for (const again of [1, 2]) {
    const response = await revoke({ token: refresh_token, client_id: ACME.client_id });
    assert.deepEqual([response.status, await response.text()], [200, ''], `time ${again}`);
  }
  assert.equal((await refresh()).body.error, 'invalid_grant');

  for (const form of [{ client_id: ACME.client_id }, { token: refresh_token }, { token: refresh_token, client_id: 'unknown' }]) {
    const response = await revoke(form);
    assert.ok(response.status >= 400);
    assert.ok(['*', origin].includes(response.headers.get('access-control-allow-origin')), 'pages can read refusals too');
  }
});

test("the picker's script can call the token endpoint", async () => {
  const preflight = await fetch(`${ui.url}/oauth2/token`, {
    method: 'OPTIONS', headers: { origin: PICKER, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-origin'), PICKER);
  const refused = await redeem(ui.url, attempt(ACME), 'unknown');
  assert.equal(refused.headers.get('access-control-allow-origin'), PICKER, 'also on refusals, so that the picker can read them');
});

test('a native account has no identities', async () => {
  const { id_token, access_token } = await signIn(new Browser(ui.url), attempt(BAKERY), 'Ada Lovelace');
  const id = decode(id_token).payload;
  assert.equal('identities' in id, false);
  assert.equal('cognito:groups' in id, false);
  assert.equal(id['cognito:username'], id.sub);
  assert.equal(id.email, 'ada@bakery.example');
  assert.equal(decode(access_token).payload.username, id.sub);
});

const IRIS = 'Iris (one profile, several organizations)';

test('a linked profile is the same in every organization, and its token lists several providers', async () => {
  const tokens = async (tenant) => {
    const { id_token, access_token } = await signIn(new Browser(ui.url), attempt(tenant), IRIS);
    return { id: decode(id_token).payload, access: decode(access_token).payload };
  };
  const [acme, globex, bakery] = [await tokens(ACME), await tokens(GLOBEX), await tokens(BAKERY)];
  const linkedTo = ({ id }) => id.identities.map(({ providerName, primary }) => [providerName, primary]);

  assert.deepEqual(linkedTo(acme), [['AcmeSAML', 'true'], ['GlobexOIDC', 'false']]);
  assert.deepEqual(linkedTo(globex), [['AcmeSAML', 'true'], ['GlobexOIDC', 'false']], 'not the provider of this sign-in');
  assert.deepEqual(linkedTo(bakery), [['AcmeSAML', 'false'], ['GlobexOIDC', 'false']], 'a native profile has no primary provider');
  const [{ dateCreated, ...first }] = acme.id.identities;
  assert.match(dateCreated, /^\d{13}$/);
  assert.deepEqual(first, { userId: 'iris', providerName: 'AcmeSAML', providerType: 'SAML', issuer: null, primary: 'true' });

  for (const { id, access } of [acme, globex, bakery]) {
    assert.equal(id.sub, acme.id.sub);
    assert.equal(access.sub, acme.id.sub);
    assert.equal(id['cognito:username'], acme.id.sub);
    assert.equal(access.username, acme.id.sub);
    assert.equal(id.email, 'iris@consultant.example');
    assert.equal('acr' in id, false);
  }
  assert.deepEqual([acme, globex, bakery].map(({ id }) => id.aud), [ACME, GLOBEX, BAKERY].map(({ client_id }) => client_id));
});

test('a linked profile has at most five providers, as at Cognito, and the tenant\'s own is one of them', () => {
  const tenants = Array.from({ length: 7 }, (_, n) => ({ clientId: `c${n}`, provider: `P${n}SAML`, domain: 'x.example' }));
  const people = new People(tenants);
  const { login } = people.choose('iris', tenants[6]);
  const names = people.identities(people.account(login.accountId), 'P6SAML').map(({ providerName }) => providerName);
  assert.deepEqual(names, ['P0SAML', 'P1SAML', 'P2SAML', 'P3SAML', 'P6SAML']);
});

test('the session of a linked profile is reused only for the provider where it began', async () => {
  const browser = new Browser(ui.url);
  await signIn(browser, attempt(ACME), IRIS);
  await signIn(browser, attempt(ACME));
  await signIn(browser, attempt(GLOBEX), IRIS);
  await signIn(browser, attempt(GLOBEX));
  await signIn(browser, attempt(BAKERY), IRIS);
  await signIn(browser, attempt(FLORIST));
  await signIn(browser, attempt(ACME), 'Ada Lovelace');
});

test('login_hint is offered as a person', async () => {
  const { id_token } = await signIn(new Browser(ui.url), attempt(GLOBEX, { login_hint: 'grace@globex.example' }), 'Continue as grace@globex.example');
  const id = decode(id_token).payload;
  assert.equal(id.email, 'grace@globex.example');
  assert.equal(id.identities[0].providerType, 'OIDC');
});

test('the page names provider and organization, escapes both, and cannot be framed', async () => {
  const hint = '"><script>alert(1)</script>@x';
  const { html, headers } = await new Browser(ui.url).open(attempt(ACME, { login_hint: hint }).address);
  assert.match(html, /<h1>AcmeSAML · the sign-in page of <bdi>Acme &#60;Corporation&#62; &#38; &#34;Sons&#34;<\/bdi> \(local stand-in\)<\/h1>/);
  assert.ok(!html.includes('<script'));
  assert.equal(headers.get('x-frame-options'), 'DENY');
});

test('a native session signs in to every native app client silently, and the people stay who they are', async () => {
  const browser = new Browser(ui.url);
  const first = decode((await signIn(browser, attempt(BAKERY), 'Alan Turing')).id_token).payload;
  const second = decode((await signIn(browser, attempt(FLORIST))).id_token).payload;
  assert.equal(second.aud, FLORIST.client_id);
  assert.equal(second.sub, first.sub);
  assert.equal(second.email, 'alan@bakery.example');
});

test('a session lasts one hour from its sign-in, however it is used', async () => {
  const browser = new Browser(ui.url);
  const { auth_time } = decode((await signIn(browser, attempt(BAKERY), 'Ada Lovelace')).id_token).payload;
  await sleep(2100);
  const silent = decode((await signIn(browser, attempt(FLORIST))).id_token).payload;
  assert.equal(silent.auth_time, auth_time);
  const ends = Date.parse(browser.cookie('cognito').expires) / 1000;
  assert.ok(Math.abs(ends - auth_time - 3600) <= 1, `${ends - auth_time} seconds`);
});

test('a federated session is reused for its own provider only', async () => {
  const browser = new Browser(ui.url);
  await signIn(browser, attempt(ACME), 'Ada Lovelace');
  await signIn(browser, attempt(ACME));
  // For native accounts and for another provider a page is shown, and the person chosen there gets the session.
  await signIn(browser, attempt(BAKERY), 'Ada Lovelace');
  await signIn(browser, attempt(GLOBEX), 'Ada Lovelace');
  await signIn(browser, attempt(GLOBEX));
  await signIn(browser, attempt(ACME), 'Alan Turing');
});

test('with prompt the page is shown despite a session, and the same person or another one can sign in', async () => {
  for (const prompt of ['login', 'select_account', 'consent', 'login select_account']) {
    const browser = new Browser(ui.url);
    const first = decode((await signIn(browser, attempt(ACME), 'Ada Lovelace')).id_token).payload;
    const same = decode((await signIn(browser, attempt(ACME, { prompt }), 'Ada Lovelace')).id_token).payload;
    assert.equal(same.sub, first.sub, prompt);
    const other = decode((await signIn(browser, attempt(ACME, { prompt, lang: 'de', login_hint: 'x@acme.example' }), 'Alan Turing')).id_token).payload;
    assert.equal(other.email, 'alan@acme.example', prompt);
    const silent = decode((await signIn(browser, attempt(ACME))).id_token).payload;
    assert.equal(silent.sub, other.sub, 'the session is the new one');
    await signIn(new Browser(ui.url), attempt(ACME, { prompt }), 'Ada Lovelace');
  }
});

test('cancelling a page that prompt has shown leaves the session unchanged', async () => {
  const browser = new Browser(ui.url);
  const { sub } = decode((await signIn(browser, attempt(ACME), 'Ada Lovelace')).id_token).payload;
  const asked = await browser.open(attempt(ACME, { prompt: 'select_account' }).address);
  assert.equal((await browser.press(asked, 'Cancel')).params.error, 'access_denied');
  assert.equal(decode((await signIn(browser, attempt(ACME))).id_token).payload.sub, sub);
});

test('prompt=none shows no page: it uses the session or returns login_required', async () => {
  const browser = new Browser(ui.url);
  const tried = attempt(ACME, { prompt: 'none' });
  const { params } = await browser.open(tried.address);
  assert.deepEqual([params.error, params.state], ['login_required', tried.state]);
  await signIn(browser, attempt(ACME), 'Ada Lovelace');
  await signIn(browser, attempt(ACME, { prompt: 'none' }));
});

test('attempts in several tabs of one browser do not interfere', async () => {
  const browser = new Browser(ui.url);
  const [one, two, three] = [attempt(ACME), attempt(GLOBEX), attempt(ACME)];
  const pages = [await browser.open(one.address), await browser.open(two.address), await browser.open(three.address)];
  for (const [index, tried] of [one, two, three].entries()) {
    const back = await browser.press(pages[index], index === 2 ? 'Alan Turing' : 'Ada Lovelace');
    assert.equal(back.params?.state, tried.state, back.html);
    assert.equal((await redeem(ui.url, tried, back.params.code)).status, 200);
  }
});

test('signing out ends the session and goes to the registered address', async () => {
  const browser = new Browser(ui.url);
  const { refresh_token } = await signIn(browser, attempt(BAKERY), 'Ada Lovelace');
  assert.ok(browser.cookie('cognito'));
  const query = new URLSearchParams({ client_id: BAKERY.client_id, logout_uri: SIGNED_OUT });
  const away = await browser.open(`/logout?${query}`);
  assert.equal(away.url.href, SIGNED_OUT);
  assert.deepEqual([browser.cookie('cognito'), browser.cookie('cognito.sig')], [undefined, undefined]);
  await signIn(browser, attempt(BAKERY), 'Ada Lovelace');
  const refreshed = await redeem(ui.url, attempt(BAKERY), undefined, { grant_type: 'refresh_token', refresh_token });
  assert.equal(refreshed.status, 200, 'tokens stay valid after the session');
});

test('signing out to an unregistered address is refused and keeps the session', async () => {
  const browser = new Browser(ui.url);
  await signIn(browser, attempt(BAKERY), 'Ada Lovelace');
  for (const query of [
    { client_id: BAKERY.client_id, logout_uri: 'https://evil.example/signed-out' },
    { client_id: 'unknown', logout_uri: SIGNED_OUT },
    { logout_uri: SIGNED_OUT },
  ]) {
    const page = await browser.open(`/logout?${new URLSearchParams(query)}`);
    assert.equal(page.status, 400);
    assert.match(page.html, /not registered/);
  }
  await signIn(browser, attempt(FLORIST));
});
