import {
  agent,
  agentRows,
  bash,
  denied,
  edit,
  failed,
  failedEdit,
  grep,
  plan,
  read,
  times,
  type Step,
} from "../support/trace/steps.ts";
import { cases } from "../support/trace/cases.ts";
import { generationRow } from "../support/trace/rows.ts";

const tests = "npm test";
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
  ["does not count a failed read", again({ ...read("a.ts"), output: "File does not exist." }, 3), null],
  ["starts anew after a compaction", [read("a.ts"), read("b.ts"), read("a.ts")], null, { also: [compaction(2.5)] }],
  [
    "keeps the contexts of main and subagent apart",
    [read("a.ts"), agent("look"), edit("c.ts")],
    null,
    { also: agentRows("sub", 2, [read("a.ts")]) },
  ],
]);

cases("retry_failing_command", [
  ["is quiet about one failure", [failed(tests), bash("ls")], null],
  ["is low at two failures", again(failed(tests), 2), "low"],
  ["is medium at three", again(failed(tests), 3), "medium"],
  ["is high at five", again(failed(tests), 5), "high"],
  ["knows the command with other plumbing", [failed("cd app && npm test 2>&1 | tail -5"), failed(tests)], "low"],
  ["starts anew after an edit", [failed(tests), edit("a.ts"), failed(tests)], null],
  [
    "starts anew after an edit by a shell command",
    [failed(tests), bash("sed -i s/a/b/ src/x.ts"), failed(tests)],
    null,
  ],
  ["starts anew after a success", [failed(tests), bash(tests), failed(tests)], null],
  ["does not start anew after a refused edit", [failed(tests), failedEdit("a.ts"), failed(tests)], "low"],
  ["tells commands apart that only print", [failed("jq . a.json"), failed("jq . b.json")], null],
  ["takes polling for what it is", again(failed("sleep 5 && gh run view 1"), 4), null],
  ["leaves out refused commands", again(denied("rm -rf build"), 3), null],
  [
    "leaves out a command whose folder is not there",
    [failed("cd app && npm test", "(eval):cd:1: no such file or directory: app"), failed(tests)],
    null,
  ],
  ["counts a command that misses a file", again(failed(tests, "cat: a.txt: No such file or directory"), 2), "low"],
]);

cases("edit_failure_streak", [
  ["is quiet about one failed edit", [failedEdit("a.ts"), edit("a.ts")], null],
  ["is medium at two in a row", [failedEdit("a.ts"), failedEdit("a.ts")], "medium"],
  ["is high at three", again(failedEdit("a.ts"), 3), "high"],
  ["looks past reads between them", [failedEdit("a.ts"), read("a.ts"), failedEdit("a.ts")], "medium"],
  ["ends with an edit that works", [failedEdit("a.ts"), edit("a.ts"), failedEdit("a.ts")], null],
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
  ["leaves a retried command to retry_failing_command", again(failed(tests), 5), null],
  ["leaves failed edits to edit_failure_streak", again(failedEdit("a.ts"), 5), null],
  ["leaves subagents out", [agent("look")], null, { also: agentRows("sub", 1, failing(8)) }],
]);

const calls = (count: number): Step[] => times(count, (at) => read(`${at}.ts`));
const underWay = [bash(tests), agent("look")];
const list = (status: string): Step => ({
  tool: "TodoWrite",
  input: {
    todos: [
      { content: "first", status },
      { content: "second", status: "pending" },
    ],
  },
});

cases("late_planning", [
  ["fires when the plan follows the first edit", [read("1.ts"), edit("1.ts"), plan, ...calls(5)], "low"],
  ["is quiet with less than eight calls", [read("1.ts"), edit("1.ts"), plan, ...calls(4)], null],
  ["is quiet when the plan precedes the edit", [read("1.ts"), plan, edit("1.ts"), ...calls(6)], null],
  ["is quiet at 40 % of the calls", [...calls(2), ...underWay, plan, ...calls(4), edit("1.ts")], null],
  ["fires past 40 % when the work is under way", [...calls(3), ...underWay, plan, ...calls(3), edit("1.ts")], "low"],
  ["is quiet about a plan that follows reading", [...calls(5), plan, ...calls(3), edit("1.ts")], null],
  ["is quiet about a plan that follows tests", [...calls(5), bash(tests), plan, ...calls(3), edit("1.ts")], null],
  ["is quiet about a plan that follows delegated reading", [...calls(5), agent("look"), plan, edit("1.ts")], null],
  ["is quiet about a plan that no edit follows", [...calls(6), ...underWay, plan], null],
  ["takes a list with steps that are done for an earlier one", [edit("1.ts"), list("completed"), ...calls(7)], null],
  ["takes a list of open steps for a plan", [edit("1.ts"), list("in_progress"), ...calls(7)], "low"],
  ["never asks for a plan that there is not", [edit("1.ts"), ...calls(20)], null],
  ["does not take an update for a plan", [edit("1.ts"), { tool: "TaskUpdate", input: {} }, ...calls(9)], null],
]);

const rejected: Step = { ...bash("ls"), output: "The user doesn't want to proceed with this tool use." };
const refusedPlan: Step = { ...rejected, tool: "ExitPlanMode", input: { plan: "first, then" } };

cases("permission_denials", [
  ["is quiet about one refusal", [denied("rm a")], null],
  ["is medium at two", [denied("rm a"), denied("rm b")], "medium"],
  ["is high when the same call is tried again", [denied("rm a"), denied("rm a")], "high"],
  ["takes calls that were asked for together for one", [[denied("rm a"), denied("rm b"), denied("rm a")]], null],
  ["is medium when a call was asked for twice at once", [[denied("rm a"), denied("rm a")], denied("rm b")], "medium"],
  ["leaves out plans and questions", [refusedPlan, denied("rm a"), { ...refusedPlan, tool: "AskUserQuestion" }], null],
]);

cases("ended_on_failing_check", [
  ["fires when the last test failed", [edit("a.ts"), failed(tests)], "high"],
  ["fires for a check", [failed("npx tsc --noEmit")], "high"],
  ["is quiet when the last test passed", [failed(tests), edit("a.ts"), bash(tests)], null],
  ["is quiet about a failing command that is no check", [failed("./deploy.sh")], null],
  [
    "is quiet about a check whose folder is not there",
    [failed("cd app && npm test", "bash: line 1: cd: app: No such file or directory")],
    null,
  ],
  ["is quiet when the run never ended", [failed(tests)], null, { ending: null }],
]);

cases("unverified_edit", [
  ["fires when no check follows the last edit", [bash(tests), edit("a.ts")], "medium"],
  ["is quiet when a test follows", [edit("a.ts"), bash(tests)], null],
  ["is quiet when a type check follows", [edit("a.ts"), bash("npx tsc --noEmit")], null],
  ["is quiet about prose", [bash(tests), edit("README.md")], null],
  ["is quiet when a later command is hidden", [bash("ls"), edit("a.ts"), { tool: "Bash", input: null }], null],
  ["is quiet about a single edit without a shell", [read("a.ts"), edit("a.ts")], null],
  ["fires when the edit is only looked at", [bash(tests), edit("a.ts"), bash("git diff")], "medium"],
  ["is quiet when the file is at least parsed", [edit("a.sh"), bash("bash -n a.sh")], null],
  ["is quiet when the program was run", [bash(tests), edit("a.ts"), bash("node a.ts")], null],
  ["is quiet when files were checked out after it", [bash(tests), edit("a.ts"), bash("git checkout -- a.ts")], null],
  ["is quiet about edits that were taken back", [bash(tests), edit("a.ts", "x", "y"), edit("a.ts", "y", "x")], null],
  ["is quiet when a human refused a later call", [bash(tests), edit("a.ts"), rejected, read("a.ts")], null],
  ["is quiet when the run never ended", [bash(tests), edit("a.ts")], null, { ending: null }],
]);

cases("interrupted", [
  ["fires when the last call was rejected and nothing was said", [read("a.ts"), rejected], "high", { ending: null }],
  ["is quiet when the run went on to its answer", [rejected, read("a.ts")], null],
  ["is quiet about a run that was cut off otherwise", [read("a.ts")], null, { ending: null }],
  ["is quiet about a plan, which may have been taken over", [read("a.ts"), refusedPlan], null, { ending: null }],
]);
