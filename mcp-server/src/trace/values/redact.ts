const MARK = "[redacted]";

// Shapes of common secrets, from the prefixes their issuers publish. Each pattern is linear in the text's length.
const SECRETS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gu,
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/gu, // JSON web token
  /\b(?:sk|pk|rk)[-_](?:ant|lf|live|test|proj|or|svcacct|admin)[-_][\w-]{6,}/gu,
  /\bsk-[A-Za-z0-9_-]{16,}/gu,
  /\b(?:gh[pousr]_|github_pat_|glpat-|npm_|pypi-|hf_|dop_v1_|shpat_|xox[abeoprs]-|xapp-)[\w-]{8,}/gu,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/gu,
  /\bAIza[\w-]{20,}/gu,
  /\bya29\.[\w-]{10,}/gu,
  /\bSG\.[\w-]{10,}\.[\w-]{10,}/gu,
  /\b(?:GOCSPX-|whsec_|sq0[a-z]{3}-)[\w-]{10,}/gu,
  /\bhooks\.slack\.com\/services\/[\w/]{10,}/gu,
  /\bAccountKey=[\w+/]{10,}={0,2}/gu,
  /\b(?:Bearer|Basic)\s+[\w.~+/-]{8,}=*/giu,
];
// key=value and key: value; the key stays, the value goes.
const ASSIGNED =
  /((?:api[_-]?key|access[_-]?key|secret(?:[_-]?key)?|client[_-]?secret|token|password|passwd|pwd|passphrase|credentials?)["']?\s*(?:=|:|\bis\b)\s*)(?:"[^"\n]+"|'[^'\n]+'|[^\s"',;]+)/giu;
// The same as an option of a command: --password hunter2.
const OPTION = /(--?(?:api-?key|(?:access-|auth-)?token|password|passwd|secret|client-secret)(?:\s+|=))(?!-)\S+/giu;
const URL_USER = /([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:]{1,200}:[^\s/@]{1,200}@/giu;
// A long run of mixed letters and digits that no prefix gives away; words, paths and commit hashes are none.
const OPAQUE =
  /(?<![\w/])(?=[A-Za-z0-9+_-]*[A-Z])(?=[A-Za-z0-9+_-]*[a-z])(?=[A-Za-z0-9+_-]*\d)[A-Za-z0-9+_-]{32,}={0,2}/gu;

/** The text with everything that looks like a key, token or password replaced by `[redacted]`. */
export function redactSecrets(value: string): string {
  let clean = value;
  for (const secret of SECRETS) clean = clean.replace(secret, MARK);
  return clean
    .replace(ASSIGNED, `$1${MARK}`)
    .replace(OPTION, `$1${MARK}`)
    .replace(URL_USER, `$1${MARK}@`)
    .replace(OPAQUE, MARK);
}
