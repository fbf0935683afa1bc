import { agent, bash, edit, failed, failedEdit, grep, read, times } from "../trace/steps.ts";
import type { PlantStep } from "./session.ts";
import { fails, passes, settled } from "./work.ts";

/** What looks like a pathology and is none, in any exporter's spelling. */
export interface Decoy {
  readonly name: string;
  readonly steps: readonly PlantStep[];
  /** Turns of the same session before this one, where the exporter records the session. */
  readonly earlier?: readonly (readonly PlantStep[])[];
}

const agentOf = (prompt: string, file: string): PlantStep => ({
  ...agent(prompt),
  agent: times(3, (at) => read(`${file}${at}.ts`)),
});
const kept = [{ content: "first", status: "completed" }];
const unread = "File has not been read yet. Read it first before writing to it.";

export const DECOYS: readonly Decoy[] = [
  { name: "searches that find something", steps: times(5, (at) => grep(`divide${at}`)) },
  { name: "a file that is read again after its change", steps: [...settled, read("a.ts")] },
  { name: "two pages of a file", steps: [read("a.ts", { limit: 200 }), read("a.ts", { offset: 200, limit: 200 })] },
  { name: "a test that fails until the code is changed", steps: [fails, ...settled] },
  {
    name: "a command that fails again after a change",
    steps: [failed("./bin/report"), ...settled, failed("./bin/report")],
  },
  { name: "waiting for something", steps: times(6, () => bash("gh run watch 1")) },
  {
    name: "a list of an earlier turn that is kept up to date",
    steps: [...settled, ...times(5, (at) => read(`b${at}.ts`)), { tool: "TodoWrite", input: { todos: kept } }],
  },
  {
    name: "one of everything that goes wrong now and then",
    steps: [
      failedEdit("a.ts"),
      ...settled,
      bash("rm -rf build", "rm in '/home/dev/app/build' needs approval. The path is inside the working directories"),
      read("b.ts"),
      { ...read("c.ts"), output: "x".repeat(60_000) },
      { ...read("d.ts"), tokens: 60_000 },
      { ...read("e.ts"), tokens: 20_000 },
    ],
  },
  { name: "subagents that are busy", steps: ["a", "b", "c"].map((file) => agentOf(`Look at ${file}`, file)) },
  {
    name: "an edit of a file that an earlier turn read",
    steps: [failedEdit("a.ts", unread), ...settled],
    earlier: [[read("a.ts")]],
  },
  {
    name: "turns that change other files",
    steps: settled,
    earlier: [settled, [read("b.ts"), edit("b.ts"), passes], settled],
  },
];
