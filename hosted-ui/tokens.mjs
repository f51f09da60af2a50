// The user pool's one signing key, and what Cognito's tokens say about a person.
import { createPublicKey, generateKeyPair, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';

const ALGORITHM = 'RSA-SHA256';

/** A new key at every start: nothing secret is ever stored. */
export async function newSigningKey() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const kid = `local-${Date.now().toString(36)}`;
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

/** What the ID token (and, in Cognito's other spelling, userInfo) says beside the standard claims. */
export function claims({ account, identities, use, originJti }) {
  const { sub, email, name, given_name, family_name, username, groups } = account;
  const profile = { sub, email, name, given_name, family_name };
  if (use === 'userinfo') return { ...profile, email_verified: 'true', username };
  return {
    ...profile,
    email_verified: true,
    token_use: 'id',
    origin_jti: originJti,
    'cognito:username': username,
    ...(groups && { 'cognito:groups': groups }),
    ...(identities && { identities }),
  };
}

/**
 * Cognito's access tokens are JWTs without `aud` that userInfo accepts. oidc-provider has no such kind: its JWTs
 * need an audience, and with one userInfo refuses them. So it issues opaque tokens, and these two functions turn one
 * into a JWT whose `jti` is the opaque token on the way out, and back on the way in.
 */
export function sealAccessToken({ token, account, issuer, signingKey, authTime }) {
  const now = Math.floor(Date.now() / 1000);
  return encode({
    sub: token.accountId,
    iss: issuer,
    client_id: token.clientId,
    origin_jti: token.grantId,
    token_use: 'access',
    scope: token.scope,
    auth_time: authTime,
    ...(account.groups && { 'cognito:groups': account.groups }),
    iat: now,
    exp: now + token.expiration,
    jti: token.jti,
    username: account.username,
  }, signingKey);
}

export function openAccessToken(jwt, signingKey) {
  const [header, payload, signature] = jwt.split('.');
  if (!signature) return undefined;
  const key = createPublicKey({ key: signingKey, format: 'jwk' });
  if (!verify(ALGORITHM, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url')).jti;
}

function encode(payload, { kid, alg, ...jwk }) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ kid, alg })}.${part(payload)}`;
  return `${signed}.${sign(ALGORITHM, Buffer.from(signed), { key: jwk, format: 'jwk' }).toString('base64url')}`;
}
