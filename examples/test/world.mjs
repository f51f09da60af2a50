// Starts the product with everything it needs, and visits it with a minimal browser: fetch and a cookie jar.
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const repository = process.env.REPOSITORY ?? fileURLToPath(new URL("../..", import.meta.url));
const inRepository = (path) => join(repository, path);
const LOOKUP_SERVICE = process.env.LOOKUP_SERVICE ?? inRepository("target/release/lookup-service");
const SITE = process.env.SITE ?? inRepository("dist");
/** Another copy of the product, to compare. */
const PRODUCT = process.env.PRODUCT ?? fileURLToPath(new URL("../product.mjs", import.meta.url));
const DIRECTORY = inRepository("crates/lookup-service/tenants.toml");

export const ACME = { code: "acme", client_id: "1h57kf5cpq17m0eml12acme", identity_provider: "AcmeSAML" };
export const GLOBEX = { code: "globex", client_id: "2k8dq0v5n3globex7rj41m6tzx", identity_provider: "GlobexOIDC" };

/** A directory with Globex alone, so that Acme's app client is not listed in it. */
const GLOBEX_ALONE = `[[tenants]]
code = "globex"
name = "Globex"
client_id = "${GLOBEX.client_id}"
identity_provider = "GlobexOIDC"
domains = ["globex.example"]
`;

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Runs a command. It is ended after a minute, so that it does not run on if a test fails. */
function run(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  const output = { text: "" };
  for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (text) => (output.text += text));
  const exit = once(child, "close").then(([code]) => code);
  return { output, exit, stop: (signal) => (child.kill(signal), exit) };
}

async function until(isReady, { output }) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await isReady()) return;
    await sleep(50);
  }
  throw new Error(`did not start: ${output.text}`);
}

const responds = (url) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

/** The product alone. `issuer` and `lookup` may be stand-ins. */
export async function startProduct({ port, picker, issuer, lookup }) {
  const options = ["--port", port, "--picker", picker, "--issuer", issuer, ...(lookup ? ["--lookup", lookup] : [])];
  const product = run(process.execPath, [PRODUCT, ...options.map(String)]);
  await until(() => product.output.text.includes(`product ready at http://localhost:${port}`), product);
  return { ...product, url: `http://localhost:${port}/` };
}

/** Hosted UI, two lookups and two products. The second of each knows Globex alone. */
export async function startWorld() {
  const [ui, picker, app, pickerOfOne, appOfOne] = await Promise.all(Array.from({ length: 5 }, freePort));
  const issuer = `http://127.0.0.1:${ui}`;
  const folder = await mkdtemp(join(tmpdir(), "examples-"));
  const config = join(folder, "config.json");
  const small = join(folder, "globex.toml");
  const application = { url: `http://localhost:${app}/`, login_uri: `http://localhost:${app}/login` };
  const pools = [{ issuer, hosted_ui: issuer }];
  await writeFile(config, JSON.stringify({ lookup_url: "/v1/lookup", user_pools: pools, applications: [application] }));
  await writeFile(small, GLOBEX_ALONE);
  const lookup = (port, directory) =>
    run(LOOKUP_SERVICE, [
      "--listen",
      `127.0.0.1:${port}`,
      "--site",
      SITE,
      "--config",
      config,
      "--directory",
      directory,
    ]);
  const products = [`http://localhost:${app}`, `http://localhost:${appOfOne}`].flatMap((url) => ["--picker", url]);
  const hostedUi = [inRepository("hosted-ui/main.mjs"), "--port", String(ui), "--directory", DIRECTORY, ...products];
  const servers = [run(process.execPath, hostedUi), lookup(picker, DIRECTORY), lookup(pickerOfOne, small)];
  await until(() => responds(`${issuer}/.well-known/openid-configuration`), servers[0]);
  await until(() => responds(`http://127.0.0.1:${picker}/healthz`), servers[1]);
  await until(() => responds(`http://127.0.0.1:${pickerOfOne}/healthz`), servers[2]);
  const product = await startProduct({ port: app, picker: `http://127.0.0.1:${picker}/`, issuer });
  const ofOne = await startProduct({ port: appOfOne, picker: `http://127.0.0.1:${pickerOfOne}/`, issuer });
  const stop = async () => {
    await Promise.all([...servers, product, ofOne].map((server) => server.stop()));
    await rm(folder, { recursive: true });
  };
  return { issuer, product, productOfGlobex: ofOne, stop };
}

/** Keeps cookies by host, as browsers do, and follows redirects unless it is told where to stop. */
export class Browser {
  #jar = new Map();

  async open(url, { form, stopAt } = {}) {
    const here = new URL(url);
    if (stopAt?.(here)) return { url: here };
    const response = await fetch(here, {
      redirect: "manual",
      headers: { cookie: this.#cookiesFor(here), accept: "text/html" },
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(here, line);
    const location = response.headers.get("location");
    if (location) return this.open(new URL(location, here), { stopAt });
    return { url: here, status: response.status, headers: response.headers, html: await response.text() };
  }

  /** Presses the button of a person on the hosted UI's page. */
  press(page, name, options) {
    const buttons = [...page.html.matchAll(/<button name="person" value="([^"]*)">([^<]*)<\/button>/g)];
    const person = buttons.find(([, , text]) => text === name)?.[1];
    if (!person) throw new Error(`no button "${name}" at ${page.url}: ${page.html}`);
    return this.open(page.url, { ...options, form: { person } });
  }

  #keep({ hostname }, line) {
    const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
    const path = line.match(/;\s*path=([^;]*)/i)?.[1] ?? "/";
    const expires = line.match(/;\s*expires=([^;]*)/i)?.[1];
    const key = `${hostname} ${path} ${name}`;
    if (expires && new Date(expires) < new Date()) this.#jar.delete(key);
    else this.#jar.set(key, { hostname, path, pair: `${name}=${value}` });
  }

  #cookiesFor({ hostname, pathname }) {
    const within = (cookie) =>
      cookie.path === "/" || pathname === cookie.path || pathname.startsWith(`${cookie.path}/`);
    const mine = [...this.#jar.values()].filter((cookie) => cookie.hostname === hostname && within(cookie));
    return mine.map(({ pair }) => pair).join("; ");
  }
}

/** Signs in at the hosted UI without the product, for its redirect URI, and returns the tokens. */
export async function tokensOf(world, { client_id, identity_provider }) {
  const verifier = randomBytes(32).toString("base64url");
  const redirect_uri = `${world.product.url}callback`;
  const query = new URLSearchParams({
    response_type: "code",
    client_id,
    identity_provider,
    redirect_uri,
    scope: "openid email profile",
    state: "s",
    nonce: "n",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const browser = new Browser();
  const stopAt = (url) => url.href.startsWith(redirect_uri);
  const page = await browser.open(`${world.issuer}/oauth2/authorize?${query}`);
  const { url } = await browser.press(page, "Ada Lovelace", { stopAt });
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code: url.searchParams.get("code"),
    client_id,
    redirect_uri,
    code_verifier: verifier,
  });
  return (await fetch(`${world.issuer}/oauth2/token`, { method: "POST", body })).json();
}
