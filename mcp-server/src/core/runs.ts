/** The longest of several runs. Runs grow in place, so that a run of 100,000 calls costs as many steps and no more. */
export type Longest<T> = {
  /** Puts an item at the end of the current run. */
  readonly extend: (item: T) => void;
  /** Ends the current run; the next one starts with these items. */
  readonly restart: (...items: readonly T[]) => void;
  readonly current: () => readonly T[];
  readonly longest: () => readonly T[];
};

export function createLongest<T>(): Longest<T> {
  let current: T[] = [];
  let longest: readonly T[] = current;
  const compare = (): void => {
    if (current.length > longest.length) longest = current;
  };
  return {
    extend: (item) => {
      current.push(item);
      compare();
    },
    restart: (...items) => {
      current = [...items];
      compare();
    },
    current: () => current,
    longest: () => longest,
  };
}

/** Adds an item to the list of a key. */
export function addTo<T>(lists: Map<string, T[]>, key: string, item: T): readonly T[] {
  const list = lists.get(key);
  if (list !== undefined) {
    list.push(item);
    return list;
  }
  const created = [item];
  lists.set(key, created);
  return created;
}
