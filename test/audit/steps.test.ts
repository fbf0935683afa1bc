import { describe, expect, test } from "vitest";
import type { Change } from "../../mcp-server/src/audit/answers/refactoring-specialist.ts";
import { readStep, toSteps } from "../../mcp-server/src/audit/plan/steps.ts";

const CHANGE = {
  title: "x",
  file: "CLAUDE.md",
  place: "",
  constraints: ["One."],
  addresses: [0],
  risk: "Low",
} as const;

describe("a step quotes its line as it stands there, and is read again", () => {
  test.each([
    ["Begin with:", "“Begin with:”"],
    ["**A** `Checks: <result>` and http://localhost:3000", "“**A** `Checks: <result>` and http://localhost:3000”"],
    ["a: “b”) by: c", "“a: “b…”"],
    ["Say “done: yes” last:", "“Say “done: yes” last:”"],
  ])("%s", (line, quoted) => {
    const files = [{ path: "CLAUDE.md", text: `# Rules\n${line}\nthe end\n` }];
    const text = "Say: a”) by: b c: d";
    for (const [part, words] of [
      [{ place: "below CLAUDE.md:2" }, `below line 2 (${quoted}) add`],
      [{ replaces: "CLAUDE.md:2" }, `replace line 2 (${quoted}) by`],
      [{ replaces: "CLAUDE.md:2-3" }, `replace lines 2 to 3 (${quoted} to “the end”) by`],
    ] as const) {
      const [step = ""] = toSteps([{ ...CHANGE, ...part, constraints: ["Say: a”) by: b", "c: d"] }], files);
      expect(step).toBe(`In CLAUDE.md (change 1), ${words}: ${text}`);
      expect(readStep(step)).toMatchObject({ file: "CLAUDE.md", text });
    }
  });

  test.each([
    ["In CLAUDE.md: Plan: first.", "Plan: first."],
    ["In CLAUDE.md, below line 6 (“Begin with ”) add: Plan: first.", "Plan: first."],
    ["In CLAUDE.md (change 2), below line 6 (“- a”) add, indented like it: - Plan: first.", "- Plan: first."],
    ["In CLAUDE.md, under “Rules”: Plan first.", "Plan first."],
  ])("so is one that a human or another version wrote: %s", (step, text) => {
    expect(readStep(step)).toMatchObject({ file: "CLAUDE.md", text });
  });
});

const TEXT = `# Rules

Be fast:

- lint first
- test then
  with care

1. build
2. ship

## Style
Plain words.
- top
  * nested
`;
const files = [{ path: "CLAUDE.md", text: TEXT }];

/** Carries out steps one after the other, by their numbers alone, as an editor that reads no words would. */
function carryOut(steps: readonly string[]): string {
  const lines = TEXT.split("\n");
  /** Of each step the line that it wrote, from 1. */
  const wrote: number[] = [];
  for (const step of steps) {
    const text = readStep(step)?.text ?? "";
    const [, verb, first = "", last = first] = /(replace|below) lines? (\d+)(?: to (\d+))?/u.exec(step) ?? [];
    const above = /below what step (\d+) wrote/u.exec(step)?.[1];
    const below = above === undefined ? Number(last) : (wrote[Number(above) - 1] ?? 0);
    const indent = step.includes(", indented like") ? (/^\s*/u.exec(lines[below - 1] ?? "")?.[0] ?? "") : "";
    if (verb === "replace") lines.splice(Number(first) - 1, Number(last) - Number(first) + 1, indent + text);
    else if (verb === undefined && above === undefined) lines.splice(-1, 0, text);
    else lines.splice(below, 0, indent + text);
    wrote.push(verb === "replace" ? Number(first) : below + 1);
  }
  return lines.join("\n");
}
const made = (...changes: readonly Partial<Change>[]): string =>
  carryOut(
    toSteps(
      changes.map((one) => ({ ...CHANGE, ...one })),
      files,
    ),
  );

describe("steps in their order, by their numbers alone, make of the file what the changes say", () => {
  test.each<[string, readonly Partial<Change>[], string, string]>([
    ["an item of a list", [{ place: "below CLAUDE.md:5" }], "- lint first\n", "- lint first\n- One.\n"],
    ["two items", [{ place: "below CLAUDE.md:5", constraints: ["A.", "B."] }], "first\n", "first\n- A.\n- B.\n"],
    ["an item below a further line", [{ place: "below CLAUDE.md:7" }], "care\n", "care\n- One.\n"],
    ["an item with a mark of its own", [{ place: "below CLAUDE.md:5", constraints: ["* A."] }], "st\n", "st\n* A.\n"],
    ["a numbered item", [{ place: "below CLAUDE.md:10" }], "2. ship\n", "2. ship\n3. One.\n"],
    ["a nested item", [{ place: "below CLAUDE.md:15" }], "  * nested\n", "  * nested\n  * One.\n"],
    ["the first item below its lead", [{ place: "below CLAUDE.md:3" }], "Be fast:\n", "Be fast:\n- One.\n"],
    ["text below a heading", [{ place: "below CLAUDE.md:12" }], "## Style\n", "## Style\nOne.\n"],
    [
      "text, its sentences in one line",
      [{ place: "below CLAUDE.md:13", constraints: ["A.", "B."] }],
      "s.\n",
      "s.\nA. B.\n",
    ],
    ["an item that is replaced", [{ replaces: "CLAUDE.md:5" }], "- lint first\n", "- One.\n"],
    ["an item of two lines", [{ replaces: "CLAUDE.md:6-7" }], "- test then\n  with care\n", "- One.\n"],
    [
      "an item replaced by two",
      [{ replaces: "CLAUDE.md:9-10", constraints: ["A.", "B."] }],
      "1. build\n2. ship\n",
      "1. A.\n1. B.\n",
    ],
    [
      "two below one line",
      [{ place: "below CLAUDE.md:5" }, { place: "below CLAUDE.md:5", constraints: ["Two."] }],
      "first\n",
      "first\n- One.\n- Two.\n",
    ],
    [
      "one below an item that another one replaces",
      [{ place: "below CLAUDE.md:5", constraints: ["Two.", "Three."] }, { replaces: "CLAUDE.md:5" }],
      "- lint first\n",
      "- One.\n- Two.\n- Three.\n",
    ],
  ])("%s", (_, changes, before, after) => {
    expect(TEXT.split(before)).toHaveLength(2);
    expect(made(...changes)).toBe(TEXT.replace(before, after));
  });

  test("several, whatever their order", () => {
    const changes: readonly Partial<Change>[] = [
      { place: "below CLAUDE.md:3" },
      { replaces: "CLAUDE.md:6-7", constraints: ["Two."] },
      { place: "at the end", constraints: ["Three."] },
      { place: "below CLAUDE.md:12", constraints: ["Four."] },
    ];
    const expected = TEXT.replace("fast:\n", "fast:\n- One.\n")
      .replace("- test then\n  with care", "- Two.")
      .replace("## Style\n", "## Style\nFour.\n");
    // A nested list goes on where the file ends.
    expect(made(...changes)).toBe(`${expected}* Three.\n`);
    expect(made(...changes.toReversed())).toBe(`${expected}* Three.\n`);
  });
});
