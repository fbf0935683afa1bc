// The core knows no clock; these two only convert, which is why they alone may name Date.

/** Milliseconds since 1970 of an ISO timestamp, or null when it does not parse. */
export function toMillis(value: unknown): number | null {
  if (typeof value !== "string" || value === "") return null;
  // oxlint-disable-next-line no-restricted-globals -- parsing, not reading the clock
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) ? null : parsed;
}

/** `2026-01-15T09:12:44.000Z` for milliseconds since 1970. */
export function toIso(millis: number): string {
  // oxlint-disable-next-line no-restricted-globals -- formatting, not reading the clock
  return new Date(millis).toISOString();
}
