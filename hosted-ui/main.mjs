// The command: node main.mjs --port N --directory tenants.toml --picker ADDRESS
// A development tool. It signs in anybody as anybody, so it listens on 127.0.0.1 only.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { readTenants } from './directory.mjs';
import { Refusal } from './refusal.mjs';
import { hostedUi } from './provider.mjs';
import { newSigningKey } from './tokens.mjs';

const HOST = '127.0.0.1';

try {
  // oidc-provider asks for Node.js 22. It needs two functions of it, which Node.js has since 20.20 too.
  if (!URL.parse) throw new Refusal(`Node.js ${process.version} is too old: 20.20 or newer is needed`);

  const options = readOptions();
  const tenants = await readTenants(options.directory);
  const signingKey = await newSigningKey();
  const server = await listen(options.port);

  // The issuer contains the port, so the server has to listen before the provider is created.
  const issuer = `http://${HOST}:${server.address().port}`;
  server.on('request', hostedUi({ issuer, tenants, signingKey, ...options }).callback());

  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  }
  console.log(`hosted UI ready at ${issuer}`);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`hosted UI: ${error.message}`);
  process.exitCode = 2;
}

function readOptions() {
  const { port, directory, picker, 'token-delay-ms': delay, 'rotate-refresh-tokens': rotateRefreshTokens } = parse();
  if (!directory) throw new Refusal('--directory is missing: the path of a tenants.toml');
  if (!picker) throw new Refusal('--picker is missing: the address of the tenant picker, such as http://127.0.0.1:8080');
  return {
    port: wholeNumber('--port', port, 65535),
    directory,
    pickers: picker.map(address),
    tokenDelay: wholeNumber('--token-delay-ms', delay, 600_000),
    rotateRefreshTokens,
  };
}

function parse() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        directory: { type: 'string' },
        picker: { type: 'string', multiple: true },
        'token-delay-ms': { type: 'string', default: '0' },
        'rotate-refresh-tokens': { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new Refusal(error.message.split('\n')[0]);
  }
}

function wholeNumber(name, text, most) {
  if (!/^\d+$/.test(text) || Number(text) > most) throw new Refusal(`${name} must be a whole number from 0 to ${most}, not "${text}"`);
  return Number(text);
}

/** The address of the picker: an origin, or an origin with a path. The callback's address is refused. */
function address(text) {
  const url = URL.parse(text);
  const path = url?.pathname.replace(/\/$/, '');
  if (!url || !/^https?:$/.test(url.protocol) || path.endsWith('/callback') || ![url.origin + path, `${url.origin}${path}/`].includes(text)) {
    throw new Refusal(`--picker must be an address such as http://127.0.0.1:8080, without /callback, not "${text}"`);
  }
  return url.origin + path;
}

function listen(port) {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(port, HOST, () => resolve(server));
    server.once('error', (error) => {
      reject(error.code === 'EADDRINUSE' ? new Refusal(`port ${port} on ${HOST} is taken by another program`)
        : error.code === 'EACCES' ? new Refusal(`port ${port} on ${HOST} may not be used by this account`)
          : error);
    });
  });
}
