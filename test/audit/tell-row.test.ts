import { describe, expect, test } from "vitest";
import type { TurnRow } from "../../mcp-server/src/audit/evidence/rows.ts";
import { tellRow, wordsOf } from "../../mcp-server/src/audit/plan/tell-row.ts";

const row = (part: Partial<TurnRow>): TurnRow => ({
  turn: 3,
  human: "Go on",
  did: [],
  unchecked: [],
  git: [],
  refused: null,
  end: "answered",
  ...part,
});
const told = (part: Partial<TurnRow>, symptom = "It happened", next: string | null = null): string =>
  tellRow(row(part), next === null ? null : row({ turn: 4, human: next }), "The goal", wordsOf(symptom)).replace(
    /^“Go on”(?:; )?/u,
    "",
  );

const FAILED = ["a", "b", "c", "d", "e"].map((name) => `lint npm run ${name} FAILED`);

describe("the steps of a row", () => {
  const did = ["explore 2: a.ts, b.ts", "edit src/a.ts", "test npm test FAILED", "edit src/beta.ts", "git commit"];

  test.each<[string, readonly string[], string, string]>([
    [
      "stand in their order",
      did.slice(1),
      "It happened",
      "edit src/a.ts → test npm test FAILED → edit src/beta.ts → git commit",
    ],
    [
      "show that others stood between",
      ["git commit", "explore 1: a.ts", "explore 1: b.ts", "git push"],
      "It happened",
      "git commit → … → git push",
    ],
    [
      "are first of all those that the symptom names",
      [...did.slice(1), "wait", "agent Plan (2 calls)", ...FAILED],
      "After agent Plan the change of beta.ts was committed",
      `test npm test FAILED → edit src/beta.ts → … → agent Plan (2 calls) → ${FAILED.join(" → ")}`,
    ],
    [
      "that were done over and over stand there twice",
      ["test a FAILED", "edit b.ts", "test a FAILED", "test a FAILED", "test a FAILED", "git push"],
      "It happened",
      "test a FAILED → edit b.ts → test a FAILED → … → git push",
    ],
    [
      "of many names show those that the symptom names",
      ["edit one/first.ts ×2, two/second.ts, three/third-part.ts, +4"],
      "The change of third-part.ts was wrong",
      "edit three/third-part.ts, +6",
    ],
    ["of many names show else the first", ["edit a.ts ×2, b.ts, c.ts"], "It happened", "edit a.ts ×2, b.ts, +1"],
  ])("%s", (_, steps, symptom, text) => {
    expect(told({ did: steps }, symptom)).toBe(text);
  });

  test("tell a refused call where it stood, and several behind them", () => {
    const refused = 'git push main: "rebase first"';
    const steps = ["git commit", "REFUSED git push main", "git rebase", "git push"];
    expect(told({ did: steps, refused })).toBe(`git commit → refused ${refused} → git rebase → git push`);
    expect(told({ did: ["REFUSED Edit a.ts", ...steps], refused })).toBe(
      `git commit → git rebase → git push; refused ${refused}`,
    );
  });
});

test("of several refusals those that the symptom names are told, each with its words", () => {
  const refused = 'plan: "go on"; ask: "one more"; plan: "write it down first"; push: "not now"';
  expect(told({ refused }, "The human wanted it written down first, and asked for one more")).toBe(
    'refused plan: "go on", ask: "one more", plan: "write it down first", and 1 more',
  );
});

describe("the human's words", () => {
  const long = `Rename the option in every file of the project that has it … ${"and then ".repeat(8)}run it once?`;

  test("that are long are quoted by their beginning and their end", () => {
    expect(told({ human: long })).toBe(
      "“Rename the option in every file of the project that … then and then and then and then run it once?”",
    );
  });

  test("that hold what was pasted say how much", () => {
    expect(told({ human: "See this: Error [pasted, 12 lines]" })).toBe("“See this: Error” (pasted, 12 lines)");
  });

  test.each([
    ["it still crashes", true],
    ["now change the docs", false],
    ["now the option of the docs page", true],
  ])("of the next turn stand there where they are the verdict: %s, %s", (next, isTold) => {
    expect(told({ did: ["git commit"] }, "The option was missing on the docs page", next)).toBe(
      `git commit${isTold ? `; then the human: “${next}”` : ""}`,
    );
  });
});
