import { showCheck, showHook } from "./check-results.ts";
import type { Did } from "./steps.ts";

/** How many names a folded step shows, and the rest by their number. */
const NAMES: Readonly<Partial<Record<Did["kind"], number>>> = { explore: 4, edit: 6, write: 6 };

/** What was done in words, neighbours of one kind folded into one: `explore 7: src/a.ts ×2, src/b.ts, +3`. */
export function showSteps(steps: readonly Did[]): readonly string[] {
  const shown: string[] = [];
  for (const group of groupsOf(steps)) {
    const text = showGroup(group);
    const last = shown.at(-1);
    // A check that is run again and again with one result is one line.
    const times = last === undefined ? null : repeated(last, text);
    if (times === null) shown.push(text);
    else shown[shown.length - 1] = `${text} ×${times}`;
  }
  return shown;
}

function repeated(last: string, text: string): number | null {
  if (last === text) return 2;
  const times = last.startsWith(`${text} ×`) ? Number(last.slice(text.length + 2)) : NaN;
  return Number.isInteger(times) ? times + 1 : null;
}

function groupsOf(steps: readonly Did[]): readonly (readonly Did[])[] {
  const groups: Did[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    const isSame = last !== undefined && last[0]?.kind === step.kind && FOLDED.has(step.kind);
    if (isSame) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

const FOLDED: ReadonlySet<Did["kind"]> = new Set(["explore", "edit", "write", "run", "wait"] as const);

function showGroup(group: readonly Did[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const { kind, label, result } = first;
  switch (kind) {
    case "check":
      return result === null ? label : showCheck(result);
    case "explore": {
      const names = showNames(
        group.map((step) => step.label),
        NAMES.explore ?? 4,
      );
      return `explore ${group.length}${names === "" ? "" : `: ${names}`}`;
    }
    case "edit":
    case "write":
      return `${kind} ${showNames(group.map(toEdited), NAMES[kind] ?? 6)}`.trim();
    case "run":
      return `run ${showNames(group.map(toRun), 5)}`;
    case "git":
    case "gh":
      return `${label}${hasFailed(first) ? " FAILED" : ""}${result === null ? "" : showHook(result)}`;
    case "agent":
      return `agent ${label}${first.call.error === null ? "" : " FAILED"}`;
    case "refused":
      return `REFUSED ${label}`;
    default:
      return label === "" ? kind : `${kind} ${label}`;
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

/** Names with how often each occurs, the most frequent first, those of one count in their order. */
function showNames(names: readonly string[], max: number): string {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== "") counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, left], [, right]) => right - left);
  const shown = sorted.slice(0, max).map(([name, count]) => (count > 1 ? `${name} ×${count}` : name));
  const rest = sorted.length - shown.length;
  return rest > 0 ? `${shown.join(", ")}, +${rest}` : shown.join(", ");
}
