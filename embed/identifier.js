// Reads what a person types or pastes, by the same rules as the picker (crates/lookup-api/src/identifier.rs). Both are
// tested with crates/lookup-api/identifiers.json. The picker has an error for each kind of mistake; here `undefined` is
// enough, because the element then links to the picker.

const withHyphens = (text) => text.replace(/[‐-―⁃−﹘]/g, "-");

/** The text without white space, separators and pairs of quotation marks at its ends. */
const unquoted = (text) => {
  const inner = text.replace(/^[\s,;]+|[\s,;]+$/g, "").replace(/^["'`„‚\p{Pi}](.*)["'`´“‘\p{Pf}]$/su, "$1");
  return inner === text ? text : unquoted(inner);
};

/** A domain of two labels or more, in A-labels, with the email address if there is a local part before it. */
const domain = (text, local) => {
  const shown = withHyphens(text).replaceAll("。", ".").replace(/\.$/, "");
  // No top-level domain begins with a digit. The URL parser would take such a host for an IPv4 address.
  if (!/^((?!-)[\w\x80-\uffff-]+(\.|$))+$/.test(shown) || !/\.(?!\d)[^.]+$/.test(shown) || /\s|-(\.|$)/.test(shown))
    return;
  const loginHint = local ? `${local}@${shown}` : undefined;
  if (shown.length > 253 || loginHint?.length > 254) return;
  try {
    return { domain: new URL(`http://${shown}`).hostname, loginHint };
  } catch {}
};

/**
 * What a text is: `{ domain, loginHint }` or `{ code }`; `undefined` if it is neither. The domain is in A-labels.
 * `loginHint` is the email address without what was around it, `undefined` if there is none. It is not for the lookup.
 */
export const readIdentifier = (typed) => {
  if (typed.length > 2048) return;
  let text = typed
    .replace(/\p{DI}/gu, "")
    .normalize("NFKC")
    .trim();
  const host = /^\s*[a-z\d]+:\/\/(?:[^/?#\\]*@)?([^/?#\\:]*)/i.exec(text);
  if (host) return domain(host[1]);

  // As mail programs copy it: `Ada <ada@acme.example>;` or `mailto:ada@acme.example?subject=x`.
  const [before, inBrackets, more] = text.split("<");
  if (more !== undefined) return;
  text = unquoted(inBrackets === undefined ? before : inBrackets.split(">")[0]);
  const mailto = /^mailto:([^?]*)/i.exec(text);
  try {
    if (mailto) text = unquoted(decodeURIComponent(mailto[1]));
  } catch {
    return;
  }
  // A local part in quotation marks may have spaces and an @ in it.
  const [, local, after] = /^("[^"]*"|[^\s]*)@([^@]*)$/.exec(text) ?? [];
  if (/\p{Cc}/u.test(text) || (after === undefined && /[\s@\\]/.test(text))) return;
  if (after !== undefined) return /^[^"].*@.*[,;].*@/.test(text) ? undefined : domain(after, local);
  if (/[.。]/.test(text)) return domain(text);
  return text && text.length < 65 ? { code: withHyphens(text) } : undefined;
};
