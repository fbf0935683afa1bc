import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../files/temporary.ts";
import { PLUGIN_ROOT } from "../files/plugin-root.ts";
import { fencedBlocks } from "./prompts.ts";

/** A block of a document that shows a file; `path` is null when it does not say which. */
export type Block = { readonly path: string | null; readonly code: string };

/** The blocks of one language, each with the file that its first line names. */
export function blocksOf(document: string, language: "ts" | "diff"): readonly Block[] {
  return fencedBlocks(document, language).map((block) => {
    const [named = "", path = null] = /^\/\/ (\S+)\n/u.exec(block) ?? [];
    return { path, code: block.slice(named.length) };
  });
}

const withoutBlanks = (text: string): string => text.replaceAll(/\s+/gu, " ").trim();

/** The first line of an excerpt that the source does not have in its place, or null. `…` stands for any lines. */
export function firstForeignLine(excerpt: string, source: string): string | null {
  const own = source.split("\n").map(withoutBlanks).filter(Boolean);
  let from = 0;
  let isCut = true;
  for (const line of excerpt.split("\n").map(withoutBlanks).filter(Boolean)) {
    if (line === "…") {
      isCut = true;
      continue;
    }
    const at = isCut ? own.indexOf(line, from) : from;
    if (at === -1 || own[at] !== line) return line;
    from = at + 1;
    isCut = false;
  }
  return null;
}

/** The source with the `+` lines behind the lines that stand before them. Throws when one of those is not there. */
export function withAddedLines(source: string, diff: string): string {
  const lines = source.split("\n");
  let from = 0;
  for (const line of diff.trimEnd().split("\n")) {
    const text = line.slice(1);
    if (line.startsWith("+")) lines.splice(from, 0, text);
    else if (!lines.includes(text, from)) throw new Error(`no line ${JSON.stringify(text)} after line ${from}`);
    from = line.startsWith("+") ? from + 1 : lines.indexOf(text, from) + 1;
  }
  return lines.join("\n");
}

/** What a copy needs for its types to be checked and its tests to run. */
const COPIED = ["docs", "hooks", "mcp-server", "test", "package.json", "tsconfig.json", "vitest.config.ts"] as const;
/** Large, and only read. */
const LINKED = ["node_modules", "test/fixtures", "test/evals"] as const;

/** Follows a document in a copy of the project: adds its new files and lines. Returns the copy and the tests it shows. */
export function followDocument(document: string): { readonly copy: string; readonly tests: readonly string[] } {
  const copy = temporaryFolder("followed");
  const linked: readonly string[] = LINKED.map((path) => join(PLUGIN_ROOT, path));
  for (const path of COPIED) {
    cpSync(join(PLUGIN_ROOT, path), join(copy, path), { recursive: true, filter: (from) => !linked.includes(from) });
  }
  for (const path of LINKED) symlinkSync(join(PLUGIN_ROOT, path), join(copy, path));
  const created = blocksOf(document, "ts").filter(({ path }) => !existsSync(join(PLUGIN_ROOT, path ?? "")));
  const changed = blocksOf(document, "diff");
  for (const { path, code } of created) {
    const file = join(copy, path ?? "");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  for (const { path, code } of changed) {
    const file = join(copy, path ?? "");
    writeFileSync(file, withAddedLines(readFileSync(file, "utf8"), code));
  }
  const paths = [...created, ...changed].flatMap(({ path }) => path ?? []);
  return { copy, tests: paths.filter((path) => path.endsWith(".test.ts")) };
}
