import { MARK } from "./secret-values.ts";

const EMAIL =
  /(?<![\p{L}\p{N}_.+%-])([\p{L}\p{N}_.+%-]+)@((?:[\p{L}\p{N}-]{1,63}\.)+([\p{L}]{2,24}))(?![\p{L}\p{N}_])/gu;
// `git@host:path` is a remote, `icon@2x.png` a file and `name@next.js` a package.
const NO_DOMAIN =
  /^(?:png|jpe?g|gif|svg|webp|ico|js|mjs|cjs|ts|tsx|jsx|css|md|json|ya?ml|py|rb|go|rs|java|html?|txt|toml|lock|sh|vue|fixture|mark)$/iu;

const INTERNATIONAL =
  /(?<![\w+./-])(?:\+|00(?=[1-9]\d{0,2}[ -]))[1-9]\d{0,14}(?:(?:[ ./-]|\u00a0| - )?\(\d{1,4}\)|[ ./-]\d{1,12}|(?<=\))\d{1,12}){0,7}(?![\w(])/gu;
const NORTH_AMERICAN = /(?<![\w.+-])(?:\(\d{3}\)[ ]?|\d{3}[-.])\d{3}[-.]\d{4}(?![\w-]|\.\d)/gu;
const SAID_PHONE =
  /\b((?:phone|telephone|tel|mobile|cell|handy|handynummer|telefon|telefonnummer|téléphone|teléfono|telefone|móvil|celular|cellulare|telefono|whatsapp|sms|fax|call|text|rufnummer)(?:[ .:#]{1,3}(?:number|no|nr|me|at|is|ist|est|es|him|her|on|unter|au|al|to|:)\b){0,3}[ .:#]{1,3})(?!\d{4}-\d\d-\d\d)((?:\d[ ()./-]{0,2}){7,15})(?![\w])/giu;

const CARD = /(?<![\w.-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-]|\.\d)/gu;
const IBAN = /(?<![\w])[A-Za-z]{2}\d{2}(?:(?: [A-Z\d]{4}){2,7}(?: [A-Z\d]{1,3})?|[A-Za-z\d]{11,30})(?![\w])/gu;
const SSN = /(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/gu;
const CPF = /(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])/gu; // Brazil
const NINO = /(?<![\w])[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\w])/gu; // United Kingdom
const SAID_NUMBER =
  /\b((?:passport|reisepass|passeport|pasaporte|passaporte|passaporto|paspoort|paszport|personalausweis|ausweis|ssn|social security|sozialversicherung\w*|steuer-?(?:id|nummer|identifikationsnummer)|tax id|tin|national id|nino|aadhaar|cpf|cnpj|dni|nie|nif|codice fiscale|sécurité sociale|bsn|pesel|driver'?s? licen[sc]e|führerschein|permis de conduire|account number|kontonummer|routing number|sort code)(?:[ .:#(]{1,3}(?:number|no|nr|nummer|numero|número|numéro|num|id|is|ist|est|es|é|è|of|card|mr|mrs|:|=)\b[.:]?){0,3}[ .:#=]{1,3})((?=[A-Z\d -]{0,20}\d[A-Z\d -]{0,20}\d[ -]?[A-Z\d]?[ -]?\d)[A-Z\d](?:[ -]?[A-Z\d]){4,20})(?![\w])/giu;

const MONTH =
  "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|fév|fev|avr|juin|juil|aoû|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|out)\\p{L}{0,9}";
const DATE = `(?:\\d{4}[-./]\\d{1,2}[-./]\\d{1,2}|\\d{1,2}[-./ ]{1,2}\\d{1,2}[-./ ]{1,2}(?:\\d{4}|\\d{2})|\\d{1,2}(?:st|nd|rd|th|\\.)? ?(?:de |of )?${MONTH}\\.?,? ?(?:de )?\\d{4}|${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}|\\d{4}年\\d{1,2}月\\d{1,2}日)`;
const BIRTH = new RegExp(
  `((?<!\\p{L})(?:born|dob|d\\.o\\.b\\.?|date[ _-]of[ _-]birth|birth[ _-]?dates?|birthdays?|geboren|geb\\.?|geburtstag|geburtsdatum|née?|date de naissance|anniversaire|nacid[oa]|fecha de nacimiento|cumpleaños|nascid[oa]|data de nascimento|nascimento|nat[oa]|data di nascita|geboortedatum|urodz\\p{L}+|родил\\p{L}+|дата рождения)(?:["']?[ :=(]{1,3}(?:is|was|on|in|at|am|ist|le|el|em|il|est|es|é|è|of|him|her|the|my|[A-Z]\\p{L}+)){0,4}["']?[ :=(]{1,3}["']?)${DATE}`,
  "giu",
);

const HOME =
  /((?<![\w.])(?:[a-z]:|\/mnt\/[a-z]|\/[a-z])?[\\/]{1,4}(?:Users|home)[\\/]{1,2})([^\\/\s"'`<>:;,|*?$%{}()[\]]+(?: [A-Z][^\\/\s"'`<>:]{0,40}(?=[\\/]))?)(?=[\\/]|(?<=[\\/]Users[\\/]{1,2}[^\\/]{1,64})(?=[\s"'`:;,.)]|$))/gu;
const PROJECT_FOLDER = /((?<![\w-])-(?:Users|home)-)([A-Za-z\d]+)(?=-)/gu;
// Accounts that every machine of a kind has; they name nobody.
const NOBODY =
  /^(?:dev|devs?|developer|user|users?|username|you|me|name|ubuntu|debian|fedora|centos|alpine|root|node|runner|runneradmin|app|apps|vscode|coder|codespace|gitpod|vagrant|ec2-user|azureuser|admin|administrator|deploy|deployer|git|jenkins|circleci|travis|pi|shared|public|default|all users|guest|test|tester|work|worker|www-data|build|builder|agent|sandbox|workspace|linuxbrew|postgres|nobody|service|bot|ci|oai|claude|appuser|nonroot|jovyan|kali|steam|example|foo|bar|alice|bob)$/iu;

// An account at an issuer, which is otherwise a UUID like any id.
const ACCOUNT_ID =
  /\b((?:client|tenant|subscription|directory|application)[ _-]?id["']?[ :=]{1,4}(?:is )?["']?)[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/giu;

const IPV4 = /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/gu;
const IPV6 = /(?<![\w:.])[23][\da-f]{3}:(?:[\da-f]{0,4}:){1,6}[\da-f]{0,4}(?![\w:])/giu;
const RESOLVER = /^(?:8\.8\.[48]\.[48]|1\.[01]\.[01]\.1|9\.9\.9\.9|208\.67\.22[02]\.22[02])$/u;

/** Takes out personal data that its form or its check digits give away, or that is said to be some. */
export function redactPersonal(text: string): string {
  let clean = text;
  if (clean.includes("@"))
    clean = clean.replace(EMAIL, (whole: string, local: string, domain: string, end: string) =>
      isMail(local, domain, end) ? MARK : whole,
    );
  if (/Users|home/u.test(clean)) clean = redactHomes(clean);
  return /\d[^\d\n]{0,14}\d/u.test(clean) ? redactNumbers(clean) : clean;
}

function redactHomes(text: string): string {
  const anonymous = (whole: string, before: string, name: string): string =>
    NOBODY.test(name) || name.startsWith(".") ? whole : `${before}${MARK}`;
  return text.replace(HOME, anonymous).replace(PROJECT_FOLDER, anonymous);
}

function redactNumbers(text: string): string {
  const clean = text
    .replace(BIRTH, `$1${MARK}`)
    .replace(ACCOUNT_ID, `$1${MARK}`)
    .replace(SAID_NUMBER, `$1${MARK}`)
    .replace(IPV4, (ip) => (isPublic(ip) ? MARK : ip))
    .replace(IPV6, (ip) => (ip.split(":").length === 8 || ip.includes("::") ? MARK : ip));
  // Seven digits near each other: fewer are no phone, card or account.
  if (!/(?:\d[ ()./-]{0,3}){7}|\d[A-D]\b/u.test(clean)) return clean;
  return clean
    .replace(IBAN, redactIban)
    .replace(CARD, (card) => (isCard(card) ? MARK : card))
    .replace(SSN, MARK)
    .replace(CPF, MARK)
    .replace(NINO, MARK)
    .replace(
      SAID_PHONE,
      (_whole: string, before: string, phone: string) => `${before}${MARK}${/[ .]*$/u.exec(phone)?.[0] ?? ""}`,
    )
    .replace(INTERNATIONAL, (phone) => (/^\D*(?:\d\D*){8,17}$/u.test(phone) ? MARK : phone))
    .replace(NORTH_AMERICAN, MARK);
}

function isMail(local: string, domain: string, end: string): boolean {
  return local !== "git" && !NO_DOMAIN.test(end) && !/^\dx\./u.test(domain);
}

/** An IBAN by its check digits (ISO 13616); groups in capitals behind it are the sentence's. */
function redactIban(written: string): string {
  const groups = written.split(" ");
  for (let count = groups.length; count > 0; count--) {
    if (isIban(groups.slice(0, count).join(""))) return [MARK, ...groups.slice(count)].join(" ");
  }
  return written;
}

function isIban(iban: string): boolean {
  if (iban.length < 15 || iban.length > 34) return false;
  let rest = 0;
  for (const sign of (iban.slice(4) + iban.slice(0, 4)).toUpperCase()) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** A card's number by its length and its check digit (Luhn, ISO 7812). */
function isCard(written: string): boolean {
  const digits = written.replaceAll(/\D/gu, "");
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits.at(-1 - at));
    sum += at % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0 && new Set(digits).size > 1;
}

/** A host's address on the internet. Private ranges, localhost and public resolvers are nobody's; a version is none. */
function isPublic(ip: string): boolean {
  const parts = ip.split(".").map(Number);
  const [a = 0, b = 0] = parts;
  if (parts.some((part) => part > 255) || a === 0 || a === 10 || a === 127 || a > 223 || RESOLVER.test(ip))
    return false;
  if (
    (a === 192 && b === 168) ||
    (a === 172 && b > 15 && b < 32) ||
    (a === 169 && b === 254) ||
    (a === 100 && b > 63 && b < 128)
  )
    return false;
  return parts.some((part) => part > 99);
}
