import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const core = new URL("../../mcp-server/src/core/", import.meta.url);
const files = readdirSync(core, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

const IMPORT = /\b(?:import|export)\b[^;'"]*?\bfrom\s*["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']/gu;

/** What a source names after `from`, `import` and `import(`. */
function importsOf(source: string): readonly string[] {
  return [...source.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? "");
}

/** Whether a file of the core may import this. */
function isAllowed(file: string, target: string): boolean {
  return (
    target === "zod" || (target.startsWith(".") && new URL(target, new URL(file, core)).href.startsWith(core.href))
  );
}

test("the core imports zod and itself, nothing else", () => {
  expect(files.length).toBeGreaterThan(30);
  const foreign = files.flatMap((file) =>
    importsOf(readFileSync(new URL(file, core), "utf8"))
      .filter((target) => !isAllowed(file, target))
      .map((target) => `${file} imports ${target}`),
  );
  expect(foreign).toEqual([]);
});

test("the core reads no clock, no chance and no process", () => {
  const impure = files.filter((file) => {
    const code = readFileSync(new URL(file, core), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/gu, "");
    return /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.|\bprocess\.|\bglobalThis\b|\bfetch\(|\bset(?:Timeout|Interval)\b|\bcrypto\./u.test(
      code,
    );
  });
  expect(impure).toEqual([]);
});

test("an import of anything else would be seen, however it is written", () => {
  const source = [
    'import fs from "node:fs";',
    "import { a,\n b } from './a.ts';",
    'import "../langfuse/reader.ts";',
    'export * from "langfuse";',
    'const x = await import("node:os");',
    'import type { Y } from "zod";',
  ].join("\n");
  expect(importsOf(source).filter((target) => !isAllowed("a.ts", target))).toEqual([
    "node:fs",
    "../langfuse/reader.ts",
    "langfuse",
    "node:os",
  ]);
});
