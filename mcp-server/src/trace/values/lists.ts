/** The longest of several runs. */
export type Longest<T> = {
  /** Puts an item at the end of the current run. */
  readonly extend: (item: T) => void;
  /** Ends the current run. */
  readonly restart: () => void;
  /** The last item of the current run, and the one before it. */
  readonly last: () => T | undefined;
  readonly beforeLast: () => T | undefined;
  readonly longest: () => readonly T[];
};

/** All runs stand in one list, so that a trace of 100,000 calls makes no list for each of its runs. */
export function createLongest<T>(): Longest<T> {
  const items: T[] = [];
  let start = 0;
  let longest = { start: 0, end: 0 };
  return {
    extend: (item) => {
      items.push(item);
      if (items.length - start > longest.end - longest.start) longest = { start, end: items.length };
    },
    restart: () => {
      start = items.length;
    },
    last: () => (items.length > start ? items.at(-1) : undefined),
    beforeLast: () => (items.length > start + 1 ? items.at(-2) : undefined),
    longest: () => items.slice(longest.start, longest.end),
  };
}

/** Adds an item to the list of a key. */
export function addTo<K, T>(lists: Map<K, T[]>, key: K, item: T): readonly T[] {
  const list = lists.get(key);
  if (list !== undefined) {
    list.push(item);
    return list;
  }
  const created = [item];
  lists.set(key, created);
  return created;
}
