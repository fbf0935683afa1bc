import { parseRecord, type JsonRecord } from "../../trace/values/json.ts";

/** How a line of a message begins. */
const BEGINNING = Buffer.from('{"parentUuid":');
const BRACE = 0x7b;
const QUOTE = 0x22;
const COLON = 0x3a;

/**
 * What a line holds; null when it is no record. A session that was killed while it wrote leaves half a line, or bytes
 * without a meaning, and the first line after it was resumed stands right behind them: that one is read, and `isDamaged`.
 */
export function parseLine(bytes: Buffer): { readonly record: JsonRecord | null; readonly isDamaged: boolean } {
  const whole = parseRecord(bytes.toString());
  if (whole !== null) return { record: whole, isDamaged: false };
  for (const at of [bytes.indexOf(BRACE), bytes.lastIndexOf(BEGINNING)]) {
    const rest = at > 0 ? parseRecord(bytes.subarray(at).toString()) : null;
    if (rest !== null) return { record: rest, isDamaged: true };
  }
  return { record: null, isDamaged: true };
}

/**
 * Whether a line was written as Claude Code writes it: from its first byte on, and without a space around its colons. What
 * other programs wrote again (a moved or cleaned transcript) mostly is not, and no bytes tell what it holds.
 */
export function isCompact(bytes: Buffer): boolean {
  if (bytes[0] !== BRACE || bytes[1] !== QUOTE) return false;
  const end = bytes.indexOf(QUOTE, 2);
  return bytes[end + 1] === COLON && (bytes[end + 2] ?? 0) > 0x20;
}

/** A glued line that begins as one of no use may end in one of use; only its last bytes are looked at. */
const TAIL = 16_384;
export function endsInAnother(bytes: Buffer): boolean {
  return bytes.subarray(-TAIL).includes(BEGINNING);
}
