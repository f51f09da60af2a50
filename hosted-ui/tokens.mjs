// The signing key of the user pool, and the claims of Cognito's tokens.
import { createPublicKey, generateKeyPair, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';

const ALGORITHM = 'RSA-SHA256';

/** Creates a key. There is a new one at every start, so that no secret is stored. */
export async function newSigningKey() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const kid = `local-${Date.now().toString(36)}`;
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

/** The claims about the person for the ID token, or for userInfo, where Cognito writes some of them differently. */
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
 * Wraps an opaque access token in a JWT like Cognito's, with the opaque token as `jti`. `openAccessToken` reverses
 * this.
 *
 * Cognito's access tokens are JWTs without `aud`, which userInfo accepts. oidc-provider cannot issue these: its JWTs
 * need an audience, and its userInfo refuses JWTs with one.
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

/** The opaque token in an access token; undefined if the signature is not valid. */
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
