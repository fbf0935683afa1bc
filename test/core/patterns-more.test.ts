import { cases } from "../support/core-pattern-cases.ts";
import { bash, edit, failed, grep, read, times, type Step } from "../support/core-steps.ts";

const tests = "npm test";
const reads = (count: number): Step[] => times(count, (at) => read(`${at}.ts`));
const empty = (count: number): Step[] => times(count, (at) => grep(`pattern ${at}`, "No matches found"));
const cat = (file: string): Step => bash(`cat ${file}`);

cases("cat_then_read", [
  ["is quiet about one file", [cat("a.ts"), read("a.ts"), read("b.ts")], null],
  ["is low at two files, in either order", [cat("a.ts"), read("a.ts"), read("b.ts"), cat("b.ts")], "low"],
  [
    "is quiet when the files changed between",
    [cat("a.ts"), cat("b.ts"), edit("a.ts"), edit("b.ts"), read("a.ts"), read("b.ts")],
    null,
  ],
  [
    "is quiet about reads of a part",
    [cat("a.ts"), cat("b.ts"), read("a.ts", { offset: 5 }), read("b.ts", { limit: 5 })],
    null,
  ],
]);

cases("search_churn", [
  ["is quiet about the same search twice", [grep("x"), read("a.ts"), grep("x")], null],
  ["is low at three times", [grep("x"), read("a.ts"), grep("x"), read("b.ts"), grep("x")], "low"],
  ["starts anew after a change", [grep("x"), grep("x"), edit("a.ts"), grep("x")], null],
  ["is quiet about three empty searches", empty(3), null],
  ["is low at four empty searches in a row", empty(4), "low"],
  ["ends the row with a hit", [...empty(3), grep("y"), ...empty(3)], null],
  ["takes the same search in one batch for parallel ones", [times(5, () => grep("x"))], null],
]);

cases("edit_revert_churn", [
  [
    "fires when a later edit undoes an earlier one",
    [edit("a.ts", "x", "y"), bash(tests), edit("a.ts", "y", "x")],
    "medium",
  ],
  ["is quiet about the same edit in another file", [edit("a.ts", "x", "y"), edit("b.ts", "y", "x")], null],
  ["is quiet about many edits of one file", times(9, (at) => edit("a.ts", `${at}`, `${at + 1}`)), null],
]);

cases("exploration_overrun", [
  ["is quiet about 19 reads before the edit", [...reads(19), edit("a.ts")], null],
  ["is medium at 20", [...reads(20), edit("a.ts")], "medium"],
  ["is high at 30", [...reads(30), edit("a.ts")], "high"],
  ["is quiet about a run that only answers a question", reads(40), null],
  ["starts anew at an edit", [...reads(15), edit("a.ts"), ...reads(15), edit("b.ts")], null],
  ["starts anew at a test", [...reads(15), bash(tests), ...reads(15), edit("b.ts")], null],
]);

const giant = (at: number): Step => ({ ...read(`${at}.ts`), output: "x".repeat(50_001) });

cases("giant_reads", [
  ["is quiet about one", [giant(1)], null],
  ["is low at two", times(2, giant), "low"],
  ["is low at three", times(3, giant), "low"],
  ["is medium at four", times(4, giant), "medium"],
  ["is quiet at 50,000 characters", times(4, (at) => ({ ...read(`${at}.ts`), output: "x".repeat(50_000) })), null],
  [
    "is quiet about a part that was asked for",
    times(4, (at) => ({ ...giant(at), ...read("a.ts", { limit: at }), output: "x".repeat(60_000) })),
    null,
  ],
  [
    "counts refused reads",
    times(2, (at) => ({ ...read(`${at}.ts`), output: "File content (30000 tokens) exceeds maximum allowed tokens" })),
    "low",
  ],
]);

const weaker = edit("test/a.test.ts", "assert.equal(a, 1);\nassert.equal(b, 2);", "assert.equal(a, 1);");
const skipped = edit("test/a.test.ts", "test('a', f)", "test.skip('a', f)");

cases("test_weakening", [
  ["fires when an assert goes and the test passes", [failed(tests), weaker, bash(tests)], "medium"],
  ["fires when a test is skipped and passes", [failed(tests), skipped, bash(tests)], "medium"],
  ["is quiet when nothing failed before", [bash(tests), weaker, bash(tests)], null],
  ["is quiet when the test still fails", [failed(tests), weaker, failed(tests)], null],
  ["is quiet when the verdict is hidden", [failed(tests), weaker, bash("npm test | tail")], null],
  [
    "is quiet about a source file",
    [failed(tests), { ...weaker, ...edit("src/a.ts", "assert(a)", "") }, bash(tests)],
    null,
  ],
]);
