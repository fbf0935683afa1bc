import { bash, edit, failed, failedEdit, grep, read, type Step, times } from "../trace/steps.ts";
import type { Plant } from "./patterns.ts";

const denied: readonly Step[] = [
  {
    tool: "Bash",
    input: { command: "rm -rf build" },
    output: "rm in '/home/dev/app/build' needs approval. The path is inside the working directories",
  },
  {
    tool: "Write",
    input: { file_path: "/home/dev/app/x.txt", content: "x" },
    output: "Claude requested permissions to write to /home/dev/app/x.txt, but you haven't granted it yet.",
  },
];
const stopped: Step = {
  tool: "Bash",
  input: { command: "sleep 20" },
  output: "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit).",
};
const nothing = (pattern: string): Step => grep(pattern, "No matches found");

export const passes = bash("npm test", "ok");
export const fails = failed("npm test", "AssertionError: expected 1 to equal 2");
/** A change that is done with. */
export const settled = [read("a.ts"), edit("a.ts"), passes] as const;

/** What the main agent's own calls show. */
export const WORK: readonly Plant[] = [
  {
    id: "repeated_file_reads",
    needs: ["targets"],
    steps: [read("a.ts"), grep("one"), read("a.ts"), grep("two"), read("a.ts")],
    severity: "medium",
    withoutContents: "low",
    count: 2,
  },
  {
    id: "tool_thrash",
    form: "failures in a row",
    needs: ["order"],
    steps: times(4, (at) => failed(`./bin/report --month ${at}`)),
    severity: "medium",
    count: 4,
  },
  {
    id: "tool_thrash",
    form: "the same call in a row",
    needs: ["order", "targets"],
    steps: times(3, () => bash("git log --oneline -5")),
    severity: "medium",
    count: 3,
  },
  {
    id: "tool_thrash",
    form: "two calls in alternation",
    needs: ["order", "targets"],
    steps: times(6, (at) => bash(at % 2 === 0 ? "git log --oneline -5" : "git diff --stat")),
    severity: "high",
    count: 6,
  },
  {
    id: "edit_failure_streak",
    needs: ["order", "refusals"],
    steps: times(3, (at) => failedEdit(`a${at}.ts`)),
    severity: "high",
    count: 3,
  },
  { id: "permission_denials", needs: [], steps: denied, severity: "medium", count: 2 },
  {
    id: "interrupted",
    needs: ["end"],
    steps: [read("a.ts"), stopped],
    isInterrupted: true,
    severity: "low",
    // The turn itself is evidence of it, too.
    count: () => 1,
  },
  {
    id: "cat_then_read",
    needs: ["order", "contents"],
    steps: [bash("cat /home/dev/app/a.ts"), read("a.ts"), bash("cat /home/dev/app/b.ts"), read("b.ts")],
    severity: "low",
    count: 2,
  },
  {
    id: "search_churn",
    form: "the same search again",
    needs: ["order", "contents"],
    steps: [grep("divide"), read("a.ts"), grep("divide"), read("b.ts"), grep("divide")],
    severity: "low",
    count: 3,
  },
  {
    id: "search_churn",
    form: "searches that find nothing",
    needs: ["order", "contents"],
    steps: times(4, (at) => nothing(`divide${at}`)),
    severity: "low",
    count: 4,
  },
  {
    id: "edit_revert_churn",
    needs: ["order", "contents"],
    // Tested at the end, because an exporter that hides what was edited cannot tell that nothing is left to test.
    steps: [read("a.ts"), edit("a.ts", "x", "y"), read("b.ts"), edit("a.ts", "y", "x"), passes],
    severity: "medium",
    count: 1,
  },
  {
    id: "exploration_overrun",
    needs: ["order", "task"],
    steps: [...times(18, (at) => read(`a${at}.ts`)), edit("a1.ts"), passes],
    severity: "medium",
    // What the turn began with is looking around too, unless it was followed by work.
    count: ({ calls, edits }) => (edits > 0 ? 18 : calls + 18),
  },
];
