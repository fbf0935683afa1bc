const WIDTH = 110;

/**
 * JSON for files that people read and diff, and that models pay for: each key of the outermost object and each object of a
 * list begins a line, what is inside goes on in lines of at most 110 characters where it can. Ends with a line break. The
 * same value gives the same bytes.
 */
export function formatJson(value: unknown): string {
  if (!isContainer(value) || Array.isArray(value)) return `${write(value, "", 0)}\n`;
  const lines = entriesOf(value).map(({ key, item }) => `  ${key}${write(item, "  ", key.length)}`);
  return lines.length === 0 ? "{}\n" : `{\n${lines.join(",\n")}\n}\n`;
}

/** A value on a line that has this indentation and so many characters used behind it. */
function write(value: unknown, indent: string, used: number): string {
  if (!isContainer(value)) return inline(value);
  const room = WIDTH - indent.length - used;
  const flat = isLonger(value, room) ? null : inline(value);
  if (flat !== null && flat.length < room) return flat;
  const inner = `${indent}  `;
  if (!Array.isArray(value)) {
    const pieces = entriesOf(value).map(({ key, item }) => key + write(item, inner, key.length));
    return `{ ${fill(pieces, inner, indent.length + used + 2)} }`;
  }
  if (value.some(isContainer)) {
    const lines = value.map((item) => inner + write(item, inner, 0));
    return `[\n${lines.join(",\n")}\n${indent}]`;
  }
  return `[${fill(value.map(inline), inner, indent.length + used + 1)}]`;
}

/** Pieces one behind the other, on a new line where the width ends; one of several lines stands alone. */
function fill(pieces: readonly string[], indent: string, start: number): string {
  let text = "";
  let column = start;
  let isAfterLines = false;
  for (const [at, piece] of pieces.entries()) {
    const isLines = piece.includes("\n");
    const isNext = at > 0 && !isLines && !isAfterLines && column + piece.length + 2 < WIDTH;
    text += at === 0 ? piece : isNext ? `, ${piece}` : `,\n${indent}${piece}`;
    column = isNext ? column + piece.length + 2 : (at === 0 ? start : indent.length) + piece.length;
    isAfterLines = isLines;
  }
  return text;
}

/** Whether a value, however it is laid out, takes more than so many characters for certain: told without writing it. */
export function isLonger(value: unknown, room: number): boolean {
  let left = room;
  const take = (item: unknown): boolean => {
    left -= typeof item === "string" ? item.length + 2 : 1;
    return left < 0 || (isContainer(item) && Object.values(item).some(take));
  };
  return take(value);
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

type Entry = { readonly key: string; readonly item: unknown };

function entriesOf(value: object): readonly Entry[] {
  const entries: Entry[] = [];
  for (const [key, item] of Object.entries(value))
    if (item !== undefined) entries.push({ key: `${JSON.stringify(key)}: `, item });
  return entries;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (!isContainer(value)) return JSON.stringify(value) ?? "null";
  const parts = entriesOf(value).map(({ key, item }) => key + inline(item));
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}
