// The core knows no clock; these two only convert, which is why they alone may name Date.

/** Milliseconds since 1970 of an ISO timestamp, or null when it does not parse. */
export function toMillis(value: unknown): number | null {
  if (typeof value !== "string" || value === "") return null;
  if (value.length === 24 && value.charCodeAt(23) === 0x5a) return fromUtc(value) ?? fromAny(value);
  return fromAny(value);
}

// Other texts parse too ("1", "May 2026"), but as a machine's own time zone has it. Without a zone it is UTC.
const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/iu;
/** The end of the year 9999; a time before 1970 is an unset one. */
const MAX_MILLIS = 253_402_300_799_999;

function fromAny(value: string): number | null {
  const iso = ISO.exec(value);
  if (iso === null) return null;
  // oxlint-disable-next-line no-restricted-globals -- parsing, not reading the clock
  const parsed = Date.parse(iso[1] === undefined ? `${value}Z` : value);
  return parsed >= 0 && parsed <= MAX_MILLIS ? parsed : null;
}

/** The form that Langfuse writes, `2026-01-15T09:12:44.000Z`, several times faster than Date.parse; else null. */
function fromUtc(value: string): number | null {
  if (value.charCodeAt(10) !== 0x54 || value.charCodeAt(19) !== 0x2e) return null;
  const hour = hourStart(value);
  const minute = twoDigits(value, 14);
  const second = twoDigits(value, 17);
  const milli = twoDigits(value, 20) * 10 + (value.charCodeAt(22) - 48);
  // NaN compares false, so a text that is not made of digits falls through to the slow and strict way.
  const isValid = minute < 60 && second < 60 && milli < 1000 && isDigit(value.charCodeAt(22));
  return hour !== null && isValid ? hour + minute * 60_000 + second * 1000 + milli : null;
}

// Rows of a trace mostly start in the same hour as the row before.
let lastHour = -1;
let lastHourStart = 0;

function hourStart(value: string): number | null {
  const year = twoDigits(value, 0) * 100 + twoDigits(value, 2);
  const month = twoDigits(value, 5);
  const day = twoDigits(value, 8);
  const hour = twoDigits(value, 11);
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23)) return null;
  const key = ((year * 100 + month) * 100 + day) * 100 + hour;
  if (key !== lastHour) {
    lastHour = key;
    // oxlint-disable-next-line no-restricted-globals -- arithmetic, not reading the clock
    lastHourStart = Date.UTC(year, month - 1, day, hour);
  }
  return lastHourStart;
}

function twoDigits(value: string, at: number): number {
  const tens = value.charCodeAt(at);
  const ones = value.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - 48) * 10 + (ones - 48) : NaN;
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/** `2026-01-15T09:12:44.000Z` for milliseconds since 1970. */
export function toIso(millis: number): string {
  // oxlint-disable-next-line no-restricted-globals -- formatting, not reading the clock
  return new Date(millis).toISOString();
}
