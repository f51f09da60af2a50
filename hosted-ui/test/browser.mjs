// Runs the command in a process of its own, and signs in with a minimal browser: fetch and a cookie jar.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const PICKER = 'http://127.0.0.1:8080';
export const CALLBACK = `${PICKER}/callback`;
export const SIGNED_OUT = `${PICKER}/signed-out`;
export const DIRECTORY = fileURLToPath(new URL('tenants.toml', import.meta.url));

export const ACME = { client_id: '1h57kf5cpq17m0eml12acme', identity_provider: 'AcmeSAML' };
export const GLOBEX = { client_id: '2globex', identity_provider: 'GlobexOIDC' };
export const BAKERY = { client_id: '3bakery', identity_provider: 'COGNITO' };
export const FLORIST = { client_id: '4florist', identity_provider: 'COGNITO' };

/** Runs the command. `output` collects what it prints; `exit` resolves to its exit code. */
export function run(...options) {
  const command = fileURLToPath(new URL('../main.mjs', import.meta.url));
  // End the command after a minute, so that it does not run on if a test fails.
  const child = spawn(process.execPath, [command, ...options], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => { output[name] += text; });
  return { child, output, exit: once(child, 'close').then(([code]) => code) };
}

/** Starts the hosted UI on a free port. */
export async function start(...options) {
  const { child, output, exit } = run('--directory', DIRECTORY, '--picker', PICKER, ...options);
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), exit.then((code) => [`exit ${code}: ${output.stderr}`])]);
  const url = line.match(/^hosted UI ready at (http:\/\/127\.0\.0\.1:\d+)$/)?.[1];
  if (!url) throw new Error(`the hosted UI did not start: ${line}`);
  return { url, child, output, exit, stop: () => { child.kill(); return exit; } };
}

/** Follows redirects within the hosted UI. At a redirect to another origin it stops; `url` is its address. */
export class Browser {
  #cookies = new Map();

  constructor(hostedUi) {
    this.home = hostedUi;
  }

  async open(url, form) {
    const here = new URL(url, this.home);
    if (here.origin !== this.home) return { url: here, params: Object.fromEntries(here.searchParams) };
    const response = await fetch(here, {
      redirect: 'manual',
      headers: { cookie: this.#cookiesFor(here.pathname), accept: 'text/html' },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    response.headers.getSetCookie().forEach((cookie) => this.#keep(cookie));
    const location = response.headers.get('location');
    if (location) return this.open(new URL(location, here));
    return { url: here, status: response.status, headers: response.headers, html: await response.text() };
  }

  /** Presses the button with this text on a page. */
  press(page, text) {
    const buttons = [...page.html.matchAll(/<button name="person" value="([^"]*)">([^<]*)<\/button>/g)];
    const [, person] = buttons.find(([, , name]) => name === text) ?? [];
    if (!person) throw new Error(`no button "${text}" at ${page.url} but ${buttons.map(([, , name]) => name)}`);
    return this.open(page.url, { person });
  }

  cookie(name) {
    return [...this.#cookies.values()].find((cookie) => cookie.name === name);
  }

  #keep(line) {
    const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
    const path = line.match(/;\s*path=([^;]*)/i)?.[1] ?? '/';
    const expires = line.match(/;\s*expires=([^;]*)/i)?.[1];
    if (expires && new Date(expires) < new Date()) this.#cookies.delete(`${name} ${path}`);
    else this.#cookies.set(`${name} ${path}`, { name, value, path, expires });
  }

  #cookiesFor(pathname) {
    const within = ({ path }) => path === '/' || pathname === path || pathname.startsWith(`${path}/`);
    return [...this.#cookies.values()].filter(within).map(({ name, value }) => `${name}=${value}`).join('; ');
  }
}

/** An authorization request as the picker makes it: its parameters, its address, and the verifier. */
export function attempt(tenant, more = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const params = {
    response_type: 'code',
    client_id: tenant.client_id,
    identity_provider: tenant.identity_provider,
    redirect_uri: CALLBACK,
    scope: 'openid email profile',
    state: randomBytes(32).toString('base64url'),
    nonce: randomBytes(32).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    lang: 'en',
    ...more,
  };
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  return { ...params, verifier, address: `/oauth2/authorize?${new URLSearchParams(given)}` };
}

export async function redeem(hostedUi, { client_id, verifier }, code, more = {}) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code', client_id, code, redirect_uri: CALLBACK, code_verifier: verifier, ...more,
  });
  const response = await fetch(`${hostedUi}/oauth2/token`, { method: 'POST', body, headers: { origin: PICKER } });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export function decode(jwt) {
  const [header, payload] = jwt.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  return { header, payload };
}
