/**
 * Whether a name is one of `names`, in the small language of the table: `#` is any number, `**` is any text, and `*` is any
 * text that does not go on with the word before it (`Claude Code*` is "Claude Code - Turn 3" and not "Claude Codex"). All
 * else is meant as written.
 */
export function toMatcher(names: readonly string[]): (name: string) => boolean {
  const pattern = new RegExp(`^(?:${names.map(toSource).join("|")})$`, "u");
  return (name) => pattern.test(name);
}

function toSource(name: string): string {
  return name
    .replaceAll(/[.+?^${}()|[\]\\/]/gu, String.raw`\$&`)
    .replaceAll("#", String.raw`\d+`)
    .replaceAll(/(?<=\p{L})\*(?!\*)/gu, String.raw`(?!\w)*`)
    .replaceAll(/\*{1,2}/gu, String.raw`[\s\S]*`);
}

/** Whether a name stands for itself alone. */
export function isExact(name: string): boolean {
  return !/[#*]/u.test(name);
}

/** How all that a name stands for begins, without blanks at the end. */
export function prefixOf(name: string): string {
  return name.replace(/[#*].*$/su, "").trimEnd();
}
