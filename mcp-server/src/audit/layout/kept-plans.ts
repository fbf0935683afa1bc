const NAME = /^(\d{4}-\d\d-\d\d)-([\w-]+?)(?:-(\d{1,4}))?\.md$/u;
const SHORT = 12;

/** The date (`YYYY-MM-DD`) and number in the name of a kept plan, which is an accepted plan's copy; null for any other file. */
export function parseKeptName(file: string): { readonly date: string; readonly number: number } | null {
  const [, date, , number] = NAME.exec(file) ?? [];
  return date === undefined ? null : { date, number: Number(number ?? 1) };
}

/**
 * The name of the `number`th plan that is kept of these traces on a day (`YYYY-MM-DD`): the first trace's id, cut to 12
 * characters, and how many more there are. Nothing of an id but letters, digits, `_` and `-` gets into a file name.
 */
export function toKeptName(date: string, traceIds: readonly string[], number: number): string {
  const first =
    (traceIds[0] ?? "")
      .replace(/[^A-Za-z0-9_-]+/gu, "-")
      .slice(0, SHORT)
      .replace(/^-+|-+$/gu, "") || "trace";
  const more = traceIds.length > 1 ? `-and-${traceIds.length - 1}-more` : "";
  return `${date}-${first}${more}${number > 1 ? `-${number}` : ""}.md`;
}
