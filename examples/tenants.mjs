// Asks the picker's lookup which organization a code or an app client belongs to. The address is configured here: it
// never comes from a link, an event or a token.

export class TenantError extends Error {
  /** `unknown`: there is no such organization. `unavailable`: the lookup did not answer as it should. */
  constructor(code) {
    super(`the lookup: ${code}`);
    this.code = code;
  }
}

/**
 * The tenant that `request` finds: `{ code }` or `{ client_id }`. Throws a `TenantError` if it is not exactly one, or of
 * another issuer than `issuer`.
 */
export async function findTenant(lookup, request, issuer) {
  let response;
  try {
    response = await fetch(lookup, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    throw new TenantError("unavailable");
  }
  if (response.status === 400) throw new TenantError("unknown");
  const tenants = response.status === 200 && (await response.json().catch(() => null))?.tenants;
  if (!Array.isArray(tenants)) throw new TenantError("unavailable");
  const [tenant, another] = tenants;
  const [[field, value]] = Object.entries(request);
  // The lookup finds codes in any case, app clients to the letter.
  const isSame = String(tenant?.[field]).toLowerCase() === value.toLowerCase();
  const isForeign = tenant?.issuer && tenant.issuer !== issuer;
  if (
    !isSame ||
    another ||
    isForeign ||
    typeof tenant.client_id !== "string" ||
    typeof tenant.identity_provider !== "string"
  ) {
    throw new TenantError("unknown");
  }
  return tenant;
}
