// A backend that signs people in itself, after the picker has told it which organization. Its tokens stay in a session on
// the server; the browser has an HttpOnly cookie.
import { Router } from "express";
import session from "express-session";
import { randomBytes } from "node:crypto";
import * as openid from "openid-client";
import { HandBackError, readHandBack } from "./hand-back.mjs";
import { problemPage, projectsPage, signedOutPage } from "./pages.mjs";
import { findTenant, TenantError } from "./tenants.mjs";

/** How many sign-ins may be pending in one browser: one for each tab. */
const PENDING_MAX = 20;

const PROBLEMS = {
  repeated_parameter: ["The link that brought you here is not one that we made.", "Log in from our own page."],
  foreign_issuer: [
    "The link that brought you here names a sign-in service that we do not use.",
    "Log in from our own page.",
  ],
  no_tenant: ["The link that brought you here names no organization.", "Log in from our own page."],
  unknown: ["We do not know the organization of the link.", "Log in with your work email."],
  unavailable: ["We cannot look up organizations right now.", "Try again in a moment."],
  unknown_state: ["There is no sign-in to finish here.", "It may have been finished already, or in another browser."],
  refused: ["Your organization's sign-in did not let you in, or gave an answer that failed our checks.", "Try again."],
};

/** `app` is the address of the application, with a slash at its end. */
export function backend({ app, issuer, lookup }) {
  const redirectUri = `${app}callback`;
  const router = Router();

  router.use(
    session({
      name: "example.session",
      secret: randomBytes(32).toString("base64url"),
      resave: false,
      saveUninitialized: false,
      // An example keeps sessions in memory. Use a store that your instances share.
      cookie: { httpOnly: true, sameSite: "lax", secure: app.startsWith("https:") },
    }),
  );

  // The login_uri of config.json.
  router.get("/login", async (request, response) => {
    const handBack = readHandBack(new URL(request.originalUrl, app), { issuer, app });
    const tenant = await findTenant(lookup, { code: handBack.code }, issuer);
    const client = await clientOf(tenant);
    const pending = {
      tenant,
      target: handBack.target,
      verifier: openid.randomPKCECodeVerifier(),
      nonce: openid.randomNonce(),
    };
    const state = openid.randomState();
    keepPending(request.session, state, pending);
    const address = openid.buildAuthorizationUrl(client, {
      redirect_uri: redirectUri,
      scope: "openid email profile",
      state,
      nonce: pending.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: "S256",
      identity_provider: tenant.identity_provider,
      ...(handBack.loginHint && { login_hint: handBack.loginHint }),
    });
    response.redirect(address.href);
  });

  router.get("/callback", async (request, response) => {
    const address = new URL(request.originalUrl, app);
    const state = address.searchParams.get("state") ?? "";
    const pending = takePending(request.session, state);
    if (!pending) return showProblem(response, 400, "unknown_state");
    const client = await clientOf(pending.tenant);
    // The library checks issuer, audience (the client id of this tenant), nonce, times and the signature.
    const tokens = await openid
      .authorizationCodeGrant(client, address, {
        pkceCodeVerifier: pending.verifier,
        expectedState: state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
      })
      .catch(() => null);
    if (!tokens) return showProblem(response, 403, "refused");
    // A new session id, so that one that was known before the sign-in is worth nothing.
    // What other tabs have begun goes on.
    const others = request.session.pending;
    await new Promise((resolve, reject) => request.session.regenerate((error) => (error ? reject(error) : resolve())));
    Object.assign(request.session, {
      pending: others,
      tenant: pending.tenant,
      claims: tokens.claims(),
      refreshToken: tokens.refresh_token,
    });
    response.redirect(pending.target);
  });

  router.get("/projects", (request, response) => {
    if (!request.session.tenant) return response.redirect("/");
    response.send(projectsPage(request.session));
  });

  router.post("/sign-out", async (request, response) => {
    const { tenant, refreshToken } = request.session;
    await new Promise((resolve) => request.session.destroy(resolve));
    if (!tenant) return response.redirect("/");
    const client = await clientOf(tenant);
    if (refreshToken) await openid.tokenRevocation(client, refreshToken).catch(() => {});
    // Cognito's sign-out is not that of OpenID Connect: /logout with client_id and logout_uri.
    const { origin } = new URL(client.serverMetadata().authorization_endpoint);
    const query = new URLSearchParams({ client_id: tenant.client_id, logout_uri: `${app}signed-out` });
    response.redirect(`${origin}/logout?${query}`);
  });

  router.get("/signed-out", (_, response) => response.send(signedOutPage()));

  // What is thrown above. The code goes to the log; links, codes and tokens do not.
  router.use((error, _request, response, next) => {
    if (error instanceof HandBackError) return showProblem(response, 400, error.code);
    if (error instanceof TenantError) return showProblem(response, error.code === "unknown" ? 404 : 503, error.code);
    next(error);
  });

  /** The organization's client. The metadata of the issuer is fetched for each organization once. */
  const clients = new Map();
  async function clientOf({ client_id: clientId }) {
    if (!clients.has(clientId)) {
      const isLocal = ["localhost", "127.0.0.1"].includes(new URL(issuer).hostname);
      const execute = [openid.enableNonRepudiationChecks, ...(isLocal ? [openid.allowInsecureRequests] : [])];
      const metadata = { id_token_signed_response_alg: "RS256" };
      clients.set(clientId, await openid.discovery(new URL(issuer), clientId, metadata, openid.None(), { execute }));
    }
    return clients.get(clientId);
  }

  return router;
}

function keepPending(browserSession, state, pending) {
  const kept = Object.entries(browserSession.pending ?? {}).slice(1 - PENDING_MAX);
  browserSession.pending = Object.fromEntries([...kept, [state, pending]]);
}

/** The sign-in that was begun with this `state`. An answer counts once. */
function takePending(browserSession, state) {
  // `state` comes from the address, and may be the name of a property of every object.
  if (!Object.hasOwn(browserSession.pending ?? {}, state)) return undefined;
  const pending = browserSession.pending[state];
  delete browserSession.pending[state];
  return pending;
}

function showProblem(response, status, code) {
  const [what, next] = PROBLEMS[code];
  console.error(`refused: ${code}`);
  response.status(status).send(problemPage({ what, next, code }));
}
