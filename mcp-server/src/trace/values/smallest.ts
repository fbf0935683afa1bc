/** A set that keeps its `max` smallest members, and so the same ones in whatever order they come. */
export function createSmallest(max: number): {
  readonly add: (item: string) => void;
  readonly items: () => ReadonlySet<string>;
} {
  let items = new Set<string>();
  const cut = (): Set<string> => new Set([...items].sort().slice(0, max));
  return {
    add: (item) => {
      items.add(item);
      if (items.size > 4 * max) items = cut();
    },
    items: cut,
  };
}

/** The smaller of two texts, in whatever order they come; null is none. */
export function smallest(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  return right < left ? right : left;
}
