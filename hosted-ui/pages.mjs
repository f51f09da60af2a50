// The HTML pages. Values from outside are inserted with the `html` tag, which escapes them.
import { PEOPLE } from './people.mjs';

export const INVALID_STATE = 'Invalid state';

export function errorAddress(error) {
  return `/error?error=${encodeURIComponent(error)}`;
}

export function show(ctx, status, page) {
  ctx.status = status;
  ctx.type = 'html';
  ctx.body = page.toString();
  // Like Cognito's pages, these do not show in an iframe. There is no form-action, because Chromium would block the
  // redirect to the picker.
  ctx.set('X-Frame-Options', 'DENY');
  ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'");
  ctx.set('Cache-Control', 'no-store');
}

export function signInPage(tenant, loginHint) {
  const button = ({ id, button: name }) => html`<button name="person" value="${id}">${name}</button>\n`;
  const usual = [
    ...(loginHint ? [{ id: 'hint', button: `Continue as ${loginHint}` }] : []),
    ...PEOPLE.filter(({ hostile }) => !hostile),
  ];
  return layout(`Sign in · ${tenant.provider}`, html`
    <h1>${tenant.provider} · the sign-in page of <bdi>${tenant.name}</bdi> (local stand-in)</h1>
    <p>Choose who signs in. What stands in brackets is what is special about that person.</p>
    <form method="post">
      <div role="group" aria-label="Sample people">${usual.map(button)}</div>
      <div role="group" aria-label="Cancel">${button({ id: 'cancel', button: 'Cancel' })}</div>
      <h2>Only for tests</h2>
      <p>A sign-in that the tenant picker has to refuse: the token names another organization's provider, or none.</p>
      <div role="group" aria-label="Only for tests">${PEOPLE.filter(({ hostile }) => hostile).map(button)}</div>
    </form>`);
}

export function errorPage(message) {
  return layout('Sign-in error', html`
    <h1>${message}</h1>
    <p>The sign-in cannot go on from here. Go back to the application and start again.</p>`);
}

function layout(title, content) {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="icon" href="data:,">
  <style>${STYLE}</style>
</head>
<body>
  <main>${content}
  </main>
  <footer>Local hosted UI: a development tool that signs anybody in as anybody.</footer>
</body>
</html>
`;
}

/** A string of markup, which is inserted without escaping. */
class Markup extends String {}

function html(strings, ...values) {
  const insert = (value) => (Array.isArray(value) ? value.map(insert).join('')
    : value instanceof Markup ? value
      : String(value).replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt()};`));
  return new Markup(String.raw({ raw: strings }, ...values.map(insert)));
}

const STYLE = new Markup(`
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { margin: 0; padding: 2rem 1rem; background: light-dark(#eef1f5, #14171c); color: light-dark(#1b1f24, #e8ebef); }
  main { max-width: 28rem; margin: auto; padding: 1.5rem; border-radius: .75rem; background: light-dark(#fff, #20252c); }
  h1 { margin-top: 0; font-size: 1.25rem; line-height: 1.3; overflow-wrap: anywhere; }
  h2 { margin: 1.5rem 0 0; font-size: 1rem; }
  [role=group] { display: grid; gap: .5rem; margin-top: 1rem; }
  button { padding: .65rem 1rem; font: inherit; text-align: start; overflow-wrap: anywhere; cursor: pointer;
    color: inherit; background: transparent; border: 1px solid light-dark(#68717d, #8b95a3); border-radius: .5rem; }
  button:hover { background: light-dark(#e8eefb, #2c3540); }
  button:focus-visible { outline: 3px solid light-dark(#0b57d0, #a8c7fa); outline-offset: 2px; }
  footer { max-width: 28rem; margin: 1rem auto; text-align: center; font-size: .875rem; }
`);
