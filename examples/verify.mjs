// Verifies access tokens of many app clients: one for each organization.
import { JwtVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { findTenant, TenantError } from "./tenants.mjs";

const KNOWN_FOR = 5 * 60_000;
const UNKNOWN_FOR = 30_000;
const CACHE_SIZE = 10_000;

export class TokenError extends Error {
  /** `invalid_token`, `unknown_client`, `keys_unavailable` or `lookup_unavailable`. */
  constructor(code) {
    super(`the access token: ${code}`);
    this.code = code;
  }
}

class KeysError extends Error {}

/** aws-jwt-verify's own fetcher speaks https only, and the local hosted UI does not. */
const fetcher = {
  async fetch(uri) {
    try {
      const response = await fetch(uri, { redirect: "error", signal: AbortSignal.timeout(5000) });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return await response.arrayBuffer();
    } catch (cause) {
      throw new KeysError("the key set cannot be had", { cause });
    }
  },
};

/**
 * Makes a function that verifies an access token and returns `{ tenant, claims }`, or throws a `TokenError`.
 *
 * The signature, the issuer and the times are checked first, so that nobody can ask the lookup with made-up tokens. Then
 * the lookup says whose app client it is. Its answers are kept for five minutes, unknown ids for 30 seconds.
 */
export function createVerifier({ issuer, jwksUri = `${issuer}/.well-known/jwks.json`, lookup, now = Date.now }) {
  const isAccessToken = ({ payload }) => {
    if (payload.token_use !== "access" || typeof payload.client_id !== "string") throw new TokenError("invalid_token");
  };
  const verifier = JwtVerifier.create(
    // Cognito's access tokens have `client_id` and no `aud`.
    { issuer, jwksUri, audience: null, customJwtCheck: isAccessToken },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
  const cache = new Map();

  async function tenantOf(clientId) {
    const cached = cache.get(clientId);
    if (cached && cached.until > now()) return cached.tenant;
    const tenant = await findTenant(lookup, { client_id: clientId }, issuer).catch((error) => {
      if (error instanceof TenantError && error.code === "unknown") return undefined;
      throw new TokenError("lookup_unavailable");
    });
    cache.delete(clientId);
    if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value);
    cache.set(clientId, { tenant, until: now() + (tenant ? KNOWN_FOR : UNKNOWN_FOR) });
    return tenant;
  }

  return async function verify(token) {
    const claims = await verifier.verify(token).catch((error) => {
      // Keys that cannot be had say nothing about the token.
      throw new TokenError(error instanceof KeysError ? "keys_unavailable" : "invalid_token");
    });
    const tenant = await tenantOf(claims.client_id);
    if (!tenant) throw new TokenError("unknown_client");
    return { tenant, claims };
  };
}
