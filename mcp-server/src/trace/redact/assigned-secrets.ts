import { isCredential, isId, isName, isPlain, isRandom, isReference, MARK, trimEnd } from "./secret-values.ts";

/** `password` is a word a human chose; `secret` an issued one; `weak` a name that other things have too. */
type Kind = "password" | "secret" | "weak";

const PASSWORDS = new Set(
  (
    "password passwords passwd pwd passphrase passcode pass pw psw pswd psk passwort passwörter kennwort kennung geheimnis passe mdp " +
    "contraseña contrasena contrasenya clave senha parola wachtwoord hasło haslo lösenord losenord adgangskode passord salasana " +
    "пароль şifre sifre heslo jelszó jelszo κωδικός parol лозинка pin pincode puk cvv cvc storepass keypass userpass " +
    "requirepass masterauth dbpass dbpassword dbpwd pgpassword mysqlpassword sshpass rootpass adminpass userpassword"
  ).split(" "),
);
const SECRETS = new Set(
  (
    "secret secrets token apikey apitoken accesskey accesstoken authtoken secretkey privatekey signingkey encryptionkey masterkey " +
    "clientsecret credential credentials creds authkey appkey appsecret sharedsecret sessionsecret jwtsecret " +
    "refreshtoken bearer jwt salt pepper authorization mnemonic seedphrase webhooksecret licensekey accountkey " +
    "sharedaccesskey consumersecret oauthtoken token1 totp otp geheimschlüssel schlüssel jeton clé schluessel"
  ).split(" "),
);
const KEYS = new Set(
  (
    "api access secret private signing signature encryption encrypt crypto decryption master account service auth client consumer " +
    "app application license licence deploy storage shared ssh gpg pgp hmac jwt session db database subscription functions " +
    "function admin server write read ingest sas root rsa aes des kms ssl tls cert wallet user host vault backup cipher"
  ).split(" "),
);
const WEAK = new Set(
  "key auth session sid sessionid sess phpsessid jsessionid csrf csrftoken xsrf sig signature code cookie nonce hash dsn cred".split(
    " ",
  ),
);
// Parts of a name behind the one that says what it is: SECRET_KEY_BASE, password1, API_KEY_PROD.
const TRAILERS = new Set(
  "base value val text str string raw plain prod production dev development stage staging test live new old current default main hex b64 base64 here data v1 v2".split(
    " ",
  ),
);

// A name, what closes it, and a sign behind it. The value is read afterwards, so that no value is taken for a name.
const ASSIGNED =
  /(?<![\p{L}\p{N}_.-])-{0,2}([\p{L}_][\p{L}\p{N}_.-]{0,79})(?:\[["'\p{L}\p{N}_-]{1,40}\])?\\?["'`\])*]{0,3}[ \t]{0,8}(?::=|=>|={1,3}|[:：]|>(?=[^<>\s]{3,200}<\/))[ \t]{0,8}/gu;
const OPTION = /(?<![\p{L}\p{N}_.-])-{1,2}(\p{L}[\p{L}\p{N}_.-]{0,79})["']?[ \t]{1,8}(?!-)/gu;
const QUOTED = /\\?(["'`])((?:(?!\1|\\["'`])[^\n]){1,500})/uy;
// Further parameters are not the value's: `token=a&page=2`, `Password=a;Database=b`.
const UNQUOTED = /(?:(?![&;,]["']?[\p{L}_][\w.-]{0,60}["']?[=:])[^\s"'`]|["'`](?=[\p{L}\p{N}])){1,4000}/uy;
const SCHEME =
  /(?:(?:bearer|basic|token|digest|apikey|api-key|key|aws4-hmac-sha256|negotiate|ntlm|splunk|genie[kK]ey|bot|hmac|sso-key|discogs|oauth)[ \t]+)?/iuy;
const COOKIES =
  /\b((?:set-)?cookie["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)([\w.-]{1,80}=[^\s;"']{4,4000}(?:;[ \t]?[\w.-]{1,80}=[^\s;"']{1,4000}){0,50})/giu;
const SCHEMED = /\b((?:bearer|basic)[ \t]+)([\w.~+/-]{8,}=*)/giu;

/** Takes out values of names that say they are a secret, however they are given: `NAME=x`, `"name": "x"`, `--name x`. */
export function redactNamed(text: string): string {
  const clean = text
    .replace(COOKIES, `$1${MARK}`)
    .replace(SCHEMED, (whole: string, scheme: string, value: string) => (isToken(value) ? `${scheme}${MARK}` : whole));
  return redactValues(redactValues(clean, ASSIGNED), OPTION);
}

/** Takes out the values behind the matches of a pattern, whose first group is the name. */
function redactValues(text: string, pattern: RegExp): string {
  let clean = "";
  let copied = 0;
  for (const { 0: whole, 1: name = "", index } of text.matchAll(pattern)) {
    const kind = index < copied ? null : kindOf(name);
    if (kind === null) continue;
    let start = index + whole.length;
    SCHEME.lastIndex = start;
    if (/authorization$/iu.test(name)) start += SCHEME.exec(text)?.[0].length ?? 0;
    const before = text[index - 1] ?? "";
    // `"token=" + x`: the quote behind the sign closes the one before the name.
    const isClosed = /["'`]/u.test(before) && text[start] === before && !whole.includes(before);
    const value = isClosed ? null : valueAt(text, start);
    const place: Place = {
      kind,
      isTight: /\S=>?$/u.test(whole) || /\S:=$/u.test(whole) || whole.endsWith(">"),
      isPrefix: /\S=[ \t]+$/u.test(whole),
      isCompound: pattern === OPTION || /[_-]|[a-z][A-Z]/u.test(name),
    };
    if (value === null || !isSecret(value, place, text)) continue;
    clean += text.slice(copied, value.start) + MARK;
    copied = value.end;
  }
  return clean + text.slice(copied);
}

type Value = { readonly text: string; readonly start: number; readonly end: number; readonly isQuoted: boolean };
type Place = {
  readonly kind: Kind;
  readonly isTight: boolean;
  readonly isPrefix: boolean;
  readonly isCompound: boolean;
};

function kindOf(name: string): Kind | null {
  const words = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[ _.-]+/u)
    .map((word) => word.replace(/\d+$/u, ""))
    .filter((word) => word !== "");
  while (words.length > 1 && TRAILERS.has(words.at(-1) ?? "")) words.pop();
  const [before = "", last = ""] = words.length > 1 ? words.slice(-2) : ["", ...words];
  if (PASSWORDS.has(last) && !(last === "passwords" && words.length === 1)) return "password";
  if (last === "key") return KEYS.has(before) ? "secret" : "weak";
  if (SECRETS.has(last) || SECRETS.has(before + last) || PASSWORDS.has(before + last)) return "secret";
  if (/(?:password|passwd|secret)$/u.test(last)) return "password";
  if (/(?:apikey|token)$/u.test(last)) return "secret";
  return WEAK.has(last) ? "weak" : null;
}

function valueAt(text: string, start: number): Value | null {
  QUOTED.lastIndex = start;
  const quoted = QUOTED.exec(text);
  if (quoted) {
    const [whole, , inner = ""] = quoted;
    const end = start + whole.length;
    return { text: inner, start: end - inner.length, end, isQuoted: true };
  }
  UNQUOTED.lastIndex = start;
  const run = UNQUOTED.exec(text)?.[0];
  if (run === undefined) return null;
  const next = run.search(/["'`][,}\])]|<\//u);
  const value = trimEnd(next > 0 ? run.slice(0, next) : run);
  return value === "" ? null : { text: value, start, end: start + value.length, isQuoted: false };
}

function isSecret(
  { text, end, isQuoted }: Value,
  { kind, isTight, isPrefix, isCompound }: Place,
  whole: string,
): boolean {
  if (text === MARK || isReference(text) || isPlain(text)) return false;
  if (kind === "weak") return isToken(text) && text.length >= 12 && !isId(text) && isRandom(text);
  if (/^\d+$/u.test(text)) return kind === "password" ? text.length > 3 || isTight : text.length > 5;
  if (isQuoted) return kind === "password" || isCompound || isTight || !/^[\p{L}\p{M} .,…'!?()-]+$/u.test(text);
  if (isTight) return !/^[a-z]+(?:[A-Z][a-z]+)+$/u.test(text) || isCompound;
  if (isCredential(text)) return kind === "password" || !isName(text);
  // A lone word at the end of what is said: `password: swordfish`, not `password: the field`.
  const isLast = /^["'`)\]}]*(?:[.,;]?[ \t]*(?:\n|$)|[,;][ \t]|[ \t]+(?:-{1,2}\w|&&|\|))/u.test(
    whole.slice(end, end + 20),
  );
  return isLast && !isPrefix && (kind === "password" || isCompound) && /^\p{Ll}{6,}$/u.test(text);
}

/** Whether a word behind `Bearer`, or a cookie's value, is a token and not prose. */
function isToken(value: string): boolean {
  const text = trimEnd(value);
  if (isReference(text) || isName(text)) return false;
  return (isCredential(text) && !/^\p{L}+\d{1,2}$/u.test(text)) || isId(text) || /^[\w+/]{8,}={1,2}$/u.test(value);
}
