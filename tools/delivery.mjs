// How a file of the site is named and compressed.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import zlib from "node:zlib";

export const hash = (algorithm, bytes, encoding) =>
  createHash(algorithm).update(bytes).digest(encoding);

/** What the name of a file that never changes ends in. */
export const fingerprint = (bytes) => hash("sha256", bytes, "hex").slice(0, 16);

/** The bytes, compressed as small as brotli gets. */
export const brotli = (bytes) => {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  return zlib.brotliCompressSync(bytes, {
    params: {
      [BROTLI_PARAM_QUALITY]: 11,
      [BROTLI_PARAM_LGWIN]: 22,
      [BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
};

/** Writes PATH.br and PATH.gz. Returns the sizes, in bytes. */
export const compressed = (path) => {
  const bytes = readFileSync(path);
  const br = brotli(bytes);
  writeFileSync(`${path}.br`, br);
  writeFileSync(`${path}.gz`, zlib.gzipSync(bytes, { level: 9 }));
  return { bytes: bytes.length, brotli: br.length };
};
