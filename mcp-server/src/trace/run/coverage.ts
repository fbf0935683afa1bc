import type { Exporter } from "../exporters/exporter.ts";
import { isShell } from "../call/tools.ts";
import type { ToolCall } from "../call/tool-call.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Goal } from "./goal.ts";
import { startsSubagent } from "./subagents.ts";
import { GRADES, type Coverage, type Grade } from "../values/vocabulary.ts";

/** What the trace supports: the exporter's best, lowered by what this trace's rows really hold. */
export function toCoverage(timeline: Timeline, exporter: Exporter, goal: Goal): Coverage {
  const measured: Coverage = {
    goal: goal.isRecorded ? "recorded" : "not_recorded",
    timing: timeline.timing.durationMs === null ? "not_recorded" : "recorded",
    order: timeline.isOrderKnown ? "recorded" : "not_recorded",
    targets: toTargets(timeline.calls),
    errors: exporter.flagsErrors ? "recorded" : toErrors(timeline),
    subagents: toSubagents(timeline),
    tasks: toTasks(timeline.calls),
  };
  const lower = (aspect: keyof Coverage): Grade => lowest(measured[aspect], exporter.atMost[aspect] ?? "recorded");
  return {
    goal: lower("goal"),
    timing: lower("timing"),
    order: lower("order"),
    targets: lower("targets"),
    errors: lower("errors"),
    subagents: lower("subagents"),
    tasks: lower("tasks"),
  };
}

function lowest(left: Grade, right: Grade): Grade {
  return GRADES.indexOf(left) > GRADES.indexOf(right) ? left : right;
}

/** Whether a call that has a target shows it: a path, a pattern's input, or a command. */
export function isTargetVisible({ tool, path, command, inputHash }: ToolCall): boolean {
  return isShell(tool) ? command !== null : path !== null || inputHash !== null;
}

function toTargets(calls: readonly ToolCall[]): Grade {
  let aimed = 0;
  let visible = 0;
  for (const call of calls) {
    const { op, tool } = call;
    if (op !== "read" && op !== "search" && op !== "edit" && !isShell(tool)) continue;
    aimed += 1;
    if (isTargetVisible(call)) visible += 1;
  }
  if (visible === aimed) return "recorded";
  return visible === 0 ? "not_recorded" : "partial";
}

/** Flags when any is set; else text. Where no failure occurred it cannot be told whether a flag would have been set. */
function toErrors({ calls, events }: Timeline): Grade {
  if (events.some(({ level }) => level === "ERROR" || level === "WARNING")) return "recorded";
  const visible = calls.filter(({ isErrorVisible }) => isErrorVisible).length;
  if (visible === calls.length) return "inferred";
  return visible === 0 ? "not_recorded" : "partial";
}

/** Warnings of subagents that were not read, in part or as a whole. */
const LOST: ReadonlySet<string> = new Set([
  "more_subagent_transcripts",
  "sidechain_line_not_read",
  "subagent_transcript_missing",
  "subagent_transcript_not_linked",
]);
/** Warning of subagents that no call of their own tells of: they are counted below that of their script or workflow. */
const BY_SCRIPT = "subagent_started_by_script";

function toSubagents({ calls, events, facts, hasInferredActors }: Timeline): Grade {
  const isStarted = calls.some((call) => call.actor === "main" && startsSubagent(call));
  if (isStarted && events.every(({ actor }) => actor === "main")) return "partial";
  const warned = facts.warnings.list();
  if (warned.some(({ code }) => LOST.has(code))) return "partial";
  return hasInferredActors || warned.some(({ code }) => code === BY_SCRIPT) ? "inferred" : "recorded";
}

function toTasks(calls: readonly ToolCall[]): Grade {
  const lists = calls.filter(({ tool }) => tool === "todowrite");
  const steps = calls.filter(({ tool }) => tool === "taskupdate");
  if (lists.length > 0 && lists.every(({ todos }) => todos === null)) return "not_recorded";
  return steps.some(({ task }) => task?.id === null || task?.id === undefined) ? "partial" : "recorded";
}
