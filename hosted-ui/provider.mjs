// oidc-provider with the configuration and the middleware that make it behave like Cognito. Features that Cognito does
// not have (PAR, DPoP, resource indicators, device flow…) are off, so that nothing works here that would fail there.
import { randomBytes } from 'node:crypto';
import { Provider, errors, interactionPolicy } from 'oidc-provider';

import { TOKEN, USER_INFO, cognitoTokens, withoutIssuerParameter } from './responses.mjs';
import { errorAddress, errorPage, INVALID_STATE, show } from './pages.mjs';
import { People } from './people.mjs';
import { hostedPages } from './sign-in.mjs';
import { claims } from './tokens.mjs';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Creates the hosted UI, a Koa application. */
export function hostedUi({ issuer, tenants, pickers, tokenDelay, rotateRefreshTokens, signingKey }) {
  const people = new People(tenants);
  const byClient = new Map(tenants.map((tenant) => [tenant.clientId, tenant]));
  const callbacks = pickers.map((picker) => `${picker}/callback`);

  const provider = new Provider(issuer, {
    ...cognito,
    rotateRefreshToken: rotateRefreshTokens,
    clients: tenants.map(({ clientId }) => ({
      client_id: clientId,
      redirect_uris: callbacks,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      response_modes: ['query'],
    })),
    jwks: { keys: [signingKey] },
    cookies: { names: COOKIES, keys: [randomBytes(32).toString('base64url')] },
    extraParams: {
      lang: null,
      identity_provider(ctx, value, client) {
        if (value !== byClient.get(client.clientId).provider) throw new LoginOptionUnavailable();
      },
    },
    findAccount(ctx, sub, token) {
      const account = people.account(sub);
      return account && {
        accountId: sub,
        claims: (use) => {
          const identities = people.identities(account, byClient.get(ctx.oidc.client.clientId).provider);
          return claims({ account, identities, use, originJti: token?.grantId });
        },
      };
    },
    interactions: { policy: signInPolicy(byClient), url: signInAddress },
  });

  provider.on('server_error', (ctx, error) => console.error(error));
  provider.use(withoutIssuerParameter(callbacks));
  provider.use(cognitoTokens({ provider, people, issuer, signingKey, tokenDelay, rotateRefreshTokens }));
  provider.use(hostedPages({ provider, people, byClient, logoutUris: pickers.map((picker) => `${picker}/signed-out`) }));
  return provider;
}

/** The configuration that does not depend on the directory. */
const cognito = {
  routes: {
    authorization: '/oauth2/authorize',
    token: TOKEN,
    userinfo: USER_INFO,
    revocation: '/oauth2/revoke',
    jwks: '/.well-known/jwks.json',
  },
  features: {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    revocation: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
  },
  responseTypes: ['code'],
  clientAuthMethods: ['none'],
  pkce: { required: () => true },
  scopes: ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'],
  // Cognito's ID tokens contain the person's attributes, not only the claims of the scope `openid`.
  conformIdTokenClaims: false,
  claims: {
    openid: ['sub', 'auth_time', 'token_use', 'origin_jti', 'cognito:username', 'cognito:groups', 'identities', 'username'],
    email: ['email', 'email_verified'],
    profile: ['name', 'given_name', 'family_name'],
  },
  ttl: {
    AccessToken: HOUR,
    IdToken: HOUR,
    RefreshToken: 30 * DAY,
    Grant: 30 * DAY,
    AuthorizationCode: 5 * MINUTE,
    Interaction: 5 * MINUTE,
    // One hour after the sign-in, even if the session is used again.
    Session: (ctx, { loginTs }) => (loginTs ? Math.max(1, loginTs + HOUR - Math.floor(Date.now() / 1000)) : HOUR),
  },
  issueRefreshToken: () => true,
  // As at Cognito, signing out ends the session, but issued tokens stay valid.
  expiresWithSession: () => false,
  clientBasedCORS: () => true,
  allowOmittingSingleRegisteredRedirectUri: false,
  loadExistingGrant: consentToEverything,
  renderError,
};

const COOKIES = { session: 'cognito', interaction: 'cognito-sign-in', resume: 'cognito-resume' };

class LoginOptionUnavailable extends errors.OIDCProviderError {
  constructor() {
    super(401, 'login_option_unavailable');
    this.allow_redirect = false;
  }
}

/** Shows failures that are not sent to the callback on a page of the hosted UI. */
function renderError(ctx, out, error) {
  if (error instanceof LoginOptionUnavailable) {
    show(ctx, 401, errorPage('Login option is not available. Please try another one'));
  } else if (error instanceof errors.InvalidRedirectUri) {
    ctx.redirect(errorAddress('redirect_mismatch'));
  } else if (error instanceof errors.SessionNotFound) {
    ctx.redirect(errorAddress(INVALID_STATE));
  } else {
    ctx.redirect(errorAddress(out.error_description ?? out.error));
  }
}

/** Grants all scopes, because Cognito does not ask for consent. */
async function consentToEverything(ctx) {
  const { provider, client, account, params } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: account.accountId });
  grant.addOIDCScope(params.scope ?? '');
  await grant.save();
  return grant;
}

/**
 * A session signs in without a page at every app client with the same provider; COGNITO is the provider of all native
 * accounts. `prompt=login` and `prompt=select_account` show the page anyway, and the session stays until another person
 * signs in.
 */
function signInPolicy(byClient) {
  const { base, Check, Prompt } = interactionPolicy;
  const policy = base();
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0);
  policy.get('login').checks.add(new Check('other_provider', 'the session belongs to another provider', ({ oidc }) => {
    const { accountId, acr } = oidc.session;
    return accountId !== undefined && acr !== byClient.get(oidc.client.clientId).provider;
  }));
  return policy;
}

/** Each attempt has its own address, to which its cookies are bound, so attempts in several tabs do not interfere. */
async function signInAddress(ctx, interaction) {
  // By default the session must be the same at the end of an attempt, but another tab may have signed in or out.
  interaction.session = undefined;
  await interaction.persist();
  return `/login/${interaction.uid}`;
}
