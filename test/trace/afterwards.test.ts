import { describe, expect, test } from "vitest";
import { readMadeCommits } from "../../mcp-server/src/trace/call/made-commits.ts";
import { toAfterwards } from "../../mcp-server/src/trace/run/afterwards.ts";

const hash = (start: string): string => start.padEnd(40, "0");
const [A, B, C, D] = ["aaaaaaa", "bbbbbbb", "ccccccc", "ddddddd"].map(hash);

describe("what git says that it committed", () => {
  test.each([
    ["a branch", "[main 1a2b3c4] Subject\n 1 file changed", ["1a2b3c4"]],
    ["the first commit", "[main (root-commit) 1a2b3c4] Subject", ["1a2b3c4"]],
    ["no branch", "[detached HEAD 1a2b3c4d5e] Subject", ["1a2b3c4d5e"]],
    ["a branch with a bracket, behind a hook's words", "lint ok\r\n[fix/a] b 1a2b3c4] Subject", ["1a2b3c4"]],
    [
      "two commits of one line, one of them again",
      "[x 1a2b3c4] A\n[x 2b3c4d5] B\n[x 1a2b3c4] A",
      ["1a2b3c4", "2b3c4d5"],
    ],
    ["nothing", "nothing to commit, working tree clean", []],
    ["a short number", "[main 1a2b3c] Subject", []],
    ["a word that is no hash", "[main deadbeet] Subject\n[main DEADBEE] Subject", []],
    ["text within a line", "see [main 1a2b3c4] Subject", []],
  ])("%s", (_name, output, expected) => {
    expect(readMadeCommits(output)).toEqual(expected);
  });

  test("costs no time in a hostile output, and is bounded", () => {
    const started = performance.now();
    readMadeCommits("[".repeat(300_000));
    readMadeCommits(`${"[a 1234567".repeat(30_000)}\n`.repeat(3));
    expect(performance.now() - started).toBeLessThan(1500);
    const many = Array.from({ length: 50 }, (_one, at) => `[m ${String(1_000_000 + at)}] x`).join("\n");
    expect(readMadeCommits(many)).toHaveLength(20);
  });
});

describe("what became of commits", () => {
  const told = (
    commits: readonly (string | undefined)[],
    reverts: Readonly<Record<string, readonly string[]>> = {},
  ) => ({
    commits: commits.flatMap((one) => one ?? []),
    reverts: new Map(Object.entries(reverts)),
  });
  const turns = [
    { turn: 1, commits: ["aaaaaaa"] },
    { turn: 2, commits: ["bbbbbbb", "aaaaaaa"] },
  ];

  test.each([
    ["nothing is known where HEAD holds none", told([C]), null],
    ["a hash that two commits begin with is neither", told([A, `${hash("aaaaaaa").slice(0, -1)}1`]), null],
    ["those of another hash are not known", told([A]), [2, 1, 0, []]],
    ["a revert by a whole hash", told([C, B, A], { [String(C)]: [String(B)] }), [2, 2, 1, [2]]],
    [
      "a revert by a short hash, of what two turns made",
      told([C, B, A], { [String(C)]: ["aaaaaaa"] }),
      [2, 2, 1, [1, 2]],
    ],
    ["a reverted revert", told([D, C, B, A], { [String(C)]: [String(B)], [String(D)]: [String(C)] }), [2, 2, 0, []]],
    [
      "two reverts, one reverted",
      told([D, C, B, A], { [String(C)]: [String(B)], [String(D)]: [String(B), String(C)] }),
      [2, 2, 1, [2]],
    ],
    ["a revert of what HEAD does not hold", told([C, A], { [String(C)]: [String(B)] }), [2, 1, 0, []]],
  ] as const)("%s", (_name, history, expected) => {
    const found = toAfterwards(turns, history);
    expect(found === null ? null : [found.commits, found.in_history, found.reverted, found.reverted_turns]).toEqual(
      expected,
    );
  });

  test("messages that revert each other in a circle end", () => {
    const circle = told([B, A], { [String(A)]: [String(B)], [String(B)]: [String(A)] });
    expect(toAfterwards(turns, circle)).toMatchObject({ in_history: 2 });
  });
});
