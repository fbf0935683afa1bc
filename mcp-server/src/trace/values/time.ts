// Nothing here reads the clock: what names Date only converts.

// Other texts parse too ("1", "May 2026"), but as a machine's own time zone has it. Without a zone it is UTC.
const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/iu;
/** The end of the year 9999; a time before 1970 is an unset one. */
const MAX_MILLIS = 253_402_300_799_999;

/** Milliseconds since 1970 of an ISO timestamp, or null when it does not parse. */
export function toMillis(value: unknown): number | null {
  const iso = typeof value === "string" ? ISO.exec(value) : null;
  if (iso === null) return null;
  // oxlint-disable-next-line no-restricted-globals -- parsing, not reading the clock
  const parsed = Date.parse(iso[1] === undefined ? `${iso[0]}Z` : iso[0]);
  return parsed >= 0 && parsed <= MAX_MILLIS ? parsed : null;
}

/** How long something took, in milliseconds and never below zero; null when either end is not known. */
export function lengthOf({
  start,
  end,
}: {
  readonly start: number | null;
  readonly end: number | null;
}): number | null {
  return start === null || end === null ? null : Math.max(0, end - start);
}

/** `2026-01-15T09:12:44.000Z` for milliseconds since 1970. */
export function toIso(millis: number): string {
  // oxlint-disable-next-line no-restricted-globals -- formatting, not reading the clock
  return new Date(millis).toISOString();
}
