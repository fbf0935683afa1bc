import { isCredential, isId, isName, isPlain, isRandom, MARK, trimEnd } from "./secret-values.ts";

// What a secret is called, in the large languages of developers; those of a human's choice first.
const PASSWORD =
  "pass ?words?|pass-?phrase|passcode|passwd|pwd|passwort|passworts|kennwort|kennworts|mot de passe|mdp|contraseña|contrasena|clave|senha|palavra-passe|parola d'ordine|parola d’ordine|parola|wachtwoord|hasło|hasłem|hasła|lösenord(?:et)?|adgangskode(?:n)?|passord(?:et)?|salasana|пароль|пароля|şifre(?:si)?|parolası|heslo|jelszó|parolă|kata sandi|mật khẩu|κωδικός|pw";
// Words before a pair of a user and a password.
const ACCOUNT =
  "log(?:ged)? ?in|logins?|log on|sign in|creds|credentials?|zugangsdaten|anmeldedaten|identifiants|credenciales|credenciais|credenziali|user|account|pass";
const PIN =
  "pin|pins?-?code|pin-?nummer|puk|tan|otp|cvv|cvc|security code|verification code|access code|unlock code|2fa code|mfa code|one-time code|geheimzahl|code secret|código|codice|zugangscode|sicherheitscode";
const TOKEN =
  "token|tokens|secret|api[ -]?key|access[ -]?key|private[ -]?key|secret[ -]?key|signing[ -]?key|encryption[ -]?key|licen[sc]e[ -]?key|key|auth|authorization|geheimnis|schlüssel|api-schlüssel|clé|clé api|clave api|llave|chave|chiave|jeton|ключ|токен|sleutel|klucz|密钥|令牌";
const NOUN = new RegExp(
  `(?<![\\p{L}\\p{N}_./-])(?:(?<password>${PASSWORD})|(?<pin>${PIN})|(?<account>${ACCOUNT})|(?<token>${TOKEN}))(?![\\p{L}\\p{N}_/-]|\\.\\w)`,
  "giu",
);
const COPULA =
  /^(?:is|was|be|being|are|=|:|to|as|auf|zu|als|ist|lautet|war|sei|heißt|est|était|sera|à|a|en|es|era|será|por|é|è|e'|foi|para|come|como|comme|være|er|är|on|jest|to|na|это|на|jako|je|is:|ist:|lautet:|est:|es:|is=|i|->|→|=>)$/iu;
// What else is written in hexadecimal or at random, and of use to a reader.
const OTHER =
  /^(?:commit|commits|sha|sha1|sha256|hash|hashes|digest|trace|traces|session|sessions|run|id|ids|uuid|guid|rev|revision|build|branch|version|checksum|object|tree|blob|observation|span|ticket|issue|pr|file|path|folder|at|revert|in|from|into|see)$/iu;
const CJK = /((?:密码|密碼|口令|パスワード|暗証番号|비밀번호|암호)[^\x21-\x7e\n]{0,8}["']?)([\x21-\x7e]{4,200})/gu;
// The rest of the line, and the next one behind a colon.
const LINE = /^[^\n]*(?:(?<=[:=：][ \t]{0,3})\n[ \t]*[^\n]*)?/u;
const WINDOW = 160;
const WORDS = 7;

/** Takes out a secret that a sentence names: "the password of bob is X", "das Passwort lautet X", "the auth token X". */
export function redactProse(text: string): string {
  let clean = "";
  let copied = 0;
  const known = text.replace(CJK, (whole: string, before: string, value: string) =>
    isCredential(value) || /^\d{4,}$/u.test(value) ? `${before}${MARK}` : whole,
  );
  for (const match of known.matchAll(NOUN)) {
    const start = match.index + match[0].length;
    if (start < copied) continue;
    const after = LINE.exec(known.slice(start, start + WINDOW))?.[0] ?? "";
    const found = find(after, match.groups ?? {});
    if (found === null) continue;
    clean += known.slice(copied, start + found.start) + MARK;
    copied = start + found.end;
  }
  return clean + known.slice(copied);
}

type Span = { readonly start: number; readonly end: number };
type Noun = { readonly [kind: string]: string | undefined };

/** The secret among the words behind its name, or null. */
function find(after: string, noun: Noun): Span | null {
  let isSaid = /^["'*`)]{0,3}[ \t]{0,2}[:=：]/u.test(after);
  let isOther = false;
  let seen = 0;
  for (const { 0: whole, index } of after.matchAll(
    /(?:"[^"\n]{1,100}"|'[^'\n]{1,100}'(?!\p{L})|`[^`\n]{1,100}`|[^\s"`]+)/gu,
  )) {
    if (seen++ === WORDS) return null;
    const isQuoted = /^["'`]/u.test(whole);
    const bare = isQuoted ? whole.slice(1, -1) : trimEnd(whole);
    const start = index + (isQuoted ? 1 : 0);
    // A word that reaches over the window's end is judged by what can be seen of it.
    const word = bare.replace(/^[(*_:=]+/u, "");
    const from = start + bare.length - word.length;
    if (
      word !== "" &&
      isIt(word, { noun, isSaid, isQuoted, isOther, isFirst: seen === 1, rest: after.slice(index + whole.length) })
    )
      return { start: from, end: from + word.length };
    isOther = OTHER.test(word);
    isSaid = COPULA.test(whole) || /[:=]$/u.test(whole);
    if (/[.;!?]["')]?$/u.test(whole) || (isQuoted && isSaid)) return null;
  }
  return null;
}

type At = {
  readonly noun: Noun;
  readonly isSaid: boolean;
  readonly isQuoted: boolean;
  readonly isOther: boolean;
  readonly isFirst: boolean;
  readonly rest: string;
};

function isIt(word: string, { noun, isSaid, isQuoted, isOther, isFirst, rest }: At): boolean {
  if (word === MARK || isPlain(word) || isOther) return false;
  const isPassword = noun["password"] !== undefined;
  const isNumber =
    /^\d{4,}$/u.test(word) &&
    !/^[ \t]?(?:[-.:/]\d|[ \t]*(?:char|byte|bit|sec|min|ms|digit|zeichen|times|\p{L}+s\b))/iu.test(rest);
  if (noun["pin"] !== undefined) return isNumber && word.length < 11 && (isSaid || isFirst);
  if (isNumber) return isPassword && isSaid;
  if (isQuoted && (isSaid || (isPassword && isFirst)))
    return isPassword ? !/[<>{}()[\]/]/u.test(word) : isCredential(word) && !isName(word);
  // A pair: "log in as bob/hunter2", "credentials admin:hunter2".
  const paired = /^[\w.@-]{2,40}[/:]([^\s/-]+)$/u.exec(word)?.[1];
  if ((isPassword || noun["account"] !== undefined) && paired !== undefined && isCredential(paired)) return true;
  if (noun["account"] !== undefined)
    return isFirst && /^pass$/iu.test(noun["account"]) && /^\p{L}{3,}\d+!?$/u.test(word) && isCredential(word);
  if (/^[\w+/=-]{20,}$/u.test(word) && isRandom(word) && !isName(word) && /\d/u.test(word)) return true;
  if (isSaid) return isCredential(word) && (isPassword || !isName(word)) && !isId(word);
  return isPassword && isFirst && isCredential(word) && !isName(word) && !/^[\p{L}]+\d$/u.test(word.slice(0, 5));
}
