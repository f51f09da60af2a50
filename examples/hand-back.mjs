// Reads what the picker hands back: a login that a third party initiates
// (https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin). Anybody can write such a link, so
// nothing of it is trusted. This file is for the server and for the page.

/** The pages that begin or finish a sign-in. */
const SIGN_IN = ["login", "callback", "spa/login", "spa/callback"];

export class HandBackError extends Error {
  constructor(code) {
    super(`the hand-back: ${code}`);
    this.code = code;
  }
}

/**
 * Reads the address of `login_uri`. `issuer` is the one that this application is configured with, `app` the address that
 * its pages are below. Returns the organization's code, the address to go to after signing in, and the email address if
 * one was typed.
 */
export function readHandBack(address, { issuer, app }) {
  const { searchParams } = new URL(address);
  for (const name of searchParams.keys()) {
    // Two readers could take different ones.
    if (searchParams.getAll(name).length > 1) throw new HandBackError("repeated_parameter");
  }
  if (searchParams.get("iss") !== issuer) throw new HandBackError("foreign_issuer");
  const tenant = searchParams.get("tenant");
  if (!tenant) throw new HandBackError("no_tenant");
  return {
    code: tenant,
    target: ownAddress(searchParams.get("target_link_uri"), app),
    loginHint: searchParams.get("login_hint") ?? undefined,
  };
}

/** The address, if it is below `app`; else `app`. Compared as parsed: a text that begins alike may be another origin. */
export function ownAddress(text, app) {
  try {
    const [url, own] = [new URL(text), new URL(app)];
    const isBelow = url.origin === own.origin && url.pathname.startsWith(own.pathname);
    // Otherwise a link could make one sign-in begin another one.
    const isSignIn = SIGN_IN.includes(url.pathname.slice(own.pathname.length).toLowerCase().replace(/\/+$/, ""));
    if (isBelow && !isSignIn && !url.username && !url.password) return url.href;
  } catch {}
  return app;
}
