// The product's pages.

const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A template whose values are escaped, except for parts that are templates themselves. */
export const html = (strings, ...values) => ({
  toString: () => String.raw({ raw: strings }, ...values.map((value) => (value?.isHtml ? value : escaped(value)))),
  isHtml: true,
});

const page = (title, content) =>
  String(
    html`<!doctype html>
      <html lang="en">
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Example Projects</title>
        <link rel="stylesheet" href="/product.css" />
        <header><a href="/">Example Projects</a></header>
        <main>${content}</main>
      </html>`,
  );

/** The login page, in three ways. */
export const loginPage = ({ picker, app }) =>
  page(
    "Log in",
    html`<script type="module" src="${picker}embed.js"></script>
      <h1>Log in</h1>
      <section>
        <h2>Stay on this page</h2>
        <p>The element asks for your organization here.</p>
        <tenant-picker return-to="${app}projects">
          <form action="${picker}" method="get">
            <label>Work email or organization code <input name="login_hint" autocomplete="username" /></label>
            <input type="hidden" name="return_to" value="${app}projects" />
            <button>Continue</button>
          </form>
        </tenant-picker>
      </section>
      <section>
        <h2>Without script</h2>
        <p>A plain form leads to the picker’s own page.</p>
        <form action="${picker}" method="get">
          <label>Work email <input name="login_hint" autocomplete="email" /></label>
          <input type="hidden" name="return_to" value="${app}projects" />
          <button>Continue at the picker</button>
        </form>
      </section>
      <section>
        <h2>With an OpenID client in the page</h2>
        <p><a href="/spa/">The single-page example</a> takes the choice by an event.</p>
      </section>`,
  );

/** What the application knows of a person who is signed in. */
export const projectsPage = ({ tenant, claims }) =>
  page(
    "Projects",
    html`<h1>Projects of ${tenant.name}</h1>
      <p>You are signed in as ${claims.email ?? claims.sub}.</p>
      <h2>What this application got</h2>
      <dl>
        <dt>Organization</dt>
        <dd>${tenant.code}</dd>
        <dt>App client</dt>
        <dd>${claims.aud}</dd>
        <dt>Issuer</dt>
        <dd>${claims.iss}</dd>
        <dt>Subject</dt>
        <dd>${claims.sub}</dd>
      </dl>
      <p>The tokens stay on the server.</p>
      <form action="/sign-out" method="post"><button>Sign out</button></form>`,
  );

export const signedOutPage = () =>
  page(
    "Signed out",
    html`<h1>You have signed out</h1>
      <p><a href="/">Log in again</a></p>`,
  );

/** What happened, and how to go on. */
export const problemPage = ({ what, next, code }) =>
  page(
    "There is a problem",
    html`<h1>There is a problem</h1>
      <p>${what}</p>
      <p>${next}</p>
      <p><a href="/">Start again</a></p>
      <p class="code">Code: ${code}</p>`,
  );
