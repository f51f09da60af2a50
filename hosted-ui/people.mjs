// The sample people of every organization, what happens when one of them is chosen, and the accounts this creates.
import { createHash, randomUUID } from 'node:crypto';

/**
 * `button` is what tests and people hold on to: README.md lists them, so change both. `linked`: one profile, linked to
 * the providers of several tenants. `gate`: what the operator's pre-token trigger says to that person. `hostile`: only
 * for tests, with an ID token that names a foreign provider or none.
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
    id: 'gus', button: 'Gus (refused by the gate)', given: 'Gus', family: 'Lindqvist',
    gate: 'You are not a member of this organization',
  },
  { id: 'tess', button: 'Tess (provider time-out)', given: 'Tess', family: 'Okafor' },
  { id: 'mallory', button: 'Mallory (wrong provider claim)', given: 'Mallory', family: 'Test', hostile: 'foreign' },
  { id: 'nemo', button: 'Nemo (no provider claim)', given: 'Nemo', family: 'Test', hostile: 'none' },
];

/** Cognito's failures, by the person they happen to: error and error_description as they reach the callback. */
const FAILURES = {
  cancel: ['access_denied', 'The person cancelled the sign-in'],
  noor: ['access_denied', 'User is not assigned to the client application.'],
  omar: ['invalid_request', 'PreAuthentication failed with error Your account is locked until Monday.'],
  tess: ['server_error', 'Timeout occurred in calling IdP token endpoint'],
};

const NATIVE = 'COGNITO';

/** Cognito links no more than five providers to one profile. */
const MOST_LINKED = 5;

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
    // The session notes in `acr` at which provider it began: a linked account may come from several. Whoever signs in
    // has answered every `prompt`: the page was shown, and one of its people was chosen.
    return { login: { accountId: account.sub, acr: tenant.provider }, select_account: {}, consent: {} };
  }

  #signIn(person, tenant) {
    const { provider } = tenant;
    const native = provider === NATIVE;
    const email = person.email ?? `${person.id}@${tenant.domain}`;
    // A federated person is known by the provider's own id; a native one by the address, in the pool as a whole. So is
    // a linked one: the profile was native first, and every provider leads to it.
    const ofPool = native || person.linked;
    const username = ofPool ? `${NATIVE}_${email}` : `${provider}_${person.id}`;
    const sub = uuid(username);
    if (!this.#accounts.has(sub)) {
      this.#accounts.set(sub, {
        sub,
        email,
        given_name: person.given,
        family_name: person.family,
        name: `${person.given} ${person.family}`.trim(),
        username: ofPool ? sub : username,
        // Cognito puts those whom a provider has brought into a group named after the pool and that provider.
        groups: ofPool ? undefined : [`local_HostedUi_${provider}`],
        refusal: person.gate && refusedByTrigger('PreTokenGeneration', person.gate),
        person,
        dateCreated: String(Date.now()),
      });
    }
    return this.#accounts.get(sub);
  }

  /**
   * The `identities` claim at the tenant with this provider: what the account is linked to. It does not say how the
   * person signed in this time.
   */
  identities(account, own) {
    const { linked, hostile } = account.person;
    const native = own === NATIVE;
    if (linked) {
      // At a native tenant none is primary, as the profile is the user pool's own.
      const entries = this.#linkedProviders(own).map((provider, index) => identity(account, provider, !native && index === 0));
      return entries.length > 0 ? entries : undefined;
    }
    if (hostile === 'foreign') return [identity(account, this.#anotherProvider(own), true)];
    return native || hostile === 'none' ? undefined : [identity(account, own, true)];
  }

  /** The directory's first federated providers, this one among them. */
  #linkedProviders(own) {
    const all = this.#federated();
    const others = all.filter((provider) => provider !== own).slice(0, MOST_LINKED - 1);
    return all.filter((provider) => provider === own || others.includes(provider));
  }

  #anotherProvider(own) {
    return this.#federated().find((provider) => provider !== own) ?? 'SomebodyElsesSAML';
  }

  #federated() {
    return [...new Set(this.#tenants.map(({ provider }) => provider))].filter((provider) => provider !== NATIVE);
  }
}

/** One entry of the claim, in Cognito's spelling: what looks like a number or a truth value is a text. */
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

/** The words of an operator's trigger as production sends them: with a tail of AWS's own, the request's number in it. */
function refusedByTrigger(trigger, words) {
  return () => `${trigger} failed with error ${words}. (Service: AWSCognitoIdentityProviderInternalService; `
    + `Status Code: 400; Error Code: UserLambdaValidationException; Request ID: ${randomUUID()}; Proxy: null)`;
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
