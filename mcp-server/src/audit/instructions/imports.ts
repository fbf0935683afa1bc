import { toTextLines } from "./prompt-file.ts";

/** More imports than a file of instructions has. */
const MAX_IMPORTS = 50;
const IMPORT =
  /(?:^|\s)@((?:\.{1,2}\/)*[\p{L}\p{N}_.][\p{L}\p{N}_.+/-]{0,198}\.(?:md|markdown))(?=$|[\s,;:)]|\.(?:\s|$))/gu;

/**
 * The markdown files that a prompt file imports with `@path`, relative to its folder, in order. As Claude Code does it,
 * nothing in code spans and code blocks is an import; paths below the home folder lie outside the project.
 */
export function toImports(text: string): readonly string[] {
  const names = new Set<string>();
  let fence: string | null = null;
  for (const line of toTextLines(text)) {
    const [, mark] = /^\s*(`{3,}|~{3,})/u.exec(line) ?? [];
    if (mark !== undefined && (fence === null || mark.startsWith(fence))) fence = fence === null ? mark : null;
    else if (fence === null && line.includes("@") && line.length < 5000)
      for (const [, name] of line.replaceAll(/`[^`]*`/gu, " ").matchAll(IMPORT))
        if (name !== undefined) names.add(name);
    if (names.size >= MAX_IMPORTS) break;
  }
  return [...names].slice(0, MAX_IMPORTS);
}
