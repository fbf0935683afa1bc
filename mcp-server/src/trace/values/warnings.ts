/** Counted oddities of the data. A warning says that something was passed over, so that nothing is lost in silence. */
export type Warnings = {
  readonly add: (code: string, count?: number) => void;
  /** Sorted by code, so that the same data gives the same bytes. */
  readonly list: () => readonly Warning[];
};

export type Warning = { readonly code: string; readonly count: number };

/** New warnings, beginning with those of `before`. */
export function createWarnings(before: readonly Warning[] = []): Warnings {
  const counts = new Map<string, number>(before.map(({ code, count }) => [code, count]));
  return {
    add: (code, count = 1) => {
      if (count > 0) counts.set(code, (counts.get(code) ?? 0) + count);
    },
    list: () =>
      [...counts]
        .map(([code, count]) => ({ code, count }))
        .sort((left, right) => (left.code < right.code ? -1 : Number(left.code > right.code))),
  };
}
