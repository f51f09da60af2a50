// Puts the library's answers into Cognito's shape on their way out: redirects to the callback, discovery, tokens.
import { setTimeout as sleep } from 'node:timers/promises';

import { openAccessToken, sealAccessToken } from './tokens.mjs';

export const TOKEN = '/oauth2/token';
export const USER_INFO = '/oauth2/userInfo';

/** Cognito sends no `iss` to the callback (RFC 9207) and redirects with 302. */
export function withoutIssuerParameter(callbacks) {
  return async (ctx, next) => {
    await next();
    const url = URL.parse(ctx.response.get('Location'));
    if (url && callbacks.includes(url.origin + url.pathname)) {
      url.searchParams.delete('iss');
      ctx.status = 302;
      ctx.redirect(url.href);
    }
    // Discovery must not promise it either.
    delete ctx.body?.authorization_response_iss_parameter_supported;
  };
}

/** The token response in Cognito's shape, and userInfo for the access token in it. */
export function cognitoTokens({ provider, people, issuer, signingKey, tokenDelay }) {
  return async (ctx, next) => {
    if (ctx.path === USER_INFO) {
      const [scheme, jwt] = ctx.get('Authorization').split(' ');
      const token = jwt && openAccessToken(jwt, signingKey);
      if (token) ctx.req.headers.authorization = `${scheme} ${token}`;
    }
    if (ctx.path === TOKEN && ctx.method === 'POST') await sleep(tokenDelay, undefined, { ref: false });

    await next();

    if (ctx.path !== TOKEN || ctx.method !== 'POST') return;
    if (ctx.status !== 200) return spendCode(ctx, provider);
    const { AccessToken: token, RefreshToken: { authTime } } = ctx.oidc.entities;
    const account = people.account(token.accountId);
    if (account.refusal) return refuseByGate(ctx, account.refusal());
    const { id_token, refresh_token, expires_in, token_type } = ctx.body;
    ctx.body = {
      id_token,
      access_token: sealAccessToken({ token, account, issuer, signingKey, authTime }),
      // A refresh answers without a new refresh token: Cognito does not rotate them unless told to.
      ...(ctx.oidc.params.grant_type === 'authorization_code' && { refresh_token }),
      expires_in,
      token_type,
    };
  };
}

/** The operator's pre-token trigger refuses where tokens are made: the code is spent, and nothing was issued. */
async function refuseByGate(ctx, error_description) {
  const { AccessToken, RefreshToken } = ctx.oidc.entities;
  await Promise.all([AccessToken.destroy(), RefreshToken.destroy()]);
  ctx.status = 400;
  ctx.body = { error: 'invalid_grant', error_description };
}

/** A failed check spends the code at Cognito; the library would allow another try. */
async function spendCode(ctx, provider) {
  const code = await provider.AuthorizationCode.find(ctx.oidc.params?.code);
  if (code && code.clientId === ctx.oidc.client?.clientId) await code.destroy();
}
