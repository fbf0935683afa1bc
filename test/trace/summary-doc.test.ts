import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { PATTERNS } from "../../mcp-server/src/trace/patterns/all.ts";
import { RECURRING } from "../../mcp-server/src/trace/turns/recurring.ts";
import { ENDS } from "../../mcp-server/src/trace/turns/row.ts";
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

test("docs/summary.md has a line for each kind of what recurs, and for nothing else", () => {
  expect(namesIn("What recurs")).toEqual(RECURRING);
});

test("docs/summary.md has a line for each part of a row and names each end, and its example is a table", () => {
  const { shape } = Summary.shape.turns.element;
  const parts = namesIn("The table of turns").filter((name) => Object.hasOwn(shape, name));
  expect([...new Set(parts)].toSorted()).toEqual(Object.keys(shape).toSorted());
  for (const end of ENDS) expect(document).toMatch(new RegExp(`^\\| \`end\` \\|.*\`${end}\``, "mu"));
  const [, example = ""] = /### An example\n\n```json\n([\s\S]*?)\n```/u.exec(document) ?? [];
  const { turns, turns_folded, recurring } = Summary.shape;
  const table = z.strictObject({ turns, turns_folded, recurring }).parse(JSON.parse(`{${example}}`));
  expect(table.turns).toHaveLength(3);
});
