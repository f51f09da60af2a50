// A hostile OpenID provider: node hostile-provider.mjs --port N
//
// A tool for the end-to-end tests only. It signs any token that a test asks for, wants no password and keeps no
// secrets, so it listens on 127.0.0.1 only. Without steering it behaves like Cognito; cases.toml describes how tests
// steer it. It uses the standard library only, because a library for tokens would refuse to write invalid ones.
import { constants, createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const HOST = '127.0.0.1';

// ── keys and signatures ──────────────────────────────────────────────────────────────────────────────────────────────

const rsa = (kid, modulusLength = 2048) => ({ kid, ...generateKeyPairSync('rsa', { modulusLength }) });

const MAKERS = {
  honest: () => rsa('honest-1'),
  rotated: () => rsa('rotated-2'),
  evil: () => rsa('evil-1'),
  weak: () => rsa('weak-1', 1024),
  elliptic: () => ({ kid: 'elliptic-1', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }),
};

/** The keys, each made when it is first used: most tests use the honest one alone, and making one takes a while. */
const KEYS = {};
for (const [name, make] of Object.entries(MAKERS)) {
  let made;
  Object.defineProperty(KEYS, name, { get: () => (made ??= make()) });
}

const SIGNERS = {
  RS256: (input, key) => sign('sha256', input, key.privateKey),
  PS256: (input, { privateKey: key }) =>
    sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  ES256: (input, { privateKey: key }) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  // The confusion of algorithms: a verifier that trusts `alg` would use the public key, which everybody has, as a
  // secret. https://www.rfc-editor.org/rfc/rfc8725#section-2.1
  HS256: (input, key) =>
    createHmac('sha256', key.publicKey.export({ type: 'spki', format: 'pem' })).update(input).digest(),
  none: () => Buffer.alloc(0),
  // A valid signature with one bit flipped.
  broken: (input, key) => SIGNERS.RS256(input, key).map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
};

const publicKey = (name) => {
  const { kid, publicKey: key } = KEYS[name];
  return { ...key.export({ format: 'jwk' }), kid, use: 'sig', alg: name === 'elliptic' ? 'ES256' : 'RS256' };
};

const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const sha256 = (text) => createHash('sha256').update(text).digest();

/** Base64url with padding, which JWTs must not have (RFC 7515 §2). An added space makes sure that there is padding. */
const padded = (bytes) => {
  const spaced = Buffer.concat([Buffer.from(bytes), Buffer.from(bytes.length % 3 === 0 ? ' ' : '')]);
  return spaced.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
};

/** A JWT with these claims, changed as the steering says. `more` are further placeholders. */
function issueToken(claimsOfCognito, { compact = '{header}.{payload}.{signature}', ...changes } = {}, more = {}) {
  const { key = 'honest', signed = 'RS256', header = {}, claims, tail = '', payload } = fill(changes, {
    ...placeholders(), ...more,
  });
  const alg = signed === 'broken' ? 'RS256' : signed;
  const head = typeof header === 'string' ? header : JSON.stringify({ alg, kid: KEYS[key].kid, ...header });
  const body = payload ?? `${JSON.stringify({ ...claimsOfCognito, ...claims }).slice(0, -1)}${tail}}`;
  const parts = {
    header: base64url(head),
    payload: base64url(body),
    padded_header: padded(Buffer.from(head)),
    padded_payload: padded(Buffer.from(body)),
  };
  // Sign the parts exactly as they are sent, so that a malformed token is not refused because of its signature.
  const input = fill(compact.replace(/\.\{\w*signature\}.*$/, ''), parts);
  const signature = SIGNERS[signed](Buffer.from(input), KEYS[key]);
  return fill(compact, {
    ...parts,
    signature: base64url(signature),
    padded_signature: padded(signature),
    plain_signature: signature.toString('base64').replaceAll('=', ''),
  });
}

// ── steering ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The fields of the steering. Unknown ones are errors, because with a misspelt field a case would test nothing. */
const TOKEN_FIELDS = ['key', 'signed', 'header', 'claims', 'tail', 'payload', 'compact'];
const KNOWN = {
  response: null,
  id_token: TOKEN_FIELDS,
  access_token: TOKEN_FIELDS,
  token: ['status', 'headers', 'set', 'body', 'delay', 'drop'],
  jwks: ['status', 'headers', 'keys', 'body', 'drop'],
};

let steering;
let report;
/** The parameters of the latest authorization request. */
let attempt;
/** All values of state, nonce and code_challenge since the last steering. */
let seen;
steer('{}');

function steer(text) {
  const wanted = JSON.parse(text);
  for (const [part, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(KNOWN, part)) throw new Error(`${part} cannot be steered`);
    const fields = KNOWN[part] ? [value].flat().flatMap(Object.keys) : [];
    const unknown = fields.find((field) => !KNOWN[part].includes(field));
    if (unknown) throw new Error(`${part}.${unknown} cannot be steered`);
  }
  steering = wanted;
  attempt = {};
  seen = new Set();
  report = { authorize_requests: 0, token_requests: 0, jwks_requests: 0, other_requests: [], faults: [], secrets: {} };
}

/** The values of the placeholders that steering may use. */
const placeholders = () => ({
  ...attempt,
  issuer,
  now: Math.floor(Date.now() / 1000),
  evil_jwk: () => publicKey('evil'),
  null: null,
  absent: undefined,
  id_token: () => issueToken(idClaims()),
  access_token: () => issueToken(accessClaims()),
  long: (length) => 'a'.repeat(length),
  aws_tail: awsTail,
  nested: (depth) => '['.repeat(depth) + ']'.repeat(depth),
});

/** The tail that AWS adds to a trigger's message. It is listed as a secret, because the page must not show it. */
function awsTail() {
  report.secrets['tail of AWS'] = 'Service: AWSCognito';
  return ' (Service: AWSCognitoIdentityProviderInternalService; Status Code: 400; Error Code: '
    + 'UserLambdaValidationException; Request ID: 2f6a3c1e-0000-4000-8000-5ca1ab1e0001; Proxy: null)';
}

/**
 * Replaces the placeholders in all strings of a value. A string that is nothing but a placeholder becomes the
 * placeholder's value with its type: `"{now+60}"` becomes a number.
 */
function fill(value, known) {
  if (Array.isArray(value)) return value.map((item) => fill(item, known));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, known)]));
  }
  if (typeof value !== 'string') return value;
  const PLACE = /\{(\w+)(?:([:+-])([\d.]+))?\}/g;
  const replacement = (_, name, sign, number = 0) => {
    if (!Object.hasOwn(known, name)) throw new Error(`{${name}} is not a placeholder`);
    const amount = sign === '-' ? -number : +number;
    const found = known[name];
    return typeof found === 'function' ? found(amount) : typeof found === 'number' ? found + amount : found;
  };
  const [place] = value.matchAll(PLACE);
  return place?.[0] === value ? replacement(...place) : value.replace(PLACE, replacement);
}

/** The n-th entry of a list, or the last one if there are fewer. A single value counts as a list of one. */
const nth = (steps, n) => [steps].flat()[Math.min(n, [steps].flat().length) - 1];

/** Reports a fault of a request unless the condition holds. Every case expects a report without faults. */
const expect = (condition, fault) => condition || report.faults.push(fault);

// ── claims as Cognito issues them ────────────────────────────────────────────────────────────────────────────────────

const commonClaims = () => {
  const { now } = placeholders();
  return { iss: issuer, sub: 'b3c1e5d2-0000-4000-8000-5ca1ab1e0001', iat: now, exp: now + 3600 };
};

const idClaims = () => {
  const { client_id: aud, nonce, identity_provider: providerName } = attempt;
  // As in Cognito's tokens: native accounts have no identities, and numbers and booleans are strings.
  const identities = providerName === 'COGNITO' ? undefined : [{
    userId: 'ada', providerName, providerType: 'SAML', issuer: null, primary: 'true', dateCreated: '1700000000000',
  }];
  return { ...commonClaims(), aud, nonce, token_use: 'id', email: 'ada@acme.example', identities };
};

const accessClaims = () => {
  const { client_id, scope } = attempt;
  return { ...commonClaims(), client_id, token_use: 'access', username: 'ada', scope };
};

// ── endpoints ────────────────────────────────────────────────────────────────────────────────────────────────────────

const ENDPOINTS = {
  'GET /oauth2/authorize'(request, response, query) {
    report.authorize_requests += 1;
    const { state, nonce, code_challenge: challenge, redirect_uri: callback } = query;
    expect(query.response_type === 'code', 'authorize: response_type is not code');
    expect(query.code_challenge_method === 'S256', 'authorize: PKCE without S256');
    for (const [name, value] of Object.entries({ state, nonce, challenge })) {
      expect(/^[\w-]{43,}$/.test(value), `authorize: ${name} is not 256 bits of base64url`);
      expect(!seen.has(value), `authorize: ${name} was used before`);
      seen.add(value);
    }
    expect(!request.headers.referer, 'authorize: sends the header referer');
    const code = base64url(sha256(`code for ${state}`));
    attempt = { ...query, challenge, code, first_state: attempt.first_state ?? state };
    const known = { ...placeholders(), aws_tail: () => encodeURIComponent(awsTail()) };
    const appended = fill(nth(steering.response ?? '?code={code}&state={state}', report.authorize_requests), known);
    Object.assign(report.secrets, { state, nonce, code });
    // A browser would send this cookie with the app's requests if they did not omit credentials.
    response.writeHead(302, { location: callback + appended, 'set-cookie': 'hostile=1; HttpOnly; SameSite=Lax' }).end();
  },

  async 'POST /oauth2/token'(request, response) {
    report.token_requests += 1;
    const sent = new URLSearchParams(await text(request));
    const form = request.headers['content-type'] ?? '';
    expect(form.startsWith('application/x-www-form-urlencoded'), 'token: not form-encoded');
    expectNoExtraHeaders(request, 'token');
    const { client_id, code, redirect_uri, challenge } = attempt;
    const due = { grant_type: 'authorization_code', client_id, code, redirect_uri };
    for (const [name, value] of Object.entries(due)) expect(sent.get(name) === value, `token: ${name} is not ${value}`);
    expect(base64url(sha256(sent.get('code_verifier') ?? '')) === challenge, 'token: the verifier does not fit (PKCE)');
    report.secrets.code_verifier = sent.get('code_verifier');
    const surplus = [...sent.keys()].filter((name) => !Object.hasOwn(due, name) && name !== 'code_verifier');
    expect(surplus.length === 0, `token: ${surplus} is not a parameter of a public client`);

    const access_token = issueToken(accessClaims(), steering.access_token);
    const at_hash = base64url(sha256(access_token).subarray(0, 16));
    const id_token = issueToken(idClaims(), steering.id_token, { at_hash });
    const { set, body, ...how } = fill(steering.token ?? {}, { ...placeholders(), id_token, access_token });
    const tokens = { id_token, access_token, refresh_token: 'refresh-token-of-ada' };
    Object.assign(report.secrets, tokens);
    report.issued = { token_type: 'Bearer', expires_in: 3600, ...tokens, ...set };
    await reply(response, how, body ?? JSON.stringify(report.issued));
  },

  async 'GET /.well-known/jwks.json'(request, response) {
    report.jwks_requests += 1;
    expectNoExtraHeaders(request, 'jwks');
    const steered = fill(nth(steering.jwks ?? {}, report.jwks_requests), placeholders());
    const { keys = [{ from: 'honest' }], body, ...how } = steered;
    const published = keys.flatMap(({ from, times = 1, ...rest }) =>
      Array(times).fill({ ...(from && publicKey(from)), ...rest }));
    await reply(response, how, body ?? JSON.stringify({ keys: published }));
  },

  async 'POST /steer'(request, response) {
    steer(await text(request));
    response.writeHead(204).end();
  },

  'GET /counts': (request, response) => reply(response, {}, JSON.stringify(report)),
};

function expectNoExtraHeaders({ headers }, endpoint) {
  for (const name of ['authorization', 'cookie', 'referer']) {
    expect(headers[name] === undefined, `${endpoint}: sends the header ${name}`);
  }
}

async function reply(response, { status = 200, headers = {}, delay = 0, drop }, body) {
  await setTimeout(delay);
  if (drop === 'at once') return response.destroy();
  const usual = { 'content-type': 'application/json', 'cache-control': 'no-store', 'access-control-allow-origin': '*' };
  const kept = Object.entries({ ...usual, ...headers }).filter(([, value]) => value !== undefined);
  response.writeHead(status, Object.fromEntries(kept));
  if (drop !== 'halfway') return response.end(body);
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}

// ── the server ───────────────────────────────────────────────────────────────────────────────────────────────────────

const { port } = parseArgs({ options: { port: { type: 'string', default: '0' } } }).values;
const server = createServer(async (request, response) => {
  // One request per connection: when a reused connection breaks, Chromium repeats the request, and the counts would be
  // wrong.
  response.setHeader('connection', 'close');
  const { pathname, searchParams } = new URL(request.url, issuer);
  const endpoint = `${request.method} ${pathname}`;
  try {
    if (ENDPOINTS[endpoint]) return await ENDPOINTS[endpoint](request, response, Object.fromEntries(searchParams));
    // An address from a token, which the app must not fetch, or another unexpected request.
    report.other_requests.push(endpoint);
    response.writeHead(404).end();
  } catch (error) {
    report.faults.push(`the provider failed at ${endpoint}: ${error.message}`);
    response.writeHead(400).end(error.message);
  }
});
await new Promise((ready) => server.listen(Number(port), HOST, ready));
const issuer = `http://${HOST}:${server.address().port}`;
console.log(`hosted UI ready at ${issuer}`);
