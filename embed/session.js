// The session of the picker, for pages of the picker's own origin: reads it, refreshes it, ends it. docs/embedding.md
// describes it. The keys in the browser's storage are those of crates/sign-in/src/storage.

const SESSION = "tenant-picker.session";
const OTHER_ACCOUNT = "tenant-picker.other-account";
const SIGNED_OUT = "tenant-picker.signed-out.";
const SIGNED_OUT_BEFORE = "tenant-picker.signed-out-before";
const SIGNED_OUT_HERE = "tenant-picker.signed-out-here";
const SIGNING_OUT = "tenant-picker.signing-out";

/** Tokens are refreshed when they are valid for less than so many seconds. */
const REFRESH_BELOW = 60;
/** How long a tab waits for another one that may have used its refresh token already, in milliseconds. */
const OTHER_TABS = 200;
const TIMEOUT = 30_000;

/** The folder of this file is that of the picker. */
const picker = new URL(".", import.meta.url);
const now = () => Math.floor(Date.now() / 1000);

const stored = (storage, key) => {
  try {
    return globalThis[storage].getItem(key);
  } catch {
    return null;
  }
};

/** The session of this tab, expired or not. `null` if there is none, or the person has signed out in another tab. */
const kept = () => {
  let session;
  try {
    session = JSON.parse(stored("sessionStorage", SESSION));
  } catch {}
  const { tenant, id_token, access_token, expires_at } = session ?? {};
  if (typeof tenant?.client_id !== "string" || typeof expires_at !== "number") return null;
  if (typeof id_token !== "string" || typeof access_token !== "string") return null;
  const signedOut = stored("localStorage", SIGNED_OUT + tenant.client_id);
  return signedOut && signedOut !== stored("sessionStorage", SIGNED_OUT_BEFORE) ? null : session;
};

const end = () => {
  for (const key of [SESSION, OTHER_ACCOUNT]) sessionStorage.removeItem(key);
};

/** The claims of a token that has come from the token endpoint. Its signature is for the API that gets it to check. */
const claimsOf = (token) => {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (c) => c.charCodeAt(0))));
};

let deployment;
/** config.json, with its defaults. It is fetched once; a failure is not remembered. */
const config = () =>
  (deployment ??= fetch(new URL("config.json", picker), { signal: AbortSignal.timeout(TIMEOUT) })
    .then(async (response) => ({
      isolation: "shared",
      logout_uri: new URL("signed-out", picker).href,
      ...Object.fromEntries(Object.entries(await response.json()).filter(([, value]) => value !== null)),
    }))
    .catch((error) => {
      deployment = undefined;
      throw error;
    }));

/** An address below the hosted UI of the session's user pool. */
const hostedUi = async ({ tenant }, path) => {
  const { user_pools: pools } = await config();
  const pool =
    pools.find(({ issuer }) => issuer === tenant.issuer) ?? (tenant.issuer || pools[1] ? undefined : pools[0]);
  if (!pool) throw new Error("config.json does not name the session's user pool");
  return pool.hosted_ui.replace(/\/$/, "") + path;
};

const post = (url, parameters, options) =>
  fetch(url, {
    method: "POST",
    body: new URLSearchParams(parameters),
    credentials: "omit",
    redirect: "error",
    ...options,
  });

// ── Several tabs ──
// A duplicated tab has a copy of the session, with the same refresh token. If the app client rotates refresh tokens, the
// first use makes all copies of the token invalid. So before a tab uses its token, it asks the other tabs whether one of
// them has got new tokens for it.

/** The sessions that this tab has got, by the refresh token that it got each with. */
const successors = new Map();
const channel = globalThis.BroadcastChannel && new BroadcastChannel(SESSION);
channel?.addEventListener("message", ({ data }) => {
  const session = successors.get(data.used);
  if (session && !data.session) channel.postMessage({ used: data.used, session });
});

const fromAnotherTab = (used) =>
  new Promise((resolve) => {
    if (!channel) return resolve();
    const listen = ({ data }) => data.used === used && data.session && done(data.session);
    const done = (session) => {
      channel.removeEventListener("message", listen);
      resolve(session);
    };
    channel.addEventListener("message", listen);
    channel.postMessage({ used });
    setTimeout(done, OTHER_TABS);
  });

// ── Refreshing ──

/** The session with the tokens of a response (RFC 6749 §5.1; OpenID Connect Core §12.2). `undefined` if they are of
 * another issuer, person or app client. */
const refreshed = (session, { id_token, access_token, refresh_token, expires_in }) => {
  try {
    const [before, id, access] = [session.id_token, id_token, access_token].map(claimsOf);
    const isSame =
      ["iss", "sub"].every((claim) => id[claim] === before[claim]) && String(id.aud) === String(before.aud);
    if (!isSame || access.client_id !== session.tenant.client_id || (access.sub ?? id.sub) !== id.sub) return;
    const expires = Math.min(now() + (expires_in > 0 ? expires_in : Infinity), access.exp ?? id.exp);
    if (!(expires > now())) return;
    return {
      ...session,
      id_token,
      access_token,
      refresh_token: refresh_token ?? session.refresh_token,
      expires_at: expires,
    };
  } catch {}
};

const refresh = async () => {
  // Another call, or the page before, may have refreshed it while this one waited for the lock.
  const session = kept();
  if (!session || session.expires_at - now() >= REFRESH_BELOW || !session.refresh_token) return read();
  const used = session.refresh_token;
  let next = await fromAnotherTab(used);
  if (!next) {
    let response;
    try {
      const parameters = { grant_type: "refresh_token", client_id: session.tenant.client_id, refresh_token: used };
      response = await post(await hostedUi(session, "/oauth2/token"), parameters, {
        signal: AbortSignal.timeout(TIMEOUT),
      });
    } catch {
      return read();
    }
    // 429 and 5xx are no refusals: the next call may succeed.
    if (response.status === 429 || response.status >= 500) return read();
    if (response.ok) next = refreshed(session, await response.json().catch(() => ({})));
  }
  // The person may have signed out meanwhile.
  if (kept()?.refresh_token !== used) return read();
  if (!next) {
    end();
    return null;
  }
  successors.set(used, next);
  sessionStorage.setItem(SESSION, JSON.stringify(next));
  return next;
};

/** The session of this tab; `null` if there is none, or its tokens have expired. */
export const read = () => {
  const session = kept();
  return session && session.expires_at > now() ? session : null;
};

/**
 * The session, refreshed if its tokens are valid for less than a minute. `null` if there is none, it cannot be
 * refreshed, or the refresh was refused, which ends it. If the token endpoint is not reached, the session as it is.
 */
export const fresh = async () => {
  const session = kept();
  if (!session?.refresh_token || session.expires_at - now() >= REFRESH_BELOW) return read();
  const { locks } = navigator;
  return locks ? locks.request(`${SESSION}.refresh.${session.tenant.client_id}`, refresh) : refresh();
};

/** Ends the session of this tab, and revokes its refresh token. The response is not awaited: the page is being left. */
const revoke = async (session) => {
  end();
  const { refresh_token: token, tenant } = session;
  if (!token) return;
  try {
    const address = await hostedUi(session, "/oauth2/revoke");
    post(address, { token, client_id: tenant.client_id }, { keepalive: true }).catch(() => {});
  } catch {}
};

/** Goes to the hosted UI's sign-out. Afterwards the picker's page at signed-out continues at `next`, if it is given.
 * Without config.json the page at signed-out is all that can be gone to. */
const leave = async (session, next = "") => {
  let address = new URL("signed-out", picker);
  try {
    const { logout_uri } = await config();
    const query = new URLSearchParams({ client_id: session.tenant.client_id, logout_uri });
    address = `${await hostedUi(session, "/logout")}?${query}`;
    sessionStorage.setItem(SIGNING_OUT, `\n${next}`);
  } catch {}
  location.assign(address);
};

/** Signs the person out: here, in the organization's other tabs, and at the hosted UI. Resolves once the browser leaves. */
export const signOut = async () => {
  const session = kept();
  if (!session) return location.assign(new URL("signed-out", picker));
  sessionStorage.setItem(SIGNED_OUT_HERE, "yes");
  localStorage.setItem(SIGNED_OUT + session.tenant.client_id, new Date().toISOString());
  await revoke(session);
  await leave(session);
};

/** Ends the session and goes to the picker's form, by way of the hosted UI's sign-out if the organization is strict. */
export const switchOrganization = async () => {
  const session = kept();
  if (session) {
    await revoke(session);
    const { isolation } = await config().catch(() => ({ isolation: "strict" }));
    if ((session.tenant.isolation ?? isolation) === "strict") return leave(session, picker.pathname);
  }
  location.assign(picker);
};
