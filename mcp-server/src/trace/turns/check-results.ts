import { joinClosings, type CheckKind, type Closing } from "../call/closing-lines.ts";
import type { FailureClass } from "../call/command-failures.ts";
import type { ShellStep, Hidden } from "../shell/steps.ts";

/** How a line of commands ended: its exit code as far as it is known. */
export type Exit = "zero" | "nonzero" | "unknown";

/**
 * How a check ended. `hidden`: another command's exit code stands for its own and nothing else tells. `unclear`: one of
 * several commands of the line failed, and which is not told. `not_run`: a command before it failed.
 */
export type Verdict = "ok" | "failed" | "hidden" | "unclear" | "not_run";

/** What came of one step of a command line. */
export type StepResult = {
  readonly step: ShellStep;
  readonly verdict: Verdict;
  /** What the runner's own closing line counts; null where none is known or it counts nothing. */
  readonly failed: number | null;
  readonly passed: number | null;
  readonly isCached: boolean;
  /** The runner says that it found no test to run. */
  readonly isEmpty: boolean;
  /** Why it failed, where the output tells. */
  readonly failure: FailureClass | null;
  /** Of a commit or push: what the checks of its hook came to. */
  readonly hook: readonly Closing[];
  /** Kinds of checks that the hook began and of which no closing line is known. */
  readonly hookRan: readonly CheckKind[];
};

/**
 * What each step of a line came to, by the line's exit code and what the runners say at their end. In `a && b` an exit
 * code of 0 speaks for both, another one for one of them: closing lines and steps that are known to be good tell which.
 * `failure`: why the line failed, see command-failures.ts.
 */
export function toResults(
  steps: readonly ShellStep[],
  exit: Exit,
  closings: readonly Closing[],
  failure: FailureClass | null = null,
  hookChecks: readonly CheckKind[] = [],
): readonly StepResult[] {
  const said = steps.map((step) => closingOf(step, steps, closings));
  const reached = steps.map(
    (step, at) =>
      said[at] != null || hookOf(step, steps, [...closings, ...toUnclosed(hookChecks, closings)]).length > 0,
  );
  const failing = exit === "nonzero" ? failingStep(steps, said, reached) : null;
  return steps.map((step, at) => {
    const closing = said[at] ?? null;
    const known = toVerdict(steps, said, reached, at, exit, failing);
    // The only step of a line whose output says that it never ran has failed, whatever hides its exit code.
    const verdict = known === "hidden" && exit === "zero" && failure !== null && steps.length === 1 ? "failed" : known;
    // What did not run has no closing line; a line of the same kind is another step's.
    const shown = verdict === "not_run" ? null : closing;
    return {
      step,
      verdict,
      failed: shown?.failed ?? null,
      passed: shown?.passed ?? null,
      isCached: shown?.isCached ?? false,
      isEmpty: shown?.isEmpty ?? false,
      failure: verdict === "failed" && !(step.kind === "lint" && failure === "compile error") ? failure : null,
      hook: verdict === "not_run" ? [] : hookOf(step, steps, closings),
      hookRan:
        verdict === "not_run" ? [] : hookOf(step, steps, toUnclosed(hookChecks, closings)).map(({ kind }) => kind),
    };
  });
}

/** Runners that close each package or binary by itself: good lines at the beginning of an output say nothing of its end. */
const CLOSE_EACH_PART: ReadonlySet<string> = new Set(["go", "cargo", "maven"]);

function toVerdict(
  steps: readonly ShellStep[],
  said: readonly (Closing | null)[],
  reached: readonly boolean[],
  at: number,
  exit: Exit,
  failing: number | "unclear" | null,
): Verdict {
  const closing = said[at] ?? null;
  if (steps[at]?.hidden !== null) {
    const isProof = closing?.isGood !== true || steps[at]?.isCut !== true || !CLOSE_EACH_PART.has(closing.runner);
    if (closing !== null && isProof) return closing.isGood ? "ok" : "failed";
    return failing !== null && failing !== "unclear" && at > failing ? "not_run" : "hidden";
  }
  if (exit === "zero") return "ok";
  if (exit === "unknown") return closing === null ? "hidden" : closing.isGood ? "ok" : "failed";
  if (failing === null || failing === "unclear") return isKnownGood(at, steps, said, reached) ? "ok" : "unclear";
  return at === failing ? "failed" : at < failing ? "ok" : "not_run";
}

/**
 * Which step of the chain that ends a line failed: the one whose runner says so, or the only one of which nothing says
 * that it was good. The exit code outweighs a good closing line: a line of one command that failed is that command's.
 */
function failingStep(
  steps: readonly ShellStep[],
  said: readonly (Closing | null)[],
  reached: readonly boolean[],
): number | "unclear" {
  const chain = [...steps.keys()].filter((at) => steps[at]?.hidden === null);
  const bad = chain.find((at) => said[at]?.isGood === false);
  if (bad !== undefined) return bad;
  const open = chain.filter((at) => !isKnownGood(at, steps, said, reached));
  const [only, ...others] = open.length === 0 ? chain : open;
  return only !== undefined && others.length === 0 ? only : "unclear";
}

/** Whether a step of the chain was good: its own closing line says so, or a step behind it was reached. */
function isKnownGood(
  at: number,
  steps: readonly ShellStep[],
  said: readonly (Closing | null)[],
  reached: readonly boolean[],
): boolean {
  if (said[at]?.isGood === true) return true;
  return steps.some((step, place) => place > at && step.hidden === null && reached[place] === true);
}

/** The closing lines of a line's only commit or push that no check of the line can have written. */
function hookOf<Shown extends { readonly kind: CheckKind }>(
  step: ShellStep,
  steps: readonly ShellStep[],
  closings: readonly Shown[],
): readonly Shown[] {
  const hasHook = ({ git }: ShellStep): boolean => git?.action === "commit" || git?.action === "push";
  if (!hasHook(step) || steps.filter(hasHook).length > 1) return [];
  return closings.filter(({ kind }) => steps.every((other) => other.kind !== kind));
}

function toUnclosed(
  kinds: readonly CheckKind[],
  closings: readonly Closing[],
): readonly { readonly kind: CheckKind }[] {
  return kinds.filter((kind) => closings.every((closing) => closing.kind !== kind)).map((kind) => ({ kind }));
}

/** The closing line that belongs to a step; null where none does, or where one could be of several steps. */
function closingOf(step: ShellStep, steps: readonly ShellStep[], closings: readonly Closing[]): Closing | null {
  const own = closings.filter(({ kind }) => kind === step.kind);
  if (own.length === 0) return null;
  const alike = steps.filter(({ kind }) => kind === step.kind);
  if (alike.length === 1) return own.reduce(joinClosings);
  const named = own.filter(({ runner }) => step.name.split(/[ /]/u).includes(runner));
  const namesakes = alike.filter(({ name }) => name === step.name);
  if (named.length === 1 && namesakes.length === 1) return named[0] ?? null;
  // Several steps of one kind and one runner: good lines speak for all of them, a bad one for nobody in particular.
  return own.every(({ isGood }) => isGood) ? { ...own.reduce(joinClosings), failed: null, passed: null } : null;
}

const WHY: Readonly<Record<Hidden, string>> = {
  pipe: "exit hidden by a pipe",
  or: "exit hidden by ||",
  background: "in the background",
  later: "exit hidden by a later command",
};

/** What a check is: `test go test`, `lint eslint --fix`. */
export function nameCheck({ step: { kind, name, mode } }: StepResult): string {
  return `${kind} ${name}${mode === null || name.includes(mode) ? "" : ` ${mode}`}`;
}

/** A check in words: `test go test, filtered FAILED: 2 failed`, `lint mise run lint ok`. */
export function showCheck(result: StepResult, named = nameCheck(result)): string {
  const { name, tier, isFiltered, hidden } = result.step;
  const what = [
    named,
    tier === null || name.includes(tier) ? "" : tier,
    isFiltered ? "filtered" : "",
    hidden === null ? "" : WHY[hidden],
  ].filter((part) => part !== "");
  return `${what.join(", ")}${toOutcome(result)}`;
}

/** What the checks of a commit's hook came to: `, its hook: test 1309 passed`; "" where none ran. */
export function showHook({ hook, hookRan, verdict }: StepResult): string {
  if (hook.length + hookRan.length === 0) return "";
  const shown = hook.map(({ kind, isGood, failed, passed }) => {
    if (!isGood) return `${kind} ${failed === null || failed === 0 ? "FAILED" : `${failed} failed`}`;
    return `${kind} ${passed === null ? "ok" : `${passed} passed`}`;
  });
  // A commit that was made has a hook that passed.
  const ran = hookRan.map((kind) => (verdict === "ok" ? `${kind} ok` : `${kind} (result not seen)`));
  return `, its hook: ${[...shown, ...ran].join(", ")}`;
}

function toOutcome({ step, verdict, failed, passed, isCached, isEmpty, failure }: StepResult): string {
  const note = isEmpty ? " (no tests ran)" : isCached ? " (cached)" : "";
  switch (verdict) {
    case "ok":
      return step.hidden === null
        ? ` ok${note}`
        : `, ${passed === null ? "ok" : `${passed} passed`} by its last line${note}`;
    case "failed":
      if (failure !== null) return ` FAILED: ${failure}`;
      return failed === null || failed === 0 ? ` FAILED${note}` : ` FAILED: ${failed} failed`;
    case "hidden":
      return "";
    case "unclear":
      return " failed or not run";
    case "not_run":
      return " not run";
  }
}
