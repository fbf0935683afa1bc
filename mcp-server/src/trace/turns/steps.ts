import { isCheck } from "../call/closing-lines.ts";
import type { ToolCall } from "../call/tool-call.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { isPlanFile } from "../timeline/changes.ts";
import { isRefusal } from "../call/error-kinds.ts";
import { isBookkeeping, isShell } from "../call/tools.ts";
import { toActorNames } from "../run/subagents.ts";
import { addTo } from "../values/lists.ts";
import { toName } from "../values/names.ts";
import { plural } from "../values/plural.ts";
import { markPath, markPaths } from "./show-path.ts";
import { toResults, type Exit, type StepResult } from "./check-results.ts";

/** What an agent did at one place of a turn: a call, or one command of a shell call. */
export type Did = {
  readonly kind:
    | "explore"
    | "edit"
    | "write"
    | "check"
    | "git"
    | "gh"
    | "run"
    | "agent"
    | "skill"
    | "plan"
    | "ask"
    | "mcp"
    | "refused"
    | "wait";
  /** What it was done to: a file, a command's name, an agent. "" where there is none to show. */
  readonly label: string;
  /** Files by key that it looked at, changed or named. */
  readonly files: readonly string[];
  readonly result: StepResult | null;
  readonly call: ToolCall;
};

/** Everything that was done in a turn, whoever did it, in order; what keeps a task list is left out. */
export function toSteps(timeline: Timeline): readonly Did[] {
  const callsOfAgent = callsByStarter(timeline);
  const steps: Did[] = [];
  for (const call of timeline.calls) steps.push(...toDid(call, timeline, callsOfAgent));
  return steps;
}

/** Those of the main agent. */
export function ofMain(steps: readonly Did[]): readonly Did[] {
  return steps.filter(({ call }) => call.actor === "main");
}

function toDid(
  call: ToolCall,
  timeline: Timeline,
  callsOfAgent: ReadonlyMap<string, readonly ToolCall[]>,
): readonly Did[] {
  const { tool, op, error, path } = call;
  const files = path === null ? [] : [timeline.paths.key(path)];
  const one = (kind: Did["kind"], label: string): readonly Did[] => [{ kind, label, files, result: null, call }];
  if (error !== null && isRefusal(error.kind)) return one("refused", showCall(call, timeline));
  if (isShell(tool)) return shellSteps(call, timeline);
  if (tool.startsWith("mcp__")) return one("mcp", toName(tool.slice(5).replace("__", " "), 60));
  if (tool === "askuserquestion") return one("ask", "");
  if (tool === "enterplanmode" || tool === "exitplanmode") return one("plan", "");
  if (isBookkeeping(tool) || op === "plan") return [];
  if (op === "edit")
    return one(
      tool === "write" ? "write" : "edit",
      isPlanFile(call, timeline.paths) ? "plan file" : showFile(call, timeline),
    );
  if (op === "read" || op === "search") return one("explore", toLook(call, timeline));
  if (op === "delegate") {
    const own = callsOfAgent.get(call.id);
    const name = toName(call.subagent ?? "unnamed", 40);
    return one("agent", own === undefined ? name : `${name} (${tellCalls(own)})`);
  }
  if (call.skill !== null) return one("skill", toName(call.skill, 40));
  return one("run", toName(tool, 40));
}

function shellSteps(call: ToolCall, timeline: Timeline): readonly Did[] {
  const { command, closings, neverRan, failure, hookChecks } = call;
  if (command === null) return [{ kind: "run", label: "shell", files: [], result: null, call }];
  if (neverRan) return [{ kind: "run", label: "in a folder that is not there", files: [], result: null, call }];
  return toResults(command.steps, exitOf(call), closings, failure, hookChecks).map((told) => {
    const result: StepResult = call.error?.kind === "cancelled" ? { ...told, verdict: "not_run" } : told;
    const { kind, name, paths } = result.step;
    const did: Did["kind"] = isCheck(kind)
      ? "check"
      : kind === "look"
        ? "explore"
        : kind === "git" || kind === "gh" || kind === "wait"
          ? kind
          : "run";
    const files = paths.map(timeline.paths.key);
    const named = kind === "look" ? toShellLook(name, files, result, timeline) : nameOfStep(name, files, timeline);
    const label = result.step.isElsewhere ? `${named} (another repository)` : named;
    return { kind: did, label, files, result, call };
  });
}

/** What takes files away is shown with them: `rm tmp/clones`. */
const TAKES_AWAY = /^(?:rm|rmdir|mv|unlink)$/u;

function nameOfStep(name: string, files: readonly string[], { paths }: Timeline): string {
  return TAKES_AWAY.test(name) ? [name, ...markPaths(files, paths, 2)].join(" ") : name;
}

function exitOf({ error, isErrorVisible, isBackground }: ToolCall): Exit {
  if (error !== null && ["nonzero_exit", "tool_error", "timeout"].includes(error.kind)) return "nonzero";
  if (error !== null || isBackground || !isErrorVisible) return "unknown";
  return "zero";
}

function toLook(call: ToolCall, timeline: Timeline): string {
  const file = showFile(call, timeline);
  if (call.error?.kind === "not_found") return `missing ${file}`.trim();
  if (call.op === "read") return file === "" ? toName(call.tool, 40) : file;
  const where = file === "" || file === "." ? "" : ` in ${file}`;
  return `${call.isEmptyResult ? "nothing found" : "search"}${where}`;
}

/** Programs that print a file, and such that search. */
const PRINTS = /^(?:cat|head|tail|nl|less|more|bat|sed|wc|awk|jq|yq|cut|sort)$/u;
const SEARCHES = /^(?:grep|egrep|fgrep|rg|ag|ack|find|fd|git grep)$/u;

/** `cat src/a.ts` is a look at that file; a search names the place that it was aimed at. */
function toShellLook(name: string, files: readonly string[], { verdict }: StepResult, { paths }: Timeline): string {
  const [file] = files;
  if (PRINTS.test(name)) return file === undefined || paths.place(file) === "." ? name : markPath(file, paths);
  if (!SEARCHES.test(name)) return name;
  const where = file === undefined || paths.place(file) === "." ? "" : ` in ${markPath(file, paths)}`;
  return `${verdict === "failed" ? "nothing found" : "search"}${where}`;
}

/** As many files as a command of the shell is shown with. */
const MAX_FILES = 3;

/** A call with the files that it was aimed at: `edit src/enable.ts`, `rm src/a.ts src/b.ts`. */
export function showCall(call: ToolCall, timeline: Timeline): string {
  const named = nameOfCall(call, timeline);
  if (!isShell(call.tool)) return named;
  const keys = (call.command?.steps ?? []).flatMap(({ paths }) => paths.map(timeline.paths.key));
  return [named, ...markPaths(keys, timeline.paths, MAX_FILES)].join(" ");
}

/** A call as it is named: `edit src/enable.ts`, `git push`. */
export function nameOfCall(call: ToolCall, timeline: Timeline): string {
  const steps = call.command?.steps ?? [];
  const names = steps.map(({ name }) => name).filter((name) => name !== "");
  if (isShell(call.tool)) return names.slice(0, 3).join(", ") || "a command";
  const file = showFile(call, timeline);
  return `${toName(call.tool, 40)}${file === "" ? "" : ` ${file}`}`;
}

function showFile({ path }: ToolCall, { paths }: Timeline): string {
  return path === null ? "" : markPath(paths.key(path), paths);
}

/** What a subagent did beside looking: `21 calls, edit 5, check 2, refused 1`. */
function tellCalls(calls: readonly ToolCall[]): string {
  const count = (what: string, holds: (call: ToolCall) => boolean): string => {
    const found = calls.filter(holds).length;
    return found === 0 ? "" : `${what} ${found}`;
  };
  return [
    plural(calls.length, "call"),
    count("edit", ({ op, error }) => op === "edit" && error === null),
    count("check", ({ op }) => op === "test" || op === "check"),
    count("refused", ({ error }) => error !== null && isRefusal(error.kind)),
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/**
 * The calls of each subagent, by the id of the Agent call that started it: of subagents with one name in the order in which
 * they began, because not every exporter links a subagent to its call.
 */
function callsByStarter(timeline: Timeline): ReadonlyMap<string, readonly ToolCall[]> {
  const found = new Map<string, readonly ToolCall[]>();
  const starters = timeline.mainCalls.filter(({ op, error }) => op === "delegate" && error === null);
  if (starters.length === 0) return found;
  const names = toActorNames(timeline);
  const perActor = new Map<string, ToolCall[]>();
  for (const call of timeline.calls) if (call.actor !== "main") addTo(perActor, call.actor, call);
  const byName = new Map<string, ToolCall[][]>();
  for (const [actor, calls] of perActor) addTo(byName, names.get(actor) ?? "", calls);
  for (const { id, subagent } of starters) {
    const calls = (byName.get(subagent ?? "") ?? byName.get(""))?.shift();
    if (calls !== undefined) found.set(id, calls);
  }
  return found;
}
