import { expect, test } from "vitest";
import { toHeadline } from "../../mcp-server/src/trace/summary/headline.ts";
import type { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { bash, denied, edit, failed, read, summaryOf, type Steps } from "../support/trace/steps.ts";

const headline = (steps: Steps, more: Partial<Summary> = {}): readonly string[] =>
  toHeadline({ ...summaryOf(steps), ...more });
const row = (given: Partial<Summary["turns"][number]>): Summary["turns"][number] => ({
  turn: 1,
  human: null,
  did: [],
  ...given,
});

test.each<readonly [string, Steps, readonly string[]]>([
  ["a clean turn", [read("src/a.ts"), edit("src/a.ts"), bash("npm test")], []],
  ["an edit that no check followed", [read("src/a.ts"), edit("src/a.ts")], ["1 file unchecked"]],
  ["a refusal", [denied("git push")], ["refusals in 1 turn"]],
  ["a failing check that is mended", [failed("npm test"), edit("src/a.ts"), bash("npm test")], []],
  ["a check whose exit is hidden", [bash("npm test | tail -5", "…")], ["exits hidden in 1 turn"]],
  ["one whose last line tells", [bash("npm test | tail -5", "Tests  12 passed (12)")], []],
])("what stands out in %s", (_what, steps, expected) => {
  expect(headline(steps).filter((words) => !/_/u.test(words) && words !== "ended in failure")).toEqual(expected);
});

test("names first how often the human had to correct, which the first prompt of a session never does", () => {
  const said = ["this is still wrong", "no, still wrong", "thanks", "undo that, it is wrong"];
  const turns = said.map((human, at) => row({ turn: at + 1, human, unchecked: ["a.ts"] }));
  expect(headline([], { turns, patterns: [], outcome: "success" })).toEqual([
    "2 prompts of the human that state a fault",
    "1 file unchecked",
  ]);
});

test("counts turns, and shows no more than four things", () => {
  const turns = [
    row({ refused: "edit a.ts", end: "interrupted" }),
    row({ refused: "edit a.ts", git: ["commit left out a.ts"], unchecked: ["a.ts", "b.ts"] }),
    row({ did: ["test npm test FAILED: 2 failed"], unchecked: ["a.ts"] }),
  ];
  expect(headline([], { turns, patterns: [], outcome: "success" })).toEqual([
    "refusals in 2 turns",
    "1 turn interrupted",
    "a failing check last in 1 turn",
    "uncommitted edits in 1 turn",
  ]);
});
