/** What stands in a text where something was taken out. */
export const MARK = "[redacted]";

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/iu;
// Terms of the field with a digit in them, which are said of passwords and keys: "is base64 encoded", "is 32-byte".
const TERM =
  /^(?:(?:base|sha|md|utf|oauth|oidc|x|pbkdf|argon|[hrep]s|ed|aes|rsa|dsa|http|tls|ip|ipv|python|py|node|iso|rfc|cve|secp|curve|crc|web|log|v|version|rev|step|phase|level|tier|case|line|row|item|page|part|day|week|test|user|field|column|issue|pr|task|option|example)[-_.]?\d[\d.]{0,6}[a-z]{0,2}(?:[-'’/].*)?|argon2\w*|pkcs\S*|k8s|i18n|l10n|a11y|e2e|s3|ec2|2fa\S*|\d+(?:-\p{L}[\p{L}-]*|(?:ms|s|m|min|mins|h|hrs?|d|x+|k|[kmg]b|th|st|nd|rd|px|r?em|chars?|bytes?|bits?)))$/iu;
// What a key, a type or a form's field is said to be, in place of a value.
const PLAIN = new Set(
  (
    "a an the any all no not none nil null undefined void empty blank missing invalid valid wrong right bad set unset " +
    "required optional mandatory true false yes on off enabled disabled default expired refreshed revoked rotated here " +
    "string str text char number int integer float bool boolean object array list map bytes buffer type value field " +
    "input name key keys token tokens secret password passwd pwd passphrase user username login email auth hash hashed " +
    "encrypted plain plaintext plural redacted hidden masked secure example placeholder changeme todo tbd xxx file path " +
    "env environment option flag argument parameter header cookie session if when where in from to for with and or is " +
    "as of by at it this that which must should can will be was are has have accesstoken unknown unchanged stored " +
    "supported not_set notset sha md5 bcrypt config settings provided given"
  ).split(" "),
);
// A word that stands for a value: a variable, a placeholder, an expression of code, or a mark of this module.
const REFERENCE =
  /^(?:\$[\w{(:]*[A-Z_{(][^!#%^&*]*|\$[a-z_]\w*|[<{[%@&*(].*|(?:process|os|env|req|request|res|response|self|this|config|cfg|ctx|context|settings|options|opts|props|state|user|data|body|params|args|import|secrets|vars?|github|steps|local|module|auth|session|event|input|form|values?|z|t|schema|sys|app)[.?[].*|[A-Za-z_$][\w$.]*(?:\(|\[|<|\{|=>).*|[xX.*•_-]+|.*(?:\.\.\.|…|(?:^|[_<-])[Yy](?:our|OUR)[_-]).*)$/u;
// A regular expression or a glob, which tells how secrets look.
const PATTERN = /\\[bsdwSWD]|\[[^\]]{0,20}(?:a-z|A-Z|0-9)|\{\d+,?\d*\}|\(\?|^\.\w+\*$/u;
const FILE = /^[\w./\\-]*\.[a-z]{1,5}(?::\d+)*$|^[.~]?\/|^[\w.-]+\/[\w./-]+$|^[a-z]+:\/\//iu;

/**
 * Whether letters and digits follow each other as chance has it, not as words do: runs of one kind (a word, capitals, a
 * number of at most three digits) are shorter than three characters on average. Holds for hexadecimal and UUIDs too.
 */
export function isRandom(value: string): boolean {
  const runs = value.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/gu) ?? [];
  const length = runs.reduce((sum, run) => sum + (/\d/u.test(run) ? Math.min(run.length, 3) : run.length), 0);
  return runs.length > 3 && length < 3 * runs.length;
}

/** A trace's, session's or commit's id or a digest: hexadecimal of a usual length, or a UUID. */
export function isId(value: string): boolean {
  return (
    UUID.test(value.slice(-36)) || /^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64}|[\da-f]{96}|[\da-f]{128})$/iu.test(value)
  );
}

/** A variable, a placeholder, code or a pattern in the place of a value. */
export function isReference(value: string): boolean {
  return REFERENCE.test(value) || PATTERN.test(value);
}

/** A word that is said about a secret and is none: `required`, `string`, `base64`. */
export function isPlain(value: string): boolean {
  const word = value.replace(/[.,;:!?)]+$/u, "");
  return word === "" || PLAIN.has(word.toLowerCase()) || TERM.test(word) || /^[A-Z]\w*(?:Type|Token|Key)$/u.test(word);
}

/** Whether a word near the name of a secret is one: letters with digits or signs in them, which prose has not. */
export function isCredential(value: string): boolean {
  if (value.length < 5 || isReference(value) || isPlain(value) || FILE.test(value) || /\s|=./u.test(value))
    return false;
  if (/^\d[\d.,:/-]*$|^v?\d+(?:\.\d+)+/u.test(value)) return false;
  const hasLetter = /\p{L}/u.test(value);
  if (hasLetter && /\d/u.test(value)) return true;
  const signs = value.replace(/[!?.,;:)]+$/u, "").match(/[!@#$%^&\\§€]/gu) ?? [];
  return (hasLetter && signs.length > (/^[!@#$%^&\\]/u.test(value) ? 1 : 0)) || isMixedCase(value);
}

/** Whether it is a name of code: words in camelCase, snake_case or kebab-case with at most two digits each. */
export function isName(value: string): boolean {
  return (
    /^(?:[a-z]+|[A-Z][a-z]+)(?:\d{0,2}(?:[A-Z][a-z]+|[_-][A-Za-z][a-z]*|[_-]\d{1,2}(?![^_-])))+\d{0,2}$/u.test(value) &&
    !isRandom(value)
  );
}

function isMixedCase(value: string): boolean {
  return value.length >= 10 && /^[\w+/=-]+$/u.test(value) && /[A-Z]/u.test(value.slice(1)) && isRandom(value);
}

/** A value without the punctuation of the sentence behind it. */
export function trimEnd(value: string): string {
  const end = value.search(/[.,;:)\]}>"'`]+$/u);
  return end === -1 ? value : value.slice(0, end);
}
