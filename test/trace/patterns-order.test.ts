import {
  agent,
  agentRows,
  bash,
  denied,
  edit,
  failed,
  failedEdit,
  grep,
  read,
  times,
  type Step,
} from "../support/trace/steps.ts";
import { cases } from "../support/trace/cases.ts";
import { generationRow } from "../support/trace/rows.ts";

const again = (step: Step, count: number): Step[] => times(count, () => step);
const compaction = (at: number) => ({
  ...generationRow({ at, id: `compaction-${at}` }),
  type: "EVENT",
  name: "compact_boundary",
});

cases("repeated_file_reads", [
  ["is quiet about one read", [read("a.ts")], null],
  ["is low at two reads", again(read("a.ts"), 2), "low"],
  ["is medium at three", again(read("a.ts"), 3), "medium"],
  ["is medium at four", again(read("a.ts"), 4), "medium"],
  ["is high at five", again(read("a.ts"), 5), "high"],
  ["takes another spelling of the path for the same file", [read("a.ts"), read("lib/../a.ts")], "low"],
  ["counts a whole-file cat", [read("a.ts"), bash("cat /home/dev/app/a.ts")], "low"],
  ["starts anew after an edit", [read("a.ts"), edit("a.ts"), read("a.ts")], null],
  ["starts anew after a shell command that writes it", [read("a.ts"), bash("echo x > a.ts"), read("a.ts")], null],
  ["starts anew after git checkout", [read("a.ts"), bash("git checkout -- ."), read("a.ts")], null],
  ["starts anew after a formatter", [read("a.ts"), bash("npx prettier --write ."), read("a.ts")], null],
  ["does not start anew after another file's edit", [read("a.ts"), edit("b.ts"), read("a.ts")], "low"],
  ["does not start anew after a refused edit", [read("a.ts"), failedEdit("a.ts"), read("a.ts")], "low"],
  [
    "takes other ranges for paging",
    [read("a.ts", { offset: 1, limit: 9 }), read("a.ts", { offset: 10, limit: 9 })],
    null,
  ],
  ["knows the same range again", again(read("a.ts", { offset: 1, limit: 9 }), 2), "low"],
  ["does not count a piped cat", [bash("cat a.ts | grep x"), bash("cat a.ts | grep y")], null],
  ["leaves the file of plan mode out", again(read(".claude/plans/a.md"), 5), null],
  ["does not count a failed read", again({ ...read("a.ts"), output: "File does not exist." }, 3), null],
  ["starts anew after a compaction", [read("a.ts"), read("b.ts"), read("a.ts")], null, { also: [compaction(2.5)] }],
  [
    "keeps the contexts of main and subagent apart",
    [read("a.ts"), agent("look"), edit("c.ts")],
    null,
    { also: agentRows("sub", 2, [read("a.ts")]) },
  ],
]);

cases("edit_failure_streak", [
  ["is quiet about one failed edit", [failedEdit("a.ts"), edit("a.ts")], null],
  ["is medium at two in a row", [failedEdit("a.ts"), failedEdit("a.ts")], "medium"],
  ["is high at three", again(failedEdit("a.ts"), 3), "high"],
  ["looks past reads between them", [failedEdit("a.ts"), read("a.ts"), failedEdit("a.ts")], "medium"],
  ["ends with an edit that works", [failedEdit("a.ts"), edit("a.ts"), failedEdit("a.ts")], null],
  ["counts edits that were asked for together", [again(failedEdit("a.ts"), 2)], "medium"],
  ["knows invalid input", again(failedEdit("a.ts", "InputValidationError: missing"), 2), "medium"],
]);

const failing = (count: number): Step[] => times(count, (at) => failed(`./step-${at}.sh`));
const alternating = (count: number): Step[] => times(count, (at) => grep(at % 2 === 0 ? "even" : "odd"));

cases("tool_thrash", [
  ["is quiet about three failures in a row", failing(3), null],
  ["is medium at four", failing(4), "medium"],
  ["is high at six", failing(6), "high"],
  ["ends with a success", [...failing(3), read("a.ts"), ...failing(3)], null],
  ["is quiet about five alternating calls", alternating(5), null],
  ["is high at six alternating calls", alternating(6), "high"],
  ["is quiet about two identical calls", again(grep("x"), 2), null],
  ["is medium at three identical calls", again(grep("x"), 3), "medium"],
  ["is high at five identical calls", again(grep("x"), 5), "high"],
  ["takes identical calls of one batch for parallel ones", [again(grep("x"), 6)], null],
  ["takes polling for what it is", again(bash("sleep 5; gh run view 1"), 6), null],
  ["leaves the task list out", again({ tool: "TaskUpdate", input: { taskId: "1" }, output: "ok" }, 6), null],
  ["leaves refused calls out", times(6, (at) => denied(`rm -rf ${at}`)), null],
  ["leaves failed edits to edit_failure_streak", again(failedEdit("a.ts"), 5), null],
  ["leaves subagents out", [agent("look")], null, { also: agentRows("sub", 1, failing(8)) }],
]);

const rejected: Step = { ...bash("ls"), output: "The user doesn't want to proceed with this tool use." };
const objected: Step = {
  ...rejected,
  output: `The user doesn't want to proceed with this tool use. To tell you, the user said:\nuse the other script`,
};
const refusedPlan: Step = { ...rejected, tool: "ExitPlanMode", input: { plan: "first, then" } };

cases("permission_denials", [
  ["is quiet about one refusal", [denied("rm a")], null],
  ["is medium at two", [denied("rm a"), denied("rm b")], "medium"],
  ["is high when the same call is tried again", [denied("rm a"), denied("rm a")], "high"],
  ["takes calls that were asked for together for one", [[denied("rm a"), denied("rm b"), denied("rm a")]], null],
  ["is medium when a call was asked for twice at once", [[denied("rm a"), denied("rm a")], denied("rm b")], "medium"],
  ["leaves out plans and questions", [refusedPlan, denied("rm a"), { ...refusedPlan, tool: "AskUserQuestion" }], null],
]);

cases("interrupted", [
  ["is low when the last call was rejected without a word", [read("a.ts"), rejected], "low", { ending: null }],
  ["is high when the human said why", [read("a.ts"), objected], "high", { ending: null }],
  ["is quiet when the run went on to its answer", [rejected, read("a.ts")], null],
  ["is quiet about a run that was cut off otherwise", [read("a.ts")], null, { ending: null }],
  ["is quiet about a plan, which may have been taken over", [read("a.ts"), refusedPlan], null, { ending: null }],
]);
