import { redactIssued } from "./issued-keys.ts";
import { redactNamed } from "./assigned-secrets.ts";
import { redactPersonal } from "./personal-data.ts";
import { redactPhrase } from "./seed-phrases.ts";
import { redactProse } from "./passwords-in-prose.ts";
import { redactCommands, redactUrls } from "./credentials-in-urls.ts";

/** Where a name says what a value is, the whole value goes; only then is the rest searched for what looks like a key. */
const STEPS = [redactUrls, redactNamed, redactCommands, redactProse, redactIssued, redactPersonal, redactPhrase];
/** A mark can bring a further thing to light, such as a second address behind a first. More rounds are hostile texts'. */
const ROUNDS = 4;

/**
 * The text with secrets and personal data replaced by `[redacted]`. Redacting twice gives the same text. Each rule is
 * linear in the text's length.
 *
 * Taken out:
 * - keys by their issuer's prefix or alphabet, private keys, wallets' keys, addresses and seed phrases;
 * - values of names that say they are a secret (`DB_PASS=`, `"apiKey": `, headers, cookies, options, XML, `mysql -p…`,
 *   `curl -u user:…`), and what a sentence names so, in twenty languages ("the password of bob is …");
 * - user info, signatures and webhooks' secret parts of URLs;
 * - long runs of letters and digits that no word and no id can be;
 * - e-mail addresses, phone numbers, cards and IBANs (by their check digits), national ids, passports and dates of birth
 *   where they are said to be one, user names of home folders, public IP addresses.
 *
 * Left on purpose, because a reader needs them or because they cannot be told from prose:
 * - words about secrets ("the token is expired", "token: string", "basic auth"), variables, placeholders and code;
 * - commit hashes, UUIDs and ids of traces and sessions, digests, versions, paths, URLs without user info;
 * - private IP ranges, localhost and public resolvers; accounts that every machine has (`/home/dev`);
 * - names of people and streets, passwords that are plain words in a sentence, hexadecimal that nothing names.
 */
export function redactSecrets(value: string): string {
  let clean = value;
  for (let round = 0; round < ROUNDS; round++) {
    const before = clean;
    for (const step of STEPS) clean = step(clean);
    if (clean === before) break;
  }
  return clean;
}
