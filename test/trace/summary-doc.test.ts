import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PATTERNS } from "../../mcp-server/src/trace/patterns/all.ts";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";

const document = readFileSync(new URL("../../docs/summary.md", import.meta.url), "utf8");

/** What the first cells of a section's table name, in backticks. */
function namesIn(section: string): readonly string[] {
  const [, text = ""] = document.split(`\n## ${section}\n`);
  const cells = [...(text.split("\n## ")[0] ?? "").matchAll(/^\| (`[^|]+) \|/gmu)].map(([, cell = ""]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/gu)].map(([, name = ""]) => name));
}

test("docs/summary.md has a line for each field of a summary, and for nothing else", () => {
  expect(namesIn("Fields").toSorted()).toEqual(Object.keys(Summary.shape).toSorted());
});

test("docs/summary.md has a line for each pattern, and for nothing else", () => {
  expect(namesIn("Patterns").toSorted()).toEqual(PATTERNS.map(({ id }) => id).toSorted());
});
