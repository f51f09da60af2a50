/** The organization of a session, as the lookup returned it. */
export interface Tenant {
  readonly code: string;
  readonly name: string;
  readonly domain?: string | null;
  readonly client_id: string;
  readonly identity_provider: string;
  readonly issuer?: string | null;
  readonly logo?: string | null;
  readonly isolation?: "shared" | "strict" | null;
}

/** A session of the picker. */
export interface Session {
  readonly tenant: Tenant;
  /** The ID token, a JWT in compact form. */
  readonly id_token: string;
  /** The access token, a JWT in compact form. */
  readonly access_token: string;
  readonly refresh_token: string | null;
  /** Until when the tokens are valid, in seconds since the Unix epoch. */
  readonly expires_at: number;
}

/** The session of this tab; `null` if there is none, or its tokens have expired. */
export function read(): Session | null;

/**
 * The session, refreshed if its tokens are valid for less than a minute. `null` if there is none, it cannot be
 * refreshed, or the refresh was refused, which ends it. If the token endpoint is not reached, the session as it is.
 */
export function fresh(): Promise<Session | null>;

/** Signs the person out: here, in the organization's other tabs, and at the hosted UI. Resolves once the browser leaves. */
export function signOut(): Promise<void>;

/** Ends the session and goes to the picker's form, by way of the hosted UI's sign-out if the organization is strict. */
export function switchOrganization(): Promise<void>;
