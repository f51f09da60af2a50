// A hostile OpenID provider: node hostile-provider.mjs --port N
//
// A tool for the end-to-end tests and for nothing else. It signs whatever it is told to, asks nobody for a password and
// keeps nothing secret, so it listens on 127.0.0.1 and nowhere else. Unsteered it is an honest stand-in for Cognito, so
// that a case says only what is wrong; cases.toml explains the steering. Standard library only: a forger must be able
// to write what a library for tokens would refuse to.
import { constants, createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const HOST = '127.0.0.1';

// ── keys and signatures ──────────────────────────────────────────────────────────────────────────────────────────────

const rsa = (kid, modulusLength = 2048) => ({ kid, ...generateKeyPairSync('rsa', { modulusLength }) });

const KEYS = {
  honest: rsa('honest-1'),
  rotated: rsa('rotated-2'),
  evil: rsa('evil-1'),
  weak: rsa('weak-1', 1024),
  elliptic: { kid: 'elliptic-1', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
};

const SIGNERS = {
  RS256: (input, key) => sign('sha256', input, key.privateKey),
  PS256: (input, { privateKey: key }) =>
    sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  ES256: (input, { privateKey: key }) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  // The classic confusion: whoever hands "the key" to a verifier that obeys `alg` makes a secret of what everybody has.
  HS256: (input, key) =>
    createHmac('sha256', key.publicKey.export({ type: 'spki', format: 'pem' })).update(input).digest(),
  none: () => Buffer.alloc(0),
  // Of the right form and length, and off by one bit.
  broken: (input, key) => SIGNERS.RS256(input, key).map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
};

const publicKey = (name) => {
  const { kid, publicKey: key } = KEYS[name];
  return { ...key.export({ format: 'jwk' }), kid, use: 'sig', alg: name === 'elliptic' ? 'ES256' : 'RS256' };
};

const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const sha256 = (text) => createHash('sha256').update(text).digest();

/** Base64url with the padding that RFC 7515 leaves out. The space makes sure that there is some to be left out. */
const padded = (bytes) => {
  const spaced = Buffer.concat([Buffer.from(bytes), Buffer.from(bytes.length % 3 === 0 ? ' ' : '')]);
  return spaced.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
};

/** A token of these claims, made or marred as the wishes say. */
function mint(honest, { compact = '{header}.{payload}.{signature}', ...wishes } = {}, more = {}) {
  const { key = 'honest', signed = 'RS256', header = {}, claims, tail = '', payload } = fill(wishes, {
    ...words(), ...more,
  });
  const alg = signed === 'broken' ? 'RS256' : signed;
  const head = typeof header === 'string' ? header : JSON.stringify({ alg, kid: KEYS[key].kid, ...header });
  const body = payload ?? `${JSON.stringify({ ...honest, ...claims }).slice(0, -1)}${tail}}`;
  const parts = {
    header: base64url(head),
    payload: base64url(body),
    padded_header: padded(Buffer.from(head)),
    padded_payload: padded(Buffer.from(body)),
  };
  // What is signed is what is sent: a form that is wrong must not be refused for a signature that does not fit it.
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

/** What steering may say. A misspelt word would steer nothing, and the case would pass for the wrong reason. */
const TOKEN_WORDS = ['key', 'signed', 'header', 'claims', 'tail', 'payload', 'compact'];
const KNOWN = {
  answer: null,
  id_token: TOKEN_WORDS,
  access_token: TOKEN_WORDS,
  token: ['status', 'headers', 'set', 'body', 'delay', 'drop'],
  jwks: ['status', 'headers', 'keys', 'body', 'drop'],
};

let steering;
let report;
/** The authorization request that is being answered. */
let attempt;
steer('{}');
/** All that was ever sent as state, nonce or challenge. */
const seen = new Set();

function steer(text) {
  const wanted = JSON.parse(text);
  for (const [part, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(KNOWN, part)) throw new Error(`${part} cannot be steered`);
    const told = KNOWN[part] ? [value].flat().flatMap(Object.keys) : [];
    const misspelt = told.find((word) => !KNOWN[part].includes(word));
    if (misspelt) throw new Error(`${part}.${misspelt} cannot be steered`);
  }
  steering = wanted;
  attempt = {};
  report = { authorize_requests: 0, token_requests: 0, jwks_requests: 0, strays: [], faults: [], secrets: {} };
}

/** The words that steering may use in braces. */
const words = () => ({
  ...attempt,
  issuer,
  now: Math.floor(Date.now() / 1000),
  evil_jwk: publicKey('evil'),
  null: null,
  absent: undefined,
  id_token: () => mint(idClaims()),
  access_token: () => mint(accessClaims()),
  long: (length) => 'a'.repeat(length),
  aws_tail: awsTail,
  nested: (depth) => '['.repeat(depth) + ']'.repeat(depth),
});

/** What AWS adds to the words of an operator's trigger. Nobody is to read it, so the page must not show it. */
function awsTail() {
  report.secrets['what AWS adds'] = 'Service: AWSCognito';
  return ' (Service: AWSCognitoIdentityProviderInternalService; Status Code: 400; Error Code: '
    + 'UserLambdaValidationException; Request ID: 2f6a3c1e-0000-4000-8000-5ca1ab1e0001; Proxy: null)';
}

/** Puts the words in. A text that is one word in braces becomes its value, of whatever type: `"{now+60}"` a number. */
function fill(value, known) {
  if (Array.isArray(value)) return value.map((item) => fill(item, known));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, known)]));
  }
  if (typeof value !== 'string') return value;
  const PLACE = /\{(\w+)(?:([:+-])([\d.]+))?\}/g;
  const word = (_, name, sign, number = 0) => {
    if (!Object.hasOwn(known, name)) throw new Error(`{${name}} is not a word`);
    const amount = sign === '-' ? -number : +number;
    const found = known[name];
    return typeof found === 'function' ? found(amount) : typeof found === 'number' ? found + amount : found;
  };
  const [place] = value.matchAll(PLACE);
  return place?.[0] === value ? word(...place) : value.replace(PLACE, word);
}

/** The n-th of several steps; the last one stays. */
const nth = (steps, n) => [steps].flat()[Math.min(n, [steps].flat().length) - 1];

/** Something that no case asks the app to do: all cases expect that there is none. */
const blame = (innocent, fault) => innocent || report.faults.push(fault);

// ── what an honest provider would say ────────────────────────────────────────────────────────────────────────────────

const commonClaims = () => {
  const { now } = words();
  return { iss: issuer, sub: 'b3c1e5d2-0000-4000-8000-5ca1ab1e0001', iat: now, exp: now + 3600 };
};

const idClaims = () => {
  const { client_id: aud, nonce, identity_provider: providerName } = attempt;
  // As Cognito has it: native accounts come without, and what looks like a number or a truth value is a text.
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
    blame(query.response_type === 'code', 'authorize: response_type is not code');
    blame(query.code_challenge_method === 'S256', 'authorize: PKCE without S256');
    for (const [name, value] of Object.entries({ state, nonce, challenge })) {
      blame(/^[\w-]{43,}$/.test(value), `authorize: ${name} is not 256 bits of base64url`);
      blame(!seen.has(value), `authorize: ${name} was used before`);
      seen.add(value);
    }
    blame(!request.headers.referer, 'authorize: tells where the person came from');
    const code = base64url(sha256(`code for ${state}`));
    attempt = { ...query, challenge, code, first_state: attempt.first_state ?? state };
    const known = { ...words(), aws_tail: () => encodeURIComponent(awsTail()) };
    const answer = fill(nth(steering.answer ?? '?code={code}&state={state}', report.authorize_requests), known);
    Object.assign(report.secrets, { state, nonce, code });
    // The cookie tempts: it must not come along with the requests that the app makes.
    response.writeHead(302, { location: callback + answer, 'set-cookie': 'hostile=1; HttpOnly; SameSite=Lax' }).end();
  },

  async 'POST /oauth2/token'(request, response) {
    report.token_requests += 1;
    const sent = new URLSearchParams(await text(request));
    const form = request.headers['content-type'] ?? '';
    blame(form.startsWith('application/x-www-form-urlencoded'), 'token: not form-encoded');
    blameForExtras(request, 'token');
    const { client_id, code, redirect_uri, challenge } = attempt;
    const due = { grant_type: 'authorization_code', client_id, code, redirect_uri };
    for (const [name, value] of Object.entries(due)) blame(sent.get(name) === value, `token: ${name} is not ${value}`);
    blame(base64url(sha256(sent.get('code_verifier') ?? '')) === challenge, 'token: the verifier does not fit (PKCE)');
    report.secrets.code_verifier = sent.get('code_verifier');
    const surplus = [...sent.keys()].filter((name) => !Object.hasOwn(due, name) && name !== 'code_verifier');
    blame(surplus.length === 0, `token: ${surplus} is nothing that a public client sends`);

    const access_token = mint(accessClaims(), steering.access_token);
    const at_hash = base64url(sha256(access_token).subarray(0, 16));
    const id_token = mint(idClaims(), steering.id_token, { at_hash });
    const { set, body, ...how } = fill(steering.token ?? {}, { ...words(), id_token, access_token });
    const tokens = { id_token, access_token, refresh_token: 'refresh-token-of-ada' };
    Object.assign(report.secrets, tokens);
    report.issued = { token_type: 'Bearer', expires_in: 3600, ...tokens, ...set };
    await reply(response, how, body ?? JSON.stringify(report.issued));
  },

  async 'GET /.well-known/jwks.json'(request, response) {
    report.jwks_requests += 1;
    blameForExtras(request, 'jwks');
    const steered = fill(nth(steering.jwks ?? {}, report.jwks_requests), words());
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

function blameForExtras({ headers }, endpoint) {
  for (const name of ['authorization', 'cookie', 'referer']) {
    blame(headers[name] === undefined, `${endpoint}: sends the header ${name}`);
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
  // One connection a request: Chromium sends a request again by itself if a connection that it used before breaks,
  // and the tests count requests.
  response.setHeader('connection', 'close');
  const { pathname, searchParams } = new URL(request.url, issuer);
  const endpoint = `${request.method} ${pathname}`;
  try {
    if (ENDPOINTS[endpoint]) return await ENDPOINTS[endpoint](request, response, Object.fromEntries(searchParams));
    // Whatever the tokens point at, an honest app does not look there.
    report.strays.push(endpoint);
    response.writeHead(404).end();
  } catch (error) {
    report.faults.push(`the provider itself failed at ${endpoint}: ${error.message}`);
    response.writeHead(400).end(error.message);
  }
});
await new Promise((ready) => server.listen(Number(port), HOST, ready));
const issuer = `http://${HOST}:${server.address().port}`;
console.log(`hosted UI ready at ${issuer}`);
