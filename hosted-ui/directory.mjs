// Reads the fields of the lookup service's directory file that the hosted UI needs, and checks only these. The service
// checks the whole file (domains, public suffixes, mailbox providers…).
import { readFile } from 'node:fs/promises';
import { parse, TomlError } from 'smol-toml';

import { Refusal } from './refusal.mjs';

export async function readTenants(path) {
  const { tenants } = toml(path, await text(path));
  if (!Array.isArray(tenants) || tenants.length === 0) {
    throw new Refusal(`${path}: tenants: at least one [[tenants]] is needed`);
  }
  const seen = new Map();
  return tenants.flatMap((entry, index) => {
    // As the lookup service: not while it is disabled, and not before `tenants apply` has made its app client.
    if (entry.disabled === true || (entry.client_id === undefined && entry.provider !== undefined)) return [];
    const refuse = (field, reason) => new Refusal(`${path}: tenants[${index}].${field}: ${reason}`);
    for (const field of ['code', 'name', 'client_id', 'identity_provider']) {
      if (typeof entry[field] !== 'string' || entry[field] === '') throw refuse(field, 'a text is needed');
    }
    const { code, name, client_id, identity_provider, domains = [] } = entry;
    if (!Array.isArray(domains) || domains.some((domain) => typeof domain !== 'string')) {
      throw refuse('domains', 'a list of texts is needed');
    }
    if (!/^\w+$/.test(client_id)) throw refuse('client_id', 'only letters, digits and _ are allowed');
    if (seen.has(client_id)) throw refuse('client_id', `${client_id} already belongs to "${seen.get(client_id)}"`);
    seen.set(client_id, code);
    return { code, name, clientId: client_id, provider: identity_provider, domain: domains[0] ?? `${code}.example` };
  });
}

async function text(path) {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Refusal(`${path}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`);
  }
}

function toml(path, source) {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new Refusal(`${path}:${error.line}:${error.column}: ${error.message.split('\n')[0]}`);
  }
}
