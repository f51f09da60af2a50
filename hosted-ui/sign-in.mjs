// The pages of the hosted UI: the sign-in page of an attempt, /logout and /error.
import { text } from 'node:stream/consumers';
import { errors } from 'oidc-provider';

import { errorAddress, errorPage, INVALID_STATE, show, signInPage } from './pages.mjs';

export function hostedPages({ provider, people, byClient, logoutUris }) {
  const shown = new Set();

  return async (ctx, next) => {
    if (/^\/login\/[\w-]+$/.test(ctx.path)) {
      if (ctx.method === 'GET') return showSignIn(ctx);
      if (ctx.method === 'POST') return choosePerson(ctx);
    }
    if (ctx.method === 'GET' && ctx.path === '/logout') return logout(ctx);
    if (ctx.method === 'GET' && ctx.path === '/error') return show(ctx, 400, errorPage(String(ctx.query.error)));
    return next();
  };

  /** Shows the sign-in page once. As at Cognito, reloading it or going back to it ends the attempt. */
  async function showSignIn(ctx) {
    const attempt = await pending(ctx);
    if (!attempt) return invalidState(ctx);
    if (shown.delete(attempt.uid)) {
      await attempt.destroy();
      return invalidState(ctx);
    }
    shown.add(attempt.uid);
    show(ctx, 200, signInPage(byClient.get(attempt.params.client_id), attempt.params.login_hint));
  }

  async function choosePerson(ctx) {
    const person = new URLSearchParams(await text(ctx.req)).get('person');
    const attempt = await pending(ctx);
    const { client_id, login_hint } = attempt?.params ?? {};
    const result = attempt && people.choose(person, byClient.get(client_id), login_hint);
    if (!result) return invalidState(ctx);

    shown.delete(attempt.uid);
    if (result.login) await endOtherSession(ctx, result.login.accountId);
    ctx.status = 303;
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }));
  }

  /** Each browser has one session, so a new person replaces the previous one. */
  async function endOtherSession(ctx, accountId) {
    const session = await provider.Session.get(ctx);
    if (session.accountId && session.accountId !== accountId) await session.destroy();
  }

  async function logout(ctx) {
    const { client_id, logout_uri } = ctx.query;
    if (!byClient.has(client_id) || !logoutUris.includes(logout_uri)) {
      return show(ctx, 400, errorPage('This logout_uri is not registered for this client_id'));
    }
    await (await provider.Session.get(ctx)).destroy();
    ctx.cookies.set(provider.cookieName('session'), null, {});
    ctx.redirect(logout_uri);
  }

  async function pending(ctx) {
    try {
      return await provider.interactionDetails(ctx.req, ctx.res);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return undefined;
      throw error;
    }
  }
}

function invalidState(ctx) {
  ctx.redirect(errorAddress(INVALID_STATE));
}
