import { generationRow } from "../support/trace/rows.ts";
import { cases } from "../support/trace/cases.ts";
import { agentRows, bash, edit, failed, grep, read, times, type Step } from "../support/trace/steps.ts";

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
  ["takes empty searches in one batch for parallel ones", [empty(5), ...empty(2)], null],
  ["ends the row with a look at something else", [...empty(3), read("a.ts"), ...empty(3)], null],
]);

const tried = (count: number): Step[] => [
  ...times(count, (at) => edit("a.ts", `x${at}`, `y${at}`)),
  bash(tests),
  ...times(count, (at) => edit("a.ts", `y${at}`, `x${at}`)),
];

cases("edit_revert_churn", [
  [
    "fires when a later edit undoes an earlier one",
    [edit("a.ts", "x", "y"), read("b.ts"), edit("a.ts", "y", "x")],
    "medium",
  ],
  ["takes one that was tried for an experiment", tried(1), null],
  ["takes two that were tried for an experiment", tried(2), null],
  ["fires when three were tried and undone", tried(3), "medium"],
  [
    "does not take a command that changes a file for a try",
    [edit("a.ts", "x", "y"), bash("rm b.ts"), edit("a.ts", "y", "x")],
    "medium",
  ],
  ["takes a commit for a try", [edit("a.ts", "x", "y"), bash("git commit -am first"), edit("a.ts", "y", "x")], null],
  ["judges each file for itself", [...tried(2), edit("c.ts", "x", "y"), edit("c.ts", "y", "x")], "medium"],
  [
    "leaves output for debugging out",
    [edit("a.ts", "go();", "go();\nconsole.log(1);"), edit("a.ts", "go();\nconsole.log(1);", "go();")],
    null,
  ],
  [
    "leaves the file of plan mode out",
    [edit(".claude/plans/a.md", "x", "y"), edit(".claude/plans/a.md", "y", "x")],
    null,
  ],
  ["is quiet about the same edit in another file", [edit("a.ts", "x", "y"), edit("b.ts", "y", "x")], null],
  ["is quiet about many edits of one file", times(9, (at) => edit("a.ts", `${at}`, `${at + 1}`)), null],
]);

cases("exploration_overrun", [
  ["is quiet about 17 reads before the edit", [...reads(17), edit("a.ts")], null],
  ["is medium at 18", [...reads(18), edit("a.ts")], "medium"],
  ["is high at 30", [...reads(30), edit("a.ts")], "high"],
  ["is quiet about a run that only answers a question", reads(40), null],
  [
    "is quiet where the prompt asks for a look",
    [...reads(30), edit("a.ts")],
    null,
    { prompt: "Find out why it hangs." },
  ],
  ["starts anew at an edit", [...reads(15), edit("a.ts"), ...reads(15), edit("b.ts")], null],
  ["starts anew at a test", [...reads(15), bash(tests), ...reads(15), edit("b.ts")], null],
  ["takes calls that were asked for together for one step", [reads(40), ...reads(10), edit("a.ts")], null],
  ["is quiet about a run that ends in a plan", [...reads(20), edit(".claude/plans/a.md")], null],
]);

const giant = (at: number): Step => ({ ...read(`${at}.ts`), output: "x".repeat(50_001) });

const part = read("1.ts", { offset: 10, limit: 20 });
const compaction = { ...generationRow({ at: 4.5, id: "compaction" }), type: "EVENT", name: "compact_boundary" };

cases("giant_reads", [
  ["is quiet about one", [giant(1), part], null],
  ["is quiet about files that were needed whole", times(4, giant), null],
  ["is low at two of which one is read again in parts", [...times(2, giant), part], "low"],
  ["is low at three", [...times(3, giant), part], "low"],
  ["is medium at four", [...times(4, giant), part], "medium"],
  [
    "is medium when the context ran out after them",
    [...times(4, giant), read("b.ts")],
    "medium",
    { also: [compaction] },
  ],
  ["is quiet about parts of another file", [...times(4, giant), read("b.ts", { limit: 5 })], null],
  [
    "is quiet at 50,000 characters",
    [...times(4, (at) => ({ ...read(`${at}.ts`), output: "x".repeat(50_000) })), part],
    null,
  ],
  [
    "is quiet about a part that was asked for",
    times(4, (at) => ({ ...giant(at), ...read("a.ts", { limit: at }), output: "x".repeat(60_000) })),
    null,
  ],
  ["keeps the contexts of main and subagent apart", [giant(1)], null, { also: agentRows("sub", 1, [giant(2), part]) }],
  [
    "counts in the context of a subagent",
    [read("a.ts")],
    "low",
    { also: agentRows("sub", 1, [...times(2, giant), part]) },
  ],
  [
    "counts refused reads",
    [
      ...times(2, (at) => ({
        ...read(`${at}.ts`),
        output: "File content (30000 tokens) exceeds maximum allowed tokens",
      })),
      part,
    ],
    "low",
  ],
]);

const weaker = edit("test/a.test.ts", "assert.equal(a, 1);\nassert.equal(b, 2);", "assert.equal(a, 1);");
const commented = edit("test/a.test.ts", "assert(a);\nassert(b);", "assert(a);\n// assert(b);");
const rewritten = edit(
  "test/a.test.ts",
  "assert.equal(a, 1);\nassert.equal(b, 2);",
  "assert.deepEqual([a, b], [1, 2]);",
);
const reworded = edit("test/a.test.ts", '// it should work\nlog("it should work");', "");
const skipped = edit("test/a.test.ts", "test('a', f)", "test.skip('a', f)");

cases("test_weakening", [
  ["fires when an assert goes and the test passes", [failed(tests), weaker, bash(tests)], "medium"],
  ["fires when a test is skipped and passes", [failed(tests), skipped, bash(tests)], "medium"],
  ["fires when a check is made a comment", [failed(tests), commented, bash(tests)], "medium"],
  ["is quiet about a check that is written anew", [failed(tests), rewritten, bash(tests)], null],
  ["is quiet about words in comments and messages", [failed(tests), reworded, bash(tests)], null],
  ["is quiet when nothing failed before", [bash(tests), weaker, bash(tests)], null],
  ["is quiet when the test still fails", [failed(tests), weaker, failed(tests)], null],
  ["is quiet when the verdict is hidden", [failed(tests), weaker, bash("npm test | tail")], null],
  [
    "is quiet about a source file",
    [failed(tests), { ...weaker, ...edit("src/a.ts", "assert(a)", "") }, bash(tests)],
    null,
  ],
]);
