import { nameCheck, showCheck, showHook } from "./check-results.ts";
import { toNames, type Step } from "./step.ts";
import type { Did } from "./steps.ts";

/** What was done, neighbours of one kind folded into one. */
export function foldSteps(steps: readonly Did[]): readonly Step[] {
  const folded: Step[] = [];
  for (const group of groupsOf(steps)) {
    const step = foldGroup(group);
    const last = folded.at(-1);
    // A check that is run again and again with one result is one step.
    const isAgain = last?.text === step.text && last.word !== "explore" && last.names.length + step.names.length === 0;
    if (!isAgain) folded.push(step);
    else folded[folded.length - 1] = { ...step, calls: last.calls + step.calls, times: last.times + 1 };
  }
  return folded;
}

function groupsOf(steps: readonly Did[]): readonly (readonly [Did, ...Did[]])[] {
  const groups: [Did, ...Did[]][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    const isSame = last !== undefined && last[0].kind === step.kind && FOLDED.has(step.kind);
    if (isSame) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

const FOLDED: ReadonlySet<Did["kind"]> = new Set(["explore", "edit", "write", "run", "wait"] as const);

function foldGroup(group: readonly [Did, ...Did[]]): Step {
  const [first] = group;
  const { kind, label, result } = first;
  const step = (text: string, names: readonly string[] = []): Step => ({
    word: kind,
    text,
    again: null,
    names: toNames(names.map((name) => ({ name, count: 1 }))),
    calls: group.length,
    times: 1,
  });
  switch (kind) {
    case "check":
      if (result === null) return step(label);
      return {
        ...step(showCheck(result)),
        word: result.step.kind,
        again: { of: nameCheck(result), text: showCheck(result, `${result.step.kind} again`) },
      };
    case "explore":
      return step(
        `explore ${group.length}`,
        group.map((one) => one.label),
      );
    case "edit":
    case "write":
      return step(kind, group.map(toEdited));
    case "run":
      return step(kind, group.map(toRun));
    case "git":
    case "gh":
      return step(`${label}${hasFailed(first) ? " FAILED" : ""}${result === null ? "" : showHook(result)}`);
    case "agent":
      return step(`agent ${label}${first.call.error === null ? "" : " FAILED"}`);
    case "refused":
      return step(`REFUSED ${label}`);
    default:
      return step(label === "" ? kind : `${kind} ${label}`);
  }
}

function toEdited({ label, call }: Did): string {
  const { error, demandsRead, edit } = call;
  if (error === null) return edit?.touches === "comments" ? `${label} (comments only)` : label;
  if (demandsRead !== null) return `${label} (failed: ${demandsRead === "unread" ? "not read" : "changed since"})`;
  return `${label} (failed${error.kind === "edit_mismatch" ? ": text not found" : ""})`;
}

function toRun(step: Did): string {
  const why = step.result?.failure ?? null;
  return `${step.label || "a command"}${hasFailed(step) ? ` (failed${why === null ? "" : `: ${why}`})` : ""}`;
}

function hasFailed({ result, call }: Did): boolean {
  return result === null ? call.error !== null : result.verdict === "failed";
}
