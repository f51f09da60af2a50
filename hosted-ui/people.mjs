// The sample people of every organization, what happens when one of them is chosen, and the accounts this creates.
import { createHash } from 'node:crypto';

/** `button` is what tests and people hold on to: README.md lists them, so change both. */
export const PEOPLE = [
  { id: 'ada', button: 'Ada Lovelace', given: 'Ada', family: 'Lovelace' },
  { id: 'alan', button: 'Alan Turing', given: 'Alan', family: 'Turing' },
  { id: 'noor', button: 'Noor (not assigned)', given: 'Noor', family: 'Jansen' },
  { id: 'lena', button: 'Lena (linked account)', given: 'Lena', family: 'Vogel' },
  { id: 'omar', button: 'Omar (account locked)', given: 'Omar', family: 'Haddad' },
  { id: 'tess', button: 'Tess (provider time-out)', given: 'Tess', family: 'Okafor' },
  { id: 'mallory', button: 'Mallory (wrong provider claim)', given: 'Mallory', family: 'Test', hostile: true },
];

/** Cognito's failures, by the person they happen to: error and error_description as they reach the callback. */
const FAILURES = {
  cancel: ['access_denied', 'The person cancelled the sign-in'],
  noor: ['access_denied', 'User is not assigned to the client application.'],
  omar: ['invalid_request', 'PreAuthentication failed with error Your account is locked until Monday.'],
  tess: ['server_error', 'Timeout occurred in calling IdP token endpoint'],
};

const NATIVE = 'COGNITO';

export class People {
  #tenants;
  #accounts = new Map();
  #linked = new Set();

  constructor(tenants) {
    this.#tenants = tenants;
  }

  /** The account with this subject, if it has signed in since the start. */
  account(sub) {
    return this.#accounts.get(sub);
  }

  /** What choosing this person leads to, as oidc-provider's interaction result; undefined for a stranger. */
  choose(id, tenant, loginHint) {
    if (id in FAILURES) return failure(...FAILURES[id]);

    const person = id === 'hint' && loginHint ? named(loginHint, tenant) : PEOPLE.find((one) => one.id === id);
    if (!person) return undefined;

    const account = this.#signIn(person, tenant);
    // Cognito links an existing account during the first federated sign-in, and fails that one sign-in.
    if (id === 'lena' && !this.#linked.has(tenant.clientId)) {
      this.#linked.add(tenant.clientId);
      return failure('invalid_request', `Already found an entry for username ${tenant.provider}_lena`);
    }
    return { login: { accountId: account.sub } };
  }

  #signIn(person, tenant) {
    const email = person.email ?? `${person.id}@${tenant.domain}`;
    const native = tenant.provider === NATIVE;
    // A federated person is known by the provider's own id; a native one by the address, in the pool as a whole.
    const username = `${tenant.provider}_${native ? email : person.id}`;
    const sub = uuid(username);
    if (!this.#accounts.has(sub)) {
      this.#accounts.set(sub, {
        sub,
        email,
        given_name: person.given,
        family_name: person.family,
        name: `${person.given} ${person.family}`.trim(),
        provider: tenant.provider,
        username: native ? sub : username,
        identity: this.#identity(person, tenant, native),
      });
    }
    return this.#accounts.get(sub);
  }

  /** Where the account comes from, as the `identities` claim says it. Native accounts come from nowhere else. */
  #identity(person, tenant, native) {
    if (native && !person.hostile) return undefined;
    const provider = person.hostile ? this.#anotherProvider(tenant) : tenant.provider;
    return {
      userId: person.id,
      providerName: provider,
      providerType: /oidc/i.test(provider) ? 'OIDC' : 'SAML',
      issuer: null,
      primary: 'true',
      dateCreated: String(Date.now()),
    };
  }

  #anotherProvider(tenant) {
    const other = this.#tenants.find(({ provider }) => provider !== tenant.provider && provider !== NATIVE);
    return other?.provider ?? 'SomebodyElsesSAML';
  }
}

function failure(error, error_description) {
  return { error, error_description };
}

/** Whoever the picker's login_hint names. */
function named(hint, tenant) {
  return { id: hint, email: hint.includes('@') ? hint : `${hint}@${tenant.domain}`, given: hint, family: '' };
}

/** The same person has the same subject after a restart: saved sessions in an application keep working. */
function uuid(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-a$4-$5');
}
