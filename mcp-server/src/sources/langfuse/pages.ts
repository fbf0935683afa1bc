import { isFailure, TOO_HEAVY, type FailureKind } from "./failure.ts";
import { createRelief } from "./heap-relief.ts";
import type { NumberedPage, Page } from "./requests.ts";

/** Rows asked for at once: as many as servers give, and how many when that is too heavy for them. */
export const PAGE = 1000;
export const SMALL_PAGE = 100;

/** Why reading ended before the last page; null when it did not. The same codes are warnings of a summary. */
export type Ending = "repeated_page" | "too_many_pages" | null;

type Place = { readonly limit: number; readonly cursor?: string };
/** `limits`: how many rows are asked for at first, and how many once that was too heavy. */
type Bounds = { readonly limits: readonly [number, number?]; readonly maxPages: number };

/**
 * Reads pages of `v2/observations`, each by the cursor of the one before. Rows with long inputs can make a page too heavy
 * for the server; fewer of them may pass. `take` uses the rows of a page and says whether they told anything new: a
 * cursor that only repeats pages never ends.
 */
export async function readPages(
  ask: (place: Place) => Promise<Page>,
  { limits: [first, smaller = first], maxPages }: Bounds,
  take: (rows: readonly unknown[]) => boolean,
): Promise<Ending> {
  const relieve = createRelief();
  const seen = new Set<string>();
  let limit = first;
  let next: { readonly cursor?: string } = {};
  for (let page = 0; page < maxPages; page += 1) {
    const { rows, cursor } = await ask({ limit, ...next }).catch((error: unknown) => {
      if (limit === smaller || !isFailure(error, TOO_HEAVY)) throw error;
      limit = smaller;
      return ask({ limit, ...next });
    });
    const isNew = take(rows);
    relieve();
    if (cursor === null) return null;
    if (seen.has(cursor) || !isNew) return "repeated_page";
    seen.add(cursor);
    next = { cursor };
  }
  return "too_many_pages";
}

/** Where a numbered page lies: `page` counts pages of `limit` rows, from 1. */
type NumberedPlace = { readonly limit: number; readonly page: number };

/** A page whose rows are too many bytes for the server or for what stands before it: 3.5x fails beyond 4 to 6 MB. */
const TOO_BIG: readonly FailureKind[] = ["too_large", "server_error"];

/**
 * Asks for numbered pages of `limits[0]` rows, and for one that is too big in parts of `limits[1]` rows, and so on. What was
 * too big once is not asked for again. Each limit has to be a multiple of the next.
 */
export function inParts(
  ask: (place: NumberedPlace) => Promise<NumberedPage>,
  limits: readonly [number, ...number[]],
): (page: number) => Promise<NumberedPage> {
  let passes = 0;
  const askFor = async (level: number, page: number): Promise<NumberedPage> => {
    const [limit, next] = [limits[level] ?? 1, limits[level + 1]];
    if (level >= passes || next === undefined) {
      try {
        return await ask({ limit, page });
      } catch (error) {
        if (next === undefined || !isFailure(error, TOO_BIG)) throw error;
      }
    }
    const rows: unknown[] = [];
    const parts = limit / (next ?? limit);
    let totalItems = 0;
    for (let part = 1; part <= parts && rows.length === (part - 1) * (next ?? limit); part += 1) {
      const read = await askFor(level + 1, (page - 1) * parts + part);
      rows.push(...read.rows);
      ({ totalItems } = read);
    }
    passes = Math.max(passes, level + 1);
    return { rows, totalItems, totalPages: Math.ceil(totalItems / limit) };
  };
  return (page) => askFor(0, page);
}

/** Reads numbered pages: the first, which says how many there are, and then as many at once as `atOnce` allows. */
export async function readNumberedPages(
  ask: (page: number) => Promise<NumberedPage>,
  { atOnce, maxPages }: { readonly atOnce: number; readonly maxPages: number },
  take: (rows: readonly unknown[]) => void,
): Promise<{ readonly ending: Ending; readonly totalItems: number }> {
  const relieve = createRelief();
  let last = await ask(1);
  take(last.rows);
  for (let read = 1; last.rows.length > 0 && read < last.totalPages;) {
    if (read >= maxPages) return { ending: "too_many_pages", totalItems: last.totalItems };
    const size = Math.min(atOnce, Math.min(last.totalPages, maxPages) - read);
    const from = read + 1;
    for (const page of await Promise.all(Array.from({ length: size }, (_unused, at) => ask(from + at)))) {
      take(page.rows);
      last = page;
    }
    relieve();
    read += size;
  }
  return { ending: null, totalItems: last.totalItems };
}
