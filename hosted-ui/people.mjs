// The sample people of every organization, what happens when one of them is chosen, and the accounts that this creates.
import { createHash, randomUUID } from 'node:crypto';

/**
 * - `button`: the text of the button, by which tests find it. README.md lists the buttons as well.
 * - `linked`: the person has one profile, which is linked to the providers of several tenants.
 * - `triggerMessage`: the message with which the operator's pre-token-generation trigger refuses the person.
 * - `hostile`: only for tests; the ID token names another tenant's provider (`foreign`) or none (`none`).
 */
export const PEOPLE = [
  { id: 'ada', button: 'Ada Lovelace', given: 'Ada', family: 'Lovelace' },
  { id: 'alan', button: 'Alan Turing', given: 'Alan', family: 'Turing' },
  {
    id: 'iris', button: 'Iris (one profile, several organizations)', given: 'Iris', family: 'Moreau',
    email: 'iris@consultant.example', linked: true,
  },
  { id: 'noor', button: 'Noor (not assigned)', given: 'Noor', family: 'Jansen' },
  { id: 'lena', button: 'Lena (linked account)', given: 'Lena', family: 'Vogel' },
  { id: 'omar', button: 'Omar (account locked)', given: 'Omar', family: 'Haddad' },
  {
    id: 'gus', button: 'Gus (refused by the trigger)', given: 'Gus', family: 'Lindqvist',
    triggerMessage: 'You are not a member of this organization',
  },
  { id: 'tess', button: 'Tess (provider time-out)', given: 'Tess', family: 'Okafor' },
  { id: 'mallory', button: 'Mallory (wrong provider claim)', given: 'Mallory', family: 'Test', hostile: 'foreign' },
  { id: 'nemo', button: 'Nemo (no provider claim)', given: 'Nemo', family: 'Test', hostile: 'none' },
];

/** Cognito's failures by person: `error` and `error_description` as the callback gets them. */
const FAILURES = {
  cancel: ['access_denied', 'The person cancelled the sign-in'],
  noor: ['access_denied', 'User is not assigned to the client application.'],
  omar: ['invalid_request', 'PreAuthentication failed with error Your account is locked until Monday.'],
  tess: ['server_error', 'Timeout occurred in calling IdP token endpoint'],
};

const NATIVE = 'COGNITO';

/** Cognito links at most five providers to a profile. */
const MOST_LINKED = 5;

export class People {
  #tenants;
  #accounts = new Map();
  #linked = new Set();

  constructor(tenants) {
    this.#tenants = tenants;
  }

  /** The account with this subject; undefined if it has not signed in since the start. */
  account(sub) {
    return this.#accounts.get(sub);
  }

  /** The outcome of choosing this person, as oidc-provider's interaction result; undefined for an unknown person. */
  choose(id, tenant, loginHint) {
    if (id in FAILURES) return failure(...FAILURES[id]);

    const person = id === 'hint' && loginHint ? named(loginHint, tenant) : PEOPLE.find((one) => one.id === id);
    if (!person) return undefined;

    const account = this.#signIn(person, tenant);
    // When Cognito links an existing account during the first federated sign-in, this sign-in fails.
    if (id === 'lena' && !this.#linked.has(tenant.clientId)) {
      this.#linked.add(tenant.clientId);
      return failure('invalid_request', `Already found an entry for username ${tenant.provider}_lena`);
    }
    // `acr` keeps the provider of this session, because a linked account may sign in at several. Every `prompt` is
    // fulfilled, because the page was shown.
    return { login: { accountId: account.sub, acr: tenant.provider }, select_account: {}, consent: {} };
  }

  #signIn(person, tenant) {
    const { provider } = tenant;
    const native = provider === NATIVE;
    const email = person.email ?? `${person.id}@${tenant.domain}`;
    // The user name of a federated account has the provider and the id. A native account is known in the whole pool by
    // its address, and so is a linked one, which was a native account first.
    const isNative = native || person.linked;
    const username = isNative ? `${NATIVE}_${email}` : `${provider}_${person.id}`;
    const sub = uuid(username);
    if (!this.#accounts.has(sub)) {
      this.#accounts.set(sub, {
        sub,
        email,
        given_name: person.given,
        family_name: person.family,
        name: `${person.given} ${person.family}`.trim(),
        username: isNative ? sub : username,
        // Cognito adds federated accounts to a group with the names of the pool and the provider.
        groups: isNative ? undefined : [`local_HostedUi_${provider}`],
        refusal: person.triggerMessage && refusedByTrigger('PreTokenGeneration', person.triggerMessage),
        person,
        dateCreated: String(Date.now()),
      });
    }
    return this.#accounts.get(sub);
  }

  /**
   * The `identities` claim for the tenant with this provider: the providers that the account is linked to, whichever of
   * them was used for this sign-in.
   */
  identities(account, own) {
    const { linked, hostile } = account.person;
    const native = own === NATIVE;
    if (linked) {
      // At a native tenant, no provider is primary.
      const entries = this.#linkedProviders(own).map((provider, index) => identity(account, provider, !native && index === 0));
      return entries.length > 0 ? entries : undefined;
    }
    if (hostile === 'foreign') return [identity(account, this.#anotherProvider(own), true)];
    return native || hostile === 'none' ? undefined : [identity(account, own, true)];
  }

  /** The first federated providers of the directory, including this one. */
  #linkedProviders(own) {
    const all = this.#federated();
    const others = all.filter((provider) => provider !== own).slice(0, MOST_LINKED - 1);
    return all.filter((provider) => provider === own || others.includes(provider));
  }

  #anotherProvider(own) {
    return this.#federated().find((provider) => provider !== own) ?? 'OtherSAML';
  }

  #federated() {
    return [...new Set(this.#tenants.map(({ provider }) => provider))].filter((provider) => provider !== NATIVE);
  }
}

/** An entry of the claim. As in Cognito's tokens, numbers and booleans are strings. */
function identity({ person, dateCreated }, providerName, primary) {
  return {
    userId: person.id,
    providerName,
    providerType: /oidc/i.test(providerName) ? 'OIDC' : 'SAML',
    issuer: null,
    primary: String(primary),
    dateCreated,
  };
}

/** A trigger's message as in production: AWS adds a tail with the service and a request ID. */
function refusedByTrigger(trigger, message) {
  return () => `${trigger} failed with error ${message}. (Service: AWSCognitoIdentityProviderInternalService; `
    + `Status Code: 400; Error Code: UserLambdaValidationException; Request ID: ${randomUUID()}; Proxy: null)`;
}

function failure(error, error_description) {
  return { error, error_description };
}

/** The person that `login_hint` names. */
function named(hint, tenant) {
  return { id: hint, email: hint.includes('@') ? hint : `${hint}@${tenant.domain}`, given: hint, family: '' };
}

/** Derives a UUID from a text, so that a person has the same subject after a restart and saved sessions stay valid. */
function uuid(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-a$4-$5');
}
