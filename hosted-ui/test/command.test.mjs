// The command: its output, how it ends, and its errors.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { ACME, Browser, DIRECTORY, PICKER, attempt, redeem, run, start } from './browser.mjs';

let folder;
before(async () => { folder = await mkdtemp(join(tmpdir(), 'hosted-ui-')); });
after(() => rm(folder, { recursive: true }));

async function assertRefused(options, pattern) {
  const { output, exit } = run(...options);
  assert.equal(await exit, 2, output.stderr);
  assert.equal(output.stdout, '');
  const said = output.stderr.split('\n').filter((line) => line.startsWith('hosted UI: '));
  assert.equal(said.length, 1, output.stderr);
  assert.match(said[0], pattern);
  assert.ok(!output.stderr.includes('    at '), 'no stack trace');
}

async function assertDirectoryRefused(source, pattern) {
  const path = join(folder, 'tenants.toml');
  await writeFile(path, source);
  await assertRefused(['--directory', path, '--picker', PICKER], pattern);
}

test('prints one line, and both signals end it at once with exit code 0, even during a response', async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const ui = await start('--token-delay-ms', '20000');
    const cut = assert.rejects(redeem(ui.url, attempt(ACME), 'unknown'));
    await fetch(`${ui.url}/.well-known/openid-configuration`).then((response) => response.text());
    const began = performance.now();
    ui.child.kill(signal);
    assert.equal(await ui.exit, 0);
    assert.ok(performance.now() - began < 5000);
    await cut;
    assert.equal(ui.output.stdout, `hosted UI ready at ${ui.url}\n`);
  }
});

test('delays the token endpoint', async () => {
  const ui = await start('--token-delay-ms', '300');
  const browser = new Browser(ui.url);
  const tried = attempt(ACME);
  const { params } = await browser.press(await browser.open(tried.address), 'Ada Lovelace');
  const began = performance.now();
  assert.equal((await redeem(ui.url, tried, params.code)).status, 200);
  assert.ok(performance.now() - began >= 290);
  await ui.stop();
});

test('accepts a picker whose address has a path', async () => {
  const picker = `${PICKER}/sign-in`;
  const ui = await start('--picker', `${picker}/`);
  const browser = new Browser(ui.url);
  const tried = attempt(ACME, { redirect_uri: `${picker}/callback` });
  const { url, params } = await browser.press(await browser.open(tried.address), 'Ada Lovelace');
  assert.equal(url.origin + url.pathname, `${picker}/callback`);
  assert.deepEqual(Object.keys(params), ['code', 'state']);
  assert.equal((await redeem(ui.url, tried, params.code, { redirect_uri: tried.redirect_uri })).status, 200);
  const query = new URLSearchParams({ client_id: ACME.client_id, logout_uri: `${picker}/signed-out` });
  assert.equal((await browser.open(`/logout?${query}`)).url.href, `${picker}/signed-out`);
  await ui.stop();
});

test('says when the port is taken', async () => {
  const ui = await start();
  const { port } = new URL(ui.url);
  await assertRefused(['--port', port, '--directory', DIRECTORY, '--picker', PICKER], new RegExp(`port ${port} on 127.0.0.1 is taken`));
  await ui.stop();
});

test('says which option is wrong', async () => {
  await assertRefused(['--picker', PICKER], /--directory is missing/);
  await assertRefused(['--directory', DIRECTORY], /--picker is missing/);
  for (const picker of ['127.0.0.1:8080', `${PICKER}/callback`, `${PICKER}/?x=1`, `${PICKER}/#x`, 'http://ada@127.0.0.1:8080', 'file:///srv']) {
    await assertRefused(['--directory', DIRECTORY, '--picker', picker], /--picker must be an address/);
  }
  await assertRefused(['--directory', DIRECTORY, '--picker', PICKER, '--port', '70000'], /--port must be a whole number/);
  await assertRefused(['--nonsense'], /--nonsense/);
});

test('says what is wrong with the directory file and in which field', async () => {
  const tenant = '[[tenants]]\ncode = "a"\nname = "A"\nclient_id = "c1"\nidentity_provider = "A"\n';
  await assertRefused(['--directory', '/nowhere/tenants.toml', '--picker', PICKER], /\/nowhere\/tenants\.toml: no such file/);
  await assertDirectoryRefused('', /tenants\.toml: tenants: at least one/);
  await assertDirectoryRefused('tenants = 3', /tenants: at least one/);
  await assertDirectoryRefused(`${tenant}[[tenants]\n`, /tenants\.toml:6:\d+: /);
  await assertDirectoryRefused(tenant.replace('client_id = "c1"\n', ''), /tenants\[0\]\.client_id: a text is needed/);
  await assertDirectoryRefused(`${tenant}domains = "a.example"`, /tenants\[0\]\.domains: a list of texts/);
  await assertDirectoryRefused(tenant + tenant, /tenants\[1\]\.client_id: c1 already belongs to "a"/);
  await assertDirectoryRefused(tenant.replace('c1', 'c 1'), /tenants\[0\]\.client_id: only letters/);
});

test('leaves out what the lookup service does not serve', async () => {
  const { readTenants } = await import('../directory.mjs');
  const path = join(folder, 'unserved.toml');
  const entry = (code, more) => `[[tenants]]\ncode = "${code}"\nname = "${code}"\nidentity_provider = "A"\n${more}`;
  await writeFile(path, [
    entry('new', '[tenants.provider]\ntype = "SAML"\n'),
    entry('gone', 'client_id = "c1"\ndisabled = true\n'),
    entry('here', 'client_id = "c2"\n[tenants.provider]\ntype = "SAML"\n'),
  ].join(''));
  assert.deepEqual((await readTenants(path)).map(({ code }) => code), ['here']);
});
