// A single-page application with oidc-client-ts. The picker's element tells it which organization by an event, or the
// picker hands back to /spa/login. Either way the application looks the organization up itself and signs in itself.
import { HandBackError, readHandBack } from "./hand-back.mjs";
import { findTenant } from "./tenants.mjs";

const { UserManager } = globalThis.oidc;
const app = new URL("/spa/", location).href;
const main = document.getElementById("main");

/** The client of the tab's sign-in, for the callback: `{ code, name, clientId }`. */
const PENDING = "example.pending";

/** By how many seconds the device's clock may be off. */
const CLOCK_SKEW = 300;

const configuration = await (await fetch("/spa/configuration.json")).json();

const element = (name, text, properties = {}) =>
  Object.assign(document.createElement(name), { textContent: text }, properties);
const show = (...children) => main.replaceChildren(...children);

const clientOf = (clientId) =>
  new UserManager({
    authority: configuration.issuer,
    client_id: clientId,
    redirect_uri: `${app}callback`,
    scope: "openid email profile",
    automaticSilentRenew: false,
    monitorSession: false,
  });

async function signIn(code, target, loginHint) {
  show(element("h1", "Taking you to your organization…"));
  const tenant = await findTenant(configuration.lookup, { code }, configuration.issuer);
  sessionStorage.setItem(PENDING, JSON.stringify({ code: tenant.code, name: tenant.name, clientId: tenant.client_id }));
  await clientOf(tenant.client_id).signinRedirect({
    login_hint: loginHint,
    // The library sends and checks a nonce only if it gets one.
    nonce: crypto.randomUUID(),
    state: { target },
    extraQueryParams: { identity_provider: tenant.identity_provider },
  });
}

const pending = () => JSON.parse(sessionStorage.getItem(PENDING));

async function finish() {
  const { clientId } = pending() ?? {};
  if (!clientId) throw new HandBackError("unknown_state");
  // The library checks state, nonce and app client of the sign-in, but neither the ID token's issuer, audience and times,
  // nor its signature: the token came from the token endpoint by TLS.
  const user = await clientOf(clientId).signinRedirectCallback();
  const { aud, iss, exp } = user.profile;
  if (aud !== clientId || iss !== configuration.issuer || !(exp > Date.now() / 1000 - CLOCK_SKEW)) {
    await clientOf(clientId).removeUser();
    throw new HandBackError("foreign_token");
  }
  history.replaceState(null, "", user.state.target);
  await showSession(user);
}

async function showSession(user) {
  const { name, code } = pending();
  const headers = { authorization: `Bearer ${user.access_token}` };
  const ask = async (path) => {
    const response = await fetch(`/api/${path}`, { headers });
    return `${response.status} ${JSON.stringify(await response.json())}`;
  };
  const signOut = element("button", "Sign out");
  signOut.addEventListener("click", async () => {
    await clientOf(user.profile.aud).removeUser();
    sessionStorage.removeItem(PENDING);
    // Cognito's sign-out is not that of OpenID Connect: /logout beside the authorization endpoint.
    const { authorization_endpoint: endpoint } = await clientOf(user.profile.aud).metadataService.getMetadata();
    const query = new URLSearchParams({ client_id: user.profile.aud, logout_uri: `${app}signed-out` });
    location.assign(`${new URL(endpoint).origin}/logout?${query}`);
  });
  show(
    element("h1", `Projects of ${name}`),
    element("p", `You are signed in as ${user.profile.email ?? user.profile.sub}.`),
    element("h2", "What the API says"),
    element("pre", await ask("me"), { id: "me" }),
    element("pre", await ask(`organizations/${code}/projects`), { id: "projects" }),
    signOut,
  );
}

/** The login page, with the element. */
function showLogin() {
  const picker = document.createElement("tenant-picker");
  picker.setAttribute("return-to", app);
  picker.addEventListener("tenant-selected", (event) => {
    // A strict organization's event cannot be cancelled: the picker signs out first, and hands back to /spa/login.
    if (!event.cancelable) return;
    event.preventDefault();
    signIn(event.detail.tenant.code, app, event.detail.loginHint).catch(fail);
  });
  show(element("h1", "Log in"), picker);
  document.head.append(Object.assign(document.createElement("script"), { type: "module", src: script(configuration) }));
}

/** The address of the element's script, through a policy of our own: the page enforces Trusted Types. */
const script = ({ picker }) => {
  const address = `${picker}embed.js`;
  const policy = globalThis.trustedTypes?.createPolicy("example", { createScriptURL: () => address });
  return policy ? policy.createScriptURL("") : address;
};

function fail(error) {
  const code = error.code ?? error.error ?? error.name;
  console.error(`refused: ${code}`);
  show(
    element("h1", "There is a problem"),
    element("p", "We could not sign you in. Log in from our own page, with your work email."),
    element("p", `Code: ${code}`, { className: "code" }),
    element("a", "Start again", { href: app }),
  );
}

async function start() {
  if (location.pathname === "/spa/login") {
    const { code, target, loginHint } = readHandBack(location.href, { issuer: configuration.issuer, app });
    return signIn(code, target, loginHint);
  }
  if (location.pathname === "/spa/callback") return finish();
  const { clientId } = pending() ?? {};
  const user = clientId && (await clientOf(clientId).getUser());
  return user && !user.expired ? showSession(user) : showLogin();
}

start().catch(fail);
