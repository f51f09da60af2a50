// Changes the responses of oidc-provider to those of Cognito: redirects to the callback, discovery, tokens.
import { setTimeout as sleep } from 'node:timers/promises';

import { openAccessToken, sealAccessToken } from './tokens.mjs';

export const TOKEN = '/oauth2/token';
export const USER_INFO = '/oauth2/userInfo';

/** Removes `iss` (https://www.rfc-editor.org/rfc/rfc9207), which Cognito does not send, and redirects with 302. */
export function withoutIssuerParameter(callbacks) {
  return async (ctx, next) => {
    await next();
    const url = URL.parse(ctx.response.get('Location'));
    if (url && callbacks.includes(url.origin + url.pathname)) {
      url.searchParams.delete('iss');
      ctx.status = 302;
      ctx.redirect(url.href);
    }
    // The discovery document must not announce it either.
    delete ctx.body?.authorization_response_iss_parameter_supported;
  };
}

/** Changes the token response to Cognito's, and lets userInfo accept the access token in it. */
export function cognitoTokens({ provider, people, issuer, signingKey, tokenDelay, rotateRefreshTokens }) {
  return async (ctx, next) => {
    if (ctx.path === USER_INFO) {
      const [scheme, jwt] = ctx.get('Authorization').split(' ');
      const token = jwt && openAccessToken(jwt, signingKey);
      if (token) ctx.req.headers.authorization = `${scheme} ${token}`;
    }
    if (ctx.path === TOKEN && ctx.method === 'POST') await sleep(tokenDelay, undefined, { ref: false });

    await next();

    if (ctx.path !== TOKEN || ctx.method !== 'POST') return;
    if (ctx.status !== 200) return invalidateCode(ctx, provider);
    const { AccessToken: token, RefreshToken: { authTime } } = ctx.oidc.entities;
    const account = people.account(token.accountId);
    if (account.refusal) return refuseByTrigger(ctx, account.refusal());
    const { id_token, refresh_token, expires_in, token_type } = ctx.body;
    ctx.body = {
      id_token,
      access_token: sealAccessToken({ token, account, issuer, signingKey, authTime }),
      // Without rotation, which is Cognito's default, a refresh returns no refresh token.
      ...((rotateRefreshTokens || ctx.oidc.params.grant_type === 'authorization_code') && { refresh_token }),
      expires_in,
      token_type,
    };
  };
}

/** A refusal by the operator's pre-token-generation trigger. The code has been used, and the tokens are deleted. */
async function refuseByTrigger(ctx, error_description) {
  const { AccessToken, RefreshToken } = ctx.oidc.entities;
  await Promise.all([AccessToken.destroy(), RefreshToken.destroy()]);
  ctx.status = 400;
  ctx.body = { error: 'invalid_grant', error_description };
}

/** At Cognito, a failed check invalidates the code. oidc-provider would allow another attempt. */
async function invalidateCode(ctx, provider) {
  const code = await provider.AuthorizationCode.find(ctx.oidc.params?.code);
  if (code && code.clientId === ctx.oidc.client?.clientId) await code.destroy();
}
